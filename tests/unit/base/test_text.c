#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/text.h"

typedef void encode_fn(struct zy_buf *out, struct zy_bytes in);
typedef bool decode_fn(struct zy_buf *out, struct zy_bytes in, struct zy_error *err);

struct pair {
	const char *bytes, *text;
};

static void both_ways(encode_fn *encode, decode_fn *decode, const struct pair *p, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		ZY_BUF_AUTO text = { 0 };
		ZY_BUF_AUTO back = { 0 };

		encode(&text, zy_str(p[i].bytes));
		assert_true(zy_bytes_equal(zy_buf_bytes(&text), zy_str(p[i].text)));
		MUST(decode(&back, zy_str(p[i].text), &err));
		assert_true(zy_bytes_equal(zy_buf_bytes(&back), zy_str(p[i].bytes)));
	}
}

static void refused_at(decode_fn *decode, const char *text, enum zy_code want, size_t where)
{
	ZY_BUF_AUTO out = { 0 };

	REFUSED_AT(decode(&out, zy_str(text), &err), want, where);
}

/* RFC 9285 4.3, 4.4 */
static void base45_of_the_published_texts(void **state)
{
	static const struct pair known[] = { { "AB", "BB8" }, { "Hello!!", "%69 VD92EX0" },
		{ "base-45", "UJCLQE7W581" }, { "ietf!", "QED8WEX0" }, { "", "" } };

	(void)state;
	both_ways(zy_base45_encode, zy_base45_decode, known, sizeof(known) / sizeof(known[0]));
}

static void base45_has_one_form(void **state)
{
	(void)state;
	refused_at(zy_base45_decode, "GGW", ZY_E_BASE45, 0); /* 65536 */
	refused_at(zy_base45_decode, "BB8:::", ZY_E_BASE45, 3);
	refused_at(zy_base45_decode, "V5", ZY_E_BASE45, 0); /* 256 in one byte */
	refused_at(zy_base45_decode, "B", ZY_E_BASE45, 0);
	refused_at(zy_base45_decode, "BB8B", ZY_E_BASE45, 3);
	refused_at(zy_base45_decode, "bb8", ZY_E_BASE45, 0);
	refused_at(zy_base45_decode, "BB=", ZY_E_BASE45, 2);
	refused_at(zy_base45_decode, "BB\n", ZY_E_BASE45, 2);
	refused_at(zy_base45_decode,
	    "\xc3\xa4"
	    "8",
	    ZY_E_BASE45, 0);
	REFUSED_AT(zy_base45_decode(&(struct zy_buf){ 0 }, ZY_LITERAL("A\0B"), &err), ZY_E_BASE45, 1);
}

static void base45_gives_every_pair_of_bytes_back(void **state)
{
	ZY_BUF_AUTO text = { 0 };
	ZY_BUF_AUTO back = { 0 };
	ZY_BUF_AUTO all = { 0 };

	(void)state;
	for (uint64_t v = 0; v < 65536; v++)
		zy_buf_put_be(&all, v, 2);
	zy_base45_encode(&text, zy_buf_bytes(&all));
	MUST(zy_base45_decode(&back, zy_buf_bytes(&text), &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&all), zy_buf_bytes(&back)));
}

/* RFC 4648 10 */
static void base64_of_the_published_texts(void **state)
{
	static const struct pair known[] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" }, { "\xfb\xff\xbe", "+/++" } };

	(void)state;
	both_ways(zy_base64_encode, zy_base64_decode, known, sizeof(known) / sizeof(known[0]));
}

static void base64url_has_its_own_alphabet_and_no_padding(void **state)
{
	static const struct pair known[] = { { "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" },
		{ "\xfb\xff\xbe", "-_--" } };

	(void)state;
	both_ways(zy_base64url_encode, zy_base64url_decode, known, sizeof(known) / sizeof(known[0]));
	refused_at(zy_base64url_decode, "Zg==", ZY_E_BASE64, 2);
	refused_at(zy_base64url_decode, "+/++", ZY_E_BASE64, 0);
	refused_at(zy_base64url_decode, "Zm9vY", ZY_E_BASE64, 5);
	refused_at(zy_base64url_decode, "Zh", ZY_E_BASE64, 0);
}

static void base64_has_one_form(void **state)
{
	(void)state;
	refused_at(zy_base64_decode, "Zg", ZY_E_BASE64, 2);
	refused_at(zy_base64_decode, "Zg=", ZY_E_BASE64, 3);
	refused_at(zy_base64_decode, "Zg===", ZY_E_BASE64, 5);
	refused_at(zy_base64_decode, "Z===", ZY_E_BASE64, 1);
	refused_at(zy_base64_decode, "====", ZY_E_BASE64, 0);
	refused_at(zy_base64_decode, "Zg==Zg==", ZY_E_BASE64, 2);
	refused_at(zy_base64_decode, "Zm9v\n", ZY_E_BASE64, 5);
	refused_at(zy_base64_decode, "Zm9 ", ZY_E_BASE64, 3);
	refused_at(zy_base64_decode, "-_--", ZY_E_BASE64, 0);
	/* tail bits that the writer leaves zero (RFC 4648 3.5) */
	refused_at(zy_base64_decode, "Zh==", ZY_E_BASE64, 0);
	refused_at(zy_base64_decode, "Zm9=", ZY_E_BASE64, 0);
}

