#include "backup_set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "processes.h"
#include "zy/authority.h"
#include "zy/file.h"
#include "zy/home_files.h"
#include "zy/secret_home.h"
#include "zy/text.h"

#define SET_MAX ((size_t)64 << 20)
#define PART_MAX ((size_t)2 << 30)
#define HOME_FILE_MAX ((size_t)2 << 30)

static bool bad(const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_BACKUP, "backup", ZY_NOWHERE, "%s", why);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

void zy_folder_remove(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- the line and its HMAC ---- */

/* Of a backup that was cut off before it had a description: nothing was put there yet. */
static bool was_begun(DIR *folder, const char *name)
{
	return (strcmp(name, "parts") == 0 || strcmp(name, "files") == 0) &&
	       unlinkat(dirfd(folder), name, AT_REMOVEDIR) == 0;
}

static bool is_empty(const char *folder, struct zy_error *err)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	int num = 0;

	if (d == NULL)
		return errno == ENOENT || zy_fail(err, ZY_E_IO, "DIR", ZY_NOWHERE, "%s: %s", folder, strerror(errno));
	while ((e = readdir(d)) != NULL)
		num += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && !was_begun(d, e->d_name);
	closedir(d);
	return num == 0 || zy_fail(err, ZY_E_EXISTS, "DIR", ZY_NOWHERE, "%s holds something that is no backup", folder);
}

static bool split(struct zy_backup_set *s, struct zy_bytes file, struct zy_error *err)
{
	const uint8_t *end = file.len == 0 ? NULL : memchr(file.p, '\n', file.len);
	struct zy_bytes rest;

	if (end == NULL)
		return bad("the backup's description is cut off", err);
	s->line = ZY_BYTES(file.p, (size_t)(end - file.p));
	rest = ZY_BYTES(end + 1, file.len - s->line.len - 1);
	return (rest.len == 69 && memcmp(rest.p, "mac ", 4) == 0 && rest.p[68] == '\n' &&
		   zy_unhex(ZY_BYTES(rest.p + 4, 64), s->mac, ZY_HASH_LEN, err)) ||
	       bad("the backup's description is not in its form", err);
}

bool zy_backup_set_open(struct zy_backup_set *s, const char *folder, bool *found, struct zy_error *err)
{
	struct zy_bytes file;
	const char *path;
	json_int_t form;

	*s = (struct zy_backup_set){ .folder = folder };
	if ((path = zy_arena_printf(&s->arena, err, "%s/backup", folder)) == NULL)
		return false;
	*found = access(path, F_OK) == 0;
	if (!*found)
		return is_empty(folder, err);
	if (!zy_file_read(path, SET_MAX, &s->arena, &file, err) || !split(s, file, err))
		return false;
	s->root = json_loadb((const char *)s->line.p, s->line.len, JSON_REJECT_DUPLICATES, NULL);
	form = json_integer_value(json_object_get(s->root, "form"));
	return form == 1 || bad("the backup is of a form that is not known here", err);
}

void zy_backup_set_close(struct zy_backup_set *s)
{
	json_decref(s->root);
	zy_arena_free(&s->arena);
	*s = (struct zy_backup_set){ 0 };
}

bool zy_backup_set_check(struct zy_backup_set *s, struct zy_vault *v, struct zy_error *err)
{
	uint8_t mac[ZY_HASH_LEN];

	return zy_vault_backup_mac(v, s->line, mac, err) &&
	       (CRYPTO_memcmp(mac, s->mac, sizeof(mac)) == 0 ||
		   bad("the backup is not of this vault, or was changed", err));
}

static bool write_set(struct zy_backup_set *s, struct zy_vault *v, struct zy_error *err)
{
	char *line = json_dumps(s->root, JSON_COMPACT | JSON_SORT_KEYS), hex[2 * ZY_HASH_LEN + 1];
	const char *path = zy_arena_printf(&s->arena, err, "%s/backup", s->folder);
	uint8_t mac[ZY_HASH_LEN];
	ZY_BUF_AUTO text = { 0 };
	bool ok = line != NULL && path != NULL && zy_vault_backup_mac(v, zy_str(line), mac, err);

	if (ok) {
		zy_hex(ZY_BYTES(mac, sizeof(mac)), hex);
		zy_buf_printf(&text, "%s\nmac %s\n", line, hex);
		ok = zy_buf_done(&text, "backup", err) && zy_file_write(path, zy_buf_bytes(&text), 0600, true, err);
	}
	free(line);
	return ok;
}

/* ---- parts ---- */

