/* What signed_data.c and signer_info.c share. */
#ifndef ZY_SIGNED_DATA_INTERNAL_H
#define ZY_SIGNED_DATA_INTERNAL_H

#include "cms_internal.h"
#include "zy/signed_data.h"

/* The next SignerInfo; false only when there is none, or no memory: what is wrong inside of it is its fault. Errors:
 * der, truncated, no-memory. */
ZY_MUST_CHECK bool signer_read(
    struct zy_signer *out, struct zy_bytes content_type, struct zy_reader *r, struct zy_arena *a, struct zy_error *err);

#endif
