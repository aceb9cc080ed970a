#!/usr/bin/env bash
# A backup that comes from elsewhere is a stranger's: whatever it holds is refused with a code, and no home and no vault
# is half there. Then restores that the disk or a kill ends at one call after the other.
. "$(dirname "$0")/lib.sh"
FAILING=$BIN/../tests/failing_disk
home
ZHENGYIN_HOME=$(realpath "$ZHENGYIN_HOME")
HOME_OF=$ZHENGYIN_HOME
example business-licence
mint() { exits 0 zhengyin mint --type business-licence --holder "$HOLDER" --name "$NAME" --data "$WORK/data.json" "$@" --json; }
member() { jq -r "$1" <"$WORK/out"; }
mint --request one
id=$(member .licence)
exits 0 zhengyin backup "$WORK/copy"
cp -r "$WORK/copy" "$WORK/older"
mint --request two
exits 0 zhengyin backup "$WORK/copy" --json
digest=$(member .digest)
equal "digest" "$digest" "$(sha256sum "$WORK/copy/backup" | cut -d' ' -f1)"
exits 0 zhengyin backup "$WORK/other"
exits 0 zhengyin log checkpoint --out "$WORK/checkpoint"
sum() { sha256sum "$1" | cut -d' ' -f1; }
byte() { # FILE PLACE: another octet there
	local was
	was=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
	printf '%b' "\\x$(printf %02x $((was ^ 4)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
# describe JQ: the line of the description changed, its HMAC left as it was
describe() {
	jq -cS "$1" <(head -n 1 "$C/backup") >"$WORK/line"
	tail -n 1 "$C/backup" >>"$WORK/line"
	cp "$WORK/line" "$C/backup"
}
copied() { rm -rf "$WORK/hostile" && cp -r "$WORK/copy" "$WORK/hostile" && C=$WORK/hostile; }

# What is wrong with it: a name, and what makes it so in the folder $C. All are refused before the vault gets its place.
vault_faults() {
	cat <<-'END'
		part-cut                truncate -s -1 $C/parts/000001
		part-longer             printf x >>$C/parts/000001
		part-empty              : >$C/parts/000001
		part-flipped-head       byte $C/parts/000001 3
		part-flipped            byte $C/parts/000001 9000
		part-missing            rm $C/parts/000002
		parts-swapped           mv $C/parts/000001 $C/x; mv $C/parts/000002 $C/parts/000001; mv $C/x $C/parts/000002
		part-of-other           cp $WORK/other/parts/000001 $C/parts/000001
		part-of-older           cp $C/parts/000001 $C/parts/000002
		part-a-link             mv $C/parts/000001 $C/x; ln -s $C/x $C/parts/000001
		part-a-device           rm $C/parts/000001; ln -s /dev/zero $C/parts/000001
		part-a-pipe             rm $C/parts/000001; mkfifo $C/parts/000001
		part-a-folder           rm $C/parts/000001; mkdir $C/parts/000001
		part-sparse             truncate -s 40G $C/parts/000001
		part-sparse-told        truncate -s 3G $C/parts/000001; describe .parts[0].bytes=3221225472
		part-negative           describe .parts[0].bytes=-1
		part-huge               describe .parts[0].bytes=9223372036854775807
		part-changed-and-told   byte $C/parts/000001 9000; describe ".parts[0].sha256=\"$(sum $C/parts/000001)\""
		part-more-told          describe .whole_parts=3
		part-fewer-told         describe .whole_parts=1
		part-none-told          describe .whole_parts=0
		part-negative-told      describe .whole_parts=-1
		part-left-out           describe "del(.parts[1])|.whole_parts=1"
		part-repeated           describe ".parts+=[.parts[1]]|.whole_parts=3"; cp $C/parts/000002 $C/parts/000003
		parts-no-list           describe .parts={}
		parts-a-number          describe .parts[0]=7
		digest-short            describe .parts[0].sha256=\"00\"
		digest-a-path           describe .parts[0].sha256=\"../../../../../../../../../../../../../../../../../../etc/passwd.....\"
		member-unknown          describe .x=0
		member-missing          describe "del(.at)"
		member-twice            sed -i '1s/"form":1/"form":1,"form":1/' $C/backup
		form-of-later           describe .form=2
		form-a-text             describe .form=\"1\"
		position-elsewhere      describe .at.event=1
		position-huge           describe ".at.key=\"$(printf %0400d 0)\""
		home-elsewhere          describe .home=\"/\"
		checkpoint-none         describe "del(.checkpoint)"
		checkpoint-of-older     describe ".checkpoint=$(head -n 1 $WORK/older/backup | jq .checkpoint)"
		checkpoint-a-number     describe .checkpoint=5
		hmac-missing            sed -i 2d $C/backup
		hmac-another            sed -i "2s/mac ......../mac 00000000/" $C/backup
		hmac-capitals           sed -i "2s/.*/\\U&/" $C/backup
		hmac-twice              tail -n 1 $C/backup >$C/x; cat $C/x >>$C/backup
		description-of-older    cp $WORK/older/backup $C/backup; rm $C/parts/000002; byte $C/parts/000001 70
		description-of-other    cp $WORK/other/backup $C/backup
		description-cut         truncate -s 100 $C/backup
		description-empty       : >$C/backup
		description-nul         printf '\0' | dd of=$C/backup bs=1 seek=20 conv=notrunc status=none
		description-deep        printf '[%.0s' {1..200000} >$C/backup; printf '\nmac %064d\n' 0 >>$C/backup
		description-list        printf '[]\nmac %064d\n' 0 >$C/backup
		description-huge        truncate -s 65M $C/backup
		description-endless     truncate -s 0 $C/backup; rm $C/backup; ln -s /dev/zero $C/backup
		description-a-link      mv $C/backup $C/x; ln -s $C/x $C/backup
		description-a-pipe      rm $C/backup; mkfifo $C/backup
		description-missing     rm $C/backup
	END
}
# The files of a home are put before there is a key; what is refused by their names and digests:
home_faults() {
	cat <<-'END'
		name-above              describe ".files[\"../escaped\"]=.files[\"config.json\"]"
		name-above-inside       describe ".files[\"pki/../../escaped\"]=.files[\"config.json\"]"
		name-whole              describe ".files[\"$WORK/escaped\"]=.files[\"config.json\"]"
		name-empty              describe ".files[\"\"]=.files[\"config.json\"]"
		name-itself             describe ".files[\".\"]=.files[\"config.json\"]"
		name-double-slash       describe ".files[\"pki//x\"]=.files[\"config.json\"]"
		name-ends-in-slash      describe ".files[\"pki/\"]=.files[\"config.json\"]"
		name-nul                describe ".files[\"x\\u0000y\"]=.files[\"config.json\"]"
		name-long               describe ".files[\"$(printf %05000d 0)\"]=.files[\"config.json\"]"
		name-component-long     describe ".files[\"$(printf %0300d 0)\"]=.files[\"config.json\"]"
		name-in-vault           describe ".files[\"vault/data.mdb\"]=.files[\"config.json\"]"
		name-in-restored-vault  describe ".files[\"vault.restore/data.mdb\"]=.files[\"config.json\"]"
		name-in-compartment     describe ".files[\"vault-secret/data.mdb\"]=.files[\"config.json\"]"
		name-in-tokens          describe ".files[\"tokens/soft.pin\"]=.files[\"config.json\"]"
		name-in-root            describe ".files[\"root/x\"]=.files[\"config.json\"]"
		name-in-run             describe ".files[\"run/zy-soft.sock\"]=.files[\"config.json\"]"
		name-of-record          describe ".files[\"files.sums\"]=.files[\"config.json\"]"
		name-of-lock            describe ".files[\"restore.lock\"]=.files[\"config.json\"]"
		name-of-head-elsewhere  describe ".files[\"signer/x/y.head\"]=.files[\"config.json\"]"
		name-file-and-folder    describe ".files[\"config.json/x\"]=.files[\"config.json\"]"
		digest-a-way-out        describe ".files[\"x\"]=\"../backup\""
		digest-capitals         describe ".files[\"x\"]=(.files[\"config.json\"]|ascii_upcase)"
		digest-a-number         describe ".files[\"x\"]=1"
		files-no-object         describe .files=[]
		files-none              describe .files={}
		files-without-config    describe "del(.files[\"config.json\"])"
		file-missing            rm $C/files/$(head -n 1 $C/backup | jq -r '.files["config.json"]')
		file-changed            byte $C/files/$(head -n 1 $C/backup | jq -r '.files["config.json"]') 4
		file-cut                truncate -s -1 $C/files/$(head -n 1 $C/backup | jq -r '.files["trust/bundle.json"]')
		file-a-link             f=$(head -n 1 $C/backup | jq -r '.files["config.json"]'); mv $C/files/$f $C/x; ln -s $C/x $C/files/$f
		file-a-pipe             f=$(head -n 1 $C/backup | jq -r '.files["config.json"]'); rm $C/files/$f; mkfifo $C/files/$f
		file-a-device           f=$(head -n 1 $C/backup | jq -r '.files["config.json"]'); rm $C/files/$f; ln -s /dev/zero $C/files/$f
		file-sparse             truncate -s 40G $C/files/$(head -n 1 $C/backup | jq -r '.files["config.json"]')
		never-whole             describe .whole_parts=0
		description-cut         truncate -s 100 $C/backup
	END
}
# refused NAME: the restore of $C ends with 74 or 65 and one of the codes for what comes from outside
refused() {
	local status=0
	timeout 60 zhengyin restore "$C" --json >"$WORK/out" 2>"$WORK/err" || status=$?
	code=$(jq -r '.error.code // empty' <"$WORK/out")
	case "$status $code" in '74 backup' | '74 io' | '65 too-large' | '74 too-large') ok ;; *) die "$1: exit $status: $(cat "$WORK/out" "$WORK/err")" ;; esac
}

