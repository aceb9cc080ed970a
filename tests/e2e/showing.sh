#!/usr/bin/env bash
# A holder shows three fields; a counterparty checks the scanned code with no network.
. "$(dirname "$0")/lib.sh"
home
example business-licence
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --json
id=$(jq -r .licence "$WORK/out")
# the counterparty has the bundle and its pin, nothing else of the home
mkdir "$WORK/counter" && cp "$ZHENGYIN_HOME/trust/bundle.json" "$ZHENGYIN_HOME/trust/pin" "$WORK/counter"
offline=
if unshare -rn true 2>/dev/null; then offline="unshare -rn"; elif unshare -n true 2>/dev/null; then offline="unshare -n"; fi
[ -n "$offline" ] || echo "   (no network namespaces here: the network is not cut)"
check() { env -u ZHENGYIN_HOME $offline zhengyin-verify --trust "$WORK/counter/bundle.json" --json "$@"; }
found() { # CODE: the finding that fails
	jq -r '.findings[] | select(.severity == "fail") | .code' "$WORK/out" | grep -qx "$1" || die "no finding $1: $(jq -c '[.findings[].code]' "$WORK/out")"
	ok
}

for suite in gm intl; do
	story "$suite: three fields as a code on a screen, read back with zbar"
	exits 0 zhengyin wallet enrol "$id" --suite $suite --json
	cp "$ZHENGYIN_HOME"/wallet/*.cbor "$WORK/$suite.wallet"
	exits 0 zhengyin wallet show "$id" --fields name,kind,legal_representative --qr "$WORK/code.png"
	code=$(cat "$WORK/out")
	now=$(date +%s)
	at() { date -u -d "@$((now + $1))" +%Y-%m-%dT%H:%M:%SZ; }
	scanned=$(zbarimg -q --nodbus --raw "$WORK/code.png")
	equal "scanned text" "$code" "$scanned"
	# version 18 at level L holds 1046 characters: three fields must stay below it, staple or not
	[ "${#code}" -lt 900 ] || die "the code has ${#code} characters"
	ok
	echo "   ${#code} characters"
	exits 0 check --showing "$scanned"
	equal "indication" TOTAL-PASSED "$(jq -r .indication "$WORK/out")"
	equal "shown" "$(printf '%s\n%s\n%s' "$NAME" "$(jq -r .kind "$WORK/data.json")" "$(jq -r .legal_representative "$WORK/data.json")")" \
		"$(jq -r '.showing.fields[].value' "$WORK/out")"
	! jq -r . "$WORK/out" | grep -qF "$(jq -r .address "$WORK/data.json")" || die "more is shown than was chosen"
	printf '%s\n' "$code" >"$WORK/text"
	exits 0 check --showing - <"$WORK/text"

	story "$suite: what must be refused"
	exits 0 check --showing "$code" --at "$(at 85)"
	exits 1 check --showing "$code" --at "$(at 120)"
	found showing-expired
	exits 1 check --showing "$code" --at "$(at -90)"
	found showing-too-early
	exits 1 check --showing "$(node "$E2E/showing-change.mjs" cut "$code")"
	found field-proof
	exits 1 check --showing "$(node "$E2E/showing-change.mjs" alter "$code")"
	found field-proof
	exits 1 check --showing "$(node "$E2E/showing-change.mjs" time "$code")"
	found holder-signature
	exits 65 check --showing "${code%?}"
	exits 65 check --showing "${code}a"
	exits 65 check --showing "ZY2:${code#ZY1:}"
	# another device: same licence, another key; its signature under the first credential
	exits 0 zhengyin wallet enrol "$id" --suite $suite
	exits 0 zhengyin wallet show "$id" --fields name,kind,legal_representative
	exits 1 check --showing "$(node "$E2E/showing-change.mjs" key "$code" "$(cat "$WORK/out")")"
	found holder-signature
done

story "the bundle's signature is checked first"
sed 's/"signature":"./"signature":"A/' "$WORK/counter/bundle.json" >"$WORK/counter/forged.json"
cmp -s "$WORK/counter/bundle.json" "$WORK/counter/forged.json" && die "nothing was forged"
exits 2 env -u ZHENGYIN_HOME zhengyin-verify --trust "$WORK/counter/forged.json" --json --showing "$code"
equal "codes" "trust-not-loaded trust-absent" "$(jq -r '[.findings[].code] | join(" ")' "$WORK/out")"
equal "nothing is told" null "$(jq -r .showing "$WORK/out")"
other=$WORK/other-home
exits 0 zhengyin -C "$other" init --demo
zhengyin -C "$other" down >/dev/null
cp "$WORK/counter/pin" "$other/trust/pin"
exits 2 env -u ZHENGYIN_HOME zhengyin-verify --trust "$other/trust/bundle.json" --json --showing "$code"
equal "another city's bundle under our pin" trust-not-loaded "$(jq -r '.findings[0].code' "$WORK/out")"
exits 2 env -u ZHENGYIN_HOME zhengyin-verify --trust "$other/trust/bundle.json" --trust-pin "$(node "$E2E/pin.mjs" "$other/trust/bundle.json")" --json --showing "$code" --at "$(at 1)"
equal "a bundle that does not know the issuer's key" credential-key-unknown "$(jq -r '.findings[] | select(.severity != "info") | .code' "$WORK/out" | grep -x credential-key-unknown)"
refuses not-found 1 zhengyin wallet show "$id" --fields colour
done_story
