/*
 * Ground and border, drawn by mathematics: bands of interlaced sine waves, rosettes of turned ellipses. Each curve
 * is a cubic, so that a page of them stays small.
 */
#include <math.h>

#include "page.h"

#define PI 3.14159265358979323846
/* A half wave from crest to trough as one cubic: controls level with its ends, this far along (error 0.1 %). */
#define HALF_WAVE 0.3642

struct canvas {
	const struct zy_layout *layout;
	struct zy_arena *arena;
	struct zy_error *err;
	struct zy_shape *first, **last;
	double margin, band; /* mm: page edge to frame, and the frame's width */
};

/* Opens a new shape. ink: 1 the border's colour, 0 the ground's, above 1 darker. */
static struct zy_path *shape(struct canvas *c, double width, double ink)
{
	struct zy_shape *s = zy_arena_alloc(c->arena, sizeof *s, c->err);

	if (s == NULL)
		return NULL;
	*s = (struct zy_shape){ .path = zy_path_new(c->arena, c->err), .width = width };
	for (size_t i = 0; i < 3; i++) {
		double ground = c->layout->background[i], border = c->layout->border_colour[i];
		double v = ink <= 1 ? ground + (border - ground) * ink : border / ink;

		s->colour[i] = (uint8_t)lround(v);
	}
	*c->last = s;
	c->last = &s->next;
	return &s->path;
}

/* One side of the frame: o its start in the middle of the band, u along, v across (unit vectors). */
struct side {
	double ox, oy, ux, uy, vx, vy, len;
};

static void at(const struct side *s, double along, double across, double *x, double *y)
{
	*x = s->ox + s->ux * along + s->vx * across;
	*y = s->oy + s->uy * along + s->vy * across;
}

/* A wave from crest to crest along a side, beginning `lead` before it; half: length of a half wave. */
static void wave(struct zy_path *p, const struct side *s, double lead, double half, double height)
{
	double x, y, x1, y1, x2, y2, t = -lead;

	at(s, t, height, &x, &y);
	zy_path_move(p, x, y);
	for (; t < s->len; t += half, height = -height) {
		at(s, t + HALF_WAVE * half, height, &x1, &y1);
		at(s, t + (1 - HALF_WAVE) * half, -height, &x2, &y2);
		at(s, t + half, -height, &x, &y);
		zy_path_curve(p, x1, y1, x2, y2, x, y);
	}
}

static void sides_of(const struct canvas *c, struct side out[4])
{
	double m = c->margin, b = c->band, mid = m + b / 2, w = c->layout->width, h = c->layout->height;

	out[0] = (struct side){ m + b, mid, 1, 0, 0, 1, w - 2 * (m + b) };
	out[1] = (struct side){ m + b, h - mid, 1, 0, 0, -1, w - 2 * (m + b) };
	out[2] = (struct side){ mid, m + b, 0, 1, 1, 0, h - 2 * (m + b) };
	out[3] = (struct side){ w - mid, m + b, 0, 1, -1, 0, h - 2 * (m + b) };
}

/* `strands` waves on every side, each moved on by its part of a half wave. */
static bool weave(struct canvas *c, unsigned strands, double reach, double width, double ink)
{
	struct zy_path *p = shape(c, width, ink);
	struct side sides[4];

	if (p == NULL)
		return false;
	sides_of(c, sides);
	for (size_t i = 0; i < 4; i++) {
		double half = sides[i].len / round(sides[i].len / (c->band * 1.05));

		for (unsigned k = 0; k < strands; k++)
			wave(p, &sides[i], half * k / strands, half, (k % 2 ? -1 : 1) * reach * c->band / 2);
	}
	return zy_path_done(p);
}

static bool rosette(
    struct canvas *c, double x, double y, double rx, double ry, unsigned petals, double width, double ink)
{
	struct zy_path *p = shape(c, width, ink);

	if (p == NULL)
		return false;
	for (unsigned k = 0; k < petals; k++)
		zy_path_ellipse(p, x, y, rx, ry, PI * k / petals, false);
	return zy_path_done(p);
}

