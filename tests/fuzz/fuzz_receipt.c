/* Target functions: zy_receipt_parse, zy_receipt_encode. */
#include <stdlib.h>

#include "zy/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_receipt r;

	if (!zy_receipt_parse(&r, ZY_BYTES(data, len), &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	zy_receipt_encode(&r, &b);
	if (b.failed || !zy_bytes_equal(zy_buf_bytes(&b), ZY_BYTES(data, len)))
		abort();
	return 0;
}
