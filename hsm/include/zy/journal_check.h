/* The journal of a signer held against its heads, beside the signer that writes them. */
#ifndef ZY_JOURNAL_CHECK_H
#define ZY_JOURNAL_CHECK_H

#include "zy/error.h"

/*
 * HOME/signer/TOKEN.journal and TOKEN.head: every record follows on the one before, and the heads, both of them, are
 * heads that it had. What a power cut left behind the newest head is fine, as for the signer when it starts. *in_head:
 * of a failure, that it is the head's own. Not seen: a change behind the newest head, which a signer writes with each
 * record and a power cut may leave behind. Errors: journal, io.
 */
ZY_MUST_CHECK bool zy_journal_check(
    const char *home, const char *token, uint64_t *records, bool *in_head, struct zy_error *err);

#endif
