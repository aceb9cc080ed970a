/* Target functions: zy_order_parse, zy_order_encode, zy_order_file_parse, zy_order_file_encode, zy_order_input_parse.
 */
#include <stdlib.h>

#include "zy/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void refused(const struct zy_error *err, size_t len)
{
	if (err->code == ZY_OK || (err->offset != ZY_NOWHERE && err->offset > len))
		abort();
}

static void one_order(struct zy_bytes in)
{
	struct zy_error err = { 0 };
	struct zy_order o;
	ZY_BUF_AUTO b = { 0 };

	if (!zy_order_parse(&o, in, &err)) {
		refused(&err, in.len);
		return;
	}
	if (!zy_order_encode(&o, &b, &err) || !zy_bytes_equal(zy_buf_bytes(&b), in))
		abort();
}

static void whole_file(struct zy_bytes in)
{
	struct zy_error err = { 0 };
	struct zy_order_file f;
	ZY_BUF_AUTO b = { 0 };

	if (!zy_order_file_parse(&f, in, &err)) {
		refused(&err, in.len);
		return;
	}
	one_order(f.order);
	if (!zy_order_file_encode(&f, &b, &err) || !zy_bytes_equal(zy_buf_bytes(&b), in))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t id[ZY_HASH_LEN];
	struct zy_error err = { 0 };
	struct zy_order o;

	one_order(ZY_BYTES(data, len));
	whole_file(ZY_BYTES(data, len));
	if (!zy_order_input_parse(&o, ZY_BYTES(data, len), ZY_SUITE_GM, id, &err))
		refused(&err, len);
	return 0;
}
