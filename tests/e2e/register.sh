#!/usr/bin/env bash
# The whole register and what may not enter it: every certificate of the home is listed and can be revoked; requests of
# other programs are taken, bad ones leave nothing behind; three-level chains hold before others.
. "$(dirname "$0")/lib.sh"
home
pki=$ZHENGYIN_HOME/pki
dept=云泽市交通运输局
id=distid:1234567812345678
jars=/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar
zhengyin ca list --json >"$WORK/list"
serial_of() { openssl x509 -noout -serial -in "$1" | cut -d= -f2 | tr A-F a-f; }

story "every certificate that the home has made is in its register"
for pem in "$pki"/*.pem "$ZHENGYIN_HOME"/seals/*/*.pem; do
	equal "$(basename "$(dirname "$pem")")/$(basename "$pem")" 1 "$(grep -c "$(serial_of "$pem")" "$WORK/list")"
done
equal "and no other" "$(ls "$pki"/*.pem "$ZHENGYIN_HOME"/seals/*/*.pem | wc -l)" "$(wc -l <"$WORK/list")"

story "the home's own can be revoked: a seal's owner, an authority"
owner=$(ls "$ZHENGYIN_HOME"/seals/*/document.pem | head -n 1)
exits 0 zhengyin ca revoke "$(serial_of "$owner")" --reason cessationOfOperation
exits 0 zhengyin ca revoke "$(serial_of "$pki/issuing-gm.pem")" --reason cACompromise
exits 0 zhengyin ca crl --out "$WORK/crl"
[ ! -e "$WORK/crl/root-gm.crl" ] || die "a root signed outside a ceremony"
ceremony crl "$WORK/record" --crl "$WORK/crl"
on_list() { openssl crl -inform DER -in "$WORK/crl/$1.crl" -noout -text | grep -ci "Serial Number: $(serial_of "$2")" || true; }
equal "on the list of its issuer" 1 "$(on_list issuing-intl "$owner")"
equal "on no other list" 0 "$(on_list issuing-gm "$owner")"
equal "an authority, on the list of its root" 1 "$(on_list root-gm "$pki/issuing-gm.pem")"
openssl ocsp -issuer "$pki/issuing-intl.pem" -cert "$owner" -reqout "$WORK/q.der" >/dev/null
exits 0 zhengyin ca ocsp --request "$WORK/q.der" --out "$WORK/a.der"
cat "$pki/root-intl.pem" "$pki/issuing-intl.pem" >"$WORK/cas.pem"
openssl ocsp -no_nonce -respin "$WORK/a.der" -CAfile "$WORK/cas.pem" -issuer "$pki/issuing-intl.pem" -cert "$owner" >"$WORK/out" 2>&1 || true
grep -q "Response verify OK" "$WORK/out" && grep -q "revoked" "$WORK/out" || { cat "$WORK/out" >&2; die "OCSP does not say that the owner's certificate is revoked"; }
ok

have_java() { [ -r /usr/share/java/bcpkix.jar ] && command -v java >/dev/null; }
if have_java; then
	story "Bouncy Castle: its requests are taken, three-level chains of both suites hold"
	# in the C locale Java reads arguments as ASCII
	LC_ALL=C.UTF-8 java -cp $jars "$E2E/bouncy/MakeRequests.java" "$WORK" "$dept" >"$WORK/out" 2>&1 || { cat "$WORK/out" >&2; die "MakeRequests"; }
	for s in gm intl; do
		exits 0 zhengyin ca issue --profile device --csr "$WORK/bc-$s.csr" --suite $s --out "$WORK/bc-$s.pem"
		exits 0 java -cp $jars "$E2E/bouncy/CheckChain.java" "$pki/root-$s.pem" "$pki/issuing-$s.pem" "$WORK/bc-$s.pem"
		exits 1 java -cp $jars "$E2E/bouncy/CheckChain.java" "$pki/root-$s.pem" "$pki/trust-$s.pem" "$WORK/bc-$s.pem"
	done
fi

story "what is refused leaves nothing"
key() { openssl ecparam -name "$1" -genkey -noout -out "$WORK/$1.pem" 2>/dev/null; }
request() { openssl req -new -utf8 -key "$1" -outform DER -out "$2" -subj "/O=$dept/CN=x" "${@:3}"; }
key prime256v1
key SM2
key secp192k1
request "$WORK/prime256v1.pem" "$WORK/good.csr" -sha256
request "$WORK/SM2.pem" "$WORK/good-gm.csr" -sm3 -sigopt $id
# changes one octet of a request's point, which begins after the curve's OID and 034200
off_curve() { # IN OUT OID
	local text
	text=$(od -An -v -tx1 "$1" | tr -d ' \n')
	text=${text/${3}03420004/${3}03420004@}
	text=${text/@??/aa}
	printf "$(sed 's/../\\x&/g' <<<"$text")" >"$2"
	! cmp -s "$1" "$2" || die "the point did not change"
}
off_curve "$WORK/good.csr" "$WORK/off.csr" 06082a8648ce3d030107
off_curve "$WORK/good-gm.csr" "$WORK/off-gm.csr" 06082a811ccf5501822d
{ cat "$WORK/good.csr"; printf x; } >"$WORK/trailing.csr"
{ openssl req -inform DER -in "$WORK/good.csr"; echo more; } >"$WORK/trailing.pem"
head -c 40000 /dev/zero >"$WORK/large.csr"
request "$WORK/secp192k1.pem" "$WORK/secp192.csr" -sha256
request "$WORK/prime256v1.pem" "$WORK/sha1.csr" -sha1
request "$WORK/SM2.pem" "$WORK/noid.csr" -sm3
request "$WORK/SM2.pem" "$WORK/otherid.csr" -sm3 -sigopt distid:somebody@example
openssl req -newkey rsa:1024 -nodes -keyout "$WORK/rsa.pem" -outform DER -out "$WORK/rsa1024.csr" -utf8 -subj "/O=$dept/CN=x" 2>/dev/null
printf '[req]\nprompt=no\ndistinguished_name=d\nattributes=a\n[d]\nO=%s\nCN=x\n[a]\nchallengePassword=secret\n' "$dept" >"$WORK/challenge.cnf"
openssl req -new -utf8 -key "$WORK/prime256v1.pem" -sha256 -config "$WORK/challenge.cnf" -outform DER -out "$WORK/challenge.csr"
request "$WORK/prime256v1.pem" "$WORK/critical.csr" -sha256 -addext "1.2.3.4=critical,DER:0500"
request "$WORK/prime256v1.pem" "$WORK/usage.csr" -sha256 -addext "keyUsage=critical,keyCertSign"
rows=$(zhengyin ca list --json | wc -l)
files=$(find "$ZHENGYIN_HOME" -type f | wc -l)
while read -r code status file words; do
	refuses "$code" "$status" zhengyin ca issue --profile device --csr "$WORK/$file" --out "$WORK/no.pem" --request "key of $file"
	grep -qi -- "$words" "$WORK/out" || die "$file: no word of '$words' in $(cat "$WORK/out")"
	[ ! -e "$WORK/no.pem" ] || die "$file left a certificate"
	equal "rows after $file" "$rows" "$(zhengyin ca list --json | wc -l)"
	equal "files after $file" "$files" "$(find "$ZHENGYIN_HOME" -type f | wc -l)"
done <<'TABLE'
key 65 off.csr curve
key 65 off-gm.csr curve
csr 65 trailing.csr .
csr 65 trailing.pem .
too-large 65 large.csr .
key 65 secp192.csr .
key 65 sha1.csr .
key-size 65 rsa1024.csr 2048
proof-of-possession 1 noid.csr empty ID
proof-of-possession 1 otherid.csr 1234567812345678
csr 65 challenge.csr attribute
profile 1 critical.csr extension
profile 1 usage.csr keyUsage
TABLE
exits 0 zhengyin ca issue --profile device --csr "$WORK/good.csr" --request "key of off.csr"
done_story
