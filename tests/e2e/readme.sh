#!/usr/bin/env bash
# The first session of README.md, block by block as printed, from a folder that looks like a clone after ./run.
. "$(dirname "$0")/lib.sh"
readme=$E2E/../../README.md
clone=$WORK/clone
ZHENGYIN_HOME=$clone/zhengyin-home # for lib.sh to stop it; the blocks run without the variable
mkdir "$clone"
ln -s "$(dirname "$BIN")" "$clone/build"

story "what ./run leaves behind"
exits 0 zhengyin init --demo
exits 0 zhengyin mint --batch "$BIN/../share/zhengyin/demo/licences.jsonl" --out "$ZHENGYIN_HOME/out"
exits 0 zhengyin-verify "$ZHENGYIN_HOME"/out/*.ofd "$ZHENGYIN_HOME"/out/*.pdf
equal "files that pass" 12 "$(grep -cE '[.](ofd|pdf): TOTAL-PASSED$' "$WORK/out")"

story "the blocks marked as tested"
awk '/^<!-- tested -->$/ { marked = 1; next }
	marked && /^```sh$/ { on = 1; num++; next }
	/^```$/ { on = marked = 0 }
	on
	END { print num > "/dev/stderr" }' "$readme" >"$WORK/session.sh" 2>"$WORK/blocks"
equal "blocks" "$(grep -c '^```sh$' "$readme")" "$(cat "$WORK/blocks")"
(cd "$clone" && env -u ZHENGYIN_HOME PATH="${PATH#"$BIN":}" bash -eu "$WORK/session.sh") >"$WORK/out" 2>"$WORK/err" ||
	{ cat "$WORK/out" "$WORK/err" >&2; die "the session of README.md stops"; }
ok
said() { grep -qF -- "$1" "$WORK/out" || { cat "$WORK/out" >&2; die "README.md promises: $1"; }; ok; }
said "ready to mint and verify"
said "business-licence"
said "altered.pdf: TOTAL-FAILED"
said "exit status 1"
said "version 2, suspended: inspection"
said "version 1, superseded"
said "showing: TOTAL-PASSED"
said "sound: "
said "processes stopped"
equal "what is left beside build and home" "build zhengyin-home" "$(ls "$clone" | xargs)"
done_story
