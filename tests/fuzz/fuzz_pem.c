/* Target functions: zy_pem_next, zy_pem_collect. */
#include <stdlib.h>

#include "zy/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_ARENA_AUTO a = { .cap = 1 << 20 };
	struct zy_error err = { 0 };
	struct zy_bytes out[4];
	size_t num;

	if (zy_pem_collect(ZY_BYTES(data, len), "CERTIFICATE", "PUBLIC KEY", out, 4, &num, &a, &err)) {
		if (num == 0 || num > 4)
			abort();
	} else if (err.code == ZY_OK) {
		abort();
	}
	return 0;
}
