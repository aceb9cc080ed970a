#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/merkle.h"
#include "zy/showing.h"

static void fill(uint8_t (*leaves)[ZY_HASH_LEN], unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		MUST(zy_digest(ZY_HASH_SHA256, ZY_BYTES(&i, sizeof(i)), leaves[i], &err));
}

#define LEAVES(l) ((const uint8_t(*)[ZY_HASH_LEN])(l))

static bool check(enum zy_hash h, uint8_t (*leaves)[ZY_HASH_LEN], unsigned n, uint32_t shown, struct zy_bytes siblings,
    const uint8_t root[ZY_HASH_LEN])
{
	uint8_t only[ZY_SHOWING_FIELDS_MAX][ZY_HASH_LEN];
	bool good = false;

	/* the leaves that are not shown are unknown to a verifier */
	memset(only, 0xee, sizeof(only));
	for (unsigned i = 0; i < n; i++)
		if ((shown >> i & 1) != 0)
			memcpy(only[i], leaves[i], ZY_HASH_LEN);
	MUST(zy_tree_check(h, LEAVES(only), n, shown, siblings, root, &good, &err));
	return good;
}

/* The proof fits; one sibling more, fewer, twice, swapped or flipped does not. */
static void judge(enum zy_hash h, uint8_t (*leaves)[ZY_HASH_LEN], unsigned n, uint32_t shown)
{
	ZY_BUF_AUTO s = { 0 };
	uint8_t root[ZY_HASH_LEN], kept[ZY_HASH_LEN];

	MUST(zy_tree_root(h, LEAVES(leaves), n, root, &err));
	MUST(zy_tree_prove(h, LEAVES(leaves), n, shown, &s, &err));
	assert_int_equal(s.len % ZY_HASH_LEN, 0);
	assert_true(check(h, leaves, n, shown, zy_buf_bytes(&s), root));
	root[n - 1] ^= 1;
	assert_false(check(h, leaves, n, shown, zy_buf_bytes(&s), root));
	root[n - 1] ^= 1;
	if (s.len > 0) {
		assert_false(check(h, leaves, n, shown, ZY_BYTES(s.p, s.len - ZY_HASH_LEN), root));
		assert_false(check(h, leaves, n, shown, ZY_BYTES(s.p + ZY_HASH_LEN, s.len - ZY_HASH_LEN), root));
		assert_false(check(h, leaves, n, shown, ZY_BYTES(s.p, s.len - 1), root));
		s.p[s.len / 2] ^= 1;
		assert_false(check(h, leaves, n, shown, zy_buf_bytes(&s), root));
		s.p[s.len / 2] ^= 1;
	}
	if (s.len >= 2 * ZY_HASH_LEN) {
		memcpy(kept, s.p, ZY_HASH_LEN);
		memmove(s.p, s.p + ZY_HASH_LEN, ZY_HASH_LEN);
		memcpy(s.p + ZY_HASH_LEN, kept, ZY_HASH_LEN);
		assert_false(check(h, leaves, n, shown, zy_buf_bytes(&s), root));
		memmove(s.p + ZY_HASH_LEN, s.p, ZY_HASH_LEN);
		memcpy(s.p, kept, ZY_HASH_LEN);
		assert_true(check(h, leaves, n, shown, zy_buf_bytes(&s), root));
	}
	zy_buf_put(&s, ZY_BYTES(leaves[0], ZY_HASH_LEN));
	assert_false(check(h, leaves, n, shown, zy_buf_bytes(&s), root));
}

static void every_set_of_eight_leaves_has_its_proof(void **state)
{
	uint8_t leaves[8][ZY_HASH_LEN];

	(void)state;
	fill(leaves, 8);
	for (uint32_t shown = 1; shown < 256; shown++)
		for (enum zy_hash h = ZY_HASH_SM3; h <= ZY_HASH_SHA256; h++)
			judge(h, leaves, 8, shown);
}

static void random_sets_of_larger_trees_have_their_proofs(void **state)
{
	uint8_t leaves[32][ZY_HASH_LEN];
	uint32_t s = 20260301;

	(void)state;
	fill(leaves, 32);
	for (int round = 0; round < 400; round++) {
		unsigned n = round % 2 == 0 ? 16 : 32;
		uint32_t shown;

		s ^= s << 13;
		s ^= s >> 17;
		s ^= s << 5;
		shown = (round % 4 < 2 ? s & s >> 7 & s >> 13 : s) & (n == 16 ? 0xffff : 0xffffffff);
		if (shown != 0)
			judge(ZY_HASH_SM3, leaves, n, shown);
	}
	judge(ZY_HASH_SHA256, leaves, 16, 0xffff);
	judge(ZY_HASH_SHA256, leaves, 32, 0xffffffff);
}

