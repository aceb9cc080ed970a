/*
 * Numbers modulo the p of a curve, in Montgomery form: a is kept as a * 2^256 mod p, always below p. The curves are
 * sm2p256v1 (GB/T 32918.5 2), p = 2^256 - 2^224 - 2^96 + 2^64 - 1, and P-256 (SP 800-186 3.2.1.3),
 * p = 2^256 - 2^224 + 2^192 + 2^96 - 1. Variable time: for public values only.
 */
#ifndef ZY_CURVE_FIELD_H
#define ZY_CURVE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 zy_u128;

struct zy_fe {
	zy_u128 lo, hi;
};

#define ZY_U128(hi, lo) ((zy_u128)(hi) << 64 | (lo))

/* Which p it is: each has its own way to be reduced by. */
enum zy_prime { ZY_PRIME_SM2, ZY_PRIME_P256 };

struct zy_field {
	enum zy_prime prime;
	struct zy_fe p;
	struct zy_fe one;  /* 2^256 mod p: the number 1 */
	struct zy_fe into; /* 2^512 mod p: the factor of the way into Montgomery's form */
};

static inline bool zy_fe_is_zero(const struct zy_fe *a)
{
	return (a->lo | a->hi) == 0;
}

static inline bool zy_fe_equal(const struct zy_fe *a, const struct zy_fe *b)
{
	return a->lo == b->lo && a->hi == b->hi;
}

/* hi:lo with a bit above it, below 2p, brought below p */
static inline struct zy_fe zy_fe_once(const struct zy_field *f, zy_u128 lo, zy_u128 hi, bool above)
{
	if (above || hi > f->p.hi || (hi == f->p.hi && lo >= f->p.lo)) {
		hi -= f->p.hi + (lo < f->p.lo);
		lo -= f->p.lo;
	}
	return (struct zy_fe){ lo, hi };
}

static inline struct zy_fe zy_fe_add(const struct zy_field *f, const struct zy_fe *a, const struct zy_fe *b)
{
	const zy_u128 lo = a->lo + b->lo, carry = lo < b->lo, hi = a->hi + b->hi, sum = hi + carry;

	return zy_fe_once(f, lo, sum, hi < b->hi || sum < carry);
}

static inline struct zy_fe zy_fe_sub(const struct zy_field *f, const struct zy_fe *a, const struct zy_fe *b)
{
	const zy_u128 borrow = a->lo < b->lo;
	const zy_u128 below = a->hi < b->hi || (a->hi == b->hi && borrow) ? ~(zy_u128)0 : 0;
	const zy_u128 lo = a->lo - b->lo, sum = lo + (below & f->p.lo);

	return (struct zy_fe){ sum, a->hi - b->hi - borrow + (below & f->p.hi) + (sum < lo) };
}

struct zy_fe zy_fe_mul(const struct zy_field *f, const struct zy_fe *a, const struct zy_fe *b);
static inline struct zy_fe zy_fe_square(const struct zy_field *f, const struct zy_fe *a)
{
	return zy_fe_mul(f, a, a);
}
/* 1/a, for 0 it is 0 */
struct zy_fe zy_fe_invert(const struct zy_field *f, const struct zy_fe *a);
/* A root of a, or false when it has none. */
bool zy_fe_root(const struct zy_field *f, const struct zy_fe *a, struct zy_fe *out);
/* All of num in place; none may be 0. work: room for num. One inversion for all (Montgomery's trick). */
void zy_fe_invert_all(const struct zy_field *f, struct zy_fe *v, size_t num, struct zy_fe *work);

/* False when the 32 octets are p or more. */
bool zy_fe_read(const struct zy_field *f, struct zy_fe *out, const uint8_t in[32]);
void zy_fe_write(const struct zy_field *f, const struct zy_fe *a, uint8_t out[32]);
/* From a plain number below p. */
struct zy_fe zy_fe_from(const struct zy_field *f, zy_u128 lo, zy_u128 hi);

#endif
