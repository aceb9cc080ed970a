/* Between plan and signature: the issuer's facts, the to-be-signed part, its lint. */
#ifndef ZY_CA_INTERNAL_H
#define ZY_CA_INTERNAL_H

#include "zy/certificate.h"
#include "zy/crl.h"
#include "zy/der.h"
#include "zy/csr.h"

/* Who signs. */
struct zy_issuer_facts {
	bool self; /* a root signs itself: no certificate yet */
	enum zy_suite suite;
	uint8_t point[65], key_id[ZY_KEY_ID_LEN];
	struct zy_bytes name; /* DER Name; empty for self */
	zy_time not_before, not_after;
	bool authority;
	bool limited; /* pathLenConstraint is there */
	uint64_t path_length;
	const struct zy_addresses *addresses; /* what certificates by it say; NULL: nothing */
	unsigned generation;                  /* of its key: lists of later ones have other addresses; 0 as 1 */
};

/* The parts of a profile's certificates by one issuer that never differ. */
struct zy_cert_template {
	struct zy_buf signer;        /* signature AlgorithmIdentifier and issuer Name */
	struct zy_buf first, second; /* extensions before and after subjectKeyIdentifier */
	const struct zy_issuer_facts *issuer;
};
/* issuer is borrowed until the template is freed. */
ZY_MUST_CHECK bool zy_cert_template_make(struct zy_cert_template *t, const struct zy_cert_profile *profile,
    const struct zy_issuer_facts *issuer, struct zy_error *err);
void zy_cert_template_free(struct zy_cert_template *t);

/* Key identifier of RFC 5280 4.2.1.2 (1): SHA-1 is only a name there, so we take the leftmost 160 bits of SHA-256
 * over the content of subjectPublicKey (RFC 7093 2 (1)). */
ZY_MUST_CHECK bool zy_key_identifier(struct zy_bytes key, uint8_t out[ZY_KEY_ID_LEN], struct zy_error *err);
ZY_MUST_CHECK bool zy_cert_tbs_encode(const struct zy_cert_template *t, const struct zy_cert_plan *plan,
    const uint8_t serial[ZY_SERIAL_LEN], struct zy_buf *out, struct zy_error *err);
/* Values of extensions as the profile has them: what is written, and what a request may ask for. */
void zy_key_usage_put(struct zy_buf *b, unsigned usage);
void zy_basic_constraints_put(struct zy_buf *b, const struct zy_cert_profile *p);
ZY_MUST_CHECK bool zy_extended_usage_put(struct zy_buf *b, const struct zy_cert_profile *p, struct zy_error *err);

/* The file of a list: name "issuing-gm", prefix the first digits of its serials or "". */
void zy_crl_address(const char *base, const char *name, const char *prefix, char out[ZY_CRL_POINT_MAX + 1]);
/* Addresses that a certificate carries; false, NULL: none. */
bool zy_cert_crl_address(const struct zy_issuer_facts *issuer, const struct zy_cert_profile *p,
    const uint8_t serial[ZY_SERIAL_LEN], char out[ZY_CRL_POINT_MAX + 1]);
const char *zy_cert_ocsp_address(const struct zy_issuer_facts *issuer, const struct zy_cert_profile *p);
/* Values of cRLDistributionPoints and authorityInfoAccess with one address. */
void zy_crl_points_put(struct zy_buf *b, const char *address);
void zy_access_put(struct zy_buf *b, const char *address);

/* A tbsCertificate of our own making, read with the lint's eyes. Views. */
struct zy_tbs {
	struct zy_bytes serial;
	enum zy_suite signature_suite;
	struct zy_spki key;
	struct zy_dn issuer, subject;
	zy_time not_before, not_after;
	size_t num;
	struct zy_extension extensions[ZY_EXTENSIONS_MAX];
};
/* Of a whole certificate. Errors: certificate. */
ZY_MUST_CHECK bool zy_tbs_of(struct zy_bytes cert, struct zy_tbs *out, struct zy_error *err);
const struct zy_extension *zy_tbs_find(const struct zy_tbs *t, struct zy_bytes oid); /* NULL: it is not there */

/* The issuer's certificate, read again: what lint and template need. Errors: certificate, issuer. */
ZY_MUST_CHECK bool zy_issuer_facts_read(struct zy_bytes cert, struct zy_issuer_facts *out, struct zy_error *err);

/*
 * Judges a tbsCertificate against its plan and issuer before any key is used; reads it with its own eyes, not the
 * encoder's. Errors: profile (names, dates, extensions), issuer (not an authority, path length, expired, outlived),
 * bug (the encoding is not what was meant).
 */
ZY_MUST_CHECK bool zy_cert_lint(struct zy_bytes tbs, const struct zy_cert_plan *plan,
    const struct zy_issuer_facts *issuer, zy_time now, struct zy_error *err);
/* May the profile certify it: kind, bits of RSA? Errors: profile, key-size. */
ZY_MUST_CHECK bool zy_subject_key_fits(
    const struct zy_cert_profile *p, const struct zy_spki *key, struct zy_error *err);
/* Nobody can guess the private key: no small multiple of the generator, or its negative; no modulus that is prime or
 * has a small factor (SP 800-89 5.3.3). Errors: key, key-modulus. */
ZY_MUST_CHECK bool zy_subject_key_check(const struct zy_spki *key, struct zy_error *err);
/* The proof of possession. Errors: proof-of-possession, key (not on its curve). */
ZY_MUST_CHECK bool zy_subject_key_prove(const struct zy_csr *csr, struct zy_error *err);
/* Is `host` a strict host name inside one of the profile's domains? */
bool zy_host_allowed(const struct zy_cert_profile *p, struct zy_bytes host);

#endif
