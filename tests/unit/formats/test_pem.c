#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "zy/pem.h"

#define TWO                                                                                                             \
	"words before\n-----BEGIN A-----\r\nQUJD\nREVG\n-----END A-----\nbetween\n-----BEGIN B C-----\nWA==\n-----END " \
	"B C-----"

static void expect_collect(const char *text, const char *label, size_t num, const char *first, enum zy_code code)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_bytes out[2];
	size_t have;
	bool ok = zy_pem_collect(zy_str(text), label, NULL, out, 2, &have, &a, &err);

	assert_int_equal(err.code, code);
	assert_int_equal(ok, code == ZY_OK);
	if (ok) {
		assert_int_equal(have, num);
		assert_true(zy_bytes_equal(out[0], zy_str(first)));
	}
}

static void blocks_are_found_by_label_and_der_is_itself(void **state)
{
	(void)state;
	expect_collect(TWO, "A", 1, "ABCDEF", ZY_OK);
	expect_collect(TWO, "B C", 1, "X", ZY_OK);
	expect_collect("0123", "A", 1, "0123", ZY_OK);
	expect_collect(TWO, "C", 0, "", ZY_E_FORMAT);
}

static void a_torn_block_is_refused(void **state)
{
	(void)state;
	expect_collect("-----BEGIN A-----\nQUJD\n", "A", 0, "", ZY_E_BASE64);
	expect_collect("-----BEGIN A-----\nQUJD\n-----END B-----\n", "A", 0, "", ZY_E_BASE64);
	expect_collect("-----BEGIN A-----\nQ*JD\n-----END A-----\n", "A", 0, "", ZY_E_BASE64);
	expect_collect("-----BEGIN A-----\nProc-Type: 4\n\nQUJD\n-----END A-----\n", "A", 0, "", ZY_E_BASE64);
	expect_collect(TWO "\n" TWO "\n" TWO, "A", 0, "", ZY_E_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_found_by_label_and_der_is_itself),
		cmocka_unit_test(a_torn_block_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
