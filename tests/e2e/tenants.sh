# A city and two districts in one vault: what a district mints is its own, and the city looks down only when allowed to.
. "$(dirname "$0")/lib.sh" "$1"
home

story "the demo city"
equal "the tree" "990100 990101 990102" "$(zhengyin tenant list --json | jq -r .code | tr '\n' ' ' | sed 's/ $//')"
exits 0 zhengyin tenant add 990101001 --name 云泽市临江区望山街道 --under 990101
refuses exists 74 zhengyin tenant add 990101 --name x --under 990100
refuses field-type 65 zhengyin tenant add 990109 --name $'云\e[1m泽' --under 990100
refuses tenant-right 1 zhengyin list --all --below 990101 --reason curious

story "a district mints"
zhengyin policy example --line business-licence >"$WORK/one.jsonl"
holder=$(jq -r .holder <"$WORK/one.jsonl")
zhengyin mint --batch "$WORK/one.jsonl" --tenant 990101 --out "$WORK/east" >"$WORK/minted" 2>/dev/null
id=$(jq -r .licence <"$WORK/minted")
zhengyin mint --batch "$WORK/one.jsonl" --tenant 990102 >"$WORK/minted-west" 2>/dev/null
[ "$id" != "$(jq -r .licence <"$WORK/minted-west")" ] || die "one identifier twice"
ok
exits 0 zhengyin show "$id" --tenant 990101
refuses not-found 1 zhengyin show "$id"
refuses not-found 1 zhengyin show "$id" --tenant 990102
refuses not-found 1 zhengyin revoke "$id" --reason x --tenant 990102
refuses not-found 1 zhengyin history "$id" --tenant 990101001
refuses tenant 1 zhengyin show "$id" --tenant 990109
equal "the city's own" "" "$(zhengyin list --holder "$holder")"
equal "the district's" 1 "$(zhengyin list --holder "$holder" --tenant 990101 --json | wc -l)"
exits 0 zhengyin log prove "$id" --tenant 990101
exits 0 zhengyin-verify --trust "$ZHENGYIN_HOME/trust/bundle.json" "$WORK"/east/*.ofd

story "a holder in a district shows a licence"
refuses not-found 1 zhengyin wallet enrol "$id"
refuses not-found 1 zhengyin wallet enrol "$id" --tenant 990102
refuses not-found 1 zhengyin wallet show "$id" --fields name
refuses tenant 1 zhengyin wallet enrol "$id" --tenant 990109
exits 0 zhengyin wallet enrol "$id" --tenant 990101
refuses usage 64 zhengyin wallet show "$id" --fields name --tenant 990101
exits 0 zhengyin wallet show "$id" --fields name
exits 0 zhengyin-verify --trust "$ZHENGYIN_HOME/trust/bundle.json" --showing "$(cat "$WORK/out")"

story "the city looks down"
exits 0 zhengyin tenant allow 990100 --tenant 990101 --reason inspection
refuses usage 64 zhengyin show "$id" --below 990101
looks() { zhengyin events --json | jq -r .event | grep -c access; }
looks=$(looks)
exits 0 zhengyin show "$id" --below 990101 --reason inspection-7
refuses tenant-right 1 zhengyin show "$id" --below 990102 --reason inspection-7
refuses tenant 1 zhengyin show "$id" --tenant 990102 --below 990101 --reason inspection-7
equal "the look is an event" 1 "$(zhengyin events --json | jq -r 'select(.event == "looked-down") | .reason' | grep -c inspection-7)"
equal "and the holder has a receipt of it" "$((looks + 1))" "$(looks)"
exits 0 zhengyin receipts --holder "$holder" --tenant 990101
refuses not-found 1 zhengyin receipts --holder "$holder"
exits 0 zhengyin tenant forbid 990100 --tenant 990101 --reason done
refuses tenant-right 1 zhengyin show "$id" --below 990101 --reason inspection-8

story "a home for one district"
jq '.tenant = "990101"' <"$ZHENGYIN_HOME/config.json" >"$WORK/config" && cp "$WORK/config" "$ZHENGYIN_HOME/config.json" && zhengyin check --accept config.json >/dev/null
exits 0 zhengyin show "$id"
exits 0 zhengyin check
equal "all of it was checked" 2 "$(zhengyin check --json | jq .licences)"
echo "$checks checks"
