/* Writes tests/corpus/chain, crl and ocsp: one PEM file for each case, with the leaf first and the anchor last, then
 * lists and answers, and the verdict beside it. Run once by hand (`cmake --build build -t make-chains &&
 * build/tests/make-chains`); the files are kept, because data outlives code. */
#include "corpus/chain_faults.h"

#define PASS "indication: TOTAL-PASSED\n"
#define FAIL(sub, finding) "indication: TOTAL-FAILED\nsub_indication: " sub "\nfinding: " finding "\n"
#define CANNOT(sub, finding) "indication: INDETERMINATE\nsub_indication: " sub "\nfinding: " finding "\n"
#define CONSTRAINT(finding) CANNOT("CHAIN_CONSTRAINTS_FAILURE", finding)
#define NO_PATH(finding) CANNOT("NO_CERTIFICATE_CHAIN_FOUND", finding)
#define LATER CANNOT("TRY_LATER", "revocation-unknown Certificate")
#define REVOKED FAIL("REVOKED", "certificate-revoked revokedCertificates")
#define HELD CANNOT("TRY_LATER", "certificate-on-hold revokedCertificates")
#define POLICY /* said of where the tree ended, and of the path */                                                     \
	CONSTRAINT("certificate-policy certificatePolicies") "finding: certificate-policy certificatePolicies\n"
#define ALL "all: yes\n"
#define FORM "finding: certificate-form Certificate\n"        /* of certificates that have not the form asked for */
#define NOTED "finding: revocation-not-checked Certificate\n" /* the authority, about which nothing is at hand */

/* openssl: "ok" or "fails" and options of `openssl verify`; NULL: it is not asked, as where it
 * does not turn round at a dead end, ends a certificate a second before notAfter, or takes a delta that is too old. */
