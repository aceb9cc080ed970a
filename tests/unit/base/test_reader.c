#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/bytes.h"

static const uint8_t ten[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

static void a_getter_that_fails_moves_nothing(void **state)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(ten, 10));
	struct zy_bytes b;
	uint64_t v;

	(void)state;
	MUST(zy_take(&r, 3, "head", &b, &err));
	assert_ptr_equal(b.p, ten);
	REFUSED_AT(zy_take(&r, 8, "body", &b, &err), ZY_E_TRUNCATED, 3);
	REFUSED_AT(zy_take(&r, SIZE_MAX, "body", &b, &err), ZY_E_TRUNCATED, 3);
	REFUSED_AT(zy_take_be(&r, 8, "body", &v, &err), ZY_E_TRUNCATED, 3);
	REFUSED_AT(zy_take_le(&r, 8, "body", &v, &err), ZY_E_TRUNCATED, 3);
	assert_int_equal(zy_reader_offset(&r), 3);
	assert_int_equal(zy_reader_left(&r), 7);
}

static void integers_of_both_orders(void **state)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(ten, 10));
	uint64_t v;
	uint8_t first;

	(void)state;
	MUST(zy_take_be(&r, 2, "be", &v, &err));
	assert_int_equal(v, 0x0001);
	MUST(zy_take_le(&r, 3, "le", &v, &err));
	assert_int_equal(v, 0x040302);
	assert_true(zy_peek_u8(&r, &first));
	assert_int_equal(first, 5);
	MUST(zy_take_u8(&r, "one", &first, &err));
	assert_int_equal(first, 5);
	r = zy_reader_over(ZY_BYTES(ten + 1, 8));
	MUST(zy_take_be(&r, 8, "be", &v, &err));
	assert_true(v == 0x0102030405060708);
}

static void offsets_inside_a_part_count_from_the_whole_input(void **state)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(ten, 10)), inner;
	struct zy_bytes part;
	uint8_t v;

	(void)state;
	MUST(zy_take(&r, 4, "head", &part, &err));
	MUST(zy_take(&r, 2, "part", &part, &err));
	inner = zy_reader_inside(&r, part);
	assert_int_equal(zy_reader_offset(&inner), 4);
	MUST(zy_take_u8(&inner, "one", &v, &err));
	assert_int_equal(v, 4);
	REFUSED_AT(zy_reader_end(&inner, "part", &err), ZY_E_TRAILING, 5);
	MUST(zy_take_u8(&inner, "two", &v, &err));
	MUST(zy_reader_end(&inner, "part", &err));
	REFUSED_AT(zy_take_u8(&inner, "three", &v, &err), ZY_E_TRUNCATED, 6);
	assert_int_equal(zy_reader_offset(&r), 6);
}

static void an_empty_input_needs_no_memory(void **state)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(NULL, 0));
	struct zy_bytes none;
	uint8_t v;

	(void)state;
	assert_int_equal(zy_reader_left(&r), 0);
	assert_false(zy_peek_u8(&r, &v));
	MUST(zy_take(&r, 0, "nothing", &none, &err));
	assert_int_equal(none.len, 0);
	assert_int_equal(zy_reader_rest(&r).len, 0);
	MUST(zy_reader_end(&r, "", &err));
	REFUSED_AT(zy_take_u8(&r, "one", &v, &err), ZY_E_TRUNCATED, 0);
}

static void views_are_equal_by_their_bytes(void **state)
{
	(void)state;
	assert_true(zy_bytes_equal(ZY_LITERAL("a\0b"), ZY_BYTES("a\0b", 3)));
	assert_false(zy_bytes_equal(ZY_LITERAL("a\0b"), ZY_LITERAL("a\0c")));
	assert_false(zy_bytes_equal(ZY_LITERAL("a"), ZY_LITERAL("ab")));
	assert_true(zy_bytes_equal(ZY_BYTES(NULL, 0), ZY_LITERAL("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_getter_that_fails_moves_nothing),
		cmocka_unit_test(integers_of_both_orders),
		cmocka_unit_test(offsets_inside_a_part_count_from_the_whole_input),
		cmocka_unit_test(an_empty_input_needs_no_memory),
		cmocka_unit_test(views_are_equal_by_their_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
