#include "curve_key.h"

#include <stdlib.h>

#include "curve_equation.h"

/* g * G + k * Q. False without memory. */
static bool add_up(const struct zy_curve_key *k, const struct zy_equation *q, struct zy_point *sum)
{
	const struct zy_field *f = &k->curve->field;
	const struct zy_multiples *m = atomic_load(&k->multiples), *g;
	const struct zy_point infinity = { 0 };

	if (m == NULL && k->curve == &zy_curve_p256)
		return zy_p256_sum(&k->point, &q->g, &q->k, sum);
	if ((g = zy_curve_generator(k->curve)) == NULL)
		return false;
	*sum = m != NULL ? zy_multiples_add(f, m, &q->k, &infinity) : zy_odd_multiples_times(f, &k->odd, &q->k);
	*sum = zy_multiples_add(f, g, &q->g, sum);
	return true;
}

bool zy_curve_key_verify(const struct zy_curve_key *k, const uint8_t e[32], const uint8_t rs[64], bool *good)
{
	struct zy_equation q;
	struct zy_point sum;

	*good = false;
	if (!(k->curve == &zy_curve_sm2 ? zy_equation_sm2 : zy_equation_ecdsa)(&q, e, rs))
		return true;
	if (!add_up(k, &q, &sum))
		return false;
	*good = zy_equation_holds(k->curve, &sum, &q.x);
	return true;
}

bool zy_curve_key_read(struct zy_curve_key *out, const struct zy_curve *curve, struct zy_bytes point)
{
	const struct zy_field *f = &curve->field;
	struct zy_affine a;
	bool ok;

	if (point.len == 65 && point.p[0] == 4)
		ok = zy_fe_read(f, &a.x, point.p + 1) && zy_fe_read(f, &a.y, point.p + 33) &&
		     zy_affine_on_curve(curve, &a);
	else
		ok = point.len == 33 && (point.p[0] == 2 || point.p[0] == 3) && zy_fe_read(f, &a.x, point.p + 1) &&
		     zy_affine_from_x(curve, &a, &a.x, point.p[0] == 3);
	if (!ok)
		return false;
	out->curve = curve;
	out->point = a;
	if (curve == &zy_curve_sm2)
		zy_odd_multiples(f, &out->odd, &a);
	atomic_init(&out->multiples, NULL);
	return true;
}

void zy_curve_key_write(const struct zy_curve_key *k, uint8_t point[65])
{
	point[0] = 4;
	zy_fe_write(&k->curve->field, &k->point.x, point + 1);
	zy_fe_write(&k->curve->field, &k->point.y, point + 33);
}

bool zy_curve_key_prepare(struct zy_curve_key *k)
{
	struct zy_multiples *m =
	    atomic_load(&k->multiples) == NULL ? aligned_alloc(_Alignof(struct zy_multiples), sizeof(*m)) : NULL;

	if (m == NULL)
		return atomic_load(&k->multiples) != NULL;
	if (!zy_multiples_make(&k->curve->field, m, &k->point)) {
		free(m);
		return false;
	}
	atomic_store(&k->multiples, m);
	return true;
}

void zy_curve_key_wipe(struct zy_curve_key *k)
{
	free(atomic_load(&k->multiples));
	atomic_store(&k->multiples, NULL);
}
