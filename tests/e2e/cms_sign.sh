#!/usr/bin/env bash
# Any file under a seal as signed data: made in both suites and both forms, believed by us and by others, refused when
# altered or not allowed.
. "$(dirname "$0")/lib.sh"
home
cd "$WORK"
pki=$ZHENGYIN_HOME/pki
item=$(jq -r '.seals[0].items[0]' "$ZHENGYIN_HOME/policies/seals.json")
head -c 30000 /dev/urandom >content
printf 'another\n' >other
sign() { zhengyin seal sign --seal 99010000000001 --item "$item" "$@"; }
have_java() { [ -r /usr/share/java/bcpkix.jar ] && command -v java >/dev/null; }
bouncy() {
	java -Dfile.encoding=UTF-8 -cp /usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar \
		"$E2E/bouncy/CheckCms.java" "$@" >java.txt 2>&1 || die "Bouncy Castle: $(cat java.txt)"
	ok
}
by_openssl() { openssl cms -verify -binary -inform DER -CAfile "$pki/root-intl.pem" -purpose any "$@" 2>openssl.txt; }
told() { jq -r '[.format, (.signatures[0] | .kind, .time_source, .covers)] | join(" ")' out; }

story "P-256: the openssl program believes it"
exits 0 sign content --cms --out whole.p7m --json
equal "answer" "cms claimed null" "$(jq -r '[.kind, .time_source, (.page | tostring)] | join(" ")' out)"
exits 0 sign content --cms --detached --timestamp --out beside.p7s
exits 0 zhengyin-verify --json whole.p7m
equal "told" "cms cms claimed whole" "$(told)"
exits 0 zhengyin-verify --json --detached content beside.p7s
equal "told" "cms cms token whole" "$(told)"
by_openssl -in whole.p7m -out got || die "openssl: $(cat openssl.txt)"
cmp content got || die "another content"
by_openssl -in beside.p7s -content content -out got || die "openssl: $(cat openssl.txt)"
by_openssl -in beside.p7s -content other -out got && die "openssl took another content"
openssl cms -cmsout -print -inform DER -in beside.p7s >printed
grep -q 'id-smime-aa-timeStampToken' printed || die "no time-stamp"
grep -q 'id-smime-aa-signingCertificateV2' printed || die "the certificate is not bound"
ok

story "SM2: CMS and GB/T 35275, Bouncy Castle believes them"
for form in "--cms --suite gm" --gbt35275; do
	kind=$([ "$form" = --gbt35275 ] && echo gbt35275 || echo cms)
	# shellcheck disable=SC2086
	exits 0 sign content $form --out "$kind.p7m"
	# shellcheck disable=SC2086
	exits 0 sign content $form --detached --timestamp --out "$kind.p7s"
	exits 0 zhengyin-verify --json "$kind.p7m"
	equal "told" "cms $kind claimed whole" "$(told)"
	exits 0 zhengyin-verify --json --detached content "$kind.p7s"
	equal "told" "cms $kind token whole" "$(told)"
	exits 1 zhengyin-verify --json --detached other "$kind.p7s"
	exits 0 zhengyin-verify --json --anchor "$pki/root-gm.pem" --untrusted "$pki/issuing-gm.pem" "$kind.p7m"
	have_java || continue
	bouncy "$kind.p7m" - "$pki/root-gm.pem" "$pki/issuing-gm.pem"
	bouncy "$kind.p7s" content "$pki/root-gm.pem" "$pki/issuing-gm.pem"
done

story "refusals"
refuses usage 64 sign content --cms --gbt35275 --out no
refuses usage 64 sign content --gbt35275 --suite intl --out no
refuses usage 64 sign content --cms --page 1 --out no
refuses usage 64 sign content --detached --out no
refuses usage 64 sign content --cms --suite other --out no
refuses unknown-format 65 sign content --out no
refuses seal-not-allowed 1 zhengyin seal sign --seal 99010000000001 --item 990100-XXXX-0001 content --cms --out no
[ ! -e no ] || die "something was written"
done_story
