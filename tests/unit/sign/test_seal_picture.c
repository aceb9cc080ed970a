#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <zlib.h>

#include "face_made.h"

enum { SIDE = 496, ROW = 1 + SIDE / 2 };

static struct zy_faces *fonts;

static int open_fonts(void **state)
{
	(void)state;
	fonts = face_fonts();
	return 0;
}

static int close_fonts(void **state)
{
	(void)state;
	zy_faces_close(fonts);
	return 0;
}

static bool draw(
    const char *name, const char *text, struct zy_arena *a, struct zy_seal_picture *out, struct zy_error *err)
{
	const struct zy_seal_rule rule = { .name.zh = name, .centre_text = text, .code = "" };

	return zy_seal_draw(fonts, &rule, a, out, err);
}

/* A reader of the chunks that checks what ISO/IEC 15948 lets it check; alpha as 0..15. */
static uint8_t *decode(struct zy_bytes png)
{
	struct zy_reader r = zy_reader_over(png);
	struct zy_error err = { 0 };
	struct zy_bytes part, type;
	uint8_t *rows = malloc((size_t)ROW * SIDE), *alpha = malloc((size_t)SIDE * SIDE);
	uLongf len = (uLongf)ROW * SIDE;
	bool has_pixels = false;

	assert_true(zy_take(&r, 8, "png", &part, &err));
	assert_memory_equal(part.p, "\x89PNG\r\n\x1a\n", 8);
	while (zy_reader_left(&r) > 0) {
		uint64_t size, crc;

		assert_true(zy_take_be(&r, 4, "png", &size, &err));
		assert_true(zy_take(&r, 4, "png", &type, &err) && zy_take(&r, size, "png", &part, &err));
		assert_true(zy_take_be(&r, 4, "png", &crc, &err));
		assert_int_equal(crc, crc32(0, type.p, (uInt)(4 + size)));
		if (memcmp(type.p, "IHDR", 4) == 0)
			assert_memory_equal(part.p, "\0\0\x01\xf0\0\0\x01\xf0\x04\x03\0\0\0", 13);
		if (memcmp(type.p, "PLTE", 4) == 0)
			assert_memory_equal(part.p, "\xc8\x10\x2e\xc8\x10\x2e", 6);
		if (memcmp(type.p, "IDAT", 4) == 0) {
			assert_int_equal(uncompress(rows, &len, part.p, (uLong)part.len), Z_OK);
			assert_int_equal(len, ROW * SIDE);
			has_pixels = true;
		}
	}
	assert_true(has_pixels);
	assert_memory_equal(type.p, "IEND", 4);
	for (size_t i = 0; i < (size_t)SIDE * SIDE; i++) {
		uint8_t two = rows[i / SIDE * ROW + 1 + i % SIDE / 2];

		alpha[i] = i % 2 == 0 ? two >> 4 : two & 15;
	}
	free(rows);
	return alpha;
}

static size_t ink(const uint8_t *alpha, size_t x, size_t y, size_t w, size_t h)
{
	size_t sum = 0;

	for (size_t j = y; j < y + h; j++) {
		for (size_t i = x; i < x + w; i++)
			sum += alpha[j * SIDE + i];
	}
	return sum;
}

