#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/receipt.h"

static const struct zy_receipt sample = { .n = 7,
	.prev = { 1, 2, 3 },
	.at = 1772323200,
	.who = ZY_LITERAL("hotel"),
	.what = ZY_LITERAL("show"),
	.licence = ZY_LITERAL("A.B.1"),
	.version = 2,
	.item = ZY_LITERAL("lodging"),
	.case_id = ZY_LITERAL("2026-1"),
	.ground = ZY_LITERAL("旅馆业治安管理办法 6") };

static void a_receipt_comes_back_as_it_was_written(void **state)
{
	ZY_BUF_AUTO b = { 0 }, again = { 0 };
	struct zy_receipt r;

	(void)state;
	zy_receipt_encode(&sample, &b);
	MUST(zy_receipt_parse(&r, zy_buf_bytes(&b), &err));
	assert_int_equal(r.n, 7);
	assert_memory_equal(r.prev, sample.prev, ZY_HASH_LEN);
	assert_true(zy_bytes_equal(r.ground, sample.ground));
	zy_receipt_encode(&r, &again);
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), zy_buf_bytes(&again)));
}

static void a_cut_and_a_longer_one_are_refused(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_receipt r;

	(void)state;
	zy_receipt_encode(&sample, &b);
	for (size_t len = 0; len < b.len; len++) {
		struct zy_error err = { 0 };

		assert_false(zy_receipt_parse(&r, ZY_BYTES(b.p, len), &err));
		assert_int_not_equal(err.code, ZY_OK);
	}
	zy_buf_put_u8(&b, 0);
	REFUSED(zy_receipt_parse(&r, zy_buf_bytes(&b), &err), ZY_E_TRAILING);
}

/* printf '\0\0\0\0\0\0\0\1' | openssl dgst -sha256 -mac HMAC -macopt hexkey:(32 zero octets) */
static void a_tag_is_that_of_hmac_sha_256(void **state)
{
	static const uint8_t key[ZY_HASH_LEN];
	static const uint8_t first[] = { 0xa4, 0xa1, 0x1c, 0xe5, 0xfb, 0xe8, 0xf9, 0x6b, 0xf3, 0x02, 0x80, 0x35, 0x28,
		0x6c, 0x2c, 0x92 };
	uint8_t tag[ZY_LOG_TAG_LEN];

	(void)state;
	MUST(zy_receipt_tag(key, 1, tag, &err));
	assert_memory_equal(tag, first, sizeof(first));
	MUST(zy_receipt_tag(key, 2, tag, &err));
	assert_memory_not_equal(tag, first, sizeof(first));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_receipt_comes_back_as_it_was_written),
		cmocka_unit_test(a_cut_and_a_longer_one_are_refused),
		cmocka_unit_test(a_tag_is_that_of_hmac_sha_256),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