static const struct chain_case {
	const char *name, *expect, *certs, *lists, *answers, *openssl;
} chains[] = {
	{ .name = "good", PASS, "leaf sub root", .openssl = "ok" },
	{ .name = "p384", PASS, "leaf384 sub384 root384", .openssl = "ok" },
	{ .name = "p521", PASS, "leaf521 root521", .openssl = "ok" },
	{ .name = "ed25519", PASS, "leafed subed rooted", .openssl = "ok" },
	{ .name = "ed448", PASS, "leafed448 rooted448", .openssl = "ok" },
	{ .name = "rsa-pss", PASS, "leafpss rootpss", .openssl = "ok" },
	{ .name = "rsa", PASS, "leafrsa rootrsa", .openssl = "ok" },
	{ .name = "sm2-under-p256", PASS, "undersm2 sm2sub root" },
	{ .name = "rsa-1024",
	    CANNOT("CRYPTO_CONSTRAINTS_FAILURE", "certificate-algorithm subjectPublicKeyInfo"),
	    "weakkey sub root",
	    .openssl = "fails -auth_level 2" },
	{ .name = "sha-1",
	    CANNOT("CRYPTO_CONSTRAINTS_FAILURE", "certificate-algorithm signatureAlgorithm"),
	    "sha1 sub root",
	    .openssl = "fails -auth_level 2" },
	{ .name = "extension-twice", CONSTRAINT("certificate-profile extensions"), "twice sub root" },
	{ .name = "algorithms-differ",
	    FAIL("SIG_CRYPTO_FAILURE", "certificate-signature issuer"),
	    "algorithms sub root",
	    .openssl = "fails" },
	{ .name = "signature-changed",
	    FAIL("SIG_CRYPTO_FAILURE", "certificate-signature issuer"),
	    "signature sub root",
	    .openssl = "fails" },
	{ .name = "authority-signature-changed",
	    FAIL("SIG_CRYPTO_FAILURE", "certificate-signature issuer"),
	    "undersubsignature subsignature root",
	    .openssl = "fails" },
	{ .name = "authority-missing", NO_PATH("no-chain issuer"), "leaf root", .openssl = "fails" },
	{ .name = "another-root", NO_PATH("no-chain issuer"), "leaf sub other", .openssl = "fails" },
	{ .name = "serial-negative", PASS FORM, "negative sub root", .openssl = "ok" },
	{ .name = "serial-zero", PASS FORM, "zero sub root", .openssl = "ok" },
	{ .name = "serial-long", PASS, "long sub root", .openssl = "ok" },
	{ .name = "version-1-authority",
	    CONSTRAINT("certificate-authority basicConstraints"),
	    "underv1 v1ca root",
	    .openssl = "fails" },
	{ .name = "version-1-leaf", PASS, "v1leaf sub root", .openssl = "ok" },
	{ .name = "critical-unknown",
	    CONSTRAINT("certificate-profile extensions"),
	    "critical sub root",
	    .openssl = "fails" },
	{ .name = "policies-empty", CONSTRAINT("certificate-profile certificatePolicies"), "emptypolicies sub root" },
	{ .name = "name-other-string-type", PASS, "underutf8 subprintable root", .openssl = "ok" },
	{ .name = "name-other-case-and-spaces", PASS, "leaf subcase root", .openssl = "ok" },
	{ .name = "name-other-order", NO_PATH("no-chain issuer"), "leaf subotherorder root", .openssl = "fails" },
	{ .name = "name-empty", PASS, "noname sub root", .openssl = "ok" },
	{ .name = "dates-of-one-second", PASS, "short sub root" },
	{ .name = "ended-a-second-ago",
	    FAIL("EXPIRED", "path-expired notAfter"),
	    "ended sub root",
	    .openssl = "fails" },
	{ .name = "begins-in-a-second",
	    FAIL("NOT_YET_VALID", "path-not-yet-valid notBefore"),
	    "begins sub root",
	    .openssl = "fails" },
	{ .name = "authority-ended",
	    FAIL("EXPIRED", "path-expired notAfter"),
	    "underendedca endedca root",
	    .openssl = "fails" },
	{ .name = "ends-after-2050", PASS, "after2050 sub root", .openssl = "ok" },
	{ .name = "issued-by-no-authority",
	    CONSTRAINT("certificate-authority basicConstraints") "finding: certificate-authority keyUsage\n",
	    "underplain plain sub root",
	    .openssl = "fails" },
	{ .name = "authority-without-certsign",
	    CONSTRAINT("certificate-authority keyUsage"),
	    "undernosign nosign root",
	    .openssl = "fails" },
	{ .name = "path-length-kept", PASS, "undershallow shallow root", .openssl = "ok" },
	{ .name = "path-length-broken",
	    CONSTRAINT("certificate-authority pathLenConstraint"),
	    "underdeep deep shallow root",
	    .openssl = "fails" },
	{ .name = "path-length-self-issued", PASS, "undershallowself shallowself shallow root", .openssl = "ok" },
	{ .name = "loop-of-two", NO_PATH("no-chain issuer"), "underloop loopa loopb root", .openssl = "fails" },
	{ .name = "crossed-to-the-wrong-root", PASS, "leaf crossed sub root" },
	{ .name = "crossed-elsewhere-only", NO_PATH("no-chain issuer"), "leaf crossed root", .openssl = "fails" },
	{ .name = "use-any", PASS "purpose: email\n", "anyuse sub root" },
	{ .name = "use-mail-for-code",
	    CONSTRAINT("certificate-key-usage extKeyUsage") "purpose: code\n",
	    "mail sub root" },
	{ .name = "use-encipherment-for-documents",
	    CONSTRAINT("certificate-key-usage keyUsage") "purpose: document\n",
	    "encipher sub root" },
	{ .name = "use-of-authority-other",
	    CONSTRAINT("certificate-key-usage extKeyUsage") "purpose: email\n",
	    "undercodeca codeca root" },
	{ .name = "use-of-authority-any", PASS "purpose: email\n", "underanycodeca anycodeca root" },
	{ .name = "policy-explicit", PASS, "underpol polca root", .openssl = "ok -policy_check -policy 2.5.29.32.0" },
	{ .name = "policy-explicit-none-left",
	    POLICY,
	    "underpol2 polca root",
	    .openssl = "fails -policy_check -policy 2.5.29.32.0" },
	{ .name = "policy-mapped-twice",
	    PASS "policy: " P1 "\n",
	    "undermap2 mapca2 mapca root",
	    .openssl = "ok -policy_check -policy " P1 },
	{ .name = "policy-mapped-once-only",
	    POLICY,
	    "undermap2not mapca2 mapca root",
	    .openssl = "fails -policy_check -policy 2.5.29.32.0" },
	{ .name = "policy-any-inhibited",
	    POLICY,
	    "undernoany noanyca root",
	    .openssl = "fails -policy_check -policy 2.5.29.32.0" },
	{ .name = "policy-any-self-issued",
	    PASS,
	    "undernoanyself noanyself noanyca root",
	    .openssl = "ok -policy_check -policy 2.5.29.32.0" },
	{ .name = "policy-explicit-later",
	    PASS,
	    "underlater laterca root",
	    .openssl = "ok -policy_check -policy 2.5.29.32.0" },
	{ .name = "policy-explicit-by-then",
	    POLICY,
	    "underlatersubsub latersubsub latersub laterca root",
	    .openssl = "fails -policy_check -policy 2.5.29.32.0" },
	{ .name = "names-dns-within", PASS, "dnsin ncdns root", .openssl = "ok" },
	{ .name = "names-dns-outside",
	    CONSTRAINT("certificate-name subjectAltName"),
	    "dnsout ncdns root",
	    .openssl = "fails" },
	{ .name = "names-mail-within", PASS, "mailin ncmail root", .openssl = "ok" },
	{ .name = "names-mail-outside",
	    CONSTRAINT("certificate-name subjectAltName"),
	    "mailout ncmail root",
	    .openssl = "fails" },
	{ .name = "names-uri-within", PASS, "uriin ncuri root", .openssl = "ok" },
	{ .name = "names-uri-outside",
	    CONSTRAINT("certificate-name subjectAltName"),
	    "uriout ncuri root",
	    .openssl = "fails" },
	{ .name = "names-ip-within", PASS, "ipin ncip root", .openssl = "ok" },
	{ .name = "names-ip-outside",
	    CONSTRAINT("certificate-name subjectAltName"),
	    "ipout ncip root",
	    .openssl = "fails" },
	{ .name = "names-ip-of-other-kind",
	    CONSTRAINT("certificate-name subjectAltName"),
	    "ip4 ncip root",
	    .openssl = "fails" },
	{ .name = "names-directory-within", PASS, "dnin ncdn root", .openssl = "ok" },
	{ .name = "names-directory-outside",
	    CONSTRAINT("certificate-name subject"),
	    "dnout ncdn root",
	    .openssl = "fails" },
	{ .name = "names-directory-excluded",
	    CONSTRAINT("certificate-name subject"),
	    "excludedin ncexcluded root",
	    .openssl = "fails" },
	{ .name = "names-self-issued-authority", PASS, "underncself ncself ncdn root", .openssl = "ok" },
};

