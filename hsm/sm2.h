/* SM2 signatures as tokens that take a digest need them (GB/T 32918.2), and the bounds of both curves. */
#ifndef ZY_HSM_SM2_H
#define ZY_HSM_SM2_H

#include "zy/hsm.h"

extern const struct zy_bytes zy_sm2_id; /* 1234567812345678, GM/T 0009 10 */

/* e = SM3(Z || message), Z = SM3(ENTL || ID || a || b || xG || yG || xA || yA). Errors: crypto. */
ZY_MUST_CHECK bool zy_sm2_e(
    const uint8_t point[65], struct zy_bytes message, uint8_t e[ZY_HASH_LEN], struct zy_error *err);
/* 0 < r, s < n of the kind's curve? What a token answers is not trusted to be a signature. Not a verification. */
bool zy_rs_in_range(enum zy_key_kind kind, const uint8_t rs[64]);
/* Is 04||x||y a point of the kind's curve? Errors: token. */
ZY_MUST_CHECK bool zy_point_check(enum zy_key_kind kind, const uint8_t point[65], struct zy_error *err);

#endif
