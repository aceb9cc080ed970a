/* Target functions: zy_showing_decode, zy_showing_parse, zy_shown_field_parse. */
#include <stdlib.h>

#include "zy/cbor.h"
#include "zy/showing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void refused(const struct zy_error *err, size_t len)
{
	if (err->code == ZY_OK || (err->offset != ZY_NOWHERE && err->offset > len))
		abort();
}

static void same(const struct zy_buf *made, struct zy_bytes want)
{
	if (!zy_bytes_equal(zy_buf_bytes(made), want))
		abort();
}

static void rewrite(const struct zy_showing *s, struct zy_bytes want)
{
	ZY_BUF_AUTO fields = { 0 };
	ZY_BUF_AUTO session = { 0 };
	ZY_BUF_AUTO whole = { 0 };

	for (size_t i = 0; i < s->num_fields; i++) {
		struct zy_error err = { 0 };
		struct zy_shown_field f;

		if (!zy_shown_field_parse(&f, s->fields[i].bytes, &err) || f.label != s->fields[i].label)
			abort();
	}
	zy_showing_fields_encode(s->fields, s->num_fields, &fields);
	same(&fields, s->fields_cbor);
	zy_session_encode(&s->session, &session);
	same(&session, s->session_cbor);
	zy_showing_encode(
	    s->credential.cose.whole, s->fields_cbor, s->siblings, s->staple_cbor, s->session_cbor, s->rs, &whole);
	same(&whole, want);
}

/* The input as a scanned text, and as the bytes of one: few changed texts still decode. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_error err = { 0 }, raw = { 0 }, why = { 0 };
	ZY_BUF_AUTO bytes = { .cap = ZY_SHOWING_TEXT_MAX };
	ZY_BUF_AUTO text = { 0 };
	struct zy_showing s;

	if (zy_showing_parse(&s, ZY_BYTES(data, len), &raw))
		rewrite(&s, ZY_BYTES(data, len));
	else
		refused(&raw, len);
	if (!zy_showing_decode(ZY_BYTES(data, len), &bytes, &err)) {
		refused(&err, len);
		return 0;
	}
	zy_showing_text(zy_buf_bytes(&bytes), &text);
	if (text.len > len || !zy_bytes_equal(zy_buf_bytes(&text), ZY_BYTES(data, text.len)))
		abort();
	if (zy_showing_parse(&s, zy_buf_bytes(&bytes), &why))
		rewrite(&s, zy_buf_bytes(&bytes));
	else
		refused(&why, bytes.len);
	return 0;
}
