/* The layout stage: boxes of the type's layout become runs of glyphs and shapes. Nothing leaves its box. */
#include <math.h>

#include "page.h"

enum { LINES_MAX = 128 };
#define SHRINK_POINTS 0.25 /* step from size down to least_size */
/* A line of Chinese stands in its em box; what hangs below it are Latin descenders. In parts of the size. */
#define ABOVE 0.88
#define BELOW 0.22
/* Wider gaps than this would be read as spaces when the text is taken out again. In parts of the size. */
#define JUSTIFY_MAX 0.09
#define LABEL_GAP_MM 4.0
#define LABEL_EN_LEAST 4.0 /* points */

/* What of the layout is drawn: all, what is the same for every record, or the rest. */
enum part { ALL, FIXED, OWN };

struct job {
	enum part part;
	struct zy_face *face;
	const struct zy_faces *faces;
	const struct zy_type *type;
	const struct zy_record *rec;
	struct zy_arena *arena;
	struct zy_error *err;
	struct zy_run **last_run;
	struct zy_shape **last_shape;
	uint8_t label_colour[3]; /* the border's, darker: small letters need contrast */
};

/* A text that was shaped once and may be tried at several sizes. */
struct block {
	const char *field;
	unsigned font;
	size_t num_paragraphs, num_lines;
	struct zy_paragraph *paragraphs;
	struct zy_line lines[LINES_MAX];
	uint16_t paragraph_of[LINES_MAX];
};

static bool shape_block(struct job *j, const char *text, struct block *b)
{
	size_t n = 1;

	for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
		n++;
	b->num_paragraphs = n;
	if ((b->paragraphs = zy_arena_array(j->arena, n, sizeof *b->paragraphs, j->err)) == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *end = strchr(text, '\n');
		size_t len = end == NULL ? strlen(text) : (size_t)(end - text);
		struct zy_glyph *glyphs;

		if (!zy_font_shape(&j->faces->fonts[b->font], ZY_BYTES(text, len), b->field, j->arena, &glyphs,
			&b->paragraphs[i].num, j->err) ||
		    !zy_font_use_add(&j->face->uses[b->font], glyphs, b->paragraphs[i].num, j->arena, j->err))
			return false;
		b->paragraphs[i].glyphs = glyphs;
		text += len + 1;
	}
	return true;
}

static int64_t line_width(const struct zy_paragraph *p, const struct zy_line *l)
{
	int64_t w = 0;

	for (size_t i = l->begin; i < l->end; i++)
		w += p->glyphs[i].advance;
	return w;
}

/* Breaks the block at this size; false when it is too wide or has too many lines. size, width in mm. */
static bool break_block(struct block *b, double size, double width, size_t most_lines)
{
	int64_t units = (int64_t)(width * 1000.0 / size);
	size_t n;

	b->num_lines = 0;
	for (size_t i = 0; i < b->num_paragraphs; i++) {
		if (!zy_lines_break(&b->paragraphs[i], units, b->lines + b->num_lines, most_lines - b->num_lines, &n))
			return false;
		for (size_t k = 0; k < n; k++) {
			if (line_width(&b->paragraphs[i], &b->lines[b->num_lines + k]) > units)
				return false;
			b->paragraph_of[b->num_lines + k] = (uint16_t)i;
		}
		b->num_lines += n;
	}
	return true;
}

static bool overflow(struct job *j, const struct zy_box *box, const char *field)
{
	return zy_fail(j->err, ZY_E_LAYOUT, field, ZY_NOWHERE,
	    "the text of %s does not fit its box of %.0f x %.0f mm, not even at %.4g points; shorten it", field, box->w,
	    box->h, box->least_size);
}

/* ---- runs ---- */

