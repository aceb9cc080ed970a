/* A public key of SM2 or of ECDSA on P-256, and verification by it. Variable time: public values only, never to sign.
 */
#ifndef ZY_CURVE_KEY_H
#define ZY_CURVE_KEY_H

#include <stdatomic.h>

#include "curve_point.h"
#include "zy/bytes.h"

struct zy_curve_key {
	const struct zy_curve *curve;
	struct zy_affine point;
	struct zy_odd_multiples odd;              /* of SM2 */
	_Atomic(struct zy_multiples *) multiples; /* NULL until made; owned */
};

/* point: 65 octets that begin with 04, or 33 that begin with 02 or 03. False when it is no point of the curve. */
bool zy_curve_key_read(struct zy_curve_key *out, const struct zy_curve *curve, struct zy_bytes point);
void zy_curve_key_write(const struct zy_curve_key *k, uint8_t point[65]);
/* Makes the table that spares all doublings, 264 KiB: pays after some fifteen verifications. False without memory.
 * Threads: one at a time; others may verify meanwhile. */
bool zy_curve_key_prepare(struct zy_curve_key *k);
void zy_curve_key_wipe(struct zy_curve_key *k); /* frees what it owns */

/* *good, also for r and s out of range. False only without memory. */
bool zy_curve_key_verify(const struct zy_curve_key *k, const uint8_t e[32], const uint8_t rs[64], bool *good);

#endif
