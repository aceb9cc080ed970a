# What every story shares: a home of its own in a temporary folder, and checks that say what they expected.
set -eu
BIN=$(cd "$1" && pwd)
E2E=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
WORK=$(mktemp -d "${TMPDIR:-/tmp}/zhengyin-e2e-XXXXXX")
export ZHENGYIN_HOME=$WORK/home
PATH=$BIN:$PATH
checks=0

finish() {
	status=$?
	zhengyin down >/dev/null 2>&1 || true
	if [ "$status" != 0 ]; then
		echo "FAILED after $checks checks"
		tail -n 3 "$ZHENGYIN_HOME"/run/*.log 2>/dev/null || true
	fi
	rm -rf "$WORK"
	exit "$status"
}
trap finish EXIT

story() { echo "== $*"; }
ok() { checks=$((checks + 1)); }
die() { echo "FAIL: $*" >&2; exit 1; }
equal() { # what, wanted, got
	[ "$2" = "$3" ] || die "$1: wanted '$2', got '$3'"
	ok
}
# exits STATUS COMMAND...: runs it, keeps its output in $WORK/out and $WORK/err
exits() {
	local want=$1 got=0
	shift
	"$@" >"$WORK/out" 2>"$WORK/err" || got=$?
	[ "$got" = "$want" ] || { cat "$WORK/out" "$WORK/err" >&2; die "exit $got instead of $want: $*"; }
	ok
}
# refuses CODE STATUS COMMAND...: --json answer carries the code
refuses() {
	local code=$1 status=$2
	shift 2
	exits "$status" "$@" --json
	equal "code of: $*" "$code" "$(jq -r '.error.code' <"$WORK/out")"
}
home() { zhengyin init --demo >/dev/null 2>"$WORK/init.log" || { cat "$WORK/init.log" >&2; die "init"; }; }
# taken: what the story changed in its home by hand is recorded as it is, as somebody who may write there could do too
taken() { zhengyin check --accept-all >/dev/null || die "check --accept-all"; }
# approved ACTION FILE [OPTION...]: asked for by the demo's requester, approved by its two officers, in force
approved() {
	local action=$1 file=$2 order
	shift 2
	order=$WORK/order-$RANDOM$RANDOM
	{
		zhengyin approve request "$action" "$file" --as requester-1 --purpose "a test 测试" --out "$order" "$@" &&
			zhengyin approve sign "$order" --as officer-1 && zhengyin approve sign "$order" --as officer-2 &&
			zhengyin approve apply "$order"
	} >"$WORK/approved.log" 2>&1 || { cat "$WORK/approved.log" >&2; die "approve $action"; }
}
# key_ordered EVENT KEY [OPTION...]: retire, destroy or compromised, as two officers order it
key_ordered() {
	local file=$WORK/key-$RANDOM$RANDOM
	zhengyin key "$@" --out "$file" >/dev/null || die "key $*"
	approved key "$file"
}
# ceremony KIND RECORD [OPTION...]: of the roots, ordered by the demo's persons
ceremony() {
	local kind=$1 record=$2 order=$WORK/ceremony-$RANDOM$RANDOM
	shift 2
	{
		zhengyin ceremony plan "$kind" --out "$order.plan" &&
			zhengyin approve request ceremony "$order.plan" --as requester-1 --purpose "a test 测试" --out "$order" &&
			zhengyin approve sign "$order" --as officer-1 && zhengyin approve sign "$order" --as officer-2 &&
			zhengyin ceremony run "$order" --record "$record" "$@"
	} >"$WORK/ceremony.log" 2>&1 || { cat "$WORK/ceremony.log" >&2; die "ceremony $kind"; }
}
# the sample of a type, as the parts that mint takes
example() { # TYPE
	zhengyin policy example --line "$1" >"$WORK/example.json"
	HOLDER=$(jq -r .holder "$WORK/example.json")
	NAME=$(jq -r .name "$WORK/example.json")
	jq .data "$WORK/example.json" >"$WORK/data.json"
}
done_story() { echo "$checks checks"; }
# other_root: an authority that is not ours, ca.pem and ca.key in the current folder; ext is for its signers
other_root() {
	openssl req -utf8 -x509 -newkey rsa:3072 -nodes -keyout ca.key -out ca.pem -days 30 -subj "/C=CN/O=测试机构/CN=Root" \
		-addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
	printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n' >ext
}
# other_signer NAME OPENSSL-KEY-OPTION...: NAME.p12 with its certificate, password x
other_signer() {
	local name=$1
	shift
	openssl req -utf8 -new -newkey "$@" -nodes -keyout "$name.key" -out "$name.csr" -subj "/C=CN/O=测试机构/CN=$name" 2>/dev/null
	openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -extfile ext -out "$name.pem" 2>/dev/null
	openssl pkcs12 -export -inkey "$name.key" -in "$name.pem" -certfile ca.pem -name "$name" -passout pass:x -out "$name.p12"
}
