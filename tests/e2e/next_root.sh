#!/usr/bin/env bash
# The roots get their next keys, with links both ways (RFC 4210 4.4): who trusts the root of before follows to what is
# certified under the next one until the day that two officers ordered, and the old root's chains lead to the next.
# openssl judges P-256, Bouncy Castle both suites.
. "$(dirname "$0")/lib.sh"
home
pki=$ZHENGYIN_HOME/pki
bundle=$ZHENGYIN_HOME/trust/bundle.json
jars=/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar
name=$(jq -r '.departments[0].name.zh' "$ZHENGYIN_HOME/policies/departments.json")
day() { date -u -d "$1 days" +%Y-%m-%dT00:00:00Z; }
until=$(day 40)
example business-licence
mint() { zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" "$@"; }
ordered() { # PLAN RECORD [OPTION...]
	local order=$WORK/order-$RANDOM$RANDOM
	zhengyin approve request ceremony "$1" --as requester-1 --purpose "a test 测试" --out "$order" >/dev/null
	for officer in officer-1 officer-2; do zhengyin approve sign "$order" --as $officer >/dev/null; done
	zhengyin ceremony run "$order" --record "$2" "${@:3}"
}
device() { # NAME: a certificate of each suite, NAME-gm.pem and NAME-intl.pem
	openssl genpkey -algorithm SM2 -out "$WORK/key.pem" 2>/dev/null
	openssl req -new -utf8 -key "$WORK/key.pem" -sm3 -sigopt distid:1234567812345678 -subj "/O=$name/CN=$1" -out "$WORK/gm.csr"
	openssl req -new -utf8 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/key.pem" -subj "/O=$name/CN=$1" -out "$WORK/intl.csr" 2>/dev/null
	for suite in gm intl; do exits 0 zhengyin ca issue --profile device --csr "$WORK/$suite.csr" --out "$WORK/$1-$suite.pem"; done
}
judged() { exits "$1" zhengyin-verify --trust "$2" --trust-pin "$3" "${@:4}"; }
# chain ROOT [CERTIFICATE...] LEAF, from above; @ stands for the suite: openssl and we by the root alone and what is
# between, then Bouncy Castle
chain() {
	local files=() s
	for s in gm intl; do
		files=("${@//@/$s}")
		cat "${files[@]:1:$#-2}" /dev/null >"$WORK/between"
		exits 0 zhengyin-verify chain --anchor "${files[0]}" --untrusted "$WORK/between" "${files[-1]}"
		if [ $s = intl ]; then
			exits 0 openssl verify -x509_strict -CAfile "${files[0]}" -untrusted "$WORK/between" "${files[-1]}"
		fi
		exits 0 java -cp $jars "$E2E/bouncy/CheckChain.java" "${files[@]}"
	done
}

story "before: what is certified by the first roots, and what verifiers have"
device one
exits 0 mint --request one --out "$WORK/lic"
cp "$bundle" "$WORK/bundle-then"
then=$(cat "$ZHENGYIN_HOME/trust/pin")

story "a plan says until when the root of now certifies"
plan() { zhengyin ceremony plan next-root --out "$WORK/plan" "$@"; }
refuses usage 64 plan
refuses usage 64 plan --until 2020-01-01
refuses usage 64 plan --until 2999-01-01
refuses usage 64 zhengyin ceremony plan crl --until "$until" --out "$WORK/plan"
exits 0 plan --until "$until"
equal "the plan" "zy-ceremony-1 next-root gm intl until $until" "$(cat "$WORK/plan")"
sed 's/until .*/until 2999-01-01T00:00:00Z/' "$WORK/plan" >"$WORK/bent"
refuses order 65 ordered "$WORK/bent" "$WORK/none"

story "a ceremony that is broken off leaves a planned key, with which the next one goes on"
exits 0 zhengyin down
refuses signer-absent 69 ordered "$WORK/plan" "$WORK/none"
exits 0 zhengyin up
[ -e "$pki/root-intl~2.pem" ] || die "it was broken off before the certificates"
cp "$pki/root-intl~2.pem" "$WORK/kept.pem"
cmp -s "$bundle" "$WORK/bundle-then" || die "the bundle has changed"
exits 0 zhengyin status

story "the ceremony: keys, certificates, links, lists, bundle, pin, record"
exits 0 ordered "$WORK/plan" "$WORK/record.txt"
cmp "$pki/root-intl~2.pem" "$WORK/kept.pem" || die "another certificate for the same key"
exits 0 zhengyin ceremony check "$WORK/record.txt" --json
equal "what it was" next-root "$(jq -r .ceremony "$WORK/out")"
for s in gm intl; do
	for file in "$s~2" "$s~2.by~1" "$s~1.by~2"; do
		equal "in the record" 1 "$(grep -c "root certificate pki/root-$file.pem\$" "$WORK/record.txt")"
	done
	equal "lists" 2 "$(grep -c "list of revoked certificates root-$s" "$WORK/record.txt")"
	exits 0 java -cp $jars "$E2E/bouncy/CheckChain.java" "$pki/root-$s~2.pem" "$pki/root-$s~1.by~2.pem"
	exits 0 java -cp $jars "$E2E/bouncy/CheckChain.java" "$pki/root-$s.pem" "$pki/root-$s~2.by~1.pem"
	exits 0 zhengyin-verify chain --strict --anchor "$pki/root-$s~2.pem" "$pki/root-$s~1.by~2.pem"
	exits 0 zhengyin-verify chain --strict --anchor "$pki/root-$s.pem" "$pki/root-$s~2.by~1.pem"
done
exits 0 openssl verify -x509_strict -CAfile "$pki/root-intl~2.pem" "$pki/root-intl~1.by~2.pem"
exits 0 openssl verify -x509_strict -CAfile "$pki/root-intl.pem" "$pki/root-intl~2.by~1.pem"
of() { openssl x509 -in "$1" -noout "$2"; }
for suite in gm intl; do
	equal "one name" "$(of "$pki/root-$suite.pem" -subject)" "$(of "$pki/root-$suite~2.pem" -subject)"
	equal "old with new, from when to when" "$(of "$pki/root-$suite.pem" -dates)" "$(of "$pki/root-$suite~1.by~2.pem" -dates)"
	equal "new with old, until when" "$(date -u -d "$until" +%s)" "$(date -u -d "$(of "$pki/root-$suite~2.by~1.pem" -enddate | cut -d= -f2)" +%s)"
done
exits 0 zhengyin trust show --json
equal "anchors" "$until $until null null" "$(jq -r '[.anchors[].until | tostring] | join(" ")' "$WORK/out")"
now=$(cat "$ZHENGYIN_HOME/trust/pin")
[ "$now" != "$then" ] || die "the pin has not changed"

story "who has the old pin follows the links to the new bundle; a pin of something else does not"
judged 0 "$bundle" "$now" "$WORK"/lic/*.ofd "$WORK"/lic/*.pdf
judged 0 "$bundle" "$then" "$WORK"/lic/*.ofd "$WORK"/lic/*.pdf
judged 0 "$WORK/bundle-then" "$then" "$WORK"/lic/*.ofd "$WORK"/lic/*.pdf
judged 2 "$WORK/bundle-then" "$now" "$WORK"/lic/*.ofd
judged 2 "$bundle" "$(printf '%064d' 7)" "$WORK"/lic/*.ofd

story "an anchor that no link leads to breaks every pin of before, also one that the roots certified under another name"
(cd "$WORK" && other_root)
for stranger in "$WORK/ca.pem" "$pki/issuing-intl.pem"; do
	exits 0 zhengyin trust add "$stranger" --purpose document
	for pin in "$then" "$now"; do judged 2 "$bundle" "$pin" "$WORK"/lic/*.pdf; done
	exits 0 zhengyin trust remove 5
	for pin in "$then" "$now"; do judged 0 "$bundle" "$pin" "$WORK"/lic/*.pdf; done
done

story "the next issuing authorities are certified by the next roots"
ceremony next-issuing "$WORK/issuing.txt" --overlap 2
exits 0 zhengyin ceremony check "$WORK/issuing.txt"
grep -q "root public key zy-root/root~2 (P-256)" "$WORK/issuing.txt" || die "the record is of another root"
exits 0 zhengyin ceremony check "$ZHENGYIN_HOME/ceremony/root.txt"
device two
chain "$pki/root-@.pem" "$pki/issuing-@.pem" "$WORK/one-@.pem"                            # old
chain "$pki/root-@~2.pem" "$pki/issuing-@~2.pem" "$WORK/two-@.pem"                        # new
chain "$pki/root-@.pem" "$pki/root-@~2.by~1.pem" "$pki/issuing-@~2.pem" "$WORK/two-@.pem" # new by who trusts the old
chain "$pki/root-@~2.pem" "$pki/root-@~1.by~2.pem" "$pki/issuing-@.pem" "$WORK/one-@.pem" # old by who trusts the new
exits 2 openssl verify -CAfile "$pki/root-intl.pem" -untrusted "$pki/issuing-intl~2.pem" "$WORK/two-intl.pem"

story "lists of both roots, across the link too"
exits 0 zhengyin ca crl
for crl in "$ZHENGYIN_HOME"/crl/*-intl*.crl; do openssl crl -inform DER -in "$crl"; done >"$WORK/crls"
cat "$pki"/issuing-intl*.pem "$pki/root-intl~2.by~1.pem" >"$WORK/untrusted"
exits 0 openssl verify -crl_check_all -x509_strict -CAfile "$pki/root-intl.pem" -untrusted "$WORK/untrusted" -CRLfile "$WORK/crls" "$WORK/two-intl.pem"
exits 0 openssl verify -crl_check_all -x509_strict -CAfile "$pki/root-intl.pem" -untrusted "$WORK/untrusted" -CRLfile "$WORK/crls" "$WORK/one-intl.pem"
exits 0 zhengyin-verify chain --anchor "$pki/root-intl.pem" --untrusted "$WORK/untrusted" --crl "$WORK/crls" "$WORK/two-intl.pem"
equal "where the list is" "root-intl~2.crl" "$(openssl x509 -in "$pki/issuing-intl~2.pem" -noout -ext crlDistributionPoints | sed -n 's|.*URI:.*/||p')"

story "documents under the next roots: PDF files and time-stamps bring the link along for bundles of before"
esid=$(jq -r '.seals[0].esID' "$ZHENGYIN_HOME/policies/seals.json")
for key in zy-tpm/seal-$esid zy-soft/document-$esid zy-tpm/timestamp zy-soft/timestamp; do exits 0 zhengyin key rotate "$key" --overlap 1; done
exits 0 mint --request two --out "$WORK/later"
judged 0 "$bundle" "$now" "$WORK"/later/*.ofd "$WORK"/later/*.pdf "$WORK"/lic/*.ofd
judged 0 "$WORK/bundle-then" "$then" "$WORK"/later/*.pdf
judged 2 "$WORK/bundle-then" "$then" "$WORK"/later/*.ofd # a seal has no room for it
echo "内容 content" >"$WORK/content"
for suite in gm intl; do
	exits 0 zhengyin ca timestamp "$WORK/content" --suite $suite --out "$WORK/$suite.tst"
	judged 0 "$WORK/bundle-then" "$then" --detached "$WORK/content" "$WORK/$suite.tst"
	judged 0 "$bundle" "$now" --detached "$WORK/content" "$WORK/$suite.tst"
done
for root in root-intl root-intl~2; do
	exits 0 openssl ts -verify -data "$WORK/content" -in "$WORK/intl.tst" -token_in -CAfile "$pki/$root.pem"
done

story "after the day the old root vouches for nothing by itself, and its chains lead to the next one"
judged 0 "$bundle" "$now" --at "$(day 60)" "$WORK"/lic/*.ofd "$WORK"/lic/*.pdf "$WORK"/later/*.ofd "$WORK"/later/*.pdf
judged 2 "$WORK/bundle-then" "$then" --at "$(day 60)" "$WORK"/later/*.pdf

LATER=$BIN/../tests/days_later
by_pin() { # PIN DAYS: how the home's bundle stands by that pin, so many days later
	echo "$1" >"$ZHENGYIN_HOME/trust/pin"
	exits 0 zhengyin check --accept trust/pin
	"$LATER" "$2" status --json 2>/dev/null | jq -r .verifies.bundle
	echo "$now" >"$ZHENGYIN_HOME/trust/pin"
	exits 0 zhengyin check --accept trust/pin
}
equal "the new pin" "true true" "$(by_pin "$now" 1) $(by_pin "$now" 60)"
equal "the old pin, by a link that ends" "true false" "$(by_pin "$then" 1) $(by_pin "$then" 60)"

story "trust bundles signed under the next root, daily work, and the roots' third generation of one suite"
for token in zy-tpm zy-soft; do exits 0 zhengyin key rotate $token/trust --overlap 1; done
exits 0 zhengyin trust renew
judged 0 "$bundle" "$now" "$WORK"/lic/*.pdf "$WORK"/later/*.ofd
judged 0 "$bundle" "$then" "$WORK"/later/*.pdf
exits 0 zhengyin status
equal "no alarm" 0 "$(zhengyin status --json | jq .warnings)"
exits 0 zhengyin check
exits 0 zhengyin ceremony plan next-root --suite intl --until "$(day 100)" --out "$WORK/third"
exits 0 ordered "$WORK/third" "$WORK/third.txt"
exits 0 zhengyin ceremony check "$WORK/third.txt"
for pin in "$now" "$then"; do judged 0 "$bundle" "$pin" "$WORK"/lic/*.ofd "$WORK"/later/*.ofd "$WORK"/later/*.pdf; done
exits 0 openssl verify -x509_strict -CAfile "$pki/root-intl.pem" -untrusted "$pki/root-intl~2.by~1.pem" "$pki/root-intl~3.by~2.pem"
for token in zy-root zy-root-tpm; do exits 0 zhengyin journal --token $token --check; done
done_story
