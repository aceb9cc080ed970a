#include "pdf_internal.h"

#include <string.h>

#include "zy/text.h"

#define TREE_DEPTH_MAX 16
#define MM_PER_POINT (25.4 / 72.0)

/* MediaBox may come from a parent (ISO 32000-1 7.7.3.4). */
static bool read_page_size(struct pdf_reading *p, const struct pdf_value *page, struct zy_error *err)
{
	const struct pdf_value *box = pdf_get(p->d, page, "MediaBox");
	double v[4] = { 0 };

	for (int i = 0; i < TREE_DEPTH_MAX && pdf_num_items(p->d, box) != 4; i++) {
		page = pdf_get(p->d, page, "Parent");
		box = pdf_get(p->d, page, "MediaBox");
	}
	for (size_t i = 0; i < 4; i++)
		if (pdf_num_items(p->d, box) != 4 || !pdf_real(p->d, pdf_item(p->d, box, i), &v[i]))
			return zy_fail(err, ZY_E_PDF, "MediaBox", ZY_NOWHERE, "page 1 has no MediaBox of four numbers");
	p->out->origin_x = v[0];
	p->out->origin_y = v[1];
	p->out->width_mm = (v[2] - v[0]) * MM_PER_POINT;
	p->out->height_mm = (v[3] - v[1]) * MM_PER_POINT;
	return true;
}

static bool read_pages(struct pdf_reading *p, struct zy_error *err)
{
	const struct pdf_value **pages;

	if (!pdf_pages(p->d, &pages, &p->out->num_pages, err))
		return false;
	if (p->out->num_pages == 0)
		return zy_fail(err, ZY_E_PDF, "Pages", ZY_NOWHERE, "the document has no page");
	p->out->first_page = pdf_number_of(pages[0]);
	p->out->has_annotations = !pdf_is(p->d, pdf_get(p->d, pages[0], "Annots"), PDF_NULL);
	return read_page_size(p, pages[0], err);
}

static bool take_attached(struct pdf_reading *p, const struct pdf_value *v, struct zy_error *err)
{
	const struct pdf_value *dict = &pdf_null, *filter;
	struct zy_bytes raw;

	v = pdf_resolve(p->d, v);
	if (v->kind == PDF_STREAM)
		dict = &v->as.stream->dict;
	filter = pdf_resolve(p->d, pdf_get(p->d, dict, "Filter"));
	if (filter->kind == PDF_ARRAY && filter->as.list.num == 1)
		filter = pdf_resolve(p->d, pdf_item(p->d, filter, 0));
	/* An unwritten /DecodeParms and one filter: nothing else is needed for an attached record. */
	if (dict->kind != PDF_DICT || pdf_member(dict, "F") != NULL || pdf_member(dict, "DecodeParms") != NULL ||
	    !(filter->kind == PDF_NULL || pdf_name_is(filter, "FlateDecode")))
		return zy_fail(err, ZY_E_PDF, "EmbeddedFile", ZY_NOWHERE,
		    "the attached file is no stream inside this file, plain or FlateDecode");
	if (v->as.stream->len > ZY_PDF_ATTACHED_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "EmbeddedFile", v->as.stream->at, "over %zu bytes", ZY_PDF_ATTACHED_MAX);
	if (!pdf_bytes(p->d->f, v->as.stream->at, v->as.stream->len, p->arena, &raw, err))
		return false;
	return filter->kind == PDF_NULL ? zy_arena_copy(p->arena, raw, &p->out->attached, err)
					: pdf_inflate(raw, ZY_PDF_ATTACHED_MAX, p->arena, &p->out->attached, err);
}

static bool read_file_spec(
    struct pdf_reading *p, const struct pdf_value *spec, const char *wanted, struct zy_error *err)
{
	const struct pdf_value *unicode = pdf_get(p->d, spec, "UF");
	const char *name = pdf_text(p, pdf_is(p->d, unicode, PDF_STRING) ? unicode : pdf_get(p->d, spec, "F"), err);

	if (name == NULL)
		return false;
	p->out->num_attached++;
	if (wanted == NULL || strcmp(name, wanted) != 0)
		return true;
	if (p->out->attached.p != NULL)
		return zy_fail(err, ZY_E_PDF, "EmbeddedFiles", ZY_NOWHERE, "two embedded files named %s", wanted);
	return take_attached(p, pdf_get(p->d, pdf_get(p->d, spec, "EF"), "F"), err);
}

