#include "changes.h"

#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>

/*
 * Group commit, leader and followers: who finds no leader becomes one, takes all that has queued while the last
 * commit ran, and applies it in one write transaction with one fsync. No timer: under load the batch grows by itself.
 * Who waits is woken once, to lead or because it is done, and needs no lock then: with hundreds that wait, a lock
 * handed from one to the next would cost more than the commit.
 */
enum { BATCH_MAX = 1024 };

struct zy_job {
	struct zy_job *next;
	struct zy_vault *v; /* whose it is */
	zy_apply *apply;
	void *arg;
	struct zy_error *err; /* the caller's */
	bool ok, done;
	sem_t turn; /* to lead, or to go */
};

bool zy_change_put(
    struct zy_change *c, enum zy_db db, const struct zy_key *k, struct zy_bytes value, struct zy_error *err)
{
	c->touched = true;
	return zy_changes_note(c, db, k, err) && zy_store_put(c->store, c->txn, db, k, value, err);
}

bool zy_change_del(struct zy_change *c, enum zy_db db, const struct zy_key *k, struct zy_error *err)
{
	c->touched = true;
	return zy_changes_note(c, db, k, err) && zy_store_del(c->store, c->txn, db, k, err);
}

static bool change_begin(struct zy_vault *v, struct zy_change *c, struct zy_error *err)
{
	uint64_t last;

	*c = (struct zy_change){ .store = &v->store, .now = zy_now(&v->clock) };
	if (c->now < v->last_time)
		c->now = v->last_time; /* record time never runs back, whatever the clock does */
	if (!zy_write_begin(&v->store, &c->txn, err))
		return false;
	if (zy_event_last(v, c->txn, &last, err)) {
		c->next_seq = last + 1;
		if (zy_changes_begin(v, c, err))
			return true;
	}
	zy_write_abort(&v->store, c->txn);
	return false;
}

/* False when the transaction is spoilt, with the cause in *why. */
static bool run_one(struct zy_vault *v, struct zy_change *c, struct zy_job *job, struct zy_error *why)
{
	const uint64_t seq_before = c->next_seq - 1;
	struct zy_error err = { 0 };
	bool before = c->touched;

	c->touched = false;
	c->store = &job->v->store;
	job->ok = job->apply(job->v, c, job->arg, &err) && zy_changes_end(v, c, seq_before, &err);
	if (!job->ok && c->touched) {
		*why = err;
		return false;
	}
	if (!job->ok)
		*job->err = err;
	c->touched = c->touched || before;
	return true;
}

/*
 * Applies jobs[0..num) in one transaction. An item that is refused before it put anything fails alone. True when the
 * transaction is durable; false when it was spoilt, with the cause in *why: then nothing of it was written.
 */
static bool run_together(struct zy_vault *v, struct zy_job **jobs, size_t num, struct zy_error *why)
{
	struct zy_change c;
	bool ok = true;

	if (!change_begin(v, &c, why))
		return false;
	for (size_t i = 0; ok && i < num; i++)
		ok = run_one(v, &c, jobs[i], why);
	zy_buf_free(&c.noted);
	if (!ok) {
		zy_write_abort(&v->store, c.txn);
		return false;
	}
	if (!zy_write_commit(&v->store, c.txn, why))
		return false;
	v->last_time = c.now;
	return true;
}

/* A spoilt batch is run again one by one: only what cannot be written fails. */
static void run_batch(struct zy_vault *v, struct zy_job **jobs, size_t num)
{
	struct zy_error why = { 0 };

	if (run_together(v, jobs, num, &why))
		return;
	for (size_t i = 0; i < num; i++) {
		*jobs[i]->err = (struct zy_error){ 0 };
		if (num > 1)
			why = (struct zy_error){ 0 };
		if (num > 1 && run_together(v, &jobs[i], 1, &why))
			continue;
		jobs[i]->ok = false;
		*jobs[i]->err = why;
	}
}

/* What has queued, from the leader's own job on; what is beyond the most waits for the next leader. */
static size_t take_batch(struct zy_vault *v, struct zy_job **batch)
{
	size_t num = 0;

	pthread_mutex_lock(&v->queue_lock);
	while (v->queue != NULL && num < BATCH_MAX) {
		batch[num++] = v->queue;
		v->queue = v->queue->next;
	}
	if (v->queue == NULL)
		v->queue_end = &v->queue;
	pthread_mutex_unlock(&v->queue_lock);
	return num;
}

/* The first of those who queued meanwhile leads next. */
static void hand_on(struct zy_vault *v)
{
	struct zy_job *next;

	pthread_mutex_lock(&v->queue_lock);
	next = v->queue;
	v->leading = next != NULL;
	pthread_mutex_unlock(&v->queue_lock);
	if (next != NULL)
		sem_post(&next->turn);
}

/* A job that is told it is done is gone: it lies with its caller. */
static void lead(struct zy_vault *v, const struct zy_job *own)
{
	struct zy_job *batch[BATCH_MAX];
	const size_t num = take_batch(v, batch);

	run_batch(v, batch, num);
	hand_on(v);
	for (size_t i = 0; i < num; i++) {
		batch[i]->done = true;
		if (batch[i] != own)
			sem_post(&batch[i]->turn);
	}
}

static bool enqueue(struct zy_vault *v, struct zy_job *job)
{
	bool leads;

	pthread_mutex_lock(&v->queue_lock);
	*v->queue_end = job;
	v->queue_end = &job->next;
	leads = !v->leading;
	v->leading = true;
	pthread_mutex_unlock(&v->queue_lock);
	return leads;
}

bool zy_vault_apply(struct zy_vault *v, zy_apply *apply, void *arg, struct zy_error *err)
{
	if (v->looks_down)
		return zy_fail(err, ZY_E_TENANT_RIGHT, "tenant", ZY_NOWHERE,
		    "this tenant is only looked at from above; what happens in it is for itself to record");
	return zy_vault_apply_look(v, apply, arg, err);
}

bool zy_vault_apply_look(struct zy_vault *v, zy_apply *apply, void *arg, struct zy_error *err)
{
	struct zy_job job = { .v = v, .apply = apply, .arg = arg, .err = err };

	v = v->whole; /* tenants share the one writer */
	if (v->beside)
		return zy_fail(err, ZY_E_STATE, "vault", ZY_NOWHERE, "the vault was opened to read only");
	sem_init(&job.turn, 0, 0); /* fails for values out of range alone */
	if (!enqueue(v, &job))
		while (sem_wait(&job.turn) != 0 && errno == EINTR)
			;
	if (!job.done)
		lead(v, &job);
	sem_destroy(&job.turn);
	return job.ok;
}
