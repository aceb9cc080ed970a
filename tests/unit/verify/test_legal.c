/* What the findings mean for the law, for every kind of signature that the corpus has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>

#include "expect.h"
#include "verify/internal.h"
#include "verify_keys.h"

#define CORPUS ZY_SOURCE_DIR "/tests/corpus/"

struct world {
	struct zy_arena a;
	struct zy_keys *keys;
	struct zy_trust trust;
};

static int set_up(void **state)
{
	static struct world w;
	struct zy_error err = { 0 };
	struct zy_bytes file;

	*state = &w;
	return zy_keys_open(&w.keys, &err) && zy_file_read(CORPUS "bundle.json", 1 << 20, &w.a, &file, &err) &&
		       zy_trust_open(&w.trust, file, NULL, VERIFY_AT, w.keys, &w.a, &err)
		   ? 0
		   : -1;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	zy_keys_close(w->keys);
	zy_arena_free(&w->a);
	return 0;
}

static bool judge(struct world *w, const struct zy_trust *trust, const char *path, struct zy_report *r)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_bytes file;

	zy_report_start(r, path, VERIFY_AT);
	assert_true(zy_file_read(path, 1 << 24, &a, &file, &err));
	return zy_judge_file(w->keys, trust, file, VERIFY_AT, r, &err);
}

/* "13(1)+ 13(2)- ..." */
static void conditions(const struct zy_report *r, char *out, size_t room)
{
	struct zy_legal_condition all[ZY_LEGAL_MAX];
	size_t num = zy_legal_conditions(r, all), len = 0;

	out[0] = 0;
	for (size_t i = 0; i < num; i++) {
		const char *space = strrchr(all[i].clause, ' ');

		assert_non_null(space);
		len += (size_t)snprintf(
		    out + len, room - len, "%s%s%c", i == 0 ? "" : " ", space + 1, all[i].met ? '+' : '-');
	}
}

static void each_fault_breaks_the_conditions_that_it_is_about(void **state)
{
	static const struct {
		const char *file, *want;
	} all[] = {
		{ "ofd/licence.ofd", "13(1)+ 13(2)+ 13(3)+ 13(4)+ 第五条+ 第九条+ 第十条+" },
		{ "ofd/plain-document.ofd", "13(1)+ 13(2)+ 13(3)+ 13(4)+ 第五条+ 第九条+" },
		{ "ofd/record-changed.ofd",
		    "13(1)+ 13(2)+ 13(3)+ 13(4)- 第五条- 第九条+" }, /* and nothing that says licence */
		{ "ofd/sealed-in-future.ofd", "13(1)+ 13(2)- 13(3)+ 13(4)+ 第五条+ 第九条+ 第十条+" },
		{ "ofd/seal-expired-at-sealing.ofd", "13(1)+ 13(2)+ 13(3)+ 13(4)+ 第五条+ 第九条- 第十条+" },
		{ "ofd/seal-of-another-office.ofd", "13(1)+ 13(2)+ 13(3)+ 13(4)+ 第五条+ 第九条- 第十条-" },
		{ "ofd/unsealed-document.ofd", "13(1)- 13(2)- 13(3)- 13(4)- 第五条-" },
		{ "pdf/licence.pdf", "13(1)+ 13(2)+ 13(3)+ 13(4)+ 第五条+ 第十条+" },
		{ "cms/signing-certificate-differs.p7m", "13(1)- 13(2)+ 13(3)+ 13(4)+ 第五条+" },
		{ "cms/algorithm-protection-differs.p7m", "13(1)+ 13(2)+ 13(3)- 13(4)+ 第五条-" },
		{ "cms/content-altered.p7m", "13(1)+ 13(2)+ 13(3)+ 13(4)- 第五条-" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char path[512], have[256];
		ZY_REPORT_AUTO r;

		snprintf(path, sizeof(path), CORPUS "%s", all[i].file);
		assert_true(judge(*state, &((struct world *)*state)->trust, path, &r));
		conditions(&r, have, sizeof(have));
		if (strcmp(have, all[i].want) != 0)
			fail_msg("%s: %s", all[i].file, have);
	}
}

/* That an office may issue a type is said by the bundle alone; nothing else breaks its condition by itself. */
static void only_the_bundle_says_who_may_issue_what(void **state)
{
	struct world *w = *state;
	struct zy_trust t = w->trust;
	struct zy_trust_issuer office = t.issuers[0];
	char have[256];
	ZY_REPORT_AUTO r;

	office.num_types = 0;
	t.issuers = &office;
	t.num_issuers = 1;
	assert_true(judge(w, &t, CORPUS "ofd/licence.ofd", &r));
	conditions(&r, have, sizeof(have));
	assert_string_equal(have, "13(1)+ 13(2)+ 13(3)+ 13(4)+ 第五条+ 第九条+ 第十条-");
}

/* The checks that carry a condition, each as the only finding of a sealed licence: it turns that condition false, and
 * of the others only those that say so. */
static void each_condition_is_carried_by_checks_of_its_own(void **state)
{
	static const struct {
		const char *code, *broken;
	} all[] = { { "certificate-host", "13(1) 第十条" }, { "licence-signer-not-issuer", "13(1) 第十条" },
		{ "signing-certificate-attribute", "13(1) 第十条" }, { "signed-after-certificate", "13(2)" },
		{ "timestamp-too-early", "13(2)" }, { "certificate-revoked", "13(2) 第九条 第十条" },
		{ "signature-algorithm-differs", "13(3) 第五条 第十条" }, { "cms-unreadable", "13(3) 第五条 第十条" },
		{ "document-digest", "13(4) 第五条 第十条" }, { "not-covered", "13(4) 第五条 第十条" },
		{ "changed-after-signing", "13(4) 第五条 第十条" }, { "seal-retired", "第九条" },
		{ "seal-signature", "第九条" }, { "licence-expired", "第十条" },
		{ "licence-type-not-allowed", "第十条" }, { "no-chain", "13(1) 13(2) 第九条 第十条" },
		{ "anchor-type-not-allowed", "13(1) 13(2) 第九条 第十条" } };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct zy_legal_condition c[ZY_LEGAL_MAX];
		char have[256] = "";
		ZY_REPORT_AUTO r;

		zy_report_start(&r, "x", VERIFY_AT);
		r.trusted = r.sealed = r.has_licence = true;
		r.num_signatures = 1;
		assert_true(zy_legal_holds(&r));
		zy_report_add(&r, all[i].code, "", ZY_NOWHERE, NULL);
		assert_int_equal(zy_legal_conditions(&r, c), ZY_LEGAL_MAX);
		for (size_t k = 0; k < ZY_LEGAL_MAX; k++)
			if (!c[k].met) {
				assert_string_equal(c[k].because, all[i].code);
				snprintf(have + strlen(have), sizeof(have) - strlen(have), "%s%s",
				    have[0] == 0 ? "" : " ", strrchr(c[k].clause, ' ') + 1);
			}
		if (strcmp(have, all[i].broken) != 0)
			fail_msg("%s: %s", all[i].code, have);
		assert_false(zy_legal_holds(&r));
	}
}

