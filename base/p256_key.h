/* A P-256 public key with tables of its own, for keys that verify often: no doublings are left (FIPS 186-5 6.4.2). */
#ifndef ZY_P256_KEY_H
#define ZY_P256_KEY_H

#include "zy/bytes.h"

struct zy_p256_key;
/* point: 65 or 33 octets. Some tens of milliseconds and 150 KB. NULL: no such point, or no memory. */
struct zy_p256_key *zy_p256_key_new(struct zy_bytes point);
void zy_p256_key_free(struct zy_p256_key *k); /* NULL is fine */
/* r and s must be in range. e: 32 octets. Variable time: all of it is public. false without memory. Threads: any. */
ZY_MUST_CHECK bool zy_p256_verify(const struct zy_p256_key *k, const uint8_t *e, const uint8_t rs[64], bool *good);

#endif