static void put_at(struct zy_backup_set *s, const struct zy_backup_at *at)
{
	char key[2 * ZY_BACKUP_KEY_MAX + 1];

	zy_hex(ZY_BYTES(at->key, at->key_len), key);
	json_object_set_new(s->root, "at",
	    json_pack("{s:b, s:i, s:s, s:I, s:I}", "copied", (int)at->copied, "database", (int)at->db, "key", key,
		"change", (json_int_t)at->change, "event", (json_int_t)at->seq));
}

static bool get_at(const struct zy_backup_set *s, struct zy_backup_at *out, struct zy_error *err)
{
	struct zy_backup_at at = { 0 };
	json_int_t change, seq;
	int copied, db;
	const char *key;

	if (json_unpack(json_object_get(s->root, "at"), "{s:b, s:i, s:s, s:I, s:I}", "copied", &copied, "database", &db,
		"key", &key, "change", &change, "event", &seq) != 0 ||
	    strlen(key) > (size_t)2 * ZY_BACKUP_KEY_MAX || db < 0 || change < 0 || seq < 0)
		return bad("the backup's description is not in its form", err);
	at.copied = copied != 0;
	at.db = (unsigned)db;
	at.change = (uint64_t)change;
	at.seq = (uint64_t)seq;
	at.key_len = strlen(key) / 2;
	*out = at;
	return zy_unhex(zy_str(key), out->key, at.key_len, err);
}

bool zy_backup_set_make(struct zy_backup_set *s, struct zy_vault *v, struct zy_error *err)
{
	const char *parts = zy_arena_printf(&s->arena, err, "%s/parts", s->folder);
	const char *files = zy_arena_printf(&s->arena, err, "%s/files", s->folder);
	struct zy_backup_at at;

	if (parts == NULL || files == NULL || !zy_folder_make(parts, 0700, err) || !zy_folder_make(files, 0700, err) ||
	    !zy_vault_backup_begin(v, &at, err))
		return false;
	s->root = json_pack("{s:i, s:[], s:{}, s:i}", "form", 1, "parts", "files", "whole_parts", 0);
	put_at(s, &at);
	return write_set(s, v, err);
}

static bool copy_part(
    struct zy_backup_set *s, struct zy_vault *v, struct zy_backup_at *at, bool *whole, struct zy_error *err)
{
	json_t *parts = json_object_get(s->root, "parts");
	const char *path = zy_arena_printf(&s->arena, err, "%s/parts/%06zu", s->folder, json_array_size(parts) + 1);
	char digest[2 * ZY_HASH_LEN + 1];
	struct zy_backup_part part;

	if (path == NULL || !zy_vault_backup_part(v, at, path, &part, whole, err))
		return false;
	if (part.rows > 0) {
		zy_hex(ZY_BYTES(part.digest, ZY_HASH_LEN), digest);
		json_array_append_new(parts, json_pack("{s:I, s:I, s:s}", "bytes", (json_int_t)part.bytes, "rows",
						 (json_int_t)part.rows, "sha256", digest));
	}
	put_at(s, at);
	return write_set(s, v, err);
}

bool zy_backup_set_copy(
    struct zy_backup_set *s, struct zy_vault *v, const struct zy_care *care, bool *stopped, struct zy_error *err)
{
	struct zy_care_step step = { .what = "parts" };
	struct zy_backup_at at;
	bool whole = false;

	*stopped = false;
	if (!get_at(s, &at, err))
		return false;
	while (!whole && !*stopped) {
		if (!copy_part(s, v, &at, &whole, err))
			return false;
		step.done = json_array_size(json_object_get(s->root, "parts"));
		*stopped = !whole && !care->step(care->arg, &step);
	}
	return true;
}

/* ---- files of the home ---- */

/* What the walk passes over: the vault, which has parts; the secret compartment, which has a backup of its own; what
 * runs; tokens with their PINs; locks; and the heads of journals, which come first (keep_heads). */
static bool is_left_out(const char *name)
{
	static const char *const out[] = { "vault", "vault.restore", ZY_SECRET_FOLDER, ZY_SECRET_FOLDER ".part",
		ZY_SECRET_FOLDER ".restore", "run", "tokens", "root", "tsa", ZY_KEPT_RECORD };
	const size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++)
		if (strcmp(name, out[i]) == 0)
			return true;
	return strncmp(name, "ca/data.", 8) == 0 || strncmp(name, "ca/lock.mdb", 11) == 0 ||
	       (len > 5 && (strcmp(name + len - 5, ".lock") == 0 || strcmp(name + len - 5, ".head") == 0));
}

struct filing {
	struct zy_backup_set *s;
	const char *home;
	json_t *files;
};

