/*
 * The keys that a signer answers for, HOME/signer/TOKEN.keys.json: { "LABEL": { "kind": "p256", "uses": ["trust"] } }.
 * Written by the signer alone, whole and synced, when it has made a key. Keys are only ever added, so a pointer to
 * one stays good until the table is freed. Threads: any.
 */
#ifndef ZY_HSM_KEYS_H
#define ZY_HSM_KEYS_H

#include <pthread.h>

#include "protocol.h"

struct zy_key {
	size_t index; /* its place in the table, for caches of handles */
	char label[ZY_KEY_LABEL_MAX + 1];
	enum zy_key_kind kind;
	unsigned uses;     /* bits of enum zy_key_use */
	bool can_leave;    /* the token says that it is, or was, extractable or not sensitive; only in a demo home */
	uint8_t point[65]; /* key pairs: 04||x||y, read from the token */
};

struct zy_keyring {
	pthread_rwlock_t lock;
	const char *path; /* borrowed */
	size_t num, room;
	struct zy_key **keys; /* owned */
};

/* An absent file is an empty table. Errors: json, io, no-memory. */
ZY_MUST_CHECK bool zy_keyring_open(struct zy_keyring *out, const char *path, struct zy_error *err);
ZY_MUST_CHECK bool zy_keyring_parse(struct zy_keyring *k, struct zy_bytes in, const char *file, struct zy_error *err);
void zy_keyring_free(struct zy_keyring *k);
/* Do kind and uses go together? wrap is for AES keys alone, all else for key pairs. Errors: key-use. */
ZY_MUST_CHECK bool zy_keys_check_uses(enum zy_key_kind kind, unsigned uses, struct zy_error *err);
/* NULL when there is none. */
struct zy_key *zy_keyring_find(struct zy_keyring *k, const char *label);
/* Adds a copy and writes the file; when it cannot be written nothing is added. Errors: exists, io, no-memory,
 * too-large. */
ZY_MUST_CHECK bool zy_keyring_add(struct zy_keyring *k, const struct zy_key *key, struct zy_error *err);
/* The table as a CBOR array of [label, kind, uses]. */
void zy_keyring_list(struct zy_keyring *k, struct zy_buf *out);

#endif
