#include <pthread.h>

#include "curve_point.h"

const struct zy_curve zy_curve_sm2 = {
	.field = { .prime = ZY_PRIME_SM2,
	    .p = { ZY_U128(0xffffffff00000000, 0xffffffffffffffff), ZY_U128(0xfffffffeffffffff, 0xffffffffffffffff) },
	    .one = { ZY_U128(0x00000000ffffffff, 0x0000000000000001), ZY_U128(0x0000000100000000, 0x0000000000000000) },
	    .into = { ZY_U128(0x00000002ffffffff, 0x0000000200000003),
		ZY_U128(0x0000000400000002, 0x0000000100000001) } },
	.b = { ZY_U128(0xf39789f515ab8f92, 0xddbcbd414d940e93), ZY_U128(0x28e9fa9e9d9f5e34, 0x4d5a9e4bcf6509a7) },
	.gx = { ZY_U128(0x8fe30bbff2660be1, 0x715a4589334c74c7), ZY_U128(0x32c4ae2c1f198119, 0x5f9904466a39c994) },
	.gy = { ZY_U128(0xd0a9877cc62a4740, 0x02df32e52139f0a0), ZY_U128(0xbc3736a2f4f6779c, 0x59bdcee36b692153) },
	.n = { ZY_U128(0x7203df6b21c6052b, 0x53bbf40939d54123), ZY_U128(0xfffffffeffffffff, 0xffffffffffffffff) },
};

const struct zy_curve zy_curve_p256 = {
	.field = { .prime = ZY_PRIME_P256,
	    .p = { ZY_U128(0x00000000ffffffff, 0xffffffffffffffff), ZY_U128(0xffffffff00000001, 0x0000000000000000) },
	    .one = { ZY_U128(0xffffffff00000000, 0x0000000000000001), ZY_U128(0x00000000fffffffe, 0xffffffffffffffff) },
	    .into = { ZY_U128(0xfffffffbffffffff, 0x0000000000000003),
		ZY_U128(0x00000004fffffffd, 0xfffffffffffffffe) } },
	.b = { ZY_U128(0x651d06b0cc53b0f6, 0x3bce3c3e27d2604b), ZY_U128(0x5ac635d8aa3a93e7, 0xb3ebbd55769886bc) },
	.gx = { ZY_U128(0x77037d812deb33a0, 0xf4a13945d898c296), ZY_U128(0x6b17d1f2e12c4247, 0xf8bce6e563a440f2) },
	.gy = { ZY_U128(0x2bce33576b315ece, 0xcbb6406837bf51f5), ZY_U128(0x4fe342e2fe1a7f9b, 0x8ee7eb4a7c0f9e16) },
	.n = { ZY_U128(0xbce6faada7179e84, 0xf3b9cac2fc632551), ZY_U128(0xffffffff00000000, 0xffffffffffffffff) },
};

static const struct zy_multiples *generators[2];

static void make_generator(const struct zy_curve *c, struct zy_multiples *room)
{
	const struct zy_field *f = &c->field;
	const struct zy_affine g = { zy_fe_from(f, c->gx.lo, c->gx.hi), zy_fe_from(f, c->gy.lo, c->gy.hi) };

	if (zy_multiples_make(f, room, &g))
		generators[f->prime] = room;
}

static void make_sm2(void)
{
	static struct zy_multiples room;

	make_generator(&zy_curve_sm2, &room);
}

static void make_p256(void)
{
	static struct zy_multiples room;

	make_generator(&zy_curve_p256, &room);
}

const struct zy_multiples *zy_curve_generator(const struct zy_curve *c)
{
	static pthread_once_t sm2 = PTHREAD_ONCE_INIT, p256 = PTHREAD_ONCE_INIT;

	if (c->field.prime == ZY_PRIME_SM2)
		pthread_once(&sm2, make_sm2);
	else
		pthread_once(&p256, make_p256);
	return generators[c->field.prime];
}
