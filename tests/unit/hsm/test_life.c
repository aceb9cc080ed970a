#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "zy/key_life.h"

#define DAY 86400
#define NOW ((zy_time)1800000000)

static enum zy_code change(struct zy_key_life *life, enum zy_key_event event, zy_time at, zy_time now)
{
	struct zy_error err = { 0 };

	return zy_key_life_change(life, event, at, 0, now, &err) ? ZY_OK : err.code;
}

static void a_first_key_signs_at_once_and_a_later_one_when_it_is_told(void **state)
{
	struct zy_key_life first = zy_key_life_of_new(1), second = zy_key_life_of_new(2);

	(void)state;
	assert_int_equal(zy_key_state_at(&first, NOW), ZY_KEY_ACTIVE);
	assert_int_equal(zy_key_state_at(&second, NOW), ZY_KEY_PLANNED);
	assert_int_equal(change(&first, ZY_KEY_ACTIVATE, 0, NOW), ZY_E_KEY_STATE);
	assert_int_equal(change(&second, ZY_KEY_ACTIVATE, NOW + DAY, NOW), ZY_OK);
	assert_int_equal(zy_key_state_at(&second, NOW + DAY - 1), ZY_KEY_PLANNED);
	assert_int_equal(zy_key_state_at(&second, NOW + DAY), ZY_KEY_ACTIVE);
}

static void a_key_passes_through_its_states_by_dates(void **state)
{
	struct zy_key_life life = zy_key_life_of_new(1);

	(void)state;
	assert_int_equal(change(&life, ZY_KEY_DESTROY, 0, NOW), ZY_E_KEY_STATE);
	assert_int_equal(change(&life, ZY_KEY_END, NOW + DAY, NOW), ZY_OK);
	assert_int_equal(change(&life, ZY_KEY_RETIRE, NOW + 3 * DAY, NOW), ZY_OK);
	assert_int_equal(zy_key_state_at(&life, NOW + DAY - 1), ZY_KEY_ACTIVE);
	assert_int_equal(zy_key_state_at(&life, NOW + DAY), ZY_KEY_RETIRING);
	assert_int_equal(zy_key_state_at(&life, NOW + 3 * DAY), ZY_KEY_RETIRED);
	assert_int_equal(change(&life, ZY_KEY_DESTROY, 0, NOW + 2 * DAY), ZY_E_KEY_STATE);
	assert_int_equal(change(&life, ZY_KEY_DESTROY, 0, NOW + 4 * DAY), ZY_OK);
	assert_int_equal(zy_key_state_at(&life, NOW + 4 * DAY), ZY_KEY_DESTROYED);
	for (enum zy_key_event e = ZY_KEY_ACTIVATE; e < ZY_NUM_KEY_EVENTS; e++)
		assert_int_equal(change(&life, e, 0, NOW + 5 * DAY), ZY_E_KEY_STATE);
}

static void a_compromised_key_does_nothing_more_and_may_be_destroyed(void **state)
{
	struct zy_key_life life = zy_key_life_of_new(1);

	(void)state;
	assert_int_equal(change(&life, ZY_KEY_COMPROMISE, 0, NOW), ZY_OK);
	assert_int_equal(zy_key_state_at(&life, NOW), ZY_KEY_COMPROMISED);
	assert_int_equal(change(&life, ZY_KEY_RETIRE, 0, NOW), ZY_E_KEY_STATE);
	assert_int_equal(change(&life, ZY_KEY_DESTROY, 0, NOW), ZY_OK);
}

static void no_date_lies_in_the_past_and_no_overlap_is_endless(void **state)
{
	struct zy_key_life life = zy_key_life_of_new(2);
	struct zy_error err = { 0 };

	(void)state;
	assert_int_equal(change(&life, ZY_KEY_ACTIVATE, NOW - 1, NOW), ZY_E_KEY_STATE);
	assert_int_equal(change(&life, ZY_KEY_ACTIVATE, ZY_TIME_NEVER, NOW), ZY_E_KEY_STATE);
	assert_false(zy_key_life_change(&life, ZY_KEY_ACTIVATE, NOW, ZY_KEY_OVERLAP_MAX_S + 1, NOW, &err));
	assert_int_equal(zy_key_state_at(&life, NOW), ZY_KEY_PLANNED);
}

