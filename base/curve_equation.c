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

static struct zy_number half(const struct zy_number *a, bool above)
{
	return (struct zy_number){ a->lo >> 1 | a->hi << 127, a->hi >> 1 | (zy_u128)above << 127 };
}

/* a / 2 mod n: an odd a takes n first, which may give a 257th bit. */
static struct zy_number half_mod(const struct zy_number *a, const struct zy_fe *n)
{
	struct zy_number sum;

	if ((a->lo & 1) == 0)
		return half(a, false);
	sum = plus(a, n->lo, n->hi);
	return half(&sum, is_below(&sum, a->lo, a->hi));
}

/* A number that is times of[i] modulo the divisor's number, for both i. */
struct part {
	struct zy_number left, of[2];
};

static void halve(struct part *p, const struct zy_fe *n)
{
	while ((p->left.lo & 1) == 0) {
		p->left = half(&p->left, false);
		p->of[0] = half_mod(&p->of[0], n);
		p->of[1] = half_mod(&p->of[1], n);
	}
}

static void take(struct part *from, const struct part *p, const struct zy_fe *n)
{
	from->left = minus(&from->left, p->left.lo, p->left.hi);
	from->of[0] = sub_mod(&from->of[0], &p->of[0], n);
	from->of[1] = sub_mod(&from->of[1], &p->of[1], n);
}

static bool is_one(const struct zy_number *a)
{
	return a->lo == 1 && a->hi == 0;
}

/*
 * Both a[i] / s mod n at once, by Euclid's algorithm with halves (Hankerson, Menezes, Vanstone 2004, 2.2.5, algorithm
 * 2.22): left * a[i] = of[i] * s mod n holds in both parts, and one `left` comes down to 1, since n is prime.
 */
static void divide(struct zy_number a[2], const struct zy_number *s, const struct zy_fe *n)
{
	struct part u = { *s, { a[0], a[1] } }, v = { { n->lo, n->hi }, { { 0, 0 }, { 0, 0 } } };
	const struct part *end;

	while (!is_one(&u.left) && !is_one(&v.left)) {
		halve(&u, n);
		halve(&v, n);
		if (is_below(&u.left, v.left.lo, v.left.hi))
			take(&v, &u, n);
		else
			take(&u, &v, n);
	}
	end = is_one(&u.left) ? &u : &v;
	a[0] = end->of[0];
	a[1] = end->of[1];
}

/* e/s G + r/s Q, whose x is r. */
bool zy_equation_ecdsa(struct zy_equation *out, const uint8_t e_octets[32], const uint8_t rs[64])
{
	const struct zy_fe *n = &zy_curve_p256.n;
	const struct zy_number r = read_number(rs), s = read_number(rs + 32);
	struct zy_number by_s[2] = { read_number(e_octets), r };

	if (!is_in_range(&r, n) || !is_in_range(&s, n))
		return false;
	if (!is_below(&by_s[0], n->lo, n->hi))
		by_s[0] = minus(&by_s[0], n->lo, n->hi);
	divide(by_s, &s, n);
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
