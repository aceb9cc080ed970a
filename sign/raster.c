#include "raster.h"

#include <math.h>
#include <stdlib.h>

enum { SUB = 8, SIDE_MAX = 4096, EDGES_MAX = 1 << 20 };

struct edge {
	double x0, y0, x1, y1; /* y0 < y1 */
	int winding;
};
struct edges {
	struct edge *list;
	size_t num, room;
	struct zy_point at;
	double scale;
};
struct crossing {
	double x;
	int winding;
};

static bool add_edge(struct edges *e, double x, double y)
{
	struct zy_point a = e->at, b = { x * e->scale, y * e->scale };

	e->at = b;
	if (a.y == b.y)
		return true;
	if (e->list == NULL) { /* counting */
		e->num++;
		return true;
	}
	if (e->num == e->room)
		return false;
	e->list[e->num++] =
	    a.y < b.y ? (struct edge){ a.x, a.y, b.x, b.y, 1 } : (struct edge){ b.x, b.y, a.x, a.y, -1 };
	return true;
}

/* Chords of one cubic, by its length in pixels: they stay within a twentieth of a pixel of the curve. */
static int chords(const struct edges *e, struct zy_point from, const struct zy_point *c)
{
	double len = hypot(c[0].x - from.x, c[0].y - from.y) + hypot(c[1].x - c[0].x, c[1].y - c[0].y) +
		     hypot(c[2].x - c[1].x, c[2].y - c[1].y);

	return (int)fmin(100, 2 + 2 * sqrt(len * e->scale));
}

static bool add_curve(struct edges *e, struct zy_point from, const struct zy_point *c)
{
	int steps = chords(e, from, c);

	for (int i = 1; i <= steps; i++) {
		double t = (double)i / steps, u = 1 - t;
		double b0 = u * u * u, b1 = 3 * u * u * t, b2 = 3 * u * t * t, b3 = t * t * t;

		if (!add_edge(e, b0 * from.x + b1 * c[0].x + b2 * c[1].x + b3 * c[2].x,
			b0 * from.y + b1 * c[0].y + b2 * c[1].y + b3 * c[2].y))
			return false;
	}
	return true;
}

static bool collect(struct edges *e, const struct zy_path *p)
{
	const struct zy_point *at = p->points;
	struct zy_point start = { 0, 0 }, pen = { 0, 0 };

	for (size_t i = 0; i < p->num_ops; i++) {
		switch ((enum zy_path_op)p->ops[i]) {
		case ZY_PATH_MOVE:
			if (!add_edge(e, start.x, start.y)) /* a subpath is closed before the next begins */
				return false;
			start = pen = *at++;
			e->at = (struct zy_point){ pen.x * e->scale, pen.y * e->scale };
			break;
		case ZY_PATH_LINE:
			pen = *at++;
			if (!add_edge(e, pen.x, pen.y))
				return false;
			break;
		case ZY_PATH_CURVE:
			if (!add_curve(e, pen, at))
				return false;
			pen = at[2];
			at += 3;
			break;
		case ZY_PATH_CLOSE:
			pen = start;
			if (!add_edge(e, pen.x, pen.y))
				return false;
			break;
		}
	}
	return add_edge(e, start.x, start.y);
}

static int by_top(const void *pa, const void *pb)
{
	const struct edge *a = pa, *b = pb;

	return a->y0 < b->y0 ? -1 : a->y0 > b->y0;
}

static int by_x(const void *pa, const void *pb)
{
	const struct crossing *a = pa, *b = pb;

	return a->x < b->x ? -1 : a->x > b->x;
}

/* Adds the span [x0, x1) of one sub-line: whole pixels count 1, the ends their part. */
static void add_span(float *row, size_t width, double x0, double x1)
{
	double w = (double)width;
	size_t first, last;

	x0 = fmax(x0, 0);
	x1 = fmin(x1, w);
	if (x1 <= x0)
		return;
	first = (size_t)x0;
	last = (size_t)x1;
	if (first == last) {
		row[first] += (float)(x1 - x0);
		return;
	}
	row[first] += (float)((double)first + 1 - x0);
	for (size_t x = first + 1; x < last; x++)
		row[x] += 1;
	if (last < width)
		row[last] += (float)(x1 - (double)last);
}

static void fill_line(
    const struct edges *e, size_t *active, size_t num_active, struct crossing *hits, double y, float *row, size_t width)
{
	size_t num = 0;
	int winding = 0;

	for (size_t i = 0; i < num_active; i++) {
		const struct edge *d = &e->list[active[i]];

		if (y >= d->y0 && y < d->y1)
			hits[num++] =
			    (struct crossing){ d->x0 + (y - d->y0) * (d->x1 - d->x0) / (d->y1 - d->y0), d->winding };
	}
	qsort(hits, num, sizeof *hits, by_x);
	for (size_t i = 0; i + 1 < num; i++) {
		winding += hits[i].winding;
		if (winding != 0)
			add_span(row, width, hits[i].x, hits[i + 1].x);
	}
}

static bool fill_rows(struct zy_raster *out, struct edges *e, struct zy_arena *a, struct zy_error *err)
{
	size_t *active = zy_arena_array(a, e->num + 1, sizeof *active, err), num_active = 0, next = 0;
	struct crossing *hits = zy_arena_array(a, e->num + 1, sizeof *hits, err);
	float *row = zy_arena_array(a, out->width + 1, sizeof *row, err);

	if (active == NULL || hits == NULL || row == NULL)
		return false;
	for (size_t y = 0; y < out->height; y++) {
		size_t kept = 0;

		memset(row, 0, (out->width + 1) * sizeof *row);
		for (; next < e->num && e->list[next].y0 < (double)(y + 1); next++)
			active[num_active++] = next;
		for (size_t i = 0; i < num_active; i++) {
			if (e->list[active[i]].y1 > (double)y)
				active[kept++] = active[i];
		}
		num_active = kept;
		for (int s = 0; s < SUB; s++)
			fill_line(e, active, num_active, hits, (double)y + (s + 0.5) / SUB, row, out->width);
		for (size_t x = 0; x < out->width; x++)
			out->alpha[y * out->width + x] = (uint8_t)lroundf(fminf(row[x] / SUB, 1) * 255);
	}
	return true;
}

bool zy_raster_fill(struct zy_raster *out, const struct zy_path *p, double scale, size_t width, size_t height,
    struct zy_arena *a, struct zy_error *err)
{
	struct edges count = { .scale = scale }, e = { .scale = scale };

	if (!collect(&count, p))
		return zy_fail(err, ZY_E_BUG, "picture", ZY_NOWHERE, "counting edges failed");
	e.room = count.num;
	if (width < 1 || width > SIDE_MAX || height < 1 || height > SIDE_MAX || e.room > EDGES_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "picture", ZY_NOWHERE, "a picture of %zu x %zu pixels", width, height);
	out->width = width;
	out->height = height;
	if ((out->alpha = zy_arena_alloc(a, width * height, err)) == NULL ||
	    (e.list = zy_arena_array(a, e.room + 1, sizeof *e.list, err)) == NULL)
		return false;
	if (!collect(&e, p))
		return zy_fail(err, ZY_E_BUG, "picture", ZY_NOWHERE, "more edges than counted");
	qsort(e.list, e.num, sizeof *e.list, by_top);
	return fill_rows(out, &e, a, err);
}
