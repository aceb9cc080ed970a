#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <cbor.h>

#include "expect.h"
#include "zy/cbor.h"
#include "zy/cose.h"

static const uint8_t kid[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

struct made {
	struct zy_buf header, whole;
};

static void make(struct made *m, enum zy_suite suite)
{
	uint8_t rs[64];

	*m = (struct made){ 0 };
	memset(rs, 0x5a, sizeof(rs));
	zy_cose_header_encode(suite, kid, &m->header);
	zy_cose_encode(zy_buf_bytes(&m->header), ZY_LITERAL("payload"), rs, &m->whole);
}

static void drop(struct made *m)
{
	zy_buf_free(&m->header);
	zy_buf_free(&m->whole);
}

static void what_is_written_is_read_again(void **state)
{
	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		struct made m;
		struct zy_cose c;
		struct zy_reader r;

		make(&m, s);
		zy_buf_put_str(&m.whole, "rest");
		r = zy_reader_over(zy_buf_bytes(&m.whole));
		MUST(zy_cose_parse(&c, &r, &err));
		assert_int_equal(zy_reader_left(&r), 4);
		assert_int_equal(c.whole.len, m.whole.len - 4);
		assert_int_equal(c.suite, s);
		assert_memory_equal(c.kid, kid, 8);
		assert_true(zy_bytes_equal(c.protected_header, zy_buf_bytes(&m.header)));
		assert_true(zy_bytes_equal(c.payload, ZY_LITERAL("payload")));
		for (size_t i = 0; i < 64; i++)
			assert_int_equal(c.rs[i], 0x5a);
		drop(&m);
	}
}

static const cbor_item_t *item_at(const cbor_item_t *array, size_t i)
{
	return cbor_array_handle(array)[i];
}

static void expect_bytes(const cbor_item_t *item, struct zy_bytes want)
{
	assert_true(cbor_isa_bytestring(item) && cbor_bytestring_is_definite(item));
	assert_true(zy_bytes_equal(ZY_BYTES(cbor_bytestring_handle(item), cbor_bytestring_length(item)), want));
}

static cbor_item_t *decode(const struct zy_buf *b)
{
	struct cbor_load_result result;
	cbor_item_t *item = cbor_load(b->p, b->len, &result);

	assert_non_null(item);
	assert_int_equal(result.read, b->len);
	return item;
}

static void another_decoder_reads_the_same_object(void **state)
{
	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		struct made m;
		cbor_item_t *whole, *header;
		struct cbor_pair *pairs;

		make(&m, s);
		whole = decode(&m.whole);
		header = decode(&m.header);
		assert_int_equal(cbor_array_size(whole), 4);
		expect_bytes(item_at(whole, 0), zy_buf_bytes(&m.header));
		assert_true(cbor_isa_map(item_at(whole, 1)));
		assert_int_equal(cbor_map_size(item_at(whole, 1)), 0);
		expect_bytes(item_at(whole, 2), ZY_LITERAL("payload"));
		assert_int_equal(cbor_bytestring_length(item_at(whole, 3)), 64);
		assert_int_equal(cbor_map_size(header), 2);
		pairs = cbor_map_handle(header);
		assert_int_equal(cbor_get_int(pairs[0].key), 1);
		assert_true(cbor_isa_negint(pairs[0].value));
		/* -1 - v: -65537 and -7 */
		assert_int_equal(cbor_get_int(pairs[0].value), s == ZY_SUITE_GM ? 65536 : 6);
		assert_int_equal(cbor_get_int(pairs[1].key), 4);
		expect_bytes(pairs[1].value, ZY_BYTES(kid, 8));
		cbor_decref(&whole);
		cbor_decref(&header);
		drop(&m);
	}
}

/* RFC 9052 4.4 */
static void another_decoder_reads_the_same_sig_structure(void **state)
{
	ZY_BUF_AUTO input = { 0 };
	struct made m;
	cbor_item_t *s;

	(void)state;
	make(&m, ZY_SUITE_INTL);
	zy_cose_input_encode(zy_buf_bytes(&m.header), "zy-cred-1", ZY_LITERAL("payload"), &input);
	s = decode(&input);
	assert_true(cbor_array_is_definite(s));
	assert_int_equal(cbor_array_size(s), 4);
	assert_true(cbor_isa_string(item_at(s, 0)));
	assert_true(zy_bytes_equal(
	    ZY_BYTES(cbor_string_handle(item_at(s, 0)), cbor_string_length(item_at(s, 0))), ZY_LITERAL("Signature1")));
	expect_bytes(item_at(s, 1), zy_buf_bytes(&m.header));
	expect_bytes(item_at(s, 2), ZY_LITERAL("zy-cred-1"));
	expect_bytes(item_at(s, 3), ZY_LITERAL("payload"));
	cbor_decref(&s);
	drop(&m);
}

static void header_refused(struct zy_bytes header, enum zy_code want)
{
	ZY_BUF_AUTO whole = { 0 };
	const uint8_t rs[64] = { 1 };
	struct zy_cose c;
	struct zy_reader r;

	zy_cose_encode(header, ZY_LITERAL("payload"), rs, &whole);
	r = zy_reader_over(zy_buf_bytes(&whole));
	REFUSED(zy_cose_parse(&c, &r, &err), want);
	assert_int_equal(zy_reader_offset(&r), 0);
}

#define KID "\x48\1\2\3\4\5\6\7\x08"

