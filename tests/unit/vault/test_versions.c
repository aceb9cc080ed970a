#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault_made.h"

static const enum zy_suite suites[] = { ZY_SUITE_GM, ZY_SUITE_INTL };

static void check(struct made_vault *m)
{
	struct zy_vault_counts n;
	struct zy_error err = { 0 };

	if (!zy_vault_check(m->v, &n, &err))
		made_fail("check", &err);
}

static void what_was_committed_is_read_back_to_the_byte(void **state)
{
	static const size_t lens[] = { 0, 1, 999, 1000, 2000, 3900, 4095, 4096, 4097, 8192, 30000, 100000 };
	struct made_vault m;

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		made_vault(&m, suites[s]);
		for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
			char request[32], id[ZY_IDENTIFIER_MAX + 1];
			uint8_t *want = malloc(lens[i] + 900);
			ZY_ARENA_AUTO a = { 0 };
			struct zy_error err = { 0 };
			struct zy_version v;

			snprintf(request, sizeof(request), "request %zu", i);
			assert_true(made_mint(&m, request, (unsigned)i, lens[i], id, &err));
			made_bytes(want, lens[i] + 900, (i + 1) * 1000 + 1);
			assert_true(zy_vault_get(m.v, id, 0, ZY_TIME_NEVER, true, &a, &v, &err));
			assert_string_equal(v.identifier, id);
			assert_int_equal(v.version, 1);
			assert_int_equal(v.status, ZY_STATUS_VALID);
			assert_string_equal(v.reason, "");
			assert_int_equal(v.recorded_at, m.now);
			assert_int_equal(v.valid_to, ZY_TIME_NEVER);
			assert_int_equal(v.record.len, 900);
			assert_memory_equal(v.record.p, want + lens[i], 900);
			assert_int_equal(v.num_files, 2);
			assert_int_equal(v.files[0].form, 1);
			assert_int_equal(v.files[0].bytes.len, lens[i]);
			assert_memory_equal(v.files[0].bytes.p, want, lens[i]);
			assert_int_equal(v.files[1].bytes.len, lens[i] / 2);
			assert_memory_equal(v.files[1].bytes.p, want, lens[i] / 2);
			free(want);
		}
		check(&m);
		made_remove(&m);
	}
}

static void a_licence_is_found_by_any_of_its_names(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1], id2[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;
	struct made_vault m;
	struct zy_intent in;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	assert_true(made_mint(&m, "a", 1, 100, id, &err));
	assert_true(made_intend(&m, "b", 2, NULL, &in, &err));
	assert_true(made_commit(&m, "b", 1, 2, 1, 100, &err));
	made_identifier(1, 2, id2);
	assert_true(zy_vault_get(m.v, id, 0, ZY_TIME_NEVER, false, &a, &v, &err));
	assert_string_equal(v.identifier, id2);
	assert_null(v.files[0].bytes.p);
	assert_true(zy_vault_get(m.v, MADE_SCOPE ".000000001", 1, ZY_TIME_NEVER, false, &a, &v, &err));
	assert_string_equal(v.identifier, id);
	assert_false(zy_vault_get(m.v, MADE_SCOPE ".000000002", 0, ZY_TIME_NEVER, false, &a, &v, &err));
	assert_int_equal(err.code, ZY_E_NOT_FOUND);
	err = (struct zy_error){ 0 };
	assert_false(zy_vault_get(m.v, id, 3, ZY_TIME_NEVER, false, &a, &v, &err));
	assert_int_equal(err.code, ZY_E_NOT_FOUND);
	err = (struct zy_error){ 0 };
	id[strlen(id) - 1] = id[strlen(id) - 1] == 'A' ? 'B' : 'A';
	assert_false(zy_vault_get(m.v, id, 0, ZY_TIME_NEVER, false, &a, &v, &err));
	assert_int_equal(err.code, ZY_E_IDENTIFIER);
	err = (struct zy_error){ 0 };
	assert_false(zy_vault_get(m.v, "no.such", 0, ZY_TIME_NEVER, false, &a, &v, &err));
	assert_int_equal(err.code, ZY_E_IDENTIFIER);
	made_remove(&m);
}

