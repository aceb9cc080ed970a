/* Target functions: zy_tsp_request_parse, zy_tsp_request_encode. */
#include <stdlib.h>

#include "zy/tsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_error err = { 0 };
	struct zy_tsp_request q;
	ZY_BUF_AUTO b = { 0 };

	if (!zy_tsp_request_parse(&q, ZY_BYTES(data, len), &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (!zy_tsp_request_encode(&q, &b, &err) || !zy_bytes_equal(zy_buf_bytes(&b), ZY_BYTES(data, len)))
		abort();
	return 0;
}
