/* Target functions: zy_curve_key_read, zy_curve_key_verify, held against OpenSSL on both curves. Input: a point of 65
 * octets, e, r, s; when the point is none of the curve, that of a key from its first octets. */
#include <stdlib.h>

#include "curve_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool read_both(const struct zy_curve *curve, struct zy_bytes point, struct zy_curve_key *ours, EVP_PKEY **theirs)
{
	const bool read = zy_curve_key_read(ours, curve, point);

	*theirs = oracle_key(curve, point);
	ORACLE_CHECK(read == (*theirs != NULL));
	return read;
}

static void try(const struct zy_curve *curve, const uint8_t *data)
{
	struct zy_curve_key ours;
	EVP_PKEY *theirs;
	uint8_t point[33] = { 2 };

	memcpy(point + 1, data, 32);
	if (read_both(curve, ZY_BYTES(data, 65), &ours, &theirs) ||
	    read_both(curve, ZY_BYTES(point, 33), &ours, &theirs))
		(void)oracle_agrees(theirs, &ours, data + 65, data + 97);
	EVP_PKEY_free(theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len != 65 + 32 + 64)
		return 0;
	try(&zy_curve_sm2, data);
	try(&zy_curve_p256, data);
	return 0;
}
