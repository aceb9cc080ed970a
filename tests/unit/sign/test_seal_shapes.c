#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <zlib.h>

#include "face_made.h"

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

/* A drawn seal and its alpha, 0..15. */
struct drawn {
	struct zy_arena a;
	struct zy_seal_picture p;
	size_t wide, high;
	uint8_t *alpha;
};

static bool try_draw(struct drawn *d, enum zy_seal_shape shape, const char *name, const char *text, const char *code,
    struct zy_error *err)
{
	const struct zy_seal_rule rule = { .shape = shape, .name.zh = name, .centre_text = text, .code = code };

	*d = (struct drawn){ 0 };
	return zy_seal_draw(fonts, &rule, &d->a, &d->p, err);
}

static size_t be32(const uint8_t *p)
{
	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

static struct drawn draw(enum zy_seal_shape shape, const char *name, const char *text, const char *code)
{
	struct zy_error err = { 0 };
	struct drawn d;
	uint8_t *idat, *rows;
	uLongf len;
	size_t row;

	if (!try_draw(&d, shape, name, text, code, &err))
		fail_msg("%s: %s", zy_code_name(err.code), err.msg);
	d.wide = be32(d.p.png.p + 16);
	d.high = be32(d.p.png.p + 20);
	row = 1 + (d.wide + 1) / 2;
	len = row * d.high;
	rows = malloc(len);
	d.alpha = malloc(d.wide * d.high);
	idat = memmem(d.p.png.p, d.p.png.len, "IDAT", 4);
	assert_true(rows != NULL && d.alpha != NULL && idat != NULL);
	assert_int_equal(uncompress(rows, &len, idat + 4, be32(idat - 4)), Z_OK);
	assert_int_equal(len, row * d.high);
	for (size_t i = 0; i < d.wide * d.high; i++) {
		uint8_t two = rows[i / d.wide * row + 1 + i % d.wide / 2];

		d.alpha[i] = i % d.wide % 2 == 0 ? two >> 4 : two & 15;
	}
	free(rows);
	return d;
}

static void drop(struct drawn *d)
{
	free(d->alpha);
	zy_arena_free(&d->a);
}

/* Sum of the ink in a box of millimetres. */
static size_t ink(const struct drawn *d, double x, double y, double w, double h)
{
	double scale = (double)d->wide / d->p.width;
	size_t sum = 0;

	for (size_t j = (size_t)(y * scale); j < (size_t)((y + h) * scale); j++)
		for (size_t i = (size_t)(x * scale); i < (size_t)((x + w) * scale); i++)
			sum += d->alpha[j * d->wide + i];
	return sum;
}

/* No ink between two ellipses around the middle, half axes in millimetres. */
static void clear_between(const struct drawn *d, double rx, double ry, double gap, const char *name)
{
	double scale = (double)d->wide / d->p.width;

	for (size_t i = 0; i < d->wide * d->high; i++) {
		double x = ((double)(i % d->wide) + 0.5) / scale - d->p.width / 2;
		double y = ((double)(i / d->wide) + 0.5) / scale - d->p.height / 2;
		bool in_outer = x * x / rx / rx + y * y / ry / ry < 1;
		bool in_inner = x * x / (rx - gap) / (rx - gap) + y * y / (ry - gap) / (ry - gap) < 1;

		if (in_outer && !in_inner && d->alpha[i] != 0)
			fail_msg("%s: ink at %.1f, %.1f", name, x, y);
	}
}

static void a_company_seal_bears_its_number_below(void **state)
{
	struct drawn d = draw(ZY_SEAL_COMPANY, "云泽市远山茶业有限公司", "", "9901009900001");
	struct drawn other = draw(ZY_SEAL_COMPANY, "云泽市远山茶业有限公司", "", "9901009900002");

	(void)state;
	assert_true(d.p.width == 40 && d.p.height == 40);
	assert_int_equal(d.alpha[0], 0);
	assert_int_equal(d.alpha[d.high / 2 * d.wide + d.wide / 2], 15); /* star */
	assert_true(ink(&d, 10, 34, 20, 4.5) > 5000);                    /* number */
	assert_int_equal(ink(&d, 12, 28, 16, 5), 0);                     /* between star and number */
	assert_true(ink(&d, 10, 3, 20, 6) > 10000);                      /* name */
	clear_between(&d, 18.7, 18.7, 0.6, "company");
	/* only the last digit differs, right of the middle */
	assert_int_equal(ink(&d, 0, 0, 20, 40), ink(&other, 0, 0, 20, 40));
	assert_int_not_equal(ink(&d, 20, 30, 20, 10), ink(&other, 20, 30, 20, 10));
	drop(&d);
	drop(&other);
}

static void an_oval_seal_has_name_number_and_line_apart(void **state)
{
	static const char *const names[] = { "远山", "远山茶业", "云泽市远山茶业有限公司",
		"云泽市青岚区望山数字技术研究开发股份有限公司",
		"云泽市青岚区望山数字技术研究开发股份有限公司临江分公司" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct drawn d = draw(ZY_SEAL_OVAL, names[i], "发票专用章", "91990100MA9900X1XU");

		assert_true(d.p.width == 40 && d.p.height == 30);
		assert_int_equal(d.wide, 472);
		assert_int_equal(d.high, 354);
		clear_between(&d, 18.9, 13.9, 0.4, names[i]);
		assert_true(ink(&d, 8, 13.2, 24, 3.6) > 15000); /* number */
		assert_int_equal(ink(&d, 8, 17.5, 24, 1.5), 0); /* between number and line */
		assert_true(ink(&d, 11, 20, 18, 4.5) > 10000);  /* line */
		assert_int_equal(ink(&d, 8, 11.5, 24, 1), 0);   /* between name and number */
		drop(&d);
	}
}

static void a_name_seal_has_two_columns_in_a_frame(void **state)
{
	static const char *const names[] = { "林远", "林远山", "欧阳远山" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct drawn d = draw(ZY_SEAL_NAME, names[i], "", "");

		assert_true(d.p.width == 20 && d.p.height == 20);
		assert_int_equal(d.alpha[0], 15); /* the frame's corner */
		assert_int_equal(ink(&d, 1.1, 1.1, 0.4, 17.8), 0);
		assert_int_equal(ink(&d, 1.1, 18.5, 17.8, 0.4), 0);
		for (double y = 2; y < 15; y += 8) {
			assert_true(ink(&d, 2, y, 7.5, 7.5) > 5000);
			assert_true(ink(&d, 10.5, y, 7.5, 7.5) > 5000);
		}
		drop(&d);
	}
}

static void the_family_name_stands_on_the_right(void **state)
{
	struct drawn one = draw(ZY_SEAL_NAME, "林远山", "", ""), two = draw(ZY_SEAL_NAME, "林清水", "", "");

	(void)state;
	assert_int_equal(ink(&one, 10.2, 0, 9.8, 20), ink(&two, 10.2, 0, 9.8, 20));
	assert_int_not_equal(ink(&one, 0, 0, 10, 20), ink(&two, 0, 0, 10, 20));
	drop(&one);
	drop(&two);
}

static void every_shape_is_drawn_the_same_again(void **state)
{
	static const struct {
		enum zy_seal_shape shape;
		const char *name, *text, *code;
	} all[] = { { ZY_SEAL_OFFICIAL, "云泽市交通运输局", "电子证照专用章", "" },
		{ ZY_SEAL_COMPANY, "云泽市远山茶业有限公司", "合同专用章", "9901009900001" },
		{ ZY_SEAL_OVAL, "云泽市远山茶业有限公司", "发票专用章", "91990100MA9900X1XU" },
		{ ZY_SEAL_NAME, "林远山", "", "" } };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct drawn one = draw(all[i].shape, all[i].name, all[i].text, all[i].code);
		struct drawn two = draw(all[i].shape, all[i].name, all[i].text, all[i].code);

		assert_true(zy_bytes_equal(one.p.png, two.p.png));
		assert_true(zy_bytes_equal(one.p.pdf_content, two.p.pdf_content));
		drop(&one);
		drop(&two);
	}
}