story "a vault from what is not the backup"
mv "$HOME_OF/vault" "$WORK/vault"
find "$HOME_OF" -path "$HOME_OF/run" -prune -o -print | sort >"$WORK/before"
while read -r name how; do
	copied
	eval "$how"
	refused "$name"
	find "$HOME_OF" -path "$HOME_OF/run" -prune -o ! -name restore.lock -print | sort | diff "$WORK/before" - || die "$name: something was left"
done < <(vault_faults)
copied
cp "$WORK/other/parts/000001" "$C/parts/000009"
touch "$C/parts/x" "$C/y"
exits 0 zhengyin restore "$C" --digest "$digest"
equal "what is there" 2 "$(zhengyin list --all --json | wc -l)"
rm -r "$HOME_OF/vault"

story "an older backup, and another than the one that is meant"
refuses backup 74 zhengyin restore "$WORK/older" --checkpoint "$WORK/checkpoint"
refuses backup 74 zhengyin restore "$WORK/older" --digest "$digest"
refuses backup 74 zhengyin restore "$WORK/copy" --digest "${digest%?}x"
[ ! -e "$HOME_OF/vault" ] || die "a vault is there"
mv "$WORK/vault" "$HOME_OF/vault"
zhengyin down >/dev/null

story "a home from what is not the backup"
ZHENGYIN_HOME=$WORK/place/new
mkdir "$WORK/place"
while read -r name how; do
	copied
	eval "$how"
	refused "$name"
	[ -z "$(ls -A "$WORK/place")" ] && [ ! -e "$WORK/escaped" ] || die "$name: something was left: $(find "$WORK/place")"
