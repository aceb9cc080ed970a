/* Target functions: zy_record_from_xml, zy_record_to_xml. */
#include <stdlib.h>

#include "zy/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_ARENA_AUTO a = { .cap = (size_t)8 << 20 };
	ZY_BUF_AUTO again = { 0 };
	struct zy_error err = { 0 };
	struct zy_record rec;

	if (!zy_record_from_xml(&rec, ZY_BYTES(data, len), &a, &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (!zy_record_to_xml(&rec, &again, &err) || !zy_bytes_equal(zy_buf_bytes(&again), ZY_BYTES(data, len)))
		abort();
	return 0;
}
