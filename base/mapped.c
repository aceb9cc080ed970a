#include "zy/mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "zy/file.h"

#define PIECE ((size_t)1 << 20)
#define AROUND ((size_t)2 << 20) /* the kernel maps up to so much around what is touched: its page cache's own unit */
#define LITTLE ((size_t)64 << 10)
#define TOUCHES 8 /* so often a little may be touched before all is given back */

/* The kernel keeps one table of mappings and one handler of SIGBUS for a process, so this is kept for the process, too:
 * which of the mappings are files of ours. */
struct region {
	_Atomic(uintptr_t) base; /* 0: not used */
	_Atomic(size_t) len;
	_Atomic(int) fd;
	atomic_uint touched;
	atomic_bool writable, lost;
};
static struct region regions[ZY_MAPPED_FILES_MAX];
static atomic_int num_regions;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what is put into the table */
static struct sigaction before;

static struct region *find(uintptr_t at)
{
	for (size_t i = 0; i < ZY_MAPPED_FILES_MAX && atomic_load(&num_regions) > 0; i++) {
		uintptr_t base = atomic_load(&regions[i].base);

		if (base != 0 && at >= base && at - base < atomic_load(&regions[i].len))
			return &regions[i];
	}
	return NULL;
}

/* The file ends before its mapping does, or the disk fails: zeros from here on, whose finder will not use them. */
static void take_bus_error(int number, siginfo_t *info, void *context)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), at = (uintptr_t)info->si_addr & ~(page - 1);
	struct region *r = info->si_code > 0 ? find(at) : NULL; /* 0 and below: somebody sent it */
	int kept = errno;

	(void)context;
	if (r != NULL) {
		const uintptr_t end = atomic_load(&r->base) + atomic_load(&r->len);
		const int how = atomic_load(&r->writable) ? PROT_READ | PROT_WRITE : PROT_READ;

		atomic_store(&r->lost, true);
		if (mmap((void *)at, end - at, how, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED) {
			errno = kept;
			return;
		}
	}
	sigaction(number, &before, NULL); /* not ours: it happens again, to whom it was meant for */
	if (info->si_code <= 0)
		raise(number);
}

/* Unless it is there; what is replaced gets what is not ours. */
static void install(void)
{
	struct sigaction a = { .sa_sigaction = take_bus_error, .sa_flags = SA_SIGINFO }, was;

	pthread_mutex_lock(&lock);
	sigemptyset(&a.sa_mask);
	if (sigaction(SIGBUS, NULL, &was) == 0 &&
	    ((was.sa_flags & SA_SIGINFO) == 0 || was.sa_sigaction != take_bus_error)) {
		before = was;
		sigaction(SIGBUS, &a, NULL);
	}
	pthread_mutex_unlock(&lock);
}

static bool note(void *p, size_t len, int fd, bool writable)
{
	bool done = false;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < ZY_MAPPED_FILES_MAX && !done; i++) {
		struct region *r = &regions[i];

		if (atomic_load(&r->base) != 0)
			continue;
		atomic_store(&r->len, len);
		atomic_store(&r->fd, fd);
		atomic_store(&r->writable, writable);
		atomic_store(&r->lost, false);
		atomic_store(&r->base, (uintptr_t)p);
		atomic_fetch_add(&num_regions, 1);
		done = true;
	}
	pthread_mutex_unlock(&lock);
	return done;
}

static void unmap(const void *p)
{
	struct region *r = find((uintptr_t)p);
	size_t len;

	if (r == NULL)
		return;
	pthread_mutex_lock(&lock);
	len = atomic_load(&r->len);
	munmap((void *)(uintptr_t)p, len);
	atomic_store(&r->base, 0);
	atomic_fetch_sub(&num_regions, 1);
	pthread_mutex_unlock(&lock);
}

static void *map(int fd, size_t len, bool writable, struct zy_error *err)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *p;

	install();
	len = (len + page - 1) / page * page;
	p = mmap(NULL, len, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		zy_fail(err, ZY_E_IO, "file", ZY_NOWHERE, "the file cannot be mapped: %s", strerror(errno));
		return NULL;
	}
	(void)madvise(p, len, MADV_NOHUGEPAGE); /* what is touched is to stay small; a kernel without them says no */
	if (note(p, len, fd, writable))
		return p;
	munmap(p, len);
	zy_fail(
	    err, ZY_E_NO_MEMORY, "file", ZY_NOWHERE, "more than %d large files at a time", (int)ZY_MAPPED_FILES_MAX);
	return NULL;
}

/* ---- files ---- */

static bool cannot(const char *path, struct zy_error *err)
{
	return zy_fail(err, ZY_E_IO, "file", ZY_NOWHERE, "cannot open %s: %s", path, strerror(errno));
}

