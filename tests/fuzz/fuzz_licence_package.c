/* Target functions: zy_licence_package_is, zy_licence_package_parse, zy_licence_package_encode. */
#include <stdlib.h>

#include "zy/licence_package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_licence_package p = { 0 }, again = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };

	(void)zy_licence_package_is(ZY_BYTES(data, len));
	if (!zy_licence_package_parse(&p, ZY_BYTES(data, len), &a, &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (p.stranger != NULL || p.files[0].len + p.files[1].len + p.proof.len == 0)
		return 0;
	/* what was read is what would be written */
	if (!zy_licence_package_encode(&p, &b, &err) || !zy_licence_package_is(zy_buf_bytes(&b)) ||
	    !zy_licence_package_parse(&again, zy_buf_bytes(&b), &a, &err) || again.stranger != NULL ||
	    !zy_bytes_equal(p.files[0], again.files[0]) || !zy_bytes_equal(p.files[1], again.files[1]) ||
	    !zy_bytes_equal(p.proof, again.proof))
		abort();
	return 0;
}
