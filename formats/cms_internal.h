/* What cms.c and cms_attrs.c share. */
#ifndef ZY_CMS_INTERNAL_H
#define ZY_CMS_INTERNAL_H

#include "zy/cms.h"
#include "zy/der.h"

extern const struct zy_bytes cms_oid_data; /* id-data, the only content type of the profile */

/* The members of a SET OF (or [n] IMPLICIT SET OF) come in ascending order of their encodings, none twice
 * (X.690 11.6). `last` starts as { 0 } and is moved on. */
ZY_MUST_CHECK bool cms_set_order(
    const struct zy_reader *at, struct zy_bytes *last, struct zy_bytes whole, const char *field, struct zy_error *err);
int cms_set_compare(struct zy_bytes a, struct zy_bytes b);

/* AlgorithmIdentifier: its OID; *has_params when anything but NULL follows. */
ZY_MUST_CHECK bool cms_algorithm(
    struct zy_reader *r, const char *field, struct zy_bytes *oid, bool *has_params, struct zy_error *err);

/* The members of signedAttrs, r over the content of the SET. */
ZY_MUST_CHECK bool cms_attrs_read(struct zy_cms_attrs *out, struct zy_reader *r, struct zy_error *err);

/* SHA-256 or SM3 by OID. */
bool cms_hash_of(struct zy_bytes oid, enum zy_hash *out);

#endif
