/* What an order's action allows to be changed in the rules of seals. */
#ifndef ZY_HSM_LAW_CHANGE_H
#define ZY_HSM_LAW_CHANGE_H

#include "zy/order.h"
#include "zy/policy.h"

/*
 * `rules` changes anything but switches no seal off, nor keeps one off for longer; to take `off` away is allowed.
 * `switch-off` sets `off` of one or more seals, with the order's own ground and end date, and changes nothing else.
 * Errors: order, no-memory, crypto.
 */
ZY_MUST_CHECK bool zy_law_change_check(
    const struct zy_order *o, const struct zy_policy *now, const struct zy_policy *next, struct zy_error *err);

#endif
