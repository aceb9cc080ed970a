#!/usr/bin/env bash
# A certificate is revoked: lists and answers say so at once, and others believe them. openssl judges P-256, Bouncy
# Castle both suites (OpenSSL 3.0 has no place for the ID of SM2 in CRLs and OCSP).
. "$(dirname "$0")/lib.sh"
home
pki=$ZHENGYIN_HOME/pki
jars=/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar
name=$(jq -r '.departments[0].name.zh' "$ZHENGYIN_HOME/policies/departments.json")

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

for suite in gm intl; do
	story "$suite: revoked, listed, answered"
	issue $suite $suite-good
	issue $suite $suite-bad
	bad=$serial
	exits 0 zhengyin ca revoke "$bad" --reason keyCompromise
	exits 0 zhengyin ca crl --suite $suite --out "$WORK/crl" --json
	equal "entries" 1 "$(jq -r "select(.name == \"issuing-$suite\") | .entries" "$WORK/out")"
	equal "number" 1 "$(jq -r "select(.name == \"issuing-$suite\") | .number" "$WORK/out")"
	exits 0 zhengyin ca crl --suite $suite --out "$WORK/crl" --json
	equal "next number" 2 "$(jq -r "select(.name == \"issuing-$suite\") | .number" "$WORK/out")"
	openssl ocsp -issuer "$pki/issuing-$suite.pem" -cert "$WORK/$suite-good.pem" -cert "$WORK/$suite-bad.pem" -reqout "$WORK/request.der" >/dev/null
	exits 0 zhengyin ca ocsp --request "$WORK/request.der" --out "$WORK/$suite-answer.der" --json
	equal "answered" true "$(jq -r .answered "$WORK/out")"
	zhengyin ca ocsp --request - --out - <"$WORK/request.der" >"$WORK/piped.der"
	equal "answered through pipes" successful "$(openssl ocsp -respin "$WORK/piped.der" -noverify -resp_text | sed -n 's/.*Response Status: \([a-z]*\).*/\1/p')"
	if [ -r /usr/share/java/bcpkix.jar ] && command -v java >/dev/null; then
		exits 0 java -cp $jars "$E2E/bouncy/CheckStatus.java" "$pki/issuing-$suite.pem" "$WORK/$suite-good.pem" \
			"$WORK/$suite-bad.pem" "$WORK/crl/issuing-$suite.crl" "$WORK/$suite-answer.der"
	fi
done

story "answers signed ahead, before Bouncy Castle"
exits 0 zhengyin ca ocsp --presign --out "$WORK/signed-ahead" --json
of() { openssl x509 -noout -serial -in "$1" | cut -d= -f2 | tr A-F a-f; }
for suite in gm intl; do
	if [ -r /usr/share/java/bcpkix.jar ] && command -v java >/dev/null; then
		exits 0 java -cp $jars "$E2E/bouncy/CheckStatus.java" "$pki/issuing-$suite.pem" "$WORK/$suite-good.pem" \
			"$WORK/$suite-bad.pem" "$WORK/crl/issuing-$suite.crl" "$WORK/signed-ahead/$(of "$WORK/$suite-good.pem").ocsp" \
			"$WORK/signed-ahead/$(of "$WORK/$suite-bad.pem").ocsp"
	fi
done

story "an answer signed ahead that says good is gone with the revocation, in every folder"
ahead() { # FILE CERT: what it says of CERT
	openssl ocsp -respin "$1" -CAfile "$pki/root-intl.pem" -verify_other "$pki/issuing-intl.pem" -issuer "$pki/issuing-intl.pem" -cert "$2" 2>/dev/null | sed -n 's/^.*pem: \([a-z]*\)$/\1/p'
}
issue intl soon-bad
soon=$serial
issue intl later-bad
later=$serial
exits 0 zhengyin ca ocsp --presign --json
equal "folder" "$ZHENGYIN_HOME/ocsp" "$(jq -r .folder "$WORK/out")"
exits 0 zhengyin ca ocsp --presign --out "$WORK/signed-ahead"
for folder in "$ZHENGYIN_HOME/ocsp" "$WORK/signed-ahead"; do equal "before" good "$(ahead "$folder/$soon.ocsp" "$WORK/soon-bad.pem")"; done
exits 0 zhengyin ca revoke "$soon" --reason keyCompromise --json
equal "made anew" "2 2" "$(jq -r '[.answers, .withdrawn] | join(" ")' "$WORK/out")"
for folder in "$ZHENGYIN_HOME/ocsp" "$WORK/signed-ahead"; do equal "after" revoked "$(ahead "$folder/$soon.ocsp" "$WORK/soon-bad.pem")"; done
refuses state 1 zhengyin ca revoke "$soon" --reason keyCompromise
[ -s "$WORK/signed-ahead/$soon.ocsp" ] || die "a refused revocation took an answer away"
ok
exits 0 zhengyin down
exits 0 zhengyin ca revoke "$later" --reason keyCompromise
grep -q "2 taken away" "$WORK/out" || die "it does not say that new answers wait: $(cat "$WORK/out")"
[ ! -e "$WORK/signed-ahead/$later.ocsp" ] && [ ! -e "$ZHENGYIN_HOME/ocsp/$later.ocsp" ] || die "an answer still says good"
ok
exits 0 zhengyin up
exits 0 zhengyin ca ocsp --presign
equal "after" revoked "$(ahead "$ZHENGYIN_HOME/ocsp/$later.ocsp" "$WORK/later-bad.pem")"
issue intl last-bad
rm -r "$WORK/signed-ahead"
mkdir "$ZHENGYIN_HOME/ocsp/$serial.ocsp"
refuses io 74 zhengyin ca revoke "$serial" --reason superseded
equal "revoked all the same" revoked "$(zhengyin ca list --json | jq -r "select(.serial == \"$serial\") | .state")"
rmdir "$ZHENGYIN_HOME/ocsp/$serial.ocsp"

