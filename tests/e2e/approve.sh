#!/usr/bin/env bash
# What two officers must approve: seal rules, the register, a seal retired or switched off; every refusal, and the journal.
. "$(dirname "$0")/lib.sh"
home
policies=$ZHENGYIN_HOME/policies
seals=$policies/seals.json
esid=99010000000001
example business-licence
mint() { zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" "$@"; }
records() { zhengyin journal --token "$1" --check --json | jq -r .records; }
rule() { jq "(.seals[] | select(.esID == \"$esid\")) |= ($1)" "$seals"; }
restart() { zhengyin down >/dev/null && zhengyin up >/dev/null 2>&1; }
request() { # ACTION FILE ORDER [OPTION...]
	local action=$1 file=$2 order=$3
	shift 3
	zhengyin approve request "$action" "$file" --as requester-1 --purpose "测试 a test" --out "$order" "$@"
}
signed() { for who in "$@"; do zhengyin approve sign "$order" --as "$who" >/dev/null || die "sign as $who"; done; }

story "who may ask and who may approve; the first files are those of init"
exits 0 zhengyin approve officers --json
equal "officers" "officer-1 officer-2" "$(jq -r 'select(.officer) | .id' "$WORK/out" | xargs)"
equal "in force" "true true" "$(jq -r 'select(.token == "zy-tpm") | [.rules_approved, .officers_approved] | join(" ")' "$WORK/out")"
exits 0 zhengyin journal --token zy-soft --json
equal "genesis" "rules officers" "$(jq -r 'select(.what == "genesis") | .use' "$WORK/out" | xargs)"
! ls "$ZHENGYIN_HOME/run" | grep -q 'zy-officer.*sock' || die "an officer's signer runs"
ok

story "a rule by two officers is in force at once, without a restart"
order=$WORK/limit.order
rule '.limit_per_day = 50' >"$WORK/limit.json"
before=$(sha256sum "$seals")
exits 0 request rules "$WORK/limit.json" "$order"
grep -q '99010000000001 limit_per_day: + 50' "$WORK/out" || die "no diff: $(cat "$WORK/out")"
refuses exists 74 request rules "$WORK/limit.json" "$order"
count=$(records zy-tpm)
refuses approval-one-officer 1 zhengyin approve apply "$order"
exits 0 zhengyin approve sign "$order" --as officer-1
refuses approval-one-officer 1 zhengyin approve apply "$order"
refuses approval-same-officer 1 zhengyin approve sign "$order" --as officer-1
refuses approval-unknown-officer 1 zhengyin approve sign "$order" --as requester-1
refuses approval-unknown-officer 1 zhengyin approve sign "$order" --as nobody
equal "refused orders leave no record" "$count" "$(records zy-tpm)"
equal "refused orders leave the rules" "$before" "$(sha256sum "$seals")"
exits 0 zhengyin approve sign "$order" --as officer-2
exits 0 zhengyin approve show "$order" --json
equal "signed by" "requester-1 officer-1 officer-2" "$(jq -r '.signed_by | join(" ")' "$WORK/out")"
equal "change" "limit_per_day 50" "$(jq -r '.changes[0] | [.member, .to] | join(" ")' "$WORK/out")"
exits 0 zhengyin approve apply "$order" --json
equal "tokens" "zy-soft zy-tpm" "$(jq -r '.tokens[] | select(.already | not) | .token' "$WORK/out" | xargs)"
cmp "$WORK/limit.json" "$seals" || die "seals.json is not the approved one"
exits 0 mint --request one --out "$WORK/one"
for token in zy-soft zy-tpm; do
	zhengyin journal --token "$token" --json | jq -es 'map(select(.what == "order")) | .[0] | .use == "rules" and .key == "requester-1"
		and .item == "officer-1,officer-2" and .order.purpose == "测试 a test" and (.rule | length) == 64' >/dev/null || die "journal of $token"
	ok
done
zhengyin journal --token zy-tpm | grep -A 1 ' rules  requester-1'

story "an order is used once; what is in force already is no change"
exits 0 zhengyin approve apply "$order" --json
equal "again" "true true" "$(jq -r '[.tokens[].already] | join(" ")' "$WORK/out")"
refuses order 65 request rules "$WORK/limit.json" "$WORK/none.order"
[ ! -e "$WORK/none.order" ] || die "a refused request left a file"
rule 'del(.limit_per_day)' >"$WORK/none.json"
approved rules "$WORK/none.json"
refuses approval-used 1 zhengyin approve apply "$order"

story "an order for what is no longer in force, and one that was altered"
order=$WORK/stale.order
rule '.limit_total = 1000' >"$WORK/stale.json"
request rules "$WORK/stale.json" "$order" >/dev/null
signed officer-1 officer-2
for at in 60 300 700; do
	cp "$order" "$WORK/bent.order"
	printf '\x5a' | dd of="$WORK/bent.order" bs=1 seek="$at" conv=notrunc status=none
	cmp -s "$order" "$WORK/bent.order" && continue
	code=0
	zhengyin approve apply "$WORK/bent.order" --json >"$WORK/out" 2>&1 || code=$?
	[ "$code" = 1 ] || [ "$code" = 65 ] || die "byte $at: exit $code"
	ok
done
rule '.limit_total = 2000' >"$WORK/other.json"
approved rules "$WORK/other.json"
refuses approval-replaced 1 zhengyin approve apply "$order"

story "seals.json or officers.json changed by hand: nothing is sealed until the approved one is back"
cp "$seals" "$WORK/good.json"
rule '.items += ["990100-SCJG-0009"]' >"$WORK/hand.json"
cp "$WORK/hand.json" "$seals"
refuses home-file 74 mint --request hand --out "$WORK/hand"
taken
restart
refuses rules-not-approved 1 mint --request hand --out "$WORK/hand"
[ -z "$(ls -A "$WORK/hand" 2>/dev/null)" ] || die "a refused mint left a file"
zhengyin approve officers | grep -q 'seals.json NOT APPROVED' || die "approve officers does not say it"
cp "$WORK/good.json" "$seals"
taken
cp "$policies/officers.json" "$WORK/officers.json"
jq '.officers |= map(select(.id != "officer-2"))' "$WORK/officers.json" >"$policies/officers.json"
taken
restart
refuses rules-not-approved 1 mint --request hand
refuses rules-not-approved 1 zhengyin approve apply "$WORK/stale.order"
cp "$WORK/officers.json" "$policies/officers.json"
taken
restart
exits 0 mint --request hand

story "cut off between journal and file: the signer finishes it when it starts"
rule '.limit_total = 3000' >"$WORK/cut.json"
cp "$seals" "$WORK/before.json"
approved rules "$WORK/cut.json"
zhengyin down >/dev/null
cp "$WORK/before.json" "$seals"
zhengyin up >/dev/null
cmp "$WORK/cut.json" "$seals" || die "the approved seals.json was not put in its place"
grep -q order-finished "$ZHENGYIN_HOME"/run/signer-zy-*.log || die "the log does not say it"
exits 0 mint --request cut

story "only the listed accounts use a seal"
rule ".requesters = [$(($(id -u) + 1))]" >"$WORK/accounts.json"
approved rules "$WORK/accounts.json"
refuses seal-not-allowed 1 mint --request account
rule ".requesters = [$(id -u)]" >"$WORK/accounts.json"
approved rules "$WORK/accounts.json"
exits 0 mint --request account

story "a new seal is made only by an approved rule"
jq --arg esid 99010000000003 '.seals += [(.seals[0] | del(.requesters, .limit_total)) + {esID: $esid, seal_key: "pkcs11:token=zy-tpm;object=seal-\($esid)",
	document_key: "pkcs11:token=zy-soft;object=document-\($esid)"}]' "$seals" >"$WORK/new.json"
