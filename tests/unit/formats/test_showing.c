#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "expect.h"
#include "showing_made.h"
#include "zy/text.h"

static struct made_showing sample(void)
{
	struct made_showing m = made_sample(ZY_SUITE_GM, ZY_SUITE_INTL);

	made_all(&m);
	return m;
}

static void a_code_is_read_as_it_was_made(void **state)
{
	ZY_BUF_AUTO bytes = { 0 };
	struct made_showing m = sample();
	struct zy_showing s;

	(void)state;
	MUST(zy_showing_decode(zy_buf_bytes(&m.text), &bytes, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&bytes), zy_buf_bytes(&m.bytes)));
	MUST(zy_showing_parse(&s, zy_buf_bytes(&bytes), &err));
	assert_true(zy_bytes_equal(s.credential.issuer, ZY_LITERAL("11990100MB99000131")));
	assert_int_equal(s.credential.type, 1);
	assert_true(s.credential.iat == m.credential.iat && s.credential.exp == m.credential.exp);
	assert_int_equal(s.credential.cose.suite, ZY_SUITE_GM);
	assert_int_equal(s.credential.holder_suite, ZY_SUITE_INTL);
	assert_memory_equal(s.credential.holder_point, m.credential.holder_point, 33);
	assert_memory_equal(s.credential.root, m.credential.root, 32);
	assert_int_equal(s.credential.n, 8);
	assert_int_equal(s.num_fields, 2);
	assert_int_equal(s.fields[0].index, 0);
	assert_int_equal(s.fields[0].label, 1);
	assert_true(s.fields[0].is_text);
	assert_true(zy_bytes_equal(s.fields[0].text, ZY_LITERAL("云泽市清源食品有限公司")));
	assert_int_equal(s.fields[1].index, 2);
	assert_false(s.fields[1].is_text);
	assert_int_equal(s.fields[1].number, 5000000);
	assert_true(s.session.iat == MADE_AT);
	assert_memory_equal(s.session.nonce, m.session.nonce, 8);
	assert_true(zy_bytes_equal(s.fields_cbor, zy_buf_bytes(&m.fields_cbor)));
	assert_true(zy_bytes_equal(s.session_cbor, zy_buf_bytes(&m.session_cbor)));
	assert_true(zy_bytes_equal(s.staple_cbor, zy_buf_bytes(&m.staple)));
	made_free(&m);
}

static void the_text_begins_with_its_prefix_and_ends_in_time(void **state)
{
	ZY_BUF_AUTO out = { 0 };
	char text[ZY_SHOWING_TEXT_MAX + 8];

	(void)state;
	REFUSED_AT(zy_showing_decode(ZY_LITERAL(""), &out, &err), ZY_E_SHOWING, 0);
	REFUSED_AT(zy_showing_decode(ZY_LITERAL("ZY1"), &out, &err), ZY_E_SHOWING, 0);
	REFUSED_AT(zy_showing_decode(ZY_LITERAL("zy1:BB8"), &out, &err), ZY_E_SHOWING, 0);
	REFUSED_AT(zy_showing_decode(ZY_LITERAL(" ZY1:BB8"), &out, &err), ZY_E_SHOWING, 0);
	REFUSED_AT(zy_showing_decode(ZY_LITERAL("ZY2:BB8"), &out, &err), ZY_E_SHOWING, 0);
	/* places count from the first character of the prefix */
	REFUSED_AT(zy_showing_decode(ZY_LITERAL("ZY1:BB8B"), &out, &err), ZY_E_BASE45, 7);
	REFUSED_AT(zy_showing_decode(ZY_LITERAL("ZY1:BBb"), &out, &err), ZY_E_BASE45, 6);
	REFUSED_AT(zy_showing_decode(ZY_LITERAL("ZY1:GGW"), &out, &err), ZY_E_BASE45, 4);
	REFUSED_AT(zy_showing_decode(ZY_LITERAL("ZY1:BB8\n\nB"), &out, &err), ZY_E_BASE45, 7);
	zy_buf_free(&out);
	MUST(zy_showing_decode(ZY_LITERAL("ZY1:BB8\r\n"), &out, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&out), ZY_LITERAL("AB")));
	memset(text, '0', sizeof(text));
	memcpy(text, "ZY1:", 4);
	MUST(zy_showing_decode(ZY_BYTES(text, ZY_SHOWING_TEXT_MAX), &out, &err));
	REFUSED(zy_showing_decode(ZY_BYTES(text, ZY_SHOWING_TEXT_MAX + 1), &out, &err), ZY_E_SHOWING);
}

