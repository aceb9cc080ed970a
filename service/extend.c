/* Signed PDFs made to last (EN 319 142-1 6). */
#include "collect.h"

#include "zy/tsp.h"

static const char *const names[] = {
	[ZY_LEVEL_B] = "B-B", [ZY_LEVEL_T] = "B-T", [ZY_LEVEL_LT] = "B-LT", [ZY_LEVEL_LTA] = "B-LTA"
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

static bool add_signature(struct zy_collecting *c, const struct zy_pdf_signature *s, struct zy_error *err)
{
	struct zy_cms *cms = zy_arena_alloc(c->a, sizeof(*cms), err);
	struct zy_bytes token;

	if (s->kind == ZY_PDF_STAMP)
		return zy_collect_token(c, s->der, err);
	return cms != NULL && zy_cms_parse(cms, s->der, c->a, err) &&
	       zy_collect_signer(c, ZY_PURPOSE_DOCUMENT, cms, err) && zy_cms_time_stamp(cms, &token, err) &&
	       (token.len == 0 || zy_collect_token(c, token, err));
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

static bool collect(struct zy_collecting *c, const struct zy_pdf *f, const struct zy_pdf_dss *dss, struct zy_error *err)
{
	bool done;

	if (!zy_collect_given(c, err))
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

static bool put_store(struct zy_collecting *c, struct zy_buf *pdf, struct zy_error *err)
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
	struct zy_collecting *c = zy_arena_alloc(&a, sizeof(*c), err);
	struct zy_pdf *f = zy_arena_alloc(&a, sizeof(*f), err);
	struct zy_pdf_dss dss;
	bool ok;

	if (c == NULL || f == NULL || !zy_pdf_parse(f, zy_buf_bytes(pdf), NULL, &a, err) ||
	    !zy_pdf_dss_parse(&dss, f, &a, err))
		return false;
	if (!zy_collect_open(c, x, &a, err))
		return false;
	ok = collect(c, f, &dss, err) && put_store(c, pdf, err);
	zy_collect_close(c);
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