#define CRL_OK "ok -crl_check_all -extended_crl -use_deltas"
#define CRL_FAILS "fails -crl_check_all -extended_crl -use_deltas"

static const struct chain_case crls[] = {
	{ .name = "good", PASS ALL, "leaf sub root", "root sub", .openssl = CRL_OK }, /* 4.4.1 */
	{ .name = "of-the-leaf-missing", LATER ALL, "leaf sub root", "root", .openssl = CRL_FAILS },
	{ .name = "of-the-authority-missing", LATER ALL, "leaf sub root", "sub", .openssl = CRL_FAILS },
	{ .name = "of-the-authority-not-asked", PASS NOTED, "leaf sub root", "sub" },
	{ .name = "authority-revoked", REVOKED ALL, "leaf sub root", "root:sub sub", .openssl = CRL_FAILS }, /* 4.4.2 */
	{ .name = "leaf-revoked", REVOKED ALL, "leaf sub root", "root sub:leaf", .openssl = CRL_FAILS },     /* 4.4.3 */
	{ .name = "another-revoked", PASS ALL, "leaf sub root", "root sub:leaf2", .openssl = CRL_OK },
	{ .name = "signature-changed", LATER ALL, "leaf sub root", "root changed", .openssl = CRL_FAILS }, /* 4.4.4 */
	{ .name = "sha-1", LATER ALL, "leaf sub root", "root sha1" },
	{ .name = "name-of-another-issuer",
	    LATER ALL,
	    "leaf sub root",
	    "root renamed",
	    .openssl = CRL_FAILS },                                                                        /* 4.4.5 */
	{ .name = "of-another-authority", LATER ALL, "leaf sub root", "root sub2", .openssl = CRL_FAILS }, /* 4.4.6 */
	{ .name = "forged-under-its-name", LATER ALL, "leaf othersub sub root", "root forged", .openssl = CRL_FAILS },
	{ .name = "two-one-of-them-forged", PASS ALL, "leaf sub root", "root forged sub" }, /* 4.4.7 */
	{ .name = "entry-critical-unknown",
	    LATER ALL,
	    "leaf sub root",
	    "root entrycritical",
	    .openssl = CRL_FAILS },                                                                        /* 4.4.8 */
	{ .name = "critical-unknown", LATER ALL, "leaf sub root", "root critical", .openssl = CRL_FAILS }, /* 4.4.9 */
	{ .name = "extension-unknown", PASS ALL, "leaf sub root", "root uncritical", .openssl = CRL_OK },
	{ .name = "extension-twice", LATER ALL, "leaf sub root", "root twice" },
	{ .name = "algorithms-differ", LATER ALL, "leaf sub root", "root algorithms", .openssl = CRL_FAILS },
	{ .name = "too-old", LATER ALL, "leaf sub root", "root old", .openssl = CRL_FAILS }, /* 4.4.11 */
	{ .name = "from-tomorrow", LATER ALL, "leaf sub root", "root early", .openssl = CRL_FAILS },
	{ .name = "from-a-clock-ahead", PASS ALL, "leaf sub root", "root skewed" },
	{ .name = "no-next-update-fresh", PASS ALL, "leaf sub root", "root nonext", .openssl = CRL_OK },
	{ .name = "no-next-update-old", LATER ALL, "leaf sub root", "root nonextold" },
	{ .name = "next-update-in-2051", PASS ALL, "leaf sub root", "root in2051", .openssl = CRL_OK }, /* 4.4.13 */
	{ .name = "version-1", PASS ALL, "leaf sub root", "root v1", .openssl = CRL_OK },
	{ .name = "serial-negative-good",
	    PASS FORM ALL,
	    "negative sub root",
	    "root sub:minus",
	    .openssl = CRL_OK }, /* 4.4.14 */
	{ .name = "serial-negative-revoked", REVOKED ALL, "minus sub root", "root sub:minus", .openssl = CRL_FAILS },
	{ .name = "serial-long-revoked",
	    REVOKED ALL,
	    "long sub root",
	    "root sub:long",
	    .openssl = CRL_FAILS }, /* 4.4.18 */
	{ .name = "serial-long-good", PASS ALL, "long2 sub root", "root sub:long", .openssl = CRL_OK },
	{ .name = "on-hold", HELD ALL, "leaf sub root", "root sub:hold", .openssl = CRL_FAILS },
	{ .name = "authority-on-hold", HELD ALL, "leaf sub root", "root:hold sub", .openssl = CRL_FAILS },
	{ .name = "hold-released-since", PASS ALL, "leaf sub root", "root sub:hold sub:released" },
	{ .name = "on-hold-since", HELD ALL, "leaf sub root", "root sub sub:newhold" },
	{ .name = "revoked-is-not-released", REVOKED ALL, "leaf sub root", "root sub:leaf sub:released" },
	/* 4.4.19 to 4.5: other keys of the authority's */
	{ .name = "other-key-good", PASS ALL, "leaf sub subcrl root", "root subcrl", .openssl = CRL_OK },
	{ .name = "other-key-revoked-leaf",
	    REVOKED ALL,
	    "leaf sub subcrl root",
	    "root subcrl:leaf",
	    .openssl = CRL_FAILS },
	{ .name = "other-key-itself-revoked",
	    LATER ALL,
	    "leaf sub subcrl root",
	    "root:subcrl subcrl",
	    .openssl = CRL_FAILS },
	{ .name = "other-key-unknown", LATER ALL, "leaf sub root", "root subcrl", .openssl = CRL_FAILS },
	{ .name = "other-key-not-for-lists",
	    LATER ALL,
	    "leaf sub subcrlnot root",
	    "root subcrlnot",
	    .openssl = CRL_FAILS },
	{ .name = "other-key-of-another-root",
	    LATER ALL,
	    "leaf sub subcrlother other root",
	    "root subcrlother",
	    .openssl = CRL_FAILS },
	{ .name = "other-key-ended", LATER ALL, "leaf sub subcrlended root", "root subcrlended", .openssl = CRL_FAILS },
	{ .name = "other-key-self-issued", PASS ALL, "leaf sub subcrlself root", "root subcrlself" },
	{ .name = "other-key-calls-itself-revoked", PASS ALL, "leaf sub subcrlself root", "root subcrlself:itself" },
	{ .name = "new-key-old-list", PASS ALL, "undernew subnew sub root", "root sub subnew", .openssl = CRL_OK },
	{ .name = "new-key-revoked",
	    REVOKED ALL,
	    "undernew subnew sub root",
	    "root sub subnew:undernew",
	    .openssl = CRL_FAILS },
	{ .name = "new-key-clears-itself", LATER ALL, "undernew subnew sub root", "root subnew", .openssl = CRL_FAILS },
	{ .name = "authority-not-for-lists",
	    LATER ALL,
	    "undernolist nolistca root",
	    "root nolist",
	    .openssl = CRL_FAILS },
	/* 4.14 */
	{ .name = "point-good", PASS ALL, "dpuri sub root", "root uria", .openssl = CRL_OK },
	{ .name = "point-revoked", REVOKED ALL, "dpuri sub root", "root uria:dpuri", .openssl = CRL_FAILS },
	{ .name = "point-of-another-name", LATER ALL, "dpuri sub root", "root urib", .openssl = CRL_FAILS },
	{ .name = "point-not-named-by-list", PASS ALL, "dpuri sub root", "root sub", .openssl = CRL_OK },
	{ .name = "point-not-named-by-certificate", LATER ALL, "leaf sub root", "root uria", .openssl = CRL_FAILS },
	{ .name = "point-directory-and-relative", PASS ALL, "dpdir sub root", "root relative", .openssl = CRL_OK },
	{ .name = "point-relative-and-directory", PASS ALL, "dprelative sub root", "root dir", .openssl = CRL_OK },
	{ .name = "point-relative-twice", PASS ALL, "dprelative sub root", "root relative", .openssl = CRL_OK },
	{ .name = "point-relative-revoked",
	    REVOKED ALL,
	    "dprelative sub root",
	    "root relative:dprelative",
	    .openssl = CRL_FAILS },
	{ .name = "point-relative-of-another-name",
	    LATER ALL,
	    "dprelative sub root",
	    "root relative2",
	    .openssl = CRL_FAILS },
	{ .name = "only-users", PASS ALL, "leaf sub root", "root users", .openssl = CRL_OK },
	{ .name = "only-users-for-an-authority",
	    LATER ALL,
	    "leaf sub root",
	    "rootusers sub",
	    .openssl = CRL_FAILS }, /* 4.14.10 */
	{ .name = "only-authorities", PASS ALL, "leaf sub root", "rootauthorities sub", .openssl = CRL_OK },
	{ .name = "only-authorities-for-a-leaf", LATER ALL, "leaf sub root", "root authorities", .openssl = CRL_FAILS },
	{ .name = "only-attributes", LATER ALL, "leaf sub root", "root attributes", .openssl = CRL_FAILS },
	{ .name = "reasons-all-covered", PASS ALL, "leaf sub root", "root keys rest", .openssl = CRL_OK }, /* 4.14.18 */
	{ .name = "reasons-half-covered", LATER ALL, "leaf sub root", "root keys", .openssl = CRL_FAILS },
	{ .name = "reasons-revoked-by-one", REVOKED ALL, "leaf sub root", "root keys:leaf rest", .openssl = CRL_FAILS },
	{ .name = "reasons-revoked-by-the-other",
	    REVOKED ALL,
	    "leaf sub root",
	    "root keys rest:leaf",
	    .openssl = CRL_FAILS },
	{ .name = "reasons-revoked-by-half", REVOKED ALL, "leaf sub root", "root rest:leaf", .openssl = CRL_FAILS },
	{ .name = "point-reasons-both", PASS ALL, "dpreason sub root", "root uria urib", .openssl = CRL_OK },
	{ .name = "point-reasons-half", LATER ALL, "dpreason sub root", "root uria", .openssl = CRL_FAILS },
	{ .name = "indirect-good",
	    PASS ALL,
	    "dpindirect sub indirect root",
	    "root indirect",
	    .openssl = CRL_OK }, /* 4.14.22 */
	{ .name = "indirect-revoked",
	    REVOKED ALL,
	    "dpindirect sub indirect root",
	    "root indirect:leaf",
	    .openssl = CRL_FAILS },
	{ .name = "indirect-revoked-by-issuer-above",
	    REVOKED ALL,
	    "dpindirect sub indirect root",
	    "root indirect:sticky",
	    .openssl = CRL_FAILS },
	{ .name = "indirect-number-of-another",
	    PASS ALL,
	    "dpindirect sub indirect root",
	    "root indirect:twin",
	    .openssl = CRL_OK },
	{ .name = "indirect-number-of-its-own",
	    PASS ALL,
	    "dpindirect sub indirect root",
	    "root indirect:own",
	    .openssl = CRL_OK },
	{ .name = "indirect-not-said", LATER ALL, "dpindirect sub indirect root", "root direct", .openssl = CRL_FAILS },
	{ .name = "indirect-not-asked-for",
	    LATER ALL,
	    "leaf sub indirect root",
	    "root indirect",
	    .openssl = CRL_FAILS },
	{ .name = "indirect-issuer-unknown", LATER ALL, "dpindirect sub root", "root indirect", .openssl = CRL_FAILS },
	{ .name = "indirect-issuer-revoked",
	    LATER ALL,
	    "dpindirect sub indirect root",
	    "root:indirect indirect",
	    .openssl = CRL_FAILS },
	{ .name = "indirect-issuer-of-another-root",
	    LATER ALL,
	    "dpindirect sub indirectother other root",
	    "root indirectother",
	    .openssl = CRL_FAILS },
	{ .name = "indirect-part",
	    PASS ALL,
	    "dpindirectpart sub indirect root",
	    "root indirectpart",
	    .openssl = CRL_OK },
	{ .name = "indirect-other-part",
	    LATER ALL,
	    "dpindirectpart sub indirect root",
	    "root indirectpart2",
	    .openssl = CRL_FAILS },
	{ .name = "entry-issuer-in-a-direct-list", LATER ALL, "leaf sub root", "root namesissuer" },
	/* 4.15 */
	{ .name = "delta-adds-nothing", PASS ALL, "leaf sub root", "root base delta", .openssl = CRL_OK },
	{ .name = "delta-revokes", REVOKED ALL, "leaf sub root", "root base delta:leaf", .openssl = CRL_FAILS },
	{ .name = "delta-on-an-older-base",
	    REVOKED ALL,
	    "leaf sub root",
	    "root base delta:older",
	    .openssl = CRL_FAILS },
	{ .name = "delta-removes-a-hold",
	    PASS ALL,
	    "leaf sub root",
	    "root base:hold delta:removed",
	    .openssl = CRL_OK },
	{ .name = "delta-leaves-a-hold", HELD ALL, "leaf sub root", "root base:hold delta", .openssl = CRL_FAILS },
	{ .name = "delta-on-a-newer-base",
	    HELD ALL,
	    "leaf sub root",
	    "root base:hold delta:ahead",
	    .openssl = CRL_FAILS },
	{ .name = "delta-not-newer", HELD ALL, "leaf sub root", "root base:hold delta:same", .openssl = CRL_FAILS },
	{ .name = "delta-changed", HELD ALL, "leaf sub root", "root base:hold delta:changed", .openssl = CRL_FAILS },
	{ .name = "delta-of-other-scope",
	    HELD ALL,
	    "leaf sub root",
	    "root base:hold delta:users",
	    .openssl = CRL_FAILS },
	{ .name = "delta-too-old", HELD ALL, "leaf sub root", "root base:hold delta:old" },
	{ .name = "delta-two-newest-counts", PASS ALL, "leaf sub root", "root base:hold delta:leaf delta:later" },
	{ .name = "delta-alone", LATER ALL, "leaf sub root", "root delta", .openssl = CRL_FAILS },
	{ .name = "delta-for-the-certificate",
	    PASS ALL,
	    "withdelta sub root",
	    "root sub delta:leaf",
	    .openssl = CRL_OK },
};

