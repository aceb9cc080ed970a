#include "zy/file.h"

#include "zy/mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail_io(struct zy_error *err, const char *what, const char *path)
{
	return zy_fail(err, ZY_E_IO, "file", ZY_NOWHERE, "%s %s: %s", what, path, strerror(errno));
}

/* Reads until the end or one byte over the cap, growing with what arrives: a pipe has no size to ask for. */
static bool read_all(int fd, const char *path, size_t cap, struct zy_buf *b, struct zy_error *err)
{
	uint8_t chunk[65536];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_io(err, "cannot read", path);
		if ((size_t)n > cap - b->len)
			return zy_fail(err, ZY_E_TOO_LARGE, "file", cap, "%s is larger than %zu bytes", path, cap);
		zy_buf_put(b, ZY_BYTES(chunk, (size_t)n));
	}
	return zy_buf_done(b, "file", err);
}

static bool read_from(
    int fd, const char *path, size_t cap, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	ZY_BUF_AUTO b = { .cap = cap == 0 ? 1 : cap };
	struct stat st;

	/* one more, to see the end without growing */
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size < b.cap) {
		if (zy_buf_extend(&b, (size_t)st.st_size) != NULL)
			b.len = 0;
	}
	return read_all(fd, path, cap, &b, err) && zy_arena_copy(a, zy_buf_bytes(&b), out, err);
}

bool zy_file_read(const char *path, size_t cap, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	bool is_stdin = strcmp(path, "-") == 0, ok;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return fail_io(err, "cannot open", path);
	ok = read_from(fd, path, cap, a, out, err);
	if (!is_stdin)
		close(fd);
	return ok;
}

bool zy_file_read_regular(const char *path, size_t cap, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	bool ok;

	if (fd < 0)
		return fail_io(err, "cannot open", path);
	ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	if (!ok)
		zy_fail_set(err, ZY_E_IO, "file", ZY_NOWHERE, "%s is no regular file", path);
	else if ((uint64_t)st.st_size > cap)
		ok = zy_fail(err, ZY_E_TOO_LARGE, "file", cap, "%s is larger than %zu bytes", path, cap);
	ok = ok && read_from(fd, path, cap, a, out, err);
	close(fd);
	return ok;
}

static bool write_all(int fd, struct zy_bytes v)
{
	struct zy_reader r = zy_reader_over(v);
	struct zy_error ignored = { 0 };
	struct zy_bytes done;

	while (zy_reader_left(&r) > 0) {
		ssize_t n = write(fd, zy_reader_rest(&r).p, zy_reader_left(&r));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || !zy_take(&r, (size_t)n, "", &done, &ignored))
			return false;
	}
	return true;
}

/* The folder of a path, "." when it names none. */
static void folder_of(const char *path, char out[4096])
{
	char copy[4096]; /* dirname writes into what it is given, and may answer with it */

	snprintf(copy, sizeof(copy), "%s", path);
	snprintf(out, 4096, "%s", dirname(copy));
}

