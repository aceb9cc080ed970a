#!/usr/bin/env bash
# What GnuTLS and NSS say of our P-256 certificates, lists and answers: each has parsers and path rules of its own.
. "$(dirname "$0")/lib.sh"
home
pki=$ZHENGYIN_HOME/pki
db=$WORK/nss
name=$(jq -r '.departments[0].name.zh' "$ZHENGYIN_HOME/policies/departments.json")

issue() { # PROFILE NAME: NAME.pem, its serial in $serial
	exits 0 zhengyin ca issue --profile "$1" --csr "$WORK/csr.pem" --out "$WORK/$2.pem" --json
	serial=$(jq -r .serial "$WORK/out")
}
says() { grep -q "$1" "$WORK/out" "$WORK/err" || { cat "$WORK/out" "$WORK/err" >&2; die "no word of: $1"; }; ok; }

openssl req -new -utf8 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/key.pem" -subj "/O=$name/CN=desk.yunze.example" \
	-addext "subjectAltName=DNS:desk.yunze.example" -out "$WORK/csr.pem" 2>/dev/null
issue tls-server server
openssl req -new -utf8 -key "$WORK/key.pem" -subj "/O=$name/CN=desk-7" -out "$WORK/csr.pem"
issue tls-client client
issue device good
good=$serial
issue device bad
bad=$serial
exits 0 zhengyin ca ocsp --presign
exits 0 zhengyin ca revoke "$bad" --reason keyCompromise
exits 0 zhengyin ca crl --suite intl
openssl crl -inform DER -in "$ZHENGYIN_HOME/crl/issuing-intl.crl" -out "$WORK/crl.pem"
cat "$pki/issuing-intl.pem" "$pki/root-intl.pem" >"$WORK/cas.pem"

story "GnuTLS: every chain of the home, and what it is for"
for cert in "$pki"/*-intl.pem "$WORK/good.pem"; do
	cat "$cert" "$WORK/cas.pem" >"$WORK/chain.pem"
	[ "$cert" != "$pki/root-intl.pem" ] || cp "$cert" "$WORK/chain.pem"
	[ "$cert" != "$pki/issuing-intl.pem" ] || cp "$WORK/cas.pem" "$WORK/chain.pem"
	exits 0 certtool --verify-chain --infile "$WORK/chain.pem"
	says "Chain verification output: Verified"
done
tls() { # STATUS CERT PURPOSE [OPTION...]
	local status=$1 cert=$2 purpose=$3
	shift 3
	cat "$WORK/$cert.pem" "$pki/issuing-intl.pem" >"$WORK/chain.pem"
	exits "$status" certtool --verify --verify-profile medium --verify-purpose "$purpose" --load-ca-certificate "$pki/root-intl.pem" --infile "$WORK/chain.pem" "$@"
}
server=1.3.6.1.5.5.7.3.1 client=1.3.6.1.5.5.7.3.2
tls 0 server $server --verify-hostname desk.yunze.example
tls 0 client $client
tls 1 client $server
says "does not match the intended purpose"
tls 1 server $server --verify-hostname desk.yunze.example.org

story "GnuTLS: the list, and answers signed ahead"
exits 0 certtool --verify-crl --load-ca-certificate "$pki/issuing-intl.pem" --infile "$WORK/crl.pem"
says "output: Verified"
tls 0 good $client --load-crl "$WORK/crl.pem"
tls 1 bad $client --load-crl "$WORK/crl.pem"
says "revoked"
for serial in "$good good" "$bad revoked"; do
	exits 0 ocsptool --verify-response --load-trust "$WORK/cas.pem" --load-issuer "$pki/issuing-intl.pem" --load-response "$ZHENGYIN_HOME/ocsp/${serial% *}.ocsp"
	says "Verifying OCSP Response: Success"
	says "Certificate Status: ${serial#* }"
done

story "NSS: the same"
mkdir "$db"
certutil -d "$db" -N --empty-password
certutil -d "$db" -A -n root -t CT,C,C -i "$pki/root-intl.pem"
certutil -d "$db" -A -n issuing -t ,, -i "$pki/issuing-intl.pem"
certutil -d "$db" -A -n ocsp -t ,, -i "$pki/ocsp-intl.pem"
for cert in server client good bad; do certutil -d "$db" -A -n $cert -t ,, -i "$WORK/$cert.pem"; done
nss() { exits "$1" certutil -d "$db" -V -n "$2" -u "$3" -e; }
nss 0 issuing L
nss 0 ocsp O
nss 0 server V
nss 255 client V
nss 0 client C
nss 0 good C
nss 0 bad C
exits 0 crlutil -d "$db" -I -i "$ZHENGYIN_HOME/crl/issuing-intl.crl"
nss 0 good C
nss 255 bad C
says "revoked"
chain() { exits "$1" vfychain -pp -u "$2" -a "$WORK/$3.pem" "$pki/issuing-intl.pem" -t -a "$pki/root-intl.pem"; }
chain 0 0 client
chain 0 1 server
chain 1 1 client
done_story
