#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "vault_made.h"
#include "zy/person.h"

static struct zy_holder passport(const char *number)
{
	struct zy_holder h = { .kind = ZY_HOLDER_PASSPORT };

	snprintf(h.number, sizeof(h.number), "CHN-%s", number);
	return h;
}

static void check(struct made_vault *m)
{
	struct zy_vault_counts n;

	MUST(zy_vault_check(m->v, &n, &err));
}

/* Persons 1 and 2 with two licences and one, and person 3 with one. */
static void fill(struct made_vault *m, char ids[4][ZY_IDENTIFIER_MAX + 1])
{
	static const unsigned holders[] = { 1, 1, 2, 3 };

	made_vault(m, ZY_SUITE_INTL);
	for (size_t i = 0; i < 4; i++) {
		char request[8];

		snprintf(request, sizeof(request), "%zu", i);
		MUST(made_mint(m, request, holders[i], 100, ids[i], &err));
	}
}

static bool count(void *arg, const struct zy_version *v)
{
	(void)v;
	++*(unsigned *)arg;
	return true;
}

static unsigned licences_of(struct made_vault *m, struct zy_holder h)
{
	ZY_ARENA_AUTO a = { 0 };
	unsigned num = 0;

	MUST(zy_vault_list(m->v, &h, &a, count, &num, &err));
	return num;
}

static void person_of(struct made_vault *m, struct zy_holder h, zy_time at, struct zy_arena *a, struct zy_person *out)
{
	const struct zy_when when = { .at = at, .on = ZY_TIME_NEVER };
	bool found;

	MUST(zy_vault_person(m->v, &h, &when, a, out, &found, &err));
	assert_true(found);
}

static bool is_known(struct made_vault *m, struct zy_holder h, zy_time at)
{
	const struct zy_when when = { .at = at, .on = ZY_TIME_NEVER };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	bool found;

	MUST(zy_vault_person(m->v, &h, &when, &a, &p, &found, &err));
	return found;
}

static void merge(struct made_vault *m, unsigned a, unsigned b)
{
	struct zy_holder one = made_holder(a), other = made_holder(b);

	MUST(zy_vault_person_merge(m->v, &one, &other, NULL, NULL, &err));
}

struct told {
	const char *what;
	unsigned num;
};

static bool tell(void *arg, const struct zy_vault_event *e)
{
	struct told *t = arg;

	t->num += strcmp(e->what, t->what) == 0;
	return true;
}

static unsigned history_has(struct made_vault *m, const char *id, const char *what)
{
	struct told t = { .what = what };
	ZY_ARENA_AUTO a = { 0 };

	MUST(zy_vault_history(m->v, id, &a, tell, &t, &err));
	return t.num;
}

static void two_that_are_merged_are_found_as_one_and_split_again(void **state)
{
	struct zy_holder one = made_holder(1), other = made_holder(2);
	char ids[4][ZY_IDENTIFIER_MAX + 1], more[ZY_IDENTIFIER_MAX + 1];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	struct made_vault m;

	(void)state;
	fill(&m, ids);
	assert_int_equal(licences_of(&m, one), 2);
	m.now += 10;
	merge(&m, 1, 2);
	assert_int_equal(licences_of(&m, one), 3);
	assert_int_equal(licences_of(&m, other), 3);
	check(&m);
	MUST(made_mint(&m, "later", 2, 10, more, &err)); /* it goes on under its own number */
	assert_int_equal(licences_of(&m, one), 4);
	assert_int_equal(history_has(&m, ids[0], "merged"), 1);
	assert_int_equal(history_has(&m, ids[2], "merged"), 1);
	assert_int_equal(history_has(&m, ids[3], "merged"), 0);
	assert_int_equal(history_has(&m, more, "merged"), 0);
	check(&m);
	person_of(&m, other, ZY_TIME_NEVER, &a, &p);
	assert_int_equal(p.num, 2);
	assert_string_equal(p.identifiers[0].holder.number, other.number);
	assert_string_equal(p.identifiers[1].holder.number, one.number);
	assert_int_equal(p.identifiers[1].kind, ZY_SUBJECT_PERSON);
	assert_int_equal(p.identifiers[0].licences, 2);
	assert_int_equal(p.num_events, 1);
	assert_string_equal(p.events[0].what, "merged");
	assert_int_equal(p.events[0].at, m.now);
	REFUSED(zy_vault_person_merge(m.v, &other, &one, NULL, NULL, &err), ZY_E_STATE);
	m.now += 10;
	MUST(zy_vault_person_split(m.v, &other, NULL, NULL, &err));
	assert_int_equal(licences_of(&m, one), 2);
	assert_int_equal(licences_of(&m, other), 2);
	person_of(&m, one, ZY_TIME_NEVER, &a, &p);
	assert_int_equal(p.num, 1);
	assert_int_equal(p.num_events, 2); /* both histories are kept */
	REFUSED(zy_vault_person_split(m.v, &other, NULL, NULL, &err), ZY_E_STATE);
	check(&m);
	made_remove(&m);
}

