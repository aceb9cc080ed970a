#!/usr/bin/env bash
# Receipts: every look at what is held of somebody, in a chain whose completeness the holder can see for himself.
. "$(dirname "$0")/lib.sh"
home
bundle=$ZHENGYIN_HOME/trust/bundle.json
example business-licence
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --json
id=$(jq -r .licence "$WORK/out")
receipts() { zhengyin receipts --holder "$HOLDER" --json "$@" >"$WORK/receipts"; }
check() { (cd "$E2E" && node receipts.mjs "$1" "$bundle" "${@:2}"); }

story "every look is written down: who, when, which, for what"
exits 0 zhengyin show "$id" --as hotel-992 --item lodging --case 2026-0001 --ground "旅馆业治安管理办法 6"
exits 0 zhengyin list --holder "$HOLDER" --as tax-office --item tax
exits 0 zhengyin history "$id"
exits 0 receipts --as holder
equal "each of them" "hotel-992 show,tax-office list,console history,holder receipts" \
	"$(jq -r '[.receipts[] | .who + " " + .what] | join(",")' "$WORK/receipts")"
equal "with item, case and ground" "lodging 2026-0001 旅馆业治安管理办法 6" "$(jq -r '.receipts[0] | .item + " " + .case + " " + .ground' "$WORK/receipts")"
equal "of a licence, or of all" 'true ""' "$(jq -r --arg id "$id" '(.receipts[0].licence as $l | $id | contains($l) | tostring) + " \"" + .receipts[1].licence + "\""' "$WORK/receipts")"
OTHER=orgcode:${HOLDER:13:9}
exits 0 zhengyin wallet enrol "$id" --as kiosk-7
exits 0 zhengyin holder add "$OTHER" --to "$HOLDER" --as registry
exits 0 zhengyin holder rename "$HOLDER" --name 云泽市远山茶业股份有限公司 --as registry
exits 0 zhengyin holder split "$OTHER"
exits 0 zhengyin receipts --holder "$OTHER" --json
equal "also what a change of numbers answers" "registry holder-add,registry holder-rename,console holder-split,console receipts" \
	"$(jq -r '[.receipts[] | .who + " " + .what] | join(",")' "$WORK/out")"
exits 0 receipts
equal "of both" "kiosk-7 enrol,registry holder-add,registry holder-rename,console receipts" \
	"$(jq -r '[.receipts[4:][] | .who + " " + .what] | join(",")' "$WORK/receipts")"
refuses field-length 65 zhengyin show "$id" --as ""
refuses not-found 1 zhengyin receipts --holder "$(zhengyin policy example --line transport-practitioner | jq -r .holder)"
exits 0 zhengyin check

story "the holder checks it with other tools, against the published log"
exits 0 zhengyin log export "$WORK/static"
equal "complete" "8 receipts, the last is entry $(jq '.receipts[-1].index' "$WORK/receipts"), signed by p256" "$(check "$WORK/receipts")"
equal "in the whole log" "8 receipts, each once among $(sed -n 2p "$WORK/static/checkpoint") entries" "$(check "$WORK/receipts" "$WORK/static" | tail -n 1)"
for secret in "$NAME" "${HOLDER#*:}" hotel-992 2026-0001; do
	! grep -raqF "$secret" "$WORK/static" || die "the published log holds $secret"
	! grep -raqF "$secret" "$ZHENGYIN_HOME/vault" || die "the vault's files hold $secret"
done
ok

story "what is left out, changed or exchanged is seen"
fails() { # want, then what check gets
	local want=$1
	shift
	! check "$@" >"$WORK/why" 2>&1 || die "not seen: $*"; grep -q "FAIL: $want" "$WORK/why" || die "$(cat "$WORK/why") instead of $want"
	ok
}
jq -c 'del(.receipts[1])' "$WORK/receipts" >"$WORK/less"; fails "the chain" "$WORK/less"
jq -c '.receipts |= .[0:3]' "$WORK/receipts" >"$WORK/less"; fails "the proof is of another" "$WORK/less"
jq -c '.receipts[1] as $r | .receipts[1] = .receipts[2] | .receipts[2] = $r' "$WORK/receipts" >"$WORK/less"; fails "the chain" "$WORK/less"
exits 0 zhengyin show "$id" --as somebody
exits 0 zhengyin log export "$WORK/static"
fails "receipt 9" "$WORK/receipts" "$WORK/static"
exits 0 receipts --as holder
exits 0 zhengyin log export "$WORK/static"
equal "until it is shown" "10 receipts, each once among $(sed -n 2p "$WORK/static/checkpoint") entries" "$(check "$WORK/receipts" "$WORK/static" | tail -n 1)"
done_story
