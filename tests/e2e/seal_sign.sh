#!/usr/bin/env bash
# Seals on PDF files that others made: appended, one after the other, believed by others, and what comes after judged.
. "$(dirname "$0")/lib.sh"
home
cd "$WORK"
sign() { # N OUT IN ...
	local n=$1 out=$2 in=$3
	shift 3
	zhengyin seal sign --seal "9901000000000$n" --item "${items[$n]}" "$in" --out "$out" "$@"
}
items=("" "$(jq -r '.seals[0].items[0]' "$ZHENGYIN_HOME/policies/seals.json")" "$(jq -r '.seals[1].items[0]' "$ZHENGYIN_HOME/policies/seals.json")")
kept() { cmp -n "$(stat -c %s "$1")" "$1" "$2" || die "$2 does not begin with the bytes of $1"; ok; }
believed() { # FILE SIGNATURES
	local got
	exits 0 zhengyin-verify --json "$1"
	equal "signatures of $1" "$2" "$(jq '[.signatures[] | select(.indication == "TOTAL-PASSED")] | length' out)"
	equal "coverage of $1" whole "$(jq -r '.signatures[-1].covers' out)"
	got=$(pdfsig -nocert "$1" | grep -c 'Signature is Valid')
	equal "pdfsig of $1" "$2" "$got"
	qpdf --check "$1" >qpdf.txt 2>&1 || die "qpdf: $(cat qpdf.txt)"
}

story "documents of others: cairo's, poppler's and qpdf's, of every form that a cross-reference section has"
for page in A B; do
	printf '<svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="297mm"><text x="80" y="120">Page %s</text></svg>' $page >$page.svg
done
rsvg-convert -f pdf -o cairo.pdf A.svg B.svg
qpdf --object-streams=disable --force-version=1.4 cairo.pdf classic.pdf
qpdf --object-streams=generate --force-version=1.5 cairo.pdf streams.pdf
qpdf --linearize --object-streams=disable cairo.pdf linear.pdf
qpdf --linearize --object-streams=generate cairo.pdf linear-streams.pdf
qpdf --rotate=+90 cairo.pdf turned.pdf
pdftocairo -pdf cairo.pdf poppler.pdf
pdfseparate -f 1 -l 1 cairo.pdf separate.pdf
qpdf --empty --pages cairo.pdf separate.pdf -- joined.pdf
qpdf --qdf cairo.pdf qdf.pdf
for kind in cairo classic streams linear linear-streams turned poppler joined qdf; do
	exits 0 sign 1 $kind-1.pdf $kind.pdf --json
	equal "time source" claimed "$(jq -r .time_source out)"
	kept $kind.pdf $kind-1.pdf
	believed $kind-1.pdf 1
	exits 0 sign 2 $kind-2.pdf $kind-1.pdf --page 2 --box 20,30,60,42 --timestamp --json
	equal "signature" 2 "$(jq .signatures out)"
	kept $kind-1.pdf $kind-2.pdf
	believed $kind-2.pdf 2
	equal "who covers what" "revision 2 of 3 claimed, whole token" \
		"$(zhengyin-verify --json $kind-2.pdf | jq -r '[.signatures[] | .covers + " " + .time_source] | join(", ")')"
done
node "$E2E/hybrid-pdf.mjs" hybrid.pdf
node "$E2E/hybrid-pdf.mjs" roomy.pdf 60
for kind in separate hybrid roomy; do
	exits 0 sign 1 $kind-1.pdf $kind.pdf
	exits 0 sign 2 $kind-2.pdf $kind-1.pdf --box 20,30,60,42
	kept $kind-1.pdf $kind-2.pdf
	believed $kind-2.pdf 2
done
equal "text of a hybrid file" Hybrid "$(pdftotext hybrid-2.pdf - | head -n 1)"
grep -q '/Size 66' roomy-2.pdf || die "a number was given twice"
sed 's/\/Size 8/\/Size 5/' hybrid.pdf >narrow.pdf
refuses pdf 65 sign 1 narrow-1.pdf narrow.pdf
grep -q '/Type /XRef' streams-1.pdf || die "a table was appended to a stream"
node "$E2E/pdf-signature.mjs" classic-2.pdf last || die "no time-stamp"
exits 0 openssl ts -verify -data last.sig -in last.tst -token_in -CAfile "$ZHENGYIN_HOME/pki/root-intl.pem"

