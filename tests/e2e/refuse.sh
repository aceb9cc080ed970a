#!/usr/bin/env bash
# What must not be minted is refused with a stable code, and nothing of it stays.
. "$(dirname "$0")/lib.sh"
home
example business-licence
cp "$WORK/data.json" "$WORK/good.json"
out=$WORK/out-folder
nothing() { # nothing was stored, nothing was written
	equal "licences after $1" 0 "$(zhengyin list --all | wc -l)"
	[ ! -e "$out" ] || [ -z "$(ls -A "$out")" ] || die "$1 left a file: $(ls "$out")"
	zhengyin check --json | jq -e '.licences == 0 and .versions == 0 and .open_intents == 0' >/dev/null || die "$1 left something in the vault"
}
refused() { # WHAT CODE STATUS TYPE HOLDER NAME DATA
	refuses "$2" "$3" zhengyin mint --type "$4" --holder "$5" --name "$6" --data "$7" --out "$out"
	[ -n "$(jq -r .error.message "$WORK/out")" ] || die "no sentence says what to fix"
	nothing "$1"
}
edit() { jq "$1" "$WORK/good.json" >"$WORK/bad.json"; }

story "holders"
refused "wrong check character" credit-code 65 business-licence "${HOLDER%?}0" "$NAME" "$WORK/good.json"
refused "letter O in a credit code" credit-code 65 business-licence "uscc:9199O100MA9900X1XU" "$NAME" "$WORK/good.json"
refused "unknown kind" holder 65 business-licence "dog:1" "$NAME" "$WORK/good.json"
refused "kind that does not fit" holder-kind 65 business-licence citizen:990100199003071249 "$NAME" "$WORK/good.json"
refused "wrong check digit" citizen-number 65 transport-practitioner citizen:990100199003071240 "$NAME" "$WORK/good.json"
refused "unknown type" type-unknown 65 fishing-licence "$HOLDER" "$NAME" "$WORK/good.json"

story "fields"
edit 'del(.address)'; refused "missing field" field-missing 65 business-licence "$HOLDER" "$NAME" "$WORK/bad.json"
edit '.colour = "red"'; refused "extra field" field-unknown 65 business-licence "$HOLDER" "$NAME" "$WORK/bad.json"
edit '.business_scope = ("茶" * 2001)'; refused "over-long field" field-length 65 business-licence "$HOLDER" "$NAME" "$WORK/bad.json"
edit '.established_on = "2026-02-30"'; refused "no such day" field-type 65 business-licence "$HOLDER" "$NAME" "$WORK/bad.json"
edit '.address = ["a"]'; refused "mistyped field" field-type 65 business-licence "$HOLDER" "$NAME" "$WORK/bad.json"
edit '.term_to = "2025-01-01"'; refused "end before start" dates 65 business-licence "$HOLDER" "$NAME" "$WORK/bad.json"
edit '.name = "云泽市别家有限公司"'; refused "another name" holder 65 business-licence "$HOLDER" "$NAME" "$WORK/bad.json"
printf '{"name": "a", "name": "b"}' >"$WORK/bad.json"; refused "repeated key" json 65 business-licence "$HOLDER" "$NAME" "$WORK/bad.json"
printf '{"name": ' >"$WORK/bad.json"; refused "cut-off JSON" json 65 business-licence "$HOLDER" "$NAME" "$WORK/bad.json"
edit '.legal_representative = "林\ud83c\udf75"'; refused "character without glyph" glyph-missing 65 business-licence "$HOLDER" "$NAME" "$WORK/bad.json"
edit '.address = ("云泽市临江区望山路" * 22)'; refused "text that does not fit" layout-overflow 65 business-licence "$HOLDER" "$NAME" "$WORK/bad.json"

