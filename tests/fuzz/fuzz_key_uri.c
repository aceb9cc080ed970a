/* Target functions: zy_key_uri_parse, zy_key_uri_encode. A name has one spelling. */
#include <stdlib.h>

#include "hsm/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_error err = { 0 };
	struct zy_key_uri u;
	ZY_BUF_AUTO b = { 0 };

	if (!zy_key_uri_parse(&u, ZY_BYTES(data, len), &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (!zy_key_uri_encode(&u, &b, &err) || !zy_bytes_equal(zy_buf_bytes(&b), ZY_BYTES(data, len)))
		abort();
	return 0;
}
