#include "ceremony.h"

#include "zy/approvals.h"
#include "zy/judge.h"

static bool bad(struct zy_error *err, const char *field, const char *what)
{
	return zy_fail(err, ZY_E_RECORD, field, ZY_NOWHERE, "the record %s", what);
}

static bool check_roots(const struct zy_ceremony_record *r, const struct zy_bytes roots[2], struct zy_error *err)
{
	struct zy_keys *keys = NULL;
	bool ok = zy_keys_open(&keys, err);

	for (enum zy_suite s = ZY_SUITE_GM; ok && s <= ZY_SUITE_INTL; s++) {
		bool good = true;

		ok = !r->plan.suites[s] || zy_signature_verify(keys, roots[s], s, r->body, r->rs[s], &good, err);
		if (ok && !good)
			ok = bad(err, zy_suite_name(s), "was altered, or another root signed it");
	}
	zy_keys_close(keys);
	return ok;
}

/* The persons' entries are asked for the day on which they signed. */
static bool check_persons(const struct zy_ceremony_record *r, const struct zy_officers *officers,
    struct zy_checked_record *out, struct zy_error *err)
{
	struct zy_approval_facts facts = { .officers = officers };
	struct zy_approved_by by;
	struct zy_order_file f;
	struct zy_order o;

	if (r->order.len == 0)
		return zy_fail(err, ZY_E_APPROVAL_ONE, "order", ZY_NOWHERE,
		    "no officer signed this record: it is of a home that began without; compare its printed page");
	if (!zy_order_file_parse(&f, r->order, err) || !zy_order_parse(&o, f.order, err))
		return false;
	if (f.subject.len > 0 || o.action != ZY_ORDER_CEREMONY)
		return bad(err, "order", "has an order about something else");
	f.subject = r->body;
	facts.now = out->at = o.created;
	if (!zy_approvals_check(&f, &facts, &o, &by, err))
		return false;
	out->requester = by.requester;
	out->num_approved = by.num_officers;
	memcpy(out->approved, by.officers, sizeof(by.officers));
	return true;
}

bool zy_ceremony_check(struct zy_bytes record, const struct zy_bytes roots[2], const struct zy_officers *officers,
    struct zy_arena *a, struct zy_checked_record *out, struct zy_error *err)
{
	struct zy_ceremony_record r;

	*out = (struct zy_checked_record){ 0 };
	if (!zy_ceremony_record_parse(&r, record, a, err) || !zy_digest(ZY_HASH_SHA256, r.body, out->digest, err) ||
	    !check_roots(&r, roots, err))
		return false;
	out->plan = r.plan;
	return check_persons(&r, officers, out, err);
}