static bool keep_file(struct filing *f, const char *name, const char *path, struct zy_error *err)
{
	char hex[2 * ZY_HASH_LEN + 1];
	uint8_t digest[ZY_HASH_LEN];
	ZY_ARENA_AUTO a = { .cap = HOME_FILE_MAX };
	struct zy_bytes bytes;
	const char *to;

	if (!(zy_home_area_of(name) == ZY_AREA_RECORD || zy_home_area_of(name) == ZY_AREA_HAND
		    ? zy_kept_read
		    : zy_file_read)(path, HOME_FILE_MAX, &a, &bytes, err) ||
	    !zy_digest(ZY_HASH_SHA256, bytes, digest, err))
		return false;
	zy_hex(ZY_BYTES(digest, sizeof(digest)), hex);
	to = zy_arena_printf(&f->s->arena, err, "%s/files/%s", f->s->folder, hex);
	if (to == NULL || (!zy_file_holds(to, bytes) && !zy_file_write(to, bytes, 0600, true, err)))
		return false;
	json_object_set_new(f->files, name, json_string(hex));
	return true;
}

static bool keep_folder(struct filing *f, const char *below, struct zy_error *err);

static bool keep_entry(struct filing *f, const char *name, struct zy_error *err)
{
	const char *path = zy_arena_printf(&f->s->arena, err, "%s/%s", f->home, name);
	struct stat st;

	if (path == NULL)
		return false;
	if (is_left_out(name) || lstat(path, &st) != 0)
		return true;
	if (S_ISDIR(st.st_mode))
		return keep_folder(f, name, err);
	return !S_ISREG(st.st_mode) || keep_file(f, name, path, err);
}

static bool keep_folder(struct filing *f, const char *below, struct zy_error *err)
{
	const char *path = zy_arena_printf(&f->s->arena, err, "%s/%s", f->home, below), *name;
	DIR *d = path == NULL ? NULL : opendir(path);
	struct dirent *e;
	bool ok = true;

	if (d == NULL)
		return zy_fail(err, ZY_E_IO, "home", ZY_NOWHERE, "cannot read %s", below);
	while (ok && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		name = below[0] == 0 ? zy_arena_printf(&f->s->arena, err, "%s", e->d_name)
				     : zy_arena_printf(&f->s->arena, err, "%s/%s", below, e->d_name);
		ok = name != NULL && keep_entry(f, name, err);
	}
	closedir(d);
	return ok;
}

/* The register changes under the eyes of who copies it: a copy of one moment first. */
static bool keep_register(struct filing *f, struct zy_error *err)
{
	static const char *const names[] = { "data.mdb", "data.sums" };
	const char *folder = zy_arena_printf(&f->s->arena, err, "%s/ca", f->home);
	const char *copy = zy_arena_printf(&f->s->arena, err, "%s/register.part", f->s->folder);
	struct zy_register *r = NULL;
	bool ok;

	if (folder == NULL || copy == NULL)
		return false;
	zy_folder_remove(copy);
	ok = zy_register_open(&r, folder, false, 0, err) && zy_register_copy(r, copy, err);
	zy_register_close(r);
	for (size_t i = 0; ok && i < sizeof(names) / sizeof(names[0]); i++) {
		const char *name = zy_arena_printf(&f->s->arena, err, "ca/%s", names[i]);
		const char *path = zy_arena_printf(&f->s->arena, err, "%s/%s", copy, names[i]);

		ok = name != NULL && path != NULL && keep_file(f, name, path, err);
	}
	zy_folder_remove(copy);
	return ok;
}

static int is_head(const struct dirent *e)
{
	const size_t len = strlen(e->d_name);

	return len > 5 && strcmp(e->d_name + len - 5, ".head") == 0;
}

/* The head of each signer, of persons too, before its journal: a journal may be longer than its head says, never
 * shorter. */
static bool keep_heads(struct filing *f, struct zy_error *err)
{
	const char *folder = zy_arena_printf(&f->s->arena, err, "%s/signer", f->home);
	struct dirent **names;
	int num = folder == NULL ? -1 : scandir(folder, &names, is_head, alphasort);
	bool ok = true;

	if (num < 0)
		return zy_fail(err, ZY_E_IO, "home", ZY_NOWHERE, "cannot read signer/");
	for (int i = 0; i < num; i++) {
		const char *name = zy_arena_printf(&f->s->arena, err, "signer/%s", names[i]->d_name);
		const char *path = name == NULL ? NULL : zy_arena_printf(&f->s->arena, err, "%s/%s", f->home, name);

		ok = ok && path != NULL && keep_file(f, name, path, err);
		free(names[i]);
	}
	free(names);
	return ok;
}

