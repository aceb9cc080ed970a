#include "zy/sm2.h"

const struct zy_bytes zy_sm2_id = ZY_LITERAL("1234567812345678");

/* a, b, xG, yG of sm2p256v1 (GB/T 32918.5 2), in the order in which Z takes them */
static const char curve[] = "\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
			    "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xfc"
			    "\x28\xe9\xfa\x9e\x9d\x9f\x5e\x34\x4d\x5a\x9e\x4b\xcf\x65\x09\xa7"
			    "\xf3\x97\x89\xf5\x15\xab\x8f\x92\xdd\xbc\xbd\x41\x4d\x94\x0e\x93"
			    "\x32\xc4\xae\x2c\x1f\x19\x81\x19\x5f\x99\x04\x46\x6a\x39\xc9\x94"
			    "\x8f\xe3\x0b\xbf\xf2\x66\x0b\xe1\x71\x5a\x45\x89\x33\x4c\x74\xc7"
			    "\xbc\x37\x36\xa2\xf4\xf6\x77\x9c\x59\xbd\xce\xe3\x6b\x69\x21\x53"
			    "\xd0\xa9\x87\x7c\xc6\x2a\x47\x40\x02\xdf\x32\xe5\x21\x39\xf0\xa0";

/* n of sm2p256v1 (GB/T 32918.5 2) and of P-256 (SP 800-186 3.2.1.3) */
static const char orders[2][33] = {
	[ZY_SUITE_GM] = "\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
			"\x72\x03\xdf\x6b\x21\xc6\x05\x2b\x53\xbb\xf4\x09\x39\xd5\x41\x23",
	[ZY_SUITE_INTL] = "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
			  "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51",
};

/* SM3 of parts one after the other. */
static bool sm3_of(const struct zy_bytes *parts, size_t num, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher h = { 0 };

	if (!zy_hasher_start(&h, ZY_HASH_SM3, err))
		return false;
	for (size_t i = 0; i < num; i++)
		if (!zy_hasher_add(&h, parts[i], err)) {
			zy_hasher_free(&h);
			return false;
		}
	return zy_hasher_final(&h, out, err);
}

bool zy_sm2_z(struct zy_bytes id, const uint8_t point[65], uint8_t z[ZY_HASH_LEN], struct zy_error *err)
{
	const uint8_t entl[2] = { (uint8_t)(id.len * 8 >> 8), (uint8_t)(id.len * 8) };
	const struct zy_bytes parts[] = { ZY_BYTES(entl, sizeof(entl)), id, ZY_BYTES(curve, sizeof(curve) - 1),
		ZY_BYTES(point + 1, 64) };

	if (id.len > ZY_SM2_ID_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "ID", ZY_SM2_ID_MAX, "an ID of more than %zu bytes", ZY_SM2_ID_MAX);
	return sm3_of(parts, sizeof(parts) / sizeof(parts[0]), z, err);
}

bool zy_sm2_e(
    struct zy_bytes id, const uint8_t point[65], struct zy_bytes message, uint8_t e[ZY_HASH_LEN], struct zy_error *err)
{
	uint8_t z[ZY_HASH_LEN];
	const struct zy_bytes parts[] = { ZY_BYTES(z, sizeof(z)), message };

	return zy_sm2_z(id, point, z, err) && sm3_of(parts, 2, e, err);
}

bool zy_rs_in_range(enum zy_suite suite, const uint8_t rs[64])
{
	static const uint8_t zero[32];

	for (size_t i = 0; i < 2; i++)
		if (memcmp(rs + 32 * i, zero, 32) == 0 || memcmp(rs + 32 * i, orders[suite], 32) >= 0)
			return false;
	return true;
}
