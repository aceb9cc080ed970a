#!/usr/bin/env bash
# XML documents: signed by seals and believed by xmlsec1, the JDK and Bouncy Castle; signed by those and judged here.
. "$(dirname "$0")/lib.sh"
home
cd "$WORK"
ESID=99010000000001
ITEM=$(jq -r '.seals[0].items[0]' "$ZHENGYIN_HOME/policies/seals.json")
pki=$ZHENGYIN_HOME/pki
sign() { zhengyin seal sign --seal $ESID --item "$ITEM" "$@"; } # FILE --out OUT ...
c14n=java.xml.crypto/com.sun.org.apache.xml.internal.security
java_check() {
	LC_ALL=C.UTF-8 java --add-exports $c14n=ALL-UNNAMED --add-exports $c14n.c14n=ALL-UNNAMED \
		-cp /usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar "$E2E/bouncy/CheckXml.java" "$@"
}
have_java() { [ -r /usr/share/java/bcpkix.jar ] && command -v java >/dev/null; }
by_xmlsec() { xmlsec1 --verify --id-attr:Id SignedProperties --trusted-pem "$pki/root-intl.pem" "$1"; }
believed() { # FILE TIME_SOURCE
	exits 0 zhengyin-verify --json "$1"
	equal "kind and time of $1" "xml xml $2 whole" "$(jq -r '[.format, .signatures[0].kind, .signatures[0].time_source, .signatures[0].covers] | join(" ")' out)"
}

story "a document of anybody's, signed with P-256 and with SM2, with and without a time-stamp; its bytes stay"
cat >batch.xml <<'END'
<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet href="batch.xsl"?>
<t:batch xmlns:t="urn:example:batch" xmlns="urn:example:row" t:count='2'>
  <row n="1">甲 &amp; 乙</row><row n="2"/>
</t:batch>
<!-- end -->
END
for suite in intl gm; do
	exits 0 sign batch.xml --suite $suite --out $suite.xml --json
	equal "answer" "xml null 1 claimed" "$(jq -r '"\(.kind) \(.page) \(.signatures) \(.time_source)"' out)"
	exits 0 sign batch.xml --suite $suite --timestamp --out $suite-t.xml
	believed $suite.xml claimed
	believed $suite-t.xml token
	sed 's/<ds:Signature .*<\/ds:Signature>//' $suite-t.xml | cmp - batch.xml || die "the document's own bytes changed"
	ok
done
exits 0 sign batch.xml --out default.xml
grep -q ecdsa-sha256 default.xml || die "P-256 is not the default"
exits 0 by_xmlsec intl.xml
exits 0 by_xmlsec intl-t.xml
sed 's/甲/丙/' intl.xml >changed.xml
exits 1 by_xmlsec changed.xml
exits 1 zhengyin-verify --json changed.xml
equal "finding" xml-reference-digest "$(jq -r '.findings[] | select(.severity == "fail") | .code' out)"
if have_java; then
	exits 0 java_check verify gm.xml "$pki/root-gm.pem" "$pki/issuing-gm.pem" gm-t.xml "$pki/root-gm.pem" \
		"$pki/issuing-gm.pem" intl-t.xml "$pki/root-intl.pem" "$pki/issuing-intl.pem"
	equal "believed" 3 "$(wc -l <out)"
	sed 's/甲/丙/' gm.xml >changed-gm.xml
	exits 1 java_check verify changed-gm.xml "$pki/root-gm.pem" "$pki/issuing-gm.pem"
fi
xmllint --xpath 'string(//*[local-name()="EncapsulatedTimeStamp"])' intl-t.xml | base64 -d >token.der
xmllint --xpath '//*[local-name()="SignatureValue"]' intl-t.xml | xmllint --exc-c14n - >value.xml
exits 0 openssl ts -verify -data value.xml -in token.der -token_in -CAfile "$pki/root-intl.pem" -untrusted "$pki/issuing-intl.pem"

story "countersigned: one signature of the whole, others of its value"
exits 0 sign intl-t.xml --suite gm --out two.xml --json
equal "answer" "xml 2" "$(jq -r '"\(.kind) \(.signatures)"' out)"
exits 0 sign two.xml --suite intl --timestamp --out three.xml
exits 0 sign gm.xml --out two-gm.xml
exits 0 zhengyin-verify two-gm.xml
exits 0 zhengyin-verify --json three.xml
equal "who covers what" "whole token, partial claimed, partial token" \
	"$(jq -r '[.signatures[] | .covers + " " + .time_source] | join(", ")' out)"
