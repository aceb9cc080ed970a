/* Target functions: zy_ocsp_request_parse, zy_ocsp_answer_parse and their encoders. */
#include <stdlib.h>

#include "zy/ocsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void failed(const struct zy_error *err, size_t len)
{
	if (err->code == ZY_OK || (err->offset != ZY_NOWHERE && err->offset > len))
		abort();
}

static void try_request(struct zy_bytes in)
{
	struct zy_error err = { 0 }, never = { 0 };
	ZY_BUF_AUTO one = { 0 }, two = { 0 };
	struct zy_ocsp_request q, back;

	if (!zy_ocsp_request_parse(&q, in, &err)) {
		failed(&err, in.len);
		return;
	}
	if (!zy_ocsp_request_encode(&q, &one, &never) || !zy_ocsp_request_parse(&back, zy_buf_bytes(&one), &never) ||
	    !zy_ocsp_request_encode(&back, &two, &never) || !zy_bytes_equal(zy_buf_bytes(&one), zy_buf_bytes(&two)))
		abort();
}

static void try_answer(struct zy_bytes in)
{
	struct zy_error err = { 0 }, never = { 0 };
	ZY_BUF_AUTO tbs = { 0 }, one = { 0 }, two = { 0 };
	struct zy_ocsp_answer a, back;

	if (!zy_ocsp_answer_parse(&a, in, &err)) {
		failed(&err, in.len);
		return;
	}
	if (!a.plain)
		return;
	if (a.status == ZY_OCSP_SUCCESSFUL && !zy_ocsp_data_encode(&a, &tbs, &never))
		abort();
	a.tbs = zy_buf_bytes(&tbs);
	if (!zy_ocsp_answer_encode(&a, &one, &never) || !zy_ocsp_answer_parse(&back, zy_buf_bytes(&one), &never) ||
	    !zy_ocsp_answer_encode(&back, &two, &never) || !zy_bytes_equal(zy_buf_bytes(&one), zy_buf_bytes(&two)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	try_request(ZY_BYTES(data, len));
	try_answer(ZY_BYTES(data, len));
	return 0;
}
