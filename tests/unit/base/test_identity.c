#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/identity.h"

/* Published identifiers: four follow the rule of GB/T 36904, one found in the wild does not. */
static const char *const identifiers[] = {
	"1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
	"1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
	"1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
	"1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
};
static const char deviating[] =
    "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M";

static void published_identifiers_are_read_and_written_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(identifiers) / sizeof(identifiers[0]); i++) {
		char again[ZY_IDENTIFIER_MAX + 1];
		struct zy_identifier id;
		bool ok = false;

		MUST(zy_identifier_parse(&id, zy_str(identifiers[i]), NULL, &err));
		MUST(zy_identifier_parse(&id, zy_str(identifiers[i]), &ok, &err));
		assert_true(ok);
		MUST(zy_identifier_encode(&id, again, &err));
		assert_string_equal(again, identifiers[i]);
	}
}

static void the_deviating_one_is_reported_and_not_repaired(void **state)
{
	char again[ZY_IDENTIFIER_MAX + 1];
	struct zy_identifier id;
	bool ok = true;

	(void)state;
	REFUSED(zy_identifier_parse(&id, zy_str(deviating), NULL, &err), ZY_E_IDENTIFIER);
	MUST(zy_identifier_parse(&id, zy_str(deviating), &ok, &err));
	assert_false(ok);
	assert_string_equal(id.issuer, "113700000045046442");
	assert_string_equal(id.serial, "209FA4E88F9E4C878F3E9BED2CE7EA49");
	MUST(zy_identifier_encode(&id, again, &err));
	assert_int_equal(again[strlen(again) - 1], 'D');
}

static void an_identifier_has_one_form(void **state)
{
	static const char *const bad[] = { "", "1.2.156.3005.2.", "1.2.156.3003.2.11100000MB03271699022.340100.1.001.9",
		"1.2.156.3005.2.11100000MB03271699022.340100.000000016.001",
		"1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.",
		"1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9.",
		"1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.99",
		"1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9.9",
		"1.2.156.3005.2.11100000MB03271699022.340100..001.9",
		"1.2.156.3005.2.11100000MB0327169902.340100.000000016.001.9",
		"1.2.156.3005.2.11100000MB032716990222.340100.000000016.001.9",
		"1.2.156.3005.2.11100000mb03271699022.340100.000000016.001.9",
		"1.2.156.3005.2.11100000MB03271699022.3401-0.000000016.001.9",
		"1.2.156.3005.2.11100000MB03271699022.340100.000000016.000.9",
		"1.2.156.3005.2.11100000MB03271699022.340100.000000016.01.9",
		"1.2.156.3005.2.11100000MB03271699022.340100.000000016.0001.9",
		"1.2.156.3005.2.11100000MB03271699022.340100.000000016.00A.9",
		"1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.*",
		" 1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
		"1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9\n" };
	struct zy_identifier id;
	bool ok;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSED(zy_identifier_parse(&id, zy_str(bad[i]), &ok, &err), ZY_E_IDENTIFIER);
}

/* A segment that ends early at a NUL would be another text with the same reading. */
static void a_nul_inside_a_segment_is_no_character_of_it(void **state)
{
	char text[] = "1.2.156.3005.2.11100000MB03271699022.340100.0000000160.001.9";
	struct zy_identifier id;
	bool ok;

	(void)state;
	*strstr(text, "0.001") = 0;
	REFUSED(zy_identifier_parse(&id, ZY_BYTES(text, sizeof(text) - 1), &ok, &err), ZY_E_IDENTIFIER);
}

static void every_single_mistyped_character_is_seen(void **state)
{
	static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	(void)state;
	for (size_t i = strlen(ZY_IDENTIFIER_ROOT) + 1; i < strlen(identifiers[0]); i++)
		for (const char *c = alphabet; *c != 0; c++) {
			struct zy_identifier id;
			char text[ZY_IDENTIFIER_MAX];

			strcpy(text, identifiers[0]);
			if (text[i] == '.' || text[i] == *c)
				continue;
			text[i] = *c;
			REFUSED(zy_identifier_parse(&id, zy_str(text), NULL, &err), ZY_E_IDENTIFIER);
		}
}

