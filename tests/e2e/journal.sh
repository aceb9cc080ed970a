#!/usr/bin/env bash
# What was signed stands in the signers' journals, and a seal is used no more often than its rule allows.
. "$(dirname "$0")/lib.sh"
home
example business-licence
seals=$ZHENGYIN_HOME/policies/seals.json
signer=$ZHENGYIN_HOME/signer
esid=99010000000001
used() { # TOKEN: uses of the seal by the journal of that token
	zhengyin journal --token "$1" --check --json | jq -r ".seals[\"$esid\"] // 0"
}
restart() { zhengyin down >/dev/null && zhengyin up >/dev/null; }
limit() { # JQ: changes the seal's rule
	jq "(.seals[] | select(.esID == \"$esid\")) |= ($1)" "$seals" >"$WORK/seals.json" && approved rules "$WORK/seals.json"
}
mint() { zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" "$@"; }

story "what is signed is journalled, and nothing that is in it"
exits 0 mint --request one
equal "uses of the seal key" 1 "$(used zy-tpm)"
equal "uses of the document key" 1 "$(used zy-soft)"
exits 0 zhengyin journal --token zy-tpm --json
tail -n 1 "$WORK/out" | jq -e --argjson uid "$(id -u)" '.use == "seal-sign" and .item == "990100-SCJG-0001" and .caller == $uid
	and .total == 1 and .today == 1 and (.rule | length) == 64 and (.digest | length) == 64' >/dev/null || die "record: $(tail -n 1 "$WORK/out")"
grep -q seal-make "$WORK/out" || die "the making of the seals is not journalled"
zhengyin journal >"$WORK/out"
for secret in "$NAME" "${HOLDER#*:}"; do
	! grep -aqF "$secret" "$WORK/out" "$signer"/*.journal || die "the journal holds $secret"
done
ok

story "the same request again is no second use"
exits 0 mint --request one
equal "uses after the repeat" 1 "$(used zy-tpm)"

story "limits"
limit '.limit_per_day = 3'
exits 0 mint --request two
exits 0 mint --request three
refuses seal-count 1 mint --request four --out "$WORK/files"
[ ! -e "$WORK/files" ] || [ -z "$(ls -A "$WORK/files")" ] || die "a refused mint left a file"
equal "licences" 3 "$(zhengyin list --all | wc -l)"
restart
refuses seal-count 1 mint --request four
limit '.limit_per_day = 4 | .limit_total = 4'
exits 0 mint --request four
refuses seal-count 1 mint --request five
jq '.seals[0].limit_total = 0' "$seals" >"$WORK/seals.json"
refuses policy 65 zhengyin approve request rules "$WORK/seals.json" --as requester-1 --purpose none --out "$WORK/none.order"
limit 'del(.limit_total, .limit_per_day)'

story "a signer killed at any moment loses no count and counts nothing twice"
before=$(used zy-tpm)
for n in 1 2 3 4 5 6; do
	mint --request "kill-$n" >/dev/null 2>&1 &
	minting=$!
	while [ "$(used zy-tpm)" -lt $((before + n)) ] && kill -0 "$minting" 2>/dev/null; do :; done
	kill -KILL "$(cat "$ZHENGYIN_HOME/run/zy-soft.pid")" "$(cat "$ZHENGYIN_HOME/run/zy-tpm.pid")" 2>/dev/null || true
	wait "$minting" || true
	zhengyin up >/dev/null
	exits 0 mint --request "kill-$n"
done
exits 0 zhengyin journal --check
exits 0 zhengyin check
signed=$(zhengyin journal --token zy-soft --json | jq -r "select(.esID == \"$esid\") | .digest" | sort -u | wc -l)
equal "uses and different messages" "$signed" "$(used zy-soft)"
[ "$(used zy-soft)" -ge "$(zhengyin list --all | wc -l)" ] || die "more licences than uses"

story "a journal that was replaced, cut short or taken away"
zhengyin down >/dev/null
head=$(zhengyin journal --token zy-tpm --check --json | jq -r .head)
exits 0 zhengyin journal --token zy-tpm --check --since "$head"
cp "$signer/zy-tpm.journal" "$WORK/whole"
cut() { head -c "$1" "$WORK/whole" >"$signer/zy-tpm.journal"; }
absent() {
	zhengyin up >/dev/null 2>"$WORK/err" && die "the signer starts with a journal that was $1"
	! zhengyin status >/dev/null || die "status says ready with a journal that was $1"
	zhengyin down >/dev/null
	ok
}
cut $(($(stat -c %s "$WORK/whole") - 300)); absent "cut short"
refuses journal 74 zhengyin journal --token zy-tpm --check --since "$head"
rm "$signer/zy-tpm.journal"; absent "deleted"
printf 'x' | cat "$WORK/whole" - | sed 's/seal-sign/seal-sigh/' >"$signer/zy-tpm.journal"; absent "changed"
refuses journal 74 zhengyin journal --token zy-tpm --check
cp "$WORK/whole" "$signer/zy-tpm.journal"
exits 0 zhengyin up
exits 0 mint --request last
refuses usage 64 zhengyin journal --since 1:2
refuses not-found 1 zhengyin journal --token other
done_story
