#!/bin/bash
# Bare signatures made by the openssl program, judged by zhengyin-verify raw: what verifies, what was changed, what is weak.
set -euo pipefail
bin=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
ID=1234567812345678

fail() {
	echo "raw.sh: $*" >&2
	exit 1
}
# want STATUS WORD...: runs the command, keeps out and err
want() {
	local status=$1 got=0
	shift
	"$bin/zhengyin-verify" raw "$@" >out 2>err || got=$?
	[ "$got" = "$status" ] || fail "exit $got instead of $status: $* $(cat out err)"
}
key() { # NAME WORD...: NAME.key, NAME.pub
	local name=$1
	shift
	openssl genpkey "$@" -out "$name.key" 2>/dev/null
	openssl pkey -in "$name.key" -pubout -out "$name.pub"
}
sign() { # NAME OUT WORD...
	local name=$1 out=$2
	shift 2
	openssl dgst "$@" -sign "$name.key" -out "$out" text
}
# r||s of a DER signature, NUMBER octets each
bare() {
	openssl asn1parse -inform DER -in "$1" | awk -F: '/INTEGER/ { print $NF }' | while read -r n; do
		printf "%*s" "$((2 * $2))" "$n" | tr ' ' 0 | tr -d '\n'
	done | basenc --base16 -d
}

echo '云泽市政务服务数据管理局' >text
echo '云泽市政务服务数据管理局。' >other
key sm2 -algorithm SM2
key p256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
key p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
key rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048
key short -algorithm RSA -pkeyopt rsa_keygen_bits:1024
key ed -algorithm ED25519

sign sm2 sm2.sig -sm3 -sigopt distid:$ID
sign p256 p256.sig -sha256
sign p256 p256-512.sig -sha512
sign p384 p384.sig -sha384
for md in sha256 sha384 sha512; do
	sign rsa rsa-$md.sig -$md
	sign rsa pss-$md.sig -$md -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
done
openssl pkeyutl -sign -rawin -inkey ed.key -in text -out ed.sig
bare sm2.sig 32 >sm2-bare.sig
bare p256.sig 32 >p256-bare.sig
bare p384.sig 48 >p384-bare.sig

