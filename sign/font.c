#include "font.h"

#include <stdlib.h>

#include <hb-ot.h>

#include "otf.h"
#include "zy/digest.h"

static bool name_of(hb_face_t *face, hb_ot_name_id_t id, char *out, unsigned room)
{
	return hb_ot_name_get_utf8(face, id, HB_LANGUAGE_INVALID, &room, out) > 0;
}

static bool ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), m = strlen(tail);

	return n >= m && strcmp(s + n - m, tail) == 0;
}

/* The file's face for simplified Chinese. A wrong pick (the collection's first is Japanese) draws other shapes. */
static hb_face_t *pick_face(hb_blob_t *blob)
{
	unsigned num = hb_face_count(blob);

	for (unsigned i = 0; i < num; i++) {
		hb_face_t *face = hb_face_create(blob, i);
		char family[64] = "";

		if (num == 1 ||
		    (name_of(face, HB_OT_NAME_ID_FONT_FAMILY, family, sizeof family) && ends_with(family, " SC")))
			return face;
		hb_face_destroy(face);
	}
	return NULL;
}

static int thousandths(const struct zy_font *f, int32_t v)
{
	return (int)((int64_t)v * 1000 / (int64_t)f->upem);
}

static void read_metrics(struct zy_font *f)
{
	hb_blob_t *head = hb_face_reference_table(f->face, HB_TAG('h', 'e', 'a', 'd'));
	struct zy_reader r = zy_reader_over(ZY_BYTES(hb_blob_get_data(head, NULL), hb_blob_get_length(head)));
	struct zy_bytes skipped;
	struct zy_error ignored = { 0 };
	hb_font_extents_t ext = { 0 };
	hb_position_t cap = 0;

	if (zy_take(&r, 36, "head", &skipped, &ignored))
		for (size_t i = 0; i < 4; i++) {
			uint64_t v = 0;

			if (zy_take_be(&r, 2, "head.bbox", &v, &ignored))
				f->bbox[i] = thousandths(f, (int16_t)v);
		}
	hb_blob_destroy(head);
	hb_font_get_h_extents(f->font, &ext);
	f->ascent = thousandths(f, ext.ascender);
	f->descent = thousandths(f, ext.descender);
	hb_ot_metrics_get_position_with_fallback(f->font, HB_OT_METRICS_TAG_CAP_HEIGHT, &cap);
	f->cap_height = thousandths(f, cap);
}

static bool open_outlines(struct zy_font *f, const char *path, struct zy_error *err)
{
	f->table = hb_face_reference_table(f->face, HB_TAG('C', 'F', 'F', ' '));
	if (hb_blob_get_length(f->table) == 0 ||
	    !name_of(f->face, HB_OT_NAME_ID_POSTSCRIPT_NAME, f->postscript_name, sizeof f->postscript_name) ||
	    !name_of(f->face, HB_OT_NAME_ID_FONT_FAMILY, f->family, sizeof f->family))
		return zy_fail(
		    err, ZY_E_FONT, "font", ZY_NOWHERE, "%s is not an OpenType font with CFF outlines", path);
	if (!zy_cff_parse(
		&f->cff, ZY_BYTES(hb_blob_get_data(f->table, NULL), hb_blob_get_length(f->table)), &f->arena, err))
		return false;
	f->cff.flattened = zy_flattened_new(f->cff.charstrings.count);
	return f->cff.flattened != NULL || zy_fail(err, ZY_E_NO_MEMORY, "font", ZY_NOWHERE, "no memory for outlines");
}

bool zy_font_open(struct zy_font *f, const char *path, struct zy_error *err)
{
	hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);

	*f = (struct zy_font){ 0 };
	if (blob == NULL)
		return zy_fail(err, ZY_E_FONT, "font", ZY_NOWHERE, "cannot read the font file %s", path);
	f->face = pick_face(blob);
	hb_blob_destroy(blob);
	if (f->face == NULL)
		return zy_fail(
		    err, ZY_E_FONT, "font", ZY_NOWHERE, "%s holds no face for simplified Chinese (SC)", path);
	if (!open_outlines(f, path, err)) {
		zy_font_close(f);
		return false;
	}
	f->upem = hb_face_get_upem(f->face);
	f->font = hb_font_create(f->face);
	read_metrics(f);
	hb_face_make_immutable(f->face);
	hb_font_make_immutable(f->font);
	return true;
}

void zy_font_close(struct zy_font *f)
{
	hb_font_destroy(f->font);
	hb_blob_destroy(f->table);
	hb_face_destroy(f->face);
	zy_flattened_free(f->cff.flattened);
	zy_arena_free(&f->arena);
	*f = (struct zy_font){ 0 };
}

