/* Lives of keys: round trip of random ones, cut at each length, each bit flipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "zy/key_life.h"

static uint64_t random_state;

static uint64_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static int seed(void **state)
{
	const char *text = getenv("ZY_TEST_SEED");

	(void)state;
	random_state = text == NULL ? 20260301 : strtoull(text, NULL, 10) | 1;
	printf("ZY_TEST_SEED=%llu\n", (unsigned long long)random_state);
	return 0;
}

static zy_time random_time(void)
{
	return next_random() % 3 == 0 ? ZY_TIME_NEVER : (zy_time)(next_random() % 253402300799ull);
}

static struct zy_key_life random_life(void)
{
	struct zy_key_life life = { .from = random_time(),
		.overlap_s = next_random() % (ZY_KEY_OVERLAP_MAX_S + 1),
		.until = random_time(),
		.retired = random_time(),
		.destroyed = random_time(),
		.compromised = random_time() };

	if (next_random() % 4 == 0)
		life.from = ZY_KEY_ALWAYS;
	return life;
}

static void a_life_is_read_as_it_was_written_and_no_other_text_is_it(void **state)
{
	(void)state;
	for (int round = 0; round < 50; round++) {
		struct zy_key_life life = random_life(), read;
		char text[ZY_KEY_LIFE_TEXT], again[ZY_KEY_LIFE_TEXT];
		struct zy_error err = { 0 };
		size_t len;

		zy_key_life_encode(&life, text);
		len = strlen(text);
		assert_true(zy_key_life_parse(&read, zy_str(text), &err));
		assert_memory_equal(&read, &life, sizeof(life));
		for (size_t cut = 0; cut < len; cut++) {
			struct zy_error why = { 0 };

			assert_false(zy_key_life_parse(&read, ZY_BYTES(text, cut), &why));
			assert_int_not_equal(why.code, ZY_OK);
		}
		for (size_t bit = 0; bit < 8 * len; bit++) {
			struct zy_error why = { 0 };

			text[bit / 8] ^= (char)(1 << bit % 8);
			if (zy_key_life_parse(&read, ZY_BYTES(text, len), &why)) {
				zy_key_life_encode(&read, again);
				assert_memory_equal(again, text, len);
				assert_memory_not_equal(&read, &life, sizeof(life));
			}
			text[bit / 8] ^= (char)(1 << bit % 8);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_life_is_read_as_it_was_written_and_no_other_text_is_it),
	};

	return cmocka_run_group_tests(tests, seed, NULL);
}
