/* Whatever characters a page has, the font cut for it draws each of them as the full font does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <hb-ot.h>
#include <hb.h>

#include "face_made.h"
#include "zy/text.h"

enum { ROUNDS = 12, CHARACTERS = 350, NUMBERS_MAX = 40000 };

static uint64_t dice_state;

static uint32_t dice(uint32_t sides)
{
	dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(dice_state >> 33) % sides;
}

struct drawing {
	float v[NUMBERS_MAX];
	size_t num;
};

static void put(struct drawing *d, float op, const float *v, size_t num)
{
	if (d->num + num + 1 > NUMBERS_MAX)
		abort();
	d->v[d->num++] = op;
	for (size_t i = 0; i < num; i++)
		d->v[d->num++] = v[i];
}

static void on_move(hb_draw_funcs_t *f, void *d, hb_draw_state_t *st, float x, float y, void *user)
{
	(void)f, (void)st, (void)user;
	put(d, 0, (const float[]){ x, y }, 2);
}

static void on_line(hb_draw_funcs_t *f, void *d, hb_draw_state_t *st, float x, float y, void *user)
{
	(void)f, (void)st, (void)user;
	put(d, 1, (const float[]){ x, y }, 2);
}

static void on_cubic(hb_draw_funcs_t *f, void *d, hb_draw_state_t *st, float x1, float y1, float x2, float y2, float x,
    float y, void *user)
{
	(void)f, (void)st, (void)user;
	put(d, 3, (const float[]){ x1, y1, x2, y2, x, y }, 6);
}

static hb_font_t *open_font(hb_blob_t *blob, unsigned index)
{
	hb_face_t *face = hb_face_create(blob, index);
	hb_font_t *font = hb_font_create(face);

	hb_face_destroy(face);
	return font;
}

static void draw(hb_font_t *font, hb_draw_funcs_t *funcs, uint32_t c, struct drawing *out)
{
	hb_codepoint_t gid = 0;

	if (!hb_font_get_nominal_glyph(font, c, &gid))
		fail_msg("U+%04X is not in the font", c);
	out->num = 0;
	put(out, (float)hb_font_get_glyph_h_advance(font, gid), NULL, 0);
	hb_font_get_glyph_shape(font, gid, funcs, out);
}

static void put_character(struct zy_buf *b, uint32_t c)
{
	if (c < 0x80) {
		zy_buf_put_u8(b, (uint8_t)c);
		return;
	}
	if (c >= 0x10000) {
		zy_buf_put_u8(b, (uint8_t)(0xf0 | c >> 18));
		zy_buf_put_u8(b, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
	} else {
		zy_buf_put_u8(b, (uint8_t)(0xe0 | c >> 12));
	}
	zy_buf_put_u8(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	zy_buf_put_u8(b, (uint8_t)(0x80 | (c & 0x3f)));
}

/* Letters, Han of the basic plane, and some of extension B that the font has. */
static uint32_t pick(hb_font_t *full)
{
	for (;;) {
		uint32_t kind = dice(10);
		uint32_t c = kind == 0 ? 'A' + dice(26) : kind == 1 ? 0x20000 + dice(0xa6d0) : 0x4e00 + dice(0x51a6);
		hb_codepoint_t gid = 0;

		if (hb_font_get_nominal_glyph(full, c, &gid) && gid != 0)
			return c;
	}
}

static void a_cut_font_draws_every_character_of_its_page_alike(void **state)
{
	hb_blob_t *blob = hb_blob_create_from_file_or_fail(REGULAR);
	hb_font_t *full = open_font(blob, 2);
	hb_draw_funcs_t *funcs = hb_draw_funcs_create();
	struct drawing *wanted = calloc(2, sizeof *wanted), *got = wanted + 1;
	struct zy_faces *fonts = face_fonts();
	ZY_ARENA_AUTO shared = { 0 };
	const struct zy_type *t = face_type("business-licence", &shared);

	(void)state;
	hb_draw_funcs_set_move_to_func(funcs, on_move, NULL, NULL);
	hb_draw_funcs_set_line_to_func(funcs, on_line, NULL, NULL);
	hb_draw_funcs_set_cubic_to_func(funcs, on_cubic, NULL, NULL);
	for (int round = 0; round < ROUNDS; round++) {
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO text = { 0 };
		struct zy_error err = { 0 };
		const struct zy_face *face;
		struct zy_package *p = zy_arena_alloc(&a, sizeof *p, &err);
		const struct zy_package_file *otf;
		struct face_record r;
		hb_blob_t *cut_blob;
		hb_font_t *cut;
		uint32_t chars[CHARACTERS];

		for (size_t i = 0; i < CHARACTERS; i++)
			put_character(&text, chars[i] = pick(full));
		zy_buf_put_u8(&text, 0);
		face_record(&r, t);
		face_set(&r, "business_scope", (const char *)text.p);
		if (!zy_face_lay_out(fonts, t, &r.rec, &a, &face, &err) || !zy_face_ofd(face, &r.rec, p, &a, &err))
			fail_msg("%s", err.msg);
		otf = zy_package_find(p, "Doc_0/Res/font_1.otf");
		assert_non_null(otf);
		cut_blob = hb_blob_create(
		    (const char *)otf->bytes.p, (unsigned)otf->bytes.len, HB_MEMORY_MODE_READONLY, NULL, NULL);
		cut = open_font(cut_blob, 0);
		for (size_t i = 0; i < CHARACTERS; i++) {
			draw(full, funcs, chars[i], wanted);
			draw(cut, funcs, chars[i], got);
			if (wanted->num != got->num || memcmp(wanted->v, got->v, got->num * sizeof got->v[0]) != 0)
				fail_msg("U+%04X is drawn otherwise", chars[i]);
		}
		hb_font_destroy(cut);
		hb_blob_destroy(cut_blob);
	}
	free(wanted);
	hb_draw_funcs_destroy(funcs);
	hb_font_destroy(full);
	hb_blob_destroy(blob);
	zy_faces_close(fonts);
}

int main(void)
{
	const char *seed = getenv("ZY_TEST_SEED");
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_cut_font_draws_every_character_of_its_page_alike) };

	dice_state = seed == NULL ? 20260301 : strtoull(seed, NULL, 10);
	fprintf(stderr, "ZY_TEST_SEED=%llu\n", (unsigned long long)dice_state);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