static void all_leaves_need_no_sibling_and_none_proves_nothing(void **state)
{
	uint8_t leaves[8][ZY_HASH_LEN], root[ZY_HASH_LEN];
	ZY_BUF_AUTO s = { 0 };
	bool good = true;

	(void)state;
	fill(leaves, 8);
	MUST(zy_tree_prove(ZY_HASH_SM3, LEAVES(leaves), 8, 0xff, &s, &err));
	assert_int_equal(s.len, 0);
	MUST(zy_tree_root(ZY_HASH_SM3, LEAVES(leaves), 8, root, &err));
	MUST(zy_tree_check(ZY_HASH_SM3, LEAVES(leaves), 8, 0, ZY_BYTES(NULL, 0), root, &good, &err));
	assert_false(good);
	good = true;
	MUST(zy_tree_check(ZY_HASH_SM3, LEAVES(leaves), 8, 0, ZY_BYTES(root, ZY_HASH_LEN), root, &good, &err));
	assert_false(good);
}

/* Neighbours share what is above them (showing protocol, a). */
static void neighbours_need_fewer_siblings(void **state)
{
	static const struct {
		unsigned n;
		uint32_t shown;
		size_t num;
	} known[] = { { 16, 0x0001, 4 }, { 16, 0x0003, 3 }, { 16, 0x0007, 3 }, { 16, 0x000f, 2 }, { 16, 0x0111, 7 },
		{ 8, 0x01, 3 }, { 32, 0x00000001, 5 } };
	uint8_t leaves[32][ZY_HASH_LEN];

	(void)state;
	fill(leaves, 32);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		ZY_BUF_AUTO s = { 0 };

		MUST(zy_tree_prove(ZY_HASH_SM3, LEAVES(leaves), known[i].n, known[i].shown, &s, &err));
		assert_int_equal(s.len, known[i].num * ZY_HASH_LEN);
	}
}

static void a_leaf_in_another_place_does_not_fit(void **state)
{
	uint8_t leaves[8][ZY_HASH_LEN], moved[8][ZY_HASH_LEN], root[ZY_HASH_LEN];
	ZY_BUF_AUTO s = { 0 };

	(void)state;
	fill(leaves, 8);
	MUST(zy_tree_root(ZY_HASH_SM3, LEAVES(leaves), 8, root, &err));
	MUST(zy_tree_prove(ZY_HASH_SM3, LEAVES(leaves), 8, 4, &s, &err));
	for (unsigned i = 0; i < 8; i++) {
		memcpy(moved[i], leaves[2], ZY_HASH_LEN);
		assert_true(check(ZY_HASH_SM3, moved, 8, (uint32_t)1 << i, zy_buf_bytes(&s), root) == (i == 2));
	}
	assert_false(check(ZY_HASH_SHA256, leaves, 8, 4, zy_buf_bytes(&s), root));
}

/* A node cannot be shown as a leaf: their hashes begin with different octets (as RFC 9162 2.1.1). */
static void leaf_and_node_are_hashed_apart(void **state)
{
	uint8_t leaves[8][ZY_HASH_LEN] = { 0 }, in[1 + 2 * ZY_HASH_LEN] = { 0 }, want[ZY_HASH_LEN], have[ZY_HASH_LEN];

	(void)state;
	MUST(zy_merkle_leaf(ZY_HASH_SHA256, ZY_LITERAL("field"), have, &err));
	MUST(zy_digest(ZY_HASH_SHA256, ZY_LITERAL("\0field"), want, &err));
	assert_memory_equal(have, want, ZY_HASH_LEN);
	in[0] = 1;
	for (int level = 0; level < 3; level++) {
		MUST(zy_digest(ZY_HASH_SHA256, ZY_BYTES(in, sizeof(in)), want, &err));
		memcpy(in + 1, want, ZY_HASH_LEN);
		memcpy(in + 1 + ZY_HASH_LEN, want, ZY_HASH_LEN);
	}
	MUST(zy_tree_root(ZY_HASH_SHA256, LEAVES(leaves), 8, have, &err));
	assert_memory_equal(have, want, ZY_HASH_LEN);
}

static void a_tree_has_8_16_or_32_leaves(void **state)
{
	uint8_t leaves[32][ZY_HASH_LEN] = { 0 }, root[ZY_HASH_LEN];
	ZY_BUF_AUTO s = { 0 };
	bool good;

	(void)state;
	for (unsigned n = 0; n < 40; n++)
		if (n != 8 && n != 16 && n != 32) {
			REFUSED(zy_tree_root(ZY_HASH_SM3, LEAVES(leaves), n, root, &err), ZY_E_BUG);
			REFUSED(zy_tree_prove(ZY_HASH_SM3, LEAVES(leaves), n, 1, &s, &err), ZY_E_BUG);
			REFUSED(zy_tree_check(ZY_HASH_SM3, LEAVES(leaves), n, 1, ZY_BYTES(NULL, 0), root, &good, &err),
			    ZY_E_BUG);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_set_of_eight_leaves_has_its_proof),
		cmocka_unit_test(random_sets_of_larger_trees_have_their_proofs),
		cmocka_unit_test(all_leaves_need_no_sibling_and_none_proves_nothing),
		cmocka_unit_test(neighbours_need_fewer_siblings),
		cmocka_unit_test(a_leaf_in_another_place_does_not_fit),
		cmocka_unit_test(leaf_and_node_are_hashed_apart),
		cmocka_unit_test(a_tree_has_8_16_or_32_leaves),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
