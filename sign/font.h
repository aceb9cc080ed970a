/*
 * One CJK face of the pair (regular, bold): shaping, subsetting and the numbers that PDF and OFD need about a
 * subset. Shapes one glyph for one character: an OFD TextCode counts characters, and a ToUnicode map is exact
 * only so.
 */
#ifndef ZY_SIGN_FONT_H
#define ZY_SIGN_FONT_H

#include <hb.h>

#include "cff.h"
#include "zy/arena.h"
#include "zy/text.h"

struct zy_font {
	hb_face_t *face;  /* for shaping */
	hb_blob_t *table; /* CFF, as cff reads it */
	struct zy_cff cff;
	struct zy_arena arena; /* of cff */
	hb_font_t *font;       /* unscaled: units of the em */
	unsigned upem;
	char postscript_name[64], family[64];
	int ascent, descent, cap_height, bbox[4]; /* in thousandths of the em */
};

/* The face "SC" of a collection (by its family name), or the only face of a file. Errors: font. */
ZY_MUST_CHECK bool zy_font_open(struct zy_font *f, const char *path, struct zy_error *err);
void zy_font_close(struct zy_font *f);

/* Has the character a glyph of its own? Controls and soft hyphens have none: they would vanish from the page but
 * stay in the record. */
bool zy_font_has(const struct zy_font *f, uint32_t c);
bool zy_font_missing(const char *field, uint32_t c, struct zy_error *err); /* sets glyph-missing; always false */

struct zy_glyph {
	uint32_t gid;     /* in the full face */
	uint32_t unicode; /* its character */
	int32_t advance;  /* thousandths of the em, kerned */
	int32_t width;    /* the same before kerning */
};

/* Does the font's cmap give this form, or did shaping (locl)? */
bool zy_font_is_nominal(const struct zy_font *f, const struct zy_glyph *g);

/* Shapes a text without line feeds, language zh-Hans, left to right. `field` names it in an error.
 * Errors: glyph-missing, no-memory. */
ZY_MUST_CHECK bool zy_font_shape(const struct zy_font *f, struct zy_bytes text, const char *field, struct zy_arena *a,
    struct zy_glyph **out, size_t *num, struct zy_error *err);

/* What one page uses of a font: glyphs as they come, then sorted once. */
struct zy_font_use {
	struct zy_glyph *glyphs; /* after _sort: by (gid, unicode), no repeats */
	size_t num, room;
};
ZY_MUST_CHECK bool zy_font_use_add(
    struct zy_font_use *u, const struct zy_glyph *g, size_t num, struct zy_arena *a, struct zy_error *err);
void zy_font_use_sort(struct zy_font_use *u);

struct zy_font_subset {
	struct zy_bytes otf;      /* OpenType file with a cmap: what OFD embeds */
	const uint8_t *otf_sm3;   /* its digest when it is shared by many pages, else NULL */
	struct zy_bytes cff;      /* its CFF table: what PDF embeds */
	char postscript_name[72]; /* with the subset's tag: ABCDEF+Name */
	size_t num;               /* of the use's glyphs */
	const uint16_t *code;     /* for use->glyphs[i]: the code in PDF, which is the CID and not the glyph index */
	const uint16_t *gid;      /* for use->glyphs[i]: glyph index in the subset */
};
/* Errors: font, no-memory. */
ZY_MUST_CHECK bool zy_font_subset(const struct zy_font *f, const struct zy_font_use *u, struct zy_arena *a,
    struct zy_font_subset *out, struct zy_error *err);
/* Position of a glyph in the sorted use; SIZE_MAX if it is not there. */
size_t zy_font_use_find(const struct zy_font_use *u, const struct zy_glyph *g);

#endif