done < <(home_faults)
refuses backup 74 zhengyin restore "$WORK/older" --digest "$digest"
[ -z "$(ls -A "$WORK/place")" ] || die "something was left"

story "what stands in a restore's way is nobody's to remove"
mkdir -p "$WORK/place/new.restore" && echo mine >"$WORK/place/new.restore/mine"
refuses exists 74 zhengyin restore "$WORK/copy"
equal "mine" mine "$(cat "$WORK/place/new.restore/mine")"
rm -r "$WORK/place/new.restore" && ln -s "$WORK" "$WORK/place/new.restore"
refuses exists 74 zhengyin restore "$WORK/copy"
rm "$WORK/place/new.restore" && mkdir "$WORK/place/new" && touch "$WORK/place/new/mine"
refuses exists 74 zhengyin restore "$WORK/copy"
rm "$WORK/place/new/mine"

# whole: the home is there with all its files, which their own sums say
whole() { [ -e "$ZHENGYIN_HOME/config.json" ] && zhengyin check --only files --json >"$WORK/out" 2>&1; }
# ended COMMAND...: by the disk, or killed, at each call in turn; then what must hold
ended() { # KINDS ERROR HOLDS COMMAND...
	local kinds=$1 error=$2 holds=$3 after=0 step=1 struck=0 status
	shift 3
	while :; do
		status=0
		("$FAILING" "$kinds" "$error" "$after" "$@"; exit $?) >"$WORK/out" 2>"$WORK/err" || status=$?
		case $error in
		killed) [ $status = 137 ] || break ;;
		*)
			grep -q '^struck: ' "$WORK/err" || die "$error after $after: it died: $(cat "$WORK/err")"
			grep -q '^struck: yes' "$WORK/err" || break
			grep -qE '^code: (io|vault|vault-full|backup):' "$WORK/err" || [ $status = 0 ] || [ $status = 69 ] || die "$error after $after: $(cat "$WORK/err")"
			;;
		esac
		struck=$((struck + 1))
		$holds $status || die "$error after $after calls: $(find "$WORK/place" | head -20; cat "$WORK/out" "$WORK/err")"
		ok
		after=$((after + step))
		if [ $struck -ge ${ZY_FAULTS_EACH:-6} ]; then step=$((step + 1 + struck / 4)); fi
	done
	[ $struck -ge 3 ] || die "it met the disk $struck times only"
	echo "   $error: $struck times, at up to $after calls"
}

