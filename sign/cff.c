#include "cff.h"

static bool bad(struct zy_error *err)
{
	return zy_fail(err, ZY_E_FONT, "CFF", ZY_NOWHERE, "the CFF table of the font cannot be read");
}

/* ---- INDEX, clause 5 ---- */

static bool take_index(struct zy_reader *r, struct zy_cff_index *out, struct zy_error *err)
{
	struct zy_reader start = *r, ends;
	uint64_t count, size, last = 0;
	struct zy_bytes skipped;

	*out = (struct zy_cff_index){ 0 };
	if (!zy_take_be(r, 2, "CFF.INDEX", &count, err))
		return false;
	out->count = count;
	if (count > 0) {
		if (!zy_take_be(r, 1, "CFF.INDEX", &size, err) || size < 1 || size > 4)
			return bad(err);
		out->offset_size = size;
		if (!zy_take(r, (count + 1) * size, "CFF.INDEX", &out->offsets, err))
			return false;
		ends = zy_reader_over(out->offsets);
		if (!zy_take(&ends, count * size, "CFF.INDEX", &skipped, err) ||
		    !zy_take_be(&ends, size, "CFF.INDEX", &last, err) || last < 1 ||
		    !zy_take(r, last - 1, "CFF.INDEX", &out->data, err))
			return bad(err);
	}
	return zy_take(&start, zy_reader_offset(r) - zy_reader_offset(&start), "CFF.INDEX", &out->whole, err);
}

bool zy_cff_object(const struct zy_cff_index *x, size_t i, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader offsets = zy_reader_over(x->offsets), data = zy_reader_over(x->data);
	struct zy_bytes skipped;
	uint64_t begin, end;

	if (i >= x->count || !zy_take(&offsets, i * x->offset_size, "CFF.INDEX", &skipped, err) ||
	    !zy_take_be(&offsets, x->offset_size, "CFF.INDEX", &begin, err) ||
	    !zy_take_be(&offsets, x->offset_size, "CFF.INDEX", &end, err) || begin < 1 || end < begin ||
	    !zy_take(&data, begin - 1, "CFF.INDEX", &skipped, err) ||
	    !zy_take(&data, end - begin, "CFF.INDEX", out, err))
		return bad(err);
	return true;
}

/* ---- DICT, clause 4 ---- */

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

bool zy_cff_next(struct zy_reader *dict, struct zy_cff_entry *out, struct zy_error *err)
{
	struct zy_reader start = *dict;
	uint8_t b;

	*out = (struct zy_cff_entry){ 0 };
	for (;;) {
		if (!zy_take_u8(dict, "CFF.DICT", &b, err))
			return false;
		if (b <= 21)
			break;
		out->values[0] = out->values[1];
		if (!take_operand(dict, b, &out->values[1], err))
			return false;
	}
	out->op = b;
	if (b == 12) {
		if (!zy_take_u8(dict, "CFF.DICT", &b, err))
			return false;
		out->op = 0x0c00u + b;
	}
	return zy_take(&start, zy_reader_offset(dict) - zy_reader_offset(&start), "CFF.DICT", &out->bytes, err);
}

/* ---- the table ---- */

static bool at_offset(struct zy_bytes in, int64_t offset, struct zy_reader *out, struct zy_error *err)
{
	struct zy_bytes skipped;

	*out = zy_reader_over(in);
	return (offset > 0 && zy_take(out, (size_t)offset, "CFF", &skipped, err)) || bad(err);
}

/* charset, clause 13: format 0 lists, 1 and 2 give ranges; glyph 0 is CID 0 and is not listed. */
static bool read_charset(struct zy_cff *c, int64_t offset, struct zy_error *err)
{
	uint64_t format, first, left;
	struct zy_reader r;

	if (!at_offset(c->table, offset, &r, err) || !zy_take_be(&r, 1, "CFF.charset", &format, err) || format > 2)
		return bad(err);
	for (size_t g = 1; g < c->charstrings.count;) {
		left = 0;
		if (!zy_take_be(&r, 2, "CFF.charset", &first, err) ||
		    (format > 0 && !zy_take_be(&r, format, "CFF.charset", &left, err)))
			return false;
		for (uint64_t k = 0; k <= left && g < c->charstrings.count; k++)
			c->cids[g++] = (uint16_t)(first + k);
	}
	return true;
}

