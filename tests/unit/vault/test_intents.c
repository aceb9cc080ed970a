#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault_made.h"

static void the_same_request_gets_the_same_serial_and_time(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct made_vault m;
	struct zy_intent in;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	assert_true(made_intend(&m, "a", 1, MADE_SCOPE, &in, &err));
	assert_int_equal(in.state, ZY_INTENT_OPEN);
	assert_int_equal(in.serial, 1);
	assert_true(made_intend(&m, "b", 1, MADE_SCOPE, &in, &err));
	assert_int_equal(in.serial, 2);
	assert_true(made_intend(&m, "c", 1, MADE_SCOPE "X", &in, &err));
	assert_int_equal(in.serial, 1); /* each scope counts for itself */
	m.now += 60;
	made_close(&m);
	made_open(&m);
	assert_true(made_intend(&m, "a", 1, MADE_SCOPE, &in, &err));
	assert_int_equal(in.state, ZY_INTENT_OPEN);
	assert_int_equal(in.serial, 1);
	assert_int_equal(in.at, m.now - 60);
	assert_string_equal(in.licence, "");
	assert_true(made_commit(&m, "a", 1, 1, 1, 10, &err));
	made_identifier(1, 1, id);
	assert_true(made_intend(&m, "a", 1, MADE_SCOPE, &in, &err));
	assert_int_equal(in.state, ZY_INTENT_DONE);
	assert_int_equal(in.serial, 1);
	assert_int_equal(in.at, m.now - 60);
	assert_string_equal(in.licence, id);
	made_remove(&m);
}

static void a_request_key_with_other_data_is_a_conflict(void **state)
{
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	struct made_vault m;
	struct zy_intent in;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	assert_true(made_intend(&m, "a", 1, MADE_SCOPE, &in, &err));
	assert_false(made_intend(&m, "a", 2, MADE_SCOPE, &in, &err));
	assert_int_equal(err.code, ZY_E_REQUEST_CONFLICT);
	err = (struct zy_error){ 0 };
	assert_true(made_commit(&m, "a", 1, 1, 1, 10, &err));
	assert_false(made_intend(&m, "a", 2, MADE_SCOPE, &in, &err));
	assert_int_equal(err.code, ZY_E_REQUEST_CONFLICT);
	err = (struct zy_error){ 0 };
	assert_true(zy_vault_check(m.v, &n, &err));
	assert_int_equal(n.events, 2);
	made_remove(&m);
}

static void a_cancelled_request_leaves_an_event_and_frees_its_key(void **state)
{
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	struct made_vault m;
	struct zy_intent in;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	assert_false(zy_vault_cancel(m.v, "a", "unwanted", &err));
	assert_int_equal(err.code, ZY_E_NOT_FOUND);
	err = (struct zy_error){ 0 };
	assert_true(made_intend(&m, "a", 1, MADE_SCOPE, &in, &err));
	assert_false(zy_vault_cancel(m.v, "a", "Un wanted", &err));
	assert_int_equal(err.code, ZY_E_FIELD_RANGE);
	err = (struct zy_error){ 0 };
	assert_true(zy_vault_cancel(m.v, "a", "unwanted", &err));
	assert_false(made_commit(&m, "a", 1, 1, 1, 10, &err));
	assert_int_equal(err.code, ZY_E_STATE);
	err = (struct zy_error){ 0 };
	assert_true(made_intend(&m, "a", 2, MADE_SCOPE, &in, &err));
	assert_int_equal(in.serial, 2); /* the first is not given again */
	assert_true(zy_vault_check(m.v, &n, &err));
	assert_int_equal(n.events, 3);
	assert_int_equal(n.open_intents, 1);
	assert_true(made_commit(&m, "a", 2, 1, 1, 10, &err));
	assert_false(zy_vault_cancel(m.v, "a", "unwanted", &err));
	assert_int_equal(err.code, ZY_E_STATE);
	err = (struct zy_error){ 0 };
	assert_true(zy_vault_check(m.v, &n, &err));
	assert_int_equal(n.open_intents, 0);
	made_remove(&m);
}

