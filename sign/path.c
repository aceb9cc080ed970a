#include "path.h"

#include <math.h>

struct zy_path zy_path_new(struct zy_arena *a, struct zy_error *err)
{
	return (struct zy_path){ .arena = a, .err = err };
}

static void *grow(struct zy_path *p, const void *old, size_t num, size_t *room, size_t size)
{
	size_t more = *room == 0 ? 64 : *room * 2;
	void *v = zy_arena_array(p->arena, more, size, p->err);

	if (v == NULL) {
		p->failed = true;
		return NULL;
	}
	if (num > 0)
		memcpy(v, old, num * size);
	*room = more;
	return v;
}

static void put(struct zy_path *p, enum zy_path_op op, size_t num, const struct zy_point *points)
{
	void *v;

	if (p->failed)
		return;
	if (p->num_ops == p->room_ops) {
		if ((v = grow(p, p->ops, p->num_ops, &p->room_ops, sizeof *p->ops)) == NULL)
			return;
		p->ops = v;
	}
	if (p->num_points + num > p->room_points) {
		if ((v = grow(p, p->points, p->num_points, &p->room_points, sizeof *p->points)) == NULL)
			return;
		p->points = v;
	}
	p->ops[p->num_ops++] = (uint8_t)op;
	for (size_t i = 0; i < num; i++)
		p->points[p->num_points++] = points[i];
}

void zy_path_move(struct zy_path *p, double x, double y)
{
	put(p, ZY_PATH_MOVE, 1, &(struct zy_point){ x, y });
}

void zy_path_line(struct zy_path *p, double x, double y)
{
	put(p, ZY_PATH_LINE, 1, &(struct zy_point){ x, y });
}

void zy_path_curve(struct zy_path *p, double x1, double y1, double x2, double y2, double x, double y)
{
	put(p, ZY_PATH_CURVE, 3, (struct zy_point[]){ { x1, y1 }, { x2, y2 }, { x, y } });
}

void zy_path_close(struct zy_path *p)
{
	put(p, ZY_PATH_CLOSE, 0, NULL);
}

void zy_path_box(struct zy_path *p, double x, double y, double w, double h)
{
	zy_path_move(p, x, y);
	zy_path_line(p, x + w, y);
	zy_path_line(p, x + w, y + h);
	zy_path_line(p, x, y + h);
	zy_path_close(p);
}

void zy_path_ellipse(struct zy_path *p, double cx, double cy, double rx, double ry, double turn, bool inner)
{
	const double k = 0.5522847498; /* a quarter of a circle as one cubic */
	double ux = cos(turn) * rx, uy = sin(turn) * rx, vx = -sin(turn) * ry, vy = cos(turn) * ry, t;

	if (inner) {
		vx = -vx;
		vy = -vy;
	}
	zy_path_move(p, cx + ux, cy + uy);
	for (int quarter = 0; quarter < 4; quarter++) {
		zy_path_curve(
		    p, cx + ux + k * vx, cy + uy + k * vy, cx + vx + k * ux, cy + vy + k * uy, cx + vx, cy + vy);
		t = ux;
		ux = vx;
		vx = -t;
		t = uy;
		uy = vy;
		vy = -t;
	}
	zy_path_close(p);
}

bool zy_path_done(const struct zy_path *p)
{
	return !p->failed;
}

void zy_put_number(struct zy_buf *b, double v, unsigned decimals)
{
	static const int64_t scale[] = { 1, 10, 100, 1000, 10000 };
	int64_t n = llround(v * (double)scale[decimals]);
	uint64_t u = (uint64_t)(n < 0 ? -n : n);
	char text[32];
	size_t at = sizeof text;
	bool seen = false;

	for (unsigned i = 0; i < decimals; i++, u /= 10) {
		if (u % 10 != 0 || seen) {
			text[--at] = (char)('0' + u % 10);
			seen = true;
		}
	}
	if (seen)
		text[--at] = '.';
	do
		text[--at] = (char)('0' + u % 10);
	while ((u /= 10) > 0);
	if (n < 0)
		text[--at] = '-';
	zy_buf_put(b, ZY_BYTES(text + at, sizeof text - at));
}

static void put_points(struct zy_buf *b, const struct zy_point *at, size_t num, unsigned decimals)
{
	for (size_t i = 0; i < num; i++) {
		zy_put_number(b, at[i].x, decimals);
		zy_buf_put_u8(b, ' ');
		zy_put_number(b, at[i].y, decimals);
		zy_buf_put_u8(b, ' ');
	}
}

static const uint8_t points_of[] = { 1, 1, 3, 0 };

void zy_path_put_pdf(struct zy_buf *b, const struct zy_path *p, unsigned decimals)
{
	const struct zy_point *at = p->points;

	for (size_t i = 0; i < p->num_ops; at += points_of[p->ops[i++]]) {
		put_points(b, at, points_of[p->ops[i]], decimals);
		zy_buf_put_u8(b, (uint8_t) "mlch"[p->ops[i]]);
		zy_buf_put_u8(b, ' ');
	}
}

void zy_path_put_ofd(struct zy_buf *b, const struct zy_path *p, unsigned decimals)
{
	const struct zy_point *at = p->points;

	for (size_t i = 0; i < p->num_ops; at += points_of[p->ops[i++]]) {
		zy_buf_put_u8(b, (uint8_t) "MLBC"[p->ops[i]]);
		zy_buf_put_u8(b, ' ');
		put_points(b, at, points_of[p->ops[i]], decimals);
	}
}
