#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/resource.h>

#include "vault_made.h"
#include "zy/file.h"
#include "zy/vault_backup.h"

static void mint(struct made_vault *m, unsigned n)
{
	char id[ZY_IDENTIFIER_MAX + 1], request[32];
	struct zy_error err = { 0 };

	snprintf(request, sizeof(request), "request %u", n);
	if (!made_mint(m, request, n, 3000, id, &err))
		made_fail("mint", &err);
}

static struct zy_vault_watch watch(struct zy_vault *v)
{
	struct zy_error err = { 0 };
	struct zy_vault_watch w;

	if (!zy_vault_watch(v, &w, &err))
		made_fail("watch", &err);
	return w;
}

static void the_age_of_a_vault_and_of_its_backup(void **state)
{
	struct zy_backup_at at;
	struct zy_error err = { 0 };
	struct zy_vault_watch w;
	struct made_vault m;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes file;
	char path[96];

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	w = watch(m.v);
	assert_true(w.events == 0 && w.begun == 0 && !w.backed_up);
	mint(&m, 1);
	m.now += 5000;
	w = watch(m.v);
	assert_true(w.events == 2 && w.begun == m.now - 5000 && !w.backed_up);
	assert_true(zy_vault_backup_begin(m.v, &at, &err));
	mint(&m, 2);
	assert_false(watch(m.v).backed_up); /* it was begun, and nothing is safe */
	assert_true(zy_vault_backup_begin(m.v, &at, &err));
	m.now += 100;
	assert_true(zy_vault_backup_done(m.v, &at, &err));
	w = watch(m.v);
	assert_true(w.backed_up && w.backup_at == m.now && w.backup_behind == 0);
	mint(&m, 3);
	m.now += 100;
	w = watch(m.v);
	assert_true(w.backup_at == m.now - 100 && w.backup_behind == 2);
	/* each octet of the file changed: no backup is known, which is an alarm and takes nothing away */
	snprintf(path, sizeof(path), "%s/backed-up", m.folder);
	assert_true(zy_file_read(path, 4096, &a, &file, &err));
	for (size_t i = 0; i < file.len; i++) {
		((uint8_t *)(uintptr_t)file.p)[i] ^= 1;
		assert_true(zy_file_write(path, file, 0600, true, &err));
		assert_false(watch(m.v).backed_up);
		((uint8_t *)(uintptr_t)file.p)[i] ^= 1;
	}
	made_remove(&m);
}

#if defined(__SANITIZE_ADDRESS__)
static void the_room_is_that_of_the_process_that_owns_the_vault(void **state)
{
	(void)state;
	skip(); /* the sanitizer takes more address space than there would be */
}
#else
/* Another process that makes the vault and owns it, with little address space, so that its map is small. */
static pid_t owner(struct made_vault *m)
{
	const struct rlimit as = { (rlim_t)1 << 30, (rlim_t)1 << 30 };
	struct zy_error err = { 0 };
	int pipes[2];
	char ready;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	if ((child = fork()) == 0) {
		if (setrlimit(RLIMIT_AS, &as) != 0 || !zy_vault_make(m->folder, ZY_SUITE_GM, &m->wrapper, &err))
			_exit(1);
		made_open(m);
		mint(m, 7);
		if (write(pipes[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &ready, 1), 1);
	close(pipes[0]);
	return child;
}

static void the_room_is_that_of_the_process_that_owns_the_vault(void **state)
{
	struct zy_error err = { 0 };
	struct zy_vault_watch w;
	struct made_vault m;
	int status;
	pid_t child;

	(void)state;
	made_folder(&m);
	child = owner(&m);
	assert_true(zy_vault_open_beside(&m.v, m.folder, &m.wrapper, &m.clock, &err));
	w = watch(m.v);
	assert_int_equal(w.room_bytes, (uint64_t)256 << 20);
	assert_true(w.used_bytes > 0 && w.used_bytes < w.room_bytes);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	made_close(&m);
	assert_true(zy_vault_open_beside(&m.v, m.folder, &m.wrapper, &m.clock, &err));
	assert_int_equal(watch(m.v).room_bytes, (uint64_t)64 << 30); /* nobody owns it: the next one is like us */
	made_remove(&m);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_age_of_a_vault_and_of_its_backup),
		cmocka_unit_test(the_room_is_that_of_the_process_that_owns_the_vault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