static const struct chain_case ocsps[] = {
	{ .name = "good", PASS NOTED, "leaf sub root", .answers = "good" },
	{ .name = "good-for-both", PASS ALL, "leaf sub root", .answers = "good rootsub" },
	{ .name = "authority-not-covered", LATER ALL, "leaf sub root", .answers = "good" },
	{ .name = "authority-revoked", REVOKED, "leaf sub root", .answers = "good rootsubrevoked" },
	{ .name = "revoked", REVOKED NOTED, "leaf sub root", .answers = "revoked" },
	{ .name = "on-hold", HELD NOTED, "leaf sub root", .answers = "hold" },
	{ .name = "unknown", LATER NOTED, "leaf sub root", .answers = "unknown" },
	{ .name = "certid-sha-256", PASS NOTED, "leaf sub root", .answers = "sha256" },
	{ .name = "certid-sm3", PASS NOTED, "leaf sub root", .answers = "sm3" },
	{ .name = "certid-sha-384", PASS NOTED, "leaf sub root", .answers = "sha384" },
	{ .name = "certid-sha-512", PASS NOTED, "leaf sub root", .answers = "sha512" },
	{ .name = "certid-sha-512-revoked", REVOKED NOTED, "leaf sub root", .answers = "sha512revoked" },
	{ .name = "certid-of-unknown-hash", LATER NOTED, "leaf sub root", .answers = "sha3" },
	{ .name = "responder-by-key", PASS NOTED, "leaf sub root", .answers = "bykey" },
	{ .name = "about-another", LATER NOTED, "leaf sub root", .answers = "other" },
	{ .name = "about-several", PASS NOTED, "leaf sub root", .answers = "several" },
	{ .name = "good-and-revoked-in-one", REVOKED NOTED, "leaf sub root", .answers = "both" },
	{ .name = "good-and-revoked-in-two", REVOKED NOTED, "leaf sub root", .answers = "revoked good" },
	{ .name = "certid-of-another-issuer", LATER NOTED, "leaf sub root", .answers = "wrongissuer" },
	{ .name = "by-a-stranger", LATER NOTED, "leaf sub root", .answers = "bystranger" },
	{ .name = "by-the-issuer-above", LATER NOTED, "leaf sub root", .answers = "byroot" },
	{ .name = "signature-changed", LATER NOTED, "leaf sub root", .answers = "changed" },
	{ .name = "sha-1", LATER NOTED, "leaf sub root", .answers = "sha1" },
	{ .name = "too-old", LATER NOTED, "leaf sub root", .answers = "old" },
	{ .name = "from-tomorrow", LATER NOTED, "leaf sub root", .answers = "early" },
	{ .name = "no-next-update-fresh", PASS NOTED, "leaf sub root", .answers = "nonext" },
	{ .name = "no-next-update-old", LATER NOTED, "leaf sub root", .answers = "nonextold" },
	{ .name = "try-later", LATER NOTED, "leaf sub root", .answers = "trylater" },
	{ .name = "unauthorized", LATER NOTED, "leaf sub root", .answers = "unauthorized" },
	{ .name = "delegated", PASS NOTED, "leaf sub root", .answers = "responder" },
	{ .name = "delegated-by-key", PASS NOTED, "leaf sub root", .answers = "responderbykey" },
	{ .name = "delegated-revoked", REVOKED NOTED, "leaf sub root", .answers = "responderrevoked" },
	{ .name = "delegated-certificate-at-hand", PASS NOTED, "leaf sub responder root", .answers = "nocerts" },
	{ .name = "delegated-certificate-missing", LATER NOTED, "leaf sub root", .answers = "nocerts" },
	{ .name = "delegated-without-nocheck", LATER NOTED, "leaf sub root", .answers = "responderchecked" },
	{ .name = "delegated-checked-by-a-list", PASS NOTED, "leaf sub root", "sub", "responderchecked" },
	{ .name = "delegated-revoked-by-a-list", PASS NOTED, "leaf sub root", "sub:responder", "responderchecked" },
	{ .name = "delegated-for-any-use", LATER NOTED, "leaf sub root", .answers = "responderany" },
	{ .name = "delegated-for-no-use", LATER NOTED, "leaf sub root", .answers = "respondernouse" },
	{ .name = "delegated-by-the-issuer-above", LATER NOTED, "leaf sub root", .answers = "responderroot" },
	{ .name = "delegated-by-a-stranger", LATER NOTED, "leaf sub root", .answers = "responderstranger" },
	{ .name = "delegated-ended", LATER NOTED, "leaf sub root", .answers = "responderended" },
	{ .name = "delegated-critical-unknown", LATER NOTED, "leaf sub root", .answers = "respondercritical" },
	{ .name = "delegated-forged", LATER NOTED, "leaf sub responderforged root", .answers = "responderforged" },
	{ .name = "delegated-for-encipherment", LATER NOTED, "leaf sub root", .answers = "responderencipher" },
	{ .name = "list-revokes-what-the-answer-clears", REVOKED NOTED, "leaf sub root", "sub:leaf", "good" },
};

