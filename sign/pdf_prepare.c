#include <stdio.h>

#include "pdf_put.h"
#include "zy/pdf.h"
#include "zy/text.h"

#define XREF_ENTRY 20 /* octets: nnnnnnnnnn ggggg n and a line end of two (ISO 32000-1 7.5.4) */

/* The input taken apart, and the new object numbers. */
struct plan {
	struct zy_bytes in;
	struct zy_pdf facts;
	size_t xref;     /* offset of the table: the end of the objects */
	size_t num;      /* trailer /Size: object numbers 0..num-1 */
	size_t *offsets; /* of the objects, in the arena */
	unsigned form, widget, signature;
};

/* Text put into the bytes of an object, at an offset of the input. */
struct insertion {
	size_t at;
	char text[80];
};

static bool strange(struct zy_error *err, const char *field, size_t at, const char *what)
{
	return zy_fail(err, ZY_E_PDF, field, at, "this PDF cannot be sealed as a fresh one: %s", what);
}

static bool check_fresh(const struct zy_pdf *f, struct zy_error *err)
{
	if (f->num_revisions != 1 || f->num_trailing != 0)
		return strange(err, "startxref", ZY_NOWHERE, "it has later revisions or bytes after %%EOF");
	if (f->has_form || f->num_stray > 0)
		return strange(err, "AcroForm", ZY_NOWHERE, "it has a form or a signature already");
	if (f->has_annotations)
		return strange(err, "Annots", ZY_NOWHERE, "page 1 has annotations");
	return true;
}

static bool expect(struct zy_reader *r, const char *word, const char *field, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_bytes v;

	if (!zy_take(r, strlen(word), field, &v, err))
		return false;
	return zy_bytes_equal(v, zy_str(word)) || strange(err, field, at, "its xref table is not one classic section");
}

/* Decimal digits: exactly `width`, or, with width 0, as many as there are. */
static bool take_number(struct zy_reader *r, size_t width, const char *field, size_t *out, struct zy_error *err)
{
	size_t n = 0, v = 0, at = zy_reader_offset(r);
	uint8_t c;

	while ((width == 0 ? n < 10 : n < width) && zy_peek_u8(r, &c) && c >= '0' && c <= '9') {
		if (!zy_take_u8(r, field, &c, err))
			return false;
		v = v * 10 + (size_t)(c - '0');
		n++;
	}
	*out = v;
	return (n > 0 && (width == 0 || n == width)) ||
	       strange(err, field, at, "its xref table is not one classic section");
}

/* An entry in use, or a free one: *offset 0. A face leaves free entries for fonts that its page does not need. */
static bool take_entry(struct zy_reader *r, const struct plan *p, size_t i, size_t *offset, struct zy_error *err)
{
	struct zy_bytes kind = { 0 }, end;
	size_t at = zy_reader_offset(r), generation;
	bool free_entry;

	if (!take_number(r, 10, "xref", offset, err) || !expect(r, " ", "xref", err) ||
	    !take_number(r, 5, "xref", &generation, err) || !zy_take(r, 2, "xref", &kind, err) ||
	    !zy_take(r, 2, "xref", &end, err))
		return false;
	free_entry = zy_bytes_equal(kind, ZY_LITERAL(" f"));
	if (free_entry ? *offset != 0 || generation != 65535
		       : i == 0 || !zy_bytes_equal(kind, ZY_LITERAL(" n")) || generation != 0 || *offset == 0 ||
			     *offset >= p->xref)
		return strange(err, "xref", at, "an entry is neither free for good nor an object of generation 0");
	return true;
}

static size_t last_of(struct zy_bytes v, const char *word)
{
	size_t len = strlen(word);

	for (size_t at = v.len >= len ? v.len - len + 1 : 0; at > 0; at--)
		if (memcmp(v.p + at - 1, word, len) == 0)
			return at - 1;
	return v.len;
}

