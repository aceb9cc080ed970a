#!/bin/bash
# The PEM files of tests/corpus whose .expect says what `openssl verify` must answer, by it and by the program: the leaf
# comes first, the anchor last among the certificates, lists behind. tests/corpus/test_judged.c judges all files.
set -euo pipefail
bin=$(cd "$1" && pwd)
corpus=$(cd "$(dirname "$0")/../corpus" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
checks=0

fail() {
	echo "chain_corpus.sh: $*" >&2
	exit 1
}
split() { # FILE: certificates as 1.pem ..., crl.pem, and those between leaf and anchor as others.pem
	rm -f ./*.pem
	awk '/BEGIN CERTIFICATE/ { out = ++n ".pem" } /BEGIN X509 CRL/ { out = "crl.pem" } { print > out }
		END { print n }' "$1" >count
	read -r n <count
	[ "$n" = 2 ] || for ((i = 2; i < n; i++)); do cat $i.pem; done >others.pem
}

for expect in $(grep -l '^openssl:' "$corpus"/{chain,crl}/*.expect); do
	file=${expect%.expect}.pem
	split "$file"
	options=(--anchor "$n.pem")
	ossl=(-CAfile "$n.pem")
	[ ! -f others.pem ] || { options+=(--untrusted others.pem) && ossl+=(-untrusted others.pem); }
	[ ! -f crl.pem ] || { options+=(--crl crl.pem) && ossl+=(-CRLfile crl.pem); }
	while IFS=: read -r name value; do
		value=${value# }
		case $name in
		at) options+=(--at "$value") && [ "$value" = 2026-03-01T00:00:00Z ] ;;
		indication) indication=$value ;;
		all) options+=(--all) ;;
		purpose | policy) options+=("--$name" "$value") ;;
		openssl) read -r want flags <<<"$value" ;;
		esac
	done <"$expect"
	"$bin/zhengyin-verify" chain --json "${options[@]}" 1.pem >out || true
	grep -q "\"indication\":\"$indication\"" out || fail "$file: $(cat out)"
	got=ok
	# shellcheck disable=SC2086
	openssl verify -attime 1772323200 "${ossl[@]}" $flags 1.pem >ossl 2>&1 || got=fails
	[ $got = "$want" ] || fail "$file: openssl says otherwise: $(cat ossl)"
	checks=$((checks + 2))
done
[ $checks -gt 250 ] || fail "only $checks checks"
echo "$checks checks"
