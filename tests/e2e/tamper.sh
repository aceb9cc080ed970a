#!/usr/bin/env bash
# Licences as they are minted, attacked without their keys: each attack gets its own finding; no byte is free.
# ZY_TEST_SEED chooses the bytes that are tried; ZY_TAMPER_FULL=1 tries every one (an hour of one core, by hand).
. "$(dirname "$0")/lib.sh"
flip=$BIN/../tests/flip
seed=${ZY_TEST_SEED:-20260301}
home
mint() { # TYPE NAME [DATA]: NAME.ofd and NAME.pdf in $WORK
	example "$1"
	exits 0 zhengyin mint --type "$1" --holder "$HOLDER" --name "$NAME" --data "${3:-$WORK/data.json}" --out "$WORK/minted" --request "$2" --json
	for form in ofd pdf; do cp "$(jq -r --arg form $form '.files[] | select(.form == $form) | .path' "$WORK/out")" "$WORK/$2.$form"; done
}
# attack STATUS CODE FILE [OPTION...]: the verdict, and a finding or an error of this code
attack() {
	local status=$1 code=$2
	shift 2
	exits "$status" zhengyin-verify --json "$@"
	jq -e --arg code "$code" '.error.code == $code or any(.findings[]?; .code == $code)' "$WORK/out" >/dev/null ||
		die "no $code for $what: $(jq -c '.error // [.findings[].code]' "$WORK/out")"
	ok
}
what=
unpack() { # NAME: its OFD in $WORK/x, the order of its files in $WORK/list
	rm -rf "$WORK/x" && mkdir "$WORK/x" && unzip -q "$WORK/$1.ofd" -d "$WORK/x" && unzip -Z1 "$WORK/$1.ofd" >"$WORK/list"
}
pack() { (cd "$WORK/x" && rm -f ../x.ofd && zip -q -X -D ../x.ofd -@) <"$WORK/list"; }
packed() { # WHAT STATUS CODE: packs, attacks
	what=$1
	pack
	attack "$2" "$3" "$WORK/x.ofd"
}
same() { # packed otherwise, but the same is read
	exits 0 zhengyin-verify --json "$WORK/x.ofd"
	equal "report of the package $1" "$(zhengyin-verify --json "$WORK/$2.ofd" | jq -c 'del(.input, .at, .licence.status_as_of)')" "$(jq -c 'del(.input, .at, .licence.status_as_of)' "$WORK/out")"
}
sign=Doc_0/Signs/Sign_0
record=Doc_0/Attachs/licence.xml

example business-licence
jq '.address = "云泽市临江区望山路20号"' "$WORK/data.json" >"$WORK/moved.json"
mint business-licence company
mint business-licence moved "$WORK/moved.json"
mint transport-practitioner driver

for name in company driver; do
	story "$name: an OFD packed by another tool, or in another order, reads the same"
	unpack $name && pack && same "packed by zip" $name
	tac "$WORK/list" >"$WORK/back" && mv "$WORK/back" "$WORK/list" && pack && same "in another order" $name

	story "$name: every file of the OFD"
	while read -r file; do
		case $file in # changed, emptied, removed
		OFD.xml) codes="1 reference-digest 65 xml 65 ofd" ;;
		*/Signatures.xml) codes="1 reference-digest 1 licence-unsigned 1 licence-unsigned" ;;
		*/Signature.xml) codes="1 ses-data-hash 1 signature-unreadable 1 signature-unreadable" ;;
		*/SignedValue.dat) codes="1 ses-unreadable 1 ses-unreadable 1 ses-unreadable" ;;
		*/Seal.esl) codes="1 seal-file-differs 1 seal-file-differs 1 document-fault" ;;
		*) codes="1 reference-digest 1 reference-digest 1 reference-missing" ;;
		esac
		set -- $codes
		unpack $name && printf '\n' >>"$WORK/x/$file" && packed "$file changed" "$1" "$2"
		unpack $name && : >"$WORK/x/$file" && packed "$file emptied" "$3" "$4"
		unpack $name && rm "$WORK/x/$file" && grep -vxF "$file" "$WORK/list" >"$WORK/rest" && mv "$WORK/rest" "$WORK/list" && packed "$file removed" "$5" "$6"
		cp "$WORK/x.ofd" "$WORK/without.ofd"
		unpack $name && mv "$WORK/x/$file" "$WORK/x/$file.old" && sed -i "s|^$file\$|$file.old|" "$WORK/list" && packed "$file renamed" "$5" "$6"
		unpack $name && cp "$WORK/x/$file" "$WORK/x/$file.old" && echo "$file.old" >>"$WORK/list" && packed "$file copied" 1 licence-stray-file
		unpack $name && rm "$WORK/x/$file" && ln -s /dev/null "$WORK/x/$file" && (cd "$WORK/x" && rm -f ../x.ofd && zip -q -X -D -y ../x.ofd -@) <"$WORK/list"
		what="$file a link" && attack 65 zip "$WORK/x.ofd"
	done <<<"$(unzip -Z1 "$WORK/$name.ofd")"
