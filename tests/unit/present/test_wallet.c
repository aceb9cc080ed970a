/* A wallet of a holder: enrolled and shown with keys of a real signer, judged by a verifier. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "authority_made.h"
#include "expect.h"
#include "helpers/signer_home.h"
#include "record_sample.h"
#include "zy/trust_bundle.h"
#include "zy/wallet.h"

#define AT 1772323200 /* 2026-03-01T00:00:00Z */
#define DAY 86400LL
#define KEY(label) "pkcs11:token=soft;object=" label

static struct signer_home home;
static struct zy_hsm *hsm;
static struct zy_keys *keys;
static struct zy_arena arena;
static struct zy_trust trust;
static struct zy_trust_cert anchor;
static struct zy_trust_credential_key credential_key;

static const char *const type_codes[] = { "11100000MB0143028R001" };
static const struct zy_trust_issuer issuer = { .code = "11990100MB99000131",
	.name = { "云泽市市场监督管理局", "Yunze Market Office" },
	.num_types = 1,
	.types = type_codes };
static const struct zy_trust_field fields[] = { { "name", 1, ZY_FIELD_TEXT, { "名称", "Name" } },
	{ "business_scope", 5, ZY_FIELD_TEXT, { "经营范围", "Scope" } },
	{ "staff", 6, ZY_FIELD_INTEGER, { "人数", "Staff" } },
	{ "registered_capital", 7, ZY_FIELD_TEXT, { "注册资本", "Capital" } } };
static const struct zy_trust_type type = { .code = "11100000MB0143028R001",
	.alias = "business-licence",
	.name = { "营业执照", "Business Licence" },
	.number = 1,
	.credential_days = 30,
	.num_fields = 4,
	.fields = fields };
static struct zy_field record_fields[] = { { "registered_capital", "壹佰万元整" }, { "staff", "-3" },
	{ "name", "云泽市远山茶业有限公司" }, { "internal_note", "not for showing" } };

static void make_trust(void)
{
	const struct zy_cert_subject root = { "云泽市", "Root", "" }, signer = { "云泽市", "Credentials", issuer.code };
	struct zy_cert_issuer by = { .key = KEY("root") };
	static struct authority_made made;
	char folder[1100];

	MUST(zy_hsm_generate(hsm, KEY("root"), ZY_KEY_P256, ZY_USE_CERTIFICATE, &err));
	MUST(zy_hsm_generate(hsm, KEY("credential"), ZY_KEY_P256, ZY_USE_CREDENTIAL, &err));
	MUST(zy_hsm_generate(hsm, KEY("device"), ZY_KEY_P256, ZY_USE_SHOWING, &err));
	snprintf(folder, sizeof(folder), "%s/ca", home.path);
	MUST(authority_make(&made, hsm, keys, folder, AT, &arena, &err));
	MUST(
	    authority_issue(&made, &by, "root", &root, KEY("root"), AT - DAY, AT + 3650 * DAY, &arena, &by.cert, &err));
	credential_key = (struct zy_trust_credential_key){ .suite = ZY_SUITE_INTL, .issuer = issuer.code };
	MUST(authority_issue(&made, &by, "credential", &signer, KEY("credential"), AT - DAY, AT + 365 * DAY, &arena,
	    &credential_key.cert, &err));
	zy_register_close(made.ca.reg);
	MUST(zy_credential_kid(ZY_SUITE_INTL, credential_key.cert, credential_key.kid, &err));
	anchor = (struct zy_trust_cert){ .der = by.cert, .purposes = ZY_PURPOSE_CREDENTIAL };
	trust = (struct zy_trust){ .issued_at = AT - DAY,
		.next_update = AT + 365 * DAY,
		.num_anchors = 1,
		.anchors = &anchor,
		.num_issuers = 1,
		.issuers = &issuer,
		.num_types = 1,
		.types = &type,
		.num_credential_keys = 1,
		.credential_keys = &credential_key };
}

static int make(void **state)
{
	struct zy_error err = { 0 };
	int status;

	(void)state;
	home_make(&home);
	home_soft_token(&home, "soft", SOFTHSM_MODULE);
	if (home_run(&home, "soft", "--init") != 0 || !home_start(&home, "soft", &status) ||
	    !zy_hsm_open(&hsm, home.path, &err) || !zy_keys_open(&keys, &err))
		return 1;
	make_trust();
	return 0;
}

static int remove_all(void **state)
{
	(void)state;
	zy_keys_close(keys);
	zy_hsm_close(hsm);
	zy_arena_free(&arena);
	home_remove(&home);
	return 0;
}

