#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/err.h>

#include "verify_keys.h"

static const char *const suites[] = { "gm", "intl" };

/* Judges SUITE-LEAF for documents, with SUITE-EXTRA beside it, and expects exactly that finding (NULL: none). */
static void expect(struct zy_keys *k, const char *suite, const char *leaf, const char *extra, unsigned anchors_for,
    zy_time at, const char *code)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_REPORT_AUTO r;
	struct zy_trust t = verify_trust(&a, anchors_for);
	struct zy_error err = { 0 };
	struct zy_bytes more = { 0 };
	char name[64];

	zy_report_start(&r, "chain", at);
	snprintf(name, sizeof(name), "%s-%s", suite, extra == NULL ? "sub" : extra);
	if (extra != NULL)
		more = verify_cert(&a, name);
	snprintf(name, sizeof(name), "%s-%s", suite, leaf);
	assert_true(zy_chain_judge(
	    k, &t, ZY_PURPOSE_DOCUMENT, verify_cert(&a, name), &more, extra != NULL, at, &r, "cert", &err));
	if (code == NULL && r.first != NULL)
		fail_msg("%s: %s (%s)", name, r.first->rule->code, r.first->detail == NULL ? "" : r.first->detail);
	if (code != NULL && (r.num_findings != 1 || strcmp(r.first->rule->code, code) != 0))
		fail_msg("%s: %s is not the one finding", name, code);
	assert_int_equal(ERR_peek_error(), 0);
}

static void each_fault_has_its_finding_new_and_kept(void **state)
{
	static const struct {
		const char *leaf, *extra;
		unsigned purposes;
		zy_time at;
		const char *code;
	} all[] = {
		{ "leaf", NULL, ZY_PURPOSE_DOCUMENT, VERIFY_AT, NULL },
		{ "leaf", "sub", ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_SEAL, VERIFY_AT, NULL },
		{ "leaf", NULL, ZY_PURPOSE_SEAL, VERIFY_AT, "no-chain" },
		{ "leaf", NULL, ZY_PURPOSE_DOCUMENT, VERIFY_LATE, "certificate-expired" },
		{ "leaf", NULL, ZY_PURPOSE_DOCUMENT, 0, "certificate-not-yet-valid" },
		{ "expired", NULL, ZY_PURPOSE_DOCUMENT, VERIFY_AT, "certificate-expired" },
		{ "usage", NULL, ZY_PURPOSE_DOCUMENT, VERIFY_AT, "certificate-key-usage" },
		{ "nousage", NULL, ZY_PURPOSE_DOCUMENT, VERIFY_AT, "certificate-key-usage" },
		{ "server", NULL, ZY_PURPOSE_DOCUMENT, VERIFY_AT, "certificate-key-usage" },
		{ "sub", NULL, ZY_PURPOSE_DOCUMENT, VERIFY_AT, "certificate-key-usage" },
		{ "deep", "subsub", ZY_PURPOSE_DOCUMENT, VERIFY_AT, "certificate-authority" },
		{ "fakeca", "leaf", ZY_PURPOSE_DOCUMENT, VERIFY_AT, "certificate-authority" },
		{ "critical", NULL, ZY_PURPOSE_DOCUMENT, VERIFY_AT, "certificate-profile" },
		{ "stranger", NULL, ZY_PURPOSE_DOCUMENT, VERIFY_AT, "no-chain" },
		{ "leaf", "stranger", ZY_PURPOSE_DOCUMENT, VERIFY_AT, "embedded-certificate-unknown" },
		{ "leaf", "sub", ZY_PURPOSE_SEAL, VERIFY_AT, "no-chain" }, /* neither is known: one finding */
	};
	struct zy_error err = { 0 };
	struct zy_keys *k;

	(void)state;
	assert_true(zy_keys_open(&k, &err));
	for (size_t n = 0; n < 4; n++)
		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			expect(k, suites[n % 2], all[i].leaf, all[i].extra, all[i].purposes, all[i].at, all[i].code);
	zy_keys_close(k);
}

