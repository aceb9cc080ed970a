#!/usr/bin/env bash
# Signed data of others: what the openssl program signs in every way that it has is judged right, with a content inside or
# beside it, whole and altered, by certificates of our own and revoked.
. "$(dirname "$0")/lib.sh"
cd "$WORK"
cd "$WORK"
make_root() { # NAME
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" -days 3000 \
		-subj "/C=CN/O=Yunze/CN=$1" -addext basicConstraints=critical,CA:TRUE \
		-addext keyUsage=critical,keyCertSign,cRLSign -addext subjectKeyIdentifier=hash 2>openssl.txt
}
make_leaf() { # NAME ISSUER KEY-OPTION...
	local name=$1 issuer=$2
	shift 2
	openssl req -new -nodes "$@" -keyout "$name.key" -out "$name.csr" -subj "/C=CN/O=Yunze/CN=$name" 2>openssl.txt
	printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' >ext
	openssl x509 -req -in "$name.csr" -CA "$issuer.pem" -CAkey "$issuer.key" -CAcreateserial -extfile ext -days 1000 \
		-out "$name.pem" 2>openssl.txt
}
sign() { openssl cms -sign -binary -outform DER "$@" 2>openssl.txt || die "openssl: $(cat openssl.txt)"; }
codes() { jq -r '[.findings[] | select(.severity != "info") | .code] | join(" ")' out; }
judged() { # STATUS CODES ARGUMENT...
	local status=$1 codes=$2
	shift 2
	exits "$status" zhengyin-verify --anchor root.pem --json "$@"
	equal "findings of $*" "$codes" "$(codes)"
}

story "every key and every form of the openssl program"
make_root root
make_leaf p256 root -newkey ec -pkeyopt ec_paramgen_curve:P-256
make_leaf p384 root -newkey ec -pkeyopt ec_paramgen_curve:P-384
make_leaf p521 root -newkey ec -pkeyopt ec_paramgen_curve:P-521
make_leaf rsa root -newkey rsa:2048
head -c 100000 /dev/urandom >content
printf 'another\n' >other
for key in p256 p384 p521 rsa; do
	for way in "" -noattr -keyid -stream -cades "-outform PEM" "-md sha512" "-econtent_type 1.2.3.4"; do
		late=""
		[ "$way" = -noattr ] && late=no-signing-time
		# shellcheck disable=SC2086
		sign -in content -signer $key.pem -inkey $key.key -nodetach $way -out file.p7m
		judged 0 "$late" file.p7m
		equal "signer" "C=CN, O=Yunze, CN=$key" "$(jq -r '.signatures[0].signer' out)"
		equal "kind" "cms cms whole" "$(jq -r '.format + " " + (.signatures[0] | .kind + " " + .covers)' out)"
		[ "$way" = -stream ] && continue
		# shellcheck disable=SC2086
		sign -in content -signer $key.pem -inkey $key.key $way -out file.p7s
		judged 0 "$late" --detached content file.p7s
		judged 1 "$([ "$way" = -noattr ] && echo signature-value no-signing-time || echo document-digest)" \
			--detached other file.p7s
		judged 2 "signed-content-missing${late:+ $late}" file.p7s
	done
done
sign -in content -signer rsa.pem -inkey rsa.key -keyopt rsa_padding_mode:pss -nodetach -out pss.p7m
judged 0 "" pss.p7m
sign -in content -signer rsa.pem -inkey rsa.key -md sha1 -nodetach -out sha1.p7m
judged 2 signature-algorithm sha1.p7m
refuses cms 65 zhengyin-verify --anchor root.pem --detached content file.p7m

story "EdDSA, as Bouncy Castle signs with it"
if [ -r /usr/share/java/bcpkix.jar ] && command -v java >/dev/null; then
	for key in Ed25519 Ed448; do
		make_leaf $key root -newkey $key
		java -cp /usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar \
			"$E2E/bouncy/SignCms.java" $key $key.key $key.pem other $key.p7m 2>java.txt || die "Bouncy Castle: $(cat java.txt)"
	done
	judged 0 "" Ed25519.p7m
	equal "signer" "C=CN, O=Yunze, CN=Ed25519" "$(jq -r '.signatures[0].signer' out)"
	sed 's/another/anothel/' Ed25519.p7m >altered.p7m
	judged 1 document-digest altered.p7m
	openssl asn1parse -inform DER -in Ed25519.p7m -noout || die "no DER"
	head -c -1 Ed25519.p7m >altered.p7m
	printf '\377' >>altered.p7m # the last octet of s
	judged 1 signature-value altered.p7m
	# its digest, SHAKE256, is none that we know: that is all that can be told
	judged 2 signature-algorithm Ed448.p7m
fi

story "certificates that did not come along"
sign -in content -signer p256.pem -inkey p256.key -nocerts -nodetach -out bare.p7m
judged 2 no-signing-certificate bare.p7m
judged 0 "" --untrusted p256.pem bare.p7m

story "several signers: each is judged, the worst decides"
make_root stranger
make_leaf foreign stranger -newkey ec -pkeyopt ec_paramgen_curve:P-256
sign -in content -signer p256.pem -inkey p256.key -signer rsa.pem -inkey rsa.key -nodetach -out two.p7m
judged 0 "" two.p7m
equal "signers" "C=CN, O=Yunze, CN=p256 C=CN, O=Yunze, CN=rsa" "$(jq -r '[.signatures[].signer] | sort | join(" ")' out)"
openssl cms -resign -in two.p7m -inform DER -signer foreign.pem -inkey foreign.key -nodetach -outform DER -out three.p7m
judged 2 no-chain three.p7m
equal "verdicts" "INDETERMINATE TOTAL-PASSED TOTAL-PASSED" "$(jq -r '[.signatures[].indication] | sort | join(" ")' out)"

