/* What judgements keep: public keys made ready, judged chains, digests of files that many packages share. */
#include "bodies.h"
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>

#include "zy/verify.h"

#define SETS 64
#define WAYS 4

struct chain_slot {
	bool used;
	uint8_t id[ZY_HASH_LEN];
	struct zy_chain_answer answer;
};

struct zy_keys {
	struct zy_verifier *verifier; /* its own lock */
	struct zy_bodies *bodies;     /* its own lock */
	pthread_rwlock_t lock;        /* guards all below */
	struct chain_slot chains[SETS][WAYS];
	unsigned chain_turn[SETS]; /* the way that is replaced next */
};

bool zy_keys_open(struct zy_keys **out, struct zy_error *err)
{
	struct zy_keys *k = calloc(1, sizeof(*k));

	if (k == NULL || !zy_verifier_open(&k->verifier, err) || (k->bodies = zy_bodies_new()) == NULL ||
	    pthread_rwlock_init(&k->lock, NULL) != 0) {
		if (k != NULL) {
			zy_bodies_free(k->bodies);
			zy_verifier_close(k->verifier);
		}
		free(k);
		return zy_fail(err, ZY_E_NO_MEMORY, "keys", ZY_NOWHERE, "no memory for the cache of keys");
	}
	*out = k;
	return true;
}

void zy_keys_close(struct zy_keys *k)
{
	if (k == NULL)
		return;
	pthread_rwlock_destroy(&k->lock);
	zy_bodies_free(k->bodies);
	zy_verifier_close(k->verifier);
	free(k);
}

struct zy_bodies *zy_keys_bodies(struct zy_keys *k)
{
	return k->bodies;
}

bool zy_signature_verify_point(struct zy_keys *k, struct zy_bytes point, enum zy_suite suite, struct zy_bytes message,
    const uint8_t rs[64], bool *good, struct zy_error *err)
{
	return zy_message_verify(k->verifier, suite, point, message, rs, good, err);
}

bool zy_signature_verify(struct zy_keys *k, struct zy_bytes cert_der, enum zy_suite suite, struct zy_bytes message,
    const uint8_t rs[64], bool *good, struct zy_error *err)
{
	struct zy_cert_parts p;

	*good = false;
	if (!zy_cert_walk(cert_der, &p, err))
		return false;
	if (p.suite != suite)
		return zy_fail(err, ZY_E_KEY, "subjectPublicKeyInfo.parameters", ZY_NOWHERE,
		    "the certificate's key is of the other suite");
	return zy_signature_verify_point(k, p.point, suite, message, rs, good, err);
}

bool zy_keys_get_chain(struct zy_keys *k, const uint8_t id[ZY_HASH_LEN], struct zy_chain_answer *out)
{
	const struct chain_slot *set = k->chains[id[0] % SETS];
	bool found = false;

	pthread_rwlock_rdlock(&k->lock);
	for (size_t i = 0; i < WAYS && !found; i++) {
		if (!set[i].used || memcmp(set[i].id, id, ZY_HASH_LEN) != 0)
			continue;
		*out = set[i].answer;
		found = true;
	}
	pthread_rwlock_unlock(&k->lock);
	return found;
}

void zy_keys_put_chain(struct zy_keys *k, const uint8_t id[ZY_HASH_LEN], const struct zy_chain_answer *a)
{
	size_t n = id[0] % SETS;
	struct chain_slot *slot;

	pthread_rwlock_wrlock(&k->lock);
	slot = &k->chains[n][k->chain_turn[n]++ % WAYS];
	slot->used = true;
	memcpy(slot->id, id, ZY_HASH_LEN);
	slot->answer = *a;
	pthread_rwlock_unlock(&k->lock);
}
