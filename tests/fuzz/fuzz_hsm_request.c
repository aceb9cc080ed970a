/* Target functions: zy_hsm_request_parse, zy_hsm_request_encode. */
#include <stdlib.h>

#include "hsm/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_error err = { 0 };
	struct zy_hsm_request q;
	ZY_BUF_AUTO b = { 0 };

	if (!zy_hsm_request_parse(&q, ZY_BYTES(data, len), &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	zy_hsm_request_encode(&q, &b);
	if (b.failed || !zy_bytes_equal(zy_buf_bytes(&b), ZY_BYTES(data, len)))
		abort();
	return 0;
}
