#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expect.h"
#include "zy/file.h"

static char folder[] = "/tmp/zy-file-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int make(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int remove_all(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

/* How many names the folder holds; so a temporary that was left is seen. */
static int num_names(void)
{
	DIR *d = opendir(folder);
	int num = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		num++;
	closedir(d);
	return num - 2;
}

static void expect_content(const char *name, struct zy_bytes want)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes have;

	MUST(zy_file_read(in_folder(name), 1 << 20, &a, &have, &err));
	assert_true(zy_bytes_equal(have, want));
}

static void what_is_written_is_read_again_with_its_mode(void **state)
{
	struct stat st;
	int before = num_names();

	(void)state;
	MUST(zy_file_write(in_folder("one"), ZY_LITERAL("a\0b"), 0600, false, &err));
	expect_content("one", ZY_LITERAL("a\0b"));
	assert_int_equal(stat(in_folder("one"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	MUST(zy_file_write(in_folder("empty"), ZY_BYTES(NULL, 0), 0600, false, &err));
	expect_content("empty", ZY_LITERAL(""));
	assert_int_equal(num_names(), before + 2);
}

static void nothing_is_overwritten_without_force(void **state)
{
	(void)state;
	MUST(zy_file_write(in_folder("two"), ZY_LITERAL("old"), 0600, false, &err));
	REFUSED(zy_file_write(in_folder("two"), ZY_LITERAL("new"), 0600, false, &err), ZY_E_EXISTS);
	expect_content("two", ZY_LITERAL("old"));
	MUST(zy_file_write(in_folder("two"), ZY_LITERAL("new"), 0600, true, &err));
	expect_content("two", ZY_LITERAL("new"));
}

static void a_staged_file_has_no_name_until_its_release(void **state)
{
	struct zy_file_new f;
	int before = num_names();

	(void)state;
	MUST(zy_file_stage(&f, in_folder("three"), ZY_LITERAL("3"), 0600, false, &err));
	assert_int_equal(access(in_folder("three"), F_OK), -1);
	/* a temporary name only where the file system has no nameless files */
	assert_int_equal(num_names(), f.nameless ? before : before + 1);
	MUST(zy_file_release(&f, &err));
	expect_content("three", ZY_LITERAL("3"));
	zy_file_cancel(&f);
	expect_content("three", ZY_LITERAL("3"));
	assert_int_equal(num_names(), before + 1);
}

static void a_process_that_ends_while_staging_leaves_nothing(void **state)
{
	int before = num_names(), status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		struct zy_error err = { 0 };
		struct zy_file_new f;

		if (!zy_file_stage(&f, in_folder("killed"), ZY_LITERAL("x"), 0600, false, &err))
			_exit(2);
		_exit(f.nameless ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	if (WEXITSTATUS(status) == 0)
		assert_int_equal(num_names(), before);
}

static void a_file_is_compared_with_what_it_should_hold(void **state)
{
	(void)state;
	MUST(zy_file_write(in_folder("held"), ZY_LITERAL("abc"), 0600, false, &err));
	assert_true(zy_file_holds(in_folder("held"), ZY_LITERAL("abc")));
	assert_false(zy_file_holds(in_folder("held"), ZY_LITERAL("abd")));
	assert_false(zy_file_holds(in_folder("held"), ZY_LITERAL("ab")));
	assert_false(zy_file_holds(in_folder("held"), ZY_LITERAL("abcd")));
	assert_false(zy_file_holds(in_folder("not-there"), ZY_LITERAL("")));
}

static void a_cancelled_file_leaves_nothing(void **state)
{
	struct zy_file_new f;
	int before = num_names();

	(void)state;
	MUST(zy_file_stage(&f, in_folder("four"), ZY_LITERAL("4"), 0600, false, &err));
	zy_file_cancel(&f);
	zy_file_cancel(&f);
	assert_int_equal(num_names(), before);
	MUST(zy_file_write(in_folder("four"), ZY_LITERAL("old"), 0600, false, &err));
	MUST(zy_file_stage(&f, in_folder("four"), ZY_LITERAL("new"), 0600, true, &err));
	zy_file_cancel(&f);
	expect_content("four", ZY_LITERAL("old"));
	assert_int_equal(num_names(), before + 1);
}

static void a_release_over_a_folder_fails_and_leaves_nothing(void **state)
{
	struct zy_file_new f;
	int before;

	(void)state;
	assert_int_equal(mkdir(in_folder("folder"), 0700), 0);
	before = num_names();
	MUST(zy_file_stage(&f, in_folder("folder"), ZY_LITERAL("5"), 0600, true, &err));
	REFUSED(zy_file_release(&f, &err), ZY_E_IO);
	assert_int_equal(num_names(), before);
}

/* In a child, as the limit cannot be taken back: 0 when the write failed as it should. */
static int write_on_a_full_disk(void)
{
	static const uint8_t much[65536];
	const struct rlimit limit = { 4096, 4096 };
	struct zy_error err = { 0 };

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		return 2;
	if (zy_file_write(in_folder("full"), ZY_BYTES(much, sizeof(much)), 0600, true, &err))
		return 3;
	return err.code == ZY_E_IO ? 0 : 4;
}

static void a_full_disk_leaves_the_old_file_and_nothing_else(void **state)
{
	int before, status;
	pid_t pid;

	(void)state;
	MUST(zy_file_write(in_folder("full"), ZY_LITERAL("old"), 0600, false, &err));
	before = num_names();
	pid = fork();
	if (pid == 0)
		_exit(write_on_a_full_disk());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	expect_content("full", ZY_LITERAL("old"));
	assert_int_equal(num_names(), before);
}

static void a_file_over_its_cap_is_refused(void **state)
{
	static const uint8_t text[100000];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes out;

	(void)state;
	MUST(zy_file_write(in_folder("long"), ZY_BYTES(text, sizeof(text)), 0600, false, &err));
	MUST(zy_file_read(in_folder("long"), sizeof(text), &a, &out, &err));
	assert_int_equal(out.len, sizeof(text));
	REFUSED(zy_file_read(in_folder("long"), sizeof(text) - 1, &a, &out, &err), ZY_E_TOO_LARGE);
	REFUSED(zy_file_read(in_folder("long"), 0, &a, &out, &err), ZY_E_TOO_LARGE);
	MUST(zy_file_write(in_folder("none"), ZY_BYTES(NULL, 0), 0600, false, &err));
	MUST(zy_file_read(in_folder("none"), 0, &a, &out, &err));
}

static void what_cannot_be_read_or_made_says_so(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes out;
	char long_path[5000];

	(void)state;
	memset(long_path, 'a', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = 0;
	REFUSED(zy_file_read(in_folder("absent"), 10, &a, &out, &err), ZY_E_IO);
	REFUSED(zy_file_read(folder, 10, &a, &out, &err), ZY_E_IO);
	REFUSED(zy_file_write(in_folder("absent/file"), ZY_LITERAL("x"), 0600, false, &err), ZY_E_IO);
	REFUSED(zy_file_write(long_path, ZY_LITERAL("x"), 0600, false, &err), ZY_E_IO);
	REFUSED(zy_folder_make(long_path, 0700, &err), ZY_E_IO);
	REFUSED(zy_folder_make("", 0700, &err), ZY_E_IO);
}

static void a_folder_is_made_with_its_parents(void **state)
{
	struct stat st;

	(void)state;
	MUST(zy_folder_make(in_folder("p/q//r/"), 0700, &err));
	assert_int_equal(stat(in_folder("p/q/r"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	MUST(zy_folder_make(in_folder("p/q/r"), 0755, &err));
	MUST(zy_file_write(in_folder("p/file"), ZY_LITERAL(""), 0600, false, &err));
	REFUSED(zy_folder_make(in_folder("p/file"), 0700, &err), ZY_E_IO);
	REFUSED(zy_folder_make(in_folder("p/file/q"), 0700, &err), ZY_E_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again_with_its_mode),
		cmocka_unit_test(nothing_is_overwritten_without_force),
		cmocka_unit_test(a_staged_file_has_no_name_until_its_release),
		cmocka_unit_test(a_process_that_ends_while_staging_leaves_nothing),
		cmocka_unit_test(a_file_is_compared_with_what_it_should_hold),
		cmocka_unit_test(a_cancelled_file_leaves_nothing),
		cmocka_unit_test(a_release_over_a_folder_fails_and_leaves_nothing),
		cmocka_unit_test(a_full_disk_leaves_the_old_file_and_nothing_else),
		cmocka_unit_test(a_file_over_its_cap_is_refused),
		cmocka_unit_test(what_cannot_be_read_or_made_says_so),
		cmocka_unit_test(a_folder_is_made_with_its_parents),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
