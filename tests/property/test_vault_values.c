/*
 * Whoever can write the store but not ask the token gets nothing else served: any two stored values exchanged, of one
 * table or of two, and any byte changed in any value, gives what was stored, or an error; and the check finds it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "expect.h"
#include "vault/internal.h"
#include "vault_made.h"
#include "zy/file.h"

enum { ROWS = 400, PERSONS = 3 };

/* A stored value that is not empty. */
struct row {
	enum zy_db db;
	struct zy_key key;
	uint8_t p[1024];
	size_t len;
};

static struct row rows[ROWS];
static size_t num_rows;
static char ids[PERSONS][ZY_IDENTIFIER_MAX + 1];
static struct made_vault m;
static uint64_t seed;

static uint64_t next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* ---- the store by its back door ---- */

static bool take_row(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct row *r = &rows[num_rows];

	(void)stop, (void)err;
	if (value.len == 0)
		return true;
	assert_true(num_rows < ROWS && value.len <= sizeof(r->p) && key.len <= ZY_KEY_MAX);
	r->db = *(enum zy_db *)arg;
	r->key.len = key.len;
	memcpy(r->key.p, key.p, key.len);
	r->len = value.len;
	memcpy(r->p, value.p, value.len);
	num_rows++;
	return true;
}

static void take_rows(void)
{
	const struct zy_key all = { 0 };
	struct zy_txn *txn;

	num_rows = 0;
	MUST(zy_read_begin(&m.v->store, &txn, &err));
	for (enum zy_db db = ZY_DB_META; db < ZY_NUM_DB; db++)
		MUST(zy_store_walk(&m.v->store, txn, db, &all, NULL, take_row, &db, &err));
	zy_read_end(&m.v->store, txn);
	assert_true(num_rows > 40);
}

struct putting {
	const struct row *place[2];
	struct zy_bytes value[2];
	size_t num;
};

static bool put(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	const struct putting *p = arg;

	(void)v;
	for (size_t i = 0; i < p->num; i++)
		if (!zy_change_put(c, p->place[i]->db, &p->place[i]->key, p->value[i], err))
			return false;
	return true;
}

/* What is kept in memory is forgotten, so that the store is asked. */
static void forget(void)
{
	zy_key_cache_free(m.v->subjects);
	MUST(zy_key_cache_make(&m.v->subjects, &err));
}

static void put_all(struct putting *p)
{
	MUST(zy_vault_apply(m.v, put, p, &err));
	forget();
}

/* ---- all that is read ---- */

/* What is read now must be what was read then, or an error, answer by answer. */
enum { ANSWERS = 64 };
struct answers {
	size_t num;
	uint8_t digest[ANSWERS][ZY_HASH_LEN];
	bool given[ANSWERS];
};

static void add_answer(struct answers *a, bool given, const struct zy_buf *text)
{
	struct zy_error err = { 0 };

	assert_true(a->num < ANSWERS);
	a->given[a->num] = given;
	assert_true(zy_digest(ZY_HASH_SHA256, zy_buf_bytes(text), a->digest[a->num++], &err));
}

static void put_version(struct zy_buf *out, const struct zy_version *v)
{
	zy_buf_printf(out, "%s %u %llu %lld %lld %lld %d %s %lld %zu ", v->identifier, v->version,
	    (unsigned long long)v->log_index, (long long)v->recorded_at, (long long)v->valid_from,
	    (long long)v->valid_to, (int)v->status, v->reason, (long long)v->status_at, v->record.len);
	zy_buf_put(out, v->record);
	for (size_t i = 0; i < v->num_files; i++) {
		zy_buf_printf(out, " %u %zu ", v->files[i].form, v->files[i].bytes.len);
		zy_buf_put(out, v->files[i].bytes);
	}
}

static bool see_version(void *arg, const struct zy_version *v)
{
	put_version(arg, v);
	return true;
}

static bool see_event(void *arg, const struct zy_vault_event *e)
{
	zy_buf_printf(
	    arg, "%llu %lld %s %u %s;", (unsigned long long)e->seq, (long long)e->at, e->what, e->version, e->reason);
	return true;
}

static void read_licence(struct answers *out, const char *id)
{
	for (unsigned version = 0; version < 3; version++) {
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO text = { .cap = 1 << 20 };
		struct zy_error err = { 0 };
		struct zy_version v;
		bool ok = zy_vault_get(m.v, id, version, ZY_TIME_NEVER, true, &a, &v, &err);

		if (ok)
			put_version(&text, &v);
		add_answer(out, ok, &text);
	}
}

static void read_lists(struct answers *out, unsigned person)
{
	struct zy_holder h = made_holder(person);
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO text = { .cap = 1 << 20 }, events = { .cap = 1 << 20 };
	struct zy_error err = { 0 }, ignored = { 0 };

	add_answer(out, zy_vault_list(m.v, &h, &a, see_version, &text, &err), &text);
	add_answer(out, zy_vault_history(m.v, ids[person], &a, see_event, &events, &ignored), &events);
}

static void read_all(struct answers *out)
{
	*out = (struct answers){ 0 };
	for (unsigned i = 0; i < PERSONS; i++) {
		read_licence(out, ids[i]);
		read_lists(out, i);
	}
}

/* False: something else was served. */
static bool is_part_of(const struct answers *now, const struct answers *then)
{
	for (size_t i = 0; i < now->num; i++)
		if (now->given[i] && (!then->given[i] || memcmp(now->digest[i], then->digest[i], ZY_HASH_LEN) != 0))
			return false;
	return true;
}

