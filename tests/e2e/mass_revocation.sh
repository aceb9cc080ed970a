#!/usr/bin/env bash
# Many certificates are revoked by a rule that two officers approved: what it would do, every refusal, a kill in the
# middle, and lists that others believe.
. "$(dirname "$0")/lib.sh"
home
pki=$ZHENGYIN_HOME/pki
name=$(jq -r '.departments[0].name.zh' "$ZHENGYIN_HOME/policies/departments.json")
code=$(jq -r '.departments[0].code' "$ZHENGYIN_HOME/policies/departments.json")

issue() { # SUITE CN: CN.pem
	if [ "$1" = gm ]; then
		openssl genpkey -algorithm SM2 -out "$WORK/key.pem" 2>/dev/null
		openssl req -new -utf8 -key "$WORK/key.pem" -sm3 -sigopt distid:1234567812345678 -subj "/O=$name/CN=$2" -out "$WORK/csr.pem"
	else
		openssl req -new -utf8 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/key.pem" -subj "/O=$name/CN=$2" -out "$WORK/csr.pem" 2>/dev/null
	fi
	exits 0 zhengyin ca issue --profile device --csr "$WORK/csr.pem" --out "$WORK/$2.pem" --json
	serial=$(jq -r .serial "$WORK/out")
}
rule() { printf '%s\n' "$1" >"$WORK/rule.json"; }
would() { # WANTED
	exits 0 zhengyin ca revoke --rule "$WORK/rule.json" --json
	equal "would revoke, by $(cat "$WORK/rule.json")" "$1" "$(jq -r .would "$WORK/out")"
}
request() { # ORDER: asked for
	rm -f "$1"
	exits 0 zhengyin approve request revoke-many "$WORK/rule.json" --as requester-1 --purpose "测试 a test" --out "$1"
}
approve() { # ORDER: by both
	for who in officer-1 officer-2; do exits 0 zhengyin approve sign "$1" --as $who; done
}
register() { zhengyin ca list --json | jq -c '[.serial, .state, .revoked_at]' | sha256sum; }
used() { zhengyin journal --json | jq -r 'select(.what == "order" and .use == "revoke-many") | .key' | wc -l; }
standing() { zhengyin ca list --json | jq -r "select(.profile == \"device\" and .suite == \"$1\") | .state" | sort | uniq -c | xargs; }
through() { zhengyin ca revoke --rule "$WORK/rule.json" --order "$@"; }

story "a rule alone says what it would do and changes nothing"
for i in 1 2 3; do issue intl device-$i; done
some=$serial
for i in 4 5; do issue gm device-$i; done
before=$(register)
rule '{"profile": "device", "reason": "superseded"}' && would 5
equal "by profile" 5 "$(jq -r .profiles.device "$WORK/out")"
rule '{"issuer": "issuing-intl", "profile": "device", "reason": "superseded"}' && would 3
rule '{"issuer": "root-intl", "profile": "device", "reason": "superseded"}' && would 0
rule "{\"serials\": [\"$some\"], \"reason\": \"superseded\"}" && would 1
rule "{\"organisation\": \"$code\", \"profile\": \"device\", \"reason\": \"superseded\"}" && would 5
rule "{\"organisation\": \"$(jq -r '.departments[1].code' "$ZHENGYIN_HOME/policies/departments.json")\", \"profile\": \"device\", \"reason\": \"superseded\"}" && would 0
spki=$(openssl x509 -in "$WORK/device-3.pem" -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1)
rule "{\"key\": \"$spki\", \"reason\": \"keyCompromise\"}" && would 1
rule '{"profile": "device", "issued_to": "2026-01-01T00:00:00Z", "reason": "superseded"}' && would 0
rule '{"profile": "device", "issued_from": "2026-01-01T00:00:00Z", "reason": "superseded"}' && would 5
rule '{"reason": "superseded"}'
refuses policy 65 zhengyin ca revoke --rule "$WORK/rule.json"
refuses policy 65 zhengyin approve request revoke-many "$WORK/rule.json" --as requester-1 --purpose none --out "$WORK/none.order"
rule '{"profile": "device", "reason": "superseded", "invalidity_date": "2099-01-01T00:00:00Z"}'
refuses dates 65 zhengyin ca revoke --rule "$WORK/rule.json"
refuses usage 64 zhengyin ca revoke "$some" --rule "$WORK/rule.json"
refuses usage 64 zhengyin ca revoke
refuses usage 64 zhengyin ca revoke "$some" --reason superseded --order "$WORK/none.order"
equal "the register" "$before" "$(register)"