static void a_decoder_stops_at_the_cap_of_its_buffer(void **state)
{
	ZY_BUF_AUTO out = { .cap = 3 };

	(void)state;
	REFUSED(zy_base64_decode(&out, ZY_LITERAL("Zm9vYg=="), &err), ZY_E_NO_MEMORY);
}

static void hexadecimal_digits(void **state)
{
	uint8_t out[4];
	char text[9];

	(void)state;
	zy_hex(ZY_LITERAL("\x00\x9f\xa0\xff"), text);
	assert_string_equal(text, "009fa0ff");
	MUST(zy_unhex(ZY_LITERAL("009fA0Ff"), out, 4, &err));
	assert_memory_equal(out, "\x00\x9f\xa0\xff", 4);
	REFUSED(zy_unhex(ZY_LITERAL("009fa0f"), out, 4, &err), ZY_E_HEX);
	REFUSED(zy_unhex(ZY_LITERAL("009fa0ff0"), out, 4, &err), ZY_E_HEX);
	REFUSED_AT(zy_unhex(ZY_LITERAL("00g0"), out, 2, &err), ZY_E_HEX, 2);
	REFUSED_AT(zy_unhex(ZY_LITERAL("0x00"), out, 2, &err), ZY_E_HEX, 0);
	REFUSED_AT(zy_unhex(ZY_LITERAL("00 0"), out, 2, &err), ZY_E_HEX, 2);
}

static void utf8_is_checked_by_the_table_of_the_standard(void **state)
{
	static const char *const good[] = { "", "a", "é", "证照", "😀", "\xf4\x8f\xbf\xbd", "\xed\x9f\xbf",
		"\xee\x80\x80", "\xc2\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80" };
	static const char *const bad[] = { "\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
		"\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
		"\xfe", "\xc3", "\xe8\xaf", "\xf0\x9f\x98", "\xc3(", "\xe8(\x81", "\xef\xbf\xbe", "\xef\xbf\xbf",
		"\xef\xb7\x90", "\xf0\x9f\xbf\xbe", "\xf4\x8f\xbf\xbf" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		MUST(zy_utf8_check(zy_str(good[i]), "text", &err));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[16] = "ab";

		memcpy(text + 2, bad[i], strlen(bad[i]));
		REFUSED_AT(zy_utf8_check(zy_str(text), "text", &err), ZY_E_UTF8, 2);
	}
	REFUSED_AT(zy_utf8_check(ZY_LITERAL("a\0b"), "text", &err), ZY_E_UTF8, 1);
}

static void code_points_are_walked_and_counted(void **state)
{
	const struct zy_bytes text = ZY_LITERAL("aé证😀");
	static const uint32_t want[] = { 'a', 0xe9, 0x8bc1, 0x1f600, 0 };
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(zy_utf8_next(text, &at), want[i]);
	assert_int_equal(at, text.len);
	assert_int_equal(zy_utf8_count(text), 4);
	assert_int_equal(zy_utf8_count(ZY_BYTES(NULL, 0)), 0);
}

static void a_line_is_what_people_see(void **state)
{
	static const char *const good[] = { "王", "买买提·吐尔逊", "José Ñandú", "\U00020bb7野", "A B" };
	static const char *const bad[] = { "王\n名", "王\x1b[31m", "王\u200b名", "\u202e名王", "葛\U000e0101",
		"王\ufe00", "\u3000王", "王 ", " ", "\u2028", "\x7f", "\u2066王\u2069", "\u3164" };
	char hundred[301] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		MUST(zy_line_check(zy_str(good[i]), 100, "name", &err));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSED(zy_line_check(zy_str(bad[i]), 100, "name", &err), ZY_E_FIELD_TYPE);
	REFUSED(zy_line_check(zy_str(""), 100, "name", &err), ZY_E_FIELD_LENGTH);
	REFUSED(zy_line_check(zy_str("\xe7\x8e"), 100, "name", &err), ZY_E_UTF8);
	for (unsigned i = 0; i < 100; i++)
		memcpy(hundred + 3 * (size_t)i, "王", 4);
	MUST(zy_line_check(zy_str(hundred), 100, "name", &err));
	REFUSED(zy_line_check(zy_str(hundred), 99, "name", &err), ZY_E_FIELD_LENGTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_what_people_see),
		cmocka_unit_test(base45_of_the_published_texts),
		cmocka_unit_test(base45_has_one_form),
		cmocka_unit_test(base45_gives_every_pair_of_bytes_back),
		cmocka_unit_test(base64_of_the_published_texts),
		cmocka_unit_test(base64url_has_its_own_alphabet_and_no_padding),
		cmocka_unit_test(base64_has_one_form),
		cmocka_unit_test(a_decoder_stops_at_the_cap_of_its_buffer),
		cmocka_unit_test(hexadecimal_digits),
		cmocka_unit_test(utf8_is_checked_by_the_table_of_the_standard),
		cmocka_unit_test(code_points_are_walked_and_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
