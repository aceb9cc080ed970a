/* Target functions: zy_trust_jws_parse, zy_trust_jws_encode, zy_trust_jws_input. */
#include <stdlib.h>

#include "zy/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_ARENA_AUTO a = { .cap = (size_t)64 << 20 };
	ZY_BUF_AUTO again = { 0 };
	struct zy_error err = { 0 };
	struct zy_bytes certs[2];
	struct zy_trust_jws j;
	uint8_t rs[2][64];

	if (!zy_trust_jws_parse(&j, ZY_BYTES(data, len), &a, &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	for (int i = 0; i < 2; i++) {
		ZY_BUF_AUTO input = { 0 };

		certs[i] = j.signatures[i].cert;
		memcpy(rs[i], j.signatures[i].rs, 64);
		if (!zy_trust_jws_input((enum zy_suite)i, certs[i], j.payload, &input, &err) ||
		    !zy_bytes_equal(zy_buf_bytes(&input), j.signatures[i].signed_bytes))
			abort();
	}
	if (!zy_trust_jws_encode(j.payload, certs, (const uint8_t(*)[64])rs, &again, &err) ||
	    !zy_bytes_equal(zy_buf_bytes(&again), ZY_BYTES(data, len)))
		abort();
	return 0;
}
