/* Target functions: zy_cbor_item and the getters of one item. */
#include <stdlib.h>

#include "zy/cbor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* An item that was accepted is read again by its shape, and written. */
static void rewrite(struct zy_reader *r, struct zy_buf *out)
{
	struct zy_error err = { 0 };
	enum zy_cbor_type type = ZY_CBOR_TAG;
	struct zy_bytes v;
	uint64_t n;
	size_t num;
	bool b;

	must(zy_cbor_peek(r, &type));
	switch (type) {
	case ZY_CBOR_UINT:
		must(zy_cbor_uint(r, UINT64_MAX, "n", &n, &err));
		zy_cbor_put_uint(out, n);
		return;
	case ZY_CBOR_NEGATIVE: {
		int64_t i;

		/* -1 - 2^63 and below are items, but no integer of ours */
		if (zy_cbor_int(r, "n", &i, &err)) {
			zy_cbor_put_int(out, i);
		} else {
			err = (struct zy_error){ 0 };
			must(zy_cbor_item(r, "n", &v, &err));
			zy_buf_put(out, v);
		}
		return;
	}
	case ZY_CBOR_BSTR:
		must(zy_cbor_bstr(r, SIZE_MAX, "b", &v, &err));
		zy_cbor_put_bstr(out, v);
		return;
	case ZY_CBOR_TSTR:
		must(zy_cbor_tstr(r, SIZE_MAX, "t", &v, &err));
		zy_cbor_put_tstr(out, v);
		return;
	case ZY_CBOR_ARRAY:
	case ZY_CBOR_MAP:
		must(type == ZY_CBOR_ARRAY ? zy_cbor_array(r, SIZE_MAX, "a", &num, &err)
					   : zy_cbor_map(r, SIZE_MAX, "m", &num, &err));
		if (type == ZY_CBOR_ARRAY)
			zy_cbor_put_array(out, num);
		else
			zy_cbor_put_map(out, num);
		for (size_t i = 0; i < (type == ZY_CBOR_ARRAY ? num : 2 * num); i++)
			rewrite(r, out);
		return;
	case ZY_CBOR_SIMPLE:
		if (zy_cbor_next_is_null(r)) {
			must(zy_cbor_null(r, "null", &err));
			zy_cbor_put_null(out);
		} else {
			must(zy_cbor_bool(r, "bool", &b, &err));
			zy_cbor_put_bool(out, b);
		}
		return;
	case ZY_CBOR_TAG:
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(data, len)), again;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO out = { 0 };
	struct zy_bytes item;

	if (!zy_cbor_item(&r, "item", &item, &err)) {
		if (err.code == ZY_OK || err.offset > len || zy_reader_offset(&r) != 0)
			abort();
		return 0;
	}
	again = zy_reader_over(item);
	rewrite(&again, &out);
	must(zy_reader_left(&again) == 0 && zy_bytes_equal(zy_buf_bytes(&out), item));
	return 0;
}