/* A nameless file in the folder of f, or PATH.part-PID where there are none. */
static bool open_staged(struct zy_file_new *f, mode_t mode)
{
	char folder[4096];

	folder_of(f->path, folder);
	f->fd = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
	f->nameless = f->fd >= 0;
	if (f->nameless || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
		return f->nameless;
	f->fd = open(f->part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	return f->fd >= 0;
}

static bool begin(struct zy_file_new *f, const char *path, mode_t mode, bool force, struct zy_error *err)
{
	*f = (struct zy_file_new){ .fd = -1 };
	if ((size_t)snprintf(f->path, sizeof(f->path), "%s", path) >= sizeof(f->path))
		return zy_fail(err, ZY_E_IO, "file", ZY_NOWHERE, "the path is too long");
	if (!force && access(path, F_OK) == 0)
		return zy_fail(err, ZY_E_EXISTS, "file", ZY_NOWHERE, "%s exists already; remove it first", path);
	snprintf(f->part, sizeof(f->part), "%s.part-%ld", f->path, (long)getpid());
	f->staged = open_staged(f, mode);
	return f->staged || fail_io(err, "cannot make", f->path);
}

bool zy_file_stage(
    struct zy_file_new *f, const char *path, struct zy_bytes v, mode_t mode, bool force, struct zy_error *err)
{
	if (!begin(f, path, mode, force, err))
		return false;
	if (write_all(f->fd, v) && fsync(f->fd) == 0)
		return true;
	fail_io(err, "cannot write", f->path);
	zy_file_cancel(f);
	return false;
}

bool zy_file_stage_buf(struct zy_file_new *f, const char *path, size_t cap, mode_t mode, bool force, struct zy_buf *out,
    struct zy_error *err)
{
	if (!begin(f, path, mode, force, err))
		return false;
	if (zy_mapped_buf(out, f->fd, cap, err))
		return true;
	zy_file_cancel(f);
	return false;
}

bool zy_file_staged(struct zy_file_new *f, const struct zy_buf *b, struct zy_error *err)
{
	if (!zy_buf_done(b, "file", err))
		return false;
	return (ftruncate(f->fd, (off_t)b->len) == 0 && fsync(f->fd) == 0) || fail_io(err, "cannot write", f->path);
}

/* Gives the nameless file its name. linkat never replaces, so a name that is taken goes by way of `part`. */
static bool name_staged(struct zy_file_new *f)
{
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", f->fd);
	if (linkat(AT_FDCWD, self, AT_FDCWD, f->path, AT_SYMLINK_FOLLOW) == 0)
		return true;
	if (errno != EEXIST)
		return false;
	unlink(f->part);
	return linkat(AT_FDCWD, self, AT_FDCWD, f->part, AT_SYMLINK_FOLLOW) == 0 && rename(f->part, f->path) == 0;
}

bool zy_file_release(struct zy_file_new *f, struct zy_error *err)
{
	char folder[4096];
	int fd;

	if (f->nameless ? !name_staged(f) : rename(f->part, f->path) != 0) {
		fail_io(err, "cannot name", f->path);
		zy_file_cancel(f);
		return false;
	}
	f->staged = false;
	close(f->fd);
	folder_of(f->path, folder);
	if ((fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0) {
		fsync(fd); /* some file systems refuse to sync a folder; the name itself is there */
		close(fd);
	}
	return true;
}

void zy_file_cancel(struct zy_file_new *f)
{
	if (f->staged) {
		close(f->fd);
		unlink(f->part);
	}
	f->staged = false;
}

bool zy_file_write(const char *path, struct zy_bytes v, mode_t mode, bool force, struct zy_error *err)
{
	struct zy_file_new f;

	return zy_file_stage(&f, path, v, mode, force, err) && zy_file_release(&f, err);
}

bool zy_file_holds(const char *path, struct zy_bytes v)
{
	struct zy_error ignored = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes have;

	return zy_file_read(path, v.len, &a, &have, &ignored) && zy_bytes_equal(have, v);
}

bool zy_file_lock(const char *path, int *fd, struct zy_error *err)
{
	if ((*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		return fail_io(err, "cannot lock", path);
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	close(*fd);
	*fd = -1;
	return zy_fail(err, ZY_E_BUSY, "file", ZY_NOWHERE, "another process holds %s; wait for it", path);
}

bool zy_folder_make(const char *path, mode_t mode, struct zy_error *err)
{
	char p[4096];
	struct stat st;

	if (path[0] == 0 || (size_t)snprintf(p, sizeof(p), "%s", path) >= sizeof(p))
		return zy_fail(err, ZY_E_IO, "folder", ZY_NOWHERE, "the path is empty or too long");
	for (char *slash = p + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = 0;
		if (mkdir(p, mode) != 0 && errno != EEXIST)
			return fail_io(err, "cannot make", p);
		*slash = '/';
	}
	if (mkdir(p, mode) != 0 && errno != EEXIST)
		return fail_io(err, "cannot make", p);
	if (stat(p, &st) != 0 || !S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return fail_io(err, "cannot use", p);
	}
	return true;
}