static void a_version_gap_another_holder_and_a_revoked_licence_are_refused(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	struct made_vault m;
	struct zy_intent in;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	assert_true(made_mint(&m, "a", 1, 100, id, &err));
	assert_false(made_commit(&m, "none", 1, 2, 1, 100, &err)); /* no intent */
	assert_int_equal(err.code, ZY_E_STATE);
	err = (struct zy_error){ 0 };
	assert_true(made_intend(&m, "b", 2, NULL, &in, &err));
	assert_false(made_commit(&m, "b", 1, 3, 1, 100, &err)); /* gap */
	assert_int_equal(err.code, ZY_E_STATE);
	err = (struct zy_error){ 0 };
	assert_false(made_commit(&m, "b", 1, 1, 1, 100, &err)); /* again */
	assert_int_equal(err.code, ZY_E_STATE);
	err = (struct zy_error){ 0 };
	assert_false(made_commit(&m, "b", 7, 2, 1, 100, &err)); /* never minted */
	assert_int_equal(err.code, ZY_E_STATE);
	err = (struct zy_error){ 0 };
	assert_false(made_commit(&m, "b", 1, 2, 2, 100, &err)); /* another holder */
	assert_int_equal(err.code, ZY_E_STATE);
	err = (struct zy_error){ 0 };
	assert_true(zy_vault_set_status(m.v, id, ZY_STATUS_REVOKED, "error", &err));
	assert_false(made_commit(&m, "b", 1, 2, 1, 100, &err));
	assert_int_equal(err.code, ZY_E_STATE);
	err = (struct zy_error){ 0 };
	assert_true(zy_vault_check(m.v, &n, &err));
	assert_int_equal(n.versions, 1);
	assert_int_equal(n.subjects, 1); /* the refused holder left nothing behind */
	assert_int_equal(n.open_intents, 1);
	made_remove(&m);
}

static void a_commit_whose_answer_was_lost_may_be_repeated(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	assert_true(made_mint(&m, "a", 1, 100, id, &err));
	assert_true(made_commit(&m, "a", 1, 1, 1, 100, &err));
	assert_false(made_commit(&m, "a", 2, 1, 1, 100, &err));
	assert_int_equal(err.code, ZY_E_REQUEST_CONFLICT);
	err = (struct zy_error){ 0 };
	assert_true(zy_vault_check(m.v, &n, &err));
	assert_int_equal(n.versions, 1);
	assert_int_equal(n.events, 2);
	made_remove(&m);
}

/* Versions and statuses, each a hundred seconds after the other. */
static void build_past(struct made_vault *m, char id[ZY_IDENTIFIER_MAX + 1])
{
	struct zy_error err = { 0 };
	struct zy_intent in;

	m->now = 1000;
	assert_true(made_mint(m, "a", 1, 100, id, &err));
	m->now = 1100;
	assert_true(zy_vault_set_status(m->v, id, ZY_STATUS_SUSPENDED, "inquiry", &err));
	m->now = 1200;
	assert_true(zy_vault_set_status(m->v, id, ZY_STATUS_VALID, "inquiry-closed", &err));
	m->now = 1300;
	assert_true(made_intend(m, "b", 2, NULL, &in, &err));
	assert_true(made_commit(m, "b", 1, 2, 1, 100, &err));
	m->now = 1400;
	assert_true(zy_vault_set_status(m->v, id, ZY_STATUS_REVOKED, "withdrawn", &err));
}

