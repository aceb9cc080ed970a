#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "zy/digest.h"
#include "zy/file.h"
#include "zy/mapped.h"

#define LARGE ((size_t)64 << 20)
#define MEMORY_MAX_KB (16 << 10) /* of a process that only walks over such a file */

static char folder[] = "/tmp/zy-mapped-XXXXXX";
static char path[64];
static struct zy_error err;
#define MUST(call)                                                                                                     \
	do {                                                                                                           \
		err = (struct zy_error){ 0 };                                                                          \
		if (!(call))                                                                                           \
			fail_msg("%s: %s", #call, err.msg);                                                            \
	} while (0)

/* Sparse, with one byte that is not zero in the middle of each MiB. */
static void make(size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)len), 0);
	for (size_t at = 512 << 10; at < len; at += 1 << 20)
		assert_int_equal(pwrite(fd, "x", 1, (off_t)at), 1);
	close(fd);
}

static void overwrite(off_t at)
{
	int fd = open(path, O_WRONLY);

	assert_int_equal(pwrite(fd, "y", 1, at), 1);
	close(fd);
}

static void a_small_file_is_read_and_a_large_one_mapped(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_mapped m;

	(void)state;
	make(100);
	MUST(zy_mapped_open(&m, path, LARGE, &a, &err));
	assert_false(zy_mapped_holds(m.bytes));
	assert_int_equal(m.bytes.len, 100);
	zy_mapped_close(&m);
	make(ZY_MAPPED_FROM);
	MUST(zy_mapped_open(&m, path, LARGE, &a, &err));
	assert_true(zy_mapped_holds(m.bytes));
	assert_int_equal(m.bytes.p[512 << 10], 'x');
	zy_mapped_release(m.bytes);
	assert_int_equal(m.bytes.p[512 << 10], 'x');
	MUST(zy_mapped_check(&m, &err));
	zy_mapped_close(&m);
	assert_false(zy_mapped_holds(m.bytes));
	assert_false(zy_mapped_open(&m, path, ZY_MAPPED_FROM - 1, &a, &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
	err = (struct zy_error){ 0 };
	assert_false(zy_mapped_open(&m, folder, LARGE, &a, &err));
	assert_int_equal(err.code, ZY_E_IO);
}

static void what_was_altered_meanwhile_is_told(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_mapped m;

	(void)state;
	make(ZY_MAPPED_FROM);
	MUST(zy_mapped_open(&m, path, LARGE, &a, &err));
	m.was.st_mtim.tv_sec--; /* the clock of a file system may be slower than this test */
	overwrite(5);
	assert_false(zy_mapped_check(&m, &err));
	assert_int_equal(err.code, ZY_E_FILE_CHANGED);
	zy_mapped_close(&m);
}

static void what_was_cut_off_meanwhile_is_zeros_and_told(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	uint8_t digest[ZY_HASH_LEN];
	struct zy_mapped m;

	(void)state;
	make(LARGE);
	MUST(zy_mapped_open(&m, path, LARGE, &a, &err));
	assert_int_equal(m.bytes.p[512 << 10], 'x');
	assert_int_equal(truncate(path, 4096), 0);
	assert_int_equal(m.bytes.p[512 << 10], 0);
	assert_int_equal(m.bytes.p[LARGE - 1], 0);
	MUST(zy_digest(ZY_HASH_SM3, m.bytes, digest, &err));
	assert_false(zy_mapped_check(&m, &err));
	assert_int_equal(err.code, ZY_E_FILE_CHANGED);
	/* grown to what it was: nobody sees the size any more, but it was seen to be gone */
	err = (struct zy_error){ 0 };
	assert_int_equal(truncate(path, (off_t)LARGE), 0);
	assert_int_equal(stat(path, &m.was), 0);
	assert_false(zy_mapped_check(&m, &err));
	assert_int_equal(err.code, ZY_E_IO);
	zy_mapped_close(&m);
}

/* A bus error of others stays one. */
static void a_signal_that_is_not_ours_ends_the_process(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_mapped m;
	int status;
	pid_t pid;

	(void)state;
	make(LARGE);
	if ((pid = fork()) == 0) {
		struct rlimit none = { 0, 0 };

		signal(SIGBUS, SIG_DFL); /* which the test's runner took */
		setrlimit(RLIMIT_CORE, &none);
		if (zy_mapped_open(&m, path, LARGE, &a, &err))
			raise(SIGBUS);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGBUS);
}

static void only_so_many_are_open_at_a_time(void **state)
{
	struct zy_mapped m[ZY_MAPPED_FILES_MAX + 1] = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	(void)state;
	make(ZY_MAPPED_FROM);
	for (size_t i = 0; i < ZY_MAPPED_FILES_MAX; i++)
		MUST(zy_mapped_open(&m[i], path, LARGE, &a, &err));
	assert_false(zy_mapped_open(&m[ZY_MAPPED_FILES_MAX], path, LARGE, &a, &err));
	assert_int_equal(err.code, ZY_E_NO_MEMORY);
	zy_mapped_close(&m[3]);
	MUST(zy_mapped_open(&m[3], path, LARGE, &a, &err));
	for (size_t i = 0; i <= ZY_MAPPED_FILES_MAX; i++)
		zy_mapped_close(&m[i]);
}

/* Read, hashed, and written again with a change: what the child took is seen when it is gone. */
static void run_copier(void)
{
	char to[80];
	uint8_t digest[2][ZY_HASH_LEN];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_mapped m;
	struct zy_buf out;
	struct zy_file_new f;
	ZY_ARENA_AUTO b = { 0 };

	snprintf(to, sizeof(to), "%s/copy", folder);
	if (!zy_mapped_open(&m, path, LARGE, &a, &err) || !zy_digest(ZY_HASH_SHA256, m.bytes, digest[0], &err) ||
	    !zy_file_stage_buf(&f, to, 2 * LARGE, 0600, true, &out, &err))
		_exit(1);
	zy_buf_put(&out, m.bytes);
	if (out.failed || !zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&out), digest[1], &err) ||
	    memcmp(digest[0], digest[1], ZY_HASH_LEN) != 0)
		_exit(2);
	zy_buf_put_str(&out, "more");
	out.p[512 << 10] = 'z';
	if (!zy_file_staged(&f, &out, &err) || !zy_file_release(&f, &err) || !zy_mapped_check(&m, &err))
		_exit(3);
	zy_buf_free(&out);
	zy_mapped_close(&m);
	if (!zy_mapped_open(&m, to, 2 * LARGE, &b, &err) || m.bytes.len != LARGE + 4 || m.bytes.p[512 << 10] != 'z' ||
	    memcmp(m.bytes.p + LARGE, "more", 4) != 0)
		_exit(4);
	_exit(0);
}