static void what_a_shape_cannot_hold_is_refused(void **state)
{
	static const struct {
		enum zy_seal_shape shape;
		const char *name, *text, *code, *field;
	} bad[] = { { ZY_SEAL_NAME, "欧阳远山水", "", "", "seal.name" }, { ZY_SEAL_NAME, "林", "", "", "seal.name" },
		{ ZY_SEAL_OVAL, "云泽市远山茶业有限公司", "", "91990100MA9900X1XU", "seal.centre_text" },
		{ ZY_SEAL_OVAL, "云泽市远山茶业有限公司", "发票专用章", "", "seal.code" },
		{ ZY_SEAL_COMPANY, "云泽市远山茶业有限公司", "", "", "seal.code" },
		{ ZY_SEAL_COMPANY, "云泽市远山茶业有限公司", "", "990100990000123", "seal.code" } };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct zy_error err = { 0 };
		struct drawn d;

		assert_false(try_draw(&d, bad[i].shape, bad[i].name, bad[i].text, bad[i].code, &err));
		assert_string_equal(zy_code_name(err.code), "layout-overflow");
		assert_string_equal(err.field, bad[i].field);
		zy_arena_free(&d.a);
	}
}

static void a_seal_is_fitted_into_its_place_and_not_stretched(void **state)
{
	const struct zy_seal_picture oval = { .width = 40, .height = 30 }, round = { .width = 42, .height = 42 };
	struct zy_seal_place p = zy_seal_fit(&oval, (struct zy_seal_place){ 100, 200, 42, 42 });

	(void)state;
	assert_true(fabs(p.x - 100) < 1e-9 && fabs(p.w - 42) < 1e-9);
	assert_true(fabs(p.y - 205.25) < 1e-9 && fabs(p.h - 31.5) < 1e-9);
	p = zy_seal_fit(&round, (struct zy_seal_place){ 100, 200, 42, 42 });
	assert_true(p.x == 100 && p.y == 200 && p.w == 42 && p.h == 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_company_seal_bears_its_number_below),
		cmocka_unit_test(an_oval_seal_has_name_number_and_line_apart),
		cmocka_unit_test(a_name_seal_has_two_columns_in_a_frame),
		cmocka_unit_test(the_family_name_stands_on_the_right),
		cmocka_unit_test(every_shape_is_drawn_the_same_again),
		cmocka_unit_test(what_a_shape_cannot_hold_is_refused),
		cmocka_unit_test(a_seal_is_fitted_into_its_place_and_not_stretched),
	};

	return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
