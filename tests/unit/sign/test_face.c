#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

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

/* Lays out and gives the lines of text, or the error. */
static bool draw(const struct zy_type *t, const struct face_record *r, struct zy_arena *a, struct zy_package **p,
    struct zy_error *err)
{
	const struct zy_face *face;

	*p = zy_arena_alloc(a, sizeof **p, err);
	return *p != NULL && zy_face_lay_out(fonts, t, &r->rec, a, &face, err) &&
	       zy_face_ofd(face, &r->rec, *p, a, err);
}

static bool shows(const struct zy_type *t, const struct face_record *r, const char *text)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_package *p;
	struct face_line *lines = calloc(FACE_LINES_MAX, sizeof *lines);
	bool found = false;

	if (!draw(t, r, &a, &p, &err))
		fail_msg("%s", err.msg);
	for (size_t i = 0, n = face_lines(p, &a, lines); i < n; i++)
		found |= strcmp(lines[i].text, text) == 0;
	free(lines);
	return found;
}

static void the_same_record_gives_the_same_bytes_in_every_process(void **state)
{
	const char *const aliases[] = { "business-licence", "transport-practitioner" };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_faces *others = face_fonts();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct zy_type *t = face_type(aliases[i], &a);
		struct zy_buf pdf[2] = { { 0 }, { 0 } }, ofd[2] = { { 0 }, { 0 } };
		struct face_record r;
		struct zy_error err = { 0 };

		face_record(&r, t);
		for (size_t k = 0; k < 2; k++) {
			const struct zy_face *face;
			struct zy_package *p = zy_arena_alloc(&a, sizeof *p, &err);

			if (!zy_face_lay_out(k == 0 ? fonts : others, t, &r.rec, &a, &face, &err) ||
			    !zy_face_pdf(face, &r.rec, &pdf[k], &err) || !zy_face_ofd(face, &r.rec, p, &a, &err) ||
			    !zy_package_encode(p, &ofd[k], &err))
				fail_msg("%s", err.msg);
		}
		assert_true(zy_bytes_equal(zy_buf_bytes(&pdf[0]), zy_buf_bytes(&pdf[1])));
		assert_true(zy_bytes_equal(zy_buf_bytes(&ofd[0]), zy_buf_bytes(&ofd[1])));
		for (size_t k = 0; k < 2; k++) {
			zy_buf_free(&pdf[k]);
			zy_buf_free(&ofd[k]);
		}
	}
	zy_faces_close(others);
}

static void a_character_without_a_glyph_is_refused_by_name(void **state)
{
	static const char *const values[] = { "云泽\xf3\xb0\x80\x80公司", "云泽\xe2\x80\x8b公司", "a\tb",
		"云\xc2\xad泽", "e\xcc\x81" };
	static const char *const points[] = { "U+F0000", "U+200B", "U+0009", "U+00AD", "U+0301" };
	ZY_ARENA_AUTO a = { 0 };
	const struct zy_type *t = face_type("business-licence", &a);

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		struct face_record r;
		struct zy_error err = { 0 };
		struct zy_package *p;

		face_record(&r, t);
		face_set(&r, "name", values[i]);
		assert_false(draw(t, &r, &a, &p, &err));
		assert_int_equal(err.code, ZY_E_GLYPH);
		assert_string_equal(err.field, "name");
		if (strstr(err.msg, points[i]) == NULL && i < 4)
			fail_msg("%s", err.msg);
	}
}

static void coverage_is_known_before_anything_is_drawn(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_faces_cover(fonts, zy_str("云泽市（远山）·Café 12\n第二行𠮷"), "name", &err));
	assert_false(zy_faces_cover(fonts, zy_str("好\xf3\xb0\x80\x80"), "name", &err));
	assert_int_equal(err.code, ZY_E_GLYPH);
	assert_string_equal(err.field, "name");
	assert_non_null(strstr(err.msg, "U+F0000"));
}

static char *repeat(const char *s, size_t times)
{
	char *out = malloc(strlen(s) * times + 1);

	out[0] = '\0';
	for (size_t i = 0; i < times; i++)
		memcpy(out + i * strlen(s), s, strlen(s) + 1);
	return out;
}

static void a_long_text_shrinks_and_then_is_refused(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	const struct zy_type *t = face_type("business-licence", &a);
	double last = 1000;

	(void)state;
	for (size_t times = 10; times <= 170; times += 40) {
		char *text = repeat("技术服务、", times);
		struct face_line *lines = calloc(FACE_LINES_MAX, sizeof *lines);
		struct face_record r;
		struct zy_error err = { 0 };
		struct zy_package *p;

		face_record(&r, t);
		face_set(&r, "business_scope", text);
		if (!draw(t, &r, &a, &p, &err))
			fail_msg("%zu: %s", times, err.msg);
		for (size_t i = 0, n = face_lines(p, &a, lines); i < n; i++) {
			if (strncmp(lines[i].text, "技术服务、技术", 21) == 0) {
				assert_true(lines[i].size <= last + 1e-9);
				last = lines[i].size;
				break;
			}
		}
		free(lines);
		free(text);
	}
	assert_true(last < 11.5 * 25.4 / 72 - 0.1);
	char *text = repeat("技术服务、", 400);
	struct face_record r;
	struct zy_error err = { 0 };
	struct zy_package *p;

	face_record(&r, t);
	face_set(&r, "business_scope", text);
	assert_false(draw(t, &r, &a, &p, &err));
	assert_int_equal(err.code, ZY_E_LAYOUT);
	assert_string_equal(err.field, "business_scope");
	free(text);
}