cp "$seals" "$WORK/good.json"
cp "$WORK/new.json" "$seals" # only the caller's copy: the signers hold what was approved
taken
refuses seal-not-allowed 1 zhengyin seal make 99010000000003
[ ! -e "$ZHENGYIN_HOME/seals/99010000000003" ] || die "a refused seal is there"
rm -rf "$ZHENGYIN_HOME/seals/.99010000000003.part"
jq '.seals[-1] |= (.seal_key += "-2" | .document_key += "-2")' "$WORK/new.json" >"$WORK/newer.json" # the first keys stay, unused
cp "$WORK/good.json" "$seals"
taken
approved rules "$WORK/newer.json"
exits 0 zhengyin seal make 99010000000003

story "109 seals are retired by one order"
jq '.seals[0] as $s | .seals += [range(109) | . as $n | ($s | del(.requesters, .limit_total)) + {esID: (99010000001000 + $n | tostring),
	seal_key: "pkcs11:token=zy-tpm;object=many-\($n)", document_key: "pkcs11:token=zy-soft;object=many-\($n)"}]' "$seals" >"$WORK/many.json"
approved rules "$WORK/many.json"
many=$(seq 99010000001000 99010000001108)
# shellcheck disable=SC2086
exits 0 zhengyin seal retire $many --on 2090-01-01 --successor 99010000000003 --out "$WORK/retired.json" --json
equal "proposed" 109 "$(jq .seals "$WORK/out")"
# shellcheck disable=SC2086
refuses usage 64 zhengyin seal retire $many --on 2020-01-01 --out "$WORK/past.json"
refuses policy 65 zhengyin seal retire 99010000000003 --on 2090-01-01 --successor 99010000000003 --out "$WORK/self.json"
refuses not-found 1 zhengyin seal retire 99010000009999 --on 2090-01-01 --out "$WORK/absent.json"
[ ! -e "$WORK/past.json$WORK/self.json$WORK/absent.json" ] || die "a refused proposal left a file"
approved rules "$WORK/retired.json"
equal "successors" 109 "$(zhengyin seal list --json | jq -r 'select(.successor == "99010000000003") | .esID' | wc -l)"
equal "in the bundle" 109 "$(jq -r .payload "$ZHENGYIN_HOME/trust/bundle.json" | tr '_-' '/+' | { cat; echo ==; } | base64 -di 2>/dev/null | jq '.retired_seals | length')"
node "$E2E/trust-bundle.mjs" "$ZHENGYIN_HOME/trust/bundle.json" || die "jose"
ok

