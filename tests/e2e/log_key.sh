#!/usr/bin/env bash
# The log's keys are rotated: what was proved stays proved, what comes is proved by both through the overlap and then by
# the new one alone, and the log that they sign is one.
. "$(dirname "$0")/lib.sh"
LATER=$BIN/../tests/days_later
home
bundle=$ZHENGYIN_HOME/trust/bundle.json
pin=$(cat "$ZHENGYIN_HOME/trust/pin")
example business-licence
mint() { zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" "$@"; }
judge() { zhengyin-verify --trust-pin "$pin" --json "$@" >"$WORK/report" 2>/dev/null || true; }
finding() { jq -r '.indication + " " + ([.findings[] | select(.code | startswith("log-")) | .code] | join(","))' <"$WORK/report"; }
signed_by() { (cd "$E2E" && node log.mjs signers "$1" "$2"); }
logs() { jq -r .payload "$1" | tr -- '-_' '+/' | { base64 -di 2>/dev/null || true; } | jq -c '.logs[] | [.from != null, .until != null]'; }

story "before: two keys, which the bundle names until a day"
equal "in the bundle" "[false,true] [false,true]" "$(logs "$bundle" | xargs)"
exits 0 mint --request one --out "$WORK/lic" --json
id=$(jq -r .licence "$WORK/out") proof=$(jq -r .log.proof "$WORK/out")
exits 0 zhengyin log checkpoint --out "$WORK/then"
exits 0 zhengyin backup "$WORK/copy"
cp "$bundle" "$WORK/bundle-then"
equal "signed by" "p256,sm2" "$(signed_by "$WORK/then" "$bundle")"
for token in zy-soft zy-tpm; do
	equal "$token ends" "log-key" "$(zhengyin status --json | jq -r --arg k $token/log '.ends[] | select(.key == $k) | .what')"
	equal "key list says when" "$(zhengyin status --json | jq -r --arg k $token/log '.ends[] | select(.key == $k) | .until')" \
		"$(zhengyin key show $token/log --json | jq -r .ends)"
done
equal "near its end" "warning zhengyin key rotate zy-soft/log" \
	"$("$LATER" 1800 status --json 2>/dev/null | jq -r '.ends[] | select(.key == "zy-soft/log") | .alarm + " " + .mend')"
exits 0 "$LATER" 1800 key list
grep -A1 '^zy-soft/log ' "$WORK/out" | grep -q '^  warning: .*zhengyin key rotate zy-soft/log' || die "key list gives no alarm"
refuses key-state 1 zhengyin key rotate zy-soft/log --on 2020-01-01

story "a key that was planned is called off: the bundle is as it was, and nothing ends sooner"
entries() { jq -r .payload "$bundle" | tr -- '-_' '+/' | { base64 -di 2>/dev/null || true; } | jq -cS '.logs'; }
planned() { zhengyin key rotate "$1" --on "$(date -u -d '+10 days' +%Y-%m-%d)" --overlap 2 --json; }
was=$(entries)
exits 0 planned zy-tpm/log
[ "$(entries)" != "$was" ] || die "the bundle does not name the planned key"
exits 0 zhengyin key destroy zy-tpm/log~2 --confirm zy-tpm/log~2 --json
equal "state" destroyed "$(jq -r .state "$WORK/out")"
equal "in the bundle" "$was" "$(entries)"
equal "no alarm" 0 "$(zhengyin status --json | jq .warnings)"
exits 0 zhengyin log checkpoint --out "$WORK/called-off"
equal "signed by" "p256,sm2" "$(signed_by "$WORK/called-off" "$bundle")"

story "a batch is minted while both keys are rotated, and no proof fails"
zhengyin policy example --line business-licence >"$WORK/line.json"
for i in $(seq 1 40); do jq -c ".request = \"log-$i\"" "$WORK/line.json"; done >"$WORK/batch.jsonl"
zhengyin mint --batch "$WORK/batch.jsonl" --out "$WORK/batch" >"$WORK/answers" 2>/dev/null &
batch=$!
while [ ! -s "$WORK/answers" ] && kill -0 "$batch" 2>/dev/null; do sleep 0.05; done
exits 0 zhengyin key rotate zy-soft/log --overlap 2 --json
equal "the bundle that names it" "$(zhengyin trust show --json | jq .version)" "$(jq .bundle "$WORK/out")"
exits 0 zhengyin key rotate zy-tpm/log --overlap 2
wait "$batch" || die "the batch failed"
equal "licences" 40 "$(grep -c '"licence"' "$WORK/answers")"
for f in "$WORK"/batch/*.tlog-proof; do
	zhengyin-verify --trust-pin "$pin" "$f" >/dev/null || die "$f"
	zhengyin-verify --trust "$WORK/bundle-then" --trust-pin "$pin" "$f" >/dev/null || die "$f by the bundle of before"
done
ok
equal "in the bundle" "[false,true] [false,true] [true,true] [true,true]" "$(logs "$bundle" | sort | xargs)"

story "through the overlap a checkpoint carries both, for verifiers with either bundle"
exits 0 zhengyin log checkpoint --out "$WORK/between"
equal "by the new bundle" "p256,p256,sm2,sm2" "$(signed_by "$WORK/between" "$bundle")"
equal "by the old bundle" "p256,sm2" "$(signed_by "$WORK/between" "$WORK/bundle-then")"
exits 0 mint --request two --out "$WORK/lic" --json
two=$(jq -r .log.proof "$WORK/out")
equal "a proof" "p256,p256" "$(sed -n '/^log\.example/,$p' "$two" >"$WORK/note" && signed_by "$WORK/note" "$bundle")"
judge --trust "$WORK/bundle-then" "$two"
equal "by the old bundle" "TOTAL-PASSED " "$(finding)"
exits 0 zhengyin log check --from "$WORK/then"

story "the keys of before end, and the new ones go on with the same log"
for token in zy-soft zy-tpm; do key_ordered retire $token/log; done
exits 0 zhengyin log checkpoint --out "$WORK/after"
equal "signed by the new keys" "p256,sm2" "$(signed_by "$WORK/after" "$bundle")"
equal "and by no old one" "" "$(signed_by "$WORK/after" "$WORK/bundle-then")"
exits 0 mint --request three --out "$WORK/lic" --json
three=$(jq -r .log.proof "$WORK/out") file=$(jq -r '.files[0].path' "$WORK/out")
judge --log-proof "$three" "$file"
equal "a new proof" "TOTAL-PASSED " "$(finding)"
judge --trust "$WORK/bundle-then" "$three"
equal "by a bundle of before" "INDETERMINATE log-key-unknown" "$(finding)"
judge --log-proof "$proof" "$WORK/lic/$id.ofd"
equal "an old proof" "TOTAL-PASSED " "$(finding)"
judge "$WORK/then"
equal "an old checkpoint" "TOTAL-PASSED " "$(finding)"
exits 0 zhengyin log prove "$id" --out "$WORK/again.tlog-proof"
judge --log-proof "$WORK/again.tlog-proof" "$WORK/lic/$id.pdf"
equal "an old licence proved anew" "TOTAL-PASSED " "$(finding)"
judge --at 2026-01-01T00:00:00Z "$WORK/after"
equal "a key that had not begun" "log-key-dates" "$(jq -r '.findings[].code | select(startswith("log-"))' <"$WORK/report")"

story "checks, static files, witnesses, receipts, events"
for from in then between after; do exits 0 zhengyin log check --from "$WORK/$from"; done
exits 0 zhengyin log export "$WORK/static" --json
equal "tiles" "$(jq .size "$WORK/out"), signed by p256,sm2" "$(cd "$E2E" && node log.mjs tiles "$WORK/static" "$bundle")"
for from in then after; do
	(cd "$E2E" && node log.mjs witness "$WORK/$from" witness.example/linxi "$WORK/key" "$WORK/cosigned")
	exits 0 zhengyin log cosign "$WORK/$from" --witness "$(cat "$WORK/key")" --line "$WORK/cosigned" --out "$WORK/$from.signed"
	exits 0 zhengyin-verify --trust-pin "$pin" "$WORK/$from.signed"
done
exits 0 zhengyin show "$id" --json
exits 0 zhengyin events --json
equal "in the log itself" "zy-soft/log~2 activate,zy-tpm/log~2 activate,zy-tpm/log~3 activate" \
	"$(jq -r 'select(.event == "key" and (.about | test("/log~[23]$")) and .reason == "activate") | .about + " " + .reason' "$WORK/out" | sort | paste -sd,)"
exits 0 zhengyin check
exits 0 zhengyin log check

story "the new keys sign no other history either"
cp -r "$ZHENGYIN_HOME/vault" "$WORK/vault-then"
exits 0 mint --request four
mv "$ZHENGYIN_HOME/vault" "$WORK/vault-now"
cp -r "$WORK/vault-then" "$ZHENGYIN_HOME/vault"
refuses log-fork 1 zhengyin log checkpoint
rm -r "$ZHENGYIN_HOME/vault"
mv "$WORK/vault-now" "$ZHENGYIN_HOME/vault"
exits 0 zhengyin log checkpoint

story "a backup goes on across it, and what it brings back fits both checkpoints"
exits 0 zhengyin backup "$WORK/copy"
exits 0 zhengyin log checkpoint --out "$WORK/kept"
mv "$ZHENGYIN_HOME/vault" "$WORK/lost"
exits 0 zhengyin restore "$WORK/copy" --checkpoint "$WORK/then"
exits 0 zhengyin log check --from "$WORK/kept"
exits 0 mint --request five

story "once more, after a key is said to be compromised: it ends with that day"
exits 0 zhengyin key compromised zy-soft/log~2
equal "nothing signs" "over" "$(zhengyin status --json | jq -r '.ends[] | select(.what == "log-key" and (.key | startswith("zy-soft"))) | .alarm')"
exits 0 zhengyin key rotate zy-soft/log
exits 0 zhengyin log checkpoint --out "$WORK/last"
equal "signed by" "p256,sm2" "$(signed_by "$WORK/last" "$bundle")"
equal "three of one suite in the bundle" 5 "$(logs "$bundle" | wc -l)"
was=$(entries)
exits 0 planned zy-soft/log
exits 0 zhengyin key destroy zy-soft/log~4 --confirm zy-soft/log~4
equal "called off, of a key that was rotated before" "$was" "$(entries)"
equal "no alarm" 0 "$(zhengyin status --json | jq '[.ends[] | select(.what == "log-key" and .alarm != null)] | length')"
exits 0 mint --request six --out "$WORK/lic" --json
judge "$(jq -r .log.proof "$WORK/out")"
equal "proved by the third" "TOTAL-PASSED " "$(finding)"
done_story
