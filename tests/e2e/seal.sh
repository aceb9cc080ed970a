#!/usr/bin/env bash
# Seals of every shape, in versions 4 and 5, with certificates or digests: made, listed, shown, used, believed by others.
. "$(dirname "$0")/lib.sh"
home
seals=$ZHENGYIN_HOME/policies/seals.json
type=$ZHENGYIN_HOME/policies/types/business-licence.json
state() { zhengyin seal list --json | jq -r "select(.esID == \"$1\") | .$2"; }
cp "$ZHENGYIN_HOME/trust/bundle.json" "$WORK/old-bundle.json"

story "what init made"
equal "seals" "99010000000001 official valid 4 embed" \
	"$(zhengyin seal list --json | jq -r '[.esID, .shape, .state, .version, .certs] | join(" ")' | head -n 1)"
equal "seals" 2 "$(zhengyin seal list | wc -l)"

story "four more in seals.json are not made and not usable"
jq '.seals[0] as $s | def seal($id; $zh; $more): ($s | del(.centre_text)) + {esID: $id, name: {zh: $zh, en: "Seal"},
	seal_key: "pkcs11:token=zy-tpm;object=seal-\($id)", document_key: "pkcs11:token=zy-soft;object=document-\($id)"} + $more;
	.seals += [seal("99010000000003"; "云泽市远山茶业有限公司"; {shape: "company", code: "9901009900003", centre_text: "合同专用章"}),
		seal("99010000000004"; "云泽市远山茶业有限公司"; {shape: "oval", code: "91990100MA9900X1XU", seal_type: 3}),
		seal("99010000000005"; "林远山"; {shape: "name", seal_type: 5}),
		seal("99010000000006"; "云泽市市场监督管理局"; {centre_text: "行政审批专用章", timestamp: true}),
		seal("99010000000007"; "云泽市市场监督管理局"; {timestamp: true})]' "$seals" >"$WORK/seals.json"
approved rules "$WORK/seals.json"
equal "state" not-made "$(state 99010000000004 state)"
equal "version" null "$(state 99010000000004 version)"
jq '.seal = "99010000000003"' "$type" >"$WORK/type.json" && cp "$WORK/type.json" "$type"
exits 0 zhengyin check --accept policies/types/business-licence.json
example business-licence
refuses seal-not-allowed 1 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json"
refuses not-found 1 zhengyin seal show 99010000000003 --png "$WORK/none.png"

story "refusals"
refuses not-found 1 zhengyin seal make 99010000000099
refuses exists 74 zhengyin seal make 99010000000001
refuses usage 64 zhengyin seal make 99010000000003 --version 6
refuses usage 64 zhengyin seal make 99010000000003 --certs none
refuses usage 64 zhengyin seal make
refuses usage 64 zhengyin seal list 99010000000003
refuses usage 64 zhengyin seal list --version 5
refuses usage 64 zhengyin seal melt 99010000000003
equal "nothing was made" not-made "$(state 99010000000003 state)"
exits 0 zhengyin seal --help
grep -q 'seal make' "$WORK/out" || die "--help"

story "made in both versions, with both kinds of list"
exits 0 zhengyin seal make 99010000000003 --json
equal "made" "99010000000003 company valid 4 embed" "$(jq -r '[.esID, .shape, .state, .version, .certs] | join(" ")' "$WORK/out")"
exits 0 zhengyin seal make 99010000000004 --version 5
exits 0 zhengyin seal make 99010000000005 --certs digest
exits 0 zhengyin seal make 99010000000006 --version 5 --certs digest --json
equal "made" "official valid 5 digest" "$(jq -r '[.shape, .state, .version, .certs] | join(" ")' "$WORK/out")"
exits 0 zhengyin seal make 99010000000007
refuses exists 74 zhengyin seal make 99010000000003
equal "bundle" 7 "$(jq -r .payload "$ZHENGYIN_HOME/trust/bundle.json" | tr '_-' '/+' | { cat; echo ==; } | base64 -di 2>/dev/null | jq .version)"
node "$E2E/trust-bundle.mjs" "$ZHENGYIN_HOME/trust/bundle.json" || die "jose"
ok

story "pictures"
for esID in 3:472x472 4:472x354 5:236x236 6:496x496; do
	png=$WORK/${esID%:*}.png
	exits 0 zhengyin seal show "9901000000000${esID%:*}" --png "$png" --json
	equal "size of ${esID%:*}" "${esID#*:}" "$(printf %dx%d 0x"$(od -An -tx1 -j16 -N4 "$png" | tr -d " ")" 0x"$(od -An -tx1 -j20 -N4 "$png" | tr -d " ")")"
	refuses exists 74 zhengyin seal show "9901000000000${esID%:*}" --png "$png"
done

