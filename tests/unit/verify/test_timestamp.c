/* Time-stamp tokens of both suites by an authority made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/err.h>

#include "stamp_made.h"

#define CONTENT ZY_LITERAL("what is stamped")

/* Judges at VERIFY_AT; code NULL: passed; else that finding is there and the indication is as said. */
static void judged(const struct stamp_authority *a, unsigned purposes, struct zy_bytes in, struct zy_bytes content,
    enum zy_indication want, const char *code)
{
	struct zy_trust_cert anchor = { .der = a->root, .purposes = purposes };
	struct zy_trust t = { .version = 1, .next_update = VERIFY_AT + 86400, .num_anchors = 1, .anchors = &anchor };
	struct zy_error err = { 0 };
	ZY_REPORT_AUTO r;
	struct zy_keys *k;

	assert_true(zy_keys_open(&k, &err));
	zy_report_start(&r, "stamp", VERIFY_AT);
	if (!zy_judge_timestamp(k, purposes == 0 ? NULL : &t, in, content, VERIFY_AT, &r, &err))
		fail_msg("%s", err.msg);
	if (zy_report_indication(&r) != want || (code != NULL && !verify_has(&r, code)))
		fail_msg("%s: %s with %s", code == NULL ? "good" : code, zy_indication_name(zy_report_indication(&r)),
		    r.first == NULL ? "nothing" : r.first->rule->code);
	if (want == ZY_TOTAL_PASSED) {
		assert_string_equal(r.signatures[0].kind, "timestamp");
		assert_string_equal(r.signatures[0].time_source, "token");
		assert_int_equal(r.signatures[0].signing_time, VERIFY_AT - 60);
	}
	zy_keys_close(k);
	assert_int_equal(ERR_peek_error(), 0);
}

static void a_token_or_its_response_passes_with_its_content_alone(void **state)
{
	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		struct stamp_authority a = stamp_found(s, STAMP_EKU);
		ZY_BUF_AUTO token = { 0 }, response = { 0 }, refusal = { 0 };
		struct zy_tsp_response r = { 0 };
		struct zy_error err = { 0 };

		stamp_make(&a, CONTENT, VERIFY_AT - 60, &token);
		r.token = zy_buf_bytes(&token);
		assert_true(zy_tsp_response_encode(&r, &response, &err));
		assert_true(zy_tsp_refusal_encode(ZY_TSP_BAD_ALG, "no", &refusal, &err));
		judged(&a, ZY_PURPOSE_TIMESTAMP, r.token, CONTENT, ZY_TOTAL_PASSED, NULL);
		judged(&a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&response), CONTENT, ZY_TOTAL_PASSED, NULL);
		judged(
		    &a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&refusal), CONTENT, ZY_INDETERMINATE, "timestamp-refused");
		judged(&a, ZY_PURPOSE_TIMESTAMP, r.token, ZY_LITERAL("other"), ZY_TOTAL_FAILED, "timestamp-imprint");
		judged(&a, 0, r.token, CONTENT, ZY_INDETERMINATE, "trust-absent");
		judged(&a, 0, r.token, ZY_LITERAL("other"), ZY_TOTAL_FAILED, "timestamp-imprint");
		/* an anchor of documents is none of time-stamps */
		judged(&a, ZY_PURPOSE_DOCUMENT, r.token, CONTENT, ZY_INDETERMINATE, "no-chain");
		stamp_dissolve(&a);
	}
}

static void any_changed_octet_is_seen(void **state)
{
	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		struct stamp_authority a = stamp_found(s, STAMP_EKU);
		struct zy_trust_cert anchor = { .der = a.root, .purposes = ZY_PURPOSE_TIMESTAMP };
		struct zy_trust t = {
			.version = 1, .next_update = VERIFY_AT + 86400, .num_anchors = 1, .anchors = &anchor
		};
		struct zy_error err = { 0 };
		ZY_BUF_AUTO token = { 0 };
		struct zy_keys *k;

		assert_true(zy_keys_open(&k, &err));
		stamp_make(&a, CONTENT, VERIFY_AT - 60, &token);
		for (size_t i = 0; i < token.len; i++) {
			ZY_REPORT_AUTO r;

			err = (struct zy_error){ 0 };
			token.p[i] ^= 1;
			zy_report_start(&r, "stamp", VERIFY_AT);
			if (zy_judge_timestamp(k, &t, zy_buf_bytes(&token), CONTENT, VERIFY_AT, &r, &err) &&
			    zy_report_indication(&r) == ZY_TOTAL_PASSED)
				fail_msg("octet %zu was changed and the token passed", i);
			token.p[i] ^= 1;
		}
		zy_keys_close(k);
		stamp_dissolve(&a);
	}
}

