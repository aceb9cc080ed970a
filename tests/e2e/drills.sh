#!/usr/bin/env bash
# Drills told in steps: each goes through, says how long it took, and leaves nothing behind.
. "$(dirname "$0")/lib.sh"

for name in log-fork restore key; do
	story "drill $name"
	exits 0 zhengyin drill $name --json
	head -n -1 "$WORK/out" >"$WORK/steps"
	equal "each step is good" true "$(jq -s 'all(.good) and length >= 8' "$WORK/steps")"
	equal "the sum" "$(wc -l <"$WORK/steps") 0" "$(tail -n 1 "$WORK/out" | jq -r '"\(.requests) \(.failed)"')"
	equal "timed" true "$(tail -n 1 "$WORK/out" | jq '.seconds > 0 and .longest_pause_ms > 0')"
	made=$(sed -n 's/^making the home //p' "$WORK/err")
	[ -n "$made" ] && [ ! -e "$made" ] || die "left behind: $made"
	ok
done
refuses usage 64 zhengyin drill log-fork --seconds 3
refuses usage 64 zhengyin drill fork
done_story
