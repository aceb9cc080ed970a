/* How each shape of seal is drawn; millimetres from the top left corner of the picture, y down. */
#ifndef ZY_SIGN_SEAL_SHAPES_H
#define ZY_SIGN_SEAL_SHAPES_H

#include "outline.h"
#include "page.h"

#define SEAL_PI 3.14159265358979323846

struct seal_canvas {
	const struct zy_font *font;
	struct zy_arena *arena;
	struct zy_path path;
	double width, height; /* mm */
};

/* A line of `least` to `most` characters, shaped. Errors: glyph-missing, layout-overflow, no-memory. */
struct seal_text {
	const struct zy_glyph *glyphs;
	size_t num;
};
ZY_MUST_CHECK bool seal_text_shape(const struct seal_canvas *c, const char *text, const char *field, size_t least,
    size_t most, struct seal_text *out, struct zy_error *err);

/* A letter in a cell: its em box is squeezed to w x h, its middle lies at (x, y), turned clockwise by `turn`. */
void seal_put_letter(
    struct seal_canvas *c, const struct zy_glyph *g, double x, double y, double w, double h, double turn);
/* A level line around (x, y) of letters with em boxes w x h, `step` apart. */
void seal_put_line(
    struct seal_canvas *c, const struct seal_text *t, double x, double y, double step, double w, double h);
/* A digit or Latin letter filling a cell that is `cell` wide, `tall` the height of a capital. */
void seal_put_digit(
    struct seal_canvas *c, const struct zy_glyph *g, double x, double y, double cell, double tall, double turn);

/* Each sets width and height and fills the path. */
ZY_MUST_CHECK bool seal_draw_round(struct seal_canvas *c, const struct zy_seal_rule *r, struct zy_error *err);
ZY_MUST_CHECK bool seal_draw_oval(struct seal_canvas *c, const struct zy_seal_rule *r, struct zy_error *err);
ZY_MUST_CHECK bool seal_draw_name(struct seal_canvas *c, const struct zy_seal_rule *r, struct zy_error *err);

#endif
