/*
 * Coordinates (X, Y, ZZ, ZZZ) and their formulas are those of the Explicit-Formulas Database, short Weierstrass curves,
 * "xyzz": an addition of an affine point costs ten products, fewer than in Jacobian coordinates.
 */
#include "curve_point.h"

static const struct zy_point infinity = { 0 };

/* dbl-2008-s-1 with a = -3: M = 3 (X - ZZ) (X + ZZ). No point has y = 0, since the order is odd; infinity stays. */
struct zy_point zy_point_double(const struct zy_field *f, const struct zy_point *p)
{
	const struct zy_fe u = zy_fe_add(f, &p->y, &p->y), v = zy_fe_square(f, &u), w = zy_fe_mul(f, &u, &v);
	const struct zy_fe s = zy_fe_mul(f, &p->x, &v), minus = zy_fe_sub(f, &p->x, &p->zz),
			   plus = zy_fe_add(f, &p->x, &p->zz);
	const struct zy_fe third = zy_fe_mul(f, &minus, &plus), two = zy_fe_add(f, &third, &third);
	const struct zy_fe m = zy_fe_add(f, &two, &third), mm = zy_fe_square(f, &m), ss = zy_fe_add(f, &s, &s);
	const struct zy_fe x = zy_fe_sub(f, &mm, &ss), d = zy_fe_sub(f, &s, &x);
	const struct zy_fe left = zy_fe_mul(f, &m, &d), right = zy_fe_mul(f, &w, &p->y);

	return (struct zy_point){ x, zy_fe_sub(f, &left, &right), zy_fe_mul(f, &v, &p->zz), zy_fe_mul(f, &w, &p->zzz) };
}

/*
 * What add-2008-s and madd-2008-s share: both points brought to one denominator, (x1, y1) and (x2, y2) over zz, zzz.
 * p is doubled when both are the same point: no other case of the two formulas needs it.
 */
static struct zy_point add_over(const struct zy_field *f, const struct zy_point *p, const struct zy_fe *x1,
    const struct zy_fe *y1, const struct zy_fe *x2, const struct zy_fe *y2, const struct zy_fe *zz,
    const struct zy_fe *zzz)
{
	const struct zy_fe h = zy_fe_sub(f, x2, x1), r = zy_fe_sub(f, y2, y1);
	struct zy_fe hh, hhh, q, rr, x, d, left, right;

	if (zy_fe_is_zero(&h))
		return zy_fe_is_zero(&r) ? zy_point_double(f, p) : infinity;
	hh = zy_fe_square(f, &h);
	hhh = zy_fe_mul(f, &h, &hh);
	q = zy_fe_mul(f, x1, &hh);
	rr = zy_fe_square(f, &r);
	x = zy_fe_sub(f, &rr, &hhh);
	x = zy_fe_sub(f, &x, &q);
	x = zy_fe_sub(f, &x, &q);
	d = zy_fe_sub(f, &q, &x);
	left = zy_fe_mul(f, &r, &d);
	right = zy_fe_mul(f, y1, &hhh);
	return (struct zy_point){ x, zy_fe_sub(f, &left, &right), zy_fe_mul(f, zz, &hh), zy_fe_mul(f, zzz, &hhh) };
}

struct zy_point zy_point_add(const struct zy_field *f, const struct zy_point *p, const struct zy_point *q)
{
	struct zy_fe x1, y1, x2, y2, zz, zzz;

	if (zy_fe_is_zero(&p->zz))
		return *q;
	if (zy_fe_is_zero(&q->zz))
		return *p;
	x1 = zy_fe_mul(f, &p->x, &q->zz);
	y1 = zy_fe_mul(f, &p->y, &q->zzz);
	x2 = zy_fe_mul(f, &q->x, &p->zz);
	y2 = zy_fe_mul(f, &q->y, &p->zzz);
	zz = zy_fe_mul(f, &p->zz, &q->zz);
	zzz = zy_fe_mul(f, &p->zzz, &q->zzz);
	return add_over(f, p, &x1, &y1, &x2, &y2, &zz, &zzz);
}

struct zy_point zy_point_add_affine(const struct zy_field *f, const struct zy_point *p, const struct zy_affine *q)
{
	struct zy_fe x2, y2;

