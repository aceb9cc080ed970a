#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "zy/subject_identity.h"

static const uint8_t oid_octets[5][8] = { { 0x2a, 0x81, 0x1c, 0xd0, 0x14, 0x04, 0x01, 1 },
	{ 0x2a, 0x81, 0x1c, 0xd0, 0x14, 0x04, 0x01, 2 }, { 0x2a, 0x81, 0x1c, 0xd0, 0x14, 0x04, 0x01, 3 },
	{ 0x2a, 0x81, 0x1c, 0xd0, 0x14, 0x04, 0x01, 4 }, { 0x2a, 0x81, 0x1c, 0xd0, 0x14, 0x04, 0x01, 5 } };

static bool parse(unsigned arc, struct zy_bytes octets, struct zy_subject_identity *id)
{
	struct zy_error err = { 0 };

	return zy_subject_identity_parse(id, ZY_BYTES(oid_octets[arc - 1], 8), octets, &err);
}

static void is_read(unsigned arc, struct zy_bytes octets, enum zy_subject_identity_kind kind, const char *value)
{
	struct zy_subject_identity id;

	assert_true(parse(arc, octets, &id));
	assert_int_equal(id.kind, kind);
	assert_true(zy_bytes_equal(id.value, zy_str(value)));
}

static void every_form_of_a_person_is_read(void **state)
{
	(void)state;
	is_read(1,
	    ZY_LITERAL("\xa0\x04\x13\x02"
		       "99"),
	    ZY_IDENTITY_CITIZEN, "99");
	is_read(1,
	    ZY_LITERAL("\xa0\x04\x0c\x02"
		       "99"),
	    ZY_IDENTITY_CITIZEN, "99");
	is_read(1,
	    ZY_LITERAL("\x80\x02"
		       "99"),
	    ZY_IDENTITY_CITIZEN, "99");
	is_read(1,
	    ZY_LITERAL("\x13\x02"
		       "99"),
	    ZY_IDENTITY_CITIZEN, "99");
	is_read(1, ZY_LITERAL("\xa1\x08\x0c\x06\xe5\x86\x9b\xe5\xad\x97"), ZY_IDENTITY_OFFICER_CARD, "军字");
	is_read(1,
	    ZY_LITERAL("\x81\x01"
		       "7"),
	    ZY_IDENTITY_OFFICER_CARD, "7");
	is_read(1,
	    ZY_LITERAL("\xa2\x05\x13\x03"
		       "E99"),
	    ZY_IDENTITY_PASSPORT, "E99");
	is_read(1,
	    ZY_LITERAL("\x82\x03"
		       "E99"),
	    ZY_IDENTITY_PASSPORT, "E99");
}

static void the_other_numbers_are_strings_of_either_type(void **state)
{
	(void)state;
	is_read(2,
	    ZY_LITERAL("\x13\x02"
		       "12"),
	    ZY_IDENTITY_INSURANCE, "12");
	is_read(3,
	    ZY_LITERAL("\x0c\x02"
		       "12"),
	    ZY_IDENTITY_REGISTRATION, "12");
	is_read(4,
	    ZY_LITERAL("\x13\x0a"
		       "12345678-9"),
	    ZY_IDENTITY_ORGANISATION, "12345678-9");
	is_read(5,
	    ZY_LITERAL("\x13\x02"
		       "12"),
	    ZY_IDENTITY_TAX, "12");
}

static void anything_else_is_refused(void **state)
{
	static const struct {
		unsigned arc;
		const char *octets;
		size_t len;
	} bad[] = { { 1, "", 0 },
		{ 1,
		    "\xa3\x04\x13\x02"
		    "99",
		    6 },
		{ 1,
		    "\xa0\x05\x13\x02"
		    "99x",
		    7 },
		{ 1,
		    "\xa0\x04\x13\x02"
		    "99x",
		    7 },
		{ 1, "\x80\x00", 2 },
		{ 1,
		    "\x80\x02"
		    "9\n",
		    4 },
		{ 1, "\x81\x02\xff\xfe", 4 }, { 4, "\x13\x00", 2 },
		{ 4,
		    "\x13\x02"
		    "1",
		    3 },
		{ 4, "\x02\x01\x07", 3 },
		{ 4,
		    "\xa0\x04\x13\x02"
		    "99",
		    6 },
		{ 5,
		    "\x13\x02"
		    "12"
		    "\x05\x00",
		    6 },
		{ 5, "\x0c\x02\xc3\x28", 4 } };
	struct zy_subject_identity id;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(parse(bad[i].arc, ZY_BYTES(bad[i].octets, bad[i].len), &id));
}

static void only_the_five_extensions_are_meant(void **state)
{
	static const uint8_t six[8] = { 0x2a, 0x81, 0x1c, 0xd0, 0x14, 0x04, 0x01, 6 };

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_true(zy_subject_identity_is(ZY_BYTES(oid_octets[i], 8)));
	assert_false(zy_subject_identity_is(ZY_BYTES(six, 8)));
	assert_false(zy_subject_identity_is(ZY_BYTES(oid_octets[0], 7)));
	assert_false(zy_subject_identity_is(ZY_BYTES("", 0)));
}

static const char *const good[] = { "citizen:990101199003070015", "officer-card:军字第00000000号", "passport:E99000001",
	"insurance:990100000001", "registration:990100000000013", "organisation:91990100MA9900X1XU",
	"tax:990100000000001" };

static void what_is_asked_for_is_written_and_read_back(void **state)
{
	struct zy_subject_identity asked, id;
	struct zy_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ZY_BUF_AUTO b = { 0 };

		if (!zy_subject_identity_read(&asked, zy_str(good[i]), &err))
			fail_msg("%s: %s", good[i], err.msg);
		assert_int_equal(asked.kind, i);
		zy_subject_identity_put(&b, &asked);
		assert_false(b.failed);
		assert_true(
		    zy_subject_identity_parse(&id, zy_subject_identity_oid(asked.kind), zy_buf_bytes(&b), &err));
		assert_int_equal(id.kind, asked.kind);
		assert_true(zy_bytes_equal(id.value, asked.value));
	}
}

static void a_number_that_is_none_is_refused(void **state)
{
	static const char *const bad[] = { "", "citizen", "citizen:", "citizen:990101199003070016", "citizen:99",
		"passport:", "passport:e1", "passport:E99000001 ", "registration:990100000000014",
		"registration:99010000000001", "registration:99010000000001X", "organisation:91990100MA9900X1XX",
		"tax:99010000000000", "tax:990100000000000000001", "officer-card:", "officer-card:\x01", "licence:1" };
	struct zy_subject_identity id;
	struct zy_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (zy_subject_identity_read(&id, zy_str(bad[i]), &err))
			fail_msg("taken: %s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_a_person_is_read),
		cmocka_unit_test(the_other_numbers_are_strings_of_either_type),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(only_the_five_extensions_are_meant),
		cmocka_unit_test(what_is_asked_for_is_written_and_read_back),
		cmocka_unit_test(a_number_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
