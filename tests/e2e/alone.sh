#!/bin/bash
# zhengyin-verify stands alone: it holds no function of the rooms that sign, keep or speak, calls nothing of the network and
# starts nobody, and judges the same where there is no network, nothing can be written and nothing was set.
set -euo pipefail
bin=$(cd "$1" && pwd)
tests=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
program=$bin/zhengyin-verify
checks=0

fail() {
	echo "alone.sh: $*" >&2
	exit 1
}
defined() { # FILE...: functions that are theirs
	nm --defined-only "$@" 2>/dev/null | awk '$2 ~ /[Tt]/ { print $3 }' | grep '^zy_' | sort -u
}

# other rooms' functions, by their libraries
rooms=$(find "$bin/.." -name 'libzy_*.a' | grep -vE 'libzy_(base|formats|policies|verify)\.a$')
[ "$(wc -w <<<"$rooms")" -ge 7 ] || fail "where are the libraries of the rooms?"
# shellcheck disable=SC2086
defined $rooms >theirs
defined "$program" >ours
[ "$(wc -l <ours)" -gt 200 ] && [ "$(wc -l <theirs)" -gt 200 ] || fail "no symbols to compare"
comm -12 ours theirs >both
[ ! -s both ] || fail "it holds functions of other rooms: $(head -3 both | tr '\n' ' ')"
checks=$((checks + 1))

# what it asks of the system: no socket, no other program, no module
nm -D --undefined-only "$program" | awk '{ sub(/@.*/, "", $2); print $2 }' | sort -u >asked
grep -xE 'socket|socketpair|connect|bind|listen|accept4?|send(to|msg)?|recv(from|msg)?|getaddrinfo|gethostbyname(_r)?|v?fork|exec.*|posix_spawnp?|system|popen|dlopen|dlmopen|ptrace' \
	asked >bad || true
if ! grep -q __asan_init asked; then
	[ ! -s bad ] || fail "it asks for $(tr '\n' ' ' <bad)"
	checks=$((checks + 1))
fi

# the same answers without a network, without a place to write, without an environment
judge() { # WORD...: the answers of every kind of file that the corpus has
	local got=0
	"$@" "$program" --json --trust "$tests/corpus/bundle.json" --at 2026-03-01T00:00:00Z "${files[@]}" </dev/null || got=$?
	"$@" "$program" chain --json --at 2026-03-01T00:00:00Z --anchor "$tests/corpus/chain/good.pem" \
		"$tests/corpus/chain/good.pem" </dev/null || got=$((got + $?))
	echo "$got"
}
files=()
for folder in "$tests"/corpus/*/; do
	n=0
	for file in "$folder"*; do
		case $file in *.expect | *.pem) continue ;; esac
		files+=("$file")
		n=$((n + 1))
		[ $n -lt 3 ] || break
	done
done
[ ${#files[@]} -ge 6 ] || fail "only ${#files[@]} files"
judge env >plain 2>plain.err
[ "$(wc -l <plain)" = $((${#files[@]} + 2)) ] || fail "not an answer for each file: $(cat plain.err)"
judge env -i >bare 2>bare.err
cmp -s plain bare || fail "other answers without an environment"
checks=$((checks + 2))
# the loader of the sanitizers wants more than a plain program
if unshare -rmn true 2>/dev/null && unshare -rmn mount --rbind / /mnt 2>/dev/null; then
	# shellcheck disable=SC2016
	judge unshare -rmn sh -c 'mount --rbind / /mnt && mount -o remount,ro,bind /mnt && cd /mnt && exec chroot . "$@"' sh >still 2>still.err
	cmp -s plain still || fail "other answers without network and on a file system that is read only: $(cat still.err)"
	checks=$((checks + 1))
fi
if strace -o trace true 2>/dev/null; then
	judge strace -f -qq -e trace=network,process -o trace >traced 2>traced.err
	! grep -E '^[0-9 ]*(socket|connect|bind|sendto|fork|vfork|clone3?)\(' trace || fail "it spoke to somebody, or started one"
	checks=$((checks + 1))
fi
echo "$checks checks"
