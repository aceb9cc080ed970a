/* A SignedData cut at each length or with any bit changed is refused, or says something else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers/soft_p256.h"
#include "zy/cms.h"

static struct soft_p256 soft;
static struct zy_buf good;

static bool same_facts(const struct zy_cms *a, const struct zy_cms *b)
{
	bool same = a->num_certs == b->num_certs && zy_bytes_equal(a->crls, b->crls) &&
		    zy_bytes_equal(a->sid.issuer, b->sid.issuer) && zy_bytes_equal(a->sid.serial, b->sid.serial) &&
		    zy_bytes_equal(a->digest_alg, b->digest_alg) &&
		    zy_bytes_equal(a->signature_alg, b->signature_alg) &&
		    zy_bytes_equal(a->signed_attrs, b->signed_attrs) && zy_bytes_equal(a->signature, b->signature) &&
		    zy_bytes_equal(a->unsigned_attrs, b->unsigned_attrs);

	for (size_t i = 0; same && i < a->num_certs; i++)
		same = zy_bytes_equal(a->certs[i], b->certs[i]);
	return same;
}

static void every_bit_counts(void **state)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_cms before, after;

	(void)state;
	assert_true(zy_cms_parse(&before, zy_buf_bytes(&good), &a, &err));
	for (size_t bit = 0; bit < good.len * 8; bit++) {
		struct zy_error why = { 0 };
		ZY_ARENA_AUTO b = { 0 };
		ZY_BUF_AUTO copy = { 0 };

		zy_buf_put(&copy, zy_buf_bytes(&good));
		copy.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (zy_cms_parse(&after, zy_buf_bytes(&copy), &b, &why))
			assert_false(same_facts(&before, &after));
		else
			assert_true(why.code != ZY_OK && (why.offset == ZY_NOWHERE || why.offset <= good.len));
	}
}

static void every_prefix_is_refused(void **state)
{
	(void)state;
	for (size_t len = 0; len < good.len; len++) {
		struct zy_error err = { 0 };
		ZY_ARENA_AUTO a = { 0 };
		struct zy_cms c;

		assert_false(zy_cms_parse(&c, ZY_BYTES(good.p, len), &a, &err));
		assert_true(err.code != ZY_OK && (err.offset == ZY_NOWHERE || err.offset <= len));
	}
}

static int set_up(void **state)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO attrs = { 0 };
	uint8_t digest[32] = { 1 }, rs[64];
	zy_time at = 1772323200;

	(void)state;
	soft_make(&soft);
	if (!zy_cms_attrs_encode(digest, &at, soft.cert, &attrs, &err))
		return -1;
	soft_sign(&soft, zy_buf_bytes(&attrs), rs);
	return zy_cms_encode(zy_buf_bytes(&attrs), rs, &soft.cert, 1, &good, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	zy_buf_free(&good);
	soft_free(&soft);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(every_prefix_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
