#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ses_made.h"
#include "zy/seal_prepare.h"

static const struct zy_seal_rule rule = { .esID = "99010000000001",
	.name = { "云泽市市场监督管理局", "Yunze Administration for Market Regulation" },
	.seal_type = 99,
	.valid_from = SES_MADE_TIME,
	.valid_to = SES_MADE_TIME + 365 * 86400 };
static const struct zy_seal_picture picture = { .png = { (const uint8_t *)"png", 3 }, .width = 42, .height = 29.6 };

static const struct zy_seal_maker maker = { .Vid = "zhengyin", .cert = { (const uint8_t *)"maker", 5 } };

static void a_seal_says_what_its_rule_says(void **state)
{
	ZY_BUF_AUTO info = { 0 };
	ZY_BUF_AUTO eseal = { 0 };
	struct zy_error err = { 0 };
	struct zy_seal s;
	uint8_t rs[64];
	bool raw;

	(void)state;
	memset(rs, 0x42, sizeof(rs));
	assert_true(zy_seal_prepare(&maker, &rule, ZY_LITERAL("owner"), &picture, SES_MADE_TIME - 60, &info, &err));
	assert_true(zy_seal_finish(&maker, zy_buf_bytes(&info), rs, &eseal, &err));
	assert_true(zy_seal_parse(&s, zy_buf_bytes(&eseal), &err));
	assert_true(zy_bytes_equal(s.info.der, zy_buf_bytes(&info)));
	assert_true(s.info.strict);
	assert_true(zy_bytes_equal(s.info.Vid, ZY_LITERAL("zhengyin")));
	assert_true(zy_bytes_equal(s.info.esID, ZY_LITERAL("99010000000001")));
	assert_true(zy_bytes_equal(s.info.name, ZY_LITERAL("云泽市市场监督管理局")));
	assert_int_equal(s.info.type, 99);
	assert_int_equal(s.info.certListType, ZY_CERT_LIST_CERTS);
	assert_int_equal(s.info.num_certs, 1);
	assert_true(zy_bytes_equal(s.info.certs[0].value, ZY_LITERAL("owner")));
	assert_int_equal(s.info.createDate, SES_MADE_TIME - 60);
	assert_int_equal(s.info.validStart, rule.valid_from);
	assert_int_equal(s.info.validEnd, rule.valid_to);
	assert_true(zy_bytes_equal(s.info.picture_type, ZY_LITERAL("PNG")));
	assert_true(zy_bytes_equal(s.info.picture, picture.png));
	assert_int_equal(s.info.width, 42);
	assert_int_equal(s.info.height, 30);
	assert_true(zy_bytes_equal(s.cert, ZY_LITERAL("maker")));
	assert_true(zy_bytes_equal(s.signAlgID, zy_oid_sm2_sm3));
	assert_true(zy_ses_rs(s.signedValue, rs, &raw, &err) && !raw && rs[0] == 0x42);
}

static void refuse(const struct zy_seal_rule *r, const struct zy_seal_picture *p, const char *field)
{
	ZY_BUF_AUTO info = { 0 };
	struct zy_error err = { 0 };

	assert_false(zy_seal_prepare(&maker, r, ZY_LITERAL("owner"), p, SES_MADE_TIME, &info, &err));
	assert_int_equal(err.code, ZY_E_SES);
	assert_string_equal(err.field, field);
	assert_int_equal(info.len, 0);
}

static void what_a_seal_cannot_hold_is_refused(void **state)
{
	struct zy_seal_picture p = picture;
	struct zy_seal_rule r = rule;

	(void)state;
	r.valid_to = ZY_TIME_NEVER;
	refuse(&r, &picture, "property.validEnd");
	r.valid_to = r.valid_from;
	refuse(&r, &picture, "property.validEnd");
	r = rule, r.esID = "印";
	refuse(&r, &picture, "eSealInfo");
	r = rule, r.name.zh = "\xff";
	refuse(&r, &picture, "eSealInfo");
	p.width = 0;
	refuse(&rule, &p, "picture.width");
}

static void a_seal_of_version_5_lists_a_digest_and_is_made_in_its_time(void **state)
{
	const struct zy_seal_maker five = { .Vid = "zhengyin", .version = 5, .by_digest = true };
	uint8_t digest[ZY_HASH_LEN];
	ZY_BUF_AUTO info = { 0 };
	struct zy_error err = { 0 };
	struct zy_seal_info s;

	(void)state;
	assert_true(zy_seal_prepare(&five, &rule, ZY_LITERAL("owner"), &picture, SES_MADE_TIME + 60, &info, &err));
	assert_true(zy_seal_info_parse(&s, zy_buf_bytes(&info), &err));
	assert_int_equal(s.version, 5);
	assert_int_equal(s.certListType, ZY_CERT_LIST_DIGESTS);
	assert_true(zy_bytes_equal(s.certs[0].type, ZY_LITERAL("SM3")));
	assert_true(zy_digest(ZY_HASH_SM3, ZY_LITERAL("owner"), digest, &err));
	assert_true(zy_bytes_equal(s.certs[0].value, ZY_BYTES(digest, sizeof(digest))));
	info.len = 0;
	assert_false(zy_seal_prepare(&five, &rule, ZY_LITERAL("owner"), &picture, SES_MADE_TIME - 60, &info, &err));
	assert_string_equal(err.field, "property.createDate");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seal_of_version_5_lists_a_digest_and_is_made_in_its_time),
		cmocka_unit_test(a_seal_says_what_its_rule_says),
		cmocka_unit_test(what_a_seal_cannot_hold_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
