/* The corpus of signed data that was made to last: one row, one file, one fault. */
#ifndef ZY_TEST_CADES_FAULTS_H
#define ZY_TEST_CADES_FAULTS_H

#include "corpus/cades_made.h"

#define PASSED "indication: TOTAL-PASSED"
#define FAILED(sub) "indication: TOTAL-FAILED\nsub_indication: " sub
#define UNKNOWN(sub) "indication: INDETERMINATE\nsub_indication: " sub
#define FOUND(code, field) "finding: " code " " field "\n"
#define NO_STATUS "finding: revocation-not-checked\n"
#define ATS "archive-time-stamp-v3"
#define STS "signature-time-stamp"
#define INDEX "ats-hash-index-v3"
#define CERTS "SignedData.certificates"

#define SIGNED                                                                                                         \
	{ SIGN, .at = JANUARY },                                                                                       \
	{                                                                                                              \
		STAMP, .at = JANUARY + HOUR                                                                            \
	}
#define KEPT                                                                                                           \
	{                                                                                                              \
		VALUES, .arg = "signer-good tsa-good"                                                                  \
	}
#define ARCHIVED                                                                                                       \
	{                                                                                                              \
		ARCHIVE, .at = JANUARY + 4 * HOUR                                                                      \
	}
#define LASTS SIGNED, KEPT, ARCHIVED
#define FAULTY(what)                                                                                                   \
	SIGNED, KEPT,                                                                                                  \
	{                                                                                                              \
		ARCHIVE, .at = JANUARY + 4 * HOUR, .fault = what                                                       \
	}
#define RENEWED                                                                                                        \
	LASTS, { VALUES, .arg = "tsa-good-late" },                                                                     \
	{                                                                                                              \
		ARCHIVE, .at = 1811808000, .arg = "tsa-new"                                                            \
	}
#define LATE "2027-03-01T00:00:00Z"  /* after signer and responder */
#define LATER "2029-01-01T00:00:00Z" /* after the first authority, too */

