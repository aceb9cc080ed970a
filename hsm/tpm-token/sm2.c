#include "tpm-token/sm2.h"

#include "zy/digest.h"

/* a, b, xG, yG of sm2p256v1 (GB/T 32918.5, 2), in the order in which Z takes them */
static const char curve[] = "\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
			    "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xfc"
			    "\x28\xe9\xfa\x9e\x9d\x9f\x5e\x34\x4d\x5a\x9e\x4b\xcf\x65\x09\xa7"
			    "\xf3\x97\x89\xf5\x15\xab\x8f\x92\xdd\xbc\xbd\x41\x4d\x94\x0e\x93"
			    "\x32\xc4\xae\x2c\x1f\x19\x81\x19\x5f\x99\x04\x46\x6a\x39\xc9\x94"
			    "\x8f\xe3\x0b\xbf\xf2\x66\x0b\xe1\x71\x5a\x45\x89\x33\x4c\x74\xc7"
			    "\xbc\x37\x36\xa2\xf4\xf6\x77\x9c\x59\xbd\xce\xe3\x6b\x69\x21\x53"
			    "\xd0\xa9\x87\x7c\xc6\x2a\x47\x40\x02\xdf\x32\xe5\x21\x39\xf0\xa0";

/* Z = SM3(ENTL || ID || a || b || xG || yG || xA || yA) */
static bool identity_digest(struct zy_bytes id, const uint8_t point[65], uint8_t z[32], struct zy_error *err)
{
	const uint8_t entl[2] = { (uint8_t)(id.len * 8 >> 8), (uint8_t)(id.len * 8) };
	struct zy_hasher k = { 0 };

	if (!zy_hasher_start(&k, ZY_HASH_SM3, err) || !zy_hasher_add(&k, ZY_BYTES(entl, sizeof(entl)), err) ||
	    !zy_hasher_add(&k, id, err) || !zy_hasher_add(&k, ZY_BYTES(curve, sizeof(curve) - 1), err) ||
	    !zy_hasher_add(&k, ZY_BYTES(point + 1, 64), err)) {
		zy_hasher_free(&k);
		return false;
	}
	return zy_hasher_final(&k, z, err);
}

bool zy_sm2_message_digest(
    struct zy_bytes id, const uint8_t point[65], struct zy_bytes message, uint8_t e[32], struct zy_error *err)
{
	struct zy_hasher k = { 0 };
	uint8_t z[32];

	if (id.len > ZY_SM2_ID_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "ID", ZY_SM2_ID_MAX, "an ID of more than 8191 bytes");
	if (!identity_digest(id, point, z, err))
		return false;
	if (!zy_hasher_start(&k, ZY_HASH_SM3, err) || !zy_hasher_add(&k, ZY_BYTES(z, sizeof(z)), err) ||
	    !zy_hasher_add(&k, message, err)) {
		zy_hasher_free(&k);
		return false;
	}
	return zy_hasher_final(&k, e, err);
}

/* A positive INTEGER in the fewest bytes (X.690 8.3). */
static void put_integer(struct zy_buf *out, const uint8_t v[32])
{
	size_t skip = 0, lead;

	while (skip < 31 && v[skip] == 0)
		skip++;
	lead = v[skip] >= 0x80;
	zy_buf_put_u8(out, 0x02);
	zy_buf_put_u8(out, (uint8_t)(32 - skip + lead));
	if (lead)
		zy_buf_put_u8(out, 0);
	zy_buf_put(out, ZY_BYTES(v + skip, 32 - skip));
}

void zy_sm2_signature_encode(struct zy_buf *out, const uint8_t rs[64])
{
	ZY_BUF_AUTO parts = { 0 };

	put_integer(&parts, rs);
	put_integer(&parts, rs + 32);
	out->failed |= parts.failed;
	zy_buf_put_u8(out, 0x30);
	zy_buf_put_u8(out, (uint8_t)parts.len);
	zy_buf_put(out, zy_buf_bytes(&parts));
}