done

story "parts of one licence in another, of the same office and of the other"
for other in moved driver; do
	rm -rf "$WORK/other" && mkdir "$WORK/other" && unzip -q "$WORK/$other.ofd" -d "$WORK/other"
	take() { unpack company && for part in "$@"; do cp "$WORK/other/$part" "$WORK/x/$part"; done; }
	take $sign/Signature.xml && packed "Signature.xml of $other" 1 ses-data-hash
	take $sign/SignedValue.dat && packed "SignedValue.dat of $other" 1 ses-data-hash
	take $sign/Signature.xml $sign/SignedValue.dat $sign/Seal.esl && packed "Sign_0 of $other" 1 reference-digest
	take OFD.xml $record && packed "record of $other" 1 reference-digest
	take OFD.xml $record && node "$E2E/tamper.mjs" ofd-digests "$WORK/x" && packed "record of $other, digests put right" 1 ses-data-hash
done
take $sign/Seal.esl && packed "Seal.esl of the other office" 1 seal-file-differs
take $sign/Signature.xml $sign/SignedValue.dat $sign/Seal.esl && packed "Sign_0 of the other office" 1 licence-seal-not-issuers

story "the record replaced together with the metadata; the seal taken off"
unpack company
sed -i 's/云泽市远山茶业有限公司/云泽市近水茶业有限公司/g' "$WORK/x/OFD.xml" "$WORK/x/$record"
grep -q 近水 "$WORK/x/OFD.xml" && grep -q 近水 "$WORK/x/$record" || die "nothing was replaced"
packed "another holder" 1 reference-digest
! jq -e 'any(.findings[]; .code == "licence-metadata-differs")' "$WORK/out" >/dev/null || die "the two should agree"
node "$E2E/tamper.mjs" ofd-digests "$WORK/x" && packed "another holder, digests put right" 1 ses-data-hash
unpack company && sed -i 's/云泽市远山茶业有限公司/云泽市近水茶业有限公司/g' "$WORK/x/OFD.xml" && packed "another holder in the metadata only" 1 licence-metadata-differs
unpack company && rm -r "$WORK/x/$sign" && sed -i '/Sign_0/d' "$WORK/list" && packed "Sign_0 removed" 1 signature-unreadable
unpack company && sed -i 's|<ofd:Signature [^>]*/>||' "$WORK/x/Doc_0/Signs/Signatures.xml" && packed "Signatures.xml without entries" 1 licence-unsigned
unpack company && sed -i 's|<ofd:Signatures>[^<]*</ofd:Signatures>||' "$WORK/x/OFD.xml" && packed "OFD.xml without signatures" 1 licence-unsigned
unpack company && sed -i 's|Type="Seal"|Type="Sign"|' "$WORK/x/Doc_0/Signs/Signatures.xml" && packed "a seal called a signature" 1 reference-digest

story "PDF by hand"
cp "$WORK/x/$record" "$WORK/company.xml"
unpack driver && cp "$WORK/x/$record" "$WORK/driver.xml"
while read -r how status code other; do
	what="PDF: $how"
	node "$E2E/tamper.mjs" pdf "$how" "$WORK/company.pdf" "$WORK/x.pdf" ${other:+"$WORK/$other"}
	attack "$status" "$code" "$WORK/x.pdf"
done <<-'END'
	append 1 changed-after-signing
	append-eof 1 changed-after-signing
	add-object 1 changed-after-signing
	shadow-page 1 changed-after-signing
	page-box 1 document-digest
	no-field 1 pdf-stray-signature
	no-form 1 pdf-stray-signature
	record 1 changed-after-signing driver.xml
	graft 1 document-digest moved.pdf
	graft 1 licence-signer-not-issuer driver.pdf
	range-end 1 changed-after-signing
	range-wide 1 changed-after-signing
	range-late 1 changed-after-signing
	range-start 1 changed-after-signing
	range-over 1 changed-after-signing
	hole-empty 1 changed-after-signing
	hole-case 1 changed-after-signing
