/*
 * A file layer between a test program and the kernel. Its functions come before those of the C library, for our code
 * and for the libraries that it uses: what they write and sync in one folder is noted, and fails when the test wants it
 * to. disk_crash then gives a file as a power cut could have left it.
 *
 * The model: what was written is on the disk for certain once the file was synced after it, or when it was written
 * through a descriptor opened with O_DSYNC. Of everything else each sector may be there or not, whatever the order in
 * which it was written. A sector of 512 octets is written whole or not at all. Names are the test's to sync: the files
 * exist before the scene begins.
 *
 * Included by one source file, before any other header (it needs the plain declarations).
 */
#ifndef ZY_TESTS_DISK_LAYER_H
#define ZY_TESTS_DISK_LAYER_H

#undef _FORTIFY_SOURCE
#define _FORTIFY_SOURCE 0

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { DISK_KILLS = -1 /* in place of an errno: the process dies there */ };
enum { DISK_SECTOR = 512, DISK_FILES = 4, DISK_NAME = 200 };

enum disk_kind {
	DISK_WRITE,
	DISK_TRUNCATE,
	DISK_SYNC,
	DISK_ACK /* the program said that something is done */
};

struct disk_event {
	enum disk_kind kind;
	unsigned file;
	bool through; /* on the disk when it returned */
	size_t at, len;
	uint8_t *data;
};

struct disk_file {
	char name[DISK_NAME];
	uint8_t *begin; /* what it held when the scene began */
	size_t len;
};

enum disk_failing { DISK_FAILS_WRITE = 1, DISK_FAILS_SYNC = 2, DISK_FAILS_OPEN = 4, DISK_FAILS_NAME = 8 };

static struct disk_layer {
	pthread_mutex_t lock;
	char folder[128];
	struct disk_file files[DISK_FILES];
	size_t num_files;
	bool noting;
	struct disk_event *events;
	size_t num, room;
	unsigned failing; /* of enum disk_failing */
	int with;         /* this errno */
	unsigned after;   /* calls of those kinds that still succeed */
	unsigned times;   /* then so many fail */
	bool half;        /* a write that fails has written a half */
	bool lazy;        /* nothing is synced: what comes now need not outlive the machine, and tests are many */
} disk = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* The name in the watched folder; false for any other file. */
static inline bool disk_name(int fd, char out[DISK_NAME])
{
	char link[64], path[512];
	ssize_t n;
	size_t len = strlen(disk.folder);

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (len == 0 || (n = readlink(link, path, sizeof(path) - 1)) <= (ssize_t)len + 1)
		return false;
	path[n] = 0;
	if (strncmp(path, disk.folder, len) != 0 || path[len] != '/' || strlen(path + len + 1) >= DISK_NAME)
		return false;
	strcpy(out, path + len + 1);
	return true;
}

static inline bool disk_file_of(int fd, unsigned *out)
{
	char name[DISK_NAME];

	if (!disk.noting || !disk_name(fd, name))
		return false;
	for (*out = 0; *out < disk.num_files; ++*out)
		if (strcmp(disk.files[*out].name, name) == 0)
			return true;
	return false;
}

static inline void disk_note(struct disk_event e, const void *data)
{
	if (data != NULL) {
		e.data = malloc(e.len);
		memcpy(e.data, data, e.len);
	}
	pthread_mutex_lock(&disk.lock);
	if (disk.num == disk.room) {
		disk.room = disk.room == 0 ? 256 : 2 * disk.room;
		disk.events = realloc(disk.events, disk.room * sizeof(*disk.events));
	}
	disk.events[disk.num++] = e;
	pthread_mutex_unlock(&disk.lock);
}

/* Is this call to fail? */
static inline bool disk_fails(enum disk_failing kind, int fd)
{
	char name[DISK_NAME];
	bool fails;

	if ((disk.failing & (unsigned)kind) == 0 ||
	    (fd >= 0 && (!disk_name(fd, name) || strcmp(name, "lock.mdb") == 0)))
		return false;
	pthread_mutex_lock(&disk.lock);
	fails = disk.after == 0 && disk.times > 0;
	disk.after -= disk.after > 0;
	disk.times -= fails;
	pthread_mutex_unlock(&disk.lock);
	if (fails && disk.with == DISK_KILLS)
		kill(getpid(), SIGKILL);
	return fails;
}

