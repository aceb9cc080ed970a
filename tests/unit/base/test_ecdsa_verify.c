#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "curve_oracle.h"
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

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

/* With its table: oracle_agrees asks both ways. */
static void open_ours(struct zy_curve_key *k, const uint8_t octets[65])
{
	assert_true(zy_curve_key_read(k, &zy_curve_p256, ZY_BYTES(octets, 65)));
	assert_true(zy_curve_key_prepare(k));
}

static void the_table_and_the_library_agree_on_good_and_altered_signatures(void **state)
{
	struct zy_curve_key k;
	uint8_t e[32] = { 0 }, rs[64];

	(void)state;
	open_ours(&k, point);
	for (unsigned i = 0; i < 300; i++) {
		if (i > 1) /* 0 and all ones, over the order, first */
			MUST(zy_random(e, sizeof(e), &err));
		sign(e, rs);
		assert_true(oracle_agrees(key, &k, e, rs));
		rs[i % 64] ^= (uint8_t)(1 << i % 8);
		assert_false(oracle_agrees(key, &k, e, rs));
		rs[i % 64] ^= (uint8_t)(1 << i % 8);
		e[i % 32] ^= 0x10;
		assert_false(oracle_agrees(key, &k, e, rs));
		memset(e, 0xff, sizeof(e));
	}
	zy_curve_key_wipe(&k);
}

static void small_values_of_r_and_s_are_judged_alike(void **state)
{
	struct zy_curve_key k;
	uint8_t e[32] = { 0 }, rs[64] = { 0 };

	(void)state;
	open_ours(&k, point);
	for (uint8_t r = 1; r < 6; r++)
		for (uint8_t s = 1; s < 6; s++) {
			rs[31] = r;
			rs[63] = s;
			assert_false(oracle_agrees(key, &k, e, rs));
		}
	zy_curve_key_wipe(&k);
}

/* A signature by the key 1 or n-1, whose point is the generator or its opposite: both halves of the sum are of one
 * point. */
static void the_generator_is_a_key_too(void **state)
{
	static const char g_hex[] =
	    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e16"
	    "2bce33576b315ececbb6406837bf51f5";
	uint8_t g[65], e[32] = { 0 }, rs[64] = { 0 };
	struct zy_curve_key k;
	EVP_PKEY *theirs;

	(void)state;
	MUST(zy_unhex(zy_str(g_hex), g, 65, &err));
	open_ours(&k, g);
	assert_non_null(theirs = oracle_key(&zy_curve_p256, ZY_BYTES(g, 65)));
	/* d = 1, k = 1: r = x(G) mod n, s = e + r; with e = 0, s = r: u1 = 0, u2 = 1 */
	memcpy(rs, g + 1, 32);
	memcpy(rs + 32, g + 1, 32);
	assert_true(oracle_agrees(theirs, &k, e, rs));
	rs[63] ^= 1;
	assert_false(oracle_agrees(theirs, &k, e, rs));
	EVP_PKEY_free(theirs);
	zy_curve_key_wipe(&k);
}

struct curve {
	EC_GROUP *group;
	BN_CTX *ctx;
	const BIGNUM *n, *p;
};

static struct curve open_curve(void)
{
	struct curve c = { .group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1), .ctx = BN_CTX_new() };

	c.n = EC_GROUP_get0_order(c.group);
	c.p = EC_GROUP_get0_field(c.group);
	return c;
}

static void close_curve(struct curve *c)
{
	EC_GROUP_free(c->group);
	BN_CTX_free(c->ctx);
}

/* Q = (s * sum - e * G) / r: the key for which e/s G + r/s Q is this sum */
static EC_POINT *key_for(const struct curve *c, const EC_POINT *sum, const BIGNUM *e, const BIGNUM *r, const BIGNUM *s)
{
	EC_POINT *q = EC_POINT_new(c->group), *other = EC_POINT_new(c->group);
	BIGNUM *one_by = BN_mod_inverse(NULL, r, c->n, c->ctx);

	assert_int_equal(EC_POINT_mul(c->group, q, NULL, sum, s, c->ctx), 1);
	assert_int_equal(EC_POINT_mul(c->group, other, e, NULL, NULL, c->ctx), 1);
	assert_int_equal(EC_POINT_invert(c->group, other, c->ctx), 1);
	assert_int_equal(EC_POINT_add(c->group, q, q, other, c->ctx), 1);
	assert_int_equal(EC_POINT_mul(c->group, q, NULL, q, one_by, c->ctx), 1);
	BN_free(one_by);
	EC_POINT_free(other);
	return q;
}

static bool judge(const struct curve *c, const EC_POINT *q, const BIGNUM *e, const BIGNUM *r, const BIGNUM *s)
{
	uint8_t octets[65], digest[32], rs[64];
	struct zy_curve_key k;
	EVP_PKEY *theirs;
	bool good;

	assert_int_equal(EC_POINT_point2oct(c->group, q, POINT_CONVERSION_UNCOMPRESSED, octets, 65, c->ctx), 65);
	assert_non_null(theirs = oracle_key(&zy_curve_p256, ZY_BYTES(octets, 65)));
	open_ours(&k, octets);
	assert_int_equal(BN_bn2binpad(e, digest, 32), 32);
	assert_int_equal(BN_bn2binpad(r, rs, 32), 32);
	assert_int_equal(BN_bn2binpad(s, rs + 32, 32), 32);
	good = oracle_agrees(theirs, &k, digest, rs);
	zy_curve_key_wipe(&k);
	EVP_PKEY_free(theirs);
	return good;
}

