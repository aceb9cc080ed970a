#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault_made.h"

struct seen {
	struct zy_arena *a;
	unsigned num, stop_at;
	bool free_each;
	char last[ZY_IDENTIFIER_MAX + 1];
	unsigned versions;
};

static bool see(void *arg, const struct zy_version *v)
{
	struct seen *s = arg;

	assert_int_equal(v->record.len, 900);
	assert_int_equal(v->num_files, 2);
	assert_null(v->files[0].bytes.p);
	assert_true(strcmp(v->identifier, s->last) > 0);
	snprintf(s->last, sizeof(s->last), "%s", v->identifier);
	s->versions += v->version;
	if (s->free_each)
		zy_arena_free(s->a);
	return ++s->num != s->stop_at;
}

/* 200 licences, more than one chunk: person 1 has 70 of them, person 2 the rest. */
static void fill(struct made_vault *m)
{
	char request[32], id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };

	for (unsigned i = 0; i < 200; i++) {
		snprintf(request, sizeof(request), "r%u", i);
		assert_true(made_mint(m, request, i < 70 ? 1 : 2, 10, id, &err));
	}
}

static void a_holder_is_given_own_licences_and_no_others(void **state)
{
	struct zy_holder one = made_holder(1), two = made_holder(2), three = made_holder(3);
	ZY_ARENA_AUTO a = { 0 };
	struct seen s = { .a = &a };
	struct zy_error err = { 0 };
	struct made_vault m;
	struct zy_intent in;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	fill(&m);
	assert_true(made_intend(&m, "change", 2, NULL, &in, &err));
	assert_true(made_commit(&m, "change", 5, 2, 1, 10, &err));
	assert_true(zy_vault_list(m.v, &one, &a, see, &s, &err));
	assert_int_equal(s.num, 70);
	assert_int_equal(s.versions, 71); /* the newest of each */
	s = (struct seen){ .a = &a };
	assert_true(zy_vault_list(m.v, &two, &a, see, &s, &err));
	assert_int_equal(s.num, 130);
	s = (struct seen){ .a = &a };
	assert_true(zy_vault_list(m.v, &three, &a, see, &s, &err));
	assert_int_equal(s.num, 0);
	made_remove(&m);
}

static void all_licences_are_listed_in_bounded_memory(void **state)
{
	struct zy_arena a = { .cap = 20000 }; /* a fraction of what 200 records take */
	struct seen s = { .a = &a, .free_each = true };
	struct zy_error err = { 0 };
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	fill(&m);
	assert_true(zy_vault_list(m.v, NULL, &a, see, &s, &err));
	assert_int_equal(s.num, 200);
	s = (struct seen){ .a = &a, .stop_at = 100, .free_each = true };
	assert_true(zy_vault_list(m.v, NULL, &a, see, &s, &err));
	assert_int_equal(s.num, 100);
	s = (struct seen){ .a = &a };
	assert_false(zy_vault_list(m.v, NULL, &a, see, &s, &err)); /* who keeps all meets the cap */
	assert_int_equal(err.code, ZY_E_NO_MEMORY);
	zy_arena_free(&a);
	made_remove(&m);
}

static void the_newest_licence_is_found_behind_later_events(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1], newest[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct made_vault m;
	struct zy_intent in;
	bool found;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	assert_true(zy_vault_newest(m.v, newest, &found, &err));
	assert_false(found);
	assert_true(made_mint(&m, "a", 1, 10, id, &err));
	assert_true(made_mint(&m, "b", 2, 10, id, &err));
	assert_true(zy_vault_set_status(m.v, id, ZY_STATUS_SUSPENDED, "why", &err));
	assert_true(made_intend(&m, "open", 2, NULL, &in, &err));
	assert_true(zy_vault_newest(m.v, newest, &found, &err));
	assert_true(found);
	assert_non_null(strstr(id, newest)); /* TYPE.ISSUER.SERIAL of the second */
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_holder_is_given_own_licences_and_no_others),
		cmocka_unit_test(all_licences_are_listed_in_bounded_memory),
		cmocka_unit_test(the_newest_licence_is_found_behind_later_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
