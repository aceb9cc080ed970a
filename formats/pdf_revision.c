#include "zy/pdf_revision.h"

#include <stdio.h>

#include "pdf_planning.h"
#include "zy/text.h"

bool pdf_plan_refuse(struct zy_error *err, const char *field, const char *why)
{
	return zy_fail(err, ZY_E_PDF, field, ZY_NOWHERE, "this PDF cannot be signed: %s", why);
}

static struct zy_pdf_reference reference_of(const struct pdf_planning *p, qpdf_oh oh)
{
	if (!qpdf_oh_is_indirect(p->r.q, oh))
		return (struct zy_pdf_reference){ 0 };
	return (struct zy_pdf_reference){ (unsigned)qpdf_oh_get_object_id(p->r.q, oh),
		(unsigned)qpdf_oh_get_generation(p->r.q, oh) };
}

bool pdf_plan_rewrite(struct pdf_planning *p, qpdf_oh object, const struct zy_buf *text, struct zy_error *err)
{
	struct zy_pdf_rewritten *w = &p->out->rewritten[p->out->num_rewritten];

	if (!zy_buf_done(text, "PDF", err))
		return false;
	w->id = reference_of(p, object);
	p->out->num_rewritten++;
	return (w->text = zy_arena_text(p->r.arena, zy_buf_bytes(text), err)) != NULL;
}

void pdf_plan_put_open(struct pdf_planning *p, qpdf_oh dict, struct zy_buf *out)
{
	const char *text = qpdf_oh_unparse_resolved(p->r.q, dict);
	size_t len = strlen(text);

	zy_buf_put(out, ZY_BYTES(text, len >= 2 ? len - 2 : 0));
}

/* The items of a list as they are, then the widget if it is new. */
static void put_list(struct pdf_planning *p, qpdf_oh list, struct zy_buf *out)
{
	zy_buf_put_str(out, "[ ");
	for (int i = 0, n = pdf_handles_num_items(&p->r, list); i < n; i++)
		zy_buf_printf(out, "%s ", qpdf_oh_unparse(p->r.q, qpdf_oh_get_array_item(p->r.q, list, i)));
	if (!p->out->fills)
		zy_buf_printf(out, "%u 0 R ", p->widget);
	zy_buf_put_str(out, "]");
}

/* SignaturesExist and AppendOnly (12.7.2, table 219). The list of fields comes to stand in the form. */
static void put_form(struct pdf_planning *p, struct zy_buf *out)
{
	qpdf_oh fields = pdf_handle_get(&p->r, p->form, "/Fields");

	if (qpdf_oh_is_null(p->r.q, p->form)) {
		zy_buf_printf(out, "<< /Fields [%u 0 R] /SigFlags 3 >>", p->widget);
		return;
	}
	qpdf_oh_remove_key(p->r.q, p->form, "/Fields");
	qpdf_oh_remove_key(p->r.q, p->form, "/SigFlags");
	pdf_plan_put_open(p, p->form, out);
	zy_buf_put_str(out, "/SigFlags 3 /Fields ");
	put_list(p, fields, out);
	zy_buf_put_str(out, " >>");
}

/* What the catalog gets: a form that stands in it, the store, whose signature certifies. */
static void put_members(struct pdf_planning *p, struct zy_bytes form, struct zy_buf *out)
{
	if (form.len > 0) {
		qpdf_oh_remove_key(p->r.q, p->root, "/AcroForm");
		zy_buf_put_str(out, "/AcroForm ");
		zy_buf_put(out, form);
		zy_buf_put_str(out, " ");
	}
	if (p->what->what == ZY_PDF_ADDS_STORE && p->out->store.number == p->out->next) {
		qpdf_oh_remove_key(p->r.q, p->root, "/DSS");
		zy_buf_printf(out, "/DSS %u 0 R ", p->out->next);
	}
	if (p->what->certify != 0)
		zy_buf_printf(out, "/Perms << /DocMDP %u 0 R >> ", p->out->next + 2);
}

