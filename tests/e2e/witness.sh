#!/usr/bin/env bash
# Witnesses: two independent processes are shown the log and sign it; what they saw otherwise they refuse.
. "$(dirname "$0")/lib.sh"
witness() { node "$E2E/witness.mjs" "$@"; }
member() { jq -r "$1" <"$WORK/out"; }
pids=()
stop_witnesses() {
	for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
}
trap 'status=$?; stop_witnesses; set +e; (exit $status); finish' EXIT

home
bundle=$ZHENGYIN_HOME/trust/bundle.json
# the log's P-256 key, as it stands in the bundle
logkey=$(jq -r .payload "$bundle" | tr '_-' '/+' | base64 -d 2>/dev/null | jq -r '.logs[] | (.key? // .)' | while read -r k; do
	[ "$(printf %s "${k#*+*+}" | base64 -d 2>/dev/null | head -c 1 | od -An -tx1 | tr -d ' ')" = 02 ] && echo "$k" && break
done)
[ -n "$logkey" ] || die "no P-256 key of a log"
start() { # NAME
	node "$E2E/witness.mjs" serve "$WORK/$1.sock" "$WORK/$1.key" "$WORK/$1.state" "$logkey" >"$WORK/$1.log" 2>&1 &
	pids+=($!)
	for _ in $(seq 600); do
		grep -q ready "$WORK/$1.log" && return
		sleep 0.1
	done
	die "witness $1 does not start"
}
for w in linxi donghe; do
	witness key "w.example/$w" "$WORK/$w.key" >"$WORK/$w.vkey"
	start $w
done
by() { echo "STATUS=$WORK/status node $E2E/witness.mjs post $WORK/$1.sock"; }
ask() { zhengyin log ask "w.example/$1" --by "$(by "$1")" "${@:2}"; }
findings() { zhengyin-verify --json "$@" 2>/dev/null | jq -r '.indication + " " + ([.findings[].code | select(startswith("log-"))] | join(","))'; }
example business-licence
mint() { zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" "$@"; }

story "the bundle names witnesses, and how many must have signed"
exits 0 mint --request one --out "$WORK/lic" --json
id=$(member .licence)
file=$WORK/lic/$id.ofd
proof=$WORK/lic/$id.tlog-proof
equal "before" "TOTAL-PASSED " "$(findings --log-proof "$proof" "$file")"
refuses not-found 1 ask linxi
refuses key 65 zhengyin trust witness "$logkey"
exits 0 zhengyin trust witness "$(cat "$WORK/linxi.vkey")"
refuses trust-bundle 65 zhengyin trust renew --least 2
exits 0 zhengyin trust witness "$(cat "$WORK/donghe.vkey")" --from 2026-01-01T00:00:00Z --least 2 --json
equal "least" "2 2" "$(member '(.witness_least | tostring) + " " + (.witnesses | length | tostring)')"
equal "a proof that no witness saw" "INDETERMINATE log-witness-few" "$(findings --log-proof "$proof" "$file")"

story "both are asked about the same checkpoint"
exits 0 ask linxi --json
equal "one of two" "1 2 0" "$(member '[.witnesses, .least, .old] | join(" ")')"
size=$(member .size)
exits 0 zhengyin log prove "$id" --out "$WORK/one.tlog-proof"
equal "one is too few" "INDETERMINATE log-witness-few" "$(findings --log-proof "$WORK/one.tlog-proof" "$file")"
exits 0 mint --request two
exits 0 ask donghe --json
equal "two of two" "2 $size" "$(member '[.witnesses, .size] | join(" ")')"
exits 0 zhengyin log prove "$id" --out "$WORK/two.tlog-proof"
equal "enough" "TOTAL-PASSED log-existed,log-witnessed" "$(findings --log-proof "$WORK/two.tlog-proof" "$file")"
exits 0 zhengyin show "$id" --out "$WORK/shown" --json
equal "show gives the same" "TOTAL-PASSED log-existed,log-witnessed" "$(findings --log-proof "$WORK/shown/$id.tlog-proof" "$file")"
equal "by other tools" "$(sed -n 's/^index //p' "$WORK/two.tlog-proof") of $size, signed by p256,sm2" \
	"$(cd "$E2E" && node log.mjs proof "$WORK/two.tlog-proof" "$bundle" "$file")"

story "what the log and its witnesses saw outlives the certificate of who signed"
expired() { # ARGS: does the verifier hold the end of a certificate against the file, years from now?
	zhengyin-verify --json --at 2046-01-01T00:00:00Z "$@" 2>/dev/null | jq '[.findings[].code | select(. == "certificate-expired")] | length > 0'
}
pdf=$WORK/lic/$id.pdf
for f in "$file" "$pdf"; do
	equal "without a proof" true "$(expired "$f")"
	equal "by the log's word alone" true "$(expired --log-proof "$proof" "$f")"
	equal "by too few witnesses" true "$(expired --log-proof "$WORK/one.tlog-proof" "$f")"
	equal "by both" false "$(expired --log-proof "$WORK/two.tlog-proof" "$f")"
done
exits 0 mint --request two --out "$WORK/lic" --json
equal "by a proof about another licence" true "$(expired --log-proof "$WORK/two.tlog-proof" "$WORK/lic/$(member .licence).ofd")"
exits 0 zhengyin show "$id" --package --out "$WORK/shown"
equal "in a package" false "$(expired "$WORK/shown/$id.zip")"

story "the published log is the one that they saw"
exits 0 zhengyin log export "$WORK/static" --json
equal "size and witnesses" "$size 2" "$(member '[.size, .witnesses] | join(" ")')"
equal "tiles by other tools" "$size, signed by p256,sm2" "$(cd "$E2E" && node log.mjs tiles "$WORK/static" "$bundle")"
equal "the lines" 4 "$(grep -c '^— ' "$WORK/static/checkpoint")"
equal "judged" "TOTAL-PASSED log-witnessed" "$(findings "$WORK/static/checkpoint")"

story "later the log has grown, and they are told from where on"
exits 0 ask linxi --json
equal "from" "$size" "$(member .old)"
grown=$(member .size)
[ "$grown" -gt "$size" ] || die "nothing new"
equal "accepted" "200 text/plain" "$(cat "$WORK/status")"
exits 0 ask donghe --old 0 --json
equal "a wrong old size is mended by the answer" "$size $grown" "$(member '[.old, .size] | join(" ")')"
exits 0 ask donghe --json
equal "nothing new: signed once more, counted once" "2 $grown" "$(member '[.witnesses, .size] | join(" ")')"

story "requests that are carried there by hand"
exits 0 mint --request three
exits 0 zhengyin log ask w.example/linxi --out "$WORK/request" --json
equal "the request" "$WORK/request" "$(member .request)"
witness post "$WORK/linxi.sock" <"$WORK/request" >"$WORK/answer"
cp "$WORK/request" "$WORK/replayed"
exits 0 zhengyin log answer w.example/linxi "$WORK/answer"
exits 0 zhengyin log ask w.example/donghe --out "$WORK/request" --old 1
STATUS=$WORK/status witness post "$WORK/donghe.sock" <"$WORK/request" >"$WORK/answer"
equal "409 says the size" "409 text/x.tlog.size $grown" "$(cat "$WORK/status" "$WORK/answer" | xargs)"
refuses witness 69 zhengyin log answer w.example/donghe "$WORK/answer"
exits 0 zhengyin log ask w.example/donghe --out "$WORK/request" --old "$grown"
witness post "$WORK/donghe.sock" <"$WORK/request" | zhengyin log answer w.example/donghe - >"$WORK/out"
refuses witness 69 zhengyin log ask w.example/linxi --by "echo no"
refuses witness 69 zhengyin log ask w.example/linxi --by "exit 3"
refuses usage 64 zhengyin log ask w.example/linxi

story "what a witness refuses, by the words of its protocol"
status() { STATUS=$WORK/status witness post "$WORK/linxi.sock" >"$WORK/answer" && cut -d' ' -f1 "$WORK/status"; }
last=$(jq .size "$WORK/linxi.state")
equal "a request again: it knows more" "409 $last" "$(status <"$WORK/replayed") $(cat "$WORK/answer")"
sed "s/^old .*/old $last/" "$WORK/replayed" | sed "s/^\($last\)\$/$((last + 1))/" >"$WORK/forged"
equal "a size that the log did not sign" 403 "$(status <"$WORK/forged")"
sed 's/^log\.example.*/log.example\/other/' "$WORK/replayed" >"$WORK/forged"
equal "another log" 404 "$(status <"$WORK/forged")"
sed "s/^old .*/old 9999999/" "$WORK/replayed" >"$WORK/forged"
equal "an old size beyond" 400 "$(status <"$WORK/forged")"

story "kept checkpoints are held against the log, and are in the backup"
exits 0 zhengyin check
exits 0 zhengyin backup "$WORK/copy"
jq -e '.files["log/witnessed"] and .files["log/asked"]' <(head -n 1 "$WORK/copy/backup") >/dev/null || die "not in the backup"
ok
cp "$ZHENGYIN_HOME/log/witnessed" "$WORK/witnessed"
sed -i '2s/$/0/' "$ZHENGYIN_HOME/log/witnessed"
refuses home-file 74 zhengyin log check
exits 74 zhengyin check
grep -q '^changed.*log/witnessed$' "$WORK/out" || die "check does not name it"
taken
refuses log 74 zhengyin log check
refuses log 74 zhengyin check
cp "$WORK/witnessed" "$ZHENGYIN_HOME/log/witnessed"
taken
exits 0 zhengyin log check

story "two histories: whoever puts everything back is found out by the witness who saw more"
exits 0 zhengyin down
mkdir "$WORK/then"
cp -r "$ZHENGYIN_HOME/vault" "$ZHENGYIN_HOME/signer" "$ZHENGYIN_HOME/log" "$WORK/then/"
exits 0 zhengyin up
exits 0 mint --request four
exits 0 mint --request five
exits 0 ask linxi
exits 0 zhengyin log checkpoint --out "$WORK/seen"
exits 0 zhengyin down
for f in vault signer log; do
	rm -r "${ZHENGYIN_HOME:?}/$f"
	cp -r "$WORK/then/$f" "$ZHENGYIN_HOME/$f"
done
exits 0 zhengyin up
exits 0 mint --request other
refuses log 74 zhengyin log check --from "$WORK/seen"
refuses log-fork 1 ask linxi --new
for n in 1 2 3; do exits 0 mint --request "other-$n"; done
refuses log 74 zhengyin log check --from "$WORK/seen"
refuses witness 69 ask linxi --new
equal "no proof leads there" 422 "$(cut -d' ' -f1 "$WORK/status")"
exits 0 ask donghe --new --json
equal "who saw nothing signs, and that is too few" "1 2" "$(member '[.witnesses, .least] | join(" ")')"
exits 0 zhengyin log prove "$(zhengyin list --all --json | jq -r .licence | tail -n 1)" --out "$WORK/forked.tlog-proof"
equal "verified by nobody" "INDETERMINATE log-witness-few" "$(findings "$WORK/forked.tlog-proof")"
done_story
