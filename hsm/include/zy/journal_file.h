/* Reading a signer's journal, HOME/signer/TOKEN.journal, from its beginning; a running signer may append meanwhile. */
#ifndef ZY_JOURNAL_FILE_H
#define ZY_JOURNAL_FILE_H

#include "zy/journal.h"

/* Sees each record in turn, and the head after it; false stops the reading with *err set. The record's views die with
 * the call. */
typedef bool zy_journal_see(
    void *arg, const struct zy_journal_record *r, const struct zy_journal_head *head, struct zy_error *err);

/*
 * Walks the file open at fd and checks that each record follows on the one before. *out is the head after the last
 * whole record; *rest the bytes after it: a frame that was cut off while it was written, or is being written.
 * Errors: io, journal, those of zy_journal_take but truncated, those of `see`.
 */
ZY_MUST_CHECK bool zy_journal_read(int fd, const char *token, zy_journal_see *see, void *arg,
    struct zy_journal_head *out, uint64_t *rest, struct zy_error *err);
/* The same of the file at `path`. */
ZY_MUST_CHECK bool zy_journal_read_file(const char *path, const char *token, zy_journal_see *see, void *arg,
    struct zy_journal_head *out, uint64_t *rest, struct zy_error *err);
/* The same from a head that was seen before: what follows on it. A file that is shorter is journal. */
ZY_MUST_CHECK bool zy_journal_read_on(int fd, const struct zy_journal_head *from, zy_journal_see *see, void *arg,
    struct zy_journal_head *out, uint64_t *rest, struct zy_error *err);
/* A power cut in the middle of a write leaves sectors that were never written, which read as zeros, and perhaps later
 * ones behind them. Is what begins at `from`, where reading stopped, such a tail of at most 256 KiB? *rest: its octets.
 * Errors: journal (no: it was changed). */
ZY_MUST_CHECK bool zy_journal_is_torn(int fd, uint64_t from, uint64_t *rest, struct zy_error *err);

#endif
