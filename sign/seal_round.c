/*
 * Round seals: the name on the upper arc, a star, a line of text below. The official seal is 42 mm across, as the
 * rules for seals of state organs lay them down (国发〔1999〕25号); a company's is 40 mm and bears its number below.
 */
#include <math.h>

#include "seal_shapes.h"

#define NAME_HEIGHT_LEAST 3.8
#define STEP_MOST (26.0 * SEAL_PI / 180) /* between letters of a short name */
#define SWEEP_MOST (236.0 * SEAL_PI / 180)
#define LINE_HEIGHT 3.9
#define NARROWEST 0.48 /* letters may be squeezed to this part of their height */
#define CODE_CELL 1.25 /* mm: width of a digit of the number */
#define CODE_TALL 1.7
#define CODE_STEP 1.5

enum { NAME_LEAST = 2, NAME_MOST = 32, LINE_MOST = 14, CODE_MOST = 14 };

struct round {
	double side, ring;  /* across; width of the ring */
	double star;        /* radius to its points */
	double name;        /* outer edge of the letters */
	double name_height; /* of letters, down to NAME_HEIGHT_LEAST */
	double line_y;      /* middle of the line of text below the seal's middle */
	double line_width;
	double code; /* middle of the number's digits */
};
static const struct round official = { 42, 1.2, 7, 18.4, 5, 11.6, 22, 0 };
static const struct round company = { 40, 1.2, 7, 17.5, 4.8, 10.4, 19, 17.1 };

static void put_name(struct seal_canvas *c, const struct round *d, const struct seal_text *t)
{
	double step = fmin(STEP_MOST, SWEEP_MOST / (double)(t->num - 1)), mid = d->side / 2;
	double part = fmin(1, fmax(0, ((double)t->num - 12) / 14)); /* longer names are written smaller */
	double h = d->name_height - part * (d->name_height - NAME_HEIGHT_LEAST), r = d->name - h / 2;
	/* neighbours must not touch at their inner ends */
	double w = fmin(h, 0.98 * step * (d->name - h * 0.85));
	double turn = -step * (double)(t->num - 1) / 2;

	for (size_t i = 0; i < t->num; i++, turn += step)
		seal_put_letter(c, &t->glyphs[i], mid + r * sin(turn), mid - r * cos(turn), w, h, turn);
}

static void put_line(struct seal_canvas *c, const struct round *d, const struct seal_text *t)
{
	double step = fmin(LINE_HEIGHT * 0.92, d->line_width / (double)t->num), w = step * 0.97;

	seal_put_line(c, t, d->side / 2, d->side / 2 + d->line_y, step, w, fmin(LINE_HEIGHT, w / NARROWEST));
}

/* Along the lower arc from left to right, heads towards the middle. */
static void put_code(struct seal_canvas *c, const struct round *d, const struct seal_text *t)
{
	double step = CODE_STEP / d->code, mid = d->side / 2, turn = -step * (double)(t->num - 1) / 2;

	for (size_t i = 0; i < t->num; i++, turn += step)
		seal_put_digit(c, &t->glyphs[i], mid + d->code * sin(turn), mid + d->code * cos(turn), CODE_CELL,
		    CODE_TALL, -turn);
}

static void put_star(struct zy_path *p, double mid, double outer)
{
	const double inner = outer * sin(SEAL_PI / 10) / sin(7 * SEAL_PI / 10);

	for (int i = 0; i < 10; i++) {
		double r = i % 2 == 0 ? outer : inner;
		double x = mid + r * sin(i * SEAL_PI / 5), y = mid - r * cos(i * SEAL_PI / 5);

		if (i == 0)
			zy_path_move(p, x, y);
		else
			zy_path_line(p, x, y);
	}
	zy_path_close(p);
}

bool seal_draw_round(struct seal_canvas *c, const struct zy_seal_rule *rule, struct zy_error *err)
{
	const struct round *d = rule->shape == ZY_SEAL_COMPANY ? &company : &official;
	struct seal_text name, line, code = { 0 };
	double mid = d->side / 2;

	if (!seal_text_shape(c, rule->name.zh, "seal.name", NAME_LEAST, NAME_MOST, &name, err) ||
	    !seal_text_shape(c, rule->centre_text, "seal.centre_text", 0, LINE_MOST, &line, err) ||
	    (d->code > 0 && !seal_text_shape(c, rule->code, "seal.code", 1, CODE_MOST, &code, err)))
		return false;
	c->width = c->height = d->side;
	zy_path_ellipse(&c->path, mid, mid, mid, mid, 0, false);
	zy_path_ellipse(&c->path, mid, mid, mid - d->ring, mid - d->ring, 0, true);
	put_star(&c->path, mid, d->star);
	put_name(c, d, &name);
	put_line(c, d, &line);
	put_code(c, d, &code);
	return true;
}
