#!/usr/bin/env bash
# What of the vault needs its operator is said before it hurts, with the command that mends it; and that command does.
. "$(dirname "$0")/lib.sh"
LATER=$BIN/../tests/days_later
reader=
trap 'status=$?; [ -z "$reader" ] || kill -9 "$reader" 2>/dev/null || true; (exit $status); finish' EXIT
home
example business-licence
mint() { exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" "$@"; }
# measure NAME MEMBER [DAYS]: what status says of it, then or now
measure() { { "$LATER" "${3:-0}" status --json 2>/dev/null || true; } | jq -r ".alarms[] | select(.name == \"$1\") | .$2"; }
# equals NAME ALARM [DAYS]
equals() { equal "$1 after ${3:-0} days" "$2" "$(measure "$1" alarm "${3:-0}")"; }
config=$ZHENGYIN_HOME/config.json
cp "$config" "$WORK/config-usual"
limits() { jq ".alarms = $1" "$WORK/config-usual" >"$config" && zhengyin check --accept config.json >/dev/null; }

story "a new home has no alarm; each says in both languages what it is, and what to do"
exits 0 zhengyin status --json
equal "alarms" "backup check disk log-export map reader" "$(jq -r '.alarms[].name' "$WORK/out" | sort | xargs)"
equal "standing" 0 "$(jq '[.alarms[] | select(.alarm != null and .name != "disk")] | length' "$WORK/out")"
equal "texts" 6 "$(jq '[.alarms[] | select((.en | test("^[a-zA-Z0-9]")) and (.zh | test("[一-龥]")) and .mend != null)] | length' "$WORK/out")"
exits 0 "$LATER" 3 status --json
equal "counted" "$(jq '[(.ends + .alarms)[] | select(.alarm != null)] | length' "$WORK/out")" "$(jq .warnings "$WORK/out")"
exits 0 "$LATER" 3 status
grep -q "^notice: there was no backup .* · .*备份" "$WORK/out" || die "the alarm is not shown"
grep -q "^  -> zhengyin backup DIR" "$WORK/out" || die "what to do is not shown"
ok

story "the exit status is asked for"
exits 0 "$LATER" 5 status
exits 1 "$LATER" 5 status --alarm warning
exits 0 "$LATER" 5 status --alarm urgent
exits 1 "$LATER" 9 status --alarm urgent --json
refuses usage 64 zhengyin status --alarm loud
exits 0 zhengyin down
exits 69 "$LATER" 9 status --alarm notice
exits 0 zhengyin up

story "the last check, and what it found"
for at in 7=null 8=notice 15=warning 31=urgent; do equals check "${at#*=}" "${at%=*}"; done
exits 0 "$LATER" 10 check
for at in 17=null 18=notice 41=urgent; do equals check "${at#*=}" "${at%=*}"; done
mkdir -p "$ZHENGYIN_HOME/log"
echo "no checkpoint" >"$ZHENGYIN_HOME/log/witnessed"
taken
exits 74 "$LATER" 12 check
equals check-result urgent 12
equal "named" "the last check of the vault found: log" "$(measure check-result en 12)"
rm "$ZHENGYIN_HOME/log/witnessed"
taken
equals check-result urgent 12
exits 0 "$LATER" 13 check
equals check-result "" 13
equals check null 20

story "what the last check of the files found"
equals check-files ""
pem=$(ls "$ZHENGYIN_HOME"/pki/*.pem | head -1)
cp "$pem" "$WORK/pem"
echo >>"$pem"
exits 74 zhengyin check --only files
equals check-files urgent
equal "how many" 1 "$(measure check-files value)"
exits 1 zhengyin status --alarm urgent
exits 74 zhengyin check
equals check-files urgent
printf x >>"$ZHENGYIN_HOME/vault/check-files"
exits 74 zhengyin check --only files
grep -q "vault/check-files" "$WORK/out" || die "the note is not named"
equals check-files urgent
cp "$WORK/pem" "$pem"
exits 0 zhengyin check --only files
equals check-files ""
[ ! -e "$ZHENGYIN_HOME/vault/check-files" ] || die "the note stays"

story "the backup, and what was written since"
for at in 1=null 2=notice 4=warning 8=urgent; do equals backup "${at#*=}" "${at%=*}"; done
exits 0 "$LATER" 8 backup "$WORK/backup"
equals backup null 30
mint --request one
equals backup null 9
equals backup notice 10
measure backup en 10 | grep -q "2 days old, [1-9][0-9]* writes are not in it" || die "what is not in the backup: $(measure backup en 10)"
ok
exits 0 "$LATER" 10 backup "$WORK/backup"
equals backup null 30

story "entries of the log that nobody could see yet"
for at in 1=null 2=notice 4=warning 8=urgent; do equals log-export "${at#*=}" "${at%=*}"; done
exits 0 zhengyin log export "$WORK/static"
equals log-export null 30
mint --request two
equals log-export notice 2
limits '{"log_export_entries": [2, 3, 4]}'
equals log-export notice
mint --request three
equals log-export urgent
limits '{"log_export_entries": [2, 3, 4], "log_export_hours": null}'
exits 0 zhengyin log export "$WORK/static"
equals log-export null 300
exits 0 zhengyin check
cp "$WORK/config-usual" "$config"
taken

story "entries that witnesses have not signed"
equals log-cosign "" 30
node "$E2E/witness.mjs" key w.example/linxi "$WORK/linxi.key" >"$WORK/linxi.vkey"
exits 0 zhengyin trust witness "$(cat "$WORK/linxi.vkey")" --least 1
for at in 1=null 2=notice 4=warning 8=urgent; do equals log-cosign "${at#*=}" "${at%=*}"; done
equal "mended by" "zhengyin log ask" "$(measure log-cosign mend)"

story "lists near their nextUpdate"
exits 0 zhengyin ca crl --days 30
for at in 27=null 28=notice 29=warning 31=over; do equals crl "${at#*=}" "${at%=*}"; done
exits 0 zhengyin ca crl --days 3
for at in 1=null 2=notice 4=over; do equals crl "${at#*=}" "${at%=*}"; done
equal "which" "crl/issuing-gm.crl" "$(measure crl about)"

story "disk and map, by limits that are met"
limits '{"disk_free_mb": [1000000000, 1000000000, 1000000000], "map_percent": [0, 0, 100]}'
equals disk urgent
equals map warning
limits '{"disk_free_mb": null, "map_percent": null}'
equals disk null
equals map null
for bad in '{"disk_free_mb": [1, 2, 3]}' '{"map_percent": [3, 2, 1]}' '{"map_percent": [1, 2]}' '{"map_percent": [1, 2, -3]}' \
	'{"map_percent": "all"}' '{"nothing": [1, 2, 3]}' '[]'; do
	limits "$bad"
	refuses policy 65 zhengyin status
done

story "a consumer that hangs in the middle of a look, and one that is killed there"
limits '{"reader_commits": [1, 2, 100000]}'
mkfifo "$WORK/pipe"
exec 9<>"$WORK/pipe"
dd if=/dev/zero of="$WORK/pipe" bs=4096 count=1024 oflag=nonblock 2>/dev/null || true # full: who writes to it waits
zhengyin events --json >"$WORK/pipe" &
reader=$!
left=600
until [ "$(measure reader value)" -gt 0 ] 2>/dev/null; do
	left=$((left - 1))
	[ $left -gt 0 ] || die "the reader holds nothing"
	mint
done
mint
equals reader warning
equal "who" "end process $reader when it hangs" "$(measure reader mend)"
kill -9 $reader
wait $reader 2>/dev/null || true
reader=
equals reader null
exec 9>&-
exits 0 zhengyin check
done_story
