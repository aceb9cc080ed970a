#include "ceremony.h"

#include "zy/der.h"
#include "zy/key_life.h"

#define CEREMONY_S 1800

void zy_ceremony_init(struct zy_ceremony *c, bool new_token)
{
	*c = (struct zy_ceremony){ .beginning = new_token };
	pthread_mutex_init(&c->lock, NULL);
}

void zy_ceremony_free(struct zy_ceremony *c)
{
	pthread_mutex_destroy(&c->lock);
}

bool zy_ceremony_may_begin(const struct zy_ceremony_plan *p, zy_time now, struct zy_error *err)
{
	return p->kind != ZY_CEREMONY_NEXT_ROOT ||
	       (p->until > now && p->until - now <= (zy_time)ZY_KEY_OVERLAP_MAX_S) ||
	       zy_fail(err, ZY_E_ORDER, "until", ZY_NOWHERE,
		   "the day on which the root before ends lies in the future, within ten years");
}

uint64_t zy_ceremony_overlap_s(struct zy_ceremony *c, zy_time now)
{
	uint64_t left;

	pthread_mutex_lock(&c->lock);
	left = c->root_until > now ? (uint64_t)(c->root_until - now) : 0;
	pthread_mutex_unlock(&c->lock);
	return left;
}

/* Roots revoke few: one list of each, not divided. */
static unsigned lists(enum zy_ceremony_kind kind, unsigned roots)
{
	return kind == ZY_CEREMONY_ROOT ? 0 : kind == ZY_CEREMONY_NEXT_ROOT ? roots + 1 : roots;
}

void zy_ceremony_begin(struct zy_ceremony *c, const struct zy_ceremony_plan *p, unsigned roots, zy_time now)
{
	static const unsigned needs[ZY_NUM_CEREMONY_KINDS][ZY_NUM_PERMITS] = {
		[ZY_CEREMONY_ROOT] = { [ZY_PERMIT_GENERATE] = 1, [ZY_PERMIT_CERTIFICATE] = 2, [ZY_PERMIT_RECORD] = 1 },
		[ZY_CEREMONY_SIGN_ISSUING] = { [ZY_PERMIT_CERTIFICATE] = 1, [ZY_PERMIT_RECORD] = 1 },
		[ZY_CEREMONY_NEXT_ISSUING] = { [ZY_PERMIT_CERTIFICATE] = 1, [ZY_PERMIT_RECORD] = 1 },
		[ZY_CEREMONY_CRL] = { [ZY_PERMIT_RECORD] = 1 },
		/* its own, and the links: the old key by the new one, the new key by the old one */
		[ZY_CEREMONY_NEXT_ROOT] = { [ZY_PERMIT_GENERATE] = 1,
		    [ZY_PERMIT_CERTIFICATE] = 3,
		    [ZY_PERMIT_RECORD] = 1,
		    [ZY_PERMIT_ACTIVATE] = 1 },
	};

	pthread_mutex_lock(&c->lock);
	c->beginning = false;
	c->until = now + CEREMONY_S;
	c->root_until = p->until;
	for (size_t s = 0; s < 2; s++) {
		for (size_t i = 0; i < ZY_NUM_PERMITS; i++)
			c->left[s][i] = p->suites[s] ? needs[p->kind][i] : 0;
		c->left[s][ZY_PERMIT_CRL] = p->suites[s] ? lists(p->kind, roots) : 0;
	}
	pthread_mutex_unlock(&c->lock);
}

bool zy_ceremony_message(struct zy_bytes message, enum zy_permit *out, struct zy_error *err)
{
	const struct zy_bytes record = ZY_LITERAL(ZY_CEREMONY_RECORD);
	struct zy_reader r = zy_reader_over(message);
	struct zy_bytes content;

	if (message.len >= record.len && memcmp(message.p, record.p, record.len) == 0) {
		*out = ZY_PERMIT_RECORD;
		return true;
	}
	*out = ZY_PERMIT_CERTIFICATE;
	return zy_der_take(&r, ZY_DER_SEQUENCE, "tbsCertificate", &content, err) &&
	       zy_der_end(&r, "tbsCertificate", err);
}

bool zy_ceremony_take(
    struct zy_ceremony *c, enum zy_suite suite, enum zy_permit what, zy_time now, struct zy_error *err)
{
	bool allowed;

	pthread_mutex_lock(&c->lock);
	if (c->beginning) {
		allowed = what == ZY_PERMIT_GENERATE || c->made[suite];
		c->made[suite] = allowed;
	} else if ((allowed = now < c->until && c->left[suite][what] > 0)) {
		c->left[suite][what]--;
	}
	pthread_mutex_unlock(&c->lock);
	return allowed ||
	       zy_fail(err, ZY_E_CEREMONY, "order", ZY_NOWHERE,
		   "a root key works only in a ceremony that two officers ordered, and does there what the plan "
		   "says; see `zhengyin ceremony --help`");
}
