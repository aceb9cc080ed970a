/*
 * A root token 根密码模块 ("ceremony": true in HOME/signer/TOKEN.json) makes keys and signs only in a ceremony that two
 * officers ordered: what its plan needs, each so many times, for half an hour after the order was taken. A token that
 * has no key when its signer starts, where no register of officers is in force either, is new, and what is done with it
 * in that run is its beginning unless an order came.
 * Threads: any.
 */
#ifndef ZY_HSM_CEREMONY_H
#define ZY_HSM_CEREMONY_H

#include <pthread.h>

#include "zy/ceremony.h"
#include "zy/clock.h"

enum zy_permit {
	ZY_PERMIT_GENERATE,
	ZY_PERMIT_CERTIFICATE,
	ZY_PERMIT_CRL,
	ZY_PERMIT_RECORD,
	ZY_PERMIT_ACTIVATE, /* the next root's key; the day on which the one before ends is the plan's */
	ZY_NUM_PERMITS
};

struct zy_ceremony {
	pthread_mutex_t lock;
	bool beginning; /* a new token, and no order yet */
	bool made[2];   /* then: a key of that suite, in this run */
	zy_time until;
	zy_time root_until;               /* of the plan */
	unsigned left[2][ZY_NUM_PERMITS]; /* by suite */
};

void zy_ceremony_init(struct zy_ceremony *c, bool new_token);
void zy_ceremony_free(struct zy_ceremony *c);
/* An approved order's plan takes the place of whatever was permitted before. roots: how many generations of its key the
 * token has; each may sign a list. */
void zy_ceremony_begin(struct zy_ceremony *c, const struct zy_ceremony_plan *p, unsigned roots, zy_time now);
/* May the plan begin? Of next-root: the day on which the root before ends lies in the future, and within ten years.
 * Errors: order. */
ZY_MUST_CHECK bool zy_ceremony_may_begin(const struct zy_ceremony_plan *p, zy_time now, struct zy_error *err);
/* So long after now the root before the next one signs: by the plan. */
uint64_t zy_ceremony_overlap_s(struct zy_ceremony *c, zy_time now);
/* What a message for the use `certificate` is: a record of a ceremony, or one DER SEQUENCE. Errors: der. */
ZY_MUST_CHECK bool zy_ceremony_message(struct zy_bytes message, enum zy_permit *out, struct zy_error *err);
/* Uses one up. Errors: ceremony. */
ZY_MUST_CHECK bool zy_ceremony_take(
    struct zy_ceremony *c, enum zy_suite suite, enum zy_permit what, zy_time now, struct zy_error *err);

#endif
