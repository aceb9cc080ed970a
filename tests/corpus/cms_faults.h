/* The corpus of signed data: one row, one file, one fault. What each must answer stands in the row. */
#ifndef CORPUS_CMS_FAULTS_H
#define CORPUS_CMS_FAULTS_H

#include "cms_made.h"

#define CMS_PASSED "indication: TOTAL-PASSED"
#define CMS_FAILED "indication: TOTAL-FAILED\nsub_indication: "
#define CMS_UNKNOWN "indication: INDETERMINATE\nsub_indication: "
#define CMS_INFO "finding: revocation-not-checked\n"
#define CMS_UNBOUND "finding: certificate-not-bound signedAttrs\n"
#define CMS_NO_TIME "finding: no-signing-time signing-time\n"
#define CMS_BARE CMS_UNBOUND CMS_NO_TIME CMS_INFO
#define CMS_RULE_BROKEN(field) CMS_FAILED "FORMAT_FAILURE", "finding: signed-attributes-form " field "\n"
#define CMS_UNREADABLE(field) CMS_UNKNOWN "SIG_CONSTRAINTS_FAILURE", "finding: signer-unreadable " field "\n"
#define CMS_OTHER_VERSION CMS_PASSED, "finding: signed-data-version SignerInfo.version\n" CMS_INFO