static void bytes_refused(struct zy_bytes in, enum zy_code want)
{
	struct zy_showing s;

	REFUSED(zy_showing_parse(&s, in, &err), want);
}

static void a_code_has_a_largest_size(void **state)
{
	static const uint8_t zeros[ZY_SHOWING_BYTES_MAX + 1];

	(void)state;
	bytes_refused(ZY_BYTES(zeros, sizeof(zeros)), ZY_E_SHOWING);
	bytes_refused(ZY_BYTES(zeros, sizeof(zeros) - 1), ZY_E_CBOR);
	bytes_refused(ZY_BYTES(NULL, 0), ZY_E_TRUNCATED);
}

/* Puts `put` in the place of `len` bytes at `at` of a part, and reads the code that comes of it. */
static void part_refused(size_t part, size_t at, size_t len, struct zy_bytes put, enum zy_code want)
{
	struct made_showing m = sample();
	struct zy_buf *const parts[] = { &m.cose, &m.fields_cbor, &m.siblings, &m.staple, &m.session_cbor };
	struct zy_buf *b = parts[part];

	memmove(b->p + at, b->p + at + len, b->len - at - len);
	b->len -= len;
	zy_buf_insert(b, at, put);
	made_code(&m);
	bytes_refused(zy_buf_bytes(&m.bytes), want);
	made_free(&m);
}
enum { COSE, FIELDS, SIBLINGS, STAPLE, SESSION };

static void the_array_has_seven_members_of_version_1(void **state)
{
	struct made_showing m = sample();

	(void)state;
	m.bytes.p[0] = 0x86;
	bytes_refused(zy_buf_bytes(&m.bytes), ZY_E_CBOR);
	m.bytes.p[0] = 0x88;
	bytes_refused(zy_buf_bytes(&m.bytes), ZY_E_CBOR);
	m.bytes.p[0] = 0x87;
	m.bytes.p[1] = 2;
	bytes_refused(zy_buf_bytes(&m.bytes), ZY_E_SHOWING);
	m.bytes.p[1] = 1;
	bytes_refused(ZY_BYTES(m.bytes.p, m.bytes.len - 1), ZY_E_TRUNCATED);
	zy_buf_put_u8(&m.bytes, 0);
	bytes_refused(zy_buf_bytes(&m.bytes), ZY_E_TRAILING);
	made_free(&m);
}

/* Of the fields part: 82, then 82 00 58 LEN field, then 82 02 ... */
static void the_fields_ascend_and_lie_in_the_tree(void **state)
{
	(void)state;
	part_refused(FIELDS, 2, 1, ZY_LITERAL("\x03"), ZY_E_SHOWING); /* 3, 2 */
	part_refused(FIELDS, 2, 1, ZY_LITERAL("\x02"), ZY_E_SHOWING); /* 2, 2 */
	part_refused(FIELDS, 2, 1, ZY_LITERAL("\x08"), ZY_E_CBOR);    /* n = 8 */
	part_refused(FIELDS, 2, 1, ZY_LITERAL("\x20"), ZY_E_CBOR);
	part_refused(FIELDS, 1, 1, ZY_LITERAL("\x83"), ZY_E_CBOR);
	part_refused(FIELDS, 0, 1, ZY_LITERAL("\x98\x21"), ZY_E_CBOR);
	part_refused(FIELDS, 0, 1, ZY_LITERAL("\xf6"), ZY_E_CBOR);
}

static void no_field_is_no_showing(void **state)
{
	struct made_showing m = sample();

	(void)state;
	m.fields_cbor.len = 0;
	zy_cbor_put_array(&m.fields_cbor, 0);
	made_code(&m);
	bytes_refused(zy_buf_bytes(&m.bytes), ZY_E_SHOWING);
	made_free(&m);
}

static void field_refused(struct zy_bytes in, enum zy_code want)
{
	struct zy_shown_field f;

	REFUSED(zy_shown_field_parse(&f, in, &err), want);
}

#define SALT "\x50SALTSALTSALTSALT"

