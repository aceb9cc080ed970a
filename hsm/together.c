#include "together.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "exchange.h"
#include "pace.h"
#include "zy/cbor.h"

#define FRAME_BYTES ((size_t)256 << 10) /* messages of one frame; a longer one goes alone */
#define LANES_MAX 64

/* A thread that waits for its signatures, all of which go in one frame. */
struct waiting {
	struct zy_signing_job *jobs;
	size_t num, bytes; /* bytes: of their messages */
	int64_t until;
	bool leads;      /* it asks for the frame that begins with it */
	size_t in_frame; /* signings of that frame */
	bool quick;      /* it is asked for while the token counts as quick */
	sem_t told;      /* once, that it is done or leads: nothing of it is touched afterwards */
	struct waiting *next, *next_told;
};

/* Of one token or group. */
struct queue {
	struct queue *next;
	char token[ZY_TOKEN_NAME_MAX + 1];
	struct waiting *first, **last;
	size_t asked;  /* signings that wait or are under way */
	unsigned busy; /* frames under way */
	struct zy_pace pace;
};

struct zy_together {
	pthread_mutex_t lock;
	struct queue *queues;
	unsigned lanes; /* to a quick token */
};

bool zy_together_open(struct zy_together **out, struct zy_error *err)
{
	struct zy_together *t = calloc(1, sizeof(*t));
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (t == NULL || pthread_mutex_init(&t->lock, NULL) != 0) {
		free(t);
		return zy_fail(err, ZY_E_NO_MEMORY, "hsm", ZY_NOWHERE, "no memory for the signer's client");
	}
	/* while the frames of one half are signed, those of the other are on their way or wait for the disk */
	t->lanes = cores < 1 ? 2 : cores > LANES_MAX / 2 ? LANES_MAX : 2 * (unsigned)cores;
	*out = t;
	return true;
}

void zy_together_close(struct zy_together *t)
{
	if (t == NULL)
		return;
	while (t->queues != NULL) {
		struct queue *q = t->queues;

		t->queues = q->next;
		free(q);
	}
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Locked. NULL: no memory. */
static struct queue *queue_of(struct zy_together *t, const char *token)
{
	struct queue *q = t->queues;

	while (q != NULL && strcmp(q->token, token) != 0)
		q = q->next;
	if (q == NULL && (q = calloc(1, sizeof(*q))) != NULL) {
		memcpy(q->token, token, strlen(token) + 1);
		q->last = &q->first;
		q->next = t->queues;
		t->queues = q;
	}
	return q;
}

/* Locked. The frame that begins with the first who waits: not more than its share, so that all lanes have work. */
static struct waiting *take_frame(struct queue *q, bool quick, size_t lanes)
{
	struct waiting *first = q->first, **end = &q->first;
	const size_t share = (q->asked + lanes - 1) / lanes;
	const size_t most = share < ZY_HSM_SIGNINGS_MAX ? share : ZY_HSM_SIGNINGS_MAX;
	size_t num = 0, bytes = 0;

	while (*end != NULL && (num == 0 || (num + (*end)->num <= most && bytes + (*end)->bytes <= FRAME_BYTES))) {
		bytes += (*end)->bytes;
		num += (*end)->num;
		end = &(*end)->next;
	}
	q->first = *end;
	if (q->first == NULL)
		q->last = &q->first;
	*end = NULL;
	first->in_frame = num;
	first->quick = quick;
	first->leads = true;
	q->busy++;
	return first;
}

/* Those who lead the frames that may start now, in a list of their own. Locked. */
static struct waiting *start_frames(const struct zy_together *t, struct queue *q)
{
	const bool quick = zy_pace_is_quick(&q->pace, now_ms());
	const unsigned lanes = quick ? t->lanes : LANES_MAX;
	struct waiting *leaders = NULL;

	while (q->first != NULL && q->busy < lanes) {
		struct waiting *w = take_frame(q, quick, lanes);

		w->next_told = leaders;
		leaders = w;
	}
	return leaders;
}

/* Not locked: who wakes finds the lock free. */
static void tell(struct waiting *list, const struct waiting *self)
{
	for (struct waiting *w = list, *next; w != NULL; w = next) {
		next = w->next_told; /* once it is told, w may be no more */
		if (w != self)
			sem_post(&w->told);
	}
}

static bool take_answer(struct waiting *frame, struct zy_reader *r, uint64_t *took, struct zy_error *err)
{
	if (!zy_cbor_array_exact(r, 2, "answer", err) || !zy_cbor_uint(r, UINT64_MAX, "answer", took, err) ||
	    !zy_cbor_array_exact(r, frame->in_frame, "answer", err))
		return false;
	for (struct waiting *w = frame; w != NULL; w = w->next)
		for (size_t i = 0; i < w->num; i++)
			if (!zy_hsm_signed_take(r, w->jobs[i].rs, &w->jobs[i].err, err))
				return false;
	return true;
}

static struct zy_bytes optional(const char *s)
{
	return s == NULL ? (struct zy_bytes){ 0 } : zy_str(s);
}

static void put_job(struct zy_buf *out, const struct zy_sign_request *s)
{
	const struct zy_hsm_request q = { .op = ZY_OP_SIGN,
		.key = zy_str(s->key),
		.uses = (unsigned)s->use,
		.message = s->message,
		.esID = optional(s->esID),
		.item_code = optional(s->item_code) };

	zy_hsm_signing_put(out, &q);
}

/* took: microseconds of the token for all of them. */
static bool ask_frame(struct zy_hsm *h, const char *token, struct waiting *frame, uint64_t *took, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_SIGN, .num = frame->in_frame };
	ZY_BUF_AUTO signings = { 0 };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;

	for (const struct waiting *w = frame; w != NULL; w = w->next)
		for (size_t i = 0; i < w->num; i++)
			put_job(&signings, &w->jobs[i].q);
	if (!zy_buf_done(&signings, "message", err))
		return false;
	q.signings = zy_buf_bytes(&signings);
	/* the first has waited longest */
	return zy_hsm_ask_until(h, token, &q, frame->until, &reply, &r, err) && take_answer(frame, &r, took, err);
}

