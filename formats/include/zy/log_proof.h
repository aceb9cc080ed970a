/*
 * What stands in a log, and the proof of it. An entry of the log is a commitment: SHA-256 of a leaf, which is
 * deterministic CBOR with a salt, so that nobody who does not hold the leaf learns anything from the entry; and behind
 * it the leaf's tag, by which who knows a tag before finds its entry, or finds that there is none. To all others a tag
 * is random. A proof is a C2SP tlog-proof: index, path and checkpoint; its "extra" is the leaf.
 */
#ifndef ZY_LOG_PROOF_H
#define ZY_LOG_PROOF_H

#include "zy/checkpoint.h"
#include "zy/terms.h"

#define ZY_LOG_PARTS_MAX 9
#define ZY_LOG_LEAF_MAX ((size_t)1024) /* octets */
#define ZY_LOG_TAG_LEN 16
#define ZY_LOG_ENTRY_LEN (ZY_HASH_LEN + ZY_LOG_TAG_LEN)

/* SHA-256 of a licence's record (form 0), or of one of its files, as minted; of what is no licence form 0 alone. */
struct zy_log_part {
	unsigned form;
	uint8_t digest[ZY_HASH_LEN];
};

/* For how long and on which terms a version was granted, as its record says. */
struct zy_log_term {
	zy_time first, last; /* its days; ZY_TIME_NEVER: long term */
	enum zy_terms_kind kind;
	zy_time until; /* the end of the terms; ZY_TIME_NEVER without any */
};

/* ["zy-leaf-4", salt, tag, at, from, what, name, number, reason, [[form, digest], ...], [first, last, kind, until]];
 * the last array is empty but for a version */
struct zy_log_leaf {
	uint8_t salt[ZY_HASH_LEN], tag[ZY_LOG_TAG_LEN];
	zy_time at, from;       /* record time; legal time: from when what the event says holds */
	struct zy_bytes what;   /* "mint" "revoked" ..., 1..16 octets */
	struct zy_bytes name;   /* TYPE.ISSUER.SERIAL; of an intent TYPE.ISSUER, or empty; at most 128 octets */
	uint64_t number;        /* version; of an intent the serial */
	struct zy_bytes reason; /* at most 128 octets */
	size_t num_parts;
	struct zy_log_part parts[ZY_LOG_PARTS_MAX];
	bool has_term; /* of a version */
	struct zy_log_term term;
};
/* Views of in. Errors: cbor, utf8, truncated, trailing-bytes, too-large. */
ZY_MUST_CHECK bool zy_log_leaf_parse(struct zy_log_leaf *out, struct zy_bytes in, struct zy_error *err);
void zy_log_leaf_encode(const struct zy_log_leaf *l, struct zy_buf *out);
/* The entry of a leaf's octets. Errors: those of zy_log_leaf_parse, crypto. */
ZY_MUST_CHECK bool zy_log_entry(struct zy_bytes leaf, uint8_t out[ZY_LOG_ENTRY_LEN], struct zy_error *err);

#define ZY_LOG_PROOF_BEGIN "c2sp.org/tlog-proof@v1\n"
#define ZY_LOG_PROOF_MAX (ZY_NOTE_MAX + (size_t)8192)

struct zy_log_proof {
	struct zy_bytes extra; /* decoded; empty when there is none */
	uint64_t index;
	struct zy_merkle_path path;
	struct zy_checkpoint checkpoint;
};
/* Views of in; extra and signatures in the arena. Not judged: whether the path leads to the root.
 * Errors: note, utf8, too-large, no-memory. */
ZY_MUST_CHECK bool zy_log_proof_parse(
    struct zy_log_proof *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);
/* checkpoint: the whole signed note. */
void zy_log_proof_encode(struct zy_bytes extra, uint64_t index, const struct zy_merkle_path *path,
    struct zy_bytes checkpoint, struct zy_buf *out);

/*
 * Where the parts of a log lie among static files (C2SP tlog-tiles): "tile/LEVEL/N", "tile/entries/N", of a part that
 * is not full with ".p/WIDTH". A tile holds up to 256 hashes of complete subtrees of height 8 * level.
 */
#define ZY_TILE_WIDTH 256
#define ZY_TILE_ENTRIES (-1) /* as a level: entry bundles, each entry behind its length in two octets */
#define ZY_TILE_PATH_MAX 64
/* level ZY_TILE_ENTRIES or 0..7; width 1..256. */
void zy_tile_path(int level, uint64_t index, unsigned width, char out[ZY_TILE_PATH_MAX]);
/* How many hashes (or entries) a tree of that size has on a tile level. */
uint64_t zy_tile_hashes(int level, uint64_t size);

#endif
