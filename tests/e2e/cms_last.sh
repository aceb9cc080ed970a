#!/usr/bin/env bash
# Signed data that lasts: certificates and revocation data in it, archive time-stamps over all that and their renewal, in
# both suites; believed by others, who compute the index of hashes and the imprint themselves.
. "$(dirname "$0")/lib.sh"
home
cd "$WORK"
pki=$ZHENGYIN_HOME/pki
item=$(jq -r '.seals[0].items[0]' "$ZHENGYIN_HOME/policies/seals.json")
head -c 30000 /dev/urandom >content
printf 'another\n' >other
sign() { zhengyin seal sign --seal 99010000000001 --item "$item" "$@"; }
extend() { zhengyin seal extend "$@"; }
by_openssl() { openssl cms -verify -binary -inform DER -CAfile "$pki/root-intl.pem" -purpose any "$@" 2>openssl.txt ||
	die "openssl: $(cat openssl.txt)"; ok; }
have_java() { [ -r /usr/share/java/bcpkix.jar ] && command -v java >/dev/null; }
# archives FILE CONTENT|- NUMBER: as Bouncy Castle computes them
archives() {
	have_java || return 0
	java -Dfile.encoding=UTF-8 -cp /usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar \
		"$E2E/bouncy/CheckArchive.java" "$1" "$2" >java.txt 2>java.err || die "Bouncy Castle: $(cat java.err)"
	equal "archive time-stamps of $1" "$3" "$(wc -l <java.txt)"
}
# believed SIGNERS STAMPS ARGUMENT...: by zhengyin-verify
believed() {
	local signers=$1 stamps=$2
	shift 2
	exits 0 zhengyin-verify --json "$@"
	equal "signatures of $*" "$signers $stamps" "$(jq -r '[.signatures[] | select(.indication == "TOTAL-PASSED") | .kind] |
		"\(map(select(. != "timestamp")) | length) \(map(select(. == "timestamp")) | length)"' out)"
}
findings() { jq -r '[.findings[].code] | unique | join(" ")' out; }

story "every level, the content inside"
for level in B-B B-T B-LT B-LTA; do
	exits 0 sign content --cms --level $level --out $level.p7m --json
	equal "level" $level "$(jq -r .level out)"
	by_openssl -in $level.p7m -out got
	cmp content got || die "another content"
done
believed 1 0 B-B.p7m
equal "without values" revocation-not-checked "$(findings)"
believed 1 0 B-T.p7m
believed 1 0 B-LT.p7m
equal "all is answered" "" "$(findings)"
equal "time" token "$(jq -r '.signatures[0].time_source' out)"
believed 1 1 B-LTA.p7m
equal "answers as other revocation information" 2 "$(openssl asn1parse -inform DER -in B-LTA.p7m |
	grep -c ':1.3.6.1.5.5.7.16.2')"
archives B-LTA.p7m - 1

story "the content beside it, renewed five times"
exits 0 sign content --cms --detached --level B-LTA --out 1.p7s
refuses usage 64 extend --level B-LTA 1.p7s --out no
refuses usage 64 extend --level B-LTA --detached content B-LTA.p7m --out no
for n in 2 3 4 5; do
	exits 0 extend --level B-LTA --detached content $((n - 1)).p7s --out $n.p7s --json
	equal "one more" 1 "$(jq .timestamps out)"
	[ $n = 3 ] || [ $n = 4 ] || {
		believed 1 $n --detached content $n.p7s
		by_openssl -in $n.p7s -content content -out got
		archives $n.p7s content $n
	}
done
exits 1 zhengyin-verify --json --detached other 5.p7s
exits 2 zhengyin-verify --json 5.p7s
equal "no content" signed-content-missing "$(findings)"

story "SM2 and GB/T 35275"
for form in "--cms --suite gm" --gbt35275; do
	rm -f gm.p7m gm-2.p7m
	# shellcheck disable=SC2086
	exits 0 sign content $form --level B-LTA --out gm.p7m
	believed 1 1 gm.p7m
	archives gm.p7m - 1
	exits 0 extend --level B-LTA gm.p7m --out gm-2.p7m
	believed 1 2 gm-2.p7m
	archives gm-2.p7m - 2
done

story "what was signed before is taken up, also of others and by several"
exits 0 extend --level B-T B-B.p7m --out t.p7m --json
equal "a time-stamp" "0 1" "$(jq -r '"\(.values) \(.timestamps)"' out)"
believed 1 0 t.p7m
equal "proven by" token "$(jq -r '.signatures[0].time_source' out)"
exits 0 extend --level B-LT t.p7m --out lt.p7m --json
exits 0 extend --level B-LT lt.p7m --out lt-again.p7m --json
cmp lt.p7m lt-again.p7m || die "what still holds was collected again"
exits 0 extend --level B-LTA lt.p7m --out lta.p7m
believed 1 1 lta.p7m
archives lta.p7m - 1
openssl cms -cmsout -inform DER -in lta.p7m -outform PEM -out lta.pem
exits 0 extend --level B-LTA lta.pem --out lta-2.p7m
believed 1 2 lta-2.p7m

story "a certificate is revoked: what was stamped before holds"
serial=$(openssl x509 -in "$ZHENGYIN_HOME/seals/99010000000001/document.pem" -noout -serial | cut -d= -f2 | tr A-F a-f)
exits 0 zhengyin ca revoke "$serial" --reason keyCompromise
exits 0 extend --level B-LTA B-T.p7m --out late.p7m
believed 1 1 late.p7m
refuses self-verify 70 extend --level B-LTA B-B.p7m --out no
exits 0 extend --level B-LTA B-LTA.p7m --out renewed.p7m
believed 1 2 renewed.p7m
believed 1 1 B-LTA.p7m

story "refusals"
refuses usage 64 extend --level B-B B-B.p7m --out no
refuses usage 64 extend --level B-T --detached content "$E2E/lib.sh" --out no
[ ! -e no ] || die "something was written"
done_story
