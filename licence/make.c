/* Steps 4 to 6: draw both faces from one layout, seal them, and judge them as an outsider would. */
#include "mint_internal.h"

bool zy_mint_draw(struct zy_mint_work *w, struct zy_error *err)
{
	if (!zy_face_lay_out(w->desk->faces, w->type, &w->record, w->arena, &w->face, err))
		return false;
	if ((w->forms & ZY_FORM_PDF) != 0) {
		ZY_BUF_AUTO pdf = { 0 };

		if (!zy_face_pdf(w->face, &w->record, &pdf, err) ||
		    !zy_arena_copy(w->arena, zy_buf_bytes(&pdf), &w->pdf, err))
			return false;
	}
	if ((w->forms & ZY_FORM_OFD) == 0)
		return true;
	w->package = zy_arena_alloc(w->arena, sizeof(*w->package), err);
	return w->package != NULL && zy_face_ofd(w->face, &w->record, w->package, w->arena, err);
}

static bool keep_file(struct zy_mint_work *w, unsigned form, const struct zy_buf *bytes, struct zy_error *err)
{
	struct zy_licence_file *f = &w->out.files[w->out.num_files];

	*f = (struct zy_licence_file){ .form = form };
	if (!zy_buf_done(bytes, "file", err) || !zy_arena_copy(w->arena, zy_buf_bytes(bytes), &f->bytes, err) ||
	    !zy_form_digest(form, f->bytes, f->digest, err))
		return false;
	w->out.num_files++;
	return true;
}

bool zy_mint_seal(struct zy_mint_work *w, struct zy_error *err)
{
	const struct zy_seal_place place = zy_face_seal_place(w->face);
	const zy_time now = zy_now(w->desk->clock);
	ZY_BUF_AUTO ofd = { 0 };
	ZY_BUF_AUTO pdf = { 0 };

	if ((w->forms & ZY_FORM_OFD) != 0 &&
	    (!zy_ofd_seal(w->desk->hsm, w->seal, w->type->item_code, w->package, place, now, w->arena, &ofd, err) ||
		!keep_file(w, ZY_FORM_OFD, &ofd, err)))
		return false;
	return (w->forms & ZY_FORM_PDF) == 0 ||
	       (zy_pdf_seal(w->desk->hsm, w->seal, w->type->item_code, w->pdf, place, now, &pdf, err) &&
		   keep_file(w, ZY_FORM_PDF, &pdf, err));
}

/* A licence whose legal time has not begun, or is over, is minted all the same: the report then says so, and nothing
 * else may be wrong. */
static bool only_about_dates(const struct zy_report *r)
{
	for (const struct zy_finding *f = r->first; f != NULL; f = f->next)
		if (f->rule->severity <= ZY_SEVERITY_UNKNOWN && strcmp(f->rule->code, "licence-not-yet-valid") != 0 &&
		    strcmp(f->rule->code, "licence-expired") != 0)
			return false;
	return true;
}

static const char *first_fault(const struct zy_report *r)
{
	for (const struct zy_finding *f = r->first; f != NULL; f = f->next)
		if (f->rule->severity <= ZY_SEVERITY_UNKNOWN)
			return f->rule->code;
	return "none";
}

bool zy_mint_self_verify(struct zy_mint_work *w, struct zy_error *err)
{
	for (size_t i = 0; i < w->out.num_files; i++) {
		ZY_REPORT_AUTO r = { 0 };

		zy_report_start(&r, "self-verify", zy_now(w->desk->clock));
		if (!zy_judge_file(w->desk->keys, &w->desk->trust, w->out.files[i].bytes, r.at, &r, err))
			return false;
		if (!r.has_licence || strcmp(r.licence.identifier, w->record.identifier) != 0 ||
		    (zy_report_indication(&r) != ZY_TOTAL_PASSED && !only_about_dates(&r)))
			return zy_fail(err, ZY_E_SELF_VERIFY, "self-verify", ZY_NOWHERE,
			    "the new %s does not verify (%s); nothing was released",
			    r.format == NULL ? "file" : r.format, first_fault(&r));
	}
	return true;
}
