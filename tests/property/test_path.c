/* A certificate path with any octet of any of its certificates changed is never good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "verify/path.h"
#include "verify_keys.h"

static size_t faults(struct zy_keys *k, struct zy_bytes anchor, struct zy_bytes other, struct zy_bytes leaf)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_path_question q = { .anchors = &anchor,
		.num_anchors = 1,
		.others = &other,
		.num_others = 1,
		.leaf = leaf,
		.at = VERIFY_AT,
		.use = ZY_USE_DOCUMENT };
	struct zy_error err = { 0 };
	struct zy_path path;

	if (!zy_path_find(k, &q, &path, &a, &err))
		fail_msg("%s", err.msg);
	return path.num_faults;
}

static void flip_each(const char *suite, uint8_t mask)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_bytes cert[3], copy;
	struct zy_keys *k;
	char name[32];

	assert_true(zy_keys_open(&k, &err));
	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s-%s", suite, i == 0 ? "root" : i == 1 ? "sub" : "leaf");
		cert[i] = verify_cert(&a, name);
	}
	assert_int_equal(faults(k, cert[0], cert[1], cert[2]), 0);
	for (size_t which = 1; which < 3; which++)
		for (size_t i = 0; i < cert[which].len; i++) {
			assert_true(zy_arena_copy(&a, cert[which], &copy, &err));
			((uint8_t *)(uintptr_t)copy.p)[i] ^= mask;
			if (faults(k, cert[0], which == 1 ? copy : cert[1], which == 2 ? copy : cert[2]) == 0)
				fail_msg("%s certificate %zu: octet %zu is not covered", suite, which, i);
		}
	zy_keys_close(k);
}

static void no_octet_of_an_sm2_path_can_be_changed(void **state)
{
	(void)state;
	flip_each("gm", 0x01);
	flip_each("gm", 0x20);
}

static void no_octet_of_a_p256_path_can_be_changed(void **state)
{
	(void)state;
	flip_each("intl", 0x01);
	flip_each("intl", 0x80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_octet_of_an_sm2_path_can_be_changed),
		cmocka_unit_test(no_octet_of_a_p256_path_can_be_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