static void fail_all(struct waiting *w, const struct zy_error *why)
{
	for (size_t i = 0; i < w->num; i++)
		w->jobs[i].err = *why;
}

/* Asks for the frame and tells those who wait for it, and who leads the next ones. */
static void lead(struct zy_hsm *h, struct queue *q, struct waiting *frame)
{
	struct zy_together *t = zy_hsm_together(h);
	struct waiting *told = NULL, *leaders;
	struct zy_error err = { 0 };
	uint64_t took = 0;
	bool ok = ask_frame(h, q->token, frame, &took, &err);

	for (struct waiting *w = frame; w != NULL; w = w->next) {
		if (!ok)
			fail_all(w, &err);
		w->in_frame = frame->in_frame;
		w->leads = false;
		w->next_told = told;
		told = w;
	}
	pthread_mutex_lock(&t->lock);
	if (ok && frame->quick)
		zy_pace_look(&q->pace, took / frame->in_frame, now_ms());
	q->busy--;
	q->asked -= frame->in_frame;
	leaders = start_frames(t, q);
	pthread_mutex_unlock(&t->lock);
	tell(leaders, NULL);
	tell(told, frame);
}

/* False: no memory. */
static bool wait_for_it(struct zy_hsm *h, const char *token, struct waiting *w)
{
	struct zy_together *t = zy_hsm_together(h);
	struct waiting *leaders = NULL;
	struct queue *q;

	pthread_mutex_lock(&t->lock);
	q = queue_of(t, token);
	if (q != NULL) {
		*q->last = w;
		q->last = &w->next;
		q->asked += w->num;
		leaders = start_frames(t, q);
	}
	pthread_mutex_unlock(&t->lock);
	if (q == NULL)
		return false;
	tell(leaders, w);
	if (leaders != w) /* which it is alone, or not at all: nobody waits while a frame may start */
		while (sem_wait(&w->told) != 0)
			;
	if (w->leads)
		lead(h, q, w);
	return true;
}

/* Faults of the frame's way, not of this signing: alone it is asked again, by another token of the group, or once the
 * signer is back. */
static bool goes_alone(struct zy_hsm *h, const char *token, const struct waiting *w, enum zy_code c)
{
	return w->in_frame > 1 && now_ms() < w->until &&
	       (c == ZY_E_SIGNER_ABSENT || c == ZY_E_SIGNER_BUSY ||
		   (zy_hsm_is_group(h, token) && (c == ZY_E_TOKEN || c == ZY_E_PIN || c == ZY_E_NOT_FOUND)));
}

static void ask_alone(struct zy_hsm *h, const char *token, struct zy_signing_job *job, int64_t until)
{
	struct waiting w = { .jobs = job, .num = 1, .in_frame = 1, .until = until };
	struct zy_error err = { 0 };
	uint64_t took;

	job->err = (struct zy_error){ 0 };
	if (!ask_frame(h, token, &w, &took, &err))
		job->err = err;
}

/* One frame's worth. */
static bool sign_some(struct zy_hsm *h, const char *token, struct zy_signing_job *jobs, size_t num, size_t bytes)
{
	struct waiting w = { .jobs = jobs, .num = num, .bytes = bytes, .until = zy_hsm_until(h) };
	bool ok = sem_init(&w.told, 0, 0) == 0 && wait_for_it(h, token, &w);

	sem_destroy(&w.told);
	for (size_t i = 0; ok && i < num; i++)
		if (goes_alone(h, token, &w, jobs[i].err.code))
			ask_alone(h, token, &jobs[i], w.until);
	return ok;
}

bool zy_hsm_sign_together(
    struct zy_hsm *h, const char *token, struct zy_signing_job *jobs, size_t num, struct zy_error *err)
{
	for (size_t done = 0, n; done < num; done += n) {
		size_t bytes = 0;

		for (n = 0; done + n < num && n < ZY_HSM_SIGNINGS_MAX; n++) {
			bytes += jobs[done + n].q.message.len;
			if (n > 0 && bytes > FRAME_BYTES)
				break;
		}
		if (!sign_some(h, token, &jobs[done], n, bytes))
			return zy_fail(err, ZY_E_NO_MEMORY, "hsm", ZY_NOWHERE, "no memory for the signer's client");
	}
	return true;
}
