#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "vault/internal.h"
#include "vault_made.h"

enum { THREADS = 8, EACH = 500 };

struct worker {
	struct made_vault *m;
	unsigned n, failed;
	bool same_holder;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	char request[64], id[ZY_IDENTIFIER_MAX + 1];

	for (unsigned i = 0; i < EACH; i++) {
		struct zy_error err = { 0 };

		snprintf(request, sizeof(request), "thread %u item %u", w->n, i);
		if (!made_mint(w->m, request, w->same_holder ? i : w->n, 200, id, &err))
			w->failed++;
	}
	return NULL;
}

/* Transactions that were committed, as the engine counts them: one fsync each. */
static size_t transactions(struct made_vault *m)
{
	struct zy_error err = { 0 };
	struct zy_env_stat st;

	made_open(m);
	if (!zy_store_stat(&m->v->store, &st, &err))
		made_fail("stat", &err);
	made_close(m);
	return st.newest;
}

static void run(bool same_holder, uint64_t subjects)
{
	struct worker workers[THREADS];
	pthread_t threads[THREADS];
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	struct made_vault m;
	size_t before;

	made_vault(&m, ZY_SUITE_GM);
	made_close(&m);
	before = transactions(&m);
	made_open(&m);
	for (unsigned i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .m = &m, .n = i, .same_holder = same_holder };
		assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(workers[i].failed, 0);
	}
	assert_true(zy_vault_check(m.v, &n, &err));
	assert_int_equal(n.licences, THREADS * EACH);
	assert_int_equal(n.versions, THREADS * EACH);
	assert_int_equal(n.subjects, subjects);
	assert_int_equal(n.open_intents, 0);
	assert_int_equal(n.events, 2 * THREADS * EACH);
	made_close(&m);
	/* 8000 durable writes: alone, each would be a transaction. */
	assert_true(transactions(&m) - before < 2 * THREADS * EACH * 3 / 4);
	made_remove(&m);
}

static void commits_that_wait_together_share_a_transaction_and_all_are_kept(void **state)
{
	(void)state;
	run(false, THREADS);
}

/* All threads go through the same people in the same order: each subject is made once, whoever comes first. */
static void threads_that_meet_at_one_new_holder_make_one_subject(void **state)
{
	(void)state;
	run(true, EACH);
}

static void *conflict(void *arg)
{
	struct worker *w = arg;
	char request[64];

	for (unsigned i = 0; i < EACH; i++) {
		struct zy_error err = { 0 };
		struct zy_intent in;

		snprintf(request, sizeof(request), "item %u", i);
		if (made_intend(w->m, request, (uint8_t)w->n, MADE_SCOPE, &in, &err))
			continue;
		assert_int_equal(err.code, ZY_E_REQUEST_CONFLICT);
		w->failed++;
	}
	return NULL;
}

/* Of all who use one request key with other data, one wins, and the refused do not spoil the batch. */
static void a_refused_item_fails_alone(void **state)
{
	struct worker workers[THREADS];
	pthread_t threads[THREADS];
	struct zy_error err = { 0 };
	struct zy_vault_counts n;
	struct made_vault m;
	unsigned failed = 0;

	(void)state;
	made_vault(&m, ZY_SUITE_GM);
	for (unsigned i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .m = &m, .n = i };
		assert_int_equal(pthread_create(&threads[i], NULL, conflict, &workers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		failed += workers[i].failed;
	}
	assert_int_equal(failed, (THREADS - 1) * EACH);
	assert_true(zy_vault_check(m.v, &n, &err));
	assert_int_equal(n.open_intents, EACH);
	assert_int_equal(n.events, EACH);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commits_that_wait_together_share_a_transaction_and_all_are_kept),
		cmocka_unit_test(threads_that_meet_at_one_new_holder_make_one_subject),
		cmocka_unit_test(a_refused_item_fails_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
