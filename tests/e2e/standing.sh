#!/usr/bin/env bash
# Was it valid on that day, under the rules of that day? Legal time and record time, with proof.
. "$(dirname "$0")/lib.sh"
home
example business-licence
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --json
id=$(jq -r .licence "$WORK/out")
exits 0 zhengyin show "$id" --json
first=$(jq -r .valid_from "$WORK/out")
before=$(date -u -d "$first - 1 day" +%Y-%m-%d)
long_ago=$(date -u -d "$first + 10 days" +%Y-%m-%d)
later=$(date -u -d "$first + 20 days" +%Y-%m-%d)
today=$(TZ=Asia/Shanghai date +%Y-%m-%d)
bundle=$ZHENGYIN_HOME/trust/bundle.json
# judged ANSWER [LOG]: the verdict, without the home
judged() {
	env -u ZHENGYIN_HOME zhengyin-verify --trust "$bundle" --trust-pin "$(cat "$ZHENGYIN_HOME/trust/pin")" --json ${2:+--log-files "$2"} "$1" >"$WORK/judged" 2>/dev/null || true
	jq -r '.indication + " " + (.standing.status // "-") + " " + ([.findings[] | select(.severity != "info") | .code] | unique | join(","))' "$WORK/judged"
}
standing() { # FIELD OPTIONS...
	local field=$1 status
	shift
	exits 0 zhengyin show "$id" --json "$@"
	status=$(jq -r .standing.status "$WORK/out")
	zhengyin log export "$WORK/now" >/dev/null || die "export"
	equal "judged offline: $*" "TOTAL-PASSED $status " "$(judged "$WORK/out" "$WORK/now")"
	node "$E2E/standing.mjs" "$WORK/out" "$ZHENGYIN_HOME/trust/bundle.json" >"$WORK/proved" || die "proof of: $*"
	ok
	jq -r ".standing.$field" "$WORK/out"
}

days() { jq --arg a "$1" --arg b "$2" '. + {term_from: $a, term_to: $b}' "$WORK/data.json" >"$WORK/days.json"; }
story "before its first day, and on a day"
equal "before" not-yet-valid "$(standing status --on "$before")"
equal "nothing in force" null "$(standing in_force --on "$before")"
equal "on a day" valid "$(standing status --on "$long_ago")"
equal "no rules were known that day" null "$(standing catalogue --on "$long_ago")"
[[ $(standing catalogue.digest --on "$today") == sha256:* ]] || die "the rules of today"
born=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1.1

story "a change that holds since a day before today"
echo '{"address": "云泽市临江区望山路20号1楼"}' >"$WORK/change.json"
refuses dates 65 zhengyin change "$id" --data "$WORK/change.json" --from 2999-01-01
exits 0 zhengyin change "$id" --data "$WORK/change.json" --from "$later" --json
new=$(jq -r .licence "$WORK/out")
equal "in force before it" 1 "$(standing in_force --on "$long_ago")"
equal "in force since" 2 "$(standing in_force --on "$later")"
equal "as it was known then" 1 "$(standing in_force --on "$later" --at "$born")"
equal "the old version that day" superseded "$(standing status --on "$later" --version 1)"
exits 0 zhengyin show "$id" --version 1 --json
equal "superseded by" "$new" "$(jq -r .superseded_by "$WORK/out")"
exits 0 zhengyin show "$id" --json
equal "supersedes" "$id" "$(jq -r .supersedes "$WORK/out")"

story "suspended, resumed, revoked from a day on"
exits 0 zhengyin suspend "$id" --reason inspection --from "$later"
equal "suspended since" suspended "$(standing status --on "$later")"
equal "before it" valid "$(standing status --on "$long_ago")"
exits 0 zhengyin resume "$id" --reason passed
equal "suspended then, though valid now" suspended "$(standing status --on "$later")"
exits 0 zhengyin log export "$WORK/log"
exits 0 zhengyin show "$id" --on "$today" --json
equal "no event is missing" complete "$(node "$E2E/standing.mjs" "$WORK/out" "$ZHENGYIN_HOME/trust/bundle.json" "$WORK/log")"
cp "$WORK/out" "$WORK/kept"
sleep 1.1
refuses dates 65 zhengyin revoke "$id" --reason forged-papers --from 2999-01-01
exits 0 zhengyin revoke "$id" --reason forged-papers --from "$long_ago"
equal "void since" revoked "$(standing status --on "$later")"
equal "as it was known before" valid "$(standing status --on "$long_ago" --at "$born")"
exits 0 zhengyin log export "$WORK/log"
equal "the old answer is out of date" "more came later" "$(node "$E2E/standing.mjs" "$WORK/kept" "$ZHENGYIN_HOME/trust/bundle.json" "$WORK/log")"