static bool plan_catalog(struct pdf_planning *p, struct zy_error *err)
{
	ZY_BUF_AUTO form = { 0 };
	ZY_BUF_AUTO members = { 0 };
	ZY_BUF_AUTO catalog = { 0 };

	if (p->what->what != ZY_PDF_ADDS_STORE) {
		put_form(p, &form);
		if (qpdf_oh_is_indirect(p->r.q, p->form)) {
			if (!pdf_plan_rewrite(p, p->form, &form, err))
				return false;
			form.len = 0;
		}
	}
	put_members(p, zy_buf_bytes(&form), &members);
	if (members.len == 0)
		return true;
	pdf_plan_put_open(p, p->root, &catalog);
	zy_buf_put(&catalog, zy_buf_bytes(&members));
	zy_buf_put_str(&catalog, ">>");
	return zy_buf_done(&form, "PDF", err) && zy_buf_done(&members, "PDF", err) &&
	       pdf_plan_rewrite(p, p->root, &catalog, err);
}

static bool plan_annotations(struct pdf_planning *p, struct zy_error *err)
{
	qpdf_oh list = pdf_handle_get(&p->r, p->page, "/Annots");
	ZY_BUF_AUTO out = { 0 };

	if (!qpdf_oh_is_null(p->r.q, list) && !qpdf_oh_is_array(p->r.q, list))
		return pdf_plan_refuse(err, "Annots", "a page's /Annots is no list");
	if (qpdf_oh_is_array(p->r.q, list) && qpdf_oh_is_indirect(p->r.q, list)) {
		put_list(p, list, &out);
		return pdf_plan_rewrite(p, list, &out, err);
	}
	qpdf_oh_remove_key(p->r.q, p->page, "/Annots");
	pdf_plan_put_open(p, p->page, &out);
	zy_buf_put_str(&out, "/Annots ");
	put_list(p, list, &out);
	zy_buf_put_str(&out, " >>");
	return pdf_plan_rewrite(p, p->page, &out, err);
}

/* An attribute of the page or of what it lies under (7.7.3.4). */
static qpdf_oh inherited(struct pdf_planning *p, const char *key)
{
	qpdf_oh node = p->page, value = pdf_handle_get(&p->r, node, key);

	for (int i = 0; i < TREE_DEPTH_MAX && qpdf_oh_is_null(p->r.q, value); i++) {
		node = pdf_handle_get(&p->r, node, "/Parent");
		value = pdf_handle_get(&p->r, node, key);
	}
	return value;
}

/* left, bottom, right, top */
static bool read_corners(struct pdf_planning *p, const char *key, double v[4])
{
	qpdf_oh box = inherited(p, key);

	for (int i = 0; i < 4; i++)
		if (pdf_handles_num_items(&p->r, box) != 4 ||
		    !qpdf_oh_get_value_as_number(p->r.q, qpdf_oh_get_array_item(p->r.q, box, i), &v[i]))
			return false;
	for (int i = 0; i < 2; i++)
		if (v[i] > v[i + 2]) {
			const double least = v[i + 2];

			v[i + 2] = v[i];
			v[i] = least;
		}
	return true;
}

/* What is seen of the page: its CropBox, as far as it lies in the MediaBox (14.11.2.1), or all of that. */
static bool read_box(struct pdf_planning *p, struct zy_error *err)
{
	double page[4], crop[4];

	if (!read_corners(p, "/MediaBox", page))
		return pdf_plan_refuse(err, "MediaBox", "the page has no box of four numbers");
	if (read_corners(p, "/CropBox", crop) && crop[0] < page[2] && crop[2] > page[0] && crop[1] < page[3] &&
	    crop[3] > page[1])
		for (int i = 0; i < 4; i++)
			page[i] = (i < 2) == (crop[i] > page[i]) ? crop[i] : page[i];
	p->out->left = page[0];
	p->out->bottom = page[1];
	p->out->width = page[2] - page[0];
	p->out->height = page[3] - page[1];
	return true;
}