/* ---- shaping ---- */

/* One glyph for one character: no ligatures, no contextual forms; composition would merge characters. */
static const hb_feature_t features[] = {
	{ HB_TAG('l', 'i', 'g', 'a'), 0, 0, (unsigned)-1 },
	{ HB_TAG('c', 'l', 'i', 'g'), 0, 0, (unsigned)-1 },
	{ HB_TAG('c', 'a', 'l', 't'), 0, 0, (unsigned)-1 },
	{ HB_TAG('c', 'c', 'm', 'p'), 0, 0, (unsigned)-1 },
};

bool zy_font_has(const struct zy_font *f, uint32_t c)
{
	hb_codepoint_t gid;

	return c >= 0x20 && (c < 0x7f || c >= 0xa0) && c != 0xad && hb_font_get_nominal_glyph(f->font, c, &gid) &&
	       gid != 0;
}

bool zy_font_is_nominal(const struct zy_font *f, const struct zy_glyph *g)
{
	hb_codepoint_t nominal;

	return hb_font_get_nominal_glyph(f->font, g->unicode, &nominal) && nominal == g->gid;
}

bool zy_font_missing(const char *field, uint32_t c, struct zy_error *err)
{
	return zy_fail(err, ZY_E_GLYPH, field, ZY_NOWHERE,
	    "%s has the character U+%04X, for which the licence fonts have no single glyph", field, (unsigned)c);
}

static bool check_shaped(const uint32_t *chars, size_t num, const hb_glyph_info_t *info, unsigned shaped,
    const char *field, struct zy_error *err)
{
	for (size_t i = 0; i < num; i++) {
		if (i >= shaped || info[i].cluster != i || info[i].codepoint == 0)
			return zy_font_missing(field, chars[i], err);
	}
	return shaped == num || zy_font_missing(field, num == 0 ? 0 : chars[num - 1], err);
}

static bool decode(const struct zy_font *f, struct zy_bytes text, const char *field, struct zy_arena *a, uint32_t **out,
    size_t *num, struct zy_error *err)
{
	uint32_t *chars, c;

	if (!zy_utf8_check(text, field, err) || (chars = zy_arena_array(a, text.len + 1, sizeof *chars, err)) == NULL)
		return false;
	*num = 0;
	for (size_t at = 0; (c = zy_utf8_next(text, &at)) != 0; chars[(*num)++] = c) {
		if (!zy_font_has(f, c))
			return zy_font_missing(field, c, err);
	}
	*out = chars;
	return true;
}

bool zy_font_shape(const struct zy_font *f, struct zy_bytes text, const char *field, struct zy_arena *a,
    struct zy_glyph **out, size_t *num, struct zy_error *err)
{
	hb_buffer_t *buffer = NULL;
	hb_glyph_info_t *info;
	hb_glyph_position_t *pos;
	uint32_t *chars = NULL;
	unsigned shaped;
	bool ok = false;

	if (!decode(f, text, field, a, &chars, num, err) ||
	    (*out = zy_arena_array(a, *num + 1, sizeof **out, err)) == NULL)
		return false;
	buffer = hb_buffer_create();
	hb_buffer_set_cluster_level(buffer, HB_BUFFER_CLUSTER_LEVEL_CHARACTERS);
	hb_buffer_add_utf32(buffer, chars, (int)*num, 0, (int)*num);
	hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
	hb_buffer_set_script(buffer, HB_SCRIPT_HAN);
	hb_buffer_set_language(buffer, hb_language_from_string("zh-Hans", -1));
	hb_shape(f->font, buffer, features, sizeof features / sizeof features[0]);
	info = hb_buffer_get_glyph_infos(buffer, &shaped);
	pos = hb_buffer_get_glyph_positions(buffer, &shaped);
	if (!check_shaped(chars, *num, info, shaped, field, err))
		goto out;
	for (size_t i = 0; i < *num; i++) {
		if (pos[i].x_offset != 0 || pos[i].y_offset != 0) { /* a mark that hangs on its neighbour */
			(void)zy_font_missing(field, chars[i], err);
			goto out;
		}
		(*out)[i] = (struct zy_glyph){ .gid = info[i].codepoint,
			.unicode = chars[i],
			.advance = thousandths(f, pos[i].x_advance),
			.width = thousandths(f, hb_font_get_glyph_h_advance(f->font, info[i].codepoint)) };
	}
	ok = true;
out:
	hb_buffer_destroy(buffer);
	return ok;
}

/* ---- what a page uses ---- */

