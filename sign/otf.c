#include "otf.h"

#include <stdlib.h>

enum { NUM_TABLES = 9, OS2 = 1, CMAP, HEAD, HHEA, HMTX, MAXP, NAME, POST };

struct mapping {
	uint32_t unicode;
	uint16_t gid;
	bool is_nominal; /* the glyph that the full font's cmap gives */
};

static int by_unicode(const void *pa, const void *pb)
{
	const struct mapping *a = pa, *b = pb;

	if (a->unicode != b->unicode)
		return a->unicode < b->unicode ? -1 : 1;
	return b->is_nominal - a->is_nominal;
}

/* Format 4 with a segment for each character of the basic plane. */
static void put_format_4(struct zy_buf *b, const struct mapping *m, size_t num)
{
	size_t segments = num + 1, power = 1, log = 0;

	while (power * 2 <= segments) {
		power *= 2;
		log++;
	}
	zy_buf_put_be(b, 4, 2);
	zy_buf_put_be(b, 16 + 8 * segments, 2);
	zy_buf_put_be(b, 0, 2);
	zy_buf_put_be(b, 2 * segments, 2);
	zy_buf_put_be(b, 2 * power, 2);
	zy_buf_put_be(b, log, 2);
	zy_buf_put_be(b, 2 * (segments - power), 2);
	for (size_t i = 0; i < num; i++)
		zy_buf_put_be(b, m[i].unicode, 2);
	zy_buf_put_be(b, 0xffff, 2);
	zy_buf_put_be(b, 0, 2);
	for (size_t i = 0; i < num; i++)
		zy_buf_put_be(b, m[i].unicode, 2);
	zy_buf_put_be(b, 0xffff, 2);
	for (size_t i = 0; i < num; i++)
		zy_buf_put_be(b, (m[i].gid - m[i].unicode) & 0xffff, 2);
	zy_buf_put_be(b, 1, 2);
	for (size_t i = 0; i < segments; i++)
		zy_buf_put_be(b, 0, 2);
}

static void put_format_12(struct zy_buf *b, const struct mapping *m, size_t num)
{
	zy_buf_put_be(b, 12, 2);
	zy_buf_put_be(b, 0, 2);
	zy_buf_put_be(b, 16 + 12 * num, 4);
	zy_buf_put_be(b, 0, 4);
	zy_buf_put_be(b, num, 4);
	for (size_t i = 0; i < num; i++) {
		zy_buf_put_be(b, m[i].unicode, 4);
		zy_buf_put_be(b, m[i].unicode, 4);
		zy_buf_put_be(b, m[i].gid, 4);
	}
}

/* One glyph for each character: the full font's own if the page has it, else the form (locl) that the page has. */
static size_t collect(const struct zy_font *f, const struct zy_font_use *use, const uint16_t *gid_of, struct mapping *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < use->num; i++) {
		hb_codepoint_t nominal = 0;

		hb_font_get_nominal_glyph(f->font, use->glyphs[i].unicode, &nominal);
		m[i] = (struct mapping){ use->glyphs[i].unicode, gid_of[i], nominal == use->glyphs[i].gid };
	}
	qsort(m, use->num, sizeof *m, by_unicode);
	for (size_t i = 0; i < use->num; i++) {
		if (i == 0 || m[i].unicode != m[kept - 1].unicode)
			m[kept++] = m[i];
	}
	return kept;
}

/* Characters beyond the basic plane need the long format as well. */
static bool put_cmap(struct zy_buf *b, const struct zy_font *f, const struct zy_font_use *use, const uint16_t *gid_of,
    struct zy_arena *a, struct zy_error *err)
{
	struct mapping *m = zy_arena_array(a, use->num + 1, sizeof *m, err);
	size_t num, basic = 0;

	if (m == NULL)
		return false;
	num = collect(f, use, gid_of, m);
	while (basic < num && m[basic].unicode < 0xffff)
		basic++;
	zy_buf_put_be(b, 0, 2);
	zy_buf_put_be(b, basic < num ? 2 : 1, 2);
	zy_buf_put_be(b, 3, 2);
	zy_buf_put_be(b, 1, 2);
	zy_buf_put_be(b, basic < num ? 20 : 12, 4);
	if (basic < num) {
		zy_buf_put_be(b, 3, 2);
		zy_buf_put_be(b, 10, 2);
		zy_buf_put_be(b, 20 + 16 + 8 * (basic + 1), 4);
	}
	put_format_4(b, m, basic);
	if (basic < num)
		put_format_12(b, m, num);
	return true;
}

/* Family, style, full name and PostScript name, in ASCII as the fonts' English names are. */
static void put_name(struct zy_buf *b, const struct zy_font *f)
{
	const struct {
		unsigned id;
		const char *text;
	} list[] = { { 1, f->family }, { 2, "Regular" }, { 4, f->postscript_name }, { 6, f->postscript_name } };
	size_t at = 0;

	zy_buf_put_be(b, 0, 2);
	zy_buf_put_be(b, 4, 2);
	zy_buf_put_be(b, 6 + 4 * 12, 2);
	for (size_t i = 0; i < 4; i++) {
		size_t len = 2 * strlen(list[i].text);

		for (size_t k = 0; k < 6; k++)
			zy_buf_put_be(b, (const size_t[]){ 3, 1, 0x409, list[i].id, len, at }[k], 2);
		at += len;
	}
	for (size_t i = 0; i < 4; i++) {
		for (const char *s = list[i].text; *s != '\0'; s++)
			zy_buf_put_be(b, (uint8_t)*s, 2);
	}
}

