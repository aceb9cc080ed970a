#include "changes.h"

#include <stdlib.h>

/*
 * Group commit, leader and followers: who finds no leader becomes one, takes all that has queued while the last
 * commit ran, and applies it in one write transaction with one fsync. No timer: under load the batch grows by itself.
 */
enum { BATCH_MAX = 256 };

struct zy_job {
	struct zy_job *next;
	struct zy_vault *v; /* whose it is */
	zy_apply *apply;
	void *arg;
	struct zy_error *err; /* the caller's */
	bool ok, done;
	pthread_cond_t wake;
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

/* Called with the queue's lock held; returns with it held. */
static void lead(struct zy_vault *v, struct zy_job *own)
{
	struct zy_job *batch[BATCH_MAX];
	size_t num = 0;

	v->leading = true;
	while (v->queue != NULL && num < BATCH_MAX) {
		batch[num++] = v->queue;
		v->queue = v->queue->next;
	}
	if (v->queue == NULL)
		v->queue_end = &v->queue;
	pthread_mutex_unlock(&v->queue_lock);
	run_batch(v, batch, num);
	pthread_mutex_lock(&v->queue_lock);
	v->leading = false;
	for (size_t i = 0; i < num; i++) {
		batch[i]->done = true;
		if (batch[i] != own)
			pthread_cond_signal(&batch[i]->wake);
	}
	if (v->queue != NULL)
		pthread_cond_signal(&v->queue->wake); /* the next leader */
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
	if (pthread_cond_init(&job.wake, NULL) != 0)
		return zy_fail(err, ZY_E_NO_MEMORY, "vault", ZY_NOWHERE, "no memory for a condition");
	pthread_mutex_lock(&v->queue_lock);
	*v->queue_end = &job;
	v->queue_end = &job.next;
	while (!job.done) {
		if (v->leading)
			pthread_cond_wait(&job.wake, &v->queue_lock);
		else
			lead(v, &job);
	}
	pthread_mutex_unlock(&v->queue_lock);
	pthread_cond_destroy(&job.wake);
	return job.ok;
}
