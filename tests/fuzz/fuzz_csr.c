/* Target functions: zy_csr_parse, zy_csr_info_put, zy_csr_put. */
#include <stdint.h>
#include <stdlib.h>

#include "zy/csr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_BUF_AUTO info = { 0 };
	ZY_BUF_AUTO whole = { 0 };
	struct zy_error err = { 0 };
	struct zy_csr c, again;

	if (!zy_csr_parse(&c, ZY_BYTES(data, len), &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	zy_csr_info_put(&info, &c);
	if (info.failed || !zy_bytes_equal(zy_buf_bytes(&info), c.info))
		abort();
	if (c.key.kind == ZY_SPKI_RSA)
		return 0;
	zy_csr_put(&whole, c.info, zy_spki_suite(&c.key), c.rs);
	/* a NULL in the algorithm is read and not written */
	if (whole.failed || whole.len > len || !zy_csr_parse(&again, zy_buf_bytes(&whole), &err) ||
	    !zy_bytes_equal(again.info, c.info) || memcmp(again.rs, c.rs, sizeof(c.rs)) != 0)
		abort();
	return 0;
}
