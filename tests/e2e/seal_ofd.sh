#!/usr/bin/env bash
# Seals on OFD files that others made: added one after the other, over all pages, as the last; held against Java.
. "$(dirname "$0")/lib.sh"
home
cd "$WORK"
jars=/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar
items=("" "$(jq -r '.seals[0].items[0]' "$ZHENGYIN_HOME/policies/seals.json")" "$(jq -r '.seals[1].items[0]' "$ZHENGYIN_HOME/policies/seals.json")")
sign() { # N OUT IN ...
	local n=$1 out=$2 in=$3
	shift 3
	zhengyin seal sign --seal "9901000000000$n" --item "${items[$n]}" "$in" --out "$out" "$@"
}
believed() { # FILE SIGNATURES [JAVA'S LAST LINE]
	exits 0 zhengyin-verify --json "$1"
	equal "signatures of $1" "$2" "$(jq '[.signatures[] | select(.indication == "TOTAL-PASSED" and .covers == "whole")] | length' out)"
	equal "findings of $1" "" "$(jq -r '.findings[] | select(.severity != "info" and .code != "trust-not-pinned") | .code' out)"
	unzip -tq "$1" >unzip.txt || die "unzip: $(cat unzip.txt)"
	rm -rf unpacked && mkdir unpacked && unzip -q "$1" -d unpacked
	find unpacked -name '*.xml' -exec xmllint --noout --nonet {} + || die "xmllint of $1"
	ok
}
java_agrees() { # FILE SIGNATURES LAST
	exits 0 java -cp $jars "$E2E/bouncy/CheckOfd.java" "$1"
	equal "signatures of $1, says Java" "$2" "$(grep -c . out)"
	equal "the last of $1, says Java" "$3" "$(tail -n 1 out)"
}
changed() { # BEFORE AFTER WANTED
	equal "changed in $2" "$3" "$(node "$E2E/zip-kept.mjs" "$1" "$2" | grep -v '^+' | sort | tr '\n' ' ')"
}
made() { # KIND PAGES
	rm -rf "$1" "$1.ofd"
	node "$E2E/ofd-document.mjs" "$1" "$1" "$2"
	(cd "$1" && zip -qr "../$1.ofd" .)
}

story "documents of several producers: each gets two seals, the second leaves the first valid"
for kind in named plain prefix bare several; do
	made $kind 3
	exits 0 sign 1 $kind-1.ofd $kind.ofd --json
	equal "kind" "ses-v4 claimed 1" "$(jq -r '.kind + " " + .time_source + " " + (.page | tostring)' out)"
	changed $kind.ofd $kind-1.ofd "$([ $kind = named ] || echo 'OFD.xml ')"
	believed $kind-1.ofd 1
	exits 0 sign 2 $kind-2.ofd $kind-1.ofd --page 3 --box 20,30,60,42 --timestamp --json
	equal "time source" "token 2" "$(jq -r '.time_source + " " + (.signatures | tostring)' out)"
	changed $kind-1.ofd $kind-2.ofd "Doc_0/Signs/Signatures.xml "
	believed $kind-2.ofd 2
done
java_agrees prefix-2.ofd 2 "s002 16 1 0"
java_agrees prefix-1.ofd 1 "s001 13 1 0"
java_agrees prefix-2.ofd 2 "s002 16 1 0"
refuses document-closed 1 sign 1 several-3.ofd several-2.ofd --page 5

story "five seals one after the other, one of version 5 with a time-stamp in seal and signature"
jq '.seals += [.seals[0] + {esID: "99010000000003", seal_key: "pkcs11:token=zy-tpm;object=seal-99010000000003",
	document_key: "pkcs11:token=zy-soft;object=document-99010000000003", timestamp: true}]' \
	"$ZHENGYIN_HOME/policies/seals.json" >seals.json
approved rules seals.json
exits 0 zhengyin seal make 99010000000003 --version 5
items[3]=${items[1]}
exits 0 sign 3 five-3.ofd plain-2.ofd --page 2 --json
equal "kind" "ses-v5 token" "$(jq -r '.kind + " " + .time_source' out)"
exits 0 sign 1 five-4.ofd five-3.ofd
exits 0 sign 2 five-5.ofd five-4.ofd
changed plain-1.ofd five-5.ofd "Doc_0/Signs/Signatures.xml "
believed five-5.ofd 5
java_agrees five-5.ofd 5 "s005 25 1 0"

story "one seal over all pages"
made plain 23
exits 0 sign 1 strips.ofd plain.ofd --strips right --json
equal "strips" "right null" "$(jq -r '.strips + " " + (.page | tostring)' out)"
believed strips.ofd 1
java_agrees strips.ofd 1 "s001 33 0 23"
for edge in left top bottom; do
	exits 0 sign 2 strips-$edge.ofd strips.ofd --strips $edge --strips-at 100 --page 23
	believed strips-$edge.ofd 2