	if (zy_fe_is_zero(&p->zz))
		return zy_point_of(f, q);
	x2 = zy_fe_mul(f, &q->x, &p->zz);
	y2 = zy_fe_mul(f, &q->y, &p->zzz);
	return add_over(f, p, &p->x, &p->y, &x2, &y2, &p->zz, &p->zzz);
}

struct zy_point zy_point_of(const struct zy_field *f, const struct zy_affine *a)
{
	return (struct zy_point){ a->x, a->y, f->one, f->one };
}

/* x^3 - 3x + b */
static struct zy_fe curve_at(const struct zy_curve *c, const struct zy_fe *x)
{
	const struct zy_field *f = &c->field;
	const struct zy_fe b = zy_fe_from(f, c->b.lo, c->b.hi);
	const struct zy_fe xx = zy_fe_square(f, x), one = f->one;
	struct zy_fe sum = zy_fe_sub(f, &xx, &one);

	sum = zy_fe_sub(f, &sum, &one);
	sum = zy_fe_sub(f, &sum, &one);
	sum = zy_fe_mul(f, &sum, x);
	return zy_fe_add(f, &sum, &b);
}

bool zy_affine_on_curve(const struct zy_curve *c, const struct zy_affine *a)
{
	const struct zy_field *f = &c->field;
	const struct zy_fe yy = zy_fe_square(f, &a->y), want = curve_at(c, &a->x);

	return zy_fe_equal(&yy, &want);
}

bool zy_affine_from_x(const struct zy_curve *c, struct zy_affine *out, const struct zy_fe *x, bool odd)
{
	const struct zy_field *f = &c->field;
	const struct zy_fe yy = curve_at(c, x), zero = { 0, 0 };
	uint8_t plain[32];

	out->x = *x;
	if (!zy_fe_root(f, &yy, &out->y))
		return false;
	zy_fe_write(f, &out->y, plain);
	if ((plain[31] & 1) != odd)
		out->y = zy_fe_sub(f, &zero, &out->y);
	return true; /* y is not 0: no point has order 2 */
}

void zy_odd_multiples(const struct zy_field *f, struct zy_odd_multiples *out, const struct zy_affine *p)
{
	struct zy_point twice;

	out->of[0] = zy_point_of(f, p);
	twice = zy_point_double(f, &out->of[0]);
	for (size_t i = 1; i < ZY_ODD_MULTIPLES; i++)
		out->of[i] = zy_point_add(f, &twice, &out->of[i - 1]);
}

static unsigned bit_of(const struct zy_scalar *k, size_t i)
{
	return i < 256 ? (unsigned)(k->limb[i / 64] >> i % 64 & 1) : 0;
}

#define NAF_DIGITS 257

/*
 * The width-5 non-adjacent form of k (Hankerson, Menezes, Vanstone 2004, 3.3.1): odd digits from -15 to 15 or zeros,
 * the lowest first, of which a nonzero one is followed by four zeros. A window of six bits moves up; what a digit takes
 * away from it, or adds, leaves five zeros at its bottom.
 */
static void naf_of(const struct zy_scalar *k, int8_t digit[NAF_DIGITS])
{
	unsigned window = k->limb[0] & 31;

	for (size_t i = 0; i < NAF_DIGITS; i++) {
		digit[i] = 0;
		if ((window & 1) != 0) {
			digit[i] = (int8_t)((window & 16) != 0 ? (int)window - 32 : (int)window);
			window -= (unsigned)digit[i];
		}
		window = window / 2 + 16 * bit_of(k, i + 5);
	}
}

struct zy_point zy_odd_multiples_times(
    const struct zy_field *f, const struct zy_odd_multiples *m, const struct zy_scalar *k)
{
	const struct zy_fe zero = { 0, 0 };
	struct zy_point sum = infinity, part;
	int8_t digit[NAF_DIGITS];

	naf_of(k, digit);
	for (size_t i = NAF_DIGITS; i-- > 0;) {
		sum = zy_point_double(f, &sum);
		if (digit[i] == 0)
			continue;
		part = m->of[(digit[i] < 0 ? -digit[i] : digit[i]) / 2];
		if (digit[i] < 0)
			part.y = zy_fe_sub(f, &zero, &part.y);
		sum = zy_point_add(f, &sum, &part);
	}
	return sum;
}
