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
	const struct zy_seal_place place = zy_seal_fit(&w->seal->picture, zy_face_seal_place(w->face));
	const struct zy_pdf_page page = zy_face_pdf_page(w->face);
	const zy_time now = zy_now(w->desk->clock);
	ZY_BUF_AUTO ofd = { 0 };
	ZY_BUF_AUTO pdf = { 0 };

	if ((w->forms & ZY_FORM_OFD) != 0 &&
	    (!zy_ofd_seal(w->desk->hsm, w->seal, w->type->item_code, w->package, place, now, w->arena, &ofd, err) ||
		!keep_file(w, ZY_FORM_OFD, &ofd, err)))
		return false;
	return (w->forms & ZY_FORM_PDF) == 0 ||
	       (zy_pdf_seal(w->desk->hsm, w->seal, w->type->item_code, w->pdf, &page, place, now, &pdf, err) &&
		   keep_file(w, ZY_FORM_PDF, &pdf, err));
}

/* A licence whose legal time has not begun, or is over, is sound all the same: the report says so, and nothing else may
 * be wrong. */
static bool is_about_dates(const struct zy_finding *f)
{
	return strcmp(f->rule->code, "licence-not-yet-valid") == 0 || strcmp(f->rule->code, "licence-expired") == 0 ||
	       strcmp(f->rule->code, "licence-lapsed") == 0;
}

bool zy_licence_judge(
    struct zy_desk *d, const char *identifier, struct zy_bytes file, const char **fault, struct zy_error *err)
{
	ZY_REPORT_AUTO r = { 0 };

	zy_report_start(&r, identifier, zy_now(d->clock));
	if (!zy_judge_file(d->keys, &d->trust, file, r.at, &r, err))
		return false;
	*fault = NULL;
	if (!r.has_licence || strcmp(r.licence.identifier, identifier) != 0 || r.num_signatures == 0)
		*fault = "another-licence";
	for (const struct zy_finding *f = r.first; f != NULL && *fault == NULL; f = f->next)
		if (f->rule->severity <= ZY_SEVERITY_UNKNOWN && !is_about_dates(f))
			*fault = f->rule->code;
	return true;
}

bool zy_mint_self_verify(struct zy_mint_work *w, struct zy_error *err)
{
	const char *fault;

	for (size_t i = 0; i < w->out.num_files; i++) {
		if (!zy_licence_judge(w->desk, w->record.identifier, w->out.files[i].bytes, &fault, err))
			return false;
		if (fault != NULL)
			return zy_fail(err, ZY_E_SELF_VERIFY, "self-verify", ZY_NOWHERE,
			    "the new %s does not verify (%s); nothing was released",
			    w->out.files[i].form == ZY_FORM_OFD ? "OFD" : "PDF", fault);
	}
	return true;
}
