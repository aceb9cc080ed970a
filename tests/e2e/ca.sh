#!/usr/bin/env bash
# Certificates for requests of others: both suites, chains that others accept, refusals that leave nothing.
. "$(dirname "$0")/lib.sh"
home
pki=$ZHENGYIN_HOME/pki
dept=云泽市交通运输局
id=distid:1234567812345678
key() { # FILE gm|intl
	if [ "$2" = gm ]; then openssl ecparam -name SM2 -genkey -noout -out "$1" 2>/dev/null; else openssl ecparam -name prime256v1 -genkey -noout -out "$1"; fi
}
request() { # OUT KEY SUITE SUBJECT [more...]
	local out=$1 key=$2 suite=$3 subject=$4
	shift 4
	if [ "$suite" = gm ]; then set -- -sm3 -sigopt $id "$@"; else set -- -sha256 "$@"; fi
	openssl req -new -utf8 -key "$key" -out "$out" -subj "$subject" "$@" 2>"$WORK/req.err" || { cat "$WORK/req.err" >&2; die "openssl req"; }
}
rows() { zhengyin ca list --json | wc -l; }
for s in gm intl; do
	key "$WORK/$s.pem" $s
	request "$WORK/$s.csr" "$WORK/$s.pem" $s "/C=CN/O=$dept/CN=设备七号"
done

story "what init made is in the register"
exits 0 zhengyin ca list --json
equal "roots" 2 "$(jq -r 'select(.profile == "root") | .serial' "$WORK/out" | wc -l)"
serial=$(openssl x509 -noout -serial -in "$pki/issuing-intl.pem" | cut -d= -f2 | tr A-F a-f)
equal "issuing authority" issuing "$(jq -r "select(.serial == \"$serial\") | .profile" "$WORK/out")"

story "a request of another program, in both suites"
for s in gm intl; do
	exits 0 zhengyin ca issue --profile device --csr "$WORK/$s.csr" --suite $s --out "$WORK/$s.crt" --json
	equal "suite" $s "$(jq -r .suite "$WORK/out")"
	equal "state" valid "$(jq -r .state "$WORK/out")"
	equal "key" "$(openssl pkey -in "$WORK/$s.pem" -pubout 2>/dev/null)" "$(openssl x509 -in "$WORK/$s.crt" -noout -pubkey)"
done
openssl req -in "$WORK/intl.csr" -outform DER -out "$WORK/intl.der"
exits 0 zhengyin ca issue --profile device --csr "$WORK/intl.der"
exits 0 zhengyin ca issue --profile device --csr - --subject "O=$dept,CN=another" --days 3 --json <"$WORK/intl.csr"
equal "subject" "C=CN, O=$dept, CN=another" "$(jq -r .subject "$WORK/out")"
refuses profile 1 zhengyin ca issue --profile device --csr "$WORK/gm.csr" --suite intl

story "openssl accepts the P-256 chain by its strict rules, for its purpose and policy"
check() { exits 0 openssl verify -x509_strict -check_ss_sig -CAfile "$pki/root-intl.pem" -untrusted "$pki/issuing-intl.pem" "$@"; }
check -policy 2.999.990100.6 -explicit_policy "$WORK/intl.crt"
exits 2 openssl verify -x509_strict -CAfile "$pki/root-intl.pem" -untrusted "$pki/issuing-intl.pem" -policy 2.999.990100.1 -explicit_policy "$WORK/intl.crt"
request "$WORK/host.csr" "$WORK/intl.pem" intl "/O=$dept/CN=desk.yunze.example" -addext "subjectAltName=DNS:desk.yunze.example"
exits 0 zhengyin ca issue --profile tls-server --csr "$WORK/host.csr" --out "$WORK/host.crt"
check -purpose sslserver -verify_hostname desk.yunze.example "$WORK/host.crt"
exits 0 zhengyin ca issue --profile tls-client --csr "$WORK/intl.csr" --out "$WORK/client.crt"
check -purpose sslclient "$WORK/client.crt"
exits 2 openssl verify -CAfile "$pki/root-intl.pem" -untrusted "$pki/issuing-intl.pem" -purpose sslserver "$WORK/client.crt"
request "$WORK/tsa.csr" "$WORK/intl.pem" intl "/O=云泽市政务服务数据管理局/CN=TSA"
exits 0 zhengyin ca issue --profile time-stamp --csr "$WORK/tsa.csr" --out "$WORK/tsa.crt"
check -purpose timestampsign "$WORK/tsa.crt"
exits 0 openssl verify -vfyopt $id -partial_chain -CAfile "$pki/issuing-gm.pem" "$WORK/gm.crt"

