#!/usr/bin/env bash
# The roots are off line. Two officers bring them on line for what they approved, and a record that others can check
# says what was done; whatever else is asked of a root is refused.
. "$(dirname "$0")/lib.sh"
home
pki=$ZHENGYIN_HOME/pki
root=$ZHENGYIN_HOME/root
first=$ZHENGYIN_HOME/ceremony/root.txt
off_line() {
	[ ! -e "$ZHENGYIN_HOME/run/zy-root.sock" ] && [ ! -e "$ZHENGYIN_HOME/run/zy-root-tpm.sock" ] || die "a root is on line"
	ok
}
serial_of() { openssl x509 -noout -serial -in "$1" | cut -d= -f2 | tr A-F a-f; }
plan() { rm -f "$WORK/plan"; exits 0 zhengyin ceremony plan "$1" --out "$WORK/plan"; }
request() { rm -f "$1"; zhengyin approve request ceremony "$WORK/plan" --as requester-1 --purpose test --out "$1" >/dev/null; }
signed() { # ORDER OFFICER...
	local order=$1 who
	shift
	for who; do zhengyin approve sign "$order" --as "$who" >/dev/null; done
}
run() { zhengyin ceremony run "$1" --record "$WORK/none.txt" "${@:2}"; }

story "after init the roots are off line, and daily work goes on without them and without their medium"
off_line
exits 0 zhengyin down
mv "$root" "$WORK/safe"
exits 0 zhengyin up
off_line
exits 0 zhengyin status
example business-licence
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --out "$WORK/files"
exits 0 zhengyin-verify "$WORK"/files/*.pdf
exits 0 zhengyin ca crl --json
equal "lists" "issuing-gm issuing-intl" "$(jq -r .name "$WORK/out" | xargs)"
refuses profile 1 zhengyin ca renew "$(serial_of "$pki/issuing-intl.pem")"

story "the record of the first ceremony"
exits 0 zhengyin ceremony check "$first" --json
equal "officers" "root officer-1 officer-2" "$(jq -r '[.ceremony] + .officers | join(" ")' "$WORK/out")"
digest=$(openssl x509 -in "$pki/root-gm.pem" -outform DER | openssl dgst -sm3 -r | cut -d' ' -f1 | sed 's/..../ &/g')
grep -q "SM3    $digest" "$first" || die "the digest of the SM2 root's certificate is not in the record"
ok
for s in gm intl; do
	sed '/^-----BEGIN/,$d' "$first" >"$WORK/text"
	sed -n "s/^root-$s //p" "$first" | base64 -d >"$WORK/sig"
	openssl x509 -in "$pki/root-$s.pem" -noout -pubkey >"$WORK/key.pem"
	if [ $s = gm ]; then set -- -sm3 -sigopt distid:1234567812345678; else set -- -sha256; fi
	exits 0 openssl dgst "$@" -verify "$WORK/key.pem" -signature "$WORK/sig" "$WORK/text"
done
sed 's/^时间 time 20/时间 time 21/' "$first" >"$WORK/bent.txt"
refuses ceremony-record 1 zhengyin ceremony check "$WORK/bent.txt"
sed '/^order /d' "$first" >"$WORK/bent.txt"
refuses approval-one-officer 1 zhengyin ceremony check "$WORK/bent.txt"
{ cat "$first"; echo more; } >"$WORK/bent.txt"
refuses ceremony-record 1 zhengyin ceremony check "$WORK/bent.txt"
sed '/^root-intl /d' "$first" >"$WORK/bent.txt"
refuses ceremony-record 1 zhengyin ceremony check "$WORK/bent.txt"
refuses ceremony-record 1 zhengyin ceremony check "$WORK/data.json"

story "the medium is not there; one officer; the same officer twice; an order that was altered"
plan sign-issuing
order=$WORK/order
request "$order"
signed "$order" officer-1
cp "$order" "$WORK/one"
refuses approval-same-officer 1 zhengyin approve sign "$order" --as officer-1
signed "$order" officer-2
refuses root-absent 69 run "$order"
grep -qF "$ZHENGYIN_HOME/root" "$WORK/out" || die "it does not say where the medium goes"
mv "$WORK/safe" "$root"
before=$(serial_of "$pki/issuing-intl.pem")
refuses approval-one-officer 1 run "$WORK/one"
off_line
for at in 30 100 400; do
	cp "$order" "$WORK/bent"
	printf '\x5a\xa5' | dd of="$WORK/bent" bs=1 seek=$at conv=notrunc status=none
	code=0
	run "$WORK/bent" >"$WORK/out" 2>&1 || code=$?
	[ "$code" = 1 ] || [ "$code" = 65 ] || { cat "$WORK/out" >&2; die "byte $at: exit $code"; }
	ok
done
off_line
echo 'sign whatever comes' >"$WORK/plan"
request "$WORK/other"
signed "$WORK/other" officer-1 officer-2
refuses order 65 run "$WORK/other"
[ ! -e "$WORK/none.txt" ] || die "a refused ceremony left a record"
equal "issuing certificate" "$before" "$(serial_of "$pki/issuing-intl.pem")"

story "a second ceremony renews the issuing authorities and publishes the roots' lists"
exits 0 zhengyin ceremony run "$order" --record "$WORK/second.txt" --crl "$WORK/crl"
off_line
exits 0 zhengyin ceremony check "$WORK/second.txt"
[ "$before" != "$(serial_of "$pki/issuing-intl.pem")" ] || die "the certificate was not renewed"
for s in gm intl; do
	equal "in the record" 1 "$(grep -c "certificate pki/issuing-$s.pem" "$WORK/second.txt")"
	openssl crl -inform DER -in "$WORK/crl/root-$s.crl" -out "$WORK/$s.crl" || die "no list of root-$s"
done
cat "$WORK/intl.crl" >"$WORK/crls"
exits 0 openssl verify -crl_check -x509_strict -CAfile "$pki/root-intl.pem" -CRLfile "$WORK/crls" "$pki/issuing-intl.pem"
exits 0 openssl verify -vfyopt distid:1234567812345678 -CAfile "$pki/root-gm.pem" "$pki/issuing-gm.pem"
refuses approval-used 1 run "$order"
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --request later --out "$WORK/later"
for f in "$WORK"/files/* "$WORK"/later/*; do
	exits 0 zhengyin-verify "$f"
done

story "what else is asked of a root token is refused, also while it is on line"
for token in zy-root zy-root-tpm; do
	kind=$([ $token = zy-root ] && echo p256 || echo sm2)
	: >"$WORK/$token.log"
	(cd "$ZHENGYIN_HOME" && exec zhengyin-signer --home . --token $token) >>"$WORK/$token.log" 2>&1 &
	signer=$!
	until grep -q '"ready":true' "$WORK/$token.log"; do
		kill -0 $signer || die "the signer of $token does not start"
		sleep 0.05
	done
	refuses key-use 1 zhengyin key generate $token/seal --kind $kind --uses seal-sign
	refuses ceremony 1 zhengyin key generate $token/other --kind $kind --uses certificate
	refuses ceremony 1 zhengyin key retire $token/root
done
exits 0 zhengyin down
off_line

story "a change of the register reaches the root tokens"
exits 0 zhengyin up
exits 0 zhengyin approve enrol officer-3 --name 云泽市审批监督员丙 --english "Officer Three" --role officer
jq --argjson three "$(cat "$WORK/out")" '.officers += [$three]' "$ZHENGYIN_HOME/policies/officers.json" >"$WORK/three.json"
approved officers "$WORK/three.json"
off_line
plan crl
request "$WORK/third"
signed "$WORK/third" officer-3 officer-2
exits 0 run "$WORK/third"
exits 0 zhengyin ceremony check "$WORK/none.txt"
exits 0 zhengyin journal --token zy-root --check
refuses usage 64 zhengyin ceremony plan melt --out "$WORK/melt"
refuses usage 64 zhengyin ceremony run "$WORK/third"
exits 0 zhengyin ceremony --help
done_story
