#!/bin/bash
# PDF documents signed by iText and by PDFBox with keys of RSA and of P-384, after one another: judged as what they are.
. "$(dirname "$0")/lib.sh"
cd "$WORK"
jars=/usr/share/java
export CLASSPATH=$WORK/classes
for jar in itext5 pdfbox2 fontbox2 commons-logging bcprov bcpkix bcutil; do
	CLASSPATH=$CLASSPATH:$jars/$jar.jar
done
javac -d classes "$E2E"/signers/*.java 2>javac.log || { cat javac.log; die "javac"; }

openssl req -utf8 -x509 -newkey rsa:3072 -nodes -keyout ca.key -out ca.pem -days 30 -subj "/C=CN/O=测试机构/CN=Root" \
	-addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n' >ext

# signer NAME OPENSSL-KEY-OPTION...
signer() {
	local name=$1
	shift
	openssl req -utf8 -new -newkey "$@" -nodes -keyout "$name.key" -out "$name.csr" -subj "/C=CN/O=测试机构/CN=$name" 2>/dev/null
	openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -extfile ext -out "$name.pem" 2>/dev/null
	openssl pkcs12 -export -inkey "$name.key" -in "$name.pem" -certfile ca.pem -name "$name" -passout pass:x -out "$name.p12"
}

# passes FILE SIGNATURES
passes() {
	exits 0 zhengyin-verify --json --anchor ca.pem "$1"
	equal "signatures of $1" "$2 TOTAL-PASSED" \
		"$(jq -r '"\(.signatures | length) \([.signatures[].indication] | unique | join(","))"' out)"
}

box() { java PdfBox "$@" >java.log 2>&1 || { cat java.log; die "PdfBox $*"; }; }

for key in rsa ec; do
	story "iText, with a key of $key"
	if [ $key = rsa ]; then signer rsa rsa:3072; else signer ec ec -pkeyopt ec_paramgen_curve:P-384; fi
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
	box $key.p12 plain.pdf box.pdf
	passes box.pdf 1
	box $key.p12 packed-twice.pdf box-third.pdf
	passes box-third.pdf 3
	box $key.p12 box-third.pdf box-fourth.pdf
	passes box-fourth.pdf 4

	story "one octet of the first signature's value changed"
	at=$(grep -a -b -o '/Contents *<' box-fourth.pdf | head -n 1 | cut -d : -f 1)
	cp box-fourth.pdf broken.pdf
	printf '7' | dd of=broken.pdf bs=1 seek=$((at + 2400)) conv=notrunc 2>/dev/null
	cmp -s broken.pdf box-fourth.pdf && printf '8' | dd of=broken.pdf bs=1 seek=$((at + 2400)) conv=notrunc 2>/dev/null
	exits 1 zhengyin-verify --json --anchor ca.pem broken.pdf
	rm -- *.pdf
done
echo "$checks checks"