story "numbers of the subject, as GM/T 0015 has them"
number=990101199003070015
extension() { # FILE ARC: the value of the extension, in hexadecimal digits
	openssl asn1parse -in "$1" | grep -A2 "OBJECT *:1.2.156.10260.4.1.$2" | sed -n 's/.*\[HEX DUMP\]://p'
}
for s in gm intl; do
	exits 0 zhengyin ca issue --profile officer --csr "$WORK/$s.csr" --identity citizen:$number --out "$WORK/officer-$s.crt" --json
	equal "citizen number" "A0141312$(printf %s $number | od -An -tx1 | tr -d " \n" | tr a-f A-F)" "$(extension "$WORK/officer-$s.crt" 1)"
	equal "number elsewhere" "" "$(jq -r 'del(.pem)' "$WORK/out" | grep $number)"
	serial=$(jq -r .serial "$WORK/out")
	exits 0 zhengyin ca renew "$serial" --out "$WORK/renewed.crt"
	equal "renewed" "$(extension "$WORK/officer-$s.crt" 1)" "$(extension "$WORK/renewed.crt" 1)"
done
check "$WORK/officer-intl.crt"
exits 0 zhengyin ca issue --profile document --csr "$WORK/intl.csr" --identity registration:990100000000013,tax:990100000000001 --out "$WORK/numbers.crt"
equal "registration" "130F$(printf 990100000000013 | od -An -tx1 | tr -d " \n" | tr a-f A-F)" "$(extension "$WORK/numbers.crt" 3)"
equal "tax" "130F$(printf 990100000000001 | od -An -tx1 | tr -d " \n" | tr a-f A-F)" "$(extension "$WORK/numbers.crt" 5)"
before=$(rows)
refuses citizen-number 65 zhengyin ca issue --profile officer --csr "$WORK/intl.csr" --identity citizen:990101199003070016
refuses identity 65 zhengyin ca issue --profile document --csr "$WORK/intl.csr" --identity registration:990100000000014
refuses identity 65 zhengyin ca issue --profile officer --csr "$WORK/intl.csr" --identity $number
refuses profile 1 zhengyin ca issue --profile device --csr "$WORK/intl.csr" --identity citizen:$number
refuses profile 1 zhengyin ca issue --profile officer --csr "$WORK/intl.csr" --identity organisation:91990100MA9900X1XU
refuses profile 1 zhengyin ca issue --profile officer --csr "$WORK/intl.csr" --identity citizen:$number,passport:E99000001
equal "rows" "$before" "$(rows)"

story "RSA of 3072 bits, for old readers: certified by the P-256 authority"
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$WORK/old.pem" 2>/dev/null
request "$WORK/old.csr" "$WORK/old.pem" intl "/O=$dept/CN=旧读者"
for profile in device document tls-client; do
	exits 0 zhengyin ca issue --profile $profile --csr "$WORK/old.csr" --out "$WORK/old-$profile.crt" --json
	equal "suite of its authority" intl "$(jq -r .suite "$WORK/out")"
	serial=$(jq -r .serial "$WORK/out")
	check "$WORK/old-$profile.crt"
	exits 0 zhengyin-verify chain "$WORK/old-$profile.crt" --untrusted "$pki/issuing-intl.pem" --anchor "$pki/root-intl.pem"
	equal "key" "$(openssl pkey -in "$WORK/old.pem" -pubout)" "$(openssl x509 -in "$WORK/old-$profile.crt" -noout -pubkey)"
done
request "$WORK/oldhost.csr" "$WORK/old.pem" intl "/O=$dept/CN=old.yunze.example" -addext "subjectAltName=DNS:old.yunze.example"
exits 0 zhengyin ca issue --profile tls-server --csr "$WORK/oldhost.csr" --out "$WORK/oldhost.crt"
check -purpose sslserver -verify_hostname old.yunze.example "$WORK/oldhost.crt"
exits 0 zhengyin ca renew "$serial" --out "$WORK/old-again.crt"
check "$WORK/old-again.crt"
exits 0 zhengyin ca crl --suite intl --out "$WORK/lists"
exits 0 zhengyin-verify chain "$WORK/old-again.crt" --untrusted "$pki/issuing-intl.pem" --anchor "$pki/root-intl.pem" --crl "$WORK/lists/issuing-intl.crl"

