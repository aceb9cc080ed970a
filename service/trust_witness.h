/* Witnesses of the log in a trust bundle. */
#ifndef ZY_TRUST_WITNESS_H
#define ZY_TRUST_WITNESS_H

#include <jansson.h>

#include "zy/trust.h"

/* A witness's key (borrowed) with its days, 0 for no limit; one that is there gets these days. Errors: note, key (not
 * one of a cosigner), too-large, no-memory. */
ZY_MUST_CHECK bool zy_witness_add(
    struct zy_trust *t, const char *key, zy_time from, zy_time until, struct zy_arena *a, struct zy_error *err);
/* By its key, or by its name all keys of it. Errors: not-found, no-memory. */
ZY_MUST_CHECK bool zy_witness_dismiss(struct zy_trust *t, const char *which, struct zy_arena *a, struct zy_error *err);
/* How many must sign, 0: none need. Errors: usage. */
ZY_MUST_CHECK bool zy_witness_least(struct zy_trust *t, const char *number, struct zy_error *err);
/* [{"key", "from", "until"}, ...] */
json_t *zy_witnesses_json(const struct zy_trust *t);

#endif