static void a_planned_key_that_is_destroyed_never_was_active(void **state)
{
	struct zy_key_life life = zy_key_life_of_new(2);

	(void)state;
	assert_int_equal(change(&life, ZY_KEY_ACTIVATE, NOW + DAY, NOW), ZY_OK);
	assert_int_equal(change(&life, ZY_KEY_DESTROY, 0, NOW), ZY_OK);
	assert_true(life.from == ZY_TIME_NEVER);
}

static void a_generation_is_the_number_behind_the_last_tilde(void **state)
{
	static const struct {
		const char *name, *alias;
		unsigned generation;
	} cases[] = { { "k", "k", 1 }, { "k~2", "k", 2 }, { "k~1", "k~1", 1 }, { "k~02", "k~02", 1 }, { "k~", "k~", 1 },
		{ "~2", "~2", 1 }, { "k~x2", "k~x2", 1 }, { "a~3~12", "a~3", 12 }, { "k~9999", "k", 9999 },
		{ "k~10000", "k~10000", 1 }, { "", "", 1 }, { "2", "2", 1 },
		{ "pkcs11:token=t;object=seal~4", "pkcs11:token=t;object=seal", 4 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct zy_bytes alias;

		assert_int_equal(zy_key_generation(zy_str(cases[i].name), &alias), cases[i].generation);
		assert_true(zy_bytes_equal(alias, zy_str(cases[i].alias)));
	}
}

static void a_text_that_is_not_the_one_form_is_refused(void **state)
{
	static const char *const texts[] = { "", "from=always",
		"from=always overlap=0 until=never retired=never destroyed=never compromised=never ",
		"from=always overlap=00 until=never retired=never destroyed=never compromised=never",
		"from=always overlap= until=never retired=never destroyed=never compromised=never",
		"from=always overlap=99999999999 until=never retired=never destroyed=never compromised=never",
		"from=always overlap=0 until=always retired=never destroyed=never compromised=never",
		"from=2026-02-30T00:00:00Z overlap=0 until=never retired=never destroyed=never compromised=never",
		"overlap=0 from=always until=never retired=never destroyed=never compromised=never" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct zy_error err = { 0 };
		struct zy_key_life life;

		assert_false(zy_key_life_parse(&life, zy_str(texts[i]), &err));
		assert_int_not_equal(err.code, ZY_OK);
	}
}

static void names_are_found_again(void **state)
{
	(void)state;
	for (enum zy_key_state s = ZY_KEY_PLANNED, got; s < ZY_NUM_KEY_STATES; s++) {
		assert_true(zy_key_state_from_name(zy_str(zy_key_state_name(s)), &got));
		assert_int_equal(got, s);
	}
	for (enum zy_key_event e = ZY_KEY_ACTIVATE, got; e < ZY_NUM_KEY_EVENTS; e++) {
		assert_true(zy_key_event_from_name(zy_str(zy_key_event_name(e)), &got));
		assert_int_equal(got, e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_first_key_signs_at_once_and_a_later_one_when_it_is_told),
		cmocka_unit_test(a_key_passes_through_its_states_by_dates),
		cmocka_unit_test(a_compromised_key_does_nothing_more_and_may_be_destroyed),
		cmocka_unit_test(no_date_lies_in_the_past_and_no_overlap_is_endless),
		cmocka_unit_test(a_planned_key_that_is_destroyed_never_was_active),
		cmocka_unit_test(a_generation_is_the_number_behind_the_last_tilde),
		cmocka_unit_test(a_text_that_is_not_the_one_form_is_refused),
		cmocka_unit_test(names_are_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