static void three_are_one_whoever_is_taken_out(void **state)
{
	struct zy_holder h[] = { made_holder(1), made_holder(2), made_holder(3) };
	static const unsigned own[] = { 2, 1, 1 };

	(void)state;
	for (unsigned out = 0; out < 3; out++) {
		char ids[4][ZY_IDENTIFIER_MAX + 1];
		struct made_vault m;

		fill(&m, ids);
		merge(&m, 1, 2);
		merge(&m, 3, 1);
		for (unsigned i = 0; i < 3; i++)
			assert_int_equal(licences_of(&m, h[i]), 4);
		check(&m);
		MUST(zy_vault_person_split(m.v, &h[out], NULL, NULL, &err));
		for (unsigned i = 0; i < 3; i++)
			assert_int_equal(licences_of(&m, h[i]), i == out ? own[out] : 4 - own[out]);
		check(&m);
		made_remove(&m);
	}
}

static void a_number_is_added_with_the_days_on_which_it_holds(void **state)
{
	struct zy_holder one = made_holder(1), other = made_holder(2), pass = passport("E12345678");
	char ids[4][ZY_IDENTIFIER_MAX + 1];
	struct zy_holder firm = { .kind = ZY_HOLDER_USCC, .number = "91990100MA9900X1XU" };
	zy_time from, born;
	struct zy_identifier_new n = { .holder = &pass, .from = &from };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_logged logged;
	struct zy_person p;
	struct made_vault m;

	(void)state;
	fill(&m, ids);
	born = m.now;
	m.now += 100;
	from = m.now - 1000;
	n.until = m.now + 1000;
	MUST(zy_vault_person_add(m.v, &one, &n, &logged, &err));
	assert_true(logged.len > 0);
	assert_int_equal(licences_of(&m, pass), 2);
	person_of(&m, pass, ZY_TIME_NEVER, &a, &p);
	assert_int_equal(p.num, 2);
	assert_int_equal(p.identifiers[0].from, from);
	assert_int_equal(p.identifiers[0].until, n.until);
	assert_int_equal(p.identifiers[1].until, ZY_TIME_NEVER);
	assert_int_equal(p.events[0].index, logged.index);
	assert_false(is_known(&m, pass, born));
	person_of(&m, one, born, &a, &p);
	assert_int_equal(p.num, 1); /* as it was known then */
	assert_int_equal(p.num_events, 0);
	check(&m);
	n.until = m.now; /* it ended early */
	m.now += 5;
	MUST(zy_vault_person_add(m.v, &one, &n, NULL, &err));
	person_of(&m, one, ZY_TIME_NEVER, &a, &p);
	assert_int_equal(p.num, 2);
	assert_int_equal(p.identifiers[1].until, n.until);
	REFUSED(zy_vault_person_add(m.v, &other, &n, NULL, &err), ZY_E_STATE); /* it is somebody's */
	n.holder = &firm;
	n.until = ZY_TIME_NEVER;
	REFUSED(zy_vault_person_add(m.v, &one, &n, NULL, &err), ZY_E_HOLDER_KIND);
	from = m.now + 1;
	n.holder = &pass;
	REFUSED(zy_vault_person_add(m.v, &one, &n, NULL, &err), ZY_E_DATES);
	n.holder = &one;
	REFUSED(zy_vault_person_add(m.v, &firm, &n, NULL, &err), ZY_E_NOT_FOUND);
	check(&m);
	made_remove(&m);
}

static void an_old_organisation_code_is_the_one_inside_the_new(void **state)
{
	struct zy_holder firm = { .kind = ZY_HOLDER_USCC, .number = "91990100MA9900X1XU" },
			 old = { .kind = ZY_HOLDER_ORGCODE, .number = "MA9900X1X" },
			 wrong = { .kind = ZY_HOLDER_ORGCODE, .number = "D2143569X" };
	struct zy_identifier_new n = { .holder = &wrong, .until = ZY_TIME_NEVER };
	struct zy_version_new v = { .request = "firm",
		.holder = &firm,
		.type_code = MADE_TYPE,
		.record = ZY_LITERAL("record"),
		.valid_to = ZY_TIME_NEVER };
	char id[ZY_IDENTIFIER_MAX + 1];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	struct made_vault m;
	struct zy_intent in;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	made_identifier(1, 1, id);
	v.identifier = id;
	MUST(made_intend(&m, "firm", 1, MADE_SCOPE, &in, &err));
	MUST(zy_vault_commit(m.v, &v, &err));
	REFUSED(zy_vault_person_add(m.v, &firm, &n, NULL, &err), ZY_E_HOLDER);
	n.holder = &old;
	MUST(zy_vault_person_add(m.v, &firm, &n, NULL, &err));
	assert_int_equal(licences_of(&m, old), 1);
	person_of(&m, old, ZY_TIME_NEVER, &a, &p);
	assert_int_equal(p.identifiers[0].kind, ZY_SUBJECT_ENTERPRISE);
	check(&m);
	made_remove(&m);
}

