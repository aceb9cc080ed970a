#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "standing_made.h"

static struct zy_keys *keys;

static int open_keys(void **state)
{
	(void)state;
	MUST(zy_keys_open(&keys, &err));
	return 0;
}

static int close_keys(void **state)
{
	(void)state;
	zy_keys_close(keys);
	return 0;
}

static void judge(
    const struct standing_made *m, const struct zy_trust *trust, const struct zy_log_files *files, struct zy_report *r)
{
	ZY_BUF_AUTO answer = { 0 };

	standing_put(m, &answer);
	assert_true(zy_standing_answer_is(zy_buf_bytes(&answer)));
	zy_report_start(r, "answer", VERIFY_AT);
	MUST(zy_judge_standing(keys, trust, zy_buf_bytes(&answer), files, VERIFY_AT, r, &err));
}

/* With the log as it is published. code: found, or NULL. */
static void expect(struct standing_made *m, enum zy_indication want, const char *code)
{
	struct zy_log_files files = standing_files(m);
	ZY_REPORT_AUTO r;

	judge(m, &m->trust, &files, &r);
	for (const struct zy_finding *f = r.first; f != NULL && want == ZY_TOTAL_PASSED; f = f->next)
		if (f->rule->severity != ZY_SEVERITY_INFO)
			fail_msg("%s %s %s", f->rule->code, f->field, f->detail);
	assert_int_equal(zy_report_indication(&r), want);
	assert_true(code == NULL || verify_has(&r, code));
	assert_true(r.standing.complete || want != ZY_TOTAL_PASSED);
}

static void with_the_published_log_an_answer_passes(void **state)
{
	struct standing_made m;

	(void)state;
	standing_make(&m);
	expect(&m, ZY_TOTAL_PASSED, "standing-complete");
	m.published = STANDING_SIZE + 2; /* the rules known later change nothing about day 15 */
	m.leaves[11].what = zy_str("access");
	memset(m.leaves[11].tag, 1, ZY_LOG_TAG_LEN);
	standing_entries(&m);
	expect(&m, ZY_TOTAL_PASSED, "standing-complete");
	standing_free(&m);
}

static void what_the_report_says_is_what_is_proved(void **state)
{
	struct zy_log_files files;
	struct standing_made m;
	ZY_REPORT_AUTO r;

	(void)state;
	standing_make(&m);
	files = standing_files(&m);
	judge(&m, &m.trust, &files, &r);
	assert_true(r.has_standing && r.has_licence && r.standing.rules_complete && !r.standing.witnessed);
	assert_string_equal(r.format, "standing");
	assert_string_equal(r.standing.status, "suspended");
	assert_string_equal(r.licence.status, "suspended");
	assert_string_equal(r.standing.reason, "inspection");
	assert_int_equal(r.standing.since, standing_day(9));
	assert_int_equal(r.standing.version, 1);
	assert_int_equal(r.standing.in_force, 1);
	assert_int_equal(r.standing.known, standing_day(50));
	assert_int_equal(r.standing.entries, STANDING_SIZE);
	assert_int_equal(r.licence.log_index, 1);
	assert_memory_equal(r.standing.rules, "sha256:41414141", 15);
	standing_free(&m);
}

static void without_a_bundle_nothing_passes_and_what_is_altered_fails(void **state)
{
	struct zy_log_files files;
	struct standing_made m;
	ZY_REPORT_AUTO r, bad;

	(void)state;
	standing_make(&m);
	files = standing_files(&m);
	judge(&m, NULL, &files, &r);
	assert_int_equal(zy_report_indication(&r), ZY_INDETERMINATE);
	assert_true(verify_has(&r, "trust-absent"));
	m.status = "valid";
	judge(&m, NULL, NULL, &bad);
	assert_int_equal(zy_report_indication(&bad), ZY_TOTAL_FAILED);
	standing_free(&m);
}

/* The revocation of entry 11 holds since day 5, so the answer about day 15 is no longer what is known. */
static void a_later_entry_is_found_in_the_published_log(void **state)
{
	struct standing_made m;

	(void)state;
	standing_make(&m);
	m.published = STANDING_SIZE + 1;
	expect(&m, ZY_INDETERMINATE, "standing-more-came");
	standing_free(&m);
}

