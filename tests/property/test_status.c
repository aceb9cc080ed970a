/* CRLs and OCSP messages cut at each length are refused; with any bit changed they are refused or written otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "status_made.h"

/* Reads `in` and writes what was understood. */
typedef bool again_fn(struct zy_bytes in, struct zy_buf *out, struct zy_error *err);

static bool crl_again(struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	struct zy_crl c;

	if (!zy_crl_parse(&c, in, err))
		return false;
	if (!c.plain) /* nothing of that kind is written */
		return zy_fail(err, ZY_E_CRL, "CertificateList", ZY_NOWHERE, "another kind of list");
	return made_again(&c, out, err);
}

static bool request_again(struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	struct zy_ocsp_request q;

	return zy_ocsp_request_parse(&q, in, err) && zy_ocsp_request_encode(&q, out, err);
}

static bool answer_again(struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	struct zy_ocsp_answer a;
	ZY_BUF_AUTO tbs = { 0 };

	if (!zy_ocsp_answer_parse(&a, in, err))
		return false;
	if (!a.plain)
		return zy_fail(err, ZY_E_OCSP, "OCSPResponse", ZY_NOWHERE, "another kind of answer");
	if (!zy_ocsp_data_encode(&a, &tbs, err))
		return false;
	a.tbs = zy_buf_bytes(&tbs);
	return zy_ocsp_answer_encode(&a, out, err);
}

static void every_byte_counts(const struct zy_buf *good, again_fn *again)
{
	ZY_BUF_AUTO same = { 0 };

	MUST(again(zy_buf_bytes(good), &same, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(good), zy_buf_bytes(&same)));
	for (size_t len = 0; len < good->len; len++) {
		struct zy_error err = { 0 };
		ZY_BUF_AUTO out = { 0 };

		assert_false(again(ZY_BYTES(good->p, len), &out, &err));
		assert_true(err.code != ZY_OK && (err.offset == ZY_NOWHERE || err.offset <= len));
	}
	for (size_t bit = 0; bit < good->len * 8; bit++) {
		struct zy_error err = { 0 };
		ZY_BUF_AUTO out = { 0 }, copy = { 0 };

		zy_buf_put(&copy, zy_buf_bytes(good));
		copy.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (again(zy_buf_bytes(&copy), &out, &err))
			assert_false(zy_bytes_equal(zy_buf_bytes(&out), zy_buf_bytes(good)));
		else
			assert_true(err.code != ZY_OK && (err.offset == ZY_NOWHERE || err.offset <= good->len));
	}
}

static void every_byte_of_a_list_counts(void **state)
{
	ZY_BUF_AUTO one = { 0 };

	(void)state;
	MUST(made_crl(ZY_SUITE_GM, 3, &one, &err));
	every_byte_counts(&one, crl_again);
}

static void every_byte_of_a_request_counts(void **state)
{
	ZY_BUF_AUTO one = { 0 };

	(void)state;
	MUST(made_request(&one, &err));
	every_byte_counts(&one, request_again);
}

static void every_byte_of_an_answer_counts(void **state)
{
	ZY_BUF_AUTO one = { 0 }, two = { 0 };

	(void)state;
	MUST(made_answer(ZY_SUITE_INTL, true, &one, &err));
	every_byte_counts(&one, answer_again);
	MUST(made_answer(ZY_SUITE_GM, false, &two, &err));
	every_byte_counts(&two, answer_again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_of_a_list_counts),
		cmocka_unit_test(every_byte_of_a_request_counts),
		cmocka_unit_test(every_byte_of_an_answer_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
