#!/usr/bin/env bash
# A seal stands where it was put on what is seen of a page, upright and as large as it is: pages that are turned, cropped,
# begin elsewhere, or count in other units, as poppler draws them.
. "$(dirname "$0")/lib.sh"
home
seal=$(jq -r '.seals[0].esID' "$ZHENGYIN_HOME/policies/seals.json")
item=$(jq -r '.seals[0].items[0]' "$ZHENGYIN_HOME/policies/seals.json")
place() { node "$E2E/seal-place.mjs" "$@"; }
near() { # WHAT "X Y W H upright" GOT: within one hundredth
	local i want=($2) got=($3)
	for i in 0 1 2 3; do
		[ $((${got[i]} - ${want[i]})) -le 1 ] && [ $((${want[i]} - ${got[i]})) -le 1 ] || die "$1: $3 instead of $2"
	done
	equal "$1" "${want[4]}" "${got[4]}"
}
# drawn NAME ATTRIBUTES "X Y W H" [FIELD] OPTION...: where the seal is, in hundredths of the page as it is seen
drawn() {
	local name=$1 attributes=$2 want=$3 field=$4
	shift 4
	place make "$WORK/$name.pdf" "$attributes" ${field:+"$field"}
	exits 0 zhengyin seal sign --seal "$seal" --item "$item" "$@" "$WORK/$name.pdf" --out "$WORK/$name-sealed.pdf"
	pdftoppm -r 72 -cropbox -singlefile "$WORK/$name-sealed.pdf" "$WORK/$name" 2>"$WORK/poppler"
	near "$name" "$want upright" "$(place red "$WORK/$name.ppm")"
}

story "in the lower right corner, 42 mm wide and 20 mm from the edges"
drawn plain "/MediaBox [0 0 595.28 841.89]" "70 79 20 14" ""
drawn turned-90 "/MediaBox [0 0 595.28 841.89] /Rotate 90" "79 70 14 20" ""
drawn turned-180 "/MediaBox [0 0 595.28 841.89] /Rotate 180" "70 79 20 14" ""
drawn turned-270 "/MediaBox [0 0 595.28 841.89] /Rotate 270" "79 70 14 20" ""
drawn elsewhere "/MediaBox [-100 -200 495.28 641.89]" "70 79 20 14" ""
drawn cropped "/MediaBox [0 0 595.28 841.89] /CropBox [100 200 397.64 620.945]" "40 59 40 28" ""
drawn cropped-and-turned "/MediaBox [-50 -50 595.28 841.89] /CropBox [100 200 397.64 620.945] /Rotate 90" "59 40 28 40" ""
drawn cropped-beyond-the-page "/MediaBox [0 0 595.28 841.89] /CropBox [-500 -500 2000 2000]" "70 79 20 14" ""
drawn larger-units "/MediaBox [0 0 297.64 420.945] /UserUnit 2" "70 79 20 14" ""
drawn huge "/MediaBox [0 0 5952.8 8418.9]" "97 98 2 1" ""

story "and where --box says"
drawn box "/MediaBox [0 0 595.28 841.89]" "10 10 20 14" "" --box 21,29.7,42,42
drawn box-turned "/MediaBox [0 0 595.28 841.89] /Rotate 270" "10 10 14 20" "" --box 29.7,21,42,42
drawn box-of-larger-units "/MediaBox [0 0 297.64 420.945] /UserUnit 2" "10 10 20 14" "" --box 21,29.7,42,42
drawn small-page "/MediaBox [0 0 60 60]" "5 5 90 90" "" --box 1,1,19,19
place make "$WORK/tiny.pdf" "/MediaBox [0 0 60 60]"
refuses pdf 65 zhengyin seal sign --seal "$seal" --item "$item" "$WORK/tiny.pdf" --out "$WORK/tiny-sealed.pdf"

story "in a field of the document, as large as fits, in its middle"
drawn field "/MediaBox [0 0 600 800]" "25 25 17 12" "100 500 300 600" --field Here
drawn field-turned "/MediaBox [0 0 600 800] /Rotate 90" "62 25 12 17" "100 500 300 600" --field Here
done_story
