/* Target functions: zy_noted_request_parse, zy_noted_request_encode, zy_noted_text_parse, zy_noted_text. */
#include <stdlib.h>

#include "zy/noted_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_failed(const struct zy_error *err, size_t len)
{
	if (err->code == ZY_OK || (err->offset != ZY_NOWHERE && err->offset > len))
		abort();
}

static void request(struct zy_bytes in)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO again = { 0 };
	struct zy_noted_request q;

	if (!zy_noted_request_parse(&q, in, &err)) {
		check_failed(&err, in.len);
		return;
	}
	zy_noted_request_encode(&q, &again);
	if (!zy_buf_done(&again, "head", &err) || !zy_bytes_equal(zy_buf_bytes(&again), in))
		abort();
}

static void line(struct zy_bytes in)
{
	static const struct zy_bytes origin = ZY_LITERAL(ZY_NOTED_ORIGIN);
	struct zy_error err = { 0 };
	ZY_BUF_AUTO again = { 0 };
	struct zy_merkle_head h;
	size_t end;

	if (!zy_noted_text_parse(in, &h, &err)) {
		check_failed(&err, in.len + 1);
		return;
	}
	for (end = origin.len; end < in.len && in.p[end] != ' ' && in.p[end] != '\n';)
		end++;
	if (zy_noted_text(ZY_BYTES(in.p + origin.len, end - origin.len), &h, &again, &err) &&
	    !zy_bytes_equal(zy_buf_bytes(&again), in))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	request(ZY_BYTES(data, len));
	line(ZY_BYTES(data, len));
	return 0;
}
