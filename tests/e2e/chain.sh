#!/bin/bash
# Certificate paths made by the openssl program, one fault each and named for it: the verdict of zhengyin-verify chain, the
# same for the SM2 twin, and for P-256 and RSA held against `openssl verify`. The numbers are the sections of PKITS that a
# case belongs to.
set -euo pipefail
bin=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
ID=1234567812345678
FROM=20260101000000Z
TO=20360101000000Z
AT=2026-03-01T00:00:00Z
checks=0

fail() {
	echo "chain.sh: $*" >&2
	exit 1
}

# suite-dependent words
options() {
	case $1 in
	gm) ALG="-algorithm SM2"; MD=-sm3; SIG="-sigopt distid:$ID"; VFY="-vfyopt distid:$ID" ;;
	p256) ALG="-algorithm EC -pkeyopt ec_paramgen_curve:P-256"; MD=-sha256; SIG=; VFY= ;;
	rsa) ALG="-algorithm RSA -pkeyopt rsa_keygen_bits:2048"; MD=-sha256; SIG=; VFY= ;;
	esac
}

serial=4096
# cert NAME ISSUER EXTENSIONS [SUBJECT [KEY [FROM TO]]]: in the folder of the suite $S. ISSUER "self"; "-" is the default.
cert() {
	local name=$1 issuer=$2 ext=$3 subject=${4:--} key=${5:--} from=${6:-$FROM} to=${7:-$TO} ca
	options "$S"
	serial=$((serial + 1))
	[ "$subject" != - ] || subject="/C=CN/O=测试机构/CN=$name"
	[ "$key" != - ] || key=$name
	# shellcheck disable=SC2086
	[ -f "$S/$key.key" ] || openssl genpkey $ALG -out "$S/$key.key" 2>/dev/null
	printf '%b' "$ext" >"$S/ext"
	# shellcheck disable=SC2086
	openssl req -new -utf8 -config req.cnf -key "$S/$key.key" $MD $SIG -subj "$subject" -out "$S/csr" 2>"$S/log" || fail "$(cat "$S/log")"
	printf '%04x\n' $serial >"$S/serial"
	if [ "$issuer" = self ]; then
		ca="-selfsign -keyfile $S/$key.key"
	else
		ca="-cert $S/$issuer.pem -keyfile $S/$(cat "$S/$issuer.keyname").key"
	fi
	# shellcheck disable=SC2086
	openssl ca -batch -notext -utf8 -config "$S/ca.cnf" -name ca -in "$S/csr" $ca -md "${MD#-}" $SIG $VFY \
		-startdate "$from" -enddate "$to" -extfile "$S/ext" -out "$S/$name.pem" 2>"$S/log" || fail "$S $name: $(cat "$S/log")"
	echo "$key" >"$S/$name.keyname"
}

begin() { # SUITE
	S=$1
	mkdir "$S"
	: >"$S/index"
	cat >"$S/ca.cnf" <<-END
		[ca]
		database=$S/index
		serial=$S/serial
		new_certs_dir=$S
		policy=p
		unique_subject=no
		email_in_dn=yes
		[p]
		countryName=optional
		organizationName=optional
		commonName=optional
		emailAddress=optional
	END
}
printf '[req]\ndistinguished_name=d\n[d]\n' >req.cnf

IDS='subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n'
ROOT="basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
CA="basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n$IDS"
LEAF="basicConstraints=CA:false\nkeyUsage=critical,digitalSignature,nonRepudiation\n$IDS"
P1=1.2.156.99.1 P2=1.2.156.99.2

