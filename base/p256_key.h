/* A P-256 public key that verifies (FIPS 186-5 6.4.2), over OpenSSL's curve arithmetic: EVP_PKEY takes 50 us to be
 * built from a point, and as many locks, before it verifies in 70. */
#ifndef ZY_P256_KEY_H
#define ZY_P256_KEY_H

#include "zy/bytes.h"

struct zy_p256_key;
/* point: 65 or 33 octets. NULL: no such point, or no memory. */
struct zy_p256_key *zy_p256_key_new(struct zy_bytes point);
void zy_p256_key_free(struct zy_p256_key *k); /* NULL is fine */
/* r and s must be in range. e: 32 octets. Variable time: all of it is public. false without memory. Threads: any. The
 * key makes itself a table once it was used often: then no doublings are left, and half of the time. */
ZY_MUST_CHECK bool zy_p256_verify(struct zy_p256_key *k, const uint8_t *e, const uint8_t rs[64], bool *good);

#endif
