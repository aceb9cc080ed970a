#!/usr/bin/env bash
# Anchors of a bundle are limited, split, added and removed; what they may not vouch for does not pass.
. "$(dirname "$0")/lib.sh"
home
bundle=$ZHENGYIN_HOME/trust/bundle.json
issuer=$(jq -r '.departments[0].code' "$ZHENGYIN_HOME/policies/departments.json")
anchors() { zhengyin trust show --json | jq -c "$1"; }
judged() { # STATUS FILE CODE
	exits "$1" zhengyin-verify --trust "$bundle" --json "$2"
	[ -z "$3" ] || equal "finding" true "$(jq -c "any(.findings[]; .code == \"$3\")" <"$WORK/out")"
}

story "a new home has two anchors without limits"
equal "anchors" '[2,[null],[null]]' "$(anchors '[(.anchors | length), (.anchors | map(.types) | unique), (.anchors | map(.until) | unique)]')"
example business-licence
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --out "$WORK/minted"
ofd=$(echo "$WORK"/minted/*.ofd) pdf=$(echo "$WORK"/minted/*.pdf)
judged 0 "$ofd" ""
pin=$(anchors .pin)

story "an anchor limited to another type vouches for no business licence"
exits 0 zhengyin trust limit 1 --type transport-practitioner
equal "entries" '["transport",null]' "$(anchors '[(if .anchors[0].types | length == 1 then "transport" else "?" end), .anchors[1].types]')"
equal "pin" "$pin" "$(anchors .pin)"
equal "split" '[["seal","seal_maker","credential"],["trust","timestamp"]]' "$(anchors '[.anchors[0].purposes, .anchors[1].purposes]')"
judged 1 "$ofd" anchor-type-not-allowed
judged 0 "$pdf" ""
refuses self-verify 70 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --out "$WORK/more"

story "and one limited to its type does"
exits 0 zhengyin trust limit 1 --type transport-practitioner,business-licence --issuer "$issuer"
judged 0 "$ofd" ""
exits 0 zhengyin trust show
grep -q "offices $issuer" "$WORK/out" || die "the limit is not shown"
exits 0 zhengyin trust limit 1
equal "no limit" '[null,null]' "$(anchors '[.anchors[0].types, .anchors[0].issuers]')"

story "an anchor whose time is over leaves it open"
exits 0 zhengyin trust limit 3 --until 2020-01-01T00:00:00Z
judged 2 "$pdf" anchor-dates
exits 0 zhengyin trust limit 3 --purpose document

story "what would leave nobody able to use the bundle is not written"
version=$(anchors .version)
refuses trust-bundle 65 zhengyin trust limit 2 --purpose trust --until 2020-01-01T00:00:00Z
refuses trust-bundle 65 zhengyin trust limit 2 --purpose trust --type business-licence
refuses not-found 1 zhengyin trust limit 9 --type business-licence
refuses usage 64 zhengyin trust limit 1 --purpose seals
refuses usage 64 zhengyin trust limit 1 --type ""
refuses type-unknown 65 zhengyin trust limit 1 --type no-such-type
refuses usage 64 zhengyin trust renew --type business-licence
refuses usage 64 zhengyin trust limit
equal "version" "$version" "$(anchors .version)"

story "another authority comes in, and goes"
openssl req -new -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/k.pem" -subj "/CN=Other Authority" -out "$WORK/other.pem" 2>/dev/null
num=$(anchors '.anchors | length')
refuses usage 64 zhengyin trust add "$WORK/other.pem"
exits 0 zhengyin trust add "$WORK/other.pem" --purpose document --type business-licence --from 2026-01-01T00:00:00Z
[ "$(anchors .pin)" != "$pin" ] || die "the pin is the old one"
equal "pin of the home" "$(anchors .pin)" "\"$(cat "$ZHENGYIN_HOME/trust/pin")\""
equal "it" '["CN=Other Authority","2026-01-01T00:00:00Z"]' "$(anchors '.anchors[-1] | [.subject, .from]')"
judged 0 "$pdf" ""
exits 0 zhengyin trust remove "$((num + 1))"
equal "pin" "$pin" "$(anchors .pin)"
exits 0 zhengyin status
done_story
