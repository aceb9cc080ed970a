/*
 * The files of a version packed one behind the other: what a file has in common with those before it, or with itself
 * further up, is kept once. An OFD and a PDF of one licence bear the same fonts, and a seal lies in its signature
 * again.
 *
 * Packed form: pairs of a run of octets and a copy. [n, n octets, m, place of the copy if m is not 0], numbers in
 * LEB128 without leading zero groups, at most 32 bits; places count from the first octet of the base, which all may
 * know, and behind it of the first file; a copy lies whole in the base, or whole in the files before where it goes.
 * Pairs end when the file has its length.
 */
#ifndef ZY_VAULT_PACK_H
#define ZY_VAULT_PACK_H

#include "zy/buf.h"
#include "zy/error.h"

/* What stands before the first file, and is stored elsewhere. Threads may share one. Begins as { 0 }. */
struct zy_pack_base {
	struct zy_bytes bytes; /* borrowed */
	unsigned bits;
	uint32_t *table; /* as that of the packer; owned */
};
ZY_MUST_CHECK bool zy_pack_base_index(struct zy_pack_base *b, struct zy_bytes bytes, struct zy_error *err);
void zy_pack_base_free(struct zy_pack_base *b);

/* Begins as { 0 }, but for base and expect. */
struct zy_packer {
	const struct zy_pack_base *base; /* or NULL */
	size_t expect;                   /* octets of all the files, or 0: how large a table will pay */
	struct zy_buf all;               /* the files so far */
	unsigned bits;                   /* of the table */
	uint32_t *table;                 /* slots by hash: where such octets were seen last; owned */
};
#define ZY_PACKER_AUTO __attribute__((cleanup(zy_packer_free))) struct zy_packer
void zy_packer_free(struct zy_packer *p); /* wipes */
/* Appends the packed form of the next file to out; what that unpacks to has been compared and is the same. Errors:
 * too-large (beyond 1 GiB in all), no-memory. */
ZY_MUST_CHECK bool zy_pack(struct zy_packer *p, struct zy_bytes file, struct zy_buf *out, struct zy_error *err);
/* The file of len octets, to all + before, where the files before it lie from all on. base: that of the packer. Errors:
 * vault-corrupt. */
ZY_MUST_CHECK bool zy_unpack(
    struct zy_bytes packed, struct zy_bytes base, uint8_t *all, size_t before, size_t len, struct zy_error *err);
/* Appends what of a packed file of len octets is a copy of nothing. Errors: vault-corrupt. */
ZY_MUST_CHECK bool zy_pack_fresh(struct zy_bytes packed, size_t len, struct zy_buf *out, struct zy_error *err);

#endif