for pair in sm2:sm2 sm2:sm2-bare p256:p256 p256:p256-bare p256:p256-512 p384:p384 p384:p384-bare ed:ed \
	rsa:rsa-sha256 rsa:rsa-sha384 rsa:rsa-sha512 rsa:pss-sha256 rsa:pss-sha384 rsa:pss-sha512; do
	k=${pair%:*} s=${pair#*:}
	want 0 --json --key $k.pub --signature $s.sig text
	[ "$(jq -r .indication out)" = TOTAL-PASSED ] || fail "$pair: $(cat out)"
	want 1 --json --key $k.pub --signature $s.sig other
	[ "$(jq -r .sub_indication out)" = SIG_CRYPTO_FAILURE ] || fail "$pair: $(cat out)"
	# the last octet of the signature is another
	{ head -c -1 $s.sig; tail -c 1 $s.sig | tr '\000-\377' '\001-\377\000'; } >changed.sig
	want 1 --key $k.pub --signature changed.sig text
	head -c -1 $s.sig >cut.sig
	want 1 --key $k.pub --signature cut.sig text
	{ cat $s.sig; printf '\0'; } >longer.sig
	want 1 --key $k.pub --signature longer.sig text
done
want 1 --key p256.pub --signature sm2.sig text
want 1 --key sm2.pub --signature p256.sig text
want 0 --key sm2.pub --signature sm2.sig - <text

# another ID, and none: with the empty ID, Z is there all the same (GB/T 32918.2 5.5)
sign sm2 alice.sig -sm3 -sigopt distid:ALICE123@YAHOO.COM
sign sm2 empty.sig -sm3
want 1 --key sm2.pub --signature alice.sig text
want 0 --key sm2.pub --signature alice.sig --id ALICE123@YAHOO.COM text
want 1 --key sm2.pub --signature sm2.sig --id ALICE123@YAHOO.COM text
want 1 --key sm2.pub --signature empty.sig text
want 0 --key sm2.pub --signature empty.sig --id '' text
want 0 --key sm2.pub --signature empty.sig --id= text
want 1 --key sm2.pub --signature sm2.sig --id '' text
want 64 --key p256.pub --signature p256.sig --id x text

# what is too weak today is not passed; for a day when it was not, it is
sign rsa sha1.sig -sha1
want 2 --json --key rsa.pub --signature sha1.sig text
[ "$(jq -r .sub_indication out)" = CRYPTO_CONSTRAINTS_FAILURE ] || fail "SHA-1: $(cat out)"
want 0 --at 2010-01-01T00:00:00Z --key rsa.pub --signature sha1.sig text
sign short short.sig -sha256
want 2 --key short.pub --signature short.sig text
want 1 --key short.pub --signature short.sig other

# a key for PSS alone says by which digest and salt it signs
key pss -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha512 \
	-pkeyopt rsa_pss_keygen_mgf1_md:sha512 -pkeyopt rsa_pss_keygen_saltlen:64
sign pss pss.sig -sha512
want 0 --key pss.pub --signature pss.sig text
want 1 --key pss.pub --signature pss.sig other

# keys of a kind that is not known here, or of a curve that is written out: nothing can be told, right or wrong
openssl dsaparam -out dsa.param 2048 2>/dev/null
openssl genpkey -paramfile dsa.param -out dsa.key
openssl pkey -in dsa.key -pubout -out dsa.pub
for curve in brainpoolP256r1 secp256k1 prime192v1; do
	key $curve -algorithm EC -pkeyopt ec_paramgen_curve:$curve
done
key explicit -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit
for k in dsa brainpoolP256r1 secp256k1 prime192v1 explicit; do
	sign $k $k.sig -sha256
	for file in text other; do
		want 2 --json --key $k.pub --signature $k.sig $file
		[ "$(jq -r '.findings[0].code' out)" = signature-algorithm ] || fail "$k: $(cat out)"
	done
done

# r and s in more octets than DER has: right, but no verifier need read it
node -e '
const der = require("fs").readFileSync("p256.sig"), pad = (v) => Buffer.concat([Buffer.from([2, v[1] + 2, 0, 0]), v.subarray(2)]);
const r = der.subarray(2, 4 + der[3]), s = der.subarray(4 + der[3]), both = Buffer.concat([pad(r), pad(s)]);
require("fs").writeFileSync("careless.sig", Buffer.concat([Buffer.from([0x30, both.length]), both]));'
want 2 --json --key p256.pub --signature careless.sig text
[ "$(jq -r '.findings[0].code' out)" = signature-unsupported ] || fail "careless: $(cat out)"
want 1 --key p256.pub --signature careless.sig other

# keys as certificates and in DER
openssl req -new -x509 -key p256.key -subj /CN=p256 -out p256.pem
openssl x509 -in p256.pem -outform DER -out p256.der
openssl pkey -pubin -in p256.pub -outform DER -out p256-pub.der
for k in p256.pem p256.der p256-pub.der; do
	want 0 --key $k --signature p256.sig text
done

# a file of any length, in memory that does not grow; EdDSA holds it
truncate -s 200M long
echo end >>long
for pair in sm2:-sm3:-sigopt:distid:$ID p256:-sha256 p384:-sha512 rsa:-sha256 rsa:-sha384:-sigopt:rsa_padding_mode:pss; do
	k=${pair%%:*} words=${pair#*:}
	openssl dgst $(sed 's/:-sigopt:/ -sigopt /g; s/:\([a-z]\)/:\1/g' <<<"$words") -sign $k.key -out long.sig long
	(ulimit -v 150000 && exec "$bin/zhengyin-verify" raw --json --key $k.pub --signature long.sig long >out 2>err) || fail "$pair: $(cat out err)"
done
openssl dgst -sha256 -sign p256.key -out long.sig long
want 0 --key p256.pub --signature long.sig - <long
echo more >>long
want 1 --key p256.pub --signature long.sig long
want 65 --json --key ed.pub --signature ed.sig long
[ "$(jq -r .error.code out)" = too-large ] || fail "Ed25519: $(cat out)"
rm long

# words, and what is not even a key
want 0 --help
grep -q example: out || fail "no example"
want 64
want 64 --key p256.pub text
want 64 --signature p256.sig text
want 64 --key p256.pub --signature p256.sig
want 64 --key p256.pub --signature p256.sig --no-such x text
want 64 --key p256.pub --signature p256.sig --at yesterday text
want 64 --key p256.pub --signature p256.sig text text
want 65 --json --key text --signature p256.sig text
[ "$(jq -r .error.code out)" = key ] || fail "no key: $(cat out)"
want 65 --key p256.pub --signature /dev/null text
base64 p256.sig >p256.b64
want 65 --json --key p256.pub --signature p256.b64 text
[ "$(jq -r .error.code out)" = unknown-format ] || fail "base64: $(cat out)"
want 74 --key absent --signature p256.sig text
want 74 --key p256.pub --signature absent text
want 74 --key p256.pub --signature p256.sig absent
echo ok
