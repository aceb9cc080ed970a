#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/der.h"

#define OVER(s) zy_reader_over(ZY_LITERAL(s))

static void any_refused(struct zy_bytes in, enum zy_code want)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_bytes v;

	REFUSED(zy_der_any(&r, "any", NULL, &v, NULL, &err), want);
	assert_int_equal(zy_reader_offset(&r), 0);
}

/* X.690 10.1: definite, shortest; and single-octet tags are all that we meet */
static void lengths_have_one_form(void **state)
{
	(void)state;
	any_refused(ZY_LITERAL("\x30\x80\x00\x00"), ZY_E_DER);
	any_refused(ZY_LITERAL("\x04\x81\x01x"), ZY_E_DER);
	any_refused(ZY_LITERAL("\x04\x82\x00\x01x"), ZY_E_DER);
	any_refused(ZY_LITERAL("\x04\x85\x00\x00\x00\x00\x01x"), ZY_E_DER);
	any_refused(ZY_LITERAL("\x04\xffx"), ZY_E_DER);
	any_refused(ZY_LITERAL("\x1f\x01x"), ZY_E_DER);
	any_refused(ZY_LITERAL("\x3f\x81\x01x"), ZY_E_DER);
	any_refused(ZY_LITERAL(""), ZY_E_TRUNCATED);
	any_refused(ZY_LITERAL("\x04"), ZY_E_TRUNCATED);
	any_refused(ZY_LITERAL("\x04\x02x"), ZY_E_TRUNCATED);
	any_refused(ZY_LITERAL("\x04\x82\x01"), ZY_E_TRUNCATED);
	any_refused(ZY_LITERAL("\x04\x84\xff\xff\xff\xff"), ZY_E_TRUNCATED);
}

static void every_length_is_written_as_it_is_read(void **state)
{
	static const size_t lens[] = { 0, 1, 127, 128, 255, 256, 65535, 65536, 70000 };
	static const uint8_t text[70000];

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		ZY_BUF_AUTO direct = { 0 };
		ZY_BUF_AUTO opened = { 0 };
		struct zy_reader r;
		struct zy_bytes v, whole;
		uint8_t tag;
		size_t mark;

		zy_der_put(&direct, ZY_DER_OCTETS, ZY_BYTES(text, lens[i]));
		mark = zy_der_open(&opened, ZY_DER_OCTETS);
		zy_buf_put(&opened, ZY_BYTES(text, lens[i]));
		zy_der_close(&opened, mark);
		assert_true(zy_bytes_equal(zy_buf_bytes(&direct), zy_buf_bytes(&opened)));
		r = zy_reader_over(zy_buf_bytes(&direct));
		MUST(zy_der_any(&r, "octets", &tag, &v, &whole, &err));
		assert_int_equal(tag, ZY_DER_OCTETS);
		assert_int_equal(v.len, lens[i]);
		assert_int_equal(whole.len, direct.len);
		MUST(zy_der_end(&r, "octets", &err));
	}
}

static void a_wrong_tag_moves_nothing(void **state)
{
	struct zy_reader r = OVER("\x04\x01x"), inner;
	struct zy_bytes v;

	(void)state;
	REFUSED_AT(zy_der_take(&r, ZY_DER_UTF8, "name", &v, &err), ZY_E_DER, 0);
	REFUSED_AT(zy_der_enter(&r, ZY_DER_SEQUENCE, "name", &inner, &err), ZY_E_DER, 0);
	REFUSED_AT(zy_der_take_whole(&r, ZY_DER_SET, "name", &v, &err), ZY_E_DER, 0);
	MUST(zy_der_take_whole(&r, ZY_DER_OCTETS, "name", &v, &err));
	assert_int_equal(v.len, 3);
	REFUSED_AT(zy_der_take(&r, ZY_DER_UTF8, "name", &v, &err), ZY_E_TRUNCATED, 3);
}

static void small_refused(struct zy_bytes in, uint64_t most)
{
	struct zy_reader r = zy_reader_over(in);
	uint64_t v;

	REFUSED(zy_der_small(&r, "n", most, &v, &err), ZY_E_DER);
	assert_int_equal(zy_reader_offset(&r), 0);
}

