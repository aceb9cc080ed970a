#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "merkle_made.h"
#include "zy/text.h"

/* The leaves and roots that certificate transparency's own tests use for RFC 6962. */
static const char *const known_leaves[] = { "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
	"606162636465666768696a6b6c6d6e6f" };
static const char *const known_roots[] = { "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" };

enum { MOST = 70 };

static void roots_are_those_of_the_known_trees(void **state)
{
	static struct made_tree t;
	uint8_t leaf[16], root[ZY_HASH_LEN];

	(void)state;
	for (size_t n = 0; n <= 8; n++) {
		struct zy_merkle_head h = made_head(&t, n);

		MUST(zy_unhex(zy_str(known_roots[n]), root, sizeof(root), &err));
		assert_memory_equal(h.root, root, ZY_HASH_LEN);
		if (n == 8)
			break;
		MUST(zy_unhex(zy_str(known_leaves[n]), leaf, strlen(known_leaves[n]) / 2, &err));
		made_append(&t, ZY_BYTES(leaf, strlen(known_leaves[n]) / 2));
	}
}

/* MTH(D[start:end]) as RFC 6962 2.1 says it, with nothing but the leaves. */
static void plain_root(const struct made_tree *t, uint64_t start, uint64_t end, uint8_t out[ZY_HASH_LEN])
{
	uint8_t left[ZY_HASH_LEN], right[ZY_HASH_LEN];
	uint64_t k = 1;

	if (end - start == 1) {
		memcpy(out, t->hashes[zy_merkle_place(0, start)], ZY_HASH_LEN);
		return;
	}
	while (2 * k < end - start)
		k *= 2;
	plain_root(t, start, start + k, left);
	plain_root(t, start + k, end, right);
	MUST(zy_merkle_node(ZY_HASH_SHA256, left, right, out, &err));
}

static void every_root_of_a_small_tree_is_that_of_the_definition(void **state)
{
	static struct made_tree t;
	uint8_t root[ZY_HASH_LEN];

	(void)state;
	made_grow(&t, 300);
	for (uint64_t n = 1; n <= 300; n++) {
		plain_root(&t, 0, n, root);
		assert_memory_equal(made_head(&t, n).root, root, ZY_HASH_LEN);
	}
}

static void places_are_a_sequence_without_gaps(void **state)
{
	uint64_t next = 0;

	(void)state;
	for (uint64_t n = 0; n < 1000; n++) {
		assert_int_equal(zy_merkle_places(n), next);
		for (unsigned level = 0; ((n + 1) >> level) << level == n + 1; level++)
			assert_int_equal(zy_merkle_place(level, n >> level), next++);
	}
}

static bool included(
    const uint8_t leaf[ZY_HASH_LEN], uint64_t index, const struct zy_merkle_path *p, const struct zy_merkle_head *h)
{
	bool good = true;

	MUST(zy_merkle_check_inclusion(leaf, index, p, h, &good, &err));
	return good;
}

static bool consistent(
    const struct zy_merkle_head *before, const struct zy_merkle_path *p, const struct zy_merkle_head *h)
{
	bool good = true;

	MUST(zy_merkle_check_consistency(before, p, h, &good, &err));
	return good;
}

/* The proof fits its own place, and no other index, size, path or leaf. */
static void judge_inclusion(struct made_tree *t, uint64_t index, uint64_t size)
{
	const struct zy_merkle m = { made_get, t };
	const uint8_t *leaf = t->hashes[zy_merkle_place(0, index)];
	struct zy_merkle_head h = made_head(t, size);
	struct zy_merkle_path p;

	MUST(zy_merkle_prove_inclusion(&m, index, size, &p, &err));
	assert_true(included(leaf, index, &p, &h));
	assert_true(p.num <= 7);
	for (uint64_t other = 0; other < size + 2; other++)
		assert_true(other == index || !included(leaf, other, &p, &h));
	for (size_t i = 0; i < p.num; i++) {
		p.hashes[i][i % ZY_HASH_LEN] ^= 1;
		assert_false(included(leaf, index, &p, &h));
		p.hashes[i][i % ZY_HASH_LEN] ^= 1;
	}
	p.num++;
	assert_false(included(leaf, index, &p, &h));
	p.num--;
	if (p.num > 0) {
		p.num--;
		assert_false(included(leaf, index, &p, &h));
		p.num++;
		assert_false(included(p.hashes[0], index, &p, &h));
	}
	h.root[0] ^= 1;
	assert_false(included(leaf, index, &p, &h));
}