bool zy_backup_set_finish(struct zy_backup_set *s, struct zy_vault *v, const struct zy_home *h,
    struct zy_bytes checkpoint, struct zy_error *err)
{
	struct filing f = { .s = s, .home = h->path, .files = json_object() };

	json_object_set_new(s->root, "files", f.files);
	if (checkpoint.len > 0 && (!keep_heads(&f, err) || !keep_folder(&f, "", err) || !keep_register(&f, err)))
		return false;
	json_object_set_new(s->root, "home", json_string(h->path));
	if (checkpoint.len > 0)
		json_object_set_new(s->root, "checkpoint", json_stringn((const char *)checkpoint.p, checkpoint.len));
	json_object_set_new(
	    s->root, "whole_parts", json_integer((json_int_t)json_array_size(json_object_get(s->root, "parts"))));
	return write_set(s, v, err);
}

/* ---- and back ---- */

static bool load_part(struct zy_backup_set *s, struct zy_restore *r, size_t i, struct zy_error *err)
{
	const char *want =
	    json_string_value(json_object_get(json_array_get(json_object_get(s->root, "parts"), i), "sha256"));
	const char *path = zy_arena_printf(&s->arena, err, "%s/parts/%06zu", s->folder, i + 1);
	char have[2 * ZY_HASH_LEN + 1];
	ZY_ARENA_AUTO a = { .cap = PART_MAX };
	uint8_t digest[ZY_HASH_LEN];
	struct zy_bytes part;

	if (path == NULL || !zy_file_read(path, PART_MAX, &a, &part, err) ||
	    !zy_digest(ZY_HASH_SHA256, part, digest, err))
		return false;
	zy_hex(ZY_BYTES(digest, sizeof(digest)), have);
	if (want == NULL || strcmp(want, have) != 0)
		return zy_fail(
		    err, ZY_E_BACKUP, "parts", ZY_NOWHERE, "part %zu was changed; take another backup", i + 1);
	return zy_restore_part(r, part, err);
}

bool zy_backup_set_load(struct zy_backup_set *s, const char *folder, const struct zy_care *care,
    struct zy_merkle_head *out, struct zy_error *err)
{
	const json_int_t num = json_integer_value(json_object_get(s->root, "whole_parts"));
	struct zy_care_step step = { .what = "parts read back", .of = (uint64_t)num };
	struct zy_restore *r = NULL;
	bool ok;

	if (num < 1)
		return bad("the backup was never finished: call `zhengyin backup` again", err);
	ok = zy_restore_open(&r, folder, err);
	for (; ok && step.done < step.of; step.done++) {
		ok = load_part(s, r, (size_t)step.done, err) &&
		     (care->step(care->arg, &step) || bad("stopped; what was begun is taken away", err));
	}
	ok = ok && zy_restore_prove(r, out, err);
	zy_restore_close(r);
	return ok;
}

static bool put_file(struct zy_backup_set *s, const char *home, const char *name, const char *hex, struct zy_error *err)
{
	const char *from = zy_arena_printf(&s->arena, err, "%s/files/%s", s->folder, hex);
	const char *to = zy_arena_printf(&s->arena, err, "%s/%s", home, name);
	char folder[4200], have[2 * ZY_HASH_LEN + 1];
	ZY_ARENA_AUTO a = { .cap = HOME_FILE_MAX };
	uint8_t digest[ZY_HASH_LEN];
	struct zy_bytes bytes;

	if (from == NULL || to == NULL || !zy_file_read(from, HOME_FILE_MAX, &a, &bytes, err) ||
	    !zy_digest(ZY_HASH_SHA256, bytes, digest, err))
		return false;
	zy_hex(ZY_BYTES(digest, sizeof(digest)), have);
	if (strcmp(have, hex) != 0)
		return bad("a file of the backup was changed; take another backup", err);
	snprintf(folder, sizeof(folder), "%.4100s", to);
	*strrchr(folder, '/') = 0;
	return zy_folder_make(folder, 0700, err) && zy_file_write(to, bytes, 0600, false, err);
}

bool zy_backup_set_put_files(struct zy_backup_set *s, const char *home, struct zy_error *err)
{
	json_t *files = json_object_get(s->root, "files"), *value;
	const char *name;

	json_object_foreach(files, name, value) if (strstr(name, "..") != NULL || name[0] == '/' ||
						    json_string_value(value) == NULL ||
						    strspn(json_string_value(value), "0123456789abcdef") !=
							64) return bad("the backup names a file outside the home", err);
	json_object_foreach(
	    files, name, value) if (!put_file(s, home, name, json_string_value(value), err)) return false;
	return true;
}
