#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/clock.h"

static zy_time rfc3339(const char *s)
{
	zy_time t = -1;

	MUST(zy_time_from_rfc3339(zy_str(s), &t, &err));
	return t;
}

static void times_and_their_texts(void **state)
{
	static const struct {
		zy_time t;
		const char *text;
	} known[] = { { 0, "1970-01-01T00:00:00Z" }, { 951782400, "2000-02-29T00:00:00Z" },
		{ 1772323200, "2026-03-01T00:00:00Z" }, { -1, "1969-12-31T23:59:59Z" },
		{ -2208988800, "1900-01-01T00:00:00Z" }, { 4107542399, "2100-02-28T23:59:59Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" }, { -62135596800, "0001-01-01T00:00:00Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" } };
	char text[ZY_TIME_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		zy_time_to_rfc3339(known[i].t, text);
		assert_string_equal(text, known[i].text);
		assert_true(rfc3339(known[i].text) == known[i].t);
	}
}

/* RFC 3339 5.8 */
static void an_offset_names_the_same_moment(void **state)
{
	(void)state;
	assert_true(rfc3339("1996-12-19T16:39:57-08:00") == rfc3339("1996-12-20T00:39:57Z"));
	assert_true(rfc3339("1937-01-01T12:00:27+00:20") == rfc3339("1937-01-01T11:40:27Z"));
	assert_true(rfc3339("2026-03-01T08:00:00+08:00") == 1772323200);
	assert_true(rfc3339("2026-03-01T00:00:00+00:00") == 1772323200);
}

static void other_texts_are_no_rfc3339_time(void **state)
{
	static const char *const bad[] = { "", "2026-03-01", "2026-03-01T00:00:00", "2026-03-01T00:00:00z",
		"2026-03-01t00:00:00Z", "2026-03-01 00:00:00Z", "2026-03-01T00:00:00.5Z", "2026-3-01T00:00:00ZZ",
		"2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
		"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
		"2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "1990-12-31T23:59:60Z", "0000-01-01T00:00:00Z",
		"2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+08:60", "2026-01-01T00:00:00+0800 ",
		"2026-01-01T00:00:00*08:00", "+026-01-01T00:00:00Z", "2026-01-01T00:00:0 Z", "2026-01-01T00:00:00Z\n",
		" 2026-01-01T00:00:00Z", "2026-01-01T-1:00:00Z",
		/* outside the times that we can write */
		"0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01" };
	zy_time t;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSED(zy_time_from_rfc3339(zy_str(bad[i]), &t, &err), ZY_E_TIME);
}

static void every_day_of_four_centuries_keeps_its_text(void **state)
{
	char text[ZY_TIME_TEXT], again[ZY_TIME_TEXT];
	zy_time back;

	(void)state;
	for (zy_time t = -62135596800; t <= 253402300799; t += 86400 * 13 + 3661) {
		zy_time_to_rfc3339(t, text);
		MUST(zy_time_from_rfc3339(zy_str(text), &back, &err));
		assert_true(back == t);
		zy_time_to_generalized(t, again);
		MUST(zy_time_from_generalized(zy_str(again), &back, &err));
		assert_true(back == t);
	}
}

static void generalized_time_has_fourteen_digits_and_z(void **state)
{
	static const char *const bad[] = { "", "2026030100000Z", "20260301000000", "20260301000000+",
		"20260301000000.5Z", "202603010000Z", "20260229000000Z", "20260301240000Z", "2026030100000aZ",
		"20260301000000Z " };
	zy_time t;

	(void)state;
	MUST(zy_time_from_generalized(ZY_LITERAL("20260301000000Z"), &t, &err));
	assert_true(t == 1772323200);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSED(zy_time_from_generalized(zy_str(bad[i]), &t, &err), ZY_E_TIME);
}

/* RFC 5280 4.1.2.5.1 */
static void utctime_runs_from_1950_to_2049(void **state)
{
	zy_time t;

	(void)state;
	MUST(zy_time_from_utctime(ZY_LITERAL("491231235959Z"), &t, &err));
	assert_true(t == rfc3339("2049-12-31T23:59:59Z"));
	MUST(zy_time_from_utctime(ZY_LITERAL("500101000000Z"), &t, &err));
	assert_true(t == rfc3339("1950-01-01T00:00:00Z"));
	REFUSED(zy_time_from_utctime(ZY_LITERAL("2603010000Z"), &t, &err), ZY_E_TIME);
	REFUSED(zy_time_from_utctime(ZY_LITERAL("260301000000+"), &t, &err), ZY_E_TIME);
	REFUSED(zy_time_from_utctime(ZY_LITERAL("x60301000000Z"), &t, &err), ZY_E_TIME);
	REFUSED(zy_time_from_utctime(ZY_LITERAL("260229000000Z"), &t, &err), ZY_E_TIME);
}

static void a_date_begins_at_midnight_of_its_place(void **state)
{
	char text[ZY_TIME_TEXT];
	zy_time t;

	(void)state;
	MUST(zy_time_from_date(ZY_LITERAL("2026-03-01"), ZY_BEIJING_S, &t, &err));
	assert_true(t == rfc3339("2026-02-28T16:00:00Z"));
	zy_time_to_date(t, ZY_BEIJING_S, text);
	assert_string_equal(text, "2026-03-01");
	zy_time_to_date(t - 1, ZY_BEIJING_S, text);
	assert_string_equal(text, "2026-02-28");
	zy_time_to_date(ZY_TIME_NEVER, ZY_BEIJING_S, text);
	assert_string_equal(text, "9999-12-31");
	REFUSED(zy_time_from_date(ZY_LITERAL("2026-02-29"), 0, &t, &err), ZY_E_TIME);
	REFUSED(zy_time_from_date(ZY_LITERAL("2026/03/01"), 0, &t, &err), ZY_E_TIME);
	REFUSED(zy_time_from_date(ZY_LITERAL("20260301"), 0, &t, &err), ZY_E_TIME);
	REFUSED(zy_time_from_date(ZY_LITERAL(""), 0, &t, &err), ZY_E_TIME);
}

static void times_outside_our_calendar_are_written_as_its_ends(void **state)
{
	char text[ZY_TIME_TEXT];

	(void)state;
	zy_time_to_rfc3339(ZY_TIME_NEVER, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	zy_time_to_rfc3339(INT64_MIN, text);
	assert_string_equal(text, "0001-01-01T00:00:00Z");
}

static zy_time fixed(void *arg)
{
	return *(zy_time *)arg;
}

static void a_clock_is_handed_in(void **state)
{
	zy_time at = 1772323200;
	const struct zy_clock c = { fixed, &at };

	(void)state;
	assert_true(zy_now(&c) == at);
	at++;
	assert_true(zy_now(&c) == at);
	assert_true(zy_now(&zy_clock_system) > 1700000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_and_their_texts),
		cmocka_unit_test(an_offset_names_the_same_moment),
		cmocka_unit_test(other_texts_are_no_rfc3339_time),
		cmocka_unit_test(every_day_of_four_centuries_keeps_its_text),
		cmocka_unit_test(generalized_time_has_fourteen_digits_and_z),
		cmocka_unit_test(utctime_runs_from_1950_to_2049),
		cmocka_unit_test(a_date_begins_at_midnight_of_its_place),
		cmocka_unit_test(times_outside_our_calendar_are_written_as_its_ends),
		cmocka_unit_test(a_clock_is_handed_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
