#!/usr/bin/env bash
# Every command, and whose data it is about: those of one tenant answer another tenant as if there were nothing, and
# change nothing; the others know no --tenant. A command that is not in this list fails the story.
. "$(dirname "$0")/lib.sh"
home

# of one tenant
own="mint change suspend resume revoke show list history receipts shred wallet log-prove holder-show holder-add holder-merge
holder-split holder-rename tenant-allow tenant-forbid"
# the operator's: of the whole vault, of the home, or of no vault
whole="init up down status events check backup restore journal policy seal key trust bench drill
tenant-list tenant-add log-checkpoint log-check log-loss log-export log-ask log-answer log-cosign
ca approve ceremony"

story "each command is one or the other"
commands() { # every command, a verb behind its group's name
	local name verbs
	zhengyin --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | while read -r name; do
		verbs=$(zhengyin "$name" --help | sed -n "s/^  $name \([a-z-]*\) .*/$name-\1/p")
		case $name in
		holder | tenant | log) echo "$verbs" ;;
		*) echo "$name" ;;
		esac
	done
}
known=" $(echo $own $whole) "
for name in $(commands); do
	[[ $known == *" $name "* ]] || die "$name: say in tests/e2e/tenant_commands.sh whose data it is about"
	ok
done
[ "$(commands | wc -l)" -gt 35 ] || die "too few commands seen"
for name in $own; do
	zhengyin ${name/-/ } --help | grep -q -- '--tenant CODE' || die "$name has no --tenant"
	ok
done
for name in $whole; do
	! zhengyin ${name/-/ } --help | grep -q -- '^  --tenant CODE' || die "$name has a --tenant"
	ok
done

story "what one tenant holds"
at=990101
beside=990102
example transport-practitioner
person=$HOLDER
other=citizen:990100198511210036
mint() { # HOLDER REQUEST TENANT
	exits 0 zhengyin mint --type transport-practitioner --holder "$1" --name "$NAME" --data "$WORK/fields.json" --request "$2" --tenant "$3" --json
	jq -r .licence "$WORK/out"
}
jq 'del(.[] | select(. == $name or . == $number))' --arg name "$NAME" --arg number "${HOLDER#citizen:}" "$WORK/data.json" >"$WORK/fields.json"
id=$(mint "$person" one $at)
mint "$other" two $at >/dev/null
pass=passport:CHN-E12345678
exits 0 zhengyin holder add "$pass" --to "$person" --tenant $at
exits 0 zhengyin tenant allow 990100 --tenant $at --reason inspection
state() {
	zhengyin history "$id" --tenant $at --json
	zhengyin list --all --tenant $at --json
	zhengyin holder show "$person" --tenant $at --json
	zhengyin receipts --holder "$other" --tenant $at --json | jq -c '.receipts | map(select(.what != "receipts")) | length'
}
state >"$WORK/before"

story "and another one asks for"
echo '{"address": "云泽市别处"}' >"$WORK/change.json"
as() { # COMMAND...: as the one beside it, and as the city above, which has a right and does not use it
	refuses not-found 1 zhengyin "$@" --tenant $beside
	refuses not-found 1 zhengyin "$@"
}
as change "$id" --data "$WORK/change.json"
as suspend "$id" --reason x
as resume "$id" --reason x
as revoke "$id" --reason x
as show "$id"
as history "$id"
as log prove "$id"
as wallet enrol "$id"
as receipts --holder "$person"
as receipts --holder "$pass"
as shred --holder "$person" --out "$WORK/end"
as holder show "$person"
as holder show "$pass"
as holder add passport:CHN-E00000009 --to "$person"
as holder merge "$person" "$other"
as holder split "$pass"
as holder rename "$person" --name 别名
for tenant in $beside 990100; do
	for holder in "$person" "$other" "$pass"; do
		exits 0 zhengyin list --holder "$holder" --tenant $tenant --json
		equal "nothing listed" "" "$(cat "$WORK/out")"
	done
	exits 0 zhengyin list --all --tenant $tenant --json
	equal "nothing listed" "" "$(cat "$WORK/out")"
done
refuses tenant 1 zhengyin tenant allow $at --tenant $beside --reason x
refuses state 1 zhengyin tenant forbid 990100 --tenant $beside --reason x
refuses tenant-right 1 zhengyin show "$id" --below $beside --reason x
refuses tenant 1 zhengyin show "$id" --tenant $beside --below $at --reason x
[ ! -e "$WORK/end" ] || die "a proposal of another's data"
state >"$WORK/after"
cmp "$WORK/before" "$WORK/after" || die "something changed"
ok

story "the same holder, request and number in both are two"
[ "$(mint "$person" one $beside)" != "$id" ] || die "one identifier for two"
exits 0 zhengyin holder show "$person" --tenant $beside --json
equal "one number" 1 "$(jq '.identifiers | length' "$WORK/out")"
exits 0 zhengyin holder add "$pass" --to "$person" --tenant $beside
exits 0 zhengyin list --holder "$pass" --tenant $at --json
equal "each its own" "$id" "$(jq -r .licence "$WORK/out")"
exits 0 zhengyin check
done_story
