#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <lmdb.h>

#include "vault/changes.h"
#include "vault_made.h"
#include "zy/file.h"
#include "zy/follow.h"
#include "zy/person.h"
#include "zy/receipts.h"
#include "zy/tenants.h"

/* A city with a district, which lets the city look at it. */
static void fill_tenants(struct made_vault *m)
{
	struct zy_error err = { 0 };
	struct zy_vault *district;

	assert_true(zy_tenant_add(m->v, "990100", "云泽市", NULL, &err));
	assert_true(zy_tenant_add(m->v, "990101", "云泽市临江区", "990100", &err));
	assert_true(zy_vault_enter(m->v, "990101", &district, &err));
	assert_true(zy_right_give(district, "990100", ZY_TIME_NEVER, "inspection", &err));
	assert_true(zy_right_take(district, "990100", "done", &err));
	zy_vault_close(district);
}

/* Two licences, one of them changed and then suspended; one open intent, one cancelled: a row in every database but
 * those of persons. */
static void fill(struct made_vault *m)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	struct zy_intent in;
	const struct zy_access look = { .who = "hotel", .what = "show", .item = "lodging" };
	const struct zy_followed around[] = {
		{ .source = "journal one", .what = ZY_FOLLOWED_ORDER, .about = "one", .reason = "rules", .number = 7 },
		{ .source = "policies", .what = ZY_FOLLOWED_POLICY, .about = "policies", .reason = "changed" },
		{ .source = "trust", .what = ZY_FOLLOWED_TRUST, .about = "bundle", .reason = "issued", .number = 2 }
	};

	assert_true(zy_changes_keep(m->v, 0, 0, &err));
	assert_true(zy_vault_common_add(m->v, "one", ZY_LITERAL("a template of licences of type one"), &err));
	assert_true(zy_vault_common_add(m->v, "two", ZY_LITERAL("another, of licences of type two"), &err));
	assert_true(made_mint(m, "a", 1, 6000, id, &err));
	assert_true(made_mint(m, "b", 2, 6000, id, &err));
	assert_true(made_intend(m, "c", 1, NULL, &in, &err));
	assert_true(made_commit(m, "c", 1, 2, 1, 6000, &err));
	assert_true(zy_vault_set_status(m->v, id, ZY_STATUS_SUSPENDED, "inquiry", &err));
	assert_true(made_intend(m, "d", 1, MADE_SCOPE, &in, &err));
	assert_true(made_intend(m, "e", 1, MADE_SCOPE, &in, &err));
	assert_true(made_intend(m, "g", 1, MADE_SCOPE "2", &in, &err));
	assert_true(zy_vault_cancel(m->v, "d", "unwanted", &err));
	fill_tenants(m);
	assert_true(zy_vault_follow(m->v, around, 3, &err));
	for (unsigned i = 0; i < 3; i++)
		assert_true(zy_receipt_licence(m->v, id, i, &look, NULL, &err));
	assert_true(zy_vault_check(m->v, &n, &err));
	assert_int_equal(n.subjects, 2);
	assert_int_equal(n.versions, 3);
	assert_int_equal(n.open_intents, 2);
	assert_true(n.used_bytes > 0 && n.map_bytes >= n.used_bytes);
	made_close(m);
}

enum harm { DELETE_FIRST, DELETE_LAST, FLIP_FIRST, FLIP_LAST, CUT, EXCHANGE, NUM_HARMS };

static void put(MDB_txn *txn, MDB_dbi dbi, MDB_val *k, const uint8_t *p, size_t len)
{
	MDB_val v = { .mv_size = len, .mv_data = (void *)(uintptr_t)p };

	assert_int_equal(mdb_put(txn, dbi, k, &v, 0), 0);
}

/* False when the database has too few rows, or none that the harm could touch. */
static bool harm_rows(MDB_txn *txn, MDB_dbi dbi, enum harm harm)
{
	uint8_t a[20000], b[20000], key[600];
	MDB_val k, v, k2, v2;
	MDB_cursor *cur;
	bool last = harm == DELETE_LAST || harm == FLIP_LAST;

	assert_int_equal(mdb_cursor_open(txn, dbi, &cur), 0);
	assert_int_equal(mdb_cursor_get(cur, &k, &v, last ? MDB_LAST : MDB_FIRST), 0);
	assert_true(v.mv_size <= sizeof(a) && k.mv_size <= sizeof(key));
	memcpy(key, k.mv_data, k.mv_size);
	memcpy(a, v.mv_data, v.mv_size);
	k.mv_data = key;
	if (harm == EXCHANGE) {
		if (v.mv_size == 0 || mdb_cursor_get(cur, &k2, &v2, MDB_NEXT) != 0)
			return false;
		assert_true(v2.mv_size <= sizeof(b));
		memcpy(b, v2.mv_data, v2.mv_size);
		if (v.mv_size == v2.mv_size && memcmp(a, b, v.mv_size) == 0)
			return false;
	}
	mdb_cursor_close(cur);
	if (harm == DELETE_FIRST || harm == DELETE_LAST) {
		assert_int_equal(mdb_del(txn, dbi, &k, NULL), 0);
		return true;
	}
	if (v.mv_size == 0)
		return false;
	if (harm == CUT) {
		put(txn, dbi, &k, a, v.mv_size - 1);
	} else if (harm == EXCHANGE) {
		uint8_t key2[600];
		size_t len = v.mv_size;

		memcpy(key2, k2.mv_data, k2.mv_size);
		k2.mv_data = key2;
		put(txn, dbi, &k, b, v2.mv_size);
		put(txn, dbi, &k2, a, len);
	} else {
		a[v.mv_size / 2] ^= 0x10;
		put(txn, dbi, &k, a, v.mv_size);
	}
	return true;
}