exits 0 by_xmlsec three.xml
zhengyin-verify --extract-signed 2 three.xml >countersigned
xmllint --xpath '(//*[local-name()="SignatureValue"])[1]' three.xml | xmllint --exc-c14n - | cmp - countersigned || die "not that value"
tail -c 20 three.xml | cmp - <(tail -c 20 batch.xml) || die "the document's own bytes changed"
sed 's/2</3</; s/甲/丙/' two.xml >changed.xml
refuses self-verify 70 sign changed.xml --out no.xml

story "signed by xmlsec1 with keys of strangers, in the same profile, judged here"
authority() { # NAME WORD...: NAME.key, NAME.pem under ca.pem
	local name=$1
	shift
	openssl genpkey "$@" -out "$name.key" 2>/dev/null
	openssl req -new -key "$name.key" -subj "/CN=$name" -out "$name.csr"
	openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -days 30 -extfile ext -out "$name.pem" 2>/dev/null
}
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca.key 2>/dev/null
openssl req -x509 -new -key ca.key -subj /CN=stranger -days 30 -addext keyUsage=critical,keyCertSign,cRLSign -out ca.pem 2>/dev/null
printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' >ext
authority ecdsa-sha256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
authority ecdsa-sha384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
authority rsa-sha256 -algorithm RSA -pkeyopt rsa_keygen_bits:2048
authority rsa-sha512 -algorithm RSA -pkeyopt rsa_keygen_bits:3072
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
for method in ecdsa-sha256 ecdsa-sha384 rsa-sha256 rsa-sha512; do
	mkdir -p odd
	node "$E2E/xml-documents.mjs" odd "http://www.w3.org/2001/04/xmldsig-more#$method" \
		"$(openssl x509 -in $method.pem -outform DER | openssl dgst -sha256 -binary | base64 -w0)"
	sed -i "s/2026-03-01T08:00:00+08:00/$now/" odd/template.signing
	exits 0 xmlsec1 --sign --id-attr:Id SignedProperties --privkey-pem $method.key,$method.pem --output $method.xml odd/template.signing
	exits 0 zhengyin-verify --anchor ca.pem --json $method.xml
	exits 2 zhengyin-verify --json $method.xml
	sed 's/他人/某人/' $method.xml >changed.xml
	exits 1 zhengyin-verify --anchor ca.pem --json changed.xml
done

story "with the authority's list among its values (B-LT), also when its certificate is nowhere else"
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=30\n' >ca.conf
list() { echo 01 >number; openssl ca -config ca.conf -gencrl -keyfile ca.key -cert ca.pem 2>/dev/null | openssl crl -outform DER | base64 -w0; }
with() { # FILE OUT VALUES
	sed "s|</x:SignedProperties>|&<x:UnsignedProperties><x:UnsignedSignatureProperties>$3</x:UnsignedSignatureProperties></x:UnsignedProperties>|" "$1" >"$2"
}
crls() { echo "<x:RevocationValues><x:CRLValues><x:EncapsulatedCRLValue>$1</x:EncapsulatedCRLValue></x:CRLValues></x:RevocationValues>"; }
: >index
with rsa-sha512.xml stands.xml "$(crls "$(list)")"
exits 0 zhengyin-verify --anchor ca.pem --json stands.xml
equal "asked" 0 "$(jq '[.findings[] | select(.code == "revocation-not-checked")] | length' out)"
printf 'R\t400101000000Z\t200101000000Z\t%s\tunknown\t/CN=rsa-sha512\n' "$(openssl x509 -in rsa-sha512.pem -noout -serial | cut -d= -f2)" >index
with rsa-sha512.xml revoked.xml "$(crls "$(list)")"
exits 1 zhengyin-verify --anchor ca.pem --json revoked.xml
equal "revoked" REVOKED "$(jq -r .sub_indication out)"
with rsa-sha512.xml garbled.xml "$(crls '*')"
exits 1 zhengyin-verify --anchor ca.pem --json garbled.xml
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out sub.key 2>/dev/null
openssl req -new -key sub.key -subj /CN=between -out sub.csr
printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' >sub.ext
openssl x509 -req -in sub.csr -CA ca.pem -CAkey ca.key -days 30 -extfile sub.ext -out sub.pem 2>/dev/null
openssl req -new -key rsa-sha256.key -subj /CN=leaf -out leaf.csr
openssl x509 -req -in leaf.csr -CA sub.pem -CAkey sub.key -days 30 -extfile ext -out leaf.pem 2>/dev/null
node "$E2E/xml-documents.mjs" odd http://www.w3.org/2001/04/xmldsig-more#rsa-sha256 \
	"$(openssl x509 -in leaf.pem -outform DER | openssl dgst -sha256 -binary | base64 -w0)"
