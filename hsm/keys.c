#include "keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "config.h"
#include "zy/cbor.h"
#include "zy/kept.h"

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
		if (strcmp(k->keys[i]->label, label) == 0 && !k->keys[i]->is_lost)
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

/* The key of another generation of the same alias; NULL when there is none. */
static struct zy_key *find_generation(const struct zy_keyring *k, struct zy_bytes alias, unsigned generation)
{
	char label[ZY_KEY_LABEL_MAX + 8];

	if (generation == 0)
		return NULL;
	if (generation == 1)
		snprintf(label, sizeof(label), "%.*s", (int)alias.len, (const char *)alias.p);
	else
		snprintf(label, sizeof(label), "%.*s~%u", (int)alias.len, (const char *)alias.p, generation);
	return find(k, label);
}

unsigned zy_keyring_count(struct zy_keyring *k)
{
	unsigned num;

	pthread_rwlock_rdlock(&k->lock);
	num = (unsigned)k->num;
	pthread_rwlock_unlock(&k->lock);
	return num;
}

void zy_keyring_neighbours(struct zy_keyring *k, const struct zy_key *key, const uint8_t *out[2])
{
	const struct zy_key *before;
	struct zy_bytes alias;
	unsigned generation = zy_key_generation(zy_str(key->label), &alias);

	pthread_rwlock_rdlock(&k->lock);
	before = find_generation(k, alias, generation - 1);
	out[0] = before == NULL ? NULL : before->point;
	out[1] = key->next == NULL ? NULL : key->next->point;
	pthread_rwlock_unlock(&k->lock);
}

