/* The store of a PDF (EN 319 142-1 5.4.2), as judgements take it. */
#include "pdf_case.h"

static bool keep(struct pdf_case *p, enum zy_pdf_dss_kind kind, struct zy_kept_value **out, struct zy_error *err)
{
	struct zy_kept_value *v = zy_arena_array(p->c->work, p->dss.num[kind] + 1, sizeof(*v), err);

	p->ends[kind] = zy_arena_array(p->c->work, p->dss.num[kind] + 1, sizeof(size_t), err);
	if (v == NULL || p->ends[kind] == NULL)
		return false;
	for (size_t i = 0; i < p->dss.num[kind]; i++) {
		const struct zy_pdf_dss_value *from = &p->dss.values[kind][i];

		v[i] = (struct zy_kept_value){ from->der, ZY_TIME_NEVER };
		p->ends[kind][i] = from->end;
	}
	*out = v;
	return true;
}

bool zy_pdf_kept_read(struct pdf_case *p, struct zy_error *err)
{
	struct zy_bytes *certs;

	if (!zy_pdf_dss_parse(&p->dss, p->d, p->c->work, err))
		return false;
	if (p->dss.fault.code != ZY_OK)
		zy_report_add(p->c->r, "store-unreadable", zy_case_text(p->c, zy_str(p->dss.fault.field)), ZY_NOWHERE,
		    "%s", p->dss.fault.msg);
	if (!p->dss.present)
		return true;
	if ((certs = zy_arena_array(p->c->work, p->dss.num[ZY_PDF_DSS_CERT] + 1, sizeof(*certs), err)) == NULL ||
	    !keep(p, ZY_PDF_DSS_CRL, &p->crls, err) || !keep(p, ZY_PDF_DSS_OCSP, &p->answers, err))
		return false;
	for (size_t i = 0; i < p->dss.num[ZY_PDF_DSS_CERT]; i++)
		certs[i] = p->dss.values[ZY_PDF_DSS_CERT][i].der;
	p->kept = (struct zy_kept){ .num_certs = p->dss.num[ZY_PDF_DSS_CERT],
		.num_crls = p->dss.num[ZY_PDF_DSS_CRL],
		.num_answers = p->dss.num[ZY_PDF_DSS_OCSP],
		.certs = certs,
		.crls = p->crls,
		.answers = p->answers };
	p->c->kept = &p->kept;
	return true;
}

static void prove(struct zy_kept_value *v, const size_t *ends, size_t num, size_t covered, zy_time at)
{
	for (size_t i = 0; i < num; i++)
		if (ends[i] <= covered && (v[i].since == ZY_TIME_NEVER || at < v[i].since))
			v[i].since = at;
}

void zy_pdf_kept_prove(struct pdf_case *p, const struct zy_pdf_signature *s, zy_time at)
{
	prove(p->crls, p->ends[ZY_PDF_DSS_CRL], p->kept.num_crls, s->part[0].len, at);
	prove(p->answers, p->ends[ZY_PDF_DSS_OCSP], p->kept.num_answers, s->part[0].len, at);
}