static inline ssize_t disk_pwrite(int fd, const void *p, size_t len, off_t at)
{
	unsigned file;
	ssize_t n;

	if (disk_fails(DISK_FAILS_WRITE, fd)) {
		if (disk.half && syscall(SYS_pwrite64, fd, p, len / 2, at) > 0 && disk.with == ENOSPC)
			return (ssize_t)(len / 2);
		errno = disk.with;
		return -1;
	}
	n = syscall(SYS_pwrite64, fd, p, len, at);
	if (n > 0 && disk_file_of(fd, &file))
		disk_note((struct disk_event){ .kind = DISK_WRITE,
			      .file = file,
			      .through = (fcntl(fd, F_GETFL) & O_DSYNC) != 0,
			      .at = (size_t)at,
			      .len = (size_t)n },
		    p);
	return n;
}

/* Where a write without an offset goes. */
static inline bool disk_place(int fd, off_t *out)
{
	char name[DISK_NAME];

	if (!disk_name(fd, name))
		return false;
	*out = (fcntl(fd, F_GETFL) & O_APPEND) != 0 ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
	return *out >= 0;
}

ssize_t pwrite(int fd, const void *p, size_t len, off_t at)
{
	return disk_pwrite(fd, p, len, at);
}

ssize_t pwrite64(int fd, const void *p, size_t len, off_t at)
{
	return disk_pwrite(fd, p, len, at);
}

ssize_t write(int fd, const void *p, size_t len)
{
	off_t at;
	ssize_t n;

	if (!disk_place(fd, &at))
		return syscall(SYS_write, fd, p, len);
	if ((n = disk_pwrite(fd, p, len, at)) > 0)
		lseek(fd, at + n, SEEK_SET);
	return n;
}

ssize_t writev(int fd, const struct iovec *v, int num)
{
	uint8_t *all;
	size_t len = 0, done = 0;
	off_t at;
	ssize_t n;

	if (!disk_place(fd, &at))
		return syscall(SYS_writev, fd, v, num);
	for (int i = 0; i < num; i++)
		len += v[i].iov_len;
	all = malloc(len + 1);
	for (int i = 0; i < num; i++) {
		memcpy(all + done, v[i].iov_base, v[i].iov_len);
		done += v[i].iov_len;
	}
	if ((n = disk_pwrite(fd, all, len, at)) > 0)
		lseek(fd, at + n, SEEK_SET);
	free(all);
	return n;
}

static inline int disk_sync(int fd, long call)
{
	unsigned file;
	int rc;

	if (disk_fails(DISK_FAILS_SYNC, fd)) {
		errno = disk.with;
		return -1;
	}
	rc = disk.lazy ? 0 : (int)syscall(call, fd);
	if (rc == 0 && disk_file_of(fd, &file))
		disk_note((struct disk_event){ .kind = DISK_SYNC, .file = file }, NULL);
	return rc;
}

int fdatasync(int fd)
{
	return disk_sync(fd, SYS_fdatasync);
}

int fsync(int fd)
{
	return disk_sync(fd, SYS_fsync);
}

static inline int disk_truncate(int fd, off_t len)
{
	unsigned file;
	int rc = (int)syscall(SYS_ftruncate, fd, len);

	if (rc == 0 && disk_file_of(fd, &file))
		disk_note((struct disk_event){ .kind = DISK_TRUNCATE, .file = file, .at = (size_t)len }, NULL);
	return rc;
}

int ftruncate(int fd, off_t len)
{
	return disk_truncate(fd, len);
}

int ftruncate64(int fd, off_t len)
{
	return disk_truncate(fd, len);
}

static inline int disk_open(const char *path, int flags, mode_t mode)
{
	if ((flags & O_ACCMODE) != O_RDONLY && disk.folder[0] != 0 &&
	    strncmp(path, disk.folder, strlen(disk.folder)) == 0 && disk_fails(DISK_FAILS_OPEN, -1)) {
		errno = disk.with;
		return -1;
	}
	return (int)syscall(SYS_openat, AT_FDCWD, path, disk.lazy ? flags & ~O_SYNC : flags, mode);
}

#define DISK_OPEN(name)                                                                                                \
	int name(const char *path, int flags, ...)                                                                     \
	{                                                                                                              \
		va_list args;                                                                                          \
		mode_t mode;                                                                                           \
		va_start(args, flags);                                                                                 \
		mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(args, mode_t) : 0;                              \
		va_end(args);                                                                                          \
		return disk_open(path, flags, mode);                                                                   \
	}
DISK_OPEN(open)
DISK_OPEN(open64)

/* A name that a file gets: by rename, or of one that had none. */
static inline bool disk_names(const char *path)
{
	if (disk.folder[0] == 0 || strncmp(path, disk.folder, strlen(disk.folder)) != 0 ||
	    !disk_fails(DISK_FAILS_NAME, -1))
		return true;
	errno = disk.with;
	return false;
}

int rename(const char *from, const char *to)
{
	return disk_names(to) ? (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to) : -1;
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
	return disk_names(to) ? (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags) : -1;
}

