/* Outlines in millimetres, origin top left, y down, and how numbers are written in both back ends. */
#ifndef ZY_SIGN_PATH_H
#define ZY_SIGN_PATH_H

#include "zy/arena.h"
#include "zy/buf.h"

struct zy_point {
	double x, y;
};

enum zy_path_op { ZY_PATH_MOVE, ZY_PATH_LINE, ZY_PATH_CURVE, ZY_PATH_CLOSE }; /* 1, 1, 3, 0 points */

struct zy_path {
	struct zy_arena *arena;
	uint8_t *ops;
	struct zy_point *points;
	size_t num_ops, room_ops, num_points, room_points;
	struct zy_error *err; /* no-memory lands here; looked at once, with zy_path_done */
	bool failed;
};

struct zy_path zy_path_new(struct zy_arena *a, struct zy_error *err);
void zy_path_move(struct zy_path *p, double x, double y);
void zy_path_line(struct zy_path *p, double x, double y);
void zy_path_curve(struct zy_path *p, double x1, double y1, double x2, double y2, double x, double y);
void zy_path_close(struct zy_path *p);
void zy_path_box(struct zy_path *p, double x, double y, double w, double h);
/* An ellipse with half axes rx, ry, turned by `turn` radians; four curves. Against the clock when `inner`. */
void zy_path_ellipse(struct zy_path *p, double cx, double cy, double rx, double ry, double turn, bool inner);
ZY_MUST_CHECK bool zy_path_done(const struct zy_path *p);

/* v rounded to `decimals` (0..4) places, without trailing zeros: "12.5", "-0.03", "7". */
void zy_put_number(struct zy_buf *b, double v, unsigned decimals);
/* The path as PDF operators (m l c h) or as OFD AbbreviatedData (M L B C), each followed by a space. */
void zy_path_put_pdf(struct zy_buf *b, const struct zy_path *p, unsigned decimals);
void zy_path_put_ofd(struct zy_buf *b, const struct zy_path *p, unsigned decimals);

#endif
