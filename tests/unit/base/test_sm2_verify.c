#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "curve_oracle.h"
#include "zy/text.h"

#define G_X "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
#define G_Y "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"

struct curve {
	EC_GROUP *group;
	BN_CTX *ctx;
	const BIGNUM *n, *p;
};

static int open_curve(void **state)
{
	static struct curve c;

	c.group = EC_GROUP_new_by_curve_name(NID_sm2);
	c.ctx = BN_CTX_new();
	c.n = EC_GROUP_get0_order(c.group);
	c.p = EC_GROUP_get0_field(c.group);
	*state = &c;
	return 0;
}

static int close_curve(void **state)
{
	struct curve *c = *state;

	EC_GROUP_free(c->group);
	BN_CTX_free(c->ctx);
	return 0;
}

static BIGNUM *number(const char *hex)
{
	BIGNUM *n = NULL;

	assert_true(BN_hex2bn(&n, hex) > 0);
	return n;
}

static BIGNUM *random_number(const struct curve *c)
{
	BIGNUM *n = BN_new();

	do
		assert_int_equal(BN_rand_range(n, c->n), 1);
	while (BN_is_zero(n));
	return n;
}

/* A key of ours and OpenSSL's for one point. */
struct both {
	EVP_PKEY *theirs;
	struct zy_curve_key ours;
};

static void open_both(struct both *b, const struct curve *c, const EC_POINT *point)
{
	uint8_t octets[65], again[65];

	assert_int_equal(EC_POINT_point2oct(c->group, point, POINT_CONVERSION_UNCOMPRESSED, octets, 65, c->ctx), 65);
	assert_non_null(b->theirs = oracle_key(&zy_curve_sm2, ZY_BYTES(octets, 65)));
	assert_true(zy_curve_key_read(&b->ours, &zy_curve_sm2, ZY_BYTES(octets, 65)));
	zy_curve_key_write(&b->ours, again);
	assert_memory_equal(octets, again, 65);
	assert_true(zy_curve_key_prepare(&b->ours));
}

static void close_both(struct both *b)
{
	EVP_PKEY_free(b->theirs);
	zy_curve_key_wipe(&b->ours);
}

static bool judge(struct both *b, const BIGNUM *e, const BIGNUM *r, const BIGNUM *s)
{
	uint8_t octets[32], rs[64];

	assert_int_equal(BN_bn2binpad(e, octets, 32), 32);
	assert_int_equal(BN_bn2binpad(r, rs, 32), 32);
	assert_int_equal(BN_bn2binpad(s, rs + 32, 32), 32);
	return oracle_agrees(b->theirs, &b->ours, octets, rs);
}

/*
 * With s and t chosen, r is t - s and e is r - x1 of s*G + t*P: a signature that is good for any key, if the sum is not
 * infinite. Says whether it was found good, and that the next e is not.
 */
static bool judge_st(const struct curve *c, const EC_POINT *key, const BIGNUM *s, const BIGNUM *t)
{
	EC_POINT *sum = EC_POINT_new(c->group);
	BIGNUM *r = BN_new(), *e = BN_new(), *x = BN_new();
	struct both b;
	bool good;

	open_both(&b, c, key);
	assert_int_equal(BN_mod_sub(r, t, s, c->n, c->ctx), 1);
	assert_int_equal(EC_POINT_mul(c->group, sum, s, key, t, c->ctx), 1);
	if (!EC_POINT_is_at_infinity(c->group, sum))
		assert_int_equal(EC_POINT_get_affine_coordinates(c->group, sum, x, NULL, c->ctx), 1);
	assert_int_equal(BN_mod_sub(e, r, x, c->n, c->ctx), 1);
	good = judge(&b, e, r, s);
	assert_int_equal(good, !EC_POINT_is_at_infinity(c->group, sum) && !BN_is_zero(r));
	assert_int_equal(BN_add_word(e, 1), 1);
	assert_false(judge(&b, e, r, s));
	close_both(&b);
	BN_free(r);
	BN_free(e);
	BN_free(x);
	EC_POINT_free(sum);
	return good;
}

static EC_POINT *times_generator(const struct curve *c, long k)
{
	EC_POINT *p = EC_POINT_new(c->group);
	BIGNUM *n = BN_new();

	assert_int_equal(BN_set_word(n, (BN_ULONG)(k < 0 ? -k : k)), 1);
	assert_int_equal(EC_POINT_mul(c->group, p, n, NULL, NULL, c->ctx), 1);
	if (k < 0)
		assert_int_equal(EC_POINT_invert(c->group, p, c->ctx), 1);
	BN_free(n);
	return p;
}

