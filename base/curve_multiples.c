/* Tables of multiples: 264 KiB for a point, made by affine additions that share their inversions. */
#include <stdlib.h>

#include "curve_point.h"

#define MOST (ZY_WINDOWS * ZY_WINDOW_HALF / 2) /* additions of one round */

struct making {
	struct zy_fe slope_below[MOST], work[MOST];
};

/* 2^(8 i) times p, brought to affine form together. x = X/ZZ, y = Y/ZZZ, 1/ZZ = (ZZ/ZZZ)^2. */
static void make_bases(const struct zy_field *f, struct zy_multiples *m, const struct zy_affine *p, struct making *w)
{
	struct zy_point at[ZY_WINDOWS] = { zy_point_of(f, p) };

	for (size_t i = 1; i < ZY_WINDOWS; i++) {
		at[i] = at[i - 1];
		for (size_t k = 0; k < 8; k++)
			at[i] = zy_point_double(f, &at[i]);
	}
	for (size_t i = 0; i < ZY_WINDOWS; i++)
		w->slope_below[i] = at[i].zzz;
	zy_fe_invert_all(f, w->slope_below, ZY_WINDOWS, w->work);
	for (size_t i = 0; i < ZY_WINDOWS; i++) {
		const struct zy_fe z = zy_fe_mul(f, &w->slope_below[i], &at[i].zz), zz = zy_fe_square(f, &z);

		m->at[i][0] =
		    (struct zy_affine){ zy_fe_mul(f, &at[i].x, &zz), zy_fe_mul(f, &at[i].y, &w->slope_below[i]) };
	}
}

/* a + c by the chord, or by the tangent when they are the same: y = slope * (x - xa) + ya meets the curve again. */
static struct zy_affine add_affine(
    const struct zy_field *f, const struct zy_affine *a, const struct zy_affine *c, const struct zy_fe *one_by)
{
	const struct zy_fe one = f->one;
	struct zy_fe slope, x, y;

	if (a == c) { /* 3 x^2 - 3 over 2 y */
		const struct zy_fe square = zy_fe_square(f, &a->x), less = zy_fe_sub(f, &square, &one);

		slope = zy_fe_add(f, &less, &less);
		slope = zy_fe_add(f, &slope, &less);
	} else {
		slope = zy_fe_sub(f, &c->y, &a->y);
	}
	slope = zy_fe_mul(f, &slope, one_by);
	x = zy_fe_square(f, &slope);
	x = zy_fe_sub(f, &x, &a->x);
	x = zy_fe_sub(f, &x, &c->x);
	y = zy_fe_sub(f, &a->x, &x);
	y = zy_fe_mul(f, &slope, &y);
	return (struct zy_affine){ x, zy_fe_sub(f, &y, &a->y) };
}

/*
 * From 1 .. half times each base to 1 .. 2 half times it: half * B + j * B. Below 256 times a point of a large prime
 * order, two are equal only for j = half and never opposite, so no divisor is 0.
 */
static void double_length(const struct zy_field *f, struct zy_multiples *m, size_t half, struct making *w)
{
	for (size_t i = 0; i < ZY_WINDOWS; i++)
		for (size_t j = 0; j < half; j++) {
			const struct zy_affine *a = &m->at[i][half - 1], *c = &m->at[i][j];

			w->slope_below[i * half + j] = a == c ? zy_fe_add(f, &a->y, &a->y) : zy_fe_sub(f, &c->x, &a->x);
		}
	zy_fe_invert_all(f, w->slope_below, ZY_WINDOWS * half, w->work);
	for (size_t i = 0; i < ZY_WINDOWS; i++)
		for (size_t j = 0; j < half; j++)
			m->at[i][half + j] =
			    add_affine(f, &m->at[i][half - 1], &m->at[i][j], &w->slope_below[i * half + j]);
}

bool zy_multiples_make(const struct zy_field *f, struct zy_multiples *out, const struct zy_affine *p)
{
	struct making *w = malloc(sizeof(*w));

	if (w == NULL)
		return false;
	make_bases(f, out, p, w);
	for (size_t half = 1; half < ZY_WINDOW_HALF; half *= 2)
		double_length(f, out, half, w);
	free(w);
	return true;
}

/*
 * Digits from -127 to 128, one for each byte: what a digit takes too much, the next gets less. Which entries are wanted
 * is known before anything is added, and no cache that also has other work keeps two tables: they are asked for at
 * once.
 */
static void digits_of(const struct zy_scalar *k, const struct zy_multiples *m, int16_t digit[ZY_WINDOWS])
{
	int carry = 0;

	for (size_t i = 0; i < ZY_WINDOWS; i++) {
		int d = carry;

		if (i < 32)
			d += (int)(k->limb[i / 8] >> i % 8 * 8 & 255);
		carry = d > 128;
		d -= carry * 256;
		digit[i] = (int16_t)d;
		if (d != 0)
			__builtin_prefetch(&m->at[i][abs(d) - 1]);
	}
}

struct zy_point zy_multiples_add(
    const struct zy_field *f, const struct zy_multiples *m, const struct zy_scalar *k, const struct zy_point *sum)
{
	const struct zy_fe zero = { 0, 0 };
	struct zy_point out = *sum;
	int16_t digit[ZY_WINDOWS];

	digits_of(k, m, digit);
	for (size_t i = 0; i < ZY_WINDOWS; i++) {
		struct zy_affine part;

		if (digit[i] == 0)
			continue;
		part = m->at[i][abs(digit[i]) - 1];
		if (digit[i] < 0)
			part.y = zy_fe_sub(f, &zero, &part.y);
		out = zy_point_add_affine(f, &out, &part);
	}
	return out;
}