story "a retired seal seals nothing; what it sealed before stays valid, what is later is rejected"
exits 0 mint --request before --out "$WORK/before"
exits 0 zhengyin seal retire "$esid" --on "$(date -u -d '+10 seconds' +%Y-%m-%dT%H:%M:%SZ)" --successor 99010000000003 --out "$WORK/one.json"
at=$(jq -r ".seals[] | select(.esID == \"$esid\") | .retired.at" "$WORK/one.json")
approved rules "$WORK/one.json"
until [ "$(date -u +%s)" -ge "$(date -u -d "$at" +%s)" ]; do sleep 0.2; done
refuses seal-retired 1 mint --request after --out "$WORK/after"
grep -q 99010000000003 "$WORK/err" || die "the successor is not named"
[ -z "$(ls -A "$WORK/after" 2>/dev/null)" ] || die "a refused mint left a file"
exits 0 zhengyin-verify "$WORK"/before/*.ofd "$WORK"/before/*.pdf
equal "state" "retired 99010000000003" "$(zhengyin seal show "$esid" --json | jq -r '[.state, .successor] | join(" ")')"
# had it been retired before that licence was sealed, verifiers would reject it
rule '.retired.at = "2026-01-02T00:00:00Z"' >"$WORK/earlier.json"
approved rules "$WORK/earlier.json"
for form in ofd pdf; do
	exits 1 zhengyin-verify --json "$WORK"/before/*."$form"
	jq -e '[.findings[].code] | index("seal-retired")' "$WORK/out" >/dev/null || die "no finding for $form: $(cat "$WORK/out")"
done
rule 'del(.retired)' >"$WORK/back.json"
approved rules "$WORK/back.json"
exits 0 zhengyin-verify "$WORK"/before/*.ofd "$WORK"/before/*.pdf

story "switched off: two officers, a legal ground, an end date; it lapses by itself"
ground='国务院令第716号 第九条'
soon=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)
exits 0 zhengyin seal switch-off "$esid" --until "$soon" --ground "$ground" --out "$WORK/off.json"
refuses order 65 request switch-off "$WORK/off.json" "$WORK/none.order"
refuses order 65 request switch-off "$WORK/off.json" "$WORK/none.order" --ground "$ground"
order=$WORK/quiet.order
request rules "$WORK/off.json" "$order" >/dev/null
signed officer-1 officer-2
refuses order 65 zhengyin approve apply "$order" # not as a mere change of rules
order=$WORK/other-ground.order
request switch-off "$WORK/off.json" "$order" --ground '别的依据' --until "$soon" >/dev/null
signed officer-1 officer-2
refuses order 65 zhengyin approve apply "$order"
exits 0 mint --request still-on
approved switch-off "$WORK/off.json" --ground "$ground" --until "$soon"
refuses seal-off 1 mint --request off
equal "state" off "$(zhengyin seal show "$esid" --json | jq -r .state)"
zhengyin journal --token zy-tpm >"$WORK/out"
grep -F "ground: $ground; until $soon" "$WORK/out" || die "the journal does not show the ground"
ok
rule 'del(.off)' >"$WORK/on.json"
approved rules "$WORK/on.json" # back on before its time: a rule like any other
soon=$(date -u -d '+20 seconds' +%Y-%m-%dT%H:%M:%SZ)
zhengyin seal switch-off "$esid" --until "$soon" --ground "$ground" --out "$WORK/short.json" >/dev/null
approved switch-off "$WORK/short.json" --ground "$ground" --until "$soon"
until [ "$(date -u +%s)" -ge "$(date -u -d "$soon" +%s)" ]; do sleep 0.2; done
exits 0 mint --request lapsed

story "the register itself: a third officer, and none that would lock everybody out"
exits 0 zhengyin approve enrol officer-3 --name 云泽市审批监督员丙 --english "Officer Three" --role officer
jq --argjson three "$(cat "$WORK/out")" '.officers += [$three]' "$policies/officers.json" >"$WORK/three.json"
jq '.officers |= map(select(.id != "officer-1"))' "$policies/officers.json" >"$WORK/two.json"
refuses order 65 request officers "$WORK/two.json" "$WORK/none.order"
approved officers "$WORK/three.json"
order=$WORK/third.order
rule '.limit_total = 4000' >"$WORK/third.json"
request rules "$WORK/third.json" "$order" >/dev/null
signed officer-2 officer-3
exits 0 zhengyin approve apply "$order"

story "orders for other work are approved and used once"
echo '{"ceremony": "first"}' >"$WORK/protocol.json"
order=$WORK/ceremony.order
request ceremony "$WORK/protocol.json" "$order" >/dev/null
refuses approval-one-officer 1 zhengyin approve apply "$order"
signed officer-1 officer-3
exits 0 zhengyin approve apply "$order"
refuses approval-used 1 zhengyin approve apply "$order"
refuses usage 64 zhengyin approve request melt "$WORK/protocol.json" --as requester-1 --purpose none --out "$WORK/none.order"
refuses usage 64 zhengyin approve melt
exits 0 zhengyin approve --help
exits 0 zhengyin journal --check
exits 0 zhengyin status

story "a home that is not the demo begins with an order of its own persons"
export ZHENGYIN_HOME=$WORK/own
cp -r "$policies" "$WORK/own-policies"
cp "$WORK/good.json" "$WORK/own-policies/seals.json"
person() { printf '{"id": "%s", "name": {"zh": "某人", "en": "Someone"}, "role": "%s"}' "$1" "$2"; }
printf '{"persons": [%s, %s, %s]}\n' "$(person officer-a officer)" "$(person asker requester)" "$(person officer-b officer)" >"$WORK/persons.json"
refuses usage 64 zhengyin init --policies "$WORK/own-policies"
refuses usage 64 zhengyin init --demo --officers "$WORK/persons.json"
refuses exists 74 zhengyin init --policies "$WORK/own-policies" --officers "$WORK/persons.json"
[ ! -e "$WORK/own" ] || die "a refused init left something"
rm "$WORK/own-policies/officers.json"
for bad in 'del(.persons[0])' '.persons[0].role = "requester"' '.persons[0].id = "asker"' '.persons[0].days = 0' '.persons[0].more = 1' '.more = 1'; do
	jq "$bad" "$WORK/persons.json" >"$WORK/bad-persons.json"
	refuses json 65 zhengyin init --policies "$WORK/own-policies" --officers "$WORK/bad-persons.json"
done
[ ! -e "$WORK/own" ] || die "a refused init left something"
exits 0 zhengyin init --policies "$WORK/own-policies" --officers "$WORK/persons.json" </dev/null
for who in asker officer-a officer-b; do [ "$(grep -c "($who): now with your token" "$WORK/err")" = 3 ] || die "$who was not called to enrol, to order and to sign"; done
grep -q 'ceremony/root.txt' "$WORK/err" || die "init does not say what is left"
exits 0 zhengyin ceremony check "$ZHENGYIN_HOME/ceremony/root.txt" --json
equal "who ordered the roots" "root asker officer-a officer-b" "$(jq -r '[.ceremony, .requester] + .officers | join(" ")' "$WORK/out")"
for token in zy-root zy-root-tpm; do
	equal "$token: first the register, then the order, then a key" "genesis order key" \
		"$(zhengyin journal --token $token --json | jq -r .what | head -n 3 | xargs)"
done
exits 0 zhengyin approve officers
exits 0 zhengyin status
exits 0 zhengyin key retire zy-soft/timestamp --out "$WORK/own.key"
refuses approval-one-officer 1 zhengyin key retire zy-soft/timestamp
exits 0 zhengyin approve request key "$WORK/own.key" --as asker --purpose first --out "$WORK/own-key.order"
jq '.seals[0].limit_per_day = 7' "$ZHENGYIN_HOME/policies/seals.json" >"$WORK/own.json"
exits 0 zhengyin approve request rules "$WORK/own.json" --as asker --purpose first --out "$WORK/own.order"
exits 0 zhengyin approve sign "$WORK/own.order" --as officer-a
exits 0 zhengyin approve sign "$WORK/own.order" --as officer-b
exits 0 zhengyin approve apply "$WORK/own.order"
zhengyin down >/dev/null
export ZHENGYIN_HOME=$WORK/home
done_story
