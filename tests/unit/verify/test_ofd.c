#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/err.h>

#include "verify_ofd.h"

#define ALL_PURPOSES (ZY_PURPOSE_SEAL | ZY_PURPOSE_SEAL_MAKER | ZY_PURPOSE_DOCUMENT)

static bool stranger; /* the trust does not know the time-stamp authority */

struct judged {
	struct zy_arena a;
	struct zy_keys *keys;
	struct zy_trust trust;
	struct zy_report r;
};

static void judge(struct judged *j, const struct verify_ofd *m, bool with_trust, zy_time at)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO ofd = { 0 };

	*j = (struct judged){ 0 };
	assert_true(zy_keys_open(&j->keys, &err));
	j->trust = verify_trust(&j->a, ALL_PURPOSES);
	if (m->tsa != NULL && !stranger)
		stamp_trust(m->tsa, &j->trust, &j->a);
	verify_make_ofd(m, &j->a, &ofd);
	zy_report_start(&j->r, "x.ofd", at);
	if (!zy_judge_file(j->keys, with_trust ? &j->trust : NULL, zy_buf_bytes(&ofd), at, &j->r, &err))
		fail_msg("%s: %s: %s", zy_code_name(err.code), err.field, err.msg);
	assert_int_equal(ERR_peek_error(), 0);
}

static void done(struct judged *j)
{
	zy_report_free(&j->r);
	zy_keys_close(j->keys);
	zy_arena_free(&j->a);
}

static void show(const struct zy_report *r)
{
	for (const struct zy_finding *f = r->first; f != NULL; f = f->next)
		print_message("  %s %s %s\n", f->rule->code, f->field, f->detail == NULL ? "" : f->detail);
}

static void expect(const struct verify_ofd *m, zy_time at, enum zy_indication i, const char *code)
{
	struct judged j;

	judge(&j, m, true, at);
	if (zy_report_indication(&j.r) != i || (code != NULL && !verify_has(&j.r, code))) {
		show(&j.r);
		fail_msg("%s, wanted %s with %s", zy_indication_name(zy_report_indication(&j.r)), zy_indication_name(i),
		    code);
	}
	done(&j);
}

static void a_sealed_licence_passes_and_says_what_it_is(void **state)
{
	struct judged j;

	(void)state;
	judge(&j, &(struct verify_ofd){ 0 }, true, VERIFY_AT + 60);
	if (zy_report_indication(&j.r) != ZY_TOTAL_PASSED)
		show(&j.r);
	assert_int_equal(zy_report_indication(&j.r), ZY_TOTAL_PASSED);
	assert_string_equal(j.r.format, "ofd");
	assert_int_equal(j.r.num_signatures, 1);
	assert_string_equal(j.r.signatures[0].kind, "ses-v4");
	assert_string_equal(j.r.signatures[0].covers, "whole");
	assert_string_equal(j.r.signatures[0].seal_esid, VERIFY_ESID);
	assert_string_equal(j.r.signatures[0].signer, "C=CN, O=测试机构, CN=gm-leaf");
	assert_int_equal(j.r.signatures[0].indication, ZY_TOTAL_PASSED);
	assert_true(j.r.has_licence);
	assert_string_equal(j.r.licence.status, "valid");
	assert_string_equal(j.r.licence.holder_name, "云泽市远山茶业有限公司");
	done(&j);
}

static void without_trust_it_cannot_be_told_but_broken_is_broken(void **state)
{
	struct judged j;

	(void)state;
	judge(&j, &(struct verify_ofd){ 0 }, false, VERIFY_AT);
	assert_int_equal(zy_report_indication(&j.r), ZY_INDETERMINATE);
	assert_true(verify_has(&j.r, "trust-absent"));
	assert_string_equal(j.r.licence.status, "unknown");
	done(&j);
	judge(&j, &(struct verify_ofd){ .change = "Doc_0/Document.xml" }, false, VERIFY_AT);
	assert_int_equal(zy_report_indication(&j.r), ZY_TOTAL_FAILED);
	done(&j);
}

