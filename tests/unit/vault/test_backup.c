#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault/changes.h"
#include "vault_made.h"
#include "zy/file.h"
#include "zy/vault_backup.h"
#include "zy/vault_care.h"

/* A backup in memory: its parts one after the other, as files would be. */
enum { PARTS_MAX = 200 };
struct copy {
	struct zy_arena a;
	struct zy_backup_at at;
	struct zy_bytes parts[PARTS_MAX];
	size_t num;
};

static void must(bool ok, const char *what, const struct zy_error *err)
{
	if (!ok)
		made_fail(what, err);
}

/* during: called after each part. */
static void copy_on(struct made_vault *m, struct zy_vault *v, struct copy *c, void (*during)(struct made_vault *m))
{
	struct zy_backup_part part;
	struct zy_error err = { 0 };
	char path[96];
	bool whole = false;

	snprintf(path, sizeof(path), "%s/part", m->folder);
	while (!whole) {
		must(zy_vault_backup_part(v, &c->at, path, &part, &whole, &err), "part", &err);
		if (part.rows > 0) {
			must(zy_file_read(path, (size_t)1 << 28, &c->a, &c->parts[c->num++], &err), "read", &err);
			assert_int_equal(part.bytes, c->parts[c->num - 1].len);
			unlink(path);
		}
		if (during != NULL && c->num < 6)
			during(m);
	}
	must(zy_vault_backup_done(v, &c->at, &err), "done", &err);
}

static void restore(struct made_vault *out, const struct made_vault *of, const struct copy *c, size_t parts)
{
	struct zy_merkle_head head;
	struct zy_error err = { 0 };
	struct zy_restore *r;

	*out = *of;
	out->v = NULL;
	snprintf(out->folder, sizeof(out->folder), "/tmp/zy-vault-XXXXXX");
	assert_non_null(mkdtemp(out->folder));
	assert_false(zy_restore_open(&r, out->folder, &err));
	assert_int_equal(err.code, ZY_E_EXISTS);
	rmdir(out->folder);
	err = (struct zy_error){ 0 };
	must(zy_restore_open(&r, out->folder, &err), "restore", &err);
	for (size_t i = 0; i < parts; i++)
		must(zy_restore_part(r, c->parts[i], &err), "restore part", &err);
	must(zy_restore_prove(r, &head, &err), "prove", &err);
	zy_restore_close(r);
	out->wrapper.arg = &out->token;
	out->clock.arg = &out->now;
	made_open(out);
}

static void same_head(struct made_vault *a, struct made_vault *b, uint64_t size)
{
	struct zy_merkle_head one, two;
	struct zy_error err = { 0 };

	must(
	    zy_vault_log_head_of(a->v, size, &one, &err) && zy_vault_log_head_of(b->v, size, &two, &err), "head", &err);
	assert_memory_equal(one.root, two.root, ZY_HASH_LEN);
}

static unsigned serial;

static void mint(struct made_vault *m, unsigned num, size_t len)
{
	char id[ZY_IDENTIFIER_MAX + 1], request[32];
	struct zy_error err = { 0 };

	for (unsigned i = 0; i < num; i++) {
		snprintf(request, sizeof(request), "r-%u", serial++);
		must(made_mint(m, request, serial % 5, len, id, &err), "mint", &err);
	}
}

static void life(struct made_vault *m)
{
	struct zy_error err = { 0 };
	struct zy_intent in;
	char request[32], id[ZY_IDENTIFIER_MAX + 1];

	mint(m, 3, 3000);
	made_identifier(1 + serial % 3, 1, id);
	m->now++;
	(void)!zy_vault_set_status(m->v, id, ZY_STATUS_SUSPENDED, "inquiry", &err);
	snprintf(request, sizeof(request), "i-%u", serial++);
	err = (struct zy_error){ 0 };
	must(made_intend(m, request, 1, MADE_SCOPE, &in, &err), "intend", &err);
	if (serial % 2 == 0)
		must(zy_vault_cancel(m->v, request, "unwanted", &err), "cancel", &err);
	m->now++;
}

