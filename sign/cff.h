/*
 * A CID-keyed Compact Font Format table (Adobe notes 5176 and 5177): read once, then cut down to a few glyphs at a
 * time. Cutting copies the charstrings with their subroutines put in and their hints left out, so it costs what the
 * glyphs cost and nothing for the rest of the font.
 */
#ifndef ZY_SIGN_CFF_H
#define ZY_SIGN_CFF_H

#include "zy/arena.h"
#include "zy/buf.h"

enum { ZY_CFF_DICTS_MAX = 256 };

struct zy_cff_index {
	size_t count, offset_size;
	struct zy_bytes offsets, data; /* object i is data[offset i - 1 .. offset i+1 - 1) */
	struct zy_bytes whole;
};
struct zy_cff_font_dict {
	struct zy_bytes dict, private_dict;
	struct zy_cff_index subrs;
};
struct zy_cff {
	struct zy_bytes table, top;
	struct zy_cff_index names, strings, subrs, charstrings;
	uint16_t *cids;   /* CID of each glyph */
	uint8_t *dict_of; /* font DICT of each glyph */
	size_t num_dicts;
	struct zy_cff_font_dict dicts[ZY_CFF_DICTS_MAX];
	struct zy_flattened *flattened; /* what was flattened before, or NULL; whoever sets it frees it */
};

/* Flattened charstrings by glyph, at most one for each glyph of the font. Threads: any. */
struct zy_flattened_glyph {
	size_t len;
	uint8_t code[];
};
struct zy_flattened *zy_flattened_new(size_t num); /* glyphs; NULL without memory */
void zy_flattened_free(struct zy_flattened *k);
const struct zy_flattened_glyph *zy_flattened_get(struct zy_flattened *k, uint32_t gid); /* NULL: not yet */
void zy_flattened_put(struct zy_flattened *k, uint32_t gid, struct zy_bytes code);

/* table must outlive out. Errors: font (not CID-keyed, or damaged), truncated, no-memory. */
ZY_MUST_CHECK bool zy_cff_parse(struct zy_cff *out, struct zy_bytes table, struct zy_arena *a, struct zy_error *err);
bool zy_cff_object(const struct zy_cff_index *x, size_t i, struct zy_bytes *out, struct zy_error *err);

/* Walks a DICT: its operators with their bytes (operands first). Errors: font, truncated. */
struct zy_cff_entry {
	unsigned op;           /* 0x0c00 + second byte for the long ones */
	struct zy_bytes bytes; /* operands and operator */
	int64_t values[2];     /* the last two operands; real numbers read as 0 */
};
enum {
	ZY_CFF_CHARSET = 15,
	ZY_CFF_ENCODING = 16,
	ZY_CFF_CHARSTRINGS = 17,
	ZY_CFF_PRIVATE = 18,
	ZY_CFF_SUBRS = 19,
	ZY_CFF_DEFAULT_WIDTH = 20,
	ZY_CFF_NOMINAL_WIDTH = 21,
	ZY_CFF_ROS = 0x0c00 + 30,
	ZY_CFF_FD_ARRAY = 0x0c00 + 36,
	ZY_CFF_FD_SELECT = 0x0c00 + 37
};
ZY_MUST_CHECK bool zy_cff_next(struct zy_reader *dict, struct zy_cff_entry *out, struct zy_error *err);

/* A table with the glyphs gids[0..num), gids[0] = 0, ascending; glyph i of it is gids[i]. Appended to out.
 * Errors: font, truncated, no-memory. */
ZY_MUST_CHECK bool zy_cff_cut(
    const struct zy_cff *c, const uint32_t *gids, size_t num, struct zy_buf *out, struct zy_error *err);

/* The charstring of a glyph without subroutines and hints. */
ZY_MUST_CHECK bool zy_charstring_flatten(
    const struct zy_cff *c, uint32_t gid, struct zy_buf *out, struct zy_error *err);

#endif