static const struct {
	const char *name, *verdict,
	    *findings; /* name: the fault of tests/cms_made.h; findings NULL: verdict is an error */
} cms_faults[] = {
	/* what is good */
	{ "good", CMS_PASSED, CMS_INFO },
	{ "no-attributes", CMS_PASSED, CMS_BARE },
	{ "key-id", CMS_PASSED, CMS_INFO },
	{ "two-signers", CMS_PASSED, CMS_INFO CMS_INFO },
	{ "leaf-alone", CMS_PASSED, CMS_INFO },
	{ "attribute-unknown", CMS_PASSED, CMS_INFO },
	{ "algorithm-protection", CMS_PASSED, CMS_INFO },
	{ "signing-certificate-v1", CMS_PASSED, CMS_INFO },
	{ "certificate-twice", CMS_PASSED, CMS_INFO },
	{ "certificate-of-a-stranger", CMS_PASSED, CMS_INFO },
	{ "attribute-certificate", CMS_PASSED, CMS_INFO },
	{ "digest-algorithm-null", CMS_PASSED, CMS_INFO },
	{ "content-in-pieces", CMS_PASSED, "finding: encoding-not-der ContentInfo\n" CMS_INFO },
	{ "content-indefinite", CMS_PASSED, "finding: encoding-not-der ContentInfo\n" CMS_INFO },
	{ "all-indefinite", CMS_PASSED, "finding: encoding-not-der ContentInfo\n" CMS_INFO },
	{ "no-signing-time", CMS_PASSED, CMS_NO_TIME CMS_INFO },
	{ "no-signing-certificate-attribute", CMS_PASSED, CMS_UNBOUND CMS_INFO },
	{ "other-content-type", CMS_PASSED, CMS_INFO },
	/* the content */
	{ "content-altered", CMS_FAILED "HASH_FAILURE",
	    "finding: document-digest signedAttrs.message-digest\n" CMS_INFO },
	{ "no-attributes-altered", CMS_FAILED "SIG_CRYPTO_FAILURE",
	    "finding: signature-value SignerInfo.signature\n" CMS_BARE },
	{ "detached", CMS_UNKNOWN "SIGNED_DATA_NOT_FOUND", "finding: signed-content-missing eContent\n" CMS_INFO },
	{ "attributes-as-content", CMS_FAILED "FORMAT_FAILURE",
	    "finding: signed-attributes-as-content eContent\n" CMS_BARE },
	{ "no-attributes-other-type", CMS_RULE_BROKEN("signedAttrs") },
	{ "content-is-a-sequence", "error: der", NULL },
	{ "content-in-nested-pieces", "error: der", NULL },
	{ "content-without-end", "error: truncated", NULL },
	{ "two-contents", "error: trailing-bytes", NULL },
	/* signed attributes */
	{ "no-content-type", CMS_RULE_BROKEN("signedAttrs") },
	{ "no-message-digest", CMS_RULE_BROKEN("signedAttrs") },
	{ "content-type-differs", CMS_RULE_BROKEN("content-type") },
	{ "content-type-two-values", CMS_RULE_BROKEN("Attribute.attrValues") },
	{ "content-type-twice", CMS_RULE_BROKEN("content-type") },
	{ "digest-of-another", CMS_FAILED "HASH_FAILURE",
	    "finding: document-digest signedAttrs.message-digest\n" CMS_INFO },
	{ "digest-cut", CMS_FAILED "HASH_FAILURE", "finding: document-digest signedAttrs.message-digest\n" CMS_INFO },
	{ "digest-longer", CMS_FAILED "HASH_FAILURE",
	    "finding: document-digest signedAttrs.message-digest\n" CMS_INFO },
	{ "digest-empty", CMS_RULE_BROKEN("message-digest") },
	{ "digest-no-value", CMS_RULE_BROKEN("message-digest") },
	{ "digest-as-bit-string", CMS_RULE_BROKEN("message-digest") },
	{ "digest-two-values", CMS_RULE_BROKEN("Attribute.attrValues") },
	{ "message-digest-twice", CMS_RULE_BROKEN("Attribute.attrType") },
	{ "attributes-unordered", CMS_PASSED, "finding: encoding-not-der signedAttrs\n" CMS_INFO },
	{ "too-many-attributes", CMS_UNREADABLE("signedAttrs") },
	{ "signed-as-carried", CMS_FAILED "SIG_CRYPTO_FAILURE",
	    "finding: signature-value SignerInfo.signature\n" CMS_INFO },
	{ "signing-time-no-date", CMS_UNREADABLE("signing-time") },
	{ "signing-time-no-zone", CMS_UNREADABLE("signing-time") },
	{ "signing-time-offset", CMS_UNREADABLE("signing-time") },
	{ "signed-in-future", CMS_FAILED "NOT_YET_VALID", "finding: signed-in-future signing-time\n" CMS_INFO },
	{ "signed-before-cert", CMS_FAILED "NOT_YET_VALID",
	    "finding: signed-before-certificate signing-time\n" CMS_INFO },
	{ "signing-certificate-differs", CMS_FAILED "FORMAT_FAILURE",
	    "finding: signing-certificate-attribute signing-certificate-v2\n" CMS_INFO },
	{ "signing-certificate-serial-differs", CMS_FAILED "FORMAT_FAILURE",
	    "finding: signing-certificate-attribute signing-certificate-v2\n" CMS_INFO },
	{ "signing-certificate-v1-differs", CMS_FAILED "FORMAT_FAILURE",
	    "finding: signing-certificate-attribute signing-certificate\n" CMS_INFO },
	{ "algorithm-protection-differs", CMS_FAILED "FORMAT_FAILURE",
	    "finding: algorithms-disagree CMSAlgorithmProtection\n" CMS_INFO },
	/* algorithms, signature, signer */
	{ "digest-not-announced", CMS_FAILED "FORMAT_FAILURE",
	    "finding: digest-not-announced SignerInfo.digestAlgorithm\n" CMS_INFO },
	{ "digest-algorithm-sha512", CMS_FAILED "FORMAT_FAILURE",
	    "finding: algorithms-disagree SignerInfo.signatureAlgorithm\n"
	    "finding: document-digest signedAttrs.message-digest\n" CMS_INFO },
	{ "digest-algorithm-sha1", CMS_FAILED "FORMAT_FAILURE",
	    "finding: algorithms-disagree SignerInfo.signatureAlgorithm\n"
	    "finding: document-digest signedAttrs.message-digest\n"
	    "finding: signature-algorithm SignerInfo.digestAlgorithm\n" CMS_INFO },
	{ "digest-algorithm-unknown", CMS_FAILED "FORMAT_FAILURE",
	    "finding: signature-algorithm-differs SignerInfo.digestAlgorithm\n" CMS_INFO },
	{ "signature-algorithm-unknown", CMS_FAILED "FORMAT_FAILURE",
	    "finding: signature-algorithm-differs SignerInfo.signatureAlgorithm\n" CMS_INFO },
	{ "signature-algorithm-rsa", CMS_FAILED "SIG_CRYPTO_FAILURE",
	    "finding: signature-value SignerInfo.signature\n" CMS_INFO },
	{ "signature-altered", CMS_FAILED "SIG_CRYPTO_FAILURE",
	    "finding: signature-value SignerInfo.signature\n" CMS_INFO },
	{ "second-signer-altered", CMS_FAILED "SIG_CRYPTO_FAILURE",
	    "finding: signature-value SignerInfo.signature\n" CMS_INFO CMS_INFO },
	{ "signature-zero", CMS_FAILED "SIG_CRYPTO_FAILURE",
	    "finding: signature-value SignerInfo.signature\n" CMS_INFO },
	{ "signature-empty", CMS_FAILED "SIG_CRYPTO_FAILURE",
	    "finding: signature-value SignerInfo.signature\n" CMS_INFO },
	{ "signature-trailing", CMS_FAILED "SIG_CRYPTO_FAILURE",
	    "finding: signature-value SignerInfo.signature\n" CMS_INFO },
	{ "sid-other-serial", CMS_FAILED "FORMAT_FAILURE",
	    "finding: signing-certificate-differs SignedData.certificates\n" },
	{ "key-id-unknown", CMS_FAILED "FORMAT_FAILURE",
	    "finding: signing-certificate-differs SignedData.certificates\n" },
	{ "certificate-missing", CMS_UNKNOWN "NO_SIGNING_CERTIFICATE_FOUND",
	    "finding: no-signing-certificate SignedData.certificates\n" },
	{ "no-certificates", CMS_UNKNOWN "NO_SIGNING_CERTIFICATE_FOUND",
	    "finding: no-signing-certificate SignedData.certificates\n" },
	{ "signer-version-3", CMS_OTHER_VERSION },
	{ "signer-version-9", CMS_UNREADABLE("SignerInfo.version") },
	{ "key-id-version-1", CMS_OTHER_VERSION },
	{ "signer-trailing", CMS_UNREADABLE("unsignedAttrs") },
	{ "unsigned-attribute-malformed", CMS_UNREADABLE("unsignedAttrs") },
	{ "no-signer", CMS_UNKNOWN "NO_SIGNATURE", "finding: no-signature signerInfos\n" },
	/* the frame */
	{ "version-2", "error: cms", NULL },
	{ "version-9", "error: der", NULL },
	{ "enveloped-data", "error: unknown-format", NULL },
	{ "trailing-bytes", "error: trailing-bytes", NULL },
	{ "signed-data-trailing", "error: trailing-bytes", NULL },
	{ "cut", "error: unknown-format", NULL },
	{ "length-not-shortest", "error: unknown-format", NULL },
	{ "certificate-is-a-number", "error: cms", NULL },
	{ "crl-is-a-number", "error: cms", NULL },
	{ "too-many-certificates", "error: too-large", NULL },
	{ "too-many-signers", "error: too-large", NULL },
};

