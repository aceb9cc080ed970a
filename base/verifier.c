/*
 * The keys kept: sets by an octet of x, least recently used out. A key that comes back gets a table of its
 * multiples, if it is among those used of late. Who sends many keys makes others' keys slower, never wrong.
 */
#include "zy/verify.h"

#include <pthread.h>
#include <stdlib.h>

#include "ready_key.h"

#define SETS 64
#define WAYS 8
#define TABLE_AFTER 16  /* uses: by then a table costs less than what it spares */
#define MOST_TABLES 40u /* 10.3 MiB */

struct slot {
	struct zy_ready_key *key; /* NULL: empty */
	uint64_t used;            /* turn of the last use */
	unsigned uses;
	bool has_table;
};

struct zy_verifier {
	pthread_mutex_t lock; /* guards all below; held to look up and to put, never to compute */
	uint64_t turn;
	unsigned num_tables;
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

/* A reference to the kept key, or NULL. *prepare: this use is the one that pays for a table. */
static struct zy_ready_key *get(struct zy_verifier *v, enum zy_suite suite, struct zy_bytes point, bool *prepare)
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
			*prepare = !set[i].has_table && ++set[i].uses == TABLE_AFTER;
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
	v->num_tables -= oldest->has_table;
	*oldest = (struct slot){ .key = k, .used = ++v->turn };
	pthread_mutex_unlock(&v->lock);
	zy_ready_key_unref(old);
}

/* Takes the key with a table that was used longest ago out of its slot. Under the lock. */
static struct zy_ready_key *drop_oldest_table(struct zy_verifier *v)
{
	struct zy_ready_key *key;
	struct slot *oldest = NULL;

	for (size_t i = 0; i < SETS; i++)
		for (size_t j = 0; j < WAYS; j++)
			if (v->slots[i][j].has_table && (oldest == NULL || v->slots[i][j].used < oldest->used))
				oldest = &v->slots[i][j];
	key = oldest->key;
	*oldest = (struct slot){ 0 };
	v->num_tables--;
	return key;
}

/* Only this thread gives k a table: the count of uses passes TABLE_AFTER once. k may have left its slot meanwhile; then
 * the table goes with it. */
static void prepare_key(struct zy_verifier *v, struct zy_ready_key *k)
{
	struct zy_ready_key *old = NULL;
	struct slot *set = v->slots[k->given[1] % SETS];

	if (!zy_curve_key_prepare(&k->key))
		return;
	pthread_mutex_lock(&v->lock);
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key != k)
			continue;
		if (v->num_tables == MOST_TABLES)
			old = drop_oldest_table(v);
		set[i].has_table = true;
		v->num_tables++;
		break;
	}
	pthread_mutex_unlock(&v->lock);
	zy_ready_key_unref(old);
}

static struct zy_ready_key *find(
    struct zy_verifier *v, enum zy_suite suite, struct zy_bytes point, struct zy_error *err)
{
	bool prepare = false;
	struct zy_ready_key *k = get(v, suite, point, &prepare);

	if (k == NULL && (k = zy_ready_key_new(suite, point, err)) != NULL)
		put(v, k);
	if (prepare)
		prepare_key(v, k);
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
