#!/usr/bin/env bash
# A licence with the proof that the log holds it, in one package; and packages that lie.
. "$(dirname "$0")/lib.sh"
home
example business-licence
mint() { zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --json "$@"; }
refuses usage 64 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --package
refuses usage 64 zhengyin show 1 --package --secret --out "$WORK/a"
exits 0 mint --out "$WORK/a" --package --request one
id=$(jq -r .licence "$WORK/out") package=$(jq -r .package "$WORK/out")
exits 0 mint --out "$WORK/b" --package
other=$(jq -r .licence "$WORK/out")
export ZY_TRUST=$ZHENGYIN_HOME/trust/bundle.json
judged() { zhengyin-verify --trust "$ZY_TRUST" --json "$@"; }
# fails CODE FILE: TOTAL-FAILED with that finding
fails() {
	exits 1 judged "$2"
	jq -e --arg c "$1" '.findings | map(.code) | index($c)' "$WORK/out" >/dev/null || die "no $1: $(jq -c '[.findings[].code]' "$WORK/out")"
	ok
}

story "what it holds"
equal "entries" "$id.ofd $id.pdf $id.tlog-proof" "$(unzip -Z1 "$package" | xargs)"
unzip -q "$package" -d "$WORK/x"
for f in ofd pdf tlog-proof; do cmp "$WORK/x/$id.$f" "$WORK/a/$id.$f"; done
pdfsig "$WORK/x/$id.pdf" | grep -q "Signature is Valid" || die "the PDF inside, before poppler"
exits 0 judged "$package"
equal "format" licence-package "$(jq -r .format "$WORK/out")"
equal "signatures" "ses-v4 pades log" "$(jq -r '.signatures[].kind' "$WORK/out" | xargs)"
[ "$(jq .licence.log_index "$WORK/out")" != null ] || die "no index"
exits 0 mint --out "$WORK/again" --package --request one
cmp "$WORK/x/$id.pdf" "$WORK/again/$id.pdf"
exits 0 judged "$WORK/again/$id.zip"
exits 0 zhengyin show "$id" --out "$WORK/shown" --package --json
exits 0 judged "$(jq -r .package "$WORK/out")"
refuses usage 64 zhengyin show "$id" --package
zhengyin policy example --line business-licence | jq -c '.request = "batch-1"' >"$WORK/line"
exits 0 zhengyin mint --batch "$WORK/line" --out "$WORK/c" --package
exits 0 judged "$(jq -r .package "$WORK/out")"
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --form pdf --out "$WORK/d" --package --json
exits 0 judged "$(jq -r .package "$WORK/out")"

story "packages that lie"
pack() { # FILE...: a package of these, in this order
	rm -f "$WORK/p.zip"
	(cd "$WORK/x" && zip -q -X -0 "$WORK/p.zip" "$@")
}
cp "$WORK/b/$other".* "$WORK/x"
pack "$id.ofd" "$id.pdf" "$id.tlog-proof"
exits 0 judged "$WORK/p.zip"
pack "$id.ofd" "$id.pdf"
fails package-proof "$WORK/p.zip"
pack "$id.tlog-proof"
fails package-empty "$WORK/p.zip"
pack "$id.ofd" "$id.tlog-proof" "$other.tlog-proof"
fails package-stranger "$WORK/p.zip"
pack "$id.ofd" "$other.pdf" "$id.tlog-proof"
fails package-stranger "$WORK/p.zip"
pack "$id.pdf" "$id.ofd" "$id.tlog-proof"
fails package-stranger "$WORK/p.zip"
echo '<script>' >"$WORK/x/readme.html"
pack "$id.ofd" "$id.tlog-proof" readme.html
fails package-stranger "$WORK/p.zip"
cp "$WORK/x/$other.tlog-proof" "$WORK/swapped"
mkdir "$WORK/y" && cp "$WORK/x/$id".* "$WORK/y"
swap() { # NAME FILE: FILE in the place of NAME
	cp "$WORK/y/$id".* "$WORK/x"
	cp "$2" "$WORK/x/$1"
	pack "$id.ofd" "$id.pdf" "$id.tlog-proof"
}
swap "$id.tlog-proof" "$WORK/swapped"
fails log-other "$WORK/p.zip"
swap "$id.pdf" "$WORK/x/$other.pdf"
fails package-other "$WORK/p.zip"
equal "its proof, too" true "$(jq '[.findings[].code] | index("log-other") != null' "$WORK/out")"
equal "no index" null "$(jq .licence.log_index "$WORK/out")"
swap "$id.tlog-proof" "$WORK/line"
fails package-proof "$WORK/p.zip"
head -c 9000000 /dev/zero >"$WORK/large"
swap "$id.tlog-proof" "$WORK/large"
exits 65 judged "$WORK/p.zip"
(cat "$WORK/y/$id.tlog-proof" && echo smuggled) >"$WORK/longer"
swap "$id.tlog-proof" "$WORK/longer"
exits 1 judged "$WORK/p.zip"
cat "$package" "$WORK/line" >"$WORK/p.zip"
exits 65 judged "$WORK/p.zip"
# an OFD package with such an entry is none of these, and still judged as OFD
cp "$WORK/y/$id.ofd" "$WORK/q.zip" && (cd "$WORK/y" && zip -q -X -0 "$WORK/q.zip" "$id.tlog-proof")
exits 1 judged "$WORK/q.zip"
equal "an OFD with a proof in it" ofd "$(jq -r .format "$WORK/out")"
done_story
