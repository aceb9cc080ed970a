#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>
#include <stdio.h>

#include "zy/file.h"
#include "zy/report.h"
#include "zy/text.h"

static void codes_are_unique_and_kebab(void **state)
{
	size_t num;
	const struct zy_finding_rule *all = zy_finding_rules(&num);

	(void)state;
	assert_true(num > 40);
	for (size_t i = 0; i < num; i++) {
		assert_int_equal(strspn(all[i].code, "abcdefghijklmnopqrstuvwxyz-"), strlen(all[i].code));
		assert_ptr_equal(zy_finding_rule(all[i].code), &all[i]);
	}
	assert_null(zy_finding_rule("no-such-code"));
}

static void every_row_speaks_both_languages_and_cites_a_clause(void **state)
{
	size_t num;
	const struct zy_finding_rule *all = zy_finding_rules(&num);
	struct zy_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < num; i++) {
		assert_true(
		    strlen(all[i].en) > 10 && zy_utf8_count(zy_str(all[i].zh)) > 5 && strlen(all[i].clause) > 4);
		assert_true(zy_utf8_check(zy_str(all[i].zh), "zh", &err));
		assert_true((unsigned char)all[i].zh[0] >= 0x80);
		assert_true((unsigned char)all[i].en[0] < 0x80);
	}
}

/* One short sentence each: no line breaks, no stop in what the summary ends with one, no word of Chinese in the
 * English. */
static void every_sentence_is_one_for_people(void **state)
{
	size_t num;
	const struct zy_finding_rule *all = zy_finding_rules(&num);

	(void)state;
	for (size_t i = 0; i < num; i++) {
		const struct zy_advice *a = zy_finding_advice(&all[i]);

		if (strpbrk(all[i].en, "\n\t") != NULL || all[i].en[strlen(all[i].en) - 1] == '.' ||
		    strlen(all[i].en) > 130)
			fail_msg("%s: %s", all[i].code, all[i].en);
		if (strstr(all[i].zh, "。") != NULL || zy_utf8_count(zy_str(all[i].zh)) > 60)
			fail_msg("%s: %s", all[i].code, all[i].zh);
		for (const char *c = all[i].en; *c != 0; c++)
			if ((unsigned char)*c >= 0x80)
				fail_msg("%s: %s", all[i].code, all[i].en);
		if (strlen(a->en) < 10 || a->en[strlen(a->en) - 1] != '.' || strlen(a->en) > 140 ||
		    zy_utf8_count(zy_str(a->zh)) < 5 || strstr(a->zh, "。") != a->zh + strlen(a->zh) - strlen("。"))
			fail_msg("%s: %s", all[i].code, a->en);
	}
}

/* What fails, or keeps from passing, asks somebody to do something. */
static void what_decides_says_what_to_do(void **state)
{
	const struct zy_advice *none = zy_finding_advice(zy_finding_rule("original-same"));
	size_t num;
	const struct zy_finding_rule *all = zy_finding_rules(&num);

	(void)state;
	for (size_t i = 0; i < num; i++)
		if (all[i].sub_indication != NULL && zy_finding_advice(&all[i]) == none)
			fail_msg("%s says not what to do", all[i].code);
}

static void what_decides_has_a_sub_indication_and_breaks_a_condition_of_the_law(void **state)
{
	size_t num;
	const struct zy_finding_rule *all = zy_finding_rules(&num);

	(void)state;
	for (size_t i = 0; i < num; i++) {
		bool decides = all[i].severity == ZY_SEVERITY_FAIL || all[i].severity == ZY_SEVERITY_UNKNOWN;

		assert_int_equal(all[i].sub_indication != NULL, decides);
		assert_int_equal(all[i].breaks != 0, decides);
	}
}

/* All sources of the room but the table itself, in one text. */
static void read_sources(struct zy_buf *out)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_bytes file;
	glob_t g;

	assert_int_equal(glob(ZY_SOURCE_DIR "/verify/*.c", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		if (strstr(g.gl_pathv[i], "/findings.c") != NULL)
			continue;
		assert_true(zy_file_read(g.gl_pathv[i], 1 << 20, &a, &file, &err));
		zy_buf_put(out, file);
	}
	globfree(&g);
	zy_buf_put_u8(out, 0);
}

static void every_code_is_used(void **state)
{
	ZY_BUF_AUTO sources = { 0 };
	size_t num;
	const struct zy_finding_rule *all = zy_finding_rules(&num);
	char quoted[80];

	(void)state;
	read_sources(&sources);
	for (size_t i = 0; i < num; i++) {
		snprintf(quoted, sizeof(quoted), "\"%s\"", all[i].code);
		if (strstr((const char *)sources.p, quoted) == NULL)
			fail_msg("%s is used nowhere", all[i].code);
	}
}

/* A code that no test names could be gone, or wrong, with nobody noticing. */
static void read_tests(struct zy_buf *out)
{
	static const char *const patterns[] = { "/tests/corpus/*/*.expect", "/tests/corpus/*.h", "/tests/corpus/*.c",
		"/tests/unit/verify/test_*.c", "/tests/e2e/*.sh" };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_bytes file;
	char path[4096];
	glob_t g;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		snprintf(path, sizeof(path), ZY_SOURCE_DIR "%s", patterns[i]);
		assert_int_equal(glob(path, 0, NULL, &g), 0);
		for (size_t k = 0; k < g.gl_pathc; k++) {
			if (strstr(g.gl_pathv[k], "test_findings.c") != NULL)
				continue;
			assert_true(zy_file_read(g.gl_pathv[k], 1 << 20, &a, &file, &err));
			zy_buf_put(out, file);
		}
		globfree(&g);
	}
	zy_buf_put_u8(out, 0);
}

/* The whole word: "no-chain" is not in "no-chain-here". */
static bool is_named(const char *text, const char *code)
{
	static const char part[] = "abcdefghijklmnopqrstuvwxyz-";

	for (const char *at = text; (at = strstr(at, code)) != NULL; at++)
		if ((at == text || strchr(part, at[-1]) == NULL) &&
		    (at[strlen(code)] == 0 || strchr(part, at[strlen(code)]) == NULL))
			return true;
	return false;
}

static void every_code_is_answered_in_some_test(void **state)
{
	ZY_BUF_AUTO tests = { 0 };
	size_t num, num_missing = 0;
	const struct zy_finding_rule *all = zy_finding_rules(&num);

	(void)state;
	read_tests(&tests);
	for (size_t i = 0; i < num; i++)
		if (!is_named((const char *)tests.p, all[i].code)) {
			print_error("no test and no file of the corpus has %s\n", all[i].code);
			num_missing++;
		}
	assert_int_equal(num_missing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_unique_and_kebab),
		cmocka_unit_test(every_row_speaks_both_languages_and_cites_a_clause),
		cmocka_unit_test(every_sentence_is_one_for_people),
		cmocka_unit_test(what_decides_says_what_to_do),
		cmocka_unit_test(what_decides_has_a_sub_indication_and_breaks_a_condition_of_the_law),
		cmocka_unit_test(every_code_is_used),
		cmocka_unit_test(every_code_is_answered_in_some_test),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
