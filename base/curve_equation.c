#include "curve_equation.h"

static struct zy_number read_number(const uint8_t in[32])
{
	struct zy_number v = { 0, 0 };

	for (size_t i = 0; i < 16; i++) {
		v.hi = v.hi << 8 | in[i];
		v.lo = v.lo << 8 | in[16 + i];
	}
	return v;
}

static bool is_below(const struct zy_number *a, zy_u128 lo, zy_u128 hi)
{
	return a->hi < hi || (a->hi == hi && a->lo < lo);
}

static struct zy_number minus(const struct zy_number *a, zy_u128 lo, zy_u128 hi)
{
	return (struct zy_number){ a->lo - lo, a->hi - hi - (a->lo < lo) };
}

static struct zy_number plus(const struct zy_number *a, zy_u128 lo, zy_u128 hi)
{
	const zy_u128 sum = a->lo + lo;

	return (struct zy_number){ sum, a->hi + hi + (sum < lo) };
}

static bool is_in_range(const struct zy_number *a, const struct zy_fe *n)
{
	return (a->lo | a->hi) != 0 && is_below(a, n->lo, n->hi);
}

/* a + b mod n, both below n. n > 2^255, so a sum that is too large for 256 bits is below a. */
static struct zy_number add_mod(const struct zy_number *a, const struct zy_number *b, const struct zy_fe *n)
{
	const struct zy_number sum = plus(a, b->lo, b->hi);

	return is_below(&sum, a->lo, a->hi) || !is_below(&sum, n->lo, n->hi) ? minus(&sum, n->lo, n->hi) : sum;
}

/* a - b mod n, both below n */
static struct zy_number sub_mod(const struct zy_number *a, const struct zy_number *b, const struct zy_fe *n)
{
	const struct zy_number difference = minus(a, b->lo, b->hi);

	return is_below(a, b->lo, b->hi) ? plus(&difference, n->lo, n->hi) : difference;
}

static struct zy_scalar scalar_of(const struct zy_number *a)
{
	return (
	    struct zy_scalar){ { (uint64_t)a->lo, (uint64_t)(a->lo >> 64), (uint64_t)a->hi, (uint64_t)(a->hi >> 64) } };
}

/* s G + (r + s) Q, whose x and e make r. */
bool zy_equation_sm2(struct zy_equation *out, const uint8_t e_octets[32], const uint8_t rs[64])
{
	const struct zy_fe *n = &zy_curve_sm2.n;
	const struct zy_number r = read_number(rs), s = read_number(rs + 32), t = add_mod(&r, &s, n);
	struct zy_number e = read_number(e_octets);

	if (!is_in_range(&r, n) || !is_in_range(&s, n) || (t.lo | t.hi) == 0)
		return false;
	if (!is_below(&e, n->lo, n->hi)) /* e < 2^256 < 2n */
		e = minus(&e, n->lo, n->hi);
	*out = (struct zy_equation){ scalar_of(&s), scalar_of(&t), sub_mod(&r, &e, n) };
	return true;
}

static void shift_right(struct zy_number *a, unsigned by)
{
	a->lo = a->lo >> by | a->hi << (128 - by);
	a->hi >>= by;
}

static void shift_left(struct zy_number *a, unsigned by)
{
	a->hi = a->hi << by | a->lo >> (128 - by);
	a->lo <<= by;
}

/* Makes an even number odd, and the factor of the other one larger by as much. */
static unsigned strip(struct zy_number *even, struct zy_number *factor)
{
	unsigned bits = 0;

	while ((even->lo & 1) == 0) {
		const unsigned zeros = (uint64_t)even->lo == 0 ? 63 : (unsigned)__builtin_ctzll((uint64_t)even->lo);

		shift_right(even, zeros);
		shift_left(factor, zeros);
		bits += zeros;
	}
	return bits;
}

/*
 * 2^k / a mod n, for the k that is returned (Kaliski 1995, without its last step): a * s = v * 2^k and
 * a * r = -u * 2^k mod n hold, and u * s + v * r = n, so neither factor grows over n; u and v come down to 1, since n
 * is prime.
 */
static unsigned almost_invert(struct zy_number *a, const struct zy_fe *n)
{
	struct zy_number u = { n->lo, n->hi }, v = *a, r = { 0, 0 }, s = { 1, 0 };
	unsigned k = strip(&v, &r);

	while (u.lo != v.lo || u.hi != v.hi) {
		if (is_below(&v, u.lo, u.hi)) {
			u = minus(&u, v.lo, v.hi);
			r = plus(&r, s.lo, s.hi);
			k += strip(&u, &s);
		} else {
			v = minus(&v, u.lo, u.hi);
			s = plus(&s, r.lo, r.hi);
			k += strip(&v, &r);
		}
	}
	*a = s;
	return k;
}