/* Those of GB/T 35275 that differ. */
static const struct {
	const char *name, *fault, *verdict, *findings;
} gbt_faults[] = {
	{ "good", NULL, CMS_PASSED, CMS_INFO },
	{ "no-attributes", "no-attributes", CMS_PASSED, CMS_BARE },
	{ "sm2-with-sm3", "sm2-with-sm3", CMS_PASSED, CMS_INFO },
	{ "pkcs-data", "pkcs-data", CMS_PASSED, CMS_INFO },
	{ "signature-bare", "signature-bare", CMS_PASSED,
	    "finding: signature-encoding SignerInfo.signature\n" CMS_INFO },
	{ "all-indefinite", "all-indefinite", CMS_PASSED, "finding: encoding-not-der ContentInfo\n" CMS_INFO },
	{ "content-altered", "content-altered", CMS_FAILED "HASH_FAILURE",
	    "finding: document-digest signedAttrs.message-digest\n" CMS_INFO },
	{ "no-attributes-altered", "no-attributes-altered", CMS_FAILED "SIG_CRYPTO_FAILURE",
	    "finding: signature-value SignerInfo.signature\n" CMS_BARE },
	{ "attributes-as-content", "attributes-as-content", CMS_FAILED "FORMAT_FAILURE",
	    "finding: signed-attributes-as-content eContent\n" CMS_BARE },
	{ "digest-algorithm-unknown", "digest-algorithm-unknown", CMS_FAILED "FORMAT_FAILURE",
	    "finding: signature-algorithm-differs SignerInfo.digestAlgorithm\n" CMS_INFO },
	{ "digest-of-another", "digest-of-another", CMS_FAILED "HASH_FAILURE",
	    "finding: document-digest signedAttrs.message-digest\n" CMS_INFO },
	{ "sid-other-serial", "sid-other-serial", CMS_FAILED "FORMAT_FAILURE",
	    "finding: signing-certificate-differs SignedData.certificates\n" },
	{ "two-signers", "two-signers", CMS_PASSED, CMS_INFO CMS_INFO },
	{ "second-signer-altered", "second-signer-altered", CMS_FAILED "SIG_CRYPTO_FAILURE",
	    "finding: signature-value SignerInfo.signature\n" CMS_INFO CMS_INFO },
};

#endif
