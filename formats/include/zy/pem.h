/* PEM files (RFC 7468): blocks of base64 between lines, or the same object as bare DER. Threads: any. */
#ifndef ZY_PEM_H
#define ZY_PEM_H

#include "zy/arena.h"

#define ZY_PEM_LABEL_MAX 40

struct zy_pem_block {
	struct zy_bytes label; /* "CERTIFICATE", "X509 CRL", "PUBLIC KEY" ...: a view into the text */
	struct zy_bytes der;   /* in the arena */
};

/* Does a file hold PEM (and not DER, which begins with the tag of a SEQUENCE)? */
bool zy_pem_is(struct zy_bytes file);
/*
 * The next block of a text; *rest moves behind it. Text outside of blocks is passed over, as the openssl program writes
 * it. out->der.p is NULL when no block follows. Headers inside a block (RFC 1421) are refused.
 * Errors: base64 (also a block without its END line), no-memory.
 */
ZY_MUST_CHECK bool zy_pem_next(
    struct zy_bytes *rest, struct zy_pem_block *out, struct zy_arena *a, struct zy_error *err);

/* Collects every block of one label, or of its older name (`also`, may be NULL), or the whole file when it is DER.
 * Errors: those of zy_pem_next; too-large (more than max); unknown-format (PEM without such a block). */
ZY_MUST_CHECK bool zy_pem_collect(struct zy_bytes file, const char *label, const char *also, struct zy_bytes *out,
    size_t max, size_t *num, struct zy_arena *a, struct zy_error *err);

#endif
