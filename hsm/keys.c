#include "keys.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "config.h"
#include "zy/cbor.h"
#include "zy/file.h"

bool zy_keys_check_uses(enum zy_key_kind kind, unsigned uses, struct zy_error *err)
{
	bool is_wrap = uses == ZY_USE_WRAP, has_wrap = (uses & ZY_USE_WRAP) != 0;

	if (uses == 0 || (uses & ~ZY_USE_ALL) != 0)
		return zy_fail(err, ZY_E_KEY_USE, "uses", ZY_NOWHERE, "a key is made for at least one known use");
	if (kind == ZY_KEY_AES256 ? !is_wrap : has_wrap)
		return zy_fail(err, ZY_E_KEY_USE, "uses", ZY_NOWHERE,
		    "aes256 keys wrap and do nothing else; key pairs do not wrap");
	return true;
}

static struct zy_key *find(const struct zy_keyring *k, const char *label)
{
	for (size_t i = 0; i < k->num; i++)
		if (strcmp(k->keys[i]->label, label) == 0)
			return k->keys[i];
	return NULL;
}

struct zy_key *zy_keyring_find(struct zy_keyring *k, const char *label)
{
	struct zy_key *key;

	pthread_rwlock_rdlock(&k->lock);
	key = find(k, label);
	pthread_rwlock_unlock(&k->lock);
	return key;
}

static bool append(struct zy_keyring *k, const struct zy_key *key, struct zy_error *err)
{
	struct zy_key **grown, *copy;

	if (k->num == ZY_HSM_KEYS_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "key", ZY_NOWHERE, "a token holds at most %zu keys", ZY_HSM_KEYS_MAX);
	if (k->num == k->room) {
		grown = realloc(k->keys, (k->room + 64) * sizeof(*grown));
		if (grown == NULL)
			return zy_fail(err, ZY_E_NO_MEMORY, "key", ZY_NOWHERE, "no memory for the key table");
		k->keys = grown;
		k->room += 64;
	}
	copy = malloc(sizeof(*copy));
	if (copy == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "key", ZY_NOWHERE, "no memory for the key table");
	*copy = *key;
	copy->index = k->num;
	k->keys[k->num++] = copy;
	return true;
}

static bool parse_uses(json_t *uses, unsigned *out)
{
	size_t i;
	json_t *word;

	*out = 0;
	if (!json_is_array(uses))
		return false;
	json_array_foreach(uses, i, word)
	{
		unsigned bit = json_is_string(word) ? zy_key_use_from_name(json_string_value(word)) : 0;

		if (bit == 0 || (*out & bit) != 0)
			return false;
		*out |= bit;
	}
	return true;
}

static bool parse_key(struct zy_keyring *k, const char *label, json_t *v, const char *file, struct zy_error *err)
{
	const char *kind = json_string_value(json_object_get(v, "kind"));
	struct zy_key key = { 0 };

	if (json_object_size(v) != 2 || kind == NULL || !zy_key_kind_from_name(zy_str(kind), &key.kind) ||
	    !parse_uses(json_object_get(v, "uses"), &key.uses))
		return zy_fail(err, ZY_E_JSON, "keys", ZY_NOWHERE,
		    "%s: \"%.64s\" must hold \"kind\" and \"uses\" of known names and nothing else", file, label);
	if (!zy_key_label_check(zy_str(label), err) || !zy_keys_check_uses(key.kind, key.uses, err))
		return false;
	memcpy(key.label, label, strlen(label));
	return append(k, &key, err);
}

bool zy_keyring_parse(struct zy_keyring *k, struct zy_bytes in, const char *file, struct zy_error *err)
{
	json_error_t where;
	json_t *root = json_loadb((const char *)in.p, in.len, JSON_REJECT_DUPLICATES, &where), *value;
	const char *label;
	bool ok = true;

	if (root == NULL)
		return zy_fail(err, ZY_E_JSON, "keys", ZY_NOWHERE, "%s:%d: %s", file, where.line, where.text);
	if (!json_is_object(root))
		ok = zy_fail(err, ZY_E_JSON, "keys", ZY_NOWHERE, "%s must hold one object", file);
	json_object_foreach(root, label, value) if (ok) ok = parse_key(k, label, value, file, err);
	json_decref(root);
	return ok;
}

bool zy_keyring_open(struct zy_keyring *out, const char *path, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes in;

	*out = (struct zy_keyring){ .path = path };
	if (pthread_rwlock_init(&out->lock, NULL) != 0)
		return zy_fail(err, ZY_E_NO_MEMORY, "keys", ZY_NOWHERE, "no lock for the key table");
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return true;
	if (zy_file_read(path, ZY_SIGNER_FILE_MAX, &a, &in, err) && zy_keyring_parse(out, in, path, err))
		return true;
	zy_keyring_free(out);
	return false;
}

void zy_keyring_free(struct zy_keyring *k)
{
	for (size_t i = 0; i < k->num; i++)
		free(k->keys[i]);
	free(k->keys);
	pthread_rwlock_destroy(&k->lock);
	*k = (struct zy_keyring){ 0 };
}

static json_t *uses_json(unsigned uses)
{
	json_t *array = json_array();

	for (unsigned bit = 1; bit <= ZY_USE_ALL; bit <<= 1)
		if ((uses & bit) != 0)
			json_array_append_new(array, json_string(zy_key_use_name(bit)));
	return array;
}

/* JSON text of the table, owned by the caller; NULL when memory is out. */
static char *table_text(const struct zy_keyring *k)
{
	json_t *root = json_object();
	bool ok = root != NULL;
	char *text;

	for (size_t i = 0; ok && i < k->num; i++) {
		const struct zy_key *key = k->keys[i];

		ok =
		    json_object_set_new(root, key->label,
			json_pack("{s:s,s:o}", "kind", zy_key_kind_name(key->kind), "uses", uses_json(key->uses))) == 0;
	}
	text = ok ? json_dumps(root, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;
	json_decref(root);
	return text;
}

static bool write_table(const struct zy_keyring *k, struct zy_error *err)
{
	char *text = table_text(k);
	bool ok = text != NULL ? zy_file_write(k->path, zy_str(text), 0600, true, err)
			       : zy_fail(err, ZY_E_NO_MEMORY, "keys", ZY_NOWHERE, "no memory for the key table");

	free(text);
	return ok;
}

bool zy_keyring_add(struct zy_keyring *k, const struct zy_key *key, struct zy_error *err)
{
	bool ok;

	pthread_rwlock_wrlock(&k->lock);
	if (find(k, key->label) != NULL)
		ok = zy_fail(err, ZY_E_EXISTS, "key", ZY_NOWHERE, "the token has a key \"%s\" already", key->label);
	else
		ok = append(k, key, err);
	if (ok && !(ok = write_table(k, err)))
		free(k->keys[--k->num]);
	pthread_rwlock_unlock(&k->lock);
	return ok;
}

void zy_keyring_list(struct zy_keyring *k, struct zy_buf *out)
{
	pthread_rwlock_rdlock(&k->lock);
	zy_cbor_put_array(out, k->num);
	for (size_t i = 0; i < k->num; i++) {
		zy_cbor_put_array(out, 3);
		zy_cbor_put_text(out, k->keys[i]->label);
		zy_cbor_put_text(out, zy_key_kind_name(k->keys[i]->kind));
		zy_cbor_put_uint(out, k->keys[i]->uses);
	}
	pthread_rwlock_unlock(&k->lock);
}
