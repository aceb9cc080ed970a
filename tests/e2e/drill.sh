#!/bin/bash
# Keys never go away: everything that holds them is killed under load, and no request fails.
. "$(dirname "$0")/lib.sh"

story "a drill kills the TPM, the module hosts and the signers"
exits 0 zhengyin drill hsm --seconds 3 --json
tail -n 1 "$WORK/out" >"$WORK/sum.json"
equal "failed requests" 0 "$(jq .failed "$WORK/sum.json")"
equal "a pause of at most 2 s" true "$(jq '.longest_pause_ms <= 2000' "$WORK/sum.json")"
equal "there was load" true "$(jq '.requests > 500' "$WORK/sum.json")"
equal "each victim was killed" 5 "$(head -n -1 "$WORK/out" | jq -r .killed | sort -u | wc -l)"
refuses usage 64 zhengyin drill hsm --seconds 0
refuses usage 64 zhengyin drill vault

story "a home whose signer is not running says so at once"
home
exits 0 zhengyin status
exits 0 zhengyin down
begin=$(date +%s%N)
exits 69 zhengyin status
equal "in a second" true "$([ $(($(date +%s%N) - begin)) -lt 1000000000 ] && echo true)"
equal "nothing is left in run" "" "$(cd "$ZHENGYIN_HOME/run" && ls ./*.sock ./*.pid 2>/dev/null || true)"
exits 0 zhengyin up

story "minting goes on while signers are killed"
zhengyin policy example --line business-licence >"$WORK/line.json"
for i in $(seq 30); do jq -c --arg r "r-$i" '.request = $r' "$WORK/line.json"; done >"$WORK/batch.jsonl"
zhengyin mint --batch "$WORK/batch.jsonl" --out "$WORK/out-files" >"$WORK/answers.jsonl" 2>/dev/null &
batch=$!
for token in zy-soft zy-tpm; do
	kill -KILL "$(cat "$ZHENGYIN_HOME/run/$token.pid")"
done
wait $batch || die "the batch failed"
equal "all were minted" 30 "$(jq -r .licence "$WORK/answers.jsonl" | sort -u | wc -l)"
exits 0 zhengyin status

story "sign-pooled is measured with so many sessions as are asked for"
exits 0 zhengyin bench sign-pooled --sessions 2 --seconds 1 --json
equal "both tokens with two" "gm 2 intl 2" "$(jq -r '"\(.suite) \(.sessions)"' "$WORK/out" | xargs)"
refuses usage 64 zhengyin bench sign-pooled --sessions 65

story "verify is every benchmark of verification, and nothing else"
exits 0 zhengyin bench verify --seconds 1 --json
equal "names" 9 "$(jq -r 'select(.ours > 0 and .raw > 0) | .name' <"$WORK/out" | grep -c verify)"
equal "other names" "" "$(jq -r .name <"$WORK/out" | grep -v verify)"
refuses usage 64 zhengyin bench verif

story "versions by the thousand, put, opened and got, with little beyond their bytes"
exits 0 zhengyin bench vault --records 3000 --seconds 1 --json
equal "lines of bench vault" "vault-puts true vault-gets true" \
	"$(jq -r '[.name, .records >= 3000 and .ours > 0 and .raw > 0 and (.overhead_bytes // 0) < 2048 and (.open_ms // 1) > 0] | join(" ")' <"$WORK/out" | paste -sd' ')"
equal "its tables" "true" "$(jq -s '.[0].table_bytes | .blob > .event and .event > 0' <"$WORK/out")"
refuses usage 64 zhengyin bench vault --file-bytes 5000
refuses usage 64 zhengyin bench vault --records 0
done_story