story "five signatures one after the other, also on a licence"
cp classic-2.pdf five-2.pdf
for n in 3 4 5; do exits 0 sign $((n % 2 + 1)) five-$n.pdf five-$((n - 1)).pdf; done
believed five-5.pdf 5
example business-licence
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data data.json --out . --json
licence=$(jq -r '.files[] | select(.form == "pdf") | .path' out)
exits 0 sign 2 countersigned.pdf "$licence"
believed countersigned.pdf 2
equal "the licence is still its issuer's" valid "$(zhengyin-verify --json countersigned.pdf | jq -r .licence.status)"

story "the stamp is seen"
pdftoppm -r 30 -f 2 -singlefile classic-1.pdf before
pdftoppm -r 30 -f 2 -singlefile classic-2.pdf after
cmp -s before.ppm after.ppm && die "nothing is seen on page 2"
ok

story "what comes later and is no signature fails, and the object is named"
prev=$(tail -c 40 classic-1.pdf | sed -n 's/^\([0-9][0-9]*\)$/\1/p' | tail -n 1)
root=$(grep -ao '/Root [0-9]* 0 R' classic-1.pdf | tail -n 1)
size=$(grep -ao '/Size [0-9]*' classic-1.pdf | tail -n 1)
object=$(qpdf --show-pages classic-1.pdf | sed -n '/content:/{n;s/^ *\([0-9]*\) 0 R.*/\1/p;q}')
cp classic-1.pdf altered.pdf
at=$(stat -c %s altered.pdf)
printf '%s 0 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\n' "$object" >>altered.pdf
table=$(stat -c %s altered.pdf)
info=$(grep -ao '/Info [0-9]* 0 R' classic-1.pdf | tail -n 1 || true)
printf 'xref\n%s 1\n%010d 00000 n \ntrailer\n<< %s %s %s /Prev %s >>\nstartxref\n%s\n%%%%EOF\n' \
	"$object" "$at" "$size" "$root" "$info" "$prev" "$table" >>altered.pdf
qpdf --check altered.pdf >/dev/null || die "the altered file is no PDF"
exits 1 zhengyin-verify --json altered.pdf
equal "finding" changed-after-signing "$(jq -r '.findings[] | select(.severity == "fail") | .code' out)"
jq -r '.findings[] | .en' out | grep -q "object $object:" || die "the object $object is not named: $(cat out)"
refuses self-verify 70 sign 2 never.pdf altered.pdf
[ ! -e never.pdf ] || die "it was written"

story "refusals"
qpdf --encrypt "" owner 256 -- cairo.pdf locked.pdf
refuses pdf 65 sign 1 no.pdf locked.pdf
grep -q encrypted out || die "it does not say why: $(cat out)"
echo "no PDF" >text
refuses unknown-format 65 sign 1 no.pdf text
refuses not-found 1 sign 1 no.pdf cairo.pdf --page 3
refuses pdf 65 sign 1 no.pdf cairo.pdf --box 200,10,42,42
refuses usage 64 sign 1 no.pdf cairo.pdf --box 1,2,3
refuses usage 64 sign 1 no.pdf cairo.pdf --page 0
refuses usage 64 zhengyin seal sign --seal 99010000000001 cairo.pdf --out no.pdf
refuses not-found 1 zhengyin seal sign --seal 99010000000099 --item "${items[1]}" cairo.pdf --out no.pdf
refuses seal-not-allowed 1 zhengyin seal sign --seal 99010000000001 --item "${items[2]}" cairo.pdf --out no.pdf
refuses exists 74 sign 1 cairo-1.pdf cairo.pdf
[ ! -e no.pdf ] || die "something was written"
exits 0 sign 1 cairo-1.pdf cairo.pdf --force
exits 0 zhengyin seal sign --help
grep -q 'seal sign --seal' out || die "--help"
done_story