hierarchy() {
	cert root self "$ROOT"
	cert sub root "$CA"
	cert leaf sub "$LEAF"
	# 4.1 signatures
	cert other self "$ROOT" "/C=CN/O=测试机构/CN=sub" # of the authority's name, with another key
	cert forged other "basicConstraints=CA:false\nkeyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=none\n"
	cert stranger other "$LEAF"
	# 4.2 dates
	cert expired sub "$LEAF" - - 20260101000000Z 20260201000000Z
	cert future sub "$LEAF" - - 20270101000000Z 20280101000000Z
	cert oldca root "$CA" - - 20260101000000Z 20260201000000Z
	cert underold oldca "$LEAF"
	# 4.3 names: case and spaces do not matter, and a cross certificate leads round a dead end
	cert spaced root "$CA" "/C=CN/O=Yunze  City/CN=SPACED"
	cert underspaced spaced "$LEAF"
	cert deadend self "$ROOT" "/C=CN/O=测试机构/CN=crossed" crossed
	cert crossed root "$CA" - crossed
	cert undercrossed crossed "$LEAF"
	# 4.6 basic constraints
	cert plain sub "$LEAF" # no authority
	cert underplain plain "$LEAF"
	cert notca sub "basicConstraints=critical,CA:false\nkeyUsage=critical,keyCertSign\n$IDS"
	cert undernotca notca "$LEAF"
	cert nobc sub "keyUsage=critical,keyCertSign\n$IDS"
	cert undernobc nobc "$LEAF"
	cert short root "basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n$IDS"
	cert undershort short "$LEAF"
	cert deep short "$CA"
	cert underdeep deep "$LEAF"
	cert selfshort short "$CA" "/C=CN/O=测试机构/CN=short" # self-issued: does not count
	cert underselfshort selfshort "$LEAF"
	# 4.7 key usage
	cert nosign root "basicConstraints=critical,CA:true\nkeyUsage=critical,cRLSign\n$IDS"
	cert undernosign nosign "$LEAF"
	# 4.8 policies, 4.9 require explicit, 4.10 mappings, 4.11 inhibit mapping, 4.12 inhibit any
	cert polca root "${CA}certificatePolicies=$P1\n"
	cert pol polca "${LEAF}certificatePolicies=$P1\n"
	cert pol2 polca "${LEAF}certificatePolicies=$P2\n"
	cert nopol polca "$LEAF"
	cert anyca root "${CA}certificatePolicies=2.5.29.32.0\n"
	cert underany anyca "${LEAF}certificatePolicies=$P2\n"
	cert explicitca root "${CA}certificatePolicies=$P1\npolicyConstraints=critical,requireExplicitPolicy:0\n"
	cert explicit explicitca "${LEAF}certificatePolicies=$P1\n"
	cert explicit2 explicitca "${LEAF}certificatePolicies=$P2\n"
	cert explicitnone explicitca "$LEAF"
	cert mapca root "${CA}certificatePolicies=$P1\npolicyMappings=$P1:$P2\npolicyConstraints=critical,requireExplicitPolicy:0\n"
	cert mapped mapca "${LEAF}certificatePolicies=$P2\n"
	cert unmapped mapca "${LEAF}certificatePolicies=$P1\n"
	cert nomapca root "${CA}certificatePolicies=$P1\npolicyConstraints=critical,requireExplicitPolicy:0,inhibitPolicyMapping:0\n"
	cert nomapsub nomapca "${CA}certificatePolicies=$P1\npolicyMappings=$P1:$P2\n"
	cert nomap nomapsub "${LEAF}certificatePolicies=$P2\n"
	cert mapanyca root "${CA}certificatePolicies=$P1\npolicyMappings=$P1:2.5.29.32.0\n"
	cert mapany mapanyca "${LEAF}certificatePolicies=$P1\n"
	cert noanyca root "${CA}certificatePolicies=$P1\npolicyConstraints=critical,requireExplicitPolicy:0\ninhibitAnyPolicy=critical,0\n"
	cert noany noanyca "${LEAF}certificatePolicies=2.5.29.32.0\n"
	cert yesany explicitca "${LEAF}certificatePolicies=2.5.29.32.0\n"
	# 4.13 name constraints
	cert ncca root "${CA}nameConstraints=critical,permitted;dirName:dir,permitted;DNS:gov.example,permitted;email:.gov.example,permitted;URI:.gov.example,permitted;IP:10.0.0.0/255.0.0.0,excluded;DNS:secret.gov.example,excluded;IP:10.9.0.0/255.255.0.0\n[dir]\nC=CN\nO=Yunze\n"
	local in=/C=CN/O=Yunze/CN
	cert ncdn ncca "$LEAF" "$in=a"
	cert ncdnout ncca "$LEAF" "/C=CN/O=别处/CN=a"
	cert ncdns ncca "${LEAF}subjectAltName=DNS:www.gov.example\n" "$in=b"
	cert ncdnsout ncca "${LEAF}subjectAltName=DNS:www.gov.example,DNS:www.example.org\n" "$in=c"
	cert ncdnsend ncca "${LEAF}subjectAltName=DNS:evilgov.example\n" "$in=d"
	cert ncdnsexcluded ncca "${LEAF}subjectAltName=DNS:a.secret.gov.example\n" "$in=e"
	cert ncmail ncca "${LEAF}subjectAltName=email:a@mail.gov.example\n" "$in=f"
	cert ncmailout ncca "${LEAF}subjectAltName=email:a@gov.example\n" "$in=g"
	cert ncmaildn ncca "$LEAF" "$in=h/emailAddress=a@example.org"
	cert ncuri ncca "${LEAF}subjectAltName=URI:https://u@www.gov.example:8443/x\n" "$in=i"
	cert ncuriout ncca "${LEAF}subjectAltName=URI:https://www.gov.example.org/x\n" "$in=j"
	cert ncip ncca "${LEAF}subjectAltName=IP:10.1.2.3\n" "$in=k"
	cert ncipout ncca "${LEAF}subjectAltName=IP:11.1.2.3\n" "$in=l"
	cert ncipexcluded ncca "${LEAF}subjectAltName=IP:10.9.2.3\n" "$in=m"
	cert ncrid root "${CA}nameConstraints=critical,excluded;RID:1.2.3.4\n"
	cert ncridleaf ncrid "${LEAF}subjectAltName=RID:1.2.3.5\n"
	cert ncridother ncrid "${LEAF}subjectAltName=DNS:a.example\n"
	# 4.16 private extensions
	cert private sub "${LEAF}1.2.3.4=DER:0500\n"
	cert critical sub "${LEAF}1.2.3.4=critical,DER:0500\n"
	cert criticalca root "${CA}1.2.3.4=critical,DER:0500\n"
	cert undercritical criticalca "$LEAF"
	# uses and hosts
	cert server sub "basicConstraints=CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:www.example.com,DNS:*.wild.example.com,IP:192.0.2.1,IP:2001:db8::1\n$IDS" "/CN=cn.example.com"
	cert clientca root "${CA}extendedKeyUsage=clientAuth\n"
	cert underclientca clientca "basicConstraints=CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n$IDS"
	cert stamp sub "basicConstraints=CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n$IDS"
	cert stampmore sub "basicConstraints=CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping,codeSigning\n$IDS"
}

