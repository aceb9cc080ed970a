/*
 * What a key ceremony 密钥仪式 is to do with the root keys: the subject of an order of the action `ceremony`. One line
 * of text that officers can read, in one spelling only: zy-ceremony-1 KIND SUITE... LF        KIND: root sign-issuing
 * crl next-issuing next-root        SUITE...: gm, intl, or both in this order; of next-root then: until TIME, RFC 3339
 * with Z
 */
#ifndef ZY_CEREMONY_H
#define ZY_CEREMONY_H

#include "zy/buf.h"
#include "zy/clock.h"
#include "zy/digest.h"

/* The first line of a ceremony's record begins with it; no other thing that a root key signs does. */
#define ZY_CEREMONY_RECORD "zy-ceremony-record-1 "

enum zy_ceremony_kind {
	ZY_CEREMONY_ROOT,         /* make the roots and the first issuing authorities */
	ZY_CEREMONY_SIGN_ISSUING, /* renew the issuing authorities' certificates; lists */
	ZY_CEREMONY_CRL,          /* lists of revoked authorities alone */
	ZY_CEREMONY_NEXT_ISSUING, /* certify the issuing authorities' next keys; lists */
	ZY_CEREMONY_NEXT_ROOT,    /* the roots' next keys, certified by the ones before and these by them; lists */
	ZY_NUM_CEREMONY_KINDS
};
const char *zy_ceremony_kind_name(enum zy_ceremony_kind k);

struct zy_ceremony_plan {
	enum zy_ceremony_kind kind;
	bool suites[2]; /* by enum zy_suite; at least one */
	zy_time until;  /* of next-root: the root before certifies before then; else 0 */
};

void zy_ceremony_plan_encode(const struct zy_ceremony_plan *p, struct zy_buf *out);
/* Only what _encode writes. Errors: order. */
ZY_MUST_CHECK bool zy_ceremony_plan_parse(struct zy_ceremony_plan *out, struct zy_bytes in, struct zy_error *err);

#endif
