/* Target functions: zy_entry_parse, zy_entry_encode. What is parsed encodes back to the same bytes. */
#include <stdlib.h>

#include "ca/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_error err = { 0 };
	struct zy_entry e = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO out = { 0 };

	if (zy_entry_parse(in, &a, &e, &err)
		? !zy_entry_encode(&e, &out, &err) || !zy_bytes_equal(zy_buf_bytes(&out), in)
		: err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
		abort();
	return 0;
}