static void what_was_copied_while_others_minted_is_the_vault_of_a_moment(void **state)
{
	struct zy_vault_counts n, k;
	struct zy_check_figures f;
	struct made_vault m, r;
	struct zy_error err = { 0 };
	struct zy_vault *beside;
	struct copy c = { 0 };
	pid_t neighbour;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		c = (struct copy){ 0 };
		serial = 0;
		made_vault(&m, s);
		mint(&m, 40, 600000);
		neighbour = made_neighbour(&m);
		must(zy_vault_open_beside(&beside, m.folder, &m.wrapper, &m.clock, &err), "beside", &err);
		must(zy_vault_backup_begin(beside, &c.at, &err), "begin", &err);
		copy_on(&m, beside, &c, life);
		assert_true(c.num >= 3);
		restore(&r, &m, &c, c.num);
		must(zy_vault_check_run(r.v, true, NULL, &f, &err), "check", &err);
		assert_int_equal(f.head.size, c.at.seq);
		same_head(&m, &r, c.at.seq);
		made_close(&r);
		made_remove(&r);
		/* What came later is a few rows. */
		life(&m);
		size_t before = c.num;
		copy_on(&m, beside, &c, NULL);
		assert_int_equal(c.num, before + 1);
		restore(&r, &m, &c, c.num);
		must(zy_vault_check(r.v, &k, &err) && zy_vault_check(m.v, &n, &err), "check", &err);
		assert_true(n.events == k.events && n.versions == k.versions && n.open_intents == k.open_intents);
		must(zy_vault_forget_changes(r.v, &err), "forget", &err);
		mint(&r, 2, 700);
		must(zy_vault_check(r.v, &k, &err), "check", &err);
		made_remove(&r);
		/* Nothing new is no part. */
		before = c.num;
		copy_on(&m, beside, &c, NULL);
		assert_int_equal(c.num, before);
		zy_vault_close(beside);
		made_neighbour_end(neighbour);
		made_remove(&m);
		zy_arena_free(&c.a);
	}
}

static void a_restore_goes_back_to_any_write(void **state)
{
	struct zy_merkle_head head, moments[40];
	struct zy_vault_counts counts[40], k;
	zy_time times[40];
	struct zy_error err = { 0 };
	struct copy c = { 0 };
	struct made_vault m, r;

	(void)state;
	serial = 0;
	made_vault(&m, ZY_SUITE_INTL);
	life(&m);
	must(zy_vault_backup_begin(m.v, &c.at, &err), "begin", &err);
	copy_on(&m, m.v, &c, NULL);
	for (size_t i = 0; i < 12; i++) {
		life(&m);
		must(
		    zy_vault_log_head(m.v, &moments[i], &err) && zy_vault_check(m.v, &counts[i], &err), "moment", &err);
		times[i] = m.now - 1;
		if (i == 5)
			copy_on(&m, m.v, &c, NULL);
	}
	copy_on(&m, m.v, &c, NULL);
	for (size_t i = 0; i < 12; i += 1) {
		restore(&r, &m, &c, c.num);
		must(zy_vault_back_to(r.v, i % 2 == 0 ? moments[i].size : UINT64_MAX,
			 i % 2 == 0 ? ZY_TIME_NEVER : times[i], &head, &err),
		    "back", &err);
		assert_int_equal(head.size, moments[i].size);
		assert_memory_equal(head.root, moments[i].root, ZY_HASH_LEN);
		made_close(&r);
		made_open(&r);
		must(zy_vault_check(r.v, &k, &err), "check", &err);
		assert_true(k.versions == counts[i].versions && k.open_intents == counts[i].open_intents &&
			    k.subjects == counts[i].subjects);
		made_remove(&r);
	}
	/* Not before there was a backup. */
	restore(&r, &m, &c, c.num);
	assert_false(zy_vault_back_to(r.v, 1, ZY_TIME_NEVER, &head, &err));
	assert_int_equal(err.code, ZY_E_BACKUP);
	made_remove(&r);
	made_remove(&m);
	zy_arena_free(&c.a);
}

