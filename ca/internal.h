/* The to-be-signed part of a certificate, between the profile and the signature. */
#ifndef ZY_CA_INTERNAL_H
#define ZY_CA_INTERNAL_H

#include "zy/certificate.h"
#include "zy/der.h"

struct zy_cert_tbs {
	enum zy_profile profile;
	enum zy_suite suite;         /* of the issuer's key: the signature algorithm */
	enum zy_suite subject_suite; /* of the subject's key */
	uint8_t serial[16];
	struct zy_bytes issuer_name; /* DER Name; empty: the subject's own */
	uint8_t issuer_key_id[20];
	const struct zy_cert_subject *subject;
	uint8_t point[65];
	zy_time not_before, not_after;
};

/* Key identifier of RFC 5280 4.2.1.2 (1): SHA-1 is only a name here, so we take the leftmost 160 bits of SHA-256
 * over the point (RFC 7093 2 (1)). */
ZY_MUST_CHECK bool zy_key_identifier(const uint8_t point[65], uint8_t out[20], struct zy_error *err);
void zy_signature_algorithm_put(struct zy_buf *b, enum zy_suite suite);
ZY_MUST_CHECK bool zy_cert_tbs_encode(const struct zy_cert_tbs *t, struct zy_buf *out, struct zy_error *err);
/* The subject Name of a certificate, as DER. Errors: der, certificate. */
ZY_MUST_CHECK bool zy_cert_subject_name(struct zy_bytes cert, struct zy_bytes *out, struct zy_error *err);

#endif
