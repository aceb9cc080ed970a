#!/usr/bin/env bash
# Where the PIN of a token comes from: a file, a credential of systemd, a person. It is seen nowhere, and a host that is
# killed logs in again without the person.
. "$(dirname "$0")/lib.sh"
ANSWER=$BIN/../tests/answer
home
config=$ZHENGYIN_HOME/signer/zy-soft.json
file=$ZHENGYIN_HOME/tokens/zy-soft.pin
PIN=$(cat "$file")
exits 0 zhengyin down
cp "$config" "$WORK/file.json"
source_is() { jq "del(.pin_file) | .pin = \"$1\"" "$WORK/file.json" >"$config" && zhengyin check --accept signer/zy-soft.json >/dev/null; }
sign() { rm -f "$WORK/stamp"; exits 0 zhengyin ca timestamp --suite intl --out "$WORK/stamp" "$config"; }
# wrong WHAT: the signer says that its configuration gives it no PIN
wrong() {
	exits 69 zhengyin-signer --home "$ZHENGYIN_HOME" --token zy-soft --check-config
	grep -q "error: pin: " "$WORK/err" || die "$1: $(cat "$WORK/err")"
	ok
}
supervisor() { cat "$ZHENGYIN_HOME/run/zy-soft.pid" 2>/dev/null || true; }
host() {
	local pid
	pid=$(supervisor)
	[ -n "$pid" ] && xargs <"/proc/$pid/task/$pid/children" 2>/dev/null || true
}
# await_change FUNCTION OLD: until it says another number
await_change() {
	local deadline=$((SECONDS + 60))
	while now=$("$1"); [ -z "$now" ] || [ "$now" = "$2" ]; do
		[ $SECONDS -lt $deadline ] || die "no new $1"
		sleep 0.05
	done
}
# nowhere: the PIN is in no command line, environment, file, journal or log
nowhere() {
	local pid looked=0
	for pid in $(supervisor) $(host); do
		tr '\0' '\n' <"/proc/$pid/cmdline" >"$WORK/seen"
		grep -q zhengyin-signer "$WORK/seen" || die "no command line of $pid"
		tr '\0' '\n' <"/proc/$pid/environ" >>"$WORK/seen" 2>/dev/null || true
		! grep -qF "$PIN" "$WORK/seen" || die "the PIN is in command line or environment of $pid"
		grep -q '^VmLck:[^0-9]*[1-9]' "/proc/$pid/status" || die "process $pid locks no page"
		looked=$((looked + 1))
	done
	equal "processes looked at" 2 "$looked"
	! grep -rqF "$PIN" "$ZHENGYIN_HOME" "$WORK/shown" || die "the PIN lies in a file: $(grep -rlF "$PIN" "$ZHENGYIN_HOME")"
	ok
}

story "a file must be closed, ours and a file"
for mode in 0640 0604 0660 0644; do
	chmod $mode "$file"
	wrong "mode $mode"
done
chmod 0400 "$file"
exits 0 zhengyin-signer --home "$ZHENGYIN_HOME" --token zy-soft --check-config
mv "$file" "$WORK/pin"
wrong "no file"
ln -s "$WORK/pin" "$file"
wrong "a link"
rm "$file"
mkfifo "$file"
wrong "a pipe"
rm "$file"

story "a credential of systemd"
source_is credential
export CREDENTIALS_DIRECTORY=$WORK/credentials
mkdir -m 0700 "$CREDENTIALS_DIRECTORY"
wrong "no credential"
cp "$WORK/pin" "$CREDENTIALS_DIRECTORY/zy-soft.pin"
for mode in 0600 0444 0420; do
	chmod $mode "$CREDENTIALS_DIRECTORY/zy-soft.pin"
	wrong "mode $mode"
done
chmod 0400 "$CREDENTIALS_DIRECTORY/zy-soft.pin"
exits 0 zhengyin up
sign
exits 0 zhengyin down
unset CREDENTIALS_DIRECTORY
wrong "no folder"
refuses signer-absent 69 zhengyin up
grep -q LoadCredential "$ZHENGYIN_HOME/run/signer-zy-soft.log" || die "the log does not say what is missing"
ok

story "a person is asked, on a terminal only"
source_is prompt
exits 0 zhengyin down
refuses pin 69 setsid -w zhengyin up
exits 69 "$ANSWER" zhengyin up <<<$'\003'
grep -q "no PIN was typed" "$WORK/out" || die "calling off"
exits 69 "$ANSWER" zhengyin up <<<"not-the-pin"
! grep -q "not-the-pin" "$WORK/out" || die "what is typed is shown"
exits 69 zhengyin-signer --home "$ZHENGYIN_HOME" --token zy-soft
grep -q "zhengyin up" "$WORK/err" || die "a signer that nobody gave a PIN: $(cat "$WORK/err")"
exits 0 "$ANSWER" zhengyin up <<<"$PIN"
cp "$WORK/out" "$WORK/shown"
grep -q "PIN of token zy-soft" "$WORK/shown" || die "nobody was asked"
sign
nowhere
# who runs already is not asked for again
exits 0 zhengyin up

story "the host is killed, then the supervisor, then the host of the new one: nobody is asked"
old=$(host)
kill -KILL "$old"
await_change host "$old"
sign
old=$(supervisor)
kill -KILL "$old"
sign
await_change supervisor "$old"
await_change host ""
sign
nowhere
old=$(host)
kill -KILL "$old"
await_change host "$old"
sign
nowhere
exits 0 zhengyin down

story "what cannot be"
jq '.pin = "prompt"' "$WORK/file.json" >"$config"
exits 0 zhengyin check --accept signer/zy-soft.json
exits 65 zhengyin-signer --home "$ZHENGYIN_HOME" --token zy-soft --check-config
jq '.pin = "voice"' "$WORK/file.json" >"$config"
exits 0 zhengyin check --accept signer/zy-soft.json
exits 65 zhengyin-signer --home "$ZHENGYIN_HOME" --token zy-soft --check-config
source_is prompt
exits 69 zhengyin-signer --home "$ZHENGYIN_HOME" --token zy-soft --init
done_story