static void dates_are_long_choices_are_words_and_no_end_is_long_term(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	const struct zy_type *company = face_type("business-licence", &a),
			     *driver = face_type("transport-practitioner", &a);
	struct face_record r;

	(void)state;
	face_record(&r, company);
	face_set(&r, "term_from", "2019-06-18");
	assert_true(shows(company, &r, "2019年06月18日至长期"));
	assert_true(shows(company, &r, "2026年03月01日"));
	face_record(&r, driver);
	face_set(&r, "sex", "1");
	assert_true(shows(driver, &r, "男"));
	assert_false(shows(driver, &r, "女"));
	r.rec.num_fields = 0;
	assert_true(shows(driver, &r, "——"));
	assert_true(shows(driver, &r, "长期"));
}

static void a_placeholder_that_names_nothing_is_a_fault_of_the_policy(void **state)
{
	struct zy_box box = { .kind = ZY_BOX_TEXT, .w = 50, .h = 20, .size = 10, .least_size = 8, .leading = 1.2 };
	struct zy_type t = { .alias = "x", .layout = { .width = 60, .height = 60, .num_boxes = 1, .boxes = &box } };
	static const char *const texts[] = { "{nothing}", "{name",
		"{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}" };
	ZY_ARENA_AUTO a = { 0 };
	struct face_record r;

	(void)state;
	face_record(&r, face_type("business-licence", &a));
	for (size_t i = 0; i < 3; i++) {
		struct zy_error err = { 0 };
		struct zy_package *p;

		box.text = texts[i];
		assert_false(draw(&t, &r, &a, &p, &err));
		assert_int_equal(err.code, ZY_E_POLICY);
	}
}

static void boxes_off_the_page_and_small_codes_are_refused(void **state)
{
	struct zy_box boxes[] = { { .kind = ZY_BOX_RULE, .x = 30, .w = 40, .h = 1 },
		{ .kind = ZY_BOX_QR, .w = 15, .h = 30 } };
	ZY_ARENA_AUTO a = { 0 };
	struct face_record r;

	(void)state;
	face_record(&r, face_type("business-licence", &a));
	for (size_t i = 0; i < 2; i++) {
		struct zy_type t = { .alias = "x",
			.layout = { .width = 60, .height = 60, .num_boxes = 1, .boxes = &boxes[i] } };
		struct zy_error err = { 0 };
		struct zy_package *p;

		assert_false(draw(&t, &r, &a, &p, &err));
		assert_int_equal(err.code, ZY_E_LAYOUT);
	}
}

static void a_file_that_is_no_font_is_refused(void **state)
{
	struct zy_faces *f;
	struct zy_error absent = { 0 }, other = { 0 };

	(void)state;
	assert_false(zy_faces_open(&f, "/nonexistent.ttc", BOLD, &absent));
	assert_int_equal(absent.code, ZY_E_FONT);
	assert_null(f);
	assert_false(zy_faces_open(&f, REGULAR, ZY_SOURCE_DIR "/LICENSE", &other));
	assert_int_equal(other.code, ZY_E_FONT);
}

static void object_numbers_of_the_ofd_are_unique_and_capped(void **state)
{
	static const char *const files[] = { "Doc_0/Document.xml", "Doc_0/PublicRes.xml",
		"Doc_0/Tpls/Tpl_0/Content.xml", "Doc_0/Pages/Page_0/Content.xml", "Doc_0/Attachs/Attachments.xml" };
	ZY_ARENA_AUTO a = { 0 };
	const struct zy_type *t = face_type("business-licence", &a);
	bool *seen = calloc(100000, 1);
	struct face_record r;
	struct zy_error err = { 0 };
	struct zy_package *p;
	long most = 0;

	(void)state;
	face_record(&r, t);
	assert_true(draw(t, &r, &a, &p, &err));
	for (size_t i = 0; i < 5; i++) {
		const char *at = zy_arena_text(&a, zy_package_find(p, files[i])->bytes, &err);

		if (i == 0)
			most = strtol(strstr(at, "<ofd:MaxUnitID>") + 15, NULL, 10);
		while ((at = strstr(at, " ID=\"")) != NULL) {
			long id = strtol(at += 5, NULL, 10);

			assert_in_range(id, 1, most);
			assert_false(seen[id]);
			seen[id] = true;
		}
	}
	free(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_record_gives_the_same_bytes_in_every_process),
		cmocka_unit_test(a_character_without_a_glyph_is_refused_by_name),
		cmocka_unit_test(coverage_is_known_before_anything_is_drawn),
		cmocka_unit_test(a_long_text_shrinks_and_then_is_refused),
		cmocka_unit_test(dates_are_long_choices_are_words_and_no_end_is_long_term),
		cmocka_unit_test(a_placeholder_that_names_nothing_is_a_fault_of_the_policy),
		cmocka_unit_test(boxes_off_the_page_and_small_codes_are_refused),
		cmocka_unit_test(a_file_that_is_no_font_is_refused),
		cmocka_unit_test(object_numbers_of_the_ofd_are_unique_and_capped),
	};

	return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
