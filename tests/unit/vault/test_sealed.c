#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "vault/sealed.h"

static void derive(enum zy_suite s, uint8_t seed, struct zy_value_key *k)
{
	uint8_t data_key[ZY_DATA_KEY_LEN];
	struct zy_error err = { 0 };

	memset(data_key, seed, sizeof(data_key));
	assert_true(zy_value_key_derive(k, s, data_key, &err));
}

static void a_sealed_value_opens_only_under_its_key_and_place(void **state)
{
	static const size_t lens[] = { 0, 1, 15, 16, 17, 64, 1000, 100000 };

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
			uint8_t *plain = calloc(1, lens[i] + 1), *out = calloc(1, lens[i] + 1);
			struct zy_bytes ad = ZY_LITERAL("version\0abc"), other = ZY_LITERAL("version\0abd");
			ZY_VALUE_KEY_AUTO k, k2;
			ZY_BUF_AUTO sealed = { 0 };
			struct zy_error err = { 0 };

			derive(s, 1, &k);
			derive(s, 2, &k2);
			memset(plain, 0x5a, lens[i]);
			assert_true(zy_sealed_put(&k, ad, ZY_BYTES(plain, lens[i]), &sealed, &err));
			assert_int_equal(sealed.len, lens[i] + zy_sealed_overhead(s));
			assert_true(zy_sealed_open(&k, ad, zy_buf_bytes(&sealed), out, &err));
			assert_memory_equal(plain, out, lens[i]);
			assert_false(zy_sealed_open(&k, other, zy_buf_bytes(&sealed), out, &err));
			assert_int_equal(err.code, ZY_E_VAULT_CORRUPT);
			err = (struct zy_error){ 0 };
			assert_false(zy_sealed_open(&k2, ad, zy_buf_bytes(&sealed), out, &err));
			assert_int_equal(err.code, ZY_E_VAULT_CORRUPT);
			free(plain);
			free(out);
		}
}

static void every_bit_and_every_length_of_a_sealed_value_counts(void **state)
{
	struct zy_bytes ad = ZY_LITERAL("here");

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		ZY_VALUE_KEY_AUTO k;
		ZY_BUF_AUTO sealed = { 0 };
		struct zy_error err = { 0 };
		uint8_t out[64];

		derive(s, 3, &k);
		assert_true(zy_sealed_put(&k, ad, ZY_LITERAL("twenty bytes of text"), &sealed, &err));
		for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
			err = (struct zy_error){ 0 };
			sealed.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_false(zy_sealed_open(&k, ad, zy_buf_bytes(&sealed), out, &err));
			assert_int_equal(err.code, ZY_E_VAULT_CORRUPT);
			sealed.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		for (size_t len = 0; len < sealed.len; len++) {
			err = (struct zy_error){ 0 };
			assert_false(zy_sealed_open(&k, ad, ZY_BYTES(sealed.p, len), out, &err));
			assert_int_equal(err.code, ZY_E_VAULT_CORRUPT);
		}
	}
}

static void the_same_value_is_sealed_to_other_bytes_each_time(void **state)
{
	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		ZY_VALUE_KEY_AUTO k;
		ZY_BUF_AUTO a = { 0 }, b = { 0 };
		struct zy_error err = { 0 };

		derive(s, 4, &k);
		assert_true(zy_sealed_put(&k, ZY_LITERAL("x"), ZY_LITERAL("the same"), &a, &err));
		assert_true(zy_sealed_put(&k, ZY_LITERAL("x"), ZY_LITERAL("the same"), &b, &err));
		assert_memory_not_equal(a.p, b.p, a.len);
		assert_memory_not_equal(a.p + 16, b.p + 16, 8);
	}
}

/* The two suites and the two keys of a value have nothing in common. */
static void keys_differ_by_suite_and_use(void **state)
{
	ZY_VALUE_KEY_AUTO gm, intl;

	(void)state;
	derive(ZY_SUITE_GM, 5, &gm);
	derive(ZY_SUITE_INTL, 5, &intl);
	assert_memory_not_equal(gm.enc, intl.enc, 32);
	assert_memory_not_equal(gm.enc, gm.mac, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sealed_value_opens_only_under_its_key_and_place),
		cmocka_unit_test(every_bit_and_every_length_of_a_sealed_value_counts),
		cmocka_unit_test(the_same_value_is_sealed_to_other_bytes_each_time),
		cmocka_unit_test(keys_differ_by_suite_and_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
