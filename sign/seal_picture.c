/* The picture of a seal: drawn by its shape, then written as PNG and as PDF operators. */
#include <math.h>

#include "raster.h"
#include "seal_shapes.h"

#define PIXELS_PER_M 11811 /* 300 dpi */
#define CAPITAL 0.733      /* height of a capital or digit, as a part of the em */

static const uint8_t red[3] = { 0xC8, 0x10, 0x2E };

bool seal_text_shape(const struct seal_canvas *c, const char *text, const char *field, size_t least, size_t most,
    struct seal_text *out, struct zy_error *err)
{
	struct zy_glyph *g;

	if (!zy_font_shape(c->font, zy_str(text), field, c->arena, &g, &out->num, err))
		return false;
	out->glyphs = g;
	return (out->num >= least && out->num <= most) ||
	       zy_fail(err, ZY_E_LAYOUT, field, ZY_NOWHERE, "%s has %zu characters; a seal takes %zu to %zu", field,
		   out->num, least, most);
}

/* (mx, my): what of the em lies at the middle of the cell. */
static void put_em(
    struct seal_canvas *c, const struct zy_glyph *g, double x, double y, double w, double h, double turn, double my)
{
	double em = c->font->upem, sx = w / em, sy = h / em, cs = cos(turn), sn = sin(turn);
	double mx = g->width * em / 1000 / 2;
	struct zy_placing m = { cs * sx, sn * sx, sn * sy, -cs * sy, 0, 0 };

	m.e = x - (m.a * mx + m.c * my);
	m.f = y - (m.b * mx + m.d * my);
	zy_outline_add(&c->path, c->font, g->gid, &m);
}

void seal_put_letter(
    struct seal_canvas *c, const struct zy_glyph *g, double x, double y, double w, double h, double turn)
{
	/* the em box of a Chinese letter reaches from 0.12 below the base line to 0.88 above it */
	put_em(c, g, x, y, w, h, turn, 0.38 * c->font->upem);
}

void seal_put_line(
    struct seal_canvas *c, const struct seal_text *t, double x, double y, double step, double w, double h)
{
	for (size_t i = 0; i < t->num; i++)
		seal_put_letter(c, &t->glyphs[i], x + ((double)i - (double)(t->num - 1) / 2) * step, y, w, h, 0);
}

void seal_put_digit(
    struct seal_canvas *c, const struct zy_glyph *g, double x, double y, double cell, double tall, double turn)
{
	double w = g->width > 0 ? cell * 1000 / g->width : cell;

	put_em(c, g, x, y, w, tall / CAPITAL, turn, CAPITAL / 2 * c->font->upem);
}

static bool put_pdf(const struct seal_canvas *c, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_path up = c->path;
	ZY_BUF_AUTO b = { 0 };

	if ((up.points = zy_arena_array(c->arena, up.num_points, sizeof *up.points, err)) == NULL)
		return false;
	for (size_t i = 0; i < up.num_points; i++)
		up.points[i] = (struct zy_point){ c->path.points[i].x, c->height - c->path.points[i].y };
	for (size_t i = 0; i < 3; i++) {
		zy_put_number(&b, red[i] / 255.0, 4);
		zy_buf_put_u8(&b, ' ');
	}
	zy_buf_put_str(&b, "rg\n");
	zy_path_put_pdf(&b, &up, 3);
	zy_buf_put_str(&b, "f\n");
	return zy_buf_done(&b, "seal.picture", err) && zy_arena_copy(c->arena, zy_buf_bytes(&b), out, err);
}

static bool put_png(const struct seal_canvas *c, struct zy_bytes *out, struct zy_error *err)
{
	size_t wide = (size_t)lround(c->width / 1000 * PIXELS_PER_M);
	size_t high = (size_t)lround(c->height / 1000 * PIXELS_PER_M);
	struct zy_raster r = { 0 };
	ZY_BUF_AUTO png = { 0 };

	return zy_raster_fill(&r, &c->path, (double)wide / c->width, wide, high, c->arena, err) &&
	       zy_png_encode(&r, red, PIXELS_PER_M, &png, err) && zy_arena_copy(c->arena, zy_buf_bytes(&png), out, err);
}

static bool draw(struct seal_canvas *c, const struct zy_seal_rule *rule, struct zy_error *err)
{
	switch (rule->shape) {
	case ZY_SEAL_OFFICIAL:
	case ZY_SEAL_COMPANY:
		return seal_draw_round(c, rule, err);
	case ZY_SEAL_OVAL:
		return seal_draw_oval(c, rule, err);
	case ZY_SEAL_NAME:
		return seal_draw_name(c, rule, err);
	}
	return zy_fail(err, ZY_E_LAYOUT, "seal.shape", ZY_NOWHERE, "no such shape of seal");
}

bool zy_seal_draw(const struct zy_faces *f, const struct zy_seal_rule *rule, struct zy_arena *a,
    struct zy_seal_picture *out, struct zy_error *err)
{
	struct seal_canvas c = { .font = &f->fonts[ZY_FONT_BOLD], .arena = a, .path = zy_path_new(a, err) };
	ZY_BUF_AUTO packed = { 0 };

	if (!draw(&c, rule, err) || !zy_path_done(&c.path) || !put_pdf(&c, &out->pdf_content, err) ||
	    !zy_deflate(&packed, out->pdf_content, 9, ZY_ZLIB, err) ||
	    !zy_arena_copy(a, zy_buf_bytes(&packed), &out->pdf_deflated, err) || !put_png(&c, &out->png, err))
		return false;
	out->width = c.width;
	out->height = c.height;
	return true;
}

struct zy_seal_place zy_seal_fit(const struct zy_seal_picture *picture, struct zy_seal_place place)
{
	double scale = fmin(place.w / picture->width, place.h / picture->height);
	double w = picture->width * scale, h = picture->height * scale;

	return (struct zy_seal_place){ place.x + (place.w - w) / 2, place.y + (place.h - h) / 2, w, h };
}
