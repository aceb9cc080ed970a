#include "internal.h"

#include <stdlib.h>

#include <openssl/crypto.h>

/* 4096 subjects, about 400 KB: a miss costs one unwrap in the token, some milliseconds. */
enum { ENTRIES = 4096, BUCKETS = 4096, NONE = ENTRIES };

struct entry {
	uint64_t subject;
	struct zy_value_key key;
	unsigned newer, older; /* in the order of use */
	unsigned next;         /* in the same bucket */
};

struct zy_key_cache {
	pthread_mutex_t lock;
	unsigned newest, oldest, used;
	unsigned buckets[BUCKETS];
	struct entry entries[ENTRIES];
};

bool zy_key_cache_make(struct zy_key_cache **out, struct zy_error *err)
{
	struct zy_key_cache *c = calloc(1, sizeof(*c));

	if (c == NULL || pthread_mutex_init(&c->lock, NULL) != 0) {
		free(c);
		return zy_fail(err, ZY_E_NO_MEMORY, "vault", ZY_NOWHERE, "no memory for the key cache");
	}
	c->newest = c->oldest = NONE;
	for (size_t i = 0; i < BUCKETS; i++)
		c->buckets[i] = NONE;
	*out = c;
	return true;
}

void zy_key_cache_free(struct zy_key_cache *c)
{
	if (c == NULL)
		return;
	pthread_mutex_destroy(&c->lock);
	OPENSSL_cleanse(c, sizeof(*c));
	free(c);
}

static unsigned *bucket_of(struct zy_key_cache *c, uint64_t subject)
{
	return &c->buckets[subject % BUCKETS]; /* subjects are counted up: they spread by themselves */
}

static void unlink_use(struct zy_key_cache *c, unsigned i)
{
	struct entry *e = &c->entries[i];

	*(e->newer == NONE ? &c->newest : &c->entries[e->newer].older) = e->older;
	*(e->older == NONE ? &c->oldest : &c->entries[e->older].newer) = e->newer;
}

static void link_newest(struct zy_key_cache *c, unsigned i)
{
	c->entries[i].newer = NONE;
	c->entries[i].older = c->newest;
	*(c->newest == NONE ? &c->oldest : &c->entries[c->newest].newer) = i;
	c->newest = i;
}

static unsigned find(struct zy_key_cache *c, uint64_t subject)
{
	unsigned i = *bucket_of(c, subject);

	while (i != NONE && c->entries[i].subject != subject)
		i = c->entries[i].next;
	return i;
}

/* A free entry, or the one used longest ago, taken out of its bucket and wiped. */
static unsigned take_entry(struct zy_key_cache *c)
{
	unsigned i, *at;

	if (c->used < ENTRIES)
		return c->used++;
	i = c->oldest;
	unlink_use(c, i);
	for (at = bucket_of(c, c->entries[i].subject); *at != i; at = &c->entries[*at].next)
		;
	*at = c->entries[i].next;
	zy_value_key_wipe(&c->entries[i].key);
	return i;
}

bool zy_key_cache_get(struct zy_key_cache *c, uint64_t subject, struct zy_value_key *out)
{
	unsigned i;

	pthread_mutex_lock(&c->lock);
	if ((i = find(c, subject)) != NONE) {
		unlink_use(c, i);
		link_newest(c, i);
		*out = c->entries[i].key;
	}
	pthread_mutex_unlock(&c->lock);
	return i != NONE;
}

void zy_key_cache_put(struct zy_key_cache *c, uint64_t subject, const struct zy_value_key *k)
{
	unsigned i;

	pthread_mutex_lock(&c->lock);
	if (find(c, subject) == NONE) {
		i = take_entry(c);
		c->entries[i].subject = subject;
		c->entries[i].key = *k;
		c->entries[i].next = *bucket_of(c, subject);
		*bucket_of(c, subject) = i;
		link_newest(c, i);
	}
	pthread_mutex_unlock(&c->lock);
}

void zy_key_cache_drop(struct zy_key_cache *c, uint64_t subject)
{
	unsigned i;

	pthread_mutex_lock(&c->lock);
	/* its place stays taken, by a key of no subject, until it is the one used longest ago */
	if ((i = find(c, subject)) != NONE) {
		unsigned *at = bucket_of(c, subject);

		while (*at != i)
			at = &c->entries[*at].next;
		*at = c->entries[i].next;
		zy_value_key_wipe(&c->entries[i].key);
		c->entries[i].subject = 0;
		c->entries[i].next = *bucket_of(c, 0);
		*bucket_of(c, 0) = i;
	}
	pthread_mutex_unlock(&c->lock);
}
