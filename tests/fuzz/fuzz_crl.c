/* Target functions: zy_crl_parse, zy_crl_entry_next, zy_crl_around. */
#include <stdlib.h>

#include "status_made.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What is written from what was read reads as the same, and is written the same again: the order of extensions and
 * those that are skipped are all that may get lost. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_error err = { 0 }, never = { 0 };
	ZY_BUF_AUTO one = { 0 }, two = { 0 };
	struct zy_crl c, d;

	if (!zy_crl_parse(&c, ZY_BYTES(data, len), &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (!c.plain)
		return 0;
	if (!made_again(&c, &one, &never) || !zy_crl_parse(&d, zy_buf_bytes(&one), &never) || !d.plain ||
	    !made_again(&d, &two, &never))
		abort();
	if (!zy_bytes_equal(zy_buf_bytes(&one), zy_buf_bytes(&two)) || c.num_entries != d.num_entries ||
	    c.this_update != d.this_update || c.next_update != d.next_update || c.only != d.only ||
	    !zy_bytes_equal(c.issuer, d.issuer) || !zy_bytes_equal(c.number, d.number) ||
	    !zy_bytes_equal(c.point, d.point) || memcmp(c.rs, d.rs, 64) != 0)
		abort();
	return 0;
}
