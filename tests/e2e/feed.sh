#!/usr/bin/env bash
# Consumers of the feed: each keeps its own position, is killed at any moment while others mint, and misses nothing.
. "$(dirname "$0")/lib.sh"
home
example business-licence
ROUNDS=${ZY_FEED_ROUNDS:-8}
line() { jq -c --arg r "$1" '. + {request: $r}' "$WORK/example.json"; }
# lines FILE: whole lines, without what a kill cut off
lines() { sed -n 's/^\({"seq".*}\)$/\1/p' "$1" 2>/dev/null || true; }
# until COMMAND...: waits for it, a minute at most
until_true() {
	local left=600
	until "$@"; do
		left=$((left - 1))
		[ $left -gt 0 ] || die "waited in vain: $*"
		sleep 0.1
	done
}
has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }

story "a consumer that is killed while others mint"
# batch after batch, until the consumers have died often enough
writes() {
	local batch=0
	while [ ! -e "$WORK/enough" ]; do
		batch=$((batch + 1))
		for n in $(seq 12); do line "feed-$batch-$n"; done >"$WORK/batch"
		zhengyin mint --batch "$WORK/batch" --json >>"$WORK/minted" 2>>"$WORK/mint.err" || return 1
	done
}
: >"$WORK/got"
writes &
writer=$!
position=0
for round in $(seq "$ROUNDS"); do
	: >"$WORK/part"
	zhengyin events --from $((position + 1)) --follow --json >"$WORK/part" 2>"$WORK/events.err" &
	consumer=$!
	until_true has_lines "$WORK/part" 4
	kill -9 $consumer
	wait $consumer 2>/dev/null || true
	lines "$WORK/part" >"$WORK/whole"
	cat "$WORK/whole" >>"$WORK/got"
	# it dealt with all but the last two of them when it died
	position=$(tail -n 3 "$WORK/whole" | head -n 1 | jq .seq)
done
touch "$WORK/enough"
wait $writer || die "a batch was hindered: $(cat "$WORK/mint.err")"
exits 0 zhengyin events --from $((position + 1)) --json
cat "$WORK/out" >>"$WORK/got"
exits 0 zhengyin events --json
cp "$WORK/out" "$WORK/all"
equal "every event, once by its id" "$(jq -r '"\(.seq) \(.id)"' "$WORK/all")" \
	"$(jq -r '"\(.seq) \(.id)"' "$WORK/got" | sort -n -k1,1 -u)"
equal "the same twice" "$(jq -cS . "$WORK/all")" "$(jq -cS . "$WORK/got" | sort -u | jq -cs 'sort_by(.seq)[]')"
[ "$(wc -l <"$WORK/got")" -gt "$(wc -l <"$WORK/all")" ] || die "nothing was given twice"
ok
zhengyin check >/dev/null 2>&1 || die "check"
ok

story "nobody waits for who follows"
zhengyin events --from "$(($(wc -l <"$WORK/all") + 1))" --follow --json >"$WORK/part" &
consumer=$!
for n in 1 2 3; do
	exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --request "beside-$n"
done
until_true has_lines "$WORK/part" 6
kill $consumer
wait $consumer 2>/dev/null || true
exits 0 zhengyin events --json
equal "what came" "$(tail -n +$(($(wc -l <"$WORK/all") + 1)) "$WORK/out" | jq -r .id)" "$(jq -r .id "$WORK/part")"

story "a vault that was set back is told from the one that the consumer knows"
cp "$WORK/out" "$WORK/all"
last=$(tail -n 1 "$WORK/all" | jq -r .seq)
id=$(tail -n 1 "$WORK/all" | jq -r .id)
exits 0 zhengyin events --from $((last + 1)) --after "$id" --json
exits 0 zhengyin events --from "$last" --after "$(jq -r "select(.seq == $last - 1) | .id" "$WORK/all")" --json
equal "the last" "$id" "$(jq -r .id "$WORK/out")"
refuses log-fork 1 zhengyin events --from "$last" --after "$id"
refuses log-fork 1 zhengyin events --from $((last + 2)) --after "$id"
refuses usage 64 zhengyin events --after "$id"
exits 0 zhengyin events --from $((last + 1)) --json
equal "the next one is nobody's yet" "" "$(cat "$WORK/out")"
refuses log-fork 1 zhengyin events --from $((last + 2))
refuses log-fork 1 zhengyin events --from 99999999999 --limit 1

story "who follows hears of it too"
vault=$ZHENGYIN_HOME/vault
cp -r "$vault" "$WORK/vault-then"
licence=$(zhengyin list --all --json | jq -r .licence | head -n 1)
followed() { # ARGS: what follows, until it ends by itself
	: >"$WORK/part"
	zhengyin events "$@" --follow --json >"$WORK/part" 2>"$WORK/events.err" &
	consumer=$!
}
ended() { ! kill -0 $consumer 2>/dev/null; }
set_back() {
	mv "$vault" "$WORK/vault-now"
	cp -r "$WORK/vault-then" "$WORK/vault-back"
	mv "$WORK/vault-back" "$vault"
}
told() {
	until_true ended
	equal "told" log-fork "$(tail -n 1 "$WORK/part" | jq -r .error.code)"
	rm -r "${vault:?}"
	mv "$WORK/vault-now" "$vault"
}
followed --from $((last + 1))
exits 0 zhengyin suspend "$licence" --reason inquiry
until_true has_lines "$WORK/part" 1
set_back
told
# in the same place lies another event
exits 0 zhengyin resume "$licence" --reason cleared
followed --from $((last + 2))
until_true has_lines "$WORK/part" 1
kill -STOP $consumer
set_back
exits 0 zhengyin history "$licence" # looks are events
exits 0 zhengyin history "$licence"
kill -CONT $consumer
told
done_story
