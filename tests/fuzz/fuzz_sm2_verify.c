/* Target functions: zy_sm2_key_read, zy_sm2_verify, held against OpenSSL. Input: a point of 65 octets, e, r, s; when
 * the point is none of the curve, that of a key from its first octets. */
#include <stdlib.h>

#include "sm2_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct zy_bytes given = ZY_BYTES(data, 65);
	struct zy_sm2_key ours;
	EVP_PKEY *theirs;
	uint8_t point[33] = { 2 };
	bool read;

	if (len != 65 + 32 + 64)
		return 0;
	theirs = oracle_key(given);
	read = zy_sm2_key_read(&ours, given);
	ORACLE_CHECK(read == (theirs != NULL));
	if (!read) {
		memcpy(point + 1, data, 32);
		theirs = oracle_key(ZY_BYTES(point, 33));
		read = zy_sm2_key_read(&ours, ZY_BYTES(point, 33));
		ORACLE_CHECK(read == (theirs != NULL));
	}
	if (read)
		(void)oracle_agrees(theirs, &ours, data + 65, data + 97);
	EVP_PKEY_free(theirs);
	return 0;
}