# judged EXIT CODE LEAF UNTRUSTED [OPTION...]: CODE is the finding that must be there, "-" for a path that passes
judged() {
	local want=$1 code=$2 leaf=$3 others=$4 got=0 f
	shift 4
	: >"$S/others.pem"
	for f in $others; do cat "$S/$f.pem" >>"$S/others.pem"; done
	case " $* " in *" --at "*) ;; *) set -- --at $AT "$@" ;; esac
	"$bin/zhengyin-verify" chain --json --anchor "$S/root.pem" ${others:+--untrusted "$S/others.pem"} "$@" \
		"$S/$leaf.pem" >out 2>err || got=$?
	[ "$got" = "$want" ] || fail "$S $leaf ($*): exit $got instead of $want: $(cat out err)"
	if [ "$code" != - ]; then
		jq -e --arg c "$code" '[.findings[].code] | index($c) != null' out >/dev/null || fail "$S $leaf: no $code: $(cat out)"
		jq -e --arg c "$code" '[.findings[] | select(.severity != "info") | .code] - [$c] == []' out >/dev/null ||
			fail "$S $leaf: more than $code: $(cat out)"
	fi
	checks=$((checks + 1))
	checks_openssl "$want" "$leaf" "$others"
}
# What openssl says of the same path; $OPENSSL has its words for what we said with options of ours, "skip" where the two
# differ on purpose.
OPENSSL=
checks_openssl() {
	local got=0
	[ "$S" != gm ] && [ "$OPENSSL" != skip ] || return 0
	# shellcheck disable=SC2086
	openssl verify -x509_strict -policy_check -attime "$(date -d $AT +%s)" -CAfile "$S/root.pem" \
		${3:+-untrusted "$S/others.pem"} $OPENSSL "$S/$2.pem" >ossl 2>&1 || got=1
	[ $((want != 0)) = $got ] || fail "$S $2: openssl says otherwise: $(cat ossl)"
	checks=$((checks + 1))
}

