#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/p256_key.h"
#include "expect.h"
#include "verify_keys.h"
#include "zy/sm2.h"
#include "zy/verify.h"

static EVP_PKEY *key;
static uint8_t point[65];

static int make(void **state)
{
	size_t len;

	(void)state;
	key = EVP_EC_gen("P-256");
	return key != NULL && EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", point, 65, &len) == 1 ? 0 : 1;
}

static int drop(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	return 0;
}

static void sign(const uint8_t e[32], uint8_t rs[64])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	uint8_t der[80];
	size_t len = sizeof(der);

	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	assert_int_equal(EVP_PKEY_sign(ctx, der, &len, e, 32), 1);
	EVP_PKEY_CTX_free(ctx);
	MUST(zy_der_rs(ZY_BYTES(der, len), rs, &err));
}

/* What the table says is what the library says. */
static bool both(const struct zy_p256_key *k, const uint8_t e[32], const uint8_t rs[64])
{
	bool ours = true, theirs;

	MUST(zy_rs_verify(NULL, ZY_SUITE_INTL, ZY_BYTES(point, 65), e, rs, &theirs, &err));
	assert_true(zy_p256_verify(k, e, rs, &ours));
	assert_int_equal(ours, theirs);
	return ours;
}

static void the_table_and_the_library_agree_on_good_and_altered_signatures(void **state)
{
	struct zy_p256_key *k = zy_p256_key_new(ZY_BYTES(point, 65));
	uint8_t e[32] = { 0 }, rs[64];

	(void)state;
	assert_non_null(k);
	for (unsigned i = 0; i < 300; i++) {
		if (i > 1) /* 0 and all ones, over the order, first */
			MUST(zy_random(e, sizeof(e), &err));
		sign(e, rs);
		assert_true(both(k, e, rs));
		rs[i % 64] ^= (uint8_t)(1 << i % 8);
		if (zy_rs_in_range(ZY_SUITE_INTL, rs))
			assert_false(both(k, e, rs));
		rs[i % 64] ^= (uint8_t)(1 << i % 8);
		e[i % 32] ^= 0x10;
		assert_false(both(k, e, rs));
		memset(e, 0xff, sizeof(e));
	}
	zy_p256_key_free(k);
}

static void small_values_of_r_and_s_are_judged_alike(void **state)
{
	struct zy_p256_key *k = zy_p256_key_new(ZY_BYTES(point, 65));
	uint8_t e[32] = { 0 }, rs[64] = { 0 };

	(void)state;
	for (uint8_t r = 1; r < 6; r++)
		for (uint8_t s = 1; s < 6; s++) {
			rs[31] = r;
			rs[63] = s;
			assert_false(both(k, e, rs));
		}
	zy_p256_key_free(k);
}

static void what_is_no_point_has_no_table(void **state)
{
	uint8_t off[65];

	(void)state;
	memcpy(off, point, 65);
	off[64] ^= 1;
	assert_null(zy_p256_key_new(ZY_BYTES(off, 65)));
	assert_null(zy_p256_key_new(ZY_BYTES(point, 64)));
	off[0] = 0;
	assert_null(zy_p256_key_new(ZY_BYTES(off, 1)));
	zy_p256_key_free(NULL);
}

/* Long enough that a kept key gets its table on the way. */
static void a_kept_key_answers_alike_before_and_after_its_table(void **state)
{
	struct zy_verifier *v;
	uint8_t e[32] = { 3 }, rs[64], wrong[64];
	bool good;

	(void)state;
	MUST(zy_verifier_open(&v, &err));
	sign(e, rs);
	memcpy(wrong, rs, sizeof(rs));
	wrong[40] ^= 1;
	for (unsigned i = 0; i < 2500; i++) {
		MUST(zy_rs_verify(v, ZY_SUITE_INTL, ZY_BYTES(point, 65), e, i % 2 == 0 ? rs : wrong, &good, &err));
		assert_int_equal(good, i % 2 == 0);
	}
	zy_verifier_close(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_and_the_library_agree_on_good_and_altered_signatures),
		cmocka_unit_test(small_values_of_r_and_s_are_judged_alike),
		cmocka_unit_test(what_is_no_point_has_no_table),
		cmocka_unit_test(a_kept_key_answers_alike_before_and_after_its_table),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
