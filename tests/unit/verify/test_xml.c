#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "xml_made.h"

struct world {
	struct zy_arena a;
	struct zy_keys *keys;
	struct zy_trust trust;
	struct zy_report r;
};

static int open_world(void **state)
{
	static struct world w;
	struct zy_error err = { 0 };

	w = (struct world){ 0 };
	w.trust = verify_trust(&w.a, ZY_PURPOSE_SEAL | ZY_PURPOSE_DOCUMENT);
	assert_true(zy_keys_open(&w.keys, &err));
	*state = &w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	zy_report_free(&w->r);
	zy_keys_close(w->keys);
	zy_arena_free(&w->a);
	return 0;
}

static void judge(struct world *w, const struct zy_buf *file, const struct zy_trust *trust)
{
	struct zy_error err = { 0 };

	zy_report_free(&w->r);
	zy_report_start(&w->r, "x", VERIFY_AT);
	if (!zy_judge_file(w->keys, trust, zy_buf_bytes(file), VERIFY_AT, &w->r, &err))
		fail_msg("%s", err.msg);
}

static void signatures_of_both_suites_pass(void **state)
{
	struct world *w = *state;

	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		ZY_BUF_AUTO file = { 0 };

		xml_make(&(struct xml_made){ .suite = s }, &w->a, &file);
		judge(w, &file, &w->trust);
		assert_string_equal(zy_indication_name(zy_report_indication(&w->r)), "TOTAL-PASSED");
		assert_string_equal(w->r.format, "xml");
		assert_int_equal(w->r.num_signatures, 1);
		assert_string_equal(w->r.signatures[0].kind, "xml");
		assert_string_equal(w->r.signatures[0].covers, "whole");
		assert_string_equal(w->r.signatures[0].time_source, "claimed");
		assert_int_equal(w->r.signatures[0].signing_time, VERIFY_AT);
	}
}

static void without_trust_it_cannot_be_told(void **state)
{
	struct world *w = *state;
	ZY_BUF_AUTO file = { 0 };

	xml_make(&(struct xml_made){ .suite = ZY_SUITE_GM }, &w->a, &file);
	judge(w, &file, NULL);
	assert_int_equal(zy_report_indication(&w->r), ZY_INDETERMINATE);
	assert_true(verify_has(&w->r, "trust-absent"));
	assert_false(verify_has(&w->r, "no-chain"));
}

static void the_signers_subject_and_the_time_of_a_trusted_stamp_are_reported(void **state)
{
	struct stamp_authority tsa = stamp_found(ZY_SUITE_INTL, STAMP_EKU);
	struct world *w = *state;
	ZY_BUF_AUTO file = { 0 };

	stamp_trust(&tsa, &w->trust, &w->a);
	xml_make(&(struct xml_made){ .suite = ZY_SUITE_INTL, .tsa = &tsa, .stamp = "good" }, &w->a, &file);
	judge(w, &file, &w->trust);
	assert_int_equal(zy_report_indication(&w->r), ZY_TOTAL_PASSED);
	assert_string_equal(w->r.signatures[0].time_source, "token");
	assert_non_null(strstr(w->r.signatures[0].signer, "CN=intl-leaf"));
	stamp_dissolve(&tsa);
}

static void a_time_stamp_that_is_wrong_is_found_and_proves_nothing(void **state)
{
	static const struct {
		const char *how, *code;
	} cases[] = { { "other", "timestamp-imprint" }, { "early", "timestamp-too-early" },
		{ "bytes", "timestamp-unreadable" } };
	struct stamp_authority tsa = stamp_found(ZY_SUITE_GM, STAMP_EKU);
	struct world *w = *state;

	stamp_trust(&tsa, &w->trust, &w->a);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ZY_BUF_AUTO file = { 0 };

		xml_make(&(struct xml_made){ .suite = ZY_SUITE_GM, .tsa = &tsa, .stamp = cases[i].how }, &w->a, &file);
		judge(w, &file, &w->trust);
		assert_int_equal(zy_report_indication(&w->r), i == 2 ? ZY_INDETERMINATE : ZY_TOTAL_FAILED);
		assert_true(verify_has(&w->r, cases[i].code));
	}
	stamp_dissolve(&tsa);
}