story "seals and policies"
seals=$ZHENGYIN_HOME/policies/seals.json
cp "$seals" "$WORK/seals.json"
jq '(.seals[] | select(.esID == "99010000000001") | .items) = ["990100-SCJG-0009"]' "$WORK/seals.json" >"$seals"
taken
refused "seal not for this item" seal-not-allowed 1 business-licence "$HOLDER" "$NAME" "$WORK/good.json"
jq '(.seals[] | select(.esID == "99010000000001") | .valid_to) = "2026-02-01T00:00:00+08:00"' "$WORK/seals.json" >"$seals"
taken
refused "seal that is over" seal-date 1 business-licence "$HOLDER" "$NAME" "$WORK/good.json"
cp "$WORK/seals.json" "$seals"
taken
type=$ZHENGYIN_HOME/policies/types/business-licence.json
cp "$type" "$WORK/type.json"
sed '0,/"code"/s/"code"/"colour": 1, "code"/' "$WORK/type.json" >"$type"
exits 0 zhengyin check --accept policies/types/business-licence.json
exits 65 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/good.json"
grep -q 'types/business-licence.json:2' "$WORK/err" || die "no file and line: $(cat "$WORK/err")"
sed '0,/"catalogue_version"/s/"catalogue_version"/"code": "x", "catalogue_version"/' "$WORK/type.json" >"$type"
exits 0 zhengyin check --accept policies/types/business-licence.json
refuses policy 65 zhengyin policy check
grep -q 'types/business-licence.json:' "$WORK/err" || die "no file and line: $(cat "$WORK/err")"
cp "$WORK/type.json" "$type"
exits 0 zhengyin check --accept policies/types/business-licence.json
exits 0 zhengyin policy check
nothing "faulty policies"

story "the signer holds the rule itself"
# the caller's policies say yes, what officers approved and the signer holds says no
jq '(.seals[] | select(.esID == "99010000000001") | .items) = ["990100-SCJG-0009"]' "$WORK/seals.json" >"$WORK/narrow.json"
approved rules "$WORK/narrow.json"
cp "$WORK/seals.json" "$seals"
taken
refused "seal not for this item, says the signer" seal-not-allowed 1 business-licence "$HOLDER" "$NAME" "$WORK/good.json"
approved rules "$WORK/seals.json"

story "words"
exits 64 zhengyin mint --type business-licence
exits 64 zhengyin mint --colour red
exits 64 zhengyin paint
exits 64 zhengyin mint --type business-licence --type business-licence
exits 64 zhengyin-verify --colour red x.pdf
exits 0 zhengyin mint --help
exits 69 zhengyin -C "$WORK/nowhere" list --all
refuses not-found 1 zhengyin show 1.2.156.3005.2.11100000MB0143028R001.11990100MB99000131.202600000009.001.O

story "a full disk"
example business-licence
small=$WORK/small
mkdir "$small"
if mount -t tmpfs -o size=48k tmpfs "$small" 2>/dev/null; then
	exits 74 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/good.json" --out "$small"
	equal "files on the full disk" 0 "$(ls -A "$small" | wc -l)"
	umount "$small"
	nothing "a full output disk"
else
	echo "   (no right to mount: the full output disk is tried with a file size limit only)"
fi
# of its file the vault can write the two pages that tell where the newest tree is, and nothing that they could tell of
exits 74 bash -c "trap '' XFSZ; ulimit -f 8; zhengyin mint --type business-licence --holder '$HOLDER' --name '$NAME' --data '$WORK/good.json' --json"
equal "code" true "$(jq '.error.code == "vault-full" or .error.code == "vault" or .error.code == "io"' "$WORK/out")"
nothing "a vault that cannot grow"

story "a stopped signer"
zhengyin down >/dev/null
exits 69 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/good.json" --out "$out" --json
equal "code" signer-absent "$(jq -r .error.code "$WORK/out")"
grep -q 'zhengyin up' "$WORK/err" || die "the message does not say what to do: $(cat "$WORK/err")"
exits 69 zhengyin status
zhengyin up >/dev/null
nothing "a stopped signer"
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/good.json" --out "$out"
equal "licences in the end" 1 "$(zhengyin list --all | wc -l)"
done_story
