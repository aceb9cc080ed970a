/*
 * SubjectPublicKeyInfo of those whom we certify (RFC 5280 4.1.2.7, RFC 5480, RFC 3279 2.3.1): SM2 and P-256 as
 * uncompressed points, RSA with an exponent of 65537. A value of its own, no view: it holds the key's octets.
 */
#ifndef ZY_SPKI_H
#define ZY_SPKI_H

#include "zy/buf.h"
#include "zy/digest.h"

enum zy_spki_kind { ZY_SPKI_SM2, ZY_SPKI_P256, ZY_SPKI_RSA };

#define ZY_RSA_BITS_LEAST 2048
#define ZY_RSA_BITS_MOST 4096
#define ZY_SPKI_KEY_MAX 526 /* octets: RSAPublicKey of 4096 bits */

struct zy_spki {
	enum zy_spki_kind kind;
	unsigned rsa_bits;            /* length of the modulus; 0: not RSA */
	size_t len;                   /* of key */
	uint8_t key[ZY_SPKI_KEY_MAX]; /* content of subjectPublicKey: 04||x||y, or RSAPublicKey (RFC 8017 A.1.1) */
};

/* Not done: that a point is on its curve, that a modulus is a product of two primes. Errors: der, truncated; key
 * (another algorithm, curve or form), key-size, key-exponent, key-modulus (even). */
ZY_MUST_CHECK bool zy_spki_parse(struct zy_reader *r, struct zy_spki *out, struct zy_error *err);
/* What was parsed gives the same bytes again. */
void zy_spki_put(struct zy_buf *b, const struct zy_spki *k);

struct zy_spki zy_spki_of_point(enum zy_suite suite, const uint8_t point[65]);
struct zy_bytes zy_spki_key(const struct zy_spki *k); /* view of k->key */
bool zy_spki_equal(const struct zy_spki *a, const struct zy_spki *b);
/* Suite of the authority that certifies it: RSA keys are certified by the P-256 one. */
enum zy_suite zy_spki_suite(const struct zy_spki *k);

#endif
