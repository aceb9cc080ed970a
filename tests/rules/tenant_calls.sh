#!/usr/bin/env bash
# Every function of the vault's public headers that takes a handle is tried across tenants: it has a row in
# tests/property/test_tenant_calls.c. What opens or closes a handle is left out, since there is none to try it with.
set -eu
cd "$1"
# Prototypes on one line each, without comments.
prototypes=$(cat vault/include/zy/*.h | sed -z 's|/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/||g; s/\n[ \t]*/ /g; s/;/;\n/g')
handles=$(grep -oE 'zy_[a-z0-9_]+\([^;]*struct zy_vault \*[a-z]' <<<"$prototypes" | sed -E 's/^([a-z0-9_]+)\(.*/\1/' | sort -u)
bad=0
for name in $handles; do
	grep -q "{ \"$name\", " tests/property/test_tenant_calls.c && continue
	case $name in
	zy_vault_close) ;;
	*)
		echo "$name takes a vault's handle: add a row to tests/property/test_tenant_calls.c, so that no tenant sees another's data by it"
		bad=1
		;;
	esac
done
for name in $(grep -oE '\{ "zy_[a-z0-9_]+", ' tests/property/test_tenant_calls.c | grep -oE 'zy_[a-z0-9_]+'); do
	grep -qx "$name" <<<"$handles" || { echo "tests/property/test_tenant_calls.c: no header has $name"; bad=1; }
done
[ "$(wc -l <<<"$handles")" -gt 50 ] || { echo "too few functions seen"; bad=1; }
exit $bad
