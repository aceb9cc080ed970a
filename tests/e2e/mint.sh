#!/usr/bin/env bash
# A department mints both types; independent readers accept what it hands out.
. "$(dirname "$0")/lib.sh"
home
out=$WORK/licences

story "both types, both forms, from the samples"
for type in business-licence transport-practitioner; do
	example $type
	exits 0 zhengyin mint --type $type --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --out "$out" --request "r-$type" --json
	cp "$WORK/out" "$WORK/$type.json"
	equal "version" 1 "$(jq .version "$WORK/out")"
	equal "holder" "$HOLDER" "$(jq -r .holder "$WORK/out")"
	equal "forms" "ofd pdf" "$(jq -r '[.files[].form] | join(" ")' "$WORK/out")"
	equal "its place in the log is proved" true "$(jq "(.log.index > 0) and (.log.checkpoint | startswith(\"log.example/\")) and (.log.path | length > 0)" <"$WORK/$type.json")"
	for form in ofd pdf; do
		path=$(jq -r ".files[] | select(.form == \"$form\") | .path" "$WORK/$type.json")
		exits 0 zhengyin-verify --json "$path"
		equal "indication" TOTAL-PASSED "$(jq -r .indication "$WORK/out")"
		equal "identifier" "$(jq -r .licence "$WORK/$type.json")" "$(jq -r .licence.identifier "$WORK/out")"
		equal "covers" whole "$(jq -r '.signatures[0].covers' "$WORK/out")"
		equal "legal effect" true "$(jq .legal_effect.holds "$WORK/out")"
	done
	ofd=$(jq -r '.files[] | select(.form == "ofd") | .path' "$WORK/$type.json")
	pdf=$(jq -r '.files[] | select(.form == "pdf") | .path' "$WORK/$type.json")
	equal "digest of the OFD" "$(jq -r '.files[] | select(.form == "ofd") | .digest' "$WORK/$type.json")" \
		"sm3:$(openssl dgst -sm3 -r "$ofd" | cut -d' ' -f1)"
	equal "digest of the PDF" "$(jq -r '.files[] | select(.form == "pdf") | .digest' "$WORK/$type.json")" \
		"sha256:$(sha256sum "$pdf" | cut -d' ' -f1)"

	story "$type: the PDF before poppler and qpdf"
	pdfsig -nocert "$pdf" >"$WORK/pdfsig"
	grep -q 'Signature is Valid' "$WORK/pdfsig" || die "pdfsig does not call the signature valid"
	grep -q 'Total document signed' "$WORK/pdfsig" || die "pdfsig does not call the total document signed"
	grep -q 'ETSI.CAdES.detached' "$WORK/pdfsig" || die "not a PAdES signature"
	qpdf --check "$pdf" >"$WORK/qpdf" 2>&1 || die "qpdf --check: $(cat "$WORK/qpdf")"
	! grep -qi warning "$WORK/qpdf" || die "qpdf warns: $(cat "$WORK/qpdf")"
	equal "fonts that are not embedded and subset" 0 "$(pdffonts "$pdf" | tail -n +3 | awk '$(NF-4) != "yes" || $(NF-3) != "yes"' | wc -l)"
	[ "$(pdffonts "$pdf" | tail -n +3 | wc -l)" -ge 1 ] || die "no font at all"
	# every field value stands in the text layer, dates in Chinese form, choices as their labels, line breaks aside
	pdftotext -raw "$pdf" - | tr -d ' \n\f' >"$WORK/text"
	jq -r --arg type $type 'to_entries[] | select(.key != "sex" and .key != "qualification") | .value' "$WORK/data.json" |
		while IFS= read -r value; do
			case $value in
			[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]) value="${value:0:4}年${value:5:2}月${value:8:2}日" ;;
			esac
			grep -qF "$(printf %s "$value" | tr -d ' \n')" "$WORK/text" || die "not in the text layer: $value"
		done
	grep -qF "$(printf %s "$NAME" | tr -d ' ')" "$WORK/text" || die "the holder's name is not in the text layer"
	equal "attachment" licence.xml "$(pdfdetach -list "$pdf" | sed -n 's/^1: //p')"
	pdfdetach -save 1 -o "$WORK/from-pdf.xml" "$pdf"
	xmllint --noout "$WORK/from-pdf.xml" || die "the attachment is not well-formed"

	story "$type: the OFD before unzip, openssl and sm-crypto"
	rm -rf "$WORK/ofd" && mkdir "$WORK/ofd" && unzip -q "$ofd" -d "$WORK/ofd"
	for xml in $(find "$WORK/ofd" -name '*.xml'); do xmllint --noout "$xml" || die "$xml"; done
	cmp "$WORK/from-pdf.xml" "$WORK/ofd/Doc_0/Attachs/licence.xml" || die "the two faces carry different records"
	node "$E2E/ofd-signature.mjs" "$WORK/ofd" >"$WORK/ofd.txt" || die "$(cat "$WORK/ofd.txt")"
	cat "$WORK/ofd.txt"
done

story "the seal and the seal signature before the openssl command"
for part in tbs seal; do
	openssl dgst -sm3 -verify "$WORK/ofd/$part.pub.pem" -sigopt distid:1234567812345678 -signature "$WORK/ofd/$part.sig" "$WORK/ofd/$part.der" >/dev/null ||
		die "openssl does not verify the $part"
	printf 'x' >>"$WORK/ofd/$part.der"
	! openssl dgst -sm3 -verify "$WORK/ofd/$part.pub.pem" -sigopt distid:1234567812345678 -signature "$WORK/ofd/$part.sig" "$WORK/ofd/$part.der" >/dev/null 2>&1 ||
		die "openssl verifies an altered $part"
	ok
done

story "certificates before the openssl command"
pki=$ZHENGYIN_HOME/pki
openssl verify -x509_strict -CAfile "$pki/root-intl.pem" -untrusted "$pki/issuing-intl.pem" "$ZHENGYIN_HOME/seals/99010000000001/document.pem" >/dev/null || die "P-256 chain"
openssl verify -vfyopt distid:1234567812345678 -CAfile "$pki/root-gm.pem" "$pki/issuing-gm.pem" >/dev/null || die "SM2 issuing certificate"
ok

story "the trust bundle before jose"
node "$E2E/trust-bundle.mjs" "$ZHENGYIN_HOME/trust/bundle.json" || die "jose"
ok

story "the same request again is the same licence; other data is refused"
example transport-practitioner
exits 0 zhengyin mint --type transport-practitioner --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --out "$WORK/again" --request r-transport-practitioner --json
equal "identifier" "$(jq -r .licence "$WORK/transport-practitioner.json")" "$(jq -r .licence "$WORK/out")"
cmp "$WORK/again/$(basename "$pdf")" "$pdf" || die "the answer differs"
jq '.address = "云泽市新街1号"' "$WORK/data.json" >"$WORK/other.json"
refuses request-conflict 1 zhengyin mint --type transport-practitioner --holder "$HOLDER" --name "$NAME" --data "$WORK/other.json" --request r-transport-practitioner
equal "licences" 2 "$(zhengyin list --all | wc -l)"

story "status says what it can verify"
exits 0 zhengyin status --json
equal "ready" true "$(jq .ready "$WORK/out")"
equal "sample" sound "$(jq -r .sample_verdict "$WORK/out")"
exits 0 zhengyin check --json
equal "versions" 2 "$(jq .versions "$WORK/out")"
done_story