static void each_entry_of_each_small_tree_is_proved(void **state)
{
	static struct made_tree t;

	(void)state;
	made_grow(&t, MOST);
	for (uint64_t size = 1; size <= MOST; size++)
		for (uint64_t index = 0; index < size; index++)
			judge_inclusion(&t, index, size);
}

static void judge_consistency(struct made_tree *t, uint64_t from, uint64_t size)
{
	const struct zy_merkle m = { made_get, t };
	struct zy_merkle_head before = made_head(t, from), h = made_head(t, size);
	struct zy_merkle_path p;

	MUST(zy_merkle_prove_consistency(&m, from, size, &p, &err));
	assert_true(consistent(&before, &p, &h));
	for (size_t i = 0; i < p.num; i++) {
		p.hashes[i][31] ^= 0x80;
		assert_false(consistent(&before, &p, &h));
		p.hashes[i][31] ^= 0x80;
	}
	p.num++;
	assert_false(consistent(&before, &p, &h));
	p.num--;
	if (p.num > 0) {
		p.num--;
		assert_false(consistent(&before, &p, &h));
		p.num++;
	}
	before.root[5] ^= 1;
	assert_false(consistent(&before, &p, &h));
	before.root[5] ^= 1;
	h.root[5] ^= 1;
	assert_true(from == 0 || !consistent(&before, &p, &h));
}

static void each_small_tree_is_consistent_with_each_before_it(void **state)
{
	static struct made_tree t;

	(void)state;
	made_grow(&t, MOST);
	for (uint64_t size = 0; size <= MOST; size++)
		for (uint64_t from = 0; from <= size; from++)
			judge_consistency(&t, from, size);
}

/* Two logs that part after their fifth entry. */
static void two_histories_are_never_consistent(void **state)
{
	static struct made_tree one, other;
	const struct zy_merkle m = { made_get, &other };
	struct zy_merkle_path p;

	(void)state;
	made_grow(&one, 5);
	made_grow(&other, 5);
	made_append(&other, ZY_LITERAL("another"));
	made_grow(&one, 20);
	made_grow(&other, 40);
	for (uint64_t from = 1; from <= 20; from++)
		for (uint64_t size = from; size <= 40; size++) {
			struct zy_merkle_head before = made_head(&one, from), h = made_head(&other, size);

			MUST(zy_merkle_prove_consistency(&m, from, size, &p, &err));
			assert_int_equal(consistent(&before, &p, &h), from <= 5);
		}
}

static void a_smaller_tree_follows_on_no_larger_one(void **state)
{
	static struct made_tree t;
	struct zy_merkle_head small, large;
	const struct zy_merkle_path none = { 0 };

	(void)state;
	made_grow(&t, 8);
	small = made_head(&t, 3);
	large = made_head(&t, 8);
	assert_false(consistent(&large, &none, &small));
}

static void what_the_tree_does_not_hold_is_not_proved(void **state)
{
	static struct made_tree t;
	const struct zy_merkle m = { made_get, &t };
	uint8_t root[ZY_HASH_LEN];
	struct zy_merkle_path p;

	(void)state;
	made_grow(&t, 4);
	REFUSED(zy_merkle_prove_inclusion(&m, 4, 4, &p, &err), ZY_E_NOT_FOUND);
	REFUSED(zy_merkle_prove_consistency(&m, 5, 4, &p, &err), ZY_E_NOT_FOUND);
	REFUSED(zy_merkle_root(&m, ZY_MERKLE_SIZE_MAX + 1, root, &err), ZY_E_TOO_LARGE);
}

/* O(log n): a root and a proof of a large tree fetch few hashes. */
static void a_proof_fetches_few_hashes(void **state)
{
	static struct made_tree t;
	const struct zy_merkle m = { made_get, &t };
	struct zy_merkle_path p;

	(void)state;
	made_grow(&t, 2000);
	t.asked = 0;
	MUST(zy_merkle_prove_inclusion(&m, 1234, 1999, &p, &err));
	assert_true(t.asked <= 30);
	t.asked = 0;
	made_head(&t, 1999);
	assert_true(t.asked <= 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_are_those_of_the_known_trees),
		cmocka_unit_test(every_root_of_a_small_tree_is_that_of_the_definition),
		cmocka_unit_test(places_are_a_sequence_without_gaps),
		cmocka_unit_test(each_entry_of_each_small_tree_is_proved),
		cmocka_unit_test(each_small_tree_is_consistent_with_each_before_it),
		cmocka_unit_test(two_histories_are_never_consistent),
		cmocka_unit_test(a_smaller_tree_follows_on_no_larger_one),
		cmocka_unit_test(what_the_tree_does_not_hold_is_not_proved),
		cmocka_unit_test(a_proof_fetches_few_hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