story "nobody signed, and nobody is trusted"
openssl crl2pkcs7 -nocrl -certfile p256.pem -outform DER -out degenerate.p7b
judged 2 no-signature degenerate.p7b
exits 2 zhengyin-verify --json two.p7m
equal "without anchors" "trust-absent" "$(codes)"

story "a content beside it may be longer than memory"
truncate -s 400M big
sign -in big -signer p256.pem -inkey p256.key -out big.p7s
exits 0 bash -c 'ulimit -v 200000; exec zhengyin-verify --anchor root.pem --json --detached big big.p7s'
rm big

story "what was signed comes out again"
for form in "" -stream "-outform PEM"; do
	# shellcheck disable=SC2086
	sign -in content -signer p256.pem -inkey p256.key -nodetach $form -out file.p7m
	zhengyin-verify --extract-signed 1 file.p7m >got || die "no content"
	cmp content got || die "another content: $form"
	ok
done
sign -in content -signer p256.pem -inkey p256.key -out file.p7s
zhengyin-verify --extract-signed 1 file.p7s >got 2>err && die "a content from nowhere"
zhengyin-verify --extract-signed 2 file.p7m >got 2>err && die "there is no second signature"
ok

story "a time-stamp by anybody's key proves when it was signed"
printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\nsubjectKeyIdentifier=hash\n' >tsa.ext
printf '[tsa]\ndefault_tsa=t\n[t]\nserial=tsa.serial\nsigner_digest=sha384\ndefault_policy=1.2.3.4\ndigests=sha256,sha512\ness_cert_id_chain=no\n' >tsa.cnf
echo 01 >tsa.serial
stamp() { # DATA: by tsa.key, in the file token
	openssl ts -query -data "$1" -sha512 -cert -out query.tsq 2>openssl.txt
	openssl ts -reply -config tsa.cnf -queryfile query.tsq -signer tsa.pem -inkey tsa.key -token_out -out token \
		2>openssl.txt || die "openssl: $(cat openssl.txt)"
	node "$E2E/cms-stamp.mjs" add file.p7s token stamped.p7s
}
for key in "rsa:2048" "ec -pkeyopt ec_paramgen_curve:P-384"; do
	# shellcheck disable=SC2086
	openssl req -new -nodes -newkey $key -keyout tsa.key -out tsa.csr -subj "/C=CN/O=Yunze/CN=tsa" 2>openssl.txt
	openssl x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile tsa.ext -days 1000 -out tsa.pem \
		2>openssl.txt
	node "$E2E/cms-stamp.mjs" value file.p7s value
	stamp value
	judged 0 "" --detached content stamped.p7s
	equal "time" token "$(jq -r '.signatures[0].time_source' out)"
	printf x >>value
	stamp value
	judged 1 timestamp-imprint --detached content stamped.p7s
done

story "revoked, or not known to stand"
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index\ncrlnumber=number\ndefault_md=sha256\n' >ca.cnf
: >index
echo 01 >number
lists() { openssl ca -config ca.cnf -gencrl -crldays 30 -cert root.pem -keyfile root.key -out "$1" 2>openssl.txt; }
lists clear.crl
judged 0 "" --crl clear.crl two.p7m
equal "status was asked" 0 "$(jq '[.findings[] | select(.code == "revocation-not-checked")] | length' out)"
openssl ca -config ca.cnf -revoke rsa.pem -cert root.pem -keyfile root.key 2>openssl.txt || die "$(cat openssl.txt)"
lists revoked.crl
judged 1 certificate-revoked --crl revoked.crl two.p7m
equal "verdicts" "TOTAL-FAILED TOTAL-PASSED" "$(jq -r '[.signatures[].indication] | sort | join(" ")' out)"
exits 2 zhengyin-verify --anchor stranger.pem --crl clear.crl --json two.p7m
exits 64 zhengyin-verify --crl clear.crl two.p7m
# lists inside the signed data serve as well; one of them is newer
for list in clear revoked; do
	openssl crl2pkcs7 -in $list.crl -certfile rsa.pem -outform DER -out lists.p7b
	node "$E2E/cms-lists.mjs" pss.p7m lists.p7b inside-$list.p7m
done
judged 0 "" inside-clear.p7m
equal "status was asked" 0 "$(jq '[.findings[] | select(.code == "revocation-not-checked")] | length' out)"
judged 1 certificate-revoked inside-revoked.p7m
openssl ca -config ca.cnf -valid p256.pem -cert root.pem -keyfile root.key 2>openssl.txt || die "$(cat openssl.txt)"
openssl ocsp -index index -rsigner root.pem -rkey root.key -CA root.pem -issuer root.pem -cert p256.pem -ndays 30 \
	-respout p256.ocsp >openssl.txt 2>&1 || die "$(cat openssl.txt)"
sign -in content -signer p256.pem -inkey p256.key -nodetach -out file.p7m
judged 0 "" --ocsp p256.ocsp file.p7m
judged 2 revocation-unknown --ocsp p256.ocsp pss.p7m

done_story