/* X.690 8.3.2 */
static void integers_are_shortest_and_not_negative(void **state)
{
	static const uint64_t values[] = { 0, 1, 127, 128, 255, 256, 32767, 32768, UINT32_MAX, INT64_MAX, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		ZY_BUF_AUTO b = { 0 };
		struct zy_reader r;
		uint64_t v;

		zy_der_put_small(&b, values[i]);
		r = zy_reader_over(zy_buf_bytes(&b));
		MUST(zy_der_small(&r, "n", UINT64_MAX, &v, &err));
		assert_true(v == values[i]);
		if (values[i] > 0)
			small_refused(zy_buf_bytes(&b), values[i] - 1);
	}
	small_refused(ZY_LITERAL("\x02\x00"), 9);
	small_refused(ZY_LITERAL("\x02\x01\xff"), 9);
	small_refused(ZY_LITERAL("\x02\x02\x00\x01"), 9);
	small_refused(ZY_LITERAL("\x02\x09\x01\x00\x00\x00\x00\x00\x00\x00\x00"), UINT64_MAX);
	small_refused(ZY_LITERAL("\x03\x01\x00"), 9);
}

static void booleans_are_all_zeros_or_all_ones(void **state)
{
	struct zy_reader r = OVER("\x01\x01\xff\x01\x01\x00\x01\x01\x01");
	bool v;

	(void)state;
	MUST(zy_der_bool(&r, "b", &v, &err));
	assert_true(v);
	MUST(zy_der_bool(&r, "b", &v, &err));
	assert_false(v);
	REFUSED_AT(zy_der_bool(&r, "b", &v, &err), ZY_E_DER, 6);
	r = OVER("\x01\x02\xff\xff");
	REFUSED(zy_der_bool(&r, "b", &v, &err), ZY_E_DER);
	r = OVER("\x01\x00");
	REFUSED(zy_der_bool(&r, "b", &v, &err), ZY_E_DER);
}

static void bit_strings_are_whole_octets(void **state)
{
	struct zy_reader r = OVER("\x03\x03\x00\x01\x02\x03\x01\x00\x03\x02\x01\x02\x03\x00");
	struct zy_bytes v;
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	MUST(zy_der_bits(&r, "bits", &v, &err));
	assert_true(zy_bytes_equal(v, ZY_LITERAL("\1\2")));
	MUST(zy_der_bits(&r, "bits", &v, &err));
	assert_int_equal(v.len, 0);
	REFUSED_AT(zy_der_bits(&r, "bits", &v, &err), ZY_E_DER, 8);
	r = OVER("\x03\x00");
	REFUSED(zy_der_bits(&r, "bits", &v, &err), ZY_E_DER);
	zy_der_put_bits(&b, ZY_LITERAL("\1\2"));
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), ZY_LITERAL("\x03\x03\x00\x01\x02")));
}

static void texts_are_of_their_alphabet_and_errors_count_from_the_whole_input(void **state)
{
	struct zy_reader r = OVER("\x30\x08\x0c\x03\xe8\xaf\x81\x0c\x01\xff"), inner;
	struct zy_bytes v;

	(void)state;
	MUST(zy_der_enter(&r, ZY_DER_SEQUENCE, "names", &inner, &err));
	MUST(zy_der_utf8(&inner, "name", &v, &err));
	assert_true(zy_bytes_equal(v, ZY_LITERAL("证")));
	REFUSED_AT(zy_der_utf8(&inner, "name", &v, &err), ZY_E_UTF8, 9);
	r = OVER("\x16\x02 ~\x13\x01\x1f\x16\x01\x7f");
	MUST(zy_der_ascii(&r, ZY_DER_IA5, "name", &v, &err));
	REFUSED_AT(zy_der_ascii(&r, ZY_DER_PRINTABLE, "name", &v, &err), ZY_E_DER, 4);
}

static void times_are_generalized_unless_utctime_is_allowed(void **state)
{
	static const char utc[] = "\x17\x0d"
				  "260301000000Z";
	struct zy_reader r = OVER(utc);
	ZY_BUF_AUTO b = { 0 };
	zy_time t;

	(void)state;
	REFUSED(zy_der_time(&r, false, "t", &t, &err), ZY_E_DER);
	MUST(zy_der_time(&r, true, "t", &t, &err));
	assert_true(t == 1772323200);
	zy_der_put_time(&b, t);
	r = zy_reader_over(zy_buf_bytes(&b));
	t = 0;
	MUST(zy_der_time(&r, true, "t", &t, &err));
	assert_true(t == 1772323200);
	b.p[4] = 'x';
	r = zy_reader_over(zy_buf_bytes(&b));
	REFUSED(zy_der_time(&r, true, "t", &t, &err), ZY_E_TIME);
	assert_int_equal(zy_reader_offset(&r), 0);
}