/* Of the answer's own tree: who answered knew it. */
static void an_entry_that_was_left_out_fails(void **state)
{
	struct standing_made m;

	(void)state;
	standing_make(&m);
	m.num_events = 1;
	m.status = "valid";
	m.reason = "";
	m.since = standing_day(-30);
	expect(&m, ZY_TOTAL_FAILED, "standing-left-out");
	standing_free(&m);
	standing_make(&m);
	m.on = standing_day(28);
	m.status = "valid";
	m.reason = "";
	m.since = standing_day(20);
	zy_buf_free(&m.next.log.leaf);
	m.next = (struct standing_rules){ 0 }; /* those of day 26 */
	expect(&m, ZY_TOTAL_FAILED, "standing-left-out");
	standing_free(&m);
}

static void an_event_that_is_counted_twice_fails(void **state)
{
	struct standing_made m;

	(void)state;
	standing_make(&m);
	m.published = STANDING_ENTRIES;
	expect(&m, ZY_TOTAL_FAILED, "standing-twice");
	standing_free(&m);
}

static void files_that_are_not_what_was_signed_leave_it_open(void **state)
{
	struct zy_log_files files;
	struct standing_made m;
	ZY_REPORT_AUTO r;

	(void)state;
	standing_make(&m);
	files = standing_files(&m);
	m.entries[5][3] ^= 1;
	judge(&m, &m.trust, &files, &r);
	assert_int_equal(zy_report_indication(&r), ZY_INDETERMINATE);
	assert_true(verify_has(&r, "standing-log-files") && !r.standing.complete);
	standing_free(&m);
}

/* Signed, whole, and another tree than the one of the answer. */
static void two_histories_of_one_log_fail(void **state)
{
	struct standing_made m;

	(void)state;
	standing_make(&m);
	m.published = STANDING_SIZE + 1;
	m.leaves[5].reason = zy_str("retired");
	standing_entries(&m);
	expect(&m, ZY_TOTAL_FAILED, "standing-fork");
	standing_free(&m);
}

static void files_older_than_the_answer_leave_it_open(void **state)
{
	struct standing_made m;

	(void)state;
	standing_make(&m);
	m.published = STANDING_SIZE - 1;
	expect(&m, ZY_INDETERMINATE, "standing-log-older");
	standing_free(&m);
}

static void files_of_another_log_leave_it_open(void **state)
{
	struct zy_log_files files;
	struct standing_made m;
	char *name;
	ZY_REPORT_AUTO r;

	(void)state;
	standing_make(&m);
	files = standing_files(&m);
	assert_non_null(name = strstr((const char *)files.checkpoint.p, "yunze"));
	*name = 'x';
	judge(&m, &m.trust, &files, &r);
	assert_int_equal(zy_report_indication(&r), ZY_INDETERMINATE);
	assert_true(verify_has(&r, "log-unknown") && verify_has(&r, "standing-log-files"));
	standing_free(&m);
}

static void a_checkpoint_that_is_none_is_malformed(void **state)
{
	struct zy_log_files files;
	struct standing_made m;
	ZY_BUF_AUTO answer = { 0 };
	ZY_REPORT_AUTO r;

	(void)state;
	standing_make(&m);
	files = standing_files(&m);
	files.checkpoint = ZY_LITERAL("no note");
	standing_put(&m, &answer);
	zy_report_start(&r, "answer", VERIFY_AT);
	REFUSED(zy_judge_standing(keys, &m.trust, zy_buf_bytes(&answer), &files, VERIFY_AT, &r, &err), ZY_E_NOTE);
	standing_free(&m);
}

/* Revoked: nothing follows, so there is nothing to leave out. */
static void a_revocation_needs_no_published_log(void **state)
{
	struct standing_made m;
	ZY_REPORT_AUTO r;

	(void)state;
	standing_make(&m);
	for (size_t i = 1; i < 4; i++)
		zy_buf_free(&m.events[i + 1].log.leaf);
	m.num_events = 2;
	m.leaves[3].what = zy_str("revoked");
	standing_entries(&m);
	standing_event(&m, 1);
	m.status = "revoked";
	standing_prove(&m);
	judge(&m, &m.trust, NULL, &r);
	assert_int_equal(zy_report_indication(&r), ZY_TOTAL_PASSED);
	assert_string_equal(r.standing.status, "revoked");
	standing_free(&m);
}

