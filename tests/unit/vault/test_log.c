#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <lmdb.h>
#include <pthread.h>

#include "expect.h"
#include "vault/internal.h"
#include "vault_made.h"

/* Mint, change (which supersedes), suspend, resume, revoke, cancel: one event of every kind, eleven in all. */
static void fill(struct made_vault *m)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_intent in;

	MUST(made_mint(m, "a", 1, 6000, id, &err));
	MUST(made_intend(m, "b", 1, NULL, &in, &err));
	m->now += 60;
	MUST(made_commit(m, "b", 1, 2, 1, 6000, &err));
	MUST(zy_vault_set_status(m->v, id, ZY_STATUS_SUSPENDED, "inquiry", &err));
	MUST(zy_vault_set_status(m->v, id, ZY_STATUS_VALID, "cleared", &err));
	MUST(zy_vault_set_status(m->v, id, ZY_STATUS_REVOKED, "fraud", &err));
	MUST(made_intend(m, "c", 1, MADE_SCOPE, &in, &err));
	MUST(zy_vault_cancel(m->v, "c", "unwanted", &err));
	MUST(made_intend(m, "d", 1, MADE_SCOPE, &in, &err));
}
enum { FILLED = 11 };

static struct zy_merkle_head head_of(struct made_vault *m)
{
	struct zy_merkle_head h;

	MUST(zy_vault_log_head(m->v, &h, &err));
	return h;
}

/* The leaf's octets alone give the entry, and the path leads from it to the root. */
static bool proves(struct made_vault *m, const struct zy_logged *l, const struct zy_merkle_head *h)
{
	uint8_t entry[ZY_LOG_ENTRY_LEN], leaf[ZY_HASH_LEN];
	struct zy_merkle_path path;
	bool good;

	MUST(zy_log_entry(ZY_BYTES(l->leaf, l->len), entry, &err));
	MUST(zy_merkle_leaf(ZY_HASH_SHA256, ZY_BYTES(entry, sizeof(entry)), leaf, &err));
	MUST(zy_vault_log_prove(m->v, l->index, h->size, &path, &err));
	MUST(zy_merkle_check_inclusion(leaf, l->index, &path, h, &good, &err));
	return good;
}

static void every_event_is_a_leaf_and_is_proved_at_every_size(void **state)
{
	static const char *const what[FILLED] = { "intent", "mint", "intent", "change", "superseded", "suspended",
		"valid", "revoked", "intent", "cancelled", "intent" };
	struct made_vault m;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		made_vault(&m, s);
		assert_int_equal(head_of(&m).size, 0);
		fill(&m);
		assert_int_equal(head_of(&m).size, FILLED);
		for (uint64_t i = 0; i < FILLED; i++) {
			struct zy_logged l;
			struct zy_log_leaf leaf;

			MUST(zy_vault_log_leaf(m.v, i, &l, &err));
			assert_int_equal(l.index, i);
			MUST(zy_log_leaf_parse(&leaf, ZY_BYTES(l.leaf, l.len), &err));
			assert_true(zy_bytes_equal(leaf.what, zy_str(what[i])));
			assert_int_equal(leaf.num_parts, i == 1 || i == 3 ? 3 : 0);
			for (uint64_t size = i + 1; size <= FILLED; size++) {
				struct zy_merkle_head h;

				MUST(zy_vault_log_head_of(m.v, size, &h, &err));
				assert_true(proves(&m, &l, &h));
				h.root[0] ^= 1;
				assert_false(proves(&m, &l, &h));
			}
		}
		made_remove(&m);
	}
}

static void a_commit_gives_the_leaf_that_the_vault_makes_again(void **state)
{
	static const uint8_t record[] = "record", file[] = "file";
	struct zy_vault_file f = { 2, ZY_BYTES(file, 4) };
	char identifier[ZY_IDENTIFIER_MAX + 1];
	struct zy_holder holder = made_holder(1);
	struct zy_logged logged = { 0 }, again;
	struct zy_version_new n = { .request = "a",
		.identifier = identifier,
		.holder = &holder,
		.type_code = MADE_TYPE,
		.record = ZY_BYTES(record, 6),
		.files = &f,
		.num_files = 1,
		.valid_to = ZY_TIME_NEVER,
		.logged = &logged };
	uint8_t digest[ZY_HASH_LEN];
	struct zy_log_leaf leaf;
	struct zy_merkle_head h;
	struct made_vault m;
	struct zy_intent in;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	MUST(made_intend(&m, "a", 1, MADE_SCOPE, &in, &err));
	made_identifier(in.serial, 1, identifier);
	MUST(zy_vault_commit(m.v, &n, &err));
	assert_int_equal(logged.index, 1);
	h = head_of(&m);
	assert_true(proves(&m, &logged, &h));
	MUST(zy_vault_log_leaf(m.v, 1, &again, &err));
	assert_int_equal(again.len, logged.len);
	assert_memory_equal(again.leaf, logged.leaf, logged.len);
	MUST(zy_log_leaf_parse(&leaf, ZY_BYTES(logged.leaf, logged.len), &err));
	MUST(zy_digest(ZY_HASH_SHA256, f.bytes, digest, &err));
	assert_int_equal(leaf.parts[1].form, 2);
	assert_memory_equal(leaf.parts[1].digest, digest, ZY_HASH_LEN);
	assert_int_equal(leaf.at, m.now);
	/* nobody's number stands in a leaf, though only its digest is published */
	assert_null(memmem(logged.leaf, logged.len, holder.number, strlen(holder.number)));
	made_remove(&m);
}

