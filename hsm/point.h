/* What a token answers is not trusted to be a point. */
#ifndef ZY_HSM_POINT_H
#define ZY_HSM_POINT_H

#include "zy/hsm.h"

/* Is 04||x||y a point of the kind's curve? Errors: token. */
ZY_MUST_CHECK bool zy_point_check(enum zy_key_kind kind, const uint8_t point[65], struct zy_error *err);

#endif