matrix() {
	OPENSSL=
	judged 0 - leaf sub
	judged 0 - leaf "other sub stranger" # the wrong authority of that name comes first
	judged 2 no-chain leaf ""
	judged 1 certificate-signature forged "sub"
	judged 2 no-chain stranger "sub other"
	judged 1 path-expired expired sub
	judged 1 path-not-yet-valid future sub
	judged 1 path-expired underold oldca
	judged 0 - underspaced spaced
	OPENSSL=skip # openssl does not turn round at a dead end
	judged 0 - undercrossed "deadend crossed"
	OPENSSL=
	judged 0 - undercrossed "crossed deadend"
	judged 2 no-chain undercrossed "deadend"
	judged 2 certificate-authority underplain "plain sub"
	judged 2 certificate-authority undernotca "notca sub"
	judged 2 certificate-authority undernobc "nobc sub"
	judged 0 - undershort short
	judged 2 certificate-authority underdeep "deep short"
	judged 0 - underselfshort "selfshort short"
	judged 2 certificate-authority undernosign nosign
	# policies
	judged 0 - pol polca
	judged 0 - nopol polca
	OPENSSL="-policy $P1 -explicit_policy"
	judged 0 - pol polca --policy $P1
	judged 2 certificate-policy nopol polca --policy $P1
	judged 2 certificate-policy pol2 polca --policy $P1
	OPENSSL="-policy $P2 -explicit_policy"
	judged 2 certificate-policy pol polca --policy $P2
	judged 0 - underany anyca --policy $P2
	OPENSSL="-policy 2.5.29.32.0" # without it openssl takes the set of policies asked for as empty
	judged 0 - explicit explicitca
	judged 2 certificate-policy explicit2 explicitca
	judged 2 certificate-policy explicitnone explicitca
	judged 0 - yesany explicitca
	judged 0 - mapped mapca
	judged 2 certificate-policy unmapped mapca
	judged 2 certificate-policy nomap "nomapsub nomapca"
	judged 2 certificate-policy mapany mapanyca
	judged 2 certificate-policy noany noanyca
	OPENSSL="-policy $P1 -explicit_policy"
	judged 0 - mapped mapca --policy $P1
	OPENSSL="-policy $P2 -explicit_policy"
	judged 2 certificate-policy mapped mapca --policy $P2
	# names
	OPENSSL=
	judged 0 - ncdn ncca
	judged 2 certificate-name ncdnout ncca
	judged 0 - ncdns ncca
	judged 2 certificate-name ncdnsout ncca
	judged 2 certificate-name ncdnsend ncca
	judged 2 certificate-name ncdnsexcluded ncca
	judged 0 - ncmail ncca
	judged 2 certificate-name ncmailout ncca
	judged 2 certificate-name ncmaildn ncca
	judged 0 - ncuri ncca
	judged 2 certificate-name ncuriout ncca
	judged 0 - ncip ncca
	judged 2 certificate-name ncipout ncca
	judged 2 certificate-name ncipexcluded ncca
	judged 2 certificate-name ncridleaf ncrid
	judged 0 - ncridother ncrid
	# extensions
	judged 0 - private sub
	judged 2 certificate-profile critical sub
	judged 2 certificate-profile undercritical criticalca
	# hosts
	OPENSSL="-verify_hostname www.example.com"
	judged 0 - server sub --host www.example.com --purpose server
	judged 0 - server sub --host WWW.Example.COM
	OPENSSL="-verify_hostname cn.example.com"
	judged 2 certificate-host server sub --host cn.example.com
	OPENSSL="-verify_hostname a.wild.example.com"
	judged 0 - server sub --host a.wild.example.com
	OPENSSL="-verify_hostname a.b.wild.example.com"
	judged 2 certificate-host server sub --host a.b.wild.example.com
	OPENSSL="-verify_hostname wild.example.com"
	judged 2 certificate-host server sub --host wild.example.com
	OPENSSL="-verify_ip 192.0.2.1"
	judged 0 - server sub --host 192.0.2.1
	OPENSSL="-verify_ip 2001:db8::2"
	judged 2 certificate-host server sub --host 2001:db8::2
	OPENSSL="-verify_ip 2001:db8::1"
	judged 0 - server sub --host 2001:db8:0::1
	OPENSSL="-purpose sslclient"
	judged 2 certificate-key-usage server sub --purpose client
	OPENSSL="-purpose sslserver"
	judged 0 - server sub --purpose server
	judged 2 certificate-key-usage underclientca clientca --purpose server
	OPENSSL="-purpose timestampsign"
	judged 0 - stamp sub --purpose timestamp
	judged 2 certificate-key-usage stampmore sub --purpose timestamp
	judged 2 certificate-key-usage leaf sub --purpose timestamp
}

