/* The description of a backup: what it must be before anything that it names is opened. */
#include "backup_text.h"

#include <string.h>

#include "backup_home.h"
#include "zy/digest.h"
#include "zy/text.h"

static bool bad(struct zy_error *err)
{
	return zy_fail(err, ZY_E_BACKUP, "backup", ZY_NOWHERE, "the backup's description is not in its form");
}

static bool split(struct zy_backup_text *t, struct zy_bytes file, struct zy_error *err)
{
	const uint8_t *end = file.len == 0 ? NULL : memchr(file.p, '\n', file.len);
	struct zy_error ignored = { 0 };
	struct zy_reader r = zy_reader_over(file);
	struct zy_bytes mac, rest;

	if (end == NULL)
		return zy_fail(err, ZY_E_BACKUP, "backup", ZY_NOWHERE, "the backup's description is cut off");
	if (!zy_take(&r, (size_t)(end - file.p), "", &t->line, &ignored) || !zy_take(&r, 5, "", &mac, &ignored) ||
	    !zy_bytes_equal(mac, ZY_LITERAL("\nmac ")) || !zy_take(&r, 64, "", &mac, &ignored))
		return bad(err);
	rest = zy_reader_rest(&r);
	return (zy_bytes_equal(rest, ZY_LITERAL("\n")) && zy_unhex(mac, t->mac, ZY_HASH_LEN, &ignored)) || bad(err);
}

static bool is_digest(const json_t *v)
{
	const char *text = json_string_value(v);

	return text != NULL && json_string_length(v) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static bool is_count(const json_t *v, json_int_t least, json_int_t most)
{
	return json_is_integer(v) && json_integer_value(v) >= least && json_integer_value(v) <= most;
}

static bool parts_hold(json_t *parts)
{
	json_t *part;
	size_t i;

	json_array_foreach(parts, i, part)
	{
		if (json_object_size(part) != 3 ||
		    !is_count(json_object_get(part, "bytes"), 1, (json_int_t)ZY_BACKUP_FILE_MAX) ||
		    !is_count(json_object_get(part, "rows"), 1, INT64_MAX) ||
		    !is_digest(json_object_get(part, "sha256")))
			return false;
	}
	return json_is_array(parts);
}

static bool files_hold(json_t *files, struct zy_error *err)
{
	const char *name;
	json_t *digest;
	size_t len;

	json_object_keylen_foreach(files, name, len, digest)
	{
		if (!is_digest(digest))
			return bad(err);
		if (!zy_backup_may_hold(ZY_BYTES((const uint8_t *)name, len)))
			return zy_fail(err, ZY_E_BACKUP, "files", ZY_NOWHERE,
			    "the backup names a file that no backup holds: %.80s", name);
	}
	return json_is_object(files) || bad(err);
}

static bool at_holds(json_t *root, struct zy_backup_at *out, struct zy_error *err)
{
	struct zy_backup_at at = { 0 };
	struct zy_error ignored = { 0 };
	json_int_t change, seq, db;
	const char *key;
	int copied;

	if (json_unpack_ex(json_object_get(root, "at"), NULL, JSON_STRICT, "{s:b, s:I, s:s, s:I, s:I}", "copied",
		&copied, "database", &db, "key", &key, "change", &change, "event", &seq) != 0 ||
	    strlen(key) > (size_t)2 * ZY_BACKUP_KEY_MAX || db < 0 || db > 255 || change < 0 || seq < 0)
		return bad(err);
	at.copied = copied != 0;
	at.db = (unsigned)db;
	at.change = (uint64_t)change;
	at.seq = (uint64_t)seq;
	at.key_len = strlen(key) / 2;
	*out = at;
	return zy_unhex(zy_str(key), out->key, at.key_len, &ignored) || bad(err);
}

static bool is_text_or_absent(const json_t *v)
{
	return v == NULL || json_is_string(v);
}

static bool holds(struct zy_backup_text *t, struct zy_error *err)
{
	json_t *home = json_object_get(t->root, "home"), *checkpoint = json_object_get(t->root, "checkpoint");
	json_t *parts = json_object_get(t->root, "parts");
	const size_t members = 5 + (size_t)(home != NULL) + (size_t)(checkpoint != NULL);

	if (!is_count(json_object_get(t->root, "form"), 1, 1))
		return zy_fail(err, ZY_E_BACKUP, "form", ZY_NOWHERE, "the backup is of a form that is not known here");
	if (json_object_size(t->root) != members || !is_text_or_absent(home) || !is_text_or_absent(checkpoint) ||
	    !parts_hold(parts) ||
	    !is_count(json_object_get(t->root, "whole_parts"), 0, (json_int_t)json_array_size(parts)))
		return bad(err);
	return files_hold(json_object_get(t->root, "files"), err) && at_holds(t->root, &t->at, err);
}

bool zy_backup_text_parse(struct zy_backup_text *out, struct zy_bytes file, struct zy_error *err)
{
	struct zy_backup_text t = { 0 };

	if (file.len > ZY_BACKUP_TEXT_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "backup", ZY_NOWHERE, "the backup's description is too large");
	if (!split(&t, file, err))
		return false;
	t.root = json_loadb((const char *)t.line.p, t.line.len, JSON_REJECT_DUPLICATES, NULL);
	if (!holds(&t, err)) {
		json_decref(t.root);
		return false;
	}
	*out = t;
	return true;
}