static void a_signature_keeps_its_numbers_in_both_forms(void **state)
{
	uint8_t rs[64] = { 0 }, back[64];

	(void)state;
	for (int k = 0; k < 4; k++) {
		ZY_BUF_AUTO der = { 0 };

		memset(rs, 0, sizeof(rs));
		rs[k < 2 ? 0 : 31] = k % 2 == 0 ? 0x80 : 0x7f;
		rs[k < 2 ? 63 : 32] = 1;
		zy_der_put_rs(&der, rs);
		MUST(zy_der_rs(zy_buf_bytes(&der), back, &err));
		assert_memory_equal(rs, back, 64);
	}
	REFUSED(zy_der_rs(ZY_LITERAL("\x30\x06\x02\x01\x00\x02\x01\x01"), back, &err), ZY_E_DER);
	REFUSED(zy_der_rs(ZY_LITERAL("\x30\x06\x02\x01\x01\x02\x01\x00"), back, &err), ZY_E_DER);
	REFUSED(zy_der_rs(ZY_LITERAL("\x30\x06\x02\x01\xff\x02\x01\x01"), back, &err), ZY_E_DER);
	REFUSED(zy_der_rs(ZY_LITERAL("\x30\x03\x02\x01\x01"), back, &err), ZY_E_TRUNCATED);
	REFUSED(zy_der_rs(ZY_LITERAL("\x30\x06\x02\x01\x01\x02\x01\x01\x00"), back, &err), ZY_E_TRAILING);
	REFUSED(zy_der_rs(ZY_LITERAL("\x30\x09\x02\x01\x01\x02\x01\x01\x02\x01\x01"), back, &err), ZY_E_TRAILING);
	REFUSED(
	    zy_der_rs(ZY_LITERAL("\x30\x26\x02\x21\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				 "\0\x02\x01\x01"),
		back, &err),
	    ZY_E_DER);
}

static void object_identifiers_are_written_with_dots(void **state)
{
	static const struct {
		struct zy_bytes oid;
		const char *text;
	} known[] = { { ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d"), "1.2.840.113549" }, { ZY_LITERAL("\x88\x37"), "2.999" },
		{ ZY_LITERAL("\x27"), "0.39" }, { ZY_LITERAL("\x28"), "1.0" }, { ZY_LITERAL(""), "?" },
		/* cut inside an arc; an arc over 64 bits (a UUID's) */
		{ ZY_LITERAL("\x2a\x86"), "?" },
		{ ZY_LITERAL("\x69\x83\xcf\xab\xa3\xe6\x81\xb5\xee\xc1\x8d\x83\xd1\xcf\xa1\xcb\xa2\x81\x7f"), "?" } };
	char text[64], little[8];

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		zy_oid_text(known[i].oid, text, sizeof(text));
		assert_string_equal(text, known[i].text);
	}
	zy_oid_text(zy_oid_sm2_sm3, text, sizeof(text));
	assert_string_equal(text, "1.2.156.10197.1.501");
	zy_oid_text(zy_oid_sm3, text, sizeof(text));
	assert_string_equal(text, "1.2.156.10197.1.401");
	zy_oid_text(zy_oid_sm2_curve, text, sizeof(text));
	assert_string_equal(text, "1.2.156.10197.1.301");
	zy_oid_text(zy_oid_ec_public_key, text, sizeof(text));
	assert_string_equal(text, "1.2.840.10045.2.1");
	zy_oid_text(zy_oid_p256, text, sizeof(text));
	assert_string_equal(text, "1.2.840.10045.3.1.7");
	zy_oid_text(zy_oid_ecdsa_sha256, text, sizeof(text));
	assert_string_equal(text, "1.2.840.10045.4.3.2");
	zy_oid_text(zy_oid_sha256, text, sizeof(text));
	assert_string_equal(text, "2.16.840.1.101.3.4.2.1");
	zy_oid_text(zy_oid_sha256, little, sizeof(little));
	assert_string_equal(little, "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_have_one_form),
		cmocka_unit_test(every_length_is_written_as_it_is_read),
		cmocka_unit_test(a_wrong_tag_moves_nothing),
		cmocka_unit_test(integers_are_shortest_and_not_negative),
		cmocka_unit_test(booleans_are_all_zeros_or_all_ones),
		cmocka_unit_test(bit_strings_are_whole_octets),
		cmocka_unit_test(texts_are_of_their_alphabet_and_errors_count_from_the_whole_input),
		cmocka_unit_test(times_are_generalized_unless_utctime_is_allowed),
		cmocka_unit_test(a_signature_keeps_its_numbers_in_both_forms),
		cmocka_unit_test(object_identifiers_are_written_with_dots),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
