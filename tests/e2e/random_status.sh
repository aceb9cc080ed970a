#!/usr/bin/env bash
# Revocation lists made at random (partitions by address, kind and reason, indirect ones, deltas, forged, too old, too
# new), of SM2 and of mixed algorithms, with cross certificates beside the path: one verdict by us, by openssl and by
# Bouncy Castle's PKIX validator, but for what is named below. ZY_TEST_SEED and ZY_TEST_COUNT make others.
. "$(dirname "$0")/lib.sh"
unset ZHENGYIN_HOME
seed=${ZY_TEST_SEED:-1} count=${ZY_TEST_COUNT:-50}
jars=/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar
cd "$WORK"
LC_ALL=C.UTF-8 java -cp $jars "$E2E/bouncy/RandomStatus.java" . "$seed" "$count" >java.log 2>&1 || { cat java.log >&2; die "RandomStatus"; }
equal "paths" "$count" "$(wc -l <answers)"

ours() { # N
	exits_any zhengyin-verify chain --json --anchor "$1.root.pem" --untrusted "$1.crossed.pem" --crl "$1.crls.pem" --at 2026-03-01T00:00:00Z "$1.leaf.pem"
	case $(jq -r '[.findings[].code] | join(" ")' <last) in
	*certificate-revoked* | *certificate-on-hold*) echo revoked ;;
	revocation-unknown) echo unknown ;;
	"") echo good ;;
	*) cat last ;;
	esac
}
theirs() { # N
	exits_any openssl verify -attime 1772323200 -CAfile "$1.root.pem" -untrusted "$1.others.pem" -crl_check -extended_crl \
		-use_deltas -CRLfile "$1.crls.pem" "$1.leaf.pem"
	# the first error decides: openssl notes that a list is too old, and reads on
	case $(grep -m 1 -E '^error|: OK$' last) in
	*": OK") echo good ;;
	*"certificate revoked") echo revoked ;;
	*) echo unknown ;;
	esac
}
exits_any() { "$@" >last 2>&1 || true; }

good=0 revoked=0
story "$count paths of seed $seed"
while read -r n bouncy suite what; do
	mine=$(ours "$n")
	case $mine in good) good=$((good + 1)) ;; revoked) revoked=$((revoked + 1)) ;; esac
	# A list from after the moment judged tells nothing (RFC 5280 6.3.3 asks what the newest at hand says; openssl notes its
	# date and reads on, Bouncy Castle does not look at thisUpdate). Of two lists for different reasons one may be forged:
	# what the other says of a revocation counts, where openssl ends at the first. A delta of a list that may not be used
	# (5.2: a critical extension that is not known) is not used either; openssl asks it alone. Nor do we let a fresh delta
	# make a list current that has ended, as 5.2.4 would permit.
	case $what in *young* | *forged*revoked* | *revoked*forged* | *strange*delta* | *old*delta*) continue ;; esac
	# openssl 3.0 verifies no list by SM2 with an ID; before 3.0.22 it asks a delta alone where its list is for some reasons
	case $suite:$what in SM2:* | *reasons*delta*) ;; *) equal "openssl on $seed:$n ($what)" "$mine" "$(theirs "$n")" ;; esac
	# Bouncy Castle 1.72 counts the unused bit of ReasonFlags among all reasons, so that lists for some of them never
	# suffice, and finds lists of a cRLIssuer only where its name is also that of a distribution point
	case $what in point3* | point4*) continue ;; esac
	equal "Bouncy Castle on $seed:$n ($what)" "$bouncy" "$mine"
done <answers
[ "$good" -gt $((count / 8)) ] && [ "$revoked" -gt $((count / 8)) ] || die "$good good, $revoked revoked of $count: the lists test little"
done_story
