#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expect.h"
#include "zy/file.h"
#include "zy/kept.h"

static char home[] = "/tmp/zy-kept-XXXXXX";

static const char *in_home(const char *name)
{
	static char path[2][4096];
	static unsigned turn;

	turn ^= 1u;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", home, name);
	return path[turn];
}

static bool is_in_run(const char *name)
{
	return strncmp(name, "run", 3) == 0;
}

static int make(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	snprintf(home, sizeof(home), "/tmp/zy-kept-XXXXXX");
	return mkdtemp(home) != NULL && zy_folder_make(in_home("pki"), 0700, &err) &&
		       zy_folder_make(in_home("run"), 0700, &err) &&
		       zy_file_write(in_home("config"), zy_str("one"), 0600, false, &err) &&
		       zy_file_write(in_home("run/pid"), zy_str("7"), 0600, false, &err) &&
		       zy_file_write(in_home("pki/root.pem"), zy_str("root"), 0600, false, &err) &&
		       zy_kept_begin(home, is_in_run, &err)
		   ? 0
		   : -1;
}

static int remove_all(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", home);
	return system(command);
}

static enum zy_kept_state look(const char *name)
{
	enum zy_kept_state state = ZY_KEPT_FINE;
	struct zy_kept k;

	MUST(zy_kept_open(&k, home, &err));
	MUST(zy_kept_look(&k, name, &state, &err));
	zy_kept_close(&k);
	return state;
}

static void read_as(const char *name, const char *want)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes have;

	MUST(zy_kept_read(in_home(name), 64, &a, &have, &err));
	assert_int_equal(have.len, strlen(want));
	assert_memory_equal(have.p, want, have.len);
}

static void refuses(const char *name)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes have;

	REFUSED(zy_kept_read(in_home(name), 1 << 20, &a, &have, &err), ZY_E_HOME_FILE);
}

/* A line that was changed somewhere else hinders nobody. */
static void read_or_refused(const char *name, const char *want)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_bytes have;

	if (zy_kept_read(in_home(name), 64, &a, &have, &err))
		assert_true(zy_bytes_equal(have, zy_str(want)));
	else
		assert_int_equal(err.code, ZY_E_HOME_FILE);
}

static void overwrite(const char *name, const char *text)
{
	MUST(zy_file_write(in_home(name), zy_str(text), 0600, true, &err));
}

static void what_was_there_at_the_beginning_is_recorded(void **state)
{
	(void)state;
	assert_int_equal(look("config"), ZY_KEPT_FINE);
	assert_int_equal(look("pki/root.pem"), ZY_KEPT_FINE);
	assert_int_equal(look("run/pid"), ZY_KEPT_UNKNOWN);
	read_as("pki/root.pem", "root");
}

static void what_is_written_is_recorded(void **state)
{
	(void)state;
	MUST(zy_kept_write(in_home("config"), zy_str("two"), 0600, true, &err));
	MUST(zy_kept_write(in_home("pki/next.pem"), zy_str("next"), 0600, false, &err));
	read_as("config", "two");
	read_as("pki/next.pem", "next");
	REFUSED(zy_kept_write(in_home("config"), zy_str("three"), 0600, false, &err), ZY_E_EXISTS);
	read_as("config", "two");
	overwrite("config", "three"); /* what was announced and never written is not allowed */
	refuses("config");
}

static void a_changed_file_is_found_and_not_read(void **state)
{
	(void)state;
	overwrite("pki/root.pem", "rood");
	assert_int_equal(look("pki/root.pem"), ZY_KEPT_CHANGED);
	refuses("pki/root.pem");
	overwrite("pki/root.pem", "root");
	read_as("pki/root.pem", "root");
	overwrite("pki/other.pem", "other");
	assert_int_equal(look("pki/other.pem"), ZY_KEPT_UNKNOWN);
	refuses("pki/other.pem");
	assert_int_equal(unlink(in_home("pki/root.pem")), 0);
	assert_int_equal(look("pki/root.pem"), ZY_KEPT_MISSING);
}

static void what_was_changed_by_hand_can_be_accepted(void **state)
{
	(void)state;
	overwrite("config", "by hand");
	overwrite("pki/other.pem", "other");
	MUST(zy_kept_accept(home, "config", &err));
	MUST(zy_kept_accept(home, "pki/other.pem", &err));
	read_as("config", "by hand");
	read_as("pki/other.pem", "other");
	assert_int_equal(unlink(in_home("config")), 0);
	MUST(zy_kept_accept(home, "config", &err));
	assert_int_equal(look("config"), ZY_KEPT_UNKNOWN);
	REFUSED(zy_kept_accept(home, "../elsewhere", &err), ZY_E_HOME_FILE);
}