static void the_past_is_read_as_it_was_recorded(void **state)
{
	static const struct {
		zy_time at;
		unsigned ask, version;
		enum zy_status status;
		const char *reason;
		zy_time status_at;
	} rows[] = {
		{ 1000, 0, 1, ZY_STATUS_VALID, "", 1000 },
		{ 1099, 0, 1, ZY_STATUS_VALID, "", 1000 },
		{ 1100, 0, 1, ZY_STATUS_SUSPENDED, "inquiry", 1100 },
		{ 1250, 0, 1, ZY_STATUS_VALID, "inquiry-closed", 1200 },
		{ 1299, 1, 1, ZY_STATUS_VALID, "inquiry-closed", 1200 },
		{ 1300, 1, 1, ZY_STATUS_SUPERSEDED, "", 1300 },
		{ 1300, 0, 2, ZY_STATUS_VALID, "", 1300 },
		{ 1400, 0, 2, ZY_STATUS_REVOKED, "withdrawn", 1400 },
		{ ZY_TIME_NEVER, 0, 2, ZY_STATUS_REVOKED, "withdrawn", 1400 },
		{ ZY_TIME_NEVER, 1, 1, ZY_STATUS_SUPERSEDED, "", 1300 },
	};
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	build_past(&m, id);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(zy_vault_get(m.v, id, rows[i].ask, rows[i].at, false, &a, &v, &err));
		assert_int_equal(v.version, rows[i].version);
		assert_int_equal(v.status, rows[i].status);
		assert_string_equal(v.reason, rows[i].reason);
		assert_int_equal(v.status_at, rows[i].status_at);
	}
	assert_false(zy_vault_get(m.v, id, 0, 999, false, &a, &v, &err));
	assert_int_equal(err.code, ZY_E_NOT_FOUND);
	err = (struct zy_error){ 0 };
	assert_false(zy_vault_get(m.v, id, 2, 1299, false, &a, &v, &err));
	assert_int_equal(err.code, ZY_E_NOT_FOUND);
	check(&m);
	made_remove(&m);
}

static void record_time_does_not_run_back_with_the_clock(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	assert_true(made_mint(&m, "a", 1, 100, id, &err));
	made_close(&m);
	m.now -= 86400;
	made_open(&m);
	assert_true(made_mint(&m, "b", 1, 100, id, &err));
	assert_true(zy_vault_get(m.v, id, 0, ZY_TIME_NEVER, false, &a, &v, &err));
	assert_int_equal(v.recorded_at, m.now + 86400);
	check(&m);
	made_remove(&m);
}

static void what_cannot_be_stored_is_refused_before_a_key_is_made(void **state)
{
	struct zy_holder h = made_holder(1);
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_version_new n = { .request = "a", .identifier = id, .holder = &h, .type_code = MADE_TYPE };
	struct zy_vault_file files[9] = { { 1, { 0 } } };
	struct zy_error err = { 0 };
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	made_identifier(1, 1, id);
	n.record = ZY_BYTES(id, ((size_t)256 << 10) + 1);
	assert_false(zy_vault_commit(m.v, &n, &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
	err = (struct zy_error){ 0 };
	n.record.len = 1;
	n.files = files;
	n.num_files = 9;
	assert_false(zy_vault_commit(m.v, &n, &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
	err = (struct zy_error){ 0 };
	n.num_files = 1;
	n.valid_from = 1;
	assert_false(zy_vault_commit(m.v, &n, &err));
	assert_int_equal(err.code, ZY_E_DATES);
	err = (struct zy_error){ 0 };
	n.valid_to = 1;
	n.type_code = "111";
	assert_false(zy_vault_commit(m.v, &n, &err));
	assert_int_equal(err.code, ZY_E_IDENTIFIER);
	err = (struct zy_error){ 0 };
	n.type_code = MADE_TYPE;
	n.request = "";
	assert_false(zy_vault_commit(m.v, &n, &err));
	assert_int_equal(err.code, ZY_E_FIELD_RANGE);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_committed_is_read_back_to_the_byte),
		cmocka_unit_test(a_licence_is_found_by_any_of_its_names),
		cmocka_unit_test(a_version_gap_another_holder_and_a_revoked_licence_are_refused),
		cmocka_unit_test(a_commit_whose_answer_was_lost_may_be_repeated),
		cmocka_unit_test(the_past_is_read_as_it_was_recorded),
		cmocka_unit_test(record_time_does_not_run_back_with_the_clock),
		cmocka_unit_test(what_cannot_be_stored_is_refused_before_a_key_is_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
