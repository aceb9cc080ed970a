/* Pages in no use have their sums after any commit, and after a close; what a write left that ended halfway is said to
 * be unknown, until the next owner takes it as it lies. ZY_IDLE_COMMITS (default 300) sets how many, ZY_TEST_SEED
 * replays a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "zy/engine.h"

enum { DBS = 4, KEYS = 400, VALUE_MOST = 40000, PAGE = 4096, SUMS_AT = 4096 };

static const char *const names[DBS] = { "a", "b", "c", "d" };
static const struct zy_engine *const engine = &zy_engine_lmdb;

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed * 0x2545f4914f6cdd1du >> 20;
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void must(bool ok, const struct zy_error *err)
{
	if (!ok)
		fail_msg("%s: %s", zy_code_name(err->code), err->msg);
}

static struct zy_env *open_as(const char *folder, enum zy_open_as as)
{
	struct zy_error err = { 0 };
	struct zy_env *e = NULL;

	must(engine->open(&e, folder, names, DBS, as, &err), &err);
	return e;
}

static bool check(struct zy_env *e, struct zy_engine_figures *out, struct zy_error *err)
{
	const struct zy_engine_care care = { .step = NULL };
	struct zy_txn *t;
	bool ok;

	must(engine->begin(e, false, &t, err), err);
	ok = engine->check(t, &care, out, err);
	engine->end(t);
	return ok;
}

/* torn: a long write was given up, and LMDB may have written some of it. */
static void is_sound(struct zy_env *e, bool torn, uint64_t commit)
{
	struct zy_engine_figures f;
	struct zy_error err = { 0 };

	if (!check(e, &f, &err))
		fail_msg("after commit %llu: %s", (unsigned long long)commit, err.msg);
	assert_true(torn || f.unheld == 0);
}

static struct zy_bytes key_of(uint64_t n, char room[16])
{
	return ZY_BYTES((const uint8_t *)room, (size_t)snprintf(room, 16, "%08llx", (unsigned long long)n));
}

/* A put of some length, again and again of another one in the same write; keys go; a database is emptied. */
static void step(struct zy_env *e, struct zy_txn *t, uint64_t *seed, uint8_t *value)
{
	const size_t db = next(seed) % DBS;
	struct zy_error err = { 0 };
	char room[16];

	(void)e;
	switch (next(seed) % 16) {
	case 0:
		for (uint64_t k = 0; k < KEYS; k++)
			if (!engine->del(t, db, key_of(k, room), &err))
				assert_int_equal(err.code, ZY_E_VAULT_ABSENT);
		break;
	case 1:
	case 2:
	case 3:
		if (!engine->del(t, db, key_of(next(seed) % KEYS, room), &err))
			assert_int_equal(err.code, ZY_E_VAULT_ABSENT);
		break;
	default: {
		const size_t len = next(seed) % (next(seed) % 4 == 0 ? VALUE_MOST : 300);

		memset(value, (int)next(seed), len + 1);
		must(engine->put(t, db, key_of(next(seed) % (db == 3 ? 3 : KEYS), room), ZY_BYTES(value, len), &err),
		    &err);
	}
	}
}

static void write_some(struct zy_env *e, uint64_t *seed, bool commit)
{
	uint8_t *value = malloc(VALUE_MOST + 1);
	struct zy_error err = { 0 };
	struct zy_txn *t;

	must(engine->begin(e, true, &t, &err), &err);
	for (uint64_t i = next(seed) % 30; i > 0; i--)
		step(e, t, seed, value);
	if (commit)
		must(engine->commit(t, &err), &err);
	else
		engine->end(t);
	free(value);
}

static void make(char folder[64])
{
	strcpy(folder, "/tmp/zy-idle-XXXXXX");
	assert_non_null(mkdtemp(folder));
	engine->close(open_as(folder, ZY_OPEN_MAKER));
}

static void gone(const char *folder)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
}

static void every_commit_leaves_sums_of_all_pages(void **state)
{
	uint64_t seed = number_of("ZY_TEST_SEED", 20261123) | 1, commits = number_of("ZY_IDLE_COMMITS", 300);
	struct zy_env *e;
	bool torn = false;
	char folder[64];

	(void)state;
	make(folder);
	e = open_as(folder, ZY_OPEN_OWNER);
	for (uint64_t i = 0; i < commits; i++) {
		const bool commit = next(&seed) % 8 != 0;

		write_some(e, &seed, commit);
		torn = torn || !commit;
		is_sound(e, torn, i);
		if (next(&seed) % 16 == 0) {
			engine->close(e);
			e = open_as(folder, ZY_OPEN_READER);
			is_sound(e, false, i);
			engine->close(e);
			e = open_as(folder, ZY_OPEN_OWNER);
			is_sound(e, torn = false, i);
		}
	}
	engine->close(e);
	gone(folder);
}

static void flip(const char *folder, const char *name, off_t at)
{
	char path[128];
	uint8_t b = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0 && pread(fd, &b, 1, at) == 1);
	b ^= 0x10;
	assert_int_equal(pwrite(fd, &b, 1, at), 1);
	close(fd);
}

/* LMDB takes the handles of one process for one: each look is a process of its own. */
static int in_a_process(int (*f)(const char *folder), const char *folder)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(f(folder));
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

enum { SOUND, UNHELD, FOUND };

static int look(const char *folder)
{
	struct zy_engine_figures f;
	struct zy_error err = { 0 };
	struct zy_env *e = NULL;

	if (!engine->open(&e, folder, names, DBS, ZY_OPEN_READER, &err) || !check(e, &f, &err))
		return FOUND;
	return f.unheld > 0 ? UNHELD : SOUND;
}

