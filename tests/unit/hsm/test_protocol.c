#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hsm/protocol.h"
#include "zy/cbor.h"

static const struct zy_hsm_request sign = { .op = ZY_OP_SIGN,
	.key = ZY_LITERAL("pkcs11:token=t;object=k"),
	.wait_ms = 2500,
	.uses = ZY_USE_SEAL_SIGN,
	.message = ZY_LITERAL("message"),
	.esID = ZY_LITERAL("99010000000001"),
	.item_code = ZY_LITERAL("990100-SCJG-0001") };

/* [3, "sign", wait, [[key, uses, message, esID, item], ...]] with one item replaced by the test */
struct made {
	uint64_t version, uses, wait_ms;
	size_t items, signings;
	const char *op;
	struct zy_bytes message;
};

static void make(struct zy_buf *b, const struct made *m)
{
	zy_cbor_put_array(b, m->items);
	zy_cbor_put_uint(b, m->version);
	zy_cbor_put_text(b, m->op);
	zy_cbor_put_uint(b, m->wait_ms);
	zy_cbor_put_array(b, m->signings);
	for (size_t i = 0; i < m->signings; i++) {
		zy_cbor_put_array(b, 5);
		zy_cbor_put_tstr(b, sign.key);
		zy_cbor_put_uint(b, m->uses);
		zy_cbor_put_bstr(b, m->message);
		zy_cbor_put_null(b);
		zy_cbor_put_null(b);
	}
}

/* A request for so many of that signing. */
static void put_sign(struct zy_buf *b, const struct zy_hsm_request *one, size_t num)
{
	struct zy_hsm_request q = { .op = ZY_OP_SIGN, .wait_ms = one->wait_ms, .num = num };
	ZY_BUF_AUTO signings = { 0 };

	for (size_t i = 0; i < num; i++)
		zy_hsm_signing_put(&signings, one);
	q.signings = zy_buf_bytes(&signings);
	zy_hsm_request_encode(&q, b);
}

static void refused(const struct made *m)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 };
	struct zy_hsm_request q;

	make(&b, m);
	assert_false(zy_hsm_request_parse(&q, zy_buf_bytes(&b), &err));
	assert_int_equal(err.code, ZY_E_CBOR);
	assert_true(err.offset <= b.len);
}

static void a_sign_request_comes_back_as_it_went(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 };
	struct zy_hsm_request q, one;
	struct zy_reader r;

	(void)state;
	put_sign(&b, &sign, 3);
	assert_true(zy_hsm_request_parse(&q, zy_buf_bytes(&b), &err));
	assert_int_equal(q.op, ZY_OP_SIGN);
	assert_int_equal(q.wait_ms, 2500);
	assert_int_equal(q.num, 3);
	r = zy_reader_over(q.signings);
	for (size_t i = 0; i < 3; i++) {
		assert_true(zy_hsm_signing_take(&r, &one, &err));
		assert_int_equal(one.op, ZY_OP_SIGN);
		assert_int_equal(one.uses, ZY_USE_SEAL_SIGN);
		assert_true(zy_bytes_equal(one.key, sign.key));
		assert_true(zy_bytes_equal(one.message, sign.message));
		assert_true(zy_bytes_equal(one.esID, sign.esID));
		assert_true(zy_bytes_equal(one.item_code, sign.item_code));
	}
	assert_int_equal(zy_reader_left(&r), 0);
}

static void requests_out_of_shape_are_refused(void **state)
{
	const struct made good = { 3, ZY_USE_TRUST, 10000, 4, 2, "sign", ZY_LITERAL("m") };
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 };
	struct zy_hsm_request q;
	struct made m;

	(void)state;
	make(&b, &good);
	assert_true(zy_hsm_request_parse(&q, zy_buf_bytes(&b), &err));
	refused((m = good, m.version = 2, &m));
	refused((m = good, m.op = "export", &m));
	refused((m = good, m.items = 7, &m));
	refused((m = good, m.signings = 0, &m));
	refused((m = good, m.signings = ZY_HSM_SIGNINGS_MAX + 1, &m));
	refused((m = good, m.uses = 0, &m));
	refused((m = good, m.uses = 3, &m)); /* a signature has one use */
	refused((m = good, m.uses = ZY_USE_ALL + 1, &m));
	refused((m = good, m.wait_ms = ZY_HSM_WAIT_MS_MAX + 1, &m));
}

static void a_message_over_a_mebibyte_is_refused(void **state)
{
	struct made m = { 3, ZY_USE_TRUST, 10000, 4, 1, "sign", { 0 } };
	uint8_t *big = test_calloc(1, ZY_HSM_MESSAGE_MAX + 1);

	(void)state;
	m.message = ZY_BYTES(big, ZY_HSM_MESSAGE_MAX + 1);
	refused(&m);
	test_free(big);
}

static void an_empty_name_is_null_and_nothing_else(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 };
	struct zy_hsm_request q = sign;
	struct zy_reader r;

	(void)state;
	q.esID = q.item_code = (struct zy_bytes){ 0 };
	put_sign(&b, &q, 1);
	assert_true(zy_hsm_request_parse(&q, zy_buf_bytes(&b), &err));
	r = zy_reader_over(q.signings);
	assert_true(zy_hsm_signing_take(&r, &q, &err));
	assert_int_equal(q.esID.len, 0);
	assert_int_equal(b.p[b.len - 1], 0xf6);
	b.p[b.len - 1] = 0x60; /* "" */
	assert_false(zy_hsm_request_parse(&q, zy_buf_bytes(&b), &err));
}

