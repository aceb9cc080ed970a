#!/usr/bin/env bash
# Disks that are full, broken or read-only, met at one call after the other by commands that write: each says so with a
# code, nothing is half there, and the same command goes well when the disk is mended. Then clocks that went back, and
# two commands at once.
. "$(dirname "$0")/lib.sh"
FAILING=$BIN/../tests/failing_disk
LATER=$BIN/../tests/days_later
home
ZHENGYIN_HOME=$(realpath "$ZHENGYIN_HOME")
example business-licence
events() { zhengyin check --json 2>/dev/null | jq .events; }
sound() { zhengyin check >"$WORK/check" 2>&1 || { cat "$WORK/check" >&2; die "the vault is not sound after: $*"; }; }
# strike NAME KINDS ERROR CODES COMMAND...: at each call in turn, the disk fails from then on
strike() {
	local name=$1 kinds=$2 error=$3 codes=$4 after=0 step=1 status struck=0
	shift 4
	while :; do
		status=0
		"$FAILING" "$kinds" "$error" "$after" "$@" >"$WORK/out" 2>"$WORK/err" || status=$?
		grep -q '^struck: ' "$WORK/err" || die "$name, $error after $after: it died: $(cat "$WORK/err")"
		if ! grep -q '^struck: yes' "$WORK/err"; then break; fi
		struck=$((struck + 1))
		if [ $status != 0 ]; then
			code=$(sed -n 's/^code: \([a-z-]*\):.*/\1/p' "$WORK/err")
			case " $codes " in *" $code "*) ;; *) die "$name, $error after $after calls: exit $status, '$code': $(cat "$WORK/err")" ;; esac
			ok
		fi
		sound "$name, $error after $after calls"
		# each of the first calls, then further and further on
		after=$((after + step))
		if [ $struck -ge ${ZY_FAULTS_EACH:-6} ]; then step=$((step + 1)); fi
	done
	[ "$status" = 0 ] || die "$name without a fault: $(cat "$WORK/err")"
	[ $struck -ge 3 ] || die "$name met the disk $struck times only"
	ok
	echo "   $name, $error: struck $struck times, at up to $after calls"
}

story "mint"
mint() { strike mint "$1" "$2" "$3" mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --request "$4" --out "$ZHENGYIN_HOME/out-$4"; }
mint ws full "vault-full io" one
mint ws broken "vault io" two
mint wson read-only "vault io" three
for n in one two three; do
	equal "licence $n" 2 "$(find "$ZHENGYIN_HOME/out-$n" -name '*.ofd' -o -name '*.pdf' | wc -l)"
	exits 0 zhengyin-verify --trust "$ZHENGYIN_HOME/trust/bundle.json" "$ZHENGYIN_HOME/out-$n"/*.ofd "$ZHENGYIN_HOME/out-$n"/*.pdf
	equal "nothing half" "" "$(find "$ZHENGYIN_HOME/out-$n" -name '*.part*')"
done
equal "licences" 3 "$(zhengyin list --all --json | wc -l)"

story "check"
strike check wson full "vault-full io" check --anew
strike check wson broken "vault io" check --anew
strike check wson read-only "vault io" check --anew

story "backup"
mkdir "$ZHENGYIN_HOME/tmp"
strike backup wson full "vault-full io backup" backup "$ZHENGYIN_HOME/tmp/full"
strike backup wson broken "vault io backup" backup "$ZHENGYIN_HOME/tmp/broken"
exits 0 zhengyin backup "$ZHENGYIN_HOME/tmp/full"
mv "$ZHENGYIN_HOME/tmp" "$WORK/backups"

story "log export"
strike export wson full "vault-full io" log export "$ZHENGYIN_HOME/static"
exits 0 zhengyin log check

story "the register of certificates"
openssl req -new -utf8 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/key.pem" -subj "/O=$(jq -r '.departments[0].name.zh' "$ZHENGYIN_HOME/policies/departments.json")/CN=x" -out "$WORK/csr.pem" 2>/dev/null
issue() { strike "ca issue" "$1" "$2" "$3" ca issue --profile device --csr "$WORK/csr.pem" --request "$4" --out "$ZHENGYIN_HOME/$4.pem"; }
issue ws full "vault-full io" c-full
issue wson broken "vault io" c-broken
issue wson read-only "vault io" c-read-only
zhengyin ca list --json >"$WORK/list"
for n in full broken read-only; do
	serial=$(openssl x509 -noout -serial -in "$ZHENGYIN_HOME/c-$n.pem" | cut -d= -f2 | tr A-F a-f)
	equal "certificate $n" valid "$(jq -r "select(.serial == \"$serial\") | .state" "$WORK/list")"
done

story "a disk that is read-only can be read"
exits 0 "$FAILING" wson read-only 0 events
exits 0 "$FAILING" wson read-only 0 status
exits 0 "$FAILING" wson read-only 0 list --all
equal "all of them" 3 "$(wc -l <"$WORK/out")"

story "a clock that went back"
before=$(events)
exits 0 "$LATER" -2 check --anew
exits 0 "$LATER" -2 backup "$WORK/backups/full"
exits 69 "$LATER" -2 status
status=0
"$LATER" -2 mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --request back >"$WORK/out" 2>"$WORK/err" || status=$?
case $status in 0 | 1 | 65 | 69 | 70 | 74) ok ;; *) die "exit $status: $(cat "$WORK/err")" ;; esac
sound "a clock that went back"
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --request back
[ "$(events)" -gt "$before" ] || die "nothing was recorded"
equal "record time never runs back" "" "$(zhengyin events --json | jq -r .at | sort -c 2>&1)"

story "two commands at once"
for n in 1 2 3 4; do
	zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --request same --json >"$WORK/same-$n" 2>"$WORK/same-$n.err" &
	pids[n]=$!
done
zhengyin check >/dev/null 2>&1 || die "a check beside them"
zhengyin backup "$WORK/backups/full" >/dev/null 2>&1 || die "a backup beside them"
for n in 1 2 3 4; do wait "${pids[n]}" || die "mint $n: $(cat "$WORK/same-$n.err")"; done
equal "one licence" 1 "$(jq -r .licence "$WORK"/same-? | sort -u | wc -l)"
sound "two commands at once"
done_story
