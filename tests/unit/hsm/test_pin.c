#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hsm/pin.h"

static char folder[] = "/tmp/zy-pin-XXXXXX";
static char path[64];

static void put(const char *text, mode_t mode)
{
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void refused(void)
{
	struct zy_error err = { 0 };
	struct zy_pin pin;

	assert_false(zy_pin_read(&pin, path, &err));
	assert_int_equal(err.code, ZY_E_PIN);
	for (size_t i = 0; i < sizeof(pin.text); i++)
		assert_int_equal(pin.text[i], 0);
}

static void a_closed_file_of_one_line_is_read(void **state)
{
	struct zy_error err = { 0 };
	struct zy_pin pin;

	(void)state;
	put("1234567\n", 0600);
	assert_true(zy_pin_read(&pin, path, &err));
	assert_int_equal(pin.len, 7);
	assert_memory_equal(pin.text, "1234567", 7);
	put("1234", 0400);
	assert_true(zy_pin_read(&pin, path, &err));
	assert_int_equal(pin.len, 4);
	zy_pin_wipe(&pin);
	assert_int_equal(pin.text[0], 0);
}

static void a_file_open_to_group_or_others_is_refused(void **state)
{
	(void)state;
	put("1234567\n", 0640);
	refused();
	put("1234567\n", 0604);
	refused();
	put("1234567\n", 0610);
	refused();
}

static void a_credential_may_show_a_group_and_no_writer(void **state)
{
	static const mode_t good[] = { 0400, 0440 }, bad[] = { 0600, 0444, 0460, 0450, 0500 };
	struct zy_error err = { 0 };
	struct zy_pin pin;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		put("1234567\n", good[i]);
		assert_true(zy_pin_read_credential(&pin, path, &err));
		assert_int_equal(pin.len, 7);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		put("1234567\n", bad[i]);
		assert_false(zy_pin_read_credential(&pin, path, &err));
		assert_int_equal(err.code, ZY_E_PIN);
	}
}

static void what_is_no_regular_file_is_refused(void **state)
{
	(void)state;
	unlink(path);
	refused();
	assert_int_equal(mkdir(path, 0700), 0);
	refused();
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	refused();
	unlink(path);
	assert_int_equal(symlink("/dev/null", path), 0);
	refused();
}

static void what_is_no_pin_is_refused(void **state)
{
	(void)state;
	put("", 0600);
	refused();
	put("123\n", 0600);
	refused();
	put("1234 5678\n", 0600);
	refused();
	put("1234\n5678\n", 0600);
	refused();
	put("12345678901234567890123456789012345678901234567890123456789012345", 0600);
	refused();
}

static void a_made_pin_is_random_and_made_once(void **state)
{
	struct zy_error err = { 0 };
	struct zy_pin first, again, other;

	(void)state;
	unlink(path);
	assert_true(zy_pin_make(path, &err));
	assert_true(zy_pin_read(&first, path, &err));
	assert_int_equal(first.len, 32);
	assert_true(zy_pin_make(path, &err));
	assert_true(zy_pin_read(&again, path, &err));
	assert_memory_equal(first.text, again.text, 32);
	unlink(path);
	assert_true(zy_pin_make(path, &err));
	assert_true(zy_pin_read(&other, path, &err));
	assert_memory_not_equal(first.text, other.text, 32);
}

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/pin", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_closed_file_of_one_line_is_read),
		cmocka_unit_test(a_file_open_to_group_or_others_is_refused),
		cmocka_unit_test(a_credential_may_show_a_group_and_no_writer),
		cmocka_unit_test(what_is_no_regular_file_is_refused),
		cmocka_unit_test(what_is_no_pin_is_refused),
		cmocka_unit_test(a_made_pin_is_random_and_made_once),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