static void the_generator_and_its_opposite_are_keys_like_others(void **state)
{
	const struct curve *c = *state;

	for (long k = -3; k <= 3; k++) {
		EC_POINT *p = k == 0 ? NULL : times_generator(c, k);
		BIGNUM *s = random_number(c), *t = random_number(c);

		if (p != NULL)
			assert_true(judge_st(c, p, s, t));
		BN_free(s);
		BN_free(t);
		EC_POINT_free(p);
	}
}

/* t*P meets the table's s*G: equal, so that it is doubled; opposite, so that the sum is or passes through infinity. */
static void sums_of_equal_and_opposite_points_are_right(void **state)
{
	static const struct {
		long key, t, s;
		bool infinite;
	} rows[] = { { 2, 1, 2, false }, { -2, 1, 2, true }, { -2, 1, 2 + 256, false }, { 2, 64, 128, false },
		{ -2, 64, 128, true }, { 5, 3, 15, false }, { -5, 3, 15, true }, { -3, 100, 300, true },
		{ -3, 100, 300 + 65536, false }, { 1, 1, 2, false }, { -1, 2, 1, false }, { -64, 1, 64, true } };
	const struct curve *c = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		EC_POINT *p = times_generator(c, rows[i].key);
		BIGNUM *s = BN_new(), *t = BN_new();

		BN_set_word(s, (BN_ULONG)rows[i].s);
		BN_set_word(t, (BN_ULONG)rows[i].t);
		assert_int_equal(judge_st(c, p, s, t), !rows[i].infinite);
		assert_int_equal(BN_sub(s, c->n, s), 1); /* the same with both factors negative */
		assert_int_equal(BN_sub(t, c->n, t), 1);
		assert_int_equal(judge_st(c, p, s, t), !rows[i].infinite);
		BN_free(s);
		BN_free(t);
		EC_POINT_free(p);
	}
}

/* P = (sum - s*G) / t: the key for which s*G + t*P is this sum */
static EC_POINT *key_for(const struct curve *c, const EC_POINT *sum, const BIGNUM *s, const BIGNUM *t)
{
	EC_POINT *key = EC_POINT_new(c->group);
	BIGNUM *one_by = BN_mod_inverse(NULL, t, c->n, c->ctx);

	assert_int_equal(EC_POINT_mul(c->group, key, s, NULL, NULL, c->ctx), 1);
	assert_int_equal(EC_POINT_invert(c->group, key, c->ctx), 1);
	assert_int_equal(EC_POINT_add(c->group, key, key, sum, c->ctx), 1);
	assert_int_equal(EC_POINT_mul(c->group, key, NULL, key, one_by, c->ctx), 1);
	BN_free(one_by);
	return key;
}

/* r - e is x - n then. */
static void an_x_of_n_or_more_is_taken_modulo_n(void **state)
{
	const struct curve *c = *state;
	EC_POINT *sum = EC_POINT_new(c->group);
	BIGNUM *x = BN_dup(c->n);

	for (int found = 0; found < 4; BN_add_word(x, 1)) {
		EC_POINT *key;
		BIGNUM *s, *t;

		if (EC_POINT_set_compressed_coordinates(c->group, sum, x, 0, c->ctx) != 1)
			continue;
		s = random_number(c);
		t = random_number(c);
		key = key_for(c, sum, s, t);
		assert_true(judge_st(c, key, s, t));
		found++;
		BN_free(s);
		BN_free(t);
		EC_POINT_free(key);
	}
	BN_free(x);
	EC_POINT_free(sum);
}

/* x = n - j, r = 3, e = 3 + j + n, which is more than r and n together */
static void an_e_of_n_or_more_is_taken_modulo_n(void **state)
{
	const struct curve *c = *state;
	EC_POINT *sum = EC_POINT_new(c->group), *key;
	BIGNUM *x = BN_dup(c->n), *e = BN_dup(c->n), *r = BN_new(), *s = random_number(c), *t = BN_new();
	struct both b;

	BN_set_word(r, 3);
	BN_add_word(e, 3);
	do {
		BN_sub_word(x, 1);
		BN_add_word(e, 1);
	} while (EC_POINT_set_compressed_coordinates(c->group, sum, x, 0, c->ctx) != 1);
	BN_mod_add(t, r, s, c->n, c->ctx);
	key = key_for(c, sum, s, t);
	open_both(&b, c, key);
	assert_true(judge(&b, e, r, s));
	BN_sub(e, e, c->n);
	assert_true(judge(&b, e, r, s));
	close_both(&b);
	BN_free(x);
	BN_free(e);
	BN_free(r);
	BN_free(s);
	BN_free(t);
	EC_POINT_free(sum);
	EC_POINT_free(key);
}

