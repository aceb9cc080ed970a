/* The form of HOME/files.sums (zy/kept.h). */
#ifndef ZY_BASE_KEPT_RECORD_H
#define ZY_BASE_KEPT_RECORD_H

#include "zy/buf.h"
#include "zy/kept.h"

/* Of an empty record with an arena, which is closed by the caller in any case. Strict: what is read is written back as
 * the same octets. Errors: home-file, no-memory. */
ZY_MUST_CHECK bool zy_kept_record_parse(struct zy_kept *k, struct zy_bytes text, struct zy_error *err);
/* Errors: no-memory, too-large (the cap of b). */
ZY_MUST_CHECK bool zy_kept_record_encode(const struct zy_kept *k, struct zy_buf *b, struct zy_error *err);
/* The place of an open record on the disk is HOME/files.sums, replaced as a whole. Lines of files that are neither
 * there nor expected are left out. Errors: io. */
ZY_MUST_CHECK bool zy_kept_record_write(const struct zy_kept *k, struct zy_error *err);
/* NULL: there is none. */
struct zy_kept_line *zy_kept_line_of(const struct zy_kept *k, const char *name);
/* One for a file that is not there, in its place; lines move. NULL: home-file (no such name), no-memory. */
struct zy_kept_line *zy_kept_line_add(struct zy_kept *k, const char *name, struct zy_error *err);
/* The line of one file without a look at the others: no sum is made, since a line that was changed fits no file.
 * Errors: io. */
ZY_MUST_CHECK bool zy_kept_record_find(
    const char *home, const char *name, struct zy_kept_line *out, bool *found, struct zy_error *err);
/* Below HOME: parts that are not empty, nor "." or ".."; no control characters. */
bool zy_kept_name_is_plain(const char *name);

#endif
