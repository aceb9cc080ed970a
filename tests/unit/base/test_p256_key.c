#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/p256_key.h"
#include "expect.h"
#include "verify_keys.h"
#include "zy/der.h"
#include "zy/sm2.h"
#include "zy/text.h"
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

/* What OpenSSL's own ECDSA says. */
static bool library(const uint8_t e[32], const uint8_t rs[64])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	ZY_BUF_AUTO der = { 0 };
	bool good;

	zy_der_put_rs(&der, rs);
	assert_int_equal(EVP_PKEY_verify_init(ctx), 1);
	good = EVP_PKEY_verify(ctx, der.p, der.len, e, 32) == 1;
	EVP_PKEY_CTX_free(ctx);
	return good;
}

/* A key that has had its table since, and one that never gets so far. */
struct keys {
	struct zy_p256_key *used, *fresh;
};

static struct keys make_keys(void)
{
	struct keys k = { zy_p256_key_new(ZY_BYTES(point, 65)), zy_p256_key_new(ZY_BYTES(point, 65)) };
	uint8_t e[32] = { 1 }, rs[64];
	bool good;

	assert_non_null(k.used);
	assert_non_null(k.fresh);
	sign(e, rs);
	for (unsigned i = 0; i < 1000; i++)
		assert_true(zy_p256_verify(k.used, e, rs, &good) && good);
	return k;
}

static void free_keys(struct keys *k)
{
	zy_p256_key_free(k->used);
	zy_p256_key_free(k->fresh);
}

static bool all_alike(const struct keys *k, const uint8_t e[32], const uint8_t rs[64])
{
	bool used, fresh;

	assert_true(zy_p256_verify(k->used, e, rs, &used));
	assert_true(zy_p256_verify(k->fresh, e, rs, &fresh));
	assert_int_equal(used, fresh);
	assert_int_equal(used, library(e, rs));
	return used;
}

static void the_table_and_the_library_agree_on_good_and_altered_signatures(void **state)
{
	struct keys k = make_keys();
	uint8_t e[32] = { 0 }, rs[64];

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		if (i > 1) /* 0 and all ones, over the order, first */
			MUST(zy_random(e, sizeof(e), &err));
		sign(e, rs);
		assert_true(all_alike(&k, e, rs));
		rs[i % 64] ^= (uint8_t)(1 << i % 8);
		if (zy_rs_in_range(ZY_SUITE_INTL, rs))
			assert_false(all_alike(&k, e, rs));
		rs[i % 64] ^= (uint8_t)(1 << i % 8);
		e[i % 32] ^= 0x10;
		assert_false(all_alike(&k, e, rs));
		memset(e, 0xff, sizeof(e));
	}
	free_keys(&k);
}

static void small_values_of_r_and_s_are_judged_alike(void **state)
{
	struct keys k = make_keys();
	uint8_t e[32] = { 0 }, rs[64] = { 0 };

	(void)state;
	for (uint8_t r = 1; r < 6; r++)
		for (uint8_t s = 1; s < 6; s++) {
			rs[31] = r;
			rs[63] = s;
			assert_false(all_alike(&k, e, rs));
		}
	free_keys(&k);
}

/* A signature by the key 1 or n-1, whose point is the generator or its opposite: both halves of the sum are of one
 * point. */
static void the_generator_is_a_key_too(void **state)
{
	static const char g_hex[] =
	    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e16"
	    "2bce33576b315ececbb6406837bf51f5";
	uint8_t g[65], e[32] = { 0 }, rs[64] = { 0 };
	struct zy_p256_key *k;
	bool good;

	(void)state;
	MUST(zy_unhex(zy_str(g_hex), g, 65, &err));
	k = zy_p256_key_new(ZY_BYTES(g, 65));
	assert_non_null(k);
	/* d = 1, k = 1: r = x(G) mod n, s = e + r; with e = 0, s = r: u1 = 0, u2 = 1 */
	memcpy(rs, g + 1, 32);
	memcpy(rs + 32, g + 1, 32);
	for (unsigned i = 0; i < 1001; i++)
		assert_true(zy_p256_verify(k, e, rs, &good) && good);
	rs[63] ^= 1;
	assert_true(zy_p256_verify(k, e, rs, &good) && !good);
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
		cmocka_unit_test(the_generator_is_a_key_too),
		cmocka_unit_test(what_is_no_point_has_no_table),
		cmocka_unit_test(a_kept_key_answers_alike_before_and_after_its_table),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