struct seen {
	struct made_vault *m;
	unsigned num, stop_at;
	char last[ZY_REQUEST_MAX + 1];
	uint64_t last_serial;
	bool cancel;
};

static bool see(void *arg, const char *request, const struct zy_intent *in)
{
	struct seen *s = arg;
	struct zy_error err = { 0 };

	assert_int_equal(in->state, ZY_INTENT_OPEN);
	assert_true(in->serial > s->last_serial); /* oldest first */
	s->last_serial = in->serial;
	snprintf(s->last, sizeof(s->last), "%s", request);
	if (s->cancel)
		assert_true(zy_vault_cancel(s->m->v, request, "interrupted", &err));
	return ++s->num != s->stop_at;
}

static void open_requests_are_found_again_oldest_first(void **state)
{
	char request[ZY_REQUEST_MAX + 2];
	struct zy_error err = { 0 };
	struct made_vault m;
	struct seen s = { .m = &m };
	struct zy_intent in;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(request, sizeof(request), "z%u", 99 - i);
		assert_true(made_intend(&m, request, 1, MADE_SCOPE, &in, &err));
	}
	assert_true(made_commit(&m, "z90", 10, 1, 1, 10, &err));
	made_close(&m);
	made_open(&m);
	assert_true(zy_vault_open_intents(m.v, see, &s, &err));
	assert_int_equal(s.num, 19);
	assert_string_equal(s.last, "z80");
	s = (struct seen){ .m = &m, .stop_at = 3 };
	assert_true(zy_vault_open_intents(m.v, see, &s, &err));
	assert_int_equal(s.num, 3);
	s = (struct seen){ .m = &m, .cancel = true };
	assert_true(zy_vault_open_intents(m.v, see, &s, &err));
	assert_int_equal(s.num, 19);
	s = (struct seen){ .m = &m };
	assert_true(zy_vault_open_intents(m.v, see, &s, &err));
	assert_int_equal(s.num, 0);
	made_remove(&m);
}

static void a_request_key_out_of_its_range_is_refused(void **state)
{
	static const char *const scopes[] = { "", "a b", "a/b",
		"0123456789012345678901234567890123456789012345678901234567890123456" };
	char request[ZY_REQUEST_MAX + 2] = { 0 };
	struct zy_error err = { 0 };
	struct made_vault m;
	struct zy_intent in;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	memset(request, '~', ZY_REQUEST_MAX);
	assert_true(made_intend(&m, request, 1, NULL, &in, &err));
	assert_int_equal(in.serial, 0);
	request[ZY_REQUEST_MAX] = 'x';
	assert_false(made_intend(&m, request, 1, NULL, &in, &err));
	assert_int_equal(err.code, ZY_E_FIELD_RANGE);
	err = (struct zy_error){ 0 };
	assert_false(made_intend(&m, "", 1, NULL, &in, &err));
	err = (struct zy_error){ 0 };
	assert_false(made_intend(&m, "a\nb", 1, NULL, &in, &err));
	err = (struct zy_error){ 0 };
	assert_false(made_intend(&m, "证", 1, NULL, &in, &err));
	for (size_t i = 0; i < 4; i++) {
		err = (struct zy_error){ 0 };
		assert_false(made_intend(&m, "b", 1, scopes[i], &in, &err));
		assert_int_equal(err.code, ZY_E_FIELD_RANGE);
	}
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_request_gets_the_same_serial_and_time),
		cmocka_unit_test(a_request_key_with_other_data_is_a_conflict),
		cmocka_unit_test(a_cancelled_request_leaves_an_event_and_frees_its_key),
		cmocka_unit_test(open_requests_are_found_again_oldest_first),
		cmocka_unit_test(a_request_key_out_of_its_range_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
