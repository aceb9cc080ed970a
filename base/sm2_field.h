/*
 * Numbers modulo p of sm2p256v1 (GB/T 32918.5 2), p = 2^256 - 2^224 - 2^96 + 2^64 - 1, in Montgomery form: a is kept as
 * a * 2^256 mod p, always below p. Variable time: for public values only.
 */
#ifndef ZY_SM2_FIELD_H
#define ZY_SM2_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 zy_u128;

struct zy_fe {
	zy_u128 lo, hi;
};

#define ZY_U128(hi, lo) ((zy_u128)(hi) << 64 | (lo))
#define ZY_SM2_P_LO ZY_U128(0xffffffff00000000, 0xffffffffffffffff)
#define ZY_SM2_P_HI ZY_U128(0xfffffffeffffffff, 0xffffffffffffffff)

/* 2^256 mod p: the number 1 */
#define ZY_FE_ONE ((struct zy_fe){ ZY_U128(0x00000000ffffffff, 1), ZY_U128(0x100000000, 0) })

static inline bool zy_fe_is_zero(const struct zy_fe *a)
{
	return (a->lo | a->hi) == 0;
}

static inline bool zy_fe_equal(const struct zy_fe *a, const struct zy_fe *b)
{
	return a->lo == b->lo && a->hi == b->hi;
}

/* hi:lo with a bit above it, below 2p, brought below p */
static inline struct zy_fe zy_fe_once(zy_u128 lo, zy_u128 hi, bool above)
{
	if (above || hi > ZY_SM2_P_HI || (hi == ZY_SM2_P_HI && lo >= ZY_SM2_P_LO)) {
		hi -= ZY_SM2_P_HI + (lo < ZY_SM2_P_LO);
		lo -= ZY_SM2_P_LO;
	}
	return (struct zy_fe){ lo, hi };
}

static inline struct zy_fe zy_fe_add(const struct zy_fe *a, const struct zy_fe *b)
{
	const zy_u128 lo = a->lo + b->lo, carry = lo < b->lo, hi = a->hi + b->hi, sum = hi + carry;

	return zy_fe_once(lo, sum, hi < b->hi || sum < carry);
}

static inline struct zy_fe zy_fe_sub(const struct zy_fe *a, const struct zy_fe *b)
{
	const zy_u128 borrow = a->lo < b->lo;
	const zy_u128 below = a->hi < b->hi || (a->hi == b->hi && borrow) ? ~(zy_u128)0 : 0;
	const zy_u128 lo = a->lo - b->lo, sum = lo + (below & ZY_SM2_P_LO);

	return (struct zy_fe){ sum, a->hi - b->hi - borrow + (below & ZY_SM2_P_HI) + (sum < lo) };
}

struct zy_fe zy_fe_mul(const struct zy_fe *a, const struct zy_fe *b);
struct zy_fe zy_fe_square(const struct zy_fe *a);
/* 1/a, for 0 it is 0 */
struct zy_fe zy_fe_invert(const struct zy_fe *a);
/* A root of a, or false when it has none. */
bool zy_fe_root(const struct zy_fe *a, struct zy_fe *out);
/* All of num in place; none may be 0. work: room for num. One inversion for all (Montgomery's trick). */
void zy_fe_invert_all(struct zy_fe *v, size_t num, struct zy_fe *work);

/* False when the 32 octets are p or more. */
bool zy_fe_read(struct zy_fe *out, const uint8_t in[32]);
void zy_fe_write(const struct zy_fe *a, uint8_t out[32]);
/* From a plain number below p. */
struct zy_fe zy_fe_from(zy_u128 lo, zy_u128 hi);

#endif
