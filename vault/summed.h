/* A small file that is replaced as a whole and ends with the SHA-256 of what stands before it. */
#ifndef ZY_VAULT_SUMMED_H
#define ZY_VAULT_SUMMED_H

#include "zy/arena.h"
#include "zy/buf.h"

enum { ZY_SUMMED_MAX = 8192 };

/* v is taken away. Errors: io, crypto, no-memory. */
ZY_MUST_CHECK bool zy_summed_write(const char *path, struct zy_buf *v, struct zy_error *err);
/* *found false and true: there is none. Errors: vault-corrupt, io. */
ZY_MUST_CHECK bool zy_summed_read(
    const char *path, struct zy_arena *a, struct zy_bytes *out, bool *found, struct zy_error *err);

#endif