static void numbers_at_the_ends_of_their_ranges_get_openssls_verdict(void **state)
{
	const struct curve *c = *state;
	BIGNUM *edges[9] = { number("0"), number("1"), number("2"), BN_dup(c->n), BN_dup(c->n), BN_dup(c->n),
		BN_dup(c->p), number("8000000000000000000000000000000000000000000000000000000000000000"),
		number("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff") };
	EC_POINT *key = times_generator(c, 7);
	struct both b;

	BN_sub_word(edges[3], 1);
	BN_add_word(edges[5], 1);
	open_both(&b, c, key);
	for (size_t e = 0; e < 9; e++)
		for (size_t r = 0; r < 9; r++)
			for (size_t s = 0; s < 9; s++)
				(void)judge(&b, edges[e], edges[r], edges[s]);
	for (size_t i = 0; i < 9; i++) /* good ones: t and s at their ends, r in between */
		for (size_t k = 0; k < 9; k++) {
			BIGNUM *s = BN_new(), *t = BN_new();

			assert_int_equal(BN_nnmod(s, edges[i], c->n, c->ctx), 1);
			assert_int_equal(BN_nnmod(t, edges[k], c->n, c->ctx), 1);
			if (!BN_is_zero(s) && !BN_is_zero(t) && BN_cmp(s, t) != 0)
				(void)judge_st(c, key, s, t);
			BN_free(s);
			BN_free(t);
		}
	close_both(&b);
	EC_POINT_free(key);
	for (size_t i = 0; i < 9; i++)
		BN_free(edges[i]);
}

static void r_and_s_whose_sum_is_the_order_are_refused(void **state)
{
	const struct curve *c = *state;
	EC_POINT *key = times_generator(c, 11);
	BIGNUM *r = random_number(c), *s = BN_new(), *e = BN_new(), *x = BN_new();
	EC_POINT *sum = EC_POINT_new(c->group);
	struct both b;

	open_both(&b, c, key);
	BN_sub(s, c->n, r);
	EC_POINT_mul(c->group, sum, s, NULL, NULL, c->ctx); /* with t = 0 the equation holds for this e */
	EC_POINT_get_affine_coordinates(c->group, sum, x, NULL, c->ctx);
	BN_mod_sub(e, r, x, c->n, c->ctx);
	assert_false(judge(&b, e, r, s));
	close_both(&b);
	BN_free(r);
	BN_free(s);
	BN_free(e);
	BN_free(x);
	EC_POINT_free(sum);
	EC_POINT_free(key);
}

/* e of 0, n and 2^256 - 1, as OpenSSL signs them */
/* e = r - x1 of s*G + (r + s)*P: with it the equation of the verification holds */
static void fitting_e(const struct curve *c, const EC_POINT *key, const BIGNUM *r, const BIGNUM *s, BIGNUM *e)
{
	EC_POINT *sum = EC_POINT_new(c->group);
	BIGNUM *t = BN_new(), *x = BN_new();

	BN_mod_add(t, r, s, c->n, c->ctx);
	EC_POINT_mul(c->group, sum, s, key, t, c->ctx);
	EC_POINT_get_affine_coordinates(c->group, sum, x, NULL, c->ctx);
	BN_mod_sub(e, r, x, c->n, c->ctx);
	BN_free(t);
	BN_free(x);
	EC_POINT_free(sum);
}

/* 5, 5 + n and 0 in place of r or s, though all fit e */
static void numbers_out_of_range_are_refused_even_when_they_fit(void **state)
{
	const struct curve *c = *state;
	EC_POINT *key = times_generator(c, 13);
	BIGNUM *other = random_number(c), *five = BN_new(), *over = BN_dup(c->n), *zero = BN_new(), *e = BN_new();
	struct both b;

	open_both(&b, c, key);
	BN_set_word(five, 5);
	BN_add_word(over, 5);
	BN_zero(zero);
	fitting_e(c, key, five, other, e);
	assert_true(judge(&b, e, five, other));
	assert_false(judge(&b, e, over, other));
	fitting_e(c, key, other, five, e);
	assert_true(judge(&b, e, other, five));
	assert_false(judge(&b, e, other, over));
	fitting_e(c, key, other, zero, e);
	assert_false(judge(&b, e, other, zero));
	assert_false(judge(&b, e, other, c->n));
	fitting_e(c, key, zero, other, e);
	assert_false(judge(&b, e, zero, other));
	assert_false(judge(&b, e, c->n, other));
	close_both(&b);
	BN_free(other);
	BN_free(five);
	BN_free(over);
	BN_free(zero);
	BN_free(e);
	EC_POINT_free(key);
}

