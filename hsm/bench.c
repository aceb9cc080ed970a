#include "tokenkey.h"

#include <stdlib.h>
#include <time.h>

struct bench_thread {
	pthread_t id;
	unsigned seconds;
	struct zy_session session;
	struct zy_signing signing;
	uint64_t done, begin, end; /* microseconds of the monotonic clock */
	struct zy_error err;
	bool ok;
};

static uint64_t microseconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* The first signature opens the session and finds the key; then time runs. */
static void *run(void *arg)
{
	struct bench_thread *t = arg;
	t->ok = zy_session_run(&t->session, zy_signing_run, &t->signing, "benching", &t->err);
	t->begin = t->end = microseconds_now();
	while (t->ok && t->end - t->begin < (uint64_t)t->seconds * 1000000) {
		t->ok = zy_session_run(&t->session, zy_signing_run, &t->signing, "benching", &t->err);
		t->done += t->ok;
		t->end = microseconds_now();
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

/* From the first thread's begin to the last one's end: on a busy machine they do not begin together. */
struct span {
	uint64_t begin, end;
};

static bool finish(struct bench_thread *t, uint64_t *signatures, struct span *span, struct zy_error *err)
{
	pthread_join(t->id, NULL);
	zy_session_close(&t->session);
	*signatures += t->done;
	if (t->begin < span->begin)
		span->begin = t->begin;
	if (t->end > span->end)
		span->end = t->end;
	return t->ok || zy_fail(err, t->err.code, t->err.field, t->err.offset, "%s", t->err.msg);
}

bool zy_tokenkey_bench(struct zy_token *token, const struct zy_key *key, unsigned seconds, uint64_t *signatures,
    uint64_t *microseconds, unsigned *sessions, struct zy_error *err)
{
	const struct zy_signer_config *c = zy_token_config(token);
	struct bench_thread *threads = calloc(c->sessions, sizeof(*threads));
	struct span span = { .begin = UINT64_MAX };
	struct zy_signing signing;
	unsigned started = 0;
	bool ok;

	*signatures = *microseconds = 0;
	*sessions = c->sessions;
	if (threads == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "bench", ZY_NOWHERE, "no memory for the bench");
	ok = zy_signing_prepare(&signing, &c->sm2, key, ZY_LITERAL("bench"), false, err);
	while (ok && started < c->sessions) {
		threads[started].seconds = seconds;
		ok = start(&threads[started], &signing, token, err);
		started += ok;
	}
	for (unsigned i = 0; i < started; i++)
		ok = finish(&threads[i], signatures, &span, err) && ok;
	*microseconds = started > 0 ? span.end - span.begin : 0;
	free(threads);
	return ok;
}
