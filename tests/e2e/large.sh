#!/usr/bin/env bash
# Large files, judged, sealed and extended in memory that does not grow with them.
. "$(dirname "$0")/lib.sh"
home
cd "$WORK"
MOST=$BIN/../tests/most
VERIFY_KIB=16384 SEAL_KIB=49152
item=$(jq -r '.seals[0].items[0]' "$ZHENGYIN_HOME/policies/seals.json")
# within KIB STATUS COMMAND...
within() {
	local most=$1 used
	shift
	exits "$1" "$MOST" "${@:2}"
	used=$(tail -n 1 "$WORK/err")
	[ "$used" -le "$most" ] || die "$used KiB, more than $most: ${*:2}"
	ok
}
sign() { # OUT IN ...
	local out=$1 in=$2
	shift 2
	within $SEAL_KIB 0 zhengyin seal sign --seal 99010000000001 --item "$item" "$in" --out "$out" "$@"
}

story "a small file takes little"
node "$E2E/large.mjs" pdf small.pdf 0.09375
sign small-1.pdf small.pdf
within $VERIFY_KIB 0 zhengyin-verify small-1.pdf

story "a large PDF takes no more: sealed, extended, judged, its signed bytes written out"
node "$E2E/large.mjs" pdf large.pdf 80
sign large-1.pdf large.pdf
cmp -n "$(stat -c %s large.pdf)" large.pdf large-1.pdf || die "large-1.pdf does not begin with the bytes of large.pdf"
rm large.pdf
within $SEAL_KIB 0 zhengyin seal extend --level B-LTA large-1.pdf --out large-2.pdf
within $VERIFY_KIB 0 zhengyin-verify --json large-2.pdf
equal "signatures" "pades revision 2 of 5, timestamp revision 3 of 5, timestamp whole" "$(jq -r '[.signatures[] | .kind + " " + .covers] | sort | join(", ")' out)"
equal "pdfsig" 1 "$(pdfsig -nocert large-2.pdf 2>pdfsig.err | grep -c 'Signature is Valid')"
exits 0 bash -c '"$0" zhengyin-verify --extract-signed 1 large-1.pdf | sha256sum >sum' "$MOST"
[ "$(tail -n 1 err)" -le $VERIFY_KIB ] || die "what is signed was read into memory"
rm large-2.pdf

story "a signature beside a large file"
sign large.p7s large-1.pdf --cms --detached
within $VERIFY_KIB 0 zhengyin-verify --detached large-1.pdf large.p7s
refuses too-large 65 zhengyin seal sign --seal 99010000000001 --item "$item" large-1.pdf --out large.p7m --cms

story "one byte inside of the picture"
printf x | dd of=large-1.pdf bs=1 seek=50000000 conv=notrunc status=none
within $VERIFY_KIB 1 zhengyin-verify large-1.pdf
rm large-1.pdf

story "a large OFD package"
node "$E2E/large.mjs" ofd large.ofd 80
sign large-1.ofd large.ofd
rm large.ofd
within $VERIFY_KIB 0 zhengyin-verify large-1.ofd
sign large-2.ofd large-1.ofd --box 20,30,42,42
within $VERIFY_KIB 0 zhengyin-verify --json large-2.ofd
equal "signatures" 2 "$(jq '.signatures | length' out)"

story "too large, and what has no name"
truncate -s 1073741825 huge.pdf
printf '%%PDF-1.7' | dd of=huge.pdf conv=notrunc status=none
refuses too-large 65 zhengyin-verify huge.pdf
mkfifo pipe
cat large-2.ofd >pipe 2>/dev/null &
refuses too-large 65 zhengyin-verify pipe
wait || true
truncate -s 70000000 text.xml
printf '<a/>' | dd of=text.xml conv=notrunc status=none
refuses too-large 65 zhengyin-verify text.xml

done_story
