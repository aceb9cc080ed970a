#include "backup_home.h"
#include "backup_set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

static bool bad(const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_BACKUP, "backup", ZY_NOWHERE, "%s", why);
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

static bool digest_text(struct zy_bytes file, char out[2 * ZY_HASH_LEN + 1], struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (!zy_digest(ZY_HASH_SHA256, file, digest, err))
		return false;
	zy_hex(ZY_BYTES(digest, sizeof(digest)), out);
	return true;
}

bool zy_backup_set_open(struct zy_backup_set *s, const char *folder, bool *found, struct zy_error *err)
{
	struct zy_backup_text text;
	struct zy_bytes file;
	const char *path;

	*s = (struct zy_backup_set){ .folder = folder };
	if ((path = zy_arena_printf(&s->arena, err, "%s/backup", folder)) == NULL)
		return false;
	*found = access(path, F_OK) == 0;
	if (!*found)
		return true;
	if (!zy_file_read_regular(path, ZY_BACKUP_TEXT_MAX, &s->arena, &file, err) ||
	    !digest_text(file, s->digest, err) || !zy_backup_text_parse(&text, file, err))
		return false;
	s->root = text.root;
	s->line = text.line;
	s->at = text.at;
	memcpy(s->mac, text.mac, sizeof(s->mac));
	return true;
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

static bool write_text(struct zy_backup_set *s, struct zy_bytes text, struct zy_error *err)
{
	const char *path = zy_arena_printf(&s->arena, err, "%s/backup", s->folder);

	return path != NULL && digest_text(text, s->digest, err) && zy_file_write(path, text, 0600, true, err);
}

static bool write_set(struct zy_backup_set *s, struct zy_vault *v, struct zy_error *err)
{
	char *line = json_dumps(s->root, JSON_COMPACT | JSON_SORT_KEYS), hex[2 * ZY_HASH_LEN + 1];
	uint8_t mac[ZY_HASH_LEN];
	ZY_BUF_AUTO text = { 0 };
	bool ok = line != NULL && zy_vault_backup_mac(v, zy_str(line), mac, err);

	if (ok) {
		zy_hex(ZY_BYTES(mac, sizeof(mac)), hex);
		zy_buf_printf(&text, "%s\nmac %s\n", line, hex);
		ok = zy_buf_done(&text, "backup", err) && write_text(s, zy_buf_bytes(&text), err);
	}
	free(line);
	return ok;
}

/* ---- parts ---- */

static void put_at(struct zy_backup_set *s, const struct zy_backup_at *at)
{
	char key[2 * ZY_BACKUP_KEY_MAX + 1];

	s->at = *at;
	zy_hex(ZY_BYTES(at->key, at->key_len), key);
	json_object_set_new(s->root, "at",
	    json_pack("{s:b, s:i, s:s, s:I, s:I}", "copied", (int)at->copied, "database", (int)at->db, "key", key,
		"change", (json_int_t)at->change, "event", (json_int_t)at->seq));
}

bool zy_backup_set_make(struct zy_backup_set *s, struct zy_vault *v, struct zy_error *err)
{
	const char *parts = zy_arena_printf(&s->arena, err, "%s/parts", s->folder);
	const char *files = zy_arena_printf(&s->arena, err, "%s/files", s->folder);
	struct zy_backup_at at;

	if (parts == NULL || files == NULL || !is_empty(s->folder, err) || !zy_folder_make(parts, 0700, err) ||
	    !zy_folder_make(files, 0700, err) || !zy_vault_backup_begin(v, &at, err))
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
	struct zy_backup_at at = s->at;
	bool whole = false;

	*stopped = false;
	while (!whole && !*stopped) {
		if (!copy_part(s, v, &at, &whole, err))
			return false;
		step.done = json_array_size(json_object_get(s->root, "parts"));
		*stopped = !whole && !care->step(care->arg, &step);
	}
	return true;
}

/* ---- files of the home ---- */

struct filing {
	struct zy_backup_set *s;
	const char *home;
	json_t *files;
};

static bool keep_file(struct filing *f, const char *name, const char *path, struct zy_error *err)
{
	char hex[2 * ZY_HASH_LEN + 1];
	uint8_t digest[ZY_HASH_LEN];
	ZY_ARENA_AUTO a = { .cap = ZY_BACKUP_FILE_MAX };
	struct zy_bytes bytes;
	const char *to;

	if (!(zy_home_area_of(name) == ZY_AREA_RECORD || zy_home_area_of(name) == ZY_AREA_HAND
		    ? zy_kept_read
		    : zy_file_read)(path, ZY_BACKUP_FILE_MAX, &a, &bytes, err) ||
	    !zy_digest(ZY_HASH_SHA256, bytes, digest, err))
		return false;
	zy_hex(ZY_BYTES(digest, sizeof(digest)), hex);
	to = zy_arena_printf(&f->s->arena, err, "%s/files/%s", f->s->folder, hex);
	if (to == NULL || (!zy_file_holds(to, bytes) && !zy_file_write(to, bytes, 0600, true, err)))
		return false;
	return json_object_set_new(f->files, name, json_string(hex)) == 0 ||
	       zy_fail(
		   err, ZY_E_BACKUP, "files", ZY_NOWHERE, "a name in %.100s is not UTF-8: rename the file", f->home);
}

static bool keep_folder(struct filing *f, const char *below, struct zy_error *err);

static bool keep_entry(struct filing *f, const char *name, struct zy_error *err)
{
	const char *path = zy_arena_printf(&f->s->arena, err, "%s/%s", f->home, name);
	struct stat st;

	if (path == NULL)
		return false;
	if (zy_backup_leaves_out(name) || lstat(path, &st) != 0)
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
	json_t *want = json_array_get(json_object_get(s->root, "parts"), i);
	const size_t len = (size_t)json_integer_value(json_object_get(want, "bytes"));
	const char *path = zy_arena_printf(&s->arena, err, "%s/parts/%06zu", s->folder, i + 1);
	char have[2 * ZY_HASH_LEN + 1];
	ZY_ARENA_AUTO a = { .cap = ZY_BACKUP_FILE_MAX };
	struct zy_error why = { 0 };
	struct zy_bytes part;

	if (path == NULL)
		return false;
	if (!zy_file_read_regular(path, len, &a, &part, &why))
		return zy_fail(err, ZY_E_BACKUP, "parts", ZY_NOWHERE, "part %zu: %.120s", i + 1, why.msg);
	if (!digest_text(part, have, err))
		return false;
	if (part.len != len || strcmp(json_string_value(json_object_get(want, "sha256")), have) != 0)
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
