/* What the log's keys signed last, by the signers' journals: read without a signer and without a key. */
#ifndef ZY_LOG_SIGNED_H
#define ZY_LOG_SIGNED_H

#include "zy/desk.h"

/* The head that the token's log key has to go on from; of size 0: it signed none. Errors: journal, io, no-memory. */
ZY_MUST_CHECK bool zy_log_signed_last(
    const struct zy_desk *d, const char *token, struct zy_merkle_head *last, struct zy_error *err);
/* *here: the vault, whose head is `now`, begins with what was signed. Errors: vault... */
ZY_MUST_CHECK bool zy_log_signed_is_here(const struct zy_desk *d, const struct zy_merkle_head *now,
    const struct zy_merkle_head *last, bool *here, struct zy_error *err);
/* *newest: it begins with all that any token signed; else *signed_size is how many entries that has. May be asked
 * beside who mints: journals are read before the vault. Errors: those of both. */
ZY_MUST_CHECK bool zy_log_signed_all(
    const struct zy_desk *d, bool *newest, uint64_t *signed_size, struct zy_error *err);

#endif
