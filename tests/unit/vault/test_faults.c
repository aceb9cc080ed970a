/* Disks that fail, readers that die, clocks that run back: a coded answer each time, and a vault that is whole. */
#include "disk_layer.h"

#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>

#include <lmdb.h>
#include <signal.h>
#include <sys/wait.h>

#include "vault_made.h"

enum { LEN = 9000 };

static void is_whole(struct made_vault *m, uint64_t versions)
{
	struct zy_error err = { 0 };
	struct zy_vault_counts n;

	if (!zy_vault_check(m->v, &n, &err))
		made_fail("check", &err);
	assert_int_equal(n.versions, versions);
}

struct fault {
	unsigned failing, after, times;
	int with;
	bool half;
};

static void set_fault(const struct fault *f)
{
	disk.failing = f->failing;
	disk.after = f->after;
	disk.times = f->times;
	disk.with = f->with;
	disk.half = f->half;
}

/* Did it strike? */
static bool mend(void)
{
	bool struck = disk.failing != 0 && disk.times == 0;

	disk.failing = 0;
	return struck;
}

/* Mints with the fault; ok when it went well, because the fault came after its last call, or was none of the vault's
 * own pages. */
static bool mint_struck(struct made_vault *m, const struct fault *f, unsigned i, enum zy_code *code)
{
	char request[32], id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };

	snprintf(request, sizeof(request), "request %u", i);
	set_fault(f);
	*code = made_mint(m, request, i, LEN, id, &err) ? ZY_OK : err.code;
	return mend();
}

static bool mint_fails(struct made_vault *m, const struct fault *f, unsigned i, enum zy_code *code)
{
	(void)mint_struck(m, f, i, code);
	return *code != ZY_OK;
}

/*
 * The fault strikes at every call of a mint in turn. Then the disk is well again: the same request goes through, in
 * the same process or, when LMDB could not say what its last page is, after the vault was opened again.
 */
static void strike_everywhere(unsigned failing, int with, bool half, enum zy_code want)
{
	struct made_vault m;
	char request[32], id[ZY_IDENTIFIER_MAX + 1];
	unsigned after = 0, struck = 0, sums = 0;
	enum zy_code code;

	made_vault(&m, ZY_SUITE_INTL);
	snprintf(disk.folder, sizeof(disk.folder), "%s", m.folder);
	disk.lazy = true;
	for (;; after++) {
		struct fault f = { failing, after, 1, with, half };
		struct zy_error err = { 0 };

		if (!mint_struck(&m, &f, after, &code))
			break;
		struck++;
		if (code == ZY_OK) { /* a sum that could not be written: the commit is, and the sum is made up for */
			sums++;
			is_whole(&m, struck);
			continue;
		}
		assert_int_equal(code, want);
		snprintf(request, sizeof(request), "request %u", after);
		if (!made_mint(&m, request, after, LEN, id, &err)) {
			assert_int_equal(err.code, ZY_E_VAULT);
			err = (struct zy_error){ 0 };
			made_close(&m);
			made_open(&m);
			if (!made_mint(&m, request, after, LEN, id, &err))
				made_fail("mint after the fault", &err);
		}
		is_whole(&m, struck);
	}
	assert_true(sums >= 4);
	assert_true(struck - sums >= 4); /* two transactions, each with pages and a head, or with a sync and a head */
	is_whole(&m, struck + 1);
	disk.lazy = false;
	made_remove(&m);
	disk.folder[0] = 0;
}

static void a_full_disk_is_said_at_whichever_write_it_is_met(void **state)
{
	(void)state;
	strike_everywhere(DISK_FAILS_WRITE, ENOSPC, false, ZY_E_VAULT_FULL);
	strike_everywhere(DISK_FAILS_WRITE, EDQUOT, false, ZY_E_VAULT_FULL);
}

static void an_error_of_the_disk_is_said_at_whichever_call_it_is_met(void **state)
{
	(void)state;
	strike_everywhere(DISK_FAILS_WRITE, EIO, false, ZY_E_VAULT);
	strike_everywhere(DISK_FAILS_WRITE, EIO, true, ZY_E_VAULT);
}

static void a_sync_that_fails_is_no_sync(void **state)
{
	struct made_vault m;
	char id[ZY_IDENTIFIER_MAX + 1];
	enum zy_code code;
	struct zy_error err = { 0 };
	struct fault f = { DISK_FAILS_SYNC, 0, 1, EIO, false };

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	snprintf(disk.folder, sizeof(disk.folder), "%s", m.folder);
	assert_true(mint_fails(&m, &f, 1, &code));
	assert_int_equal(code, ZY_E_VAULT);
	assert_true(made_mint(&m, "request 1", 1, LEN, id, &err));
	is_whole(&m, 1);
	made_remove(&m);
	disk.folder[0] = 0;
}

