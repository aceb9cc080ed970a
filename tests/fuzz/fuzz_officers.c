/* Target functions: zy_officers_parse. */
#include <stdlib.h>

#include "zy/officers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_ARENA_AUTO a = { .cap = (size_t)16 << 20 };
	struct zy_error err = { 0 };
	struct zy_officers o;

	if (!zy_officers_parse(&o, ZY_BYTES(data, len), &a, &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (o.num < 1 || zy_officer_by_id(&o, o.officers[0].id) != &o.officers[0] ||
	    zy_officer_by_kid(&o, o.officers[0].key_id) != &o.officers[0])
		abort();
	return 0;
}