static void a_folder_gets_its_place_with_its_files(void **state)
{
	(void)state;
	MUST(zy_folder_make(in_home("seals"), 0700, &err));
	MUST(zy_folder_make(in_home("seals.part"), 0700, &err));
	overwrite("seals.part/seal", "seal");
	overwrite("seals.part/owner", "owner");
	MUST(zy_kept_place(in_home("seals.part"), in_home("seals/1"), &err));
	read_as("seals/1/seal", "seal");
	read_as("seals/1/owner", "owner");
	MUST(zy_kept_rename(in_home("seals/1/seal"), in_home("seals/1/lost"), &err));
	read_as("seals/1/lost", "seal");
	assert_int_equal(look("seals/1/seal"), ZY_KEPT_UNKNOWN);
	MUST(zy_kept_rename(in_home("seals/1/lost"), NULL, &err));
	assert_int_equal(look("seals/1/lost"), ZY_KEPT_UNKNOWN);
	MUST(zy_kept_rename(in_home("seals/1/lost"), NULL, &err));
}

static void outside_of_a_home_nothing_is_recorded(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes have;

	(void)state;
	assert_int_equal(unlink(in_home(ZY_KEPT_RECORD)), 0);
	overwrite("config", "other");
	MUST(zy_kept_read(in_home("config"), 64, &a, &have, &err));
	MUST(zy_kept_write(in_home("config"), zy_str("one"), 0600, true, &err));
	MUST(zy_kept_rename(in_home("config"), in_home("moved"), &err));
	MUST(zy_kept_place(in_home("moved"), in_home("config"), &err));
	assert_int_not_equal(access(in_home(ZY_KEPT_RECORD), F_OK), 0);
}

static void each_changed_byte_of_the_record_is_found(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes was;
	uint8_t *copy;
	struct zy_kept k;

	(void)state;
	MUST(zy_file_read(in_home(ZY_KEPT_RECORD), 1 << 20, &a, &was, &err));
	assert_non_null(copy = malloc(was.len));
	for (size_t i = 0; i < was.len; i++) {
		memcpy(copy, was.p, was.len);
		copy[i] ^= (uint8_t)(1u << i % 8);
		MUST(zy_file_write(in_home(ZY_KEPT_RECORD), ZY_BYTES(copy, was.len), 0600, true, &err));
		REFUSED(zy_kept_open(&k, home, &err), ZY_E_HOME_FILE);
		read_or_refused("config", "one");
	}
	for (size_t len = 0; len < was.len; len++) {
		MUST(zy_file_write(in_home(ZY_KEPT_RECORD), ZY_BYTES(was.p, len), 0600, true, &err));
		REFUSED(zy_kept_open(&k, home, &err), ZY_E_HOME_FILE);
	}
	free(copy);
	MUST(zy_kept_begin(home, is_in_run, &err));
	read_as("config", "one");
}

/* Writes without end, and is killed. */
static void write_on(void)
{
	struct zy_error err = { 0 };

	for (unsigned i = 0;; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%u", i);
		if (!zy_kept_write(in_home("config"), zy_str(text), 0600, true, &err) ||
		    !zy_kept_write(in_home("pki/new"), zy_str(text), 0600, true, &err) ||
		    !zy_kept_rename(in_home("pki/new"), i % 2 == 0 ? in_home("pki/old") : NULL, &err))
			_exit(1);
	}
}

static void a_writer_that_is_killed_leaves_nothing_that_looks_changed(void **state)
{
	static const char *const names[] = { "config", "pki/new", "pki/old", "pki/root.pem" };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes have;

	(void)state;
	for (unsigned round = 0; round < 40; round++) {
		pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0)
			write_on();
		usleep(1000 * (1 + round * 7 % 23));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			const enum zy_kept_state s = look(names[i]);

			if (access(in_home(names[i]), F_OK) != 0) {
				assert_true(s == ZY_KEPT_FINE || s == ZY_KEPT_UNKNOWN);
				continue;
			}
			assert_int_equal(s, ZY_KEPT_FINE);
			MUST(zy_kept_read(in_home(names[i]), 64, &a, &have, &err));
		}
		MUST(zy_kept_write(in_home("pki/root.pem"), zy_str("root"), 0600, true, &err)); /* settles the rest */
	}
}

/* Writers beside: what is read is always what one of them wrote. */
static void readers_beside_a_writer_are_never_refused(void **state)
{
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0)
		write_on();
	for (unsigned i = 0; i < 500; i++) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_bytes have;

		MUST(zy_kept_read(in_home("config"), 64, &a, &have, &err));
		assert_int_equal(look("config"), ZY_KEPT_FINE);
	}
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, make, remove_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_there_at_the_beginning_is_recorded),
		TEST(what_is_written_is_recorded),
		TEST(a_changed_file_is_found_and_not_read),
		TEST(what_was_changed_by_hand_can_be_accepted),
		TEST(a_folder_gets_its_place_with_its_files),
		TEST(outside_of_a_home_nothing_is_recorded),
		TEST(each_changed_byte_of_the_record_is_found),
		TEST(a_writer_that_is_killed_leaves_nothing_that_looks_changed),
		TEST(readers_beside_a_writer_are_never_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