static bool add_run(struct job *j, unsigned font, const struct zy_glyph *glyphs, size_t num, double size, double x,
    double y, double extra, const uint8_t colour[3])
{
	struct zy_run *r = zy_arena_alloc(j->arena, sizeof *r, j->err);
	int32_t *at = zy_arena_array(j->arena, num + 1, sizeof *at, j->err);
	double pen = 0;

	if (r == NULL || at == NULL)
		return false;
	if (num == 0)
		return true;
	for (size_t i = 0; i < num; i++) {
		at[i] = (int32_t)lround(pen * 1000.0);
		pen += glyphs[i].advance * size / 1000.0 + extra;
	}
	*r = (struct zy_run){ .font = font, .size = size, .x = x, .y = y, .num = num, .glyphs = glyphs, .at = at };
	memcpy(r->colour, colour, sizeof r->colour);
	*j->last_run = r;
	j->last_run = &r->next;
	return true;
}

static bool add_line(struct job *j, const struct zy_box *box, const struct block *b, size_t line, double size, double x,
    double width, double y)
{
	const struct zy_line *l = &b->lines[line];
	const struct zy_paragraph *p = &b->paragraphs[b->paragraph_of[line]];
	size_t num = l->end - l->begin;
	double used = (double)line_width(p, l) * size / 1000.0, extra = 0;

	if (box->align == ZY_ALIGN_CENTRE)
		x += (width - used) / 2;
	else if (box->align == ZY_ALIGN_RIGHT)
		x += width - used;
	else if (box->align == ZY_ALIGN_JUSTIFY && !l->last && num > 1)
		extra = fmin((width - used) / (double)(num - 1), JUSTIFY_MAX * size);
	return add_run(j, b->font, p->glyphs + l->begin, num, size, x, y, extra, box->colour);
}

/* Fills a column. first_base: the first base line below the box's top, or 0 to stand in the middle of the box. */
static bool set_block(
    struct job *j, const struct zy_box *box, struct block *b, double x, double width, double first_base)
{
	for (double points = box->size; points >= box->least_size - 1e-9; points -= SHRINK_POINTS) {
		double size = points * ZY_MM_PER_POINT, step = size * box->leading;
		double above = first_base > 0 ? first_base : ABOVE * size, room = box->h - above - BELOW * size, y;

		if (room < -1e-9 ||
		    !break_block(b, size, width, (size_t)fmin(LINES_MAX, 1.0 + floor(fmax(room, 0) / step + 1e-9))))
			continue;
		y = box->y + above;
		if (first_base <= 0)
			y += (room - (double)(b->num_lines - 1) * step) / 2;
		for (size_t i = 0; i < b->num_lines; i++, y += step) {
			if (!add_line(j, box, b, i, size, x, width, y))
				return false;
		}
		return true;
	}
	return overflow(j, box, b->field);
}

static bool set_value(struct job *j, const struct zy_box *box, double x, double width, double first_base)
{
	struct block *b = zy_arena_alloc(j->arena, sizeof *b, j->err);
	const char *text;

	if (b == NULL)
		return false;
	if (box->kind == ZY_BOX_TERMS) {
		b->field = "terms_about";
		if (!zy_face_terms(j->rec, j->arena, &text, j->err))
			return false;
		if (text[0] == 0)
			return true;
	} else if (!zy_face_text(box->text, j->type, j->rec, j->arena, &text, &b->field, j->err)) {
		return false;
	}
	b->font = box->bold ? ZY_FONT_BOLD : ZY_FONT_REGULAR;
	return shape_block(j, text, b) && set_block(j, box, b, x, width, first_base);
}

/* ---- the label of a row ---- */

/* Labels of a column are spread to one width, as on the printed forms. */
static bool set_label_zh(struct job *j, const struct zy_box *box, double base)
{
	struct block *b = zy_arena_alloc(j->arena, sizeof *b, j->err);
	double size = box->size * ZY_MM_PER_POINT, width = box->label_w - LABEL_GAP_MM, used, extra = 0;
	const struct zy_paragraph *p;

	if (b == NULL)
		return false;
	*b = (struct block){ .field = "layout.label", .font = ZY_FONT_BOLD };
	if (!shape_block(j, box->label.zh, b))
		return false;
	p = &b->paragraphs[0];
	used = (double)line_width(p, &(struct zy_line){ 0, p->num, true }) * size / 1000.0;
	if (used > width + 1e-6 || b->num_paragraphs != 1)
		return overflow(j, box, b->field);
	if (p->num > 1)
		extra = (width - used) / (double)(p->num - 1);
	return add_run(j, b->font, p->glyphs, p->num, size, box->x, base, extra, j->label_colour);
}

