#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/arena.h"

static void memory_is_zeroed_aligned_and_apart(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	uint8_t *before = NULL;

	(void)state;
	for (size_t len = 1; len < 3000; len += 7) {
		struct zy_error err = { 0 };
		uint8_t *p = zy_arena_alloc(&a, len, &err);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xa5, len);
		if (before != NULL)
			assert_int_equal(*before, 0xa5);
		before = p;
	}
}

static void the_cap_holds_for_one_piece_and_for_the_sum(void **state)
{
	ZY_ARENA_AUTO a = { .cap = 1024 };
	struct zy_error ok = { 0 };

	(void)state;
	REFUSED(zy_arena_alloc(&a, 1025, &err) != NULL, ZY_E_NO_MEMORY);
	REFUSED(zy_arena_alloc(&a, SIZE_MAX, &err) != NULL, ZY_E_NO_MEMORY);
	for (size_t i = 0; i < 1024 / 16; i++)
		assert_non_null(zy_arena_alloc(&a, 16, &ok));
	REFUSED(zy_arena_alloc(&a, 1, &err) != NULL, ZY_E_NO_MEMORY);
	zy_arena_free(&a);
	assert_int_equal(a.cap, 1024);
	assert_non_null(zy_arena_alloc(&a, 1024, &ok));
}

static void a_product_that_wraps_around_is_refused(void **state)
{
	ZY_ARENA_AUTO a = { 0 };

	(void)state;
	REFUSED(zy_arena_array(&a, SIZE_MAX / 2 + 2, 2, &err) != NULL, ZY_E_NO_MEMORY);
	MUST(zy_arena_array(&a, 0, 8, &err) != NULL);
}

static void copies_outlive_their_input(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	char in[] = "abc";
	struct zy_bytes out;
	struct zy_error ok = { 0 };
	char *text, *made;

	(void)state;
	MUST(zy_arena_copy(&a, zy_str(in), &out, &err));
	assert_non_null(text = zy_arena_text(&a, zy_str(in), &ok));
	assert_non_null(made = zy_arena_printf(&a, &ok, "%s-%d", in, 5));
	memset(in, 'x', 3);
	assert_true(zy_bytes_equal(out, ZY_LITERAL("abc")));
	assert_string_equal(text, "abc");
	assert_string_equal(made, "abc-5");
	MUST(zy_arena_copy(&a, ZY_BYTES(NULL, 0), &out, &err));
	assert_int_equal(out.len, 0);
	assert_non_null(out.p);
	assert_string_equal(zy_arena_text(&a, ZY_BYTES(NULL, 0), &ok), "");
}

static void a_text_with_a_nul_is_refused(void **state)
{
	ZY_ARENA_AUTO a = { 0 };

	(void)state;
	REFUSED(zy_arena_text(&a, ZY_LITERAL("a\0b"), &err) != NULL, ZY_E_UTF8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
		cmocka_unit_test(the_cap_holds_for_one_piece_and_for_the_sum),
		cmocka_unit_test(a_product_that_wraps_around_is_refused),
		cmocka_unit_test(copies_outlive_their_input),
		cmocka_unit_test(a_text_with_a_nul_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
