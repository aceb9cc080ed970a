/* The arithmetic of both curves held against OpenSSL: the field against BN, multiples against EC_POINT, verdicts
 * against EVP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "curve_oracle.h"

static uint64_t next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static uint64_t seed(void)
{
	const char *given = getenv("ZY_TEST_SEED");
	uint64_t s = given == NULL ? 20260302 : strtoull(given, NULL, 0);

	print_message("ZY_TEST_SEED=%llu\n", (unsigned long long)s);
	return s | 1;
}

/* Random octets, often with long runs of zeros and ones, where carries go far. */
static void fill(uint64_t *s, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len;) {
		const uint64_t v = next_random(s);
		const size_t run = (v & 3) == 0 ? 1 + (v >> 8) % 12 : 1;

		for (size_t k = 0; k < run && i < len; k++)
			out[i++] = run == 1 ? (uint8_t)(v >> 32) : (v & 16) != 0 ? 0xff : 0;
	}
}

struct world {
	const struct zy_curve *curve;
	EC_GROUP *group;
	BN_CTX *ctx;
	const BIGNUM *p, *n;
};

static int open_world(void **state, const struct zy_curve *curve, int nid)
{
	static struct world w;

	w.curve = curve;
	w.group = EC_GROUP_new_by_curve_name(nid);
	w.ctx = BN_CTX_new();
	w.p = EC_GROUP_get0_field(w.group);
	w.n = EC_GROUP_get0_order(w.group);
	*state = &w;
	return 0;
}

static int open_sm2(void **state)
{
	return open_world(state, &zy_curve_sm2, NID_sm2);
}

static int open_p256(void **state)
{
	return open_world(state, &zy_curve_p256, NID_X9_62_prime256v1);
}

static int close_world(void **state)
{
	struct world *w = *state;

	EC_GROUP_free(w->group);
	BN_CTX_free(w->ctx);
	return 0;
}

static void is_number(const struct world *w, const struct zy_fe *have, const BIGNUM *want)
{
	uint8_t a[32], b[32];

	zy_fe_write(&w->curve->field, have, a);
	assert_int_equal(BN_bn2binpad(want, b, 32), 32);
	assert_memory_equal(a, b, 32);
}

/* Also numbers just below p, and small ones. */
static void draw_field(const struct world *w, uint64_t *s, BIGNUM *number, struct zy_fe *out)
{
	uint8_t octets[32];

	fill(s, octets, 32);
	assert_non_null(BN_bin2bn(octets, 32, number));
	if (octets[0] % 8 == 1)
		assert_int_equal(BN_set_word(number, octets[1] % 4), 1);
	if (octets[0] % 8 == 2) {
		assert_int_equal(BN_set_word(number, octets[1] % 4), 1);
		assert_int_equal(BN_sub(number, w->p, number), 1);
	}
	assert_int_equal(BN_nnmod(number, number, w->p, w->ctx), 1);
	assert_int_equal(BN_bn2binpad(number, octets, 32), 32);
	assert_true(zy_fe_read(&w->curve->field, out, octets));
}

static void the_field_computes_as_bn_does(void **state)
{
	const struct world *w = *state;
	const struct zy_field *f = &w->curve->field;
	uint64_t s = seed();
	BIGNUM *a = BN_new(), *b = BN_new(), *r = BN_new();

	for (int round = 0; round < 4000; round++) {
		struct zy_fe x, y, z, all[3], work[3];

		draw_field(w, &s, a, &x);
		draw_field(w, &s, b, &y);
		is_number(w, &x, a);
		BN_mod_add(r, a, b, w->p, w->ctx);
		z = zy_fe_add(f, &x, &y);
		is_number(w, &z, r);
		BN_mod_sub(r, a, b, w->p, w->ctx);
		z = zy_fe_sub(f, &x, &y);
		is_number(w, &z, r);
		BN_mod_mul(r, a, b, w->p, w->ctx);
		z = zy_fe_mul(f, &x, &y);
		is_number(w, &z, r);
		BN_mod_sqr(r, a, w->p, w->ctx);
		z = zy_fe_square(f, &x);
		is_number(w, &z, r);
		if (round % 20 != 0 || BN_is_zero(a) || BN_is_zero(b))
			continue;
		assert_true(zy_fe_root(f, &z, &all[0]));
		z = zy_fe_sub(f, &z, &z);
		z = zy_fe_sub(f, &z, &all[0]);
		assert_true(zy_fe_equal(&z, &x) || zy_fe_equal(&all[0], &x));
		BN_mod_inverse(r, a, w->p, w->ctx);
		z = zy_fe_invert(f, &x);
		is_number(w, &z, r);
		all[0] = all[2] = x;
		all[1] = y;
		zy_fe_invert_all(f, all, 3, work);
		is_number(w, &all[0], r);
		is_number(w, &all[2], r);
		BN_mod_inverse(r, b, w->p, w->ctx);
		is_number(w, &all[1], r);
	}
	BN_free(a);
	BN_free(b);
	BN_free(r);
}

