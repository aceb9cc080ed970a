#include "sm2_field.h"

/*
 * One step of Montgomery's reduction (Montgomery 1985) by 64 bits: adds m * p, m the lowest 64 bits, which become 0,
 * and shifts them out. -1/p = 1 mod 2^64, so m needs no product; and m * p is m * 2^256 - m * 2^224 - m * 2^96 + m *
 * 2^64 - m, so m * p has none either: shifted, m - x + (m * 2^64 - x) * 2^128 with x = m * 2^32.
 */
static inline void reduce_64(zy_u128 *lo, zy_u128 *hi)
{
	const uint64_t m = (uint64_t)*lo;
	const zy_u128 x = (zy_u128)m << 32, low = m - x, high = ((zy_u128)m << 64) - x - (m != 0);

	*lo = ZY_U128((uint64_t)*hi, (uint64_t)(*lo >> 64)) + low;
	*hi = (*hi >> 64) + high + (*lo < low);
}

/* t / 2^256 mod p, t of 512 bits below p * 2^256: its lower half is reduced to at most p, its upper half added. */
static inline struct zy_fe reduce(const uint64_t t[8])
{
	zy_u128 lo = ZY_U128(t[1], t[0]), hi = ZY_U128(t[3], t[2]), sum_lo, sum_hi, carry;

	for (int i = 0; i < 4; i++)
		reduce_64(&lo, &hi);
	sum_lo = lo + ZY_U128(t[5], t[4]);
	carry = sum_lo < lo;
	sum_hi = hi + ZY_U128(t[7], t[6]);
	return zy_fe_once(sum_lo, sum_hi + carry, sum_hi < hi || sum_hi + carry < carry);
}

/* A column of a product: the sum of its parts, up to 192 bits. */
struct column {
	zy_u128 sum;
	uint64_t above;
};

static inline void add_product(struct column *c, uint64_t a, uint64_t b)
{
	const zy_u128 product = (zy_u128)a * b;

	c->sum += product;
	c->above += c->sum < product;
}

static inline void add_twice(struct column *c, uint64_t a, uint64_t b)
{
	const zy_u128 product = (zy_u128)a * b;

	c->sum += product;
	c->above += c->sum < product;
	c->sum += product;
	c->above += c->sum < product;
}

static inline uint64_t next_limb(struct column *c)
{
	const uint64_t limb = (uint64_t)c->sum;

	*c = (struct column){ ZY_U128(c->above, (uint64_t)(c->sum >> 64)), 0 };
	return limb;
}

#define LIMBS(v) (uint64_t)(v)->lo, (uint64_t)((v)->lo >> 64), (uint64_t)(v)->hi, (uint64_t)((v)->hi >> 64)

/* Column by column (Comba 1990). */
struct zy_fe zy_fe_mul(const struct zy_fe *x, const struct zy_fe *y)
{
	const uint64_t a[4] = { LIMBS(x) }, b[4] = { LIMBS(y) };
	struct column c = { 0 };
	uint64_t t[8];

	add_product(&c, a[0], b[0]);
	t[0] = next_limb(&c);
	add_product(&c, a[0], b[1]);
	add_product(&c, a[1], b[0]);
	t[1] = next_limb(&c);
	add_product(&c, a[0], b[2]);
	add_product(&c, a[1], b[1]);
	add_product(&c, a[2], b[0]);
	t[2] = next_limb(&c);
	add_product(&c, a[0], b[3]);
	add_product(&c, a[1], b[2]);
	add_product(&c, a[2], b[1]);
	add_product(&c, a[3], b[0]);
	t[3] = next_limb(&c);
	add_product(&c, a[1], b[3]);
	add_product(&c, a[2], b[2]);
	add_product(&c, a[3], b[1]);
	t[4] = next_limb(&c);
	add_product(&c, a[2], b[3]);
	add_product(&c, a[3], b[2]);
	t[5] = next_limb(&c);
	add_product(&c, a[3], b[3]);
	t[6] = next_limb(&c);
	t[7] = next_limb(&c);
	return reduce(t);
}

struct zy_fe zy_fe_square(const struct zy_fe *x)
{
	const uint64_t a[4] = { LIMBS(x) };
	struct column c = { 0 };
	uint64_t t[8];

