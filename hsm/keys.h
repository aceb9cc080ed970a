/*
 * The keys that a signer answers for, HOME/signer/TOKEN.keys.json: { "LABEL": { "kind": "p256", "uses": ["trust"] } }.
 * Written by the signer alone, whole and synced, when it has made a key. Keys are only ever added, so a pointer to
 * one stays good until the table is freed. Threads: any.
 */
#ifndef ZY_HSM_KEYS_H
#define ZY_HSM_KEYS_H

#include <pthread.h>

#include "protocol.h"
#include "zy/key_life.h"

struct zy_key {
	size_t index; /* its place in the table, for caches of handles */
	char label[ZY_KEY_LABEL_MAX + 1];
	enum zy_key_kind kind;
	unsigned uses;     /* bits of enum zy_key_use */
	bool can_leave;    /* the token says that it is, or was, extractable or not sensitive; only in a demo home */
	bool is_lost;      /* not in the token when it was looked for: not found until it is looked for again */
	uint8_t point[65]; /* key pairs: 04||x||y, read from the token */
	/* under the ring's lock */
	struct zy_key_life life; /* from the journal; ask zy_keyring_state */
	struct zy_key *next;     /* the generation after it, or NULL */
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
unsigned zy_keyring_count(struct zy_keyring *k);
/* The points of the generations before and after a key pair; NULL where there is none. They stay. */
void zy_keyring_neighbours(struct zy_keyring *k, const struct zy_key *key, const uint8_t *out[2]);
/* NULL when there is none. */
struct zy_key *zy_keyring_find(struct zy_keyring *k, const char *label);
/* Keys that the file names now and the table does not: each is loaded by the caller's function, from the token, and
 * added. A file that cannot be read adds nothing. */
void zy_keyring_look_again(struct zy_keyring *k, bool (*load)(void *arg, struct zy_key *key), void *arg);
/* What the journal says of a key's life. */
void zy_keyring_set_life(struct zy_keyring *k, struct zy_key *key, const struct zy_key_life *life);
/* Its life as it counts now: `until` is also the end of the overlap with a later generation. */
enum zy_key_state zy_keyring_state(
    struct zy_keyring *k, const struct zy_key *key, zy_time now, struct zy_key_life *life);
/* The newest active generation of what the label names without its generation. Errors: not-found, key-state. */
ZY_MUST_CHECK bool zy_keyring_current(
    struct zy_keyring *k, const char *label, zy_time now, const struct zy_key **out, struct zy_error *err);
/* May a key of this label, kind and uses be made? A later generation is made after the one before it, for the same
 * uses, and one at a time. Errors: exists, not-found, key-use, key-state. */
ZY_MUST_CHECK bool zy_keyring_may_add(
    struct zy_keyring *k, const struct zy_key *key, zy_time now, struct zy_error *err);
/* Adds a copy and writes the file; when it cannot be written nothing is added. Errors: exists, io, no-memory,
 * too-large. */
ZY_MUST_CHECK bool zy_keyring_add(struct zy_keyring *k, const struct zy_key *key, struct zy_error *err);
/* The table as a CBOR array of [label, kind, uses, state, life, can leave]. */
void zy_keyring_list(struct zy_keyring *k, zy_time now, struct zy_buf *out);

#endif
