#!/usr/bin/env bash
# Backups while others mint; restores that are proved; what is older than it must be is refused.
. "$(dirname "$0")/lib.sh"
home
example business-licence
mint() { zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" "$@"; }
member() { jq -r "$1" <"$WORK/out"; }

story "a backup beside a batch that mints"
exits 0 mint --request one --out "$WORK/lic" --json
id=$(member .licence)
seq 1 60 | jq -c --slurpfile e "$WORK/example.json" '$e[0] + {request: "batch-\(.)"}' >"$WORK/batch.jsonl"
zhengyin mint --batch "$WORK/batch.jsonl" >"$WORK/batch.out" 2>&1 &
batch=$!
exits 0 zhengyin backup "$WORK/copy" --json
equal "whole" true "$(member .whole)"
exits 0 zhengyin check --json
wait "$batch" || die "the batch"
ok
exits 0 zhengyin backup "$WORK/copy" --json
parts=$(member .parts)
exits 0 zhengyin backup "$WORK/copy" --json
equal "nothing new, no part" "$parts" "$(member .parts)"
equal "all events" "$(zhengyin check --json 2>/dev/null | jq .events)" "$(member .events)"
mkdir "$WORK/foreign" && touch "$WORK/foreign/x"
refuses exists 74 zhengyin backup "$WORK/foreign"

story "who steals it learns nothing"
digests() { for h in md5sum sha1sum sha256sum; do printf %s "$1" | $h | cut -d' ' -f1; done; printf %s "$1" | openssl dgst -sm3 -r | cut -d' ' -f1; }
hex() { od -An -tx1 -v "$@" | tr -d " \n"; }
number=${HOLDER#*:}
for text in "$NAME" "$number" "$(jq -r .address "$WORK/data.json")"; do
	for enc in UTF-8 UTF-16LE UTF-16BE GB18030; do
		printf %s "$text" | iconv -f UTF-8 -t $enc | hex >>"$WORK/needles"
		echo >>"$WORK/needles"
	done
	printf %s "$text" | base64 -w0 | tr -d = | sed 's/..$//' | tr -d '\n' | hex >>"$WORK/needles"
	echo >>"$WORK/needles"
	for d in $(digests "$text") $(digests "uscc$text") $(digests "uscc:$text"); do
		echo "$d" >>"$WORK/needles"
		printf %s "$d" | hex >>"$WORK/needles"
		echo >>"$WORK/needles"
	done
done
for f in "$ZHENGYIN_HOME"/vault/* "$WORK"/copy/parts/* "$WORK/copy/backup"; do
	hex "$f" >"$WORK/hex"
	! grep -qFf "$WORK/needles" "$WORK/hex" || die "$f holds a name, a number or a hash of them"
	! grep -qaE '%PDF-|Doc_0|PK..Document' "$f" || die "$f holds a document"
done
ok
printf %s "$NAME" >"$WORK/plain"
hex "$WORK/plain" >"$WORK/hex"
grep -qFf "$WORK/needles" "$WORK/hex" || die "the search finds nothing"
ok

story "a vault that is lost comes back, and minting goes on"
exits 0 zhengyin log checkpoint --out "$WORK/kept"
refuses exists 74 zhengyin restore "$WORK/copy"
head=$(zhengyin journal --token zy-tpm --check --json | jq -r .head)
mv "$ZHENGYIN_HOME/vault" "$WORK/lost"
refuses vault-absent 69 zhengyin show "$id"
exits 0 zhengyin restore "$WORK/copy" --checkpoint "$WORK/kept" --json
equal "lost" 0 "$(member .lost)"
exits 0 zhengyin journal --token zy-tpm --check --since "$head"
exits 0 zhengyin show "$id" --out "$WORK/again" --json
cmp "$WORK/lic/$id.ofd" "$WORK/again/$id.ofd" && cmp "$WORK/lic/$id.pdf" "$WORK/again/$id.pdf" || die "other files"
exits 0 mint --request two --json
exits 0 zhengyin check
refuses backup 74 zhengyin backup "$WORK/copy"

story "older than a checkpoint that was kept"
exits 0 zhengyin log checkpoint --out "$WORK/newer"
mv "$ZHENGYIN_HOME/vault" "$WORK/newest"
refuses backup 74 zhengyin restore "$WORK/copy" --checkpoint "$WORK/newer"
[ ! -e "$ZHENGYIN_HOME/vault" ] && [ ! -e "$ZHENGYIN_HOME/vault.restore" ] || die "a refused restore left something"
ok
exits 0 zhengyin restore "$WORK/copy" --checkpoint "$WORK/newer" --accept-loss --json
[ "$(member .lost)" -gt 0 ] && grep -q "^lost: events" "$WORK/err" || die "the loss is not named"
ok
exits 0 zhengyin list --all
refuses log-fork 1 mint --request three
rm -r "$ZHENGYIN_HOME/vault"
mv "$WORK/newest" "$ZHENGYIN_HOME/vault"
exits 0 mint --request three

story "back to a moment, and what was changed in a backup"
exits 0 zhengyin backup "$WORK/second" --json
at=$(member .events)
exits 0 zhengyin suspend "$id" --reason inquiry
exits 0 zhengyin backup "$WORK/second" --json
mv "$ZHENGYIN_HOME/vault" "$WORK/now"
exits 0 zhengyin restore "$WORK/second" --position "$at" --json
equal "events" "$at" "$(member .events)"
equal "as it was" valid "$(zhengyin list --all --json | jq -r --arg id "$id" 'select(.licence == $id) | .status')"
rm -r "$ZHENGYIN_HOME/vault"
cp -r "$WORK/second" "$WORK/forged"
sed -i '1s/"form":1/"form":1,"x":0/' "$WORK/forged/backup"
refuses backup 74 zhengyin restore "$WORK/forged"
cp "$WORK/second/backup" "$WORK/forged/backup"
flip "$WORK/forged/parts/000001" 5000 2>/dev/null || printf '\377' | dd of="$WORK/forged/parts/000001" bs=1 seek=5000 conv=notrunc 2>/dev/null
refuses backup 74 zhengyin restore "$WORK/forged"
mv "$WORK/now" "$ZHENGYIN_HOME/vault"

story "a home on a new disk: files, tokens, vault; counts of seals are the signer's"
head=$(zhengyin journal --token zy-tpm --check --json | jq -r .head)
exits 0 zhengyin down
mv "$ZHENGYIN_HOME" "$WORK/old-home"
exits 69 zhengyin restore "$WORK/second" --json
cp -r "$WORK/old-home/tokens" "$WORK/old-home/root" "$ZHENGYIN_HOME/"
exits 0 zhengyin up
exits 0 zhengyin journal --token zy-tpm --check --since "$head"
exits 0 zhengyin restore "$WORK/second" --json
exits 0 zhengyin show "$id"
exits 0 zhengyin check
done_story
