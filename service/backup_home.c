#include "backup_home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/home_files.h"
#include "zy/secret_home.h"
#include "zy/text.h"

#define LOCK "restore.lock"

static bool ends_with(const char *name, const char *end)
{
	const size_t len = strlen(name), tail = strlen(end);

	return len > tail && strcmp(name + len - tail, end) == 0;
}

bool zy_backup_leaves_out(const char *name)
{
	static const char *const out[] = { "vault", "vault.restore", ZY_SECRET_FOLDER, ZY_SECRET_FOLDER ".part",
		ZY_SECRET_FOLDER ".restore", "run", "tokens", "root", "tsa", ZY_KEPT_RECORD };

	for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++)
		if (strcmp(name, out[i]) == 0)
			return true;
	return strncmp(name, "ca/data.", 8) == 0 || strncmp(name, "ca/lock.mdb", 11) == 0 || ends_with(name, ".lock") ||
	       ends_with(name, ".head");
}

/* Copied all the same, in their order. */
static bool is_apart(const char *name)
{
	return strcmp(name, "ca/data.mdb") == 0 || strcmp(name, "ca/data.sums") == 0 ||
	       (strncmp(name, "signer/", 7) == 0 && strchr(name + 7, '/') == NULL && ends_with(name, ".head"));
}

bool zy_backup_may_hold(struct zy_bytes name)
{
	char text[4096], *part = text, *end;

	if (name.len == 0 || name.len >= sizeof(text) || memchr(name.p, 0, name.len) != NULL)
		return false;
	memcpy(text, name.p, name.len);
	text[name.len] = 0;
	if (is_apart(text))
		return true;
	for (;; *end = '/', part = end + 1) {
		if ((end = strchr(part, '/')) != NULL)
			*end = 0;
		if (*part == 0 || strcmp(part, ".") == 0 || strcmp(part, "..") == 0 || zy_backup_leaves_out(text))
			return false;
		if (end == NULL)
			return true;
	}
}

/* ---- a home beside its place ---- */

struct putting {
	struct zy_backup_set *set;
	const char *home, *stage;
	int lock;
	struct zy_error *err;
};

static bool put_file(struct putting *p, const char *name, const char *hex)
{
	struct zy_arena *a = &p->set->arena;
	const char *from = zy_arena_printf(a, p->err, "%s/files/%s", p->set->folder, hex);
	char *to = zy_arena_printf(a, p->err, "%s/%s", p->stage, name), *slash;
	char have[2 * ZY_HASH_LEN + 1];
	ZY_ARENA_AUTO bytes_in = { .cap = ZY_BACKUP_FILE_MAX };
	uint8_t digest[ZY_HASH_LEN];
	struct zy_bytes bytes;

	if (from == NULL || to == NULL || !zy_file_read_regular(from, ZY_BACKUP_FILE_MAX, &bytes_in, &bytes, p->err) ||
	    !zy_digest(ZY_HASH_SHA256, bytes, digest, p->err))
		return false;
	zy_hex(ZY_BYTES(digest, sizeof(digest)), have);
	if (strcmp(have, hex) != 0)
		return zy_fail(
		    p->err, ZY_E_BACKUP, "files", ZY_NOWHERE, "a file of the backup was changed; take another backup");
	slash = strrchr(to, '/');
	*slash = 0;
	if (!zy_folder_make(to, 0700, p->err))
		return false;
	*slash = '/';
	return zy_file_write(to, bytes, 0600, false, p->err);
}

static bool put_files(struct putting *p)
{
	json_t *files = json_object_get(p->set->root, "files"), *digest;
	const char *name;

	if (json_object_get(files, "config.json") == NULL)
		return zy_fail(p->err, ZY_E_BACKUP, "files", ZY_NOWHERE, "the backup has no files of a home");
	json_object_foreach(files, name, digest)
	{
		if (!put_file(p, name, json_string_value(digest)))
			return false;
	}
	return true;
}

/* What is there was begun by a restore: it has its lock, or nothing yet. */
static bool is_ours(const char *stage)
{
	DIR *d = opendir(stage);
	bool lock = false;
	struct dirent *e;
	size_t num = 0;

	while (d != NULL && (e = readdir(d)) != NULL) {
		num += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
		lock = lock || strcmp(e->d_name, LOCK) == 0;
	}
	if (d != NULL)
		closedir(d);
	return lock || (d != NULL && num == 0);
}

static bool take_stage(struct putting *p)
{
	const char *path = zy_arena_printf(&p->set->arena, p->err, "%s/" LOCK, p->stage);
	struct stat st;

	if (path == NULL)
		return false;
	if (lstat(p->stage, &st) == 0 && (!S_ISDIR(st.st_mode) || !is_ours(p->stage)))
		return zy_fail(p->err, ZY_E_EXISTS, "home", ZY_NOWHERE,
		    "%s is in the way: files are put there first; move it away", p->stage);
	if (!zy_folder_make(p->stage, 0700, p->err))
		return false;
	if (!zy_file_lock(path, &p->lock, p->err)) {
		rmdir(p->stage); /* unless it is another's, and so not empty */
		return false;
	}
	return zy_folder_empty(p->stage, LOCK) ||
	       zy_fail(p->err, ZY_E_IO, "home", ZY_NOWHERE, "%s: %s", p->stage, strerror(errno));
}

static void sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];
	int fd;

	snprintf(
	    folder, sizeof(folder), "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1, slash == NULL ? "." : path);
	if ((fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0) {
		fsync(fd); /* some file systems refuse it; the name itself is there */
		close(fd);
	}
}

static bool name_it(struct putting *p)
{
	char lock[4200];

	if (rmdir(p->home) != 0 && errno != ENOENT)
		return zy_fail(
		    p->err, ZY_E_EXISTS, "home", ZY_NOWHERE, "%s is no home, and: %s", p->home, strerror(errno));
	if (rename(p->stage, p->home) != 0)
		return zy_fail(p->err, ZY_E_IO, "home", ZY_NOWHERE, "%s: %s", p->home, strerror(errno));
	snprintf(lock, sizeof(lock), "%.4100s/" LOCK, p->home);
	unlink(lock);
	sync_folder_of(p->home);
	return true;
}

static bool put(struct putting *p)
{
	const char *run = zy_arena_printf(&p->set->arena, p->err, "%s/run", p->stage);
	bool ok;

	if (run == NULL || !take_stage(p))
		return false;
	ok = put_files(p) && zy_folder_make(run, 0700, p->err) && zy_home_files_begin(p->stage, p->err) && name_it(p);
	if (!ok)
		zy_folder_remove(p->stage);
	return ok;
}

bool zy_backup_home_put(struct zy_backup_set *s, const char *home, struct zy_error *err)
{
	struct putting p = { .set = s, .lock = -1, .err = err };
	size_t len = strlen(home);
	struct stat st;
	bool ok;

	while (len > 1 && home[len - 1] == '/')
		len--;
	p.home = zy_arena_printf(&s->arena, err, "%.*s", (int)len, home);
	p.stage = zy_arena_printf(&s->arena, err, "%.*s.restore", (int)len, home);
	if (p.home == NULL || p.stage == NULL)
		return false;
	if (lstat(p.home, &st) == 0 && (!S_ISDIR(st.st_mode) || !zy_folder_is_empty(p.home)))
		return zy_fail(err, ZY_E_EXISTS, "home", ZY_NOWHERE, "%s is no home, and not empty", p.home);
	ok = put(&p);
	if (p.lock >= 0)
		close(p.lock);
	return ok;
}
