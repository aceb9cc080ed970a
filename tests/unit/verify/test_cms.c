/* Signed data: one fault after the other, each with its own answer, in both suites; content beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/err.h>

#include "cms_made.h"

static struct zy_arena arena;
static struct zy_trust trust;
static struct zy_keys *keys;

struct beside {
	struct zy_bytes rest;
	size_t most;
	bool broken;
};

static bool next(void *arg, struct zy_bytes *piece, struct zy_error *err)
{
	struct beside *b = arg;

	if (b->broken && b->rest.len < 10)
		return zy_fail(err, ZY_E_IO, "detached", ZY_NOWHERE, "it broke");
	*piece = ZY_BYTES(b->rest.p, b->rest.len < b->most ? b->rest.len : b->most);
	b->rest = ZY_BYTES(b->rest.p + piece->len, b->rest.len - piece->len);
	return true;
}

/* code NULL: it passes; else this is found, and it does not. */
static void judged(const struct cms_made *m, const struct zy_trust *t, struct zy_bytes content, const char *code)
{
	struct beside b = { content, 3, false };
	const struct zy_content detached = { next, &b };
	struct zy_error err = { 0 };
	ZY_BUF_AUTO in = { 0 };
	ZY_REPORT_AUTO r;

	cms_make(m, &in);
	zy_report_start(&r, "made", VERIFY_AT);
	if (!zy_judge_cms(keys, t, zy_buf_bytes(&in), content.p == NULL ? NULL : &detached, VERIFY_AT, &r, &err))
		fail_msg("%s: %s", m->fault, err.msg);
	if ((zy_report_indication(&r) == ZY_TOTAL_PASSED) != (code == NULL) || (code != NULL && !verify_has(&r, code)))
		fail_msg("%s: %s %s", m->fault, zy_indication_name(zy_report_indication(&r)),
		    r.first == NULL ? "" : r.first->rule->code);
	assert_string_equal(r.signatures[0].kind, m->gbt ? "gbt35275" : "cms");
	assert_int_equal(ERR_peek_error(), 0);
}

static void faults_are_found_in_every_suite_and_form(void **state)
{
	static const struct {
		const char *fault, *code;
	} all[] = { { NULL, NULL }, { "no-attributes", NULL }, { "key-id", NULL }, { "two-signers", NULL },
		{ "all-indefinite", NULL }, { "content-altered", "document-digest" },
		{ "no-attributes-altered", "signature-value" }, { "signature-altered", "signature-value" },
		{ "second-signer-altered", "signature-value" }, { "no-message-digest", "signed-attributes-form" },
		{ "attributes-as-content", "signed-attributes-as-content" },
		{ "digest-not-announced", "digest-not-announced" },
		{ "sid-other-serial", "signing-certificate-differs" },
		{ "certificate-missing", "no-signing-certificate" },
		{ "signing-certificate-differs", "signing-certificate-attribute" },
		{ "algorithm-protection-differs", "algorithms-disagree" } };
	struct cms_made kinds[] = { { .suite = ZY_SUITE_INTL }, { .suite = ZY_SUITE_GM },
		{ .suite = ZY_SUITE_GM, .gbt = true } };

	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
			kinds[k].fault = all[i].fault;
			judged(&kinds[k], &trust, (struct zy_bytes){ 0 }, all[i].code);
		}
}

static void a_content_beside_it_is_read_in_pieces(void **state)
{
	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		const struct cms_made m = { .suite = s, .fault = "detached" };

		judged(&m, &trust, CMS_MADE_CONTENT, NULL);
		judged(&m, &trust, ZY_LITERAL("another"), "document-digest");
		judged(&m, &trust, ZY_LITERAL(""), "document-digest");
		judged(&m, &trust, (struct zy_bytes){ 0 }, "signed-content-missing");
		judged(&m, NULL, CMS_MADE_CONTENT, "trust-absent");
		judged(&m, NULL, ZY_LITERAL("another"), "document-digest");
	}
}

static void a_content_that_breaks_or_comes_twice_is_an_error(void **state)
{
	struct beside b = { CMS_MADE_CONTENT, 4, true };
	const struct zy_content detached = { next, &b };
	struct zy_error err = { 0 };
	ZY_BUF_AUTO in = { 0 }, whole = { 0 };
	ZY_REPORT_AUTO r, r2;

	(void)state;
	cms_make(&(struct cms_made){ .suite = ZY_SUITE_INTL, .fault = "detached" }, &in);
	zy_report_start(&r, "made", VERIFY_AT);
	assert_false(zy_judge_cms(keys, &trust, zy_buf_bytes(&in), &detached, VERIFY_AT, &r, &err));
	assert_int_equal(err.code, ZY_E_IO);
	err = (struct zy_error){ 0 };
	b.broken = false;
	cms_make(&(struct cms_made){ .suite = ZY_SUITE_INTL }, &whole);
	zy_report_start(&r2, "made", VERIFY_AT);
	assert_false(zy_judge_cms(keys, &trust, zy_buf_bytes(&whole), &detached, VERIFY_AT, &r2, &err));
	assert_int_equal(err.code, ZY_E_CMS);
}

static void it_is_told_from_other_things(void **state)
{
	ZY_BUF_AUTO in = { 0 };

	(void)state;
	cms_make(&(struct cms_made){ .suite = ZY_SUITE_INTL }, &in);
	assert_true(zy_is_cms(zy_buf_bytes(&in)));
	assert_false(zy_is_cms(ZY_LITERAL("%PDF-1.7")));
	assert_false(zy_is_cms(ZY_LITERAL("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")));
	assert_false(zy_is_cms(ZY_LITERAL("")));
	assert_false(zy_is_cms(verify_cert(&arena, "gm-leaf")));
}

static int set_up(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	trust = verify_trust(&arena, ZY_PURPOSE_SEAL | ZY_PURPOSE_DOCUMENT);
	return zy_keys_open(&keys, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	zy_keys_close(keys);
	zy_arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_are_found_in_every_suite_and_form),
		cmocka_unit_test(a_content_beside_it_is_read_in_pieces),
		cmocka_unit_test(a_content_that_breaks_or_comes_twice_is_an_error),
		cmocka_unit_test(it_is_told_from_other_things),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