static void a_seal_has_a_ring_a_star_and_its_name_on_a_clear_ground(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_seal_picture s;
	struct zy_error err = { 0 };
	uint8_t *alpha;

	(void)state;
	assert_true(draw("云泽市市场监督管理局", "行政审批专用章", &a, &s, &err));
	assert_true(s.width == 42 && s.height == 42);
	alpha = decode(s.png);
	assert_int_equal(alpha[0], 0);                                 /* corner */
	assert_int_equal(alpha[SIDE / 2 * SIDE + 7], 15);              /* ring */
	assert_int_equal(alpha[SIDE / 2 * SIDE + SIDE / 2], 15);       /* star */
	assert_int_equal(ink(alpha, SIDE / 2 - 2, 20, 4, 10), 0);      /* between ring and name */
	assert_true(ink(alpha, SIDE / 2 - 130, 360, 260, 50) > 10000); /* the line of text */
	assert_true(ink(alpha, 100, 30, 296, 60) > 10000);             /* the name */
	for (size_t y = 0; y < SIDE; y++) {                            /* both ends alike: the ring is round */
		for (size_t x = 0; x < 12; x++)
			assert_in_range(alpha[y * SIDE + x] + 1 - alpha[y * SIDE + SIDE - 1 - x], 0, 2);
	}
	free(alpha);
	assert_true(s.pdf_content.len > 1000);
	assert_memory_equal(s.pdf_content.p, "0.7843 0.0627 0.1804 rg\n", 24);
	assert_memory_equal(s.pdf_content.p + s.pdf_content.len - 2, "f\n", 2);
}

static void names_of_6_to_26_letters_stay_in_their_ring(void **state)
{
	static const char name[] = "云泽市青岚区住房和城乡建设委员会行政审批服务管理办公局";

	(void)state;
	for (size_t letters = 6; letters <= 26; letters += 5) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_seal_picture s;
		struct zy_error err = { 0 };
		char part[sizeof name];
		uint8_t *alpha;

		memcpy(part, name, letters * 3);
		part[letters * 3] = '\0';
		assert_true(draw(part, "", &a, &s, &err));
		alpha = decode(s.png);
		for (size_t i = 0; i < (size_t)SIDE * SIDE; i++) {
			double x = (double)(i % SIDE) + 0.5 - SIDE / 2.0, y = (double)(i / SIDE) + 0.5 - SIDE / 2.0;
			double r = (x * x + y * y) / (SIDE / 42.0) / (SIDE / 42.0);

			/* clear between letters and ring, and between star and letters */
			if (((r > 19.0 * 19.0 && r < 19.7 * 19.7) || (r > 7.3 * 7.3 && r < 12.5 * 12.5)) &&
			    alpha[i] != 0)
				fail_msg("%zu letters: ink at %.1f, %.1f", letters, x, y);
		}
		free(alpha);
	}
}

static void the_same_seal_is_the_same_picture(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_seal_picture one, two, other;
	struct zy_error err = { 0 };

	(void)state;
	assert_true(draw("云泽市交通运输局", "电子证照专用章", &a, &one, &err));
	assert_true(draw("云泽市交通运输局", "电子证照专用章", &a, &two, &err));
	assert_true(draw("云泽市交通运输厅", "电子证照专用章", &a, &other, &err));
	assert_true(zy_bytes_equal(one.png, two.png) && zy_bytes_equal(one.pdf_content, two.pdf_content));
	assert_false(zy_bytes_equal(one.png, other.png) || zy_bytes_equal(one.pdf_content, other.pdf_content));
}

static void a_name_that_no_seal_can_hold_is_refused(void **state)
{
	static const struct {
		const char *name, *text;
		enum zy_code code;
	} bad[] = {
		{ "局", "", ZY_E_LAYOUT },
		{ "云泽市青岚区住房和城乡建设委员会行政审批服务管理办公局云泽市青岚区", "", ZY_E_LAYOUT },
		{ "云泽市交通运输局", "行政审批专用章行政审批专用章一", ZY_E_LAYOUT },
		{ "云泽市\xf3\xb0\x80\x80局", "", ZY_E_GLYPH },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_seal_picture s;
		struct zy_error err = { 0 };

		assert_false(draw(bad[i].name, bad[i].text, &a, &s, &err));
		assert_int_equal(err.code, bad[i].code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seal_has_a_ring_a_star_and_its_name_on_a_clear_ground),
		cmocka_unit_test(names_of_6_to_26_letters_stay_in_their_ring),
		cmocka_unit_test(the_same_seal_is_the_same_picture),
		cmocka_unit_test(a_name_that_no_seal_can_hold_is_refused),
	};

	return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