static void each_fault_fails_with_its_own_finding(void **state)
{
	static const struct {
		struct verify_ofd m;
		const char *code;
	} all[] = {
		{ { .change = "Doc_0/Attachs/licence.xml" }, "reference-digest" },
		{ { .change = "Doc_0/Pages/Page_0/Content.xml" }, "reference-digest" },
		{ { .change = VERIFY_SIGN "Signature.xml" }, "signature-unreadable" },
		{ { .change = VERIFY_SIGN "SignedValue.dat" }, "ses-unreadable" },
		{ { .skip_reference = "Doc_0/Pages/Page_0/Content.xml" }, "not-covered" },
		{ { .skip_reference = "OFD.xml" }, "not-covered" },
		{ { .other_provider = true }, "ses-data-hash" },
		{ { .stray = "Doc_0/extra.bin" }, "licence-stray-file" },
		{ { .property_info = "/Doc_0/Signs/Sign_1/Signature.xml" }, "ses-property-info" },
		{ { .wrong_seal_file = true }, "seal-file-differs" },
		{ { .signer = "gm-usage" }, "signer-not-in-seal" },
		{ { .signer = "gm-usage" }, "signature-value" },
		{ { .maker = "gm-usage" }, "seal-signature" },
		{ { .signed_at = VERIFY_AT + 3600 }, "signed-in-future" },
		{ { .signed_at = VERIFY_AT - 3 * 86400 }, "seal-not-yet-valid" },
		{ { .signed_at = VERIFY_AT - 90 * 86400 }, "signed-before-certificate" },
		{ { .seal_end = VERIFY_AT - 3600 }, "seal-expired" },
		{ { .seal_end = VERIFY_AT - 5 * 86400 }, "seal-dates" },
		{ { .esID = "99010000000009" }, "licence-seal-not-issuers" },
		{ { .no_metadata = true }, "licence-metadata-differs" },
		{ { .unsealed = true }, "licence-unsigned" },
		{ { .signer = "gm-usage" }, "licence-signer-unnamed" },
		{ { .no_references = true }, "reference-none" },
		{ { .no_seal_file = true }, "seal-file-missing" },
		{ { .create_date = VERIFY_AT - 20 * 365 * 86400 }, "maker-dates" },
		{ { .identifier = "1.2.156.3005.2.11100000MB0143028R001.11990100MB99000131.000000001.001.Q" },
		    "licence-record-unreadable" },
		{ { .identifier = "1.2.156.3005.2.11100000MB0143028R071.11990100MB99000131.000000001.001.O" },
		    "licence-record-unreadable" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		expect(&all[i].m, VERIFY_AT, ZY_TOTAL_FAILED, all[i].code);
}

/* The second is covered like the first, so nothing else is wrong. */
static void a_licence_is_one_document(void **state)
{
	(void)state;
	expect(&(struct verify_ofd){ .two_documents = true }, VERIFY_AT, ZY_TOTAL_FAILED, "licence-several-documents");
	expect(&(struct verify_ofd){ .two_documents = true, .plain = true }, VERIFY_AT, ZY_TOTAL_PASSED, NULL);
}

static void what_only_time_or_policy_decides_is_indeterminate(void **state)
{
	(void)state;
	expect(&(struct verify_ofd){ .seal_end = VERIFY_AT + 3600 }, VERIFY_AT + 7200, ZY_INDETERMINATE,
	    "seal-expired-since");
	expect(&(struct verify_ofd){ 0 }, VERIFY_AT + 60 * 86400, ZY_INDETERMINATE, "trust-too-old");
	expect(&(struct verify_ofd){ .check_method = "SHA1" }, VERIFY_AT, ZY_INDETERMINATE, "check-method");
	expect(
	    &(struct verify_ofd){ .critical_extension = true }, VERIFY_AT, ZY_INDETERMINATE, "ses-extension-critical");
	expect(&(struct verify_ofd){ .no_record = true }, VERIFY_AT, ZY_INDETERMINATE, "licence-record-missing");
	expect(&(struct verify_ofd){ .plain = true, .unsealed = true }, VERIFY_AT, ZY_INDETERMINATE, "no-signature");
}

static void a_sealed_document_that_is_no_licence_passes_too(void **state)
{
	struct judged j;

	(void)state;
	judge(&j, &(struct verify_ofd){ .plain = true, .stray = "Doc_0/x" }, true, VERIFY_AT);
	assert_int_equal(zy_report_indication(&j.r), ZY_TOTAL_PASSED);
	assert_true(verify_has(&j.r, "stray-file"));
	assert_false(j.r.has_licence);
	done(&j);
}

static void a_licence_ends_with_the_last_second_of_its_last_day_in_beijing(void **state)
{
	const struct verify_ofd m = { .valid_to = "2026-03-10" };
	const zy_time end = VERIFY_AT + 10 * 86400 - 8 * 3600;
	struct judged j;

	(void)state;
	expect(&m, end - 1, ZY_TOTAL_PASSED, NULL);
	expect(&m, end, ZY_TOTAL_FAILED, "licence-expired");
	judge(&j, &m, true, end);
	assert_string_equal(zy_report_sub_indication(&j.r), "EXPIRED");
	assert_string_equal(j.r.licence.status, "expired");
	done(&j);
}

static void neither_zip_nor_pdf_is_an_error(void **state)
{
	ZY_REPORT_AUTO r;
	struct zy_error err = { 0 }, again = { 0 };
	struct zy_keys *k;

	(void)state;
	assert_true(zy_keys_open(&k, &err));
	zy_report_start(&r, "x", VERIFY_AT);
	assert_false(zy_judge_file(k, NULL, ZY_LITERAL("hello"), VERIFY_AT, &r, &err));
	assert_int_equal(err.code, ZY_E_FORMAT);
	assert_false(zy_judge_file(k, NULL, ZY_LITERAL("PK\x03\x04 and no more"), VERIFY_AT, &r, &again));
	assert_int_equal(zy_code_exit(again.code), 65);
	zy_keys_close(k);
}

static void seals_of_versions_1_and_5_pass_and_are_named(void **state)
{
	static const struct {
		unsigned version;
		const char *kind;
	} all[] = { { 1, "ses-v1" }, { 4, "ses-v4" }, { 5, "ses-v5" } };
	struct judged j;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		judge(&j, &(struct verify_ofd){ .version = all[i].version }, true, VERIFY_AT + 60);
		if (zy_report_indication(&j.r) != ZY_TOTAL_PASSED)
			show(&j.r);
		assert_int_equal(zy_report_indication(&j.r), ZY_TOTAL_PASSED);
		assert_string_equal(j.r.signatures[0].kind, all[i].kind);
		assert_int_equal(j.r.signatures[0].signing_time, VERIFY_AT);
		done(&j);
	}
}

static void a_version_1_seal_is_signed_over_more_than_its_info(void **state)
{
	(void)state;
	expect(
	    &(struct verify_ofd){ .version = 1, .v1_signs_info = true }, VERIFY_AT, ZY_TOTAL_FAILED, "seal-signature");
	expect(&(struct verify_ofd){ .version = 1, .maker = "intl-leaf" }, VERIFY_AT, ZY_INDETERMINATE,
	    "signature-algorithm");
	expect(&(struct verify_ofd){ .version = 1, .v1_time = "2026-03-02T00:00:00Z" }, VERIFY_AT, ZY_TOTAL_FAILED,
	    "signed-in-future");
	expect(
	    &(struct verify_ofd){ .version = 1, .v1_time = "yesterday" }, VERIFY_AT, ZY_TOTAL_FAILED, "ses-unreadable");
}

static void time_stamps_that_are_not_judged_are_said(void **state)
{
	struct judged j;

	(void)state;
	judge(&j, &(struct verify_ofd){ .version = 1, .v1_time = "0token" }, true, VERIFY_AT);
	assert_true(verify_has(&j.r, "seal-timestamp-not-judged") && verify_has(&j.r, "no-signing-time"));
	assert_null(j.r.signatures[0].time_source);
	done(&j);
}

static void a_good_time_stamp_proves_when_the_seal_was_put_on(void **state)
{
	struct stamp_authority gm = stamp_found(ZY_SUITE_GM, STAMP_EKU), intl = stamp_found(ZY_SUITE_INTL, STAMP_EKU);
	const zy_time end = VERIFY_AT + 10 * 86400, later = VERIFY_AT + 20 * 86400;
	struct judged j;

	(void)state;
	for (unsigned version = 4; version <= 5; version++) {
		struct verify_ofd m = { .version = version, .tsa = version == 4 ? &intl : &gm, .stamp = "good" };

		judge(&j, &m, true, VERIFY_AT);
		assert_int_equal(zy_report_indication(&j.r), ZY_TOTAL_PASSED);
		assert_string_equal(j.r.signatures[0].time_source, "token");
		assert_int_equal(j.r.signatures[0].signing_time, VERIFY_AT);
		done(&j);
		/* the seal has ended since: only who can prove the time passes */
		m.seal_end = end;
		expect(&m, later, ZY_TOTAL_PASSED, NULL);
		m.stamp = NULL;
		expect(&m, later, ZY_INDETERMINATE, "seal-expired-since");
	}
	expect(
	    &(struct verify_ofd){ .version = 5, .tsa = &gm, .seal_stamp = "good" }, VERIFY_AT, ZY_TOTAL_PASSED, NULL);
	stamp_dissolve(&gm);
	stamp_dissolve(&intl);
}

/* One finding, at the field of the token; a time that is not proven is only claimed. */
static void expect_stamp(const struct verify_ofd *m, enum zy_indication want, const char *code, const char *field)
{
	const struct zy_finding *bad = NULL;
	size_t num = 0;
	struct judged j;

	judge(&j, m, true, VERIFY_AT);
	for (const struct zy_finding *f = j.r.first; f != NULL; f = f->next)
		if (f->rule->severity <= ZY_SEVERITY_UNKNOWN) {
			bad = f;
			num++;
		}
	if (num != 1 || strcmp(bad->rule->code, code) != 0 || strcmp(bad->field, field) != 0 ||
	    zy_report_indication(&j.r) != want) {
		show(&j.r);
		fail_msg("wanted %s at %s alone", code, field);
	}
	if (m->stamp != NULL && strcmp(m->stamp, "early") != 0)
		assert_string_equal(j.r.signatures[0].time_source, "claimed");
	done(&j);
}

static void a_wrong_time_stamp_has_its_own_finding(void **state)
{
	static const struct {
		const char *how, *code;
	} all[] = { { "other", "timestamp-imprint" }, { "altered", "signature-value" },
		{ "early", "timestamp-too-early" }, { "bytes", "timestamp-unreadable" } };
	struct stamp_authority good = stamp_found(ZY_SUITE_GM, STAMP_EKU), mail = stamp_found(ZY_SUITE_GM, "");
	struct verify_ofd m = { .version = 5, .tsa = &good };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		m.stamp = all[i].how;
		expect_stamp(&m, i == 3 ? ZY_INDETERMINATE : ZY_TOTAL_FAILED, all[i].code, "SES_Signature.timeStamp");
		m.stamp = NULL;
		m.seal_stamp = all[i].how;
		expect_stamp(&m, i == 3 ? ZY_INDETERMINATE : ZY_TOTAL_FAILED, all[i].code, "SESeal.timeStamp");
		m.seal_stamp = NULL;
	}
	m.stamp = "good";
	stranger = true;
	expect_stamp(&m, ZY_INDETERMINATE, "no-chain", "SES_Signature.timeStamp");
	stranger = false;
	m.tsa = &mail;
	expect_stamp(&m, ZY_INDETERMINATE, "certificate-key-usage", "SES_Signature.timeStamp");
	stamp_dissolve(&good);
	stamp_dissolve(&mail);
}