static struct zy_record record(void)
{
	struct zy_record r = zy_record_sample();

	r.fields = record_fields;
	r.num_fields = 4;
	return r;
}

static struct zy_credential_plan plan_of(const struct zy_record *r)
{
	struct zy_credential_plan p = { .record = r,
		.type = &type,
		.signer_key = KEY("credential"),
		.signer_suite = ZY_SUITE_INTL,
		.device_key = KEY("device"),
		.now = AT,
		.not_after = ZY_TIME_NEVER };

	memcpy(p.kid, credential_key.kid, 8);
	return p;
}

static struct zy_wallet enrolled(void)
{
	struct zy_record r = record();
	struct zy_credential_plan p = plan_of(&r);
	struct zy_wallet w = { 0 };

	MUST(zy_wallet_enrol(hsm, &p, &arena, &w, &err));
	return w;
}

static struct zy_credential credential_of(const struct zy_wallet *w)
{
	struct zy_reader r = zy_reader_over(w->credential);
	struct zy_credential c = { 0 };

	MUST(zy_credential_parse(&c, &r, &err));
	return c;
}

static void the_fields_are_those_of_the_type_in_its_order(void **state)
{
	struct zy_wallet w = enrolled();
	struct zy_shown_field f;

	(void)state;
	assert_int_equal(w.num_fields, 3);
	assert_string_equal(w.fields[0].key, "name");
	assert_string_equal(w.fields[1].key, "staff");
	assert_string_equal(w.fields[2].key, "registered_capital");
	MUST(zy_shown_field_parse(&f, w.fields[1].bytes, &err));
	assert_int_equal(f.label, 6);
	assert_false(f.is_text);
	assert_int_equal(f.number, -3);
	assert_int_equal(w.n, 8);
	assert_string_equal(w.licence, zy_record_sample().identifier);
}

/* Salts and padding are new with each enrolment: equal values do not show. */
static void two_enrolments_have_nothing_in_common(void **state)
{
	struct zy_wallet a = enrolled(), b = enrolled();

	(void)state;
	for (size_t i = 0; i < 8; i++)
		assert_memory_not_equal(a.leaves[i], b.leaves[i], ZY_HASH_LEN);
}

static void the_credential_ends_with_the_licence_or_its_own_days(void **state)
{
	struct zy_record r = record();
	struct zy_credential_plan p = plan_of(&r);
	struct zy_wallet w = enrolled();

	(void)state;
	assert_true(credential_of(&w).exp == AT + 30 * DAY);
	p.not_after = AT + 10 * DAY;
	MUST(zy_wallet_enrol(hsm, &p, &arena, &w, &err));
	assert_true(credential_of(&w).exp == AT + 10 * DAY);
	p.not_after = AT;
	REFUSED(zy_wallet_enrol(hsm, &p, &arena, &w, &err), ZY_E_SHOWING);
}

static void a_key_is_used_only_for_its_purpose(void **state)
{
	struct zy_record r = record();
	struct zy_credential_plan p = plan_of(&r);
	struct zy_wallet w;

	(void)state;
	p.signer_key = KEY("device");
	REFUSED(zy_wallet_enrol(hsm, &p, &arena, &w, &err), ZY_E_KEY_USE);
	p.signer_key = KEY("credential");
	p.device_key = KEY("none");
	REFUSED(zy_wallet_enrol(hsm, &p, &arena, &w, &err), ZY_E_NOT_FOUND);
}

static void a_licence_without_a_field_to_show_is_not_enrolled(void **state)
{
	struct zy_record r = record();
	struct zy_credential_plan p = plan_of(&r);
	struct zy_wallet w;

	(void)state;
	r.fields = record_fields + 3;
	r.num_fields = 1;
	REFUSED(zy_wallet_enrol(hsm, &p, &arena, &w, &err), ZY_E_SHOWING);
}

static void a_verifier_believes_what_is_shown(void **state)
{
	static const char *const chosen[] = { "registered_capital", "name" };
	struct zy_wallet w = enrolled();

	(void)state;
	for (size_t num = 1; num <= 2; num++) {
		ZY_BUF_AUTO text = { 0 };
		ZY_REPORT_AUTO r = { 0 };

		MUST(zy_wallet_show(hsm, &w, chosen, num, AT + 5, &text, &err));
		zy_report_start(&r, "code", AT + 10);
		MUST(zy_judge_showing(keys, &trust, zy_buf_bytes(&text), AT + 10, &r, &err));
		assert_string_equal(zy_indication_name(zy_report_indication(&r)), "TOTAL-PASSED");
		assert_int_equal(r.showing.num_fields, num);
		/* in the order of the tree, whatever order was asked for */
		assert_string_equal(r.showing.fields[num - 1].key, "registered_capital");
		assert_string_equal(r.showing.fields[num - 1].value, "壹佰万元整");
		assert_null(memmem(text.p, text.len, "茶", 3));
	}
}

