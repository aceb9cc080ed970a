#!/usr/bin/env bash
# The wrapping key in a group of tokens: an order to shred reaches every one of them, and none opens what another refuses.
. "$(dirname "$0")/lib.sh"
home
exits 0 zhengyin down
cd "$ZHENGYIN_HOME"
# a second token with the same key, as a site clones its own
cp -r tokens/softhsm tokens/softhsm-b
sed 's,tokens/softhsm$,tokens/softhsm-b,' tokens/softhsm2.conf >tokens/softhsm-b.conf
jq '.environment.SOFTHSM2_CONF = "tokens/softhsm-b.conf" | .group = "pool"' signer/zy-soft.json >signer/zy-b.json
jq '.group = "pool"' signer/zy-soft.json >"$WORK/json" && cp "$WORK/json" signer/zy-soft.json
chmod 600 signer/*.json
jq '.tokens += ["zy-b"] | .wrap_key = "pkcs11:token=pool;object=vault-wrap"' config.json >"$WORK/json" && cp "$WORK/json" config.json
cp config.json "$WORK/config"
taken
exits 0 zhengyin up # its first start makes the journal that a signer with keys must have
exits 0 zhengyin down
jq '{"vault-wrap"}' signer/zy-soft.keys.json >signer/zy-b.keys.json
chmod 600 signer/*.json
exits 0 zhengyin check --accept signer/zy-b.keys.json
cd - >/dev/null
exits 0 zhengyin up
example business-licence
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --json
other=$(jq -r .licence "$WORK/out")
example transport-practitioner
exits 0 zhengyin mint --type transport-practitioner --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --json
id=$(jq -r .licence "$WORK/out")
exits 0 zhengyin check
cp -r "$ZHENGYIN_HOME/vault" "$WORK/vault-before"

story "in none of the tokens may a key end that wraps"
for token in zy-soft zy-b; do refuses key-state 1 zhengyin key retire $token/vault-wrap --out "$WORK/retire"; done
exits 0 zhengyin key rewrap --json
equal "nothing to do" 0 "$(jq .rewrapped "$WORK/out")"

story "an order that names the group"
exits 0 zhengyin shred --holder "$HOLDER" --out "$WORK/shred"
grep -q "token=pool;object=vault-wrap data-key" "$WORK/shred" || die "the order does not name the group"
exits 0 zhengyin approve request shred "$WORK/shred" --as requester-1 --purpose "a test 测试" --ground "个人信息保护法 第四十七条" --out "$WORK/order"
exits 0 zhengyin approve sign "$WORK/order" --as officer-1
refuses approval-one-officer 1 zhengyin shred --order "$WORK/order"
exits 0 zhengyin approve sign "$WORK/order" --as officer-2

only() { # TOKEN...: these run, the configuration is of all
	exits 0 zhengyin down
	jq --args '.tokens = $ARGS.positional' "$@" <"$WORK/config" >"$ZHENGYIN_HOME/config.json"
taken
	exits 0 zhengyin up
	cp "$WORK/config" "$ZHENGYIN_HOME/config.json"
taken
}
story "a token that is away would not refuse: nothing is given up before it was told"
only zy-soft zy-tpm
refuses signer-absent 69 zhengyin shred --order "$WORK/order"
exits 0 zhengyin history "$id"
! grep -q destroyed "$WORK/out" || die "the vault gave it up"
exits 0 zhengyin up
exits 0 zhengyin shred --order "$WORK/order" --json
equal "carried out" "1 false" "$(jq -r '"\(.licences) \(.already)"' "$WORK/out")"
exits 0 zhengyin shred --order "$WORK/order" --json
equal "a second time" true "$(jq .already "$WORK/out")"
refuses destroyed-by-order 1 zhengyin show "$id"
exits 0 zhengyin show "$other"
exits 0 zhengyin check
for token in zy-soft zy-b; do
	equal "in the journal of $token" 1 "$(zhengyin journal --token $token --json | jq -s 'map(select(.use == "shred")) | length')"
done

story "no token opens an old copy, in the group or out of it"
mv "$ZHENGYIN_HOME/vault" "$WORK/vault-now"
cp -r "$WORK/vault-before" "$ZHENGYIN_HOME/vault"
for _ in 1 2 3 4; do refuses destroyed-by-order 1 zhengyin show "$id"; done
exits 0 zhengyin show "$other"
exits 0 zhengyin down
jq 'del(.group)' "$ZHENGYIN_HOME/signer/zy-b.json" >"$WORK/json" && cp "$WORK/json" "$ZHENGYIN_HOME/signer/zy-b.json"
taken
jq '.wrap_key = "pkcs11:token=zy-b;object=vault-wrap"' "$WORK/config" >"$ZHENGYIN_HOME/config.json"
taken
exits 0 zhengyin up
refuses destroyed-by-order 1 zhengyin show "$id"
exits 0 zhengyin show "$other"

story "a token that joins the group later takes the orders of before, by the officers of then"
exits 0 zhengyin approve enrol officer-3 --name 云泽市审批监督员丙 --english "Officer Three" --role officer
jq --argjson three "$(cat "$WORK/out")" '.officers = [.officers[] | select(.id != "officer-1")] + [$three]' "$ZHENGYIN_HOME/policies/officers.json" >"$WORK/three.json"
approved officers "$WORK/three.json"
exits 0 zhengyin down
cd "$ZHENGYIN_HOME"
cp -r tokens/softhsm-b tokens/softhsm-c
sed 's,tokens/softhsm-b$,tokens/softhsm-c,' tokens/softhsm-b.conf >tokens/softhsm-c.conf
jq '.environment.SOFTHSM2_CONF = "tokens/softhsm-c.conf" | .group = "pool"' signer/zy-b.json >signer/zy-c.json
chmod 600 signer/*.json
jq '.tokens += ["zy-c"] | .wrap_key = "pkcs11:token=zy-c;object=vault-wrap"' "$WORK/config" >config.json
taken
kept=$(grep -l "token=pool;object=vault-wrap data-key" signer/approved/*.order)
cp "$kept" "$WORK/kept" # one that was altered is not taken, and not passed over
sed 's/data-key ./data-key x/' "$WORK/kept" >"$kept"
exits 69 zhengyin up
grep -q "error: order: put .*$(basename "$kept") back" run/signer-zy-c.log || die "it does not say why: $(cat run/signer-zy-c.log)"
cp "$WORK/kept" "$kept"
exits 0 zhengyin up
exits 0 zhengyin down
cp signer/zy-b.keys.json signer/zy-c.keys.json
exits 0 zhengyin check --accept signer/zy-c.keys.json
cd - >/dev/null
exits 0 zhengyin up
equal "in the journal of zy-c" 1 "$(zhengyin journal --token zy-c --json | jq -s 'map(select(.use == "shred")) | length')"
refuses destroyed-by-order 1 zhengyin show "$id"
exits 0 zhengyin show "$other"
exits 0 zhengyin journal --token zy-c --check
exits 0 zhengyin down
rm "$ZHENGYIN_HOME"/signer/zy-c.*
rm -r "$ZHENGYIN_HOME/vault"
mv "$WORK/vault-now" "$ZHENGYIN_HOME/vault"
cp "$WORK/config" "$ZHENGYIN_HOME/config.json"
taken
exits 0 zhengyin up

story "a new generation in one token of the group rewraps nothing that the others could not open"
jq '.wrap_key = "pkcs11:token=zy-b;object=vault-wrap" | .tokens = ["zy-soft", "zy-tpm", "zy-b"]' "$WORK/config" >"$ZHENGYIN_HOME/config.json"
taken
exits 0 zhengyin key rotate zy-b/vault-wrap
exits 0 zhengyin down
jq '.group = "pool"' "$ZHENGYIN_HOME/signer/zy-b.json" >"$WORK/json" && cp "$WORK/json" "$ZHENGYIN_HOME/signer/zy-b.json"
taken
cp "$WORK/config" "$ZHENGYIN_HOME/config.json"
taken
exits 0 zhengyin up
refuses key-state 1 zhengyin key rewrap
exits 0 zhengyin show "$other"
refuses destroyed-by-order 1 zhengyin show "$id"
refuses key-state 1 zhengyin key retire "zy-b/vault-wrap~2" --out "$WORK/retire"
refuses key-uri 65 zhengyin key rotate pool/vault-wrap
exits 0 zhengyin check
done_story