/* "startxref", its number, and there "xref 0 N" with N entries, followed by the trailer. */
static bool read_xref(struct plan *p, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(p->in);
	struct zy_bytes v;

	if (!zy_take(&r, last_of(p->in, "startxref"), "startxref", &v, err) ||
	    !expect(&r, "startxref\n", "startxref", err) || !take_number(&r, 0, "startxref", &p->xref, err))
		return false;
	r = zy_reader_over(p->in);
	if (!zy_take(&r, p->xref, "xref", &v, err) || !expect(&r, "xref\n0 ", "xref", err) ||
	    !take_number(&r, 0, "xref", &p->num, err) || !expect(&r, "\n", "xref", err))
		return false;
	if (p->num < 2 || p->num > zy_reader_left(&r) / XREF_ENTRY)
		return strange(err, "xref", p->xref, "its xref table is cut off");
	if ((p->offsets = zy_arena_array(a, p->num, sizeof(*p->offsets), err)) == NULL)
		return false;
	for (size_t i = 0; i < p->num; i++)
		if (!take_entry(&r, p, i, &p->offsets[i], err))
			return false;
	return expect(&r, "trailer", "trailer", err);
}

/* The closing >> of a dictionary object: the last one before its endobj. */
static bool find_dictionary_end(
    const struct plan *p, unsigned object, const char *field, size_t *at, struct zy_error *err)
{
	size_t from, to = p->xref;
	struct zy_bytes v;

	if (object == 0 || object >= p->num || p->offsets[object] == 0)
		return strange(err, field, ZY_NOWHERE, "an object is missing from the table");
	from = p->offsets[object];
	for (size_t i = 1; i < p->num; i++)
		if (p->offsets[i] > from && p->offsets[i] < to)
			to = p->offsets[i];
	v = ZY_BYTES(p->in.p + from, to - from);
	v.len = last_of(v, "endobj");
	while (v.len > 0 && (v.p[v.len - 1] == '\n' || v.p[v.len - 1] == ' '))
		v.len--;
	if (v.len < 2 || memcmp(v.p + v.len - 2, ">>", 2) != 0)
		return strange(err, field, from, "an object is not a plain dictionary");
	*at = from + v.len - 2;
	return true;
}

static bool plan_insertions(const struct plan *p, struct insertion in[2], struct zy_error *err)
{
	struct insertion form, page;

	snprintf(form.text, sizeof(form.text), " /AcroForm << /Fields [%u 0 R] /SigFlags 3 >> ", p->widget);
	snprintf(page.text, sizeof(page.text), " /Annots [%u 0 R] ", p->widget);
	if (!find_dictionary_end(p, p->facts.catalog, "Catalog", &form.at, err) ||
	    !find_dictionary_end(p, p->facts.first_page, "Page", &page.at, err))
		return false;
	in[0] = form.at < page.at ? form : page;
	in[1] = form.at < page.at ? page : form;
	return true;
}

/* The old objects with the two insertions; their offsets move along. */
static void put_objects(struct zy_buf *out, struct plan *p, const struct insertion in[2])
{
	zy_buf_put(out, ZY_BYTES(p->in.p, in[0].at));
	zy_buf_put_str(out, in[0].text);
	zy_buf_put(out, ZY_BYTES(p->in.p + in[0].at, in[1].at - in[0].at));
	zy_buf_put_str(out, in[1].text);
	zy_buf_put(out, ZY_BYTES(p->in.p + in[1].at, p->xref - in[1].at));
	for (size_t i = 1; i < p->num; i++) {
		size_t was = p->offsets[i];

		p->offsets[i] += (was > in[0].at ? strlen(in[0].text) : 0) + (was > in[1].at ? strlen(in[1].text) : 0);
	}
}

static bool put_widget(struct zy_buf *out, const struct plan *p, const struct zy_seal_place *at, struct zy_error *err)
{
	const struct zy_pdf *f = &p->facts;
	double top = f->origin_y + f->height_mm * PDF_POINTS_PER_MM, left = f->origin_x;

	if (!(at->x >= 0 && at->y >= 0 && at->w > 0 && at->h > 0 && at->x + at->w <= f->width_mm + 0.01 &&
		at->y + at->h <= f->height_mm + 0.01))
		return zy_fail(err, ZY_E_PDF, "Rect", ZY_NOWHERE, "the place of the seal is not on the page");
	pdf_put_widget(out, &(struct pdf_widget){ p->widget, f->first_page, 0, "Seal1", true,
				{ left + at->x * PDF_POINTS_PER_MM, top - (at->y + at->h) * PDF_POINTS_PER_MM,
				    left + (at->x + at->w) * PDF_POINTS_PER_MM, top - at->y * PDF_POINTS_PER_MM } });
	return true;
}