static void write_file(const char *folder, const char *name, const char *twin, const char *end, struct zy_bytes v)
{
	char path[4096];
	struct zy_error err = { 0 };

	snprintf(path, sizeof(path), ZY_SOURCE_DIR "/tests/corpus/%s/%s%s.%s", folder, name, twin, end);
	VERIFY_CHECK(zy_file_write(path, v, 0644, true, &err));
}

static void put_lists(struct pki *p, const char *names, struct zy_buf *out)
{
	char copy[256], *rest = copy, *word;

	snprintf(copy, sizeof(copy), "%s", names == NULL ? "" : names);
	while ((word = strsep(&rest, " ")) != NULL)
		for (size_t i = 0; i <= sizeof(lists) / sizeof(lists[0]) && word[0] != 0; i++) {
			VERIFY_CHECK(i < sizeof(lists) / sizeof(lists[0]) || fprintf(stderr, "no %s\n", word) == 0);
			if (strcmp(lists[i].name, word) == 0) {
				pki_put_list(p, &lists[i], out);
				break;
			}
		}
}

static void put_answers(struct pki *p, const char *names, struct zy_buf *out)
{
	char copy[256], *rest = copy, *word;

	snprintf(copy, sizeof(copy), "%s", names == NULL ? "" : names);
	while ((word = strsep(&rest, " ")) != NULL)
		for (size_t i = 0; i <= sizeof(answers) / sizeof(answers[0]) && word[0] != 0; i++) {
			VERIFY_CHECK(i < sizeof(answers) / sizeof(answers[0]) || fprintf(stderr, "no %s\n", word) == 0);
			if (strcmp(answers[i].name, word) == 0) {
				pki_put_answer(p, &answers[i], out);
				break;
			}
		}
}

