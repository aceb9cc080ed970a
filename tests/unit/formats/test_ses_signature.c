#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ses_made.h"

#define EXT "\x30\x09\x30\x07\x06\x02\x2a\x03\x04\x01\x07"

static void seal_of(struct zy_bytes ext, struct zy_buf *out)
{
	ZY_BUF_AUTO info = { 0 };

	ses_made_v1_info(ZY_LITERAL("owner"), SES_MADE_TIME, SES_MADE_TIME + 86400, ext, &info);
	ses_made_v1_seal(zy_buf_bytes(&info), ZY_LITERAL("maker"), ZY_LITERAL("value"), out);
}

static void signature_of(const char *time, struct zy_buf *out)
{
	ZY_BUF_AUTO seal = { 0 };
	ZY_BUF_AUTO tbs = { 0 };

	seal_of((struct zy_bytes){ 0 }, &seal);
	ses_made_v1_tbs(zy_buf_bytes(&seal), time, ZY_LITERAL("hash"), ZY_LITERAL("signer"), &tbs);
	ses_made_v1_signature(zy_buf_bytes(&tbs), ZY_LITERAL("signed"), out);
}

static void a_version_1_signature_is_read(void **state)
{
	ZY_BUF_AUTO der = { 0 };
	struct zy_error err = { 0 };
	struct zy_ses_signature s;

	(void)state;
	signature_of("2026-03-01T00:00:00.377Z", &der);
	assert_true(zy_ses_signature_parse(&s, zy_buf_bytes(&der), &err));
	assert_int_equal(s.toSign.eseal.info.version, 1);
	assert_true(s.toSign.strict && s.toSign.eseal.info.strict);
	assert_int_equal(s.toSign.timeInfo, SES_MADE_TIME);
	assert_int_equal(s.toSign.timeToken.len, 0);
	assert_true(zy_bytes_equal(s.cert, ZY_LITERAL("signer")));
	assert_true(zy_bytes_equal(s.signatureAlgID, zy_oid_sm2_sm3));
	assert_true(zy_bytes_equal(s.signature, ZY_LITERAL("signed")));
	assert_true(zy_bytes_equal(s.toSign.eseal.cert, ZY_LITERAL("maker")));
	assert_true(zy_bytes_equal(s.toSign.eseal.info.certs[0].value, ZY_LITERAL("owner")));
	assert_int_equal(s.toSign.eseal.info.validEnd, SES_MADE_TIME + 86400);
}

static void a_version_1_seal_is_signed_with_its_maker_and_algorithm(void **state)
{
	ZY_BUF_AUTO der = { 0 };
	ZY_BUF_AUTO have = { 0 };
	ZY_BUF_AUTO want = { 0 };
	struct zy_error err = { 0 };
	struct zy_seal s;

	(void)state;
	seal_of((struct zy_bytes){ 0 }, &der);
	assert_true(zy_seal_parse(&s, zy_buf_bytes(&der), &err));
	assert_true(zy_seal_signed(&s, &have, &err));
	ses_made_v1_signed(s.info.der, ZY_LITERAL("maker"), &want);
	assert_true(zy_bytes_equal(zy_buf_bytes(&have), zy_buf_bytes(&want)));
}

static void extensions_of_version_1_come_in_three_forms(void **state)
{
	static const struct {
		struct zy_bytes ext;
		bool strict;
	} forms[] = { { ZY_LITERAL("\xa0\x0b" EXT), true }, { ZY_LITERAL(EXT), false },
		{ ZY_LITERAL("\x04\x0b" EXT), false } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		ZY_BUF_AUTO der = { 0 };
		struct zy_error err = { 0 };
		struct zy_seal s;

		seal_of(forms[i].ext, &der);
		assert_true(zy_seal_parse(&s, zy_buf_bytes(&der), &err));
		assert_int_equal(s.info.extDatas.num, 1);
		assert_int_equal(s.info.strict, forms[i].strict);
	}
}

static void a_token_in_time_info_is_kept(void **state)
{
	ZY_BUF_AUTO der = { 0 };
	struct zy_error err = { 0 };
	struct zy_ses_signature s;

	(void)state;
	signature_of("0token", &der);
	assert_true(zy_ses_signature_parse(&s, zy_buf_bytes(&der), &err));
	assert_true(zy_bytes_equal(s.toSign.timeToken, ZY_LITERAL("0token")));
	assert_int_equal(s.toSign.timeInfo, ZY_TIME_NEVER);
}

static void a_time_info_that_is_no_time_is_refused(void **state)
{
	static const char *const bad[] = { "", "yesterday", "2026-03-01", "2026-03-01T00:00:00+1",
		"2026-02-31T00:00:00Z", "2026-03-01T00:00:00.377377377377377377Zx", "1772323200" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ZY_BUF_AUTO der = { 0 };
		struct zy_error err = { 0 };
		struct zy_ses_signature s;

		signature_of(bad[i], &der);
		assert_false(zy_ses_signature_parse(&s, zy_buf_bytes(&der), &err));
		assert_string_equal(zy_code_name(err.code), "ses");
		assert_string_equal(err.field, "TBS_Sign.timeInfo");
	}
}

/* A cut is refused; what is still read after a flipped bit keeps its bytes apart from those before. */
static void cut_and_changed_version_1_is_refused_or_kept(void **state)
{
	ZY_BUF_AUTO der = { 0 };

	(void)state;
	signature_of("2026-03-01T00:00:00Z", &der);
	for (size_t len = 0; len < der.len; len++) {
		struct zy_error err = { 0 };
		struct zy_ses_signature s;

		assert_false(zy_ses_signature_parse(&s, ZY_BYTES(der.p, len), &err));
		assert_int_not_equal(err.code, ZY_OK);
	}
	for (size_t bit = 0; bit < der.len * 8; bit++) {
		struct zy_error err = { 0 };
		struct zy_ses_signature s;

		der.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (zy_ses_signature_parse(&s, zy_buf_bytes(&der), &err))
			assert_true(zy_bytes_equal(s.der, zy_buf_bytes(&der)));
		else
			assert_true(err.code != ZY_OK && (err.offset == ZY_NOWHERE || err.offset <= der.len));
		der.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void version_1_is_not_written(void **state)
{
	ZY_BUF_AUTO der = { 0 };
	ZY_BUF_AUTO out = { 0 };
	struct zy_error err = { 0 };
	struct zy_ses_signature s;

	(void)state;
	signature_of("2026-03-01T00:00:00Z", &der);
	assert_true(zy_ses_signature_parse(&s, zy_buf_bytes(&der), &err));
	assert_false(zy_ses_signature_encode(&s, &out, &err));
	assert_string_equal(zy_code_name(err.code), "ses");
	err = (struct zy_error){ 0 };
	assert_false(zy_ses_tbs_encode(&s.toSign, &out, &err));
	assert_false(zy_seal_encode(&s.toSign.eseal, &out, &err));
	assert_false(zy_seal_info_encode(&s.toSign.eseal.info, &out, &err));
	assert_int_equal(out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_version_1_signature_is_read),
		cmocka_unit_test(a_version_1_seal_is_signed_with_its_maker_and_algorithm),
		cmocka_unit_test(extensions_of_version_1_come_in_three_forms),
		cmocka_unit_test(a_token_in_time_info_is_kept),
		cmocka_unit_test(a_time_info_that_is_no_time_is_refused),
		cmocka_unit_test(cut_and_changed_version_1_is_refused_or_kept),
		cmocka_unit_test(version_1_is_not_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
