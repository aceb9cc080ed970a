/*
 * What is of a holder and lies beside the vault, in a file: sealed under the data key of the holder of a licence, so
 * that a stolen copy does not tell it, and what destroys that key destroys it too, in every copy.
 */
#ifndef ZY_BESIDE_H
#define ZY_BESIDE_H

#include "zy/vault.h"

#define ZY_BESIDE_MAX ((size_t)1 << 20) /* octets */

/* identifier: of any version, or TYPE.ISSUER.SERIAL; kind: what the file is, 1..32 characters: what was sealed for
 * another licence or as another kind does not open. out is appended to, and wiped by the caller where it is plain.
 * Errors: not-found, licence-identifier, too-large, destroyed-by-order, vault-corrupt (it does not open), those of the
 * wrapper. */
ZY_MUST_CHECK bool zy_beside_seal(struct zy_vault *v, const char *identifier, const char *kind, struct zy_bytes plain,
    struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_beside_open(struct zy_vault *v, const char *identifier, const char *kind, struct zy_bytes sealed,
    struct zy_buf *out, struct zy_error *err);

#endif