static int compare(const void *pa, const void *pb)
{
	const struct zy_glyph *x = pa, *y = pb;

	if (x->gid != y->gid)
		return x->gid < y->gid ? -1 : 1;
	return x->unicode < y->unicode ? -1 : x->unicode > y->unicode;
}

bool zy_font_use_add(
    struct zy_font_use *u, const struct zy_glyph *g, size_t num, struct zy_arena *a, struct zy_error *err)
{
	if (u->num + num > u->room) {
		size_t room = 2 * (u->num + num) + 64;
		struct zy_glyph *all = zy_arena_array(a, room, sizeof *all, err);

		if (all == NULL)
			return false;
		if (u->num > 0)
			memcpy(all, u->glyphs, u->num * sizeof *all);
		u->glyphs = all;
		u->room = room;
	}
	if (num > 0)
		memcpy(u->glyphs + u->num, g, num * sizeof *g);
	u->num += num;
	return true;
}

void zy_font_use_sort(struct zy_font_use *u)
{
	size_t kept = 0;

	if (u->num > 0)
		qsort(u->glyphs, u->num, sizeof *u->glyphs, compare);
	for (size_t i = 0; i < u->num; i++) {
		if (i == 0 || compare(&u->glyphs[i], &u->glyphs[kept - 1]) != 0)
			u->glyphs[kept++] = u->glyphs[i];
	}
	u->num = kept;
}

size_t zy_font_use_find(const struct zy_font_use *u, const struct zy_glyph *g)
{
	const struct zy_glyph *hit = bsearch(g, u->glyphs, u->num, sizeof *g, compare);

	return hit == NULL ? SIZE_MAX : (size_t)(hit - u->glyphs);
}

/* ---- subsetting ---- */

/* ISO 32000-1 9.6.4: six capitals and a plus sign; taken from the choice of glyphs, so the same page has the same
 * name. */
static bool tag_name(
    const struct zy_font *f, const uint32_t *gids, size_t num, struct zy_font_subset *s, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];
	ZY_BUF_AUTO b = { 0 };

	for (size_t i = 0; i < num; i++)
		zy_buf_put_be(&b, gids[i], 2);
	if (!zy_buf_done(&b, "font", err) || !zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&b), digest, err))
		return false;
	for (size_t i = 0; i < 6; i++)
		s->postscript_name[i] = (char)('A' + digest[i] % 26);
	s->postscript_name[6] = '+';
	memcpy(s->postscript_name + 7, f->postscript_name, strlen(f->postscript_name) + 1);
	return true;
}

/* .notdef, then each glyph of the use once; where each lies, and its CID. */
static bool number_glyphs(const struct zy_font *f, const struct zy_font_use *u, struct zy_arena *a, uint32_t **gids,
    size_t *num, struct zy_font_subset *s, struct zy_error *err)
{
	uint16_t *code = zy_arena_array(a, u->num + 1, sizeof *code, err);
	uint16_t *gid = zy_arena_array(a, u->num + 1, sizeof *gid, err);

	*gids = zy_arena_array(a, u->num + 1, sizeof **gids, err);
	if (code == NULL || gid == NULL || *gids == NULL)
		return false;
	*num = 1;
	for (size_t i = 0; i < u->num; i++) {
		uint32_t g = u->glyphs[i].gid;

		if (g >= f->cff.charstrings.count)
			return zy_fail(err, ZY_E_FONT, "font", ZY_NOWHERE, "a glyph has no outline");
		if ((*gids)[*num - 1] != g)
			(*gids)[(*num)++] = g;
		gid[i] = (uint16_t)(*num - 1);
		code[i] = f->cff.cids[g];
	}
	s->num = u->num;
	s->code = code;
	s->gid = gid;
	return true;
}

bool zy_font_subset(const struct zy_font *f, const struct zy_font_use *u, struct zy_arena *a,
    struct zy_font_subset *out, struct zy_error *err)
{
	ZY_BUF_AUTO cff = { 0 }, otf = { 0 };
	uint32_t *gids;
	size_t num;

	*out = (struct zy_font_subset){ 0 };
	return number_glyphs(f, u, a, &gids, &num, out, err) && zy_cff_cut(&f->cff, gids, num, &cff, err) &&
	       zy_otf_wrap(f, zy_buf_bytes(&cff), gids, num, u, out->gid, a, &otf, err) &&
	       zy_arena_copy(a, zy_buf_bytes(&cff), &out->cff, err) &&
	       zy_arena_copy(a, zy_buf_bytes(&otf), &out->otf, err) && tag_name(f, gids, num, out, err);
}
