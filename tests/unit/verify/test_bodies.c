#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "verify/bodies.h"

enum { LEN = 20000, ROUNDS = 600 };

static void assert_sm3(struct zy_bodies *b, struct zy_bytes v)
{
	uint8_t want[ZY_HASH_LEN], got[ZY_HASH_LEN];
	struct zy_error err = { 0 };

	assert_true(zy_digest(ZY_HASH_SM3, v, want, &err));
	assert_true(zy_bodies_sm3(b, v, got, &err));
	assert_memory_equal(got, want, sizeof(want));
}

static void a_file_seen_often_has_its_own_digest_each_time(void **state)
{
	static uint8_t text[LEN];
	struct zy_bodies *b = zy_bodies_new();

	(void)state;
	assert_non_null(b);
	for (int i = 0; i < 5; i++)
		assert_sm3(b, ZY_BYTES(text, sizeof(text)));
	zy_bodies_free(b);
}

/* Every octet changed in turn, between two askings of the remembered file. */
static void a_file_that_differs_in_one_octet_is_another_file(void **state)
{
	static uint8_t text[LEN];
	struct zy_bodies *b = zy_bodies_new();

	(void)state;
	assert_non_null(b);
	for (int i = 0; i < 3; i++)
		assert_sm3(b, ZY_BYTES(text, sizeof(text)));
	for (size_t i = 0; i < LEN; i += 97) {
		text[i] ^= 1;
		assert_sm3(b, ZY_BYTES(text, sizeof(text)));
		text[i] ^= 1;
		assert_sm3(b, ZY_BYTES(text, sizeof(text)));
	}
	assert_sm3(b, ZY_BYTES(text, sizeof(text) - 1));
	zy_bodies_free(b);
}

static void more_files_than_are_kept_are_all_answered_right(void **state)
{
	static uint8_t text[LEN];
	struct zy_bodies *b = zy_bodies_new();

	(void)state;
	assert_non_null(b);
	for (unsigned i = 0; i < ROUNDS; i++) {
		text[0] = (uint8_t)(i % 40);
		assert_sm3(b, ZY_BYTES(text, 4096 + i % 7));
	}
	zy_bodies_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_seen_often_has_its_own_digest_each_time),
		cmocka_unit_test(a_file_that_differs_in_one_octet_is_another_file),
		cmocka_unit_test(more_files_than_are_kept_are_all_answered_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
