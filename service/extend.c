#include "extend.h"

#include <glob.h>

#include "zy/cms.h"
#include "zy/crl.h"
#include "zy/ocsp.h"
#include "zy/file.h"
#include "zy/tsp.h"
#include "zy/x509.h"

#define ANSWER_LIFE_S 86400

static const char *const names[] = {
	[ZY_LEVEL_B] = "B-B", [ZY_LEVEL_T] = "B-T", [ZY_LEVEL_LT] = "B-LT", [ZY_LEVEL_LTA] = "B-LTA"
};

struct collecting {
	struct zy_extending *x;
	struct zy_arena *a;
	struct zy_ca_desk ca;
	struct zy_ocsp *ocsp;
	size_t num_asked;
	struct zy_bytes
	    asked[ZY_PDF_DSS_VALUES_MAX]; /* certificates whose standing is there: many signatures have one signer */
	size_t num[ZY_PDF_DSS_KINDS];
	struct zy_bytes values[ZY_PDF_DSS_KINDS][ZY_PDF_DSS_VALUES_MAX];
};

const char *zy_level_name(enum zy_level l)
{
	return names[l];
}

bool zy_level_parse(const char *text, enum zy_level *out, struct zy_error *err)
{
	for (int l = ZY_LEVEL_B; l <= ZY_LEVEL_LTA; l++)
		if (text == NULL || strcmp(text, names[l]) == 0) {
			*out = (enum zy_level)l;
			return true;
		}
	return zy_fail(err, ZY_E_USAGE, "level", ZY_NOWHERE, "--level is B-B, B-T, B-LT or B-LTA");
}

static bool add(struct collecting *c, enum zy_pdf_dss_kind kind, struct zy_bytes der, struct zy_error *err)
{
	for (size_t i = 0; i < c->num[kind]; i++)
		if (zy_bytes_equal(c->values[kind][i], der))
			return true;
	if (c->num[kind] == ZY_PDF_DSS_VALUES_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "DSS", ZY_NOWHERE, "more than %d values", ZY_PDF_DSS_VALUES_MAX);
	return zy_arena_copy(c->a, der, &c->values[kind][c->num[kind]++], err);
}

/* ---- how a certificate stands ---- */

/* Our own authority answers itself. */
static bool ask_own(
    struct collecting *c, const struct zy_x509 *cert, const struct zy_x509 *issuer, bool *known, struct zy_error *err)
{
	ZY_BUF_AUTO question = { 0 };
	ZY_BUF_AUTO answer = { .cap = ZY_OCSP_ANSWER_MAX };
	struct zy_bytes serial = cert->serial;
	uint8_t own[ZY_SERIAL_LEN] = { 0 };
	size_t by = 0;

	while (by < 2 && !zy_bytes_equal(issuer->der, c->ca.responders[by].issuer))
		by++;
	while (serial.len > ZY_SERIAL_LEN && serial.p[0] == 0)
		serial = ZY_BYTES(serial.p + 1, serial.len - 1);
	if (by == 2 || serial.len > ZY_SERIAL_LEN)
		return true;
	memcpy(own + ZY_SERIAL_LEN - serial.len, serial.p, serial.len);
	return zy_ocsp_question(c->ocsp, by, own, (struct zy_bytes){ 0 }, &question, err) &&
	       zy_ocsp_answer(
		   c->ocsp, zy_buf_bytes(&question), zy_now(c->x->desk->clock), ANSWER_LIFE_S, &answer, known, err) &&
	       (!*known || add(c, ZY_PDF_DSS_OCSP, zy_buf_bytes(&answer), err));
}

/* Is it a list by that issuer, as good as it says now? What it covers the judgement sees. */
static bool is_list_of(const struct collecting *c, struct zy_bytes der, const struct zy_x509 *issuer)
{
	struct zy_error ignored = { 0 };
	struct zy_crl list;

	return zy_crl_parse(&list, der, &ignored) && zy_bytes_equal(list.issuer, issuer->subject) &&
	       (!list.has_next || list.next_update >= zy_now(c->x->desk->clock));
}

/* The lists that the home published, its roots' among them. */
static bool look_in_home(struct collecting *c, const struct zy_x509 *issuer, bool *known, struct zy_error *err)
{
	const char *pattern = zy_home_path(&c->x->desk->home, c->a, err, "crl/*.crl");
	struct zy_bytes der;
	glob_t g = { 0 };
	bool ok = true;

	if (pattern == NULL)
		return false;
	if (glob(pattern, 0, NULL, &g) == 0)
		for (size_t i = 0; ok && i < g.gl_pathc; i++) {
			ok = zy_file_read(g.gl_pathv[i], ZY_PDF_DSS_VALUE_MAX, c->a, &der, err);
			if (!ok || !is_list_of(c, der, issuer))
				continue;
			*known = true;
			ok = add(c, ZY_PDF_DSS_CRL, der, err);
		}
	globfree(&g);
	return ok;
}

