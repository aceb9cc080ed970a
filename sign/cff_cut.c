/* Writes a CFF table that holds a few glyphs of another. */
#include "cff.h"

struct parts {
	struct zy_buf charset, select, charstrings, offsets, array, privates;
};

static void put_number(struct zy_buf *b, size_t v)
{
	zy_buf_put_u8(b, 29);
	zy_buf_put_be(b, v, 4);
}

static void put_op(struct zy_buf *b, unsigned op)
{
	if (op > 255)
		zy_buf_put_u8(b, 12);
	zy_buf_put_u8(b, (uint8_t)op);
}

/* The entries of a DICT of which `keep` says so. */
static bool copy_dict(struct zy_bytes dict, bool (*keep)(unsigned op), struct zy_buf *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(dict);
	struct zy_cff_entry e;

	while (zy_reader_left(&r) > 0) {
		if (!zy_cff_next(&r, &e, err))
			return false;
		if (keep(e.op))
			zy_buf_put(out, e.bytes);
	}
	return true;
}

/* Places are written anew. */
static bool is_no_place(unsigned op)
{
	return op != ZY_CFF_CHARSET && op != ZY_CFF_ENCODING && op != ZY_CFF_CHARSTRINGS && op != ZY_CFF_PRIVATE &&
	       op != ZY_CFF_FD_ARRAY && op != ZY_CFF_FD_SELECT;
}

/* What is left without hints and subroutines. */
static bool is_width(unsigned op)
{
	return op == ZY_CFF_DEFAULT_WIDTH || op == ZY_CFF_NOMINAL_WIDTH;
}

static bool put_glyphs(const struct zy_cff *c, const uint32_t *gids, size_t num, struct parts *p,
    uint8_t map[ZY_CFF_DICTS_MAX], uint8_t used[ZY_CFF_DICTS_MAX], size_t *num_used, struct zy_error *err)
{
	bool seen[ZY_CFF_DICTS_MAX] = { false };

	for (size_t i = 0; i < num; i++) {
		uint8_t fd;

		zy_buf_put_be(&p->offsets, p->charstrings.len + 1, 4);
		if (!zy_charstring_flatten(c, gids[i], &p->charstrings, err))
			return false;
		fd = c->dict_of[gids[i]];
		if (!seen[fd]) {
			seen[fd] = true;
			used[*num_used] = fd;
			map[fd] = (uint8_t)(*num_used)++;
		}
		zy_buf_put_u8(&p->select, map[fd]);
		if (i > 0)
			zy_buf_put_be(&p->charset, c->cids[gids[i]], 2);
	}
	zy_buf_put_be(&p->offsets, p->charstrings.len + 1, 4);
	return true;
}

/* FDArray and the Private DICTs behind it; `at`: where the Private DICTs will begin. */
static bool put_font_dicts(
    const struct zy_cff *c, const uint8_t *used, size_t num, size_t at, struct parts *p, struct zy_error *err)
{
	ZY_BUF_AUTO data = { 0 };

	zy_buf_put_be(&p->array, num, 2);
	zy_buf_put_u8(&p->array, 4);
	for (size_t i = 0; i < num; i++) {
		size_t begin = p->privates.len;

		zy_buf_put_be(&p->array, data.len + 1, 4);
		if (!copy_dict(c->dicts[used[i]].dict, is_no_place, &data, err) ||
		    !copy_dict(c->dicts[used[i]].private_dict, is_width, &p->privates, err))
			return false;
		put_number(&data, p->privates.len - begin);
		put_number(&data, at + begin);
		put_op(&data, ZY_CFF_PRIVATE);
	}
	zy_buf_put_be(&p->array, data.len + 1, 4);
	zy_buf_put(&p->array, zy_buf_bytes(&data));
	return zy_buf_done(&data, "CFF", err);
}

enum { TOP_PLACES = 4 * 5 + 1 + 1 + 2 + 2, INDEX_OF_ONE = 2 + 1 + 2 * 4, HEADER = 4 };

static bool put_table(const struct zy_cff *c, const uint8_t *used, size_t num_used, size_t num, struct parts *p,
    struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO top = { 0 };
	size_t charset, select, charstrings, array, begin;

	if (!copy_dict(c->top, is_no_place, &top, err))
		return false;
	charset = HEADER + c->names.whole.len + INDEX_OF_ONE + top.len + TOP_PLACES + c->strings.whole.len + 2;
	select = charset + 1 + p->charset.len;
	charstrings = select + 1 + p->select.len;
	begin = charstrings + 2 + 1 + p->offsets.len + p->charstrings.len;
	array = begin;
	/* written twice: its length does not depend on the places it holds */
	if (!put_font_dicts(c, used, num_used, 0, p, err))
		return false;
	begin += p->array.len;
	p->array.len = p->privates.len = 0;
	if (!put_font_dicts(c, used, num_used, begin, p, err))
		return false;
	put_number(&top, charset);
	put_op(&top, ZY_CFF_CHARSET);
	put_number(&top, select);
	put_op(&top, ZY_CFF_FD_SELECT);
	put_number(&top, charstrings);
	put_op(&top, ZY_CFF_CHARSTRINGS);
	put_number(&top, array);
	put_op(&top, ZY_CFF_FD_ARRAY);
	zy_buf_put(out, ZY_BYTES("\1\0\4\4", HEADER));
	zy_buf_put(out, c->names.whole);
	zy_buf_put(out, ZY_BYTES("\0\1\4\0\0\0\1", 7));
	zy_buf_put_be(out, top.len + 1, 4);
	zy_buf_put(out, zy_buf_bytes(&top));
	zy_buf_put(out, c->strings.whole);
	zy_buf_put_be(out, 0, 2); /* no global subroutines */
	zy_buf_put_u8(out, 0);
	zy_buf_put(out, zy_buf_bytes(&p->charset));
	zy_buf_put_u8(out, 0);
	zy_buf_put(out, zy_buf_bytes(&p->select));
	zy_buf_put_be(out, num, 2);
	zy_buf_put_u8(out, 4);
	zy_buf_put(out, zy_buf_bytes(&p->offsets));
	zy_buf_put(out, zy_buf_bytes(&p->charstrings));
	zy_buf_put(out, zy_buf_bytes(&p->array));
	zy_buf_put(out, zy_buf_bytes(&p->privates));
	return zy_buf_done(&top, "CFF", err);
}

bool zy_cff_cut(const struct zy_cff *c, const uint32_t *gids, size_t num, struct zy_buf *out, struct zy_error *err)
{
	uint8_t map[ZY_CFF_DICTS_MAX] = { 0 }, used[ZY_CFF_DICTS_MAX];
	struct parts p = { 0 };
	struct zy_buf *all[] = { &p.charset, &p.select, &p.charstrings, &p.offsets, &p.array, &p.privates };
	size_t num_used = 0;
	bool ok = put_glyphs(c, gids, num, &p, map, used, &num_used, err) &&
		  put_table(c, used, num_used, num, &p, out, err) && zy_buf_done(out, "CFF", err);

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		ok = ok && zy_buf_done(all[i], "CFF", err);
		zy_buf_free(all[i]);
	}
	return ok;
}
