/* A person's seal (名章): a square of 20 mm, two columns read from right to left, red letters in a red frame. */
#include "seal_shapes.h"

#define SIDE 20.0
#define FRAME 1.0
#define MARGIN 0.6 /* between frame and letters */

enum { NAME_LEAST = 2, NAME_MOST = 4 };

static void put_frame(struct zy_path *p)
{
	const double far = SIDE - FRAME;

	zy_path_box(p, 0, 0, SIDE, SIDE);
	/* against the way of the box around it: what lies inside stays clear */
	zy_path_move(p, FRAME, FRAME);
	zy_path_line(p, FRAME, far);
	zy_path_line(p, far, far);
	zy_path_line(p, far, FRAME);
	zy_path_close(p);
}

/* The letters of one column fill its height. */
static void put_column(struct seal_canvas *c, const struct zy_glyph *g, size_t num, double x)
{
	const double inner = SIDE - 2 * (FRAME + MARGIN), h = inner / (double)num, w = inner / 2;

	for (size_t i = 0; i < num; i++)
		seal_put_letter(c, &g[i], x, FRAME + MARGIN + h * ((double)i + 0.5), w, h, 0);
}

bool seal_draw_name(struct seal_canvas *c, const struct zy_seal_rule *rule, struct zy_error *err)
{
	const double quarter = (SIDE - 2 * (FRAME + MARGIN)) / 4;
	struct seal_text t;
	size_t right;

	if (!seal_text_shape(c, rule->name.zh, "seal.name", NAME_LEAST, NAME_MOST, &t, err))
		return false;
	right = t.num / 2; /* of three letters the family name stands alone on the right */
	c->width = c->height = SIDE;
	put_frame(&c->path);
	put_column(c, t.glyphs, right, SIDE / 2 + quarter);
	put_column(c, t.glyphs + right, t.num - right, SIDE / 2 - quarter);
	return true;
}
