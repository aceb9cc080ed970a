#!/usr/bin/env bash
# The issuing authorities get their next keys from the roots: both generations issue through the overlap, the one before
# goes on saying how its certificates stand, and is retired when none is valid any more. openssl judges P-256, Bouncy
# Castle both suites.
. "$(dirname "$0")/lib.sh"
END=$BIN/../tests/key_end
home
pki=$ZHENGYIN_HOME/pki
bundle=$ZHENGYIN_HOME/trust/bundle.json
pin=$(cat "$ZHENGYIN_HOME/trust/pin")
jars=/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar
name=$(jq -r '.departments[0].name.zh' "$ZHENGYIN_HOME/policies/departments.json")
example business-licence
mint() { zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" "$@"; }
java_there() { [ "$overlap" = over ] && [ -r /usr/share/java/bcpkix.jar ] && command -v java >/dev/null; }
issue() { # SUITE NAME: NAME.pem and its serial in $serial
	if [ "$1" = gm ]; then
		openssl genpkey -algorithm SM2 -out "$WORK/key.pem" 2>/dev/null
		openssl req -new -utf8 -key "$WORK/key.pem" -sm3 -sigopt distid:1234567812345678 -subj "/O=$name/CN=$2" -out "$WORK/csr.pem"
	else
		openssl req -new -utf8 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/key.pem" -subj "/O=$name/CN=$2" -out "$WORK/csr.pem" 2>/dev/null
	fi
	exits 0 zhengyin ca issue --profile device --csr "$WORK/csr.pem" --out "$WORK/$2.pem" --json
	serial=$(jq -r .serial "$WORK/out")
}
pair() { # SUITE NAME: NAME-good and NAME-bad, which is revoked
	issue "$1" "$2-good"
	issue "$1" "$2-bad"
	exits 0 zhengyin ca revoke "$serial" --reason keyCompromise
}
overlap=runs
lists() { zhengyin ca crl --json | jq -r .name | sort | xargs; }
crls() { # all lists of P-256 as openssl takes them
	for crl in "$ZHENGYIN_HOME"/crl/*-intl*.crl; do openssl crl -inform DER -in "$crl"; done >"$WORK/crls"
}
# independent SUITE NAME GENERATION-OF-FILE: others verify both certificates, their lists and their answers
independent() {
	local ca=$pki/issuing-$1$3.pem
	if [ "$1" = intl ]; then
		crls
		cat "$pki"/issuing-intl*.pem >"$WORK/untrusted"
		exits 0 openssl verify -crl_check_all -x509_strict -CAfile "$pki/root-intl.pem" -untrusted "$WORK/untrusted" -CRLfile "$WORK/crls" "$WORK/$2-good.pem"
		exits 2 openssl verify -crl_check_all -x509_strict -CAfile "$pki/root-intl.pem" -untrusted "$WORK/untrusted" -CRLfile "$WORK/crls" "$WORK/$2-bad.pem"
		grep -q revoked "$WORK/out" "$WORK/err" || die "$2-bad is not revoked"
	fi
	openssl ocsp -issuer "$ca" -cert "$WORK/$2-good.pem" -cert "$WORK/$2-bad.pem" -reqout "$WORK/request.der" >/dev/null
	exits 0 zhengyin ca ocsp --request "$WORK/request.der" --out "$WORK/answer.der" --json
	equal "$2 answered" true "$(jq -r .answered "$WORK/out")"
	if [ "$1" = intl ]; then
		exits 0 openssl ocsp -no_nonce -respin "$WORK/answer.der" -issuer "$ca" -cert "$WORK/$2-good.pem" -cert "$WORK/$2-bad.pem" -CAfile "$pki/root-intl.pem" -verify_other "$ca"
		equal "$2 by openssl ocsp" "good revoked" "$(sed -n 's/^.*-\(good\|bad\)\.pem: //p' "$WORK/out" | xargs)"
		grep -q "Response verify OK" "$WORK/err" || die "the answer's signature does not verify"
	fi
	if java_there; then
		exits 0 java -cp $jars "$E2E/bouncy/CheckChain.java" "$pki/root-$1.pem" "$ca" "$WORK/$2-good.pem"
		exits 0 java -cp $jars "$E2E/bouncy/CheckStatus.java" "$ca" "$WORK/$2-good.pem" "$WORK/$2-bad.pem" \
			"$ZHENGYIN_HOME/crl/issuing-$1$3.crl" "$WORK/answer.der"
	fi
}

story "before: one authority of each suite"
for suite in gm intl; do pair $suite $suite-one; done
exits 0 mint --request one --out "$WORK/lic"
cp "$bundle" "$WORK/bundle-then"
equal "lists" "issuing-gm issuing-intl" "$(lists)"
esid=$(jq -r '.seals[0].esID' "$ZHENGYIN_HOME/policies/seals.json")
refuses key-use 1 zhengyin key rotate zy-soft/issuing
refuses key-state 1 zhengyin key retire zy-soft/issuing --out "$WORK/none"
grep -q "certificates of this authority are valid" "$WORK/out" || die "it does not say why"

story "a ceremony that two officers ordered makes the next keys"
refuses usage 64 zhengyin ceremony run none --record none --overlap 0
ceremony next-issuing "$WORK/record.txt" --overlap 2
exits 0 zhengyin ceremony check "$WORK/record.txt" --json
equal "what it was" next-issuing "$(jq -r .ceremony "$WORK/out")"
for s in gm intl; do
	equal "in the record" 1 "$(grep -c "certificate pki/issuing-$s~2.pem" "$WORK/record.txt")"
	token=$([ $s = gm ] && echo zy-tpm || echo zy-soft)
	equal "$token" "active active" "$(zhengyin key show $token/issuing --json | jq -r .state) $(zhengyin key show $token/issuing~2 --json | jq -r .state)"
done
equal "in the bundle" 4 "$(jq -r .payload "$bundle" | tr -- '-_' '+/' | { base64 -di 2>/dev/null || true; } | jq '.intermediates | length')"
equal "another name" "CN = Issuing CA (P-256) G2" "$(openssl x509 -in "$pki/issuing-intl~2.pem" -noout -subject | sed 's/.*, //')"
exits 0 openssl verify -x509_strict -CAfile "$pki/root-intl.pem" "$pki/issuing-intl~2.pem"
equal "no alarm" 0 "$(zhengyin status --json | jq .warnings)"

story "the next one issues, and renews what the one before issued; others verify both generations"
equal "lists" "issuing-gm issuing-gm~2 issuing-intl issuing-intl~2" "$(lists)"
for suite in gm intl; do pair $suite $suite-two; done
equal "issuer" "CN = Issuing CA (P-256) G2" "$(openssl x509 -in "$WORK/intl-two-good.pem" -noout -issuer | sed 's/.*, //')"
key_id() { openssl x509 -in "$1" -noout -ext "$2" | tail -n 1 | xargs; }
equal "authorityKeyIdentifier" "$(key_id "$pki/issuing-intl~2.pem" subjectKeyIdentifier)" "$(key_id "$WORK/intl-two-good.pem" authorityKeyIdentifier)"
equal "where its list is" "issuing-intl~2.crl" "$(openssl x509 -in "$WORK/intl-two-good.pem" -noout -ext crlDistributionPoints | sed -n 's|.*URI:.*/||p')"
exits 0 zhengyin ca renew "$(openssl x509 -noout -serial -in "$WORK/intl-one-good.pem" | cut -d= -f2 | tr A-F a-f)" --out "$WORK/renewed.pem"
equal "renewed by" "CN = Issuing CA (P-256) G2" "$(openssl x509 -in "$WORK/renewed.pem" -noout -issuer | sed 's/.*, //')"
lists >/dev/null
for suite in gm intl; do
	independent $suite $suite-one ""
	independent $suite $suite-two "~2"
done

story "seals' keys certified by the next one: licences of both, and what an older bundle knows"
for token in zy-tpm/seal zy-soft/document; do exits 0 zhengyin key rotate "$token-$esid" --overlap 1; done
equal "issuer" "CN = Issuing CA (P-256) G2" "$(openssl x509 -in "$ZHENGYIN_HOME/seals/$esid/document~2.pem" -noout -issuer | sed 's/.*, //')"
exits 0 mint --request two --out "$WORK/later"
judged() { exits "$1" zhengyin-verify --trust "$2" --trust-pin "$pin" "${@:3}"; }
judged 0 "$bundle" "$WORK"/lic/*.ofd "$WORK"/lic/*.pdf "$WORK"/later/*.ofd "$WORK"/later/*.pdf
judged 0 "$WORK/bundle-then" "$WORK"/lic/*.ofd "$WORK"/lic/*.pdf
judged 2 "$WORK/bundle-then" "$WORK"/later/*.ofd
exits 0 zhengyin trust renew
judged 0 "$bundle" "$WORK"/lic/*.ofd "$WORK"/later/*.pdf

story "time-stamp authorities certified by the next one: their tokens bring it along, others need the root alone"
echo "内容 content" >"$WORK/content"
for token in zy-tpm zy-soft; do exits 0 zhengyin key rotate $token/timestamp --overlap 1; done
exits 0 openssl ts -query -data "$WORK/content" -sha256 -cert -out "$WORK/q.tsq"
exits 0 zhengyin ca tsa --request "$WORK/q.tsq" --out "$WORK/q.tsr"
exits 0 openssl ts -verify -queryfile "$WORK/q.tsq" -in "$WORK/q.tsr" -CAfile "$pki/root-intl.pem"
for suite in intl gm; do
	exits 0 zhengyin ca timestamp "$WORK/content" --suite $suite --out "$WORK/$suite.tst"
	if java_there; then
		exits 0 java -cp $jars "$E2E/bouncy/CheckTimestamp.java" "$WORK/$suite.tst" "$WORK/content" "$pki/issuing-$suite~2.pem" "$pki/root-$suite.pem"
	fi
	exits 0 zhengyin-verify --detached "$WORK/content" "$WORK/$suite.tst"
	exits 0 zhengyin-verify --trust "$WORK/bundle-then" --trust-pin "$pin" --detached "$WORK/content" "$WORK/$suite.tst"
done
judged 0 "$WORK/bundle-then" "$WORK"/later/*.pdf # so do PDF files; a seal in OFD has no room for it

overlap=over # what is asked of others then is more than before
story "after the overlap the one before signs lists and who answers about it, and nothing else"
for token in zy-tpm zy-soft; do exits 0 "$END" "pkcs11:token=$token;object=issuing"; done
equal "state" retiring "$(zhengyin key show zy-soft/issuing --json | jq -r .state)"
equal "lists" "issuing-gm issuing-gm~2 issuing-intl issuing-intl~2" "$(lists)"
for token in zy-tpm zy-soft; do exits 0 zhengyin key rotate $token/ocsp --overlap 1; done
for suite in gm intl; do
	independent $suite $suite-one ""
	independent $suite $suite-two "~2"
done
equal "who answers for which" "Issuing CA (P-256) Issuing CA (P-256) G2" \
	"$(for f in "$pki/ocsp-intl~2.of~1.pem" "$pki/ocsp-intl~2.pem"; do openssl x509 -in "$f" -noout -issuer | sed 's/.*CN = //'; done | xargs)"
exits 0 zhengyin ca ocsp --presign --json
exits 0 zhengyin check

story "a third one of one suite, planned for a day: it prepares, and issues nothing before"
exits 0 zhengyin ceremony plan next-issuing --suite intl --out "$WORK/plan"
equal "the plan" "zy-ceremony-1 next-issuing intl" "$(cat "$WORK/plan")"
exits 0 zhengyin approve request ceremony "$WORK/plan" --as requester-1 --purpose "a test 测试" --out "$WORK/order"
for officer in officer-1 officer-2; do exits 0 zhengyin approve sign "$WORK/order" --as $officer; done
exits 0 zhengyin ceremony run "$WORK/order" --record "$WORK/third.txt" --on 2999-01-01
equal "state" planned "$(zhengyin key show zy-soft/issuing~3 --json | jq -r .state)"
equal "lists" "issuing-gm issuing-gm~2 issuing-intl issuing-intl~2 issuing-intl~3" "$(lists)"
issue intl still-two
equal "issuer" "CN = Issuing CA (P-256) G2" "$(openssl x509 -in "$WORK/still-two.pem" -noout -issuer | sed 's/.*, //')"
exits 0 zhengyin key destroy zy-soft/issuing~3 --confirm zy-soft/issuing~3
equal "called off" "issuing-gm issuing-gm~2 issuing-intl issuing-intl~2" "$(lists)"

story "the first one goes when nothing that it issued is valid any more"
refuses key-state 1 zhengyin key retire zy-soft/issuing --out "$WORK/none"
[ ! -e "$WORK/none" ] || die "a refused proposal was written"
printf '%s' '{"issuer": "issuing-intl", "reason": "superseded"}' >"$WORK/rule"
exits 0 zhengyin ca revoke --rule "$WORK/rule" --json
[ "$(jq .would "$WORK/out")" -gt 3 ] || die "the rule picks too few"
exits 0 zhengyin approve request revoke-many "$WORK/rule" --as requester-1 --purpose "a test 测试" --out "$WORK/many"
for officer in officer-1 officer-2; do exits 0 zhengyin approve sign "$WORK/many" --as $officer; done
exits 0 zhengyin ca revoke --rule "$WORK/rule" --order "$WORK/many" --json
crls
exits 0 openssl verify -crl_check_all -x509_strict -CAfile "$pki/root-intl.pem" -untrusted "$WORK/untrusted" -CRLfile "$WORK/crls" "$WORK/intl-two-good.pem"
exits 2 openssl verify -crl_check_all -x509_strict -CAfile "$pki/root-intl.pem" -untrusted "$WORK/untrusted" -CRLfile "$WORK/crls" "$WORK/intl-one-good.pem"
key_ordered retire zy-soft/issuing
equal "lists" "issuing-gm issuing-gm~2 issuing-intl~2" "$(lists)"
printf '%s' '{"issuer": "issuing-intl~2", "profile": "device", "reason": "superseded"}' >"$WORK/rule"
exits 0 zhengyin ca revoke --rule "$WORK/rule" --json
equal "of the second generation" 3 "$(jq .would "$WORK/out")"
done_story
