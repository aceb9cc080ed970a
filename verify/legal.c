/*
 * From findings to the law: 中华人民共和国电子签名法 Article 13 (what makes an electronic signature reliable), Article
 * 5 (what makes a data message as good as an original), and 国务院令第716号 Articles 9 and 10 (electronic seals and
 * licences equal those on paper).
 */
#include "internal.h"

#include <assert.h>

static const struct {
	unsigned bits; /* of enum zy_legal: any of them breaks it */
	const char *clause, *en, *zh, *met;
} conditions[] = {
	{ ZY_LEGAL_SIGNER, "电子签名法 13(1)", "the signing key belongs to the signer alone",
	    "电子签名制作数据属于电子签名人专有", "signer-identified" },
	{ ZY_LEGAL_CONTROL, "电子签名法 13(2)", "only the signer controlled the key when signing",
	    "签署时电子签名制作数据仅由电子签名人控制", "certificate-valid" },
	{ ZY_LEGAL_SIGNATURE, "电子签名法 13(3)", "any change of the signature can be found",
	    "签署后对电子签名的任何改动能够被发现", "signature-intact" },
	{ ZY_LEGAL_CONTENT, "电子签名法 13(4)", "any change of content or form can be found",
	    "签署后对数据电文内容和形式的任何改动能够被发现", "content-intact" },
	{ ZY_LEGAL_CONTENT | ZY_LEGAL_SIGNATURE, "电子签名法 第五条",
	    "as good as an original: the content can be shown, and is whole since it was completed",
	    "满足原件形式：能够有效表现所载内容，且自最终形成时起内容完整、未被更改", "original-form" },
	{ ZY_LEGAL_SEAL, "国令716 第九条", "an electronic seal of a recognised maker, used within its validity",
	    "电子印章由受信任的制章机构制作且在有效期内使用", "seal-verified" },
	{ ZY_LEGAL_LICENCE, "国令716 第十条", "a licence in force, issued by the office that may issue it",
	    "电子证照由有权机构颁发且在有效期内", "licence-verified" },
};
static_assert(sizeof(conditions) / sizeof(conditions[0]) == ZY_LEGAL_MAX, "all rows fit");

static bool is_asked(const struct zy_report *r, unsigned bit)
{
	if (r->passed_en != NULL)
		return false;
	if (bit == ZY_LEGAL_SEAL)
		return r->sealed;
	return bit != ZY_LEGAL_LICENCE || r->has_licence;
}

/* The first finding that breaks it: what fails goes before what cannot be told. That an office issued a licence is
 * shown by nothing but a signature of its own over all that is read. */
static const char *broken_by(const struct zy_report *r, unsigned bit)
{
	const struct zy_finding_rule *found = NULL;

	if (bit == ZY_LEGAL_LICENCE)
		bit |= ZY_LEGAL_SIGNER | ZY_LEGAL_SIGNATURE | ZY_LEGAL_CONTENT;
	for (const struct zy_finding *f = r->first; f != NULL; f = f->next)
		if ((f->rule->breaks & bit) != 0 &&
		    (found == NULL || (f->rule->severity == ZY_SEVERITY_FAIL && found->severity != ZY_SEVERITY_FAIL)))
			found = f->rule;
	if (found != NULL)
		return found->code;
	if (r->num_signatures == 0)
		return "no-signature";
	return r->trusted ? NULL : "trust-absent";
}

size_t zy_legal_conditions(const struct zy_report *r, struct zy_legal_condition out[ZY_LEGAL_MAX])
{
	size_t num = 0;

	for (size_t i = 0; i < ZY_LEGAL_MAX; i++) {
		const char *broken = broken_by(r, conditions[i].bits);

		if (!is_asked(r, conditions[i].bits))
			continue;
		out[num++] = (struct zy_legal_condition){ conditions[i].clause, conditions[i].en, conditions[i].zh,
			broken == NULL, broken == NULL ? conditions[i].met : broken };
	}
	return num;
}

bool zy_legal_holds(const struct zy_report *r)
{
	struct zy_legal_condition all[ZY_LEGAL_MAX];
	size_t num = zy_legal_conditions(r, all);

	for (size_t i = 0; i < num; i++)
		if (!all[i].met)
			return false;
	return num > 0 && zy_report_indication(r) == ZY_TOTAL_PASSED;
}

/* The finding that decided the verdict. */
static const struct zy_finding_rule *cause(const struct zy_report *r, enum zy_severity severity)
{
	for (const struct zy_finding *f = r->first; f != NULL; f = f->next)
		if (f->rule->severity == severity)
			return f->rule;
	return zy_finding_rule(r->num_signatures == 0 ? "no-signature" : "trust-absent");
}

const struct zy_advice *zy_report_advice(const struct zy_report *r)
{
	switch (zy_report_indication(r)) {
	case ZY_TOTAL_PASSED:
		break;
	case ZY_TOTAL_FAILED:
		return zy_finding_advice(cause(r, ZY_SEVERITY_FAIL));
	case ZY_INDETERMINATE:
		return zy_finding_advice(cause(r, ZY_SEVERITY_UNKNOWN));
	}
	return NULL;
}

void zy_report_summary(const struct zy_report *r, struct zy_buf *en, struct zy_buf *zh)
{
	const struct zy_finding_rule *why;

	switch (zy_report_indication(r)) {
	case ZY_TOTAL_PASSED:
		if (r->passed_en != NULL) {
			zy_buf_put_str(en, r->passed_en);
			zy_buf_put_str(zh, r->passed_zh);
			return;
		}
		zy_buf_put_str(en, r->has_licence
				       ? "The licence is genuine, unaltered and in force by its own dates."
				       : "The document is genuine and unaltered, and its signer is trusted.");
		zy_buf_put_str(
		    zh, r->has_licence ? "证照真实、未被改动，且在其有效期内。" : "文件真实、未被改动，签署人可信。");
		return;
	case ZY_TOTAL_FAILED:
		why = cause(r, ZY_SEVERITY_FAIL);
		zy_buf_printf(en, "Do not rely on it: %s.", why->en);
		zy_buf_printf(zh, "不可采信：%s。", why->zh);
		return;
	case ZY_INDETERMINATE:
		why = cause(r, ZY_SEVERITY_UNKNOWN);
		zy_buf_printf(en, "It cannot be told whether it is valid: %s.", why->en);
		zy_buf_printf(zh, "无法判断其效力：%s。", why->zh);
		return;
	}
}
