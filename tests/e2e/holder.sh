#!/usr/bin/env bash
# Who a holder is: several numbers, two records that turn out to be one person, taken apart again, a new name; and the end
# of it all by order.
. "$(dirname "$0")/lib.sh"
home
mint() { # HOLDER NAME
	exits 0 zhengyin mint --type transport-practitioner --holder "$1" --name "$2" --data "$WORK/data.json" --json
	jq -r .licence "$WORK/out"
}
example business-licence
firm=$HOLDER
exits 0 zhengyin mint --type business-licence --holder "$firm" --name "$NAME" --data "$WORK/data.json" --json
licence=$(jq -r .licence "$WORK/out")
example transport-practitioner
person=$HOLDER
jq 'del(.[] | select(. == $name or . == $number))' --arg name "$NAME" --arg number "${HOLDER#citizen:}" "$WORK/data.json" >"$WORK/d" && mv "$WORK/d" "$WORK/data.json"
first=$(mint "$person" "$NAME")
old=citizen:${person:8:6}${person:16:9}
born=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1.1

story "an old number of 15 digits is that of 18"
exits 0 zhengyin list --holder "$old" --json
equal "found by it" "$first" "$(jq -r .licence "$WORK/out")"

story "a further number, with its days"
pass=passport:CHN-E12345678
refuses not-found 1 zhengyin holder show "$pass"
refuses holder 65 zhengyin holder add passport:E12345678 --to "$person"
refuses holder-kind 65 zhengyin holder add uscc:91990100MA9900X28U --to "$person"
exits 0 zhengyin holder add "$pass" --to "$person" --from 2024-05-01 --until 2034-04-30 --json
equal "numbers" 2 "$(jq '.identifiers | length' "$WORK/out")"
[ "$(jq -r .log.checkpoint "$WORK/out")" != null ] || die "no proof"
exits 0 zhengyin list --holder "$pass" --json
equal "found by the passport" "$first" "$(jq -r .licence "$WORK/out")"
exits 0 zhengyin holder show "$person" --json
equal "kinds" "person person" "$(jq -r '.identifiers[].kind' "$WORK/out" | xargs)"
equal "its end" 2034-04-30T15:59:59Z "$(jq -r '.identifiers[1].until' "$WORK/out")"
refuses holder 65 zhengyin holder add orgcode:D2143569-X --to "$firm"
exits 0 zhengyin holder add "orgcode:${firm:13:9}" --to "$firm" --until 2017-12-31 --json
exits 0 zhengyin list --holder "orgcode:${firm:13:8}-${firm:21:1}" --json
equal "found by the old code" "$licence" "$(jq -r .licence "$WORK/out")"
exits 0 zhengyin holder show "$firm" --json
equal "an enterprise" "enterprise enterprise" "$(jq -r '.identifiers[].kind' "$WORK/out" | xargs)"

exits 0 zhengyin holder show "$pass" --on 2024-04-30 --json
equal "before its first day it was nobody's" 1 "$(jq '.identifiers | length' "$WORK/out")"
exits 0 zhengyin holder show "$person" --on 2035-01-01 --json
equal "after its last day it holds no more" "true false" "$(jq -r '.identifiers[].holds' "$WORK/out" | xargs)"
exits 0 zhengyin holder show "orgcode:${firm:13:9}" --on 2015-01-01 --json
equal "nobody said when it began" "null true" "$(jq -r '.identifiers[0] | "\(.from) \(.holds)"' "$WORK/out")"
refuses holder-kind 65 zhengyin holder add passport:CHN-E99999999 --to "$firm" --subject enterprise
refuses holder-kind 65 zhengyin holder add "$firm" --to "$firm" --subject government-body

refuses citizen-number 65 zhengyin mint --type transport-practitioner --holder citizen:990100209901010014 --name "$NAME" --data "$WORK/data.json"
jq -e '.error.message | test("has not come")' "$WORK/out" >/dev/null || die "somebody who is not born yet"
refuses citizen-number 65 zhengyin holder add citizen:990100209901010014 --to "$person"
refuses citizen-number 65 zhengyin holder show "citizen:９９０１００19850101001X"
jq -e '.error.message | test("full-width")' "$WORK/out" >/dev/null || die "full-width digits are named"

story "two records are one person, and taken apart again"
other=citizen:990100198511210036
exits 64 zhengyin holder merge "$person"
second=$(mint "$other" "$NAME")
refuses state 1 zhengyin holder add "$other" --to "$person"
refuses holder-kind 65 zhengyin holder merge "$person" "$firm"
apart=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1.1
exits 0 zhengyin holder merge "$person" "$other" --json
refuses state 1 zhengyin holder merge "$other" "$person"
exits 0 zhengyin list --holder "$other" --at "$apart" --json
equal "before that was recorded they were two" "$second" "$(jq -r .licence "$WORK/out")"
exits 0 zhengyin holder show "$other" --at "$apart" --json
equal "two numbers fewer" 1 "$(jq '.identifiers | length' "$WORK/out")"
exits 0 zhengyin list --holder "$other" --json
equal "both licences" 2 "$(jq -s length "$WORK/out")"
exits 0 zhengyin history "$first" --json
equal "told in the history" 1 "$(grep -c '"merged"' "$WORK/out")"
exits 0 zhengyin events --json
grep -q '"event":"merged"' "$WORK/out" || die "not in the feed"
! grep -q "${person#citizen:}\|${other#citizen:}\|E12345678" "$WORK/out" || die "a number is in the feed"
third=$(mint "$other" "$NAME")
exits 0 zhengyin receipts --holder "$person" --json
equal "a chain for each number" 3 "$(jq -s length "$WORK/out")"
equal "each was looked at" "1 1 1" "$(jq -s '[.[].receipts | map(select(.what == "receipts")) | length] | .[]' "$WORK/out" | xargs)"
exits 0 zhengyin check
exits 0 zhengyin holder split "$other"
exits 0 zhengyin list --holder "$other" --json
equal "with what was minted under it" "$second $third" "$(jq -r .licence "$WORK/out" | xargs)"
exits 0 zhengyin list --holder "$pass" --json
equal "the first stays" "$first" "$(jq -r .licence "$WORK/out")"
exits 0 zhengyin holder show "$person" --json
equal "what became of it" "identified merged split" "$(jq -r '.events[].event' "$WORK/out" | xargs)"

