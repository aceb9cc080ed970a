#include "zy/kept.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kept_record.h"
#include "zy/file.h"

enum { PARENTS = 3 };

static bool fail_io(struct zy_error *err, const char *what, const char *path)
{
	return zy_fail(err, ZY_E_IO, "file", ZY_NOWHERE, "%s %s: %s", what, path, strerror(errno));
}

/* Where a path lies in a home; home empty: in none. */
struct place {
	char home[4096];
	const char *name;
};

static bool has_record(const char *folder)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/" ZY_KEPT_RECORD, folder);
	return access(path, F_OK) == 0;
}

/* A name with "." or ".." in it is of no record, so such a path counts as outside. */
static void find(const char *path, struct place *out)
{
	const char *end = path + strnlen(path, sizeof(out->home));

	out->home[0] = 0;
	if ((size_t)(end - path) >= sizeof(out->home))
		return;
	for (unsigned up = 0; up <= PARENTS && end > path; up++) {
		const char *slash = end - 1;

		while (slash > path && *slash != '/')
			slash--;
		if (*slash == '/') {
			snprintf(out->home, sizeof(out->home), "%.*s", slash == path ? 1 : (int)(slash - path), path);
			out->name = slash + 1;
		} else {
			snprintf(out->home, sizeof(out->home), ".");
			out->name = path;
		}
		if (zy_kept_name_is_plain(out->name) && has_record(out->home))
			return;
		end = *slash == '/' ? slash : path;
	}
	out->home[0] = 0;
}

static bool digest_of(int fd, const char *path, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher h = { 0 };
	uint8_t part[32768];
	bool ok = zy_hasher_start(&h, ZY_HASH_SHA256, err);
	ssize_t n = 1;

	while (ok && n != 0) {
		n = read(fd, part, sizeof(part));
		if (n < 0 && errno == EINTR)
			continue;
		ok = n < 0 ? fail_io(err, "cannot read", path) : zy_hasher_add(&h, ZY_BYTES(part, (size_t)n), err);
	}
	ok = ok && zy_hasher_final(&h, out, err);
	zy_hasher_free(&h);
	return ok;
}

/* All zero when it is not there. */
static bool digest_file(const char *path, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	bool ok;

	memset(out, 0, ZY_HASH_LEN);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || fail_io(err, "cannot open", path);
	ok = digest_of(fd, path, out, err);
	close(fd);
	return ok;
}

static bool digest_kept(const char *home, const char *name, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const char *path = zy_arena_printf(&a, err, "%s/%s", home, name);

	return path != NULL && digest_file(path, out, err);
}

