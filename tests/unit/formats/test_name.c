#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "zy/x509.h"

struct part {
	char last; /* of OID 2.5.4.x */
	uint8_t tag;
	const char *text;
	size_t len;
};
#define PART(last, tag, text)                                                                                          \
	{                                                                                                              \
		last, tag, text, sizeof(text) - 1                                                                      \
	}

/* One RDN for each part; `many` puts all into one set. */
static struct zy_bytes name(struct zy_buf *b, const struct part *parts, size_t num, bool many)
{
	size_t seq = zy_der_open(b, ZY_DER_SEQUENCE), set = 0, pair;

	for (size_t i = 0; i < num; i++) {
		const uint8_t oid[] = { 0x55, 0x04, (uint8_t)parts[i].last };

		if (i == 0 || !many)
			set = zy_der_open(b, ZY_DER_SET);
		pair = zy_der_open(b, ZY_DER_SEQUENCE);
		zy_der_put(b, ZY_DER_OID, ZY_BYTES(oid, 3));
		zy_der_put(b, parts[i].tag, ZY_BYTES(parts[i].text, parts[i].len));
		zy_der_close(b, pair);
		if (!many || i + 1 == num)
			zy_der_close(b, set);
	}
	zy_der_close(b, seq);
	return zy_buf_bytes(b);
}

static void expect(struct part a, struct part b, bool equal)
{
	ZY_BUF_AUTO x = { 0 }, y = { 0 };
	struct zy_bytes p = name(&x, &a, 1, false), q = name(&y, &b, 1, false);

	assert_int_equal(zy_name_is_equal(p, q), equal);
	assert_int_equal(zy_name_is_equal(q, p), equal);
	assert_true(zy_name_is_equal(p, p));
}

static void strings_compare_without_case_and_needless_spaces(void **state)
{
	const struct part city = PART(3, ZY_DER_UTF8, "Yunze  City");

	(void)state;
	expect(city, (struct part)PART(3, ZY_DER_PRINTABLE, " yunze city "), true);
	expect(city, (struct part)PART(3, 0x1e, "\0y\0u\0n\0z\0e\0 \0c\0i\0t\0y"), true);
	expect(city, (struct part)PART(3, ZY_DER_UTF8, "Yunze Cit"), false);
	expect(city, (struct part)PART(3, ZY_DER_UTF8, "YunzeCity"), false);
	expect(city, (struct part)PART(10, ZY_DER_UTF8, "Yunze City"), false);
	expect((struct part)PART(3, ZY_DER_UTF8, "云泽市"), (struct part)PART(3, ZY_DER_UTF8, "云泽市 "), true);
	expect((struct part)PART(3, ZY_DER_UTF8, "云泽市"), (struct part)PART(3, ZY_DER_UTF8, "云泽"), false);
	/* what is no string compares by its octets */
	expect((struct part)PART(3, ZY_DER_OCTETS, "Ab"), (struct part)PART(3, ZY_DER_OCTETS, "ab"), false);
	expect((struct part)PART(3, ZY_DER_UTF8, "\xff"), (struct part)PART(3, ZY_DER_PRINTABLE, "\xff"), false);
}

static void a_zero_inside_does_not_end_a_string(void **state)
{
	(void)state;
	expect((struct part)PART(3, ZY_DER_PRINTABLE, "ab\0c"), (struct part)PART(3, ZY_DER_IA5, "ab"), false);
	expect((struct part)PART(3, ZY_DER_PRINTABLE, "ab\0c"), (struct part)PART(3, ZY_DER_IA5, "ab\0d"), false);
}

static void a_set_has_no_order_and_a_base_is_a_beginning(void **state)
{
	const struct part ab[] = { PART(3, ZY_DER_UTF8, "a"), PART(10, ZY_DER_UTF8, "b") };
	const struct part ba[] = { PART(10, ZY_DER_UTF8, "B"), PART(3, ZY_DER_UTF8, "A") };
	const struct part aa[] = { PART(3, ZY_DER_UTF8, "a"), PART(3, ZY_DER_UTF8, "a") };
	ZY_BUF_AUTO b1 = { 0 }, b2 = { 0 }, b3 = { 0 }, b4 = { 0 }, b5 = { 0 }, b6 = { 0 };
	struct zy_bytes set_ab = name(&b1, ab, 2, true), set_ba = name(&b2, ba, 2, true);
	struct zy_bytes seq_ab = name(&b3, ab, 2, false), seq_ba = name(&b4, ba, 2, false);
	struct zy_bytes set_aa = name(&b5, aa, 2, true), seq_a = name(&b6, ab, 1, false);

	(void)state;
	assert_true(zy_name_is_equal(set_ab, set_ba));
	assert_false(zy_name_is_equal(set_ab, set_aa));
	assert_false(zy_name_is_equal(seq_ab, seq_ba));
	assert_false(zy_name_is_equal(set_ab, seq_ab));
	assert_true(zy_name_is_within(seq_ab, seq_a));
	assert_false(zy_name_is_within(seq_a, seq_ab));
	assert_true(zy_name_is_within(seq_a, ZY_LITERAL("\x30\x00")));
	assert_true(zy_name_is_empty(ZY_LITERAL("\x30\x00")));
	assert_false(zy_name_is_empty(seq_a));
	/* malformed names are equal to nothing */
	assert_false(zy_name_is_equal(ZY_LITERAL("\x30\x02\x31\x00"), ZY_LITERAL("\x30\x02\x31\x00")));
}

static void every_value_of_an_attribute_is_found(void **state)
{
	const struct part parts[] = { PART(3, ZY_DER_UTF8, "a"), PART(3, ZY_DER_UTF8, "b"),
		PART(10, ZY_DER_UTF8, "c") };
	ZY_BUF_AUTO b = { 0 };
	struct zy_name_walk w;
	struct zy_bytes v;

	(void)state;
	w = zy_name_walk_over(name(&b, parts, 3, true));
	assert_true(zy_name_walk_next(&w, ZY_LITERAL("\x55\x04\x03"), &v));
	assert_true(zy_bytes_equal(v, ZY_LITERAL("a")));
	assert_true(zy_name_walk_next(&w, ZY_LITERAL("\x55\x04\x03"), &v));
	assert_true(zy_bytes_equal(v, ZY_LITERAL("b")));
	assert_false(zy_name_walk_next(&w, ZY_LITERAL("\x55\x04\x03"), &v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_compare_without_case_and_needless_spaces),
		cmocka_unit_test(a_zero_inside_does_not_end_a_string),
		cmocka_unit_test(a_set_has_no_order_and_a_base_is_a_beginning),
		cmocka_unit_test(every_value_of_an_attribute_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
