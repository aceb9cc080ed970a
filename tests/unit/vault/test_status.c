#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault_made.h"

/* Brings a new licence to a status on the paths that exist. */
static void bring(struct made_vault *m, const char *id, enum zy_status s)
{
	struct zy_error err = { 0 };

	if (s != ZY_STATUS_VALID)
		assert_true(zy_vault_set_status(m->v, id, s, "given", &err));
}

static void only_the_paths_of_the_status_machine_exist(void **state)
{
	static const bool may[ZY_NUM_STATUS][ZY_NUM_STATUS] = {
		[ZY_STATUS_VALID] = { [ZY_STATUS_SUSPENDED] = true, [ZY_STATUS_REVOKED] = true },
		[ZY_STATUS_SUSPENDED] = { [ZY_STATUS_VALID] = true, [ZY_STATUS_REVOKED] = true },
	};
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	for (enum zy_status from = ZY_STATUS_VALID; from < ZY_STATUS_SUPERSEDED; from++)
		for (enum zy_status to = ZY_STATUS_VALID; to < ZY_NUM_STATUS; to++) {
			char request[32], id[ZY_IDENTIFIER_MAX + 1];
			struct zy_error err = { 0 };
			ZY_ARENA_AUTO a = { 0 };
			struct zy_version v;

			snprintf(request, sizeof(request), "%d-%d", (int)from, (int)to);
			assert_true(made_mint(&m, request, 1, 10, id, &err));
			bring(&m, id, from);
			m.now += 10;
			assert_int_equal(zy_vault_set_status(m.v, id, to, "asked", &err), may[from][to]);
			assert_int_equal(err.code, may[from][to] ? ZY_OK : ZY_E_STATE);
			err = (struct zy_error){ 0 };
			assert_true(zy_vault_get(m.v, id, 0, ZY_TIME_NEVER, false, &a, &v, &err));
			assert_int_equal(v.status, may[from][to] ? to : from);
			if (may[from][to])
				assert_string_equal(v.reason, "asked");
		}
	made_remove(&m);
}

static void a_status_needs_a_licence_and_a_reason(void **state)
{
	static const char *const reasons[] = { "", "Upper", "two words", "see-990102199001010015", "13900000000",
		"a-99010219900101001x", "0123456789012345678901234567890123456789012345678901234567890123456" };
	char id[ZY_IDENTIFIER_MAX + 1], none[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	assert_true(made_mint(&m, "a", 1, 10, id, &err));
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		err = (struct zy_error){ 0 };
		assert_false(zy_vault_set_status(m.v, id, ZY_STATUS_REVOKED, reasons[i], &err));
		assert_int_equal(err.code, ZY_E_FIELD_RANGE);
	}
	err = (struct zy_error){ 0 };
	made_identifier(77, 1, none);
	assert_false(zy_vault_set_status(m.v, none, ZY_STATUS_REVOKED, "asked", &err));
	assert_int_equal(err.code, ZY_E_NOT_FOUND);
	made_remove(&m);
}

struct expected {
	const char *const *whats;
	size_t num;
	uint64_t last_seq;
	zy_time last_at;
};

static bool see(void *arg, const struct zy_vault_event *e)
{
	struct expected *x = arg;

	assert_non_null(x->whats[x->num]);
	assert_string_equal(e->what, x->whats[x->num]);
	assert_true(e->seq > x->last_seq && e->at >= x->last_at);
	x->last_seq = e->seq;
	x->last_at = e->at;
	x->num++;
	return true;
}

static void the_history_tells_all_that_happened_in_order(void **state)
{
	static const char *const whats[] = { "intent", "mint", "suspended", "valid", "intent", "change", "superseded",
		"revoked", NULL };
	struct expected x = { .whats = whats };
	char id[ZY_IDENTIFIER_MAX + 1], other[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct made_vault m;
	struct zy_intent in;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	assert_true(made_mint(&m, "a", 1, 10, id, &err));
	assert_true(made_mint(&m, "other", 1, 10, other, &err));
	assert_true(zy_vault_set_status(m.v, id, ZY_STATUS_SUSPENDED, "inquiry", &err));
	assert_true(zy_vault_set_status(m.v, other, ZY_STATUS_SUSPENDED, "inquiry", &err));
	assert_true(zy_vault_set_status(m.v, id, ZY_STATUS_VALID, "inquiry-closed", &err));
	assert_true(made_intend(&m, "b", 2, NULL, &in, &err));
	assert_true(made_commit(&m, "b", 1, 2, 1, 10, &err));
	assert_true(zy_vault_set_status(m.v, id, ZY_STATUS_REVOKED, "withdrawn", &err));
	assert_true(zy_vault_history(m.v, id, &a, see, &x, &err));
	assert_int_equal(x.num, 8);
	made_identifier(99, 1, id);
	assert_false(zy_vault_history(m.v, id, &a, see, &x, &err));
	assert_int_equal(err.code, ZY_E_NOT_FOUND);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_paths_of_the_status_machine_exist),
		cmocka_unit_test(a_status_needs_a_licence_and_a_reason),
		cmocka_unit_test(the_history_tells_all_that_happened_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
