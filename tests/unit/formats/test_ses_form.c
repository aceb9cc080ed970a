#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/ses_internal.h"

#define NOON 1772323200 /* 2026-03-01T00:00:00Z */

static void times_are_read_in_the_forms_that_are_met(void **state)
{
	static const struct {
		const char *text;
		bool two_digits;
	} same[] = { { "20260301000000Z", false }, { "20260301000000.763Z", false }, { "20260301080000+0800", false },
		{ "20260301080000.5+08:00", false }, { "20260228190000-05", false }, { "20260301080000", false },
		{ "202603010800", false }, { "2026-03-01 08:00:00", false }, { "2026-03-01T00:00:00Z", false },
		{ "2026/03/01 08:00:00", false }, { "2026-03-01T08:00:00,25+08:00", false }, { "260301000000Z", true },
		{ "260301080000+0800", true }, { "2603010000Z", true } };
	static const char *const none[] = { "", "Z", "2026", "20260301", "2026-03-01", "20260231000000Z",
		"20260301240000Z", "20260301000000X", "20260301000000+8", "20260301000000+080", "20260301000000Z ago",
		"yesterday" };
	zy_time t;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (!ses_time_of_text(zy_str(same[i].text), same[i].two_digits, &t) || t != NOON)
			fail_msg("%s", same[i].text);
	assert_true(ses_time_of_text(ZY_LITERAL("991231235959Z"), true, &t) && t < 0x40000000);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (ses_time_of_text(zy_str(none[i]), false, &t))
			fail_msg("%s", none[i]);
}

static void an_element_is_taken_in_another_type_only_leniently(void **state)
{
	struct zy_reader r = zy_reader_over(ZY_LITERAL("\x0c\x03/a\0"));
	struct ses_way strict = { 0 }, lenient = { .lenient = true };
	struct zy_error err = { 0 };
	struct zy_bytes v;

	(void)state;
	assert_false(ses_text(&strict, &r, ZY_DER_IA5, "text", &v, &err));
	err = (struct zy_error){ 0 };
	assert_true(ses_text(&lenient, &r, ZY_DER_IA5, "text", &v, &err));
	assert_true(zy_bytes_equal(v, ZY_LITERAL("/a")));
	assert_string_equal(lenient.departs, "text");
	r = zy_reader_over(ZY_LITERAL("\x16\x02\xc4\xe3"));
	assert_true(ses_text(&lenient, &r, ZY_DER_IA5, "more", &v, &err));
	assert_int_equal(v.len, 0); /* no UTF-8: nothing to show */
	assert_string_equal(lenient.departs, "text");
	r = zy_reader_over(ZY_LITERAL("\x02\x01\x05"));
	assert_false(ses_text(&lenient, &r, ZY_DER_IA5, "text", &v, &err));
}

static void what_is_one_element_of_any_encoding_is_whole(void **state)
{
	static const struct {
		struct zy_bytes v;
		bool whole;
	} all[] = { { ZY_LITERAL("\x30\x03\x02\x01\x05"), true }, { ZY_LITERAL("\x30\x81\x03\x02\x01\x05"), true },
		{ ZY_LITERAL("\x30\x80\x02\x01\x05\0\0"), true }, { ZY_LITERAL("\x1f\x81\x01\x01\x05"), true },
		{ ZY_LITERAL("\x30\x03\x02\x01"), false }, { ZY_LITERAL("\x30\x03\x02\x02\x05"), false },
		{ ZY_LITERAL("\x30\x80\x02\x01\x05"), false }, { ZY_LITERAL("\x02\x80\0\0"), false },
		{ ZY_LITERAL("\x30\x01\x05\x00"), false }, { ZY_LITERAL("\x05\x00\x05"), false },
		{ ZY_LITERAL(""), false }, { ZY_LITERAL("\x30"), false }, { ZY_LITERAL("\x30\xff\x01"), false },
		{ ZY_LITERAL("\x04\x88\xff\xff\xff\xff\xff\xff\xff\xff\x01"), false } };
	uint8_t deep[200];

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (zy_ber_is_whole(all[i].v) != all[i].whole)
			fail_msg("%zu", i);
	for (size_t i = 0; i < sizeof(deep); i += 2)
		deep[i] = 0x30, deep[i + 1] = (uint8_t)(sizeof(deep) - 2 - i < 128 ? sizeof(deep) - 2 - i : 0x80);
	assert_false(zy_ber_is_whole(ZY_BYTES(deep, sizeof(deep))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_in_the_forms_that_are_met),
		cmocka_unit_test(an_element_is_taken_in_another_type_only_leniently),
		cmocka_unit_test(what_is_one_element_of_any_encoding_is_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
