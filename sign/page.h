/* The laid-out page: what both back ends write down. Millimetres from the top left corner, y down. */
#ifndef ZY_SIGN_PAGE_H
#define ZY_SIGN_PAGE_H

#include <pthread.h>

#include "font.h"
#include "path.h"
#include "zy/digest.h"
#include "zy/face.h"

enum { ZY_FONT_REGULAR, ZY_FONT_BOLD, ZY_NUM_FONTS };

#define ZY_MM_PER_POINT (25.4 / 72.0)

/* Glyphs on one base line. Positions are whole micrometres, so that both back ends place them alike. */
struct zy_run {
	struct zy_run *next;
	unsigned font; /* ZY_FONT_* */
	double size;   /* mm */
	double x, y;   /* start of the base line */
	size_t num;    /* at least 1 */
	const struct zy_glyph *glyphs;
	const int32_t *at; /* micrometres from x, at[0] = 0 */
	uint8_t colour[3];
};

struct zy_shape {
	struct zy_shape *next;
	struct zy_path path;
	double width; /* of the line; 0: filled (nonzero winding) */
	uint8_t colour[3];
};

struct zy_faces {
	struct zy_font fonts[ZY_NUM_FONTS];
	struct zy_buf icc; /* the sRGB profile, deflated */
	struct zy_shelf *shelf;
};

struct zy_face {
	const struct zy_faces *faces;
	const struct zy_artwork *art;
	double width, height;
	struct zy_run *runs;
	struct zy_shape *shapes;               /* over the artwork, under the text */
	struct zy_font_use uses[ZY_NUM_FONTS]; /* those of the artwork's words, too */
	struct zy_font_subset subsets[ZY_NUM_FONTS];
	struct zy_seal_place seal;
};

/* What a layout draws under every licence of its kind; made once per layout and kept in struct zy_faces. */
struct zy_artwork {
	struct zy_artwork *next;
	struct zy_arena arena; /* in which it lies itself when it is kept */
	uint8_t layout[ZY_HASH_LEN];
	struct zy_face words;         /* what does not depend on a record, with fonts for it alone; no artwork */
	struct zy_bytes pdf;          /* content stream in page millimetres, deflated; its fonts are the page's */
	struct zy_bytes ofd;          /* the template page's Content.xml */
	struct zy_bytes ofd_deflated; /* the same, raw DEFLATE */
	uint8_t ofd_sm3[ZY_HASH_LEN];
	unsigned last_id; /* the last object ID used in it */
};
#define ZY_ARTWORK_FIRST_ID 100u

/* ---- the parts of the layout stage ---- */

/* What a face says of a licence's terms; "" when there are none. Errors: no-memory. */
ZY_MUST_CHECK bool zy_face_terms(
    const struct zy_record *rec, struct zy_arena *a, const char **out, struct zy_error *err);
/* The text of a box with its {placeholders} filled, and whose field it is for errors. Errors: policy, no-memory. */
ZY_MUST_CHECK bool zy_face_text(const char *pattern, const struct zy_type *t, const struct zy_record *rec,
    struct zy_arena *a, const char **out, const char **field, struct zy_error *err);

/* Lines of shaped glyphs, broken to a width by the rules for Chinese. */
struct zy_line {
	size_t begin, end; /* glyphs, without the spaces at the break */
	bool last;         /* of its paragraph */
};
struct zy_paragraph {
	const struct zy_glyph *glyphs;
	size_t num;
};
/* width in thousandths of the em. At most max lines; false when there would be more. */
bool zy_lines_break(const struct zy_paragraph *p, int64_t width, struct zy_line *out, size_t max, size_t *num);

/* The modules of the code as filled boxes on a white ground. Errors: layout-overflow, no-memory. */
ZY_MUST_CHECK bool zy_face_qr(const char *text, double x, double y, double w, double h, struct zy_arena *a,
    struct zy_shape **out, struct zy_error *err);

struct zy_shelf *zy_shelf_new(void); /* NULL: no memory */
void zy_shelf_free(struct zy_shelf *s);
/* The artwork of a type's layout: found, or drawn and kept; when there are many, drawn in the arena. Errors: those of
 * zy_face_lay_out, about words of the layout. */
ZY_MUST_CHECK bool zy_shelf_artwork(const struct zy_faces *f, const struct zy_type *t, struct zy_arena *a,
    const struct zy_artwork **out, struct zy_error *err);
/* Labels, texts without placeholders, rules: what of a type's layout is the same for all records. Nothing when one of
 * its glyphs has to be named by its number in the licence's own font. Errors: those of zy_face_lay_out. */
ZY_MUST_CHECK bool zy_face_fixed(
    const struct zy_faces *f, const struct zy_type *t, struct zy_arena *a, struct zy_face *out, struct zy_error *err);
/* Ground and border as shapes, in the order of drawing. */
ZY_MUST_CHECK bool zy_artwork_draw(
    const struct zy_layout *l, struct zy_arena *a, struct zy_shape **out, struct zy_error *err);

/* ---- the parts of the back ends ---- */

/* One chunk of a PNG file: length, type, data, CRC. */
void zy_png_put_chunk(struct zy_buf *b, const char type[4], struct zy_bytes v);
/* A zlib stream (RFC 1950) or raw DEFLATE (RFC 1951) of v; level 0 stores. Errors: no-memory. */
enum zy_wrapping { ZY_ZLIB, ZY_RAW };
ZY_MUST_CHECK bool zy_deflate(
    struct zy_buf *out, struct zy_bytes v, int level, enum zy_wrapping wrapping, struct zy_error *err);
/* ICC.1:2001-04 (version 2) display profile of IEC 61966-2-1 sRGB, computed here. */
void zy_icc_srgb(struct zy_buf *out);
void zy_shape_put_pdf(struct zy_buf *b, const struct zy_shape *s, unsigned decimals);
void zy_shape_put_ofd(
    struct zy_buf *b, const struct zy_shape *s, double page_w, double page_h, unsigned id, unsigned decimals);
/* Text; spelled: with its characters beside it, since its glyphs may stand for others. */
void zy_run_put_pdf(struct zy_buf *b, const struct zy_face *f, const struct zy_run *r, bool spelled);
void zy_run_put_ofd(struct zy_buf *b, const struct zy_face *f, const struct zy_run *r, unsigned id);
/* Text with the characters that XML reserves written as references. */
void zy_put_xml_text(struct zy_buf *b, const char *s);
void zy_put_utf8(struct zy_buf *b, uint32_t c);

#endif
