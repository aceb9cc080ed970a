/* A public key made ready for verification. Counted, so that no lock is held while it is used. */
#ifndef ZY_READY_KEY_H
#define ZY_READY_KEY_H

#include <stdatomic.h>

#include "curve_key.h"
#include "zy/digest.h"

struct zy_ready_key {
	atomic_uint refs;
	enum zy_suite suite;
	uint8_t given[65]; /* the octets asked for, which may be the compressed form */
	size_t given_len;
	struct zy_curve_key key;
	uint8_t z[ZY_HASH_LEN]; /* SM2 only: Z of the default ID */
};

/* One reference, the caller's. NULL on error. Errors: key, crypto, no-memory. */
struct zy_ready_key *zy_ready_key_new(enum zy_suite suite, struct zy_bytes point, struct zy_error *err);
void zy_ready_key_unref(struct zy_ready_key *k); /* NULL is fine */

/* As zy_rs_verify and zy_message_verify. */
ZY_MUST_CHECK bool zy_ready_key_verify(
    struct zy_ready_key *k, const uint8_t e[ZY_HASH_LEN], const uint8_t rs[64], bool *good, struct zy_error *err);
ZY_MUST_CHECK bool zy_ready_key_digest(
    const struct zy_ready_key *k, struct zy_bytes message, uint8_t e[ZY_HASH_LEN], struct zy_error *err);

#endif
