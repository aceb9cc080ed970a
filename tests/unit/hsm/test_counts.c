#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hsm/counts.h"
#include "journal_sample.h"

static const struct zy_seal_rule rule = { .esID = "99010000000001", .limit_total = 5, .limit_per_day = 3 };

static struct zy_use_of_seal use_of(const struct zy_journal_record *r, int64_t day)
{
	return (struct zy_use_of_seal){ .rule = &rule, .esID = r->esID, .day = day, .digest = r->digest };
}

/* One use from begin to end; the code of its refusal. */
static enum zy_code use(struct zy_counts *c, unsigned n, int64_t day, uint64_t *total, uint64_t *today)
{
	struct zy_journal_record r = journal_sealed(n);
	struct zy_use_of_seal u = use_of(&r, day);
	struct zy_error err = { 0 };
	bool held;

	if (!zy_counts_hold(c, &u, &held, &err))
		return err.code;
	if (held)
		zy_counts_let_go(c, &u);
	assert_true(zy_counts_use(c, &u, total, today, &err));
	return ZY_OK;
}

static void a_day_and_the_whole_have_their_limits(void **state)
{
	struct zy_counts c = { 0 };
	uint64_t total, today;

	(void)state;
	for (unsigned n = 0; n < 3; n++)
		assert_int_equal(use(&c, n, 100, &total, &today), ZY_OK);
	assert_int_equal(use(&c, 3, 100, &total, &today), ZY_E_SEAL_COUNT);
	assert_int_equal(use(&c, 3, 101, &total, &today), ZY_OK);
	assert_int_equal(total, 4);
	assert_int_equal(today, 1);
	assert_int_equal(use(&c, 4, 101, &total, &today), ZY_OK);
	assert_int_equal(use(&c, 5, 102, &total, &today), ZY_E_SEAL_COUNT);
	zy_counts_free(&c);
}

static void the_same_message_again_is_no_second_use(void **state)
{
	struct zy_counts c = { 0 };
	uint64_t total, today;

	(void)state;
	for (unsigned n = 0; n < 3; n++)
		assert_int_equal(use(&c, n, 100, &total, &today), ZY_OK);
	/* the limit of the day is reached, and what was signed may be signed again */
	assert_int_equal(use(&c, 1, 100, &total, &today), ZY_OK);
	assert_int_equal(total, 3);
	zy_counts_free(&c);
}

static void a_clock_set_back_opens_no_new_day(void **state)
{
	struct zy_counts c = { 0 };
	uint64_t total, today;

	(void)state;
	for (unsigned n = 0; n < 3; n++)
		assert_int_equal(use(&c, n, 100, &total, &today), ZY_OK);
	assert_int_equal(use(&c, 3, 99, &total, &today), ZY_E_SEAL_COUNT);
	zy_counts_free(&c);
}

static void places_are_held_before_they_are_used(void **state)
{
	struct zy_journal_record r = journal_sealed(0), other = journal_sealed(9);
	struct zy_use_of_seal u = use_of(&r, 100), more = use_of(&other, 100);
	struct zy_counts c = { 0 };
	struct zy_error err = { 0 };
	bool held;

	(void)state;
	for (unsigned n = 0; n < 3; n++) {
		assert_true(zy_counts_hold(&c, &u, &held, &err));
		assert_true(held);
	}
	assert_false(zy_counts_hold(&c, &more, &held, &err));
	assert_int_equal(err.code, ZY_E_SEAL_COUNT);
	assert_false(held);
	err = (struct zy_error){ 0 };
	zy_counts_let_go(&c, &u);
	assert_true(zy_counts_hold(&c, &more, &held, &err));
	zy_counts_free(&c);
}

static void places_of_the_whole_are_held_too(void **state)
{
	static const struct zy_seal_rule two = { .esID = "99010000000001", .limit_total = 2 };
	struct zy_journal_record r = journal_sealed(0);
	struct zy_use_of_seal u = { &two, r.esID, 100, r.digest };
	struct zy_counts c = { 0 };
	struct zy_error err = { 0 };
	bool held;

	(void)state;
	assert_true(zy_counts_hold(&c, &u, &held, &err));
	assert_true(zy_counts_hold(&c, &u, &held, &err));
	assert_false(zy_counts_hold(&c, &u, &held, &err));
	assert_int_equal(err.code, ZY_E_SEAL_COUNT);
	assert_string_equal(err.field, "limit_total");
	zy_counts_free(&c);
}

static void the_oldest_uses_are_forgotten_one_by_one(void **state)
{
	static const struct zy_seal_rule unlimited = { .esID = "99010000000001" };
	struct zy_counts c = { 0 };
	struct zy_error err = { 0 };
	uint64_t total = 0, today;

	(void)state;
	/* chains of several digests: 300 values of the first two bytes only */
	for (unsigned n = 0; n <= ZY_COUNTS_SEEN + 1; n++) {
		struct zy_journal_record r = journal_sealed((n % 300) | (n / 300) << 16);
		struct zy_use_of_seal u = { &unlimited, r.esID, 100, r.digest };

		assert_true(zy_counts_use(&c, &u, &total, &today, &err));
		assert_int_equal(total, n + 1);
	}
	for (unsigned n = 2; n <= ZY_COUNTS_SEEN + 1; n += 997) { /* still remembered */
		struct zy_journal_record r = journal_sealed((n % 300) | (n / 300) << 16);
		struct zy_use_of_seal u = { &unlimited, r.esID, 100, r.digest };

		assert_true(zy_counts_use(&c, &u, &total, &today, &err));
		assert_int_equal(total, ZY_COUNTS_SEEN + 2);
	}
	{
		struct zy_journal_record r = journal_sealed(0); /* forgotten */
		struct zy_use_of_seal u = { &unlimited, r.esID, 100, r.digest };

		assert_true(zy_counts_use(&c, &u, &total, &today, &err));
		assert_int_equal(total, ZY_COUNTS_SEEN + 3);
	}
	zy_counts_free(&c);
}

static void a_day_begins_at_midnight_in_beijing(void **state)
{
	(void)state;
	assert_int_equal(zy_counts_day(0), 0);
	assert_int_equal(zy_counts_day(16 * 3600 - 1), 0);
	assert_int_equal(zy_counts_day(16 * 3600), 1);
	assert_int_equal(zy_counts_day(-8 * 3600 - 1), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_and_the_whole_have_their_limits),
		cmocka_unit_test(the_same_message_again_is_no_second_use),
		cmocka_unit_test(a_clock_set_back_opens_no_new_day),
		cmocka_unit_test(places_are_held_before_they_are_used),
		cmocka_unit_test(places_of_the_whole_are_held_too),
		cmocka_unit_test(the_oldest_uses_are_forgotten_one_by_one),
		cmocka_unit_test(a_day_begins_at_midnight_in_beijing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
