/* An answer about a day of which anything is changed or cut: it does not pass, or says the very same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "standing_made.h"

struct world {
	struct standing_made m;
	struct zy_log_files files;
	struct zy_keys *keys;
	struct zy_buf answer;
	struct zy_report_standing want;
};

static struct world w;

static enum zy_indication judge(struct zy_bytes in, struct zy_report *r)
{
	struct zy_error err = { 0 };

	zy_report_start(r, "answer", VERIFY_AT);
	if (zy_judge_standing(w.keys, &w.m.trust, in, &w.files, VERIFY_AT, r, &err))
		return zy_report_indication(r);
	assert_int_not_equal(err.code, ZY_OK);
	assert_true(err.offset == ZY_NOWHERE || err.offset <= in.len);
	return ZY_TOTAL_FAILED;
}

static int make(void **state)
{
	ZY_REPORT_AUTO r;

	(void)state;
	MUST(zy_keys_open(&w.keys, &err));
	standing_make(&w.m);
	w.files = standing_files(&w.m);
	standing_put(&w.m, &w.answer);
	assert_int_equal(judge(zy_buf_bytes(&w.answer), &r), ZY_TOTAL_PASSED);
	w.want = r.standing;
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	zy_buf_free(&w.answer);
	standing_free(&w.m);
	zy_keys_close(w.keys);
	return 0;
}

/* All but texts, which lie in reports of their own. */
static bool says_the_same(const struct zy_report *r)
{
	const struct zy_report_standing *s = &r->standing;

	return s->on == w.want.on && s->at == w.want.at && s->since == w.want.since && s->status == w.want.status &&
	       s->version == w.want.version && s->in_force == w.want.in_force && s->entries == w.want.entries &&
	       s->complete && s->rules_complete && strcmp(s->rules, w.want.rules) == 0;
}

/* A time in other words, a name that nobody reads: then the same is proved. */
static void holds(struct zy_bytes in)
{
	ZY_REPORT_AUTO r;

	if (judge(in, &r) != ZY_TOTAL_PASSED)
		return;
	if (!says_the_same(&r))
		fail_msg("%.*s", (int)(in.len < 300 ? in.len : 300), (const char *)in.p);
}

static void an_answer_with_a_flipped_bit_says_the_same_or_does_not_pass(void **state)
{
	/* a day may be asked about that nobody asked: what it says is then proved of that day */
	const char *on = strstr((const char *)w.answer.p, "\"on\":");
	const size_t from = (size_t)(on - (const char *)w.answer.p), to = from + 30;

	(void)state;
	for (size_t i = 0; i < w.answer.len; i++)
		for (unsigned bit = 0; bit < 8 && (i < from || i >= to); bit += i > 500 ? 5 : 1) {
			w.answer.p[i] ^= (uint8_t)(1u << bit);
			holds(zy_buf_bytes(&w.answer));
			w.answer.p[i] ^= (uint8_t)(1u << bit);
		}
}

static void an_answer_that_is_cut_does_not_pass(void **state)
{
	(void)state;
	for (size_t len = 0; len + 2 < w.answer.len; len++) {
		ZY_REPORT_AUTO r;

		assert_int_not_equal(judge(ZY_BYTES(w.answer.p, len), &r), ZY_TOTAL_PASSED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_with_a_flipped_bit_says_the_same_or_does_not_pass),
		cmocka_unit_test(an_answer_that_is_cut_does_not_pass),
	};
	return cmocka_run_group_tests(tests, make, unmake);
}
