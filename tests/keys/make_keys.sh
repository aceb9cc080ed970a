#!/bin/sh
# Makes the small public key infrastructure that the tests of verify/ judge with: two suites (gm, intl), three levels
# (root, sub, leaf), and leaves with one fault each. Run once; the results are kept in this folder so that tests need
# no openssl program. Keys are thrown away except those that sign fixed data below.
# usage: make_keys.sh [FOLDER]
set -eu
cd "${1:-$(dirname "$0")}"
ID=1234567812345678
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
FROM=20260101000000Z
TO=20360101000000Z
USCC=$(cat uscc.txt)

# suite-dependent words
options() {
	case $1 in
	gm) ALG="-algorithm SM2"; MD=-sm3; SIG="-sigopt distid:$ID"; VFY="-vfyopt distid:$ID" ;;
	intl) ALG="-algorithm EC -pkeyopt ec_paramgen_curve:P-256"; MD=-sha256; SIG=; VFY= ;;
	esac
}

# cert SUITE NAME ISSUER EXTENSIONS [FROM TO]
cert() {
	options "$1"
	key=$tmp/$1-$2.key
	# shellcheck disable=SC2086
	openssl genpkey $ALG -out "$key" 2>/dev/null
	printf '%b' "$4" >"$tmp/ext"
	# shellcheck disable=SC2086
	openssl req -new -utf8 -key "$key" $MD $SIG -subj "/C=CN/O=测试机构/CN=$1-$2" -out "$tmp/csr" 2>/dev/null
	printf '[ca]\ndatabase=%s/index\nserial=%s/serial\nnew_certs_dir=%s\npolicy=p\nunique_subject=no\nemail_in_dn=no\n[p]\ncountryName=supplied\norganizationName=supplied\ncommonName=supplied\n' \
		"$tmp" "$tmp" "$tmp" >"$tmp/ca.cnf"
	[ -f "$tmp/index" ] || : >"$tmp/index"
	[ -f "$tmp/serial" ] || echo 1001 >"$tmp/serial"
	if [ "$3" = self ]; then
		ca="-selfsign -keyfile $key"
	else
		ca="-cert $tmp/$1-$3.pem -keyfile $tmp/$1-$3.key"
	fi
	# shellcheck disable=SC2086
	openssl ca -batch -notext -utf8 -config "$tmp/ca.cnf" -name ca -in "$tmp/csr" $ca -md "${MD#-}" $SIG $VFY \
		-startdate "${5:-$FROM}" -enddate "${6:-$TO}" -extfile "$tmp/ext" -out "$tmp/$1-$2.pem" 2>"$tmp/log" || {
		cat "$tmp/log" >&2
		exit 1
	}
	openssl x509 -in "$tmp/$1-$2.pem" -outform DER -out "$1-$2.der"
}

IDS='subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n'
CA="basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
SUB="basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n$IDS"
LEAF="basicConstraints=CA:false\nkeyUsage=critical,digitalSignature,nonRepudiation\n$IDS"
for s in gm intl; do
	cert $s root self "$CA"
	cert $s sub root "$SUB"
	cert $s leaf sub "${LEAF}1.2.156.10260.4.1.4=ASN1:UTF8String:$USCC\n"
	cert $s usage sub "basicConstraints=CA:false\nkeyUsage=critical,keyEncipherment\n$IDS"
	cert $s nousage sub "basicConstraints=CA:false\n$IDS"
	cert $s server sub "${LEAF}extendedKeyUsage=serverAuth\n"
	cert $s expired sub "$LEAF" 20260101000000Z 20260201000000Z
	cert $s subsub sub "$SUB"
	cert $s deep subsub "$LEAF"
	cert $s fakeca leaf "$LEAF"
	cert $s critical sub "${LEAF}1.2.3.4=critical,DER:0500\n"
	cert $s otherroot self "$CA"
	cert $s stranger otherroot "$LEAF"
	# a fixed message and its signature by the leaf
	options $s
	printf 'zhengyin 证印' >message.bin
	# shellcheck disable=SC2086
	openssl dgst $MD -sign "$tmp/$s-leaf.key" $SIG -out "$s-leaf.sig" message.bin
	cp "$tmp/$s-leaf.key" "$s-leaf.key.pem"
done