/* The field's p is larger than n: an x between them makes a small r. */
static void an_x_of_n_or_more_is_taken_modulo_n(void **state)
{
	struct curve c = open_curve();
	EC_POINT *sum = EC_POINT_new(c.group);
	BIGNUM *x = BN_dup(c.n), *r = BN_new(), *e = BN_new(), *s = BN_new();

	(void)state;
	for (int found = 0; found < 4; BN_add_word(x, 1)) {
		EC_POINT *q;

		if (BN_sub(r, x, c.n) != 1 || BN_is_zero(r) ||
		    EC_POINT_set_compressed_coordinates(c.group, sum, x, 0, c.ctx) != 1)
			continue;
		assert_int_equal(BN_rand_range(e, c.n), 1);
		assert_int_equal(BN_rand_range(s, c.n), 1);
		q = key_for(&c, sum, e, r, s);
		assert_true(judge(&c, q, e, r, s));
		assert_int_equal(BN_add_word(r, 1), 1);
		assert_false(judge(&c, q, e, r, s));
		found++;
		EC_POINT_free(q);
	}
	ERR_clear_error();
	BN_free(x);
	BN_free(r);
	BN_free(e);
	BN_free(s);
	EC_POINT_free(sum);
	close_curve(&c);
}

/* Each of e, r and s at its ends and outside; where there is a key that they fit, by that key. */
static void numbers_at_the_ends_of_their_ranges_get_openssls_verdict(void **state)
{
	struct curve c = open_curve();
	BIGNUM *edges[8] = { BN_new(), BN_new(), BN_new(), BN_dup(c.n), BN_dup(c.n), BN_dup(c.n), BN_dup(c.p),
		BN_new() };
	EC_POINT *sum = EC_POINT_new(c.group);

	(void)state;
	BN_set_word(edges[1], 1);
	BN_set_word(edges[2], 2);
	BN_sub_word(edges[3], 1);
	BN_add_word(edges[5], 1);
	BN_set_bit(edges[7], 256);
	BN_sub_word(edges[7], 1);
	for (size_t e = 0; e < 8; e++)
		for (size_t r = 0; r < 8; r++)
			for (size_t s = 0; s < 8; s++) {
				const bool in_range = r >= 1 && r <= 3 && s >= 1 && s <= 3;
				EC_POINT *q = NULL;

				if (in_range &&
				    EC_POINT_set_compressed_coordinates(c.group, sum, edges[r], 0, c.ctx) == 1)
					q = key_for(&c, sum, edges[e], edges[r], edges[s]);
				if (q != NULL && !EC_POINT_is_at_infinity(c.group, q)) {
					assert_true(judge(&c, q, edges[e], edges[r], edges[s]));
				} else {
					assert_int_equal(EC_POINT_mul(c.group, sum, edges[2], NULL, NULL, c.ctx), 1);
					assert_int_equal(judge(&c, sum, edges[e], edges[r], edges[s]) && !in_range, 0);
				}
				EC_POINT_free(q);
			}
	ERR_clear_error();
	for (size_t i = 0; i < 8; i++)
		BN_free(edges[i]);
	EC_POINT_free(sum);
	close_curve(&c);
}

/* Q = -e/r G: both halves of the sum cancel out. */
static void a_sum_at_infinity_is_no_signature(void **state)
{
	struct curve c = open_curve();
	EC_POINT *q = EC_POINT_new(c.group);
	BIGNUM *e = BN_new(), *r = BN_new(), *s = BN_new(), *k = BN_new();

	(void)state;
	for (unsigned i = 1; i < 6; i++) {
		BN_set_word(e, 12 * i);
		BN_set_word(r, i);
		BN_set_word(s, i * i + 1);
		BN_set_word(k, 12);
		assert_int_equal(EC_POINT_mul(c.group, q, k, NULL, NULL, c.ctx), 1);
		assert_int_equal(EC_POINT_invert(c.group, q, c.ctx), 1);
		assert_false(judge(&c, q, e, r, s));
	}
	BN_free(e);
	BN_free(r);
	BN_free(s);
	BN_free(k);
	EC_POINT_free(q);
	close_curve(&c);
}

static void what_is_no_point_is_no_key(void **state)
{
	struct zy_curve_key k;
	uint8_t off[65];

	(void)state;
	memcpy(off, point, 65);
	off[64] ^= 1;
	assert_false(zy_curve_key_read(&k, &zy_curve_p256, ZY_BYTES(off, 65)));
	assert_false(zy_curve_key_read(&k, &zy_curve_p256, ZY_BYTES(point, 64)));
	assert_false(zy_curve_key_read(&k, &zy_curve_sm2, ZY_BYTES(point, 65)));
	off[0] = 0;
	assert_false(zy_curve_key_read(&k, &zy_curve_p256, ZY_BYTES(off, 1)));
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
		cmocka_unit_test(an_x_of_n_or_more_is_taken_modulo_n),
		cmocka_unit_test(numbers_at_the_ends_of_their_ranges_get_openssls_verdict),
		cmocka_unit_test(a_sum_at_infinity_is_no_signature),
		cmocka_unit_test(what_is_no_point_is_no_key),
		cmocka_unit_test(a_kept_key_answers_alike_before_and_after_its_table),
	};
	return cmocka_run_group_tests(tests, make, drop);
}
