/*
 * OpenSSL has a fixed table for the curve's own generator, and makes one for any generator that a group is given: a key
 * that is used often is made the generator of a second group. The call that makes the table is called deprecated, since
 * providers forget it; here the group never goes into one.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "p256_key.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#define TABLE_AFTER 1000 /* verifications: what a table costs is saved by about 700 */

struct zy_p256_key {
	EC_POINT *point;
	atomic_uint verified;    /* how often, while there is no table */
	_Atomic(EC_GROUP *) own; /* its generator is the key; NULL until it was used often */
};

/* Made once for the process; nothing changes it. */
static EC_GROUP *curve;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_curve(void)
{
	curve = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
}

struct zy_p256_key *zy_p256_key_new(struct zy_bytes point)
{
	struct zy_p256_key *k = calloc(1, sizeof(*k));

	pthread_once(&once, make_curve);
	if (k == NULL || curve == NULL) {
		free(k);
		return NULL;
	}
	k->point = EC_POINT_new(curve);
	/* refuses what is not on the curve */
	if (k->point != NULL && EC_POINT_oct2point(curve, k->point, point.p, point.len, NULL) == 1 &&
	    EC_POINT_is_at_infinity(curve, k->point) == 0)
		return k;
	ERR_clear_error();
	zy_p256_key_free(k);
	return NULL;
}

void zy_p256_key_free(struct zy_p256_key *k)
{
	if (k == NULL)
		return;
	EC_POINT_free(k->point);
	EC_GROUP_free(atomic_load(&k->own));
	free(k);
}

/* Only one thread comes here: the count passes TABLE_AFTER once. */
static void make_table(struct zy_p256_key *k)
{
	EC_GROUP *own = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);

	if (own != NULL && EC_GROUP_set_generator(own, k->point, EC_GROUP_get0_order(curve), BN_value_one()) == 1 &&
	    EC_GROUP_precompute_mult(own, NULL) == 1)
		atomic_store(&k->own, own);
	else
		EC_GROUP_free(own);
}

/* u1 = e / s, u2 = r / s, modulo the order; r stays. */
static bool make_scalars(
    const BIGNUM *n, const uint8_t *e, const uint8_t rs[64], BIGNUM *u1, BIGNUM *u2, BIGNUM *r, BN_CTX *ctx)
{
	return BN_bin2bn(rs + 32, 32, u2) != NULL && BN_mod_inverse(u2, u2, n, ctx) != NULL &&
	       BN_bin2bn(e, 32, u1) != NULL && BN_mod_mul(u1, u1, u2, n, ctx) == 1 && BN_bin2bn(rs, 32, r) != NULL &&
	       BN_mod_mul(u2, r, u2, n, ctx) == 1;
}

/* a = u1 G + u2 Q */
static bool multiply(
    const struct zy_p256_key *k, EC_POINT *a, EC_POINT *b, const BIGNUM *u1, const BIGNUM *u2, BN_CTX *ctx)
{
	const EC_GROUP *own = atomic_load(&k->own);

	if (own == NULL)
		return EC_POINT_mul(curve, a, u1, k->point, u2, ctx) == 1;
	return EC_POINT_mul(curve, a, u1, NULL, NULL, ctx) == 1 && EC_POINT_mul(own, b, u2, NULL, NULL, ctx) == 1 &&
	       EC_POINT_add(curve, a, a, b, ctx) == 1;
}

/* Is the x of u1 G + u2 Q, modulo the order, r? */
static bool compare(const struct zy_p256_key *k, const BIGNUM *u1, const BIGNUM *u2, const BIGNUM *r, BN_CTX *ctx,
    BIGNUM *x, bool *good)
{
	EC_POINT *a = EC_POINT_new(curve), *b = EC_POINT_new(curve);
	bool ok = a != NULL && b != NULL && multiply(k, a, b, u1, u2, ctx);

	if (ok && EC_POINT_is_at_infinity(curve, a) == 0) {
		ok = EC_POINT_get_affine_coordinates(curve, a, x, NULL, ctx) == 1 &&
		     BN_nnmod(x, x, EC_GROUP_get0_order(curve), ctx) == 1;
		*good = ok && BN_cmp(x, r) == 0;
	}
	EC_POINT_free(a);
	EC_POINT_free(b);
	return ok;
}

bool zy_p256_verify(struct zy_p256_key *k, const uint8_t *e, const uint8_t rs[64], bool *good)
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
	ok = x != NULL && make_scalars(EC_GROUP_get0_order(curve), e, rs, u1, u2, r, ctx) &&
	     compare(k, u1, u2, r, ctx, x, good);
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	ERR_clear_error();
	if (ok && atomic_load(&k->verified) < TABLE_AFTER && atomic_fetch_add(&k->verified, 1) + 1 == TABLE_AFTER)
		make_table(k);
	return ok;
}
