#!/bin/bash
# Signed PDFs with a revision more that changes them by chance: what we call unchanged is drawn as before by poppler.
# SEED and COUNT in the environment: another run, a longer one.
. "$(dirname "$0")/lib.sh"
cd "$WORK"
corpus=$E2E/../corpus
seed=${SEED:-1}
count=${COUNT:-40}

drawn() { pdftoppm -r 30 "$1" 2>/dev/null | sha256sum; }

# mutants FOLDER NAME
mutants() {
	local base=$corpus/$1/$2.pdf told=0 kept=0 was line file bundle=$corpus/$1/bundle.json
	[ -e "$bundle" ] || bundle=$corpus/bundle.json
	mkdir "$2"
	node "$E2E/pdf-mutate.mjs" "$base" "$seed" "$count" "$2"
	zhengyin-verify --trust "$bundle" --at 2026-03-01T00:00:00Z --json "$2"/*.pdf >lines 2>/dev/null || true
	equal "answers about $2" "$count" "$(wc -l <lines)"
	was=$(drawn "$base")
	while read -r line; do
		file=$(jq -r .input <<<"$line")
		if jq -e '.error or .indication != "TOTAL-PASSED"' <<<"$line" >/dev/null; then
			told=$((told + 1))
			continue
		fi
		kept=$((kept + 1))
		[ "$(drawn "$file")" = "$was" ] || { cp "$file" "${TMPDIR:-/tmp}"; die "$file (seed $seed) is drawn otherwise and called unchanged"; }
		ok
	done <lines
	[ "$told" -gt "$kept" ] || die "of $count changes of $2 only $told were told"
	echo "$2: $told told, $kept drawn as before"
}

story "documents whose signatures permit no change but more of them"
for name in level-lta five-signatures field-signed-and-locked certified-1-then-time-stamped store-of-lists; do mutants pades "$name"; done
for name in widgets-signed lock-2-then-field-signed; do mutants pades-locks "$name"; done
mutants pdf later-none
echo "$checks checks"
