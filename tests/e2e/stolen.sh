#!/usr/bin/env bash
# A stolen copy of a home without its tokens, after a rich session: no number, no name, no document, in no form.
. "$(dirname "$0")/lib.sh"
home
citizen() { # SEVENTEEN DIGITS: with the check character
	local sum=0 i weights=(7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2) last=10X98765432
	for i in {0..16}; do sum=$((sum + ${1:i:1} * weights[i])); done
	echo "$1${last:sum % 11:1}"
}
PERSON=$(citizen 99010119870423537) ELDER=$(citizen 99010219650911484)
OLD=${ELDER:0:6}${ELDER:8:9} # the same, as it was written before 2000
example transport-practitioner
jq 'del(.name, .licence_number) | .address = "云泽市丹枫巷77号9幢2603室" | .born_on = "1987-04-23"' "$WORK/data.json" >"$WORK/one.json"
jq 'del(.name, .licence_number) | .address = "云泽市鹭洲街31号5幢808室" | .born_on = "1965-09-11"' "$WORK/data.json" >"$WORK/two.json"
mint() { exits 0 zhengyin mint --type transport-practitioner --data "$1" "${@:2}" --json; }
cat >"$WORK/texts" <<END
$PERSON
$ELDER
$OLD
裴景澜
裴锦岚
邬若溪
EJ5519273
丹枫巷77号
新址路1009号
鹭洲街31号
1987-04-23
1965-09-11
hotel-yunze-8812
CASE-2026-PEI-42
tax-bureau-x77
req-pei-77
req-change-pei
for-pei-jinglan
治安管理办法裴
END

story "a session: licences, changes, numbers, names, looks, a wallet, tenants, refusals, kills"
mint "$WORK/one.json" --holder "citizen:$PERSON" --name 裴景澜 --request req-pei-77 --out "$WORK/minted"
id=$(jq -r .licence "$WORK/out")
mint "$WORK/two.json" --holder "citizen:$OLD" --name 邬若溪
mint "$WORK/one.json" --holder "citizen:$PERSON" --name 裴景澜 --tenant 990101
exits 0 zhengyin holder add passport:CHN-EJ5519273 --to "citizen:$PERSON"
exits 0 zhengyin holder rename "citizen:$PERSON" --name 裴锦岚
exits 0 zhengyin holder merge "citizen:$PERSON" "citizen:$ELDER"
exits 0 zhengyin holder split "citizen:$ELDER"
jq -n '{address: "云泽市新址路1009号"}' >"$WORK/change.json"
exits 0 zhengyin change "$id" --data "$WORK/change.json" --request req-change-pei
exits 0 zhengyin suspend "$id" --reason for-pei-jinglan
exits 0 zhengyin resume "$id" --reason cleared
exits 0 zhengyin show "$id" --as hotel-yunze-8812 --item lodging --case CASE-2026-PEI-42 --ground 治安管理办法裴 --json
cp "$WORK/out" "$WORK/shown"
exits 0 zhengyin list --holder "citizen:$PERSON" --as tax-bureau-x77
exits 0 zhengyin wallet enrol "$id"
exits 0 zhengyin wallet show "$id" --fields name,address
exits 65 zhengyin mint --type transport-practitioner --holder "citizen:${PERSON}0" --name 裴景澜 --data "$WORK/one.json"
exits 65 zhengyin mint --type transport-practitioner --holder "citizen:$PERSON" --name 裴景澜 --data "$WORK/change.json"
exits 0 zhengyin backup "$WORK/copy"
for delay in 0.03 0.08 0.15; do
	zhengyin mint --type transport-practitioner --holder "citizen:$PERSON" --name 裴景澜 --data "$WORK/one.json" >/dev/null 2>&1 &
	victim=$!
	sleep $delay # anywhere in it
	kill -KILL "$victim" 2>/dev/null || true
	wait "$victim" 2>/dev/null || true
done
mint "$WORK/two.json" --holder "citizen:$PERSON" --name 裴锦岚
exits 0 zhengyin check
exits 0 zhengyin backup "$WORK/copy"
exits 0 zhengyin log export "$WORK/static"

story "nothing of it lies in the home, its backup, its published log"
cp -r "$ZHENGYIN_HOME" "$WORK/stolen"
rm -r "$WORK/stolen/tokens" "$WORK/stolen/root"
found() { node "$E2E/stolen.mjs" "$WORK/texts" "$@" >"$WORK/found"; }
found "$WORK/stolen" "$WORK/copy" "$WORK/static" || { cat "$WORK/found"; die "a stolen copy tells"; }
ok
for control in "$WORK/shown" "$WORK/one.json"; do
	! found "$control" || die "the search finds nothing in $control"
	ok
done

story "a wallet's file opens for its own licence alone, and is not another form of it"
cd "$ZHENGYIN_HOME/wallet"
exits 0 zhengyin wallet enrol "$(zhengyin list --holder "citizen:$ELDER" --json | jq -r .licence)"
for file in *.cbor; do [ "$file" = "$(echo "$id" | cut -d. -f6-8).cbor" ] || other=$file; done
cp "$other" "$(echo "$id" | cut -d. -f6-8).cbor"
taken
refuses vault-corrupt 74 zhengyin wallet show "$id" --fields name
done_story
