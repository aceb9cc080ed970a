/*
 * What a layout draws under every licence of its kind: ground, border, and the words that are the same on all of them.
 * Drawn, deflated and hashed once, and kept.
 */
#include <pthread.h>
#include <stdlib.h>

#include "page.h"

enum { SHELF_MAX = 64 }; /* some 100 KB each; of more layouts the artwork is made anew for each licence */

struct zy_shelf {
	pthread_mutex_t lock;
	struct zy_artwork *first; /* under lock; never removed before close */
	unsigned num;
};

struct zy_shelf *zy_shelf_new(void)
{
	struct zy_shelf *s = calloc(1, sizeof *s);

	if (s != NULL)
		pthread_mutex_init(&s->lock, NULL);
	return s;
}

void zy_shelf_free(struct zy_shelf *s)
{
	struct zy_artwork *art, *next;

	if (s == NULL)
		return;
	for (art = s->first; art != NULL; art = next) {
		struct zy_arena mine = art->arena; /* in which it lies itself */

		next = art->next;
		zy_arena_free(&mine);
	}
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* ---- which layout it is of ---- */

static void put_words(struct zy_buf *b, const char *words)
{
	zy_buf_put_u8(b, words != NULL);
	zy_buf_put_str(b, words == NULL ? "" : words);
	zy_buf_put_u8(b, 0);
}

static void put_box(struct zy_buf *b, const struct zy_box *x)
{
	const double numbers[] = { x->x, x->y, x->w, x->h, x->label_w, x->size, x->least_size, x->leading };
	const uint8_t octets[] = { (uint8_t)x->kind, (uint8_t)x->align, x->bold, x->colour[0], x->colour[1],
		x->colour[2] };

	zy_buf_put(b, ZY_BYTES(numbers, sizeof numbers));
	zy_buf_put(b, ZY_BYTES(octets, sizeof octets));
	put_words(b, x->label.zh);
	put_words(b, x->label.en);
	put_words(b, x->text);
}

static bool layout_digest(const struct zy_layout *l, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	const double size[] = { l->width, l->height };
	ZY_BUF_AUTO b = { 0 };

	zy_buf_put(&b, ZY_BYTES(size, sizeof size));
	zy_buf_put_u8(&b, (uint8_t)l->border);
	zy_buf_put(&b, ZY_BYTES(l->border_colour, 3));
	zy_buf_put(&b, ZY_BYTES(l->background, 3));
	for (size_t i = 0; i < l->num_boxes; i++)
		put_box(&b, &l->boxes[i]);
	return zy_buf_done(&b, "layout", err) && zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&b), out, err);
}

/* ---- making it ---- */

static void write_ofd(struct zy_artwork *art, const struct zy_shape *shapes, struct zy_buf *out)
{
	const struct zy_face *words = &art->words;
	unsigned id = ZY_ARTWORK_FIRST_ID;

	zy_buf_printf(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:Page "
	    "xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:Content>"
	    "<ofd:Layer ID=\"%u\" Type=\"Background\">\n",
	    id);
	for (const struct zy_shape *s = shapes; s != NULL; s = s->next)
		zy_shape_put_ofd(out, s, words->width, words->height, ++id, 2);
	for (const struct zy_shape *s = words->shapes; s != NULL; s = s->next)
		zy_shape_put_ofd(out, s, words->width, words->height, ++id, 3);
	for (const struct zy_run *r = words->runs; r != NULL; r = r->next)
		zy_run_put_ofd(out, words, r, ++id);
	zy_buf_put_str(out, "</ofd:Layer></ofd:Content></ofd:Page>\n");
	art->last_id = id;
}

static void write_pdf(const struct zy_artwork *art, const struct zy_shape *shapes, struct zy_buf *out)
{
	for (const struct zy_shape *s = shapes; s != NULL; s = s->next)
		zy_shape_put_pdf(out, s, 2);
	for (const struct zy_shape *s = art->words.shapes; s != NULL; s = s->next)
		zy_shape_put_pdf(out, s, 3);
	zy_buf_put_str(out, "BT\n");
	for (const struct zy_run *r = art->words.runs; r != NULL; r = r->next)
		zy_run_put_pdf(out, &art->words, r, true); /* which characters share its glyphs, each licence decides */
	zy_buf_put_str(out, "ET\n");
}

static bool write_artwork(
    struct zy_artwork *art, const struct zy_shape *shapes, struct zy_arena *a, struct zy_error *err)
{
	ZY_BUF_AUTO pdf = { 0 }, ofd = { 0 }, pdf_deflated = { 0 }, ofd_deflated = { 0 };

	write_pdf(art, shapes, &pdf);
	write_ofd(art, shapes, &ofd);
	return zy_buf_done(&pdf, "artwork", err) && zy_buf_done(&ofd, "artwork", err) &&
	       zy_deflate(&pdf_deflated, zy_buf_bytes(&pdf), 9, ZY_ZLIB, err) &&
	       zy_deflate(&ofd_deflated, zy_buf_bytes(&ofd), 9, ZY_RAW, err) &&
	       zy_arena_copy(a, zy_buf_bytes(&pdf_deflated), &art->pdf, err) &&
	       zy_arena_copy(a, zy_buf_bytes(&ofd), &art->ofd, err) &&
	       zy_arena_copy(a, zy_buf_bytes(&ofd_deflated), &art->ofd_deflated, err) &&
	       zy_digest(ZY_HASH_SM3, art->ofd, art->ofd_sm3, err);
}

static bool make(const struct zy_faces *f, const struct zy_type *t, const uint8_t layout[ZY_HASH_LEN],
    struct zy_arena *a, struct zy_artwork **out, struct zy_error *err)
{
	struct zy_artwork *art = zy_arena_alloc(a, sizeof *art, err);
	ZY_ARENA_AUTO drawing = { 0 };
	struct zy_shape *shapes;

	if (art == NULL)
		return false;
	memcpy(art->layout, layout, ZY_HASH_LEN);
	*out = art;
	return zy_face_fixed(f, t, a, &art->words, err) && zy_artwork_draw(&t->layout, &drawing, &shapes, err) &&
	       write_artwork(art, shapes, a, err);
}

/* With the lock held. */
static bool make_kept(struct zy_shelf *s, const struct zy_faces *f, const struct zy_type *t,
    const uint8_t layout[ZY_HASH_LEN], struct zy_artwork **out, struct zy_error *err)
{
	struct zy_arena mine = { 0 };

	if (!make(f, t, layout, &mine, out, err)) {
		zy_arena_free(&mine);
		return false;
	}
	(*out)->arena = mine;
	(*out)->next = s->first;
	s->first = *out;
	s->num++;
	return true;
}

bool zy_shelf_artwork(const struct zy_faces *f, const struct zy_type *t, struct zy_arena *a,
    const struct zy_artwork **out, struct zy_error *err)
{
	struct zy_shelf *s = f->shelf;
	uint8_t layout[ZY_HASH_LEN];
	struct zy_artwork *art;
	bool full, ok = true;

	if (!layout_digest(&t->layout, layout, err))
		return false;
	pthread_mutex_lock(&s->lock);
	for (art = s->first; art != NULL && memcmp(art->layout, layout, ZY_HASH_LEN) != 0;)
		art = art->next;
	full = s->num == SHELF_MAX;
	if (art == NULL && !full)
		ok = make_kept(s, f, t, layout, &art, err);
	pthread_mutex_unlock(&s->lock);
	if (art == NULL && full)
		ok = make(f, t, layout, a, &art, err);
	*out = art;
	return ok;
}