static void an_identifier_out_of_its_ranges_is_not_written(void **state)
{
	const struct zy_identifier good = { "11100000MB0143028R001", "11990100MB99000131", "2026030100001", 999 };
	struct zy_identifier id = good;
	char out[ZY_IDENTIFIER_MAX + 1];

	(void)state;
	MUST(zy_identifier_encode(&id, out, &err));
	id.version = 0;
	REFUSED(zy_identifier_encode(&id, out, &err), ZY_E_IDENTIFIER);
	id.version = 1000;
	REFUSED(zy_identifier_encode(&id, out, &err), ZY_E_IDENTIFIER);
	id = good;
	id.serial[0] = 0;
	REFUSED(zy_identifier_encode(&id, out, &err), ZY_E_IDENTIFIER);
	strcpy(id.serial, "a1");
	REFUSED(zy_identifier_encode(&id, out, &err), ZY_E_IDENTIFIER);
	id = good;
	id.issuer[0] = 0;
	REFUSED(zy_identifier_encode(&id, out, &err), ZY_E_IDENTIFIER);
	id = good;
	id.type[20] = 0;
	REFUSED(zy_identifier_encode(&id, out, &err), ZY_E_IDENTIFIER);
	assert_int_equal(zy_mod37_36("A-", 2), 0);
}

static void the_published_citizen_number_and_what_is_none(void **state)
{
	static const char *const bad[] = { "", "11010519491231002", "11010519491231002x", "110105194912310020",
		"11010519491231002X0", "A1010519491231002X", "110105194902310022", "11010519491331002X",
		"110105179912310029" };
	char text[19];

	(void)state;
	MUST(zy_citizen_check(ZY_LITERAL("11010519491231002X"), &err));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSED(zy_citizen_check(zy_str(bad[i]), &err), ZY_E_CITIZEN);
	/* every single wrong digit is seen by the check digit or the calendar */
	for (size_t i = 0; i < 17; i++)
		for (char c = '0'; c <= '9'; c++) {
			strcpy(text, "11010519491231002X");
			if (text[i] == c)
				continue;
			text[i] = c;
			REFUSED(zy_citizen_check(zy_str(text), &err), ZY_E_CITIZEN);
		}
}

static void a_birth_date_must_exist(void **state)
{
	static const struct {
		const char *first17;
		bool good;
	} dates[] = { { "99010020000229001", true }, { "99010019000229001", false }, { "99010018000101001", true },
		{ "99010017991231001", false }, { "99010020240431001", false }, { "99010020240001001", false } };

	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		struct zy_error err = { 0 };
		char text[19];

		memcpy(text, dates[i].first17, 17);
		text[17] = zy_citizen_check_digit(dates[i].first17);
		assert_true(zy_citizen_check(ZY_BYTES(text, 18), &err) == dates[i].good);
	}
}

