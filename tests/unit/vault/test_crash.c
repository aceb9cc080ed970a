#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "vault_made.h"

enum { ROUNDS = 20, THREADS = 4, ACKS_MAX = 60 };

struct ack {
	unsigned round, thread, item;
};

struct worker {
	struct made_vault *m;
	unsigned round, n;
	int out;
};

static void name_request(const struct ack *a, char out[64])
{
	snprintf(out, 64, "round %u thread %u item %u", a->round, a->thread, a->item);
}

/* Mints until it is killed, and says so after each: what was said must be there afterwards. */
static void *mint_for_ever(void *arg)
{
	struct worker *w = arg;
	struct ack a = { .round = w->round, .thread = w->n };
	char request[64], id[ZY_IDENTIFIER_MAX + 1];

	for (;; a.item++) {
		struct zy_error err = { 0 };

		name_request(&a, request);
		if (!made_mint(w->m, request, w->n, 5000, id, &err))
			made_fail("mint", &err);
		if (write(w->out, &a, sizeof(a)) != sizeof(a)) /* atomic: less than PIPE_BUF */
			_exit(1);
	}
	return NULL;
}

static void be_the_victim(struct made_vault *m, unsigned round, int out)
{
	struct worker workers[THREADS];
	pthread_t thread;

	made_open(m);
	for (unsigned i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .m = m, .round = round, .n = i, .out = out };
		if (pthread_create(&thread, NULL, mint_for_ever, &workers[i]) != 0)
			_exit(1);
	}
	pthread_join(thread, NULL);
	_exit(1);
}

static void acknowledged_is_there(struct made_vault *m, const struct ack *a)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO arena = { 0 };
	struct zy_version v;
	struct zy_intent in;
	char request[64];

	name_request(a, request);
	assert_true(made_intend(m, request, 1, MADE_SCOPE, &in, &err));
	assert_int_equal(in.state, ZY_INTENT_DONE);
	assert_true(zy_vault_get(m->v, in.licence, 0, ZY_TIME_NEVER, true, &arena, &v, &err));
	assert_int_equal(v.files[0].bytes.len, 5000);
}

/* Kills the child after it has acknowledged some items, at whatever point of the next ones it is. */
static void kill_round(struct made_vault *m, unsigned round)
{
	unsigned want = 1 + (round * 7919u) % ACKS_MAX;
	struct zy_vault_counts n;
	struct zy_error err = { 0 };
	struct ack a;
	int pipes[2], status;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	if ((child = fork()) == 0)
		be_the_victim(m, round, pipes[1]);
	close(pipes[1]);
	for (unsigned i = 0; i < want; i++)
		assert_int_equal(read(pipes[0], &a, sizeof(a)), sizeof(a));
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	made_open(m);
	acknowledged_is_there(m, &a);
	while (read(pipes[0], &a, sizeof(a)) == sizeof(a)) /* said between our last read and its death */
		acknowledged_is_there(m, &a);
	close(pipes[0]);
	if (!zy_vault_check(m->v, &n, &err))
		made_fail("check", &err);
	assert_true(n.open_intents <= (round + 1) * THREADS);
	made_close(m);
}

static void what_was_acknowledged_survives_kill_9(void **state)
{
	struct zy_vault_counts n;
	struct zy_error err = { 0 };
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	made_close(&m);
	for (unsigned round = 0; round < ROUNDS; round++)
		kill_round(&m, round);
	made_open(&m);
	assert_true(zy_vault_count(m.v, &n, &err));
	assert_true(n.versions >= ROUNDS);
	made_remove(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_acknowledged_survives_kill_9),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