static void a_field_is_label_salt_and_text_or_integer(void **state)
{
	struct zy_shown_field f;

	(void)state;
	MUST(zy_shown_field_parse(&f, ZY_LITERAL("\x83\x01" SALT "\x61x"), &err));
	assert_true(f.is_text);
	MUST(zy_shown_field_parse(&f, ZY_LITERAL("\x83\x19\x27\x0f" SALT "\x20"), &err));
	assert_int_equal(f.label, 9999);
	assert_int_equal(f.number, -1);
	field_refused(ZY_LITERAL("\x83\x19\x27\x10" SALT "\x20"), ZY_E_CBOR);
	field_refused(ZY_LITERAL("\x82\x01" SALT), ZY_E_CBOR);
	field_refused(ZY_LITERAL("\x83\x01\x4fSALTSALTSALTSAL\x20"), ZY_E_CBOR);
	field_refused(ZY_LITERAL("\x83\x01\x51SALTSALTSALTSALTS\x20"), ZY_E_CBOR);
	field_refused(ZY_LITERAL("\x83\x01" SALT "\xf5"), ZY_E_CBOR);
	field_refused(ZY_LITERAL("\x83\x01" SALT "\x41x"), ZY_E_CBOR);
	field_refused(ZY_LITERAL("\x83\x01" SALT "\x61\xff"), ZY_E_UTF8);
	field_refused(ZY_LITERAL("\x83\x01" SALT "\x61x\x00"), ZY_E_TRAILING);
	field_refused(ZY_LITERAL("\x83\x01" SALT), ZY_E_TRUNCATED);
	field_refused(ZY_LITERAL("\x83\x20" SALT "\x61x"), ZY_E_CBOR);
}

static void siblings_are_whole_hashes(void **state)
{
	struct made_showing m = sample();

	(void)state;
	m.siblings.len--;
	made_code(&m);
	bytes_refused(zy_buf_bytes(&m.bytes), ZY_E_SHOWING);
	m.siblings.len = 0;
	for (size_t i = 0; i < 33; i++)
		zy_buf_put(&m.siblings, ZY_BYTES(m.credential.root, 32));
	made_code(&m);
	bytes_refused(zy_buf_bytes(&m.bytes), ZY_E_CBOR);
	made_free(&m);
}

static void staples_and_other_modes_are_refused_by_their_shape(void **state)
{
	(void)state;
	part_refused(STAPLE, 0, 1, ZY_LITERAL("\x82\x01\x41x"), ZY_E_SHOWING);
	part_refused(STAPLE, 0, 1, ZY_LITERAL("\x41x"), ZY_E_SHOWING);
	part_refused(STAPLE, 0, 1, ZY_LITERAL("\xf7"), ZY_E_SHOWING);
	/* session: 84 1a TIME4 48 NONCE8 00 f6 */
	part_refused(SESSION, 15, 1, ZY_LITERAL("\x01"), ZY_E_SHOWING);
	part_refused(SESSION, 15, 1, ZY_LITERAL("\x02"), ZY_E_SHOWING);
	part_refused(SESSION, 15, 1, ZY_LITERAL("\x03"), ZY_E_CBOR);
	part_refused(SESSION, 16, 1, ZY_LITERAL("\x40"), ZY_E_CBOR);
	part_refused(SESSION, 0, 1, ZY_LITERAL("\x83"), ZY_E_CBOR);
	part_refused(SESSION, 1, 5, ZY_LITERAL("\x20"), ZY_E_CBOR);
	part_refused(SESSION, 1, 5, ZY_LITERAL("\x1b\x00\x00\x00\x3a\xff\xf4\x41\x80"), ZY_E_CBOR); /* year 10000 */
	part_refused(SESSION, 6, 9, ZY_LITERAL("\x47NONCENO"), ZY_E_CBOR);
}

static void credential_refused(struct zy_credential c, enum zy_code want)
{
	static const uint8_t kid[8], rs[64];
	ZY_BUF_AUTO header = { 0 };
	ZY_BUF_AUTO payload = { 0 };
	ZY_BUF_AUTO whole = { 0 };
	struct zy_reader r;

	zy_cose_header_encode(ZY_SUITE_GM, kid, &header);
	zy_credential_payload_encode(&c, &payload);
	zy_cose_encode(zy_buf_bytes(&header), zy_buf_bytes(&payload), rs, &whole);
	r = zy_reader_over(zy_buf_bytes(&whole));
	REFUSED(zy_credential_parse(&c, &r, &err), want);
	assert_int_equal(zy_reader_offset(&r), 0);
}

