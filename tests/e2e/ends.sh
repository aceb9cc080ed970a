#!/usr/bin/env bash
# What ends is said long before, with the command that mends it; and that command does.
. "$(dirname "$0")/lib.sh"
LATER=$BIN/../tests/days_later
home
pki=$ZHENGYIN_HOME/pki
esid=$(jq -r '.seals[0].esID' "$ZHENGYIN_HOME/policies/seals.json")
# alarm FILE [COMMAND...]: what status says of it, then or now
alarm() {
	local file=$1
	shift
	if [ $# = 0 ]; then set -- zhengyin; fi
	{ "$@" status --json || true; } | jq -r ".ends[] | select(.file == \"$file\") | .alarm"
}
member() { # MEMBER
	jq -r "$1" "$WORK/out"
}

story "a new home has no alarm, and says what it can verify"
exits 0 zhengyin status --json
equal "warnings" 0 "$(member .warnings)"
equal "bundle" true "$(member .verifies.bundle)"
equal "anchors" 2 "$(member .verifies.anchors)"
equal "no licence yet" "null null" "$(member '.verifies | "\(.ofd) \(.pdf)"')"
equal "ends of a kind" "certificate log-key seal trust-bundle" "$(member '.ends[].what' | sort -u | xargs)"
equal "certificates" "$(find "$ZHENGYIN_HOME/pki" "$ZHENGYIN_HOME/seals" -name '*.pem' | wc -l)" \
	"$(member '.ends[] | select(.what == "certificate") | .file' | sort -u | wc -l)"
equal "end of the bundle" "$(zhengyin trust show --json | jq -r .next_update)" \
	"$(member '.ends[] | select(.what == "trust-bundle") | .until')"
end=$(openssl x509 -in "$pki/issuing-intl.pem" -noout -enddate | sed 's/.*=//')
equal "end of a certificate, as openssl reads it" "$(date -u -d "$end" +%Y-%m-%dT%H:%M:%SZ)" \
	"$(member '.ends[] | select(.file == "pki/issuing-intl.pem") | .until')"
example business-licence
exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" --out "$WORK/minted"
exits 0 zhengyin status --json
equal "the newest licence" "sound sound" "$(member '.verifies | "\(.ofd) \(.pdf)"')"

equal "the log's keys end with the bundle's word" "2 null" "$(member '[.ends[] | select(.what == "log-key")] | "\(length) \(.[0].alarm)"')"

story "a bundle near its end, at its end, and after it"
exits 0 zhengyin trust renew --days 5
exits 0 zhengyin status --json
equal "alarm" urgent "$(member '.ends[] | select(.what == "trust-bundle") | .alarm')"
equal "mended by" "zhengyin trust renew" "$(member '.ends[] | select(.what == "trust-bundle") | .mend')"
equal "warnings" 1 "$(member .warnings)"
exits 0 zhengyin status
grep -q "^urgent: trust/bundle.json, [45] days left" "$WORK/out" || die "the alarm is not shown"
equal "alarm when it is over" over "$(alarm trust/bundle.json "$LATER" 6)"
# a bundle has seven days of grace, then nobody verifies by it
exits 69 "$LATER" 14 status --json
equal "alarm of an expired bundle" over "$(member '.ends[] | select(.what == "trust-bundle") | .alarm')"
equal "verified by it" false "$(member .verifies.bundle)"
exits 65 "$LATER" 14 list --all
exits 0 "$LATER" 14 trust show --json
[ "$(member .days_left)" -lt 0 ] || die "days left of an expired bundle"
pin=$(member .pin) version=$(member .version)
exits 0 "$LATER" 14 trust renew --json
equal "renewed after its end" "$((version + 1)) $pin" "$(member '"\(.version) \(.pin)"')"
exits 0 "$LATER" 15 status --json
equal "no alarm" null "$(member '.ends[] | select(.what == "trust-bundle") | .alarm')"
exits 0 zhengyin trust renew
exits 0 zhengyin-verify --trust "$ZHENGYIN_HOME/trust/bundle.json" "$WORK"/minted/*.ofd "$WORK"/minted/*.pdf

story "90, 30 and 7 days before a certificate ends; a third of a short life goes first"
serial=$(openssl x509 -in "$pki/timestamp-intl.pem" -noout -serial | sed 's/.*=//' | tr A-F a-f)
exits 0 zhengyin ca renew "$serial" --days 100 --out "$WORK/short.pem"
cp "$WORK/short.pem" "$pki/timestamp-intl.pem"
taken
for at in 0=null 9=null 34=notice 71=warning 94=urgent 101=over; do
	equal "alarm after ${at%=*} days" "${at#*=}" "$(alarm pki/timestamp-intl.pem "$LATER" "${at%=*}")"
done
jq '.alarm_days = [60, 50, 40]' "$ZHENGYIN_HOME/config.json" >"$WORK/config.json"
cp "$ZHENGYIN_HOME/config.json" "$WORK/config-before.json"
cp "$WORK/config.json" "$ZHENGYIN_HOME/config.json"
exits 0 zhengyin check --accept config.json
equal "other days of alarm" urgent "$(alarm pki/timestamp-intl.pem "$LATER" 71)"
for bad in '[7, 30, 90]' '[90, 30]' '[90, 30, 0]' '90'; do
	jq ".alarm_days = $bad" "$WORK/config-before.json" >"$ZHENGYIN_HOME/config.json"
	exits 0 zhengyin check --accept config.json
	refuses policy 65 zhengyin status
done
cp "$WORK/config-before.json" "$ZHENGYIN_HOME/config.json"
exits 0 zhengyin check --accept config.json

story "the command that status names mends it, and seal list shows the seal's new certificate"
mend=$(zhengyin status --json | jq -r '.ends[] | select(.file == "pki/timestamp-intl.pem") | .mend')
equal "mended by" "zhengyin key rotate zy-soft/timestamp" "$mend"
exits 0 $mend
equal "alarm of the next one" null "$(alarm pki/timestamp-intl~2.pem "$LATER" 101)"
equal "the one before is not waited for" "" "$(alarm pki/timestamp-intl.pem "$LATER" 101)"
serial=$(openssl x509 -in "$ZHENGYIN_HOME/seals/$esid/owner.pem" -noout -serial | sed 's/.*=//' | tr A-F a-f)
exits 0 zhengyin ca renew "$serial" --days 20 --out "$WORK/owner.pem"
cp "$WORK/owner.pem" "$ZHENGYIN_HOME/seals/$esid/owner.pem"
taken
shown() { zhengyin seal list --json | jq -r "select(.esID == \"$esid\") | .$1"; }
equal "generation" 1 "$(shown generation)"
first=$(shown certificate_end)
equal "alarm" warning "$(alarm "seals/$esid/owner.pem")"
exits 0 $(zhengyin status --json | jq -r ".ends[] | select(.file == \"seals/$esid/owner.pem\") | .mend")
equal "generation" 2 "$(shown generation)"
end=$(openssl x509 -in "$ZHENGYIN_HOME/seals/$esid/owner~2.pem" -noout -enddate | sed 's/.*=//')
equal "certificate end" "$(date -u -d "$end" +%Y-%m-%dT%H:%M:%SZ)" "$(shown certificate_end)"
[ "$first" != "$(shown certificate_end)" ] || die "the end is the old one"

story "a key that nobody can use is over; what cannot be read, too; without signers the files are judged"
exits 0 zhengyin key compromised zy-tpm/ocsp
equal "a compromised key" "over null" "$(zhengyin status --json | jq -r '.ends[] | select(.file == "pki/ocsp-gm.pem") | "\(.alarm) \(.until)"')"
echo nothing >"$pki/seal-maker.pem"
equal "no certificate" over "$(alarm pki/seal-maker.pem)"
exits 0 zhengyin down
exits 69 zhengyin status --json
equal "bundle without tokens" true "$(member .verifies.bundle)"
equal "its key is not asked" null "$(alarm pki/ocsp-gm.pem)"
equal "end of a seal whose signer is absent" null "$(shown certificate_end)"
done_story