static bool set_label_en(struct job *j, const struct zy_box *box, double base)
{
	struct zy_box under = *box;
	double size = box->size * ZY_MM_PER_POINT;
	struct block *b;

	if (box->label.en == NULL || box->label.en[0] == '\0')
		return true;
	under.y = base + 0.24 * size;
	under.h = fmin(box->y + box->h - under.y, size);
	under.size = fmax(LABEL_EN_LEAST, box->size * 0.5);
	under.least_size = LABEL_EN_LEAST;
	under.align = ZY_ALIGN_LEFT;
	if ((b = zy_arena_alloc(j->arena, sizeof *b, j->err)) == NULL)
		return false;
	*b = (struct block){ .field = "layout.label", .font = ZY_FONT_REGULAR };
	memcpy(under.colour, j->label_colour, sizeof under.colour);
	return shape_block(j, box->label.en, b) &&
	       set_block(j, &under, b, under.x, under.label_w, ABOVE * under.size * ZY_MM_PER_POINT);
}

static bool is_fixed(const struct zy_box *box)
{
	return box->kind != ZY_BOX_TERMS && strchr(box->text, '{') == NULL;
}

static bool wanted(const struct job *j, bool fixed)
{
	return j->part == ALL || fixed == (j->part == FIXED);
}

static bool set_row(struct job *j, const struct zy_box *box)
{
	double base = ABOVE * box->size * ZY_MM_PER_POINT;

	return (!wanted(j, true) || (set_label_zh(j, box, box->y + base) && set_label_en(j, box, box->y + base))) &&
	       (!wanted(j, is_fixed(box)) || set_value(j, box, box->x + box->label_w, box->w - box->label_w, base));
}

/* ---- the other boxes ---- */

static void append_shapes(struct job *j, struct zy_shape *s)
{
	*j->last_shape = s;
	while (s->next != NULL)
		s = s->next;
	j->last_shape = &s->next;
}

static bool set_rule(struct job *j, const struct zy_box *box)
{
	struct zy_shape *s = zy_arena_alloc(j->arena, sizeof *s, j->err);

	if (s == NULL)
		return false;
	*s = (struct zy_shape){ .path = zy_path_new(j->arena, j->err) };
	memcpy(s->colour, box->colour, sizeof s->colour);
	zy_path_box(&s->path, box->x, box->y, box->w, box->h);
	append_shapes(j, s);
	return zy_path_done(&s->path);
}

static bool set_box(struct job *j, const struct zy_box *box)
{
	struct zy_shape *shapes;

	switch (box->kind) {
	case ZY_BOX_TEXT:
	case ZY_BOX_TERMS:
		return !wanted(j, is_fixed(box)) || set_value(j, box, box->x, box->w, 0);
	case ZY_BOX_ROW:
		return set_row(j, box);
	case ZY_BOX_QR:
		if (!wanted(j, false))
			return true;
		if (!zy_face_qr(j->rec->identifier, box->x, box->y, box->w, box->h, j->arena, &shapes, j->err))
			return false;
		append_shapes(j, shapes);
		return true;
	case ZY_BOX_SEAL:
		j->face->seal = (struct zy_seal_place){ box->x, box->y, box->w, box->h };
		return true;
	case ZY_BOX_RULE:
		return !wanted(j, true) || set_rule(j, box);
	}
	return zy_fail(j->err, ZY_E_BUG, "layout.kind", ZY_NOWHERE, "an unknown kind of box");
}

static bool check_inside(const struct zy_layout *l, const struct zy_box *box, struct zy_error *err)
{
	if (box->x >= 0 && box->y >= 0 && box->w >= 0 && box->h >= 0 && box->x + box->w <= l->width + 1e-6 &&
	    box->y + box->h <= l->height + 1e-6)
		return true;
	return zy_fail(
	    err, ZY_E_LAYOUT, "layout.boxes", ZY_NOWHERE, "a box at %.1f, %.1f mm leaves the page", box->x, box->y);
}

