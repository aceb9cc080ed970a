#!/bin/bash
# The TPM token module under pkcs11-tool and OpenSSL's own tools, over a swtpm of its own.
# The PINs are throwaway: pkcs11-tool takes them as arguments, which nobody does with a real one.
set -euo pipefail
build=$(cd "$1/.." && pwd)
module=$build/lib/zy-tpm-token.so
helper=$build/tests/p11_sm2
dir=$(mktemp -d)
swtpm_pid=
trap '[ -z "$swtpm_pid" ] || kill "$swtpm_pid"; rm -rf "$dir"' EXIT
so=so-throwaway-1 user=user-throwaway-2
export TSS2_LOG=all+NONE ZY_TPM_TOKEN_CONF=$dir/token.conf
# A module with sanitizers needs their runtime first in a program that has none.
preload=
if ldd "$module" | grep -q libasan; then
	preload=$(ldd "$module" | awk '/libasan/ { print $3 }')
	export ASAN_OPTIONS=detect_leaks=0
fi

start_swtpm() {
	swtpm socket --tpm2 --tpmstate dir="$dir" --server type=unixio,path="$dir/tpm.sock" \
		--ctrl type=unixio,path="$dir/tpm.ctrl" --flags not-need-init,startup-clear --daemon \
		--pid file="$dir/swtpm.pid"
	swtpm_pid=$(cat "$dir/swtpm.pid")
}
tool() { LD_PRELOAD=$preload pkcs11-tool --module "$module" "$@"; }
fail() { echo "tpm_token: $1" >&2; exit 1; }
# says TEXT COMMAND...: the command passes and its output holds TEXT
says() {
	local text=$1 out
	shift
	out=$("$@" 2>&1) || fail "failed: $*: $out"
	grep -qF -- "$text" <<<"$out" || fail "'$text' is not in: $out"
}
# refuses TEXT COMMAND...: the command fails and says TEXT
refuses() {
	local text=$1 out
	shift
	if out=$("$@" 2>&1); then fail "passed, should not: $*"; fi
	grep -qF -- "$text" <<<"$out" || fail "'$text' is not in: $out"
}
pipe() { printf '%s\n' "$1" | "$helper" "$module" "${@:2}"; }

printf 'tcti = unix:tpm.sock\nstate = state\ninput = message\noutput = der\nlabel = 云泽市\n' >"$dir/token.conf"
refuses "No slots" tool --list-token-slots
start_swtpm
says "uninitialized" tool --list-slots
says "Token successfully initialized" tool --init-token --label "yunze seals" --so-pin $so
says "yunze seals" tool --list-slots
refuses "CKR_PIN_INCORRECT" tool --init-token --label "stolen" --so-pin wrong-so-pin
says "User PIN successfully initialized" tool --init-pin --so-pin $so --pin $user
says "mechtype-0x80005A02" tool --list-mechanisms
refuses "CKR_PIN_INCORRECT" tool --login --pin wrong-user-pin --list-objects

pipe $user generate seal-1
pipe $user generate seal-2
[ "$(stat -c %a "$dir/state")" = 700 ] || fail "the state folder is open to others"
says "never extractable" tool --login --pin $user --list-objects --type privkey
[ "$(tool --login --pin $user --list-objects --type privkey 2>/dev/null | grep -c 'label: *seal-')" = 2 ] ||
	fail "two private keys should be listed"
[ "$(tool --list-objects --type privkey 2>/dev/null | grep -c 'label:')" = 0 ] ||
	fail "private keys are listed without login"

pipe $user public seal-1 >"$dir/pub.der"
openssl pkey -pubin -inform DER -in "$dir/pub.der" -out "$dir/pub.pem"
verify() {
	openssl dgst -sm3 -verify "$dir/pub.pem" -sigopt distid:1234567812345678 -signature "$dir/sig" "$1"
}
echo "licence of 云泽市" >"$dir/message"
{ echo $user; cat "$dir/message"; } | "$helper" "$module" sign seal-1 >"$dir/sig"
says "Verified OK" verify "$dir/message"
echo "licence of nobody" >"$dir/other"
refuses "Verification" verify "$dir/other"
{ echo $user; cat "$dir/message"; } | "$helper" "$module" sign seal-2 >"$dir/sig"
refuses "Verification" verify "$dir/message"
refuses "C_Login: 0xa0" pipe wrong-user-pin sign seal-1

# The TPM loses its power; keys and PINs survive.
kill -KILL "$swtpm_pid"
swtpm_pid=
start_swtpm
says "PIN successfully changed" tool --login --pin $user --change-pin --new-pin next-throwaway-3
refuses "C_Login: 0xa0" pipe $user sign seal-1
{ echo next-throwaway-3; cat "$dir/message"; } | "$helper" "$module" sign seal-1 >"$dir/sig"
says "Verified OK" verify "$dir/message"

tool --login --pin next-throwaway-3 --delete-object --type privkey --label seal-2 >/dev/null 2>&1
refuses "no key of that label" pipe next-throwaway-3 sign seal-2
says "" tool --generate-random 40 --output-file "$dir/random"
[ "$(stat -c %s "$dir/random")" = 40 ] || fail "40 random bytes"

echo 'colour = red' >>"$dir/token.conf"
refuses "line 6: an unknown key" tool --list-slots
echo "tpm_token: passed"
