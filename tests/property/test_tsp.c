/* Time-stamp messages cut at each length or with any bit changed are refused, or say something else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers/soft_p256.h"
#include "zy/tsp.h"

static struct zy_buf request, response, token;

typedef bool parse_fn(struct zy_bytes in, struct zy_buf *again, struct zy_error *err);

static bool request_again(struct zy_bytes in, struct zy_buf *again, struct zy_error *err)
{
	struct zy_tsp_request q;

	return zy_tsp_request_parse(&q, in, err) && zy_tsp_request_encode(&q, again, err);
}

/* The token inside is not parsed here. */
static bool response_again(struct zy_bytes in, struct zy_buf *again, struct zy_error *err)
{
	struct zy_tsp_response r;

	return zy_tsp_response_parse(&r, in, err) && zy_tsp_response_encode(&r, again, err);
}

static bool token_again(struct zy_bytes in, struct zy_buf *again, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_tst t;

	if (!zy_tst_parse(&t, in, &a, err))
		return false;
	for (size_t i = 0; i < t.cms.num_certs; i++)
		zy_buf_put(again, t.cms.certs[i]);
	zy_buf_put(again, ZY_BYTES(t.cms.versions, 2));
	zy_buf_put(again, t.cms.crls);
	zy_buf_put(again, t.cms.sid.issuer);
	zy_buf_put(again, t.cms.sid.serial);
	zy_buf_put(again, t.cms.digest_alg);
	zy_buf_put(again, t.cms.signature_alg);
	zy_buf_put(again, t.cms.signed_attrs);
	zy_buf_put(again, t.cms.signature);
	zy_buf_put(again, t.cms.unsigned_attrs);
	return zy_tst_info_encode(&t.info, again, err);
}

static void hold(const struct zy_buf *good, parse_fn *parse)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO before = { 0 };

	assert_true(parse(zy_buf_bytes(good), &before, &err));
	for (size_t len = 0; len < good->len; len++) {
		struct zy_error why = { 0 };
		ZY_BUF_AUTO again = { 0 };

		assert_false(parse(ZY_BYTES(good->p, len), &again, &why));
		assert_true(why.code != ZY_OK && (why.offset == ZY_NOWHERE || why.offset <= len));
	}
	for (size_t bit = 0; bit < good->len * 8; bit++) {
		struct zy_error why = { 0 };
		ZY_BUF_AUTO copy = { 0 }, again = { 0 };

		zy_buf_put(&copy, zy_buf_bytes(good));
		copy.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (parse(zy_buf_bytes(&copy), &again, &why))
			assert_false(zy_bytes_equal(zy_buf_bytes(&again), zy_buf_bytes(&before)));
		else
			assert_true(why.code != ZY_OK && (why.offset == ZY_NOWHERE || why.offset <= good->len));
	}
}

static void every_bit_and_length_of_a_request_counts(void **state)
{
	(void)state;
	hold(&request, request_again);
}

static void every_bit_and_length_of_a_response_counts(void **state)
{
	(void)state;
	hold(&response, response_again);
}

static void every_bit_and_length_of_a_token_counts(void **state)
{
	(void)state;
	hold(&token, token_again);
}

static bool make_token(struct soft_p256 *soft, struct zy_bytes imprint, struct zy_error *err)
{
	const struct zy_tst_info i = { .policy = ZY_LITERAL("\x88\x37\x01"),
		.imprint = { .der = imprint },
		.serial = ZY_LITERAL("\x40\x41"),
		.gen_time = { 1772323200, 123456000 },
		.has_accuracy = true,
		.accuracy_ms = 250,
		.ordering = true,
		.nonce = ZY_LITERAL("\x07") };
	ZY_BUF_AUTO info = { 0 }, attrs = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_tst_frame f;
	uint8_t rs[64];

	if (!zy_tst_info_encode(&i, &info, err) || !zy_tst_frame_make(&f, ZY_SUITE_INTL, &soft->cert, 1, &a, err) ||
	    !zy_tst_attrs_encode(&f, zy_buf_bytes(&info), &attrs, err))
		return false;
	soft_sign(soft, zy_buf_bytes(&attrs), rs);
	return zy_tst_encode(&f, true, zy_buf_bytes(&info), zy_buf_bytes(&attrs), rs, &token, err);
}

static int set_up(void **state)
{
	const uint8_t digest[32] = { 1 };
	struct zy_tsp_request q = { .policy = ZY_LITERAL("\x88\x37\x01"),
		.nonce = ZY_LITERAL("\x07\x08"),
		.cert_req = true,
		.extensions = ZY_LITERAL("\xa0\x0c\x30\x0a\x06\x02\x2a\x03\x01\x01\xff\x04\x01\x61") };
	struct zy_tsp_response r = { 0 };
	struct zy_error err = { 0 };
	ZY_BUF_AUTO imprint = { 0 };
	struct soft_p256 soft;
	bool ok;

	(void)state;
	soft_make(&soft);
	zy_tsp_imprint_put(&imprint, ZY_TSP_SM3, ZY_BYTES(digest, 32));
	q.imprint.der = zy_buf_bytes(&imprint);
	ok = zy_tsp_request_encode(&q, &request, &err) && make_token(&soft, q.imprint.der, &err);
	r.token = zy_buf_bytes(&token);
	ok = ok && zy_tsp_response_encode(&r, &response, &err);
	soft_free(&soft);
	return ok ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	zy_buf_free(&request);
	zy_buf_free(&response);
	zy_buf_free(&token);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit_and_length_of_a_request_counts),
		cmocka_unit_test(every_bit_and_length_of_a_response_counts),
		cmocka_unit_test(every_bit_and_length_of_a_token_counts),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
