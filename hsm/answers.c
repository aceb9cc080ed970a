#include "answers.h"

#include <pthread.h>
#include <stdlib.h>

struct zy_answers {
	struct zy_signer_journal *journal;
	zy_answer_told *told;
	void *arg;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct zy_waiting_answer *first, **last; /* under lock, as the next two */
	bool sleeps, ends;
};

/* The journal writes all that has been put when it is first asked to wait: the others of a round are on the disk by
 * then. */
static void tell(struct zy_answers *w, struct zy_waiting_answer *round)
{
	for (struct zy_waiting_answer *a = round, *next; a != NULL; a = next) {
		struct zy_error why = { 0 };
		bool ok = zy_signer_journal_wait(w->journal, &a->after, &why);

		next = a->next; /* a may be given again once it is told */
		w->told(w->arg, a, ok ? NULL : &why);
	}
}

static void *run(void *arg)
{
	struct zy_answers *w = arg;

	pthread_mutex_lock(&w->lock);
	while (w->first != NULL || !w->ends) {
		struct zy_waiting_answer *round = w->first;

		if (round == NULL) {
			w->sleeps = true;
			pthread_cond_wait(&w->changed, &w->lock);
			w->sleeps = false;
			continue;
		}
		w->first = NULL;
		w->last = &w->first;
		pthread_mutex_unlock(&w->lock);
		tell(w, round);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

bool zy_answers_open(
    struct zy_answers **out, struct zy_signer_journal *journal, zy_answer_told *told, void *arg, struct zy_error *err)
{
	struct zy_answers *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "server", ZY_NOWHERE, "no memory for the answers");
	w->journal = journal;
	w->told = told;
	w->arg = arg;
	w->last = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	if (pthread_create(&w->thread, NULL, run, w) != 0) {
		pthread_cond_destroy(&w->changed);
		pthread_mutex_destroy(&w->lock);
		free(w);
		return zy_fail(err, ZY_E_NO_MEMORY, "server", ZY_NOWHERE, "cannot start the thread of the answers");
	}
	*out = w;
	return true;
}

void zy_answers_give(struct zy_answers *w, struct zy_waiting_answer *a)
{
	bool sleeps;

	a->next = NULL;
	pthread_mutex_lock(&w->lock);
	*w->last = a;
	w->last = &a->next;
	sleeps = w->sleeps;
	w->sleeps = false; /* it is woken once */
	pthread_mutex_unlock(&w->lock);
	if (sleeps)
		pthread_cond_signal(&w->changed);
}

void zy_answers_close(struct zy_answers *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->ends = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
