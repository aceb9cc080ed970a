/* A certification request is read as it was written; cut at any length it is refused; no flipped bit keeps both what
 * it says and its proof of possession. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/core_names.h>

#include "helpers/soft_p256.h"
#include "zy/csr.h"
#include "zy/judge.h"

static struct soft_p256 soft;
static struct zy_keys *keys;
static struct zy_buf good;
static const uint8_t name[] = { 0x30, 0x1b, 0x31, 0x0d, 0x30, 0x0b, 0x06, 3, 0x55, 4, 0x0a, 0x0c, 4, 'Y', 'u', 'n', 'z',
	0x31, 0x0a, 0x30, 0x08, 0x06, 3, 0x55, 4, 3, 0x13, 1, 'd' };

static void it_is_read_as_it_was_written(void **state)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO info = { 0 };
	ZY_BUF_AUTO whole = { 0 };
	struct zy_csr c;

	(void)state;
	assert_true(zy_csr_parse(&c, zy_buf_bytes(&good), &err));
	assert_int_equal(c.subject.num, 2);
	assert_int_equal(c.num_extensions, 2);
	assert_true(c.extensions[0].critical && !c.extensions[1].critical);
	assert_int_equal(c.key.kind, ZY_SPKI_P256);
	zy_csr_info_put(&info, &c);
	assert_true(zy_bytes_equal(zy_buf_bytes(&info), c.info));
	zy_csr_put(&whole, zy_buf_bytes(&info), ZY_SUITE_INTL, c.rs);
	assert_true(zy_bytes_equal(zy_buf_bytes(&whole), zy_buf_bytes(&good)));
}

static void every_prefix_is_refused(void **state)
{
	(void)state;
	for (size_t len = 0; len < good.len; len++) {
		struct zy_error err = { 0 };
		struct zy_csr c;

		assert_false(zy_csr_parse(&c, ZY_BYTES(good.p, len), &err));
		assert_true(err.code != ZY_OK && (err.offset == ZY_NOWHERE || err.offset <= len));
	}
}

static void every_bit_counts(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < good.len * 8; bit++) {
		struct zy_error err = { 0 };
		bool proven = true;
		struct zy_csr c;

		good.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (zy_csr_parse(&c, zy_buf_bytes(&good), &err))
			proven = zy_signature_verify_point(
				     keys, zy_spki_key(&c.key), zy_spki_suite(&c.key), c.info, c.rs, &proven, &err) &&
				 proven;
		else
			proven = false;
		assert_false(proven);
		good.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static int set_up(void **state)
{
	struct zy_error err = { 0 };
	struct zy_csr c = { .subject = { .der = ZY_BYTES(name, sizeof(name)) },
		.num_extensions = 2,
		.extensions = { { .oid = zy_oid_key_usage, .value = ZY_LITERAL("\x03\x02\x07\x80"), .critical = true },
		    { .oid = zy_oid_basic_constraints, .value = ZY_LITERAL("\x30\x00"), .critical = false } } };
	ZY_BUF_AUTO info = { 0 };
	uint8_t point[65], rs[64];
	size_t len;

	(void)state;
	soft_make(&soft);
	if (EVP_PKEY_get_octet_string_param(soft.key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point, sizeof(point), &len) !=
	    1)
		return -1;
	c.key = zy_spki_of_point(ZY_SUITE_INTL, point);
	zy_csr_info_put(&info, &c);
	soft_sign(&soft, zy_buf_bytes(&info), rs);
	zy_csr_put(&good, zy_buf_bytes(&info), ZY_SUITE_INTL, rs);
	return zy_keys_open(&keys, &err) && !good.failed ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	zy_buf_free(&good);
	zy_keys_close(keys);
	soft_free(&soft);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_read_as_it_was_written),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(every_bit_counts),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
