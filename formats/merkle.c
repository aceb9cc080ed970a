#include "zy/merkle.h"

bool zy_merkle_leaf(enum zy_hash h, struct zy_bytes entry, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	static const uint8_t mark = 0;
	struct zy_hasher k = { 0 };

	if (zy_hasher_start(&k, h, err) && zy_hasher_add(&k, ZY_BYTES(&mark, 1), err) && zy_hasher_add(&k, entry, err))
		return zy_hasher_final(&k, out, err);
	zy_hasher_free(&k);
	return false;
}

bool zy_merkle_node(enum zy_hash h, const uint8_t left[ZY_HASH_LEN], const uint8_t right[ZY_HASH_LEN],
    uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	uint8_t in[1 + 2 * ZY_HASH_LEN] = { 1 };

	memcpy(in + 1, left, ZY_HASH_LEN);
	memcpy(in + 1 + ZY_HASH_LEN, right, ZY_HASH_LEN);
	return zy_digest(h, ZY_BYTES(in, sizeof(in)), out, err);
}

/* n leaves make n - popcount(n) complete nodes above them. */
uint64_t zy_merkle_places(uint64_t size)
{
	uint64_t ones = 0;

	for (uint64_t n = size; n > 0; n &= n - 1)
		ones++;
	return 2 * size - ones;
}

/* A subtree's hash follows the leaf that completes it, lower levels first. */
uint64_t zy_merkle_place(unsigned level, uint64_t index)
{
	return zy_merkle_places(((index + 1) << level) - 1) + level;
}

static bool size_ok(uint64_t size, struct zy_error *err)
{
	return size <= ZY_MERKLE_SIZE_MAX || zy_fail(err, ZY_E_TOO_LARGE, "size", ZY_NOWHERE, "the tree is too large");
}

/* k of RFC 6962 2.1: the largest power of two smaller than n, for n > 1; and its exponent. */
static uint64_t split(uint64_t n, unsigned *level)
{
	unsigned e = 0;

	while (((uint64_t)2 << e) < n)
		e++;
	*level = e;
	return (uint64_t)1 << e;
}

/* MTH(D[start:end]) where start is a multiple of the largest power of two in the range: the left part of each split is
 * a complete subtree, so the right edge is gathered from the bottom up. */
static bool range_root(
    const struct zy_merkle *t, uint64_t start, uint64_t end, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	uint8_t lefts[64][ZY_HASH_LEN];
	size_t num = 0;
	unsigned level = 0;

	while (end - start > 1) {
		uint64_t k = split(end - start, &level);

		if (2 * k == end - start) {
			level++; /* the range is complete itself */
			break;
		}
		if (!t->get(t->arg, level, start >> level, lefts[num++], err))
			return false;
		start += k;
		level = 0;
	}
	if (!t->get(t->arg, level, start >> level, out, err))
		return false;
	while (num > 0)
		if (!zy_merkle_node(ZY_HASH_SHA256, lefts[--num], out, out, err))
			return false;
	return true;
}

bool zy_merkle_root(const struct zy_merkle *t, uint64_t size, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	if (!size_ok(size, err))
		return false;
	return size == 0 ? zy_digest(ZY_HASH_SHA256, ZY_BYTES(NULL, 0), out, err) : range_root(t, 0, size, out, err);
}

/* Proofs are found from the root down and given from the leaf up. */
static void reverse(struct zy_merkle_path *p)
{
	for (size_t i = 0; i < p->num / 2; i++) {
		uint8_t swap[ZY_HASH_LEN];

		memcpy(swap, p->hashes[i], ZY_HASH_LEN);
		memcpy(p->hashes[i], p->hashes[p->num - 1 - i], ZY_HASH_LEN);
		memcpy(p->hashes[p->num - 1 - i], swap, ZY_HASH_LEN);
	}
}

/* One step down, to the half in which entry `at` lies; the other half's root joins the path. */
static bool descend(const struct zy_merkle *t, uint64_t at, uint64_t *start, uint64_t *end, struct zy_merkle_path *out,
    struct zy_error *err)
{
	unsigned level;
	uint64_t middle = *start + split(*end - *start, &level);
	bool left = at < middle;

	if (!range_root(t, left ? middle : *start, left ? *end : middle, out->hashes[out->num++], err))
		return false;
	*(left ? end : start) = middle;
	return true;
}

bool zy_merkle_prove_inclusion(
    const struct zy_merkle *t, uint64_t index, uint64_t size, struct zy_merkle_path *out, struct zy_error *err)
{
	uint64_t start = 0, end = size;

	out->num = 0;
	if (!size_ok(size, err))
		return false;
	if (index >= size)
		return zy_fail(err, ZY_E_NOT_FOUND, "index", ZY_NOWHERE, "the tree has no such entry");
	while (end - start > 1)
		if (!descend(t, index, &start, &end, out, err))
			return false;
	reverse(out);
	return true;
}

/* SUBPROOF(m, D[n], b): b is true while the subtree begins at the first entry, and its hash is known to who asks. */
bool zy_merkle_prove_consistency(
    const struct zy_merkle *t, uint64_t before, uint64_t size, struct zy_merkle_path *out, struct zy_error *err)
{
	uint64_t start = 0, end = size;

	out->num = 0;
	if (!size_ok(size, err))
		return false;
	if (before > size)
		return zy_fail(err, ZY_E_NOT_FOUND, "size", ZY_NOWHERE, "the tree has not grown to that size");
	if (before == 0 || before == size)
		return true;
	while (end != before)
		if (!descend(t, before - 1, &start, &end, out, err))
			return false;
	if (start > 0 && !range_root(t, start, end, out->hashes[out->num++], err))
		return false;
	reverse(out);
	return true;
}

