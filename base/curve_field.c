#include "curve_field.h"

/*
 * One step of Montgomery's reduction (Montgomery 1985) by 64 bits: adds m * p, m the lowest 64 bits, which become 0,
 * and shifts them out. -1/p = 1 mod 2^64 for both, so m needs no product; nor has m * p one, with x = m * 2^32:
 * of SM2 it is m * 2^256 - m * 2^224 - m * 2^96 + m * 2^64 - m, shifted m - x + (m * 2^64 - x) * 2^128;
 * of P-256 m * 2^256 - m * 2^224 + m * 2^192 + m * 2^96 - m, shifted x + (m * 2^64 - x + m) * 2^128.
 */
static inline void reduce_64(enum zy_prime prime, zy_u128 *lo, zy_u128 *hi)
{
	const uint64_t m = (uint64_t)*lo;
	const zy_u128 x = (zy_u128)m << 32, top = ((zy_u128)m << 64) - x;
	const zy_u128 low = prime == ZY_PRIME_SM2 ? m - x : x, high = prime == ZY_PRIME_SM2 ? top - (m != 0) : top + m;

	*lo = ZY_U128((uint64_t)*hi, (uint64_t)(*lo >> 64)) + low;
	*hi = (*hi >> 64) + high + (*lo < low);
}

static inline void reduce_256(enum zy_prime prime, zy_u128 *lo, zy_u128 *hi)
{
	for (int i = 0; i < 4; i++)
		reduce_64(prime, lo, hi);
}

/* t / 2^256 mod p, t of 512 bits below p * 2^256: its lower half is reduced to at most p, its upper half added. */
static inline struct zy_fe reduce(const struct zy_field *f, const uint64_t t[8])
{
	zy_u128 lo = ZY_U128(t[1], t[0]), hi = ZY_U128(t[3], t[2]), sum_lo, sum_hi, carry;

	if (f->prime == ZY_PRIME_SM2) /* asked once, not in each step */
		reduce_256(ZY_PRIME_SM2, &lo, &hi);
	else
		reduce_256(ZY_PRIME_P256, &lo, &hi);
	sum_lo = lo + ZY_U128(t[5], t[4]);
	carry = sum_lo < lo;
	sum_hi = hi + ZY_U128(t[7], t[6]);
	return zy_fe_once(f, sum_lo, sum_hi + carry, sum_hi < hi || sum_hi + carry < carry);
}

#define LIMBS(v) (uint64_t)(v)->lo, (uint64_t)((v)->lo >> 64), (uint64_t)(v)->hi, (uint64_t)((v)->hi >> 64)

/* row + a * b and what was carried, which never is more than 128 bits; the new carry is returned. */
static inline uint64_t add_product(uint64_t *row, uint64_t a, uint64_t b, uint64_t carry)
{
	const zy_u128 sum = (zy_u128)a * b + *row + carry;

	*row = (uint64_t)sum;
	return (uint64_t)(sum >> 64);
}

static inline void add_row(uint64_t row[5], uint64_t a, const uint64_t b[4])
{
	uint64_t carry = add_product(&row[0], a, b[0], 0);

	carry = add_product(&row[1], a, b[1], carry);
	carry = add_product(&row[2], a, b[2], carry);
	row[4] = add_product(&row[3], a, b[3], carry);
}

/* Row by row, as on paper. A square by half of the products takes no less: its doublings carry. */
struct zy_fe zy_fe_mul(const struct zy_field *f, const struct zy_fe *x, const struct zy_fe *y)
{
	const uint64_t a[4] = { LIMBS(x) }, b[4] = { LIMBS(y) };
	uint64_t t[8] = { 0 };

	add_row(t, a[0], b);
	add_row(t + 1, a[1], b);
	add_row(t + 2, a[2], b);
	add_row(t + 3, a[3], b);
	return reduce(f, t);
}

/* a to a fixed exponent, four bits at a time from the top. */
static struct zy_fe power(const struct zy_field *f, const struct zy_fe *a, const struct zy_fe *exponent)
{
	const uint64_t e[4] = { LIMBS(exponent) };
	struct zy_fe of[16] = { f->one }, r = f->one;

	for (size_t i = 1; i < 16; i++)
		of[i] = zy_fe_mul(f, &of[i - 1], a);
	for (size_t i = 64; i-- > 0;) {
		for (int k = 0; k < 4; k++)
			r = zy_fe_square(f, &r);
		r = zy_fe_mul(f, &r, &of[e[i / 16] >> i % 16 * 4 & 15]);
	}
	return r;
}

/* a^(p-2) = 1/a (Fermat) */
struct zy_fe zy_fe_invert(const struct zy_field *f, const struct zy_fe *a)
{
	return power(f, a, &(struct zy_fe){ f->p.lo - 2, f->p.hi });
}

/* Both p = 3 mod 4: if a has a root, a^((p+1)/4) is one. p + 1 has no carry into its upper half. */
bool zy_fe_root(const struct zy_field *f, const struct zy_fe *a, struct zy_fe *out)
{
	const zy_u128 lo = f->p.lo + 1, hi = f->p.hi;
	struct zy_fe square;

	*out = power(f, a, &(struct zy_fe){ lo >> 2 | hi << 126, hi >> 2 });
	square = zy_fe_square(f, out);
	return zy_fe_equal(&square, a);
}

void zy_fe_invert_all(const struct zy_field *f, struct zy_fe *v, size_t num, struct zy_fe *work)
{
	struct zy_fe product = f->one, inverse;

	for (size_t i = 0; i < num; i++) {
		work[i] = product;
		product = zy_fe_mul(f, &product, &v[i]);
	}
	inverse = zy_fe_invert(f, &product);
	for (size_t i = num; i-- > 0;) {
		const struct zy_fe before = zy_fe_mul(f, &inverse, &v[i]);

		v[i] = zy_fe_mul(f, &inverse, &work[i]);
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

/* the number whose product takes out of Montgomery's form */
static const struct zy_fe out_of = { 1, 0 };

struct zy_fe zy_fe_from(const struct zy_field *f, zy_u128 lo, zy_u128 hi)
{
	return zy_fe_mul(f, &(struct zy_fe){ lo, hi }, &f->into);
}

bool zy_fe_read(const struct zy_field *f, struct zy_fe *out, const uint8_t in[32])
{
	const zy_u128 hi = read_16(in), lo = read_16(in + 16);

	if (hi > f->p.hi || (hi == f->p.hi && lo >= f->p.lo))
		return false;
	*out = zy_fe_from(f, lo, hi);
	return true;
}

void zy_fe_write(const struct zy_field *f, const struct zy_fe *a, uint8_t out[32])
{
	const struct zy_fe plain = zy_fe_mul(f, a, &out_of);

	write_16(plain.hi, out);
	write_16(plain.lo, out + 16);
}