/* Pages in use, without the two heads. */
static int count_used(const char *folder)
{
	struct zy_engine_figures f;
	struct zy_error err = { 0 };
	struct zy_env *e = open_as(folder, ZY_OPEN_READER);

	return check(e, &f, &err) && f.pages < 250 ? (int)f.pages : -1;
}

static int killed(const char *folder)
{
	struct zy_env *e = open_as(folder, ZY_OPEN_OWNER);
	uint64_t seed = 77;

	for (unsigned i = 0; i < 40; i++)
		write_some(e, &seed, true);
	return 0; /* the process ends, and nothing was closed */
}

static int written(const char *folder)
{
	struct zy_env *e = open_as(folder, ZY_OPEN_OWNER);
	uint64_t seed = 78;

	write_some(e, &seed, true);
	engine->close(e);
	return 0;
}

static void after_an_end_without_close_pages_in_no_use_are_said_to_be_unknown(void **state)
{
	char folder[64], path[128];
	struct stat st;
	int found = 0;

	(void)state;
	make(folder);
	assert_int_equal(in_a_process(look, folder), SOUND);
	assert_int_equal(in_a_process(killed, folder), 0);
	assert_int_equal(in_a_process(look, folder), UNHELD);
	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	assert_int_equal(stat(path, &st), 0);
	/* The system ran on: what was written is there, and pages in use are held against their sums. */
	for (off_t page = 2; page < st.st_size / PAGE; page++) {
		flip(folder, "data.mdb", page * PAGE + 40);
		found += in_a_process(look, folder) == FOUND;
		flip(folder, "data.mdb", page * PAGE + 40);
	}
	assert_int_equal(found, in_a_process(count_used, folder));
	assert_int_equal(in_a_process(written, folder), 0);
	assert_int_equal(in_a_process(look, folder), SOUND);
	assert_int_equal(stat(path, &st), 0);
	for (off_t page = 0; page < st.st_size / PAGE; page++) {
		const off_t at = page * PAGE + page * 37 % PAGE, of_sum = SUMS_AT + page * 8 + page % 8;

		flip(folder, "data.mdb", at);
		assert_int_equal(in_a_process(look, folder), FOUND);
		flip(folder, "data.mdb", at);
		flip(folder, "data.sums", of_sum);
		assert_int_equal(in_a_process(look, folder), FOUND);
		flip(folder, "data.sums", of_sum);
	}
	for (off_t at = 0; at < SUMS_AT; at += 11) {
		flip(folder, "data.sums", at);
		assert_int_equal(in_a_process(look, folder), FOUND);
		flip(folder, "data.sums", at);
	}
	assert_int_equal(in_a_process(look, folder), SOUND);
	gone(folder);
}

/* As a write that the disk cut short leaves it: octets behind the last page, and not even a whole page of them. */
static void what_lies_behind_the_last_page_is_held_too(void **state)
{
	char folder[64], path[128];
	FILE *f;

	(void)state;
	make(folder);
	assert_int_equal(in_a_process(written, folder), 0);
	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	f = fopen(path, "ab");
	assert_true(f != NULL && fwrite("left behind", 1, 11, f) == 11 && fclose(f) == 0);
	assert_int_equal(in_a_process(look, folder), FOUND);
	assert_int_equal(in_a_process(killed, folder), 0);
	assert_int_equal(in_a_process(look, folder), UNHELD);
	assert_int_equal(in_a_process(written, folder), 0);
	assert_int_equal(in_a_process(look, folder), SOUND);
	gone(folder);
}

/* What it read of them may have been written meanwhile, though the owner has come to his end since. */
static void a_reader_that_an_owner_overtook_says_nothing_of_pages_in_no_use(void **state)
{
	struct zy_engine_figures f;
	struct zy_error err = { 0 };
	struct zy_env *e;
	char folder[64], path[128];
	FILE *file;

	(void)state;
	make(folder);
	assert_int_equal(in_a_process(written, folder), 0);
	e = open_as(folder, ZY_OPEN_READER);
	must(check(e, &f, &err), &err);
	assert_int_equal(f.unheld, 0);
	assert_int_equal(in_a_process(written, folder), 0);
	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	file = fopen(path, "ab");
	assert_true(file != NULL && fwrite("under way", 1, 9, file) == 9 && fclose(file) == 0);
	must(check(e, &f, &err), &err);
	assert_true(f.unheld > 0);
	engine->close(e);
	assert_int_equal(in_a_process(look, folder), FOUND);
	gone(folder);
}

static void a_store_of_before_the_mark_is_told_apart(void **state)
{
	struct zy_error err = { 0 };
	struct zy_env *e = NULL;
	char folder[64], path[128];
	FILE *f;

	(void)state;
	make(folder);
	snprintf(path, sizeof(path), "%s/data.sums", folder);
	f = fopen(path, "r+b");
	assert_true(f != NULL && fwrite("zhengyin sums 1", 1, 15, f) == 15 && fclose(f) == 0);
	assert_false(engine->open(&e, folder, names, DBS, ZY_OPEN_OWNER, &err));
	assert_int_equal(err.code, ZY_E_VAULT_FORM);
	gone(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_commit_leaves_sums_of_all_pages),
		cmocka_unit_test(after_an_end_without_close_pages_in_no_use_are_said_to_be_unknown),
		cmocka_unit_test(a_reader_that_an_owner_overtook_says_nothing_of_pages_in_no_use),
		cmocka_unit_test(a_store_of_before_the_mark_is_told_apart),
		cmocka_unit_test(what_lies_behind_the_last_page_is_held_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