static void published_credit_codes_and_what_is_none(void **state)
{
	static const char *const good[] = { "11100000000013338W", "11100000MB0143028R", "11100000000013127D",
		"111000000000131433", "11100000MB03271699", "11100000000019713D", "11430000006122244L",
		"11220000013544541J", "11330105002500287C", "11990100MB99000131" };
	static const char *const bad[] = { "", "11100000000013338", "11100000000013338W0", "11100000000013338w",
		"11100000000013338X", "1110000000001333OW", "11A00000000013338W", "I1100000000013338W" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		MUST(zy_uscc_check(zy_str(good[i]), &err));
		assert_int_equal(zy_uscc_check_char(good[i]), good[i][17]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSED(zy_uscc_check(zy_str(bad[i]), &err), ZY_E_USCC);
	REFUSED(zy_uscc_check(ZY_LITERAL("1110000000001333\0W"), &err), ZY_E_USCC);
	assert_int_equal(zy_uscc_check_char("1110000000001333O"), 0);
}

static void the_organisation_code_inside_is_checked_by_itself(void **state)
{
	char text[19] = "111000000000133480"; /* 000013348 has another check character than 8 */

	(void)state;
	text[16] = '9';
	text[17] = zy_uscc_check_char(text);
	REFUSED_AT(zy_uscc_check(ZY_BYTES(text, 18), &err), ZY_E_USCC, 16);
}

static void holders_are_read_by_their_kind(void **state)
{
	struct zy_holder h;
	enum zy_holder_kind kind;

	(void)state;
	MUST(zy_holder_parse(&h, ZY_LITERAL("uscc:11990100MB99000131"), &err));
	assert_int_equal(h.kind, ZY_HOLDER_USCC);
	assert_string_equal(h.number, "11990100MB99000131");
	MUST(zy_holder_parse(&h, ZY_LITERAL("citizen:11010519491231002X"), &err));
	assert_int_equal(h.kind, ZY_HOLDER_CITIZEN);
	MUST(zy_holder_parse(&h, ZY_LITERAL("passport:CHN-E00000000"), &err));
	assert_string_equal(h.number, "CHN-E00000000");
	MUST(zy_holder_parse(&h, ZY_LITERAL("passport:D-C01X00T47"), &err));
	assert_string_equal(h.number, "D-C01X00T47");
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("passport:E00000000"), &err), ZY_E_HOLDER); /* whose? */
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("passport:CHIN-E00000000"), &err), ZY_E_HOLDER);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("passport:C1N-E00000000"), &err), ZY_E_HOLDER);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("passport:CHN-E0000-000"), &err), ZY_E_HOLDER);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("uscc:11990100MB99000132"), &err), ZY_E_USCC);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("citizen:110105194912310020"), &err), ZY_E_CITIZEN);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("passport:CHN-E000"), &err), ZY_E_HOLDER);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("passport:CHN-E000000000000000"), &err), ZY_E_HOLDER);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("passport:CHN-e0000000"), &err), ZY_E_HOLDER);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("passport:"), &err), ZY_E_HOLDER);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("passport"), &err), ZY_E_HOLDER);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("visa:E00000000"), &err), ZY_E_HOLDER);
	REFUSED(zy_holder_parse(&h, ZY_BYTES(NULL, 0), &err), ZY_E_HOLDER);
	for (size_t k = 0; k < ZY_NUM_HOLDER_KINDS; k++) {
		assert_true(zy_holder_kind_from_code(zy_holder_kind_code((enum zy_holder_kind)k), &kind));
		assert_int_equal(kind, k);
		assert_true(strlen(zy_holder_kind_name(kind)) > 0 && strlen(zy_holder_kind_label(kind)) > 0);
	}
	assert_false(zy_holder_kind_from_code("999", &kind));
}

/* One number has one form, whichever was written. */
static void old_numbers_become_those_of_today(void **state)
{
	struct zy_holder h;

	(void)state;
	MUST(zy_holder_parse(&h, ZY_LITERAL("citizen:110105491231002"), &err)); /* GB 11643-1999, its example */
	assert_string_equal(h.number, "11010519491231002X");
	MUST(zy_holder_parse(&h, ZY_LITERAL("citizen:110105951231996"), &err)); /* more than a hundred years old */
	assert_memory_equal(h.number, "110105189512319969", 17);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("citizen:110105491331002"), &err), ZY_E_CITIZEN); /* month 13 */
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("citizen:11010549123100X"), &err), ZY_E_CITIZEN);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("citizen:1101054912310020"), &err), ZY_E_CITIZEN);
	MUST(zy_holder_parse(&h, ZY_LITERAL("orgcode:D2143569-X"), &err)); /* GB 11714, its example */
	assert_string_equal(h.number, "D2143569X");
	MUST(zy_holder_parse(&h, ZY_LITERAL("orgcode:D2143569X"), &err));
	assert_string_equal(h.number, "D2143569X");
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("orgcode:D2143569-1"), &err), ZY_E_HOLDER);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("orgcode:D2143569"), &err), ZY_E_HOLDER);
	REFUSED(zy_holder_parse(&h, ZY_LITERAL("orgcode:d2143569X"), &err), ZY_E_HOLDER);
}