/* How many points one unit of the page is (14.11, PDF 1.6); not inherited. */
static void read_unit(struct pdf_planning *p)
{
	double v;

	p->out->unit = 1;
	if (qpdf_oh_get_value_as_number(p->r.q, pdf_handle_get(&p->r, p->page, "/UserUnit"), &v) && v > 0 && v <= 75000)
		p->out->unit = v;
}

bool pdf_plan_rotation(struct pdf_planning *p, struct zy_error *err)
{
	qpdf_oh turn = inherited(p, "/Rotate");
	int v = 0;

	if (qpdf_oh_is_integer(p->r.q, turn) && !qpdf_oh_get_value_as_int(p->r.q, turn, &v))
		v = 1;
	if (v % 90 != 0)
		return pdf_plan_refuse(err, "Rotate", "the page is turned by no right angle");
	p->out->rotate = (v % 360 + 360) % 360;
	return true;
}

static bool is_taken(struct pdf_planning *p, const char *name)
{
	qpdf_oh fields = pdf_handle_get(&p->r, p->form, "/Fields");

	for (int i = 0, n = pdf_handles_num_items(&p->r, fields); i < n; i++) {
		qpdf_oh title = pdf_handle_get(&p->r, qpdf_oh_get_array_item(p->r.q, fields, i), "/T");

		if (qpdf_oh_is_string(p->r.q, title) && strcmp(qpdf_oh_get_utf8_value(p->r.q, title), name) == 0)
			return true;
	}
	return false;
}

static void name_field(struct pdf_planning *p)
{
	const char *kind = p->what->what == ZY_PDF_ADDS_STAMP ? "Time" : "Seal";
	unsigned n = 0;

	do
		snprintf(p->out->field, sizeof(p->out->field), "%s%u", kind, ++n);
	while (is_taken(p, p->out->field));
}

/* The number behind the last startxref, and what begins there. */
static bool find_previous(struct pdf_planning *p, struct zy_error *err)
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
		return pdf_plan_refuse(err, "startxref", "it leads to no cross-reference section");
	p->out->previous = v;
	p->out->as_stream = in.p[v] >= '0' && in.p[v] <= '9';
	return true;
}

static bool read_id(struct pdf_planning *p, qpdf_oh id, struct zy_error *err)
{
	for (int i = 0; i < 2 && pdf_handles_num_items(&p->r, id) == 2; i++) {
		size_t len = 0;
		const char *bytes =
		    qpdf_oh_get_binary_string_value(p->r.q, qpdf_oh_get_array_item(p->r.q, id, i), &len);

		if (!zy_arena_copy(p->r.arena, ZY_BYTES(bytes, len), &p->out->id[i], err))
			return false;
	}
	return true;
}

static bool read_trailer(struct pdf_planning *p, size_t size, struct zy_error *err)
{
	qpdf_oh trailer = qpdf_get_trailer(p->r.q);

	p->root = pdf_handle_get(&p->r, trailer, "/Root");
	p->form = pdf_handle_get(&p->r, p->root, "/AcroForm");
	p->out->root = reference_of(p, p->root);
	p->out->info = reference_of(p, pdf_handle_get(&p->r, trailer, "/Info"));
	p->out->next = (unsigned)size;
	p->out->store = reference_of(p, pdf_handle_get(&p->r, p->root, "/DSS"));
	if (p->out->store.number == 0)
		p->out->store.number = p->out->next;
	p->widget = p->out->next + 1;
	for (int i = 0; i < 4; i++)
		if (!qpdf_oh_is_null(p->r.q, qpdf_get_object_by_id(p->r.q, (int)size + i, 0)))
			return pdf_plan_refuse(err, "Size", "it has more objects than its trailer says");
	if (!qpdf_oh_is_null(p->r.q, p->form) && !qpdf_oh_is_dictionary(p->r.q, p->form))
		return pdf_plan_refuse(err, "AcroForm", "its form is no dictionary");
	if (!qpdf_oh_is_null(p->r.q, pdf_handle_get(&p->r, p->form, "/XFA")))
		return pdf_plan_refuse(err, "XFA", "it shows an XFA form, which a signature does not hold fast");
	return read_id(p, pdf_handle_get(&p->r, trailer, "/ID"), err);
}