sed -i "s/2026-03-01T08:00:00+08:00/$(date -u +%Y-%m-%dT%H:%M:%SZ)/" odd/template.signing
exits 0 xmlsec1 --sign --id-attr:Id SignedProperties --privkey-pem rsa-sha256.key,leaf.pem --output leaf.xml odd/template.signing
exits 2 zhengyin-verify --anchor ca.pem --json leaf.xml
equal "nobody is between" no-chain "$(jq -r '.findings[] | select(.severity != "info") | .code' out)"
with leaf.xml whole.xml "<x:CertificateValues><x:EncapsulatedX509Certificate>$(openssl x509 -in sub.pem -outform DER | base64 -w0)</x:EncapsulatedX509Certificate></x:CertificateValues>"
exits 0 zhengyin-verify --anchor ca.pem --json whole.xml

story "exclusive canonicalisation as the JDK and libxml2's own program have it"
have_java && exits 0 java_check canonical odd/*.xml
for file in odd/*.xml; do
	exits 0 sign "$file" --out signed.xml --force
	zhengyin-verify --extract-signed 1 signed.xml >ours.xml
	xmllint --exc-c14n "$file" | cmp - ours.xml || die "xmllint differs: $file"
	! have_java || cmp "$file.canonical" ours.xml || die "the JDK differs: $file"
	exits 0 by_xmlsec signed.xml
	ok
done

if have_java; then
	story "random documents in every canonical form, as the JDK has them"
	mkdir forms
	ZY_XML_CANONICAL=forms "$BIN/../tests/property-xml_canonical" >/dev/null
	exits 0 java_check forms forms/*.xml
	equal "forms" "same $(cat forms/*.forms | wc -l)" "$(sort out | uniq -c | awk '{ print $2, $1 }')"

	story "signed by the JDK in the forms that programs use"
	authority p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
	mkdir jdk
	LC_ALL=C.UTF-8 java "$E2E/signers/SignXml.java" jdk rsa=rsa-sha256.key,rsa-sha256.pem p256=ecdsa-sha256.key,ecdsa-sha256.pem \
		p384=p384.key,p384.pem authority=ca.key,ca.pem >jdk/list || die "the JDK signed not all"
	while read -r form verdict; do
		case $verdict in
		passed) exits 0 zhengyin-verify --anchor ca.pem --json "jdk/$form.xml" ;;
		unjudged) exits 2 zhengyin-verify --anchor ca.pem --json "jdk/$form.xml" ;;
		refused) exits 65 zhengyin-verify --anchor ca.pem --json "jdk/$form.xml" ;;
		*) die "$form: $verdict" ;;
		esac
	done <jdk/list
	[ "$(wc -l <jdk/list)" -gt 40 ] || die "not all forms"

	story "an SM2 signature of Bouncy Castle's, with prefixes and white space of its own"
	openssl genpkey -algorithm SM2 -out sm2.key 2>/dev/null
	openssl req -x509 -new -key sm2.key -subj /CN=sm2 -days 30 -sm3 -sigopt distid:1234567812345678 \
		-addext keyUsage=critical,digitalSignature -addext basicConstraints=critical,CA:FALSE -out sm2.pem 2>/dev/null
	exits 0 java_check sign batch.xml java.xml sm2.key sm2.pem "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
	exits 2 zhengyin-verify --json java.xml
	equal "value and digests hold" "" "$(jq -r '[.findings[] | select(.severity == "fail") | .code] | join(" ")' out)"
	sed 's/count=.2./count="3"/' java.xml >changed.xml
	exits 1 zhengyin-verify --json changed.xml
fi

story "refusals"
sed 's/ Id="zy-[0-9a-f]*-value"//' intl.xml >no-id.xml
refuses xml-signature 65 sign no-id.xml --out no.xml
refuses usage 64 sign batch.xml --page 1 --out no.xml
refuses usage 64 sign batch.xml --suite sm2 --out no.xml
printf '<a/>' >empty.xml
refuses xml 65 sign empty.xml --out no.xml
printf '<a>one<!-- -->two</a>' >cut.xml
refuses xml 65 sign cut.xml --out no.xml
printf '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>' >dtd.xml
refuses xml 65 sign dtd.xml --out no.xml
refuses xml 65 zhengyin-verify dtd.xml
refuses unknown-format 65 zhengyin-verify --extract-signed 1 ext
refuses unknown-format 65 zhengyin-verify --extract-signed 2 intl.xml
refuses seal-not-allowed 1 zhengyin seal sign --seal $ESID --item 990100-XXXX-9999 batch.xml --out no.xml
[ ! -e no.xml ] || die "something was written"
ok
done_story