story "a document signed with openssl by a certified key, as openssl checks it"
printf '云泽市 a text to sign\n' >"$WORK/text"
exits 0 zhengyin ca issue --profile document --csr "$WORK/intl.csr" --out "$WORK/signer.crt"
for signer in "signer intl" "old-document old"; do
	read -r crt key <<<"$signer"
	openssl cms -sign -binary -in "$WORK/text" -signer "$WORK/$crt.crt" -inkey "$WORK/$key.pem" -certfile "$pki/issuing-intl.pem" -outform DER -out "$WORK/text.p7s"
	exits 0 openssl cms -verify -binary -inform DER -in "$WORK/text.p7s" -content "$WORK/text" -CAfile "$pki/root-intl.pem" -purpose any -out "$WORK/text.out"
	cmp -s "$WORK/text" "$WORK/text.out" || die "another text"
done
sed 's/sign/sigm/' "$WORK/text" >"$WORK/text.bad"
exits 4 openssl cms -verify -binary -inform DER -in "$WORK/text.p7s" -content "$WORK/text.bad" -CAfile "$pki/root-intl.pem" -purpose any -out "$WORK/text.out"

story "what is refused leaves nothing"
before=$(rows)
nothing() { equal "after: $*" "$before" "$(rows)"; [ ! -e "$WORK/no.crt" ] || die "$*: a file was written"; }
no() { # CODE STATUS PROFILE CSR WHAT [options...]
	local code=$1 status=$2 profile=$3 csr=$4 what=$5
	shift 5
	refuses "$code" "$status" zhengyin ca issue --profile "$profile" --csr "$csr" --out "$WORK/no.crt" "$@"
	nothing "$what"
}
openssl req -in "$WORK/gm.csr" -outform DER -out "$WORK/gm.der"
for s in gm intl; do
	size=$(stat -c %s "$WORK/$s.der")
	cp "$WORK/$s.der" "$WORK/bad.der"
	# the last octet of s
	last=$(tail -c 1 "$WORK/bad.der" | od -An -tu1)
	printf "$(printf '\\x%02x' $((last ^ 1)))" | dd of="$WORK/bad.der" bs=1 seek=$((size - 1)) conv=notrunc status=none
	no proof-of-possession 1 device "$WORK/bad.der" "a bad signature ($s)"
