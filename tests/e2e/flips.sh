#!/usr/bin/env bash
# A byte that a disk changes in any file of the home is found by `check`, which names the file, and is served by nobody.
. "$(dirname "$0")/lib.sh"
home
H=$ZHENGYIN_HOME
mint() { # TYPE [OPTION...]
	local type=$1
	shift
	example "$type"
	exits 0 zhengyin mint --type "$type" --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" "$@" --json
}
# byte FILE PLACE: its value. put FILE PLACE VALUE
byte() { od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' '; }
put() { printf '%b' "\\x$(printf %02x "$3")" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
flips=0
# flipped FILE PLACE COMMAND...: runs it while one bit of the file is another one; answers with its status
flipped() {
	local file=$1 place=$2 was status=0
	shift 2
	was=$(byte "$file" "$place")
	put "$file" "$place" $((was ^ 1 << RANDOM % 8))
	flips=$((flips + 1))
	"$@" >"$WORK/out" 2>"$WORK/err" || status=$?
	put "$file" "$place" "$was"
	return $status
}
# finds NAME PLACE: check ends with 74 and names the file
finds() {
	local status=0
	flipped "$H/$1" "$2" zhengyin check --only files --json || status=$?
	[ $status = 74 ] || die "$1: byte $2 was changed, and check ended with $status: $(cat "$WORK/out" "$WORK/err")"
	jq -es --arg f "$1" --arg g "${1%/*}/data." \
		'map(.file // empty) | any(. == $f or (startswith($g) and ($f | startswith($g))))' <"$WORK/out" >/dev/null ||
		die "$1: byte $2 was changed, and check names $(jq -r '.file // empty' <"$WORK/out")"
}
anywhere() { echo $(((RANDOM * 32768 + RANDOM) % $1)); }

story "a home with something of everything"
mint business-licence
id=$(jq -r .licence "$WORK/out")
exits 0 zhengyin wallet enrol "$id"
exits 0 zhengyin ca timestamp --out "$WORK/stamp" "$WORK/data.json"
exits 0 zhengyin ca crl
exits 0 zhengyin key rotate zy-soft/ocsp
exits 0 zhengyin trust renew
type=$H/policies/types/transport-practitioner.json
jq '. + {secret: true}' "$type" >"$WORK/type" && cp "$WORK/type" "$type"
refuses home-file 74 zhengyin policy list
exits 74 zhengyin check
grep -q '^changed.*policies/types/transport-practitioner.json' "$WORK/out" || die "check does not name it"
refuses usage 64 zhengyin check --accept policies/seals.json
exits 0 zhengyin check --accept policies/types/transport-practitioner.json
mint transport-practitioner --secret
exits 0 zhengyin backup "$WORK/copy"
exits 0 zhengyin check
exits 0 zhengyin check --secret
for name in vault/backed-up vault/check vault-secret/data.mdb tsa/clock ca/data.sums crl/issuing-gm.crl wallet; do
	[ -e "$H/$name" ] || die "the home has no $name"
done

story "what was changed is not served"
refused() { # NAME PLACE CODE COMMAND...
	local name=$1 place=$2 code=$3 status=0
	shift 3
	flipped "$H/$name" "$place" "$@" --json || status=$?
	[ $status != 0 ] || die "$name: served by $*"
	equal "$name by $*" "$code" "$(jq -rs 'map(.error.code // empty) | last' <"$WORK/out")"
}
example business-licence
again() { refused "$1" "$2" "$3" zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json"; }
again config.json 40 home-file
again policies/types/business-licence.json 90 home-file
again policies/layouts/business-licence.json 300 home-file
again seals/99010000000001/seal.esl 5000 home-file
again seals/99010000000001/owner.pem 300 home-file
again seals/99010000000001/document.pem 301 home-file
again pki/issuing-intl.pem 120 home-file
again trust/bundle.json 3000 home-file
again trust/pin 7 home-file
refused "wallet/$(ls "$H/wallet")" 100 home-file zhengyin wallet show "$id" --fields name
refused pki/timestamp-gm.pem 99 home-file zhengyin ca timestamp --suite gm --out "$WORK/none" "$WORK/data.json"
refused pki/root-gm.pem 99 home-file zhengyin ceremony check "$H/ceremony/root.txt"
[ ! -e "$WORK/none" ] || die "a time-stamp was given out"
served=0
serial=$(openssl x509 -in "$H/pki/ocsp-gm.pem" -noout -serial | sed 's/.*=//' | tr A-F a-f)
exits 0 zhengyin ca list
cp "$WORK/out" "$WORK/list"
for page in $(seq 0 $(($(stat -c %s "$H/ca/data.mdb") / 4096 - 1))); do
	if flipped "$H/ca/data.mdb" $((page * 4096 + $(anywhere 4096))) zhengyin ca list; then
		cmp -s "$WORK/out" "$WORK/list" || die "page $page of the register: another answer"
	else
		grep -q 'error: vault-corrupt' "$WORK/err" || die "page $page of the register: $(cat "$WORK/err")"
		served=$((served + 1))
	fi
done
[ $served -gt 3 ] || die "the register serves whatever it finds"
ok

story "a byte of each file of the home, but for those that the tokens, processes and locks have"
exits 0 zhengyin down
exits 0 zhengyin check --only files --json
[ "$(jq .files.free_pages <"$WORK/out")" -gt 10 ] || die "no page is in no use"
equal "pages that were not held against their sums" 0 "$(jq .files.unheld_pages <"$WORK/out")"
equal "nobody's files" '[]' "$(jq -c .files.stray <"$WORK/out")"
files=0
while read -r name; do
	size=$(stat -c %s "$H/$name")
	case $name in
	run/* | tokens/* | root/*) continue ;; # processes; the tokens' own, which a signer's signatures are held against
	*.lock | */lock.mdb) continue ;;       # who holds what: made anew
	signer/*.journal) [ "$size" -gt 0 ] || continue ;;
	esac
	files=$((files + 1))
	case $name in
	*/data.mdb) # a byte in up to 24 pages, in use or not
		step=$((size / 4096 / 24 + 1))
		for ((page = 0; page * 4096 < size; page += step)); do
			finds "$name" $((page * 4096 + $(anywhere 4096)))
		done
		finds "$name" "$(anywhere 8192)"
		;;
	*/data.sums) # the beginning, and the sums of pages
		step=$(((size - 4096) / 8 / 24 + 1))
		for ((place = 4096 + $(anywhere 8); place < size; place += 8 * step)); do
			finds "$name" $place
		done
		for _ in 1 2 3; do finds "$name" "$(anywhere 4096)"; done
		;;
	*)
		finds "$name" 0
		finds "$name" $((size - 1))
		finds "$name" "$(anywhere "$size")"
		;;
	esac
	ok
done < <(cd "$H" && find . -type f -printf '%P\n' | sort)
[ $files -gt 70 ] || die "only $files files"
exits 0 zhengyin check --only files

story "a file that is gone, one that nobody knows, and one that nobody reads"
mv "$H/pki/root-gm.pem" "$WORK/root-gm.pem"
exits 74 zhengyin check --only files
grep -q '^missing.*pki/root-gm.pem' "$WORK/out" || die "check does not miss it"
mv "$WORK/root-gm.pem" "$H/pki/root-gm.pem"
cp "$type" "$H/policies/types/another.json"
refuses home-file 74 zhengyin policy list
exits 74 zhengyin check --only files
grep -q '^unknown.*policies/types/another.json' "$WORK/out" || die "check does not name it"
rm "$H/policies/types/another.json"
echo note >"$H/notes.txt"
exits 0 zhengyin check --only files --json
equal "nobody's files" '["notes.txt"]' "$(jq -c .files.stray <"$WORK/out")"
mv "$H/files.sums" "$WORK/files.sums"
refuses home-file 74 zhengyin policy list
exits 74 zhengyin check --only files
mv "$WORK/files.sums" "$H/files.sums"
exits 0 zhengyin check --only files
echo "$flips bytes changed in $files files"
done_story
