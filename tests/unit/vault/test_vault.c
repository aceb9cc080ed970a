#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "vault_made.h"
#include "zy/file.h"

static void open_fails(struct made_vault *m, enum zy_code code)
{
	struct zy_error err = { 0 };

	assert_false(zy_vault_open(&m->v, m->folder, &m->wrapper, &m->clock, 0, &err));
	assert_int_equal(err.code, code);
	m->v = NULL;
}

static void a_vault_is_made_once_and_opened_only_when_made(void **state)
{
	struct zy_error err = { 0 };
	struct made_vault m;
	char gone[96];

	(void)state;
	made_folder(&m);
	open_fails(&m, ZY_E_VAULT_ABSENT);
	assert_true(zy_vault_make(m.folder, ZY_SUITE_GM, &m.wrapper, &err));
	assert_false(zy_vault_make(m.folder, ZY_SUITE_GM, &m.wrapper, &err));
	assert_int_equal(err.code, ZY_E_EXISTS);
	made_open(&m);
	err = (struct zy_error){ 0 };
	snprintf(gone, sizeof(gone), "%s/gone", m.folder);
	assert_false(zy_vault_open(&(struct zy_vault *){ NULL }, gone, &m.wrapper, &m.clock, 0, &err));
	assert_int_equal(err.code, ZY_E_VAULT_ABSENT);
	made_remove(&m);
}

static void a_second_owner_is_told_who_the_first_is(void **state)
{
	struct zy_error err = { 0 };
	struct zy_vault *second;
	struct made_vault m;
	char pid[32];

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	assert_false(zy_vault_open(&second, m.folder, &m.wrapper, &m.clock, 0, &err));
	assert_int_equal(err.code, ZY_E_BUSY);
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	assert_non_null(strstr(err.msg, pid));
	made_close(&m);
	made_open(&m); /* released by closing */
	made_remove(&m);
}

static void the_lock_ends_with_its_owner(void **state)
{
	struct made_vault m;
	int status;
	pid_t child;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	made_close(&m);
	if ((child = fork()) == 0) {
		made_open(&m);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	made_open(&m);
	made_remove(&m);
}

static void who_waits_gets_the_vault_when_its_owner_closes(void **state)
{
	struct zy_error err = { 0 };
	struct made_vault m;
	int ready[2], status;
	pid_t child;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	made_close(&m);
	assert_int_equal(pipe(ready), 0);
	if ((child = fork()) == 0) {
		made_open(&m);
		if (write(ready[1], "!", 1) != 1)
			_exit(1);
		made_close(&m);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &(char){ 0 }, 1), 1);
	assert_true(zy_vault_open(&m.v, m.folder, &m.wrapper, &m.clock, 30, &err));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(ready[0]);
	close(ready[1]);
	made_remove(&m);
}

/* Unwraps to a key that is not the one that was wrapped, as a token without authentication would. */
static bool unwrap_other(void *arg, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	if (!made_unwrap(arg, aad, in, out, err))
		return false;
	out->p[0] ^= 1;
	return true;
}

static bool unwrap_short(void *arg, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	if (!made_unwrap(arg, aad, in, out, err))
		return false;
	out->len--;
	return true;
}

static void another_token_key_does_not_open_the_vault(void **state)
{
	struct made_vault m;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		made_vault(&m, s);
		made_close(&m);
		m.wrapper.unwrap = unwrap_other;
		open_fails(&m, ZY_E_VAULT_CORRUPT);
		m.wrapper.unwrap = unwrap_short;
		open_fails(&m, ZY_E_VAULT_CORRUPT);
		m.wrapper.unwrap = made_unwrap;
		m.token.key[0] ^= 1;
		open_fails(&m, ZY_E_TOKEN); /* the token's own answer is passed on */
		m.token.key[0] ^= 1;
		made_open(&m);
		made_remove(&m);
	}
}