static void a_certificate_for_anything_else_stamps_nothing(void **state)
{
	static const char *const usages[] = { "", "timeStamping", "critical,timeStamping,codeSigning",
		"critical,emailProtection" };

	(void)state;
	for (size_t i = 0; i < sizeof(usages) / sizeof(usages[0]); i++) {
		struct stamp_authority a = stamp_found(ZY_SUITE_INTL, usages[i]);
		ZY_BUF_AUTO token = { 0 };

		stamp_make(&a, CONTENT, VERIFY_AT - 60, &token);
		judged(
		    &a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&token), CONTENT, ZY_INDETERMINATE, "certificate-key-usage");
		stamp_dissolve(&a);
	}
}

static void genTime_lies_inside_the_certificate_and_not_ahead(void **state)
{
	struct stamp_authority a = stamp_found(ZY_SUITE_INTL, STAMP_EKU);
	ZY_BUF_AUTO early = { 0 }, ahead = { 0 };

	(void)state;
	stamp_make(&a, CONTENT, 1767225599, &early); /* 2025-12-31T23:59:59Z */
	judged(&a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&early), CONTENT, ZY_TOTAL_FAILED, "signed-before-certificate");
	stamp_make(&a, CONTENT, VERIFY_AT + 3600, &ahead);
	judged(&a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&ahead), CONTENT, ZY_TOTAL_FAILED, "signed-in-future");
	stamp_dissolve(&a);
}

static void what_is_not_of_one_piece_is_found(void **state)
{
	static const struct zy_bytes critical = ZY_LITERAL("\xa1\x0c\x30\x0a\x06\x02\x2a\x03\x01\x01\xff\x04\x01\x61");
	struct stamp_authority a = stamp_found(ZY_SUITE_INTL, STAMP_EKU);
	ZY_BUF_AUTO info = { 0 }, other = { 0 }, strange = { 0 }, swapped = { 0 }, bare = { 0 }, unknown = { 0 };

	(void)state;
	stamp_info(a.suite, CONTENT, VERIFY_AT - 60, (struct zy_bytes){ 0 }, &info);
	stamp_info(a.suite, CONTENT, VERIFY_AT - 61, (struct zy_bytes){ 0 }, &other);
	stamp_info(a.suite, CONTENT, VERIFY_AT - 60, critical, &strange);
	stamp_other(&a, zy_buf_bytes(&info), zy_buf_bytes(&other), true, &swapped);
	judged(&a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&swapped), CONTENT, ZY_TOTAL_FAILED, "timestamp-content");
	stamp_other(&a, zy_buf_bytes(&info), zy_buf_bytes(&info), false, &bare);
	judged(&a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&bare), CONTENT, ZY_INDETERMINATE, "no-signing-certificate");
	stamp_other(&a, zy_buf_bytes(&strange), zy_buf_bytes(&strange), true, &unknown);
	judged(&a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&unknown), CONTENT, ZY_INDETERMINATE, "timestamp-extension");
	judged(&a, ZY_PURPOSE_TIMESTAMP, ZY_LITERAL("\x30\x02\x06\x00"), CONTENT, ZY_INDETERMINATE,
	    "timestamp-unreadable");
	stamp_dissolve(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_or_its_response_passes_with_its_content_alone),
		cmocka_unit_test(any_changed_octet_is_seen),
		cmocka_unit_test(a_certificate_for_anything_else_stamps_nothing),
		cmocka_unit_test(genTime_lies_inside_the_certificate_and_not_ahead),
		cmocka_unit_test(what_is_not_of_one_piece_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
