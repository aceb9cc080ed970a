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

static struct zy_package *drawn(const struct zy_type *t, const struct zy_record *r, struct zy_arena *a)
{
	struct zy_error err = { 0 };
	struct zy_package *p = zy_arena_alloc(a, sizeof *p, &err);
	const struct zy_face *face;

	if (p == NULL || !zy_face_lay_out(fonts, t, r, a, &face, &err) || !zy_face_ofd(face, r, p, a, &err))
		fail_msg("%s", err.msg);
	return p;
}

static const struct zy_package_file *template_of(const struct zy_package *p)
{
	return zy_package_find(p, "Doc_0/Tpls/Tpl_0/Content.xml");
}

static bool has(struct zy_bytes file, const char *words)
{
	return memmem(file.p, file.len, words, strlen(words)) != NULL;
}

static void words_of_the_layout_stand_in_the_template_and_those_of_the_record_on_the_page(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	const struct zy_type *t = face_type("business-licence", &a);
	struct face_record one, other;
	const struct zy_package *p, *q;
	struct zy_bytes page;

	(void)state;
	face_record(&one, t);
	face_record(&other, t);
	face_set(&other, "legal_representative", "别人");
	p = drawn(t, &one.rec, &a);
	q = drawn(t, &other.rec, &a);
	page = zy_package_find(p, "Doc_0/Pages/Page_0/Content.xml")->bytes;
	assert_true(zy_bytes_equal(template_of(p)->bytes, template_of(q)->bytes));
	assert_true(has(template_of(p)->bytes, "营　业　执　照"));
	assert_true(has(template_of(p)->bytes, "Legal representative"));
	assert_false(has(page, "Legal representative"));
	assert_false(has(template_of(p)->bytes, one.rec.identifier));
	assert_true(has(page, one.rec.identifier));
}

static void a_known_digest_is_that_of_the_template(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	const struct zy_type *t = face_type("transport-practitioner", &a);
	struct zy_error err = { 0 };
	uint8_t sm3[ZY_HASH_LEN];
	struct face_record r;
	const struct zy_package_file *f;

	(void)state;
	face_record(&r, t);
	f = template_of(drawn(t, &r.rec, &a));
	assert_true(zy_digest(ZY_HASH_SM3, f->bytes, sm3, &err));
	assert_memory_equal(f->sm3, sm3, sizeof sm3);
}

/* A box of a word, on a page that is another for each i. */
static struct zy_type type_of(struct zy_box *box, const char *word, unsigned i)
{
	*box = (struct zy_box){
		.kind = ZY_BOX_TEXT, .text = word, .w = 50, .h = 20, .size = 10, .least_size = 8, .leading = 1.2
	};
	return (
	    struct zy_type){ .alias = "x", .layout = { .width = 60 + i, .height = 60, .num_boxes = 1, .boxes = box } };
}

static void another_word_is_another_layout(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_box box;
	struct face_record r;
	struct zy_type t;

	(void)state;
	face_record(&r, face_type("business-licence", &a));
	t = type_of(&box, "甲", 0);
	assert_true(has(template_of(drawn(&t, &r.rec, &a))->bytes, "甲"));
	t = type_of(&box, "乙", 0);
	assert_true(has(template_of(drawn(&t, &r.rec, &a))->bytes, "乙"));
	assert_false(has(template_of(drawn(&t, &r.rec, &a))->bytes, "甲"));
}

static void more_layouts_than_are_kept_are_drawn_all_the_same(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < 70; i++) {
			ZY_ARENA_AUTO a = { 0 };
			struct zy_box box;
			struct zy_type t = type_of(&box, "证", i);
			struct face_record r;
			char width[32];

			face_record(&r, face_type("business-licence", &a));
			snprintf(width, sizeof width, "\"0 0 %u 60\"", 60 + i);
			assert_true(has(template_of(drawn(&t, &r.rec, &a))->bytes, width));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_the_layout_stand_in_the_template_and_those_of_the_record_on_the_page),
		cmocka_unit_test(a_known_digest_is_that_of_the_template),
		cmocka_unit_test(another_word_is_another_layout),
		cmocka_unit_test(more_layouts_than_are_kept_are_drawn_all_the_same),
	};

	return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