static bool harm_store(const struct made_vault *m, enum zy_db db, enum harm harm)
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	bool done;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, ZY_NUM_DB), 0);
	assert_int_equal(mdb_env_set_mapsize(env, (size_t)1 << 30), 0);
	assert_int_equal(mdb_env_open(env, m->folder, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, zy_db_name(db), 0, &dbi), 0);
	done = harm_rows(txn, dbi, harm);
	if (done)
		assert_int_equal(mdb_txn_commit(txn), 0);
	else
		mdb_txn_abort(txn);
	mdb_env_close(env);
	return done;
}

/* The holders of both are one person, with a name. */
static void join(struct made_vault *m)
{
	const struct zy_holder one = made_holder(1), other = made_holder(2);
	struct zy_error err = { 0 };

	made_open(m);
	assert_true(zy_vault_person_merge(m->v, &one, &other, NULL, NULL, &err));
	assert_true(zy_vault_person_rename(m->v, &other, "新名", "", NULL, NULL, &err));
	made_close(m);
}

static bool quiet(void *arg, const struct zy_version *v)
{
	(void)arg;
	(void)v;
	return true;
}

/* The check sees it, and no read crashes. */
static void harm_is_seen(struct made_vault *m, enum zy_db db, enum harm harm)
{
	struct zy_error err = { 0 }, ignored = { 0 };
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_vault_counts n;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;

	made_identifier(1, 1, id);
	if (zy_vault_open(&m->v, m->folder, &m->wrapper, &m->clock, 0, &err)) {
		if (zy_vault_check(m->v, &n, &err))
			fprintf(stderr, "harm %d to %s was not seen\n", (int)harm, zy_db_name(db));
		(void)!zy_vault_get(m->v, id, 0, ZY_TIME_NEVER, true, &a, &v, &ignored);
		(void)!zy_vault_list(m->v, NULL, &a, quiet, NULL, &ignored);
		made_close(m);
	}
	assert_true(err.code == ZY_E_VAULT_CORRUPT || err.code == ZY_E_TOKEN || err.code == ZY_E_LOG ||
		    (db == ZY_DB_META && err.code == ZY_E_VAULT_ABSENT));
}

static void no_harm_to_the_store_goes_unseen(void **state)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes whole;
	struct made_vault m;
	char path[96];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		made_side(&m, i == 2, i == 0 ? ZY_SUITE_GM : ZY_SUITE_INTL);
		fill(&m);
		join(&m);
		snprintf(path, sizeof(path), "%s/data.mdb", m.folder);
		assert_true(zy_file_read(path, (size_t)1 << 24, &a, &whole, &err));
		for (enum zy_db db = ZY_DB_META; db < ZY_NUM_DB; db++)
			for (enum harm harm = DELETE_FIRST; harm < NUM_HARMS; harm++) {
				if (harm_store(&m, db, harm))
					harm_is_seen(&m, db, harm);
				assert_true(zy_file_write(path, whole, 0600, true, &err));
			}
		made_remove(&m);
	}
}

/* Puts the first holder's first licence into the second holder's list, as one with write access to the file could. */
static void forge_owned(const struct made_vault *m)
{
	MDB_val k, v;
	MDB_cursor *cur;
	uint8_t key[20]; /* tenant, subject, number */
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, ZY_NUM_DB), 0);
	assert_int_equal(mdb_env_open(env, m->folder, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, zy_db_name(ZY_DB_OWNED), 0, &dbi), 0);
	assert_int_equal(mdb_cursor_open(txn, dbi, &cur), 0);
	assert_int_equal(mdb_cursor_get(cur, &k, &v, MDB_FIRST), 0);
	memcpy(key, k.mv_data, sizeof(key));
	mdb_cursor_close(cur);
	key[4 + 7] = 2; /* subjects count from 1 */
	k = (MDB_val){ .mv_size = sizeof(key), .mv_data = key };
	put(txn, dbi, &k, key, 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static void a_forged_list_shows_nobody_the_licences_of_others(void **state)
{
	struct zy_holder one = made_holder(1), two = made_holder(2);
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	ZY_ARENA_AUTO a = { 0 };
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	fill(&m);
	forge_owned(&m);
	made_open(&m);
	assert_true(zy_vault_list(m.v, &one, &a, quiet, NULL, &err));
	assert_false(zy_vault_list(m.v, &two, &a, quiet, NULL, &err));
	assert_int_equal(err.code, ZY_E_VAULT_CORRUPT);
	err = (struct zy_error){ 0 };
	assert_false(zy_vault_check(m.v, &n, &err));
	assert_int_equal(err.code, ZY_E_VAULT_CORRUPT);
	made_remove(&m);
}

static void a_changed_byte_of_a_file_is_an_error_and_no_answer(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;
	struct made_vault m;

	(void)state;
	made_identifier(1, 1, id);
	made_vault(&m, ZY_SUITE_GM);
	fill(&m);
	assert_true(harm_store(&m, ZY_DB_BLOB, FLIP_FIRST));
	made_open(&m);
	assert_false(zy_vault_get(m.v, id, 1, ZY_TIME_NEVER, true, &a, &v, &err));
	assert_int_equal(err.code, ZY_E_VAULT_CORRUPT);
	err = (struct zy_error){ 0 };
	assert_true(zy_vault_get(m.v, id, 2, ZY_TIME_NEVER, true, &a, &v, &err)); /* the others still open */
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_harm_to_the_store_goes_unseen),
		cmocka_unit_test(a_forged_list_shows_nobody_the_licences_of_others),
		cmocka_unit_test(a_changed_byte_of_a_file_is_an_error_and_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
