/*
 * Large files as views, without being held in memory: a file is mapped, and whoever walks over it gives back what lies
 * behind (zy_mapped_release), so that what is resident does not grow with the file.
 *
 * Such bytes can change while they are looked at. What is interpreted is therefore copied first and looked at once;
 * zy_mapped_check then says whether the file is the one that was opened. Reading what somebody cut off meanwhile gives
 * zeros, and a check that fails, never a signal.
 * Not caught     changes that leave size, times of modification and change as they were: by who had it mapped for
 *                writing already, and two writes within one tick of the file system's clock, the first before it was
 *                opened
 * Threads        any
 */
#ifndef ZY_MAPPED_H
#define ZY_MAPPED_H

#include <sys/stat.h>

#include "zy/arena.h"
#include "zy/buf.h"

#define ZY_DOCUMENT_MAX ((size_t)1 << 30) /* bytes of a file that is judged or sealed */
#define ZY_READ_MAX ((size_t)64 << 20)    /* bytes that are read into memory, of a pipe for instance */
#define ZY_MAPPED_FROM ((size_t)1 << 20)  /* smaller files are read */
#define ZY_MAPPED_FILES_MAX 16            /* at a time, in one process */

struct zy_mapped {
	struct zy_bytes bytes; /* of the arena, or of the mapping until it is closed */
	struct stat was;
	int fd; /* 0: it was read */
};
#define ZY_MAPPED_AUTO __attribute__((cleanup(zy_mapped_close))) struct zy_mapped

/* A regular file of ZY_MAPPED_FROM bytes or more is mapped; others, pipes and "-" are read, ZY_READ_MAX of them.
 * Errors: io (absent, unreadable, a folder), too-large, no-memory. */
ZY_MUST_CHECK bool zy_mapped_open(
    struct zy_mapped *m, const char *path, size_t cap, struct zy_arena *a, struct zy_error *err);
/* Is it still what was opened? To be asked before anything that was found in it leaves.
 * Errors: file-changed, io (a part of it could not be read). */
ZY_MUST_CHECK bool zy_mapped_check(const struct zy_mapped *m, struct zy_error *err);
void zy_mapped_close(struct zy_mapped *m);

/* Is a part of some mapped file? */
bool zy_mapped_holds(struct zy_bytes v);
/* It is not needed just now: it takes no memory until it is looked at again; of a little part, soon. Nothing happens to
 * other bytes. */
void zy_mapped_release(struct zy_bytes v);
/* Calls `take` with v in pieces that are released behind it; other bytes at once. */
ZY_MUST_CHECK bool zy_mapped_walk(struct zy_bytes v,
    bool (*take)(void *arg, struct zy_bytes piece, struct zy_error *err), void *arg, struct zy_error *err);
/* Path under which a library can open the file that v is the whole of; false: of none. */
bool zy_mapped_path(struct zy_bytes v, char out[32]);

/* An empty buffer whose bytes lie in the file, which is open for reading and writing; zy_buf_free leaves the file.
 * It never moves. Errors: io, no-memory. */
ZY_MUST_CHECK bool zy_mapped_buf(struct zy_buf *out, int fd, size_t cap, struct zy_error *err);
/* The file ends where the buffer does: what grows takes more than it needs at once. Others are left alone. */
void zy_mapped_buf_settle(struct zy_buf *b);
void zy_mapped_buf_free(struct zy_buf *b);

#endif
