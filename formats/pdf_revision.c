#include "zy/pdf_revision.h"

#include <stdio.h>

#include "pdf_internal.h"
#include "zy/text.h"

#define TREE_DEPTH_MAX 32

struct planning {
	struct pdf_reading r;
	struct zy_pdf_revision *out;
	qpdf_oh root, form, page;
	unsigned widget;
};

static bool refuse(struct zy_error *err, const char *field, const char *why)
{
	return zy_fail(err, ZY_E_PDF, field, ZY_NOWHERE, "this PDF cannot be signed: %s", why);
}

static struct zy_pdf_reference reference_of(const struct planning *p, qpdf_oh oh)
{
	if (!qpdf_oh_is_indirect(p->r.q, oh))
		return (struct zy_pdf_reference){ 0 };
	return (struct zy_pdf_reference){ (unsigned)qpdf_oh_get_object_id(p->r.q, oh),
		(unsigned)qpdf_oh_get_generation(p->r.q, oh) };
}

static bool rewrite(struct planning *p, qpdf_oh object, const struct zy_buf *text, struct zy_error *err)
{
	struct zy_pdf_rewritten *w = &p->out->rewritten[p->out->num_rewritten];

	if (!zy_buf_done(text, "PDF", err))
		return false;
	w->id = reference_of(p, object);
	p->out->num_rewritten++;
	return (w->text = zy_arena_text(p->r.arena, zy_buf_bytes(text), err)) != NULL;
}

/* A dictionary without its last >>, to which members are added. */
static void put_open(struct planning *p, qpdf_oh dict, struct zy_buf *out)
{
	const char *text = qpdf_oh_unparse_resolved(p->r.q, dict);
	size_t len = strlen(text);

	zy_buf_put(out, ZY_BYTES(text, len >= 2 ? len - 2 : 0));
}

/* The items of a list as they are, then the widget. */
static void put_list(struct planning *p, qpdf_oh list, struct zy_buf *out)
{
	zy_buf_put_str(out, "[ ");
	for (int i = 0, n = pdf_num_items(&p->r, list); i < n; i++)
		zy_buf_printf(out, "%s ", qpdf_oh_unparse(p->r.q, qpdf_oh_get_array_item(p->r.q, list, i)));
	zy_buf_printf(out, "%u 0 R ]", p->widget);
}

/* SignaturesExist and AppendOnly (12.7.2, table 219). The list of fields comes to stand in the form. */
static void put_form(struct planning *p, struct zy_buf *out)
{
	qpdf_oh fields = pdf_get(&p->r, p->form, "/Fields");

	if (qpdf_oh_is_null(p->r.q, p->form)) {
		zy_buf_printf(out, "<< /Fields [%u 0 R] /SigFlags 3 >>", p->widget);
		return;
	}
	qpdf_oh_remove_key(p->r.q, p->form, "/Fields");
	qpdf_oh_remove_key(p->r.q, p->form, "/SigFlags");
	put_open(p, p->form, out);
	zy_buf_put_str(out, "/SigFlags 3 /Fields ");
	put_list(p, fields, out);
	zy_buf_put_str(out, " >>");
}

static bool plan_form(struct planning *p, struct zy_error *err)
{
	ZY_BUF_AUTO form = { 0 };
	ZY_BUF_AUTO catalog = { 0 };
	bool apart = qpdf_oh_is_indirect(p->r.q, p->form) != QPDF_FALSE;

	put_form(p, &form);
	if (apart)
		return rewrite(p, p->form, &form, err);
	qpdf_oh_remove_key(p->r.q, p->root, "/AcroForm");
	put_open(p, p->root, &catalog);
	zy_buf_put_str(&catalog, "/AcroForm ");
	zy_buf_put(&catalog, zy_buf_bytes(&form));
	zy_buf_put_str(&catalog, " >>");
	return zy_buf_done(&form, "PDF", err) && rewrite(p, p->root, &catalog, err);
}

