/* Target functions: zy_revocation_rule_parse. */
#include <stdlib.h>
#include <string.h>

#include "zy/revocation_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_ARENA_AUTO a = { .cap = (size_t)16 << 20 };
	struct zy_revocation_rule r;
	struct zy_error err = { 0 };

	if (!zy_revocation_rule_parse(&r, ZY_BYTES(data, len), &a, &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	for (size_t i = 0; i < r.num_serials; i++)
		if (!zy_revocation_rule_has_serial(&r, r.serials[i].p) ||
		    (i > 0 && memcmp(r.serials[i - 1].p, r.serials[i].p, ZY_RULE_SERIAL_LEN) >= 0))
			abort();
	return 0;
}