/* A disk that was mounted read-only under us, as a kernel does after an error, or from the beginning. */
static void a_read_only_disk_is_said_and_what_is_there_can_be_read(void **state)
{
	struct fault writes = { DISK_FAILS_WRITE, 0, 1000, EROFS, false },
		     opens = { DISK_FAILS_OPEN, 0, 1000, EROFS, false };
	struct zy_error err = { 0 };
	struct zy_vault *none = NULL;
	char id[ZY_IDENTIFIER_MAX + 1];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;
	struct made_vault m;
	enum zy_code code;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	snprintf(disk.folder, sizeof(disk.folder), "%s", m.folder);
	assert_true(made_mint(&m, "before", 1, LEN, id, &err));
	assert_true(mint_fails(&m, &writes, 2, &code));
	assert_int_equal(code, ZY_E_VAULT);
	assert_true(zy_vault_get(m.v, id, 0, ZY_TIME_NEVER, true, &a, &v, &err));
	made_close(&m);
	set_fault(&opens);
	assert_false(zy_vault_open(&none, m.folder, &m.wrapper, &m.clock, 0, &err));
	mend();
	assert_int_equal(err.code, ZY_E_VAULT);
	assert_non_null(strstr(err.msg, strerror(EROFS)));
	made_open(&m);
	is_whole(&m, 1);
	made_remove(&m);
	disk.folder[0] = 0;
}

/* Reads the vault's file as a copying tool does, and dies in the middle. */
static pid_t reader(const struct made_vault *m)
{
	int pipes[2];
	char ready;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	if ((child = fork()) == 0) {
		MDB_env *env;
		MDB_txn *txn;

		if (mdb_env_create(&env) != 0 || mdb_env_open(env, m->folder, MDB_RDONLY, 0600) != 0 ||
		    mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0 || write(pipes[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &ready, 1), 1);
	close(pipes[0]);
	return child;
}

/* Statuses change to and fro: each transaction replaces pages, and frees those before it. */
static uint64_t used_after_changes(struct made_vault *m, const char *id, unsigned num)
{
	struct zy_error err = { 0 };
	struct zy_vault_counts n;

	for (unsigned i = 0; i < num; i++)
		if (!zy_vault_set_status(m->v, id, ZY_STATUS_SUSPENDED, "a-test", &err) ||
		    !zy_vault_set_status(m->v, id, ZY_STATUS_VALID, "a-test", &err))
			made_fail("status", &err);
	assert_true(zy_vault_count(m->v, &n, &err));
	return n.used_bytes;
}

static void a_reader_that_was_killed_keeps_no_page_from_being_used_again(void **state)
{
	enum { CHANGES = 100 };
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	uint64_t before, alone, held, freed;
	struct made_vault m;
	pid_t child;
	int status;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	snprintf(disk.folder, sizeof(disk.folder), "%s", m.folder);
	disk.lazy = true;
	assert_true(made_mint(&m, "one", 1, LEN, id, &err));
	before = used_after_changes(&m, id, CHANGES);
	alone = used_after_changes(&m, id, CHANGES) - before;
	child = reader(&m);
	before += alone;
	held = used_after_changes(&m, id, CHANGES) - before;
	before += held;
	assert_true(held > 4 * alone); /* it does hold pages */
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	freed = used_after_changes(&m, id, CHANGES) - before; /* nobody asks before the end: writes find it out */
	print_message("grew by %llu alone, %llu while read, %llu after the kill\n", (unsigned long long)alone,
	    (unsigned long long)held, (unsigned long long)freed);
	assert_true(freed < held / 2); /* what was held is used first, from the next sync on */
	disk.lazy = false;
	is_whole(&m, 1);
	made_remove(&m);
	disk.folder[0] = 0;
}

static void a_clock_that_runs_back_sets_nothing_back(void **state)
{
	char first[ZY_IDENTIFIER_MAX + 1], second[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct zy_version a, b;
	ZY_ARENA_AUTO arena = { 0 };
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	assert_true(made_mint(&m, "first", 1, 100, first, &err));
	m.now -= 30 * 86400;
	assert_true(made_mint(&m, "second", 2, 100, second, &err));
	made_close(&m);
	m.now -= 365 * 86400; /* and further, while nobody looked */
	made_open(&m);
	assert_true(zy_vault_set_status(m.v, first, ZY_STATUS_REVOKED, "a-test", &err));
	assert_true(zy_vault_get(m.v, first, 0, ZY_TIME_NEVER, false, &arena, &a, &err));
	assert_true(zy_vault_get(m.v, second, 0, ZY_TIME_NEVER, false, &arena, &b, &err));
	assert_int_equal(a.status, ZY_STATUS_REVOKED);
	assert_true(a.recorded_at <= b.recorded_at && b.recorded_at <= a.status_at);
	is_whole(&m, 2);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_disk_is_said_at_whichever_write_it_is_met),
		cmocka_unit_test(an_error_of_the_disk_is_said_at_whichever_call_it_is_met),
		cmocka_unit_test(a_sync_that_fails_is_no_sync),
		cmocka_unit_test(a_read_only_disk_is_said_and_what_is_there_can_be_read),
		cmocka_unit_test(a_reader_that_was_killed_keeps_no_page_from_being_used_again),
		cmocka_unit_test(a_clock_that_runs_back_sets_nothing_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
