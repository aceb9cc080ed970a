#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers/signer_home.h"
#include "hsm/group.h"

static struct signer_home home;
static struct zy_groups *groups;

static void token(const char *name, const char *more)
{
	char file[64];

	snprintf(file, sizeof(file), "signer/%s.json", name);
	home_write(&home, file, "{\"module\":\"/m.so\",\"label\":\"%s\",\"pin_file\":\"tokens/pin\"%s}", name, more);
}

static int make(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	home_make(&home);
	token("a", ",\"group\":\"pool\"");
	token("b", ",\"group\":\"pool\"");
	token("alone", "");
	home_write(&home, "signer/broken.json", "{\"group\":\"pool\"}");
	home_write(&home, "signer/a.keys.json", "{\"k\":{\"kind\":\"p256\",\"uses\":[\"trust\"]}}");
	return !zy_groups_open(&groups, home.path, &err);
}

static int remove_all(void **state)
{
	(void)state;
	zy_groups_close(groups);
	home_remove(&home);
	return 0;
}

static void a_group_is_the_tokens_that_name_it(void **state)
{
	struct zy_group *g = zy_groups_find(groups, "pool");

	(void)state;
	assert_non_null(g);
	assert_int_equal(g->num, 2);
	assert_null(zy_groups_find(groups, "alone"));
	assert_null(zy_groups_find(groups, "a"));
}

static void tokens_take_turns(void **state)
{
	struct zy_group *g = zy_groups_find(groups, "pool");
	const char *first = zy_group_next(g, 1000, 0), *second = zy_group_next(g, 1000, 0);

	(void)state;
	assert_string_not_equal(first, second);
	assert_string_equal(zy_group_next(g, 1000, 0), first);
}

static void one_that_failed_rests_until_its_time_or_its_answer(void **state)
{
	struct zy_group *g = zy_groups_find(groups, "pool");

	(void)state;
	zy_group_failed(g, "a", 2000);
	for (int i = 0; i < 4; i++)
		assert_string_equal(zy_group_next(g, 1999, 0), "b");
	assert_string_not_equal(zy_group_next(g, 2000, 0), zy_group_next(g, 2000, 0));
	zy_group_answered(g, "a");
	assert_string_not_equal(zy_group_next(g, 1999, 0), zy_group_next(g, 1999, 0));
}

static void when_all_rest_they_are_asked_all_the_same(void **state)
{
	struct zy_group *g = zy_groups_find(groups, "pool");

	(void)state;
	zy_group_failed(g, "a", 2000);
	zy_group_failed(g, "b", 2000);
	assert_string_not_equal(zy_group_next(g, 1000, 0), zy_group_next(g, 1000, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_is_the_tokens_that_name_it),
		cmocka_unit_test(tokens_take_turns),
		cmocka_unit_test(one_that_failed_rests_until_its_time_or_its_answer),
		cmocka_unit_test(when_all_rest_they_are_asked_all_the_same),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
