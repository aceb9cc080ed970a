/* SM2 with SM3 (GB/T 32918.2) around the signature itself: what is signed, and the range of r and s in both suites. */
#ifndef ZY_SM2_H
#define ZY_SM2_H

#include "zy/digest.h"

extern const struct zy_bytes zy_sm2_id; /* 1234567812345678, the ID of every role (GM/T 0009 10) */
#define ZY_SM2_ID_MAX ((size_t)8191)    /* bytes: ENTL is a 16-bit count of bits (GB/T 32918.2 5.5) */

/* Z = SM3(ENTL || ID || a || b || xG || yG || xA || yA). point: 04||x||y, not checked to be on the curve.
 * Errors: too-large (ID), crypto. */
ZY_MUST_CHECK bool zy_sm2_z(struct zy_bytes id, const uint8_t point[65], uint8_t z[ZY_HASH_LEN], struct zy_error *err);
/* e = SM3(Z || message): what a token that takes a digest signs. Errors: as zy_sm2_z. */
ZY_MUST_CHECK bool zy_sm2_e(
    struct zy_bytes id, const uint8_t point[65], struct zy_bytes message, uint8_t e[ZY_HASH_LEN], struct zy_error *err);
/* 0 < r, s < n of the suite's curve (SM2 or P-256). Not a verification. */
bool zy_rs_in_range(enum zy_suite suite, const uint8_t rs[64]);

#endif