/* The walk up that both checks share: node fn on its level, sn the last one there. */
struct climb {
	uint64_t fn, sn;
};

/* Where the next hash of the path stands; false when the path is too long. */
static bool climb(struct climb *c, bool *on_left)
{
	if (c->sn == 0)
		return false;
	*on_left = (c->fn & 1) != 0 || c->fn == c->sn;
	if (*on_left)
		while ((c->fn & 1) == 0 && c->fn != 0) {
			c->fn >>= 1;
			c->sn >>= 1;
		}
	c->fn >>= 1;
	c->sn >>= 1;
	return true;
}

bool zy_merkle_check_inclusion(const uint8_t leaf[ZY_HASH_LEN], uint64_t index, const struct zy_merkle_path *path,
    const struct zy_merkle_head *head, bool *good, struct zy_error *err)
{
	struct climb c = { index, head->size - 1 };
	uint8_t r[ZY_HASH_LEN];
	bool on_left;

	*good = false;
	if (index >= head->size || head->size > ZY_MERKLE_SIZE_MAX)
		return true;
	memcpy(r, leaf, ZY_HASH_LEN);
	for (size_t i = 0; i < path->num; i++) {
		const uint8_t *p = path->hashes[i];

		if (!climb(&c, &on_left))
			return true;
		if (!zy_merkle_node(ZY_HASH_SHA256, on_left ? p : r, on_left ? r : p, r, err))
			return false;
	}
	*good = c.sn == 0 && memcmp(r, head->root, ZY_HASH_LEN) == 0;
	return true;
}

/* Both roots from the path: fr of the tree before, sr of the tree now. */
static bool check_grown(const struct zy_merkle_head *before, const struct zy_merkle_path *path,
    const struct zy_merkle_head *head, bool *good, struct zy_error *err)
{
	struct climb c = { before->size - 1, head->size - 1 };
	bool power_of_two = (before->size & (before->size - 1)) == 0, on_left;
	const uint8_t *first = power_of_two ? before->root : path->hashes[0];
	uint8_t fr[ZY_HASH_LEN], sr[ZY_HASH_LEN];

	for (; (c.fn & 1) != 0; c.fn >>= 1)
		c.sn >>= 1;
	memcpy(fr, first, ZY_HASH_LEN);
	memcpy(sr, first, ZY_HASH_LEN);
	for (size_t i = power_of_two ? 0 : 1; i < path->num; i++) {
		const uint8_t *p = path->hashes[i];

		if (!climb(&c, &on_left))
			return true;
		if ((on_left && !zy_merkle_node(ZY_HASH_SHA256, p, fr, fr, err)) ||
		    !zy_merkle_node(ZY_HASH_SHA256, on_left ? p : sr, on_left ? sr : p, sr, err))
			return false;
	}
	*good = c.sn == 0 && memcmp(fr, before->root, ZY_HASH_LEN) == 0 && memcmp(sr, head->root, ZY_HASH_LEN) == 0;
	return true;
}

bool zy_merkle_check_consistency(const struct zy_merkle_head *before, const struct zy_merkle_path *path,
    const struct zy_merkle_head *head, bool *good, struct zy_error *err)
{
	uint8_t nothing[ZY_HASH_LEN];

	*good = false;
	if (before->size > head->size || head->size > ZY_MERKLE_SIZE_MAX)
		return true;
	if (before->size == 0) {
		if (!zy_digest(ZY_HASH_SHA256, ZY_BYTES(NULL, 0), nothing, err))
			return false;
		*good = path->num == 0 && memcmp(before->root, nothing, ZY_HASH_LEN) == 0;
		return true;
	}
	if (before->size == head->size) {
		*good = path->num == 0 && memcmp(before->root, head->root, ZY_HASH_LEN) == 0;
		return true;
	}
	return path->num == 0 || check_grown(before, path, head, good, err);
}

bool zy_merkle_grow(struct zy_merkle_growth *g, const uint8_t leaf[ZY_HASH_LEN], struct zy_error *err)
{
	uint8_t hash[ZY_HASH_LEN];
	unsigned level = 0;

	memcpy(hash, leaf, ZY_HASH_LEN);
	for (; (g->size >> level & 1) != 0; level++)
		if (!zy_merkle_node(ZY_HASH_SHA256, g->left[level], hash, hash, err))
			return false;
	memcpy(g->left[level], hash, ZY_HASH_LEN);
	g->size++;
	return true;
}

/* The subtrees that wait, from the smallest up (RFC 9162 2.1.1). */
bool zy_merkle_growth_root(const struct zy_merkle_growth *g, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	bool has = false;

	if (g->size == 0)
		return zy_digest(ZY_HASH_SHA256, ZY_BYTES("", 0), out, err);
	for (unsigned level = 0; level < ZY_MERKLE_LEVELS; level++) {
		if ((g->size >> level & 1) == 0)
			continue;
		if (!has)
			memcpy(out, g->left[level], ZY_HASH_LEN);
		else if (!zy_merkle_node(ZY_HASH_SHA256, g->left[level], out, out, err))
			return false;
		has = true;
	}
	return true;
}
