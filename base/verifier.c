/*
 * The keys kept: sets by an octet of x, least recently used out. Who sends many keys of one set makes others' keys
 * slower there, never wrong.
 */
#include "zy/verify.h"

#include <pthread.h>
#include <stdlib.h>

#include "ready_key.h"

#define SETS 64
#define WAYS 8

struct slot {
	struct zy_ready_key *key; /* NULL: empty */
	uint64_t used;            /* turn of the last use */
};

struct zy_verifier {
	pthread_mutex_t lock; /* guards all below; held to look up and to put, never to compute */
	uint64_t turn;
	struct slot slots[SETS][WAYS];
};

bool zy_verifier_open(struct zy_verifier **out, struct zy_error *err)
{
	struct zy_verifier *v = calloc(1, sizeof(*v));

	if (v == NULL || pthread_mutex_init(&v->lock, NULL) != 0) {
		free(v);
		return zy_fail(err, ZY_E_NO_MEMORY, "keys", ZY_NOWHERE, "no memory for the cache of keys");
	}
	*out = v;
	return true;
}

void zy_verifier_close(struct zy_verifier *v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; i < SETS; i++)
		for (size_t j = 0; j < WAYS; j++)
			zy_ready_key_unref(v->slots[i][j].key);
	pthread_mutex_destroy(&v->lock);
	free(v);
}

static bool is_key(const struct zy_ready_key *k, enum zy_suite suite, struct zy_bytes point)
{
	return k != NULL && k->suite == suite && zy_bytes_equal(ZY_BYTES(k->given, k->given_len), point);
}

/* A reference to the kept key, or NULL. */
static struct zy_ready_key *get(struct zy_verifier *v, enum zy_suite suite, struct zy_bytes point)
{
	struct zy_ready_key *k = NULL;
	struct slot *set;

	if (v == NULL || point.len < 2)
		return NULL;
	set = v->slots[point.p[1] % SETS];
	pthread_mutex_lock(&v->lock);
	for (size_t i = 0; i < WAYS && k == NULL; i++)
		if (is_key(set[i].key, suite, point)) {
			k = set[i].key;
			atomic_fetch_add(&k->refs, 1);
			set[i].used = ++v->turn;
		}
	pthread_mutex_unlock(&v->lock);
	return k;
}

/* Two threads may put the same key: one of them grows old unused. */
static void put(struct zy_verifier *v, struct zy_ready_key *k)
{
	struct zy_ready_key *old;
	struct slot *set, *oldest;

	if (v == NULL)
		return;
	oldest = set = v->slots[k->given[1] % SETS];
	atomic_fetch_add(&k->refs, 1);
	pthread_mutex_lock(&v->lock);
	for (size_t i = 1; i < WAYS; i++)
		if (set[i].used < oldest->used)
			oldest = &set[i];
	old = oldest->key;
	*oldest = (struct slot){ .key = k, .used = ++v->turn };
	pthread_mutex_unlock(&v->lock);
	zy_ready_key_unref(old);
}

static struct zy_ready_key *find(
    struct zy_verifier *v, enum zy_suite suite, struct zy_bytes point, struct zy_error *err)
{
	struct zy_ready_key *k = get(v, suite, point);

	if (k == NULL && (k = zy_ready_key_new(suite, point, err)) != NULL)
		put(v, k);
	return k;
}

bool zy_rs_verify(struct zy_verifier *v, enum zy_suite suite, struct zy_bytes point, const uint8_t e[ZY_HASH_LEN],
    const uint8_t rs[64], bool *good, struct zy_error *err)
{
	struct zy_ready_key *k = find(v, suite, point, err);
	bool ok;

	*good = false;
	ok = k != NULL && zy_ready_key_verify(k, e, rs, good, err);
	zy_ready_key_unref(k);
	return ok;
}

bool zy_message_verify(struct zy_verifier *v, enum zy_suite suite, struct zy_bytes point, struct zy_bytes message,
    const uint8_t rs[64], bool *good, struct zy_error *err)
{
	struct zy_ready_key *k = find(v, suite, point, err);
	uint8_t e[ZY_HASH_LEN];
	bool ok;

	*good = false;
	ok = k != NULL && zy_ready_key_digest(k, message, e, err) && zy_ready_key_verify(k, e, rs, good, err);
	zy_ready_key_unref(k);
	return ok;
}