static void every_e_of_32_octets_can_be_verified(void **state)
{
	const struct curve *c = *state;
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	uint8_t e[4][32] = { { 0 }, { 0 }, { 0 }, { 0 } }, point[65], der[80], rs[64];
	struct zy_curve_key ours;
	struct zy_error err = { 0 };
	size_t len;

	BN_bn2binpad(c->n, e[1], 32);
	memset(e[2], 0xff, 32);
	BN_bn2binpad(c->p, e[3], 32);
	assert_int_equal(EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", point, 65, &len), 1);
	assert_true(zy_curve_key_read(&ours, &zy_curve_sm2, ZY_BYTES(point, 65)));
	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	for (size_t i = 0; i < 4; i++) {
		len = sizeof(der);
		assert_int_equal(EVP_PKEY_sign(ctx, der, &len, e[i], 32), 1);
		assert_true(zy_der_rs(ZY_BYTES(der, len), rs, &err));
		assert_true(oracle_agrees(key, &ours, e[i], rs));
	}
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
}

static void read_as_openssl_does(const struct curve *c, const uint8_t *octets, size_t len)
{
	EVP_PKEY *theirs = oracle_key(&zy_curve_sm2, ZY_BYTES(octets, len));
	struct zy_curve_key ours;
	const bool read = zy_curve_key_read(&ours, &zy_curve_sm2, ZY_BYTES(octets, len));

	assert_int_equal(read, theirs != NULL);
	if (read) {
		EC_POINT *p = EC_POINT_new(c->group);
		uint8_t want[65], have[65];

		assert_int_equal(EC_POINT_oct2point(c->group, p, octets, len, c->ctx), 1);
		assert_int_equal(EC_POINT_point2oct(c->group, p, POINT_CONVERSION_UNCOMPRESSED, want, 65, c->ctx), 65);
		zy_curve_key_write(&ours, have);
		assert_memory_equal(have, want, 65);
		EC_POINT_free(p);
	}
	EVP_PKEY_free(theirs);
}

static void what_is_a_point_of_the_curve_is_what_openssl_says(void **state)
{
	const struct curve *c = *state;
	uint8_t octets[65] = { 4 };
	struct zy_error err = { 0 };

	assert_true(zy_unhex(ZY_LITERAL(G_X G_Y), octets + 1, 64, &err));
	read_as_openssl_does(c, octets, 65);
	for (size_t bit = 0; bit < 512; bit += 5) {
		octets[1 + bit / 8] ^= (uint8_t)(1 << bit % 8);
		read_as_openssl_does(c, octets, 65);
		for (uint8_t form = 2; form <= 3; form++) { /* about half of all x have a point */
			octets[0] = form;
			read_as_openssl_does(c, octets, 33);
		}
		octets[0] = 4;
		octets[1 + bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	memset(octets + 1, 0, 64);
	read_as_openssl_does(c, octets, 65);
	BN_bn2binpad(c->p, octets + 1, 32); /* x = p is 0 modulo p, and refused */
	read_as_openssl_does(c, octets, 65);
	octets[0] = 2;
	read_as_openssl_does(c, octets, 33);
	memset(octets + 1, 0xff, 32);
	read_as_openssl_does(c, octets, 33);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_generator_and_its_opposite_are_keys_like_others),
		cmocka_unit_test(sums_of_equal_and_opposite_points_are_right),
		cmocka_unit_test(an_x_of_n_or_more_is_taken_modulo_n),
		cmocka_unit_test(an_e_of_n_or_more_is_taken_modulo_n),
		cmocka_unit_test(numbers_at_the_ends_of_their_ranges_get_openssls_verdict),
		cmocka_unit_test(r_and_s_whose_sum_is_the_order_are_refused),
		cmocka_unit_test(numbers_out_of_range_are_refused_even_when_they_fit),
		cmocka_unit_test(every_e_of_32_octets_can_be_verified),
		cmocka_unit_test(what_is_a_point_of_the_curve_is_what_openssl_says),
	};
	return cmocka_run_group_tests(tests, open_curve, close_curve);
}
