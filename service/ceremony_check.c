#include "ceremony.h"

#include <unistd.h>

#include "zy/approvals.h"
#include "zy/certificate.h"
#include "zy/kept.h"
#include "zy/judge.h"

static bool bad(struct zy_error *err, const char *field, const char *what)
{
	return zy_fail(err, ZY_E_RECORD, field, ZY_NOWHERE, "the record %s", what);
}

bool zy_roots_read(const struct zy_home *h, struct zy_arena *a, struct zy_roots *out, struct zy_error *err)
{
	*out = (struct zy_roots){ 0 };
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		const char *stem = zy_arena_printf(a, err, "pki/root-%s", zy_suite_name(s)), *path;
		struct zy_bytes pem;

		for (size_t i = 0; i < ZY_ROOTS_MAX; i++, out->num[s]++) {
			if (stem == NULL ||
			    (path = zy_home_generation(h, stem, (unsigned)i + 1, "pem", a, err)) == NULL)
				return false;
			if (i > 0 && access(path, F_OK) != 0)
				break;
			if (!zy_kept_read(path, ZY_CEREMONY_RECORD_MAX, a, &pem, err) ||
			    !zy_cert_from_pem(pem, a, &out->certs[s][i], err))
				return false;
		}
	}
	return true;
}

static bool check_roots(const struct zy_ceremony_record *r, const struct zy_roots *roots, struct zy_error *err)
{
	struct zy_keys *keys = NULL;
	bool ok = zy_keys_open(&keys, err);

	for (enum zy_suite s = ZY_SUITE_GM; ok && s <= ZY_SUITE_INTL; s++) {
		bool good = !r->plan.suites[s];

		for (size_t i = 0; ok && !good && i < roots->num[s]; i++)
			ok = zy_signature_verify(keys, roots->certs[s][i], s, r->body, r->rs[s], &good, err);
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

bool zy_ceremony_check(struct zy_bytes record, const struct zy_roots *roots, const struct zy_officers *officers,
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
