/* Fonts and artwork that all licences share: opened once, used by any thread. */
#include "zy/face.h"

#include <stdlib.h>

#include <zlib.h>

#include "page.h"

bool zy_deflate(struct zy_buf *out, struct zy_bytes v, int level, enum zy_wrapping wrapping, struct zy_error *err)
{
	z_stream z = { 0 };
	size_t before = out->len;
	uint8_t *at;
	uLong bound;
	bool ok;

	if (deflateInit2(&z, level, Z_DEFLATED, wrapping == ZY_RAW ? -MAX_WBITS : MAX_WBITS, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		return zy_fail(err, ZY_E_NO_MEMORY, "deflate", ZY_NOWHERE, "no memory to compress with");
	bound = deflateBound(&z, (uLong)v.len);
	if ((at = zy_buf_extend(out, bound)) == NULL) {
		deflateEnd(&z);
		return zy_buf_done(out, "deflate", err);
	}
	z.next_in = (z_const Bytef *)v.p;
	z.avail_in = (uInt)v.len;
	z.next_out = at;
	z.avail_out = (uInt)bound;
	ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
	out->len = before + z.total_out;
	deflateEnd(&z);
	return ok || zy_fail(err, ZY_E_BUG, "deflate", ZY_NOWHERE, "zlib left data behind");
}

static bool make_profile(struct zy_faces *f, struct zy_error *err)
{
	ZY_BUF_AUTO raw = { 0 };

	zy_icc_srgb(&raw);
	return zy_buf_done(&raw, "icc", err) && zy_deflate(&f->icc, zy_buf_bytes(&raw), 9, ZY_ZLIB, err);
}

bool zy_faces_open(struct zy_faces **out, const char *regular, const char *bold, struct zy_error *err)
{
	struct zy_faces *f = calloc(1, sizeof *f);

	*out = NULL;
	if (f == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "faces", ZY_NOWHERE, "no memory for the licence faces");
	if ((f->shelf = zy_shelf_new()) == NULL)
		(void)zy_fail(err, ZY_E_NO_MEMORY, "faces", ZY_NOWHERE, "no memory for the licence faces");
	if (f->shelf == NULL || !make_profile(f, err) || !zy_font_open(&f->fonts[ZY_FONT_REGULAR], regular, err) ||
	    !zy_font_open(&f->fonts[ZY_FONT_BOLD], bold, err)) {
		zy_faces_close(f);
		return false;
	}
	*out = f;
	return true;
}

void zy_faces_close(struct zy_faces *f)
{
	if (f == NULL)
		return;
	zy_shelf_free(f->shelf);
	for (size_t i = 0; i < ZY_NUM_FONTS; i++)
		zy_font_close(&f->fonts[i]);
	zy_buf_free(&f->icc);
	free(f);
}

bool zy_faces_cover(const struct zy_faces *f, struct zy_bytes text, const char *field, struct zy_error *err)
{
	uint32_t c;

	if (!zy_utf8_check(text, field, err))
		return false;
	for (size_t at = 0; (c = zy_utf8_next(text, &at)) != 0;) {
		if (c == '\n')
			continue;
		for (size_t i = 0; i < ZY_NUM_FONTS; i++) {
			if (!zy_font_has(&f->fonts[i], c))
				return zy_font_missing(field, c, err);
		}
	}
	return true;
}

bool zy_faces_outlines(const struct zy_faces *f, struct zy_bytes text, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_font *font = &f->fonts[ZY_FONT_REGULAR];
	hb_codepoint_t gid;
	uint32_t c;

	if (!zy_utf8_check(text, "outlines", err))
		return false;
	for (size_t at = 0; (c = zy_utf8_next(text, &at)) != 0;)
		if (hb_font_get_nominal_glyph(font->font, c, &gid) && !zy_charstring_flatten(&font->cff, gid, out, err))
			return false;
	return zy_buf_done(out, "outlines", err);
}
