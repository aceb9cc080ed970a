#!/usr/bin/env bash
# Certificate paths made at random (policies, mappings, constraints, path lengths, self-issued authorities, name
# constraints) get one verdict by us and by openssl, and the same by the JDK's PKIX validator but for what is named
# below. ZY_TEST_SEED and ZY_TEST_COUNT make others.
. "$(dirname "$0")/lib.sh"
unset ZHENGYIN_HOME
seed=${ZY_TEST_SEED:-8} count=${ZY_TEST_COUNT:-120}
# The JDK accepts number 38 of seed 8: its first authority has anyPolicy and maps 1.2.156.99.2, the second has that alone, so
# of the leaf's anyPolicy nothing but 1.2.156.99.2 is left, which nobody asked for (RFC 5280 6.1.4 (b), 6.1.5 (g)). openssl
# says so, too.
known=" 8:38 "
jars=/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar
cd "$WORK"
LC_ALL=C.UTF-8 java -cp $jars "$E2E/bouncy/RandomPaths.java" . "$seed" "$count" >java.log 2>&1 || { cat java.log >&2; die "RandomPaths"; }
equal "paths" "$count" "$(wc -l <answers)"

verdict() { if "$@" >last 2>&1; then echo good; else echo bad; fi; }
good=0
story "$count paths of seed $seed"
while read -r n jdk policy what; do
	others=() ours=() theirs=(-policy 2.5.29.32.0)
	[ ! -f "$n.others.pem" ] || others=(--untrusted "$n.others.pem")
	[ "$policy" = - ] || { ours=(--policy "$policy") && theirs=(-policy "$policy" -explicit_policy); }
	mine=$(verdict zhengyin-verify chain --anchor "$n.root.pem" "${others[@]}" "${ours[@]}" --at 2026-03-01T00:00:00Z "$n.leaf.pem")
	[ -f "$n.others.pem" ] && others=(-untrusted "$n.others.pem")
	equal "openssl on $seed:$n ($policy $what)" "$mine" \
		"$(verdict openssl verify -attime 1772323200 "${theirs[@]}" -CAfile "$n.root.pem" "${others[@]}" "$n.leaf.pem")"
	[ "$mine" = bad ] || good=$((good + 1))
	case $known in *" $seed:$n "*) continue ;; esac
	equal "the JDK on $seed:$n ($policy $what)" "$jdk" "$mine"
done <answers
[ "$good" -gt $((count / 4)) ] && [ "$good" -lt $((count * 3 / 4)) ] || die "$good of $count are good: the paths test little"
done_story
