/* A revision with one more signature or time-stamp, behind the bytes of any PDF (ISO 32000-1 7.5.6). */
#include "pdf_section.h"

#include <math.h>

#define MARGIN_MM 20.0

/* A corner of the page as it is read, in its units from its upper left, to where it lies in the file. */
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
	const double per_mm = PDF_POINTS_PER_MM / r->unit, width = (turned ? r->height : r->width) / per_mm,
		     height = (turned ? r->width : r->height) / per_mm;
	struct zy_seal_place b = s->place;
	double x[2], y[2];

	if (b.w == 0)
		b = (struct zy_seal_place){ width - MARGIN_MM - s->width, height - MARGIN_MM - s->height, s->width,
			s->height };
	if (!(b.x >= 0 && b.y >= 0 && b.w > 0 && b.h > 0 && b.x + b.w <= width + 0.01 && b.y + b.h <= height + 0.01))
		return zy_fail(err, ZY_E_PDF, "box", ZY_NOWHERE,
		    "the place of the seal is not on the page, which is %.0f mm wide and %.0f mm high: say with --box where",
		    width, height);
	place(r, b.x * per_mm, b.y * per_mm, &x[0], &y[0]);
	place(r, (b.x + b.w) * per_mm, (b.y + b.h) * per_mm, &x[1], &y[1]);
	rect[0] = x[0] < x[1] ? x[0] : x[1];
	rect[1] = y[0] < y[1] ? y[0] : y[1];
	rect[2] = x[0] < x[1] ? x[1] : x[0];
	rect[3] = y[0] < y[1] ? y[1] : y[0];
	return true;
}

/* The drawing in the middle of a field that somebody else placed, as large as it fits. */
static struct zy_pdf_stamp fitted(const struct zy_pdf_revision *r, const struct zy_pdf_stamp *s)
{
	const bool turned = r->rotate % 180 != 0;
	const double x = fabs(r->rect[2] - r->rect[0]), y = fabs(r->rect[3] - r->rect[1]);
	const double ratio = turned ? y / x : x / y;
	struct zy_pdf_stamp out = *s;

	if (ratio > s->width / s->height)
		out.margin_x = (s->height * ratio - s->width) / 2;
	else
		out.margin_y = (s->width / ratio - s->height) / 2;
	return out;
}

/* Field, widget and appearance, as far as they are new. */
static bool put_field(struct pdf_appending *p, const struct zy_pdf_stamp *s, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_pdf_revision *r = &p->plan;
	struct pdf_widget w = { r->next + 1, r->page.number, r->page.generation, r->field, s != NULL, { 0 } };
	struct zy_pdf_stamp drawn;

	if (r->fills && (r->rect[0] == r->rect[2] || r->rect[1] == r->rect[3]))
		return true;
	if (s != NULL) {
		if (!r->fills && !find_rect(r, s, w.rect, err))
			return false;
		drawn = r->fills ? fitted(r, s) : *s;
		pdf_append_note(p, r->next, 0, out);
		if (!pdf_put_form(out, r->next, &drawn, r->rotate, err))
			return false;
	}
	if (r->fills)
		return true;
	pdf_append_note(p, r->next + 1, 0, out);
	pdf_put_widget(out, &w);
	return true;
}

/* What the signature says of changes after it (12.8.2.2, 12.8.2.4). */
static bool put_references(
    const struct zy_pdf_revision *r, const struct zy_pdf_addition *what, struct zy_buf *out, struct zy_error *err)
{
	if (what->certify == 0 && r->lock == NULL)
		return true;
	zy_buf_put_str(out, " /Reference [");
	if (what->certify != 0)
		zy_buf_printf(out,
		    "<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /V /1.2 /P %u >> >>",
		    what->certify);
	if (r->lock != NULL)
		zy_buf_printf(out,
		    "<< /Type /SigRef /TransformMethod /FieldMDP /Data %u %u R /TransformParams << /Type "
		    "/TransformParams /V /1.2 %s >> >>",
		    r->root.number, r->root.generation, r->lock);
	zy_buf_put_str(out, "]");
	return zy_buf_done(out, "Reference", err);
}

static bool put_signature(struct pdf_appending *p, const struct zy_pdf_addition *what, const struct zy_pdf_stamp *s,
    size_t der_len, struct zy_buf *out, struct zy_pdf_hole *hole, size_t *range, struct zy_error *err)
{
	ZY_BUF_AUTO references = { 0 };

	if (!put_references(&p->plan, what, &references, err) || !put_field(p, s, out, err))
		return false;
	pdf_append_note(p, p->plan.next + 2, 0, out);
	return pdf_put_signature(out, p->plan.next + 2, s, zy_buf_bytes(&references), der_len, hole, range, err);
}

bool zy_pdf_append(struct zy_bytes pdf, const struct zy_pdf_addition *what, const struct zy_pdf_stamp *stamp,
    size_t der_len, struct zy_buf *out, struct zy_pdf_hole *hole, struct zy_error *err)
{
	struct pdf_appending p;
	ZY_ARENA_AUTO a = { 0 };
	size_t range;

	if (!pdf_append_begin(&p, pdf, what, 3, &a, out, err) ||
	    !put_signature(&p, what, stamp, der_len, out, hole, &range, err) || !pdf_append_end(&p, out, err))
		return false;
	pdf_put_range(out, range, *hole);
	return true;
}
