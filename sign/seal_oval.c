/*
 * The invoice seal (发票专用章): an ellipse of 40 x 30 mm with a ring of 1 mm, the name along its upper part, the
 * taxpayer's number in the middle, a line of text below. Sizes follow the notice of the State Taxation Administration
 * (国家税务总局公告2011年第7号) where the font that it names allows it.
 */
#include <math.h>

#include "seal_shapes.h"

#define WIDE 40.0
#define HIGH 30.0
#define RING 1.0
#define NAME_HEIGHT 4.2
#define NAME_WIDTH 3.2
#define NAME_GAP 0.9    /* between ring and letters */
#define NAME_STEP 4.7   /* between letters of a short name, along their middle line */
#define NAME_SWEEP 0.60 /* of the whole ellipse, at most */
#define NUMBER_TALL 3.6
#define NUMBER_CELL 1.33
#define NUMBER_WIDTH 24.0
#define LINE_Y 7.2
#define LINE_HEIGHT 4.4
#define LINE_WIDTH 18.0

enum { NAME_LEAST = 2, NAME_MOST = 32, NUMBER_MOST = 20, LINE_MOST = 8, PARTS = 3600 };

/* The middle line of the letters. */
static const double rx = WIDE / 2 - RING - NAME_GAP - NAME_HEIGHT / 2,
		    ry = HIGH / 2 - RING - NAME_GAP - NAME_HEIGHT / 2;

/* Length of one of PARTS pieces of the ellipse; piece i begins at the angle 2 pi i / PARTS clockwise from the top. */
static double piece(size_t i)
{
	double t = 2 * SEAL_PI * (double)i / PARTS, u = 2 * SEAL_PI * (double)(i + 1) / PARTS;

	return hypot(rx * (sin(u) - sin(t)), ry * (cos(u) - cos(t)));
}

/* The angle at which the way from the top along the ellipse is `along`, up to half of it. */
static double angle_at(double along)
{
	double left = fabs(along), len;
	size_t i = 0;

	while (i < PARTS / 2 && left > (len = piece(i))) {
		left -= len;
		i++;
	}
	double t = 2 * SEAL_PI * ((double)i + left / piece(i)) / PARTS;

	return along < 0 ? -t : t;
}

static void put_name(struct seal_canvas *c, const struct seal_text *t)
{
	double whole = 0, step, w, at;

	for (size_t i = 0; i < PARTS; i++)
		whole += piece(i);
	step = fmin(NAME_STEP, NAME_SWEEP * whole / (double)(t->num - 1));
	/* at the narrow ends the inner ends of neighbours come nearest: the ellipse bends there by ry^2 / rx */
	w = fmin(NAME_WIDTH, 0.98 * step * (1 - NAME_HEIGHT * 0.45 / (ry * ry / rx)) + 0.12 * step);
	at = -step * (double)(t->num - 1) / 2;
	for (size_t i = 0; i < t->num; i++, at += step) {
		double a = angle_at(at), turn = atan2(sin(a) / rx, cos(a) / ry);

		seal_put_letter(c, &t->glyphs[i], WIDE / 2 + rx * sin(a), HIGH / 2 - ry * cos(a), w, NAME_HEIGHT, turn);
	}
}

static void put_number(struct seal_canvas *c, const struct seal_text *t)
{
	double step = fmin(NUMBER_CELL, NUMBER_WIDTH / (double)t->num);

	for (size_t i = 0; i < t->num; i++)
		seal_put_digit(c, &t->glyphs[i], WIDE / 2 + ((double)i - (double)(t->num - 1) / 2) * step, HIGH / 2,
		    step * 0.96, NUMBER_TALL, 0);
}

bool seal_draw_oval(struct seal_canvas *c, const struct zy_seal_rule *rule, struct zy_error *err)
{
	struct seal_text name, number, line;
	double step;

	if (!seal_text_shape(c, rule->name.zh, "seal.name", NAME_LEAST, NAME_MOST, &name, err) ||
	    !seal_text_shape(c, rule->code, "seal.code", 1, NUMBER_MOST, &number, err) ||
	    !seal_text_shape(c, rule->centre_text, "seal.centre_text", 1, LINE_MOST, &line, err))
		return false;
	c->width = WIDE;
	c->height = HIGH;
	zy_path_ellipse(&c->path, WIDE / 2, HIGH / 2, WIDE / 2, HIGH / 2, 0, false);
	zy_path_ellipse(&c->path, WIDE / 2, HIGH / 2, WIDE / 2 - RING, HIGH / 2 - RING, 0, true);
	put_name(c, &name);
	put_number(c, &number);
	step = fmin(LINE_HEIGHT * 0.8, LINE_WIDTH / (double)line.num);
	seal_put_line(c, &line, WIDE / 2, HIGH / 2 + LINE_Y, step, step * 0.92, LINE_HEIGHT);
	return true;
}
