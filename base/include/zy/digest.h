/* The two digests of the two suites. Threads: any; a zy_hasher belongs to one. */
#ifndef ZY_DIGEST_H
#define ZY_DIGEST_H

#include "zy/bytes.h"

enum zy_suite { ZY_SUITE_GM, ZY_SUITE_INTL }; /* SM2 SM3 SM4 | ECDSA P-256 SHA-256 AES-256 */
enum zy_hash { ZY_HASH_SM3, ZY_HASH_SHA256 }; /* in the order of enum zy_suite */
#define ZY_HASH_LEN 32                        /* of both */

const char *zy_suite_name(enum zy_suite s); /* "gm" "intl" */
const char *zy_hash_name(enum zy_hash h);   /* "sm3" "sha256" */
enum zy_hash zy_suite_hash(enum zy_suite s);

/* The digest of v. Errors: crypto. */
ZY_MUST_CHECK bool zy_digest(enum zy_hash h, struct zy_bytes v, uint8_t out[ZY_HASH_LEN], struct zy_error *err);

/* SHA-1, only as the name of an issuer or a key in OCSP (RFC 6960 4.1.1, 4.2.1), never as a signature's digest. */
ZY_MUST_CHECK bool zy_digest_sha1(struct zy_bytes v, uint8_t out[20], struct zy_error *err);

struct zy_hasher {
	void *ctx; /* owned; released by _final or _free */
};
ZY_MUST_CHECK bool zy_hasher_start(struct zy_hasher *k, enum zy_hash h, struct zy_error *err);
ZY_MUST_CHECK bool zy_hasher_add(struct zy_hasher *k, struct zy_bytes v, struct zy_error *err);
ZY_MUST_CHECK bool zy_hasher_final(struct zy_hasher *k, uint8_t out[ZY_HASH_LEN], struct zy_error *err);
void zy_hasher_free(struct zy_hasher *k);

/* HMAC with that digest; key of any length. Errors: crypto. */
ZY_MUST_CHECK bool zy_hmac(
    enum zy_hash h, struct zy_bytes key, struct zy_bytes v, uint8_t out[ZY_HASH_LEN], struct zy_error *err);

/* Cryptographic randomness. Errors: crypto. */
ZY_MUST_CHECK bool zy_random(uint8_t *out, size_t len, struct zy_error *err);

#endif