/* a * b / 2^256 mod n (Montgomery 1985), both below n */
static struct zy_number times(const struct zy_number *a, const struct zy_number *b, const struct zy_fe *n)
{
	const uint64_t y[4] = { (uint64_t)b->lo, (uint64_t)(b->lo >> 64), (uint64_t)b->hi, (uint64_t)(b->hi >> 64) };
	const uint64_t m[4] = { (uint64_t)n->lo, (uint64_t)(n->lo >> 64), (uint64_t)n->hi, (uint64_t)(n->hi >> 64) };
	const struct zy_scalar x = scalar_of(a);
	uint64_t one_by = 1, t[6] = { 0 };
	struct zy_number sum;

	for (int i = 0; i < 6; i++) /* 1/n mod 2^64: each step doubles the bits that are right (Newton) */
		one_by *= 2 - m[0] * one_by;
	for (int i = 0; i < 4; i++) {
		uint64_t carry = 0, carry_n = 0, q;
		zy_u128 top;

		for (int j = 0; j < 4; j++) {
			const zy_u128 p = (zy_u128)x.limb[i] * y[j] + t[j] + carry;

			t[j] = (uint64_t)p;
			carry = (uint64_t)(p >> 64);
		}
		q = 0 - t[0] * one_by;
		for (int j = 0; j < 4; j++) {
			const zy_u128 p = (zy_u128)q * m[j] + t[j] + carry_n;

			t[j == 0 ? 5 : j - 1] = (uint64_t)p; /* the lowest is 0 now */
			carry_n = (uint64_t)(p >> 64);
		}
		top = (zy_u128)t[4] + carry + carry_n;
		t[3] = (uint64_t)top;
		t[4] = (uint64_t)(top >> 64);
	}
	sum = (struct zy_number){ ZY_U128(t[1], t[0]), ZY_U128(t[3], t[2]) };
	return t[4] != 0 || !is_below(&sum, n->lo, n->hi) ? minus(&sum, n->lo, n->hi) : sum;
}

/* 2^256 / a mod n */
static struct zy_number invert(const struct zy_number *a, const struct zy_fe *n)
{
	struct zy_number inverse = *a, power = { 1, 0 };
	unsigned k = almost_invert(&inverse, n);

	for (; k < 257; k++) /* so that the power is below n */
		inverse = add_mod(&inverse, &inverse, n);
	if (512 - k >= 128)
		power = (struct zy_number){ 0, (zy_u128)1 << (512 - k - 128) };
	else
		power.lo <<= 512 - k;
	return times(&inverse, &power, n);
}

/* e/s G + r/s Q, whose x is r. */
bool zy_equation_ecdsa(struct zy_equation *out, const uint8_t e_octets[32], const uint8_t rs[64])
{
	const struct zy_fe *n = &zy_curve_p256.n;
	const struct zy_number r = read_number(rs), s = read_number(rs + 32);
	struct zy_number e = read_number(e_octets), inverse, by_s[2];

	if (!is_in_range(&r, n) || !is_in_range(&s, n))
		return false;
	if (!is_below(&e, n->lo, n->hi))
		e = minus(&e, n->lo, n->hi);
	inverse = invert(&s, n);
	by_s[0] = times(&e, &inverse, n);
	by_s[1] = times(&r, &inverse, n);
	*out = (struct zy_equation){ scalar_of(&by_s[0]), scalar_of(&by_s[1]), r };
	return true;
}

/* The affine x of p is this number: X = x * ZZ, so that nothing is inverted. */
static bool has_x(const struct zy_curve *c, const struct zy_point *p, const struct zy_number *x)
{
	const struct zy_fe plain = zy_fe_from(&c->field, x->lo, x->hi), scaled = zy_fe_mul(&c->field, &plain, &p->zz);

	return zy_fe_equal(&scaled, &p->x);
}

bool zy_equation_holds(const struct zy_curve *c, const struct zy_point *sum, const struct zy_number *x)
{
	struct zy_number more;

	if (zy_fe_is_zero(&sum->zz))
		return false;
	if (has_x(c, sum, x))
		return true;
	more = plus(x, c->n.lo, c->n.hi);
	return !is_below(&more, c->n.lo, c->n.hi) && is_below(&more, c->field.p.lo, c->field.p.hi) &&
	       has_x(c, sum, &more);
}
