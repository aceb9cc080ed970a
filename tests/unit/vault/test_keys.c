#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault/internal.h"

enum { ROOM = 4096 };

static void the_key_used_longest_ago_is_forgotten_first(void **state)
{
	struct zy_value_key k = { 0 };
	struct zy_error err = { 0 };
	struct zy_key_cache *c;

	(void)state;
	assert_true(zy_key_cache_make(&c, &err));
	for (uint64_t i = 1; i <= ROOM; i++) {
		k.enc[0] = (uint8_t)i;
		k.enc[1] = (uint8_t)(i >> 8);
		zy_key_cache_put(c, i, &k);
	}
	assert_true(zy_key_cache_get(c, 1, &k)); /* used again: 2 is now the oldest */
	assert_int_equal(k.enc[0], 1);
	zy_key_cache_put(c, ROOM + 2, &k); /* in the bucket of 2 */
	assert_false(zy_key_cache_get(c, 2, &k));
	assert_true(zy_key_cache_get(c, 1, &k));
	assert_true(zy_key_cache_get(c, ROOM + 2, &k));
	for (uint64_t i = 3; i <= ROOM; i++) {
		assert_true(zy_key_cache_get(c, i, &k));
		assert_int_equal(k.enc[0] | k.enc[1] << 8, i);
	}
	zy_key_cache_free(c);
	zy_key_cache_free(NULL);
}

static void three_times_its_room_passes_through_the_cache(void **state)
{
	struct zy_value_key k = { 0 };
	struct zy_error err = { 0 };
	struct zy_key_cache *c;

	(void)state;
	assert_true(zy_key_cache_make(&c, &err));
	for (uint64_t i = 0; i < 3 * ROOM; i++) {
		uint64_t subject = i * 977;

		memcpy(k.enc, &subject, sizeof(subject));
		zy_key_cache_put(c, subject, &k);
		zy_key_cache_put(c, subject, &k); /* twice is once */
	}
	for (uint64_t i = 0; i < 3 * ROOM; i++) {
		uint64_t subject = i * 977;

		assert_int_equal(zy_key_cache_get(c, subject, &k), i >= 2 * ROOM);
		if (i >= 2 * ROOM)
			assert_memory_equal(k.enc, &subject, sizeof(subject));
	}
	zy_key_cache_free(c);
}

static void more_room_keeps_all_and_less_keeps_the_newest(void **state)
{
	struct zy_value_key k = { 0 };
	struct zy_error err = { 0 };
	struct zy_key_cache *c;

	(void)state;
	assert_true(zy_key_cache_make(&c, &err));
	for (uint64_t i = 1; i <= ROOM; i++) {
		memcpy(k.enc, &i, sizeof(i));
		zy_key_cache_put(c, i, &k);
	}
	zy_key_cache_drop(c, 7);
	assert_true(zy_key_cache_resize(c, 3 * ROOM, &err));
	for (uint64_t i = ROOM + 1; i <= 3 * ROOM; i++) {
		memcpy(k.enc, &i, sizeof(i));
		zy_key_cache_put(c, i, &k);
	}
	for (uint64_t i = 1; i <= 3 * ROOM; i++) {
		assert_int_equal(zy_key_cache_get(c, i, &k), i != 7);
		if (i != 7)
			assert_memory_equal(k.enc, &i, sizeof(i));
	}
	assert_true(zy_key_cache_get(c, 1, &k));
	assert_true(zy_key_cache_resize(c, 10, &err));
	for (uint64_t i = 1; i <= 3 * ROOM; i++) {
		assert_int_equal(zy_key_cache_get(c, i, &k), i == 1 || i > 3 * ROOM - 9);
		if (i == 1 || i > 3 * ROOM - 9)
			assert_memory_equal(k.enc, &i, sizeof(i));
	}
	zy_key_cache_put(c, 9999999, &k);
	assert_true(zy_key_cache_get(c, 9999999, &k));
	zy_key_cache_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_key_used_longest_ago_is_forgotten_first),
		cmocka_unit_test(three_times_its_room_passes_through_the_cache),
		cmocka_unit_test(more_room_keeps_all_and_less_keeps_the_newest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
