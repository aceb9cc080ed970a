/*
 * What a signature (r, s) over e says of a curve's points: that the affine x of g * G + k * Q, Q the public key, is x
 * modulo the order n. Variable time: for public values only.
 */
#ifndef ZY_CURVE_EQUATION_H
#define ZY_CURVE_EQUATION_H

#include "curve_point.h"

/* A number below 2^256. */
struct zy_number {
	zy_u128 lo, hi;
};

struct zy_equation {
	struct zy_scalar g, k;
	struct zy_number x; /* below n */
};

/* Of SM2 (GB/T 32918.2 7.1), and of ECDSA on P-256 (FIPS 186-5 6.4.2). False: r or s is not in 1 .. n-1, or r + s is
 * n for SM2; such a signature is wrong. */
bool zy_equation_sm2(struct zy_equation *out, const uint8_t e[32], const uint8_t rs[64]);
bool zy_equation_ecdsa(struct zy_equation *out, const uint8_t e[32], const uint8_t rs[64]);
/* sum: g * G + k * Q. Infinity has no x. */
bool zy_equation_holds(const struct zy_curve *c, const struct zy_point *sum, const struct zy_number *x);

#endif