static void a_frame_says_its_length_and_has_a_cap(void **state)
{
	static const uint8_t empty[4] = { 0 }, over[4] = { 0, 0x10, 0xc8, 0xe1 }, most[4] = { 0, 0x10, 0xc8, 0xe0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 };
	size_t len;

	(void)state;
	zy_hsm_frame_begin(&b);
	put_sign(&b, &sign, 1);
	assert_true(zy_hsm_frame_end(&b, &err));
	assert_true(zy_hsm_frame_len(ZY_BYTES(b.p, 4), &len, &err));
	assert_int_equal(len, b.len - 4);
	assert_true(zy_hsm_frame_len(ZY_BYTES(most, 4), &len, &err));
	assert_int_equal(len, ZY_HSM_FRAME_MAX);
	assert_false(zy_hsm_frame_len(ZY_BYTES(over, 4), &len, &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
	assert_false(zy_hsm_frame_len(ZY_BYTES(empty, 4), &len, &err));
	assert_false(zy_hsm_frame_len(ZY_BYTES(empty, 3), &len, &err));
}

static void a_refusal_keeps_code_field_and_message(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 }, why = { 0 };
	struct zy_hsm_answer a;

	(void)state;
	assert_false(zy_fail(&why, ZY_E_SEAL_DATE, "TBS_Sign.timeInfo", 7, "the clock is off"));
	zy_hsm_answer_refuse(&b, &why);
	assert_true(zy_hsm_answer_parse(&a, zy_buf_bytes(&b), &err));
	assert_int_equal(a.code, ZY_E_SEAL_DATE);
	assert_string_equal(a.field, "TBS_Sign.timeInfo");
	assert_true(zy_bytes_equal(a.message, zy_str("the clock is off")));
}

static void a_message_cut_inside_a_character_still_arrives(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_error err = { 0 }, why = { .code = ZY_E_TOKEN, .field = "some field", .msg = "cut \xe7\xab" };
	struct zy_hsm_answer a;

	(void)state;
	zy_hsm_answer_refuse(&b, &why);
	assert_true(zy_hsm_answer_parse(&a, zy_buf_bytes(&b), &err));
	assert_int_equal(a.code, ZY_E_TOKEN);
	assert_string_equal(a.field, "signer"); /* not a field known to the client */
}

static void each_signing_has_its_own_result(void **state)
{
	static const uint8_t rs[64] = { 1, [63] = 2 };
	struct zy_error err = { 0 }, why = { 0 };
	struct zy_reader r;
	ZY_BUF_AUTO b = { 0 };
	uint8_t got[64] = { 0 };

	(void)state;
	assert_false(zy_fail(&why, ZY_E_KEY_USE, "use", ZY_NOWHERE, "not made for it"));
	zy_hsm_signed_put(&b, NULL, &why);
	zy_hsm_signed_put(&b, rs, NULL);
	zy_cbor_put_bstr(&b, ZY_BYTES(rs, 63));
	r = zy_reader_over(zy_buf_bytes(&b));
	assert_true(zy_hsm_signed_take(&r, got, &why, &err));
	assert_int_equal(why.code, ZY_E_KEY_USE);
	assert_string_equal(why.field, "use");
	assert_string_equal(why.msg, "not made for it");
	assert_true(zy_hsm_signed_take(&r, got, &why, &err));
	assert_int_equal(why.code, ZY_OK);
	assert_memory_equal(got, rs, sizeof(rs));
	assert_false(zy_hsm_signed_take(&r, got, &why, &err));
	assert_int_equal(err.code, ZY_E_CBOR);
}

static void an_answer_is_a_result_or_a_refusal(void **state)
{
	static const struct zy_bytes good = ZY_LITERAL("\x83\x03\x00\x41\x2a");
	static const struct zy_bytes bad[] = { ZY_LITERAL("\x83\x02\x00\x41\x2a"), ZY_LITERAL("\x83\x03\x01\x41\x2a"),
		ZY_LITERAL("\x84\x03\x00\x41\x2a\xf6"), ZY_LITERAL("\x83\x03\x00\x41"),
		ZY_LITERAL("\x83\x03\x00\x41\x2a\x00"), ZY_LITERAL("\x82\x03\x00"),
		ZY_LITERAL("\x84\x03\x65token\x63key") };
	struct zy_error err = { 0 };
	struct zy_hsm_answer a;

	(void)state;
	assert_true(zy_hsm_answer_parse(&a, good, &err));
	assert_int_equal(a.code, ZY_OK);
	assert_true(zy_bytes_equal(a.result, ZY_LITERAL("\x41\x2a")));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		err = (struct zy_error){ 0 };
		assert_false(zy_hsm_answer_parse(&a, bad[i], &err));
		assert_true(err.code != ZY_OK && err.offset <= bad[i].len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sign_request_comes_back_as_it_went),
		cmocka_unit_test(requests_out_of_shape_are_refused),
		cmocka_unit_test(a_message_over_a_mebibyte_is_refused),
		cmocka_unit_test(an_empty_name_is_null_and_nothing_else),
		cmocka_unit_test(a_frame_says_its_length_and_has_a_cap),
		cmocka_unit_test(a_refusal_keeps_code_field_and_message),
		cmocka_unit_test(a_message_cut_inside_a_character_still_arrives),
		cmocka_unit_test(each_signing_has_its_own_result),
		cmocka_unit_test(an_answer_is_a_result_or_a_refusal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
