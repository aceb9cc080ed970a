/* Threads that ask a signer without a pause, for tests of what must not fail meanwhile. */
#ifndef SIGNING_LOAD_H
#define SIGNING_LOAD_H

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "hsm/protocol.h"
#include "verify_rs.h"
#include "zy/hsm.h"

#define LOAD_THREADS_MAX 32

struct signing_load {
	struct zy_hsm *hsm;
	const char *key; /* P-256, for the trust bundle */
	const uint8_t *point;
	int rounds; /* of each thread; 0: until the load is stopped */
	int num;
	pthread_t threads[LOAD_THREADS_MAX];
	atomic_int bad, done;
	atomic_bool stop;
};

/* One signature that OpenSSL accepts. */
static inline bool load_sign(struct zy_hsm *hsm, const char *key, const uint8_t point[65], struct zy_error *err)
{
	struct zy_sign_request q = { .key = key, .use = ZY_USE_TRUST, .message = ZY_LITERAL("message") };
	uint8_t rs[64];

	return zy_hsm_sign(hsm, &q, rs, err) && verify_rs(ZY_KEY_P256, point, q.message, rs);
}

static inline void *load_thread(void *arg)
{
	struct signing_load *l = arg;

	for (int i = 0; !atomic_load(&l->stop) && (l->rounds == 0 || i < l->rounds); i++) {
		struct zy_error err = { 0 };

		if (!load_sign(l->hsm, l->key, l->point, &err)) {
			fprintf(stderr, "%s: %s\n", zy_code_name(err.code), err.msg);
			atomic_fetch_add(&l->bad, 1);
		}
		atomic_fetch_add(&l->done, 1);
	}
	return NULL;
}

/* A busy machine is no fault of the signer: the requests of a load wait for a minute. */
static inline bool load_start(struct signing_load *l, int num)
{
	zy_hsm_wait(l->hsm, ZY_HSM_WAIT_MS_MAX);
	for (l->num = 0; l->num < num; l->num++)
		if (pthread_create(&l->threads[l->num], NULL, load_thread, l) != 0)
			return false;
	return true;
}

static inline void load_wait_for_more(struct signing_load *l, int num)
{
	int from = atomic_load(&l->done);

	while (atomic_load(&l->done) < from + num)
		sched_yield();
}

/* How many requests failed. With rounds every thread ends by itself. */
static inline int load_end(struct signing_load *l)
{
	atomic_store(&l->stop, l->rounds == 0);
	for (int i = 0; i < l->num; i++)
		pthread_join(l->threads[i], NULL);
	zy_hsm_wait(l->hsm, ZY_HSM_WAIT_MS);
	return atomic_load(&l->bad);
}

#endif
