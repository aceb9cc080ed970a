# A holder's data is destroyed by lawful order: for good, in old copies too, while log and counts stay whole.
. "$(dirname "$0")/lib.sh"
home
ground="个人信息保护法 第四十七条"
for type in business-licence transport-practitioner; do
	example "$type"
	exits 0 zhengyin mint --type "$type" --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --out "$WORK/minted" --json
	declare "id_${type%%-*}=$(jq -r .licence "$WORK/out")"
done
person=$(zhengyin policy example --line transport-practitioner | jq -r .holder)
exits 0 zhengyin mint --type transport-practitioner --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --tenant 990101 --json
id_district=$(jq -r .licence "$WORK/out")
exits 0 zhengyin wallet enrol "$id_transport"
exits 0 zhengyin wallet show "$id_transport" --fields name
exits 0 zhengyin backup "$WORK/copy" --json
at=$(jq .events "$WORK/out")
cp -r "$WORK/copy" "$WORK/copy-before"
exits 0 zhengyin log checkpoint --out "$WORK/before"
cp -r "$ZHENGYIN_HOME/vault" "$WORK/vault-before"
before=$(zhengyin check --json)

story "two officers order it, with a legal ground, and nobody else"
exits 0 zhengyin shred --holder "$person" --out "$WORK/shred" --json
key=$(jq -r .data_key "$WORK/out")
equal "licences" 1 "$(jq .licences "$WORK/out")"
! grep -q "${person#*:}" "$WORK/shred" || die "the number stands in the proposal"
refuses not-found 1 zhengyin shred --holder passport:CHN-K1234567 --out "$WORK/nobody"
refuses order 65 zhengyin approve request shred "$WORK/shred" --as requester-1 --purpose test --out "$WORK/s.order"
refuses order 65 zhengyin approve request key "$WORK/shred" --as requester-1 --purpose test --out "$WORK/k.order"
exits 0 zhengyin approve request shred "$WORK/shred" --as requester-1 --purpose "a test 测试" --ground "$ground" --out "$WORK/s.order"
exits 0 zhengyin approve sign "$WORK/s.order" --as officer-1
grep -q "$key" "$WORK/out" "$WORK/err" || die "the officer does not see which key"
refuses approval-one-officer 1 zhengyin shred --order "$WORK/s.order"
refuses approval-same-officer 1 zhengyin approve sign "$WORK/s.order" --as officer-1
exits 0 zhengyin show "$id_transport"
exits 0 zhengyin approve sign "$WORK/s.order" --as officer-2
refuses usage 64 zhengyin approve apply "$WORK/s.order"
sed "s/object=vault-wrap/object=vault-wrab/" "$WORK/s.order" >"$WORK/bent.order"
refuses order 65 zhengyin shred --order "$WORK/bent.order"
exits 0 zhengyin show "$id_transport"

story "carried out: nothing of the holder can be read, everybody else's can"
exits 0 zhengyin shred --order "$WORK/s.order" --json
equal "licences" 1 "$(jq .licences "$WORK/out")"
order=$(jq -r .order "$WORK/out")
refuses destroyed-by-order 1 zhengyin show "$id_transport"
refuses destroyed-by-order 1 zhengyin wallet enrol "$id_transport"
refuses destroyed-by-order 1 zhengyin wallet show "$id_transport" --fields name
exits 0 zhengyin show "$id_business"
exits 0 zhengyin show "$id_district" --tenant 990101
exits 0 zhengyin list --all --json
equal "in the list" destroyed "$(jq -r "select(.licence == \"$id_transport\") | .status" "$WORK/out")"
exits 0 zhengyin list --holder "$person" --json
equal "of the holder" "destroyed by-order" "$(jq -r '.status + " " + .reason' "$WORK/out")"
exits 0 zhengyin history "$id_transport" --json
equal "in the history" destroyed "$(tail -n 1 "$WORK/out" | jq -r .event)"
exits 0 zhengyin status
exits 0 zhengyin shred --order "$WORK/s.order" --json
equal "a second time" true "$(jq .already "$WORK/out")"
refuses destroyed-by-order 1 zhengyin shred --holder "$person" --out "$WORK/again"
zhengyin journal --token zy-soft --json >"$WORK/journal"
equal "the journal has order and ground" "$ground" "$(jq -r 'select(.use == "shred") | .order.ground' "$WORK/journal")"
equal "which order" "$order" "$(jq -r 'select(.use == "shred") | .rule' "$WORK/journal")"

