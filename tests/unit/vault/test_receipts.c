#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "expect.h"
#include "vault/internal.h"
#include "vault_made.h"
#include "zy/receipts.h"

static const struct zy_access look = {
	.who = "hotel-992", .what = "show", .item = "lodging", .case_id = "2026-1", .ground = "a law, 6"
};

static void fill(struct made_vault *m, char id[ZY_IDENTIFIER_MAX + 1])
{
	made_vault(m, ZY_SUITE_GM);
	MUST(made_mint(m, "a", 1, 100, id, &err));
}

/* The chain holds, each entry of the log has the tag that its holder expects, and its leaf the receipt's digest. */
static void expect_chain(struct made_vault *m, const struct zy_receipts *all)
{
	uint8_t prev[ZY_HASH_LEN] = { 0 }, tag[ZY_LOG_TAG_LEN];

	for (size_t i = 0; i < all->num; i++) {
		struct zy_log_leaf leaf;
		struct zy_receipt r;
		struct zy_logged l;

		MUST(zy_receipt_parse(&r, all->list[i].octets, &err));
		assert_int_equal(r.n, i + 1);
		assert_memory_equal(r.prev, prev, ZY_HASH_LEN);
		MUST(zy_digest(ZY_HASH_SHA256, all->list[i].octets, prev, &err));
		MUST(zy_vault_log_leaf(m->v, all->list[i].index, &l, &err));
		MUST(zy_log_leaf_parse(&leaf, ZY_BYTES(l.leaf, l.len), &err));
		MUST(zy_receipt_tag(all->key, r.n, tag, &err));
		assert_memory_equal(leaf.tag, tag, sizeof(tag));
		assert_memory_equal(leaf.parts[0].digest, prev, ZY_HASH_LEN);
		assert_true(zy_bytes_equal(leaf.what, zy_str("access")));
	}
}

static void looks_are_a_chain_of_their_holder(void **state)
{
	const struct zy_access list = { .who = "tax", .what = "list" };
	struct zy_holder one = made_holder(1), nobody = made_holder(2);
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_vault_counts n;
	struct zy_receipts all;
	struct zy_receipt r;
	ZY_ARENA_AUTO a = { 0 };
	struct made_vault m;
	struct zy_logged own;
	bool found;

	(void)state;
	fill(&m, id);
	MUST(zy_receipt_licence(m.v, id, 1, &look, NULL, &err));
	MUST(zy_receipt_holder(m.v, &one, &list, &found, &own, &err));
	assert_true(found);
	MUST(zy_receipt_holder(m.v, &nobody, &list, &found, NULL, &err));
	assert_false(found);
	made_close(&m);
	made_open(&m);
	MUST(zy_vault_receipts(m.v, &one, &a, &all, &err));
	assert_int_equal(all.num, 2);
	assert_int_equal(all.list[1].index, own.index);
	expect_chain(&m, &all);
	MUST(zy_receipt_parse(&r, all.list[0].octets, &err));
	assert_true(zy_bytes_equal(r.who, zy_str("hotel-992")));
	assert_true(zy_bytes_equal(r.ground, zy_str("a law, 6")));
	assert_int_equal(r.version, 1);
	MUST(zy_vault_check(m.v, &n, &err));
	REFUSED(zy_vault_receipts(m.v, &nobody, &a, &all, &err), ZY_E_NOT_FOUND);
	made_remove(&m);
}

static void what_does_not_fit_is_refused(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1], longer[ZY_RECEIPT_WHO_MAX + 2] = { 0 };
	struct zy_access a = look;
	struct zy_vault_counts before, after;
	struct made_vault m;

	(void)state;
	fill(&m, id);
	memset(longer, 'x', sizeof(longer) - 1);
	MUST(zy_vault_count(m.v, &before, &err));
	a.who = "";
	REFUSED(zy_receipt_licence(m.v, id, 1, &a, NULL, &err), ZY_E_FIELD_LENGTH);
	a.who = longer;
	REFUSED(zy_receipt_licence(m.v, id, 1, &a, NULL, &err), ZY_E_FIELD_LENGTH);
	a.who = "\xff";
	REFUSED(zy_receipt_licence(m.v, id, 1, &a, NULL, &err), ZY_E_FIELD_RANGE);
	a = look;
	a.what = "Show";
	REFUSED(zy_receipt_licence(m.v, id, 1, &a, NULL, &err), ZY_E_FIELD_RANGE);
	MUST(zy_vault_count(m.v, &after, &err));
	assert_int_equal(before.events, after.events);
	made_remove(&m);
}

struct looker {
	struct made_vault *m;
	const char *id;
};

static void *look_often(void *arg)
{
	const struct looker *l = arg;

	for (unsigned i = 0; i < 20; i++)
		MUST(zy_receipt_licence(l->m->v, l->id, 1, &look, NULL, &err));
	return NULL;
}

static void looks_at_once_are_one_chain(void **state)
{
	struct zy_holder one = made_holder(1);
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_vault_counts n;
	struct zy_receipts all;
	ZY_ARENA_AUTO a = { 0 };
	struct made_vault m;
	pthread_t threads[4];

	(void)state;
	fill(&m, id);
	{
		struct looker l = { &m, id };

		for (size_t i = 0; i < 4; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, look_often, &l), 0);
		for (size_t i = 0; i < 4; i++)
			pthread_join(threads[i], NULL);
	}
	MUST(zy_vault_receipts(m.v, &one, &a, &all, &err));
	assert_int_equal(all.num, 80);
	expect_chain(&m, &all);
	MUST(zy_vault_check(m.v, &n, &err));
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_are_a_chain_of_their_holder),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(looks_at_once_are_one_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