story "an order that is not two officers' own is refused, and nothing changes"
order=$WORK/intl.order
rule '{"issuer": "issuing-intl", "profile": "device", "reason": "keyCompromise", "invalidity_date": "2026-01-01T00:00:00Z"}'
request "$order"
exits 0 zhengyin approve show "$order"
grep -q 'rule profile: + device' "$WORK/out" || die "the officers do not see the rule: $(cat "$WORK/out")"
refuses approval-one-officer 1 through "$order"
exits 0 zhengyin approve sign "$order" --as officer-1
refuses approval-one-officer 1 through "$order"
refuses approval-same-officer 1 zhengyin approve sign "$order" --as officer-1
node -e '
	const fs = require("fs"), [from, to, how] = process.argv.slice(1), b = fs.readFileSync(from);
	// [order, [signatures], subject]: 83, then bstr, then an array of COSE_Sign1 with detached payload
	const skip = (at) => { const n = b[at] & 31; return n < 24 ? [at + 1, n] : n === 24 ? [at + 2, b[at + 1]] : [at + 3, b.readUInt16BE(at + 1)]; };
	const [text, len] = skip(1), list = text + len, num = b[list] & 31;
	const ends = [];
	let at = list + 1;
	for (let i = 0; i < num; i++) {
		if (b[at] === 0xd2) at++;
		at++;
		for (let k = 0; k < 4; k++) {
			if (b[at] >> 5 === 2) { const [p, n] = skip(at); at = p + n; } else at++;
		}
		ends.push(at);
	}
	const last = b.subarray(ends[num - 2], ends[num - 1]);
	if (how === "twice") fs.writeFileSync(to, Buffer.concat([b.subarray(0, list), Buffer.from([0x80 + num + 1]), b.subarray(list + 1, at), last, b.subarray(at)]));
	else { const c = Buffer.from(b); c[ends[num - 1] - 1] ^= 1; fs.writeFileSync(to, c); }
' "$order" "$WORK/twice.order" twice
refuses approval-same-officer 1 through "$WORK/twice.order"
exits 0 zhengyin approve sign "$order" --as officer-2
node -e '
	const fs = require("fs"), [from, to, was, is] = process.argv.slice(1), b = fs.readFileSync(from), at = b.indexOf(was);
	if (at < 0) process.exit(1);
	b.write(is, at);
	fs.writeFileSync(to, b);
' "$order" "$WORK/altered.order" "测试 a test" "测试 A test"
refuses approval-altered 1 through "$WORK/altered.order"
cp "$WORK/rule.json" "$WORK/intl.json"
rule '{"issuer": "issuing-intl", "profile": "device", "reason": "superseded"}'
refuses approval-subject 1 through "$order"
rule '{"issuer": "issuing-gm", "profile": "device", "reason": "superseded"}'
request "$WORK/gm.order"
approve "$WORK/gm.order"
cp "$WORK/rule.json" "$WORK/gm.json"
cp "$WORK/intl.json" "$WORK/rule.json"
refuses approval-subject 1 through "$WORK/gm.order"
refuses usage 64 zhengyin approve apply "$order"
jq '.seals[0].limit_per_day = 7' "$ZHENGYIN_HOME/policies/seals.json" >"$WORK/seals.json"
exits 0 zhengyin approve request rules "$WORK/seals.json" --as requester-1 --purpose other --out "$WORK/rules.order"
refuses order 65 through "$WORK/rules.order"
equal "the register" "$before" "$(register)"
equal "orders used" 0 "$(used)"
equal "notes" "" "$(ls "$ZHENGYIN_HOME/ca/orders" | grep -v lock || true)"
[ ! -e "$ZHENGYIN_HOME/crl" ] || die "lists were published"

story "answers signed ahead say good until then"
exits 0 zhengyin ca ocsp --presign
says() { openssl ocsp -respin "$ZHENGYIN_HOME/ocsp/$1.ocsp" -noverify -issuer "$pki/issuing-intl.pem" -cert "$WORK/$2.pem" 2>/dev/null | sed -n 's/^.*pem: \([a-z]*\)$/\1/p'; }
equal "signed ahead" good "$(says "$some" device-3)"

