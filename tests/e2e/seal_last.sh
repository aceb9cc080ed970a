#!/usr/bin/env bash
# Signed PDFs that last: stores of revocation data, time-stamps over them and their renewal, certification, and fields
# that wait for a signature; believed by others.
. "$(dirname "$0")/lib.sh"
home
cd "$WORK"
items=("" "$(jq -r '.seals[0].items[0]' "$ZHENGYIN_HOME/policies/seals.json")" "$(jq -r '.seals[1].items[0]' "$ZHENGYIN_HOME/policies/seals.json")")
sign() { # N OUT IN ...
	local n=$1 out=$2 in=$3
	shift 3
	zhengyin seal sign --seal "9901000000000$n" --item "${items[$n]}" "$in" --out "$out" "$@"
}
kept() { cmp -n "$(stat -c %s "$1")" "$1" "$2" || die "$2 does not begin with the bytes of $1"; ok; }
# believed FILE SIGNATURES STAMPS: by us, by poppler, by qpdf
believed() {
	exits 0 zhengyin-verify --json "$1"
	equal "signatures of $1" "$2 $3" "$(jq -r '[.signatures[] | select(.indication == "TOTAL-PASSED") | .kind] |
		"\(map(select(. == "pades")) | length) \(map(select(. == "timestamp")) | length)"' out)"
	equal "pdfsig of $1" "$2" "$(pdfsig -nocert "$1" 2>pdfsig.txt | grep -c 'Signature is Valid')"
	qpdf --check "$1" >qpdf.txt 2>&1 || die "qpdf: $(cat qpdf.txt)"
}
# values FILE: how many certificates, lists, answers and entries of signatures its store has
values() {
	qpdf --json=1 --json-key=objects "$1" | jq -r '[.objects[] | objects | select(.["/Type"]? == "/DSS")] | last |
		"\(.["/Certs"] | length) \(.["/CRLs"] // [] | length) \(.["/OCSPs"] | length) \(.["/VRI"] | length)"'
}
findings() { jq -r '[.findings[].code] | unique | join(" ")' out; }

printf '<svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="297mm"><text x="80" y="120">Page</text></svg>' >A.svg
rsvg-convert -f pdf -o plain.pdf A.svg
qpdf --object-streams=generate --force-version=1.5 plain.pdf streams.pdf

story "every level, on a table and on a stream of references"
for kind in plain streams; do
	for level in B-B B-T B-LT B-LTA; do
		exits 0 sign 1 $kind-$level.pdf $kind.pdf --level $level --json
		equal "level" $level "$(jq -r .level out)"
		kept $kind.pdf $kind-$level.pdf
	done
	believed $kind-B-B.pdf 1 0
	equal "without values" "licence revocation" "$(findings | grep -q revocation-not-checked && echo licence revocation)"
	believed $kind-B-T.pdf 1 0
	believed $kind-B-LT.pdf 1 0
	equal "all is answered" "" "$(findings)"
	equal "values" "4 0 2 1" "$(values $kind-B-LT.pdf)"
	believed $kind-B-LTA.pdf 1 1
done

story "what was signed before is taken up, and renewed later"
exits 0 zhengyin seal extend --level B-T plain-B-B.pdf --out t.pdf --json
equal "a time-stamp" "0 1" "$(jq -r '"\(.values) \(.timestamps)"' out)"
believed t.pdf 1 1
equal "proven by" token "$(jq -r '.signatures[] | select(.kind == "pades") | .time_source' out)"
exits 0 zhengyin seal extend --level B-LT plain-B-B.pdf --out lt.pdf --json
believed lt.pdf 1 1
equal "values of signature and time-stamp" "4 0 2 2" "$(values lt.pdf)"
exits 0 zhengyin seal extend --level B-LTA lt.pdf --out lta.pdf
believed lta.pdf 1 2
exits 0 zhengyin seal extend --level B-LTA lta.pdf --out renewed.pdf
believed renewed.pdf 1 3
kept lta.pdf renewed.pdf
equal "one entry for each" 3 "$(values renewed.pdf | cut -d' ' -f4)"

story "openssl believes what is signed and every time-stamp of the document"
root=$ZHENGYIN_HOME/pki/root-intl.pem
node "$E2E/pdf-parts.mjs" renewed.pdf part >parts
equal "parts" "1 ETSI.CAdES.detached earlier,2 ETSI.RFC3161 earlier,3 ETSI.RFC3161 earlier,4 ETSI.RFC3161 whole" "$(paste -sd, parts)"
exits 0 openssl cms -verify -inform DER -in part-1.der -content part-1.data -binary -CAfile "$root" -purpose any -out /dev/null
for n in 2 3 4; do
	exits 0 openssl ts -verify -data part-$n.data -in part-$n.der -token_in -CAfile "$root"
