/* Points of a curve y^2 = x^3 - 3x + b whose order n is prime: sm2p256v1 and P-256. Variable time: for public values.
 */
#ifndef ZY_CURVE_POINT_H
#define ZY_CURVE_POINT_H

#include "curve_field.h"

/* b and the generator are plain numbers, not in Montgomery form. */
struct zy_curve {
	struct zy_field field;
	struct zy_fe b, gx, gy, n;
};
extern const struct zy_curve zy_curve_sm2;  /* GB/T 32918.5 2 */
extern const struct zy_curve zy_curve_p256; /* SP 800-186 3.2.1.3 */

/* Not infinity. */
struct zy_affine {
	struct zy_fe x, y;
};

/* x = X/ZZ, y = Y/ZZZ with ZZ^3 = ZZZ^2; infinity when ZZ is 0. */
struct zy_point {
	struct zy_fe x, y, zz, zzz;
};

/* A number below 2^256, four limbs, the lowest first. */
struct zy_scalar {
	uint64_t limb[4];
};

/* p + q, for all of both: equal, opposite, infinite. */
struct zy_point zy_point_add(const struct zy_field *f, const struct zy_point *p, const struct zy_point *q);
struct zy_point zy_point_add_affine(const struct zy_field *f, const struct zy_point *p, const struct zy_affine *q);
struct zy_point zy_point_double(const struct zy_field *f, const struct zy_point *p);
struct zy_point zy_point_of(const struct zy_field *f, const struct zy_affine *a);
bool zy_affine_on_curve(const struct zy_curve *c, const struct zy_affine *a);
/* y of x with the lowest bit `odd`; false when there is none. */
bool zy_affine_from_x(const struct zy_curve *c, struct zy_affine *out, const struct zy_fe *x, bool odd);

/* 1, 3, 5 .. 15 times a point: enough for one multiplication without preparation. */
#define ZY_ODD_MULTIPLES 8
struct zy_odd_multiples {
	struct zy_point of[ZY_ODD_MULTIPLES];
};
void zy_odd_multiples(const struct zy_field *f, struct zy_odd_multiples *out, const struct zy_affine *p);
struct zy_point zy_odd_multiples_times(
    const struct zy_field *f, const struct zy_odd_multiples *m, const struct zy_scalar *k);

/* j * 2^(8 i) times a point at [i][j - 1]: a multiplication by additions alone. */
#define ZY_WINDOWS 33 /* bytes of 256 bits, and one for a carry */
#define ZY_WINDOW_HALF ((size_t)128)
/* Aligned, so that an entry is one line of a cache. */
struct zy_multiples {
	_Alignas(64) struct zy_affine at[ZY_WINDOWS][ZY_WINDOW_HALF];
};
/* False without memory. */
bool zy_multiples_make(const struct zy_field *f, struct zy_multiples *out, const struct zy_affine *p);
/* sum + k times the point */
struct zy_point zy_multiples_add(
    const struct zy_field *f, const struct zy_multiples *m, const struct zy_scalar *k, const struct zy_point *sum);
/* g * G + k * q on P-256, by OpenSSL. False without memory. */
bool zy_p256_sum(const struct zy_affine *q, const struct zy_scalar *g, const struct zy_scalar *k, struct zy_point *sum);
/* Those of the generator, made once for the process. NULL without memory. */
const struct zy_multiples *zy_curve_generator(const struct zy_curve *c);

#endif