	add_product(&c, a[0], a[0]);
	t[0] = next_limb(&c);
	add_twice(&c, a[0], a[1]);
	t[1] = next_limb(&c);
	add_twice(&c, a[0], a[2]);
	add_product(&c, a[1], a[1]);
	t[2] = next_limb(&c);
	add_twice(&c, a[0], a[3]);
	add_twice(&c, a[1], a[2]);
	t[3] = next_limb(&c);
	add_twice(&c, a[1], a[3]);
	add_product(&c, a[2], a[2]);
	t[4] = next_limb(&c);
	add_twice(&c, a[2], a[3]);
	t[5] = next_limb(&c);
	add_product(&c, a[3], a[3]);
	t[6] = next_limb(&c);
	t[7] = next_limb(&c);
	return reduce(t);
}

/* a to a fixed exponent, four bits at a time from the top. */
static struct zy_fe power(const struct zy_fe *a, const struct zy_fe *exponent)
{
	const uint64_t e[4] = { LIMBS(exponent) };
	struct zy_fe of[16] = { ZY_FE_ONE }, r = ZY_FE_ONE;

	for (size_t i = 1; i < 16; i++)
		of[i] = zy_fe_mul(&of[i - 1], a);
	for (size_t i = 64; i-- > 0;) {
		for (int k = 0; k < 4; k++)
			r = zy_fe_square(&r);
		r = zy_fe_mul(&r, &of[e[i / 16] >> i % 16 * 4 & 15]);
	}
	return r;
}

/* a^(p-2) = 1/a (Fermat) */
struct zy_fe zy_fe_invert(const struct zy_fe *a)
{
	return power(a, &(struct zy_fe){ ZY_SM2_P_LO - 2, ZY_SM2_P_HI });
}

/* p = 3 mod 4: if a has a root, a^((p+1)/4) is one. p + 1 has no carry into its upper half. */
bool zy_fe_root(const struct zy_fe *a, struct zy_fe *out)
{
	const zy_u128 lo = ZY_SM2_P_LO + 1, hi = ZY_SM2_P_HI;
	struct zy_fe square;

	*out = power(a, &(struct zy_fe){ lo >> 2 | hi << 126, hi >> 2 });
	square = zy_fe_square(out);
	return zy_fe_equal(&square, a);
}

void zy_fe_invert_all(struct zy_fe *v, size_t num, struct zy_fe *work)
{
	struct zy_fe product = ZY_FE_ONE, inverse;

	for (size_t i = 0; i < num; i++) {
		work[i] = product;
		product = zy_fe_mul(&product, &v[i]);
	}
	inverse = zy_fe_invert(&product);
	for (size_t i = num; i-- > 0;) {
		const struct zy_fe before = zy_fe_mul(&inverse, &v[i]);

		v[i] = zy_fe_mul(&inverse, &work[i]);
		inverse = before;
	}
}

static zy_u128 read_16(const uint8_t *in)
{
	zy_u128 v = 0;

	for (size_t i = 0; i < 16; i++)
		v = v << 8 | in[i];
	return v;
}

static void write_16(zy_u128 v, uint8_t *out)
{
	for (size_t i = 16; i-- > 0; v >>= 8)
		out[i] = (uint8_t)v;
}

/* 2^512 mod p, and 1: factors of the way into Montgomery's form and out */
static const struct zy_fe into = { ZY_U128(0x00000002ffffffff, 0x0000000200000003),
	ZY_U128(0x0000000400000002, 0x0000000100000001) };
static const struct zy_fe out_of = { 1, 0 };

struct zy_fe zy_fe_from(zy_u128 lo, zy_u128 hi)
{
	return zy_fe_mul(&(struct zy_fe){ lo, hi }, &into);
}

bool zy_fe_read(struct zy_fe *out, const uint8_t in[32])
{
	const zy_u128 hi = read_16(in), lo = read_16(in + 16);

	if (hi > ZY_SM2_P_HI || (hi == ZY_SM2_P_HI && lo >= ZY_SM2_P_LO))
		return false;
	*out = zy_fe_from(lo, hi);
	return true;
}

void zy_fe_write(const struct zy_fe *a, uint8_t out[32])
{
	const struct zy_fe plain = zy_fe_mul(a, &out_of);

	write_16(plain.hi, out);
	write_16(plain.lo, out + 16);
}