story "the saved answer, judged by who has neither home nor vault"
equal "what came since" "INDETERMINATE valid standing-more-came" "$(judged "$WORK/kept" "$WORK/log")"
equal "without the log" "INDETERMINATE valid standing-open,standing-rules-open" "$(judged "$WORK/kept")"
exits 0 zhengyin show "$id" --on "$today" --json
cp "$WORK/out" "$WORK/answer"
equal "a revocation is the end" "TOTAL-PASSED revoked standing-rules-open" "$(judged "$WORK/answer")"
equal "an older log" "INDETERMINATE revoked standing-log-older,standing-rules-open" "$(judged "$WORK/answer" "$WORK/log")"
exits 0 zhengyin log export "$WORK/log"
equal "with the log" "TOTAL-PASSED revoked " "$(judged "$WORK/answer" "$WORK/log")"
equal "in words" 1 "$(zhengyin-verify --log-files "$WORK/log" "$WORK/answer" | grep -c "How it stood on .* is proven: revoked")"
change() { jq -c "$1" "$WORK/answer" >"$WORK/altered"; judged "$WORK/altered" "$WORK/log"; }
equal "another state" "TOTAL-FAILED revoked standing-claim" "$(change '.standing.status = "valid"')"
equal "another day" "TOTAL-PASSED not-yet-valid " "$(exits 0 zhengyin show "$id" --on "$before" --json && zhengyin log export "$WORK/log" >/dev/null && judged "$WORK/out" "$WORK/log")"
equal "the revocation left out" "TOTAL-FAILED valid standing-left-out" "$(change '.standing.events |= .[:-1] | .standing.status = "valid" | .standing.reason = "" | .standing.since = (.standing.events[-1].from)')"
equal "the first event left out" "TOTAL-FAILED - standing-order,standing-tag" "$(change '.standing.events |= .[1:]')"
equal "another key" "TOTAL-FAILED - standing-tag" "$(change '.standing.key |= (if .[0:1] == "0" then "1" else "0" end) + .[1:]')"
equal "another time" "TOTAL-FAILED - standing-event" "$(change '.standing.events[0].from = "2020-01-01T00:00:00Z"')"
jq -c '.standing.more = 1' "$WORK/answer" >"$WORK/altered"
exits 65 zhengyin-verify --json "$WORK/altered"
equal "a member more" answer "$(jq -r .error.code "$WORK/out")"
refuses not-found 1 zhengyin show "$(echo "$id" | cut -d. -f6,7).202600009999" --on "$today"
cp "$WORK/out" "$WORK/nothing"
exits 65 zhengyin-verify --json "$WORK/nothing"
equal "an answer about a licence that is not there" unknown-format "$(jq -r .error.code "$WORK/out")"
equal "what is not proved is not looked at" "TOTAL-PASSED revoked " "$(change '.name = "another"')"
example business-licence
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --request second --json
second=$(jq -r .licence "$WORK/out")
exits 0 zhengyin show "$second" --on "$today" --json
cp "$WORK/out" "$WORK/second"
exits 0 zhengyin log export "$WORK/log"
jq -c --slurpfile a "$WORK/answer" '.standing = $a[0].standing' "$WORK/second" >"$WORK/altered"
equal "the proofs of another licence" "TOTAL-FAILED revoked standing-claim" "$(judged "$WORK/altered" "$WORK/log")"
jq -c --slurpfile a "$WORK/answer" '.standing.events[0] = $a[0].standing.events[0]' "$WORK/second" >"$WORK/altered"
judged "$WORK/altered" "$WORK/log" | grep -q "TOTAL-FAILED - .*standing-tag" || die "an event of another licence"
cp -r "$WORK/log" "$WORK/broken"
entries=$(find "$WORK/broken/tile/entries" -type f -path "*.p/$(($(sed -n 2p "$WORK/log/checkpoint") % 256))")
printf 'x' | dd of="$entries" bs=1 seek=60 conv=notrunc 2>/dev/null
equal "a changed file of the log" "INDETERMINATE valid standing-log-files,standing-rules-open" "$(judged "$WORK/second" "$WORK/broken")"
rm "$entries"
exits 74 zhengyin-verify --log-files "$WORK/broken" "$WORK/second"
equal "no bundle that knows the log" "INDETERMINATE valid trust-absent" "$(cd "$WORK" && env -u ZHENGYIN_HOME zhengyin-verify --json --log-files log second 2>/dev/null | jq -r '.indication + " " + .standing.status + " " + ([.findings[] | select(.severity != "info") | .code] | unique | .[-1])')"