/* FDSelect, clause 19: format 0 lists, format 3 gives ranges. */
static bool read_dict_of(struct zy_cff *c, int64_t offset, struct zy_error *err)
{
	uint64_t format, num, first, next, fd;
	size_t g = 0, glyphs = c->charstrings.count;
	struct zy_reader r;

	if (!at_offset(c->table, offset, &r, err) || !zy_take_be(&r, 1, "CFF.FDSelect", &format, err))
		return bad(err);
	for (; format == 0 && g < glyphs; g++) {
		if (!zy_take_u8(&r, "CFF.FDSelect", &c->dict_of[g], err))
			return false;
	}
	if (format == 0)
		return true;
	if (format != 3 || !zy_take_be(&r, 2, "CFF.FDSelect", &num, err) ||
	    !zy_take_be(&r, 2, "CFF.FDSelect", &first, err) || first != 0)
		return bad(err);
	for (uint64_t i = 0; i < num; i++) {
		if (!zy_take_be(&r, 1, "CFF.FDSelect", &fd, err) || !zy_take_be(&r, 2, "CFF.FDSelect", &next, err) ||
		    next > glyphs)
			return bad(err);
		while (g < next)
			c->dict_of[g++] = (uint8_t)fd;
	}
	return g == glyphs || bad(err);
}

static bool read_private(
    struct zy_cff *c, struct zy_cff_font_dict *d, int64_t size, int64_t offset, struct zy_error *err)
{
	struct zy_cff_entry e;
	struct zy_reader r, subrs;

	if (size < 0 || !at_offset(c->table, offset, &r, err) ||
	    !zy_take(&r, (size_t)size, "CFF.Private", &d->private_dict, err))
		return bad(err);
	r = zy_reader_over(d->private_dict);
	while (zy_reader_left(&r) > 0) {
		if (!zy_cff_next(&r, &e, err))
			return false;
		if (e.op == ZY_CFF_SUBRS &&
		    (!at_offset(c->table, offset + e.values[1], &subrs, err) || !take_index(&subrs, &d->subrs, err)))
			return false;
	}
	return true;
}

static bool read_font_dicts(struct zy_cff *c, int64_t offset, struct zy_error *err)
{
	struct zy_cff_index list;
	struct zy_cff_entry e;
	struct zy_reader r;

	if (!at_offset(c->table, offset, &r, err) || !take_index(&r, &list, err) || list.count > ZY_CFF_DICTS_MAX)
		return bad(err);
	c->num_dicts = list.count;
	for (size_t i = 0; i < list.count; i++) {
		if (!zy_cff_object(&list, i, &c->dicts[i].dict, err))
			return false;
		r = zy_reader_over(c->dicts[i].dict);
		while (zy_reader_left(&r) > 0) {
			if (!zy_cff_next(&r, &e, err) ||
			    (e.op == ZY_CFF_PRIVATE && !read_private(c, &c->dicts[i], e.values[0], e.values[1], err)))
				return false;
		}
	}
	return true;
}

static bool read_top(struct zy_cff *c, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(c->top), strings;
	struct zy_cff_entry e;
	int64_t charset = 0, charstrings = 0, array = 0, select = 0;
	bool is_cid = false;

	while (zy_reader_left(&r) > 0) {
		if (!zy_cff_next(&r, &e, err))
			return false;
		is_cid |= e.op == ZY_CFF_ROS;
		charset = e.op == ZY_CFF_CHARSET ? e.values[1] : charset;
		charstrings = e.op == ZY_CFF_CHARSTRINGS ? e.values[1] : charstrings;
		array = e.op == ZY_CFF_FD_ARRAY ? e.values[1] : array;
		select = e.op == ZY_CFF_FD_SELECT ? e.values[1] : select;
	}
	if (!is_cid)
		return zy_fail(
		    err, ZY_E_FONT, "CFF", ZY_NOWHERE, "the font is not CID-keyed; use a CJK font with CFF outlines");
	if (!at_offset(c->table, charstrings, &strings, err) || !take_index(&strings, &c->charstrings, err) ||
	    (c->cids = zy_arena_array(a, c->charstrings.count + 1, sizeof *c->cids, err)) == NULL ||
	    (c->dict_of = zy_arena_alloc(a, c->charstrings.count + 1, err)) == NULL)
		return false;
	/* charsets 0 to 2 are predefined, which a CID-keyed font may not use */
	return charset > 2 && read_charset(c, charset, err) && read_dict_of(c, select, err) &&
	       read_font_dicts(c, array, err);
}

bool zy_cff_parse(struct zy_cff *out, struct zy_bytes table, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(table);
	struct zy_cff_index tops;
	struct zy_bytes skipped;
	uint64_t header = 0;

	*out = (struct zy_cff){ .table = table };
	if (!zy_take(&r, 2, "CFF", &skipped, err) || !zy_take_be(&r, 1, "CFF", &header, err))
		return false;
	r = zy_reader_over(table);
	return (zy_take(&r, header, "CFF", &skipped, err) && take_index(&r, &out->names, err) &&
		   take_index(&r, &tops, err) && take_index(&r, &out->strings, err) &&
		   take_index(&r, &out->subrs, err) && zy_cff_object(&tops, 0, &out->top, err) &&
		   read_top(out, a, err)) ||
	       bad(err);
}
