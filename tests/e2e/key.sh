# Keys come, sign, hand over and go, and nothing fails on the day.
. "$(dirname "$0")/lib.sh"
home
pki=$ZHENGYIN_HOME/pki
esid=$(jq -r '.seals[0].esID' "$ZHENGYIN_HOME/policies/seals.json")
state() { zhengyin key show "$1" --json | jq -r .state; }

story "every key of both tokens is listed with its state"
exits 0 zhengyin key list --json
equal "states" active "$(jq -r .state "$WORK/out" | sort -u)"
equal "extractable keys" 0 "$(jq -r 'select(.extractable)' "$WORK/out" | wc -l)"
exits 0 zhengyin key list --token zy-tpm
refuses not-found 1 zhengyin key show zy-tpm/none
refuses key-uri 65 zhengyin key show none

story "keys are rotated while a batch is minted, and no line fails"
zhengyin policy example --line business-licence >"$WORK/line.json"
for i in $(seq 1 60); do jq -c ".request = \"key-$i\"" "$WORK/line.json"; done >"$WORK/batch.jsonl"
zhengyin mint --batch "$WORK/batch.jsonl" --out "$WORK/minted" >"$WORK/answers" 2>"$WORK/progress" &
batch=$!
while [ ! -s "$WORK/answers" ] && kill -0 "$batch" 2>/dev/null; do sleep 0.05; done
exits 0 zhengyin key rotate "zy-tpm/seal-$esid" --overlap 1 --json
new=$(jq -r .certificate "$WORK/out")
exits 0 zhengyin key rotate "zy-soft/document-$esid" --overlap 1
exits 0 zhengyin key rotate zy-soft/timestamp
wait "$batch" || die "the batch failed"
equal "licences" 60 "$(grep -c '"licence"' "$WORK/answers")"
equal "failed lines" 0 "$(grep -c '"error"' "$WORK/answers" || true)"
equal "old key" active "$(state "zy-tpm/seal-$esid")"
equal "new key" active "$(state "zy-tpm/seal-$esid~2")"

story "who starts now uses the new generation, and both verify"
example business-licence
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --out "$WORK/minted"
for token in zy-tpm/seal zy-soft/document; do
	used=$(zhengyin journal --token "${token%/*}" --json | jq -r 'select(.esID != null) | .key' | tail -n 1)
	equal "last used key" "${token#*/}-$esid~2" "$used"
done
exits 0 zhengyin-verify --trust "$ZHENGYIN_HOME/trust/bundle.json" "$WORK"/minted/*.ofd "$WORK"/minted/*.pdf
grep -q "seal-$esid~2" <(zhengyin journal --token zy-tpm) || die "no journal record of the new key"
zhengyin journal --token zy-tpm --json >"$WORK/journal"
jq -es "any(.what == \"key\" and .use == \"activate\")" "$WORK/journal" >/dev/null ||
	die "the change is not journalled"
ok

story "the new certificate speaks of the same owner and another key, as others read it"
old=$pki/timestamp-intl.pem next=$pki/timestamp-intl~2.pem
equal "subject" "$(openssl x509 -in "$old" -noout -subject)" "$(openssl x509 -in "$next" -noout -subject)"
! diff <(openssl x509 -in "$old" -noout -pubkey) <(openssl x509 -in "$next" -noout -pubkey) >/dev/null ||
	die "the new certificate is of the old key"
exits 0 openssl verify -CAfile "$pki/root-intl.pem" -untrusted "$pki/issuing-intl.pem" -purpose timestampsign "$next"
[ -s "$new" ] || die "no certificate of the seal's new key"
exits 0 zhengyin ca timestamp --suite intl --out "$WORK/token.tst" "$WORK/line.json"
equal "key of the time-stamp" timestamp~2 \
	"$(zhengyin journal --token zy-soft --json | jq -r 'select(.use == "timestamp") | .key' | tail -n 1)"

story "a day to come is planned once, and can be called off"
exits 0 zhengyin key rotate zy-soft/timestamp --on 2999-01-01
equal "planned" planned "$(state zy-soft/timestamp~3)"
refuses key-state 1 zhengyin key rotate zy-soft/timestamp
exits 0 zhengyin key destroy zy-soft/timestamp~3 --confirm zy-soft/timestamp~3
equal "current" active "$(state zy-soft/timestamp~2)"
exits 0 zhengyin ca timestamp --suite intl --out "$WORK/token2.tst" "$WORK/line.json"

story "the keys of the bundle, of the seal maker and of a department's credentials"
licence=$(zhengyin list --all --json | jq -r '.licence // empty' | head -n 1)
pinned() { exits "$1" zhengyin-verify --trust "$2" --trust-pin "$(cat "$ZHENGYIN_HOME/trust/pin")" "${@:3}"; }
shown() { zhengyin wallet show "$licence" --fields name --json | jq -r .showing >"$1"; }
bundle=$ZHENGYIN_HOME/trust/bundle.json
exits 0 zhengyin wallet enrol "$licence"
shown "$WORK/before"
cp "$bundle" "$WORK/bundle-0.json"
for token in zy-tpm zy-soft; do exits 0 zhengyin key rotate $token/trust --overlap 1; done
exits 0 zhengyin trust renew
for suite in gm intl; do
	equal "who signed the bundle, $suite" "$(openssl x509 -in "$pki/trust-$suite~2.pem" -outform DER | base64 -w0)" \
		"$(jq -r '.signatures[].protected' "$bundle" | while read -r p; do tr -- '-_' '+/' <<<"$p===" | base64 -di 2>/dev/null | jq -r '.x5c[0]'; done | grep -F "$(openssl x509 -in "$pki/trust-$suite~2.pem" -outform DER | base64 -w0)")"
done
pinned 0 "$bundle" "$WORK"/minted/*.ofd "$WORK"/minted/*.pdf
exits 0 zhengyin key rotate zy-tpm/seal-maker --overlap 1
exits 0 zhengyin key rotate "zy-tpm/seal-$esid" --overlap 1
equal "who made the seal" seal-maker~2 "$(zhengyin journal --token zy-tpm --json | jq -r 'select(.use == "seal-make") | .key' | tail -n 1)"
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --request maker --out "$WORK/maker"
pinned 0 "$bundle" "$WORK"/maker/*.ofd "$WORK"/minted/*.ofd
version=$(zhengyin trust show --json | jq -r .version)
credential=$(zhengyin key list --token zy-tpm --json | jq -r --arg c "$(cut -d. -f7 <<<"$licence")" 'select(.label == "credential-" + $c) | .token + "/" + .label')
exits 0 zhengyin key rotate "$credential" --overlap 1
equal "the new key" active "$(state "$credential~2")"
equal "the bundle knows it" "$((version + 1))" "$(zhengyin trust show --json | jq -r .version)"
shown "$WORK/still"
exits 0 zhengyin-verify --showing - <"$WORK/still"
exits 0 zhengyin wallet enrol "$licence"
equal "who signed the credential" "${credential#*/}~2" "$(zhengyin journal --token zy-tpm --json | jq -r 'select(.use == "credential") | .key' | tail -n 1)"
shown "$WORK/after"
exits 0 zhengyin-verify --showing - <"$WORK/after"
exits 2 zhengyin-verify --trust "$WORK/bundle-0.json" --json --showing - <"$WORK/after"
grep -q credential-key-unknown "$WORK/out" || die "a bundle of before knows the new key"
refuses key-use 1 zhengyin key rotate zy-soft/issuing