static bool set_boxes(struct job *j, const struct zy_faces *f, const struct zy_type *t, struct zy_face *out)
{
	const struct zy_layout *l = &t->layout;

	out->faces = f;
	out->width = l->width;
	out->height = l->height;
	j->face = out;
	j->faces = f;
	j->type = t;
	for (size_t i = 0; i < 3; i++)
		j->label_colour[i] = (uint8_t)(l->border_colour[i] * 11 / 20);
	j->last_run = &out->runs;
	j->last_shape = &out->shapes;
	for (size_t i = 0; i < l->num_boxes; i++) {
		if (!check_inside(l, &l->boxes[i], j->err) || !set_box(j, &l->boxes[i]))
			return false;
	}
	return true;
}

static bool is_nominal(const struct zy_faces *f, const struct zy_font_use uses[ZY_NUM_FONTS])
{
	for (size_t i = 0; i < ZY_NUM_FONTS; i++)
		for (size_t k = 0; k < uses[i].num; k++)
			if (!zy_font_is_nominal(&f->fonts[i], &uses[i].glyphs[k]))
				return false;
	return true;
}

static bool cut_shared(const struct zy_font *f, const struct zy_font_use *u, struct zy_arena *a,
    struct zy_font_subset *out, struct zy_error *err)
{
	uint8_t *sm3 = zy_arena_alloc(a, ZY_HASH_LEN, err);

	if (sm3 == NULL || !zy_font_subset(f, u, a, out, err) || !zy_digest(ZY_HASH_SM3, out->otf, sm3, err))
		return false;
	out->otf_sm3 = sm3;
	return true;
}

bool zy_face_fixed(
    const struct zy_faces *f, const struct zy_type *t, struct zy_arena *a, struct zy_face *out, struct zy_error *err)
{
	struct job j = { .part = FIXED, .arena = a, .err = err };

	*out = (struct zy_face){ 0 };
	if (!set_boxes(&j, f, t, out))
		return false;
	for (size_t i = 0; i < ZY_NUM_FONTS; i++)
		zy_font_use_sort(&out->uses[i]);
	if (!is_nominal(f, out->uses))
		*out = (struct zy_face){ .faces = f, .width = out->width, .height = out->height };
	for (size_t i = 0; i < ZY_NUM_FONTS; i++)
		if (out->uses[i].num > 0 && !cut_shared(&f->fonts[i], &out->uses[i], a, &out->subsets[i], err))
			return false;
	return true;
}

/* Of a font in which the record itself shows nothing the words' subset is the licence's. */
static bool cut_font(
    const struct zy_face *words, size_t font, struct zy_face *face, struct zy_arena *a, struct zy_error *err)
{
	struct zy_font_use *use = &face->uses[font];
	const struct zy_font_use *fixed = &words->uses[font];

	if (use->num == 0) {
		*use = *fixed;
		face->subsets[font] = words->subsets[font];
		return true;
	}
	if (!zy_font_use_add(use, fixed->glyphs, fixed->num, a, err))
		return false;
	zy_font_use_sort(use);
	return zy_font_subset(&face->faces->fonts[font], use, a, &face->subsets[font], err);
}

bool zy_face_lay_out(const struct zy_faces *f, const struct zy_type *t, const struct zy_record *rec, struct zy_arena *a,
    const struct zy_face **out, struct zy_error *err)
{
	struct zy_face *face = zy_arena_alloc(a, sizeof *face, err);
	struct job j = { .rec = rec, .arena = a, .err = err };
	const struct zy_face *words;

	if (face == NULL || !zy_shelf_artwork(f, t, a, &face->art, err))
		return false;
	words = &face->art->words;
	j.part = words->runs == NULL && words->shapes == NULL ? ALL : OWN;
	if (!set_boxes(&j, f, t, face))
		return false;
	for (size_t i = 0; i < ZY_NUM_FONTS; i++)
		if (!cut_font(words, i, face, a, err))
			return false;
	*out = face;
	return true;
}

struct zy_seal_place zy_face_seal_place(const struct zy_face *f)
{
	return f->seal;
}