static void firm_of(struct made_vault *m, const char *number, uint64_t serial, struct zy_holder *out)
{
	struct zy_version_new v = { .request = number,
		.holder = out,
		.type_code = MADE_TYPE,
		.record = ZY_LITERAL("record"),
		.valid_to = ZY_TIME_NEVER };
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_intent in;

	*out = (struct zy_holder){ .kind = ZY_HOLDER_USCC };
	snprintf(out->number, sizeof(out->number), "%s", number);
	made_identifier(serial, 1, id);
	v.identifier = id;
	MUST(made_intend(m, number, 1, MADE_SCOPE, &in, &err));
	MUST(zy_vault_commit(m->v, &v, &err));
}

static enum zy_subject_kind kind_of(struct made_vault *m, struct zy_holder h)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;

	person_of(m, h, ZY_TIME_NEVER, &a, &p);
	return p.identifiers[0].kind;
}

static void a_number_says_of_what_kind_its_subject_is_or_somebody_does(void **state)
{
	enum zy_subject_kind kind = ZY_SUBJECT_ENTERPRISE;
	struct zy_holder firm, village, one = made_holder(1), pass = passport("E12345678");
	struct zy_identifier_new n = { .holder = &one, .until = ZY_TIME_NEVER, .kind = &kind };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	firm_of(&m, "91990100MA9900X1XU", 1, &firm);
	firm_of(&m, "N2990100MA9900X1XB", 2, &village);
	/* What is a natural person's is never an organisation's, whatever is said. */
	REFUSED(zy_vault_person_add(m.v, &firm, &n, NULL, &err), ZY_E_HOLDER_KIND);
	n.holder = &pass;
	REFUSED(zy_vault_person_add(m.v, &firm, &n, NULL, &err), ZY_E_HOLDER_KIND);
	/* The code of an enterprise is one's. */
	n.holder = &firm;
	kind = ZY_SUBJECT_GOVERNMENT;
	REFUSED(zy_vault_person_add(m.v, &firm, &n, NULL, &err), ZY_E_HOLDER_KIND);
	assert_int_equal(kind_of(&m, firm), ZY_SUBJECT_ENTERPRISE);
	/* One that leaves it open is what was said last. */
	n.holder = &village;
	kind = ZY_SUBJECT_PERSON;
	REFUSED(zy_vault_person_add(m.v, &village, &n, NULL, &err), ZY_E_HOLDER_KIND);
	kind = ZY_SUBJECT_SOCIAL;
	MUST(zy_vault_person_add(m.v, &village, &n, NULL, &err));
	assert_int_equal(kind_of(&m, village), ZY_SUBJECT_SOCIAL);
	n.kind = NULL;
	n.until = m.now;
	MUST(zy_vault_person_add(m.v, &village, &n, NULL, &err));
	person_of(&m, village, ZY_TIME_NEVER, &a, &p);
	assert_int_equal(p.identifiers[0].kind, ZY_SUBJECT_SOCIAL);
	assert_int_equal(p.identifiers[0].from, INT64_MIN); /* nobody said when it began */
	assert_int_equal(p.identifiers[0].until, m.now);
	check(&m);
	made_remove(&m);
}

static void a_name_that_was_said_of_somebody_else_is_not_taken_along(void **state)
{
	struct zy_holder one = made_holder(1), other = made_holder(2);
	char ids[4][ZY_IDENTIFIER_MAX + 1];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	struct made_vault m;

	(void)state;
	fill(&m, ids);
	merge(&m, 1, 2);
	MUST(zy_vault_person_rename(m.v, &one, "王新名", "王旧名", NULL, NULL, &err));
	person_of(&m, other, ZY_TIME_NEVER, &a, &p);
	assert_string_equal(p.name, "王新名");
	MUST(zy_vault_person_split(m.v, &other, NULL, NULL, &err));
	person_of(&m, other, ZY_TIME_NEVER, &a, &p);
	assert_string_equal(p.name, "");
	person_of(&m, one, ZY_TIME_NEVER, &a, &p);
	assert_string_equal(p.name, "王新名");
	made_remove(&m);
}