static bool plan_annotations(struct planning *p, struct zy_error *err)
{
	qpdf_oh list = pdf_get(&p->r, p->page, "/Annots");
	ZY_BUF_AUTO out = { 0 };

	if (!qpdf_oh_is_null(p->r.q, list) && !qpdf_oh_is_array(p->r.q, list))
		return refuse(err, "Annots", "a page's /Annots is no list");
	if (qpdf_oh_is_array(p->r.q, list) && qpdf_oh_is_indirect(p->r.q, list)) {
		put_list(p, list, &out);
		return rewrite(p, list, &out, err);
	}
	qpdf_oh_remove_key(p->r.q, p->page, "/Annots");
	put_open(p, p->page, &out);
	zy_buf_put_str(&out, "/Annots ");
	put_list(p, list, &out);
	zy_buf_put_str(&out, " >>");
	return rewrite(p, p->page, &out, err);
}

/* An attribute of the page or of what it lies under (7.7.3.4). */
static qpdf_oh inherited(struct planning *p, const char *key)
{
	qpdf_oh node = p->page, value = pdf_get(&p->r, node, key);

	for (int i = 0; i < TREE_DEPTH_MAX && qpdf_oh_is_null(p->r.q, value); i++) {
		node = pdf_get(&p->r, node, "/Parent");
		value = pdf_get(&p->r, node, key);
	}
	return value;
}

static bool read_box(struct planning *p, struct zy_error *err)
{
	qpdf_oh box = inherited(p, "/CropBox");
	double v[4];

	if (pdf_num_items(&p->r, box) != 4)
		box = inherited(p, "/MediaBox");
	for (int i = 0; i < 4; i++)
		if (pdf_num_items(&p->r, box) != 4 ||
		    !qpdf_oh_get_value_as_number(p->r.q, qpdf_oh_get_array_item(p->r.q, box, i), &v[i]))
			return refuse(err, "MediaBox", "the page has no box of four numbers");
	p->out->left = v[0] < v[2] ? v[0] : v[2];
	p->out->bottom = v[1] < v[3] ? v[1] : v[3];
	p->out->width = v[0] < v[2] ? v[2] - v[0] : v[0] - v[2];
	p->out->height = v[1] < v[3] ? v[3] - v[1] : v[1] - v[3];
	return true;
}

static bool read_rotation(struct planning *p, struct zy_error *err)
{
	qpdf_oh turn = inherited(p, "/Rotate");
	int v = 0;

	if (qpdf_oh_is_integer(p->r.q, turn) && !qpdf_oh_get_value_as_int(p->r.q, turn, &v))
		v = 1;
	if (v % 90 != 0)
		return refuse(err, "Rotate", "the page is turned by no right angle");
	p->out->rotate = (v % 360 + 360) % 360;
	return true;
}

static bool is_taken(struct planning *p, const char *name)
{
	qpdf_oh fields = pdf_get(&p->r, p->form, "/Fields");

	for (int i = 0, n = pdf_num_items(&p->r, fields); i < n; i++) {
		qpdf_oh title = pdf_get(&p->r, qpdf_oh_get_array_item(p->r.q, fields, i), "/T");

		if (qpdf_oh_is_string(p->r.q, title) && strcmp(qpdf_oh_get_utf8_value(p->r.q, title), name) == 0)
			return true;
	}
	return false;
}

static void name_field(struct planning *p)
{
	unsigned n = 0;

	do
		snprintf(p->out->field, sizeof(p->out->field), "Seal%u", ++n);
	while (is_taken(p, p->out->field));
}

/* The number behind the last startxref, and what begins there. */
static bool find_previous(struct planning *p, struct zy_error *err)
{
	static const char word[] = "startxref";
	struct zy_bytes in = p->r.in;
	size_t at = in.len, v = 0;

	while (at > 0 && (in.len - at < sizeof(word) - 1 || memcmp(in.p + at, word, sizeof(word) - 1) != 0))
		at--;
	for (at += sizeof(word) - 1; at < in.len && (in.p[at] < '0' || in.p[at] > '9'); at++)
		;
	for (; at < in.len && in.p[at] >= '0' && in.p[at] <= '9' && v <= in.len; at++)
		v = v * 10 + (size_t)(in.p[at] - '0');
	if (v == 0 || v >= in.len)
		return refuse(err, "startxref", "it leads to no cross-reference section");
	p->out->previous = v;
	p->out->as_stream = in.p[v] >= '0' && in.p[v] <= '9';
	return true;
}

