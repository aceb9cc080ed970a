/* Signatures in PDF documents that other programs made: any key and digest of cms.h, in DER or not (RFC 5652). */
#include "cms.h"
#include "pdf_case.h"

struct parts {
	const struct zy_bytes *part;
	size_t next;
};

static bool next_part(void *arg, struct zy_bytes *piece, struct zy_error *err)
{
	struct parts *p = arg;

	(void)err;
	*piece = p->next < 2 ? p->part[p->next++] : (struct zy_bytes){ 0 };
	return true;
}

static bool judge_one(struct pdf_case *p, const struct zy_pdf_signature *s, struct cms_case *m,
    struct zy_report_signature *out, struct zy_error *err)
{
	struct parts parts = { s->part, 0 };
	const struct zy_content content = { next_part, &parts };
	struct cms_signer *g = zy_arena_array(p->c->work, m->d->num_signers, sizeof(*g), err);

	if (m->d->is_ber)
		zy_report_add(p->c->r, "encoding-not-der", "Contents", s->hole_at, NULL);
	m->has_content = true;
	if (g == NULL)
		return false;
	for (size_t i = 0; i < m->d->num_signers; i++) {
		g[i].s = &m->d->signers[i];
		if (!cms_signer_prepare(m, &g[i], err))
			return false;
	}
	if (g[0].cert.len == 0 && g[0].s->fault.code == ZY_OK) {
		zy_report_add(p->c->r, "cms-unreadable", "SignedData.certificates", s->hole_at,
		    "the signer's certificate is not among those that must come along (ISO 32000-1 12.8.3.3.1)");
		return true;
	}
	if (!zy_hashes_run(m->hashes, &content, err))
		return false;
	for (size_t i = 0; i < m->d->num_signers; i++)
		if (!cms_signer_judge_as(m, &g[i], out, err))
			return false;
	return true;
}

/* One signer (ISO 32000-2 12.8.3.3). PoDoFo lets the same one sign twice, by two digests: then each must be good. Who
 * else signed would stand in a part of the file that the first did not cover. */
static bool is_one_signer(const struct zy_signed_data *d)
{
	for (size_t i = 0; i < d->num_signers; i++)
		if (d->signers[i].fault.code != ZY_OK || d->signers[i].by_key_id ||
		    !zy_bytes_equal(d->signers[i].sid.issuer, d->signers[0].sid.issuer) ||
		    !zy_bytes_equal(d->signers[i].sid.serial, d->signers[0].sid.serial))
			return i == 0 && d->num_signers == 1;
	return d->num_signers > 0;
}

bool zy_pdf_judge_other(struct pdf_case *p, const struct zy_pdf_signature *s, zy_time stamped,
    struct zy_report_signature *out, struct zy_error *err)
{
	ZY_HASHES_AUTO hashes = { 0 };
	struct cms_case m = { .c = p->c,
		.d = zy_arena_alloc(p->c->work, sizeof(*m.d), err),
		.hashes = &hashes,
		.purposes = ZY_PURPOSE_DOCUMENT,
		.inside = true,
		.stamped = stamped,
		.claimed = s->has_time ? s->time : ZY_TIME_NEVER };
	struct zy_error why = { 0 };

	if (m.d == NULL)
		return false;
	if (!zy_signed_data_parse(m.d, s->der, p->c->work, &why)) {
		if (why.code == ZY_E_NO_MEMORY)
			return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
		zy_report_add(p->c->r, "cms-unreadable", "Contents", s->hole_at, "%s", why.msg);
		return true;
	}
	if (!is_one_signer(m.d) || m.d->has_content) {
		zy_report_add(p->c->r, "cms-unreadable", "Contents", s->hole_at,
		    "a signature in a PDF has one signer, and its content outside (ISO 32000-2 12.8.3.3)");
		return true;
	}
	return judge_one(p, s, &m, out, err);
}