story "a retired key is destroyed, in the token too, and stays so"
exits 0 zhengyin key rotate zy-soft/ocsp
refuses key-state 1 zhengyin key destroy zy-soft/ocsp --confirm zy-soft/ocsp
refuses approval-one-officer 1 zhengyin key retire zy-soft/ocsp
grep -q -- '--out FILE' "$WORK/out" || die "it does not say how to ask for it"
exits 0 zhengyin key retire zy-soft/ocsp --out "$WORK/retire" --json
equal "asked for" "retire pkcs11:token=zy-soft;object=ocsp" "$(jq -r '.event + " " + .key' "$WORK/out")"
equal "nothing has happened" active "$(state zy-soft/ocsp)"
ask() { # FILE ORDER [OFFICER...]
	local file=$1 order=$2 who
	shift 2
	exits 0 zhengyin approve request key "$file" --as requester-1 --purpose "a test 测试" --out "$order"
	for who; do exits 0 zhengyin approve sign "$order" --as "$who"; done
}
ask "$WORK/retire" "$WORK/retire.order" officer-1
refuses approval-one-officer 1 zhengyin approve apply "$WORK/retire.order"
refuses approval-same-officer 1 zhengyin approve sign "$WORK/retire.order" --as officer-1
exits 0 zhengyin approve sign "$WORK/retire.order" --as officer-2
grep -q 'object=ocsp retire: + at once' "$WORK/out" "$WORK/err" || die "the officer does not see what becomes of which key"
sed 's/object=ocsp/object=oscp/' "$WORK/retire.order" >"$WORK/bent.order"
refuses not-found 1 zhengyin approve apply "$WORK/bent.order"
sed 's/retire pkcs/retirf pkcs/' "$WORK/retire.order" >"$WORK/bent.order"
refuses order 65 zhengyin approve apply "$WORK/bent.order"
sed 's/a test/A test/' "$WORK/retire.order" >"$WORK/bent.order"
refuses approval-altered 1 zhengyin approve apply "$WORK/bent.order"
exits 0 zhengyin key generate zy-soft/rare --kind p256 --uses crl
sed 's/object=ocsp/object=rare/' "$WORK/retire.order" >"$WORK/bent.order"
refuses approval-subject 1 zhengyin approve apply "$WORK/bent.order"
equal "nothing has happened" active "$(state zy-soft/ocsp)"
exits 0 zhengyin approve apply "$WORK/retire.order" --json
equal "told its own token" zy-soft "$(jq -r '.tokens[].token' "$WORK/out" | xargs)"
equal "retired" retired "$(state zy-soft/ocsp)"
refuses key-state 1 zhengyin approve apply "$WORK/retire.order"
zhengyin journal --token zy-soft --json | jq -r 'select(.what == "order" or .what == "key") | .what + " " + .use' | tail -n 2 >"$WORK/two"
equal "journal" "order key key retire" "$(xargs <"$WORK/two")"
refuses usage 64 zhengyin key destroy zy-soft/ocsp
refuses approval-one-officer 1 zhengyin key destroy zy-soft/ocsp --confirm zy-soft/ocsp
exits 0 zhengyin key destroy zy-soft/ocsp --out "$WORK/destroy"
ask "$WORK/destroy" "$WORK/destroy.order" officer-1 officer-2
exits 0 zhengyin approve apply "$WORK/destroy.order"
exits 0 zhengyin down
exits 0 zhengyin up
equal "after a restart" destroyed "$(state zy-soft/ocsp)"
SOFTHSM2_CONF=$ZHENGYIN_HOME/tokens/softhsm2.conf pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so --token-label zy-soft \
	--login --pin "$(cat "$ZHENGYIN_HOME/tokens/zy-soft.pin")" --list-objects >"$WORK/objects" 2>/dev/null