static void a_credential_keeps_its_ranges(void **state)
{
	struct made_showing m = sample();
	struct zy_credential c = m.credential;

	(void)state;
	for (unsigned n = 0; n < 34; n++) {
		c.n = n;
		if (n != 8 && n != 16 && n != 32)
			credential_refused(c, n > 32 ? ZY_E_CBOR : ZY_E_SHOWING);
	}
	c = m.credential;
	c.issuer.len = 17;
	credential_refused(c, ZY_E_SHOWING);
	c.issuer = ZY_LITERAL("11990100MB990001310");
	credential_refused(c, ZY_E_CBOR);
	c = m.credential;
	c.type = ZY_SHOWING_LABEL_MAX + 1;
	credential_refused(c, ZY_E_CBOR);
	c = m.credential;
	c.iat = -1;
	credential_refused(c, ZY_E_CBOR);
	c = m.credential;
	c.exp = 253402300800;
	credential_refused(c, ZY_E_CBOR);
	made_free(&m);
}

static void a_credential_s_parts_are_of_their_kind(void **state)
{
	struct made_showing m = sample();
	const struct zy_bytes holder = ZY_LITERAL("\x82\x26\x58\x21"), issuer = ZY_LITERAL("11990100MB99000131");
	const uint8_t *alg = memmem(m.cose.p, m.cose.len, holder.p, holder.len),
		      *text = memmem(m.cose.p, m.cose.len, issuer.p, issuer.len);
	size_t at = (size_t)(alg - m.cose.p);

	(void)state;
	assert_true(alg != NULL && text != NULL);
	part_refused(COSE, at + 1, 1, ZY_LITERAL("\x27"), ZY_E_SHOWING); /* holder alg -8 */
	part_refused(COSE, at + 37, 1, ZY_LITERAL("\x01"), ZY_E_CBOR);   /* a status reference */
	part_refused(COSE, (size_t)(text - m.cose.p), 1, ZY_LITERAL("\xff"), ZY_E_UTF8);
	part_refused(COSE, (size_t)(text - m.cose.p) - 2, 1, ZY_LITERAL("\x02"), ZY_E_SHOWING); /* version */
	part_refused(COSE, (size_t)(text - m.cose.p) - 3, 1, ZY_LITERAL("\x8a"), ZY_E_CBOR);
	made_free(&m);
}

/* The signature covers its parts by their hashes, all of them and nothing else. */
static void what_the_holder_signs_depends_on_every_part(void **state)
{
	static const struct zy_bytes parts[4] = { { (const uint8_t *)"c", 1 }, { (const uint8_t *)"f", 1 },
		{ (const uint8_t *)"s", 1 }, { (const uint8_t *)"\x80", 1 } };
	ZY_BUF_AUTO first = { 0 };

	(void)state;
	MUST(zy_showing_input(ZY_SUITE_GM, parts[0], parts[1], parts[2], parts[3], &first, &err));
	assert_memory_equal(first.p, "\x85\x69zy-show-1\x58\x20", 13);
	assert_int_equal(first.len, 11 + 3 * 34 + 1);
	for (size_t k = 0; k < 5; k++) {
		ZY_BUF_AUTO other = { 0 };
		struct zy_bytes p[4];

		memcpy(p, parts, sizeof(p));
		if (k < 4)
			p[k] = ZY_LITERAL("\x81\x00");
		MUST(zy_showing_input(k < 4 ? ZY_SUITE_GM : ZY_SUITE_INTL, p[0], p[1], p[2], p[3], &other, &err));
		assert_false(zy_bytes_equal(zy_buf_bytes(&first), zy_buf_bytes(&other)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_read_as_it_was_made),
		cmocka_unit_test(the_text_begins_with_its_prefix_and_ends_in_time),
		cmocka_unit_test(a_code_has_a_largest_size),
		cmocka_unit_test(the_array_has_seven_members_of_version_1),
		cmocka_unit_test(the_fields_ascend_and_lie_in_the_tree),
		cmocka_unit_test(no_field_is_no_showing),
		cmocka_unit_test(a_field_is_label_salt_and_text_or_integer),
		cmocka_unit_test(siblings_are_whole_hashes),
		cmocka_unit_test(staples_and_other_modes_are_refused_by_their_shape),
		cmocka_unit_test(a_credential_keeps_its_ranges),
		cmocka_unit_test(a_credential_s_parts_are_of_their_kind),
		cmocka_unit_test(what_the_holder_signs_depends_on_every_part),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
