#!/usr/bin/env bash
# Licences on terms: on a promise (告知承诺), and while a paper is missing (容缺).
. "$(dirname "$0")/lib.sh"
home
example business-licence
day() { TZ=Asia/Shanghai date -d "$1" +%Y-%m-%d; }
until=$(day "+30 days") over=$(day "+31 days")
later() { echo "$(date -u -d "$1" +%Y-%m-%d)T12:00:00Z"; }
mint() { zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --out "$WORK/out.d" "$@"; }
status() { zhengyin show "$1" --json | jq -r .status; }
stands() { zhengyin show "$1" --on "$2" --json | jq -r .standing.status; }
verdict() { # STATUS CODE FILE OPTION...: zhengyin-verify's exit, a finding
	local want=$1 code=$2
	shift 2
	exits "$want" zhengyin-verify --json "$@"
	jq -e --arg c "$code" '.findings | map(.code) | index($c)' "$WORK/out" >/dev/null || die "no $code: $*"
	ok
}
printf 'I promise that the place is safe. 本人承诺场所符合安全标准。\n' >"$WORK/promise.txt"

story "what is refused"
refuses usage 64 mint --until "$until"
refuses usage 64 mint --terms favour --until "$until" --about x
refuses usage 64 mint --terms promise --until "$until" --about x
refuses usage 64 mint --terms condition --about x
refuses dates 65 mint --terms condition --about x --until "$(day "-1 day")"
refuses dates 65 mint --terms condition --about x --until "$(day "+400 days")"
refuses dates 65 mint --terms condition --about x --until soon
refuses glyph-missing 65 mint --terms condition --about $'\360\237\230\200' --until "$until"
zhengyin policy example --line transport-practitioner | jq -c --arg u "$until" '. + {request: "t-1", terms: {kind: "condition", until: $u, about: "x"}}' >"$WORK/line"
exits 1 zhengyin mint --batch "$WORK/line"
equal "a type without terms" terms "$(jq -r .error.code "$WORK/out")"

story "on a promise"
exits 0 mint --json --terms promise --until "$until" --about 场所符合安全标准 --evidence "$WORK/promise.txt" --request p-1
promise=$(jq -r .licence "$WORK/out")
exits 0 mint --json --terms promise --until "$until" --about 场所符合安全标准 --evidence "$WORK/promise.txt" --request p-1
equal "the same again" "$promise" "$(jq -r .licence "$WORK/out")"
refuses request-conflict 1 mint --terms promise --until "$(day "+20 days")" --about 场所符合安全标准 --evidence "$WORK/promise.txt" --request p-1
refuses request-conflict 1 mint --request p-1
exits 0 zhengyin show "$promise" --json
equal "status" on-promise "$(jq -r .status "$WORK/out")"
equal "terms" "promise $until 场所符合安全标准 sha256:$(sha256sum <"$WORK/promise.txt" | cut -d' ' -f1)" "$(jq -r '.terms | "\(.kind) \(.until) \(.about) \(.evidence)"' "$WORK/out")"
equal "its data has no terms" null "$(jq -r .data.terms "$WORK/out")"
for form in ofd pdf; do
	verdict 0 licence-on-promise "$WORK/out.d/$promise.$form"
	equal "status in the file" on-promise "$(jq -r .licence.status "$WORK/out")"
	verdict 0 licence-promise-overdue "$WORK/out.d/$promise.$form" --at "$(later "$over")"
	equal "status in the file later" overdue "$(jq -r .licence.status "$WORK/out")"
done
pdftotext "$WORK/out.d/$promise.pdf" - | tr -d '\n ' | grep -q "告知承诺制办理：场所符合安全标准" || die "the face says nothing"
equal "today" on-promise "$(stands "$promise" "$(day today)")"
equal "later" overdue "$(stands "$promise" "$over")"
zhengyin wallet enrol "$promise" >/dev/null || die "a wallet"
exits 0 zhengyin events --json
equal "the feed" "promise-until-$until" "$(jq -r 'select(.event == "mint") | .reason' "$WORK/out" | tail -n 1)"

story "checked: the next version has no terms"
exits 0 zhengyin change "$promise" --fulfilled --json --out "$WORK/out.d"
checked=$(jq -r .licence "$WORK/out")
equal "status" valid "$(status "$promise")"
exits 0 zhengyin-verify "$WORK/out.d/$checked.ofd" --json
equal "no terms in the file" valid "$(jq -r .licence.status "$WORK/out")"
exits 0 zhengyin history "$promise" --json
equal "the feed says so" fulfilled "$(jq -r 'select(.event == "change") | .reason' "$WORK/out")"
refuses state 1 zhengyin change "$promise" --fulfilled

story "while a paper is missing"
exits 0 mint --json --terms condition --until "$until" --about 房屋租赁合同
condition=$(jq -r .licence "$WORK/out")
equal "status" conditional "$(status "$condition")"
verdict 0 licence-conditional "$WORK/out.d/$condition.ofd"
verdict 1 licence-lapsed "$WORK/out.d/$condition.pdf" --at "$(later "$over")"
equal "of the report" "EXPIRED lapsed" "$(jq -r '"\(.sub_indication) \(.licence.status)"' "$WORK/out")"
equal "later" lapsed "$(stands "$condition" "$over")"
equal "due then" "$condition" "$(zhengyin list --all --due "$until" --json | jq -r .licence)"
equal "not due yet" "" "$(zhengyin list --all --due "$(day "+29 days")" --json)"
refuses usage 64 zhengyin list --all --due "$until" --on "$until"
exits 0 zhengyin suspend "$condition" --reason inspection
equal "suspended" suspended "$(status "$condition")"
equal "lapsed all the same" lapsed "$(stands "$condition" "$over")"
exits 0 zhengyin resume "$condition" --reason passed
echo '{"address": "云泽市临江区望山路20号1楼"}' >"$WORK/change.json"
exits 0 zhengyin change "$condition" --data "$WORK/change.json"
equal "a change keeps the terms" conditional "$(status "$condition")"
exits 0 zhengyin change "$condition" --terms condition --until "$over" --about 房屋租赁合同
equal "longer" conditional "$(stands "$condition" "$over")"

story "in law since before"
exits 0 zhengyin check
exits 0 zhengyin revoke "$condition" --reason promise-broken
equal "revoked" revoked "$(status "$condition")"
done_story