static void two_codes_of_one_moment_differ(void **state)
{
	static const char *const chosen[] = { "name" };
	struct zy_wallet w = enrolled();
	ZY_BUF_AUTO a = { 0 };
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	MUST(zy_wallet_show(hsm, &w, chosen, 1, AT, &a, &err));
	MUST(zy_wallet_show(hsm, &w, chosen, 1, AT, &b, &err));
	assert_false(zy_bytes_equal(zy_buf_bytes(&a), zy_buf_bytes(&b)));
}

static void only_fields_that_the_wallet_has_are_shown(void **state)
{
	static const char *const unknown[] = { "name", "internal_note" };
	struct zy_wallet w = enrolled();
	ZY_BUF_AUTO text = { 0 };

	(void)state;
	REFUSED(zy_wallet_show(hsm, &w, unknown, 2, AT, &text, &err), ZY_E_NOT_FOUND);
	REFUSED(zy_wallet_show(hsm, &w, unknown, 0, AT, &text, &err), ZY_E_USAGE);
	assert_int_equal(text.len, 0);
}

static void what_a_screen_cannot_show_is_refused(void **state)
{
	static const char *const chosen[] = { "business_scope" };
	char scope[700];
	struct zy_field one = { "business_scope", scope };
	struct zy_record r = record();
	struct zy_credential_plan p = plan_of(&r);
	struct zy_wallet w;
	ZY_BUF_AUTO text = { 0 };

	(void)state;
	memset(scope, 'x', sizeof(scope) - 1);
	scope[sizeof(scope) - 1] = 0;
	r.fields = &one;
	r.num_fields = 1;
	MUST(zy_wallet_enrol(hsm, &p, &arena, &w, &err));
	REFUSED(zy_wallet_show(hsm, &w, chosen, 1, AT, &text, &err), ZY_E_TOO_LARGE);
}

static void a_wallet_file_keeps_the_wallet(void **state)
{
	static const char *const chosen[] = { "staff" };
	struct zy_wallet w = enrolled(), back;
	ZY_BUF_AUTO file = { 0 };
	ZY_BUF_AUTO text = { 0 };
	static uint8_t large[ZY_WALLET_MAX + 1];

	(void)state;
	MUST(zy_wallet_encode(&w, &file, &err));
	MUST(zy_wallet_parse(&back, zy_buf_bytes(&file), &arena, &err));
	assert_string_equal(back.licence, w.licence);
	assert_string_equal(back.key, w.key);
	assert_memory_equal(back.leaves, w.leaves, sizeof(w.leaves));
	MUST(zy_wallet_show(hsm, &back, chosen, 1, AT, &text, &err));
	REFUSED(zy_wallet_parse(&back, ZY_BYTES(large, sizeof(large)), &arena, &err), ZY_E_TOO_LARGE);
	REFUSED(zy_wallet_parse(&back, ZY_BYTES(file.p, file.len - 1), &arena, &err), ZY_E_TRUNCATED);
	zy_buf_put_u8(&file, 0);
	REFUSED(zy_wallet_parse(&back, zy_buf_bytes(&file), &arena, &err), ZY_E_TRAILING);
	file.p[1] = 0;
	file.len--;
	REFUSED(zy_wallet_parse(&back, zy_buf_bytes(&file), &arena, &err), ZY_E_SHOWING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fields_are_those_of_the_type_in_its_order),
		cmocka_unit_test(two_enrolments_have_nothing_in_common),
		cmocka_unit_test(the_credential_ends_with_the_licence_or_its_own_days),
		cmocka_unit_test(a_key_is_used_only_for_its_purpose),
		cmocka_unit_test(a_licence_without_a_field_to_show_is_not_enrolled),
		cmocka_unit_test(a_verifier_believes_what_is_shown),
		cmocka_unit_test(two_codes_of_one_moment_differ),
		cmocka_unit_test(only_fields_that_the_wallet_has_are_shown),
		cmocka_unit_test(what_a_screen_cannot_show_is_refused),
		cmocka_unit_test(a_wallet_file_keeps_the_wallet),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
