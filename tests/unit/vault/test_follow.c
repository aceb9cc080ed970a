#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "vault_made.h"
#include "zy/feed.h"
#include "zy/follow.h"

static const struct zy_followed order = { .source = "journal zy-soft",
	.mark = { .number = 12, .offset = 3456, .digest = { 1, 2, 3 } },
	.what = ZY_FOLLOWED_ORDER,
	.about = "zy-soft",
	.reason = "switch-off",
	.number = 12,
	.digest = { 9, 8, 7 } };

static bool see(void *arg, const struct zy_feed_event *e)
{
	uint64_t *seen = arg;

	(*seen)++;
	assert_string_equal(e->what, "order");
	assert_true(zy_bytes_equal(e->about, zy_str("zy-soft")));
	assert_true(zy_bytes_equal(e->reason, zy_str("switch-off")));
	assert_int_equal(e->number, 12);
	return true;
}

static void an_event_and_its_mark_come_together(void **state)
{
	struct zy_log_leaf leaf;
	struct zy_vault_counts n;
	struct made_vault m;
	struct zy_logged l;
	struct zy_mark mark;
	uint64_t seen = 0, next;
	bool found;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++, seen = 0) {
		made_vault(&m, s);
		MUST(zy_vault_mark(m.v, order.source, &mark, &found, &err));
		assert_false(found);
		MUST(zy_vault_follow(m.v, &order, 1, &err));
		made_close(&m);
		made_open(&m);
		MUST(zy_vault_mark(m.v, order.source, &mark, &found, &err));
		assert_true(found);
		assert_memory_equal(&mark, &order.mark, sizeof(mark));
		MUST(zy_vault_feed(m.v, 1, 10, see, &seen, &next, &err));
		assert_int_equal(seen, 1);
		MUST(zy_vault_log_leaf(m.v, 0, &l, &err));
		MUST(zy_log_leaf_parse(&leaf, ZY_BYTES(l.leaf, l.len), &err));
		assert_int_equal(leaf.num_parts, 1);
		assert_memory_equal(leaf.parts[0].digest, order.digest, ZY_HASH_LEN);
		MUST(zy_vault_check(m.v, &n, &err));
		assert_int_equal(n.events, 1);
		made_remove(&m);
	}
}

static void a_mark_may_move_without_an_event(void **state)
{
	struct zy_followed quiet = { .source = "journal zy-soft", .mark = { .number = 5000 } };
	struct zy_vault_counts n;
	struct made_vault m;
	struct zy_mark mark;
	bool found;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	MUST(zy_vault_follow(m.v, &order, 1, &err));
	MUST(zy_vault_follow(m.v, &quiet, 1, &err));
	MUST(zy_vault_follow(m.v, &order, 0, &err));
	MUST(zy_vault_mark(m.v, order.source, &mark, &found, &err));
	assert_int_equal(mark.number, 5000);
	MUST(zy_vault_check(m.v, &n, &err));
	assert_int_equal(n.events, 1);
	made_remove(&m);
}

static void what_does_not_fit_is_refused_and_nothing_is_written(void **state)
{
	static char names[2][ZY_SOURCE_MAX + 2] = { "" };
	char about[130];
	struct zy_followed list[2] = { order, order };
	struct zy_vault_counts n;
	struct made_vault m;

	(void)state;
	memset(names[1], 'x', ZY_SOURCE_MAX + 1);
	memset(about, 'y', 129);
	about[129] = 0;
	made_vault(&m, ZY_SUITE_INTL);
	for (size_t i = 0; i < 2; i++) {
		list[1].source = names[i];
		REFUSED(zy_vault_follow(m.v, list, 2, &err), ZY_E_FIELD_RANGE);
	}
	list[1].source = "line\nbreak";
	REFUSED(zy_vault_follow(m.v, list, 2, &err), ZY_E_FIELD_RANGE);
	list[1] = order;
	list[1].about = about;
	REFUSED(zy_vault_follow(m.v, list, 2, &err), ZY_E_FIELD_RANGE);
	MUST(zy_vault_count(m.v, &n, &err));
	assert_int_equal(n.events, 0);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_and_its_mark_come_together),
		cmocka_unit_test(a_mark_may_move_without_an_event),
		cmocka_unit_test(what_does_not_fit_is_refused_and_nothing_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
