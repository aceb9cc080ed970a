/* Target functions: zy_kept_record_parse, zy_kept_record_encode. What is parsed encodes back to the same bytes; the
 * input is tried as it is, and as lines between the first one and a sum that fits. */
#include <stdlib.h>

#include "base/kept_record.h"
#include "zy/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void try_text(struct zy_bytes text)
{
	struct zy_kept k = { .home = "/nowhere", .arena = { .cap = 1 << 24 } };
	struct zy_error err = { 0 };
	ZY_BUF_AUTO out = { 0 };

	if (zy_kept_record_parse(&k, text, &err)
		? !zy_kept_record_encode(&k, &out, &err) || !zy_bytes_equal(zy_buf_bytes(&out), text)
		: err.code == ZY_OK)
		abort();
	zy_kept_close(&k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_error err = { 0 };
	uint8_t sum[ZY_HASH_LEN];
	char hex[2 * ZY_HASH_LEN + 1];
	ZY_BUF_AUTO text = { 0 };

	try_text(ZY_BYTES(data, len));
	zy_buf_put(&text, ZY_LITERAL("zhengyin files 1\n"));
	zy_buf_put(&text, ZY_BYTES(data, len));
	zy_buf_put(&text, ZY_LITERAL("sum "));
	if (!zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&text), sum, &err))
		abort();
	zy_hex(ZY_BYTES(sum, sizeof(sum)), hex);
	zy_buf_put(&text, zy_str(hex));
	zy_buf_put(&text, ZY_LITERAL("\n"));
	try_text(zy_buf_bytes(&text));
	return 0;
}