for s in gm p256; do
	begin $s
	hierarchy
	matrix
done
# 4.4, 4.14: revocation, by lists and by answers that the openssl program made
crl() { # NAME ISSUER FROM TO INDEX...
	local name=$1 issuer=$2 from=$3 to=$4
	shift 4
	options "$S"
	cat "$@" >"$S/crl-index"
	sed "s|$S/index|$S/crl-index|" "$S/ca.cnf" >"$S/crl.cnf"
	printf 'crlnumber=%s/crlnumber\n[x]\nauthorityKeyIdentifier=keyid\n' "$S" | sed '/^\[x\]/,$d' >"$S/more"
	sed "/^\[ca\]/r $S/more" "$S/crl.cnf" >"$S/crl2.cnf"
	echo 01 >"$S/crlnumber"
	# shellcheck disable=SC2086
	openssl ca -gencrl -config "$S/crl2.cnf" -name ca -cert "$S/$issuer.pem" -keyfile "$S/$(cat "$S/$issuer.keyname").key" \
		-md "${MD#-}" $SIG -crl_lastupdate "$from" -crl_nextupdate "$to" -out "$S/$name" 2>"$S/log" || fail "$(cat "$S/log")"
}
row() { # NAME: the line of the index that says that it was revoked
	local n
	n=$(openssl x509 -in "$S/$1.pem" -noout -serial | cut -d= -f2)
	printf 'R\t360101000000Z\t260201000000Z,keyCompromise\t%s\tunknown\t/CN=x\n' "$n"
}
revocation() {
	cert revoked sub "$LEAF"
	row revoked >"$S/leafrow"
	row sub >"$S/subrow"
	: >"$S/none"
	crl fresh.crl sub 260220000000Z 260310000000Z "$S/leafrow"
	crl stale.crl sub 260201000000Z 260220000000Z "$S/none"
	crl early.crl sub 260302000000Z 260310000000Z "$S/none"
	crl root.crl root 260220000000Z 260310000000Z "$S/subrow"
	crl other.crl other 260220000000Z 260310000000Z "$S/none"
	OPENSSL=skip # no list of SM2 with openssl, and it asks for the authority's too
	judged 0 - leaf sub --crl "$S/fresh.crl"
	judged 1 certificate-revoked revoked sub --crl "$S/fresh.crl"
	[ "$(jq -r .sub_indication out)" = REVOKED ] || fail "$(cat out)"
	judged 2 revocation-unknown leaf sub --crl "$S/stale.crl"
	[ "$(jq -r .sub_indication out)" = TRY_LATER ] || fail "$(cat out)"
	judged 2 revocation-unknown leaf sub --crl "$S/early.crl"
	judged 2 revocation-unknown leaf sub --crl "$S/other.crl"
	cat "$S/fresh.crl" "$S/root.crl" >"$S/both.crl"
	judged 1 certificate-revoked leaf sub --crl "$S/both.crl"
	# a list that was changed
	openssl crl -in "$S/fresh.crl" -outform DER -out "$S/fresh.der"
	{ head -c -1 "$S/fresh.der"; tail -c 1 "$S/fresh.der" | tr '\000-\377' '\001-\377\000'; } >"$S/changed.der"
	judged 0 - leaf sub --crl "$S/fresh.der"
	judged 2 revocation-unknown leaf sub --crl "$S/changed.der"
	# answers: by the issuer, by a responder that it authorised, and by one that it did not
	cert responder sub "basicConstraints=CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=OCSPSigning\nnoCheck=ignored\n$IDS"
	cert unauthorised sub "$LEAF"
	local who
	for who in sub responder unauthorised; do
		answer $who leaf "$S/none" good-$who
		answer $who revoked "$S/leafrow" bad-$who
	done
	NOW=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	for who in sub responder; do
		judged 0 - leaf sub --ocsp "$S/good-$who" --at "$NOW"
		judged 1 certificate-revoked revoked sub --ocsp "$S/bad-$who" --at "$NOW"
	done
	judged 2 revocation-unknown leaf sub --ocsp "$S/good-unauthorised" --at "$NOW"
	judged 2 revocation-unknown leaf sub --ocsp "$S/bad-sub" --at "$NOW"
	judged 2 revocation-unknown leaf sub --ocsp "$S/good-sub" --at 2026-02-01T00:00:00Z
}
# the openssl program answers for this moment
answer() { # RESPONDER LEAF INDEX OUT
	local n
	options "$S"
	n=$(openssl x509 -in "$S/leaf.pem" -noout -serial | cut -d= -f2)
	{ cat "$3"; printf 'V\t360101000000Z\t\t%s\tunknown\t/CN=y\n' "$n"; } >"$S/ocsp-index"
	openssl ocsp -sha256 -issuer "$S/sub.pem" -cert "$S/$2.pem" -reqout "$S/request" -no_nonce 2>"$S/log"
	# shellcheck disable=SC2086
	openssl ocsp -index "$S/ocsp-index" -CA "$S/sub.pem" -rsigner "$S/$1.pem" -rkey "$S/$1.key" -rmd "${MD#-}" \
		${SIG/-sigopt/-rsigopt} -reqin "$S/request" -respout "$S/$4" -ndays 1 >"$S/log" 2>&1 || fail "$(cat "$S/log")"
}
for S in gm p256; do revocation; done

