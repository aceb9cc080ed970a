/* Target functions: zy_log_loss_parse, zy_log_loss_encode. */
#include <stdlib.h>

#include "zy/log_loss.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_log_loss o;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO again = { 0 };

	if (!zy_log_loss_parse(&o, ZY_BYTES(data, len), &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (!zy_log_loss_encode(&o, &again, &err) || !zy_bytes_equal(zy_buf_bytes(&again), ZY_BYTES(data, len)))
		abort();
	return 0;
}