static void what_is_refused_leaves_no_leaf(void **state)
{
	struct made_vault m;
	struct zy_error err = { 0 };
	struct zy_merkle_head before, after;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	fill(&m);
	before = head_of(&m);
	assert_false(made_commit(&m, "d", 1, 3, 1, 100, &err));
	after = head_of(&m);
	assert_int_equal(after.size, before.size);
	assert_memory_equal(after.root, before.root, ZY_HASH_LEN);
	made_remove(&m);
}

static void each_head_is_consistent_with_each_before_it(void **state)
{
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	fill(&m);
	for (uint64_t from = 0; from <= FILLED; from++)
		for (uint64_t size = from; size <= FILLED; size++) {
			struct zy_merkle_head a, b;
			struct zy_merkle_path path;
			bool good;

			MUST(zy_vault_log_head_of(m.v, from, &a, &err));
			MUST(zy_vault_log_head_of(m.v, size, &b, &err));
			MUST(zy_vault_log_consistency(m.v, from, size, &path, &err));
			MUST(zy_merkle_check_consistency(&a, &path, &b, &good, &err));
			assert_true(good);
		}
	REFUSED(zy_vault_log_head_of(m.v, FILLED + 1, &(struct zy_merkle_head){ 0 }, &err), ZY_E_NOT_FOUND);
	REFUSED(zy_vault_log_leaf(m.v, FILLED, &(struct zy_logged){ 0 }, &err), ZY_E_NOT_FOUND);
	made_remove(&m);
}

static void tiles_hold_the_entries_and_the_hashes_over_them(void **state)
{
	ZY_BUF_AUTO entries = { 0 }, hashes = { 0 }, more = { 0 };
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	fill(&m);
	MUST(zy_vault_log_hashes(m.v, ZY_TILE_ENTRIES, 0, FILLED, &entries, &err));
	MUST(zy_vault_log_hashes(m.v, 0, 0, FILLED, &hashes, &err));
	assert_int_equal(entries.len, FILLED * (2 + ZY_LOG_ENTRY_LEN));
	for (size_t i = 0; i < FILLED; i++) {
		uint8_t leaf[ZY_HASH_LEN];

		MUST(zy_merkle_leaf(ZY_HASH_SHA256, ZY_BYTES(entries.p + i * 50 + 2, ZY_LOG_ENTRY_LEN), leaf, &err));
		assert_memory_equal(leaf, hashes.p + i * ZY_HASH_LEN, ZY_HASH_LEN);
	}
	REFUSED(zy_vault_log_hashes(m.v, 0, 0, FILLED + 1, &more, &err), ZY_E_NOT_FOUND);
	made_remove(&m);
}

struct minter {
	struct made_vault *m;
	unsigned n;
	struct zy_logged logged[8];
};

static void *mint_some(void *arg)
{
	struct minter *t = arg;
	struct zy_error err = { 0 };

	for (unsigned i = 0; i < 8; i++) {
		char request[32], id[ZY_IDENTIFIER_MAX + 1];
		struct zy_version v;
		ZY_ARENA_AUTO a = { 0 };

		snprintf(request, sizeof(request), "%u-%u", t->n, i);
		if (!made_mint(t->m, request, t->n, 500, id, &err) ||
		    !zy_vault_get(t->m->v, id, 1, ZY_TIME_NEVER, false, &a, &v, &err) ||
		    !zy_vault_log_leaf(t->m->v, v.log_index, &t->logged[i], &err))
			made_fail("mint", &err);
	}
	return NULL;
}

static void threads_that_commit_together_make_one_log(void **state)
{
	static struct minter minters[6];
	struct zy_merkle_head h, checked;
	struct made_vault m;
	pthread_t ids[6];

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	for (unsigned i = 0; i < 6; i++) {
		minters[i] = (struct minter){ .m = &m, .n = i };
		assert_int_equal(pthread_create(&ids[i], NULL, mint_some, &minters[i]), 0);
	}
	for (unsigned i = 0; i < 6; i++)
		pthread_join(ids[i], NULL);
	h = head_of(&m);
	assert_int_equal(h.size, 2 * 6 * 8);
	for (unsigned i = 0; i < 6 * 8; i++)
		assert_true(proves(&m, &minters[i / 8].logged[i % 8], &h));
	MUST(zy_vault_log_check(m.v, &checked, &err));
	assert_memory_equal(&checked, &h, sizeof(h));
	made_remove(&m);
}

