#!/usr/bin/env bash
# Time-stamps, judged by others: P-256 by OpenSSL, SM2 by Bouncy Castle (OpenSSL 3.0 cannot verify SM2 tokens).
. "$(dirname "$0")/lib.sh"
home
cd "$WORK"
root=$ZHENGYIN_HOME/pki/root-intl.pem
echo "内容 content" >content
echo "another content" >other
cat "$ZHENGYIN_HOME/pki/timestamp-intl.pem" "$ZHENGYIN_HOME/pki/issuing-intl.pem" >untrusted.pem
query() { openssl ts -query -data content "$@" 2>/dev/null; }
reply() { openssl ts -reply -in "$1" -text 2>/dev/null; }

story "OpenSSL accepts what it asked for, with and without certificates, by three digests"
for digest in sha256 sha384 sha512; do
	query -$digest -cert -out q.tsq
	exits 0 zhengyin ca tsa --request q.tsq --out with.tsr --force
	exits 0 openssl ts -verify -queryfile q.tsq -in with.tsr -CAfile "$root"
	exits 0 openssl ts -verify -data content -in with.tsr -CAfile "$root"
	exits 1 openssl ts -verify -data other -in with.tsr -CAfile "$root"
	query -$digest -no_nonce -out q.tsq
	exits 0 zhengyin ca tsa --request - --out without.tsr --force <q.tsq
	exits 0 openssl ts -verify -queryfile q.tsq -in without.tsr -CAfile "$root" -untrusted untrusted.pem
	[ "$(stat -c %s without.tsr)" -lt "$(stat -c %s with.tsr)" ] || die "certificates came along unasked"
	ok
done
reply with.tsr >text
grep -q "Status: Granted" text && grep -q "Policy OID: 2.999.3161.1" text && grep -q "Ordering: yes" text || die "$(cat text)"
grep -q "Accuracy: 0x01 seconds" text || die "no accuracy"
exits 0 openssl x509 -in "$ZHENGYIN_HOME/pki/timestamp-intl.pem" -noout -ext extendedKeyUsage
grep -q "Extended Key Usage: critical" out && grep -q "^ *Time Stamping$" out || die "EKU: $(cat out)"

story "times rise and serial numbers differ"
query -sha256 -cert -out q.tsq
for i in 1 2 3 4 5; do
	exits 0 zhengyin ca tsa --request q.tsq --out "r$i.tsr" --json
	jq -r '.gen_time + " " + .serial' out >>stamps
done
equal "times in order" "$(cut -d' ' -f1 stamps)" "$(cut -d' ' -f1 stamps | sort -u)"
equal "serial numbers" 5 "$(cut -d' ' -f2 stamps | sort -u | wc -l)"
refuses exists 74 zhengyin ca tsa --request q.tsq --out r1.tsr

story "a folder of requests is answered, each by its suite, once"
mkdir asked answers
for i in $(seq 70); do
	echo "content $i" >"asked/$i"
	openssl ts -query -data "asked/$i" -sha256 -cert -out "asked/$i.tsq" 2>/dev/null
done
openssl ts -query -data content -sm3 -out asked/sm3.tsq 2>/dev/null
openssl ts -query -data content -sha1 -out asked/sha1.tsq 2>/dev/null
head -c 20 asked/1.tsq >asked/cut.tsq
head -c 70000 /dev/zero >asked/long.tsq
exits 1 zhengyin ca tsa --requests asked --out answers --json
equal "granted" 71 "$(jq -r 'select(.status == "granted") | .request' out | wc -l)"
equal "the SM3 one" gm "$(jq -r 'select(.request == "sm3.tsq") | .suite' out)"
equal "rejections" "cut.tsq sha1.tsq" "$(jq -r 'select(.status == "rejection") | .request' out | sort | xargs)"
equal "errors" "long.tsq too-large" "$(jq -r 'select(.status == "error") | .request + " " + .error.code' out)"
equal "serial numbers" 71 "$(jq -r 'select(.status == "granted") | .serial' out | sort -u | wc -l)"
for i in $(seq 70); do
	exits 0 openssl ts -verify -queryfile "asked/$i.tsq" -in "answers/$i.tsr" -CAfile "$root"