/* What the author's certification and locks leave to others (12.8.2.2, ISO 32000-2 table 237). Time-stamps and stores
 * are no changes (ISO 32000-2 table 257); a new field that is seen could be put over anything. */
static bool check_permitted(struct pdf_planning *p, const struct zy_pdf *facts, struct zy_error *err)
{
	const struct pdf_value *root = pdf_get(facts->newest, &facts->newest->trailer, "Root");
	struct pdf_locks locks;
	unsigned level;

	if (p->what->what != ZY_PDF_ADDS_SEAL)
		return true;
	if (!pdf_read_locks(&locks, facts->newest, root, p->r.arena, err))
		return false;
	if (p->what->certify != 0 &&
	    (facts->num_signatures > 0 || !qpdf_oh_is_null(p->r.q, pdf_handle_get(&p->r, p->root, "/Perms"))))
		return pdf_plan_refuse(err, "DocMDP", "only the first signature can certify it");
	level = pdf_permitted(&locks, pdf_certified(facts->newest, root));
	if (level == 1)
		return pdf_plan_refuse(
		    err, "DocMDP", "its author certified it, or a signature locks it, and permits no change");
	if (level != 0 && p->what->field == NULL)
		return pdf_plan_refuse(err, "DocMDP",
		    "it is certified or locked: only its empty signature fields can be signed (--field NAME)");
	return true;
}

static bool find_page(struct pdf_planning *p, unsigned page, struct zy_error *err)
{
	int num = qpdf_get_num_pages(p->r.q);

	if (page < 1 || num < 1 || page > (unsigned)num)
		return zy_fail(
		    err, ZY_E_NOT_FOUND, "page", ZY_NOWHERE, "there is no page %u; the document has %d", page, num);
	p->page = qpdf_get_page_n(p->r.q, page - 1);
	p->out->page = reference_of(p, p->page);
	read_unit(p);
	return read_box(p, err) && pdf_plan_rotation(p, err);
}

/* Where the new field goes, or which field is filled; only a store needs neither. */
static bool plan_field(struct pdf_planning *p, struct zy_error *err)
{
	if (p->what->what == ZY_PDF_ADDS_STORE)
		return true;
	if (p->what->field != NULL)
		return pdf_plan_find_field(p, err);
	name_field(p);
	return find_page(p, p->what->what == ZY_PDF_ADDS_STAMP ? 1 : p->what->page, err);
}

static bool plan_objects(struct pdf_planning *p, struct zy_error *err)
{
	return plan_catalog(p, err) && (p->what->what == ZY_PDF_ADDS_STORE ||
					   (p->out->fills ? pdf_plan_filled(p, err) : plan_annotations(p, err)));
}

bool zy_pdf_revision_plan(struct zy_pdf_revision *out, struct zy_bytes pdf, const struct zy_pdf_addition *what,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_pdf_revision plan = { 0 };
	struct pdf_planning p = { .r = { .arena = a, .in = pdf }, .out = &plan, .what = what };
	struct zy_pdf *facts = zy_arena_alloc(a, sizeof(*facts), err);
	bool ok;

	if (facts == NULL || !zy_pdf_parse(facts, pdf, NULL, a, err))
		return false;
	ok = pdf_handles_open(&p.r, err) && find_previous(&p, err) && read_trailer(&p, facts->newest->declared, err) &&
	     check_permitted(&p, facts, err) && plan_field(&p, err) && plan_objects(&p, err) &&
	     pdf_handles_check_quiet(&p.r, err);
	if (p.r.q != NULL)
		qpdf_cleanup(&p.r.q);
	if (ok)
		*out = plan;
	return ok;
}