static void put_table(struct zy_buf *out, const struct plan *p, const size_t made[3])
{
	size_t xref = out->len;

	zy_buf_printf(out, "xref\n0 %zu\n0000000000 65535 f \n", p->num + 3);
	for (size_t i = 1; i < p->num + 3; i++) {
		size_t at = i < p->num ? p->offsets[i] : made[i - p->num];

		zy_buf_printf(out, at == 0 ? "%010zu 65535 f \n" : "%010zu 00000 n \n", at);
	}
	zy_buf_printf(out, "trailer\n<< /Size %zu /Root %u 0 R", p->num + 3, p->facts.catalog);
	if (p->facts.info != 0)
		zy_buf_printf(out, " /Info %u 0 R", p->facts.info);
	pdf_put_id(out, p->facts.id);
	zy_buf_printf(out, " >>\nstartxref\n%zu\n%%%%EOF\n", xref);
}

/* The first half of the trailer's /ID as zy_face_pdf writes it: the other half is the same. */
static bool read_face_id(struct plan *p, struct zy_arena *a, struct zy_error *err)
{
	static const char begin[] = "/ID[<";
	struct zy_reader r = zy_reader_over(p->in);
	struct zy_bytes v;
	uint8_t id[16];

	if (!zy_take(&r, last_of(p->in, begin), "ID", &v, err) || !zy_take(&r, strlen(begin), "ID", &v, err) ||
	    !zy_take(&r, 2 * sizeof(id), "ID", &v, err) || !zy_unhex(v, id, sizeof(id), err) ||
	    !zy_arena_copy(a, ZY_BYTES(id, sizeof(id)), &p->facts.id[0], err))
		return false;
	p->facts.id[1] = p->facts.id[0];
	return true;
}

/* What must be known of the file. A face's is known; what became of it is judged after it is signed. */
static bool read_facts(struct plan *p, const struct zy_pdf_page *page, struct zy_arena *a, struct zy_error *err)
{
	if (page == NULL)
		return zy_pdf_parse(&p->facts, p->in, NULL, a, err) && check_fresh(&p->facts, err);
	p->facts = (struct zy_pdf){ .catalog = page->catalog,
		.first_page = page->page,
		.info = page->info,
		.width_mm = page->width_mm,
		.height_mm = page->height_mm };
	return read_face_id(p, a, err);
}

bool zy_pdf_prepare(struct zy_bytes pdf, const struct zy_pdf_stamp *stamp, size_t der_len, struct zy_buf *out,
    struct zy_pdf_hole *hole, struct zy_error *err)
{
	struct insertion in[2];
	ZY_ARENA_AUTO a = { 0 };
	struct plan p = { .in = pdf };
	size_t made[3], range;

	if (!read_facts(&p, stamp->page, &a, err) || !read_xref(&p, &a, err))
		return false;
	p.form = (unsigned)p.num;
	p.widget = p.form + 1;
	p.signature = p.form + 2;
	if (!plan_insertions(&p, in, err))
		return false;
	put_objects(out, &p, in);
	made[0] = out->len;
	if (!pdf_put_form(out, p.form, stamp, 0, err))
		return false;
	made[1] = out->len;
	if (!put_widget(out, &p, &stamp->place, err))
		return false;
	made[2] = out->len;
	if (!pdf_put_signature(out, p.signature, stamp, (struct zy_bytes){ 0 }, der_len, hole, &range, err))
		return false;
	put_table(out, &p, made);
	pdf_put_range(out, range, *hole);
	return zy_buf_done(out, "PDF", err);
}