done
reply answers/sha1.tsr | grep -q "unrecognized or unsupported algorithm" || die "badAlg"
[ ! -e answers/long.tsr ] || die "an answer to what was not read"
sha256sum answers/*.tsr >before
rm answers/7.tsr
rm asked/long.tsq
exits 0 zhengyin ca tsa --requests asked --out answers --json
equal "answered now" 7.tsq "$(jq -r .request out)"
grep -v "/7.tsr" before | sha256sum -c --quiet || die "an answer was written again"
refuses io 74 zhengyin ca tsa --requests asked --out nowhere
refuses io 74 zhengyin ca tsa --requests nowhere --out answers
refuses usage 64 zhengyin ca tsa --requests asked --request q.tsq --out answers
ok

story "what is refused is answered, with failInfo"
query -sha1 -out q.tsq
refuses tsp 65 zhengyin ca tsa --request q.tsq --out refused.tsr
reply refused.tsr | grep -q "unrecognized or unsupported algorithm" || die "badAlg"
query -sha256 -tspolicy 1.2.3 -out q.tsq
refuses tsp 65 zhengyin ca tsa --request q.tsq --out refused.tsr --force
reply refused.tsr | grep -q "policy is not supported" || die "unacceptedPolicy"
exits 0 zhengyin ca tsa --request q.tsq --out own.tsr --policy 1.2.3
refuses tsp 65 zhengyin ca tsa --request q.tsq --out none.tsr --policy 1.2.x
exits 0 openssl ts -verify -queryfile q.tsq -in own.tsr -CAfile "$root" -untrusted untrusted.pem
head -c 20 q.tsq >cut.tsq
refuses truncated 65 zhengyin ca tsa --request cut.tsq --out refused.tsr --force
reply refused.tsr | grep -q "data submitted has the wrong format" || die "badDataFormat"
query -sha256 -out q.tsq
zhengyin ca tsa --request q.tsq --out - | cmp -s - /dev/null && die "nothing came"
refuses usage 64 zhengyin ca tsa --request q.tsq
refuses usage 64 zhengyin ca tsa --request q.tsq --out - # DER and JSON do not share an output
refuses usage 64 zhengyin ca stamp

story "a clock that cannot be trusted gives no time"
cp "$ZHENGYIN_HOME/tsa/clock" clock
printf x | dd of="$ZHENGYIN_HOME/tsa/clock" bs=1 seek=50 conv=notrunc 2>/dev/null
refuses clock 69 zhengyin ca tsa --request q.tsq --out refused.tsr --force
reply refused.tsr | grep -q "time source is not available" || die "timeNotAvailable"
cp clock "$ZHENGYIN_HOME/tsa/clock"
exits 0 zhengyin ca tsa --request q.tsq --out again.tsr

story "a token of its own request"
exits 0 zhengyin ca timestamp content --out intl.tst
exits 0 openssl ts -verify -data content -in intl.tst -token_in -CAfile "$root"
exits 0 zhengyin ca timestamp content --suite gm --out gm.tst
openssl ts -query -data content -sm3 -cert -out q.tsq 2>/dev/null
exits 0 zhengyin ca tsa --request q.tsq --out gm.tsr --json
equal "an SM3 request is answered in SM2" gm "$(jq -r .suite out)"
exits 0 openssl ts -reply -in gm.tsr -token_out -out asked.tst

story "zhengyin-verify judges them with the home's bundle"
for suite in intl gm; do
	exits 0 zhengyin-verify --detached content $suite.tst --json
	equal "time source" token "$(jq -r '.signatures[0].time_source' out)"
	exits 1 zhengyin-verify --detached other $suite.tst --json
	equal "finding" timestamp-imprint "$(jq -r '.findings[] | select(.severity == "fail") | .code' out)"
done
exits 0 zhengyin-verify --detached content gm.tsr
exits 2 zhengyin-verify --detached content refused.tsr
exits 2 zhengyin-verify --detached content without.tsr # its certificates stayed at home
exits 65 zhengyin-verify --detached content content
exits 64 zhengyin-verify --detached content gm.tst intl.tst

story "Bouncy Castle accepts the SM2 token and refuses altered ones"
jars=/usr/share/java
check() { java -cp "$jars/bcprov.jar:$jars/bcpkix.jar:$jars/bcutil.jar" "$E2E/bouncy/CheckTimestamp.java" "$@"; }
gm() { check "$1" "$2" "$ZHENGYIN_HOME/pki/issuing-gm.pem" "$ZHENGYIN_HOME/pki/root-gm.pem"; }
exits 0 gm gm.tst content
grep -q "1.2.156.10197.1.401 1.2.156.10197.1.501$" out || die "not SM3 with SM2: $(cat out)"
exits 0 gm asked.tst content
exits 1 gm gm.tst other
# one octet of the signature, which ends the token; then one of genTime
size=$(stat -c %s gm.tst)
for place in $((size - 3)) "$(grep -abo '202[0-9]\{11\}\.' gm.tst | head -n 1 | cut -d: -f1)"; do
	cp gm.tst altered.tst
	octet=$(od -An -tx1 -j "$place" -N 1 gm.tst | tr -d ' ')
	printf "%b" "\\x$(printf %02x $((0x$octet ^ 1)))" | dd of=altered.tst bs=1 seek="$place" conv=notrunc 2>/dev/null
	cmp -s gm.tst altered.tst && die "nothing was altered at $place"
	exits 1 gm altered.tst content
done
exits 0 check intl.tst content "$ZHENGYIN_HOME/pki/issuing-intl.pem" "$root"
done_story
