/* P-256 by OpenSSL, which has assembler for it: without a table of the key's multiples it takes two thirds of our time.
 */
#include <pthread.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include "curve_point.h"

/* Made once for the process; nothing changes it. */
static EC_GROUP *group;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_group(void)
{
	group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
}

static bool put_point(const struct zy_affine *a, EC_POINT *out, BN_CTX *ctx)
{
	uint8_t octets[65] = { 4 };

	zy_fe_write(&zy_curve_p256.field, &a->x, octets + 1);
	zy_fe_write(&zy_curve_p256.field, &a->y, octets + 33);
	return EC_POINT_oct2point(group, out, octets, sizeof(octets), ctx) == 1;
}

static bool take_point(const EC_POINT *p, struct zy_point *out, BN_CTX *ctx)
{
	const struct zy_field *f = &zy_curve_p256.field;
	struct zy_affine a;
	uint8_t octets[65];

	*out = (struct zy_point){ 0 };
	if (EC_POINT_is_at_infinity(group, p) == 1)
		return true;
	if (EC_POINT_point2oct(group, p, POINT_CONVERSION_UNCOMPRESSED, octets, sizeof(octets), ctx) != 65 ||
	    !zy_fe_read(f, &a.x, octets + 1) || !zy_fe_read(f, &a.y, octets + 33))
		return false;
	*out = zy_point_of(f, &a);
	return true;
}

static bool put_scalar(const struct zy_scalar *k, BIGNUM *out)
{
	uint8_t octets[32];

	for (size_t i = 0; i < 32; i++)
		octets[i] = (uint8_t)(k->limb[i / 8] >> i % 8 * 8);
	return BN_lebin2bn(octets, sizeof(octets), out) != NULL;
}

static bool multiply(
    const struct zy_affine *q, const struct zy_scalar *g, const struct zy_scalar *k, struct zy_point *sum, BN_CTX *ctx)
{
	EC_POINT *p = EC_POINT_new(group);
	BIGNUM *by_g, *by_k;
	bool ok;

	BN_CTX_start(ctx);
	by_g = BN_CTX_get(ctx);
	by_k = BN_CTX_get(ctx); /* NULL when the one before is */
	ok = p != NULL && by_k != NULL && put_scalar(g, by_g) && put_scalar(k, by_k) && put_point(q, p, ctx) &&
	     EC_POINT_mul(group, p, by_g, p, by_k, ctx) == 1 && take_point(p, sum, ctx);
	BN_CTX_end(ctx);
	EC_POINT_free(p);
	return ok;
}

bool zy_p256_sum(const struct zy_affine *q, const struct zy_scalar *g, const struct zy_scalar *k, struct zy_point *sum)
{
	BN_CTX *ctx;
	bool ok;

	pthread_once(&once, make_group);
	ctx = group == NULL ? NULL : BN_CTX_new();
	ok = ctx != NULL && multiply(q, g, k, sum, ctx);
	BN_CTX_free(ctx);
	if (!ok)
		ERR_clear_error();
	return ok;
}
