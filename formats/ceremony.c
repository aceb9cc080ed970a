#include "zy/ceremony.h"

const char *zy_ceremony_kind_name(enum zy_ceremony_kind k)
{
	static const char *const names[] = { "root", "sign-issuing", "crl", "next-issuing", "next-root" };

	return names[k];
}

static void put_plan(const struct zy_ceremony_plan *p, struct zy_buf *out)
{
	zy_buf_printf(out, "zy-ceremony-1 %s", zy_ceremony_kind_name(p->kind));
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		if (p->suites[s])
			zy_buf_printf(out, " %s", zy_suite_name(s));
}

void zy_ceremony_plan_encode(const struct zy_ceremony_plan *p, struct zy_buf *out)
{
	char until[ZY_TIME_TEXT];

	put_plan(p, out);
	if (p->kind == ZY_CEREMONY_NEXT_ROOT) {
		zy_time_to_rfc3339(p->until, until);
		zy_buf_printf(out, " until %s", until);
	}
	zy_buf_put_str(out, "\n");
}

/* " until TIME": 20 characters, which leave room for no offset but Z. */
static bool take_until(struct zy_bytes rest, zy_time *out)
{
	const struct zy_bytes word = ZY_LITERAL(" until ");
	struct zy_error why = { 0 };
	char again[ZY_TIME_TEXT];

	if (rest.len != word.len + 20 || memcmp(rest.p, word.p, word.len) != 0 ||
	    !zy_time_from_rfc3339(ZY_BYTES(rest.p + word.len, 20), out, &why))
		return false;
	zy_time_to_rfc3339(*out, again);
	return memcmp(rest.p + word.len, again, 20) == 0;
}

static bool is_plan(struct zy_ceremony_plan *p, struct zy_bytes line)
{
	ZY_BUF_AUTO text = { 0 };
	struct zy_bytes rest;

	put_plan(p, &text);
	if (text.failed || line.len < text.len || memcmp(line.p, text.p, text.len) != 0)
		return false;
	rest = ZY_BYTES(line.p + text.len, line.len - text.len);
	return p->kind == ZY_CEREMONY_NEXT_ROOT ? take_until(rest, &p->until) : rest.len == 0;
}

/* Every kind with every choice of suites: the text is one of them, or it is none. */
bool zy_ceremony_plan_parse(struct zy_ceremony_plan *out, struct zy_bytes in, struct zy_error *err)
{
	for (unsigned i = 0; i < ZY_NUM_CEREMONY_KINDS * 3 && in.len > 0 && in.p[in.len - 1] == '\n'; i++) {
		const unsigned which = i % 3 + 1;
		struct zy_ceremony_plan p = { .kind = (enum zy_ceremony_kind)(i / 3),
			.suites = { (which & 1) != 0, (which & 2) != 0 } };

		if (is_plan(&p, ZY_BYTES(in.p, in.len - 1))) {
			*out = p;
			return true;
		}
	}
	return zy_fail(err, ZY_E_ORDER, "subject", ZY_NOWHERE,
	    "this is no plan of a ceremony; `zhengyin ceremony plan` writes one");
}
