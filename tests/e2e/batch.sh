#!/usr/bin/env bash
# A batch killed again and again, and resumed: every licence once, no identifier twice, all verify.
. "$(dirname "$0")/lib.sh"
home
count=${ZY_BATCH_COUNT:-1000}
kills=4
example business-licence
zhengyin policy example --line business-licence | jq -c 'del(.request)' >"$WORK/line"
awk -v n="$count" '{ for (i = 1; i <= n; i++) { line = $0; sub(/}$/, ",\"request\":\"batch-" i "\"}", line); print line } }' "$WORK/line" >"$WORK/batch.jsonl"
equal "lines" "$count" "$(wc -l <"$WORK/batch.jsonl")"
out=$WORK/out-folder

story "$count licences, killed $kills times at random moments"
for kill in $(seq $kills); do
	before=$(find "$out" -name '*.pdf' 2>/dev/null | wc -l)
	zhengyin mint --batch "$WORK/batch.jsonl" --out "$out" >>"$WORK/answers.jsonl" 2>/dev/null &
	pid=$!
	# wait until this run has made something, then a random while more
	for _ in $(seq 600); do
		[ "$(find "$out" -name '*.pdf' 2>/dev/null | wc -l)" -gt "$before" ] && break
		kill -0 $pid 2>/dev/null || break
		sleep 0.05
	done
	sleep "0.$((RANDOM % 50 + 10))"
	kill -9 $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
	echo "   after kill $kill: $(find "$out" -name '*.pdf' | wc -l) faces"
done
exits 0 zhengyin mint --batch "$WORK/batch.jsonl" --out "$out"
cp "$WORK/out" "$WORK/last.jsonl"

story "exactly $count"
equal "answers of the last run" "$count" "$(wc -l <"$WORK/last.jsonl")"
equal "different licences" "$count" "$(jq -r .licence "$WORK/last.jsonl" | sort -u | wc -l)"
equal "different requests" "$count" "$(jq -r .request "$WORK/last.jsonl" | sort -u | wc -l)"
equal "licences in the vault" "$count" "$(zhengyin list --all | wc -l)"
exits 0 zhengyin check --json
equal "versions" "$count" "$(jq .versions "$WORK/out")"
equal "open intents" 0 "$(jq .open_intents "$WORK/out")"
# what an earlier run answered is what the last run answers
grep -v '^$' "$WORK/answers.jsonl" | head -c -1 | jq -cR 'fromjson? | [.request, .licence]' | sort -u >"$WORK/early"
jq -c '[.request, .licence]' "$WORK/last.jsonl" | sort -u >"$WORK/late"
equal "answers that changed" 0 "$(comm -23 "$WORK/early" "$WORK/late" | wc -l)"

story "all verify"
equal "OFD files" "$count" "$(find "$out" -name '*.ofd' | wc -l)"
equal "PDF files" "$count" "$(find "$out" -name '*.pdf' | wc -l)"
find "$out" \( -name '*.ofd' -o -name '*.pdf' \) -print0 | xargs -0 -n 200 -P 4 zhengyin-verify --json >"$WORK/reports.jsonl" ||
	die "not all passed: $(jq -c 'select(.indication != "TOTAL-PASSED") | [.input, .findings[0].code]' "$WORK/reports.jsonl" | head -3)"
equal "passed" $((2 * count)) "$(jq -r .indication "$WORK/reports.jsonl" | grep -c TOTAL-PASSED)"
equal "left-over parts" 0 "$(find "$out" -name '*.part-*' | wc -l)"

story "a refused line does not stop the others"
{ head -n 1 "$WORK/batch.jsonl" | sed 's/batch-1"/late-1"/'; echo '{"request":"late-2"}'; head -n 1 "$WORK/batch.jsonl" | sed 's/batch-1"/late-3"/;s/"holder":"uscc:./"holder":"uscc:8/'; } >"$WORK/mixed.jsonl"
exits 1 zhengyin mint --batch "$WORK/mixed.jsonl"
equal "minted" 1 "$(jq -r 'select(.licence) | .request' "$WORK/out" | wc -l)"
equal "refused" "credit-code json" "$(jq -r 'select(.error) | .error.code' "$WORK/out" | sort | xargs)"

story "the same request many times at once is one licence"
for _ in $(seq 16); do sed -n '1s/batch-1"/twin-1"/p' "$WORK/batch.jsonl"; done >"$WORK/twins.jsonl"
exits 0 zhengyin mint --batch "$WORK/twins.jsonl" --out "$WORK/twins"
equal "answers" 16 "$(wc -l <"$WORK/out")"
equal "licences" 1 "$(jq -r .licence "$WORK/out" | sort -u | wc -l)"
equal "different files" 2 "$(jq -r '.files[].digest' "$WORK/out" | sort -u | wc -l)"
twin=$(jq -r .licence "$WORK/out" | head -n 1)
zhengyin show "$twin" --out "$WORK/stored" >/dev/null
cmp "$WORK/stored/$twin.pdf" "$WORK/twins/$twin.pdf" || die "the file handed out is not the one stored"
ok
done_story
