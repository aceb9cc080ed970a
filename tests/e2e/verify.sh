#!/bin/bash
# The verifier as people and scripts use it: options, exit codes, one JSON object a line, nothing but reports on stdout.
set -euo pipefail
bin=$(cd "$1" && pwd)
corpus=$(cd "$(dirname "$0")/../corpus" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
unset ZHENGYIN_HOME
at="--at 2026-03-01T00:00:00Z"

fail() {
	echo "verify.sh: $*" >&2
	exit 1
}
# want STATUS WORD...: runs the verifier, keeps out and err
want() {
	local status=$1 got=0
	shift
	"$bin/zhengyin-verify" "$@" >out 2>err || got=$?
	[ "$got" = "$status" ] || fail "exit $got instead of $status: $* $(cat err)"
}

want 0 --help
grep -q "examples:" out || fail "--help shows no example"
want 0 --version
want 64
want 64 --no-such-option x
grep -q "^hint: " err || fail "no hint"
want 64 --at yesterday x
want 64 --trust-pin 12 x
want 74 $at absent.ofd
want 65 $at /dev/null
want 65 $at "$corpus/pdf/cut.pdf"

# with the bundle and its pin beside it
trust="--trust $corpus/bundle.json"
want 0 $trust $at "$corpus/ofd/licence.ofd"
grep -q "TOTAL-PASSED" out || fail "no verdict in the text"
grep -q "trust-not-pinned" out && fail "the pin beside the bundle was not used"
want 0 $trust $at --json "$corpus/ofd/licence.ofd" "$corpus/pdf/licence.pdf"
[ "$(wc -l <out)" = 2 ] || fail "not one object a line"
[ "$(jq -r '.indication' out | sort -u)" = TOTAL-PASSED ] || fail "$(cat out)"
[ "$(jq -r '.licence.holder' out | sort -u)" = 云泽市远山茶业有限公司 ] || fail "holder"
want 1 $trust $at --json "$corpus/ofd/licence.ofd" "$corpus/ofd/smuggled-file.ofd"
want 2 $trust $at "$corpus/ofd/unsealed-document.ofd"
# several bundles: the first that knows decides and is named, one that cannot be used lets nothing pass
want 0 $trust $trust $at --json "$corpus/ofd/licence.ofd"
[ "$(jq -r .vouched_by.bundle out)" = "$corpus/bundle.json" ] || fail "who vouched: $(cat out)"
want 2 $trust --trust /dev/null $at --json "$corpus/ofd/licence.ofd"
[ "$(jq -r '[.findings[].code] | index("trust-not-loaded")' out)" != null ] || fail "a bundle that is none: $(cat out)"
want 1 $trust --trust absent $at "$corpus/ofd/record-changed.ofd"
want 64 $trust $trust --trust-pin "$(cat "$corpus/pin")" --trust-pin "$(cat "$corpus/pin")" --trust-pin x $at x
want 0 $trust --trust-pin "$(cat "$corpus/pin")@1" $at "$corpus/ofd/licence.ofd"
want 2 $trust --trust-pin "$(cat "$corpus/pin")@2" $at "$corpus/ofd/licence.ofd"
# against an original: the other form of the same licence; what is no licence; words that are wrong
want 0 $trust $at --json --original "$corpus/pdf/licence.pdf" "$corpus/ofd/licence.ofd"
[ "$(jq -r '.findings[] | select(.code == "original-same") | .field' out)" = record ] || fail "original: $(cat out)"
want 2 $trust $at --json --original "$corpus/ofd/licence.ofd" "$corpus/ofd/plain-document.ofd"
[ "$(jq -r .sub_indication out)" = NOT_THE_ORIGINAL ] || fail "no record: $(cat out)"
want 2 $trust $at --json --original "$corpus/ofd/seal-of-another-office.ofd" "$corpus/ofd/licence.ofd"
[ "$(jq -r '[.findings[].code] | index("original-not-proven")' out)" != null ] || fail "original: $(cat out)"
want 65 $trust $at --original "$corpus/pin" "$corpus/ofd/licence.ofd"
want 64 $trust $at --original "$corpus/ofd/licence.ofd" "$corpus/ofd/licence.ofd" "$corpus/pdf/licence.pdf"
want 65 $trust $at --json "$corpus/ofd/licence.ofd" "$corpus/pdf/cut.pdf"
[ "$(jq -r '.error.code // empty' out)" = pdf ] || fail "no error object"
want 0 $trust $at --json - <"$corpus/ofd/licence.ofd"
[ "$(jq -r .input out)" = - ] || fail "standard input"

# a home, its pin, and the lack of both
mkdir -p zhengyin-home/trust
cp "$corpus/bundle.json" zhengyin-home/trust/
want 0 $at --json "$corpus/ofd/licence.ofd"
[ "$(jq -r '[.findings[].code] | index("trust-not-pinned")' out)" != null ] || fail "not told that nothing was pinned"
printf '%064d\n' 0 >zhengyin-home/trust/pin
want 2 $at --json "$corpus/ofd/licence.ofd"
[ "$(jq -r '[.findings[].code] | index("trust-not-loaded")' out)" != null ] || fail "a wrong pin"
want 0 --trust-pin "$(cat "$corpus/pin")" $at "$corpus/ofd/licence.ofd"
mv zhengyin-home other
rm other/trust/pin
want 0 -C other $at "$corpus/ofd/licence.ofd"
ZHENGYIN_HOME=other want 0 $at "$corpus/ofd/licence.ofd"
want 2 $at --json "$corpus/ofd/licence.ofd"
[ "$(jq -r '.findings[].code' out | grep -c trust-absent)" = 1 ] || fail "no trust"
want 1 $at "$corpus/ofd/record-changed.ofd"

# with a bundle that was altered, or is none, nothing passes, and what is broken still fails
sed 's/"payload":"ey/"payload":"eY/' "$corpus/bundle.json" >bad.json
for bad in bad.json /dev/null absent; do
	want 2 --trust $bad $at --json "$corpus/ofd/licence.ofd"
	[ "$(jq -r '.indication + " " + (.findings[] | select(.code == "trust-not-loaded") | .field)' out)" = "INDETERMINATE $bad" ] || fail "$bad: $(cat out)"
	want 1 --trust $bad $at "$corpus/ofd/record-changed.ofd"
done
# the verifier is small: it links nothing that signs, keeps a store or talks to a token, and needs nothing to write to
readelf -d "$bin/zhengyin-verify" | grep NEEDED | grep -E 'qpdf|lmdb|p11|tss2|harfbuzz|qrencode|curl|libssl' && fail "it links more than it needs"
if command -v nm >nm.path; then
	nm "$bin/zhengyin-verify" 2>nm.err | grep -E ' T zy_(hsm|vault|sign|ca|wallet|mint|pdf_revision|pdf_append)_' && fail "it holds code that is not its own"
fi
mkdir still
chmod 500 still
(cd still && want() { "$bin/zhengyin-verify" "$@" >/dev/null; } && want $trust $at "$corpus/ofd/licence.ofd") || fail "it needs to write"
echo ok
