#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expect.h"
#include "zy/file.h"
#include "zy/folder.h"

static char folder[] = "/tmp/zy-folder-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void put(const char *name)
{
	MUST(zy_file_write(in_folder(name), ZY_LITERAL("x"), 0600, false, &err));
}

static void a_folder_goes_with_all_that_is_in_it_and_nothing_beside_it(void **state)
{
	char target[4096];

	(void)state;
	assert_non_null(mkdtemp(folder));
	MUST(zy_folder_make(in_folder("beside"), 0700, &err));
	MUST(zy_folder_make(in_folder("one/two/three"), 0700, &err));
	put("beside/kept");
	put("one/two/three/file");
	put("one/stays");
	snprintf(target, sizeof(target), "%s/beside", folder);
	assert_int_equal(symlink(target, in_folder("one/two/link")), 0);
	assert_false(zy_folder_is_empty(in_folder("one")));
	assert_true(zy_folder_empty(in_folder("one"), "stays"));
	assert_int_equal(access(in_folder("one/two"), F_OK), -1);
	assert_int_equal(access(in_folder("one/stays"), F_OK), 0);
	assert_int_equal(access(in_folder("beside/kept"), F_OK), 0);
	assert_true(zy_folder_empty(in_folder("one"), NULL));
	assert_true(zy_folder_is_empty(in_folder("one")));
	assert_false(zy_folder_is_empty(in_folder("absent")));
	assert_false(zy_folder_empty(in_folder("absent"), NULL));
	zy_folder_remove(in_folder("absent"));
	zy_folder_remove(folder);
	assert_int_equal(access(folder, F_OK), -1);
}

static void what_is_no_regular_file_is_not_waited_for(void **state)
{
	static const char *const others[] = { "pipe", "link", "folder", "absent" };
	char of[] = "/tmp/zy-folder-XXXXXX";
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes out;

	(void)state;
	assert_non_null(mkdtemp(of));
	memcpy(folder, of, sizeof(of));
	put("file");
	MUST(zy_file_read_regular(in_folder("file"), 1, &a, &out, &err));
	assert_true(zy_bytes_equal(out, ZY_LITERAL("x")));
	assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
	assert_int_equal(symlink("file", in_folder("link")), 0);
	MUST(zy_folder_make(in_folder("folder"), 0700, &err));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct zy_error err = { 0 };

		assert_false(zy_file_read_regular(in_folder(others[i]), 100, &a, &out, &err));
		assert_int_equal(err.code, ZY_E_IO);
	}
	struct zy_error err = { 0 };
	assert_int_equal(truncate(in_folder("file"), (off_t)1 << 40), 0);
	assert_false(zy_file_read_regular(in_folder("file"), 100, &a, &out, &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
	zy_folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_goes_with_all_that_is_in_it_and_nothing_beside_it),
		cmocka_unit_test(what_is_no_regular_file_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