done
openssl req -new -utf8 -key "$WORK/gm.pem" -sm3 -out "$WORK/noid.csr" -subj "/O=$dept/CN=x"
no proof-of-possession 1 device "$WORK/noid.csr" "SM2 without the ID"
rsa() { # NAME BITS EXPONENT
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:"$2" -pkeyopt rsa_keygen_pubexp:"$3" -out "$WORK/$1.pem" 2>/dev/null
	request "$WORK/$1.csr" "$WORK/$1.pem" intl "/O=$dept/CN=旧读者"
}
rsa rsa1024 1024 65537
no key-size 65 device "$WORK/rsa1024.csr" "RSA of 1024 bits"
rsa rsa2048 2048 65537
no key-size 65 device "$WORK/rsa2048.csr" "RSA of 2048 bits"
rsa rsa3 3072 3
no key-exponent 65 device "$WORK/rsa3.csr" "RSA with the exponent 3"
rsa rsa3072 3072 65537
no profile 1 credential "$WORK/rsa3072.csr" "RSA where the profile takes none"
no profile 1 device "$WORK/rsa3072.csr" "RSA as SM2" --suite gm
openssl req -in "$WORK/rsa3072.csr" -outform DER -out "$WORK/rsa3072.der"
forged() { # OUT HEX-OF-OLD HEX-OF-NEW: the request with some octets changed
	basenc --base16 -w0 "$WORK/rsa3072.der" | sed "s/$2/$3/" | basenc -d --base16 >"$WORK/$1"
	cmp -s "$WORK/rsa3072.der" "$WORK/$1" && die "nothing was changed"
	return 0
}
forged e1.der 0203010001A0 0203000001A0
no csr 65 device "$WORK/e1.der" "an exponent in no DER form"
modulus=$(openssl rsa -in "$WORK/rsa3072.pem" -noout -modulus 2>/dev/null | cut -d= -f2)
forged even.der "$modulus" "${modulus%?}4"
no key-modulus 65 device "$WORK/even.der" "an even modulus"
forged other.der "$modulus" "${modulus:0:100}$(printf %X $((0x${modulus:100:1} ^ 1)))${modulus:101:667}"
no proof-of-possession 1 device "$WORK/other.der" "another modulus"
openssl req -new -utf8 -key "$WORK/rsa3072.pem" -sha1 -subj "/O=$dept/CN=x" -out "$WORK/sha1.csr"
no csr 65 device "$WORK/sha1.csr" "RSA with SHA-1"
openssl ecparam -name secp224r1 -genkey -noout -out "$WORK/p224.pem"
openssl req -new -key "$WORK/p224.pem" -out "$WORK/p224.csr" -subj "/O=a/CN=b"
no key 65 device "$WORK/p224.csr" "a weak curve"
one=MDECAQEEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABoAoGCCqGSM49AwEH # ECPrivateKey 1 on P-256
printf -- '-----BEGIN EC PRIVATE KEY-----\n%s\n-----END EC PRIVATE KEY-----\n' "$one" >"$WORK/one.pem"
request "$WORK/one.csr" "$WORK/one.pem" intl "/O=$dept/CN=x"
no key 65 device "$WORK/one.csr" "a key that everybody knows"
request "$WORK/other.csr" "$WORK/intl.pem" intl "/O=Another City/CN=x"
no profile 1 device "$WORK/other.csr" "an organisation of others"
request "$WORK/ou.csr" "$WORK/intl.pem" intl "/O=$dept/OU=x/CN=x"
no profile 1 device "$WORK/ou.csr" "another attribute"
request "$WORK/out.csr" "$WORK/intl.pem" intl "/O=$dept/CN=x" -addext "subjectAltName=DNS:desk.yunze.example.org"
no profile 1 tls-server "$WORK/out.csr" "a host outside the domains"
no profile 1 tls-server "$WORK/intl.csr" "a server without a host"
no profile 1 device "$WORK/host.csr" "a host for a device"
request "$WORK/ca.csr" "$WORK/intl.pem" intl "/O=$dept/CN=x" -addext "basicConstraints=critical,CA:TRUE,pathlen:3"
no profile 1 device "$WORK/ca.csr" "an authority asked for"
request "$WORK/ext.csr" "$WORK/intl.pem" intl "/O=$dept/CN=x" -addext "1.2.3.4=DER:0500"
no profile 1 device "$WORK/ext.csr" "an unknown extension"
request "$WORK/eku.csr" "$WORK/intl.pem" intl "/O=$dept/CN=x" -addext "extendedKeyUsage=codeSigning"
no profile 1 tls-client "$WORK/eku.csr" "another use"
no profile-unknown 65 nobody "$WORK/intl.csr" "no such profile"
no profile 1 issuing "$WORK/intl.csr" "a profile that is not for requests"
no profile 1 device "$WORK/intl.csr" "days over the limit" --days 1097
no profile 1 device "$WORK/intl.csr" "a control character" --subject "$(printf 'O=%s,CN=a\033b' "$dept")"
head -c 90 "$WORK/intl.der" >"$WORK/cut.der"
no csr 65 device "$WORK/cut.der" "a request cut short"
profiles=$ZHENGYIN_HOME/policies/profiles.json
cp "$profiles" "$WORK/profiles.json"
jq '.profiles += [{name: "below", issuer: "issuing", suites: ["gm", "intl"], authority: true, request: true, key_usage: ["keyCertSign"], organisation: ["department"], days: 30, most_days: 30}]' "$WORK/profiles.json" >"$profiles"
exits 0 zhengyin check --accept policies/profiles.json
for s in gm intl; do no issuer 1 below "$WORK/$s.csr" "an authority that the path length does not allow ($s)"; done
grep -q pathLenConstraint "$WORK/out" || die "no word of the path length"
cp "$WORK/profiles.json" "$profiles"
exits 0 zhengyin check --accept policies/profiles.json
for s in gm intl; do # the certificate of the same key, but of a time that is over
	cp "$pki/issuing-$s.pem" "$WORK/issuing-$s.pem"
	until=$(openssl x509 -in "$pki/issuing-$s.pem" -noout -enddate | cut -d= -f2)
	old=$(printf %s "$(date -u -d "$until" +%y%m%d%H%M%SZ)" | basenc --base16) new=$(printf 260102030405Z | basenc --base16)
	openssl x509 -in "$WORK/issuing-$s.pem" -outform DER | basenc --base16 -w0 | sed "s/$old/$new/" | basenc -d --base16 | openssl x509 -inform DER -out "$pki/issuing-$s.pem"
	taken
	no issuer 1 device "$WORK/$s.csr" "an issuer that has expired ($s)"
	grep -q "not valid now" "$WORK/out" || die "no word of its validity"
	cp "$WORK/issuing-$s.pem" "$pki/issuing-$s.pem"
	taken