/* The same of every length, as the tree has it otherwise. */
static void a_scan_finds_the_root_of_every_size(void **state)
{
	struct standing_made m;

	(void)state;
	standing_make(&m);
	for (uint64_t size = 0; size <= STANDING_ENTRIES; size++)
		for (uint64_t before = 0; before <= size; before++) {
			const struct zy_merkle t = { standing_hash, &m };
			const struct zy_log_files files = { .read = standing_read, .arg = &m };
			struct zy_merkle_head head = { .size = size }, old = { .size = before };
			struct zy_log_sought one = { 0 };
			bool good, begins;

			memcpy(one.tag, m.leaves[2].tag, ZY_LOG_TAG_LEN);
			MUST(zy_merkle_root(&t, size, head.root, &err));
			MUST(zy_merkle_root(&t, before, old.root, &err));
			MUST(zy_log_scan(&files, &head, &old, &one, 1, &good, &begins, &err));
			assert_true(good && begins);
			assert_int_equal(one.num_found, size > 2);
			old.root[0] ^= 1;
			MUST(zy_log_scan(&files, &head, &old, &one, 1, &good, &begins, &err));
			assert_true(good && !begins);
			head.root[0] ^= 1;
			MUST(zy_log_scan(&files, &head, &old, &one, 1, &good, &begins, &err));
			assert_true(!good);
		}
	standing_free(&m);
}

/* Where witnesses are asked for, an answer that none saw is open. */
static void witnesses_that_are_asked_for_must_have_seen_it(void **state)
{
	struct standing_made m;

	(void)state;
	standing_make(&m);
	m.trust.witness_least = 1;
	{
		struct zy_log_files files = standing_files(&m);
		ZY_REPORT_AUTO r;

		judge(&m, &m.trust, &files, &r);
		assert_int_equal(zy_report_indication(&r), ZY_INDETERMINATE);
		assert_true(verify_has(&r, "log-witness-few"));
	}
	standing_free(&m);
}

static void json_that_is_no_answer_is_told_apart(void **state)
{
	static const char *const other[] = { "", "{", "{\"error\":{}}", "[\"standing\"]", "\"standing\"" };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_standing_answer out;

	(void)state;
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		assert_false(zy_standing_answer_is(zy_str(other[i])));
	REFUSED(zy_standing_answer_parse(&out, ZY_LITERAL("{\"standing\":1}"), &a, &err), ZY_E_ANSWER);
	REFUSED(
	    zy_standing_answer_parse(&out, ZY_LITERAL("{\"licence\":\"x\",\"standing\":{}}"), &a, &err), ZY_E_ANSWER);
	REFUSED(zy_standing_answer_parse(&out, ZY_BYTES("", ZY_STANDING_MAX + 1), &a, &err), ZY_E_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_the_published_log_an_answer_passes),
		cmocka_unit_test(what_the_report_says_is_what_is_proved),
		cmocka_unit_test(without_a_bundle_nothing_passes_and_what_is_altered_fails),
		cmocka_unit_test(a_later_entry_is_found_in_the_published_log),
		cmocka_unit_test(an_entry_that_was_left_out_fails),
		cmocka_unit_test(an_event_that_is_counted_twice_fails),
		cmocka_unit_test(files_that_are_not_what_was_signed_leave_it_open),
		cmocka_unit_test(two_histories_of_one_log_fail),
		cmocka_unit_test(files_older_than_the_answer_leave_it_open),
		cmocka_unit_test(files_of_another_log_leave_it_open),
		cmocka_unit_test(a_checkpoint_that_is_none_is_malformed),
		cmocka_unit_test(a_revocation_needs_no_published_log),
		cmocka_unit_test(a_scan_finds_the_root_of_every_size),
		cmocka_unit_test(witnesses_that_are_asked_for_must_have_seen_it),
		cmocka_unit_test(json_that_is_no_answer_is_told_apart),
	};
	return cmocka_run_group_tests(tests, open_keys, close_keys);
}
