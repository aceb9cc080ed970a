#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "zy/text.h"
#include "zy/trust.h"

#define PAYLOAD "{\"version\":7}"

static void encode(struct zy_buf *out)
{
	const struct zy_bytes certs[2] = { ZY_LITERAL("cert-gm"), ZY_LITERAL("cert-intl") };
	struct zy_error err = { 0 };
	uint8_t rs[2][64];

	memset(rs[0], 0x11, 64);
	memset(rs[1], 0x22, 64);
	assert_true(zy_trust_jws_encode(ZY_LITERAL(PAYLOAD), certs, (const uint8_t(*)[64])rs, out, &err));
}

static void an_envelope_keeps_its_bytes(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO file = { 0 }, again = { 0 };
	struct zy_trust_jws jws;
	struct zy_error err = { 0 };

	(void)state;
	encode(&file);
	if (!zy_trust_jws_parse(&jws, zy_buf_bytes(&file), &a, &err))
		fail_msg("%s", err.msg);
	assert_true(zy_bytes_equal(jws.payload, ZY_LITERAL(PAYLOAD)));
	assert_int_equal(jws.signatures[0].suite, ZY_SUITE_GM);
	assert_int_equal(jws.signatures[1].suite, ZY_SUITE_INTL);
	assert_true(zy_bytes_equal(jws.signatures[1].cert, ZY_LITERAL("cert-intl")));
	assert_int_equal(jws.signatures[1].rs[63], 0x22);

	const struct zy_bytes certs[2] = { jws.signatures[0].cert, jws.signatures[1].cert };
	uint8_t rs[2][64];

	memcpy(rs[0], jws.signatures[0].rs, 64);
	memcpy(rs[1], jws.signatures[1].rs, 64);
	assert_true(zy_trust_jws_encode(jws.payload, certs, (const uint8_t(*)[64])rs, &again, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&file), zy_buf_bytes(&again)));
}

/* RFC 7515 5.1: BASE64URL(protected) '.' BASE64URL(payload). */
static void what_is_signed_is_what_the_reader_gives_to_verify(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO file = { 0 }, input = { 0 }, want = { 0 };
	struct zy_trust_jws jws;
	struct zy_error err = { 0 };

	(void)state;
	encode(&file);
	assert_true(zy_trust_jws_parse(&jws, zy_buf_bytes(&file), &a, &err));
	assert_true(zy_trust_jws_input(ZY_SUITE_INTL, ZY_LITERAL("cert-intl"), ZY_LITERAL(PAYLOAD), &input, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&input), jws.signatures[1].signed_bytes));
	zy_base64url_encode(&want, ZY_LITERAL("{\"alg\":\"ES256\",\"x5c\":[\"Y2VydC1pbnRs\"]}"));
	zy_buf_put_str(&want, ".");
	zy_base64url_encode(&want, ZY_LITERAL(PAYLOAD));
	assert_true(zy_bytes_equal(zy_buf_bytes(&input), zy_buf_bytes(&want)));
}

static void expect_refusal(const char *text, size_t len, enum zy_code code, const char *why)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_trust_jws jws;
	struct zy_error err = { 0 };

	if (zy_trust_jws_parse(&jws, ZY_BYTES(text, len), &a, &err) || err.code != code ||
	    (err.offset != ZY_NOWHERE && err.offset > len))
		fail_msg("%s: %s %s", why, zy_code_name(err.code), err.msg);
}

/* An envelope with other headers; NULL keeps the right one. */
static void expect_header_refusal(const char *gm, const char *intl, enum zy_code code)
{
	ZY_BUF_AUTO file = { 0 };
	const char *const headers[2] = { gm != NULL ? gm : "{\"alg\":\"SM2-SM3\",\"x5c\":[\"Y2VydA==\"]}",
		intl != NULL ? intl : "{\"alg\":\"ES256\",\"x5c\":[\"Y2VydA==\"]}" };
	uint8_t rs[64] = { 1 };

	zy_buf_put_str(&file, "{\"payload\":\"e30\",\"signatures\":[");
	for (int i = 0; i < 2; i++) {
		zy_buf_put_str(&file, i == 0 ? "{\"protected\":\"" : ",{\"protected\":\"");
		zy_base64url_encode(&file, zy_str(headers[i]));
		zy_buf_put_str(&file, "\",\"signature\":\"");
		zy_base64url_encode(&file, ZY_BYTES(rs, 64));
		zy_buf_put_str(&file, "\"}");
	}
	zy_buf_put_str(&file, "]}");
	if (code == ZY_OK) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_trust_jws jws;

		assert_true(zy_trust_jws_parse(&jws, zy_buf_bytes(&file), &a, &(struct zy_error){ 0 }));
	} else {
		expect_refusal((const char *)file.p, file.len, code, gm != NULL ? gm : intl);
	}
}

static void every_other_header_is_refused(void **state)
{
	(void)state;
	expect_header_refusal(NULL, NULL, ZY_OK);
	expect_header_refusal("{\"alg\":\"ES256\",\"x5c\":[\"Y2VydA==\"]}", NULL, ZY_E_TRUST);
	expect_header_refusal(NULL, "{\"alg\":\"SM2-SM3\",\"x5c\":[\"Y2VydA==\"]}", ZY_E_TRUST);
	expect_header_refusal(NULL, "{\"alg\":\"none\",\"x5c\":[\"Y2VydA==\"]}", ZY_E_TRUST);
	expect_header_refusal(NULL, "{\"alg\":\"ES256\",\"x5c\":[\"Y2VydA==\"],\"jku\":\"https://x\"}", ZY_E_TRUST);
	expect_header_refusal(NULL, "{\"alg\":\"ES256\",\"x5c\":[\"Y2VydA==\",\"Y2VydA==\"]}", ZY_E_TRUST);
	expect_header_refusal(NULL, "{\"x5c\":[\"Y2VydA==\"],\"alg\":\"ES256\"}", ZY_E_TRUST);
	expect_header_refusal(NULL, "{\"alg\":\"ES256\",\"x5c\":[\"\"]}", ZY_E_TRUST);
	expect_header_refusal(NULL, "{\"alg\":\"ES256\",\"x5c\":[\"Y2VydA\"]}", ZY_E_BASE64);
	expect_header_refusal(NULL, "{\"alg\":\"ES256\"}", ZY_E_TRUST);
}

static void every_other_envelope_is_refused(void **state)
{
	ZY_BUF_AUTO file = { 0 };
	char *s;

	(void)state;
	encode(&file);
	s = (char *)file.p;
	for (size_t len = 0; len < file.len; len++) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_trust_jws jws;
		struct zy_error err = { 0 };

		assert_false(zy_trust_jws_parse(&jws, ZY_BYTES(s, len), &a, &err));
		assert_true(err.offset == ZY_NOWHERE || err.offset <= len);
	}
	zy_buf_put_str(&file, "\n");
	expect_refusal((const char *)file.p, file.len, ZY_E_TRAILING, "a line feed");
	file.len--;
	zy_buf_insert(&file, 1, ZY_LITERAL(" "));
	expect_refusal((const char *)file.p, file.len, ZY_E_JSON, "a space");
	expect_refusal("{\"payload\":\"e31\"", 16, ZY_E_BASE64, "tail bits that are not zero");
	expect_refusal("{\"payload\":\"e30=\"", 17, ZY_E_BASE64, "padding");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_envelope_keeps_its_bytes),
		cmocka_unit_test(what_is_signed_is_what_the_reader_gives_to_verify),
		cmocka_unit_test(every_other_header_is_refused),
		cmocka_unit_test(every_other_envelope_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