static void what_is_walked_over_takes_no_memory(void **state)
{
	struct rusage used;
	int status;
	pid_t pid;

	(void)state;
	make(LARGE);
	if ((pid = fork()) == 0)
		run_copier();
	assert_int_equal(wait4(pid, &status, 0, &used), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
#ifndef __SANITIZE_ADDRESS__
	assert_in_range(used.ru_maxrss, 1, MEMORY_MAX_KB);
#endif
}

static void a_buffer_in_a_file_stops_at_its_cap(void **state)
{
	struct zy_file_new f;
	struct zy_buf out;
	char to[80];

	(void)state;
	snprintf(to, sizeof(to), "%s/capped", folder);
	MUST(zy_file_stage_buf(&f, to, 4, 0600, true, &out, &err));
	zy_buf_put_str(&out, "four");
	assert_false(out.failed);
	zy_buf_put_str(&out, "!");
	assert_true(out.failed);
	assert_false(zy_file_staged(&f, &out, &err));
	assert_int_equal(err.code, ZY_E_IO);
	zy_file_cancel(&f);
	zy_buf_free(&out);
	assert_int_not_equal(access(to, F_OK), 0);
}

static int set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int tear_down(void **state)
{
	char command[80];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_file_is_read_and_a_large_one_mapped),
		cmocka_unit_test(what_was_altered_meanwhile_is_told),
		cmocka_unit_test(what_was_cut_off_meanwhile_is_zeros_and_told),
		cmocka_unit_test(a_signal_that_is_not_ours_ends_the_process),
		cmocka_unit_test(only_so_many_are_open_at_a_time),
		cmocka_unit_test(what_is_walked_over_takes_no_memory),
		cmocka_unit_test(a_buffer_in_a_file_stops_at_its_cap),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
