#!/usr/bin/env bash
# The life of a licence after its birth: change, suspend, resume, revoke; what the vault knew at any time.
. "$(dirname "$0")/lib.sh"
home
example business-licence
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --out "$WORK/o" --json
id=$(jq -r .licence "$WORK/out")
born=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1.1

story "a change is a new version; the old one stays"
echo '{"address": "云泽市临江区望山路20号1楼"}' >"$WORK/change.json"
exits 0 zhengyin change "$id" --data "$WORK/change.json" --out "$WORK/o" --request c1 --json
new=$(jq -r .licence "$WORK/out")
equal "version" 2 "$(jq .version "$WORK/out")"
equal "same serial" "$(cut -d. -f6-8 <<<"$id")" "$(cut -d. -f6-8 <<<"$new")"
equal "version segment" 002 "$(cut -d. -f9 <<<"$new")"
exits 0 zhengyin-verify "$WORK/o/$new.ofd" "$WORK/o/$new.pdf" "$WORK/o/$id.ofd"
exits 0 zhengyin show "$id" --json
equal "newest" 2 "$(jq .version "$WORK/out")"
equal "address" "云泽市临江区望山路20号1楼" "$(jq -r .data.address "$WORK/out")"
equal "the rest stays" "$(jq -r .business_scope "$WORK/data.json")" "$(jq -r .data.business_scope "$WORK/out")"
exits 0 zhengyin show "$id" --version 1 --json
equal "status of version 1" superseded "$(jq -r .status "$WORK/out")"
exits 0 zhengyin show "$id" --at "$born" --json --out "$WORK/then"
equal "as of then" 1 "$(jq .version "$WORK/out")"
equal "status as of then" valid "$(jq -r .status "$WORK/out")"
cmp "$WORK/then/$id.pdf" "$WORK/o/$id.pdf" || die "the stored file differs from the one handed out"
exits 0 zhengyin change "$id" --data "$WORK/change.json" --request c1 --json
equal "the same change again" "$new" "$(jq -r .licence "$WORK/out")"
echo '{"address": 7}' >"$WORK/bad.json"
refuses field-type 65 zhengyin change "$id" --data "$WORK/bad.json"

story "suspend, resume, revoke"
exits 64 zhengyin suspend "$id"
exits 0 zhengyin suspend "$id" --reason inspection
exits 0 zhengyin show "$id" --json
equal "status" suspended "$(jq -r .status "$WORK/out")"
equal "reason" inspection "$(jq -r .reason "$WORK/out")"
refuses state 1 zhengyin suspend "$id" --reason again
refuses state 1 zhengyin wallet enrol "$id"
refuses state 1 zhengyin change "$id" --data "$WORK/change.json"
exits 0 zhengyin resume "$id" --reason passed
refuses state 1 zhengyin resume "$id" --reason again
exits 0 zhengyin revoke "$id" --reason closed-down
refuses state 1 zhengyin resume "$id" --reason sorry
refuses state 1 zhengyin change "$id" --data "$WORK/change.json"
exits 0 zhengyin history "$id" --json
equal "events" "intent mint intent change superseded suspended valid revoked" "$(jq -r .event "$WORK/out" | grep -v '^cancelled$' | xargs)"

story "lists by holder, and nothing for another"
exits 0 zhengyin list --holder "$HOLDER" --json
equal "of the holder" "$new" "$(jq -r .licence "$WORK/out")"
equal "of another" "" "$(zhengyin list --holder uscc:91990100MA9900X28U)"
! strings -n 8 "$ZHENGYIN_HOME/vault/data.mdb" | grep -q "${HOLDER#uscc:}" || die "the credit code lies open in the vault's file"
! strings -n 8 -e S "$ZHENGYIN_HOME/vault/data.mdb" | grep -qF "$NAME" || die "the name lies open in the vault's file"
! grep -rqF "${HOLDER#uscc:}" "$ZHENGYIN_HOME/run" || die "a holder's number is in a log"
done_story
