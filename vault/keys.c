#include "internal.h"

#include <stdlib.h>

#include <openssl/crypto.h>

/* A miss costs one unwrap in the token, some milliseconds; an entry some 90 octets. */
enum { NONE = UINT32_MAX };

struct entry {
	uint64_t subject;
	struct zy_value_key key;
	unsigned newer, older; /* in the order of use */
	unsigned next;         /* in the same bucket */
};

struct zy_key_cache {
	pthread_mutex_t lock;
	unsigned newest, oldest, used, room;
	unsigned *buckets; /* as many as there is room for */
	struct entry *entries;
};

static bool no_memory(struct zy_error *err)
{
	return zy_fail(err, ZY_E_NO_MEMORY, "vault", ZY_NOWHERE, "no memory for the key cache");
}

/* Empty, with room for so many; the lock is left alone. */
static bool set_room(struct zy_key_cache *c, unsigned room)
{
	c->buckets = malloc(room * sizeof(*c->buckets));
	c->entries = calloc(room, sizeof(*c->entries));
	if (c->buckets == NULL || c->entries == NULL) {
		free(c->buckets);
		free(c->entries);
		return false;
	}
	c->room = room;
	c->used = 0;
	c->newest = c->oldest = NONE;
	for (size_t i = 0; i < room; i++)
		c->buckets[i] = NONE;
	return true;
}

static void wipe_room(unsigned *buckets, struct entry *entries, unsigned room)
{
	if (entries != NULL)
		OPENSSL_cleanse(entries, room * sizeof(*entries));
	free(buckets);
	free(entries);
}

bool zy_key_cache_make(struct zy_key_cache **out, struct zy_error *err)
{
	struct zy_key_cache *c = calloc(1, sizeof(*c));

	if (c == NULL || !set_room(c, ZY_KEYS_KEPT)) {
		free(c);
		return no_memory(err);
	}
	pthread_mutex_init(&c->lock, NULL); /* glibc's never fails with default attributes */
	*out = c;
	return true;
}

void zy_key_cache_free(struct zy_key_cache *c)
{
	if (c == NULL)
		return;
	pthread_mutex_destroy(&c->lock);
	wipe_room(c->buckets, c->entries, c->room);
	free(c);
}

static unsigned *bucket_of(struct zy_key_cache *c, uint64_t subject)
{
	return &c->buckets[subject % c->room]; /* subjects are counted up: they spread by themselves */
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

	if (c->used < c->room)
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

static void put(struct zy_key_cache *c, uint64_t subject, const struct zy_value_key *k)
{
	unsigned i;

	if (find(c, subject) != NONE)
		return;
	i = take_entry(c);
	c->entries[i].subject = subject;
	c->entries[i].key = *k;
	c->entries[i].next = *bucket_of(c, subject);
	*bucket_of(c, subject) = i;
	link_newest(c, i);
}

void zy_key_cache_put(struct zy_key_cache *c, uint64_t subject, const struct zy_value_key *k)
{
	pthread_mutex_lock(&c->lock);
	put(c, subject, k);
	pthread_mutex_unlock(&c->lock);
}

/* From the one used longest ago on, so that what does not fit any more is that. */
bool zy_key_cache_resize(struct zy_key_cache *c, unsigned room, struct zy_error *err)
{
	struct zy_key_cache old;
	bool ok;

	pthread_mutex_lock(&c->lock);
	old.buckets = c->buckets;
	old.entries = c->entries;
	old.room = c->room;
	old.oldest = c->oldest;
	if ((ok = set_room(c, room))) {
		for (unsigned i = old.oldest; i != NONE; i = old.entries[i].newer)
			if (old.entries[i].subject != 0)
				put(c, old.entries[i].subject, &old.entries[i].key);
		wipe_room(old.buckets, old.entries, old.room);
	} else {
		c->buckets = old.buckets;
		c->entries = old.entries;
	}
	pthread_mutex_unlock(&c->lock);
	return ok || no_memory(err);
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
