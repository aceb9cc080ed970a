#!/usr/bin/env bash
# The transparency log: proofs beside licences, checkpoints, static tiles, witnesses; two histories never pass.
. "$(dirname "$0")/lib.sh"
home
bundle=$ZHENGYIN_HOME/trust/bundle.json
example business-licence
mint() { zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" "$@"; }
member() { jq -r "$1" <"$WORK/out"; }
judge() { zhengyin-verify --json "$@" >"$WORK/report" 2>/dev/null || true; }
finding() { jq -r '[.findings[] | select(.severity == "fail") | .code] | join(",")' <"$WORK/report"; }

story "what was before the first licence is in the log: keys, rules, seals"
exits 0 zhengyin log checkpoint
base=$(sed -n 2p "$WORK/out")
exits 0 zhengyin events --json
cp "$WORK/out" "$WORK/feed"
equal "all of it" "$base" "$(wc -l <"$WORK/feed")"
events() { jq -r --arg e "$1" 'select(.event == $e) | .about + " " + .reason' "$WORK/feed"; }
keys=$(zhengyin journal --json | jq -r 'select(.what == "key") | .token + "/" + .key + " " + .use' | sort)
equal "every record of a key" "$keys" "$(events key | grep -v "/order " | sort)"
equal "seals" "$(zhengyin seal list --json | jq -r '.esID + " made"')" "$(events seal)"
equal "the bundle" "bundle issued" "$(events trust)"
equal "the rules" "policies changed" "$(events policy)"
equal "ceremonies that were ordered" 2 "$(events order | grep -c ceremony)"
exits 0 zhengyin log checkpoint
equal "nothing new, nothing noted" "$base" "$(sed -n 2p "$WORK/out")"

story "a mint answers with its place in the log, and the proof"
exits 0 mint --request one --out "$WORK/lic" --json
cp "$WORK/out" "$WORK/first"
index=$((base + 1))
equal "index" "$index" "$(member .log.index)"
id=$(member .licence)
proof=$(member .log.proof)
equal "proof beside the files" "$WORK/lic/$id.tlog-proof" "$proof"
for f in "$WORK/lic/$id.ofd" "$WORK/lic/$id.pdf"; do
	equal "by other tools" "$index of $((base + 2)), signed by p256" "$(cd "$E2E" && node log.mjs proof "$proof" "$bundle" "$f")"
	exits 0 zhengyin-verify --json --log-proof "$proof" "$f"
	equal "log_index" "$index" "$(member .licence.log_index)"
done
exits 0 zhengyin-verify --json "$WORK/lic/$id.ofd"
equal "no proof, no index" null "$(member .licence.log_index)"
exits 0 zhengyin-verify --json "$proof"
equal "format" "log-proof TOTAL-PASSED" "$(member '.format + " " + .indication')"
exits 0 mint --request one --json
equal "the same request has the same place" "$(jq -c '[.log.index, .log.leaf]' <"$WORK/first")" "$(jq -c '[.log.index, .log.leaf]' <"$WORK/out")"
exits 0 zhengyin show "$id" --json
equal "show proves it too" "$index true" "$(member '(.log.index | tostring) + " " + ((.log.path | length) > 0 | tostring)')"

story "a proof that was changed, and one of another licence, fail"
sed '/^index/ { n; s/^\(.\)\(.\)/\2\1/ }' "$proof" >"$WORK/path.tlog-proof"
cmp -s "$proof" "$WORK/path.tlog-proof" && sed '/^index/ { n; s/^../AB/ }' "$proof" >"$WORK/path.tlog-proof"
judge --log-proof "$WORK/path.tlog-proof" "$WORK/lic/$id.ofd"
equal "path" "log-path" "$(finding)"
sed '/^log\.example/ { n; s/$/1/ }' "$proof" >"$WORK/size.tlog-proof"
judge "$WORK/size.tlog-proof"
equal "size" "log-signature,log-path" "$(finding)"
sed "s/^index $index\$/index 0/" "$proof" >"$WORK/index.tlog-proof"
judge "$WORK/index.tlog-proof"
equal "index" "log-path" "$(finding)"
exits 0 mint --request two --out "$WORK/two" --json
other=$(member .log.proof)
judge --log-proof "$other" "$WORK/lic/$id.ofd"
equal "another licence" "log-other" "$(finding)"
equal "and no index" null "$(jq -r .licence.log_index <"$WORK/report")"
judge --trust "$bundle" "$other"
equal "the other by itself" "" "$(finding)"

story "every event is an entry, and the whole log is checked"
exits 0 zhengyin log checkpoint --out "$WORK/old"
exits 0 zhengyin-verify "$WORK/old"
exits 0 zhengyin suspend "$id" --reason inquiry
exits 0 zhengyin resume "$id" --reason cleared
exits 0 zhengyin change "$id" --data <(jq '{address: "云泽市江东区文澜路 9 号"} | with_entries(select(true))' -n) --json
exits 0 zhengyin revoke "$id" --reason closed
exits 0 zhengyin log check --from "$WORK/old" --json
equal "entries" "$(zhengyin check --json | jq .events)" "$(member .size)"
equal "from" "$((base + 5))" "$(member .from.size)"
exits 0 zhengyin log prove "$id" --version 1 --out "$WORK/again.tlog-proof"
exits 0 zhengyin-verify --log-proof "$WORK/again.tlog-proof" "$WORK/lic/$id.pdf"

story "the feed: every event once, in order, from any position"
exits 0 zhengyin events --json
cp "$WORK/out" "$WORK/feed"
equal "as many as there are" "$(zhengyin check --json | jq .events)" "$(wc -l <"$WORK/feed")"
equal "without gaps" "$(seq 1 "$(wc -l <"$WORK/feed")")" "$(jq .seq "$WORK/feed")"
equal "what became of the licence" "mint suspended valid change superseded revoked" \
	"$(jq -r --arg id "$id" '.about as $a | select(.event != "intent" and .event != "access" and .event != "tenant" and ($id | contains($a))) | .event' "$WORK/feed" | xargs)"
exits 0 zhengyin events --from $((base + 3)) --limit 2 --json
equal "from a position" "$(sed -n $((base + 3)),$((base + 4))p "$WORK/feed")" "$(cat "$WORK/out")"
for secret in "$NAME" "${HOLDER#*:}"; do
	! grep -qF "$secret" "$WORK/feed" || die "the feed holds $secret"
done
ok
last=$(wc -l <"$WORK/feed")
zhengyin events --from "$((last + 1))" --limit 2 --follow --json >"$WORK/followed" &
follower=$!
exits 0 mint --request followed
wait "$follower" || die "events --follow failed"
equal "what came while it waited" "intent mint" "$(jq -r .event "$WORK/followed" | xargs)"
refuses usage 64 zhengyin events --from 0

story "orders, seals switched off, keys, bundles: in the log when they are done"
last=$(zhengyin check --json | jq .events)
esID=$(zhengyin seal list --json | jq -r .esID | tail -n 1)
until=$(date -u -d '+2 days' +%FT%TZ)
exits 0 zhengyin seal switch-off "$esID" --ground "云泽市人民政府令 1" --until "$until" --out "$WORK/off.json"
approved switch-off "$WORK/off.json" --ground "云泽市人民政府令 1" --until "$until"
exits 0 zhengyin events --from "$((last + 1))" --json
equal "the order, by each signer" "switch-off switch-off" "$(jq -r 'select(.event == "order") | .reason' "$WORK/out" | xargs)"
equal "the seal" "$esID switched-off" "$(jq -r 'select(.event == "seal") | .about + " " + .reason' "$WORK/out")"
equal "the rules" 1 "$(jq -r 'select(.event == "policy") | .about' "$WORK/out" | wc -l)"
for one in $(jq -r .id "$WORK/out"); do
	equal "an id is of one event" 64 "${#one}"
done
exits 0 zhengyin trust renew
exits 0 zhengyin events --from "$((last + 1))" --json
version=$(zhengyin trust show --json | jq .version)
equal "the bundle" "trust $version" "$(jq -r '.event + " " + (.number | tostring)' "$WORK/out" | tail -n 1)"
exits 0 zhengyin key rotate zy-soft/timestamp
exits 0 zhengyin events --from "$((last + 1))" --json
equal "the key" "zy-soft/timestamp~2" "$(jq -r 'select(.event == "key") | .about' "$WORK/out" | sort -u | xargs)"
exits 0 zhengyin check
exits 0 zhengyin log check --from "$WORK/old"

story "static files that others can follow"
exits 0 zhengyin log export "$WORK/static" --json
size=$(member .size)
equal "tiles by other tools" "$size, signed by p256,sm2" "$(cd "$E2E" && node log.mjs tiles "$WORK/static" "$bundle")"
for secret in "$NAME" "${HOLDER#*:}" "$id"; do
	! grep -raqF "$secret" "$WORK/static" || die "the published log holds $secret"
done
ok
seq 1 140 | jq -c --slurpfile e "$WORK/example.json" '$e[0] + {request: "batch-\(.)"}' >"$WORK/batch.jsonl"
exits 0 zhengyin mint --batch "$WORK/batch.jsonl"
equal "each line has its own place" 140 "$(jq -r .log.index <"$WORK/out" | sort -u | wc -l)"
exits 0 zhengyin log export "$WORK/static" --json
equal "a full tile" 8192 "$(stat -c %s "$WORK/static/tile/0/000")"
equal "tiles after growth" "$(member .size), signed by p256,sm2" "$(cd "$E2E" && node log.mjs tiles "$WORK/static" "$bundle")"
exits 0 zhengyin log export "$WORK/static" --json
equal "what is there stays" 0 "$(member .tiles)"

story "who kept a checkpoint sees what was dropped, exchanged or put in another order, with nothing of ours"
since() { (cd "$E2E" && node log.mjs since "$WORK/static" "$WORK/old" "$@"); }
equal "the log only grew" "$(sed -n 2p "$WORK/static/checkpoint") begin with $(sed -n 2p "$WORK/old")" "$(since)"
for forgery in drop swap exchange insert; do
	exits 1 since $forgery
	grep -q "does not begin with what was kept" "$WORK/err" || die "$forgery: $(cat "$WORK/err")"
done

story "a witness"
exits 0 zhengyin log checkpoint --out "$WORK/head"
(cd "$E2E" && node log.mjs witness "$WORK/head" witness.example/linxi "$WORK/key" "$WORK/line")
exits 0 zhengyin log cosign "$WORK/head" --witness "$(cat "$WORK/key")" --line "$WORK/line" --out "$WORK/signed"
equal "one line more" "$(($(wc -l <"$WORK/head") + 1))" "$(wc -l <"$WORK/signed")"
exits 0 zhengyin-verify "$WORK/signed"
refuses exists 74 zhengyin log cosign "$WORK/signed" --witness "$(cat "$WORK/key")" --line "$WORK/line" --out "$WORK/twice"
refuses log 74 zhengyin log cosign "$WORK/old" --witness "$(cat "$WORK/key")" --line "$WORK/line" --out "$WORK/twice"
[ ! -e "$WORK/twice" ] || die "a refused cosignature was written"
ok

story "a vault that was set back is found out, and nothing is minted in it"
cp -r "$ZHENGYIN_HOME/vault" "$WORK/vault-then"
exits 0 mint --request three
exits 0 zhengyin log checkpoint --out "$WORK/new"
mv "$ZHENGYIN_HOME/vault" "$WORK/vault-now"
cp -r "$WORK/vault-then" "$ZHENGYIN_HOME/vault"
refuses log 74 zhengyin log check --from "$WORK/new"
exits 0 zhengyin log check --from "$WORK/old"
refuses log-fork 1 zhengyin log checkpoint
refuses log-fork 1 mint --request four
equal "nothing was begun" 0 "$(zhengyin check --json | jq .open_intents)"

story "two histories of the same length"
id=$(zhengyin list --all --json | jq -r 'select(.status == "valid") | .licence' | head -n 1)
refuses log-fork 1 zhengyin suspend "$id" --reason other
while [ "$(zhengyin check --json | jq .events)" -lt "$(sed -n 2p "$WORK/new")" ]; do exits 0 zhengyin history "$id"; done # looks are events
equal "as long as the other" "$(sed -n 2p "$WORK/new")" "$(zhengyin check --json | jq .events)"
refuses log 74 zhengyin log check --from "$WORK/new"
refuses log-fork 1 zhengyin log checkpoint
rm -r "$ZHENGYIN_HOME/vault"
mv "$WORK/vault-now" "$ZHENGYIN_HOME/vault"
exits 0 zhengyin log check --from "$WORK/new"
exits 0 mint --request four
done_story
