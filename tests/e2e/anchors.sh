#!/bin/bash
# Documents of others: judged against anchors of the caller's choice, and the bytes that their signatures cover.
set -euo pipefail
bin=$(cd "$1" && pwd)
corpus=$(cd "$(dirname "$0")/../corpus" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
unset ZHENGYIN_HOME
at="--at 2026-03-01T00:00:00Z"

fail() {
	echo "anchors.sh: $*" >&2
	exit 1
}
want() { # STATUS WORD...
	local status=$1 got=0
	shift
	"$bin/zhengyin-verify" "$@" >out 2>err || got=$?
	[ "$got" = "$status" ] || fail "exit $got instead of $status: $* $(cat out err)"
}
has() { jq -e --arg c "$1" '[.findings[].code] | index($c) != null' out >/dev/null || fail "no $1: $(cat out)"; }
lacks() { jq -e --arg c "$1" '[.findings[].code] | index($c) == null' out >/dev/null || fail "$1: $(cat out)"; }

# the corpus' own anchors, without the bundle around them
jq -r .payload "$corpus/bundle.json" | tr '_-' '/+' | sed 's/$/==/' | base64 -di 2>/dev/null >payload.json || true
pem() { jq -r ".$1[].cert // .$1[]" payload.json | while read -r c; do
	echo "-----BEGIN CERTIFICATE-----"
	echo "$c" | tr '_-' '/+'
	echo "-----END CERTIFICATE-----"
done; }
pem anchors >anchors.pem
pem intermediates >sub.pem

for f in ofd/licence.ofd pdf/licence.pdf; do
	want 2 $at --json --anchor anchors.pem --untrusted sub.pem "$corpus/$f"
	has licence-issuer-unknown # anchors say nothing about who may issue what
	lacks no-chain
	lacks trust-not-pinned
	# anchors that do not vouch for the signer, and none at all
	openssl req -new -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -subj /CN=x -out other.pem 2>/dev/null
	want 2 $at --json --anchor other.pem --untrusted sub.pem "$corpus/$f"
	has no-chain
	want 2 $at --json "$corpus/$f"
	has trust-absent
	# what was altered fails, whoever is trusted
	{ cat "$corpus/$f"; echo x; } >altered
	case $f in *.pdf) want 1 $at --anchor other.pem altered; want 1 $at altered ;; esac
done
want 1 $at --anchor anchors.pem --untrusted sub.pem "$corpus/ofd/record-changed.ofd"
want 0 $at --anchor anchors.pem --untrusted sub.pem "$corpus/ofd/plain-document.ofd"
want 2 $at --anchor other.pem "$corpus/ofd/plain-document.ofd"

# the bytes that a signature covers
"$bin/zhengyin-verify" --extract-signed 1 "$corpus/pdf/licence.pdf" >covered
read -r -a range < <(grep -ao '/ByteRange *\[[^]]*' "$corpus/pdf/licence.pdf" | tr -dc '0-9 \n')
{
	head -c "${range[1]}" "$corpus/pdf/licence.pdf"
	tail -c +$((range[2] + 1)) "$corpus/pdf/licence.pdf" | head -c "${range[3]}"
} >expected
cmp covered expected || fail "not the bytes of the ByteRange"
"$bin/zhengyin-verify" --extract-signed 1 "$corpus/ofd/licence.ofd" >covered
unzip -p "$corpus/ofd/licence.ofd" 'Doc_0/Signs/Sign_0/Signature.xml' >expected
cmp covered expected || fail "not Signature.xml"
want 65 --extract-signed 2 "$corpus/pdf/licence.pdf"
want 65 --extract-signed 1 "$corpus/bundle.json"

want 64 --extract-signed 0 "$corpus/pdf/licence.pdf"
want 64 --extract-signed x "$corpus/pdf/licence.pdf"
want 64 --extract-signed 1
want 64 --untrusted sub.pem "$corpus/pdf/licence.pdf"
want 64 --anchor anchors.pem --trust "$corpus/bundle.json" "$corpus/pdf/licence.pdf"
want 64 --anchor anchors.pem --showing x
want 74 --anchor absent "$corpus/pdf/licence.pdf"
want 65 --json --anchor "$corpus/pin" "$corpus/pdf/licence.pdf"
echo ok
