/* What the files of time-stamp messages share. */
#ifndef ZY_TSP_INTERNAL_H
#define ZY_TSP_INTERNAL_H

#include "cms_internal.h"
#include "zy/tsp.h"

#define TSP_EXTENSIONS_MAX 16

/* OTHER when the OID is of no digest that is known here. */
enum zy_tsp_hash tsp_hash_of(struct zy_bytes oid);
/* AlgorithmIdentifier without parameters. h is not OTHER. */
void tsp_put_hash(struct zy_buf *b, enum zy_tsp_hash h);
ZY_MUST_CHECK bool tsp_version_1(struct zy_reader *r, const char *field, struct zy_error *err);
ZY_MUST_CHECK bool tsp_imprint(struct zy_reader *r, struct zy_tsp_imprint *out, struct zy_error *err);
/* A non-negative INTEGER of at most ZY_TSP_NUMBER_MAX octets. */
ZY_MUST_CHECK bool tsp_number(struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err);
/* Extensions [n], none twice, if they come next; *critical when one says so. */
ZY_MUST_CHECK bool tsp_extensions(
    struct zy_reader *r, uint8_t tag, struct zy_bytes *whole, bool *critical, struct zy_error *err);
/* What is no token of our own profile but one of somebody's. Errors: those of zy_signed_data_parse. */
ZY_MUST_CHECK bool tst_read_other(
    struct zy_cms *out, struct zy_bytes *content, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);
/* BOOLEAN DEFAULT FALSE: absent or TRUE (X.690 11.5). */
ZY_MUST_CHECK bool tsp_flag(struct zy_reader *r, const char *field, bool *out, struct zy_error *err);

#endif
