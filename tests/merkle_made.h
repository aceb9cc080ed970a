/* A tree in memory: leaves that are appended, and every complete subtree in its place. */
#ifndef ZY_TEST_MERKLE_MADE_H
#define ZY_TEST_MERKLE_MADE_H

#include "expect.h"
#include "zy/merkle.h"

#define MADE_PLACES 4096
struct made_tree {
	uint64_t size, asked; /* asked: how often a hash was fetched */
	uint8_t hashes[MADE_PLACES][ZY_HASH_LEN];
};

static bool made_get(void *arg, unsigned level, uint64_t index, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	struct made_tree *t = arg;

	if (((index + 1) << level) > t->size)
		return zy_fail(err, ZY_E_BUG, "tree", ZY_NOWHERE, "a subtree that is not complete was asked for");
	t->asked++;
	memcpy(out, t->hashes[zy_merkle_place(level, index)], ZY_HASH_LEN);
	return true;
}

static void made_append(struct made_tree *t, struct zy_bytes entry)
{
	uint64_t n = t->size++;

	assert_true(zy_merkle_places(t->size) <= MADE_PLACES);
	MUST(zy_merkle_leaf(ZY_HASH_SHA256, entry, t->hashes[zy_merkle_place(0, n)], &err));
	for (unsigned level = 1; (t->size >> level) << level == t->size; level++) {
		uint64_t i = n >> level;

		MUST(zy_merkle_node(ZY_HASH_SHA256, t->hashes[zy_merkle_place(level - 1, 2 * i)],
		    t->hashes[zy_merkle_place(level - 1, 2 * i + 1)], t->hashes[zy_merkle_place(level, i)], &err));
	}
}

static void made_grow(struct made_tree *t, uint64_t size)
{
	while (t->size < size)
		made_append(t, ZY_BYTES(&t->size, sizeof(t->size)));
}

static struct zy_merkle_head made_head(struct made_tree *t, uint64_t size)
{
	const struct zy_merkle m = { made_get, t };
	struct zy_merkle_head h = { .size = size };

	MUST(zy_merkle_root(&m, size, h.root, &err));
	return h;
}

#endif
