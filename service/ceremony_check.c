#include "ceremony.h"

#include "zy/approvals.h"
#include "zy/der.h"
#include "zy/judge.h"
#include "zy/text.h"

static bool bad(struct zy_error *err, const char *field, const char *what)
{
	return zy_fail(err, ZY_E_RECORD, field, ZY_NOWHERE, "the record %s", what);
}

/* The bytes before a text, and after it. */
static bool cut(struct zy_bytes in, const char *text, struct zy_bytes *before, struct zy_bytes *after)
{
	const uint8_t *at = in.len == 0 ? NULL : memmem(in.p, in.len, text, strlen(text));

	if (at == NULL)
		return false;
	*before = ZY_BYTES(in.p, (size_t)(at - in.p));
	*after = ZY_BYTES(at + strlen(text), in.len - before->len - strlen(text));
	return true;
}

/* "NAME BASE64": the next line, decoded. */
static bool take_line(struct zy_bytes *rest, const char *name, struct zy_buf *out, struct zy_error *err)
{
	struct zy_bytes line, none, value;

	return (cut(*rest, "\n", &line, rest) && cut(line, " ", &none, &value) && zy_bytes_equal(none, zy_str(name)) &&
		   zy_base64_decode(out, value, err)) ||
	       bad(err, name, "lacks a signature, or it has another form");
}

static bool check_root(struct zy_bytes body, struct zy_bytes *rest, struct zy_bytes cert, enum zy_suite suite,
    struct zy_keys *keys, struct zy_error *err)
{
	const char *name = suite == ZY_SUITE_GM ? "root-gm" : "root-intl";
	ZY_BUF_AUTO der = { 0 };
	uint8_t rs[64];
	bool good;

	if (!take_line(rest, name, &der, err))
		return false;
	if (!zy_der_rs(zy_buf_bytes(&der), rs, err) || !zy_signature_verify(keys, cert, suite, body, rs, &good, err))
		return false;
	return good || bad(err, name, "was altered, or another root signed it");
}

static bool check_roots(struct zy_bytes body, struct zy_bytes *rest, const struct zy_bytes roots[2],
    const struct zy_ceremony_plan *plan, struct zy_error *err)
{
	struct zy_keys *keys = NULL;
	bool ok = zy_keys_open(&keys, err);

	for (enum zy_suite s = ZY_SUITE_GM; ok && s <= ZY_SUITE_INTL; s++)
		ok = !plan->suites[s] || check_root(body, rest, roots[s], s, keys, err);
	zy_keys_close(keys);
	return ok;
}

/* The persons' entries are asked for the day on which they signed. */
static bool check_persons(struct zy_bytes body, struct zy_bytes *rest, const struct zy_officers *officers,
    struct zy_arena *a, struct zy_checked_record *out, struct zy_error *err)
{
	struct zy_approval_facts facts = { .officers = officers };
	struct zy_approved_by by;
	struct zy_order_file f;
	ZY_BUF_AUTO whole = { 0 };
	struct zy_bytes kept;
	struct zy_order o;

	if (zy_bytes_equal(*rest, ZY_LITERAL(ZY_RECORD_END)))
		return zy_fail(err, ZY_E_APPROVAL_ONE, "order", ZY_NOWHERE,
		    "no officer signed this record: it is of a home that began without; compare its printed page");
	if (!take_line(rest, "order", &whole, err) || !zy_arena_copy(a, zy_buf_bytes(&whole), &kept, err) ||
	    !zy_order_file_parse(&f, kept, err) || !zy_order_parse(&o, f.order, err))
		return false;
	if (f.subject.len > 0 || o.action != ZY_ORDER_CEREMONY)
		return bad(err, "order", "has an order about something else");
	f.subject = body;
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
	struct zy_bytes body, rest, title, plan, steps;
	ZY_BUF_AUTO line = { 0 };

	*out = (struct zy_checked_record){ 0 };
	if (!cut(record, ZY_RECORD_BEGIN, &body, &rest) || !cut(body, "\n", &title, &steps) ||
	    !cut(steps, "\n", &plan, &steps) || title.len < strlen(ZY_CEREMONY_RECORD) ||
	    memcmp(title.p, ZY_CEREMONY_RECORD, strlen(ZY_CEREMONY_RECORD)) != 0)
		return bad(err, "record", "is not one of a ceremony, or not whole");
	zy_buf_put(&line, plan);
	zy_buf_put_str(&line, "\n");
	if (!zy_buf_done(&line, "plan", err) || !zy_ceremony_plan_parse(&out->plan, zy_buf_bytes(&line), err) ||
	    !zy_digest(ZY_HASH_SHA256, body, out->digest, err) || !check_roots(body, &rest, roots, &out->plan, err) ||
	    !check_persons(body, &rest, officers, a, out, err))
		return false;
	return zy_bytes_equal(rest, ZY_LITERAL(ZY_RECORD_END)) || bad(err, "end", "goes on after its signatures");
}
