#include "zy/pdf_fields.h"

#include "pdf_internal.h"

#define DEPTH_MAX 16
#define LOOKED_AT_MAX 4096

struct listing {
	struct pdf_reading r;
	struct zy_pdf_fields *out;
	const struct pdf_value **pages;
	size_t num_pages, num_seen;
};

static unsigned page_of(struct listing *l, const struct pdf_value *field)
{
	unsigned number = pdf_number_of(pdf_get(l->r.d, field, "P"));

	for (size_t i = 0; number != 0 && i < l->num_pages; i++)
		if (pdf_number_of(l->pages[i]) == number)
			return (unsigned)i + 1;
	return 0;
}

static const char *lock_of(struct listing *l, const struct pdf_value *field, struct zy_error *err)
{
	const struct pdf_value *lock = pdf_get(l->r.d, field, "Lock"), *fields = pdf_get(l->r.d, lock, "Fields");
	const char *name = pdf_name(&l->r, pdf_get(l->r.d, lock, "Action"), err);
	ZY_BUF_AUTO text = { 0 };
	long long p;

	if (name == NULL)
		return NULL;
	zy_buf_put_str(&text, name);
	for (size_t i = 0, n = pdf_num_items(l->r.d, fields); i < n; i++) {
		if ((name = pdf_text(&l->r, pdf_item(l->r.d, fields, i), err)) == NULL)
			return NULL;
		zy_buf_printf(&text, " %.100s", name);
	}
	if (pdf_integer(l->r.d, pdf_get(l->r.d, lock, "P"), &p))
		zy_buf_printf(&text, ", P %lld", p);
	return zy_buf_done(&text, "Lock", err) ? zy_arena_text(l->r.arena, zy_buf_bytes(&text), err) : NULL;
}

/* A field's /Kids are widgets, or fields that have names (12.7.3.1); it is its own widget without them. */
static const struct pdf_value *first_widget(struct listing *l, const struct pdf_value *field)
{
	const struct pdf_value *kids = pdf_get(l->r.d, field, "Kids");

	if (pdf_num_items(l->r.d, kids) == 0)
		return field;
	kids = pdf_item(l->r.d, kids, 0);
	return pdf_is(l->r.d, pdf_get(l->r.d, kids, "T"), PDF_NULL) ? kids : NULL;
}

static bool note(struct listing *l, const struct pdf_value *field, const struct pdf_value *widget, const char *name,
    struct zy_error *err)
{
	struct zy_pdf_field *f = &l->out->fields[l->out->num];

	if (l->out->num == ZY_PDF_FIELDS_MAX)
		return true;
	l->out->num++;
	*f = (struct zy_pdf_field){ .name = name,
		.is_signed = !pdf_is(l->r.d, pdf_get(l->r.d, field, "V"), PDF_NULL),
		.is_seen = pdf_is_seen(l->r.d, widget),
		.has_seed = !pdf_is(l->r.d, pdf_get(l->r.d, field, "SV"), PDF_NULL),
		.page = page_of(l, widget) };
	return (f->lock = lock_of(l, field, err)) != NULL;
}

static bool list(struct listing *l, const struct pdf_value *fields, const char *above, bool is_signature, int depth,
    struct zy_error *err)
{
	for (size_t i = 0, n = depth > DEPTH_MAX ? 0 : pdf_num_items(l->r.d, fields); i < n; i++) {
		const struct pdf_value *field = pdf_item(l->r.d, fields, i), *type = pdf_get(l->r.d, field, "FT"),
				       *widget = first_widget(l, field);
		const char *own = pdf_text(&l->r, pdf_get(l->r.d, field, "T"), err), *name;
		bool is = pdf_is(l->r.d, type, PDF_NULL) ? is_signature : pdf_name_is(pdf_resolve(l->r.d, type), "Sig");

		if (own == NULL || ++l->num_seen > LOOKED_AT_MAX)
			return own != NULL;
		name = zy_arena_printf(l->r.arena, err, "%s%s%s", above, above[0] != 0 && own[0] != 0 ? "." : "", own);
		if (name == NULL || (widget == NULL ? !list(l, pdf_get(l->r.d, field, "Kids"), name, is, depth + 1, err)
						    : is && !note(l, field, widget, name, err)))
			return false;
	}
	return true;
}

bool zy_pdf_fields_parse(struct zy_pdf_fields *out, const struct zy_pdf *pdf, struct zy_arena *a, struct zy_error *err)
{
	struct zy_pdf_fields fields = { 0 };
	struct listing l = { .r = { .d = pdf->newest, .arena = a }, .out = &fields };
	const struct pdf_value *root = pdf_get(pdf->newest, &pdf->newest->trailer, "Root");

	if ((fields.fields = zy_arena_array(a, ZY_PDF_FIELDS_MAX, sizeof(*fields.fields), err)) == NULL ||
	    !pdf_pages(pdf->newest, &l.pages, &l.num_pages, err))
		return false;
	fields.certified = pdf_certified(pdf->newest, root);
	if (!list(&l, pdf_get(pdf->newest, pdf_get(pdf->newest, root, "AcroForm"), "Fields"), "", false, 0, err) ||
	    !pdf_check_answers(pdf->newest, err))
		return false;
	*out = fields;
	return true;
}
