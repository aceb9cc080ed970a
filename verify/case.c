/* The steps that judgements of different formats share. */
#include "internal.h"

#define TEXT_MAX 300

const char *zy_case_text(struct zy_case *c, struct zy_bytes text)
{
	struct zy_error ignored = { 0 };
	const char *copy;

	if (text.len > TEXT_MAX) {
		text.len = TEXT_MAX;
		while (text.len > 0 && (text.p[text.len] & 0xc0) == 0x80)
			text.len--;
	}
	copy = zy_arena_text(&c->r->arena, text, &ignored);
	return copy == NULL ? "" : copy;
}

bool zy_case_keep_error(struct zy_case *c, struct zy_error *err)
{
	err->field = zy_case_text(c, zy_str(err->field == NULL ? "" : err->field));
	return false;
}

struct zy_report_signature *zy_case_signature(struct zy_case *c, const char *kind)
{
	struct zy_report_signature *s;

	if (c->r->num_signatures == ZY_REPORT_SIGNATURES_MAX) {
		zy_report_add(c->r, "too-many-findings", "signatures", ZY_NOWHERE, "more than %d signatures",
		    ZY_REPORT_SIGNATURES_MAX);
		return NULL;
	}
	c->r->part = c->r->last;
	s = &c->r->signatures[c->r->num_signatures++];
	*s = (struct zy_report_signature){
		.n = (unsigned)c->r->num_signatures, .kind = kind, .covers = "partial", .indication = ZY_INDETERMINATE
	};
	return s;
}

bool zy_case_facts(struct zy_case *c, struct zy_bytes cert, const char *field, struct zy_cert_facts *out, bool *good,
    struct zy_error *err)
{
	struct zy_error why = { 0 };

	*good = zy_cert_facts(cert, &c->r->arena, out, &why);
	if (*good)
		return true;
	if (why.code != ZY_E_CERT && why.code != ZY_E_KEY)
		return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
	zy_report_add(c->r, why.code == ZY_E_KEY ? "signature-algorithm" : "certificate-unreadable", field, ZY_NOWHERE,
	    "%s", why.msg);
	return true;
}

bool zy_case_value(struct zy_case *c, struct zy_bytes cert, enum zy_suite suite, struct zy_bytes message,
    const uint8_t rs[64], const char *code, const char *field, bool *good, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (zy_signature_verify(c->keys, cert, suite, message, rs, good, &why)) {
		if (!*good)
			zy_report_add(c->r, code, field, ZY_NOWHERE, NULL);
		return true;
	}
	if (why.code != ZY_E_CERT && why.code != ZY_E_KEY)
		return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
	zy_report_add(c->r, why.code == ZY_E_KEY ? "signature-algorithm" : "certificate-unreadable", field, ZY_NOWHERE,
	    "%s", why.msg);
	return true;
}

void zy_case_signing_time(struct zy_case *c, zy_time claimed, const struct zy_cert_facts *signer, const char *field)
{
	char text[ZY_TIME_TEXT];

	zy_time_to_rfc3339(claimed, text);
	if (claimed > c->at + ZY_SKEW_S)
		zy_report_add(c->r, "signed-in-future", field, ZY_NOWHERE, "it claims %s", text);
	if (claimed < signer->not_before)
		zy_report_add(c->r, "signed-before-certificate", field, ZY_NOWHERE, "it claims %s", text);
	if (claimed > signer->not_after)
		zy_report_add(c->r, "signed-after-certificate", field, ZY_NOWHERE, "it claims %s", text);
}

void zy_case_retired(struct zy_case *c, const char *esID, zy_time claimed, const char *field)
{
	const struct zy_trust_retired *s = c->trust == NULL ? NULL : zy_trust_retired(c->trust, esID);
	char text[ZY_TIME_TEXT];

	if (s == NULL || claimed < s->at)
		return;
	zy_time_to_rfc3339(s->at, text);
	zy_report_add(c->r, "seal-retired", field, ZY_NOWHERE, "it was retired at %s%s%s", text,
	    s->successor == NULL ? "" : ", its successor is ", s->successor == NULL ? "" : s->successor);
}

void zy_case_trust(struct zy_case *c)
{
	char text[ZY_TIME_TEXT];

	c->r->trusted = c->trust != NULL;
	if (c->trust == NULL) {
		zy_report_add(c->r, "trust-absent", "", ZY_NOWHERE, NULL);
		return;
	}
	if (c->at - ZY_TRUST_GRACE_S <= c->trust->next_update)
		return;
	zy_time_to_rfc3339(c->trust->next_update, text);
	zy_report_add(c->r, "trust-too-old", "nextUpdate", ZY_NOWHERE, "a newer bundle was due at %s", text);
}
