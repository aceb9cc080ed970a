/* Type 2 charstrings (Adobe note 5177): subroutines put in, hints left out. */
#include "cff.h"

enum {
	HSTEM = 1,
	VSTEM = 3,
	CALLSUBR = 10,
	RETURN = 11,
	ESCAPE = 12,
	ENDCHAR = 14,
	HSTEMHM = 18,
	HINTMASK = 19,
	CNTRMASK = 20,
	VSTEMHM = 23,
	SHORTINT = 28,
	CALLGSUBR = 29,
	ARGS_MAX = 513,
	DEPTH_MAX = 10,
	FLATTENED_MAX = 65535
};

struct walk {
	const struct zy_cff_index *global, *local;
	size_t num, stems;
	size_t width; /* 1 while the glyph's width lies at the bottom of the stack, clause 3.1 */
	bool width_known, ended;
	size_t len;
	/* not cleared for each glyph: `num` and `len` say what is in use */
	size_t at[ARGS_MAX]; /* where each argument on the stack was written */
	int32_t value[ARGS_MAX];
	uint8_t code[FLATTENED_MAX + 8];
};

static bool bad(struct zy_error *err)
{
	return zy_fail(err, ZY_E_FONT, "CFF.CharStrings", ZY_NOWHERE, "an outline of the font cannot be read");
}

static bool take_number(struct walk *w, struct zy_reader *r, uint8_t b0, struct zy_error *err)
{
	size_t len = b0 == 255 ? 4 : b0 == SHORTINT ? 2 : b0 >= 247 ? 1 : 0;
	uint64_t v = 0;
	int32_t n = b0 - 139;

	if (w->num == ARGS_MAX || (len > 0 && !zy_take_be(r, len, "CFF.CharStrings", &v, err)))
		return bad(err);
	if (b0 == SHORTINT)
		n = (int16_t)v;
	else if (b0 == 255)
		n = (int16_t)(v >> 16); /* a fraction never names a subroutine */
	else if (b0 >= 247)
		n = b0 <= 250 ? (b0 - 247) * 256 + (int32_t)v + 108 : -(b0 - 251) * 256 - (int32_t)v - 108;
	w->at[w->num] = w->len;
	w->value[w->num++] = n;
	w->code[w->len++] = b0;
	for (size_t i = len; i > 0; i--)
		w->code[w->len++] = (uint8_t)(v >> 8 * (i - 1));
	return true;
}

/* The arguments of a hint are taken back; an odd one in front is the width and stays. */
static void drop_hint(struct walk *w)
{
	if (!w->width_known && w->num % 2 == 1)
		w->width = 1;
	w->width_known = true;
	w->stems += (w->num - w->width) / 2;
	if (w->num > w->width)
		w->len = w->at[w->width];
	w->num = w->width;
}

static bool walk(struct walk *w, struct zy_bytes code, unsigned depth, struct zy_error *err);

static bool call(struct walk *w, const struct zy_cff_index *subrs, unsigned depth, struct zy_error *err)
{
	int64_t bias = subrs->count < 1240 ? 107 : subrs->count < 33900 ? 1131 : 32768; /* clause 4.7 */
	struct zy_bytes body;
	int64_t i;

	if (w->num == 0 || depth == DEPTH_MAX)
		return bad(err);
	i = w->value[--w->num] + bias;
	w->len = w->at[w->num];
	return i >= 0 && zy_cff_object(subrs, (size_t)i, &body, err) && walk(w, body, depth + 1, err);
}

static bool take_path_operator(struct walk *w, struct zy_reader *r, uint8_t op, struct zy_error *err)
{
	uint8_t second;

	w->code[w->len++] = op;
	if (op == ESCAPE) {
		if (!zy_take_u8(r, "CFF.CharStrings", &second, err) || second < 34 || second > 37)
			return bad(err); /* only the flex operators: arithmetic would need a machine */
		w->code[w->len++] = second;
	} else if (!(op == 4 || (op >= 5 && op <= 8) || op == ENDCHAR || op == 21 || op == 22 ||
		       (op >= 24 && op <= 27) || op == 30 || op == 31)) {
		return bad(err);
	}
	w->num = w->width = 0;
	w->width_known = true;
	w->ended = op == ENDCHAR;
	return true;
}

static bool walk(struct walk *w, struct zy_bytes code, unsigned depth, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(code);
	struct zy_bytes mask;
	uint8_t b;

	while (!w->ended && zy_reader_left(&r) > 0) {
		if (!zy_take_u8(&r, "CFF.CharStrings", &b, err) || w->len > FLATTENED_MAX)
			return bad(err);
		if (b >= 32 || b == SHORTINT) {
			if (!take_number(w, &r, b, err))
				return false;
		} else if (b == CALLSUBR || b == CALLGSUBR) {
			if (!call(w, b == CALLSUBR ? w->local : w->global, depth, err))
				return false;
		} else if (b == RETURN) {
			return true;
		} else if (b == HSTEM || b == VSTEM || b == HSTEMHM || b == VSTEMHM) {
			drop_hint(w);
		} else if (b == HINTMASK || b == CNTRMASK) {
			drop_hint(w); /* arguments here are stems of a vstemhm left out, clause 4.3 */
			if (!zy_take(&r, (w->stems + 7) / 8, "CFF.CharStrings", &mask, err))
				return false;
		} else if (!take_path_operator(w, &r, b, err)) {
			return false;
		}
	}
	return true;
}

bool zy_charstring_flatten(const struct zy_cff *c, uint32_t gid, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_flattened_glyph *kept = zy_flattened_get(c->flattened, gid);
	struct zy_bytes code;
	struct walk w;

	if (kept != NULL) {
		zy_buf_put(out, ZY_BYTES(kept->code, kept->len));
		return true;
	}
	if (gid >= c->charstrings.count || c->dict_of[gid] >= c->num_dicts)
		return bad(err);
	w.global = &c->subrs;
	w.local = &c->dicts[c->dict_of[gid]].subrs;
	w.num = w.stems = w.width = w.len = 0;
	w.width_known = w.ended = false;
	if (!zy_cff_object(&c->charstrings, gid, &code, err) || !walk(&w, code, 0, err))
		return false;
	if (!w.ended)
		return bad(err);
	zy_flattened_put(c->flattened, gid, ZY_BYTES(w.code, w.len));
	zy_buf_put(out, ZY_BYTES(w.code, w.len));
	return true;
}
