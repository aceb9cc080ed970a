/*
 * OpenSSL has a fixed table for the curve's own generator, and makes one for any generator that a group is given: the
 * key is made the generator of a second group. The call that makes the table is called deprecated, since providers
 * forget it; here the group never goes into one.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "p256_key.h"

#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

struct zy_p256_key {
	EC_GROUP *curve, *own; /* own: its generator is the key */
};

static bool make_table(struct zy_p256_key *k, struct zy_bytes point)
{
	EC_POINT *p = k->curve == NULL ? NULL : EC_POINT_new(k->curve);
	bool ok;

	ok = p != NULL && k->own != NULL && EC_POINT_oct2point(k->curve, p, point.p, point.len, NULL) == 1 &&
	     EC_POINT_is_at_infinity(k->curve, p) == 0 &&
	     EC_GROUP_set_generator(k->own, p, EC_GROUP_get0_order(k->curve), BN_value_one()) == 1 &&
	     EC_GROUP_precompute_mult(k->own, NULL) == 1;
	EC_POINT_free(p);
	return ok;
}

struct zy_p256_key *zy_p256_key_new(struct zy_bytes point)
{
	struct zy_p256_key *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->curve = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	k->own = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	if (make_table(k, point))
		return k;
	ERR_clear_error();
	zy_p256_key_free(k);
	return NULL;
}

void zy_p256_key_free(struct zy_p256_key *k)
{
	if (k == NULL)
		return;
	EC_GROUP_free(k->curve);
	EC_GROUP_free(k->own);
	free(k);
}

/* u1 = e / s, u2 = r / s, modulo the order; r stays. */
static bool make_scalars(
    const BIGNUM *n, const uint8_t *e, const uint8_t rs[64], BIGNUM *u1, BIGNUM *u2, BIGNUM *r, BN_CTX *ctx)
{
	return BN_bin2bn(rs + 32, 32, u2) != NULL && BN_mod_inverse(u2, u2, n, ctx) != NULL &&
	       BN_bin2bn(e, 32, u1) != NULL && BN_mod_mul(u1, u1, u2, n, ctx) == 1 && BN_bin2bn(rs, 32, r) != NULL &&
	       BN_mod_mul(u2, r, u2, n, ctx) == 1;
}

/* Is the x of u1 G + u2 Q, modulo the order, r? */
static bool compare(const struct zy_p256_key *k, const BIGNUM *u1, const BIGNUM *u2, const BIGNUM *r, BN_CTX *ctx,
    BIGNUM *x, bool *good)
{
	EC_POINT *a = EC_POINT_new(k->curve), *b = EC_POINT_new(k->own);
	bool ok;

	ok = a != NULL && b != NULL && EC_POINT_mul(k->curve, a, u1, NULL, NULL, ctx) == 1 &&
	     EC_POINT_mul(k->own, b, u2, NULL, NULL, ctx) == 1 && EC_POINT_add(k->curve, a, a, b, ctx) == 1;
	if (ok && EC_POINT_is_at_infinity(k->curve, a) == 0) {
		ok = EC_POINT_get_affine_coordinates(k->curve, a, x, NULL, ctx) == 1 &&
		     BN_nnmod(x, x, EC_GROUP_get0_order(k->curve), ctx) == 1;
		*good = ok && BN_cmp(x, r) == 0;
	}
	EC_POINT_free(a);
	EC_POINT_free(b);
	return ok;
}

bool zy_p256_verify(const struct zy_p256_key *k, const uint8_t *e, const uint8_t rs[64], bool *good)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *u1, *u2, *r, *x;
	bool ok;

	*good = false;
	if (ctx == NULL)
		return false;
	BN_CTX_start(ctx);
	u1 = BN_CTX_get(ctx);
	u2 = BN_CTX_get(ctx);
	r = BN_CTX_get(ctx);
	x = BN_CTX_get(ctx); /* NULL when any before it is */
	ok = x != NULL && make_scalars(EC_GROUP_get0_order(k->curve), e, rs, u1, u2, r, ctx) &&
	     compare(k, u1, u2, r, ctx, x, good);
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}