static void a_subject_is_of_one_of_five_kinds(void **state)
{
	static const struct {
		const char *number;
		enum zy_holder_kind kind;
		enum zy_subject_kind is;
		bool certain;
	} known[] = { { "11990100MB99000131", ZY_HOLDER_USCC, ZY_SUBJECT_GOVERNMENT, true },
		{ "12", ZY_HOLDER_USCC, ZY_SUBJECT_INSTITUTION, true },
		{ "51", ZY_HOLDER_USCC, ZY_SUBJECT_SOCIAL, true },
		{ "91", ZY_HOLDER_USCC, ZY_SUBJECT_ENTERPRISE, true },
		{ "Y1", ZY_HOLDER_USCC, ZY_SUBJECT_ENTERPRISE, false },
		{ "D2143569X", ZY_HOLDER_ORGCODE, ZY_SUBJECT_ENTERPRISE, false },
		{ "11010519491231002X", ZY_HOLDER_CITIZEN, ZY_SUBJECT_PERSON, true },
		{ "CHN-E12345678", ZY_HOLDER_PASSPORT, ZY_SUBJECT_PERSON, true } };

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct zy_holder h = { .kind = known[i].kind };
		bool certain;

		strcpy(h.number, known[i].number);
		assert_int_equal(zy_subject_kind_of(&h, &certain), known[i].is);
		assert_int_equal(certain, known[i].certain);
	}
	for (size_t k = 0; k < ZY_NUM_SUBJECT_KINDS; k++) {
		enum zy_subject_kind is;

		assert_true(zy_subject_kind_from_name(zy_subject_kind_name((enum zy_subject_kind)k), &is));
		assert_int_equal(is, k);
	}
}

static void a_masked_number_hides_most_of_itself(void **state)
{
	static const struct {
		const char *number, *masked;
	} known[] = { { "11010519491231002X", "110***********002X" }, { "E12345678", "E******78" },
		{ "A1234", "A**34" }, { "123456789012345", "123********2345" } };

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct zy_holder h = { .kind = ZY_HOLDER_PASSPORT };
		char out[ZY_HOLDER_NUMBER_MAX + 1];

		strcpy(h.number, known[i].number);
		zy_holder_mask(&h, out);
		assert_string_equal(out, known[i].masked);
	}
}

static void no_error_about_a_number_holds_the_number(void **state)
{
	struct zy_error err = { 0 }, other = { 0 };
	struct zy_holder h;

	(void)state;
	assert_false(zy_holder_parse(&h, ZY_LITERAL("citizen:110105194912310020"), &err));
	assert_null(strstr(err.msg, "110105"));
	assert_false(zy_citizen_check(ZY_LITERAL("11010519490231002X"), &other));
	assert_null(strstr(other.msg, "1949"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_identifiers_are_read_and_written_again),
		cmocka_unit_test(the_deviating_one_is_reported_and_not_repaired),
		cmocka_unit_test(an_identifier_has_one_form),
		cmocka_unit_test(a_nul_inside_a_segment_is_no_character_of_it),
		cmocka_unit_test(every_single_mistyped_character_is_seen),
		cmocka_unit_test(an_identifier_out_of_its_ranges_is_not_written),
		cmocka_unit_test(the_published_citizen_number_and_what_is_none),
		cmocka_unit_test(a_birth_date_must_exist),
		cmocka_unit_test(published_credit_codes_and_what_is_none),
		cmocka_unit_test(the_organisation_code_inside_is_checked_by_itself),
		cmocka_unit_test(holders_are_read_by_their_kind),
		cmocka_unit_test(old_numbers_become_those_of_today),
		cmocka_unit_test(a_subject_is_of_one_of_five_kinds),
		cmocka_unit_test(a_masked_number_hides_most_of_itself),
		cmocka_unit_test(no_error_about_a_number_holds_the_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
