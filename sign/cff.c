/* Just enough of the Compact Font Format (Adobe note 5176) to know the CID of each glyph. */
#include "font.h"

enum { OP_CHARSET = 15, OP_ROS = 0x0c00 + 30 };

static bool bad(struct zy_error *err)
{
	return zy_fail(err, ZY_E_FONT, "CFF", ZY_NOWHERE, "the CFF table of the font subset cannot be read");
}

/* INDEX (clause 5): gives its first object, moves past it. */
static bool take_index(struct zy_reader *r, struct zy_bytes *first, struct zy_error *err)
{
	uint64_t count, size, begin = 0, at = 0, end = 0;
	struct zy_bytes data;

	*first = ZY_BYTES(NULL, 0);
	if (!zy_take_be(r, 2, "CFF.INDEX", &count, err))
		return false;
	if (count == 0)
		return true;
	if (!zy_take_be(r, 1, "CFF.INDEX", &size, err) || size < 1 || size > 4)
		return bad(err);
	for (uint64_t i = 0; i <= count; i++) {
		if (!zy_take_be(r, size, "CFF.INDEX", &at, err))
			return false;
		if (i == 0)
			begin = at;
		if (i == 1)
			end = at;
	}
	if (begin != 1 || end < begin || at < end || !zy_take(r, at - 1, "CFF.INDEX", &data, err))
		return bad(err);
	*first = ZY_BYTES(data.p, end - begin);
	return true;
}

/* One operand of a DICT (clause 4, table 3); real numbers are skipped. */
static bool take_operand(struct zy_reader *r, uint8_t b0, int64_t *v, struct zy_error *err)
{
	uint64_t w = 0;
	uint8_t b;

	*v = 0;
	if (b0 >= 32 && b0 <= 246) {
		*v = b0 - 139;
		return true;
	}
	if (b0 >= 247 && b0 <= 254) {
		if (!zy_take_be(r, 1, "CFF.DICT", &w, err))
			return false;
		*v = b0 <= 250 ? (b0 - 247) * 256 + (int64_t)w + 108 : -(b0 - 251) * 256 - (int64_t)w - 108;
		return true;
	}
	if (b0 == 28 || b0 == 29) {
		if (!zy_take_be(r, b0 == 28 ? 2 : 4, "CFF.DICT", &w, err))
			return false;
		*v = b0 == 28 ? (int16_t)w : (int32_t)w;
		return true;
	}
	if (b0 != 30)
		return bad(err);
	do {
		if (!zy_take_u8(r, "CFF.DICT", &b, err))
			return false;
	} while ((b & 0x0f) != 0x0f && b >> 4 != 0x0f);
	return true;
}

static bool read_top(struct zy_bytes top, bool *is_cid, int64_t *charset, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(top);
	int64_t last = 0;
	unsigned op;
	uint8_t b;

	*is_cid = false;
	*charset = 0;
	while (zy_reader_left(&r) > 0) {
		if (!zy_take_u8(&r, "CFF.DICT", &b, err))
			return false;
		if (b > 21) {
			if (!take_operand(&r, b, &last, err))
				return false;
			continue;
		}
		op = b;
		if (b == 12) {
			if (!zy_take_u8(&r, "CFF.DICT", &b, err))
				return false;
			op = 0x0c00u + b;
		}
		if (op == OP_ROS)
			*is_cid = true;
		if (op == OP_CHARSET)
			*charset = last;
	}
	return true;
}

/* charset (clause 13): format 0 lists, formats 1 and 2 give ranges. Glyph 0 is CID 0 and is not listed. */
static bool read_charset(struct zy_reader *r, uint16_t *cids, size_t num, struct zy_error *err)
{
	uint64_t format, first, left;

	if (!zy_take_be(r, 1, "CFF.charset", &format, err) || format > 2)
		return bad(err);
	for (size_t g = 1; g < num;) {
		left = 0;
		if (!zy_take_be(r, 2, "CFF.charset", &first, err) ||
		    (format > 0 && !zy_take_be(r, format, "CFF.charset", &left, err)))
			return false;
		for (uint64_t k = 0; k <= left && g < num; k++)
			cids[g++] = (uint16_t)(first + k);
	}
	return true;
}

bool zy_cff_cids(struct zy_bytes cff, size_t num_glyphs, struct zy_arena *a, const uint16_t **out, struct zy_error *err)
{
	uint16_t *cids = zy_arena_array(a, num_glyphs + 1, sizeof *cids, err);
	struct zy_reader r = zy_reader_over(cff), c = r;
	struct zy_bytes skipped, top;
	uint64_t header = 0;
	int64_t charset;
	bool is_cid;

	if (cids == NULL || !zy_take(&r, 2, "CFF", &skipped, err) || !zy_take_be(&r, 1, "CFF", &header, err))
		return false;
	r = zy_reader_over(cff);
	if (!zy_take(&r, header, "CFF", &skipped, err) || !take_index(&r, &skipped, err) ||
	    !take_index(&r, &top, err) || !read_top(top, &is_cid, &charset, err))
		return false;
	*out = cids;
	for (size_t g = 0; g < num_glyphs; g++)
		cids[g] = (uint16_t)g;
	if (!is_cid)
		return true;
	/* 0 to 2 are predefined charsets, which a CID-keyed font may not use */
	if (charset < 3 || !zy_take(&c, (size_t)charset, "CFF", &skipped, err))
		return bad(err);
	return read_charset(&c, cids, num_glyphs, err);
}
