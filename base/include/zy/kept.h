/*
 * The files of a home, and a record of what each of them holds: HOME/files.sums. Who writes a file of the home writes
 * it here, so that a byte which changed later is found: by who reads the file, which is then home-file and no answer,
 * and by whoever walks the record.
 *
 * The record is text: "zhengyin files 1", one line for each file (SHA-256 of what it holds, SHA-256 of what it may hold
 * instead, its name below HOME; 64 dashes stand for a file that is not there), "sum" and the SHA-256 of all before.
 * A line is changed before its file and settled after it. So a writer that is killed in between leaves a line that
 * allows both, and the next writer settles it by what lies there. Writers take turns by a lock on HOME.
 *
 * HOME is found from a path: the first folder above it, at most three up, that has a record. Where there is none, files
 * are written and read as they are. The record finds what a disk changes, not what a person writes: who may write in
 * HOME can write both.
 *
 * Threads and processes: any.
 */
#ifndef ZY_KEPT_H
#define ZY_KEPT_H

#include <sys/types.h>

#include "zy/arena.h"
#include "zy/digest.h"

#define ZY_KEPT_RECORD "files.sums"

/* As zy_file_write. Errors: those, home-file (the record itself was changed). */
ZY_MUST_CHECK bool zy_kept_write(const char *path, struct zy_bytes v, mode_t mode, bool force, struct zy_error *err);
/* As zy_file_read, of what the record says. Errors: those, home-file (changed, or of nobody). */
ZY_MUST_CHECK bool zy_kept_read(
    const char *path, size_t cap, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err);
/* Renames a file, or a folder of files, that stands beside its place and was written without a record. Errors: io,
 * exists (a folder of that name is not empty), home-file. */
ZY_MUST_CHECK bool zy_kept_place(const char *from, const char *to, struct zy_error *err);
/* Several at once, { from, to } each, all in one folder. */
ZY_MUST_CHECK bool zy_kept_place_all(const char *const (*pairs)[2], size_t num, struct zy_error *err);
/* Does the file hold exactly these bytes, and does the record say so? false also when it cannot be read. */
bool zy_kept_holds(const char *path, struct zy_bytes v);
/* A file that has a record gets another name, or none (NULL). Absent: nothing is done. Errors: io, home-file. */
ZY_MUST_CHECK bool zy_kept_rename(const char *from, const char *to, struct zy_error *err);

/* Is it not a file of the record, by its name below HOME? */
typedef bool zy_kept_skip(const char *name);
/* The record of all files that lie in the home now, but for those; what was recorded before is forgotten.
 * Errors: io, home-file (a name with a line feed). */
ZY_MUST_CHECK bool zy_kept_begin(const char *home, zy_kept_skip *skip, struct zy_error *err);
/* One file is taken as it lies, by its name below HOME; when it is gone its line goes too. Errors: io, home-file. */
ZY_MUST_CHECK bool zy_kept_accept(const char *home, const char *name, struct zy_error *err);

enum zy_kept_state {
	ZY_KEPT_FINE,
	ZY_KEPT_CHANGED,
	ZY_KEPT_MISSING,
	ZY_KEPT_UNKNOWN /* of no line */
};
/* A record that was read. */
struct zy_kept {
	const char *home; /* borrowed */
	struct zy_arena arena;
	struct zy_kept_line *lines; /* in the order of their names */
	size_t num;
};
struct zy_kept_line {
	uint8_t now[ZY_HASH_LEN], next[ZY_HASH_LEN]; /* all zero: no file */
	const char *name;
};
/* Errors: io (no record), home-file. */
ZY_MUST_CHECK bool zy_kept_open(struct zy_kept *k, const char *home, struct zy_error *err);
void zy_kept_close(struct zy_kept *k);
/* How the file is now; a writer that is just at it is waited for. Errors: io (but for a file that is not there),
 * home-file (the record). */
ZY_MUST_CHECK bool zy_kept_look(
    const struct zy_kept *k, const char *name, enum zy_kept_state *out, struct zy_error *err);

#endif
