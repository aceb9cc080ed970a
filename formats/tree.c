/* The field tree of a credential. n is a power of two up to 32, so no node is ever without a partner. */
#include "zy/merkle.h"
#include "zy/showing.h"

/* One level up, in place: row[0..n) becomes row[0..n/2). */
static bool climb(enum zy_hash h, uint8_t (*row)[ZY_HASH_LEN], unsigned n, struct zy_error *err)
{
	for (unsigned i = 0; i < n / 2; i++) {
		uint8_t up[ZY_HASH_LEN];

		if (!zy_merkle_node(h, row[2 * i], row[2 * i + 1], up, err))
			return false;
		memcpy(row[i], up, ZY_HASH_LEN);
	}
	return true;
}

static bool size_ok(unsigned n, struct zy_error *err)
{
	return n == 8 || n == 16 || n == 32 || zy_fail(err, ZY_E_BUG, "n", ZY_NOWHERE, "a tree has 8, 16 or 32 leaves");
}

bool zy_tree_root(
    enum zy_hash h, const uint8_t (*leaves)[ZY_HASH_LEN], unsigned n, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	uint8_t row[ZY_SHOWING_FIELDS_MAX][ZY_HASH_LEN];

	if (!size_ok(n, err))
		return false;
	memcpy(row, leaves, (size_t)n * ZY_HASH_LEN);
	for (; n > 1; n /= 2)
		if (!climb(h, row, n, err))
			return false;
	memcpy(out, row[0], ZY_HASH_LEN);
	return true;
}

/* Which nodes of the level above are known when these are. */
static uint32_t known_above(uint32_t known, unsigned n)
{
	uint32_t up = 0;

	for (unsigned i = 0; i < n; i++)
		if ((known >> i & 1) != 0)
			up |= (uint32_t)1 << i / 2;
	return up;
}

bool zy_tree_prove(enum zy_hash h, const uint8_t (*leaves)[ZY_HASH_LEN], unsigned n, uint32_t shown,
    struct zy_buf *siblings, struct zy_error *err)
{
	uint8_t row[ZY_SHOWING_FIELDS_MAX][ZY_HASH_LEN];

	if (!size_ok(n, err))
		return false;
	memcpy(row, leaves, (size_t)n * ZY_HASH_LEN);
	for (uint32_t known = shown; n > 1; known = known_above(known, n), n /= 2) {
		for (unsigned i = 0; i < n; i++)
			if ((known >> i & 1) == 0 && (known >> (i ^ 1) & 1) != 0)
				zy_buf_put(siblings, ZY_BYTES(row[i], ZY_HASH_LEN));
		if (!climb(h, row, n, err))
			return false;
	}
	return zy_buf_done(siblings, "siblings", err);
}

/* Puts the siblings of one level into its row; false when they run out. */
static bool place_siblings(struct zy_reader *r, uint8_t (*row)[ZY_HASH_LEN], unsigned n, uint32_t known)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes sibling;

	for (unsigned i = 0; i < n; i++) {
		if ((known >> i & 1) != 0 || (known >> (i ^ 1) & 1) == 0)
			continue;
		if (!zy_take(r, ZY_HASH_LEN, "siblings", &sibling, &ignored))
			return false;
		memcpy(row[i], sibling.p, ZY_HASH_LEN);
	}
	return true;
}

bool zy_tree_check(enum zy_hash h, const uint8_t (*leaves)[ZY_HASH_LEN], unsigned n, uint32_t shown,
    struct zy_bytes siblings, const uint8_t root[ZY_HASH_LEN], bool *good, struct zy_error *err)
{
	uint8_t row[ZY_SHOWING_FIELDS_MAX][ZY_HASH_LEN] = { 0 };
	struct zy_reader r = zy_reader_over(siblings);

	*good = false;
	if (!size_ok(n, err))
		return false;
	for (unsigned i = 0; i < n; i++)
		if ((shown >> i & 1) != 0)
			memcpy(row[i], leaves[i], ZY_HASH_LEN);
	for (uint32_t known = shown; n > 1; known = known_above(known, n), n /= 2) {
		if (!place_siblings(&r, row, n, known))
			return true;
		/* Pairs of which neither is known are hashed too; nothing reads what comes of it. */
		if (!climb(h, row, n, err))
			return false;
	}
	*good = shown != 0 && zy_reader_left(&r) == 0 && memcmp(row[0], root, ZY_HASH_LEN) == 0;
	return true;
}