done
java_agrees strips-bottom.ofd 2 "s002 36 1 23"

story "a signature without a seal, and a seal over it"
made bare 2
exits 0 sign 1 signed.ofd bare.ofd --without-seal --timestamp --json
equal "kind" "gbt35275 token null" "$(jq -r '.kind + " " + .time_source + " " + (.page | tostring)' out)"
believed signed.ofd 1
exits 0 sign 2 signed-2.ofd signed.ofd
changed signed.ofd signed-2.ofd "Doc_0/Signs/Signatures.xml "
believed signed-2.ofd 2
unzip -p signed-2.ofd Doc_0/Signs/Sign_0/SignedValue.dat >value.der
unzip -p signed-2.ofd Doc_0/Signs/Sign_0/Signature.xml >original.xml
exits 0 java -cp $jars "$E2E/bouncy/CheckCms.java" value.der original.xml "$ZHENGYIN_HOME/pki/root-gm.pem" "$ZHENGYIN_HOME/pki/issuing-gm.pem"
exits 0 zhengyin-verify --detached original.xml value.der
refuses usage 64 sign 1 never.ofd bare.ofd --without-seal --strips right

story "the last signature: nothing can be added, and what was added all the same fails"
exits 0 sign 2 locked.ofd strips.ofd --lock --json
equal "locked" true "$(jq .locked out)"
believed locked.ofd 2
refuses document-closed 1 sign 1 never.ofd locked.ofd
cp locked.ofd forced.ofd
exits 0 sign 1 open.ofd strips.ofd
rm -rf put && mkdir put && unzip -q locked.ofd Doc_0/Signs/Signatures.xml -d put && unzip -q open.ofd 'Doc_0/Signs/Sign_1/*' -d put
mv put/Doc_0/Signs/Sign_1 put/Doc_0/Signs/Sign_2
sed -i 's|</ofd:Signatures>|<ofd:Signature ID="s003" Type="Seal" BaseLoc="/Doc_0/Signs/Sign_2/Signature.xml"/>&|' put/Doc_0/Signs/Signatures.xml
(cd put && zip -qr ../forced.ofd .)
exits 1 zhengyin-verify --json forced.ofd
jq -r '.findings[] | .code + " " + .field' out | grep -qx 'reference-digest Doc_0/Signs/Signatures.xml' || die "$(cat out)"
example business-licence
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data data.json --out . --json
refuses document-closed 1 sign 2 never.ofd "$(jq -r '.files[] | select(.form == "ofd") | .path' out)"

story "what comes after a signature and is no signature fails, and is named"
for file in Doc_0/Pages/Page_1/Content.xml Doc_0/Res/noise.bin OFD.xml Doc_0/Signs/Sign_0/Signature.xml; do
	cp five-5.ofd altered.ofd
	rm -rf put && mkdir put && unzip -q five-5.ofd "$file" -d put && echo '<!-- -->' >>"put/$file"
	(cd put && zip -q ../altered.ofd "$file")
	exits 1 zhengyin-verify --json altered.ofd
	jq -r '.findings[] | select(.severity == "fail") | .field' out | grep -qx "$file" || die "$file is not named: $(cat out)"
done
refuses self-verify 70 sign 2 never.ofd altered.ofd
cp strips.ofd smuggled.ofd
echo 1 >more.txt && zip -q smuggled.ofd more.txt
exits 0 zhengyin-verify --json smuggled.ofd
equal "stray" "more.txt" "$(jq -r '.findings[] | select(.code == "stray-file") | .field' out)"

story "refusals"
refuses not-found 1 sign 1 never.ofd named.ofd --page 4
refuses ofd 65 sign 1 never.ofd named.ofd --box 200,10,42,42
refuses ofd 65 sign 1 never.ofd plain-1.ofd --page 1 --strips right --strips-at 280
made bare 1
refuses ofd 65 sign 1 never.ofd bare.ofd --strips right
refuses usage 64 sign 1 never.ofd named.ofd --strips middle
refuses usage 64 sign 1 never.ofd named.ofd --strips-at 10
rm plain/Doc_0/Res/noise.bin && (cd plain && zip -qr ../torn.ofd .)
refuses ofd 65 sign 1 never.ofd torn.ofd
rsvg-convert -f pdf -o a.pdf <(printf '<svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="297mm"/>')
refuses usage 64 sign 1 never.pdf a.pdf --lock
[ ! -e never.ofd ] && [ ! -e never.pdf ] || die "something was written"
done_story