static void the_token_unwraps_a_subject_once(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	assert_true(made_mint(&m, "a", 1, 10, id, &err));
	made_close(&m);
	made_open(&m);
	m.token.unwraps = 0;
	for (int i = 0; i < 10; i++)
		assert_true(zy_vault_get(m.v, id, 0, ZY_TIME_NEVER, true, &a, &v, &err));
	assert_int_equal(m.token.unwraps, 1);
	made_remove(&m);
}

/* No stored byte holds a number in the clear, or a record. */
static void a_stolen_file_names_nobody(void **state)
{
	struct zy_holder h = made_holder(1);
	char id[ZY_IDENTIFIER_MAX + 1], path[96];
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes file;
	struct made_vault m;
	uint8_t want[1000];

	(void)state;
	MADE_ON_DISK_ONLY();
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		made_vault(&m, s);
		assert_true(made_mint(&m, "a-request", 1, 100, id, &err));
		made_close(&m);
		snprintf(path, sizeof(path), "%s/data.mdb", m.folder);
		assert_true(zy_file_read(path, (size_t)1 << 30, &a, &file, &err));
		made_bytes(want, 1000, 1001);
		assert_null(memmem(file.p, file.len, h.number, 17));
		assert_null(memmem(file.p, file.len, "a-request", 9));
		assert_null(memmem(file.p, file.len, want, 16));
		assert_null(memmem(file.p, file.len, want + 100, 16));
		assert_non_null(memmem(file.p, file.len, MADE_SCOPE, strlen(MADE_SCOPE))); /* licences have names */
		zy_arena_free(&a);
		made_remove(&m);
	}
}

/* What a fill of the disk did to a child's vault. */
static void fill_disk(struct made_vault *m)
{
	struct rlimit lim = { 3 << 20, 3 << 20 };
	char request[32], id[ZY_IDENTIFIER_MAX + 1], first[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;
	unsigned i = 0;

	made_open(m);
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &lim) != 0 || !made_mint(m, "first", 1, 10, first, &err))
		_exit(2);
	while (i++ < 1000) {
		snprintf(request, sizeof(request), "r%u", i);
		if (!made_mint(m, request, i, 30000, id, &err))
			break;
	}
	if (err.code != ZY_E_VAULT_FULL && err.code != ZY_E_VAULT)
		_exit(3);
	err = (struct zy_error){ 0 };
	if (!zy_vault_get(m->v, first, 0, ZY_TIME_NEVER, true, &a, &v, &err) || !zy_vault_check(m->v, &n, &err))
		_exit(4);
	if (n.versions != i || n.versions < 10) /* first and r1..r(i-1) */
		_exit(5);
	_exit(0);
}

static void a_full_disk_refuses_what_it_cannot_hold_and_keeps_the_rest(void **state)
{
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	struct made_vault m;
	int status;
	pid_t child;

	(void)state;
	MADE_ON_DISK_ONLY();
	made_vault(&m, ZY_SUITE_GM);
	made_close(&m);
	if ((child = fork()) == 0)
		fill_disk(&m);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	made_open(&m); /* with room again all goes on */
	assert_true(zy_vault_check(m.v, &n, &err));
	assert_true(made_mint(&m, "after", 1, 30000, id, &err));
	assert_true(zy_vault_check(m.v, &n, &err));
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vault_is_made_once_and_opened_only_when_made),
		cmocka_unit_test(a_second_owner_is_told_who_the_first_is),
		cmocka_unit_test(the_lock_ends_with_its_owner),
		cmocka_unit_test(who_waits_gets_the_vault_when_its_owner_closes),
		cmocka_unit_test(another_token_key_does_not_open_the_vault),
		cmocka_unit_test(the_token_unwraps_a_subject_once),
		cmocka_unit_test(a_stolen_file_names_nobody),
		cmocka_unit_test(a_full_disk_refuses_what_it_cannot_hold_and_keeps_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
