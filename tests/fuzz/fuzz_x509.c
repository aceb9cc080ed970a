/* Target functions: zy_x509_parse, zy_name_is_equal, zy_name_is_within, zy_name_walk_next. */
#include <stdlib.h>

#include "zy/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t common_name[] = { 0x55, 0x04, 0x03 };
	struct zy_error err = { 0 };
	struct zy_name_walk w;
	struct zy_bytes value;
	struct zy_x509 c;

	if (!zy_x509_parse(&c, ZY_BYTES(data, len), &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (c.fault.code != ZY_OK && c.fault.offset != ZY_NOWHERE && c.fault.offset > len)
		abort();
	if (c.tbs.p < data || c.tbs.p + c.tbs.len > data + len || c.version < 1 || c.version > 3)
		abort();
	if (zy_name_is_equal(c.issuer, c.subject) != zy_name_is_equal(c.subject, c.issuer))
		abort();
	if (zy_name_is_equal(c.issuer, c.subject) && !zy_name_is_within(c.issuer, c.subject))
		abort();
	w = zy_name_walk_over(c.subject);
	while (zy_name_walk_next(&w, ZY_BYTES(common_name, sizeof(common_name)), &value))
		if (value.p < data || value.p + value.len > data + len)
			abort();
	return 0;
}
