#!/usr/bin/env bash
# PDF documents that office programs and libraries made: sealed twice as they are, and believed by others.
. "$(dirname "$0")/lib.sh"
home
cd "$WORK"
CORPUS=$E2E/../corpus/pdf
item=$(jq -r '.seals[0].items[0]' "$ZHENGYIN_HOME/policies/seals.json")

for from in "$CORPUS"/by-*.pdf "$CORPUS"/united-by-poppler.pdf; do
	name=$(basename "$from" .pdf)
	story "$name"
	exits 0 zhengyin seal sign --seal 99010000000001 --item "$item" "$from" --out "$name-1.pdf"
	cmp -n "$(stat -c %s "$from")" "$from" "$name-1.pdf" || die "$name-1.pdf does not begin with the bytes of $name.pdf"
	exits 0 zhengyin seal sign --seal 99010000000001 --item "$item" "$name-1.pdf" --out "$name-2.pdf" --box 20,30,42,42
	exits 0 zhengyin-verify --json "$name-2.pdf"
	equal "signatures" "revision 2 of 3, whole" "$(jq -r '[.signatures[].covers] | join(", ")' out)"
	equal "nothing to warn of" "" "$(jq -r '.findings[] | select(.severity != "info") | .code' out)"
	equal "pdfsig" 2 "$(pdfsig -nocert "$name-2.pdf" | grep -c 'Signature is Valid')"
	qpdf --check "$name-2.pdf" >qpdf.txt 2>&1 || die "qpdf: $(cat qpdf.txt)"
done
done_story
