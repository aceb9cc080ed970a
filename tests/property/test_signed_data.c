/* Signed data with any bit changed, or cut at any length, does not pass with another content, signer or time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cms_made.h"
#include "zy/signed_data.h"

static struct zy_arena arena;
static struct zy_trust trust;
static struct zy_keys *keys;

static enum zy_indication judged(struct zy_bytes in, struct zy_report *r)
{
	struct zy_error err = { 0 };

	zy_report_start(r, "changed", VERIFY_AT);
	if (zy_judge_cms(keys, &trust, in, NULL, VERIFY_AT, r, &err))
		return zy_report_indication(r);
	assert_true(err.code != ZY_OK && (err.offset == ZY_NOWHERE || err.offset <= in.len));
	return ZY_TOTAL_FAILED;
}

static void content_of(struct zy_bytes in, struct zy_buf *out)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_signed_data *d = zy_arena_alloc(&a, sizeof(*d), &err);
	struct zy_reader walk;
	struct zy_bytes piece;

	assert_true(d != NULL && zy_signed_data_parse(d, in, &a, &err));
	walk = zy_reader_over(d->content);
	while (zy_signed_content_next(&walk, &piece))
		zy_buf_put(out, piece);
}

static void check_bit(const struct zy_buf *good, const struct zy_report *before, size_t bit)
{
	ZY_BUF_AUTO copy = { 0 }, content = { 0 };
	ZY_REPORT_AUTO r;

	zy_buf_put(&copy, zy_buf_bytes(good));
	copy.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	if (judged(zy_buf_bytes(&copy), &r) != ZY_TOTAL_PASSED)
		return;
	content_of(zy_buf_bytes(&copy), &content);
	assert_true(zy_bytes_equal(zy_buf_bytes(&content), CMS_MADE_CONTENT));
	assert_int_equal(r.num_signatures, before->num_signatures);
	assert_string_equal(r.signatures[0].signer, before->signatures[0].signer);
	assert_int_equal(r.signatures[0].signing_time, before->signatures[0].signing_time);
}

static void what_passes_says_the_same(void **state)
{
	static const struct cms_made kinds[] = { { .suite = ZY_SUITE_INTL },
		{ .suite = ZY_SUITE_INTL, .fault = "no-attributes" }, { .suite = ZY_SUITE_INTL, .fault = "key-id" },
		{ .suite = ZY_SUITE_GM, .gbt = true }, { .suite = ZY_SUITE_INTL, .fault = "all-indefinite" } };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		ZY_BUF_AUTO good = { 0 };
		ZY_REPORT_AUTO r;

		cms_make(&kinds[i], &good);
		assert_int_equal(judged(zy_buf_bytes(&good), &r), ZY_TOTAL_PASSED);
		/* SM2 is slow: every bit of its frame would tell nothing more */
		for (size_t bit = i; bit < good.len * 8; bit += kinds[i].suite == ZY_SUITE_GM ? 7 : 1 + i % 3)
			check_bit(&good, &r, bit);
	}
}

static void every_prefix_is_refused(void **state)
{
	ZY_BUF_AUTO good = { 0 };

	(void)state;
	cms_make(&(struct cms_made){ .suite = ZY_SUITE_INTL, .fault = "all-indefinite" }, &good);
	for (size_t len = 0; len < good.len; len++) {
		ZY_REPORT_AUTO r;

		assert_int_equal(judged(ZY_BYTES(good.p, len), &r), ZY_TOTAL_FAILED);
	}
}

static int set_up(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	trust = verify_trust(&arena, ZY_PURPOSE_SEAL | ZY_PURPOSE_DOCUMENT);
	return zy_keys_open(&keys, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	zy_keys_close(keys);
	zy_arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_passes_says_the_same),
		cmocka_unit_test(every_prefix_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
