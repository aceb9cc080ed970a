/*
 * The picture of an official seal: 42 mm across, the name on the upper arc, a star, a line of text below, as the
 * rules for seals of state organs lay them down (国发〔1999〕25号).
 */
#include <math.h>

#include "outline.h"
#include "page.h"
#include "raster.h"

#define PI 3.14159265358979323846
#define SIDE 42.0
#define MID (SIDE / 2)
#define RING 1.2         /* width of the ring */
#define STAR 7.0         /* radius to its points */
#define NAME_RADIUS 18.4 /* outer edge of the letters */
#define NAME_HEIGHT 5.0  /* of letters, down to ... */
#define NAME_HEIGHT_LEAST 3.8
#define STEP_MOST (26.0 * PI / 180) /* between letters of a short name */
#define SWEEP_MOST (236.0 * PI / 180)
#define LINE_Y 11.6 /* middle of the centre text below the seal's middle */
#define LINE_HEIGHT 3.9
#define LINE_WIDTH 22.0
#define NARROWEST 0.48     /* letters may be squeezed to this part of their height */
#define PIXELS_PER_M 11811 /* 300 dpi */

enum { NAME_LEAST = 2, NAME_MOST = 32, LINE_MOST = 14 };

static const uint8_t red[3] = { 0xC8, 0x10, 0x2E };

/* A letter in a cell: its em box is squeezed to w x h, its middle lies at (x, y), turned by `turn`. */
static void put_letter(struct zy_path *p, const struct zy_font *f, const struct zy_glyph *g, double x, double y,
    double w, double h, double turn)
{
	double em = f->upem, sx = w / em, sy = h / em, cs = cos(turn), sn = sin(turn);
	/* the em box of a Chinese letter reaches from 0.12 below the base line to 0.88 above it */
	double mx = g->width * em / 1000 / 2, my = 0.38 * em;
	struct zy_placing m = { cs * sx, sn * sx, sn * sy, -cs * sy, 0, 0 };

	m.e = x - (m.a * mx + m.c * my);
	m.f = y - (m.b * mx + m.d * my);
	zy_outline_add(p, f, g->gid, &m);
}

static void put_name(struct zy_path *p, const struct zy_font *f, const struct zy_glyph *g, size_t num)
{
	double step = fmin(STEP_MOST, SWEEP_MOST / (double)(num - 1));
	double part = fmin(1, fmax(0, ((double)num - 12) / 14)); /* longer names are written smaller */
	double h = NAME_HEIGHT - part * (NAME_HEIGHT - NAME_HEIGHT_LEAST), r = NAME_RADIUS - h / 2;
	/* neighbours must not touch at their inner ends */
	double w = fmin(h, 0.98 * step * (NAME_RADIUS - h * 0.85));
	double turn = -step * (double)(num - 1) / 2;

	for (size_t i = 0; i < num; i++, turn += step)
		put_letter(p, f, &g[i], MID + r * sin(turn), MID - r * cos(turn), w, h, turn);
}

static void put_line(struct zy_path *p, const struct zy_font *f, const struct zy_glyph *g, size_t num)
{
	double step = fmin(LINE_HEIGHT * 0.92, LINE_WIDTH / (double)num), w = step * 0.97;
	double h = fmin(LINE_HEIGHT, w / NARROWEST);

	for (size_t i = 0; i < num; i++)
		put_letter(p, f, &g[i], MID + ((double)i - (double)(num - 1) / 2) * step, MID + LINE_Y, w, h, 0);
}

static void put_star(struct zy_path *p)
{
	const double inner = STAR * sin(PI / 10) / sin(7 * PI / 10);

	for (int i = 0; i < 10; i++) {
		double r = i % 2 == 0 ? STAR : inner, x = MID + r * sin(i * PI / 5), y = MID - r * cos(i * PI / 5);

		if (i == 0)
			zy_path_move(p, x, y);
		else
			zy_path_line(p, x, y);
	}
	zy_path_close(p);
}

static bool shape_line(const struct zy_font *f, const char *text, const char *field, size_t least, size_t most,
    struct zy_arena *a, struct zy_glyph **g, size_t *num, struct zy_error *err)
{
	if (!zy_font_shape(f, zy_str(text), field, a, g, num, err))
		return false;
	return (*num >= least && *num <= most) ||
	       zy_fail(err, ZY_E_LAYOUT, field, ZY_NOWHERE, "%s has %zu characters; a seal takes %zu to %zu", field,
		   *num, least, most);
}

static bool put_pdf(const struct zy_path *p, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_path up = zy_path_new(a, err);
	ZY_BUF_AUTO b = { 0 };

	up = *p;
	if ((up.points = zy_arena_array(a, p->num_points, sizeof *up.points, err)) == NULL)
		return false;
	for (size_t i = 0; i < p->num_points; i++)
		up.points[i] = (struct zy_point){ p->points[i].x, SIDE - p->points[i].y };
	for (size_t i = 0; i < 3; i++) {
		zy_put_number(&b, red[i] / 255.0, 4);
		zy_buf_put_u8(&b, ' ');
	}
	zy_buf_put_str(&b, "rg\n");
	zy_path_put_pdf(&b, &up, 3);
	zy_buf_put_str(&b, "f\n");
	return zy_buf_done(&b, "seal.picture", err) && zy_arena_copy(a, zy_buf_bytes(&b), out, err);
}

bool zy_seal_draw(const struct zy_faces *f, const char *name, const char *centre_text, struct zy_arena *a,
    struct zy_seal_picture *out, struct zy_error *err)
{
	const struct zy_font *font = &f->fonts[ZY_FONT_BOLD];
	struct zy_path p = zy_path_new(a, err);
	struct zy_glyph *letters, *line;
	struct zy_raster r = { 0 };
	ZY_BUF_AUTO png = { 0 }, packed = { 0 };
	size_t num, num_line, pixels = (size_t)lround(SIDE / 1000 * PIXELS_PER_M);

	if (!shape_line(font, name, "seal.name", NAME_LEAST, NAME_MOST, a, &letters, &num, err) ||
	    !shape_line(font, centre_text, "seal.centre_text", 0, LINE_MOST, a, &line, &num_line, err))
		return false;
	zy_path_ellipse(&p, MID, MID, MID, MID, 0, false);
	zy_path_ellipse(&p, MID, MID, MID - RING, MID - RING, 0, true);
	put_star(&p);
	put_name(&p, font, letters, num);
	put_line(&p, font, line, num_line);
	if (!zy_path_done(&p) || !put_pdf(&p, a, &out->pdf_content, err) ||
	    !zy_deflate(&packed, out->pdf_content, 9, ZY_ZLIB, err) ||
	    !zy_arena_copy(a, zy_buf_bytes(&packed), &out->pdf_deflated, err) ||
	    !zy_raster_fill(&r, &p, (double)pixels / SIDE, pixels, pixels, a, err) ||
	    !zy_png_encode(&r, red, PIXELS_PER_M, &png, err) || !zy_arena_copy(a, zy_buf_bytes(&png), &out->png, err))
		return false;
	out->width = out->height = SIDE;
	return true;
}
