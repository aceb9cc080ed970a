/*
 * The head of a log that must not be told: a signer notes it, so that an older log in its place is noticed, and learns
 * from what it keeps neither size nor root. What is kept is a blinded head: ORIGIN, a number, 32 octets, written as a
 * checkpoint is, in one line; the octets are HMAC-SHA256(K, "head" || size || root), the number is the size under a
 * mask that K and they give. K, 32 octets, is the log keeper's; it is told to the signer with each request and not kept
 * there. Who does not know the tree of a blinded head cannot name a head that gives it (SHA-256 finds no two).
 */
#ifndef ZY_NOTED_HEAD_H
#define ZY_NOTED_HEAD_H

#include "zy/buf.h"
#include "zy/merkle.h"

#define ZY_NOTED_ORIGIN "secret-compartment/" /* and the name of the key for which it is noted */
#define ZY_NOTED_KEY_LEN 32
#define ZY_NOTED_TEXT_MAX 255 /* characters */

/* Is it the origin of a noted head? */
bool zy_noted_is_origin(struct zy_bytes origin);
/* Size up to ZY_MERKLE_SIZE_MAX - 1. Errors: too-large, crypto. */
ZY_MUST_CHECK bool zy_noted_blind(const uint8_t key[ZY_NOTED_KEY_LEN], const struct zy_merkle_head *head,
    struct zy_merkle_head *out, struct zy_error *err);
/* The size of a blinded head, which is a guess until its tree's head of that size gives the same. Errors: crypto. */
ZY_MUST_CHECK bool zy_noted_size(
    const uint8_t key[ZY_NOTED_KEY_LEN], const struct zy_merkle_head *blinded, uint64_t *out, struct zy_error *err);
/* "secret-compartment/NAME NUMBER OCTETS" and back. Errors: note, too-large (name), no-memory. */
ZY_MUST_CHECK bool zy_noted_text(
    struct zy_bytes name, const struct zy_merkle_head *blinded, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_noted_text_parse(struct zy_bytes text, struct zy_merkle_head *blinded, struct zy_error *err);

/*
 * What the signer is asked to note: K, the root of the head that was noted last (zeros: none was), then old size, proof
 * and the new head as in zy/checkpoint.h. Views of in. Errors: truncated, note, too-large.
 */
struct zy_noted_request {
	uint8_t key[ZY_NOTED_KEY_LEN];
	struct zy_merkle_head old, now; /* old.size 0: none was noted */
	struct zy_merkle_path path;
};
ZY_MUST_CHECK bool zy_noted_request_parse(struct zy_noted_request *out, struct zy_bytes in, struct zy_error *err);
void zy_noted_request_encode(const struct zy_noted_request *q, struct zy_buf *out);

#endif