story "a number that was given to somebody else"
moved=passport:D-C01X00T47
exits 0 zhengyin holder add "$moved" --to "$person" --from 2011-01-01 --until 2020-12-31
exits 0 zhengyin holder split "$moved" --from 2021-01-01
exits 0 zhengyin holder merge "$other" "$moved" --from 2021-01-01
exits 0 zhengyin holder add "$moved" --to "$other" --from 2021-01-01 --until 2030-12-31
whose() { # DAY: whose it was, and whether it held
	exits 0 zhengyin holder show "$moved" --on "$1" --json
	jq -r '"\(.identifiers[1].holder) \(.identifiers[0].holds)"' "$WORK/out"
}
equal "before anybody had it" "null false" "$(whose 2010-12-31)"
equal "his" "$person true" "$(whose 2020-12-31)"
equal "the other's from that midnight on" "$other true" "$(whose 2021-01-01T00:00:00+08:00)"
equal "a second before" "$person true" "$(whose 2020-12-31T23:59:59+08:00)"
equal "after its last day" "$other false" "$(whose 2031-01-01)"
exits 0 zhengyin list --holder "$moved" --on 2021-06-30 --json
equal "with whose licences" "$second $third" "$(jq -r .licence "$WORK/out" | xargs)"
exits 0 zhengyin holder split "$moved"

story "a new name; the old one as of then"
exits 0 zhengyin holder rename "$person" --name 王新名 --from 2026-01-01
exits 0 zhengyin holder show "$pass" --json
equal "name" 王新名 "$(jq -r .name "$WORK/out")"
equal "before" "$NAME" "$(jq -r '.events[-1].before' "$WORK/out")"
refuses not-found 1 zhengyin holder show "$pass" --at "$born"
exits 0 zhengyin holder show "$person" --at "$born" --json
equal "name then" "$NAME" "$(jq -r .name "$WORK/out")"
equal "events then" 0 "$(jq '.events | length' "$WORK/out")"
equal "numbers then" 1 "$(jq '.identifiers | length' "$WORK/out")"
exits 0 zhengyin holder show "$person" --on 2025-12-31 --json
equal "name on the day before it" "$NAME" "$(jq -r .name "$WORK/out")"
exits 0 zhengyin holder rename "$person" --name 王又名 --from 2025-01-01
exits 0 zhengyin holder show "$person" --on 2025-06-30 --json
equal "a name that was recorded later for before" 王又名 "$(jq -r .name "$WORK/out")"
equal "in place of the one of that day" "$NAME" "$(jq -r '.events[-1].before' "$WORK/out")"
exits 0 zhengyin holder rename "$person" --name 王新名
exits 0 zhengyin holder rename "$person" --name 王新名
refuses field-type 65 zhengyin holder rename "$person" --name $'王\n新'
refuses field-type 65 zhengyin holder rename "$person" --name "$(printf '王\342\200\256新')"
exits 0 zhengyin holder show "$person"
grep -q "王新名" "$WORK/out" || die "the answer for people"

story "nothing is minted under a number that has ended"
exits 0 zhengyin holder add "$other" --to "$other" --until 2020-12-31
refuses holder 65 zhengyin mint --type transport-practitioner --holder "$other" --name "$NAME" --data "$WORK/data.json"

story "destroyed by order: every key of the person"
exits 0 zhengyin shred --holder "$person" --out "$WORK/end" --json
equal "one proposal for each number" "$WORK/end $WORK/end.2" "$(jq -r .proposal "$WORK/out" | xargs)"
for file in "$WORK/end" "$WORK/end.2"; do
	exits 0 zhengyin approve request shred "$file" --as requester-1 --purpose "a test 测试" --ground "个人信息保护法 第四十七条" --out "$file.order"
	exits 0 zhengyin approve sign "$file.order" --as officer-1
	exits 0 zhengyin approve sign "$file.order" --as officer-2
	exits 0 zhengyin shred --order "$file.order"
done
refuses destroyed-by-order 1 zhengyin show "$first"
exits 0 zhengyin list --holder "$pass" --json
equal "by the passport" destroyed "$(jq -r .status "$WORK/out")"
refuses destroyed-by-order 1 zhengyin shred --holder "$pass" --out "$WORK/again"
exits 0 zhengyin show "$second" --json
exits 0 zhengyin check
! strings -n 8 "$ZHENGYIN_HOME/vault/data.mdb" | grep -q "${other#citizen:}\|E12345678\|${firm:13:9}" || die "a number lies open in the vault's file"
done_story
