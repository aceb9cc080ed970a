/* Target functions: zy_tsp_response_parse, zy_tst_parse, zy_tst_info_parse, zy_tst_attrs_parse and their encoders. */
#include <stdlib.h>

#include "zy/tsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void failed(const struct zy_error *err, size_t len)
{
	if (err->code == ZY_OK || (err->offset != ZY_NOWHERE && err->offset > len))
		abort();
}

static void info(struct zy_bytes in)
{
	struct zy_error err = { 0 };
	struct zy_tst_info i;
	ZY_BUF_AUTO b = { 0 };

	if (!zy_tst_info_parse(&i, in, &err))
		failed(&err, in.len);
	else if (!zy_tst_info_encode(&i, &b, &err) || !zy_bytes_equal(zy_buf_bytes(&b), in))
		abort();
}

static void token(struct zy_bytes in)
{
	struct zy_error err = { 0 };
	struct zy_cms_attrs attrs;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_tst t;

	if (!zy_tst_parse(&t, in, &a, &err)) {
		failed(&err, in.len);
		return;
	}
	/* of others also attributes out of order are read, which none of ours has */
	if (!t.cms.attrs.is_unordered && !zy_tst_attrs_parse(&attrs, t.cms.signed_attrs, &err))
		abort();
	info(t.content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_error err = { 0 };
	struct zy_cms_attrs attrs;
	struct zy_tsp_response r;
	ZY_BUF_AUTO b = { 0 };

	info(in);
	token(in);
	if (!zy_tst_attrs_parse(&attrs, in, &err))
		failed(&err, len);
	err = (struct zy_error){ 0 };
	if (!zy_tsp_response_parse(&r, in, &err)) {
		failed(&err, len);
		return 0;
	}
	if (!zy_tsp_response_encode(&r, &b, &err) || !zy_bytes_equal(zy_buf_bytes(&b), in))
		abort();
	token(r.token);
	return 0;
}
