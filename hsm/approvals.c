#include "zy/approvals.h"

#include "zy/verify.h"

#define CLOCK_SLACK_S 300 /* an order may have been made on a machine whose clock is ahead by so much */

static bool check_subject(const struct zy_order_file *f, const struct zy_order *o,
    const struct zy_approval_facts *facts, struct zy_error *err)
{
	static const uint8_t nothing[ZY_HASH_LEN];
	uint8_t digest[ZY_HASH_LEN];

	if (facts->used)
		return zy_fail(
		    err, ZY_E_APPROVAL_USED, "order", ZY_NOWHERE, "the order was used before; make a new one");
	if (!zy_digest(ZY_HASH_SHA256, f->subject, digest, err))
		return false;
	if (memcmp(digest, o->subject, ZY_HASH_LEN) != 0)
		return zy_fail(err, ZY_E_APPROVAL_SUBJECT, "subject", ZY_NOWHERE,
		    "the order is about other bytes than those that came with it");
	if (memcmp(o->replaces, facts->in_force == NULL ? nothing : facts->in_force, ZY_HASH_LEN) != 0)
		return zy_fail(err, ZY_E_APPROVAL_REPLACED, "replaces", ZY_NOWHERE,
		    "the order replaces something that is not in force here; make a new one from what is");
	return true;
}

static bool check_times(const struct zy_order *o, const struct zy_approval_facts *facts, struct zy_error *err)
{
	if (facts->now >= o->expires || facts->now < o->created - CLOCK_SLACK_S)
		return zy_fail(err, ZY_E_APPROVAL_EXPIRED, "expires", ZY_NOWHERE, "the order %s; make a new one",
		    facts->now >= o->expires ? "has expired" : "was made in the future");
	return true;
}

/* Whose signature this is; it verifies, and the person is in the register today. */
static bool check_signature(
    const struct zy_cose *s, const struct zy_approval_facts *facts, const struct zy_officer **out, struct zy_error *err)
{
	const struct zy_officer *p = zy_officer_by_kid(facts->officers, s->kid);
	ZY_BUF_AUTO input = { 0 };
	bool good;

	if (p == NULL)
		return zy_fail(err, ZY_E_APPROVAL_UNKNOWN, "kid", ZY_NOWHERE,
		    "a signature is by nobody of officers.json; see zhengyin approve officers");
	zy_order_input_encode(p->suite, p->key_id, s->payload, &input);
	if (!zy_buf_done(&input, "order", err) ||
	    !zy_message_verify(
		NULL, p->suite, ZY_BYTES(p->point, sizeof(p->point)), zy_buf_bytes(&input), s->rs, &good, err))
		return false;
	if (!good || s->suite != p->suite)
		return zy_fail(err, ZY_E_APPROVAL_ALTERED, "signature", ZY_NOWHERE,
		    "the signature of %s does not fit this order: one of the two was altered", p->id);
	if (facts->now < p->valid_from || facts->now > p->valid_to)
		return zy_fail(err, ZY_E_APPROVAL_DATE, "valid_to", ZY_NOWHERE,
		    "the entry of %s in officers.json is not valid today", p->id);
	*out = p;
	return true;
}

static bool same_key(const struct zy_officer *a, const struct zy_officer *b)
{
	return memcmp(a->point, b->point, sizeof(a->point)) == 0;
}

static bool check_requester(const struct zy_order_file *f, const struct zy_order *o,
    const struct zy_approval_facts *facts, struct zy_approved_by *by, struct zy_error *err)
{
	if (f->num_signatures == 0 || memcmp(f->signatures[0].kid, o->requester, ZY_COSE_KID_LEN) != 0)
		return zy_fail(err, ZY_E_APPROVAL_REQUESTER, "requester", ZY_NOWHERE,
		    "the first signature is not that of the requester");
	return check_signature(&f->signatures[0], facts, &by->requester, err) &&
	       (memcmp(by->requester->key_id, o->requester, ZY_HASH_LEN) == 0 ||
		   zy_fail(err, ZY_E_APPROVAL_REQUESTER, "requester", ZY_NOWHERE,
		       "the first signature is not that of the requester"));
}

static bool check_officer(
    const struct zy_cose *s, const struct zy_approval_facts *facts, struct zy_approved_by *by, struct zy_error *err)
{
	const struct zy_officer *p;

	if (!check_signature(s, facts, &p, err))
		return false;
	if ((p->roles & ZY_ROLE_OFFICER) == 0 && !same_key(p, by->requester))
		return zy_fail(err, ZY_E_APPROVAL_UNKNOWN, "roles", ZY_NOWHERE, "%s may ask, but is no officer", p->id);
	if (same_key(p, by->requester))
		return zy_fail(err, ZY_E_APPROVAL_REQUESTER, "kid", ZY_NOWHERE,
		    "%s asked for this and cannot approve it", by->requester->id);
	for (size_t i = 0; i < by->num_officers; i++)
		if (same_key(p, by->officers[i]))
			return zy_fail(err, ZY_E_APPROVAL_SAME, "kid", ZY_NOWHERE,
			    "two approvals are by one key, that of %s; another officer must approve",
			    by->officers[i]->id);
	by->officers[by->num_officers++] = p;
	return true;
}

bool zy_approvals_check(const struct zy_order_file *f, const struct zy_approval_facts *facts, struct zy_order *order,
    struct zy_approved_by *by, struct zy_error *err)
{
	struct zy_approved_by b = { 0 };
	struct zy_order o;

	if (!zy_order_parse(&o, f->order, err) || !check_subject(f, &o, facts, err) || !check_times(&o, facts, err) ||
	    !check_requester(f, &o, facts, &b, err))
		return false;
	for (size_t i = 1; i < f->num_signatures; i++)
		if (!check_officer(&f->signatures[i], facts, &b, err))
			return false;
	if (b.num_officers < ZY_OFFICERS_NEEDED)
		return zy_fail(err, ZY_E_APPROVAL_ONE, "signatures", ZY_NOWHERE,
		    "%zu of %d officers have approved; zhengyin approve sign adds an approval", b.num_officers,
		    ZY_OFFICERS_NEEDED);
	*order = o;
	*by = b;
	return true;
}
