/* A ceremony's record comes back as the same bytes; cut at each length it is refused; with any bit flipped it is
 * refused or says something else, and what it says is written as it stands there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/ceremony_record.h"

#define TEXT                                                                                                           \
	ZY_CEREMONY_RECORD "密钥仪式记录 · Record of a key ceremony\nzy-ceremony-1 crl gm intl\n时间 time "   \
			   "2026-03-01T00:00:00Z\n1. 根公钥 root public key\n"

static struct zy_buf sample;

static struct zy_ceremony_record record_made(void)
{
	struct zy_ceremony_record r = { .plan = { .kind = ZY_CEREMONY_CRL, .suites = { true, true } },
		.body = ZY_LITERAL(TEXT),
		.order = ZY_LITERAL("an order") };

	for (size_t i = 0; i < 64; i++)
		r.rs[0][i] = r.rs[1][63 - i] = (uint8_t)(i * 3 + 1);
	return r;
}

static int make(void **state)
{
	const struct zy_ceremony_record r = record_made();
	struct zy_error err = { 0 };

	(void)state;
	return !zy_ceremony_record_encode(&r, &sample, &err);
}

static int drop(void **state)
{
	(void)state;
	zy_buf_free(&sample);
	return 0;
}

static void a_record_comes_back(void **state)
{
	const struct zy_ceremony_record r = record_made();
	struct zy_ceremony_record again;
	ZY_ARENA_AUTO a = { 0 };

	(void)state;
	MUST(zy_ceremony_record_parse(&again, zy_buf_bytes(&sample), &a, &err));
	assert_int_equal(again.plan.kind, ZY_CEREMONY_CRL);
	assert_true(again.plan.suites[0] && again.plan.suites[1]);
	assert_true(zy_bytes_equal(again.body, r.body) && zy_bytes_equal(again.order, r.order));
	assert_memory_equal(again.rs, r.rs, sizeof(r.rs));
}

static void cut_at_each_length_it_is_refused(void **state)
{
	(void)state;
	for (size_t len = 0; len < sample.len; len++) {
		struct zy_ceremony_record r;
		ZY_ARENA_AUTO a = { 0 };

		REFUSED(zy_ceremony_record_parse(&r, ZY_BYTES(sample.p, len), &a, &err), ZY_E_RECORD);
	}
}

static void a_flipped_bit_is_refused_or_stands_there(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < sample.len * 8; bit++) {
		struct zy_ceremony_record r;
		struct zy_error err = { 0 };
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO again = { 0 };

		sample.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (zy_ceremony_record_parse(&r, zy_buf_bytes(&sample), &a, &err)) {
			assert_true(zy_ceremony_record_encode(&r, &again, &err));
			assert_true(zy_bytes_equal(zy_buf_bytes(&again), zy_buf_bytes(&sample)));
		} else {
			assert_int_equal(err.code, ZY_E_RECORD);
		}
		sample.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void other_texts_are_refused(void **state)
{
#define SIGNED "root-gm MAYCAQECAQE=\n"
	static const char *const texts[] = {
		"",
		"-----BEGIN SIGNATURES-----\n",
		/* no title; another plan's spelling; a root that the plan does not name; one that is missing */
		"zy-ceremony-1 crl gm\n" ZY_CEREMONY_SIGNATURES SIGNED ZY_CEREMONY_END,
		ZY_CEREMONY_RECORD "\nzy-ceremony-1 crl  gm\n" ZY_CEREMONY_SIGNATURES SIGNED ZY_CEREMONY_END,
		ZY_CEREMONY_RECORD "\nzy-ceremony-1 crl intl\n" ZY_CEREMONY_SIGNATURES SIGNED ZY_CEREMONY_END,
		ZY_CEREMONY_RECORD "\nzy-ceremony-1 crl gm\n" ZY_CEREMONY_SIGNATURES ZY_CEREMONY_END,
		/* control characters; half a line before the signatures; an order of nothing; something after the end
		 */
		ZY_CEREMONY_RECORD "\033[2J\nzy-ceremony-1 crl gm\n" ZY_CEREMONY_SIGNATURES SIGNED ZY_CEREMONY_END,
		ZY_CEREMONY_RECORD "\r\nzy-ceremony-1 crl gm\n" ZY_CEREMONY_SIGNATURES SIGNED ZY_CEREMONY_END,
		ZY_CEREMONY_RECORD "\nzy-ceremony-1 crl gm\nhalf" ZY_CEREMONY_SIGNATURES SIGNED ZY_CEREMONY_END,
		ZY_CEREMONY_RECORD "\nzy-ceremony-1 crl gm\n" ZY_CEREMONY_SIGNATURES SIGNED "order \n" ZY_CEREMONY_END,
		ZY_CEREMONY_RECORD "\nzy-ceremony-1 crl gm\n" ZY_CEREMONY_SIGNATURES SIGNED ZY_CEREMONY_END "\n",
		ZY_CEREMONY_RECORD "\nzy-ceremony-1 crl gm\n" ZY_CEREMONY_SIGNATURES SIGNED SIGNED ZY_CEREMONY_END,
	};
	static const char good[] =
	    ZY_CEREMONY_RECORD "\nzy-ceremony-1 crl gm\n" ZY_CEREMONY_SIGNATURES SIGNED ZY_CEREMONY_END;
	struct zy_ceremony_record r;
	ZY_ARENA_AUTO a = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		REFUSED(zy_ceremony_record_parse(&r, zy_str(texts[i]), &a, &err), ZY_E_RECORD);
	MUST(zy_ceremony_record_parse(&r, zy_str(good), &a, &err));
	assert_int_equal(r.order.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_comes_back),
		cmocka_unit_test(cut_at_each_length_it_is_refused),
		cmocka_unit_test(a_flipped_bit_is_refused_or_stands_there),
		cmocka_unit_test(other_texts_are_refused),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
