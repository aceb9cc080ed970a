#!/usr/bin/env bash
# What the documents name is there: linked files, file.c:function, and the table of arrows as tests/rules/arrows.sh has it.
set -eu
cd "$1"
bad=0 links=0 names=0
complain() { echo "$*"; bad=1; }
documents=$(find . -name '*.md' -not -path '*/node_modules/*' -not -path './build*')
for document in $documents; do
	for target in $(grep -oE '\]\([^)#: ]+' "$document" | cut -c3-); do
		case $target in http*) continue ;; esac
		links=$((links + 1))
		[ -e "$(dirname "$document")/$target" ] || complain "$document points to $target"
	done
	for name in $(grep -oE '[a-z0-9_/-]+\.c:[a-z0-9_]+' "$document"); do
		names=$((names + 1))
		grep -qE "(^|[ *])${name#*:}\(" "${name%%:*}" || complain "$document: no ${name#*:} in ${name%%:*}"
	done
	for path in $(grep -oE '`(base|formats|policies|verify|hsm|sign|ca|vault|licence|present|service|tests|packaging|cmake|docs)/[A-Za-z0-9_./-]+`' "$document" | tr -d '`'); do
		case $path in *[A-Z][A-Z]*) continue ;; esac # a pattern such as tests/e2e/STORY.sh
		names=$((names + 1))
		[ -e "$path" ] || complain "$document: there is no $path"
	done
done
said() { sed -n 's/^| `\([a-z]*\)\/` | .* | \([a-z ]*\) |$/\1: \2/p' ARCHITECTURE.md | sort; }
checked() { sed -n 's/^\t\[\([a-z]*\)\]="\([a-z ]*\)"$/\1: \2/p' tests/rules/arrows.sh | sort; }
diff <(said) <(checked) || complain "ARCHITECTURE.md, section 2, and tests/rules/arrows.sh differ"
[ "$links" -gt 5 ] && [ "$names" -gt 50 ] || complain "only $links links and $names names seen: are the documents there?"
echo "$links links and $names names checked"
exit $bad
