#include "tokenkey.h"

#include <stdlib.h>
#include <time.h>

/* One window for all threads: a token that serves one at a time may starve the others for long, and windows of their
 * own would then lie one after the other. */
struct window {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned warm; /* threads that wait for it */
	uint64_t end;  /* microseconds of the monotonic clock; 0 while it is closed */
};

struct bench_thread {
	pthread_t id;
	struct window *window;
	struct zy_session session;
	struct zy_signing signing;
	uint64_t done;
	struct zy_error err;
	bool ok;
};

static uint64_t microseconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void wait_for_window(struct window *w)
{
	pthread_mutex_lock(&w->lock);
	w->warm++;
	pthread_cond_broadcast(&w->changed);
	while (w->end == 0)
		pthread_cond_wait(&w->changed, &w->lock);
	pthread_mutex_unlock(&w->lock);
}

/* Opens it once all are warm; gives its beginning. */
static uint64_t open_window(struct window *w, unsigned threads, unsigned seconds)
{
	uint64_t begin;

	pthread_mutex_lock(&w->lock);
	while (w->warm < threads)
		pthread_cond_wait(&w->changed, &w->lock);
	begin = microseconds_now();
	w->end = begin + (uint64_t)seconds * 1000000;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	return begin;
}

/* The first signature opens the session and finds the key; then time runs. */
static void *run(void *arg)
{
	struct bench_thread *t = arg;

	t->ok = zy_session_run(&t->session, zy_signing_run, &t->signing, "benching", &t->err);
	wait_for_window(t->window);
	while (t->ok && microseconds_now() < t->window->end) {
		t->ok = zy_session_run(&t->session, zy_signing_run, &t->signing, "benching", &t->err);
		t->done += t->ok;
	}
	return NULL;
}

static bool start(
    struct bench_thread *t, const struct zy_signing *signing, struct zy_token *token, struct zy_error *err)
{
	t->signing = *signing;
	if (signing->data.p == signing->digest) /* the copy views its own digest */
		t->signing.data.p = t->signing.digest;
	zy_session_start(&t->session, token);
	return pthread_create(&t->id, NULL, run, t) == 0 ||
	       zy_fail(err, ZY_E_NO_MEMORY, "bench", ZY_NOWHERE, "no thread for the bench");
}

static bool finish(struct bench_thread *t, uint64_t *signatures, struct zy_error *err)
{
	pthread_join(t->id, NULL);
	zy_session_close(&t->session);
	*signatures += t->done;
	return t->ok || zy_fail(err, t->err.code, t->err.field, t->err.offset, "%s", t->err.msg);
}

bool zy_tokenkey_bench(struct zy_token *token, const struct zy_key *key, unsigned seconds, uint64_t *signatures,
    uint64_t *microseconds, unsigned *sessions, struct zy_error *err)
{
	const struct zy_signer_config *c = zy_token_config(token);
	struct bench_thread *threads = calloc(c->sessions, sizeof(*threads));
	struct window w = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
	struct zy_signing signing;
	unsigned started = 0;
	uint64_t begin;
	bool ok;

	*signatures = *microseconds = 0;
	*sessions = c->sessions;
	if (threads == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "bench", ZY_NOWHERE, "no memory for the bench");
	ok = zy_signing_prepare(&signing, &c->sm2, key, ZY_LITERAL("bench"), false, err);
	while (ok && started < c->sessions) {
		threads[started].window = &w;
		ok = start(&threads[started], &signing, token, err);
		started += ok;
	}
	begin = open_window(&w, started, seconds);
	for (unsigned i = 0; i < started; i++)
		ok = finish(&threads[i], signatures, err) && ok;
	*microseconds = microseconds_now() - begin;
	free(threads);
	return ok;
}