bool zy_mapped_open(struct zy_mapped *m, const char *path, size_t cap, struct zy_arena *a, struct zy_error *err)
{
	struct zy_mapped out = { 0 };

	*m = out;
	if (strcmp(path, "-") == 0 || stat(path, &out.was) != 0 || !S_ISREG(out.was.st_mode) ||
	    (size_t)out.was.st_size < ZY_MAPPED_FROM)
		return zy_file_read(path, cap < ZY_READ_MAX ? cap : ZY_READ_MAX, a, &m->bytes, err);
	if ((out.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0)
		return cannot(path, err);
	if (fstat(out.fd, &out.was) != 0 || !S_ISREG(out.was.st_mode) || out.was.st_size == 0) {
		close(out.fd);
		return zy_fail(err, ZY_E_FILE_CHANGED, "file", ZY_NOWHERE, "%s was replaced just now", path);
	}
	if ((size_t)out.was.st_size > cap) {
		close(out.fd);
		return zy_fail(err, ZY_E_TOO_LARGE, "file", cap, "%s is larger than %zu bytes", path, cap);
	}
	out.bytes.len = (size_t)out.was.st_size;
	if ((out.bytes.p = map(out.fd, out.bytes.len, false, err)) == NULL) {
		close(out.fd);
		return false;
	}
	*m = out;
	return true;
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool zy_mapped_check(const struct zy_mapped *m, struct zy_error *err)
{
	const struct region *r = m->fd == 0 ? NULL : find((uintptr_t)m->bytes.p);
	struct stat now;

	if (r == NULL)
		return true;
	if (fstat(m->fd, &now) != 0)
		return zy_fail(err, ZY_E_IO, "file", ZY_NOWHERE, "cannot look at the file: %s", strerror(errno));
	if (now.st_size != m->was.st_size || !same_time(now.st_mtim, m->was.st_mtim) ||
	    !same_time(now.st_ctim, m->was.st_ctim))
		return zy_fail(
		    err, ZY_E_FILE_CHANGED, "file", ZY_NOWHERE, "the file changed while it was looked at; try again");
	return !atomic_load(&r->lost) ||
	       zy_fail(err, ZY_E_IO, "file", ZY_NOWHERE, "a part of the file could not be read");
}

void zy_mapped_close(struct zy_mapped *m)
{
	if (m->fd != 0) {
		unmap(m->bytes.p);
		close(m->fd);
	}
	*m = (struct zy_mapped){ 0 };
}

/* ---- parts ---- */

bool zy_mapped_holds(struct zy_bytes v)
{
	return v.len > 0 && find((uintptr_t)v.p) != NULL;
}

void zy_mapped_release(struct zy_bytes v)
{
	struct region *r = v.len == 0 ? NULL : find((uintptr_t)v.p);
	uintptr_t base, from, to;

	if (r == NULL || (v.len < LITTLE && atomic_fetch_add(&r->touched, 1) % TOUCHES != 0))
		return;
	base = atomic_load(&r->base);
	if (v.len < LITTLE)
		v = ZY_BYTES(base, atomic_load(&r->len));
	from = ((uintptr_t)v.p - base) / AROUND * AROUND;
	to = ((uintptr_t)v.p - base + v.len + AROUND - 1) / AROUND * AROUND;
	if (to > atomic_load(&r->len))
		to = atomic_load(&r->len);
	(void)madvise((void *)(base + from), to - from, MADV_DONTNEED);
}

bool zy_mapped_walk(struct zy_bytes v, bool (*take)(void *arg, struct zy_bytes piece, struct zy_error *err), void *arg,
    struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(v);
	struct zy_bytes piece;
	bool ok = true;

	if (!zy_mapped_holds(v))
		return take(arg, v, err);
	while (ok && zy_reader_left(&r) > 0) {
		size_t len = zy_reader_left(&r) < PIECE ? zy_reader_left(&r) : PIECE;

		ok = zy_take(&r, len, "file", &piece, err) && take(arg, piece, err);
		zy_mapped_release(piece);
	}
	return ok;
}

bool zy_mapped_path(struct zy_bytes v, char out[32])
{
	const struct region *r = v.len == 0 ? NULL : find((uintptr_t)v.p);
	struct stat st;

	if (r == NULL || (uintptr_t)v.p != atomic_load(&r->base) || fstat(atomic_load(&r->fd), &st) != 0 ||
	    (size_t)st.st_size != v.len)
		return false;
	snprintf(out, 32, "/proc/self/fd/%d", atomic_load(&r->fd));
	return true;
}

/* ---- buffers ---- */

bool zy_mapped_buf(struct zy_buf *out, int fd, size_t cap, struct zy_error *err)
{
	*out = (struct zy_buf){ .cap = cap, .in_file = true, .fd = fd };
	out->p = map(fd, cap, true, err);
	out->in_file = out->p != NULL;
	return out->in_file;
}

void zy_mapped_buf_settle(struct zy_buf *b)
{
	if (b->in_file && !b->failed && ftruncate(b->fd, (off_t)b->len) == 0)
		b->room = b->len;
}

void zy_mapped_buf_free(struct zy_buf *b)
{
	unmap(b->p);
}
