#include "sm2_verify.h"

#include <stdlib.h>

/* n (GB/T 32918.5 2) */
#define N_LO ZY_U128(0x7203df6b21c6052b, 0x53bbf40939d54123)
#define N_HI ZY_U128(0xfffffffeffffffff, 0xffffffffffffffff)

/* A number below 2^256. */
struct number {
	zy_u128 lo, hi;
};

static struct number read_number(const uint8_t in[32])
{
	struct number v = { 0, 0 };

	for (size_t i = 0; i < 16; i++) {
		v.hi = v.hi << 8 | in[i];
		v.lo = v.lo << 8 | in[16 + i];
	}
	return v;
}

static bool is_below(const struct number *a, zy_u128 lo, zy_u128 hi)
{
	return a->hi < hi || (a->hi == hi && a->lo < lo);
}

static struct number minus(const struct number *a, zy_u128 lo, zy_u128 hi)
{
	return (struct number){ a->lo - lo, a->hi - hi - (a->lo < lo) };
}

static struct number plus(const struct number *a, zy_u128 lo, zy_u128 hi)
{
	const zy_u128 sum = a->lo + lo;

	return (struct number){ sum, a->hi + hi + (sum < lo) };
}

static bool is_in_range(const struct number *a)
{
	return (a->lo | a->hi) != 0 && is_below(a, N_LO, N_HI);
}

/* a + b mod n, both below n. n > 2^255, so a sum that is too large for 256 bits is below a. */
static struct number add_mod(const struct number *a, const struct number *b)
{
	const struct number sum = plus(a, b->lo, b->hi);

	return is_below(&sum, a->lo, a->hi) || !is_below(&sum, N_LO, N_HI) ? minus(&sum, N_LO, N_HI) : sum;
}

/* a - b mod n, both below n */
static struct number sub_mod(const struct number *a, const struct number *b)
{
	const struct number difference = minus(a, b->lo, b->hi);

	return is_below(a, b->lo, b->hi) ? plus(&difference, N_LO, N_HI) : difference;
}

static struct zy_scalar scalar_of(const struct number *a)
{
	return (
	    struct zy_scalar){ { (uint64_t)a->lo, (uint64_t)(a->lo >> 64), (uint64_t)a->hi, (uint64_t)(a->hi >> 64) } };
}

/* The affine x of p is this number: X = x * ZZ, so that nothing is inverted. */
static bool has_x(const struct zy_point *p, const struct number *x)
{
	const struct zy_fe plain = zy_fe_from(x->lo, x->hi), scaled = zy_fe_mul(&plain, &p->zz);

	return zy_fe_equal(&scaled, &p->x);
}

/* (e + x1) mod n = r: x1 is (r - e) mod n, or that and n when this is still below p. */
static bool is_r(const struct zy_point *p, const uint8_t e_octets[32], const struct number *r)
{
	struct number e = read_number(e_octets), x;

	if (zy_fe_is_zero(&p->zz))
		return false;
	if (!is_below(&e, N_LO, N_HI)) /* e < 2^256 < 2n */
		e = minus(&e, N_LO, N_HI);
	x = sub_mod(r, &e);
	if (has_x(p, &x))
		return true;
	x = plus(&x, N_LO, N_HI);
	return !is_below(&x, N_LO, N_HI) && is_below(&x, ZY_SM2_P_LO, ZY_SM2_P_HI) && has_x(p, &x);
}

/* The steps B1 to B7 of GB/T 32918.2 7.1; e is B3 and B4. */
bool zy_sm2_verify(const struct zy_sm2_key *k, const uint8_t e[32], const uint8_t rs[64], bool *good)
{
	const struct zy_multiples *g = zy_generator(), *m = atomic_load(&k->multiples);
	const struct number r = read_number(rs), s = read_number(rs + 32), t = add_mod(&r, &s);
	const struct zy_scalar s_scalar = scalar_of(&s), t_scalar = scalar_of(&t);
	const struct zy_point infinity = { 0 };
	struct zy_point sum;

	*good = false;
	if (g == NULL)
		return false;
	if (!is_in_range(&r) || !is_in_range(&s) || (t.lo | t.hi) == 0)
		return true;
	sum = m != NULL ? zy_multiples_add(m, &t_scalar, &infinity) : zy_odd_multiples_times(&k->odd, &t_scalar);
	sum = zy_multiples_add(g, &s_scalar, &sum);
	*good = is_r(&sum, e, &r);
	return true;
}

bool zy_sm2_key_read(struct zy_sm2_key *out, struct zy_bytes point)
{
	struct zy_affine a;
	bool ok;

	if (point.len == 65 && point.p[0] == 4)
		ok = zy_fe_read(&a.x, point.p + 1) && zy_fe_read(&a.y, point.p + 33) && zy_affine_on_curve(&a);
	else
		ok = point.len == 33 && (point.p[0] == 2 || point.p[0] == 3) && zy_fe_read(&a.x, point.p + 1) &&
		     zy_affine_from_x(&a, &a.x, point.p[0] == 3);
	if (!ok)
		return false;
	out->point = a;
	zy_odd_multiples(&out->odd, &a);
	atomic_init(&out->multiples, NULL);
	return true;
}

void zy_sm2_key_write(const struct zy_sm2_key *k, uint8_t point[65])
{
	point[0] = 4;
	zy_fe_write(&k->point.x, point + 1);
	zy_fe_write(&k->point.y, point + 33);
}

bool zy_sm2_key_prepare(struct zy_sm2_key *k)
{
	struct zy_multiples *m = atomic_load(&k->multiples) == NULL ? malloc(sizeof(*m)) : NULL;

	if (m == NULL)
		return atomic_load(&k->multiples) != NULL;
	if (!zy_multiples_make(m, &k->point)) {
		free(m);
		return false;
	}
	atomic_store(&k->multiples, m);
	return true;
}

void zy_sm2_key_wipe(struct zy_sm2_key *k)
{
	free(atomic_load(&k->multiples));
	atomic_store(&k->multiples, NULL);
}