static void two_time_stamps_are_refused(void **state)
{
	struct stamp_authority tsa = stamp_found(ZY_SUITE_GM, STAMP_EKU);
	struct world *w = *state;
	ZY_BUF_AUTO file = { 0 };

	stamp_trust(&tsa, &w->trust, &w->a);
	xml_make(
	    &(struct xml_made){ .suite = ZY_SUITE_GM,
		.tsa = &tsa,
		.stamp = "good",
		.after = { { "<xades:SignatureTimeStamp>",
		    "<xades:SignatureTimeStamp><xades:EncapsulatedTimeStamp>AAAA</xades:EncapsulatedTimeStamp></xades:"
		    "SignatureTimeStamp><xades:SignatureTimeStamp>" } } },
	    &w->a, &file);
	judge(w, &file, &w->trust);
	assert_int_equal(zy_report_indication(&w->r), ZY_INDETERMINATE);
	assert_true(verify_has(&w->r, "timestamp-unreadable"));
	stamp_dissolve(&tsa);
}

static void what_is_extracted_is_what_was_digested(void **state)
{
	struct world *w = *state;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO file = { 0 };
	ZY_BUF_AUTO out = { 0 };
	ZY_BUF_AUTO none = { 0 };
	size_t num;

	xml_make(&(struct xml_made){ .suite = ZY_SUITE_GM }, &w->a, &file);
	assert_true(zy_xml_signed_bytes(zy_buf_bytes(&file), 1, &out, &num, &err));
	assert_int_equal(num, 1);
	zy_buf_put_u8(&out, 0);
	assert_string_equal((const char *)out.p,
	    "<g:grant xmlns:g=\"urn:example:grant\" number=\"7\">\n  <g:to>云泽市测试公司</g:to>\n"
	    "  <g:amount currency=\"CNY\">1000</g:amount>\n</g:grant>");
	assert_true(zy_xml_signed_bytes(zy_buf_bytes(&file), 2, &none, &num, &err));
	assert_int_equal(none.len, 0);
}

static void a_time_after_the_certificate_fails(void **state)
{
	struct zy_error err = { 0 };
	struct world *w = *state;
	ZY_BUF_AUTO file = { 0 };

	xml_make(&(struct xml_made){ .suite = ZY_SUITE_GM, .signed_at = VERIFY_LATE - 60 }, &w->a, &file);
	zy_report_start(&w->r, "x", VERIFY_LATE);
	assert_true(zy_judge_file(w->keys, &w->trust, zy_buf_bytes(&file), VERIFY_LATE, &w->r, &err));
	assert_int_equal(zy_report_indication(&w->r), ZY_TOTAL_FAILED);
	assert_true(verify_has(&w->r, "signed-after-certificate"));
}

static void an_unsigned_document_is_told_from_a_signed_one(void **state)
{
	struct world *w = *state;
	ZY_BUF_AUTO file = { 0 };

	zy_buf_put_str(&file, "\xef\xbb\xbf\n<a/>");
	judge(w, &file, &w->trust);
	assert_int_equal(zy_report_indication(&w->r), ZY_INDETERMINATE);
	assert_true(verify_has(&w->r, "no-signature"));
}

static void a_flood_of_signatures_is_bounded(void **state)
{
	struct world *w = *state;
	ZY_BUF_AUTO file = { 0 };

	zy_buf_put_str(&file, "<a xmlns:ds='" ZY_XML_DS "'>");
	for (size_t i = 0; i <= ZY_XML_ENVELOPED_MAX; i++)
		zy_buf_put_str(&file, "<ds:Signature/>");
	zy_buf_put_str(&file, "</a>");
	judge(w, &file, &w->trust);
	assert_true(verify_has(&w->r, "too-many-findings"));
	assert_int_equal(w->r.num_signatures, ZY_XML_ENVELOPED_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(signatures_of_both_suites_pass, open_world, close_world),
		cmocka_unit_test_setup_teardown(without_trust_it_cannot_be_told, open_world, close_world),
		cmocka_unit_test_setup_teardown(
		    the_signers_subject_and_the_time_of_a_trusted_stamp_are_reported, open_world, close_world),
		cmocka_unit_test_setup_teardown(
		    a_time_stamp_that_is_wrong_is_found_and_proves_nothing, open_world, close_world),
		cmocka_unit_test_setup_teardown(two_time_stamps_are_refused, open_world, close_world),
		cmocka_unit_test_setup_teardown(what_is_extracted_is_what_was_digested, open_world, close_world),
		cmocka_unit_test_setup_teardown(a_time_after_the_certificate_fails, open_world, close_world),
		cmocka_unit_test_setup_teardown(
		    an_unsigned_document_is_told_from_a_signed_one, open_world, close_world),
		cmocka_unit_test_setup_teardown(a_flood_of_signatures_is_bounded, open_world, close_world),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
