#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault_made.h"
#include "zy/tenants.h"

#define CITY "990100"
#define EAST "990101"
#define WEST "990102"
#define STREET "990101001"

#define MUST(call)                                                                                                     \
	do {                                                                                                           \
		struct zy_error err = { 0 };                                                                           \
		if (!(call))                                                                                           \
			made_fail(#call, &err);                                                                        \
	} while (0)

#define REFUSED(call, why)                                                                                             \
	do {                                                                                                           \
		struct zy_error err = { 0 };                                                                           \
		assert_false(call);                                                                                    \
		assert_int_equal(err.code, why);                                                                       \
	} while (0)

static void made_city(struct made_vault *m)
{
	made_vault(m, ZY_SUITE_GM);
	MUST(zy_tenant_add(m->v, CITY, "云泽市", NULL, &err));
	MUST(zy_tenant_add(m->v, EAST, "云泽市临江区", CITY, &err));
	MUST(zy_tenant_add(m->v, WEST, "云泽市南浦区", CITY, &err));
	MUST(zy_tenant_add(m->v, STREET, "云泽市临江区望山街道", EAST, &err));
}

/* The vault as one tenant has it; closed before m. */
static struct made_vault as(const struct made_vault *m, const char *code)
{
	struct made_vault t = *m;

	MUST(zy_vault_enter(m->v, code, &t.v, &err));
	return t;
}

static bool count_one(void *arg, const struct zy_version *v)
{
	(void)v;
	++*(unsigned *)arg;
	return true;
}

static unsigned listed(struct zy_vault *v, const struct zy_holder *h)
{
	ZY_ARENA_AUTO a = { 0 };
	unsigned n = 0;

	MUST(zy_vault_list(v, h, &a, count_one, &n, &err));
	return n;
}

static bool collect_codes(void *arg, const struct zy_tenant *t)
{
	char *text = arg;

	snprintf(text + strlen(text), 200 - strlen(text), "%s:%u ", t->code, t->parent);
	return true;
}

static void the_tree_has_one_top_and_no_code_twice(void **state)
{
	char text[200] = "";
	struct zy_vault *v;
	struct zy_tenant t;
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	MUST(zy_vault_tenant(m.v, &t, &err));
	assert_true(t.number == 1 && t.code[0] == 0);
	REFUSED(zy_tenant_add(m.v, EAST, "x", CITY, &err), ZY_E_STATE);
	MUST(zy_tenant_add(m.v, CITY, "云泽市", NULL, &err));
	REFUSED(zy_tenant_add(m.v, WEST, "x", NULL, &err), ZY_E_STATE);
	REFUSED(zy_tenant_add(m.v, CITY, "x", CITY, &err), ZY_E_EXISTS);
	REFUSED(zy_tenant_add(m.v, EAST, "x", WEST, &err), ZY_E_TENANT);
	REFUSED(zy_tenant_add(m.v, "99010", "x", CITY, &err), ZY_E_FIELD_RANGE);
	REFUSED(zy_tenant_add(m.v, "99010x", "x", CITY, &err), ZY_E_FIELD_RANGE);
	REFUSED(zy_tenant_add(m.v, EAST, "", CITY, &err), ZY_E_FIELD_RANGE);
	REFUSED(zy_tenant_add(m.v, EAST, "\xff", CITY, &err), ZY_E_UTF8);
	MUST(zy_tenant_add(m.v, EAST, "云泽市临江区", CITY, &err));
	MUST(zy_tenant_add(m.v, STREET, "望山街道", EAST, &err));
	MUST(zy_tenant_list(m.v, collect_codes, text, &err));
	assert_string_equal(text, "990100:0 990101:1 990101001:2 ");
	REFUSED(zy_vault_enter(m.v, WEST, &v, &err), ZY_E_TENANT);
	made_remove(&m);
}

static void a_licence_of_one_tenant_is_not_there_for_another(void **state)
{
	struct zy_holder h = made_holder(1);
	struct made_vault m, east, west;
	char id[ZY_IDENTIFIER_MAX + 1], other[ZY_IDENTIFIER_MAX + 1];
	struct zy_vault_counts n;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;
	struct zy_logged l;

	(void)state;
	made_city(&m);
	east = as(&m, EAST);
	west = as(&m, WEST);
	MUST(made_mint(&east, "same key", 1, 300, id, &err));
	MUST(made_mint(&west, "same key", 1, 300, other, &err));
	assert_string_not_equal(id, other); /* an issuer's serials are unique over all tenants */
	REFUSED(zy_vault_get(west.v, id, 0, ZY_TIME_NEVER, true, &a, &v, &err), ZY_E_NOT_FOUND);
	REFUSED(zy_vault_get(m.v, id, 0, ZY_TIME_NEVER, true, &a, &v, &err), ZY_E_NOT_FOUND);
	REFUSED(zy_vault_set_status(west.v, id, ZY_STATUS_REVOKED, "x", &err), ZY_E_NOT_FOUND);
	MUST(zy_vault_get(east.v, id, 0, ZY_TIME_NEVER, true, &a, &v, &err));
	MUST(zy_vault_log_leaf(east.v, v.log_index, &l, &err));
	REFUSED(zy_vault_log_leaf(west.v, v.log_index, &l, &err), ZY_E_NOT_FOUND);
	assert_int_equal(listed(east.v, &h), 1);
	assert_int_equal(listed(west.v, &h), 1);
	assert_int_equal(listed(m.v, &h), 0);
	assert_int_equal(listed(m.v, NULL), 0);
	MUST(zy_vault_count(west.v, &n, &err));
	assert_true(n.licences == 1 && n.subjects == 1 && n.events == 2);
	MUST(zy_vault_count(m.v, &n, &err));
	assert_true(n.licences == 2 && n.subjects == 2 && n.events == 8); /* the vault as opened: everybody's */
	MUST(zy_vault_check(m.v, &n, &err));
	zy_vault_close(east.v);
	zy_vault_close(west.v);
	made_remove(&m);
}

static void a_tenants_handle_leads_nowhere_else(void **state)
{
	struct zy_vault_counts n;
	struct made_vault m, east;
	struct zy_vault *v;

	(void)state;
	made_city(&m);
	east = as(&m, EAST);
	REFUSED(zy_vault_enter(east.v, WEST, &v, &err), ZY_E_TENANT_RIGHT);
	REFUSED(zy_vault_enter(east.v, EAST, &v, &err), ZY_E_TENANT_RIGHT);
	REFUSED(zy_tenant_add(east.v, "990103", "x", EAST, &err), ZY_E_TENANT_RIGHT);
	REFUSED(zy_vault_check(east.v, &n, &err), ZY_E_TENANT_RIGHT);
	REFUSED(zy_vault_look_down(east.v, WEST, "curious", &v, &err), ZY_E_TENANT);
	REFUSED(zy_vault_look_down(east.v, CITY, "curious", &v, &err), ZY_E_TENANT);
	REFUSED(zy_vault_look_down(east.v, EAST, "curious", &v, &err), ZY_E_TENANT);
	REFUSED(zy_vault_look_down(east.v, "990999", "curious", &v, &err), ZY_E_TENANT);
	REFUSED(zy_right_give(east.v, WEST, ZY_TIME_NEVER, "x", &err), ZY_E_TENANT);
	REFUSED(zy_right_give(east.v, STREET, ZY_TIME_NEVER, "x", &err), ZY_E_TENANT);
	zy_vault_close(east.v);
	made_remove(&m);
}

static void who_is_above_looks_down_only_by_a_right_and_is_recorded(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct made_vault m, street, city;
	struct zy_vault_counts before, n;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_intent in;
	struct zy_vault *v, *w;
	struct zy_version ver;

	(void)state;
	made_city(&m);
	street = as(&m, STREET);
	city = as(&m, CITY);
	MUST(made_mint(&street, "a", 1, 300, id, &err));
	REFUSED(zy_vault_look_down(city.v, STREET, "inspection", &v, &err), ZY_E_TENANT_RIGHT);
	REFUSED(zy_right_give(street.v, CITY, m.now - 1, "inspection", &err), ZY_E_DATES);
	MUST(zy_right_give(street.v, CITY, m.now + 100, "inspection", &err));
	MUST(zy_vault_count(street.v, &before, &err));
	MUST(zy_vault_look_down(city.v, STREET, "inspection-7", &v, &err));
	MUST(zy_vault_count(street.v, &n, &err));
	assert_int_equal(n.events, before.events + 1);
	MUST(zy_vault_get(v, id, 0, ZY_TIME_NEVER, true, &a, &ver, &err));
	REFUSED(zy_vault_set_status(v, id, ZY_STATUS_REVOKED, "x", &err), ZY_E_TENANT_RIGHT);
	REFUSED(zy_vault_intend(v, "b", (uint8_t[ZY_HASH_LEN]){ 0 }, NULL, &in, &err), ZY_E_TENANT_RIGHT);
	REFUSED(zy_right_give(v, CITY, ZY_TIME_NEVER, "x", &err), ZY_E_TENANT_RIGHT);
	REFUSED(zy_vault_look_down(v, STREET, "further", &w, &err), ZY_E_TENANT_RIGHT);
	zy_vault_close(v);
	m.now += 101;
	REFUSED(zy_vault_look_down(city.v, STREET, "inspection", &v, &err), ZY_E_TENANT_RIGHT);
	MUST(zy_right_give(street.v, CITY, ZY_TIME_NEVER, "inspection", &err));
	MUST(zy_vault_look_down(city.v, STREET, "inspection", &v, &err));
	zy_vault_close(v);
	MUST(zy_right_take(street.v, CITY, "done", &err));
	REFUSED(zy_right_take(street.v, CITY, "done", &err), ZY_E_STATE);
	REFUSED(zy_vault_look_down(city.v, STREET, "inspection", &v, &err), ZY_E_TENANT_RIGHT);
	MUST(zy_vault_check(m.v, &n, &err));
	zy_vault_close(street.v);
	zy_vault_close(city.v);
	made_remove(&m);
}

static void numbers_and_times_go_on_after_a_restart(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct made_vault m, west;
	struct zy_vault_counts n;

	(void)state;
	made_city(&m);
	west = as(&m, WEST);
	m.now += 50;
	west.now = m.now;
	MUST(made_mint(&west, "a", 1, 300, id, &err));
	zy_vault_close(west.v);
	made_close(&m);
	m.now -= 40; /* record time does not run back with the clock, whoever wrote last */
	made_open(&m);
	MUST(made_mint(&m, "b", 2, 300, id, &err));
	west = as(&m, WEST);
	MUST(made_mint(&west, "c", 3, 300, id, &err));
	MUST(zy_vault_check(m.v, &n, &err));
	assert_true(n.subjects == 3 && n.licences == 3);
	zy_vault_close(west.v);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tree_has_one_top_and_no_code_twice),
		cmocka_unit_test(a_licence_of_one_tenant_is_not_there_for_another),
		cmocka_unit_test(a_tenants_handle_leads_nowhere_else),
		cmocka_unit_test(who_is_above_looks_down_only_by_a_right_and_is_recorded),
		cmocka_unit_test(numbers_and_times_go_on_after_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
