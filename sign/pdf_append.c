/* A revision with one more signature, behind the bytes of any PDF (ISO 32000-1 7.5.6). */
#include "pdf_put.h"

#include "zy/pdf_revision.h"

#define MARGIN_MM 20.0

struct entry {
	struct zy_pdf_reference id;
	size_t at;
};

/* The objects of the revision, each with its place. */
struct appending {
	struct zy_pdf_revision plan;
	size_t num;
	struct entry entries[7];
};

static void note(struct appending *p, unsigned number, unsigned generation, const struct zy_buf *out)
{
	p->entries[p->num++] = (struct entry){ { number, generation }, out->len };
}

static void put_rewritten(struct appending *p, struct zy_buf *out)
{
	for (size_t i = 0; i < p->plan.num_rewritten; i++) {
		const struct zy_pdf_rewritten *w = &p->plan.rewritten[i];

		note(p, w->id.number, w->id.generation, out);
		zy_buf_printf(out, "%u %u obj\n", w->id.number, w->id.generation);
		zy_buf_put_str(out, w->text);
		zy_buf_put_str(out, "\nendobj\n");
	}
}

/* A corner of the page as it is read, in points from its upper left, to where it lies in the file. */
static void place(const struct zy_pdf_revision *r, double x, double y, double *px, double *py)
{
	switch (r->rotate) {
	case 90:
		*px = r->left + y;
		*py = r->bottom + x;
		break;
	case 180:
		*px = r->left + r->width - x;
		*py = r->bottom + y;
		break;
	case 270:
		*px = r->left + r->width - y;
		*py = r->bottom + r->height - x;
		break;
	default:
		*px = r->left + x;
		*py = r->bottom + r->height - y;
	}
}

static bool find_rect(
    const struct zy_pdf_revision *r, const struct zy_pdf_stamp *s, double rect[4], struct zy_error *err)
{
	const bool turned = r->rotate % 180 != 0;
	const double width = (turned ? r->height : r->width) / PDF_POINTS_PER_MM,
		     height = (turned ? r->width : r->height) / PDF_POINTS_PER_MM;
	struct zy_seal_place b = s->place;
	double x[2], y[2];

	if (b.w == 0)
		b = (struct zy_seal_place){ width - MARGIN_MM - s->width, height - MARGIN_MM - s->height, s->width,
			s->height };
	if (!(b.x >= 0 && b.y >= 0 && b.w > 0 && b.h > 0 && b.x + b.w <= width + 0.01 && b.y + b.h <= height + 0.01))
		return zy_fail(err, ZY_E_PDF, "box", ZY_NOWHERE,
		    "the place of the seal is not on the page, which is %.0f mm wide and %.0f mm high", width, height);
	place(r, b.x * PDF_POINTS_PER_MM, b.y * PDF_POINTS_PER_MM, &x[0], &y[0]);
	place(r, (b.x + b.w) * PDF_POINTS_PER_MM, (b.y + b.h) * PDF_POINTS_PER_MM, &x[1], &y[1]);
	rect[0] = x[0] < x[1] ? x[0] : x[1];
	rect[1] = y[0] < y[1] ? y[0] : y[1];
	rect[2] = x[0] < x[1] ? x[1] : x[0];
	rect[3] = y[0] < y[1] ? y[1] : y[0];
	return true;
}

static bool put_signature(struct appending *p, const struct zy_pdf_stamp *s, size_t der_len, struct zy_buf *out,
    struct zy_pdf_hole *hole, size_t *range, struct zy_error *err)
{
	const struct zy_pdf_revision *r = &p->plan;
	struct pdf_widget w = { r->next + 1, r->page.number, r->page.generation, r->field, { 0 } };

	if (!find_rect(r, s, w.rect, err))
		return false;
	note(p, r->next, 0, out);
	if (!pdf_put_form(out, r->next, s, r->rotate, err))
		return false;
	note(p, r->next + 1, 0, out);
	pdf_put_widget(out, &w);
	note(p, r->next + 2, 0, out);
	return pdf_put_signature(out, r->next + 2, s, der_len, hole, range, err);
}