static bool frame(struct canvas *c, double inset, double width, double ink)
{
	struct zy_path *p = shape(c, width, ink);

	if (p == NULL)
		return false;
	zy_path_box(p, inset, inset, c->layout->width - 2 * inset, c->layout->height - 2 * inset);
	return zy_path_done(p);
}

/* The corners hide the loose ends of the waves. */
static bool corner(struct canvas *c, double x, double y)
{
	double b = c->band, cx = x + b / 2, cy = y + b / 2;
	struct zy_path *ground = shape(c, 0, 0.10), *edge = shape(c, 0.18, 1.15), *dot;

	if (ground == NULL || edge == NULL)
		return false;
	zy_path_box(ground, x, y, b, b);
	zy_path_box(edge, x + 0.5, y + 0.5, b - 1, b - 1);
	if (!rosette(c, cx, cy, b * 0.43, b * 0.17, 8, 0.1, 1) || !rosette(c, cx, cy, b * 0.2, b * 0.08, 4, 0.1, 1.3) ||
	    (dot = shape(c, 0, 1.25)) == NULL)
		return false;
	zy_path_ellipse(dot, cx, cy, b * 0.05, b * 0.05, 0, false);
	return zy_path_done(ground) && zy_path_done(edge) && zy_path_done(dot);
}

static bool band_ground(struct canvas *c)
{
	double m = c->margin, b = c->band, w = c->layout->width, h = c->layout->height;
	struct zy_path *p = shape(c, 0, 0.10);

	if (p == NULL)
		return false;
	zy_path_box(p, m, m, w - 2 * m, b);
	zy_path_box(p, m, h - m - b, w - 2 * m, b);
	zy_path_box(p, m, m + b, b, h - 2 * (m + b));
	zy_path_box(p, w - m - b, m + b, b, h - 2 * (m + b));
	return zy_path_done(p);
}

static bool ground_rosette(struct canvas *c)
{
	double w = c->layout->width, h = c->layout->height, r = (w < h ? w : h) * 0.36;

	return rosette(c, w / 2, h / 2, r, r * 0.42, 20, 0.14, 0.17) &&
	       rosette(c, w / 2, h / 2, r * 0.56, r * 0.2, 12, 0.14, 0.17);
}

static bool guilloche(struct canvas *c)
{
	double m = c->margin, b = c->band, far_x = c->layout->width - m - b, far_y = c->layout->height - m - b;

	return ground_rosette(c) && band_ground(c) && weave(c, 5, 0.84, 0.13, 0.75) && weave(c, 3, 0.46, 0.13, 1.1) &&
	       corner(c, m, m) && corner(c, far_x, m) && corner(c, m, far_y) && corner(c, far_x, far_y) &&
	       frame(c, m - 1.3, 0.3, 1) && frame(c, m, 0.7, 1.1) && frame(c, m + b, 0.4, 1.1) &&
	       frame(c, m + b + 1.1, 0.15, 1);
}

bool zy_artwork_draw(const struct zy_layout *l, struct zy_arena *a, struct zy_shape **out, struct zy_error *err)
{
	double least = l->width < l->height ? l->width : l->height;
	struct canvas c = { l, a, err, NULL, NULL, 4 + 3 * least / 210, 5 + 6 * least / 210 };
	struct zy_path *paper;
	bool ok = false;

	c.last = &c.first;
	if ((paper = shape(&c, 0, 0)) == NULL)
		return false;
	zy_path_box(paper, 0, 0, l->width, l->height);
	switch (l->border) {
	case ZY_BORDER_NONE:
		ok = true;
		break;
	case ZY_BORDER_DOUBLE:
		ok = frame(&c, c.margin, 0.9, 1) && frame(&c, c.margin + 1.6, 0.25, 1);
		break;
	case ZY_BORDER_GUILLOCHE:
		ok = guilloche(&c);
		break;
	}
	*out = c.first;
	return ok && zy_path_done(paper);
}