static void the_header_holds_alg_and_kid_and_nothing_else(void **state)
{
	(void)state;
	header_refused(ZY_LITERAL(""), ZY_E_TRUNCATED);
	header_refused(ZY_LITERAL("\xa0"), ZY_E_TRUNCATED);
	header_refused(ZY_LITERAL("\xa1\x01\x26"), ZY_E_COSE);
	header_refused(ZY_LITERAL("\xa1\x04" KID), ZY_E_CBOR);
	header_refused(ZY_LITERAL("\xa2\x04" KID "\x01\x26"), ZY_E_CBOR); /* out of order */
	header_refused(ZY_LITERAL("\xa2\x01\x26\x01" KID), ZY_E_COSE);    /* alg twice */
	header_refused(ZY_LITERAL("\xa2\x01\x26\x03" KID), ZY_E_COSE);
	header_refused(ZY_LITERAL("\xa2\x01\x26\x05" KID), ZY_E_CBOR);
	header_refused(ZY_LITERAL("\xa3\x01\x26\x02\x80\x04" KID), ZY_E_CBOR); /* crit */
	header_refused(ZY_LITERAL("\xa2\x01\x26\x04" KID "\x00"), ZY_E_TRAILING);
	header_refused(ZY_LITERAL("\xa2\x01\x26\x04\x47\1\2\3\4\5\6\7"), ZY_E_CBOR);
	header_refused(ZY_LITERAL("\xa2\x01\x26\x04\x49\1\2\3\4\5\6\7\x08\x09"), ZY_E_CBOR);
	header_refused(ZY_LITERAL("\xa2\x01\x26\x04\x68"
				  "12345678"),
	    ZY_E_CBOR);
	header_refused(ZY_LITERAL("\x82\x01\x26"), ZY_E_CBOR);
}

static void alg_is_of_a_closed_list(void **state)
{
	(void)state;
	header_refused(ZY_LITERAL("\xa2\x01\x27\x04" KID), ZY_E_COSE);                 /* -8 EdDSA */
	header_refused(ZY_LITERAL("\xa2\x01\x38\x22\x04" KID), ZY_E_COSE);             /* -35 ES384 */
	header_refused(ZY_LITERAL("\xa2\x01\x06\x04" KID), ZY_E_COSE);                 /* 6 */
	header_refused(ZY_LITERAL("\xa2\x01\x3a\x00\x01\x00\x01\x04" KID), ZY_E_COSE); /* -65538 */
	header_refused(ZY_LITERAL("\xa2\x01\x38\x06\x04" KID), ZY_E_CBOR);             /* -7, not shortest */
	header_refused(ZY_LITERAL("\xa2\x01\x65"
				  "ES256\x04" KID),
	    ZY_E_CBOR);
}

static void body_refused(const char *cut_from, size_t cut, const char *put, size_t put_len, enum zy_code want)
{
	ZY_BUF_AUTO changed = { 0 };
	struct made m;
	struct zy_cose c;
	struct zy_reader r;
	const uint8_t *at;

	make(&m, ZY_SUITE_INTL);
	at = memmem(m.whole.p, m.whole.len, cut_from, strlen(cut_from));
	assert_non_null(at);
	zy_buf_put(&changed, ZY_BYTES(m.whole.p, (size_t)(at - m.whole.p)));
	zy_buf_put(&changed, ZY_BYTES(put, put_len));
	zy_buf_put(&changed, ZY_BYTES(at + cut, m.whole.len - (size_t)(at - m.whole.p) - cut));
	r = zy_reader_over(zy_buf_bytes(&changed));
	REFUSED(zy_cose_parse(&c, &r, &err), want);
	drop(&m);
}

static void the_array_has_one_shape(void **state)
{
	(void)state;
	body_refused("\x84\x4d", 1, "\xd2\x84", 2, ZY_E_CBOR); /* tag 18 */
	body_refused("\x84\x4d", 1, "\x83", 1, ZY_E_CBOR);
	body_refused("\x84\x4d", 1, "\x85", 1, ZY_E_CBOR);
	body_refused("\xa0\x47payload", 1, "\xa1\x01\x02", 3, ZY_E_CBOR); /* an unprotected header */
	body_refused("\x47payload", 1, "\x67", 1, ZY_E_CBOR);
	body_refused("\x47payload", 8, "\xf6", 1, ZY_E_CBOR); /* detached */
	body_refused("\x58\x40ZZZZ", 3, "\x58\x3f", 2, ZY_E_CBOR);
	body_refused("\x58\x40ZZZZ", 2, "\x58\x41", 2, ZY_E_CBOR);
}

static void every_cut_is_refused(void **state)
{
	struct made m;

	(void)state;
	make(&m, ZY_SUITE_GM);
	for (size_t len = 0; len < m.whole.len; len++) {
		struct zy_reader r = zy_reader_over(ZY_BYTES(m.whole.p, len));
		struct zy_error err = { 0 };
		struct zy_cose c;

		assert_false(zy_cose_parse(&c, &r, &err));
		assert_true(err.code == ZY_E_TRUNCATED || err.code == ZY_E_CBOR);
		assert_true(err.offset <= len);
	}
	drop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(another_decoder_reads_the_same_object),
		cmocka_unit_test(another_decoder_reads_the_same_sig_structure),
		cmocka_unit_test(the_header_holds_alg_and_kid_and_nothing_else),
		cmocka_unit_test(alg_is_of_a_closed_list),
		cmocka_unit_test(the_array_has_one_shape),
		cmocka_unit_test(every_cut_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
