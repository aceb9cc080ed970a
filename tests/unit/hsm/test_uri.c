#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hsm/uri.h"

static void reads_as(const char *text, const char *token, const char *label)
{
	struct zy_error err = { 0 };
	struct zy_key_uri u;
	ZY_BUF_AUTO b = { 0 };

	assert_true(zy_key_uri_parse(&u, zy_str(text), &err));
	assert_string_equal(u.token, token);
	assert_string_equal(u.label, label);
	assert_true(zy_key_uri_encode(&u, &b, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), zy_str(text)));
}

static void refused(struct zy_bytes text)
{
	struct zy_error err = { 0 };
	struct zy_key_uri u = { .token = "untouched" };

	assert_false(zy_key_uri_parse(&u, text, &err));
	assert_int_not_equal(err.code, ZY_OK);
	assert_true(err.offset == ZY_NOWHERE || err.offset <= text.len);
	assert_string_equal(u.token, "untouched");
}

static void a_key_name_is_read_and_written_back(void **state)
{
	(void)state;
	reads_as("pkcs11:token=zy-soft;object=ca-root", "zy-soft", "ca-root");
	reads_as("pkcs11:token=a.B_9;object=seal:[1]@!$'()*+,=&~", "a.B_9", "seal:[1]@!$'()*+,=&~");
	reads_as("pkcs11:token=t;object=%E7%AB%A0%20%3B%25%2F%3F", "t", "章 ;%/?");
}

static void another_scheme_order_or_attribute_is_refused(void **state)
{
	static const char *const texts[] = { "", "pkcs11:", "pkcs11:token=t", "pkcs11:token=t;",
		"pkcs11:token=t;object=", "pkcs11:token=;object=k", "pkcs11:object=k;token=t",
		"PKCS11:token=t;object=k", "pkcs11:token=t;object=k;", "pkcs11:token=t;object=k;type=private",
		"pkcs11:token=t;object=k?pin-value=1", "pkcs11:token=t;object=k&x;y", " pkcs11:token=t;object=k" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		refused(zy_str(texts[i]));
}

static void a_second_spelling_of_a_name_is_refused(void **state)
{
	(void)state;
	refused(zy_str("pkcs11:token=t;object=%6b"));      /* k must stand plain */
	refused(zy_str("pkcs11:token=t;object=%e7ab"));    /* small hex digits */
	refused(zy_str("pkcs11:token=t;object=a b"));      /* blank must be encoded */
	refused(zy_str("pkcs11:token=t;object=%2"));       /* cut */
	refused(zy_str("pkcs11:token=t;object=a/b"));      /* '/' is for the query part */
	refused(zy_str("pkcs11:token=t;object=\xe7\xab")); /* octets over 0x7f */
}

static void labels_hold_no_nul_control_or_broken_utf8(void **state)
{
	(void)state;
	refused(zy_str("pkcs11:token=t;object=a%00b"));
	refused(zy_str("pkcs11:token=t;object=a%0A"));
	refused(zy_str("pkcs11:token=t;object=%7F"));
	refused(zy_str("pkcs11:token=t;object=%FF"));
	refused(ZY_LITERAL("pkcs11:token=t;object=a\0b"));
}

static void a_token_name_is_a_harmless_file_name(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	refused(zy_str("pkcs11:token=..;object=k"));
	refused(zy_str("pkcs11:token=.t;object=k"));
	refused(zy_str("pkcs11:token=-t;object=k"));
	refused(zy_str("pkcs11:token=a%2Fb;object=k"));
	refused(zy_str("pkcs11:token=a:b;object=k"));
	refused(zy_str("pkcs11:token=012345678901234567890123456789012;object=k"));
	assert_true(zy_token_name_check(zy_str("01234567890123456789012345678901"), &err));
}

static void a_label_longer_than_64_bytes_is_refused_both_ways(void **state)
{
	struct zy_key_uri u = { .token = "t" };
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	zy_buf_put_str(&b, "pkcs11:token=t;object=");
	for (int i = 0; i < 64; i++)
		zy_buf_put_u8(&b, 'k');
	assert_true(zy_key_uri_parse(&u, zy_buf_bytes(&b), &err));
	zy_buf_put_u8(&b, 'k');
	refused(zy_buf_bytes(&b));
	u.label[0] = 0;
	assert_false(zy_key_uri_encode(&u, &b, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_name_is_read_and_written_back),
		cmocka_unit_test(another_scheme_order_or_attribute_is_refused),
		cmocka_unit_test(a_second_spelling_of_a_name_is_refused),
		cmocka_unit_test(labels_hold_no_nul_control_or_broken_utf8),
		cmocka_unit_test(a_token_name_is_a_harmless_file_name),
		cmocka_unit_test(a_label_longer_than_64_bytes_is_refused_both_ways),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