/* A table of the full font, at least `least` bytes: a view that lives as long as the face. */
static bool original(const struct zy_font *f, const char *tag, size_t least, struct zy_bytes *out, struct zy_error *err)
{
	hb_blob_t *blob = hb_face_reference_table(f->face, hb_tag_from_string(tag, 4));

	*out = ZY_BYTES(hb_blob_get_data(blob, NULL), hb_blob_get_length(blob));
	hb_blob_destroy(blob); /* a part of the file's blob, which the face keeps */
	return out->len >= least ||
	       zy_fail(err, ZY_E_FONT, "font", ZY_NOWHERE, "the font's table %s is too short", tag);
}

/* Clause hmtx of ISO/IEC 14496-22: advance and bearing of each glyph; the last advance holds for those that follow. */
static bool put_hmtx(
    struct zy_buf *b, struct zy_bytes hmtx, size_t long_ones, const uint32_t *gids, size_t num, struct zy_error *err)
{
	for (size_t i = 0; i < num; i++) {
		size_t g = gids[i], at = g < long_ones ? 4 * g : 4 * (long_ones - 1);
		size_t bearing_at = g < long_ones ? at + 2 : 4 * long_ones + 2 * (g - long_ones);
		struct zy_reader r = zy_reader_over(hmtx), k = r;
		struct zy_bytes skipped, advance, bearing;

		if (!zy_take(&r, at, "hmtx", &skipped, err) || !zy_take(&r, 2, "hmtx", &advance, err) ||
		    !zy_take(&k, bearing_at, "hmtx", &skipped, err) || !zy_take(&k, 2, "hmtx", &bearing, err))
			return false;
		zy_buf_put(b, advance);
		zy_buf_put(b, bearing);
	}
	return true;
}

static uint32_t checksum(struct zy_bytes v)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < v.len; i++)
		sum += (uint32_t)v.p[i] << (24 - 8 * (i % 4));
	return sum;
}

static void set_be(uint8_t *p, uint64_t v, size_t len)
{
	for (size_t i = len; i > 0; i--, v >>= 8)
		p[i - 1] = (uint8_t)v;
}

/* The table directory and the tables, each on a word; head.checkSumAdjustment last, over all. */
static void put_file(struct zy_buf *out, const struct zy_bytes tables[NUM_TABLES])
{
	static const char *const tags[NUM_TABLES] = { "CFF ", "OS/2", "cmap", "head", "hhea", "hmtx", "maxp", "name",
		"post" };
	size_t at = 12 + 16 * NUM_TABLES, begin = out->len, head = 0;

	zy_buf_put_str(out, "OTTO");
	for (size_t i = 0; i < 4; i++)
		zy_buf_put_be(out, (const uint16_t[]){ NUM_TABLES, 128, 3, 16 * NUM_TABLES - 128 }[i], 2);
	for (size_t i = 0; i < NUM_TABLES; i++) {
		zy_buf_put_str(out, tags[i]);
		zy_buf_put_be(out, checksum(tables[i]), 4);
		zy_buf_put_be(out, at, 4);
		zy_buf_put_be(out, tables[i].len, 4);
		head = i == HEAD ? at : head;
		at += (tables[i].len + 3) / 4 * 4;
	}
	for (size_t i = 0; i < NUM_TABLES; i++) {
		zy_buf_put(out, tables[i]);
		zy_buf_put(out, ZY_BYTES("\0\0\0", (4 - tables[i].len % 4) % 4));
	}
	if (!out->failed)
		set_be(out->p + begin + head + 8, 0xb1b0afba - checksum(ZY_BYTES(out->p + begin, out->len - begin)), 4);
}

bool zy_otf_wrap(const struct zy_font *f, struct zy_bytes cff, const uint32_t *gids, size_t num,
    const struct zy_font_use *use, const uint16_t *gid_of, struct zy_arena *a, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO cmap = { 0 }, hmtx = { 0 }, name = { 0 }, maxp = { 0 }, head = { 0 }, hhea = { 0 };
	struct zy_bytes t[NUM_TABLES] = { cff }, metrics;
	size_t long_ones;

	if (!original(f, "OS/2", 78, &t[OS2], err) || !original(f, "head", 54, &t[HEAD], err) ||
	    !original(f, "hhea", 36, &t[HHEA], err) || !original(f, "post", 32, &t[POST], err) ||
	    !original(f, "hmtx", 4, &metrics, err) || !put_cmap(&cmap, f, use, gid_of, a, err))
		return false;
	long_ones = (size_t)t[HHEA].p[34] << 8 | t[HHEA].p[35];
	if (long_ones == 0)
		return zy_fail(err, ZY_E_FONT, "font", ZY_NOWHERE, "the font has no advance widths");
	if (!put_hmtx(&hmtx, metrics, long_ones, gids, num, err))
		return false;
	zy_buf_put(&head, t[HEAD]);
	zy_buf_put(&hhea, t[HHEA]);
	zy_buf_put_be(&maxp, 0x00005000, 4);
	zy_buf_put_be(&maxp, num, 2);
	put_name(&name, f);
	if (!zy_buf_done(&cmap, "font", err) || !zy_buf_done(&hmtx, "font", err) || !zy_buf_done(&name, "font", err) ||
	    !zy_buf_done(&maxp, "font", err) || !zy_buf_done(&head, "font", err) || !zy_buf_done(&hhea, "font", err))
		return false;
	set_be(head.p + 8, 0, 4);
	set_be(hhea.p + 34, num, 2);
	t[CMAP] = zy_buf_bytes(&cmap);
	t[HEAD] = zy_buf_bytes(&head);
	t[HHEA] = zy_buf_bytes(&hhea);
	t[HMTX] = zy_buf_bytes(&hmtx);
	t[MAXP] = zy_buf_bytes(&maxp);
	t[NAME] = zy_buf_bytes(&name);
	t[POST].len = 32; /* without glyph names */
	put_file(out, t);
	return zy_buf_done(out, "font", err);
}
