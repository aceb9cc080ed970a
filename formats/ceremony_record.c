#include "zy/ceremony_record.h"

#include "zy/der.h"
#include "zy/text.h"

static const char *const root_lines[] = { [ZY_SUITE_GM] = "root-gm ", [ZY_SUITE_INTL] = "root-intl " };
static const char order_line[] = "order ";

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

static bool begins(struct zy_bytes in, const char *text)
{
	return in.len >= strlen(text) && memcmp(in.p, text, strlen(text)) == 0;
}

/* People read and print it: nothing may move a terminal's or a printer's head. */
static bool is_text(struct zy_bytes body)
{
	if (body.len == 0 || body.p[body.len - 1] != '\n' || !zy_utf8_check(body, "record", &(struct zy_error){ 0 }))
		return false;
	for (size_t at = 0; at < body.len;) {
		const uint32_t c = zy_utf8_next(body, &at);

		if (c != '\n' && (c < 0x20 || (c >= 0x7f && c < 0xa0)))
			return false;
	}
	return true;
}

/* "NAME BASE64": the next line, decoded. */
static bool take_line(struct zy_bytes *rest, const char *name, struct zy_buf *out, struct zy_error *err)
{
	struct zy_bytes line, value;

	if (!begins(*rest, name) || !cut(*rest, "\n", &line, rest))
		return bad(err, name, "lacks a signature that its plan asks for");
	value = ZY_BYTES(line.p + strlen(name), line.len - strlen(name));
	return (value.len > 0 && zy_base64_decode(out, value, &(struct zy_error){ 0 })) ||
	       bad(err, name, "has a signature in another form than base64");
}

static bool take_roots(struct zy_ceremony_record *r, struct zy_bytes *rest, struct zy_error *err)
{
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		ZY_BUF_AUTO der = { 0 };

		if (r->plan.suites[s] && (!take_line(rest, root_lines[s], &der, err) ||
					     (!zy_der_rs(zy_buf_bytes(&der), r->rs[s], &(struct zy_error){ 0 }) &&
						 !bad(err, root_lines[s], "has a root's signature that is none"))))
			return false;
	}
	return true;
}

static bool take_signatures(
    struct zy_ceremony_record *r, struct zy_bytes rest, struct zy_arena *a, struct zy_error *err)
{
	ZY_BUF_AUTO order = { 0 };

	if (!take_roots(r, &rest, err))
		return false;
	if (begins(rest, order_line) &&
	    (!take_line(&rest, order_line, &order, err) || !zy_arena_copy(a, zy_buf_bytes(&order), &r->order, err)))
		return false;
	return zy_bytes_equal(rest, ZY_LITERAL(ZY_CEREMONY_END)) ||
	       bad(err, "end", "goes on after its signatures, or was cut short");
}

static bool take_plan(struct zy_ceremony_record *r, struct zy_error *err)
{
	struct zy_bytes title, plan, steps;

	if (!begins(r->body, ZY_CEREMONY_RECORD) || !cut(r->body, "\n", &title, &steps) ||
	    !cut(steps, "\n", &plan, &steps))
		return bad(err, "record", "is not one of a ceremony");
	/* with its newline */
	return zy_ceremony_plan_parse(&r->plan, ZY_BYTES(plan.p, plan.len + 1), &(struct zy_error){ 0 }) ||
	       bad(err, "plan", "has a second line that is no plan of a ceremony");
}

bool zy_ceremony_record_parse(
    struct zy_ceremony_record *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct zy_ceremony_record r = { 0 };
	struct zy_bytes rest;

	if (in.len > ZY_CEREMONY_RECORD_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "record", ZY_NOWHERE, "a record has at most %zu octets",
		    ZY_CEREMONY_RECORD_MAX);
	if (!cut(in, ZY_CEREMONY_SIGNATURES, &r.body, &rest))
		return bad(err, "record", "is not one of a ceremony, or not whole");
	if (!is_text(r.body))
		return bad(err, "record", "is no text of whole lines in UTF-8");
	if (!take_plan(&r, err) || !take_signatures(&r, rest, a, err))
		return false;
	*out = r;
	return true;
}

static void put_line(struct zy_buf *out, const char *name, struct zy_bytes v)
{
	zy_buf_put_str(out, name);
	zy_base64_encode(out, v);
	zy_buf_put_str(out, "\n");
}

bool zy_ceremony_record_encode(const struct zy_ceremony_record *r, struct zy_buf *out, struct zy_error *err)
{
	zy_buf_put(out, r->body);
	zy_buf_put_str(out, ZY_CEREMONY_SIGNATURES);
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		ZY_BUF_AUTO der = { 0 };

		if (!r->plan.suites[s])
			continue;
		zy_der_put_rs(&der, r->rs[s]);
		if (!zy_buf_done(&der, "signature", err))
			return false;
		put_line(out, root_lines[s], zy_buf_bytes(&der));
	}
	if (r->order.len > 0)
		put_line(out, order_line, r->order);
	zy_buf_put_str(out, ZY_CEREMONY_END);
	return zy_buf_done(out, "record", err);
}
