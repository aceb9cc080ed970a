/* Target functions: zy_hsm_answer_parse; a result is put back by zy_hsm_answer_begin. */
#include <stdlib.h>

#include "hsm/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_error err = { 0 };
	struct zy_hsm_answer a;
	ZY_BUF_AUTO b = { 0 };

	if (!zy_hsm_answer_parse(&a, ZY_BYTES(data, len), &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (a.code != ZY_OK) {
		if (a.field == NULL || a.message.p < data || a.message.p + a.message.len > data + len)
			abort();
		return 0;
	}
	zy_hsm_answer_begin(&b);
	zy_buf_put(&b, a.result);
	if (b.failed || !zy_bytes_equal(zy_buf_bytes(&b), ZY_BYTES(data, len)))
		abort();
	return 0;
}