END

story "PDF by qpdf"
by_qpdf() { # STATUS CODE OPTION...: from the company's PDF
	local status=$1 code=$2
	shift 2
	what="qpdf $*"
	qpdf "$WORK/company.pdf" "$@" "$WORK/x.pdf" || die "$what"
	attack "$status" "$code" "$WORK/x.pdf"
}
by_qpdf 1 changed-after-signing
by_qpdf 1 changed-after-signing --linearize
by_qpdf 1 changed-after-signing --qdf
by_qpdf 1 changed-after-signing --object-streams=generate
by_qpdf 65 pdf --encrypt "" owner 256 --
by_qpdf 1 changed-after-signing --pages . "$WORK/driver.pdf" --
by_qpdf 1 changed-after-signing --pages . 1,1 --
by_qpdf 1 changed-after-signing --remove-attachment=licence.xml
cp "$WORK/driver.xml" "$WORK/licence.xml"
by_qpdf 1 changed-after-signing --add-attachment "$WORK/licence.xml" --replace --

story "times"
what="after its end"
for form in ofd pdf; do
	attack 1 licence-expired "$WORK/driver.$form" --at 2032-03-01T00:00:00Z
	attack 2 trust-too-old "$WORK/company.$form" --at 2034-01-01T00:00:00Z
	what="before the trust bundle and the signature"
	attack 1 signed-in-future "$WORK/company.$form" --at 2026-02-01T00:00:00Z
	attack 1 licence-not-yet-valid "$WORK/company.$form" --at 2026-02-01T00:00:00Z
done
example transport-practitioner
next=$(($(date +%Y) + 1))-01-01
jq --arg next "$next" '.valid_from = $next' "$WORK/data.json" >"$WORK/next.json"
mint transport-practitioner next "$WORK/next.json"
what="before its start"
for form in ofd pdf; do
	attack 1 licence-not-yet-valid "$WORK/next.$form"
	equal "status" not-yet-valid "$(jq -r .licence.status "$WORK/out")"
done

story "another city's licence, and an office that seals what is not its own"
trust=$WORK/home/trust
export ZHENGYIN_HOME=$WORK/elsewhere
home
mint business-licence foreign
for form in ofd pdf; do
	what="a licence of another home" && attack 2 no-chain "$WORK/foreign.$form" --trust "$trust/bundle.json"
	what="our licence under another bundle" && attack 2 no-chain "$WORK/company.$form"
done
policies=$ZHENGYIN_HOME/policies
sed 's/"990100-JTYS-0001"/&, "990100-SCJG-0001"/' "$policies/seals.json" >"$WORK/wider.json"
approved rules "$WORK/wider.json"
sed -i 's/"issuer_code": "11990100MB99000131"/"issuer_code": "11990100MB9900021U"/; s/"seal": "99010000000001"/"seal": "99010000000002"/' "$policies/types/business-licence.json"
exits 0 zhengyin check --accept policies/types/business-licence.json
zhengyin down >/dev/null && zhengyin up >/dev/null
exits 0 zhengyin policy check
# the signer now seals it, but the trust bundle does not know that office for that type: it stops before its release
example business-licence
exits 70 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --out "$WORK/wrong" --json
grep -q 'licence-type-not-allowed' "$WORK/out" || die "another reason: $(cat "$WORK/out")"
[ ! -e "$WORK/wrong" ] || die "something was released"
zhengyin down >/dev/null
export ZHENGYIN_HOME=$WORK/home

story "single bytes, seed $seed"
at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sample() { # FROM EVERY OPTION... FILE: no change passes or leaves a doubt
	local from=$1 every=$2
	shift 2
	[ "${ZY_TAMPER_FULL:-}" != 1 ] || every=1
	"$flip" --trust "$trust/bundle.json" --at "$at" --every "$every" --from $((from + seed % every)) "$@" 2>/dev/null || die "flip $* found holes (seed $seed)"
	ok
}
for name in company driver; do
	sample 0 61 "$WORK/$name.ofd"
	sample 0 307 --inside "$WORK/$name.ofd"
	sample 0 71 "$WORK/$name.pdf"
	# where the names of formats and algorithms stand
	hole=$(grep -abo '/ByteRange \[0 [0-9]*' "$WORK/$name.pdf" | sed 's/.* //')
	sample $((hole - 250)) 5 --to $((hole + 3500)) "$WORK/$name.pdf"
done
done_story