story "log, counts and proofs are whole"
exits 0 zhengyin check --json
for n in subjects licences versions; do equal "$n" "$(jq .$n <<<"$before")" "$(jq .$n "$WORK/out")"; done
[ "$(jq .events "$WORK/out")" -gt "$(jq .events <<<"$before")" ] || die "no event tells of it"
exits 0 zhengyin log check --from "$WORK/before"
for proof in "$WORK"/minted/*.tlog-proof; do exits 0 zhengyin-verify --log-proof "$proof" "${proof%.tlog-proof}.ofd"; done

story "an old copy of the vault does not bring it back"
mv "$ZHENGYIN_HOME/vault" "$WORK/vault-now"
cp -r "$WORK/vault-before" "$ZHENGYIN_HOME/vault"
refuses destroyed-by-order 1 zhengyin show "$id_transport"
exits 0 zhengyin show "$id_business"
refuses destroyed-by-order 1 zhengyin check
rm -r "$ZHENGYIN_HOME/vault"
mv "$WORK/vault-now" "$ZHENGYIN_HOME/vault"
exits 0 zhengyin down
exits 0 zhengyin up
refuses destroyed-by-order 1 zhengyin show "$id_transport"

# restored BACKUP-FOLDER [OPTION...]: in the vault's place, until put_back
restored() {
	mv "$ZHENGYIN_HOME/vault" "$WORK/vault-now"
	exits 0 zhengyin restore "$@" --json
	equal "destroyed by an order that it does not know" 1 "$(jq .ordered "$WORK/out")"
	grep -q "zhengyin shred --order" "$WORK/err" || die "nobody says what to do"
	refuses destroyed-by-order 1 zhengyin show "$id_transport"
	exits 0 zhengyin show "$id_business"
	exits 0 zhengyin show "$id_district" --tenant 990101
}
# the same order again: the vault learns of it
learns() {
	exits 0 zhengyin shred --order "$WORK/s.order" --json
	equal "a licence that tells of it" "1 false" "$(jq -r '"\(.licences) \(.already)"' "$WORK/out")"
	exits 0 zhengyin check
	refuses destroyed-by-order 1 zhengyin show "$id_transport"
	exits 0 zhengyin history "$id_transport" --json
	equal "in the history" destroyed "$(tail -n 1 "$WORK/out" | jq -r .event)"
	exits 0 zhengyin shred --order "$WORK/s.order" --json
	equal "a second time" true "$(jq .already "$WORK/out")"
}
put_back() {
	rm -r "$ZHENGYIN_HOME/vault"
	mv "$WORK/vault-now" "$ZHENGYIN_HOME/vault"
}

story "nor does a backup from before the order"
exits 0 zhengyin backup "$WORK/copy"
restored "$WORK/copy-before"
refuses destroyed-by-order 1 zhengyin check
learns
put_back

story "nor a restore that goes back to a moment before it"
restored "$WORK/copy" --position "$at"
refuses vault-corrupt 74 zhengyin check
learns
put_back
exits 0 zhengyin check

story "what a district holds of the same person has a key, and an order, of its own"
refuses destroyed-by-order 1 zhengyin shred --holder "$person" --out "$WORK/district"
refuses not-found 1 zhengyin shred --holder "$person" --tenant 990102 --out "$WORK/district"
refuses tenant 1 zhengyin shred --holder "$person" --tenant 990109 --out "$WORK/district"
exits 0 zhengyin shred --holder "$person" --tenant 990101 --out "$WORK/district" --json
[ "$(jq -r .data_key "$WORK/out")" != "$key" ] || die "one data key in two tenants"
exits 0 zhengyin approve request shred "$WORK/district" --as requester-1 --purpose "a test 测试" --ground "$ground" --out "$WORK/d.order"
exits 0 zhengyin approve sign "$WORK/d.order" --as officer-1
exits 0 zhengyin approve sign "$WORK/d.order" --as officer-2
refuses usage 64 zhengyin shred --order "$WORK/d.order" --tenant 990101
exits 0 zhengyin shred --order "$WORK/d.order" --json
equal "licences" 1 "$(jq .licences "$WORK/out")"
refuses destroyed-by-order 1 zhengyin show "$id_district" --tenant 990101
exits 0 zhengyin history "$id_district" --tenant 990101 --json
equal "in its history" destroyed "$(tail -n 1 "$WORK/out" | jq -r .event)"
exits 0 zhengyin check

story "the next wrapping key does not, either; and when the one before is destroyed, nobody could"
exits 0 zhengyin key rotate zy-soft/vault-wrap
exits 0 zhengyin check
key_ordered retire zy-soft/vault-wrap
key_ordered destroy zy-soft/vault-wrap --confirm zy-soft/vault-wrap
exits 0 zhengyin show "$id_business"
refuses destroyed-by-order 1 zhengyin show "$id_transport"

story "the holder comes again, as somebody new"
example transport-practitioner
exits 0 zhengyin mint --type transport-practitioner --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --out "$WORK/minted" --json
equal "licences of the holder" "$(jq -r .licence "$WORK/out")" "$(zhengyin list --holder "$person" --json | jq -r .licence)"
exits 0 zhengyin check
done_story
