#!/bin/bash
# PDF documents that pdfsig signed with keys of NSS: judged as what they are, after one, two and three signatures.
. "$(dirname "$0")/lib.sh"
cd "$WORK"

# signer NAME OPENSSL-KEY-OPTION...: known to NSS too
signer() {
	other_signer "$@"
	pk12util -i "$1.p12" -d sql:nss -W x >/dev/null
}

# A page with one line of text, with a table of the classic kind.
paper() {
	node - "$1" <<-'EOF'
	const text = "BT /F1 24 Tf 50 150 Td (Contract) Tj ET";
	const objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
	    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
	    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"];
	let out = "%PDF-1.7\n", table = "0000000000 65535 f \n";
	objects.forEach((o, i) => {
	    table += `${String(out.length).padStart(10, "0")} 00000 n \n`;
	    out += `${i + 1} 0 obj\n${o}\nendobj\n`;
	});
	const at = out.length;
	out += `xref\n0 6\n${table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`;
	require("fs").writeFileSync(process.argv[2], out);
	EOF
}

sign() { pdfsig "$1" "$2" -add-signature -nssdir sql:nss -nick "$3" >"$WORK/pdfsig.log" 2>&1 || { cat pdfsig.log; die "pdfsig"; }; }

story "a document signed three times, by keys of RSA, which are those that pdfsig signs with"
other_root
mkdir nss
certutil -N -d sql:nss --empty-password
certutil -A -n root -t CT,C,C -i ca.pem -d sql:nss
for bits in 2048 3072 4096; do signer rsa-$bits rsa:$bits; done
paper 0.pdf
n=0
for who in rsa-2048 rsa-3072 rsa-4096; do
	sign $n.pdf $((n + 1)).pdf $who
	n=$((n + 1))
	exits 0 zhengyin-verify --json --anchor ca.pem $n.pdf
	equal "signatures after $who" "$n" "$(jq '.signatures | length' out)"
	equal "each of them" TOTAL-PASSED "$(jq -r '[.signatures[].indication] | unique | join(",")' out)"
	equal "the last signer" "C=CN, O=测试机构, CN=$who" "$(jq -r '.signatures[-1].signer' out)"
	equal "what it covers" whole "$(jq -r '.signatures[-1].covers' out)"
done
exits 0 zhengyin-verify --extract-signed 1 3.pdf
pdfsig -nssdir sql:nss -dump 3.pdf >/dev/null 2>&1
openssl cms -verify -inform DER -in 3.pdf.sig0 -content out -CAfile ca.pem -purpose any -binary -out /dev/null 2>err ||
	{ cat err; die "openssl does not take what --extract-signed gives"; }
ok

story "without an anchor it cannot be told, and with another neither"
exits 2 zhengyin-verify --json 3.pdf
openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -days 30 -subj "/CN=Root" 2>/dev/null
exits 2 zhengyin-verify --json --anchor other.pem 3.pdf

story "one letter changed in the text"
sed 's/(Contract)/(Contrakt)/' 3.pdf >changed.pdf
exits 1 zhengyin-verify --json --anchor ca.pem changed.pdf
equal "sub-indication" HASH_FAILURE "$(jq -r .sub_indication out)"

story "an object of its own behind the last signature"
cp 3.pdf later.pdf
at=$(stat -c %s later.pdf)
prev=$(tail -n 2 later.pdf | head -n 1 | tr -d "\r ")
size=$(grep -a -o '/Size [0-9]*' later.pdf | tail -n 1 | cut -d ' ' -f 2)
printf '%d 0 obj\n<< /Length 7 /Subtype /Form /BBox [0 0 1 1] >>\nstream\n0 0 m S\nendstream\nendobj\n' "$size" >>later.pdf
table=$(stat -c %s later.pdf)
printf 'xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n' \
	"$size" "$at" $((size + 1)) "$prev" "$table" >>later.pdf
exits 1 zhengyin-verify --json --anchor ca.pem later.pdf
equal "finding" changed-after-signing "$(jq -r '[.findings[] | select(.severity == "fail") | .code] | unique | join(",")' out)"

echo "$checks checks"
