/* Files: read with a cap, written whole or not at all. */
#ifndef ZY_FILE_H
#define ZY_FILE_H

#include <sys/types.h>

#include "zy/arena.h"
#include "zy/buf.h"

/* The whole of a regular file ("-" is standard input), at most cap bytes, into the arena.
 * Errors: io (absent, unreadable, a folder), too-large. */
ZY_MUST_CHECK bool zy_file_read(
    const char *path, size_t cap, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err);

/* The same of a file from elsewhere: a symbolic link, a pipe, a device or a folder in its place is refused at once.
 * Errors: io, too-large. */
ZY_MUST_CHECK bool zy_file_read_regular(
    const char *path, size_t cap, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err);

/*
 * A file on its way: bytes go to a file without a name, are synced, and the name appears only with _release. _cancel,
 * a failure, or a kill at any moment leaves nothing; a reader never sees half a file. Where the file system has no
 * nameless files, PATH.part-PID is used, which a kill can leave behind.
 */
struct zy_file_new {
	char path[4096], part[4128];
	int fd;
	bool nameless, staged; /* not nameless: `part` has the bytes */
};
/* Errors: io, exists (unless force). */
ZY_MUST_CHECK bool zy_file_stage(
    struct zy_file_new *f, const char *path, struct zy_bytes v, mode_t mode, bool force, struct zy_error *err);
/* The same for what need not fit into memory: `out` is an empty buffer in that file, of at most cap bytes, to be freed
 * as any other. What is in it then is synced by _staged. Errors: io, exists. */
ZY_MUST_CHECK bool zy_file_stage_buf(struct zy_file_new *f, const char *path, size_t cap, mode_t mode, bool force,
    struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_file_staged(struct zy_file_new *f, const struct zy_buf *b, struct zy_error *err);
ZY_MUST_CHECK bool zy_file_release(struct zy_file_new *f, struct zy_error *err); /* rename, sync the folder */
void zy_file_cancel(struct zy_file_new *f);
/* Stage and release at once. */
ZY_MUST_CHECK bool zy_file_write(const char *path, struct zy_bytes v, mode_t mode, bool force, struct zy_error *err);

/* Does the file hold exactly these bytes already? false also when it cannot be read. */
bool zy_file_holds(const char *path, struct zy_bytes v);

/* Locks a file, made if need be, until *fd is closed or the process ends. Errors: busy (another holds it), io. */
ZY_MUST_CHECK bool zy_file_lock(const char *path, int *fd, struct zy_error *err);

/* Makes a folder and its missing parents, mode for those it makes; fine when it is there. Errors: io. */
ZY_MUST_CHECK bool zy_folder_make(const char *path, mode_t mode, struct zy_error *err);

#endif