static void a_changed_bit_anywhere_is_seen(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_trust t = verify_trust(&a, ZY_PURPOSE_DOCUMENT);
	struct zy_error err = { 0 };
	struct zy_bytes leaf = verify_cert(&a, *state), changed;
	struct zy_keys *k;
	uint8_t *p;

	assert_true(zy_keys_open(&k, &err));
	assert_true(zy_arena_copy(&a, leaf, &changed, &err));
	p = (uint8_t *)(uintptr_t)changed.p;
	for (size_t i = 0; i < leaf.len; i += 3) {
		ZY_REPORT_AUTO r;

		zy_report_start(&r, "chain", VERIFY_AT);
		p[i] ^= (uint8_t)(1 << i % 8);
		assert_true(zy_chain_judge(k, &t, ZY_PURPOSE_DOCUMENT, changed, NULL, 0, VERIFY_AT, &r, "cert", &err));
		if (r.num_findings == 0)
			fail_msg("the change at byte %zu was not seen", i);
		p[i] = leaf.p[i];
	}
	assert_int_equal(ERR_peek_error(), 0);
	zy_keys_close(k);
}

/* One signature's chain with `extra` beside it: the code of its one finding, or NULL. */
static const char *judge_beside(
    struct zy_keys *k, const struct zy_trust *t, struct zy_bytes leaf, struct zy_bytes extra)
{
	struct zy_error err = { 0 };
	ZY_REPORT_AUTO r;

	zy_report_start(&r, "chain", VERIFY_AT);
	assert_true(zy_chain_judge(k, t, ZY_PURPOSE_DOCUMENT, leaf, &extra, 1, VERIFY_AT, &r, "cert", &err));
	assert_true(r.num_findings <= 1);
	return r.num_findings == 0 ? NULL : r.first->rule->code;
}

static void the_root_above_an_anchor_may_come_along_but_not_a_stranger(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_trust_cert sub = { .der = verify_cert(&a, "gm-sub"), .purposes = ZY_PURPOSE_DOCUMENT };
	const struct zy_trust t = { .anchors = &sub, .num_anchors = 1 };
	const struct zy_bytes leaf = verify_cert(&a, "gm-leaf"), root = verify_cert(&a, "gm-root");
	struct zy_error err = { 0 };
	struct zy_bytes changed;
	struct zy_keys *k;

	(void)state;
	assert_true(zy_keys_open(&k, &err));
	assert_null(judge_beside(k, &t, leaf, root));
	assert_string_equal(judge_beside(k, &t, leaf, verify_cert(&a, "gm-otherroot")), "embedded-certificate-unknown");
	assert_true(zy_arena_copy(&a, root, &changed, &err));
	((uint8_t *)(uintptr_t)changed.p)[changed.len - 1] ^= 1;
	assert_non_null(judge_beside(k, &t, leaf, changed));
	zy_keys_close(k);
}

static void a_changed_copy_of_a_certificate_of_the_path_is_seen(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_trust t = verify_trust(&a, ZY_PURPOSE_DOCUMENT);
	const struct zy_bytes leaf = verify_cert(&a, "gm-leaf"), sub = verify_cert(&a, "gm-sub");
	struct zy_error err = { 0 };
	struct zy_bytes changed;
	struct zy_keys *k;
	uint8_t *p;

	(void)state;
	assert_true(zy_keys_open(&k, &err));
	assert_true(zy_arena_copy(&a, sub, &changed, &err));
	p = (uint8_t *)(uintptr_t)changed.p;
	for (size_t i = 0; i < sub.len; i += 3) {
		const char *code;

		p[i] ^= (uint8_t)(1 << i % 8);
		code = judge_beside(k, &t, leaf, changed);
		if (code == NULL || strcmp(code, "embedded-certificate-unverified") != 0)
			fail_msg("the change at byte %zu: %s", i, code == NULL ? "unseen" : code);
		p[i] = sub.p[i];
	}
	zy_keys_close(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_has_its_finding_new_and_kept),
		cmocka_unit_test(the_root_above_an_anchor_may_come_along_but_not_a_stranger),
		cmocka_unit_test(a_changed_copy_of_a_certificate_of_the_path_is_seen),
		cmocka_unit_test_prestate(a_changed_bit_anywhere_is_seen, (char[]){ "gm-leaf" }),
		cmocka_unit_test_prestate(a_changed_bit_anywhere_is_seen, (char[]){ "intl-leaf" }),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
