/* Target functions: zy_der_any, zy_der_rs and the getters of one element. */
#include <stdlib.h>

#include "zy/der.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define DEPTH 16

static void refused(const struct zy_error *err, size_t len)
{
	if (err->code == ZY_OK || (err->offset != ZY_NOWHERE && err->offset > len))
		abort();
}

/* Every getter over one element: what it takes is the element, or nothing. */
static void getters(const struct zy_reader *r, size_t len)
{
	uint64_t n;
	zy_time t;
	bool b;

	for (int k = 0; k < 7; k++) {
		struct zy_error err = { 0 };
		struct zy_reader at = *r;
		struct zy_bytes v;
		bool ok = k == 0   ? zy_der_unsigned(&at, "n", &v, &err)
			  : k == 1 ? zy_der_small(&at, "n", UINT64_MAX, &n, &err)
			  : k == 2 ? zy_der_bool(&at, "b", &b, &err)
			  : k == 3 ? zy_der_bits(&at, "bits", &v, &err)
			  : k == 4 ? zy_der_utf8(&at, "text", &v, &err)
			  : k == 5 ? zy_der_ascii(&at, ZY_DER_PRINTABLE, "text", &v, &err)
				   : zy_der_time(&at, true, "time", &t, &err);

		if (!ok) {
			refused(&err, len);
			if (zy_reader_offset(&at) != zy_reader_offset(r))
				abort();
		}
	}
}

static void walk(struct zy_reader *r, int depth, size_t len)
{
	struct zy_error err = { 0 };
	struct zy_bytes content, whole;
	uint8_t tag;

	while (zy_reader_left(r) > 0) {
		ZY_BUF_AUTO again = { 0 };
		struct zy_reader inner;
		char text[80];

		getters(r, len);
		if (!zy_der_any(r, "any", &tag, &content, &whole, &err)) {
			refused(&err, len);
			return;
		}
		zy_der_put(&again, tag, content);
		if (!zy_bytes_equal(zy_buf_bytes(&again), whole))
			abort();
		if (tag == ZY_DER_OID)
			zy_oid_text(content, text, sizeof(text));
		inner = zy_reader_inside(r, content);
		if ((tag & 0x20) != 0 && depth > 0)
			walk(&inner, depth - 1, len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(data, len));
	ZY_BUF_AUTO again = { 0 };
	struct zy_error err = { 0 };
	uint8_t rs[64];

	walk(&r, DEPTH, len);
	if (!zy_der_rs(ZY_BYTES(data, len), rs, &err)) {
		refused(&err, len);
		return 0;
	}
	zy_der_put_rs(&again, rs);
	if (!zy_bytes_equal(zy_buf_bytes(&again), ZY_BYTES(data, len)))
		abort();
	return 0;
}
