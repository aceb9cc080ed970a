#include "zy/ceremony.h"

const char *zy_ceremony_kind_name(enum zy_ceremony_kind k)
{
	static const char *const names[] = { "root", "sign-issuing", "crl", "next-issuing" };

	return names[k];
}

void zy_ceremony_plan_encode(const struct zy_ceremony_plan *p, struct zy_buf *out)
{
	zy_buf_printf(out, "zy-ceremony-1 %s", zy_ceremony_kind_name(p->kind));
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		if (p->suites[s])
			zy_buf_printf(out, " %s", zy_suite_name(s));
	zy_buf_put_str(out, "\n");
}

/* There are twelve plans: the text is one of them or it is none. */
bool zy_ceremony_plan_parse(struct zy_ceremony_plan *out, struct zy_bytes in, struct zy_error *err)
{
	for (unsigned i = 0; i < ZY_NUM_CEREMONY_KINDS * 3; i++) {
		const unsigned which = i % 3 + 1;
		const struct zy_ceremony_plan p = { (enum zy_ceremony_kind)(i / 3),
			{ (which & 1) != 0, (which & 2) != 0 } };
		ZY_BUF_AUTO text = { 0 };

		zy_ceremony_plan_encode(&p, &text);
		if (!zy_buf_done(&text, "plan", err))
			return false;
		if (zy_bytes_equal(zy_buf_bytes(&text), in)) {
			*out = p;
			return true;
		}
	}
	return zy_fail(err, ZY_E_ORDER, "subject", ZY_NOWHERE,
	    "this is no plan of a ceremony; `zhengyin ceremony plan` writes one");
}
