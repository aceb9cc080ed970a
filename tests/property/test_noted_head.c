/* What a signer is asked to note comes back; cut at each length it is refused; with any bit flipped it is refused or
 * says what stands there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "merkle_made.h"
#include "zy/noted_head.h"

static struct made_tree tree;

static void ask(uint64_t old, uint64_t size, struct zy_buf *out)
{
	const struct zy_merkle m = { made_get, &tree };
	struct zy_noted_request q = { .key = { 1, 2, 3 }, .now = made_head(&tree, size) };

	if (old > 0)
		q.old = made_head(&tree, old);
	MUST(zy_merkle_prove_consistency(&m, old, size, &q.path, &err));
	zy_noted_request_encode(&q, out);
	MUST(zy_buf_done(out, "head", &err));
}

static void every_request_comes_back(void **state)
{
	(void)state;
	made_grow(&tree, 33);
	for (uint64_t size = 1; size <= 33; size += 4)
		for (uint64_t old = 0; old <= size; old += 3) {
			struct zy_noted_request q;
			ZY_BUF_AUTO b = { 0 }, again = { 0 };

			ask(old, size, &b);
			MUST(zy_noted_request_parse(&q, zy_buf_bytes(&b), &err));
			assert_int_equal(q.old.size, old);
			assert_int_equal(q.now.size, size);
			assert_int_equal(q.key[2], 3);
			zy_noted_request_encode(&q, &again);
			assert_true(zy_bytes_equal(zy_buf_bytes(&again), zy_buf_bytes(&b)));
		}
}

static void what_is_cut_or_changed_is_refused_or_says_so(void **state)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_noted_request q;

	(void)state;
	made_grow(&tree, 33);
	ask(5, 33, &b);
	for (size_t len = 0; len < b.len; len++)
		assert_false(zy_noted_request_parse(&q, ZY_BYTES(b.p, len), &(struct zy_error){ 0 }));
	for (size_t bit = 0; bit < b.len * 8; bit++) {
		struct zy_error err = { 0 };
		ZY_BUF_AUTO again = { 0 };

		b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (zy_noted_request_parse(&q, zy_buf_bytes(&b), &err)) {
			zy_noted_request_encode(&q, &again);
			assert_true(zy_bytes_equal(zy_buf_bytes(&again), zy_buf_bytes(&b)));
		} else {
			assert_int_not_equal(err.code, ZY_OK);
		}
		b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_comes_back),
		cmocka_unit_test(what_is_cut_or_changed_is_refused_or_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
