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

static bool open_shelf(struct zy_faces *f, struct zy_error *err)
{
	if ((f->shelf = calloc(1, sizeof *f->shelf)) == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "faces", ZY_NOWHERE, "no memory for the licence faces");
	pthread_mutex_init(&f->shelf->lock, NULL);
	return true;
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
	if (!open_shelf(f, err) || !make_profile(f, err) || !zy_font_open(&f->fonts[ZY_FONT_REGULAR], regular, err) ||
	    !zy_font_open(&f->fonts[ZY_FONT_BOLD], bold, err)) {
		zy_faces_close(f);
		return false;
	}
	*out = f;
	return true;
}

static void free_artwork(struct zy_artwork *art)
{
	zy_buf_free(&art->pdf);
	zy_buf_free(&art->ofd);
	zy_buf_free(&art->ofd_deflated);
	free(art);
}

void zy_faces_close(struct zy_faces *f)
{
	struct zy_artwork *art, *next;

	if (f == NULL)
		return;
	for (art = f->shelf == NULL ? NULL : f->shelf->first; art != NULL; art = next) {
		next = art->next;
		free_artwork(art);
	}
	if (f->shelf != NULL)
		pthread_mutex_destroy(&f->shelf->lock);
	free(f->shelf);
	for (size_t i = 0; i < ZY_NUM_FONTS; i++)
		zy_font_close(&f->fonts[i]);
	zy_buf_free(&f->icc);
	free(f);
}

/* ---- artwork, kept by what it looks like ---- */

static bool same_look(const struct zy_artwork *art, const struct zy_layout *l)
{
	return art->width == l->width && art->height == l->height && art->border == l->border &&
	       memcmp(art->border_colour, l->border_colour, 3) == 0 && memcmp(art->background, l->background, 3) == 0;
}

static bool write_artwork(struct zy_artwork *art, const struct zy_shape *shapes, struct zy_error *err)
{
	ZY_BUF_AUTO raw = { 0 };
	unsigned id = ZY_ARTWORK_FIRST_ID;

	zy_buf_printf(&art->ofd,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:Page "
	    "xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:Content>"
	    "<ofd:Layer ID=\"%u\" Type=\"Background\">\n",
	    id);
	for (const struct zy_shape *s = shapes; s != NULL; s = s->next) {
		zy_shape_put_pdf(&raw, s, 2);
		zy_shape_put_ofd(&art->ofd, s, art->width, art->height, ++id, 2);
	}
	zy_buf_put_str(&art->ofd, "</ofd:Layer></ofd:Content></ofd:Page>\n");
	art->last_id = id;
	return zy_buf_done(&raw, "artwork", err) && zy_buf_done(&art->ofd, "artwork", err) &&
	       zy_deflate(&art->pdf, zy_buf_bytes(&raw), 9, ZY_ZLIB, err) &&
	       zy_deflate(&art->ofd_deflated, zy_buf_bytes(&art->ofd), 9, ZY_RAW, err) &&
	       zy_digest(ZY_HASH_SM3, zy_buf_bytes(&art->ofd), art->ofd_sm3, err);
}

static struct zy_artwork *make_artwork(const struct zy_layout *l, struct zy_error *err)
{
	struct zy_artwork *art = calloc(1, sizeof *art);
	ZY_ARENA_AUTO a = { 0 };
	struct zy_shape *shapes;

	if (art == NULL) {
		(void)zy_fail(err, ZY_E_NO_MEMORY, "artwork", ZY_NOWHERE, "no memory for the artwork");
		return NULL;
	}
	art->width = l->width;
	art->height = l->height;
	art->border = l->border;
	memcpy(art->border_colour, l->border_colour, 3);
	memcpy(art->background, l->background, 3);
	if (!zy_artwork_draw(l, &a, &shapes, err) || !write_artwork(art, shapes, err)) {
		free_artwork(art);
		return NULL;
	}
	return art;
}

bool zy_shelf_artwork(
    struct zy_shelf *s, const struct zy_layout *l, const struct zy_artwork **out, struct zy_error *err)
{
	struct zy_artwork *art;

	pthread_mutex_lock(&s->lock);
	for (art = s->first; art != NULL && !same_look(art, l);)
		art = art->next;
	if (art == NULL && (art = make_artwork(l, err)) != NULL) {
		art->next = s->first;
		s->first = art;
	}
	pthread_mutex_unlock(&s->lock);
	*out = art;
	return art != NULL;
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