static void make(struct pki *p, const char *folder, const struct chain_case *c, const char *twin)
{
	ZY_BUF_AUTO file = { 0 };
	ZY_BUF_AUTO expect = { 0 };
	char copy[256], *rest = copy, *word;

	snprintf(copy, sizeof(copy), "%s", c->certs);
	while ((word = strsep(&rest, " ")) != NULL)
		pki_put_cert(p, word, &file);
	put_lists(p, c->lists, &file);
	put_answers(p, c->answers, &file);
	zy_buf_printf(&expect, "at: 2026-03-01T00:00:00Z\n%s%s", c->expect,
	    c->lists == NULL && c->answers == NULL ? "finding: revocation-not-checked\n" : "");
	if (c->openssl != NULL && twin[0] == 0)
		zy_buf_printf(&expect, "openssl: %s\n", c->openssl);
	write_file(folder, c->name, twin, "pem", zy_buf_bytes(&file));
	write_file(folder, c->name, twin, "expect", zy_buf_bytes(&expect));
}

#define NUM(table) (sizeof(table) / sizeof(table[0]))

int main(void)
{
	struct pki p256 = { .suite = "P-256", .rows = certs, .num = NUM(certs) },
		   sm2 = { .suite = "SM2", .rows = certs, .num = NUM(certs) };

	for (size_t i = 0; i < NUM(chains); i++)
		make(&p256, "chain", &chains[i], "");
	for (size_t i = 0; i < NUM(crls); i++) {
		make(&p256, "crl", &crls[i], "");
		if (strcmp(crls[i].name, "sha-1") != 0)
			make(&sm2, "crl", &crls[i], "-sm2");
	}
	for (size_t i = 0; i < NUM(ocsps); i++) {
		make(&p256, "ocsp", &ocsps[i], "");
		if (strcmp(ocsps[i].name, "sha-1") != 0)
			make(&sm2, "ocsp", &ocsps[i], "-sm2");
	}
	printf("%zu chains, %zu lists, %zu answers\n", NUM(chains), NUM(crls), NUM(ocsps));
	return 0;
}
