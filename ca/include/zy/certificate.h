/*
 * Certificates of both suites: SM2 per GB/T 20518 and P-256 per RFC 5280. A certificate is built as DER from a
 * profile, signed by a key in a token through the signing service, and checked before it leaves.
 */
#ifndef ZY_CERTIFICATE_H
#define ZY_CERTIFICATE_H

#include "zy/arena.h"
#include "zy/clock.h"
#include "zy/hsm.h"
#include "zy/judge.h"

enum zy_profile {
	ZY_PROFILE_ROOT,       /* self-signed, pathLen 1, keyCertSign + cRLSign */
	ZY_PROFILE_ISSUING,    /* pathLen 0, keyCertSign + cRLSign */
	ZY_PROFILE_SEAL_MAKER, /* signs SES_SealInfo (制章者): digitalSignature */
	ZY_PROFILE_SEAL_OWNER, /* signs TBS_Sign (签章者): digitalSignature + nonRepudiation */
	ZY_PROFILE_DOCUMENT,   /* signs PDFs: digitalSignature + nonRepudiation, EKU id-kp-documentSigning (RFC 9336) */
	ZY_PROFILE_CREDENTIAL, /* signs zy-cred-1: digitalSignature */
	ZY_PROFILE_TRUST,      /* signs the trust bundle: digitalSignature */
	ZY_PROFILE_TIMESTAMP,  /* signs TSTInfo: digitalSignature, EKU id-kp-timeStamping alone and critical (RFC
				  3161 2.3) */
	ZY_NUM_PROFILES
};

struct zy_cert_subject {
	const char *organisation; /* O, UTF-8; required */
	const char *common_name;  /* CN, UTF-8; required */
	const char *uscc;         /* extension 1.2.156.10260.4.1.4, "" for none */
};

struct zy_cert_issuer {
	const char *key;      /* PKCS#11 URI */
	struct zy_bytes cert; /* DER; empty for a self-signed root */
};

/*
 * Issues a certificate for the key pair `key` (made already). Serial: 16 octets, 126 random bits. Checked before
 * signing: names of 1 to 64 characters, dates in order, a self-signed root or an issuer whose certificate is of its
 * key. The signature is checked with the issuer's key before *out is set. Errors: those of zy_hsm_sign and
 * zy_hsm_public, certificate, crypto.
 */
ZY_MUST_CHECK bool zy_cert_issue(struct zy_hsm *h, struct zy_keys *keys, const struct zy_cert_issuer *issuer,
    enum zy_profile profile, const struct zy_cert_subject *subject, const char *key, zy_time not_before,
    zy_time not_after, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err);

/* PEM text of a DER certificate, and back (exactly one block, nothing else but white space). Errors: certificate. */
void zy_cert_to_pem(struct zy_bytes der, struct zy_buf *out);
ZY_MUST_CHECK bool zy_cert_from_pem(
    struct zy_bytes pem, struct zy_arena *a, struct zy_bytes *der, struct zy_error *err);

#endif
