#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault_made.h"
#include "zy/feed.h"

struct seen {
	uint64_t first, num, stop_after;
	char what[64][16], about[64][80], reason[64][66];
	uint64_t number[64];
	uint8_t ids[64][ZY_HASH_LEN];
};

static bool note(void *arg, const struct zy_feed_event *e)
{
	struct seen *s = arg;

	assert_true(s->num < 64);
	if (s->num == 0)
		s->first = e->seq;
	assert_int_equal(e->seq, s->first + s->num);
	snprintf(s->what[s->num], 16, "%s", e->what);
	snprintf(s->about[s->num], 80, "%.*s", (int)e->about.len, (const char *)e->about.p);
	snprintf(s->reason[s->num], 66, "%.*s", (int)e->reason.len, (const char *)e->reason.p);
	s->number[s->num] = e->number;
	memcpy(s->ids[s->num], e->id, ZY_HASH_LEN);
	s->num++;
	return s->num != s->stop_after;
}

static void events_come_in_order_from_a_position(void **state)
{
	struct seen all = { 0 }, some = { 0 }, none = { 0 }, early = { .stop_after = 1 };
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct made_vault m;
	uint64_t next;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	assert_true(made_mint(&m, "one", 1, 100, id, &err));
	assert_true(zy_vault_set_status(m.v, id, ZY_STATUS_REVOKED, "closed", &err));
	assert_true(zy_vault_feed(m.v, 1, UINT64_MAX, note, &all, &next, &err));
	assert_int_equal(all.num, 3);
	assert_int_equal(next, 4);
	assert_string_equal(all.what[0], "intent");
	assert_string_equal(all.about[0], MADE_SCOPE);
	assert_string_equal(all.what[1], "mint");
	assert_non_null(strstr(id, all.about[1]));
	assert_int_equal(all.number[1], 1);
	assert_string_equal(all.what[2], "revoked");
	assert_string_equal(all.reason[2], "closed");
	assert_true(zy_vault_feed(m.v, 2, 1, note, &some, &next, &err));
	assert_int_equal(some.num, 1);
	assert_int_equal(some.first, 2);
	assert_int_equal(next, 3);
	assert_memory_equal(some.ids[0], all.ids[1], ZY_HASH_LEN);
	assert_true(zy_vault_feed(m.v, 1, UINT64_MAX, note, &early, &next, &err));
	assert_int_equal(early.num, 1);
	assert_int_equal(next, 2);
	assert_true(zy_vault_feed(m.v, 4, UINT64_MAX, note, &none, &next, &err));
	assert_true(zy_vault_feed(m.v, UINT64_MAX, UINT64_MAX, note, &none, &next, &err));
	assert_int_equal(none.num, 0);
	assert_int_equal(next, UINT64_MAX);
	assert_false(zy_vault_feed(m.v, 0, UINT64_MAX, note, &none, &next, &err));
	assert_int_equal(err.code, ZY_E_FIELD_RANGE);
	made_remove(&m);
}

/* The id is what the log holds: a consumer can ask for its proof. */
static void an_id_is_the_entry_of_the_log(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct seen all = { 0 };
	struct zy_error err = { 0 };
	struct zy_logged leaf;
	struct made_vault m;
	uint8_t entry[ZY_LOG_ENTRY_LEN];
	uint64_t next;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	assert_true(made_mint(&m, "one", 1, 100, id, &err));
	assert_true(zy_vault_feed(m.v, 1, UINT64_MAX, note, &all, &next, &err));
	for (uint64_t i = 0; i < all.num; i++) {
		assert_true(zy_vault_log_leaf(m.v, i, &leaf, &err));
		assert_true(zy_log_entry(ZY_BYTES(leaf.leaf, leaf.len), entry, &err));
		assert_memory_equal(entry, all.ids[i], ZY_HASH_LEN);
	}
	made_remove(&m);
}

/* Longer than what one transaction reads. */
static void a_long_feed_is_read_in_pieces(void **state)
{
	struct zy_error err = { 0 };
	struct zy_intent in;
	struct made_vault m;
	char request[16];
	uint64_t next, from = 1, num = 0;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	for (unsigned i = 0; i < 600; i++) {
		snprintf(request, sizeof(request), "%u", i);
		assert_true(made_intend(&m, request, 1, MADE_SCOPE, &in, &err));
	}
	do {
		struct seen s = { .stop_after = 60 };

		assert_true(zy_vault_feed(m.v, from, UINT64_MAX, note, &s, &next, &err));
		num += s.num;
		if (next == from)
			break;
		from = next;
	} while (num < 1000);
	assert_int_equal(num, 600);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_come_in_order_from_a_position),
		cmocka_unit_test(an_id_is_the_entry_of_the_log),
		cmocka_unit_test(a_long_feed_is_read_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