static void names_are_known_as_of_their_time(void **state)
{
	struct zy_holder one = made_holder(1);
	char ids[4][ZY_IDENTIFIER_MAX + 1];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	struct made_vault m;
	zy_time born, from;

	(void)state;
	fill(&m, ids);
	born = m.now;
	m.now += 100;
	from = born;
	MUST(zy_vault_person_rename(m.v, &one, "王新名", "王旧名", &from, NULL, &err));
	REFUSED(zy_vault_person_rename(m.v, &one, "", "", NULL, NULL, &err), ZY_E_FIELD_LENGTH);
	REFUSED(zy_vault_person_rename(m.v, &one, "\xff", "", NULL, NULL, &err), ZY_E_UTF8);
	REFUSED(zy_vault_person_rename(m.v, &one, "王\n名", "", NULL, NULL, &err), ZY_E_FIELD_TYPE);
	person_of(&m, one, ZY_TIME_NEVER, &a, &p);
	assert_int_equal(p.num_events, 1);
	assert_string_equal(p.events[0].name, "王新名");
	assert_string_equal(p.events[0].before, "王旧名");
	assert_int_equal(p.events[0].from, from);
	person_of(&m, one, born, &a, &p);
	assert_int_equal(p.num_events, 0);
	check(&m);
	made_remove(&m);
}

static const uint8_t order[ZY_HASH_LEN] = { 1 };
static uint8_t given_up[2][ZY_DATA_KEY_ID_LEN];
static size_t num_given_up;

static bool unwrap(void *arg, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	const uint8_t *id = zy_data_key_id(aad);

	for (size_t i = 0; id != NULL && i < num_given_up; i++)
		if (memcmp(id, given_up[i], ZY_DATA_KEY_ID_LEN) == 0)
			return zy_fail(err, ZY_E_DESTROYED, "aad", ZY_NOWHERE, "ordered");
	return made_unwrap(arg, aad, in, out, err);
}

static void destroy(struct made_vault *m, struct zy_holder h)
{
	struct zy_shredded out;
	struct zy_data_key k;

	MUST(zy_vault_data_key(m->v, &h, &k, &err));
	memcpy(given_up[num_given_up++], k.id, sizeof(k.id));
	MUST(zy_vault_shred(m->v, k.id, order, &out, &err));
}

static void a_person_is_destroyed_key_by_key_and_the_vault_stays_whole(void **state)
{
	struct zy_holder one = made_holder(1), other = made_holder(2), third = made_holder(3);
	char ids[4][ZY_IDENTIFIER_MAX + 1], again[ZY_IDENTIFIER_MAX + 1];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	struct made_vault m;

	(void)state;
	num_given_up = 0;
	fill(&m, ids);
	made_close(&m);
	m.wrapper.unwrap = unwrap;
	made_open(&m);
	merge(&m, 1, 2);
	destroy(&m, other);
	check(&m);
	person_of(&m, one, ZY_TIME_NEVER, &a, &p);
	assert_int_equal(p.num, 2);
	assert_true(p.identifiers[1].destroyed);
	assert_int_equal(p.identifiers[1].licences, 1);
	assert_int_equal(p.num_events, 1); /* still told under the other's key */
	assert_int_equal(licences_of(&m, one), 3);
	REFUSED(zy_vault_person_split(m.v, &other, NULL, NULL, &err), ZY_E_DESTROYED);
	merge(&m, 1, 3); /* who was destroyed is nobody's any more */
	assert_int_equal(licences_of(&m, one), 3);
	assert_int_equal(licences_of(&m, other), 1);
	check(&m);
	destroy(&m, one);
	check(&m);
	MUST(made_mint(&m, "again", 1, 10, again, &err)); /* somebody new */
	assert_int_equal(licences_of(&m, one), 1);
	person_of(&m, third, ZY_TIME_NEVER, &a, &p);
	assert_int_equal(p.num, 2);
	check(&m);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_that_are_merged_are_found_as_one_and_split_again),
		cmocka_unit_test(three_are_one_whoever_is_taken_out),
		cmocka_unit_test(a_number_is_added_with_the_days_on_which_it_holds),
		cmocka_unit_test(an_old_organisation_code_is_the_one_inside_the_new),
		cmocka_unit_test(names_are_known_as_of_their_time),
		cmocka_unit_test(a_number_says_of_what_kind_its_subject_is_or_somebody_does),
		cmocka_unit_test(a_name_that_was_said_of_somebody_else_is_not_taken_along),
		cmocka_unit_test(a_person_is_destroyed_key_by_key_and_the_vault_stays_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
