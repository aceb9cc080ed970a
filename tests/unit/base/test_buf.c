#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/buf.h"

static void what_is_put_stands_in_order(void **state)
{
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	zy_buf_put_str(&b, "ab");
	zy_buf_put_u8(&b, 0);
	zy_buf_put_be(&b, 0x0102, 3);
	zy_buf_put_le(&b, 0x0102, 3);
	zy_buf_printf(&b, "%d-%s", 7, "x");
	zy_buf_put(&b, ZY_BYTES(NULL, 0));
	MUST(zy_buf_done(&b, "b", &err));
	assert_int_equal(b.len, 12);
	assert_memory_equal(b.p,
	    "ab\0\0\1\2\2\1\0"
	    "7-x",
	    12);
}

static void an_insertion_moves_the_rest(void **state)
{
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	zy_buf_put_str(&b, "ad");
	zy_buf_insert(&b, 1, ZY_LITERAL("bc"));
	zy_buf_insert(&b, 0, ZY_LITERAL("<"));
	zy_buf_insert(&b, 5, ZY_LITERAL(">"));
	zy_buf_insert(&b, 2, ZY_LITERAL(""));
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), ZY_LITERAL("<abcd>")));
}

static void it_takes_its_cap_and_not_a_byte_more(void **state)
{
	(void)state;
	for (size_t cap = 1; cap < 200; cap++) {
		ZY_BUF_AUTO b = { .cap = cap };

		for (size_t i = 0; i < cap; i++)
			zy_buf_put_u8(&b, (uint8_t)i);
		MUST(zy_buf_done(&b, "b", &err));
		assert_int_equal(b.len, cap);
		zy_buf_put_u8(&b, 0);
		assert_true(b.failed);
		assert_int_equal(b.len, cap);
		REFUSED(zy_buf_done(&b, "b", &err), ZY_E_NO_MEMORY);
	}
}

static void formatted_text_fills_the_cap_too(void **state)
{
	ZY_BUF_AUTO b = { .cap = 5 };

	(void)state;
	zy_buf_printf(&b, "%s", "12345");
	MUST(zy_buf_done(&b, "b", &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), ZY_LITERAL("12345")));
	zy_buf_printf(&b, "%s", "");
	MUST(zy_buf_done(&b, "b", &err));
	zy_buf_printf(&b, "%d", 6);
	REFUSED(zy_buf_done(&b, "b", &err), ZY_E_NO_MEMORY);
}

static void formatted_text_may_be_long(void **state)
{
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	for (int len = 500; len < 530; len++) {
		b.len = 0;
		zy_buf_printf(&b, "%0*d", len, 7);
		MUST(zy_buf_done(&b, "b", &err));
		assert_int_equal(b.len, len);
		assert_int_equal(b.p[0], '0');
		assert_int_equal(b.p[len - 1], '7');
	}
}

static void after_a_failed_put_nothing_more_is_taken(void **state)
{
	ZY_BUF_AUTO b = { .cap = 4 };

	(void)state;
	zy_buf_put_str(&b, "12");
	zy_buf_put_str(&b, "345");
	zy_buf_put_str(&b, "6");
	zy_buf_printf(&b, "7");
	zy_buf_insert(&b, 0, ZY_LITERAL("8"));
	assert_null(zy_buf_extend(&b, 1));
	assert_int_equal(b.len, 2);
	assert_true(b.failed);
}

static void a_size_that_wraps_around_is_refused(void **state)
{
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	zy_buf_put_str(&b, "1");
	assert_null(zy_buf_extend(&b, SIZE_MAX));
	assert_true(b.failed);
}

static void a_freed_buffer_is_a_new_one(void **state)
{
	ZY_BUF_AUTO b = { .cap = 1 };

	(void)state;
	zy_buf_put_str(&b, "12");
	zy_buf_free(&b);
	assert_null(b.p);
	zy_buf_put_str(&b, "12");
	MUST(zy_buf_done(&b, "b", &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_stands_in_order),
		cmocka_unit_test(an_insertion_moves_the_rest),
		cmocka_unit_test(it_takes_its_cap_and_not_a_byte_more),
		cmocka_unit_test(formatted_text_fills_the_cap_too),
		cmocka_unit_test(formatted_text_may_be_long),
		cmocka_unit_test(after_a_failed_put_nothing_more_is_taken),
		cmocka_unit_test(a_size_that_wraps_around_is_refused),
		cmocka_unit_test(a_freed_buffer_is_a_new_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
