/* Glyph outlines as paths, placed by an affine map: for seals, where text runs along a circle. */
#include "outline.h"

struct pen {
	struct zy_path *path;
	const struct zy_placing *m;
};

static struct zy_point map(const struct pen *p, float x, float y)
{
	const struct zy_placing *m = p->m;

	return (
	    struct zy_point){ m->a * (double)x + m->c * (double)y + m->e, m->b * (double)x + m->d * (double)y + m->f };
}

static void move_to(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x, float y, void *user)
{
	struct pen *p = data;
	struct zy_point q = map(p, x, y);

	(void)f, (void)st, (void)user;
	zy_path_move(p->path, q.x, q.y);
}

static void line_to(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x, float y, void *user)
{
	struct pen *p = data;
	struct zy_point q = map(p, x, y);

	(void)f, (void)st, (void)user;
	zy_path_line(p->path, q.x, q.y);
}

static void cubic_to(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x1, float y1, float x2, float y2,
    float x, float y, void *user)
{
	struct pen *p = data;
	struct zy_point q1 = map(p, x1, y1), q2 = map(p, x2, y2), q = map(p, x, y);

	(void)f, (void)st, (void)user;
	zy_path_curve(p->path, q1.x, q1.y, q2.x, q2.y, q.x, q.y);
}

static void close_path(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, void *user)
{
	struct pen *p = data;

	(void)f, (void)st, (void)user;
	zy_path_close(p->path);
}

void zy_outline_add(struct zy_path *path, const struct zy_font *f, uint32_t gid, const struct zy_placing *m)
{
	hb_draw_funcs_t *funcs = hb_draw_funcs_create();
	struct pen pen = { path, m };

	hb_draw_funcs_set_move_to_func(funcs, move_to, NULL, NULL);
	hb_draw_funcs_set_line_to_func(funcs, line_to, NULL, NULL);
	hb_draw_funcs_set_cubic_to_func(funcs, cubic_to, NULL, NULL);
	hb_draw_funcs_set_close_path_func(funcs, close_path, NULL, NULL);
	hb_font_get_glyph_shape(f->font, gid, funcs, &pen);
	hb_draw_funcs_destroy(funcs);
}
