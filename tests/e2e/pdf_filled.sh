#!/bin/bash
# Forms that our seal certifies and iText and PDFBox fill in: what was permitted passes, and is signed again.
. "$(dirname "$0")/lib.sh"
home
cd "$WORK"
jars=/usr/share/java
export CLASSPATH=$WORK/classes
for jar in itext5 pdfbox2 fontbox2 commons-logging bcprov bcpkix bcutil; do
	CLASSPATH=$CLASSPATH:$jars/$jar.jar
done
javac -encoding UTF-8 -d classes "$E2E"/signers/Form.java 2>javac.log || { cat javac.log; die "javac"; }
java Form make classic.pdf
java Form make packed.pdf packed
cp "$E2E/../corpus/pdf/by-reportlab-form.pdf" reportlab.pdf
item=$(jq -r '.seals[0].items[0]' "$ZHENGYIN_HOME/policies/seals.json")
other=$(jq -r '.seals[1].items[0]' "$ZHENGYIN_HOME/policies/seals.json")
certify() { exits 0 zhengyin seal sign --seal 99010000000001 --item "$item" --box 20,230,40,40 "$1.pdf" --certify "$2" --out "$1-$2.pdf"; }

# filled FILE WARNING: what another program filled in passes, with this finding above an info or none
filled() {
	exits 0 zhengyin-verify --json "$1"
	equal "findings of $1" "$2" "$(jq -r '[.findings[] | select(.severity != "info") | .code] | unique | join(",")' out)"
}

fill() { java Form "$@" >java.log 2>&1 || { cat java.log; die "Form $*"; }; }

# changed FILE
changed() {
	exits 1 zhengyin-verify --json "$1"
	equal "finding of $1" changed-after-signing "$(jq -r '[.findings[] | select(.severity == "fail") | .code] | unique | join(",")' out)"
}

long="Two lines of terms that are long enough to be wrapped in the box of this text"
set -- buyer "Li Lei 12" terms "$long" comb 123456 kind 2 list 2 agreed Yes
for base in classic packed reportlab; do certify $base 2; done
certify classic 1

story "fields of each kind, filled in by iText; of a box it draws the mark anew"
for base in classic packed; do
	fill itext $base-2.pdf it-$base "$@"
	for field in buyer terms comb kind list; do filled it-$base-$field.pdf ""; done
	filled it-$base-agreed.pdf field-drawn-otherwise
done
fill itext reportlab-2.pdf it-reportlab buyer "Li Lei"
filled it-reportlab-buyer.pdf ""

story "the same by PDFBox, which adds fonts to the form"
fill pdfbox packed-2.pdf box "$@"
for field in buyer terms comb kind list agreed; do filled box-$field.pdf ""; done
fill pdfbox reportlab-2.pdf box-reportlab buyer "Li Lei"
grep -aq ZapfDingbats box-reportlab-buyer.pdf || die "no font was added"
filled box-reportlab-buyer.pdf ""

story "filled and then signed in its field, both hold, also for poppler"
for base in classic packed; do
	exits 0 zhengyin seal sign --seal 99010000000002 --item "$other" it-$base-buyer.pdf --field approver --out $base-both.pdf
	exits 0 zhengyin-verify --json $base-both.pdf
	equal "signatures" "2 TOTAL-PASSED" "$(jq -r '"\(.signatures | length) \([.signatures[].indication] | unique | join(","))"' out)"
	qpdf --check $base-both.pdf >qpdf.txt 2>&1 || die "qpdf: $(cat qpdf.txt)"
	equal "pdfsig" 2 "$(pdfsig -nocert $base-both.pdf | grep -c 'Signature is Valid')"
done

story "filled where nothing was permitted"
fill itext classic-1.pdf one buyer "Li Lei 12"
changed one-buyer.pdf
exits 0 zhengyin seal sign --seal 99010000000001 --item "$item" --box 20,230,40,40 classic.pdf --out approved.pdf
fill itext approved.pdf approved buyer "Li Lei 12"
changed approved-buyer.pdf
fill itext classic-both.pdf twice buyer "Han Meimei"
exits 0 zhengyin-verify --json twice-buyer.pdf
echo "$checks checks"
