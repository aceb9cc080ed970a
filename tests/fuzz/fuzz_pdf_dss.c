/* Target functions: zy_pdf_dss_parse, zy_pdf_store_append, zy_pdf_fields_parse. */
#include <stdlib.h>

#include "zy/pdf_fields.h"
#include "zy/pdf_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define INPUT_MAX ((size_t)64 << 10) /* larger ones only slow the reading of objects down */

static void store(struct zy_bytes in, const struct zy_pdf_dss *before)
{
	const struct zy_bytes cert = ZY_LITERAL("\x30\x03\x02\x01\x2a");
	const struct zy_pdf_values v = { .num = { 1 }, .values = { &cert } };
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO out = { 0 };
	struct zy_pdf_dss after;
	struct zy_pdf f;
	bool added;

	if (!zy_pdf_store_append(in, &v, &added, &out, &err)) {
		if (err.code == ZY_OK)
			abort();
		return;
	}
	if (out.len < in.len || memcmp(out.p, in.p, in.len) != 0)
		abort();
	if (added &&
	    (!zy_pdf_parse(&f, zy_buf_bytes(&out), NULL, &a, &err) || !zy_pdf_dss_parse(&after, &f, &a, &err) ||
		!after.present || after.num[ZY_PDF_DSS_CERT] != before->num[ZY_PDF_DSS_CERT] + 1))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_pdf_fields fields;
	struct zy_pdf_dss d;
	struct zy_pdf f;

	if (len > INPUT_MAX || !zy_pdf_parse(&f, in, NULL, &a, &err))
		return 0;
	if (!zy_pdf_dss_parse(&d, &f, &a, &err)) {
		if (err.code == ZY_OK)
			abort();
		return 0;
	}
	if (!zy_pdf_fields_parse(&fields, &f, &a, &err) && err.code == ZY_OK)
		abort();
	store(in, &d);
	return 0;
}