static bool add_standing(
    struct collecting *c, const struct zy_x509 *cert, const struct zy_x509 *issuer, bool is_leaf, struct zy_error *err)
{
	bool known = false;

	for (size_t i = 0; i < c->num_asked; i++)
		if (zy_bytes_equal(c->asked[i], cert->der))
			return true;
	if (c->num_asked < ZY_PDF_DSS_VALUES_MAX)
		c->asked[c->num_asked++] = cert->der;
	if (!ask_own(c, cert, issuer, &known, err) || (!known && !look_in_home(c, issuer, &known, err)))
		return false;
	/* what the caller brought may be about it */
	known = known || c->x->answer.len > 0 || c->x->crl.len > 0;
	return known || !is_leaf ||
	       zy_fail(err, ZY_E_NOT_FOUND, "revocation", ZY_NOWHERE,
		   "nothing at hand says whether a signer's certificate is revoked; give its authority's list or answer "
		   "with --crl or --ocsp");
}

/* ---- certificates ---- */

static bool add_path(
    struct collecting *c, enum zy_purpose purpose, const struct zy_cms *cms, struct zy_bytes leaf, struct zy_error *err)
{
	struct zy_desk *d = c->x->desk;
	struct zy_bytes path[ZY_CHAIN_MAX];
	struct zy_x509 certs[ZY_CHAIN_MAX];
	size_t num;

	if (!zy_chain_list(
		d->keys, &d->trust, purpose, leaf, cms->certs, cms->num_certs, zy_now(d->clock), path, &num, c->a, err))
		return false;
	if (num == 0)
		return zy_fail(err, ZY_E_NOT_FOUND, "certificate", ZY_NOWHERE,
		    "a signer's certificate leads to no anchor of the trust bundle");
	for (size_t i = 0; i < num; i++)
		if (!zy_x509_parse(&certs[i], path[i], err) || !add(c, ZY_PDF_DSS_CERT, path[i], err))
			return false;
	for (size_t i = 0; i + 1 < num; i++)
		if (!add_standing(c, &certs[i], &certs[i + 1], i == 0, err))
			return false;
	return true;
}

static bool add_signer(struct collecting *c, enum zy_purpose purpose, const struct zy_cms *cms, struct zy_error *err)
{
	for (size_t i = 0; i < cms->num_certs; i++) {
		bool named, bound;

		if (!zy_cms_names(cms, cms->certs[i], &named, &bound, err))
			return false;
		if (named)
			return add_path(c, purpose, cms, cms->certs[i], err);
	}
	return zy_fail(err, ZY_E_NOT_FOUND, "certificate", ZY_NOWHERE, "a signature came without its certificate");
}

static bool add_token(struct collecting *c, struct zy_bytes token, struct zy_error *err)
{
	struct zy_tst *t = zy_arena_alloc(c->a, sizeof(*t), err);

	return t != NULL && zy_tst_parse(t, token, c->a, err) && add_signer(c, ZY_PURPOSE_TIMESTAMP, &t->cms, err);
}

static bool add_signature(struct collecting *c, const struct zy_pdf_signature *s, struct zy_error *err)
{
	struct zy_cms *cms = zy_arena_alloc(c->a, sizeof(*cms), err);
	struct zy_bytes token;

	if (s->kind == ZY_PDF_STAMP)
		return add_token(c, s->der, err);
	return cms != NULL && zy_cms_parse(cms, s->der, c->a, err) && add_signer(c, ZY_PURPOSE_DOCUMENT, cms, err) &&
	       zy_cms_time_stamp(cms, &token, err) && (token.len == 0 || add_token(c, token, err));
}

static bool has_entry(const struct zy_pdf_dss *d, const struct zy_pdf_signature *s, bool *yes, struct zy_error *err)
{
	char key[41];

	*yes = false;
	if (!zy_pdf_vri_key(s, key, err))
		return false;
	for (size_t i = 0; i < d->num_vri; i++)
		*yes = *yes || strcmp(d->vri[i].key + 1, key) == 0;
	return true;
}

static bool collect(struct collecting *c, const struct zy_pdf *f, const struct zy_pdf_dss *dss, struct zy_error *err)
{
	bool done;

	if (c->x->crl.len > 0 && !add(c, ZY_PDF_DSS_CRL, c->x->crl, err))
		return false;
	if (c->x->answer.len > 0 && !add(c, ZY_PDF_DSS_OCSP, c->x->answer, err))
		return false;
	for (size_t i = 0; i < f->num_signatures; i++)
		if (!has_entry(dss, &f->signatures[i], &done, err) ||
		    (!done && !add_signature(c, &f->signatures[i], err)))
			return false;
	return true;
}

/* ---- the document ---- */

static bool put_stamp(struct zy_extending *x, struct zy_buf *pdf, struct zy_error *err)
{
	if (!zy_pdf_stamp_append(zy_buf_bytes(pdf), x->stamper, ZY_SUITE_INTL, pdf, err))
		return false;
	x->num_stamps++;
	return true;
}

