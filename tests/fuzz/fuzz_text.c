/* Target functions: zy_base45_decode, zy_base64_decode, zy_base64url_decode, zy_unhex, zy_utf8_check. */
#include <stdlib.h>

#include "zy/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void refused(const struct zy_error *err, size_t len)
{
	if (err->code == ZY_OK || (err->offset != ZY_NOWHERE && err->offset > len))
		abort();
}

typedef void encode_fn(struct zy_buf *out, struct zy_bytes in);
typedef bool decode_fn(struct zy_buf *out, struct zy_bytes in, struct zy_error *err);

static void both_ways(decode_fn *decode, encode_fn *encode, struct zy_bytes in)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO bytes = { 0 };
	ZY_BUF_AUTO text = { 0 };

	if (!decode(&bytes, in, &err)) {
		refused(&err, in.len);
		return;
	}
	encode(&text, zy_buf_bytes(&bytes));
	if (!zy_bytes_equal(zy_buf_bytes(&text), in))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_error hex = { 0 }, utf8 = { 0 };
	ZY_BUF_AUTO bytes = { 0 };
	size_t at = 0;

	both_ways(zy_base45_decode, zy_base45_encode, in);
	both_ways(zy_base64_decode, zy_base64_encode, in);
	both_ways(zy_base64url_decode, zy_base64url_encode, in);
	if (zy_buf_extend(&bytes, len / 2 + 1) != NULL && !zy_unhex(in, bytes.p, len / 2, &hex))
		refused(&hex, len);
	if (!zy_utf8_check(in, "text", &utf8)) {
		refused(&utf8, len);
		return 0;
	}
	while (zy_utf8_next(in, &at) != 0)
		;
	if (at != len)
		abort();
	return 0;
}
