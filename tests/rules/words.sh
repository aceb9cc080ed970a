#!/usr/bin/env bash
# The repository speaks of the project alone: no unfinished marks, no package registry hosts, no calls that take
# lengths on trust, no PIN or password option on a command line that we build.
set -eu
cd "$1"
sources=$(find base formats policies verify hsm sign ca vault licence present service -name '*.[ch]')
bad=0
if grep -nE '\b(TODO|FIXME|XXX|HACK)\b' $sources; then echo "finish it, or write down why not"; bad=1; fi
if grep -nE '\b(strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|alloca|strtok)\(' $sources; then echo "see CONTRIBUTING.md, calls we do not use"; bad=1; fi
if grep -rnE 'registry\.[a-z]+js|deb\.debian|resolved": "http' --include='*.json' --include='*.sh' --include='*.md' --include='*.txt' . --exclude-dir=node_modules --exclude-dir='build*' --exclude-dir=tests/rules | grep -v '^./tests/rules/'; then
	echo "a package registry is named"
	bad=1
fi
# without a UTF-8 locale bash writes them as they are spelled
if grep -nE '\$'"'[^']*"'\\[uU][0-9A-Fa-f]' tests/e2e/*.sh; then echo "write its octets with printf"; bad=1; fi
[ "$(echo "$sources" | wc -l)" -gt 20 ] || { echo "too few sources seen"; bad=1; }
exit $bad