static bool put_store(struct collecting *c, struct zy_buf *pdf, struct zy_error *err)
{
	struct zy_pdf_values v = { 0 };
	bool added;

	for (int kind = 0; kind < ZY_PDF_DSS_KINDS; kind++) {
		v.num[kind] = c->num[kind];
		v.values[kind] = c->values[kind];
		c->x->num_values += c->num[kind];
	}
	return zy_pdf_store_append(zy_buf_bytes(pdf), &v, &added, pdf, err);
}

static bool store(struct zy_extending *x, struct zy_buf *pdf, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct collecting *c = zy_arena_alloc(&a, sizeof(*c), err);
	struct zy_pdf *f = zy_arena_alloc(&a, sizeof(*f), err);
	struct zy_pdf_dss dss;
	bool ok;

	if (c == NULL || f == NULL || !zy_pdf_parse(f, zy_buf_bytes(pdf), NULL, &a, err) ||
	    !zy_pdf_dss_parse(&dss, f, &a, err))
		return false;
	c->x = x;
	c->a = &a;
	if (!zy_ca_desk_open(&c->ca, x->desk->home.path, false, zy_now(x->desk->clock), err))
		return false;
	ok = zy_ca_desk_ocsp(&c->ca, &c->ocsp, err);
	if (ok) {
		ok = collect(c, f, &dss, err) && put_store(c, pdf, err);
		zy_ocsp_close(c->ocsp);
	}
	zy_ca_desk_close(&c->ca);
	return ok;
}

/* Does every signature carry a time-stamp, or does one of the document cover it? */
static bool is_timed(struct zy_bytes pdf, bool *yes, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf *f = zy_arena_alloc(&a, sizeof(*f), err);
	struct zy_cms *cms = zy_arena_alloc(&a, sizeof(*cms), err);
	size_t covered = 0;
	struct zy_bytes token;

	if (f == NULL || cms == NULL || !zy_pdf_parse(f, pdf, NULL, &a, err))
		return false;
	if (f->num_signatures == 0)
		return zy_fail(err, ZY_E_PDF, "AcroForm.Fields", ZY_NOWHERE, "the document carries no signature");
	for (size_t i = 0; i < f->num_signatures; i++)
		if (f->signatures[i].kind == ZY_PDF_STAMP && f->signatures[i].hole_at > covered)
			covered = f->signatures[i].hole_at;
	*yes = true;
	for (size_t i = 0; i < f->num_signatures; i++) {
		const struct zy_pdf_signature *s = &f->signatures[i];

		if (s->kind == ZY_PDF_STAMP || s->hole_at < covered)
			continue;
		if (!zy_cms_parse(cms, s->der, &a, err) || !zy_cms_time_stamp(cms, &token, err))
			return false;
		*yes = *yes && token.len > 0;
	}
	return true;
}

bool zy_pdf_extend(
    struct zy_extending *x, enum zy_level level, struct zy_bytes pdf, struct zy_buf *out, struct zy_error *err)
{
	bool timed;

	if (!is_timed(pdf, &timed, err))
		return false;
	if (pdf.p != out->p)
		zy_buf_put(out, pdf);
	if (!zy_buf_done(out, "PDF", err))
		return false;
	return (level < ZY_LEVEL_T || timed || put_stamp(x, out, err)) && (level < ZY_LEVEL_LT || store(x, out, err)) &&
	       (level < ZY_LEVEL_LTA || put_stamp(x, out, err));
}

static bool count_passed(struct zy_desk *d, struct zy_bytes pdf, size_t *num, bool *changed, struct zy_error *err)
{
	ZY_REPORT_AUTO r = { 0 };

	*num = 0;
	*changed = false;
	zy_report_start(&r, "extend", zy_now(d->clock));
	if (!zy_judge_file(d->keys, &d->trust, pdf, r.at, &r, err))
		return false;
	for (size_t i = 0; i < r.num_signatures; i++)
		*num += strcmp(r.signatures[i].kind, "pades") == 0 && r.signatures[i].indication == ZY_TOTAL_PASSED;
	for (const struct zy_finding *f = r.first; f != NULL; f = f->next)
		*changed = *changed || strcmp(f->rule->code, "changed-after-signing") == 0;
	return true;
}

bool zy_pdf_extend_check(struct zy_desk *d, struct zy_bytes before, struct zy_bytes after, struct zy_error *err)
{
	size_t was, is;
	bool was_changed, changed;

	if (!count_passed(d, before, &was, &was_changed, err) || !count_passed(d, after, &is, &changed, err))
		return false;
	return (is >= was && (!changed || was_changed)) ||
	       zy_fail(err, ZY_E_SELF_VERIFY, "self-verify", ZY_NOWHERE,
		   "a signature that was valid would not be any more; nothing was written");
}
