#!/usr/bin/env bash
# A vault that lost something for good: nothing is minted before two officers ordered that the log goes on from there.
. "$(dirname "$0")/lib.sh"
home
example business-licence
mint() { zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" "$@"; }
member() { jq -r "$1" <"$WORK/out"; }
message() { jq -r .error.message <"$WORK/out"; }
findings() { zhengyin-verify --json "$@" 2>/dev/null | jq -r '.indication + " " + ([.findings[].code | select(startswith("log-"))] | join(","))'; }

story "what was kept elsewhere knows more than the backup"
exits 0 mint --request one --out "$WORK/lic" --json
one=$(member .licence)
exits 0 zhengyin log checkpoint --out "$WORK/early"
refuses state 1 zhengyin log loss --out "$WORK/none"
exits 0 zhengyin backup "$WORK/copy"
exits 0 mint --request two --out "$WORK/lic" --json
two=$(member .licence)
exits 0 zhengyin log checkpoint --out "$WORK/late"
lost=$(sed -n 2p "$WORK/late")
rm -r "$ZHENGYIN_HOME/vault"
exits 0 zhengyin restore "$WORK/copy" --checkpoint "$WORK/late" --accept-loss
refuses log-fork 1 mint --request three
refuses log 74 zhengyin log check --from "$WORK/late"
grep -q "entries were dropped" "$WORK/out" || die "$(cat "$WORK/out")"
refuses not-found 1 zhengyin log prove --loss

story "two officers order that it goes on; an order that knows less than the keys signed is refused"
exits 0 zhengyin log loss --out "$WORK/loss" --json
equal "up to" "$lost" "$(member .lost)"
begin=$(member .goes_on)
sed "s| lost .*| lost $begin $(sed -n 3p "$WORK/early")|" "$WORK/loss" >"$WORK/less"
exits 0 zhengyin approve request log "$WORK/less" --as requester-1 --purpose "灾后恢复" --out "$WORK/less.order"
exits 0 zhengyin approve sign "$WORK/less.order" --as officer-1
exits 0 zhengyin approve sign "$WORK/less.order" --as officer-2
refuses order 65 zhengyin approve apply "$WORK/less.order"
refuses order 65 zhengyin approve request log "$WORK/early" --as requester-1 --purpose x --out "$WORK/no.order"
exits 0 zhengyin approve request log "$WORK/loss" --as requester-1 --purpose "灾后恢复" --out "$WORK/order"
grep -q "$lost entries" "$WORK/out" || die "the officers do not see what is lost: $(cat "$WORK/out")"
exits 0 zhengyin approve sign "$WORK/order" --as officer-1
refuses approval-one-officer 1 zhengyin approve apply "$WORK/order"
exits 0 zhengyin approve sign "$WORK/order" --as officer-2
exits 0 zhengyin approve apply "$WORK/order"
exits 0 zhengyin approve apply "$WORK/order"
exits 0 mint --request three --out "$WORK/lic" --json
three=$(member .licence)
[ "$three" != "$two" ] || die "the number of a lost licence was given again: $three"
exits 0 zhengyin check
refuses state 1 zhengyin log loss --out "$WORK/none"

story "the log and the journals tell of it, and who kept what is lost is told so"
exits 0 zhengyin events --json
equal "by each signer" "log.example $lost goes-on log.example $lost goes-on" \
	"$(jq -r 'select(.event == "log") | (.about | split("/")[0]) + " \(.number) " + (.reason | split(" ")[0])' "$WORK/out" | xargs)"
equal "the orders" 2 "$(jq -r 'select(.event == "order" and .reason == "log") | .seq' "$WORK/out" | wc -l)"
equal "the journals" 2 "$(zhengyin journal --json | jq -r 'select(.what == "log" and .use == "goes-on") | .token' | wc -l)"
exits 0 zhengyin log check --from "$WORK/early"
refuses log 74 zhengyin log check --from "$WORK/late"
grep -q "given up by order: a history of up to $lost entries was lost" "$WORK/out" || die "$(cat "$WORK/out")"
exits 0 zhengyin log prove --loss --out "$WORK/loss.tlog-proof"
equal "the proof by itself" "TOTAL-PASSED " "$(findings "$WORK/loss.tlog-proof")"
equal "a checkpoint of what is lost" "TOTAL-PASSED log-lost" "$(findings --log-proof "$WORK/loss.tlog-proof" "$WORK/late")"
equal "a proof of what is lost" "TOTAL-PASSED log-lost" "$(findings --log-proof "$WORK/loss.tlog-proof" "$WORK/lic/$two.tlog-proof")"
equal "one of what is there" "TOTAL-PASSED " "$(findings --log-proof "$WORK/loss.tlog-proof" "$WORK/early")"
equal "it is no proof of a licence" "TOTAL-FAILED log-other" "$(findings --log-proof "$WORK/loss.tlog-proof" "$WORK/lic/$one.ofd")"
while [ "$(zhengyin log checkpoint | sed -n 2p)" -le "$lost" ]; do exits 0 mint; done
refuses log 74 zhengyin log check --from "$WORK/late"
grep -q "given up by order" "$WORK/out" || die "$(cat "$WORK/out")"

story "the signers go on from there after a restart, and not from anything older"
exits 0 zhengyin down
exits 0 zhengyin up
exits 0 zhengyin log checkpoint --out "$WORK/new"
exits 0 mint --request four
exits 0 zhengyin log check --from "$WORK/new"
rm -r "$ZHENGYIN_HOME/vault"
exits 0 zhengyin restore "$WORK/copy"
refuses log-fork 1 mint --request five
done_story