static bool read_name_tree(struct pdf_reading *p, const struct pdf_value *node, const char *wanted, int depth,
    unsigned *num, struct zy_error *err)
{
	const struct pdf_value *kids = pdf_get(p->d, node, "Kids"), *names = pdf_get(p->d, node, "Names");

	if (depth > TREE_DEPTH_MAX || ++*num > 1024)
		return zy_fail(err, ZY_E_TOO_LARGE, "EmbeddedFiles", ZY_NOWHERE, "the name tree is too deep or wide");
	for (size_t i = 1, n = pdf_num_items(p->d, names); i < n; i += 2)
		if (!read_file_spec(p, pdf_item(p->d, names, i), wanted, err))
			return false;
	for (size_t i = 0, n = pdf_num_items(p->d, kids); i < n; i++)
		if (!read_name_tree(p, pdf_item(p->d, kids, i), wanted, depth + 1, num, err))
			return false;
	return true;
}

static bool read_id(struct pdf_reading *p, const struct pdf_value *id, struct zy_error *err)
{
	for (size_t i = 0; i < 2 && pdf_num_items(p->d, id) == 2; i++) {
		const struct pdf_value *item = pdf_resolve(p->d, pdf_item(p->d, id, i));

		if (item->kind != PDF_STRING)
			return zy_fail(err, ZY_E_PDF, "ID", ZY_NOWHERE, "the trailer's /ID is not two strings");
		if (!pdf_string(item, p->arena, &p->out->id[i], err))
			return false;
	}
	return true;
}

/* /OpenAction may say no more than which page is shown first (7.7.2, 12.3.2.2), as office programs write it. */
static bool acts(struct pdf_doc *d, const struct pdf_value *action)
{
	const struct pdf_value *v = pdf_resolve(d, action);

	if (v->kind == PDF_DICT && pdf_name_is(pdf_resolve(d, pdf_get(d, v, "S")), "GoTo") &&
	    pdf_member(v, "Next") == NULL)
		v = pdf_resolve(d, pdf_get(d, v, "D"));
	return v->kind != PDF_NULL && v->kind != PDF_ARRAY;
}

static bool read_catalog(struct pdf_reading *p, const char *attached, struct zy_error *err)
{
	const struct pdf_value *trailer = &p->d->trailer, *root = pdf_get(p->d, trailer, "Root"), *form;
	unsigned num = 0;

	if (pdf_number_of(root) == 0 || !pdf_is(p->d, root, PDF_DICT))
		return zy_fail(err, ZY_E_PDF, "Root", ZY_NOWHERE, "the trailer has no indirect catalog");
	p->out->catalog = pdf_number_of(root);
	p->out->info = pdf_number_of(pdf_get(p->d, trailer, "Info"));
	if (!read_id(p, pdf_get(p->d, trailer, "ID"), err))
		return false;
	form = pdf_get(p->d, root, "AcroForm");
	p->out->has_form = !pdf_is(p->d, form, PDF_NULL);
	p->out->has_xfa = !pdf_is(p->d, pdf_get(p->d, form, "XFA"), PDF_NULL);
	p->out->has_open_action = acts(p->d, pdf_get(p->d, root, "OpenAction"));
	return pdf_read_signatures(p, form, err) &&
	       read_name_tree(p, pdf_get(p->d, pdf_get(p->d, root, "Names"), "EmbeddedFiles"), attached, 0, &num, err);
}

/* What the whole file tells, whether anything leads to it or not. */
static void note_whole(struct pdf_reading *p)
{
	const struct pdf_file *f = p->d->f;
	size_t num = p->d->seen.num_ranges + f->old.num_ranges + f->num_loose_ranges;

	p->out->has_javascript = p->d->seen.javascript;
	p->out->has_additional_actions = p->d->seen.additional_actions;
	p->out->num_stray = num > p->num_reached ? num - p->num_reached : 0;
	p->out->num_revisions = f->num_revisions;
	memcpy(p->out->revision_end, f->revision_end, sizeof(f->revision_end));
	p->out->num_trailing = f->len - f->revision_end[f->num_revisions - 1];
	p->out->loose_at = f->loose_at;
	p->out->newest = p->d;
}

bool zy_pdf_parse(
    struct zy_pdf *out, struct zy_bytes in, const char *attached, struct zy_arena *a, struct zy_error *err)
{
	struct pdf_file *f = zy_arena_alloc(a, sizeof(*f), err);
	struct zy_pdf pdf = { 0 };
	struct pdf_reading p = { .out = &pdf, .arena = a, .in = in };

	if (f == NULL)
		return false;
	if (in.len > ZY_PDF_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "PDF", ZY_NOWHERE, "more than %zu bytes", ZY_PDF_MAX);
	*f = (struct pdf_file){ .in = in, .len = in.len, .in_file = zy_mapped_holds(in), .arena = a };
	if (!pdf_file_open(f, &p.d, err))
		return false;
	note_whole(&p);
	if (!read_pages(&p, err) || !read_catalog(&p, attached, err))
		return false;
	note_whole(&p);
	if (!pdf_check_answers(p.d, err))
		return false;
	*out = pdf;
	return true;
}
