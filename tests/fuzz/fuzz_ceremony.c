/* Target functions: zy_ceremony_plan_parse. */
#include <stdlib.h>

#include "zy/ceremony.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_ceremony_plan p;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO again = { 0 };

	if (!zy_ceremony_plan_parse(&p, ZY_BYTES(data, len), &err)) {
		if (err.code == ZY_OK)
			abort();
		return 0;
	}
	zy_ceremony_plan_encode(&p, &again);
	if (!zy_bytes_equal(zy_buf_bytes(&again), ZY_BYTES(data, len)))
		abort();
	return 0;
}