story "a home that the disk, or a kill, ends at each call"
export ZY_DISK=$WORK/place
# all of it or nothing; after a fault that was told no trace
home_all_or_nothing() {
	if [ -e "$ZHENGYIN_HOME/config.json" ]; then
		whole || return 1
		rm -r "$ZHENGYIN_HOME"
	elif [ "$1" != 137 ]; then
		[ ! -e "$WORK/place/new.restore" ]
	fi
}
for how in "ws full" "wson broken" "wson read-only" "wson killed"; do
	ended ${how% *} ${how#* } home_all_or_nothing restore "$WORK/copy"
	whole || die "$how: the home is not there at last"
	[ ! -e "$WORK/place/new.restore" ] && [ ! -e "$ZHENGYIN_HOME/restore.lock" ] || die "$how: something was left"
	[ "$how" = "wson killed" ] || rm -r "$ZHENGYIN_HOME"
done

story "a vault that the disk, or a kill, ends at each call"
cp -r "$HOME_OF/tokens" "$HOME_OF/root" "$ZHENGYIN_HOME/"
exits 0 zhengyin up
export ZY_DISK=$ZHENGYIN_HOME
vault_all_or_nothing() {
	if [ -e "$ZHENGYIN_HOME/vault" ]; then
		zhengyin check >/dev/null || return 1
		rm -r "$ZHENGYIN_HOME/vault"
	elif [ "$1" != 137 ]; then
		[ ! -e "$ZHENGYIN_HOME/vault.restore" ]
	fi
}
for how in "ws full" "wson broken" "wson killed"; do
	ended ${how% *} ${how#* } vault_all_or_nothing restore "$WORK/copy" --digest "$digest"
	exits 0 zhengyin check
	[ "$how" = "wson killed" ] || rm -r "$ZHENGYIN_HOME/vault"
done
equal "licences" 2 "$(zhengyin list --all --json | wc -l)"

story "two restores at once: one of them"
rm -r "$ZHENGYIN_HOME/vault"
for n in 1 2 3; do
	zhengyin restore "$WORK/copy" --json >"$WORK/at-once-$n" 2>/dev/null &
	pids[n]=$!
done
done=0
for n in 1 2 3; do
	if wait "${pids[n]}"; then done=$((done + 1)); else
		case $(jq -r .error.code "$WORK/at-once-$n") in busy | exists) ;; *) die "$(cat "$WORK/at-once-$n")" ;; esac
	fi
done
equal "restored" 1 $done
exits 0 zhengyin check
exits 0 zhengyin show "$id"
mint --request three
done_story
