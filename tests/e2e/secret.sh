#!/usr/bin/env bash
# The secret compartment: licences of secret types lie under another key, and nothing outside of it tells of them.
. "$(dirname "$0")/lib.sh"
home
switch_type() { # ALIAS true|false
	local file=$ZHENGYIN_HOME/policies/types/$1.json
	jq --argjson s "$2" '. + {secret: $s}' "$file" >"$WORK/type" && cp "$WORK/type" "$file"
	exits 0 zhengyin check --accept "policies/types/$1.json"
}
switch_type transport-practitioner true
zhengyin policy list --json | jq -e 'select(.type == "transport-practitioner") | .secret' >/dev/null || die "not secret"
example business-licence
business() { zhengyin mint --type business-licence --holder "$HOLDER_B" --name "$NAME_B" --data "$WORK/business.json" "$@"; }
HOLDER_B=$HOLDER NAME_B=$NAME
cp "$WORK/data.json" "$WORK/business.json"
example transport-practitioner
# somebody whom no policy names
PERSON=citizen:99010019880229512
sum=0 weights=(7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2) number=${PERSON#*:}
for i in {0..16}; do sum=$((sum + ${number:i:1} * weights[i])); done
digits=10X98765432
PERSON=$PERSON${digits:sum % 11:1}
SECRET_NAME=沈砚秋
jq --arg n "${PERSON#*:}" 'del(.name, .licence_number) | .address = "云泽市白沙路88号7单元1301室"' "$WORK/data.json" >"$WORK/secret.json"
secret() { zhengyin mint --type transport-practitioner --holder "$PERSON" --name "$SECRET_NAME" --data "$WORK/secret.json" "$@"; }
member() { jq -r "$1" <"$WORK/out"; }

story "a type is minted on its own side, and on no other"
exits 0 business --request b-1 --json
ordinary=$(member .licence)
refuses secret-type 1 secret
refuses vault-absent 69 zhengyin list --all --secret
exits 0 zhengyin status --json
equal "no compartment" null "$(member .secret)"
exits 0 secret --secret --request s-hidden-request --out "$WORK/files" --json
id=$(member .licence)
equal "no checkpoint" null "$(member .log.checkpoint)"
refuses secret-type 1 business --secret
exits 0 zhengyin check

story "a verifier who has the file judges it as any other"
exits 0 zhengyin-verify "$WORK/files/$id.ofd" "$WORK/files/$id.pdf"
cp "$WORK/files/$id.pdf" "$WORK/altered.pdf" && printf ' ' >>"$WORK/altered.pdf"
exits 1 zhengyin-verify "$WORK/altered.pdf"
[ ! -e "$WORK/files/$id.tlog-proof" ] || die "a proof that nobody can check"

story "its life, with --secret and not without"
jq -n '{address: "云泽市白沙路90号"}' >"$WORK/change.json"
exits 0 zhengyin change "$id" --data "$WORK/change.json" --secret --request s-hidden-change
exits 0 zhengyin suspend "$id" --reason hidden-reason --secret
exits 0 zhengyin resume "$id" --reason hidden-end --secret
exits 0 zhengyin show "$id" --secret --case hidden-case --as hidden-system --json
equal "holder" "$PERSON" "$(member .holder)"
exits 0 zhengyin show "$id" --secret --on "$(date -u +%F)" --json
exits 0 zhengyin history "$id" --secret
exits 0 zhengyin receipts --holder "$PERSON" --secret --json
equal "looks" 4 "$(member '.receipts | length')"
exits 0 zhengyin events --secret --json
equal "mint in its feed" 1 "$(jq -s 'map(select(.event == "mint")) | length' "$WORK/out")"
exits 0 zhengyin list --all --secret --json
equal "in its list" 1 "$(jq -s length "$WORK/out")"
for command in show history; do refuses not-found 1 zhengyin $command "$id"; done
refuses not-found 1 zhengyin suspend "$id" --reason x
refuses not-found 1 zhengyin wallet enrol "$id"
refuses not-found 1 zhengyin log prove "$id"
refuses not-found 1 zhengyin receipts --holder "$PERSON"
refuses not-found 1 zhengyin show "$ordinary" --secret
exits 64 zhengyin wallet enrol "$id" --secret
exits 64 zhengyin log export "$WORK/x" --secret
exits 64 zhengyin log prove "$id" --secret
jq -c '{request: "batch-1", type: "transport-practitioner", holder: $h, name: $n, data: .}' --arg h "$PERSON" --arg n "$SECRET_NAME" "$WORK/secret.json" >"$WORK/batch"
jq -c '{request: "batch-2", type: "business-licence", holder: $h, name: $n, data: .}' --arg h "$HOLDER_B" --arg n "$NAME_B" "$WORK/business.json" >>"$WORK/batch"
exits 1 zhengyin mint --batch "$WORK/batch" --secret
equal "the secret line alone" "1 secret-type" "$(jq -rs '[(map(select(.licence)) | length), (map(.error.code // empty)[])] | join(" ")' "$WORK/out")"

story "tenants work in it: the same tree, rights of its own"
exits 0 secret --secret --tenant 990101 --json
district=$(member .licence)
refuses not-found 1 zhengyin show "$district" --secret
exits 0 zhengyin show "$district" --secret --tenant 990101
exits 0 zhengyin tenant add 990103 --name 云泽市西岭县 --under 990100
exits 0 secret --secret --tenant 990103
exits 0 zhengyin tenant allow 990100 --tenant 990101 --reason look
refuses tenant-right 1 zhengyin list --all --secret --below 990101 --reason look
exits 0 zhengyin tenant allow 990100 --tenant 990101 --reason look --secret
exits 0 zhengyin list --all --secret --tenant 990100 --below 990101 --reason look --json
equal "seen from above" "$district" "$(member .licence)"
refuses tenant 1 secret --secret --tenant 990109

story "nothing outside tells of it: every command, the log, a stolen copy, the ordinary backup"
exits 0 zhengyin backup "$WORK/copy"
grep -q "zhengyin backup --secret" "$WORK/err" || die "nobody says that the compartment is left out"
exits 0 zhengyin backup "$WORK/copy-secret" --secret --json
equal "whole" true "$(member .whole)"
{
	zhengyin list --all --json
	zhengyin list --holder "$HOLDER_B" --json
	zhengyin history "$ordinary" --json
	zhengyin events --json
	zhengyin receipts --holder "$HOLDER_B" --json
	zhengyin status --json
	zhengyin check --json 2>&1
	zhengyin journal --json
	zhengyin trust show
	zhengyin tenant list
	zhengyin log checkpoint
	zhengyin key list --json
} >"$WORK/told" || die "a command"
equal "licences that status counts" 1 "$(zhengyin status --json | jq .licences)"
equal "events of mints" 1 "$(jq -s 'map(select(.event == "mint")) | length' <(zhengyin events --json))"
exits 0 zhengyin log export "$WORK/tiles"
name=$(echo "$id" | cut -d. -f6-8)
for text in "$name" "${name#*.}" "${PERSON#*:}" "$SECRET_NAME" 白沙路88号 白沙路90号 hidden-request hidden-change hidden-reason hidden-case hidden-system; do
	printf '%s\n' "$text"
	printf %s "$text" | od -An -tx1 -v | tr -d ' \n'
	echo
	for cut in 0 1 2; do # base64 at each of its three places
		{ head -c $cut /dev/zero; printf %s "$text"; } | base64 -w0 | tr -d = | cut -c$((cut == 0 ? 1 : cut + 2))- | sed 's/..$//'
	done
	for h in md5 sha1 sha256 sm3; do printf %s "$text" | openssl dgst -$h -r | cut -d' ' -f1; done
done >"$WORK/needles"
! grep -aFf "$WORK/needles" "$WORK/told" || die "a command tells"
ok
cp -r "$ZHENGYIN_HOME" "$WORK/stolen"
for where in "$WORK/stolen" "$WORK/copy" "$WORK/copy-secret" "$WORK/tiles"; do
	! grep -rlaFf "$WORK/needles" "$where" || die "$where tells"
	find "$where" -type f -exec od -An -tx1 -v -w1048576 {} + | tr -d ' ' >"$WORK/hex"
	! grep -qFf "$WORK/needles" "$WORK/hex" || die "$where tells, in its bytes"
done
rm -r "$WORK/stolen"
! find "$ZHENGYIN_HOME" "$WORK/copy" "$WORK/tiles" | grep -Ff "$WORK/needles" || die "a file's name tells"
ok
zhengyin show "$id" --secret --json >"$WORK/inside"
grep -qaFf "$WORK/needles" "$WORK/inside" || die "the search finds nothing"
ok

story "check, backup and restore"
exits 0 zhengyin check --secret --json
equal "licences" 4 "$(member .licences)"
exits 0 zhengyin backup "$WORK/copy-secret" --secret
exits 0 zhengyin list --all --secret
cp "$WORK/out" "$WORK/listed"
refuses exists 74 zhengyin restore "$WORK/copy-secret" --secret
mv "$ZHENGYIN_HOME/vault-secret" "$WORK/lost"
refuses vault-absent 69 zhengyin list --all --secret
refuses vault-absent 69 secret --secret
refuses vault-absent 69 zhengyin key retire zy-soft/secret-wrap --out "$WORK/retire" # a backup needs it
exits 0 zhengyin show "$ordinary"
refuses backup 74 zhengyin restore "$WORK/copy" --secret
exits 0 zhengyin restore "$WORK/copy-secret" --secret --json
equal "licences restored" 4 "$(member .licences)"
exits 0 zhengyin list --all --secret
cmp "$WORK/out" "$WORK/listed" || die "another list"
exits 0 secret --secret --request after-restore
mv "$ZHENGYIN_HOME/vault" "$WORK/vault-now"
refuses backup 74 zhengyin restore "$WORK/copy-secret"
mv "$WORK/vault-now" "$ZHENGYIN_HOME/vault"
exits 64 zhengyin restore "$WORK/copy-secret" --secret --checkpoint "$WORK/told"

story "put back whole to an older copy it is noticed, and told apart from the vault's being put back"
cd "$ZHENGYIN_HOME"
put_back() { rm -r "$1" && cp -r "$WORK/$2" "$1"; } # FOLDER COPY
for n in 1 2 3; do
	cp -r vault-secret "$WORK/secret-$n"
	cp -r vault "$WORK/vault-$n"
	exits 0 secret --secret --request "rolled-$n" --json
	serial[n]=$(member .licence | cut -d. -f8)
	exits 0 business --request "rolled-b-$n"
done
cp -r vault-secret "$WORK/secret-now" && cp -r vault "$WORK/vault-now"
for n in 1 2 3; do
	put_back vault-secret "secret-$n"
	refuses log-fork 1 secret --secret
	refuses log-fork 1 zhengyin suspend "$id" --reason x --secret
	refuses log-fork 1 zhengyin check --secret
	equal "where" vault-secret "$(member .error.field)"
	refuses log-fork 1 zhengyin backup "$WORK/copy-older" --secret
	exits 0 zhengyin show "$id" --secret # what is there can be read
	exits 0 zhengyin status --json
	equal "what status says" "true true false" "$(member '"\(.ready) \(.secret.opens) \(.secret.newest)"')"
	exits 69 zhengyin status --secret
	exits 0 zhengyin check
	exits 0 zhengyin backup "$WORK/copy"
done
refuses log-fork 1 zhengyin tenant allow 990100 --tenant 990101 --reason look --secret
refuses log-fork 1 zhengyin holder rename "$PERSON" --name 沈砚 --secret
put_back vault-secret secret-now
exits 0 zhengyin check --secret
put_back vault vault-2
refuses log-fork 1 business
exits 0 zhengyin check --secret
exits 0 secret --secret --request with-the-vault-back
exits 0 zhengyin status --json
equal "the compartment is the newest" true "$(member .secret.newest)"
put_back vault vault-now
rm -r vault-secret && cp -r "$WORK/secret-now" vault-secret
refuses log-fork 1 secret --secret # one event is one too few
rm -r vault-secret
cd - >/dev/null

story "a backup of before: what is lost is said, and given up by order of two officers alone"
refuses log-fork 1 zhengyin restore "$WORK/copy-secret" --secret
exits 0 zhengyin restore "$WORK/copy-secret" --secret --accept-loss --json
[ "$(member .lost)" -gt 4 ] || die "what is lost is not counted"
exits 0 zhengyin show "$id" --secret
refuses log-fork 1 secret --secret
refuses log-fork 1 zhengyin check --secret
refuses state 1 zhengyin log loss --out "$WORK/none"
exits 0 zhengyin log loss --secret --out "$WORK/loss" --json
cp "$WORK/loss" "$WORK/loss-1"
exits 0 zhengyin show "$id" --secret
exits 0 zhengyin log loss --secret --out "$WORK/loss-2" --json
equal "the same is lost" "$(cut -d' ' -f6- "$WORK/loss-1")" "$(cut -d' ' -f6- "$WORK/loss-2")"
approved log "$WORK/loss-2"
refuses order 65 zhengyin approve request log "$WORK/told" --as requester-1 --purpose test --out "$WORK/no.order"
exits 0 secret --secret --request after-the-loss --json
for n in 1 2 3; do [ "$(member .licence | cut -d. -f8)" != "${serial[n]}" ] || die "a serial is given twice"; done
exits 0 zhengyin check --secret
exits 0 zhengyin check
exits 0 business
refuses state 1 zhengyin log loss --secret --out "$WORK/none"
{
	zhengyin approve request log "$WORK/loss-1" --as requester-1 --purpose "a test 测试" --out "$WORK/stale" &&
		zhengyin approve sign "$WORK/stale" --as officer-1 && zhengyin approve sign "$WORK/stale" --as officer-2
} >/dev/null 2>&1 || die "the stale order"
refuses order 65 zhengyin approve apply "$WORK/stale"
exits 0 zhengyin check --secret

story "a type does not change sides while there are licences of it"
switch_type transport-practitioner false
refuses secret-switched 1 secret
refuses secret-type 1 secret --secret
refuses secret-switched 1 zhengyin check
exits 0 business
exits 0 zhengyin show "$id" --secret
switch_type transport-practitioner true
switch_type business-licence true
refuses secret-switched 1 business --secret
refuses secret-type 1 business
refuses secret-switched 1 zhengyin check --secret
switch_type business-licence false
exits 0 zhengyin check
exits 0 zhengyin check --secret

story "its wrapping key: rotation, and no end while it wraps"
refuses key-state 1 zhengyin key retire zy-soft/secret-wrap --out "$WORK/retire"
exits 0 zhengyin key rotate zy-soft/secret-wrap --json
grep -q "wrapped anew" "$WORK/out" "$WORK/err" || jq -se '.[1].rewrapped > 0' "$WORK/out" >/dev/null || die "nothing was rewrapped"
exits 0 zhengyin key rewrap --secret --json
equal "nothing left" 0 "$(member .rewrapped)"
key_ordered retire zy-soft/secret-wrap
key_ordered destroy zy-soft/secret-wrap --confirm zy-soft/secret-wrap
exits 0 zhengyin show "$id" --secret
exits 0 zhengyin check --secret
refuses key-state 1 zhengyin key retire "zy-soft/secret-wrap~2" --out "$WORK/retire"

story "a holder's data is destroyed by order"
refuses not-found 1 zhengyin shred --holder "$PERSON" --out "$WORK/shred"
exits 0 zhengyin shred --holder "$PERSON" --secret --tenant 990101 --out "$WORK/shred"
exits 0 zhengyin approve request shred "$WORK/shred" --as requester-1 --purpose "a test 测试" --ground "个人信息保护法 第四十七条" --out "$WORK/order"
exits 0 zhengyin approve sign "$WORK/order" --as officer-1
exits 0 zhengyin approve sign "$WORK/order" --as officer-2
refuses usage 64 zhengyin shred --order "$WORK/order" --secret
exits 0 zhengyin shred --order "$WORK/order" --json
equal "licences" 1 "$(member .licences)"
refuses destroyed-by-order 1 zhengyin show "$district" --secret --tenant 990101
exits 0 zhengyin show "$id" --secret
exits 0 zhengyin check --secret

story "without its key nothing in it can be read, and everything else goes on"
exits 0 zhengyin status --json
equal "it opens" true "$(member .secret.opens)"
exits 0 zhengyin status --secret --json
equal "its newest is sound" "true sound" "$(member '"\(.ready) \(.sample_verdict)"')"
key_ordered compromised "zy-soft/secret-wrap~2"
for command in "show $id" "list --all" "history $id" "events" "receipts --holder $PERSON" check "backup $WORK/none" "status"; do
	status=0
	zhengyin $command --secret >"$WORK/out" 2>"$WORK/err" || status=$?
	[ "$status" != 0 ] || die "$command --secret works without the key"
	! grep -aFf "$WORK/needles" "$WORK/out" "$WORK/err" || die "$command --secret tells"
	ok
done
refuses key-state 1 secret --secret
exits 0 zhengyin show "$ordinary"
exits 0 business
exits 0 zhengyin check
exits 0 zhengyin backup "$WORK/copy"
exits 0 zhengyin status --json
equal "ready all the same" "true false" "$(member '"\(.ready) \(.secret.opens)"')"

story "a key in a token of its own, which can be away"
exits 0 zhengyin down
ZHENGYIN_HOME=$WORK/home2
home
switch_type transport-practitioner true
cd "$ZHENGYIN_HOME"
jq '.tokens += ["zy-secret"] | .secret_wrap_key = "pkcs11:token=zy-secret;object=wrap"' config.json >"$WORK/config" && cp "$WORK/config" config.json
sed 's/softhsm2\.conf/secret.conf/; s/zy-soft/zy-secret/g' signer/zy-soft.json >signer/zy-secret.json
mkdir -m 700 tokens/secret
sed 's,tokens/softhsm,tokens/secret,' tokens/softhsm2.conf >tokens/secret.conf
chmod 600 signer/zy-secret.json
taken
zhengyin-signer --home . --token zy-secret --init >/dev/null 2>"$WORK/err" || die "the token"
cd - >/dev/null
jq '.secret_wrap_key = .wrap_key' "$ZHENGYIN_HOME/config.json" >"$WORK/config"
cp "$ZHENGYIN_HOME/config.json" "$WORK/config-good"
cp "$WORK/config" "$ZHENGYIN_HOME/config.json"
taken
refuses policy 65 zhengyin list --all
cp "$WORK/config-good" "$ZHENGYIN_HOME/config.json"
taken
exits 0 zhengyin up
exits 0 business --json
ordinary=$(member .licence)

story "killed while the compartment is made: the next call finishes it"
for delay in 0.02 0.05 0.09 0.14 0.2; do
	secret --secret >/dev/null 2>&1 &
	victim=$!
	sleep $delay # anywhere in it
	kill -KILL "$victim" 2>/dev/null || true
	wait "$victim" 2>/dev/null || true
	exits 0 zhengyin list --all
done
exits 0 secret --secret --json
id=$(member .licence)
exits 0 zhengyin check --secret
[ ! -e "$ZHENGYIN_HOME/vault-secret.part" ] || die "something is left"
exits 0 secret --secret --tenant 990101

story "its token is away: the compartment is, and nothing else"
cp "$ZHENGYIN_HOME/config.json" "$WORK/config"
exits 0 zhengyin down
jq '.tokens -= ["zy-secret"]' "$WORK/config" >"$ZHENGYIN_HOME/config.json"
taken
exits 0 zhengyin up
cp "$WORK/config" "$ZHENGYIN_HOME/config.json"
taken
refuses signer-absent 69 zhengyin show "$id" --secret
refuses signer-absent 69 secret --secret
exits 0 business
exits 0 zhengyin show "$ordinary"
exits 0 zhengyin check
exits 0 zhengyin status --json
equal "ready, and it does not open" "true false" "$(member '"\(.ready) \(.secret.opens)"')"
exits 0 zhengyin up
exits 0 zhengyin show "$id" --secret
done_story