story "a licence sealed with each is believed, here and by others"
jars=/usr/share/java
bouncy() { # TOKEN CONTENT
	java -cp "$jars/bcprov.jar:$jars/bcpkix.jar:$jars/bcutil.jar" "$E2E/bouncy/CheckTimestamp.java" "$1" "$2" \
		"$ZHENGYIN_HOME/pki/issuing-gm.pem" "$ZHENGYIN_HOME/pki/root-gm.pem"
}
source_of() { jq -r '.signatures[0].time_source' "$WORK/out"; }
for seal in 3:ses-v4 4:ses-v5 5:ses-v4 6:ses-v5 7:ses-v4; do
	esID=9901000000000${seal%:*}
	jq --arg seal "$esID" '.seal = $seal' "$type" >"$WORK/type.json" && cp "$WORK/type.json" "$type"
exits 0 zhengyin check --accept policies/types/business-licence.json
	exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --out "$WORK/$esID" --request "seal-$esID" --json
	exits 0 zhengyin-verify --json "$WORK/$esID"/*.ofd
	stamps=0
	case $seal in 6:* | 7:*) stamps=1 ;; esac
	equal "time source" "$([ $stamps = 1 ] && echo token || echo claimed)" "$(source_of)"
	equal "kind" "${seal#*:} $esID" "$(jq -r '.signatures[0] | [.kind, .seal.esID] | join(" ")' "$WORK/out")"
	exits 0 zhengyin-verify --json "$WORK/$esID"/*.pdf
	equal "time source" "$([ $stamps = 1 ] && echo token || echo claimed)" "$(source_of)"
	pdfsig -nocert "$WORK/$esID"/*.pdf | grep -q 'Signature is Valid' || die "pdfsig: $esID"
	mkdir "$WORK/ofd-$esID" && unzip -q "$WORK/$esID"/*.ofd -d "$WORK/ofd-$esID"
	node "$E2E/ofd-signature.mjs" "$WORK/ofd-$esID" >"$WORK/ofd.txt" || die "$(cat "$WORK/ofd.txt")"
	grep -q "version ${seal#*-v}" "$WORK/ofd.txt" || die "$(cat "$WORK/ofd.txt")"
	for part in tbs seal; do
		openssl dgst -sm3 -verify "$WORK/ofd-$esID/$part.pub.pem" -sigopt distid:1234567812345678 \
			-signature "$WORK/ofd-$esID/$part.sig" "$WORK/ofd-$esID/$part.der" >/dev/null || die "openssl: $part of $esID"
	done
	if [ $stamps = 1 ]; then # openssl above has verified tbs.sig: the token must be about exactly that value
		exits 0 bouncy "$WORK/ofd-$esID/tbs.tst" "$WORK/ofd-$esID/tbs.sig"
		exits 1 bouncy "$WORK/ofd-$esID/tbs.tst" "$WORK/ofd-$esID/seal.sig"
		node "$E2E/pdf-signature.mjs" "$WORK/$esID"/*.pdf "$WORK/ofd-$esID/pdf" || die "no time-stamp in the PDF"
		exits 0 openssl ts -verify -data "$WORK/ofd-$esID/pdf.sig" -in "$WORK/ofd-$esID/pdf.tst" -token_in \
			-CAfile "$ZHENGYIN_HOME/pki/root-intl.pem"
	else
		[ ! -e "$WORK/ofd-$esID/tbs.tst" ] || die "a time-stamp that nobody asked for: $esID"
	fi
	ok
done
exits 0 bouncy "$WORK/ofd-99010000000006/seal.tst" "$WORK/ofd-99010000000006/seal.sig"
[ ! -e "$WORK/ofd-99010000000007/seal.tst" ] || die "a seal of version 4 has no place for a time-stamp"
exits 0 zhengyin-verify "$WORK"/9901000000000?/*.ofd

story "a time-stamp that is not of this signature proves nothing"
cp -r "$WORK/ofd-99010000000007" "$WORK/swapped"
node "$E2E/swap-stamp.mjs" "$WORK/swapped/Doc_0/Signs/Sign_0/SignedValue.dat" \
	"$WORK/ofd-99010000000006/Doc_0/Signs/Sign_0/SignedValue.dat"
cp "$WORK"/99010000000007/*.ofd "$WORK/swapped.ofd"
(cd "$WORK/swapped" && zip -q "$WORK/swapped.ofd" Doc_0/Signs/Sign_0/SignedValue.dat)
exits 1 zhengyin-verify --json "$WORK/swapped.ofd"
equal "finding" "timestamp-imprint SES_Signature.timeStamp" \
	"$(jq -r '.findings[] | select(.severity == "fail") | [.code, .field] | join(" ")' "$WORK/out")"
equal "time source" claimed "$(source_of)"

story "who has the old bundle does not believe the new seals"
code=0
zhengyin-verify --trust "$WORK/old-bundle.json" "$WORK"/99010000000004/*.ofd >"$WORK/out" 2>&1 || code=$?
[ "$code" != 0 ] || die "the old bundle knows the new seal"
ok
exits 0 zhengyin status
done_story