story "openssl believes the P-256 ones"
cat "$pki/root-intl.pem" "$pki/issuing-intl.pem" >"$WORK/cas.pem"
ceremony crl "$WORK/record" --crl "$WORK/crl"
for ca in root issuing; do openssl crl -inform DER -in "$WORK/crl/$ca-intl.crl" -CAfile "$WORK/cas.pem" -out "$WORK/$ca.crl.pem" 2>"$WORK/err"; grep -q "verify OK" "$WORK/err" || die "crl -verify"; ok; done
cat "$WORK/root.crl.pem" "$WORK/issuing.crl.pem" >"$WORK/crls.pem"
verify() { exits "$1" openssl verify -crl_check_all -CAfile "$WORK/cas.pem" -CRLfile "$WORK/crls.pem" "$2"; }
verify 0 "$WORK/intl-good.pem"
verify 2 "$WORK/intl-bad.pem"
grep -q "certificate revoked" "$WORK/err" || die "no word of revocation"
ask() { openssl ocsp -no_nonce -issuer "$pki/issuing-intl.pem" -cert "$WORK/intl-good.pem" -cert "$WORK/intl-bad.pem" -reqin "$WORK/request.der" -respin "$1" -CAfile "$WORK/cas.pem" "${@:2}" >"$WORK/out" 2>&1; }
ask "$WORK/intl-answer.der" || die "openssl refuses the answer"
for line in "Response verify OK" "intl-good.pem: good" "intl-bad.pem: revoked" "Reason: keyCompromise"; do grep -q "$line" "$WORK/out" || die "openssl does not say: $line"; ok; done
ask "$WORK/intl-answer.der" -VAfile "$pki/ocsp-intl.pem" || die "openssl refuses the answer by its responder"
ask "$WORK/gm-answer.der" && ! grep -q "Response Verify Failure\|No Status\|error" "$WORK/out" && die "an answer about others is taken"
ok

story "signed ahead; what is not ours; what may not be"
exits 0 zhengyin ca ocsp --presign --out "$WORK/ahead" --json
[ "$(jq -r .answers "$WORK/out")" -ge 8 ] && [ -s "$WORK/ahead/$bad.ocsp" ] || die "answers signed ahead"
openssl ocsp -respin "$WORK/ahead/$bad.ocsp" -CAfile "$WORK/cas.pem" -issuer "$pki/issuing-intl.pem" -cert "$WORK/intl-bad.pem" 2>&1 | grep -q "intl-bad.pem: revoked" || die "signed ahead: $bad"
ok
openssl ocsp -issuer "$pki/root-intl.pem" -cert "$pki/issuing-intl.pem" -reqout "$WORK/request.der" >/dev/null
exits 0 zhengyin ca ocsp --request "$WORK/request.der" --out "$WORK/answer.der" --json
equal "root's certificates are not answered for" false "$(jq -r .answered "$WORK/out")"
grep -q unauthorized <(openssl ocsp -respin "$WORK/answer.der" -noverify 2>&1) || die "not unauthorized"
echo 999 >"$ZHENGYIN_HOME/ca/crl-number-issuing-gm"
taken
exits 0 zhengyin ca crl --suite gm --out "$WORK/crl"
echo 5 >"$ZHENGYIN_HOME/ca/crl-number-issuing-gm"
taken
exits 1 zhengyin ca crl --suite gm --out "$WORK/crl" --json
equal "a number that goes back" state "$(jq -r 'select(.error) | .error.code' "$WORK/out")"
refuses usage 64 zhengyin ca crl --digits 3