static void a_version_5_seal_must_be_valid_when_it_was_made(void **state)
{
	const zy_time before = VERIFY_AT - 4 * 86400;

	(void)state;
	expect(&(struct verify_ofd){ .version = 5, .create_date = before }, VERIFY_AT, ZY_TOTAL_FAILED,
	    "seal-made-outside-validity");
	expect(&(struct verify_ofd){ .version = 4, .create_date = before }, VERIFY_AT, ZY_TOTAL_PASSED,
	    "seal-create-date");
}

static void an_expired_maker_is_a_note_in_version_5_only(void **state)
{
	struct judged j;

	(void)state;
	judge(&j, &(struct verify_ofd){ .version = 5, .maker = "gm-leaf" }, true, VERIFY_LATE);
	assert_true(verify_has(&j.r, "maker-expired-since"));
	done(&j);
	judge(&j, &(struct verify_ofd){ .version = 4, .maker = "gm-leaf" }, true, VERIFY_LATE);
	assert_false(verify_has(&j.r, "maker-expired-since"));
	done(&j);
}

static void a_signer_may_be_listed_by_digest(void **state)
{
	struct judged j;

	(void)state;
	judge(&j, &(struct verify_ofd){ .by_digest = true }, true, VERIFY_AT + 60);
	assert_int_equal(zy_report_indication(&j.r), ZY_TOTAL_PASSED);
	done(&j);
	judge(&j, &(struct verify_ofd){ .by_digest = true, .signer = "intl-leaf" }, true, VERIFY_AT + 60);
	assert_true(verify_has(&j.r, "signer-not-in-seal"));
	done(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seals_of_versions_1_and_5_pass_and_are_named),
		cmocka_unit_test(a_version_1_seal_is_signed_over_more_than_its_info),
		cmocka_unit_test(time_stamps_that_are_not_judged_are_said),
		cmocka_unit_test(a_good_time_stamp_proves_when_the_seal_was_put_on),
		cmocka_unit_test(a_wrong_time_stamp_has_its_own_finding),
		cmocka_unit_test(a_version_5_seal_must_be_valid_when_it_was_made),
		cmocka_unit_test(an_expired_maker_is_a_note_in_version_5_only),
		cmocka_unit_test(a_signer_may_be_listed_by_digest),
		cmocka_unit_test(a_sealed_licence_passes_and_says_what_it_is),
		cmocka_unit_test(without_trust_it_cannot_be_told_but_broken_is_broken),
		cmocka_unit_test(each_fault_fails_with_its_own_finding),
		cmocka_unit_test(a_licence_is_one_document),
		cmocka_unit_test(what_only_time_or_policy_decides_is_indeterminate),
		cmocka_unit_test(a_sealed_document_that_is_no_licence_passes_too),
		cmocka_unit_test(a_licence_ends_with_the_last_second_of_its_last_day_in_beijing),
		cmocka_unit_test(neither_zip_nor_pdf_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