static inline uint8_t *disk_read(const char *name, size_t *len)
{
	char path[256];
	struct stat st;
	uint8_t *p;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", disk.folder, name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0 || fstat(fd, &st) != 0)
		abort();
	p = malloc((size_t)st.st_size + 1);
	if (read(fd, p, (size_t)st.st_size) != st.st_size)
		abort();
	close(fd);
	*len = (size_t)st.st_size;
	return p;
}

/* From here on everything is noted that happens to these files of the folder; all of it is on the disk. */
static inline void disk_begin(const char *folder, const char *const *names, size_t num)
{
	snprintf(disk.folder, sizeof(disk.folder), "%s", folder);
	for (size_t i = 0; i < num; i++) {
		snprintf(disk.files[i].name, sizeof(disk.files[i].name), "%s", names[i]);
		disk.files[i].begin = disk_read(names[i], &disk.files[i].len);
	}
	disk.num_files = num;
	disk.noting = true;
}

static inline void disk_end(void)
{
	disk.noting = false;
}

static inline void disk_free(void)
{
	for (size_t i = 0; i < disk.num; i++)
		free(disk.events[i].data);
	for (size_t i = 0; i < disk.num_files; i++)
		free(disk.files[i].begin);
	free(disk.events);
	disk.events = NULL;
	disk.num = disk.room = disk.num_files = 0;
	disk.folder[0] = 0;
}

static inline void disk_ack(size_t which)
{
	disk_note((struct disk_event){ .kind = DISK_ACK, .at = which }, NULL);
}

/* How a power cut treats what is not on the disk for certain. */
enum disk_cut {
	DISK_ALL,     /* all is there */
	DISK_NOTHING, /* nothing is */
	DISK_SECTORS, /* each sector or not */
	DISK_CALLS,   /* each call's octets or not */
	DISK_LATEST,  /* what was written last is, the rest is not */
	DISK_NUM_CUTS
};

struct disk_image {
	uint8_t *p;
	size_t len, room;
};

static inline uint64_t disk_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed * 0x2545f4914f6cdd1du >> 32;
}

static inline void disk_put(struct disk_image *im, size_t at, const uint8_t *p, size_t len)
{
	if (at + len > im->room) {
		im->room = 2 * (at + len);
		im->p = realloc(im->p, im->room);
	}
	if (len > 0 && at > im->len)
		memset(im->p + im->len, 0, at - im->len);
	if (len > 0)
		memcpy(im->p + at, p, len);
	if (at + len > im->len)
		im->len = at + len;
}

static inline bool disk_survives(enum disk_cut cut, bool late, uint64_t *seed)
{
	return cut == DISK_ALL || (cut == DISK_LATEST && late) ||
	       ((cut == DISK_SECTORS || cut == DISK_CALLS) && disk_random(seed) % 2 == 0);
}

static inline void disk_put_some(
    struct disk_image *im, const struct disk_event *e, enum disk_cut cut, bool late, uint64_t *seed)
{
	bool whole = cut != DISK_SECTORS;
	size_t len;

	if (whole && disk_survives(cut, late, seed))
		disk_put(im, e->at, e->data, e->len);
	for (size_t done = 0; !whole && done < e->len; done += len) {
		len = DISK_SECTOR - (e->at + done) % DISK_SECTOR;
		if (len > e->len - done)
			len = e->len - done;
		if (disk_survives(cut, late, seed))
			disk_put(im, e->at + done, e->data + done, len);
	}
}

/*
 * File `file` as it may be after a cut when events [0, num) had returned and event num was under way. *out begins as
 * { 0 } and can be used again.
 */
static inline void disk_crash(unsigned file, size_t num, enum disk_cut cut, uint64_t *seed, struct disk_image *out)
{
	size_t last = 0, end = num < disk.num ? num + 1 : num;

	for (size_t i = 0; i < num; i++)
		if (disk.events[i].kind == DISK_SYNC && disk.events[i].file == file)
			last = i;
	out->len = 0;
	disk_put(out, 0, disk.files[file].begin, disk.files[file].len);
	for (size_t i = 0; i < end; i++) {
		const struct disk_event *e = &disk.events[i];
		bool sure = i < last || (i < num && e->through);

		if (e->file != file)
			continue;
		if (e->kind == DISK_WRITE && sure)
			disk_put(out, e->at, e->data, e->len);
		else if (e->kind == DISK_WRITE)
			disk_put_some(out, e, cut, i + 2 >= num, seed);
		else if (e->kind == DISK_TRUNCATE && e->at < out->len &&
			 (sure || disk_survives(cut, i + 2 >= num, seed)))
			out->len = e->at;
	}
}

#endif
