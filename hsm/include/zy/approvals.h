/*
 * Is an order approved? The judgement alone: nothing is read, written or remembered here. Persons are compared by
 * their keys; names decide nothing.
 */
#ifndef ZY_HSM_APPROVALS_H
#define ZY_HSM_APPROVALS_H

#include "zy/officers.h"
#include "zy/order.h"

struct zy_approval_facts {
	const struct zy_officers *officers; /* the register in force */
	zy_time now;
	const uint8_t *in_force; /* digest of what the order may replace; NULL: it replaces nothing */
	bool used;               /* an order with these bytes was used before */
};

/* Who asked and who approved; they point into the register. */
struct zy_approved_by {
	const struct zy_officer *requester, *officers[ZY_ORDER_SIGNATURES_MAX];
	size_t num_officers;
};

/*
 * The first signature is the requester's, who has the order's key and is requester or officer; each of the others is
 * an officer's, at least two, none by the requester's key, none by the same key as another. All verify over the
 * order's bytes and are valid now; the order has begun, has not expired and was not used; subject fits the bytes.
 * Errors: approval-*, those of zy_order_parse, crypto. `by` is set only on success.
 */
ZY_MUST_CHECK bool zy_approvals_check(const struct zy_order_file *f, const struct zy_approval_facts *facts,
    struct zy_order *order, struct zy_approved_by *by, struct zy_error *err);

#endif
