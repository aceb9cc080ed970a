/*
 * Merkle trees of RFC 6962 2.1 (RFC 9162 2.1): leaf H(00 || entry), node H(01 || left || right), a tree of any size
 * split at the largest power of two below it. Trees of a log use SHA-256. Indexes count from 0.
 */
#ifndef ZY_MERKLE_H
#define ZY_MERKLE_H

#include "zy/digest.h"

ZY_MUST_CHECK bool zy_merkle_leaf(
    enum zy_hash h, struct zy_bytes entry, uint8_t out[ZY_HASH_LEN], struct zy_error *err);
ZY_MUST_CHECK bool zy_merkle_node(enum zy_hash h, const uint8_t left[ZY_HASH_LEN], const uint8_t right[ZY_HASH_LEN],
    uint8_t out[ZY_HASH_LEN], struct zy_error *err);

/*
 * Where the hashes of complete subtrees lie: get gives the hash of the entries [index << level, (index + 1) << level).
 * It is asked for complete subtrees of the tree only.
 */
struct zy_merkle {
	bool (*get)(void *arg, unsigned level, uint64_t index, uint8_t out[ZY_HASH_LEN], struct zy_error *err);
	void *arg;
};
/* A place for each complete subtree's hash in one sequence to which a growing tree only appends: a leaf, then every
 * subtree that it completes. zy_merkle_places: how many a tree of that size fills. */
uint64_t zy_merkle_place(unsigned level, uint64_t index);
uint64_t zy_merkle_places(uint64_t size);

#define ZY_MERKLE_LEVELS 64
/* A tree that only grows, of which nothing but the root is asked: the complete subtree of each level that waits for its
 * right. Begins as { 0 }. Errors: crypto. */
struct zy_merkle_growth {
	uint64_t size;
	uint8_t left[ZY_MERKLE_LEVELS][ZY_HASH_LEN];
};
ZY_MUST_CHECK bool zy_merkle_grow(struct zy_merkle_growth *g, const uint8_t leaf[ZY_HASH_LEN], struct zy_error *err);
ZY_MUST_CHECK bool zy_merkle_growth_root(
    const struct zy_merkle_growth *g, uint8_t out[ZY_HASH_LEN], struct zy_error *err);

#define ZY_MERKLE_SIZE_MAX ((uint64_t)1 << 62)
#define ZY_MERKLE_PATH_MAX 63
struct zy_merkle_path {
	size_t num;
	uint8_t hashes[ZY_MERKLE_PATH_MAX][ZY_HASH_LEN];
};

/* The root of the first `size` entries; of none it is the hash of nothing. size up to ZY_MERKLE_SIZE_MAX, as everywhere
 * below. Errors: those of get, crypto. */
ZY_MUST_CHECK bool zy_merkle_root(
    const struct zy_merkle *t, uint64_t size, uint8_t out[ZY_HASH_LEN], struct zy_error *err);
/* PATH(index, D[size]) of RFC 6962 2.1.1; index < size. */
ZY_MUST_CHECK bool zy_merkle_prove_inclusion(
    const struct zy_merkle *t, uint64_t index, uint64_t size, struct zy_merkle_path *out, struct zy_error *err);
/* PROOF(before, D[size]) of RFC 6962 2.1.2; before <= size; empty for 0 and for the same size. */
ZY_MUST_CHECK bool zy_merkle_prove_consistency(
    const struct zy_merkle *t, uint64_t before, uint64_t size, struct zy_merkle_path *out, struct zy_error *err);

/* RFC 9162 2.1.3.2 and 2.1.4.2. true with *good set; false only when the work could not be done (crypto). */
struct zy_merkle_head {
	uint64_t size;
	uint8_t root[ZY_HASH_LEN];
};
ZY_MUST_CHECK bool zy_merkle_check_inclusion(const uint8_t leaf[ZY_HASH_LEN], uint64_t index,
    const struct zy_merkle_path *path, const struct zy_merkle_head *head, bool *good, struct zy_error *err);
ZY_MUST_CHECK bool zy_merkle_check_consistency(const struct zy_merkle_head *before, const struct zy_merkle_path *path,
    const struct zy_merkle_head *head, bool *good, struct zy_error *err);

#endif
