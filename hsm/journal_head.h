/* The last head of a signer's journal, stored a second time: HOME/signer/TOKEN.head. */
#ifndef ZY_HSM_JOURNAL_HEAD_H
#define ZY_HSM_JOURNAL_HEAD_H

#include "zy/buf.h"
#include "zy/journal.h"

/* A head as it is stored, in the slot that a new file begins with. Errors: crypto, no-memory. */
ZY_MUST_CHECK bool zy_journal_head_put(const struct zy_journal_head *h, struct zy_buf *out, struct zy_error *err);
/* Into the slot whose turn it is. Not synced: after a power cut it may be older than the journal, never newer, because
 * the journal is synced first. path: for messages. Errors: io, crypto, no-memory. */
ZY_MUST_CHECK bool zy_journal_head_note(
    int fd, const char *path, const struct zy_journal_head *h, struct zy_error *err);
/* Every slot of the file, which are one or two. Errors: io, journal (one is not whole, or there is more). */
enum { ZY_JOURNAL_HEADS = 2 };
ZY_MUST_CHECK bool zy_journal_heads_read(
    int fd, const char *path, struct zy_journal_head out[ZY_JOURNAL_HEADS], size_t *num, struct zy_error *err);
/* The newer of the slots that are whole. Errors: io, journal (none is). */
ZY_MUST_CHECK bool zy_journal_head_read(int fd, const char *path, struct zy_journal_head *out, struct zy_error *err);

#endif
