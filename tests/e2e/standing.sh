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
standing() { # FIELD OPTIONS...
	local field=$1
	shift
	exits 0 zhengyin show "$id" --json "$@"
	node "$E2E/standing.mjs" "$WORK/out" "$ZHENGYIN_HOME/trust/bundle.json" >"$WORK/proved" || die "proof of: $*"
	ok
	jq -r ".standing.$field" "$WORK/out"
}

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

story "the status of now follows from the days as well"
days() { jq --arg a "$1" --arg b "$2" '. + {term_from: $a, term_to: $b}' "$WORK/data.json" >"$WORK/days.json"; }
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
