/*
 * An order to revoke many, on its way from approved to carried out. HOME/ca/orders/DIGEST notes when it was begun, and
 * when it was done, under SHA-256 of the order's bytes: a run that was cut off is taken up again, one that came to its
 * end is not. Whether the order is approved is judged by every signer of the home, and journalled there, once.
 */
#ifndef ZY_REVOKE_ORDER_H
#define ZY_REVOKE_ORDER_H

#include "zy/clock.h"
#include "zy/home.h"
#include "zy/hsm.h"
#include "zy/order.h"

struct zy_revoke_order {
	struct zy_bytes whole;
	char digest[2 * ZY_HASH_LEN + 1]; /* of the order's bytes */
	const char *note;
	zy_time begun;
	bool resumed; /* it was begun by a run before */
	int lock;     /* one run at a time */
};

/* Reads the order's file and takes the lock; the order must be one to revoke by exactly this rule. Errors: order,
 * approval-subject, approval-used (carried out before), busy, io, those of zy_order_file_parse. */
ZY_MUST_CHECK bool zy_revoke_order_open(struct zy_revoke_order *o, const struct zy_home *h, const char *path,
    struct zy_bytes rule, zy_time now, struct zy_arena *a, struct zy_error *err);
/* Notes that it begins and has the signers use it up; a refused one leaves no note. Errors: those of zy_hsm_approve. */
ZY_MUST_CHECK bool zy_revoke_order_use(
    struct zy_revoke_order *o, const struct zy_home *h, struct zy_hsm *hsm, struct zy_error *err);
/* Notes that it was carried out. Errors: io. */
ZY_MUST_CHECK bool zy_revoke_order_done(const struct zy_revoke_order *o, zy_time now, struct zy_error *err);
void zy_revoke_order_close(struct zy_revoke_order *o);

#endif
