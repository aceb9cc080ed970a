/* Target function: zy_cert_facts. */
#include <stdint.h>
#include <stdlib.h>

#include "zy/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_cert_facts f;

	if (zy_cert_facts(ZY_BYTES(data, len), &a, &f, &err)) {
		if (f.subject == NULL || f.point[0] != 4 || (f.uscc[0] != 0 && strlen(f.uscc) != 18))
			abort();
	} else if ((err.code != ZY_E_CERT && err.code != ZY_E_KEY) || (err.offset != ZY_NOWHERE && err.offset > len)) {
		abort();
	}
	return 0;
}