done

story "fields that wait for a signature, and what they lock"
node "$E2E/form-pdf.mjs" form.pdf
exits 0 zhengyin seal fields form.pdf --json
equal "fields" "approver false true Include sum;board.chair false true ;quiet false false " \
	"$(jq -r '[.fields[] | "\(.name) \(.signed) \(.seen) \(.lock // "")"] | join(";")' out)"
exits 0 sign 1 form-1.pdf form.pdf --field approver
believed form-1.pdf 1 0
equal "it locks what its field says" 1 "$(grep -ac '/TransformMethod /FieldMDP .*/Action /Include /Fields \[ (sum) \]' form-1.pdf)"
exits 0 sign 2 form-2.pdf form-1.pdf --field board.chair --level B-LTA
believed form-2.pdf 2 2
exits 0 sign 1 form-3.pdf form-2.pdf --field quiet
believed form-3.pdf 3 2
exits 0 zhengyin seal fields form-3.pdf
equal "all signed" 5 "$(grep -c ' signed' out)"
pdftoppm -r 30 -singlefile form.pdf before
pdftoppm -r 30 -singlefile form-1.pdf after
cmp -s before.ppm after.ppm && die "nothing is seen in the field"
refuses pdf 65 sign 2 no.pdf form-1.pdf --field approver
refuses not-found 1 sign 2 no.pdf form-1.pdf --field nobody
refuses usage 64 sign 2 no.pdf form-1.pdf --field board.chair --page 1

story "an author certifies, and says what may follow"
for p in 1 2 3; do
	exits 0 sign 1 author-$p.pdf form.pdf --certify $p
	believed author-$p.pdf 1 0
	exits 0 zhengyin seal fields author-$p.pdf --json
	equal "certified" $p "$(jq .certified out)"
	exits 0 zhengyin seal extend --level B-LTA author-$p.pdf --out author-$p-lta.pdf
	believed author-$p-lta.pdf 1 2
	refuses pdf 65 sign 2 no.pdf author-$p.pdf
	refuses pdf 65 sign 2 no.pdf author-$p.pdf --certify 2
done
refuses pdf 65 sign 2 no.pdf author-1.pdf --field approver
for p in 2 3; do
	exits 0 sign 2 signed-$p.pdf author-$p.pdf --field approver
	believed signed-$p.pdf 2 0
done
refuses usage 64 sign 1 no.pdf form.pdf --certify 4

story "ten seals of a joint review, and one store for all of them"
cp plain.pdf review-0.pdf
for n in 1 2 3 4 5 6 7 8 9 10; do exits 0 sign $((n % 2 + 1)) review-$n.pdf review-$((n - 1)).pdf --box "$((n * 18)),250,16,16"; done
exits 0 zhengyin seal extend --level B-LTA review-10.pdf --out review.pdf --json
believed review.pdf 10 2
equal "values of two signers and one time-stamp authority, each once" "5 0 3 11" "$(values review.pdf)"

story "a certificate is revoked: what was stamped before holds, and nothing new is made of the rest"
serial=$(openssl x509 -in "$ZHENGYIN_HOME/seals/99010000000001/document.pem" -noout -serial | cut -d= -f2 | tr A-F a-f)
exits 0 zhengyin ca revoke "$serial" --reason keyCompromise
exits 0 zhengyin seal extend --level B-LTA plain-B-T.pdf --out late.pdf
believed late.pdf 1 1
refuses self-verify 70 zhengyin seal extend --level B-LT plain-B-B.pdf --out no.pdf
believed plain-B-LTA.pdf 1 1

story "refusals of what cannot be made to last"
refuses pdf 65 zhengyin seal extend --level B-LTA plain.pdf --out no.pdf
refuses usage 64 zhengyin seal extend --level B-B plain-B-B.pdf --out no.pdf
refuses usage 64 zhengyin seal extend plain-B-B.pdf --out no.pdf
refuses exists 74 zhengyin seal extend --level B-LT plain-B-T.pdf --out lt.pdf
[ ! -e no.pdf ] || die "something was written"
for verb in extend fields; do
	exits 0 zhengyin seal $verb --help
	grep -q "zhengyin seal $verb" out || die "--help"
done
done_story