story "expired by its days, and on terms"
asked() { # LICENCE DAY
	exits 0 zhengyin show "$1" --on "$2" --json
	zhengyin log export "$WORK/log" >/dev/null || die "export"
	judged "$WORK/out" "$WORK/log"
}
days 2020-02-29 2024-02-29
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/days.json" --request ended --json
ended=$(jq -r .licence "$WORK/out")
equal "on its last day" "TOTAL-PASSED valid " "$(asked "$ended" 2024-02-29 | sed 's/standing-rules-open//')"
equal "on the next" "TOTAL-PASSED expired " "$(asked "$ended" 2024-03-01 | sed 's/standing-rules-open//')"
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --request lacking --json \
	--terms condition --until "$(TZ=Asia/Shanghai date -d '+30 days' +%Y-%m-%d)" --about 场所证明
lacking=$(jq -r .licence "$WORK/out")
equal "while a paper is missing" "TOTAL-PASSED conditional " "$(asked "$lacking" "$today")"
equal "of a day to come nobody knows" "INDETERMINATE lapsed standing-before-day" "$(asked "$lacking" "$(TZ=Asia/Shanghai date -d '+31 days' +%Y-%m-%d)")"

story "the rules of a day, when they changed since"
sleep 1.1
cp "$ZHENGYIN_HOME/policies/departments.json" "$WORK/departments.json"
jq . "$WORK/departments.json" >"$ZHENGYIN_HOME/policies/departments.json"
echo >>"$ZHENGYIN_HOME/policies/departments.json"
taken
exits 0 zhengyin log checkpoint --out "$WORK/cp" # the home's rules are followed
exits 0 zhengyin show "$second" --on "$today" --at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --json
equal "the second rules" 2 "$(jq .standing.catalogue.n "$WORK/out")"
refuses not-found 1 zhengyin show "$second" --on "$today" --at "$born"
exits 0 zhengyin show "$id" --on "$today" --at "$born" --json
cp "$WORK/out" "$WORK/then"
equal "the first rules, and the next" "1 2" "$(jq -r '.standing | "\(.catalogue.n) \(.catalogue_next.n)"' "$WORK/then")"
exits 0 zhengyin log export "$WORK/log"
equal "proved without the log: what came later is shown" "TOTAL-PASSED valid " "$(judged "$WORK/then")"
jq -c '.standing.catalogue_next = null' "$WORK/then" >"$WORK/altered"
equal "the next ones left out" "TOTAL-FAILED valid standing-left-out,standing-rules-open" "$(judged "$WORK/altered" "$WORK/log")"
jq -c '.standing |= (.catalogue = .catalogue_next | .catalogue_next = null)' "$WORK/then" >"$WORK/altered"
equal "later ones in their place" "TOTAL-FAILED - standing-rules" "$(judged "$WORK/altered" "$WORK/log")"

story "the status of now follows from the days as well"
days 2020-02-29 2024-02-29
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/days.json" --json
over=$(jq -r .licence "$WORK/out")
exits 0 zhengyin show "$over" --json
equal "its last day is over" "expired 2024-02-29T15:59:59Z" "$(jq -r '.status + " " + .status_since' "$WORK/out")"
exits 0 zhengyin list --holder "$HOLDER"
grep -q "$over *expired" "$WORK/out" || die "the list says otherwise"
echo '{"term_from": "2100-01-01", "term_to": "2999-12-31"}' >"$WORK/change.json"
exits 0 zhengyin change "$over" --data "$WORK/change.json" --json
exits 0 zhengyin show "$over" --json
equal "its first day has not come" "not-yet-valid null" "$(jq -r '"\(.status) \(.superseded_by)"' "$WORK/out")"
exits 0 zhengyin show "$over" --version 1 --json
equal "until then the old one stands as it stood" expired "$(jq -r .status "$WORK/out")"
equal "and names what comes" 2 "$(jq -r '.superseded_by | split(".")[-2] | tonumber' "$WORK/out")"
refuses state 1 zhengyin wallet enrol "$over"
exits 0 zhengyin revoke "$over" --reason test

story "lists and history of a day"
exits 0 zhengyin list --holder "$HOLDER" --on "$later" --json
equal "on that day" revoked "$(jq -r --arg id "$new" 'select(.licence == $id) | .stands' "$WORK/out")"
exits 0 zhengyin list --all --on "$later" --at "$born" --json
equal "as known then" valid "$(jq -r .stands "$WORK/out")"
exits 0 zhengyin list --all --at 2020-01-01T00:00:00Z --json
equal "before it was recorded" "" "$(cat "$WORK/out")"
exits 0 zhengyin history "$id" --at "$born" --json
equal "known then" "intent mint" "$(jq -r .event "$WORK/out" | grep -v '^cancelled$' | xargs)"
exits 0 zhengyin history "$id" --on "$later" --json
equal "held then" "mint change superseded suspended revoked" "$(jq -r .event "$WORK/out" | xargs)"
exits 64 zhengyin show "$id" --on yesterday
exits 0 zhengyin show "$id" --on "$later"
grep -q "revoked · 已撤销" "$WORK/out" || die "the answer for people"
exits 0 zhengyin check
done_story
