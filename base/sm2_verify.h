/* Verification of SM2 by arithmetic of our own (GB/T 32918.2 7.1). Variable time: public values only, never to sign. */
#ifndef ZY_SM2_VERIFY_H
#define ZY_SM2_VERIFY_H

#include <stdatomic.h>

#include "sm2_point.h"
#include "zy/bytes.h"

struct zy_sm2_key {
	struct zy_affine point;
	struct zy_odd_multiples odd;
	_Atomic(struct zy_multiples *) multiples; /* NULL until made; owned */
};

/* point: 65 octets that begin with 04, or 33 that begin with 02 or 03. False when it is no point of the curve. */
bool zy_sm2_key_read(struct zy_sm2_key *out, struct zy_bytes point);
void zy_sm2_key_write(const struct zy_sm2_key *k, uint8_t point[65]);
/* Makes the table that spares all doublings, 264 KiB: pays after some fifteen verifications. False without memory.
 * Threads: one at a time; others may verify meanwhile. */
bool zy_sm2_key_prepare(struct zy_sm2_key *k);
void zy_sm2_key_wipe(struct zy_sm2_key *k); /* frees what it owns */

/* *good, also for r and s out of range. False only without memory for the generator's table. */
bool zy_sm2_verify(const struct zy_sm2_key *k, const uint8_t e[32], const uint8_t rs[64], bool *good);

#endif
