#!/usr/bin/env bash
# The published log as a monitor sees it: every tile, growth, answers of mints; what is published never goes back.
. "$(dirname "$0")/lib.sh"
home
bundle=$ZHENGYIN_HOME/trust/bundle.json
example business-licence
pub=$WORK/pub
monitor() { node "$E2E/monitor.mjs" "$@"; }
follow() { monitor follow "$pub" "$bundle" "$WORK/state"; }
member() { jq -r "$1" <"$WORK/out"; }
batch() { # FROM TO: answers go to $WORK/answers
	seq "$1" "$2" | jq -c --slurpfile e "$WORK/example.json" '$e[0] + {request: "publish-\(.)"}' >"$WORK/batch"
	exits 0 zhengyin mint --batch "$WORK/batch" --json
	cat "$WORK/out" >>"$WORK/answers"
}
export_it() {
	exits 0 zhengyin log export "$pub" "$@" --json
	size=$(member .size)
	written=$(member .tiles)
}

story "a monitor follows growth, from partial tiles to full ones and a level above"
for upto in 1 40 100 101 102 180; do
	batch $((${before:-0} + 1)) $upto
	before=$upto
	was=${size:-0}
	export_it
	equal "followed" "$size after $was, signed by p256,sm2" "$(follow)"
	cp "$pub/checkpoint" "$WORK/kept-$size"
done
for old in "$WORK"/kept-*; do
	exits 0 zhengyin log prove --from "$old" --to "$pub/checkpoint" --out "$WORK/grown"
	equal "by other tools" "$size from ${old##*-}" "$(monitor grown "$pub" "$WORK/grown" "$old")"
	exits 0 zhengyin-verify --json --log-proof "$WORK/grown" "$old"
	equal "by ours" "log-grown" "$(member '.findings[].code')"
	exits 0 zhengyin-verify --json --log-files "$pub" "$old"
	equal "the whole of it" "log-grown" "$(member '.findings[].code')"
done
exits 0 zhengyin log prove --from "$WORK/kept-$size" --json
equal "as it is now" "$size $size" "$(member '[.from.size, .size] | join(" ")')"
refuses usage 64 zhengyin log prove --to "$WORK/kept-$size"
refuses usage 64 zhengyin log prove
refuses usage 64 zhengyin log prove --from "$pub/checkpoint" --to "$(printf "%s\n" "$WORK"/kept-* | sort -V | head -n 1)"
[ "$size" -gt 256 ] || die "no tile is full"
ok
equal "answers of all mints" "180 entries" "$(monitor answers "$pub" "$WORK/answers")"
equal "partial tiles of then" 1 "$(find "$pub/tile/entries/000.p" -type f | grep -c "/$was\$")"
export_it
equal "nothing new" "0 $size" "$written $size"
[ ! -e "$pub/tile/0/000.p" ] || die "partial tiles stay for ever"
ok
[ -e "$pub/tile/0/001.p/$((size - 256))" ] || die "the partial tile in use is gone"
equal "nothing is left over" "" "$(find "$WORK/pub" -name '*part*')"

story "what was published and changed since is found and mended"
cp -r "$pub" "$WORK/copy"
truncate -s 8000 "$pub/tile/0/000"
export_it
equal "one that was cut off" 1 "$written"
printf x | dd of="$pub/tile/entries/000" bs=1 seek=77 conv=notrunc 2>/dev/null
exits 1 zhengyin-verify --json --log-files "$pub" "$WORK/kept-$size"
equal "found from outside" "log-files" "$(member '.findings[].code')"
export_it
equal "not looked for" 0 "$written"
export_it --all
equal "looked for" 1 "$written"
diff -r "$pub" "$WORK/copy" -x checkpoint || die "not as before"
equal "followed" "$size after $size, signed by p256,sm2" "$(follow)"

story "two exports at once, and one that is killed"
batch 181 182
zhengyin log export "$pub" --json >"$WORK/one" &
one=$!
zhengyin log export "$pub" --json >"$WORK/two" || die "the second export"
wait $one || die "the first export"
follow >/dev/null || die "two at once"
for n in 1 2 3 4 5; do
	batch $((182 + n)) $((182 + n))
	rm -rf "$WORK/fresh"
	zhengyin log export "$WORK/fresh" >/dev/null 2>&1 &
	one=$!
	until [ -e "$WORK/fresh/tile" ] || ! kill -0 $one 2>/dev/null; do :; done
	kill -9 $one 2>/dev/null || true
	wait $one 2>/dev/null || true
	exits 0 zhengyin log export "$WORK/fresh"
	monitor follow "$WORK/fresh" "$bundle" "$WORK/fresh.state" >/dev/null || die "after a kill"
	rm "$WORK/fresh.state"
done
export_it
follow >/dev/null || die "after all"
ok

story "what is published never goes back, and is of one log"
cp -r "$ZHENGYIN_HOME/vault" "$WORK/vault-then"
exits 0 zhengyin suspend "$(jq -r .licence "$WORK/answers" | head -n 1)" --reason inquiry
export_it
cp -r "$pub" "$WORK/last"
rm -r "$ZHENGYIN_HOME/vault"
mv "$WORK/vault-then" "$ZHENGYIN_HOME/vault"
refuses log-fork 1 zhengyin log export "$pub"
refuses log-fork 1 zhengyin suspend "$(jq -r .licence "$WORK/answers" | tail -n 1)" --reason other
refuses log-fork 1 zhengyin log prove --from "$pub/checkpoint"
exits 1 zhengyin-verify --json --log-files "$WORK/copy" "$pub/checkpoint"
equal "fewer than were signed" "log-consistency" "$(member '.findings[].code')"
exits 64 zhengyin-verify --log-files "$pub"
exits 74 zhengyin-verify --log-files "$WORK/nowhere" "$pub/checkpoint"
refuses log 74 zhengyin log prove --from "$pub/checkpoint" --to "$pub/checkpoint"
diff -r "$pub" "$WORK/last" || die "a refused export changed something"
printf 'log.example/other\n1\n%s\n\n— log.example/other AAAAAAAA\n' "$(sed -n 3p "$pub/checkpoint")" >"$pub/checkpoint"
refuses log-fork 1 zhengyin log export "$pub"
echo "not found" >"$pub/checkpoint"
refuses log-fork 1 zhengyin log export "$pub"
done_story
