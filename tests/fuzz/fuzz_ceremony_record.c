/* Target functions: zy_ceremony_record_parse, zy_ceremony_record_encode. */
#include <stdlib.h>

#include "zy/ceremony_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_ceremony_record r;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO again = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	if (!zy_ceremony_record_parse(&r, ZY_BYTES(data, len), &a, &err)) {
		if (err.code == ZY_OK || err.code == ZY_E_NO_MEMORY)
			abort();
		return 0;
	}
	if (!zy_ceremony_record_encode(&r, &again, &err) || !zy_bytes_equal(zy_buf_bytes(&again), ZY_BYTES(data, len)))
		abort();
	return 0;
}
