#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "zy/options.h"

static const char *name, *out;
static bool json, quick;
static const struct zy_option options[] = { { "name", "NAME", "the name", &name, NULL },
	{ "o", "FILE", "where to", &out, NULL }, { "json", NULL, "one object", NULL, &json },
	{ "q", NULL, "quick", NULL, &quick }, { 0 } };

#define ARGV(...)                                                                                                      \
	(char *[])                                                                                                     \
	{                                                                                                              \
		(char *)"prog", __VA_ARGS__, NULL                                                                      \
	}
#define PARSE(...) parse((int)(sizeof(ARGV(__VA_ARGS__)) / sizeof(char *)) - 1, ARGV(__VA_ARGS__), &err)

static const char *words[2];
static size_t num_words;

static bool parse(int argc, char **argv, struct zy_error *err)
{
	name = out = NULL;
	json = quick = false;
	return zy_options_parse(options, argc, argv, words, 2, &num_words, err);
}

static void options_stand_before_between_and_after_the_words(void **state)
{
	(void)state;
	MUST(PARSE("--name", "n", "one", "--json", "two", "-o", "f", "-q"));
	assert_string_equal(name, "n");
	assert_string_equal(out, "f");
	assert_true(json && quick);
	assert_int_equal(num_words, 2);
	assert_string_equal(words[0], "one");
	assert_string_equal(words[1], "two");
}

static void a_value_may_follow_an_equals_sign(void **state)
{
	(void)state;
	MUST(PARSE("--name=a=b", "-o="));
	assert_string_equal(name, "a=b");
	assert_string_equal(out, "");
	MUST(PARSE("--name", "--json"));
	assert_string_equal(name, "--json");
	assert_false(json);
}

static void two_dashes_end_the_options_and_one_is_a_word(void **state)
{
	(void)state;
	MUST(PARSE("-", "--", "--json"));
	assert_int_equal(num_words, 2);
	assert_string_equal(words[0], "-");
	assert_string_equal(words[1], "--json");
	assert_false(json);
	MUST(PARSE("--", "--"));
	assert_int_equal(num_words, 1);
	MUST(PARSE("--name", "--", "--"));
	assert_string_equal(name, "--");
	assert_int_equal(num_words, 0);
}

static void what_is_not_in_the_table_is_refused(void **state)
{
	(void)state;
	REFUSED(PARSE("--nam"), ZY_E_USAGE);
	REFUSED(PARSE("--namee"), ZY_E_USAGE);
	REFUSED(PARSE("-name"), ZY_E_USAGE);
	REFUSED(PARSE("--o", "f"), ZY_E_USAGE);
	REFUSED(PARSE("-x"), ZY_E_USAGE);
	REFUSED(PARSE("-qo", "f"), ZY_E_USAGE);
	REFUSED(PARSE("--=x"), ZY_E_USAGE);
	REFUSED(PARSE("-=x"), ZY_E_USAGE);
	REFUSED(PARSE("one", "two", "three"), ZY_E_USAGE);
}

static void nothing_is_given_twice(void **state)
{
	(void)state;
	REFUSED(PARSE("--name", "a", "--name", "a"), ZY_E_USAGE);
	REFUSED(PARSE("--name=", "--name=b"), ZY_E_USAGE);
	REFUSED(PARSE("--json", "--json"), ZY_E_USAGE);
}

static void values_stand_where_they_belong(void **state)
{
	(void)state;
	REFUSED(PARSE("--name"), ZY_E_USAGE);
	REFUSED(PARSE("one", "-o"), ZY_E_USAGE);
	REFUSED(PARSE("--json=yes"), ZY_E_USAGE);
}

static void the_head_stops_at_the_first_word(void **state)
{
	char *argv[] = { (char *)"prog", (char *)"--json", (char *)"mint", (char *)"--unknown", NULL };
	int next = 0;

	(void)state;
	name = NULL;
	json = false;
	MUST(zy_options_parse_head(options, 4, argv, &next, &err));
	assert_true(json);
	assert_int_equal(next, 2);
	json = false;
	REFUSED(zy_options_parse_head(options, 4, (char *[]){ argv[0], argv[3], argv[2], argv[1], NULL }, &next, &err),
	    ZY_E_USAGE);
	MUST(zy_options_parse_head(options, 1, argv, &next, &err));
	assert_int_equal(next, 1);
}

static void the_help_names_every_option(void **state)
{
	char text[1024] = { 0 };
	FILE *f = fmemopen(text, sizeof(text) - 1, "w");

	(void)state;
	zy_options_help(options, f);
	fclose(f);
	assert_non_null(strstr(text, "  --name NAME"));
	assert_non_null(strstr(text, "  -o FILE"));
	assert_non_null(strstr(text, "  --json "));
	assert_non_null(strstr(text, "one object\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_before_between_and_after_the_words),
		cmocka_unit_test(a_value_may_follow_an_equals_sign),
		cmocka_unit_test(two_dashes_end_the_options_and_one_is_a_word),
		cmocka_unit_test(what_is_not_in_the_table_is_refused),
		cmocka_unit_test(nothing_is_given_twice),
		cmocka_unit_test(values_stand_where_they_belong),
		cmocka_unit_test(the_head_stops_at_the_first_word),
		cmocka_unit_test(the_help_names_every_option),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
