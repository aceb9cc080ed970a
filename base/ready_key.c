/* Z of SM2 is computed here, with the default ID; the arithmetic of both curves is that of curve_key.c. */
#include "ready_key.h"

#include <stdlib.h>

#include "zy/sm2.h"

/* Z is over the whole point: the one given may be compressed. */
static bool make(struct zy_ready_key *k, struct zy_bytes point, struct zy_error *err)
{
	const bool is_sm2 = k->suite == ZY_SUITE_GM;
	uint8_t whole[65];

	if (!zy_curve_key_read(&k->key, is_sm2 ? &zy_curve_sm2 : &zy_curve_p256, point))
		return zy_fail(err, ZY_E_KEY, "key", ZY_NOWHERE, "the point is not on the curve");
	zy_curve_key_write(&k->key, whole);
	return !is_sm2 || zy_sm2_z(zy_sm2_id, whole, k->z, err);
}

struct zy_ready_key *zy_ready_key_new(enum zy_suite suite, struct zy_bytes point, struct zy_error *err)
{
	struct zy_ready_key *k;

	if (!(point.len == 65 && point.p[0] == 4) && !(point.len == 33 && (point.p[0] == 2 || point.p[0] == 3))) {
		(void)zy_fail(err, ZY_E_KEY, "key", ZY_NOWHERE, "a point is 04 and 64 octets, or 02 or 03 and 32");
		return NULL;
	}
	if ((k = calloc(1, sizeof(*k))) == NULL) {
		(void)zy_fail(err, ZY_E_NO_MEMORY, "key", ZY_NOWHERE, "no memory for a public key");
		return NULL;
	}
	atomic_init(&k->refs, 1);
	k->suite = suite;
	k->given_len = point.len;
	memcpy(k->given, point.p, point.len);
	if (make(k, point, err))
		return k;
	zy_ready_key_unref(k);
	return NULL;
}

void zy_ready_key_unref(struct zy_ready_key *k)
{
	if (k == NULL || atomic_fetch_sub(&k->refs, 1) != 1)
		return;
	zy_curve_key_wipe(&k->key);
	free(k);
}

bool zy_ready_key_verify(
    struct zy_ready_key *k, const uint8_t e[ZY_HASH_LEN], const uint8_t rs[64], bool *good, struct zy_error *err)
{
	return zy_curve_key_verify(&k->key, e, rs, good) ||
	       zy_fail(err, ZY_E_NO_MEMORY, "signature", ZY_NOWHERE, "no memory for the curve's table");
}

bool zy_ready_key_digest(
    const struct zy_ready_key *k, struct zy_bytes message, uint8_t e[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher h = { 0 };

	if (zy_hasher_start(&h, zy_suite_hash(k->suite), err) &&
	    (k->suite != ZY_SUITE_GM || zy_hasher_add(&h, ZY_BYTES(k->z, ZY_HASH_LEN), err)) &&
	    zy_hasher_add(&h, message, err))
		return zy_hasher_final(&h, e, err);
	zy_hasher_free(&h);
	return false;
}
