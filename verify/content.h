/* A content that is read once, piece by piece, by as many digests as its signers ask for: memory does not grow with it.
 */
#ifndef ZY_VERIFY_CONTENT_H
#define ZY_VERIFY_CONTENT_H

#include "value.h"

#define ZY_HASHES_MAX 128
#define ZY_CONTENT_HEAD 64 /* octets at its beginning that are kept */

struct zy_hashes {
	size_t num;
	struct {
		enum zy_md md;
		bool has_z;
		uint8_t z[ZY_HASH_LEN]; /* of SM2: goes before the content */
		void *ctx;
		uint8_t digest[ZY_MD_MAX];
		size_t len;
	} all[ZY_HASHES_MAX];
	uint64_t content_len;
	uint8_t head[ZY_CONTENT_HEAD];
	size_t head_len;
};
#define ZY_HASHES_AUTO __attribute__((cleanup(zy_hashes_free))) struct zy_hashes
void zy_hashes_free(struct zy_hashes *h);
/* Asks for a digest, md not NONE, before _run; z (ZY_HASH_LEN octets) may be NULL. *index is where it will be. Errors:
 * too-large, crypto. */
ZY_MUST_CHECK bool zy_hashes_want(
    struct zy_hashes *h, enum zy_md md, const uint8_t *z, size_t *index, struct zy_error *err);
/* Reads the content to its end, once. Errors: those of the content, crypto. */
ZY_MUST_CHECK bool zy_hashes_run(struct zy_hashes *h, const struct zy_content *c, struct zy_error *err);
static inline struct zy_bytes zy_hashes_get(const struct zy_hashes *h, size_t index)
{
	return ZY_BYTES(h->all[index].digest, h->all[index].len);
}

#endif