story "lists in parts are called as certificates call them"
says() { openssl x509 -noout -ext crlDistributionPoints,authorityInfoAccess -in "$1" 2>/dev/null | grep -o 'URI:.*' | xargs; }
equal "addresses of a whole list" "URI:http://ocsp.yunze.example URI:http://crl.yunze.example/issuing-gm.crl" "$(says "$WORK/gm-good.pem")"
equal "of an authority" "URI:http://crl.yunze.example/root-intl.crl" "$(says "$pki/issuing-intl.pem")"
equal "of a root, and of who answers" "" "$(says "$pki/root-intl.pem")$(says "$pki/ocsp-intl.pem")"
refuses usage 64 zhengyin ca crl --digits 1 --out "$WORK/parts"
profiles=$ZHENGYIN_HOME/policies/profiles.json
change() { jq "$1" "$profiles" >"$WORK/profiles.json" && cp "$WORK/profiles.json" "$profiles" && zhengyin check --accept policies/profiles.json >/dev/null; }
change '.crl_digits = 1'
echo 999 >"$ZHENGYIN_HOME/ca/crl-number-issuing-gm"
taken
stands() { # STATUS CERT LIST
	exits "$1" zhengyin-verify chain "$2" --untrusted "$pki/issuing-$suite.pem" --anchor "$pki/root-$suite.pem" --crl "$3" --json
}
for suite in gm intl; do
	issue $suite $suite-kept
	kept=$serial
	issue $suite $suite-gone
	exits 0 zhengyin ca revoke "$serial" --reason superseded
	exits 0 zhengyin ca crl --suite $suite --out "$WORK/parts" --json
	equal "parts" 4 "$(jq -r "select(.name == \"issuing-$suite\") | .lists" "$WORK/out")"
	part=issuing-$suite-${serial:0:1}.crl
	equal "address" "URI:http://ocsp.yunze.example URI:http://crl.yunze.example/$part" "$(says "$WORK/$suite-gone.pem")"
	openssl crl -inform DER -in "$WORK/parts/$part" -noout -text >"$WORK/text"
	grep -q "URI:http://crl.yunze.example/$part" "$WORK/text" || die "the list is called otherwise"
	equal "in the part of its serial" 1 "$(grep -ci "Serial Number: $serial" "$WORK/text")"
	stands 1 "$WORK/$suite-gone.pem" "$WORK/parts/$part"
	grep -q certificate-revoked "$WORK/out" || die "not revoked"
	stands 0 "$WORK/$suite-kept.pem" "$WORK/parts/issuing-$suite-${kept:0:1}.crl"
	for digit in 4 5 6 7; do
		[ $digit = "${kept:0:1}" ] && continue
		stands 2 "$WORK/$suite-kept.pem" "$WORK/parts/issuing-$suite-$digit.crl"
		grep -q revocation-unknown "$WORK/out" || die "covered by the list of others"
	done
	stands 2 "$WORK/$suite-good.pem" "$WORK/parts/issuing-$suite-$(of "$WORK/$suite-good.pem" | cut -c1).crl"
	exits 0 zhengyin ca crl --suite $suite --digits 0 --out "$WORK/whole"
	stands 0 "$WORK/$suite-good.pem" "$WORK/whole/issuing-$suite.crl"
	stands 1 "$WORK/$suite-gone.pem" "$WORK/whole/issuing-$suite.crl"
done
openssl crl -inform DER -in "$WORK/parts/$part" -out "$WORK/part.pem"
exits 2 openssl verify -crl_check -CAfile "$WORK/cas.pem" -CRLfile "$WORK/part.pem" "$WORK/intl-gone.pem"
grep -q "certificate revoked" "$WORK/err" || die "openssl does not take the part for its own"
openssl crl -inform DER -in "$WORK/parts/issuing-intl-${kept:0:1}.crl" -out "$WORK/part.pem"
exits 0 openssl verify -crl_check -CAfile "$WORK/cas.pem" -CRLfile "$WORK/part.pem" "$WORK/intl-kept.pem"
change 'del(.crl, .ocsp, .crl_digits)'
issue intl silent
equal "no addresses" "" "$(says "$WORK/silent.pem")"
refuses usage 64 zhengyin ca ocsp --request "$WORK/request.der"
refuses usage 64 zhengyin ca ocsp --presign --days 3 --out "$WORK/ahead"
refuses usage 64 zhengyin ca ocsp --presign --request "$WORK/request.der"
done_story