/* Changes the stored tree behind the vault's back. */
static void change_tree(struct made_vault *m, void (*change)(MDB_txn *txn, MDB_dbi dbi))
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	made_close(m);
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, ZY_NUM_DB), 0);
	assert_int_equal(mdb_env_open(env, m->folder, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, zy_db_name(ZY_DB_TREE), 0, &dbi), 0);
	change(txn, dbi);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

/* The log belongs to all tenants: its keys begin with number 0. */
static MDB_val key_of(uint8_t p[12], uint64_t place)
{
	struct zy_key k = zy_key_number(place);

	memset(p, 0, 4);
	memcpy(p + 4, k.p, 8);
	return (MDB_val){ .mv_size = 12, .mv_data = p };
}

static void put_place(MDB_txn *txn, MDB_dbi dbi, uint64_t place, uint8_t *hash, size_t len)
{
	uint8_t p[12];
	MDB_val key = key_of(p, place), val = { .mv_size = len, .mv_data = hash };

	assert_int_equal(mdb_put(txn, dbi, &key, &val, 0), 0);
}

static void get_place(MDB_txn *txn, MDB_dbi dbi, uint64_t place, uint8_t *hash, size_t len)
{
	uint8_t p[12];
	MDB_val key = key_of(p, place), val;

	assert_int_equal(mdb_get(txn, dbi, &key, &val), 0);
	assert_int_equal(val.mv_size, len);
	memcpy(hash, val.mv_data, len);
}

static void cut_tree(MDB_txn *txn, MDB_dbi dbi)
{
	uint8_t p[12];
	MDB_val key = key_of(p, zy_merkle_places(FILLED) - 1);

	assert_int_equal(mdb_del(txn, dbi, &key, NULL), 0);
}

static void exchange_entries(MDB_txn *txn, MDB_dbi dbi)
{
	uint64_t one = zy_merkle_place(0, 5), two = zy_merkle_place(0, 6);
	uint8_t a[ZY_LOG_ENTRY_LEN], b[ZY_LOG_ENTRY_LEN];

	get_place(txn, dbi, one, a, ZY_LOG_ENTRY_LEN);
	get_place(txn, dbi, two, b, ZY_LOG_ENTRY_LEN);
	put_place(txn, dbi, one, b, ZY_LOG_ENTRY_LEN);
	put_place(txn, dbi, two, a, ZY_LOG_ENTRY_LEN);
}

static void change_node(MDB_txn *txn, MDB_dbi dbi)
{
	uint8_t a[ZY_HASH_LEN];

	get_place(txn, dbi, zy_merkle_place(2, 1), a, ZY_HASH_LEN);
	a[31] ^= 1;
	put_place(txn, dbi, zy_merkle_place(2, 1), a, ZY_HASH_LEN);
}

static void a_tree_that_was_cut_is_not_opened(void **state)
{
	struct made_vault m;

	(void)state;
	MADE_ON_DISK_ONLY();
	made_vault(&m, ZY_SUITE_INTL);
	fill(&m);
	change_tree(&m, cut_tree);
	REFUSED(zy_vault_open(&m.v, m.folder, &m.wrapper, &m.clock, 0, &err), ZY_E_LOG);
	m.v = NULL;
	made_remove(&m);
}

static void a_tree_that_was_changed_is_found_out(void **state)
{
	void (*const changes[])(MDB_txn *, MDB_dbi) = { exchange_entries, change_node };
	struct zy_merkle_head h;
	struct zy_logged l;
	struct made_vault m;

	(void)state;
	MADE_ON_DISK_ONLY();
	for (size_t i = 0; i < 2; i++) {
		made_vault(&m, ZY_SUITE_INTL);
		fill(&m);
		change_tree(&m, changes[i]);
		made_open(&m);
		REFUSED(zy_vault_log_check(m.v, &h, &err), ZY_E_LOG);
		if (i == 0)
			REFUSED(zy_vault_log_leaf(m.v, 5, &l, &err), ZY_E_LOG);
		made_remove(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_is_a_leaf_and_is_proved_at_every_size),
		cmocka_unit_test(a_commit_gives_the_leaf_that_the_vault_makes_again),
		cmocka_unit_test(what_is_refused_leaves_no_leaf),
		cmocka_unit_test(each_head_is_consistent_with_each_before_it),
		cmocka_unit_test(tiles_hold_the_entries_and_the_hashes_over_them),
		cmocka_unit_test(threads_that_commit_together_make_one_log),
		cmocka_unit_test(a_tree_that_was_cut_is_not_opened),
		cmocka_unit_test(a_tree_that_was_changed_is_found_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