static void a_part_that_was_changed_or_is_missing_restores_nothing_that_holds(void **state)
{
	struct zy_merkle_head head;
	struct zy_vault_counts k;
	struct zy_error err = { 0 };
	struct copy c = { 0 };
	struct made_vault m, r;
	unsigned seen = 0, harmless = 0;

	(void)state;
	serial = 0;
	made_vault(&m, ZY_SUITE_GM);
	life(&m);
	must(zy_vault_backup_begin(m.v, &c.at, &err), "begin", &err);
	copy_on(&m, m.v, &c, NULL);
	life(&m);
	copy_on(&m, m.v, &c, NULL);
	assert_true(c.num >= 2);
	for (size_t i = 0; i < c.parts[0].len; i += 1 + c.parts[0].len / 60) {
		uint8_t *p = (uint8_t *)(uintptr_t)c.parts[0].p;
		struct zy_restore *x;
		bool ok;

		p[i] ^= 0x20;
		err = (struct zy_error){ 0 };
		r = m;
		r.v = NULL;
		snprintf(r.folder, sizeof(r.folder), "%.40s/again", m.folder);
		must(zy_restore_open(&x, r.folder, &err), "restore", &err);
		ok = zy_restore_part(x, c.parts[0], &err) && zy_restore_part(x, c.parts[1], &err) &&
		     zy_restore_prove(x, &head, &err);
		zy_restore_close(x);
		r.wrapper.arg = &r.token;
		ok =
		    ok && zy_vault_open(&r.v, r.folder, &r.wrapper, &r.clock, 0, &err) && zy_vault_check(r.v, &k, &err);
		*(ok ? &harmless : &seen) += 1;
		made_remove(&r);
		p[i] ^= 0x20;
	}
	/* A row that the second part writes again may be harmed in the first. */
	assert_true(seen > 10 * harmless);
	made_remove(&m);
	zy_arena_free(&c.a);
}

static void a_gap_in_what_is_known_is_said(void **state)
{
	struct zy_backup_part part;
	struct zy_error err = { 0 };
	struct copy c = { 0 };
	struct made_vault m;
	char path[96];
	bool whole;

	(void)state;
	serial = 0;
	made_vault(&m, ZY_SUITE_GM);
	life(&m);
	must(zy_vault_backup_begin(m.v, &c.at, &err), "begin", &err);
	copy_on(&m, m.v, &c, NULL);
	life(&m);
	must(zy_vault_forget_changes(m.v, &err), "forget", &err);
	life(&m);
	snprintf(path, sizeof(path), "%s/part", m.folder);
	assert_false(zy_vault_backup_part(m.v, &c.at, path, &part, &whole, &err));
	assert_int_equal(err.code, ZY_E_BACKUP);
	made_remove(&m);
	zy_arena_free(&c.a);
}

static void changes_that_two_backups_have_are_taken_away(void **state)
{
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	struct copy c = { 0 };
	struct made_vault m;
	struct zy_txn *txn;
	uint64_t num = 0;

	(void)state;
	serial = 0;
	made_vault(&m, ZY_SUITE_GM);
	life(&m);
	must(zy_vault_backup_begin(m.v, &c.at, &err), "begin", &err);
	for (unsigned i = 0; i < 6; i++) {
		copy_on(&m, m.v, &c, NULL);
		life(&m);
		must(zy_vault_check(m.v, &n, &err), "check", &err);
	}
	must(zy_read_begin(&m.v->store, &txn, &err) && zy_store_entries(&m.v->store, txn, ZY_DB_CHANGE, &num, &err),
	    "count", &err);
	zy_read_end(&m.v->store, txn);
	assert_true(num < 30); /* of two backups, where there were six */
	made_remove(&m);
	zy_arena_free(&c.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_copied_while_others_minted_is_the_vault_of_a_moment),
		cmocka_unit_test(a_restore_goes_back_to_any_write),
		cmocka_unit_test(a_part_that_was_changed_or_is_missing_restores_nothing_that_holds),
		cmocka_unit_test(a_gap_in_what_is_known_is_said),
		cmocka_unit_test(changes_that_two_backups_have_are_taken_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
