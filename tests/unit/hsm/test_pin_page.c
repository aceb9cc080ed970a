#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hsm/pin.h"

/* The reading end of a pipe that holds the text and has no writer. */
static int pipe_of(const char *text)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
	close(ends[1]);
	return ends[0];
}

static void what_is_typed_is_kept_and_handed_on(void **state)
{
	struct zy_pin_page *page = NULL, *next = NULL;
	struct zy_error err = { 0 };
	int fd = pipe_of("1234567");

	(void)state;
	assert_true(zy_pin_page_open(&page, fd, &err));
	assert_int_equal(close(fd), -1); /* it is closed already */
	assert_int_equal(page->pin.len, 7);
	assert_memory_equal(page->pin.text, "1234567", 7);
	assert_true(zy_pin_page_open(&next, zy_pin_page_pipe(page), &err));
	assert_int_equal(next->pin.len, 7);
	assert_memory_equal(next->pin.text, "1234567", 7);
	zy_pin_page_close(next);
	page->is_refused = true;
	assert_int_equal(zy_pin_page_pipe(page), -1);
	zy_pin_page_close(page);
	zy_pin_page_close(NULL);
}

static void a_refusal_is_seen_by_all_who_share_the_page(void **state)
{
	struct zy_pin_page *page = NULL;
	struct zy_error err = { 0 };
	int status;
	pid_t pid;

	(void)state;
	assert_true(zy_pin_page_open(&page, pipe_of("1234567"), &err));
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		bool ok = zy_pin_page_lock(page, &err) && page->pin.len == 7;

		page->is_refused = true;
		_exit(ok ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(page->is_refused);
	zy_pin_page_close(page);
}

static void what_is_no_pin_is_refused(void **state)
{
	static const char *const texts[] = { "", "123", "1234 567", "1234\n5678",
		"12345678901234567890123456789012345678901234567890123456789012345",
		"123456789012345678901234567890123456789012345678901234567890123456789" };
	struct zy_pin_page *page = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct zy_error err = { 0 };

		assert_false(zy_pin_page_open(&page, pipe_of(texts[i]), &err));
		assert_int_equal(err.code, ZY_E_PIN);
		assert_null(page);
	}
}

static void the_page_is_locked_and_not_dumped(void **state)
{
	struct zy_pin_page *page = NULL;
	struct zy_error err = { 0 };
	char line[512], start[32];
	bool inside = false, seen = false;
	FILE *maps;

	(void)state;
	assert_true(zy_pin_page_open(&page, pipe_of("1234567"), &err));
	snprintf(start, sizeof(start), "%lx-", (unsigned long)(uintptr_t)page);
	maps = fopen("/proc/self/smaps", "r");
	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (strchr(line, '-') != NULL && strchr(line, ':') != NULL && strstr(line, "VmFlags") == NULL &&
		    line[0] != ' ' && (line[0] < 'A' || line[0] > 'Z'))
			inside = strncmp(line, start, strlen(start)) == 0;
		if (inside && strncmp(line, "VmFlags:", 8) == 0) {
			seen = true;
			assert_non_null(strstr(line, " lo"));
			assert_non_null(strstr(line, " dd"));
		}
	}
	fclose(maps);
	assert_true(seen);
	zy_pin_page_close(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_typed_is_kept_and_handed_on),
		cmocka_unit_test(a_refusal_is_seen_by_all_who_share_the_page),
		cmocka_unit_test(what_is_no_pin_is_refused),
		cmocka_unit_test(the_page_is_locked_and_not_dumped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