/* The lock of who writes or must know for certain, until the descriptor is closed. */
static bool lock(const char *home, int how, int *fd, struct zy_error *err)
{
	if ((*fd = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return fail_io(err, "cannot open", home);
	while (flock(*fd, how) != 0) {
		if (errno == EINTR)
			continue;
		close(*fd);
		*fd = -1;
		return fail_io(err, "cannot lock", home);
	}
	return true;
}

/* ---- changes ---- */

/* Under the lock: the record, in which what others left open is settled by what lies there. */
static bool load(struct zy_kept *k, const char *home, struct zy_error *err)
{
	uint8_t has[ZY_HASH_LEN];

	if (!zy_kept_open(k, home, err))
		return false;
	for (size_t i = 0; i < k->num; i++) {
		struct zy_kept_line *l = &k->lines[i];

		if (memcmp(l->now, l->next, ZY_HASH_LEN) == 0)
			continue;
		if (!digest_kept(home, l->name, has, err))
			return false;
		if (memcmp(has, l->now, ZY_HASH_LEN) == 0)
			memcpy(l->next, has, ZY_HASH_LEN);
		else if (memcmp(has, l->next, ZY_HASH_LEN) == 0)
			memcpy(l->now, has, ZY_HASH_LEN);
	}
	return true;
}

/* What is about to be done between two writes of the record. */
struct change {
	struct zy_kept k;
	int lock;
};

static bool begin(struct change *c, const char *home, struct zy_error *err)
{
	*c = (struct change){ .k = { .home = home }, .lock = -1 };
	return lock(home, LOCK_EX, &c->lock, err) && load(&c->k, home, err);
}

/* done: what was announced is there now; else what lies there counts. */
static bool end(struct change *c, bool done, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	bool ok;

	for (size_t i = 0; done && i < c->k.num; i++)
		memcpy(c->k.lines[i].now, c->k.lines[i].next, ZY_HASH_LEN);
	if (!done && c->lock >= 0) {
		zy_kept_close(&c->k);
		ok = load(&c->k, c->k.home, &ignored) && zy_kept_record_write(&c->k, &ignored) && false;
	} else {
		ok = done && zy_kept_record_write(&c->k, err);
	}
	zy_kept_close(&c->k);
	if (c->lock >= 0)
		close(c->lock);
	return ok;
}

static bool expect(struct change *c, const char *name, const uint8_t next[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_kept_line *l = zy_kept_line_of(&c->k, name);

	if (l == NULL && (l = zy_kept_line_add(&c->k, name, err)) == NULL)
		return false;
	memcpy(l->next, next, ZY_HASH_LEN);
	return true;
}

bool zy_kept_write(const char *path, struct zy_bytes v, mode_t mode, bool force, struct zy_error *err)
{
	uint8_t next[ZY_HASH_LEN];
	struct change c;
	struct place at;

	find(path, &at);
	if (at.home[0] == 0)
		return zy_file_write(path, v, mode, force, err);
	if (!zy_digest(ZY_HASH_SHA256, v, next, err))
		return false;
	return end(&c,
	    begin(&c, at.home, err) && expect(&c, at.name, next, err) && zy_kept_record_write(&c.k, err) &&
		zy_file_write(path, v, mode, force, err),
	    err);
}

static bool announce(struct change *c, const char *from, const char *name, struct zy_error *err)
{
	uint8_t next[ZY_HASH_LEN];

	return digest_file(from, next, err) && expect(c, name, next, err);
}

/* Of a folder all files in it; it has no folders. */
static bool announce_all(struct change *c, const char *from, const char *name, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct dirent *e;
	struct stat st;
	bool ok = true;
	DIR *d;

	if (stat(from, &st) == 0 && !S_ISDIR(st.st_mode))
		return announce(c, from, name, err);
	if ((d = opendir(from)) == NULL)
		return fail_io(err, "cannot open", from);
	while (ok && (e = readdir(d)) != NULL) {
		const char *file, *becomes;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		file = zy_arena_printf(&a, err, "%s/%s", from, e->d_name);
		becomes = zy_arena_printf(&a, err, "%s/%s", name, e->d_name);
		ok = file != NULL && becomes != NULL && announce(c, file, becomes, err);
	}
	closedir(d);
	return ok;
}

static bool rename_to(const char *from, const char *to, struct zy_error *err)
{
	if (rename(from, to) == 0)
		return true;
	return zy_fail(err, errno == ENOTEMPTY || errno == EEXIST ? ZY_E_EXISTS : ZY_E_IO, "file", ZY_NOWHERE, "%s: %s",
	    to, strerror(errno));
}

bool zy_kept_place_all(const char *const (*pairs)[2], size_t num, struct zy_error *err)
{
	struct place at = { .home = "" };
	struct change c = { .lock = -1 };
	bool ok = true;

	if (num > 0)
		find(pairs[0][1], &at);
	if (at.home[0] != 0) {
		ok = begin(&c, at.home, err);
		for (size_t i = 0; ok && i < num; i++) {
			struct place each;

			find(pairs[i][1], &each);
			ok = announce_all(&c, pairs[i][0], each.name, err);
		}
		ok = ok && zy_kept_record_write(&c.k, err);
	}
	for (size_t i = 0; ok && i < num; i++)
		ok = rename_to(pairs[i][0], pairs[i][1], err);
	return at.home[0] == 0 ? ok : end(&c, ok, err);
}

bool zy_kept_place(const char *from, const char *to, struct zy_error *err)
{
	const char *const pair[1][2] = { { from, to } };

	return zy_kept_place_all(pair, 1, err);
}

static bool rename_or_remove(const char *from, const char *to, struct zy_error *err)
{
	return to != NULL ? rename_to(from, to, err) : unlink(from) == 0 || fail_io(err, "cannot remove", from);
}

static bool announce_rename(struct change *c, const char *from, const char *name, const char *to, struct zy_error *err)
{
	static const uint8_t none[ZY_HASH_LEN];
	struct place at;

	if (!expect(c, name, none, err))
		return false;
	if (to == NULL)
		return true;
	find(to, &at);
	return at.home[0] == 0 || announce(c, from, at.name, err);
}

bool zy_kept_rename(const char *from, const char *to, struct zy_error *err)
{
	struct change c;
	struct place at;

	if (access(from, F_OK) != 0)
		return true;
	find(from, &at);
	if (at.home[0] == 0)
		return rename_or_remove(from, to, err);
	return end(&c,
	    begin(&c, at.home, err) && announce_rename(&c, from, at.name, to, err) && zy_kept_record_write(&c.k, err) &&
		rename_or_remove(from, to, err),
	    err);
}

bool zy_kept_accept(const char *home, const char *name, struct zy_error *err)
{
	uint8_t has[ZY_HASH_LEN];
	struct change c;

	return end(&c, begin(&c, home, err) && digest_kept(home, name, has, err) && expect(&c, name, has, err), err);
}

static bool add_all(struct zy_kept *k, const char *folder, zy_kept_skip *skip, struct zy_error *err);

static bool add_one(struct zy_kept *k, const char *name, zy_kept_skip *skip, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const char *path = zy_arena_printf(&a, err, "%s/%s", k->home, name);
	struct zy_kept_line *l;
	struct stat st;

	if (path == NULL)
		return false;
	if (skip(name) || strcmp(name, ZY_KEPT_RECORD) == 0 || lstat(path, &st) != 0)
		return true;
	if (S_ISDIR(st.st_mode))
		return add_all(k, name, skip, err);
	if (!S_ISREG(st.st_mode))
		return true;
	if ((l = zy_kept_line_add(k, name, err)) == NULL || !digest_kept(k->home, name, l->next, err))
		return false;
	memcpy(l->now, l->next, ZY_HASH_LEN);
	return true;
}

static bool add_all(struct zy_kept *k, const char *folder, zy_kept_skip *skip, struct zy_error *err)
{
	const char *path = zy_arena_printf(&k->arena, err, "%s/%s", k->home, folder);
	DIR *d = path == NULL ? NULL : opendir(path);
	struct dirent *e;
	bool ok = true;

	if (d == NULL)
		return path != NULL && fail_io(err, "cannot open", path);
	while (ok && (e = readdir(d)) != NULL) {
		const char *name =
		    zy_arena_printf(&k->arena, err, "%s%s%s", folder, folder[0] == 0 ? "" : "/", e->d_name);

		ok = name != NULL &&
		     (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || add_one(k, name, skip, err));
	}
	closedir(d);
	return ok;
}

bool zy_kept_begin(const char *home, zy_kept_skip *skip, struct zy_error *err)
{
	struct zy_kept k = { .home = home };
	bool ok;
	int fd;

	if (!lock(home, LOCK_EX, &fd, err))
		return false;
	ok = add_all(&k, "", skip, err) && zy_kept_record_write(&k, err);
	zy_kept_close(&k);
	close(fd);
	return ok;
}

/* ---- looks ---- */

static enum zy_kept_state state_of(const struct zy_kept_line *l, const uint8_t has[ZY_HASH_LEN])
{
	static const uint8_t none[ZY_HASH_LEN];

	if (l == NULL || (memcmp(l->now, none, ZY_HASH_LEN) == 0 && memcmp(l->next, none, ZY_HASH_LEN) == 0))
		return ZY_KEPT_UNKNOWN;
	if (memcmp(l->now, has, ZY_HASH_LEN) == 0 || memcmp(l->next, has, ZY_HASH_LEN) == 0)
		return ZY_KEPT_FINE;
	return memcmp(has, none, ZY_HASH_LEN) == 0 ? ZY_KEPT_MISSING : ZY_KEPT_CHANGED;
}

/* While nobody writes. */
static bool look_again(const char *home, const char *name, enum zy_kept_state *out, struct zy_error *err)
{
	uint8_t has[ZY_HASH_LEN];
	struct zy_kept k = { 0 };
	bool ok;
	int fd;

	if (!lock(home, LOCK_SH, &fd, err))
		return false;
	ok = zy_kept_open(&k, home, err) && digest_kept(home, name, has, err);
	if (ok)
		*out = state_of(zy_kept_line_of(&k, name), has);
	zy_kept_close(&k);
	close(fd);
	return ok;
}

bool zy_kept_look(const struct zy_kept *k, const char *name, enum zy_kept_state *out, struct zy_error *err)
{
	uint8_t has[ZY_HASH_LEN];

	if (!digest_kept(k->home, name, has, err))
		return false;
	*out = state_of(zy_kept_line_of(k, name), has);
	return *out == ZY_KEPT_FINE || look_again(k->home, name, out, err);
}

static bool refuse(const struct place *at, enum zy_kept_state s, struct zy_error *err)
{
	return zy_fail(err, ZY_E_HOME_FILE, "home", ZY_NOWHERE, "%.120s %s; `zhengyin check` says what to do", at->name,
	    s == ZY_KEPT_UNKNOWN ? "was recorded by nobody" : "is not what was written there");
}

static bool read_fitting(const struct place *at, const char *path, size_t cap, struct zy_arena *a, struct zy_bytes *out,
    enum zy_kept_state *state, struct zy_error *err)
{
	uint8_t has[ZY_HASH_LEN];
	struct zy_kept_line line;
	bool found;

	if (!zy_file_read(path, cap, a, out, err) || !zy_digest(ZY_HASH_SHA256, *out, has, err) ||
	    !zy_kept_record_find(at->home, at->name, &line, &found, err))
		return false;
	*state = state_of(found ? &line : NULL, has);
	return true;
}

bool zy_kept_read(const char *path, size_t cap, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	enum zy_kept_state state;
	struct zy_kept k = { 0 };
	struct zy_bytes v;
	struct place at;
	bool ok;
	int fd;

	find(path, &at);
	if (at.home[0] == 0)
		return zy_file_read(path, cap, a, out, err);
	if (!read_fitting(&at, path, cap, a, &v, &state, err))
		return false;
	if (state != ZY_KEPT_FINE) { /* a writer may be just at it */
		if (!lock(at.home, LOCK_SH, &fd, err))
			return false;
		ok = read_fitting(&at, path, cap, a, &v, &state, err) &&
		     (state == ZY_KEPT_FINE || (zy_kept_open(&k, at.home, err) && refuse(&at, state, err)));
		zy_kept_close(&k);
		close(fd);
		if (!ok)
			return false;
	}
	*out = v;
	return true;
}

bool zy_kept_holds(const char *path, struct zy_bytes v)
{
	struct zy_error ignored = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes have;

	return zy_kept_read(path, v.len, &a, &have, &ignored) && zy_bytes_equal(have, v);
}
