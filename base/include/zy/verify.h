/*
 * One bare signature r||s against a public key's point, in both suites. All of it is public data: time depends on the
 * values, and nothing here signs. Who the key belongs to, and whether it may be used, is not asked.
 */
#ifndef ZY_VERIFY_H
#define ZY_VERIFY_H

#include "zy/digest.h"

/* Keys made ready, kept by their octets in bounded number: a key seen before costs less. Threads may share one. */
struct zy_verifier;
ZY_MUST_CHECK bool zy_verifier_open(struct zy_verifier **out, struct zy_error *err); /* Errors: no-memory */
void zy_verifier_close(struct zy_verifier *v);

/*
 * Both answer true with *good set; false only when the work could not be done. r and s outside 1..n-1 are no error but
 * not good.
 * v        may be NULL: then no key is kept
 * point    04||x||y (65 octets), or 02 or 03 and x (33 octets); refused unless it is a point of the suite's curve
 * e        32 octets: SM3(Z || M) (GB/T 32918.2 7.1), or SHA-256(M) (FIPS 186-5 6.4.2)
 * message  the whole M; Z of SM2 is that of the ID 1234567812345678
 * Errors: key, crypto, no-memory.
 */
ZY_MUST_CHECK bool zy_rs_verify(struct zy_verifier *v, enum zy_suite suite, struct zy_bytes point,
    const uint8_t e[ZY_HASH_LEN], const uint8_t rs[64], bool *good, struct zy_error *err);
ZY_MUST_CHECK bool zy_message_verify(struct zy_verifier *v, enum zy_suite suite, struct zy_bytes point,
    struct zy_bytes message, const uint8_t rs[64], bool *good, struct zy_error *err);

#endif