# RSA takes the same way; a few paths show that its signatures do
begin rsa
cert root self "$ROOT"
cert sub root "$CA"
cert leaf sub "$LEAF"
OPENSSL=
judged 0 - leaf sub
judged 2 no-chain leaf ""

# no anchor, several certificates in one file, DER, and words that are wrong
S=p256
want() { # STATUS WORD...
	local status=$1 got=0
	shift
	"$bin/zhengyin-verify" chain "$@" >out 2>err || got=$?
	[ "$got" = "$status" ] || fail "exit $got instead of $status: $* $(cat out err)"
	checks=$((checks + 1))
}
want 2 --json --at $AT --untrusted p256/sub.pem p256/leaf.pem
[ "$(jq -r .sub_indication out)" = NO_CERTIFICATE_CHAIN_FOUND ] || fail "no anchor: $(cat out)"
want 1 --at $AT --untrusted p256/sub.pem p256/forged.pem
cat p256/leaf.pem p256/sub.pem >full.pem
want 0 --at $AT --anchor p256/root.pem full.pem
want 0 --json --at $AT --anchor p256/root.pem - <full.pem
[ "$(jq -r '.path | length' out)" = 3 ] || fail "path: $(cat out)"
openssl x509 -in p256/leaf.pem -outform DER -out leaf.der
openssl x509 -in p256/root.pem -outform DER -out root.der
want 0 --at $AT --anchor root.der --untrusted p256/sub.pem leaf.der
want 0 --help
grep -q example: out || fail "no example"
want 64
want 64 --no-such x p256/leaf.pem
want 64 --anchor p256/root.pem --purpose walk p256/leaf.pem
want 64 --anchor p256/root.pem --policy 1.x p256/leaf.pem
want 64 --anchor p256/root.pem --at yesterday p256/leaf.pem
want 64 --anchor p256/root.pem
want 65 --anchor p256/root.pem p256/root.key
want 65 --anchor p256/root.pem req.cnf
want 74 --anchor absent p256/leaf.pem
want 74 --anchor p256/root.pem absent
echo "$checks checks"