static bool has_finding(const struct zy_report *r, const char *code)
{
	return verify_has(r, code) || strcmp(code, "no-signature") == 0 || strcmp(code, "trust-absent") == 0;
}

/* What holds for every report: the law is met exactly where the verdict is, and what is not met names its finding. */
static void check(const struct zy_report *r, const char *path)
{
	struct zy_legal_condition all[ZY_LEGAL_MAX];
	size_t num = zy_legal_conditions(r, all), unmet = 0;

	if (r->passed_en != NULL) { /* a time-stamp is no document */
		assert_int_equal(num, 0);
		assert_false(zy_legal_holds(r));
		return;
	}
	if (num != 5 + (size_t)r->sealed + (size_t)r->has_licence)
		fail_msg("%s: %zu conditions", path, num);
	for (size_t i = 0; i < num; i++) {
		unmet += !all[i].met;
		if (!all[i].met && !has_finding(r, all[i].because))
			fail_msg("%s: %s is no finding of it", path, all[i].because);
	}
	if (zy_legal_holds(r) != (zy_report_indication(r) == ZY_TOTAL_PASSED) || zy_legal_holds(r) != (unmet == 0))
		fail_msg(
		    "%s: %s, but %zu conditions are not met", path, zy_indication_name(zy_report_indication(r)), unmet);
}

static const char *const kinds[] = { "ses-v1", "ses-v4", "ses-v5", "pades", "cms", "gbt35275", "xml" };
#define NUM_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void note_kinds(const struct zy_report *r, unsigned held[NUM_KINDS], unsigned failed[NUM_KINDS])
{
	for (size_t s = 0; s < r->num_signatures; s++)
		for (size_t i = 0; i < NUM_KINDS; i++)
			if (strcmp(r->signatures[s].kind, kinds[i]) == 0)
				(zy_legal_holds(r) ? held : failed)[i]++;
}

static void try_file(struct world *w, const char *path, unsigned held[NUM_KINDS], unsigned failed[NUM_KINDS])
{
	ZY_REPORT_AUTO with;
	ZY_REPORT_AUTO without;

	if (judge(w, &w->trust, path, &with)) {
		check(&with, path);
		note_kinds(&with, held, failed);
	}
	/* without a bundle nothing holds */
	if (judge(w, NULL, path, &without))
		assert_false(zy_legal_holds(&without));
}

static void every_kind_of_signature_feeds_the_law(void **state)
{
	static const char *const folders[] = { "ofd/*", "pdf/*", "cms/*", "xml/*" };
	unsigned held[NUM_KINDS] = { 0 }, failed[NUM_KINDS] = { 0 };
	struct world *w = *state;

	for (size_t f = 0; f < sizeof(folders) / sizeof(folders[0]); f++) {
		char pattern[512];
		glob_t g;

		snprintf(pattern, sizeof(pattern), CORPUS "%s", folders[f]);
		assert_int_equal(glob(pattern, 0, NULL, &g), 0);
		for (size_t i = 0; i < g.gl_pathc; i++)
			if (strstr(g.gl_pathv[i], ".expect") == NULL)
				try_file(w, g.gl_pathv[i], held, failed);
		globfree(&g);
	}
	for (size_t i = 0; i < NUM_KINDS; i++)
		if (held[i] == 0 || failed[i] == 0)
			fail_msg("%s: %u hold, %u fail", kinds[i], held[i], failed[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_breaks_the_conditions_that_it_is_about),
		cmocka_unit_test(only_the_bundle_says_who_may_issue_what),
		cmocka_unit_test(each_condition_is_carried_by_checks_of_its_own),
		cmocka_unit_test(every_kind_of_signature_feeds_the_law),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
