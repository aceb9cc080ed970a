/* base45, base64 and base64url: round trip of random bytes, cut at each length, each bit flipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "expect.h"
#include "zy/text.h"

typedef void encode_fn(struct zy_buf *out, struct zy_bytes in);
typedef bool decode_fn(struct zy_buf *out, struct zy_bytes in, struct zy_error *err);

static const struct form {
	encode_fn *encode;
	decode_fn *decode;
} forms[] = { { zy_base45_encode, zy_base45_decode }, { zy_base64_encode, zy_base64_decode },
	{ zy_base64url_encode, zy_base64url_decode } };
#define NUM_FORMS (sizeof(forms) / sizeof(forms[0]))

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
	struct zy_error err = { 0 };
	ZY_BUF_AUTO bytes = { 0 };
	ZY_BUF_AUTO text = { 0 };

	if (!f->decode(&bytes, in, &err)) {
		assert_int_not_equal(err.code, ZY_OK);
		assert_true(err.offset <= in.len);
		return;
	}
	f->encode(&text, zy_buf_bytes(&bytes));
	assert_true(zy_bytes_equal(in, zy_buf_bytes(&text)));
}

static void random_bytes_come_back(void **state)
{
	uint64_t s = seed();
	uint8_t bytes[300];

	(void)state;
	for (size_t len = 0; len < sizeof(bytes); len++)
		for (size_t k = 0; k < NUM_FORMS; k++) {
			ZY_BUF_AUTO text = { 0 };
			ZY_BUF_AUTO back = { 0 };

			for (size_t i = 0; i < len; i++)
				bytes[i] = (uint8_t)next_random(&s);
			forms[k].encode(&text, ZY_BYTES(bytes, len));
			MUST(forms[k].decode(&back, zy_buf_bytes(&text), &err));
			assert_true(zy_bytes_equal(ZY_BYTES(bytes, len), zy_buf_bytes(&back)));
		}
}

static void every_cut_and_every_flipped_bit_is_another_text(void **state)
{
	uint64_t s = seed();
	uint8_t bytes[64];

	(void)state;
	for (size_t round = 0; round < 20 * NUM_FORMS; round++) {
		const struct form *f = &forms[round % NUM_FORMS];
		ZY_BUF_AUTO text = { 0 };

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)next_random(&s);
		f->encode(&text, ZY_BYTES(bytes, round % (sizeof(bytes) + 1)));
		for (size_t len = 0; len < text.len; len++)
			judge(f, ZY_BYTES(text.p, len));
		for (size_t bit = 0; bit < 8 * text.len; bit++) {
			text.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			judge(f, zy_buf_bytes(&text));
			text.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

static void random_texts_of_the_alphabet_have_one_reading(void **state)
{
	static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:abcxyz_==";
	uint64_t s = seed();
	char text[24];

	(void)state;
	for (int round = 0; round < 30000; round++) {
		size_t len = next_random(&s) % sizeof(text);

		for (size_t i = 0; i < len; i++)
			text[i] = alphabet[next_random(&s) % (sizeof(alphabet) - 1)];
		for (size_t k = 0; k < NUM_FORMS; k++)
			judge(&forms[k], ZY_BYTES(text, len));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_bytes_come_back),
		cmocka_unit_test(every_cut_and_every_flipped_bit_is_another_text),
		cmocka_unit_test(random_texts_of_the_alphabet_have_one_reading),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