! grep -q 'label: *ocsp$' "$WORK/objects" || die "the destroyed key is in the token"
grep -q 'label: *ocsp~2$' "$WORK/objects" || die "the new key is not in the token"
ok

story "a key that somebody else may have signs nothing more"
exits 0 zhengyin key compromised zy-soft/timestamp~2 --json
equal "compromised" compromised "$(state zy-soft/timestamp~2)"
refuses key-state 1 zhengyin key retire zy-soft/timestamp~2
# the one before is in its overlap: it goes on, for so long
exits 0 zhengyin ca timestamp --suite intl --out "$WORK/token3.tst" "$WORK/line.json"
equal "key that goes on" timestamp \
	"$(zhengyin journal --token zy-soft --json | jq -r 'select(.use == "timestamp") | .key' | tail -n 1)"
exits 0 zhengyin key compromised zy-soft/timestamp
refuses key-state 1 zhengyin ca timestamp --suite intl --out "$WORK/token4.tst" "$WORK/line.json"

story "the key of the vault: nobody alone makes it useless"
vault=$(zhengyin key list --json | jq -r 'select(.kind == "aes256") | .token + "/" + .label')
refuses approval-one-officer 1 zhengyin key compromised "$vault"
refuses approval-one-officer 1 zhengyin key retire "$vault"
exits 0 zhengyin list --all
echo "zy-key-1 end pkcs11:token=zy-soft;object=vault" >"$WORK/end"
refuses order 65 zhengyin approve request key "$WORK/end" --as requester-1 --purpose none --out "$WORK/end.order"
echo "zy-key-1 retire pkcs11:token=zy-none;object=vault" >"$WORK/none"
ask "$WORK/none" "$WORK/none.order" officer-1 officer-2
refuses order 65 zhengyin approve apply "$WORK/none.order"

story "keys are made by hand for uses that are known; others are not rotated"
exits 0 zhengyin key generate zy-soft/spare --kind p256 --uses crl
refuses exists 74 zhengyin key generate zy-soft/spare --kind p256 --uses crl
refuses usage 64 zhengyin key generate zy-soft/other --kind p256 --uses all
refuses key-use 1 zhengyin key generate zy-soft/other --kind p256 --uses wrap
refuses key-use 1 zhengyin key rotate zy-soft/issuing
refuses usage 64 zhengyin key rotate zy-soft/timestamp --overlap 0
refuses usage 64 zhengyin key turn zy-soft/timestamp

story "a key that is called compromised before there is another gets its next generation"
mint_one() { zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" "$@"; }
for key in "zy-soft/document-$esid" "zy-tpm/seal-$esid"; do
	exits 0 mint_one
	for one in $(zhengyin key list --json | jq -r --arg k "$key" \
		'select(.token + "/" + .alias == $k and .state != "retired" and .state != "destroyed") | .token + "/" + .label'); do
		exits 0 zhengyin key compromised "$one"
	done
	refuses key-state 1 mint_one
	exits 0 zhengyin key rotate "$key"
	exits 0 mint_one
done

story "the trust bundle is renewed: the next version, the same pin"
cp "$ZHENGYIN_HOME/trust/bundle.json" "$WORK/bundle-1.json"
exits 0 zhengyin trust show --json
pin=$(jq -r .pin "$WORK/out") version=$(jq -r .version "$WORK/out")
exits 0 zhengyin trust renew --days 90 --json
equal "version" "$((version + 1))" "$(jq -r .version "$WORK/out")"
equal "pin" "$pin" "$(jq -r .pin "$WORK/out")"
equal "pin in the home" "$pin" "$(cat "$ZHENGYIN_HOME/trust/pin")"
! cmp -s "$ZHENGYIN_HOME/trust/bundle.json" "$WORK/bundle-1.json" || die "the bundle is the old one"
exits 0 zhengyin-verify --trust "$ZHENGYIN_HOME/trust/bundle.json" "$WORK"/minted/*.ofd
refuses usage 64 zhengyin trust renew --days 0
done_story
