#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "zy/charset.h"

static void becomes(struct zy_bytes in, const char *charset, const char *want)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes out;

	assert_true(zy_charset_utf8(in, charset, "text", &a, &out, &err));
	assert_true(zy_bytes_equal(out, zy_str(want)));
}

static void text_of_windows_and_java_becomes_utf8(void **state)
{
	(void)state;
	becomes(ZY_LITERAL("a\xd5\xc2"), "GB18030", "a章");
	becomes(ZY_LITERAL("\x81\x30\x84\x36"), "GB18030", "¥");
	becomes(ZY_BYTES("\xe0\x7a", 2), "UTF-16LE", "章");
	becomes(ZY_BYTES("\x7a\xe0\0<", 4), "UTF-16BE", "章<");
	becomes(ZY_BYTES("", 0), "GB18030", "");
}

static void octets_that_are_no_text_are_refused_where_they_stand(void **state)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes out;

	(void)state;
	assert_false(zy_charset_utf8(ZY_LITERAL("ab\xff\xff"), "GB18030", "text", &a, &out, &err));
	assert_string_equal(zy_code_name(err.code), "utf8");
	assert_int_equal(err.offset, 2);
	err = (struct zy_error){ 0 };
	assert_false(zy_charset_utf8(ZY_LITERAL("a"), "UTF-16LE", "text", &a, &out, &err)); /* half a letter */
	err = (struct zy_error){ 0 };
	assert_false(zy_charset_utf8(ZY_BYTES("\0\xd8<\0", 4), "UTF-16LE", "text", &a, &out, &err)); /* half a pair */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_windows_and_java_becomes_utf8),
		cmocka_unit_test(octets_that_are_no_text_are_refused_where_they_stand),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