done
exits 64 zhengyin ca issue --profile device
exits 64 zhengyin ca revoke nonsense --reason superseded

story "renew, revoke"
serial=$(zhengyin ca issue --profile device --csr "$WORK/gm.csr" --days 5 --json | jq -r .serial)
exits 0 zhengyin ca renew "$serial" --out "$WORK/again.crt" --json
[ "$(jq -r .serial "$WORK/out")" != "$serial" ] || die "a serial was used twice"
equal "the same key" "$(openssl x509 -in "$WORK/gm.crt" -noout -pubkey)" "$(openssl x509 -in "$WORK/again.crt" -noout -pubkey)"
exits 64 zhengyin ca revoke "$serial" --reason because
refuses dates 65 zhengyin ca revoke "$serial" --reason keyCompromise --invalidity-date 2099-01-01T00:00:00Z
exits 0 zhengyin ca revoke "$serial" --reason keyCompromise --invalidity-date 2026-01-02T03:04:05Z --json
equal "reason" keyCompromise "$(jq -r .reason "$WORK/out")"
equal "since" 2026-01-02T03:04:05Z "$(jq -r .invalidity_date "$WORK/out")"
refuses state 1 zhengyin ca revoke "$serial" --reason superseded
refuses state 1 zhengyin ca renew "$serial"
refuses not-found 1 zhengyin ca revoke "0$(cut -c2- <<<"$serial")" --reason superseded

story "a batch: every line is answered, a refused one does not stop the others"
{
	for i in $(seq 20); do jq -nc --rawfile csr "$WORK/intl.csr" --arg s "O=$dept,CN=n$i" '{profile: "device", csr: $csr, subject: $s, days: 9}'; done
	jq -nc --rawfile csr "$WORK/gm.csr" '{profile: "device", csr: $csr}'
	jq -nc --rawfile csr "$WORK/other.csr" '{profile: "device", csr: $csr}'
	echo '{"profile": "device"}'
	echo 'nonsense'
} >"$WORK/batch.jsonl"
before=$(rows)
exits 1 zhengyin ca issue --batch "$WORK/batch.jsonl" --json
equal "answers" 24 "$(wc -l <"$WORK/out")"
equal "issued" 21 "$(jq -r 'select(.pem) | .serial' "$WORK/out" | sort -u | wc -l)"
equal "refused" "profile json json" "$(jq -r 'select(.error) | .error.code' "$WORK/out" | xargs)"
equal "in the register" $((before + 21)) "$(rows)"
jq -r 'select(.line == 7) | .pem' "$WORK/out" >"$WORK/n7.crt"
check "$WORK/n7.crt"

story "the same request key: the same certificate"
{
	for i in 1 2 3 3 1 3; do jq -nc --rawfile csr "$WORK/intl.csr" --arg s "O=$dept,CN=r$i" --arg k "key-$i" '{request: $k, profile: "device", csr: $csr, subject: $s}'; done
	jq -nc --rawfile csr "$WORK/intl.csr" --arg s "O=$dept,CN=r4" '{request: "key-1", profile: "device", csr: $csr, subject: $s}'
} >"$WORK/keys.jsonl"
before=$(rows)
exits 1 zhengyin ca issue --batch "$WORK/keys.jsonl" --json
jq -r 'select(.pem) | .request + " " + .serial' "$WORK/out" | sort -u >"$WORK/first"
equal "certificates" 3 "$(wc -l <"$WORK/first")"
equal "another wish" request-conflict "$(jq -r 'select(.line == 7) | .error.code' "$WORK/out")"
equal "answers" 7 "$(wc -l <"$WORK/out")"
exits 1 zhengyin ca issue --batch "$WORK/keys.jsonl" --json
equal "a second time" "$(cat "$WORK/first")" "$(jq -r 'select(.pem) | .request + " " + .serial' "$WORK/out" | sort -u)"
equal "in the register" $((before + 3)) "$(rows)"
once() { zhengyin ca issue --profile device --csr "$WORK/gm.csr" --request once --json | jq -r .serial; }
equal "one by one" "$(once)" "$(once)"
refuses request-conflict 1 zhengyin ca issue --profile device --csr "$WORK/gm.csr" --request once --days 3
done_story
