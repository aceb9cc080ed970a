/*
 * Digests of files that many packages share (a type's template, an office's seal), remembered by their bytes. Only the
 * same bytes, compared one by one, answer with a remembered digest: the answer is that of hashing, sooner.
 */
#include "bodies.h"

#include <pthread.h>
#include <stdlib.h>

#define LEAST ((size_t)4 << 10) /* bytes: a smaller file is hashed as fast as it is looked up */
#define MOST ((size_t)256 << 10)
#define BODIES 16
#define SEEN 256 /* digests of late: a file is kept when it comes a second time */

struct body {
	uint8_t *p; /* NULL: empty */
	size_t len;
	uint8_t sm3[ZY_HASH_LEN];
};

struct zy_bodies {
	pthread_rwlock_t lock; /* guards all below */
	struct body kept[BODIES];
	uint8_t seen[SEEN][ZY_HASH_LEN];
	unsigned kept_turn, seen_turn; /* replaced next */
};

struct zy_bodies *zy_bodies_new(void)
{
	struct zy_bodies *b = calloc(1, sizeof(*b));

	if (b != NULL && pthread_rwlock_init(&b->lock, NULL) != 0) {
		free(b);
		return NULL;
	}
	return b;
}

void zy_bodies_free(struct zy_bodies *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < BODIES; i++)
		free(b->kept[i].p);
	pthread_rwlock_destroy(&b->lock);
	free(b);
}

static bool find(struct zy_bodies *b, struct zy_bytes v, uint8_t sm3[ZY_HASH_LEN])
{
	bool found = false;

	pthread_rwlock_rdlock(&b->lock);
	for (size_t i = 0; i < BODIES && !found; i++) {
		found = b->kept[i].p != NULL && zy_bytes_equal(ZY_BYTES(b->kept[i].p, b->kept[i].len), v);
		if (found)
			memcpy(sm3, b->kept[i].sm3, ZY_HASH_LEN);
	}
	pthread_rwlock_unlock(&b->lock);
	return found;
}

static bool was_seen(const struct zy_bodies *b, const uint8_t sm3[ZY_HASH_LEN])
{
	for (size_t i = 0; i < SEEN; i++)
		if (memcmp(b->seen[i], sm3, ZY_HASH_LEN) == 0)
			return true;
	return false;
}

/* Without memory it is not kept, and hashed again next time. */
static void keep(struct zy_bodies *b, struct zy_bytes v, const uint8_t sm3[ZY_HASH_LEN])
{
	struct body *slot;

	for (size_t i = 0; i < BODIES; i++)
		if (b->kept[i].p != NULL && memcmp(b->kept[i].sm3, sm3, ZY_HASH_LEN) == 0)
			return; /* by another thread, just now */
	slot = &b->kept[b->kept_turn++ % BODIES];
	free(slot->p);
	*slot = (struct body){ .p = malloc(v.len), .len = v.len };
	memcpy(slot->sm3, sm3, ZY_HASH_LEN);
	if (slot->p != NULL)
		memcpy(slot->p, v.p, v.len);
}

static void note(struct zy_bodies *b, struct zy_bytes v, const uint8_t sm3[ZY_HASH_LEN])
{
	pthread_rwlock_wrlock(&b->lock);
	if (was_seen(b, sm3))
		keep(b, v, sm3);
	else
		memcpy(b->seen[b->seen_turn++ % SEEN], sm3, ZY_HASH_LEN);
	pthread_rwlock_unlock(&b->lock);
}

bool zy_bodies_sm3(struct zy_bodies *b, struct zy_bytes v, uint8_t sm3[ZY_HASH_LEN], struct zy_error *err)
{
	bool small = v.len < LEAST || v.len > MOST;

	if (!small && find(b, v, sm3))
		return true;
	if (!zy_digest(ZY_HASH_SM3, v, sm3, err))
		return false;
	if (!small)
		note(b, v, sm3);
	return true;
}
