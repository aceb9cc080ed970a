/* Both forms of a record: round trip of random records, cut at each length, each bit flipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "record_sample.h"

typedef bool encode_fn(const struct zy_record *rec, struct zy_buf *out, struct zy_error *err);
typedef bool parse_fn(struct zy_record *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);

static const struct form {
	encode_fn *encode;
	parse_fn *parse;
} forms[] = { { zy_record_encode, zy_record_parse }, { zy_record_to_xml, zy_record_from_xml } };

static uint64_t next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static uint64_t seed(void)
{
	const char *given = getenv("ZY_TEST_SEED");
	uint64_t s = given == NULL ? 20260301 : strtoull(given, NULL, 0);

	print_message("ZY_TEST_SEED=%llu\n", (unsigned long long)s);
	return s | 1;
}

/* What is accepted must be exactly what would be written; what is refused must say why and where. */
static void judge(const struct form *f, struct zy_bytes in)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO out = { 0 };
	struct zy_error err = { 0 };
	struct zy_record rec;

	if (!f->parse(&rec, in, &a, &err)) {
		assert_int_not_equal(err.code, ZY_OK);
		assert_true(err.offset == ZY_NOWHERE || err.offset <= in.len);
		return;
	}
	assert_true(f->encode(&rec, &out, &err));
	assert_true(zy_bytes_equal(in, zy_buf_bytes(&out)));
}

static void random_records_keep_their_bytes(void **state)
{
	static const char *const pieces[] = { "云", "泽", "<", ">", "&", "\r", "\n", "\t", "\"", "]]>", "a", " ", "😀",
		"&amp;", "é", "龘" };
	uint64_t s = seed();

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct zy_record rec = zy_record_sample(), back;
		struct zy_field fields[8];
		char keys[8][40], values[8][256];

		rec.fields = fields;
		rec.num_fields = next_random(&s) % 9;
		rec.made_at = (zy_time)(next_random(&s) % 253402300800);
		for (size_t i = 0; i < rec.num_fields; i++) {
			size_t used = 0, num = 1 + next_random(&s) % 20;

			snprintf(keys[i], sizeof(keys[i]), "f%zu_%u", i, (unsigned)(next_random(&s) % 1000));
			for (size_t k = 0; k < num; k++) {
				const char *p = pieces[next_random(&s) % (sizeof(pieces) / sizeof(pieces[0]))];

				used += (size_t)snprintf(values[i] + used, sizeof(values[i]) - used, "%s", p);
			}
			fields[i] = (struct zy_field){ keys[i], values[i] };
		}
		for (size_t k = 0; k < 2; k++) {
			ZY_ARENA_AUTO a = { 0 };
			ZY_BUF_AUTO bytes = { 0 };
			struct zy_error err = { 0 };

			assert_true(forms[k].encode(&rec, &bytes, &err));
			assert_true(forms[k].parse(&back, zy_buf_bytes(&bytes), &a, &err));
			assert_true(zy_record_equal(&rec, &back));
			judge(&forms[k], zy_buf_bytes(&bytes));
		}
	}
}

static void a_record_cut_anywhere_is_refused(void **state)
{
	struct zy_record rec = zy_record_sample(), back;

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		ZY_BUF_AUTO bytes = { 0 };
		struct zy_error err = { 0 };

		assert_true(forms[k].encode(&rec, &bytes, &err));
		for (size_t len = 0; len < bytes.len; len++) {
			ZY_ARENA_AUTO a = { 0 };

			err = (struct zy_error){ 0 };
			assert_false(forms[k].parse(&back, ZY_BYTES(bytes.p, len), &a, &err));
			assert_true(err.code != ZY_OK && (err.offset == ZY_NOWHERE || err.offset <= len));
		}
	}
}

static void a_flipped_bit_never_reads_as_another_form_of_the_same(void **state)
{
	struct zy_record rec = zy_record_sample();

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		ZY_BUF_AUTO bytes = { 0 };
		struct zy_error err = { 0 };

		assert_true(forms[k].encode(&rec, &bytes, &err));
		for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
			bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			judge(&forms[k], zy_buf_bytes(&bytes));
			bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_records_keep_their_bytes),
		cmocka_unit_test(a_record_cut_anywhere_is_refused),
		cmocka_unit_test(a_flipped_bit_never_reads_as_another_form_of_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