story "killed between approval and revocation: the same order goes on, and others cannot go in between"
mkfifo "$WORK/hold"
"$BIN/../tests/hold_register" "$ZHENGYIN_HOME/ca" <"$WORK/hold" >"$WORK/held" &
holder=$!
exec 9>"$WORK/hold"
for _ in $(seq 600); do grep -q held "$WORK/held" && break || sleep 0.1; done
grep -q held "$WORK/held" || die "the register is not held"
zhengyin ca revoke --rule "$WORK/rule.json" --order "$order" >"$WORK/killed.out" 2>"$WORK/killed.err" 9>&- &
revoker=$!
for _ in $(seq 600); do grep -q 'have taken the order' "$WORK/killed.err" && break || sleep 0.1; done
refuses busy 69 through "$order"
kill -KILL $revoker
wait $revoker 2>/dev/null && die "it ended by itself"
exec 9>&-
wait $holder || die "hold_register"
equal "each signer used it up" 2 "$(used)"
equal "not yet revoked" "3 valid" "$(standing intl)"
begun=$(date -d "$(sed -n 's/^begun //p' "$ZHENGYIN_HOME"/ca/orders/*[0-9a-f])" +%s)
while [ "$(date +%s)" -le "$begun" ]; do sleep 0.1; done
issue intl later
exits 0 through "$order" --digits 1 --json
equal "taken up again" "true 3 3" "$(jq -r '[.resumed, .revoked, .covered] | join(" ")' "$WORK/out")"
equal "on the lists" "4 3" "$(jq -r '.lists[] | select(.name == "issuing-intl") | [.lists, .entries] | join(" ")' "$WORK/out")"
equal "used up once" 2 "$(used)"
equal "signed ahead" "3 revoked" "$(jq -r .answers "$WORK/out") $(says "$some" device-3)"
equal "what was issued after it began stands" "3 revoked 1 valid" "$(standing intl)"
equal "others stand" "2 valid" "$(standing gm)"
refuses approval-used 1 through "$order"
refuses approval-used 1 through "$order" --out "$WORK/elsewhere"
equal "what was issued after it began stands" "3 revoked 1 valid" "$(standing intl)"

story "cut off before the lists: the same order publishes them"
cp "$WORK/gm.json" "$WORK/rule.json"
exec 8>"$ZHENGYIN_HOME/ca/crl-number-issuing-gm.lock"
flock 8
refuses busy 69 through "$WORK/gm.order"
exec 8>&-
equal "revoked" "2 revoked" "$(standing gm)"
exits 0 through "$WORK/gm.order" --json
equal "published" "true 0 2" "$(jq -r '[.resumed, .revoked, .covered] | join(" ")' "$WORK/out")"
refuses approval-used 1 through "$WORK/gm.order"
request "$WORK/nothing.order"
approve "$WORK/nothing.order"
refuses not-found 1 through "$WORK/nothing.order"
equal "used up" 4 "$(used)"

story "openssl believes the P-256 lists"
cat "$pki/root-intl.pem" "$pki/issuing-intl.pem" >"$WORK/cas.pem"
openssl crl -inform DER -in "$ZHENGYIN_HOME/crl/issuing-intl.crl" -CAfile "$WORK/cas.pem" -out "$WORK/crl.pem" 2>"$WORK/err"
grep -q "verify OK" "$WORK/err" || die "openssl crl"
equal "entries" 3 "$(openssl crl -in "$WORK/crl.pem" -noout -text | grep -c 'Serial Number:')"
equal "reason" 3 "$(openssl crl -in "$WORK/crl.pem" -noout -text | grep -c 'Key Compromise')"
equal "invalidity" 3 "$(openssl crl -in "$WORK/crl.pem" -noout -text | grep -c 'Jan  1 00:00:00 2026 GMT')"
verify() { exits "$1" openssl verify -crl_check -CAfile "$WORK/cas.pem" -CRLfile "$WORK/crl.pem" "$WORK/$2.pem"; }
verify 2 device-1
grep -q "certificate revoked" "$WORK/err" || die "no word of revocation"
verify 2 device-3
verify 0 later
equal "the partition of its serial" 1 "$(openssl crl -inform DER -in "$ZHENGYIN_HOME/crl/issuing-intl-${some:0:1}.crl" -noout -text | grep -ci "Serial Number: $some")"
exits 0 zhengyin journal --check
exits 0 zhengyin status

story "a drill revokes a full register"
exits 0 zhengyin drill revoke --entries 20000 --json
equal "revoked, none missing" "20000 0 20000" "$(jq -r '[.requests, .failed, .entries] | join(" ")' "$WORK/out")"
equal "lists with entries, measured" true "$(jq '.lists == 128 and .bytes > 20000 * 30 and .revoke_seconds > 0 and .publish_seconds > 0 and .longest_pause_ms >= 0' "$WORK/out")"
refuses usage 64 zhengyin drill revoke --entries 0
refuses usage 64 zhengyin drill revoke --seconds 3
done_story
