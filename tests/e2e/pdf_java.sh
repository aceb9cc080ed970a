#!/bin/bash
# PDF documents signed by iText and by PDFBox with keys of RSA, P-384 and SM2, after one another: judged as what they are.
. "$(dirname "$0")/lib.sh"
cd "$WORK"
jars=/usr/share/java
export CLASSPATH=$WORK/classes
for jar in itext5 pdfbox2 fontbox2 commons-logging bcprov bcpkix bcutil; do
	CLASSPATH=$CLASSPATH:$jars/$jar.jar
done
javac -encoding UTF-8 -d classes "$E2E"/signers/*.java 2>javac.log || { cat javac.log; die "javac"; }

other_root

# passes FILE SIGNATURES
passes() {
	exits 0 zhengyin-verify --json --anchor ca.pem "$1"
	equal "signatures of $1" "$2 TOTAL-PASSED" \
		"$(jq -r '"\(.signatures | length) \([.signatures[].indication] | unique | join(","))"' out)"
}

box() { java PdfBox "$@" >java.log 2>&1 || { cat java.log; die "PdfBox $*"; }; }

for key in rsa ec; do
	story "iText, with a key of $key"
	how=SHA512withRSA
	[ $key = rsa ] || how=SHA384withECDSA
	if [ $key = rsa ]; then other_signer rsa rsa:3072; else other_signer ec ec -pkeyopt ec_paramgen_curve:P-384; fi
	java IText $key.p12 >java.log 2>&1 || { cat java.log; die "IText"; }
	passes cms.pdf 1
	passes cades.pdf 1
	passes cades-twice.pdf 2
	passes packed-signed.pdf 1
	passes packed-twice.pdf 2
	passes certified.pdf 1

	story "signed once more though its author's certification permits nothing"
	exits 1 zhengyin-verify --json --anchor ca.pem certified-then-signed.pdf
	equal "finding" changed-after-signing "$(jq -r '[.findings[] | select(.severity == "fail") | .code] | unique | join(",")' out)"

	story "PDFBox, on papers of iText signed and not"
	box $key.p12 $how plain.pdf box.pdf
	passes box.pdf 1
	box $key.p12 $how packed-twice.pdf box-third.pdf
	passes box-third.pdf 3
	box $key.p12 $how box-third.pdf box-fourth.pdf
	passes box-fourth.pdf 4

	story "one octet of the first signature's value changed"
	at=$(grep -a -b -o '/Contents *<' box-fourth.pdf | head -n 1 | cut -d : -f 1)
	cp box-fourth.pdf broken.pdf
	printf '7' | dd of=broken.pdf bs=1 seek=$((at + 2400)) conv=notrunc 2>/dev/null
	cmp -s broken.pdf box-fourth.pdf && printf '8' | dd of=broken.pdf bs=1 seek=$((at + 2400)) conv=notrunc 2>/dev/null
	exits 1 zhengyin-verify --json --anchor ca.pem broken.pdf
	[ $key = ec ] || rm -- *.pdf
done

story "PDFBox with a key of SM2, on a paper of iText"
id=distid:1234567812345678
for name in root leaf; do openssl genpkey -algorithm SM2 -out $name.key 2>/dev/null; done
openssl req -utf8 -x509 -new -key root.key -sm3 -sigopt $id -days 30 -subj "/C=CN/O=测试机构/CN=Root" \
	-addext keyUsage=critical,keyCertSign,cRLSign -out ca.pem 2>/dev/null
openssl req -utf8 -new -key leaf.key -sm3 -sigopt $id -subj "/C=CN/O=测试机构/CN=leaf" -out leaf.csr 2>/dev/null
openssl x509 -req -in leaf.csr -vfyopt $id -CA ca.pem -CAkey root.key -sm3 -sigopt $id -CAcreateserial -days 20 \
	-extfile ext -out leaf.pem 2>/dev/null
openssl pkcs12 -export -inkey leaf.key -in leaf.pem -certfile ca.pem -name leaf -passout pass:x -out leaf.p12
box leaf.p12 SM3withSM2 plain.pdf sm2.pdf
passes sm2.pdf 1
box leaf.p12 SM3withSM2 sm2.pdf sm2-twice.pdf
passes sm2-twice.pdf 2
sed 's/Producer/Producex/' sm2-twice.pdf >changed.pdf
exits 1 zhengyin-verify --json --anchor ca.pem changed.pdf
echo "$checks checks"
