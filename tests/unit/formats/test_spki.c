/* Keys of three kinds are read as they are written; an RSA key has 2048 to 4096 bits, an odd modulus and 65537. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "zy/der.h"
#include "zy/spki.h"

/* A modulus of so many bits, without meaning: only its form is read here. */
static void put_rsa(struct zy_buf *out, unsigned bits, uint8_t last, struct zy_bytes exponent)
{
	static const uint8_t algorithm[] = { 0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0 };
	ZY_BUF_AUTO key = { 0 };
	uint8_t modulus[700] = { 0 };
	size_t len = (bits + 7) / 8, mark;

	memset(modulus, 0x5a, len);
	modulus[0] = (uint8_t)(1u << (bits - 1) % 8);
	modulus[len - 1] = last;
	mark = zy_der_open(&key, ZY_DER_SEQUENCE);
	zy_der_put_unsigned(&key, ZY_BYTES(modulus, len));
	zy_der_put_unsigned(&key, exponent);
	zy_der_close(&key, mark);
	mark = zy_der_open(out, ZY_DER_SEQUENCE);
	zy_buf_put(out, ZY_BYTES(algorithm, sizeof(algorithm)));
	zy_der_put_bits(out, zy_buf_bytes(&key));
	zy_der_close(out, mark);
	assert_false(key.failed || out->failed);
}

#define F4 ZY_LITERAL("\x01\x00\x01")

static enum zy_code read_rsa(unsigned bits, uint8_t last, struct zy_bytes exponent)
{
	ZY_BUF_AUTO der = { 0 };
	ZY_BUF_AUTO again = { 0 };
	struct zy_error err = { 0 };
	struct zy_reader r;
	struct zy_spki k;

	put_rsa(&der, bits, last, exponent);
	r = zy_reader_over(zy_buf_bytes(&der));
	if (!zy_spki_parse(&r, &k, &err))
		return err.code;
	assert_int_equal(k.kind, ZY_SPKI_RSA);
	assert_int_equal(k.rsa_bits, bits);
	assert_int_equal(zy_spki_suite(&k), ZY_SUITE_INTL);
	zy_spki_put(&again, &k);
	assert_true(zy_bytes_equal(zy_buf_bytes(&again), zy_buf_bytes(&der)));
	return ZY_OK;
}

static void rsa_keys_have_a_size(void **state)
{
	(void)state;
	assert_int_equal(read_rsa(2048, 1, F4), ZY_OK);
	assert_int_equal(read_rsa(3072, 0xff, F4), ZY_OK);
	assert_int_equal(read_rsa(4096, 3, F4), ZY_OK);
	assert_int_equal(read_rsa(1024, 1, F4), ZY_E_KEY_SIZE);
	assert_int_equal(read_rsa(2047, 1, F4), ZY_E_KEY_SIZE);
	assert_int_equal(read_rsa(4097, 1, F4), ZY_E_KEY_SIZE);
	assert_int_equal(read_rsa(8, 1, F4), ZY_E_KEY_SIZE);
}

static void the_exponent_is_65537(void **state)
{
	(void)state;
	assert_int_equal(read_rsa(3072, 1, ZY_LITERAL("\x01")), ZY_E_KEY_EXPONENT);
	assert_int_equal(read_rsa(3072, 1, ZY_LITERAL("\x03")), ZY_E_KEY_EXPONENT);
	assert_int_equal(read_rsa(3072, 1, ZY_LITERAL("\x01\x00\x03")), ZY_E_KEY_EXPONENT);
	assert_int_equal(read_rsa(3072, 1, ZY_LITERAL("\x01\x00\x00\x00\x00\x01")), ZY_E_KEY_EXPONENT);
}

static void an_even_modulus_is_refused(void **state)
{
	(void)state;
	assert_int_equal(read_rsa(3072, 2, F4), ZY_E_KEY_MODULUS);
	assert_int_equal(read_rsa(4096, 0, F4), ZY_E_KEY_MODULUS);
}

static void points_are_read_as_they_are_written(void **state)
{
	uint8_t point[65] = { 4, 1, 2, 3 };

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		const struct zy_spki k = zy_spki_of_point(s, point);
		struct zy_error err = { 0 };
		ZY_BUF_AUTO der = { 0 };
		struct zy_spki read;
		struct zy_reader r;

		zy_spki_put(&der, &k);
		r = zy_reader_over(zy_buf_bytes(&der));
		assert_true(zy_spki_parse(&r, &read, &err) && zy_spki_equal(&k, &read));
		assert_int_equal(zy_spki_suite(&read), s);
		der.p[der.len - 65] = 2;
		r = zy_reader_over(zy_buf_bytes(&der));
		assert_false(zy_spki_parse(&r, &read, &err));
		assert_int_equal(err.code, ZY_E_KEY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rsa_keys_have_a_size),
		cmocka_unit_test(the_exponent_is_65537),
		cmocka_unit_test(an_even_modulus_is_refused),
		cmocka_unit_test(points_are_read_as_they_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