/* Generations stand in the table in any order: text sorts "k~10" before "k~2". */
static void link_generations(struct zy_keyring *k, struct zy_key *key)
{
	struct zy_bytes alias;
	unsigned generation = zy_key_generation(zy_str(key->label), &alias);
	struct zy_key *before = find_generation(k, alias, generation - 1);

	key->life = zy_key_life_of_new(generation);
	key->next = find_generation(k, alias, generation + 1);
	if (before != NULL)
		before->next = key;
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
	link_generations(k, copy);
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
	if (zy_kept_read(path, ZY_SIGNER_FILE_MAX, &a, &in, err) && zy_keyring_parse(out, in, path, err))
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

/* One that was lost keeps the life that the journal gave it. */
static bool take_in(struct zy_keyring *k, const struct zy_key *key, struct zy_error *err)
{
	for (size_t i = 0; i < k->num; i++) {
		struct zy_key *old = k->keys[i];

		if (strcmp(old->label, key->label) != 0)
			continue;
		if (old->is_lost && old->kind == key->kind && old->uses == key->uses) {
			memcpy(old->point, key->point, sizeof(old->point));
			old->can_leave = key->can_leave;
			old->is_lost = false;
		}
		return true;
	}
	return append(k, key, err);
}

void zy_keyring_look_again(struct zy_keyring *k, bool (*load)(void *arg, struct zy_key *key), void *arg)
{
	struct zy_error ignored = { 0 };
	struct zy_keyring now;

	if (!zy_keyring_open(&now, k->path, &ignored))
		return;
	for (size_t i = 0; i < now.num; i++) {
		if (zy_keyring_find(k, now.keys[i]->label) != NULL || !load(arg, now.keys[i]))
			continue;
		pthread_rwlock_wrlock(&k->lock);
		if (!take_in(k, now.keys[i], &ignored))
			ignored = (struct zy_error){ 0 };
		pthread_rwlock_unlock(&k->lock);
	}
	zy_keyring_free(&now);
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
	bool ok = text != NULL ? zy_kept_write(k->path, zy_str(text), 0600, true, err)
			       : zy_fail(err, ZY_E_NO_MEMORY, "keys", ZY_NOWHERE, "no memory for the key table");

	free(text);
	return ok;
}

/* The key added last is not known to anybody yet. */
static void take_back(struct zy_keyring *k)
{
	struct zy_key *key = k->keys[--k->num];

	for (size_t i = 0; i < k->num; i++)
		if (k->keys[i]->next == key)
			k->keys[i]->next = NULL;
	free(key);
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
		take_back(k);
	pthread_rwlock_unlock(&k->lock);
	return ok;
}

void zy_keyring_set_life(struct zy_keyring *k, struct zy_key *key, const struct zy_key_life *life)
{
	pthread_rwlock_wrlock(&k->lock);
	key->life = *life;
	pthread_rwlock_unlock(&k->lock);
}

/* A later generation ends this one when its overlap is over; one that was never activated ends nothing. Locked. */
static enum zy_key_state state_of(const struct zy_key *key, zy_time now, struct zy_key_life *life)
{
	*life = key->life;
	for (const struct zy_key *later = key->next; later != NULL; later = later->next) {
		zy_time end = later->life.from;

		if (end == ZY_TIME_NEVER)
			continue;
		end += (zy_time)later->life.overlap_s;
		if (end < life->until)
			life->until = end;
	}
	return zy_key_state_at(life, now);
}

enum zy_key_state zy_keyring_state(
    struct zy_keyring *k, const struct zy_key *key, zy_time now, struct zy_key_life *life)
{
	enum zy_key_state state;

	pthread_rwlock_rdlock(&k->lock);
	state = state_of(key, now, life);
	pthread_rwlock_unlock(&k->lock);
	return state;
}

bool zy_keyring_current(
    struct zy_keyring *k, const char *label, zy_time now, const struct zy_key **out, struct zy_error *err)
{
	struct zy_key_life life;
	struct zy_bytes alias;
	const struct zy_key *first;

	*out = NULL;
	zy_key_generation(zy_str(label), &alias);
	pthread_rwlock_rdlock(&k->lock);
	first = find_generation(k, alias, 1);
	for (const struct zy_key *key = first; key != NULL; key = key->next)
		if (state_of(key, now, &life) == ZY_KEY_ACTIVE)
			*out = key;
	pthread_rwlock_unlock(&k->lock);
	if (first == NULL)
		return zy_fail(err, ZY_E_NOT_FOUND, "key", ZY_NOWHERE, "the token has no key \"%s\"", label);
	return *out != NULL || zy_fail(err, ZY_E_KEY_STATE, "state", ZY_NOWHERE,
				   "no generation of \"%.*s\" signs now; zhengyin key list says why", (int)alias.len,
				   (const char *)alias.p);
}

/* Locked. */
static bool may_follow(const struct zy_key *before, const struct zy_key *key, zy_time now, struct zy_error *err)
{
	struct zy_key_life life;

	if (before == NULL)
		return zy_fail(err, ZY_E_NOT_FOUND, "key", ZY_NOWHERE,
		    "there is no generation of this key before \"%s\"", key->label);
	if (before->kind != key->kind || before->uses != key->uses)
		return zy_fail(err, ZY_E_KEY_USE, "uses", ZY_NOWHERE,
		    "a new generation is of the kind and for the uses of the one before");
	return state_of(before, now, &life) != ZY_KEY_PLANNED ||
	       zy_fail(err, ZY_E_KEY_STATE, "state", ZY_NOWHERE, "\"%s\" is planned; activate or destroy it first",
		   before->label);
}

bool zy_keyring_may_add(struct zy_keyring *k, const struct zy_key *key, zy_time now, struct zy_error *err)
{
	struct zy_bytes alias;
	unsigned generation = zy_key_generation(zy_str(key->label), &alias);
	bool ok;

	pthread_rwlock_rdlock(&k->lock);
	if (find(k, key->label) != NULL)
		ok = zy_fail(err, ZY_E_EXISTS, "key", ZY_NOWHERE, "the token has a key \"%s\" already", key->label);
	else
		ok = generation == 1 || may_follow(find_generation(k, alias, generation - 1), key, now, err);
	pthread_rwlock_unlock(&k->lock);
	return ok;
}

void zy_keyring_list(struct zy_keyring *k, zy_time now, struct zy_buf *out)
{
	char text[ZY_KEY_LIFE_TEXT];

	pthread_rwlock_rdlock(&k->lock);
	zy_cbor_put_array(out, k->num);
	for (size_t i = 0; i < k->num; i++) {
		const struct zy_key *key = k->keys[i];
		struct zy_key_life life;
		enum zy_key_state state = state_of(key, now, &life);

		zy_key_life_encode(&life, text);
		zy_cbor_put_array(out, 6);
		zy_cbor_put_text(out, key->label);
		zy_cbor_put_text(out, zy_key_kind_name(key->kind));
		zy_cbor_put_uint(out, key->uses);
		zy_cbor_put_text(out, zy_key_state_name(state));
		zy_cbor_put_text(out, text);
		zy_cbor_put_bool(out, key->can_leave);
	}
	pthread_rwlock_unlock(&k->lock);
}
