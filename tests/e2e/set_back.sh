#!/usr/bin/env bash
# A vault that is put back to a copy from before the last command is noticed, whatever that command was.
. "$(dirname "$0")/lib.sh"
home
example transport-practitioner
exits 0 zhengyin mint --type transport-practitioner --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --json
id=$(jq -r .licence "$WORK/out")

# set_back COMMAND...: it writes; then the vault of before lies there
set_back() {
	rm -rf "$WORK/before" "$WORK/after"
	cp -r "$ZHENGYIN_HOME/vault" "$WORK/before"
	exits 0 "$@"
	mv "$ZHENGYIN_HOME/vault" "$WORK/after"
	cp -r "$WORK/before" "$ZHENGYIN_HOME/vault"
}
put_right() {
	rm -r "$ZHENGYIN_HOME/vault"
	mv "$WORK/after" "$ZHENGYIN_HOME/vault"
	exits 0 zhengyin log checkpoint
	exits 0 zhengyin check --json
	equal "newest" true "$(jq .newest <"$WORK/out")"
}

story "a look, a number, a right, a status: none can be made undone"
for command in "show $id" "list --holder $HOLDER" "holder rename $HOLDER --name 周望" \
	"tenant add 990109 --name 云泽市东塘县 --under 990100" "suspend $id --reason inquiry" "resume $id --reason cleared" \
	"revoke $id --reason fraud"; do
	# shellcheck disable=SC2086
	set_back zhengyin $command
	exits 0 zhengyin check --json
	equal "newest" false "$(jq .newest <"$WORK/out")"
	refuses log-fork 1 zhengyin suspend "$id" --reason x
	refuses log-fork 1 zhengyin holder rename "$HOLDER" --name x
	refuses log-fork 1 zhengyin mint --type transport-practitioner --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json"
	refuses log-fork 1 zhengyin log checkpoint
	refuses log-fork 1 zhengyin backup "$WORK/copy-$checks"
	put_right
done
exits 0 zhengyin show "$id" --json
equal "what was said last" revoked "$(jq -r .status "$WORK/out")"

story "who only reads signs nothing"
exits 0 zhengyin list --all
signed() { zhengyin journal --token zy-soft --json | jq -s 'map(select(.use == "log")) | length'; }
before=$(signed)
for command in "list --all" events "tenant list" status; do
	# shellcheck disable=SC2086
	exits 0 zhengyin $command
done
equal "checkpoints" "$before" "$(signed)"
done_story
