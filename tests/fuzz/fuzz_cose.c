/* Target functions: zy_cose_parse, zy_credential_parse. */
#include <stdlib.h>

#include "zy/showing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void refused(const struct zy_error *err, const struct zy_reader *r, size_t len)
{
	if (err->code == ZY_OK || (err->offset != ZY_NOWHERE && err->offset > len) || zy_reader_offset(r) != 0)
		abort();
}

static void same(const struct zy_buf *made, struct zy_bytes want)
{
	if (!zy_bytes_equal(zy_buf_bytes(made), want))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(data, len)), again = r;
	struct zy_error err = { 0 }, why = { 0 };
	ZY_BUF_AUTO header = { 0 };
	ZY_BUF_AUTO payload = { 0 };
	ZY_BUF_AUTO whole = { 0 };
	struct zy_credential credential;
	struct zy_cose c;

	if (!zy_cose_parse(&c, &r, &err)) {
		refused(&err, &r, len);
		return 0;
	}
	zy_cose_header_encode(c.suite, c.kid, &header);
	same(&header, c.protected_header);
	zy_cose_encode(zy_buf_bytes(&header), c.payload, c.rs, &whole);
	same(&whole, c.whole);
	if (!zy_credential_parse(&credential, &again, &why)) {
		refused(&why, &again, len);
		return 0;
	}
	zy_credential_payload_encode(&credential, &payload);
	same(&payload, c.payload);
	return 0;
}
