#!/usr/bin/env bash
# Seals read by Bouncy Castle's ASN.1 by the words of the standards, field by field, and built again from the values: the
# same bytes. Of versions 4 and 5 the values are those that we say, and the maker's signature is good.
. "$(dirname "$0")/lib.sh"
home
jars=/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar
javac -encoding UTF-8 -cp $jars -d "$WORK/classes" "$E2E/bouncy/CheckSeal.java" 2>"$WORK/javac.log" || { cat "$WORK/javac.log"; die "javac"; }
read_seal() { # FILE: fields into $WORK/fields
	LC_ALL=C.UTF-8 java -cp "$jars:$WORK/classes" CheckSeal "$1" >"$WORK/fields" 2>"$WORK/java.err" || { cat "$WORK/java.err" >&2; die "Bouncy Castle: $1"; }
	equal "built again: $1" same "$(field again)"
}
field() { sed -n "s/^$1=//p" "$WORK/fields"; }
compare() { # ESID
	local id=$1 png=$WORK/$1.png
	read_seal "$ZHENGYIN_HOME/seals/$id/seal.esl"
	exits 0 zhengyin seal show "$id" --json --png "$png"
	equal "signature" good "$(field signature)"
	equal "ID, signAlgID" "ES 1.2.156.10197.1.501" "$(field ID) $(field signAlgID)"
	equal "version, esID, name" "$(jq -r '"\(.version) \(.esID) \(.name)"' "$WORK/out")" "$(field version) $(field esID) $(field name)"
	equal "dates" "$(jq -r '"\(.made_at) \(.valid_from) \(.valid_to)"' "$WORK/out")" "$(field createDate) $(field validStart) $(field validEnd)"
	equal "certListType" "$(jq -r '{embed: 1, digest: 2}[.certs]' "$WORK/out")" "$(field certListType)"
	equal "picture" "$(sha256sum "$png" | cut -d' ' -f1)" "$(field picture)"
	equal "type of the seal" "$(jq -r ".seals[] | select(.esID == \"$id\") | .seal_type" "$ZHENGYIN_HOME/policies/seals.json")" "$(field type)"
}

story "version 4, with certificates and with digests; version 5, with a time-stamp"
jq '.seals[0] as $s | def seal($id; $more): $s + {esID: $id, seal_key: "pkcs11:token=zy-tpm;object=seal-\($id)",
	document_key: "pkcs11:token=zy-soft;object=document-\($id)"} + $more;
	.seals += [seal("99010000000011"; {}), seal("99010000000012"; {timestamp: true})]' "$ZHENGYIN_HOME/policies/seals.json" >"$WORK/seals.json"
approved rules "$WORK/seals.json"
exits 0 zhengyin seal make 99010000000011 --certs digest
exits 0 zhengyin seal make 99010000000012 --version 5
compare 99010000000001
compare 99010000000011
digest=$(openssl x509 -in "$ZHENGYIN_HOME/seals/99010000000011/owner.pem" -outform DER | openssl dgst -sm3 -r | cut -d' ' -f1)
equal "CertDigestObj" "$digest" "$(field CertDigestObj.value)"
compare 99010000000012
equal "timeStamp" true "$(field timeStamp)"
openssl cms -cmsout -noout -inform DER -in "$ZHENGYIN_HOME/seals/99010000000012/seal.esl.tst" >"$WORK/cms" 2>&1 || die "the time-stamp is no signed data"
ok

story "version 1, as ours reads it: another order of things, UTCTime, certificates alone"
cp "$E2E/../fuzz/seeds/ses/seal-v1" "$WORK/v1"
read_seal "$WORK/v1"
equal "version and certListType" "1 " "$(field version) $(field certListType)"
done_story
