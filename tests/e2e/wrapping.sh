# The vault's wrapping key is rotated while licences are minted; the old one goes when nothing needs it any more.
. "$(dirname "$0")/lib.sh"
home
wrap=$(zhengyin key list --json | jq -r 'select(.kind == "aes256") | .token + "/" + .label')
state() { zhengyin key show "$1" --json | jq -r .state; }

story "a home with licences of many people"
zhengyin policy example --line transport-practitioner >"$WORK/line.json"
zhengyin policy example --line business-licence >>"$WORK/line.json"
for i in $(seq 1 20); do jq -c ".request = .type + \"-$i\"" "$WORK/line.json"; done >"$WORK/batch.jsonl"
zhengyin mint --batch "$WORK/batch.jsonl" --out "$WORK/minted" >"$WORK/answers" 2>"$WORK/progress"
equal "licences" 40 "$(grep -c '"licence"' "$WORK/answers")"
subjects=$(zhengyin check --json | jq .subjects)

story "a key that wraps something cannot be ordered away"
refuses key-state 1 zhengyin key retire "$wrap" --out "$WORK/retire"
[ ! -e "$WORK/retire" ] || die "the proposal was written"
echo "zy-key-1 retire pkcs11:token=zy-soft;object=vault-wrap" >"$WORK/by-hand"
exits 0 zhengyin approve request key "$WORK/by-hand" --as requester-1 --purpose "a test 测试" --out "$WORK/by-hand.order"
for who in officer-1 officer-2; do exits 0 zhengyin approve sign "$WORK/by-hand.order" --as "$who"; done
refuses key-state 1 zhengyin approve apply "$WORK/by-hand.order"
equal "still there" active "$(state "$wrap")"

story "rotated in the middle of a batch: no line fails, every key follows"
for i in $(seq 1 40); do jq -c ".request = .type + \"-again-$i\"" "$WORK/line.json"; done >"$WORK/again.jsonl"
zhengyin mint --batch "$WORK/again.jsonl" --out "$WORK/minted" >"$WORK/answers" 2>"$WORK/progress" &
batch=$!
while [ ! -s "$WORK/answers" ] && kill -0 "$batch" 2>/dev/null; do sleep 0.05; done
exits 0 zhengyin key rotate "$wrap" --json
jq -s '.[1]' "$WORK/out" >"$WORK/rewrapped"
wait "$batch" || die "the batch failed"
equal "licences" 80 "$(grep -c '"licence"' "$WORK/answers")"
equal "data keys" "$((subjects + 2))" "$(jq .data_keys "$WORK/rewrapped")"
equal "wrapped anew" "$((subjects + 2))" "$(jq .rewrapped "$WORK/rewrapped")"
equal "the old one" active "$(state "$wrap")"
equal "the new one" active "$(state "$wrap~2")"
exits 0 zhengyin key rewrap --json
equal "nothing is left" 0 "$(jq .rewrapped "$WORK/out")"
equal "what is minted now" "$wrap~2" "$(zhengyin key list --json | jq -r 'select(.kind == "aes256" and .state == "active") | .token + "/" + .label' | tail -n 1)"
exits 0 zhengyin check

story "two officers retire the old key and destroy it; the vault opens as before"
key_ordered retire "$wrap"
equal "the old one" retired "$(state "$wrap")"
exits 0 zhengyin list --all
key_ordered destroy "$wrap"
exits 0 zhengyin down
exits 0 zhengyin up
equal "the old one" destroyed "$(state "$wrap")"
exits 0 zhengyin check --json
equal "subjects" "$subjects" "$(jq .subjects "$WORK/out")"
exits 0 zhengyin show "$(zhengyin list --all --json | jq -r .licence | head -n 1)"
refuses key-state 1 zhengyin key retire "$wrap~2" --out "$WORK/retire"

story "a wrapping key planned for a day wraps nothing before it"
exits 0 zhengyin key rotate "$wrap" --on 2999-01-01 --json
equal "one answer" 1 "$(wc -l <"$WORK/out")"
exits 0 zhengyin key rewrap --json
equal "nothing to do" 0 "$(jq .rewrapped "$WORK/out")"
refuses key-state 1 zhengyin key rotate "$wrap"
exits 0 zhengyin check
done_story