static const struct cades_case cades_cases[] = {
	/* levels, and what they are good for */
	{ "level-b", NULL, PASSED, NO_STATUS, { { SIGN, .at = JANUARY } } },
	{ "level-t", NULL, PASSED, NO_STATUS, { SIGNED } },
	{ "level-lt", NULL, PASSED, FOUND("revocation-too-old", STS), { SIGNED, KEPT } },
	{ "level-lta", NULL, PASSED, FOUND("revocation-too-old", ATS), { LASTS } },
	{ "level-b-years-later", LATE, UNKNOWN("OUT_OF_BOUNDS_NO_POE"), FOUND("certificate-expired", CERTS) NO_STATUS,
	    { { SIGN, .at = JANUARY } } },
	{ "level-t-years-later", LATE, PASSED, NO_STATUS, { SIGNED } },
	{ "level-lt-years-later", LATE, PASSED, NO_STATUS, { SIGNED, KEPT } },
	{ "level-lta-years-later", LATE, PASSED, NO_STATUS, { LASTS } },
	{ "level-lta-renewed", LATER, PASSED, NO_STATUS NO_STATUS, { RENEWED } },
	{ "level-lta-not-renewed-in-time", LATER, UNKNOWN("OUT_OF_BOUNDS_NO_POE"),
	    FOUND("certificate-expired", ATS) NO_STATUS FOUND("certificate-expired", STS)
		NO_STATUS FOUND("certificate-expired", CERTS),
	    { LASTS } },
	{ "archived-without-signature-time-stamp", LATE, PASSED, NO_STATUS,
	    { { SIGN, .at = JANUARY }, { VALUES, .arg = "signer-good" }, ARCHIVED } },
	{ "values-in-attributes", LATE, PASSED, FOUND("revocation-too-old", ATS),
	    { SIGNED, { VALUES, .arg = "list-clean" }, { KEEP, .arg = "signer-good tsa-good" }, ARCHIVED } },
	{ "index-by-sha512", LATE, PASSED, NO_STATUS, { FAULTY("index-sha512") } },
	{ "index-of-the-first-version", LATE, PASSED, NO_STATUS, { FAULTY("index-v1") } },
	{ "index-of-the-second-version", LATE, PASSED, NO_STATUS, { FAULTY("index-v2") } },
	/* revoked */
	{ "revoked-after-the-archive-time-stamp", NULL, PASSED,
	    FOUND("revocation-too-old", ATS) FOUND("archive-not-covered", "crls"),
	    { LASTS, { VALUES, .arg = "signer-revoked" } } },
	{ "revoked-before-the-archive-time-stamp", NULL, UNKNOWN("REVOKED_NO_POE"),
	    NO_STATUS FOUND("certificate-revoked-no-poe", CERTS),
	    { { SIGN, .at = JANUARY }, { VALUES, .arg = "signer-revoked" }, { ARCHIVE, .at = MARCH - HOUR } } },
	{ "list-revoked-before-the-archive-time-stamp", NULL, UNKNOWN("REVOKED_NO_POE"),
	    FOUND("certificate-revoked-no-poe", CERTS),
	    { { SIGN, .at = JANUARY }, { VALUES, .arg = "list-revoked" }, { ARCHIVE, .at = MARCH - HOUR } } },
	{ "authority-of-time-revoked-later", "2026-03-05T00:00:00Z", UNKNOWN("REVOKED_NO_POE"),
	    FOUND("certificate-revoked-no-poe", ATS) FOUND("archive-not-covered", "crls")
		FOUND("certificate-revoked-no-poe", STS) FOUND("revocation-too-old", CERTS),
	    { LASTS, { VALUES, .arg = "tsa-revoked" } } },
	{ "answer-forged", NULL, PASSED, FOUND("revocation-too-old", ATS) NO_STATUS,
	    { SIGNED, { VALUES, .arg = "signer-forged tsa-good" }, ARCHIVED } },
	{ "answer-by-an-imposter", NULL, PASSED, FOUND("revocation-too-old", ATS) NO_STATUS,
	    { SIGNED, { VALUES, .arg = "signer-imposter tsa-good" }, ARCHIVED } },
	{ "answer-added-after-its-responder-ended", LATE, PASSED,
	    NO_STATUS FOUND("archive-not-covered", "crls") NO_STATUS,
	    { SIGNED, { VALUES, .arg = "tsa-good" }, ARCHIVED, { VALUES, .arg = "signer-good" } } },
	/* what is named, and what is there */
	{ "no-index", NULL, FAILED("FORMAT_FAILURE"), FOUND("archive-index", INDEX) FOUND("revocation-too-old", STS),
	    { FAULTY("no-index") } },
	{ "two-indexes", NULL, FAILED("FORMAT_FAILURE"), FOUND("archive-index", INDEX) FOUND("revocation-too-old", STS),
	    { FAULTY("two-indexes") } },
	{ "index-unknown-hash", NULL, FAILED("FORMAT_FAILURE"),
	    FOUND("archive-index", INDEX) FOUND("revocation-too-old", STS), { FAULTY("index-unknown-hash") } },
	{ "index-hash-is-a-number", NULL, FAILED("FORMAT_FAILURE"),
	    FOUND("archive-index", INDEX) FOUND("revocation-too-old", STS), { FAULTY("index-hash-is-a-number") } },
	{ "index-hash-of-nothing", NULL, FAILED("HASH_FAILURE"),
	    FOUND("archive-index-differs", "unsignedAttrs") FOUND("revocation-too-old", ATS)
		FOUND("archive-not-covered", "unsignedAttrs") FOUND("revocation-too-old", STS),
	    { FAULTY("index-hash-of-nothing") } },
	{ "index-changed-later", NULL, FAILED("HASH_FAILURE"),
	    FOUND("archive-index-differs", "unsignedAttrs") FOUND("timestamp-imprint", ATS) FOUND("revocation-too-old",
		ATS) FOUND("archive-not-covered", "unsignedAttrs") FOUND("revocation-too-old", STS),
	    { FAULTY("index-changed-later") } },
	{ "certificate-taken-away", NULL, FAILED("HASH_FAILURE"),
	    FOUND("archive-index-differs", "certificates") FOUND("revocation-too-old", ATS)
		FOUND("revocation-too-old", STS),
	    { LASTS, { DROP, .arg = "certificate" } } },
	{ "answer-taken-away", NULL, FAILED("HASH_FAILURE"),
	    FOUND("archive-index-differs", "crls") FOUND("revocation-too-old", ATS) FOUND("revocation-too-old", STS)
		NO_STATUS,
	    { LASTS, { DROP, .arg = "list" } } },
	{ "time-stamp-taken-away", NULL, FAILED("HASH_FAILURE"),
	    FOUND("archive-index-differs", "unsignedAttrs") FOUND("revocation-too-old", ATS)
		FOUND("revocation-too-old", CERTS),
	    { LASTS, { DROP, .arg = "attribute" } } },
	{ "list-altered", NULL, FAILED("HASH_FAILURE"),
	    FOUND("archive-index-differs", "crls") FOUND("revocation-too-old", ATS) FOUND("archive-not-covered", "crls")
		FOUND("revocation-too-old", STS),
	    { SIGNED, { VALUES, .arg = "list-clean signer-good tsa-good" }, ARCHIVED, { CHANGE, .arg = "crl" } } },
	{ "certificate-added-later", NULL, PASSED,
	    FOUND("revocation-too-old", ATS) FOUND("archive-not-covered", "certificates"),
	    { LASTS, { ONE, .arg = "second" } } },
	{ "answer-added-later", NULL, PASSED, FOUND("revocation-too-old", ATS) FOUND("archive-not-covered", "crls"),
	    { LASTS, { VALUES, .arg = "second-good" } } },
	{ "attribute-added-later", NULL, PASSED,
	    FOUND("revocation-too-old", ATS) FOUND("archive-not-covered", "unsignedAttrs"),
	    { LASTS, { ATTR, .arg = "1.2.3.4.7" } } },
	/* the token */
	{ "no-token", NULL, UNKNOWN("SIG_CONSTRAINTS_FAILURE"),
	    FOUND("timestamp-unreadable", ATS) FOUND("revocation-too-old", STS), { FAULTY("no-token") } },
	{ "imprint-of-another", NULL, FAILED("HASH_FAILURE"),
	    FOUND("timestamp-imprint", ATS) FOUND("revocation-too-old", ATS) FOUND("revocation-too-old", STS),
	    { FAULTY("imprint-of-another") } },
	{ "token-altered", NULL, FAILED("SIG_CRYPTO_FAILURE"),
	    FOUND("signature-value", ATS) FOUND("revocation-too-old", ATS) FOUND("revocation-too-old", STS),
	    { FAULTY("token-altered") } },
	{ "by-a-stranger", NULL, UNKNOWN("NO_CERTIFICATE_CHAIN_FOUND"),
	    FOUND("no-chain", ATS) NO_STATUS FOUND("revocation-too-old", STS),
	    { SIGNED, KEPT, { ARCHIVE, .at = JANUARY + 4 * HOUR, .arg = "stranger" } } },
	{ "by-a-mailer", NULL, UNKNOWN("CHAIN_CONSTRAINTS_FAILURE"),
	    FOUND("certificate-key-usage", ATS) NO_STATUS FOUND("revocation-too-old", STS),
	    { SIGNED, KEPT, { ARCHIVE, .at = JANUARY + 4 * HOUR, .arg = "mailer" } } },
	{ "from-the-future", NULL, FAILED("NOT_YET_VALID"),
	    FOUND("signed-in-future", ATS) FOUND("revocation-too-old", ATS) FOUND("revocation-too-old", STS),
	    { SIGNED, KEPT, { ARCHIVE, .at = MARCH + 24 * HOUR } } },
	{ "before-its-authority", LATE, FAILED("NOT_YET_VALID"),
	    FOUND("signed-before-certificate", ATS) NO_STATUS NO_STATUS,
	    { SIGNED, KEPT, { ARCHIVE, .at = JANUARY + 4 * HOUR, .arg = "tsa-new" } } },
	{ "renewed-before-the-first", NULL, FAILED("TIMESTAMP_ORDER_FAILURE"),
	    FOUND("revocation-too-old", ATS) FOUND("timestamp-too-early", ATS) FOUND("revocation-too-old", ATS),
	    { LASTS, { ARCHIVE, .at = JANUARY + 2 * HOUR } } },
	{ "before-the-signature-time-stamp", NULL, FAILED("TIMESTAMP_ORDER_FAILURE"),
	    FOUND("revocation-too-old", ATS) FOUND("timestamp-too-early", STS) FOUND("timestamp-too-early", ATS),
	    { SIGNED, KEPT, { ARCHIVE, .at = JANUARY - HOUR } } },
	{ "before-the-claimed-time", NULL, FAILED("TIMESTAMP_ORDER_FAILURE"),
	    NO_STATUS FOUND("timestamp-too-early", ATS),
	    { { SIGN, .at = JANUARY }, { VALUES, .arg = "signer-good" }, { ARCHIVE, .at = JANUARY - HOUR } } },
	{ "of-another-kind", NULL, PASSED, FOUND("archive-stamp-not-judged", "archive-time-stamp-v2") NO_STATUS,
	    { SIGNED, { ATTR, .arg = "1.2.840.113549.1.9.16.2.48" } } },
	{ "seventeen-of-them", NULL, FAILED("FORMAT_FAILURE"),
	    FOUND("archive-index", ATS) NO_STATUS NO_STATUS NO_STATUS NO_STATUS NO_STATUS NO_STATUS NO_STATUS NO_STATUS
		NO_STATUS NO_STATUS NO_STATUS NO_STATUS NO_STATUS NO_STATUS NO_STATUS NO_STATUS FOUND(
		    "archive-not-covered", "unsignedAttrs") NO_STATUS,
	    { SIGNED, ARCHIVED, ARCHIVED, ARCHIVED, ARCHIVED, ARCHIVED, ARCHIVED, ARCHIVED, ARCHIVED, ARCHIVED,
		ARCHIVED, ARCHIVED, ARCHIVED, ARCHIVED, ARCHIVED, ARCHIVED, ARCHIVED, ARCHIVED } },
	/* what they are about */
	{ "content-altered", NULL, FAILED("HASH_FAILURE"),
	    FOUND("document-digest", "signedAttrs.message-digest") FOUND("timestamp-imprint", ATS)
		FOUND("revocation-too-old", ATS) FOUND("revocation-too-old", STS),
	    { LASTS, { CHANGE, .arg = "content" } } },
	{ "signature-altered", NULL, FAILED("SIG_CRYPTO_FAILURE"),
	    FOUND("signature-value", "SignerInfo.signature") FOUND("timestamp-imprint", ATS)
		FOUND("revocation-too-old", ATS) FOUND("timestamp-imprint", STS) FOUND("revocation-too-old", STS)
		    FOUND("revocation-too-old", CERTS),
	    { LASTS, { CHANGE, .arg = "signature" } } },
};

#endif