static void only_numbers_below_p_are_read(void **state)
{
	const struct world *w = *state;
	uint64_t s = seed();
	BIGNUM *a = BN_new();
	uint8_t octets[32];
	struct zy_fe x;

	for (int round = 0; round < 2000; round++) {
		fill(&s, octets, 32);
		if (round % 2 == 0)
			memset(octets, 0xff, (size_t)(round / 2 % 12));
		BN_bin2bn(octets, 32, a);
		assert_int_equal(zy_fe_read(&w->curve->field, &x, octets), BN_cmp(a, w->p) < 0);
	}
	BN_free(a);
}

/* One key; right signatures, and some with a bit or an octet changed. */
static void judge_key(const struct world *w, uint64_t *s, size_t num)
{
	EVP_PKEY *key = w->curve == &zy_curve_sm2 ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2") : EVP_EC_gen("P-256");
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	struct zy_error err = { 0 };
	uint8_t point[65], e[32], rs[64], der[80];
	struct zy_curve_key ours;
	size_t len;

	assert_int_equal(EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", point, 65, &len), 1);
	assert_true(zy_curve_key_read(&ours, w->curve, ZY_BYTES(point, 65)));
	assert_true(zy_curve_key_prepare(&ours));
	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	for (size_t i = 0; i < num; i++) {
		const uint64_t v = next_random(s);

		fill(s, e, 32);
		len = sizeof(der);
		assert_int_equal(EVP_PKEY_sign(ctx, der, &len, e, 32), 1);
		assert_true(zy_der_rs(ZY_BYTES(der, len), rs, &err));
		assert_true(oracle_agrees(key, &ours, e, rs));
		switch (v % 4) {
		case 0:
			rs[v / 4 % 64] ^= (uint8_t)(1 << v / 256 % 8);
			break;
		case 1:
			e[v / 4 % 32] ^= (uint8_t)(1 << v / 256 % 8);
			break;
		case 2:
			fill(s, rs + (v / 4 % 2) * 32, 32);
			break;
		default:
			fill(s, rs, 64);
		}
		assert_false(oracle_agrees(key, &ours, e, rs));
	}
	zy_curve_key_wipe(&ours);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
}

static void right_and_changed_signatures_get_openssls_verdict(void **state)
{
	const struct world *w = *state;
	uint64_t s = seed();

	for (int keys = 0; keys < 25; keys++)
		judge_key(w, &s, 25);
}

/* Scalars with long runs of ones and zeros, where the digits of the recodings carry. */
static void multiples_are_those_of_openssl(void **state)
{
	const struct world *w = *state;
	const struct zy_field *f = &w->curve->field;
	uint64_t s = seed();
	EC_POINT *p = EC_POINT_new(w->group), *sum = EC_POINT_new(w->group);
	BIGNUM *k = BN_new(), *x = BN_new(), *y = BN_new();
	struct zy_multiples *made = malloc(sizeof(*made));
	struct zy_odd_multiples odd;
	uint8_t octets[65];
	struct zy_curve_key key;

	assert_non_null(made);
	for (int round = 0; round < 200; round++) {
		const struct zy_point none = { 0 };
		struct zy_point have[2];
		struct zy_scalar scalar = { 0 };

		fill(&s, octets, 32);
		for (size_t i = 0; i < 32; i++)
			scalar.limb[i / 8] |= (uint64_t)octets[31 - i] << i % 8 * 8;
		BN_bin2bn(octets, 32, k);
		if (round % 40 == 0) {
			BN_set_word(x, 2 + next_random(&s) % 1000000);
			EC_POINT_mul(w->group, p, x, NULL, NULL, w->ctx);
			EC_POINT_point2oct(w->group, p, POINT_CONVERSION_UNCOMPRESSED, octets, 65, w->ctx);
			assert_true(zy_curve_key_read(&key, w->curve, ZY_BYTES(octets, 65)));
			zy_odd_multiples(f, &odd, &key.point);
			assert_true(zy_multiples_make(f, made, &key.point));
		}
		EC_POINT_mul(w->group, sum, NULL, p, k, w->ctx);
		have[0] = zy_odd_multiples_times(f, &odd, &scalar);
		have[1] = zy_multiples_add(f, made, &scalar, &none);
		for (size_t i = 0; i < 2; i++) {
			const struct zy_fe zz = zy_fe_invert(f, &have[i].zz), zzz = zy_fe_invert(f, &have[i].zzz);
			const struct zy_fe x1 = zy_fe_mul(f, &have[i].x, &zz), y1 = zy_fe_mul(f, &have[i].y, &zzz);

			assert_int_equal(zy_fe_is_zero(&have[i].zz), EC_POINT_is_at_infinity(w->group, sum));
			if (zy_fe_is_zero(&have[i].zz))
				continue;
			EC_POINT_get_affine_coordinates(w->group, sum, x, y, w->ctx);
			is_number(w, &x1, x);
			is_number(w, &y1, y);
		}
	}
	free(made);
	BN_free(k);
	BN_free(x);
	BN_free(y);
	EC_POINT_free(p);
	EC_POINT_free(sum);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_field_computes_as_bn_does),
		cmocka_unit_test(only_numbers_below_p_are_read),
		cmocka_unit_test(multiples_are_those_of_openssl),
		cmocka_unit_test(right_and_changed_signatures_get_openssls_verdict),
	};
	const int sm2 = cmocka_run_group_tests_name("SM2", tests, open_sm2, close_world);

	return cmocka_run_group_tests_name("P-256", tests, open_p256, close_world) + sm2;
}