static bool read_id(struct planning *p, qpdf_oh id, struct zy_error *err)
{
	for (int i = 0; i < 2 && pdf_num_items(&p->r, id) == 2; i++) {
		size_t len = 0;
		const char *bytes =
		    qpdf_oh_get_binary_string_value(p->r.q, qpdf_oh_get_array_item(p->r.q, id, i), &len);

		if (!zy_arena_copy(p->r.arena, ZY_BYTES(bytes, len), &p->out->id[i], err))
			return false;
	}
	return true;
}

static bool read_trailer(struct planning *p, struct zy_error *err)
{
	qpdf_oh trailer = qpdf_get_trailer(p->r.q);
	size_t size;

	p->root = pdf_get(&p->r, trailer, "/Root");
	p->form = pdf_get(&p->r, p->root, "/AcroForm");
	p->out->root = reference_of(p, p->root);
	p->out->info = reference_of(p, pdf_get(&p->r, trailer, "/Info"));
	if (!pdf_read_size(&p->r, &size, err))
		return false;
	p->out->next = (unsigned)size;
	p->widget = p->out->next + 1;
	for (int i = 0; i < 4; i++)
		if (!qpdf_oh_is_null(p->r.q, qpdf_get_object_by_id(p->r.q, (int)size + i, 0)))
			return refuse(err, "Size", "it has more objects than its trailer says");
	if (!qpdf_oh_is_null(p->r.q, p->form) && !qpdf_oh_is_dictionary(p->r.q, p->form))
		return refuse(err, "AcroForm", "its form is no dictionary");
	if (!qpdf_oh_is_null(p->r.q, pdf_get(&p->r, p->form, "/XFA")))
		return refuse(err, "XFA", "it shows an XFA form, which a signature does not hold fast");
	if (!qpdf_oh_is_null(p->r.q, pdf_get(&p->r, pdf_get(&p->r, p->root, "/Perms"), "/DocMDP")))
		return refuse(
		    err, "DocMDP", "its author certified it; whether more signatures may follow is his to say");
	return read_id(p, pdf_get(&p->r, trailer, "/ID"), err);
}

static bool find_page(struct planning *p, unsigned page, struct zy_error *err)
{
	int num = qpdf_get_num_pages(p->r.q);

	if (page < 1 || num < 1 || page > (unsigned)num)
		return zy_fail(
		    err, ZY_E_NOT_FOUND, "page", ZY_NOWHERE, "there is no page %u; the document has %d", page, num);
	p->page = qpdf_get_page_n(p->r.q, page - 1);
	p->out->page = reference_of(p, p->page);
	return read_box(p, err) && read_rotation(p, err);
}

bool zy_pdf_revision_plan(
    struct zy_pdf_revision *out, struct zy_bytes pdf, unsigned page, struct zy_arena *a, struct zy_error *err)
{
	struct zy_pdf_revision plan = { 0 };
	struct planning p = { .r = { .arena = a, .in = pdf }, .out = &plan };
	struct zy_pdf *facts = zy_arena_alloc(a, sizeof(*facts), err);
	bool ok;

	if (facts == NULL || !zy_pdf_parse(facts, pdf, NULL, a, err))
		return false;
	ok = pdf_open(&p.r, err) && find_previous(&p, err) && read_trailer(&p, err) && find_page(&p, page, err);
	if (ok)
		name_field(&p);
	ok = ok && plan_form(&p, err) && plan_annotations(&p, err) && pdf_check_quiet(&p.r, err);
	if (p.r.q != NULL)
		qpdf_cleanup(&p.r.q);
	if (ok)
		*out = plan;
	return ok;
}
