#!/usr/bin/env bash
# The arrows between rooms go one way: a source file includes public headers only of the rooms that its own may use,
# and private headers only of its own folder. ARCHITECTURE.md has the same table in words.
set -eu
cd "$1"
declare -A uses=(
	[base]="base"
	[formats]="base formats"
	[policies]="base policies"
	[verify]="base formats policies verify"
	[hsm]="base formats policies hsm"
	[sign]="base formats policies hsm sign"
	[vault]="base formats vault"
	[ca]="base formats policies verify hsm sign vault ca"
	[licence]="base formats policies verify hsm sign vault ca licence"
	[present]="base formats policies verify hsm sign present"
	[service]="base formats policies verify hsm sign vault ca licence present service"
)
declare -A home
for header in */include/zy/*.h; do
	name=${header##*/}
	[ -z "${home[$name]:-}" ] || { echo "two public headers are named zy/$name: ${home[$name]} and ${header%%/*}"; exit 1; }
	home[$name]=${header%%/*}
done
bad=0 seen=0
while IFS=: read -r file line text; do
	room=${file%%/*}
	header=${text#*\"zy/}
	header=${header%%\"*}
	owner=${home[$header]:-}
	seen=$((seen + 1))
	if [ -z "$owner" ]; then
		echo "$file:$line: no room has zy/$header"
		bad=1
	elif [[ " ${uses[$room]:-} " != *" $owner "* ]]; then
		echo "$file:$line: $room may not use $owner (zy/$header)"
		bad=1
	fi
done < <(grep -rnE '^#include "zy/' --include='*.c' --include='*.h' $(printf '%s\n' "${!uses[@]}") 2>/dev/null)
if grep -rnE '#include "[^"]*\.\./' --include='*.c' --include='*.h' $(printf '%s\n' "${!uses[@]}"); then
	echo "an include climbs out of its folder"
	bad=1
fi
[ "$seen" -gt 50 ] || { echo "only $seen includes seen: is the tree there?"; bad=1; }
echo "$seen includes checked"
exit $bad