static bool check_passes(void)
{
	struct zy_error err = { 0 };
	struct zy_vault_counts n;

	return zy_vault_check(m.v, &n, &err);
}

/* ---- harm ---- */

/* Thousands of commits: in memory where there is such a folder, since what a disk takes is no matter here. */
static void make_vault(enum zy_suite suite)
{
	char folder[] = "/dev/shm/zy-vault-XXXXXX";

	made_folder(&m);
	if (mkdtemp(folder) != NULL) {
		rmdir(m.folder);
		memcpy(m.folder, folder, sizeof(folder));
	}
	MUST(zy_vault_make(m.folder, suite, &m.wrapper, &err));
	made_open(&m);
}

static void fill(enum zy_suite suite)
{
	struct zy_intent in;
	char request[8] = "r0";

	make_vault(suite);
	for (unsigned i = 0; i < PERSONS; i++, request[1]++)
		MUST(made_mint(&m, request, i, 8, ids[i], &err));
	MUST(made_intend(&m, "change", 1, NULL, &in, &err));
	MUST(made_commit(&m, "change", 1, 2, 0, 8, &err));
	MUST(zy_vault_set_status(m.v, ids[1], ZY_STATUS_SUSPENDED, "inquiry", &err));
	MUST(made_intend(&m, "open", 1, MADE_SCOPE, &in, &err));
	take_rows();
}

/* The head is read when the vault is opened: a harmed one must not open, or open the same. The vault is open. */
static void harm_head(const struct row *head, size_t at, const struct answers *then)
{
	struct row bent = *head;
	struct putting harm = { { &bent }, { ZY_BYTES(bent.p, bent.len) }, 1 };
	char path[96], sums_path[96];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error why = { 0 };
	struct zy_bytes whole, sums;
	struct answers now;

	bent.p[at] ^= (uint8_t)(1u << next() % 8);
	snprintf(path, sizeof(path), "%s/data.mdb", m.folder);
	made_close(&m);
	snprintf(sums_path, sizeof(sums_path), "%s/data.sums", m.folder);
	MUST(zy_file_read(path, (size_t)1 << 24, &a, &whole, &err));
	MUST(zy_file_read(sums_path, (size_t)1 << 24, &a, &sums, &err));
	made_open(&m);
	put_all(&harm);
	made_close(&m);
	if (zy_vault_open(&m.v, m.folder, &m.wrapper, &m.clock, 0, &why)) {
		read_all(&now);
		if (!is_part_of(&now, then))
			fail_msg("byte %zu of the head: something else was served", at);
		made_close(&m);
	}
	MUST(zy_file_write(path, whole, 0600, true, &err));
	MUST(zy_file_write(sums_path, sums, 0600, true, &err));
	made_open(&m);
}

static void exchange(const struct row *a, const struct row *b, const struct answers *then)
{
	struct putting harm = { { a, b }, { ZY_BYTES(b->p, b->len), ZY_BYTES(a->p, a->len) }, 2 };
	struct putting mend = { { a, b }, { ZY_BYTES(a->p, a->len), ZY_BYTES(b->p, b->len) }, 2 };
	struct answers now;

	if (a->len == b->len && memcmp(a->p, b->p, a->len) == 0)
		return;
	put_all(&harm);
	read_all(&now);
	if (!is_part_of(&now, then))
		fail_msg("exchanged a value of %s for one of %s: something else was served", zy_db_name(a->db),
		    zy_db_name(b->db));
	if (a->db != ZY_DB_META && b->db != ZY_DB_META && check_passes())
		fail_msg("the check passes with a value of %s in the place of one of %s", zy_db_name(b->db),
		    zy_db_name(a->db));
	put_all(&mend);
}

static void no_two_values_can_be_exchanged(void **state)
{
	struct answers then;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		fill(s);
		read_all(&then);
		for (size_t i = 0; i < num_rows; i++)
			for (size_t k = i + 1; k < num_rows; k++)
				exchange(&rows[i], &rows[k], &then);
		assert_true(check_passes());
		made_remove(&m);
	}
}

static void harm_byte(const struct row *r, size_t at, const struct answers *then)
{
	struct row bent = *r;
	struct putting harm = { { &bent }, { ZY_BYTES(bent.p, bent.len) }, 1 };
	struct putting mend = { { r }, { ZY_BYTES(r->p, r->len) }, 1 };
	struct answers now;

	bent.p[at] ^= (uint8_t)(1u << next() % 8);
	put_all(&harm);
	read_all(&now);
	if (!is_part_of(&now, then))
		fail_msg("byte %zu of a value of %s: something else was served", at, zy_db_name(r->db));
	put_all(&mend);
}

static void no_byte_of_any_value_can_be_changed(void **state)
{
	struct answers then;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		fill(s);
		read_all(&then);
		for (size_t i = 0; i < num_rows; i++)
			for (size_t at = 0; at < rows[i].len; at += 1 + next() % 3)
				if (rows[i].db == ZY_DB_META)
					harm_head(&rows[i], at, &then);
				else
					harm_byte(&rows[i], at, &then);
		assert_true(check_passes());
		made_remove(&m);
	}
}

static int begin(void **state)
{
	const char *given = getenv("ZY_TEST_SEED");

	(void)state;
	seed = given == NULL ? 20260301 : strtoull(given, NULL, 10) | 1;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_two_values_can_be_exchanged),
		cmocka_unit_test(no_byte_of_any_value_can_be_changed),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
