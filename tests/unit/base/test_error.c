#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <openssl/err.h>

#include "expect.h"

static void the_first_cause_wins(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	assert_false(zy_fail(&err, ZY_E_DER, "esID", 7, "first %d", 1));
	assert_false(zy_fail(&err, ZY_E_IO, "file", 9, "second"));
	assert_int_equal(err.code, ZY_E_DER);
	assert_string_equal(err.field, "esID");
	assert_int_equal(err.offset, 7);
	assert_string_equal(err.msg, "first 1");
}

static void what_is_not_utf_8_in_a_message_is_masked(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	assert_false(
	    zy_fail(&err, ZY_E_USAGE, "word", ZY_NOWHERE, "no \"%.4s\" \xff here", "\xe4\xba\x91\xe6\xb3\xbd"));
	assert_string_equal(err.msg, "no \"\xe4\xba\x91?\" ? here");
}

static void every_code_has_a_name_of_its_own_a_meaning_and_an_exit_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < ZY_NUM_CODES; i++) {
		const enum zy_code code = (enum zy_code)i;
		const int status = zy_code_exit(code);

		assert_int_equal(zy_code_from_name(zy_code_name(code)), code);
		assert_int_equal(
		    strspn(zy_code_name(code), "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(zy_code_name(code)));
		assert_true(strlen(zy_code_meaning(code)) > 0);
		assert_true(code == ZY_OK ? status == 0
					  : status == 1 || status == 64 || status == 65 || status == 69 ||
						status == 70 || status == 74);
	}
}

static void a_code_of_a_newer_peer_is_a_bug_here(void **state)
{
	(void)state;
	assert_int_equal(zy_code_from_name("a-code-of-tomorrow"), ZY_E_BUG);
	assert_string_equal(zy_code_name(ZY_NUM_CODES), "bug");
	assert_int_equal(zy_code_exit(ZY_NUM_CODES), 70);
	assert_true(strlen(zy_code_meaning(ZY_NUM_CODES)) > 0);
}

static void the_library_s_reason_joins_the_message_and_its_queue_is_left_empty(void **state)
{
	struct zy_error err = { 0 }, bare = { 0 };

	(void)state;
	ERR_raise(ERR_LIB_USER, ERR_R_MALLOC_FAILURE);
	assert_false(zy_fail_openssl(&err, ZY_E_CRYPTO, "digest", "cannot hash"));
	assert_non_null(strstr(err.msg, "cannot hash: "));
	assert_int_equal(ERR_peek_error(), 0);
	assert_false(zy_fail_openssl(&bare, ZY_E_CRYPTO, "digest", "cannot hash"));
	assert_string_equal(bare.msg, "cannot hash");
}

/* The JSON of an error must be UTF-8: a message that is too long ends between two characters. */
static void a_long_message_is_cut_between_characters(void **state)
{
	(void)state;
	for (int shift = 0; shift < 3; shift++) {
		struct zy_error err = { 0 };
		char text[400] = { 0 };
		size_t len;

		for (int i = 0; i < 100; i++)
			memcpy(text + 3 * i, "证", 3);
		assert_false(zy_fail(&err, ZY_E_IO, "file", ZY_NOWHERE, "%.*s%s", shift, "abc", text));
		len = strlen(err.msg);
		assert_true(len > sizeof(err.msg) - 4);
		assert_int_equal((len - (size_t)shift) % 3, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_cause_wins),
		cmocka_unit_test(what_is_not_utf_8_in_a_message_is_masked),
		cmocka_unit_test(every_code_has_a_name_of_its_own_a_meaning_and_an_exit_status),
		cmocka_unit_test(a_code_of_a_newer_peer_is_a_bug_here),
		cmocka_unit_test(the_library_s_reason_joins_the_message_and_its_queue_is_left_empty),
		cmocka_unit_test(a_long_message_is_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