static void sort(struct appending *p)
{
	for (size_t i = 1; i < p->num; i++)
		for (size_t k = i; k > 0 && p->entries[k].id.number < p->entries[k - 1].id.number; k--) {
			struct entry e = p->entries[k];

			p->entries[k] = p->entries[k - 1];
			p->entries[k - 1] = e;
		}
}

/* /ID: the first half stays, the second is of this revision (14.4). */
static bool put_trailer_members(const struct appending *p, unsigned size, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_pdf_revision *r = &p->plan;
	uint8_t digest[ZY_HASH_LEN];
	struct zy_bytes id[2] = { r->id[0], ZY_BYTES(digest, 16) };

	if (!zy_digest(ZY_HASH_SHA256, zy_buf_bytes(out), digest, err))
		return false;
	zy_buf_printf(out, "/Size %u /Prev %zu /Root %u %u R", size, r->previous, r->root.number, r->root.generation);
	if (r->info.number != 0)
		zy_buf_printf(out, " /Info %u %u R", r->info.number, r->info.generation);
	pdf_put_id(out, id);
	return true;
}

static bool put_table(struct appending *p, struct zy_buf *out, struct zy_error *err)
{
	zy_buf_put_str(out, "xref\n");
	for (size_t i = 0; i < p->num; i++)
		zy_buf_printf(out, "%u 1\n%010zu %05u n \n", p->entries[i].id.number, p->entries[i].at,
		    p->entries[i].id.generation);
	zy_buf_put_str(out, "trailer\n<< ");
	if (!put_trailer_members(p, p->plan.next + 3, out, err))
		return false;
	zy_buf_put_str(out, " >>\n");
	return true;
}

/* The section as a stream, plain (7.5.8): one octet of type, four of offset, two of generation. */
static bool put_stream(struct appending *p, struct zy_buf *out, struct zy_error *err)
{
	const unsigned number = p->plan.next + 3;

	note(p, number, 0, out);
	zy_buf_printf(out, "%u 0 obj\n<< /Type /XRef /W [1 4 2] /Index [", number);
	for (size_t i = 0; i < p->num; i++)
		zy_buf_printf(out, "%s%u 1", i == 0 ? "" : " ", p->entries[i].id.number);
	zy_buf_printf(out, "] /Length %zu ", 7 * p->num);
	if (!put_trailer_members(p, number + 1, out, err))
		return false;
	zy_buf_put_str(out, " >>\nstream\n");
	for (size_t i = 0; i < p->num; i++) {
		zy_buf_put_u8(out, 1);
		zy_buf_put_be(out, p->entries[i].at, 4);
		zy_buf_put_be(out, p->entries[i].id.generation, 2);
	}
	zy_buf_put_str(out, "\nendstream\nendobj\n");
	return true;
}

bool zy_pdf_append(struct zy_bytes pdf, unsigned page, const struct zy_pdf_stamp *stamp, size_t der_len,
    struct zy_buf *out, struct zy_pdf_hole *hole, struct zy_error *err)
{
	struct appending p = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	size_t range, section;

	if (!zy_pdf_revision_plan(&p.plan, pdf, page, &a, err))
		return false;
	zy_buf_put(out, pdf);
	if (pdf.p[pdf.len - 1] != '\n')
		zy_buf_put_u8(out, '\n');
	put_rewritten(&p, out);
	if (!put_signature(&p, stamp, der_len, out, hole, &range, err) || !zy_buf_done(out, "PDF", err))
		return false;
	sort(&p);
	section = out->len;
	if (!(p.plan.as_stream ? put_stream(&p, out, err) : put_table(&p, out, err)))
		return false;
	zy_buf_printf(out, "startxref\n%zu\n%%%%EOF\n", section);
	pdf_put_range(out, range, *hole);
	return zy_buf_done(out, "PDF", err);
}
