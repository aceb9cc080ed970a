/* Processes that die by SIGKILL while 16 threads store. ZY_KILL_ROUNDS (default 20) says how often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "vault_made.h"

enum { ROUNDS = 20, ROUNDS_MOST = 100000, OF_ONE_VAULT = 40, THREADS = 16, ACKS_MAX = 60, LEN = 5000 };

struct ack {
	unsigned round, thread, item;
};

/* Of one round; a pipe holds no more than 64 KiB. */
enum { SEEN_MAX = 8192 };
static struct ack seen[SEEN_MAX];

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
		if (!made_mint(w->m, request, w->n, LEN, id, &err))
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

/* Every octet is what the serial says that it was. */
static void is_not_torn(const struct zy_version *v, uint64_t serial)
{
	uint8_t *want = malloc(LEN + 900);

	made_bytes(want, LEN + 900, serial * 1000 + 1);
	assert_int_equal(v->num_files, 2);
	assert_true(zy_bytes_equal(v->files[0].bytes, ZY_BYTES(want, LEN)));
	assert_true(zy_bytes_equal(v->files[1].bytes, ZY_BYTES(want, LEN / 2)));
	assert_true(zy_bytes_equal(v->record, ZY_BYTES(want + LEN, 900)));
	free(want);
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
	is_not_torn(&v, in.serial);
}

/* Kills the child after it has acknowledged some items, at whatever point of the next ones it is. What was said between
 * our last read and its death counts too. */
static size_t kill_round(struct made_vault *m, unsigned round)
{
	unsigned want = 1 + (round * 7919u) % ACKS_MAX;
	size_t acks = 0;
	struct ack a;
	int pipes[2], status;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	if ((child = fork()) == 0)
		be_the_victim(m, round, pipes[1]);
	close(pipes[1]);
	for (unsigned i = 0; i < want; i++)
		assert_int_equal(read(pipes[0], &seen[acks++], sizeof(a)), sizeof(a));
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	while (acks < SEEN_MAX && read(pipes[0], &a, sizeof(a)) == sizeof(a))
		seen[acks++] = a;
	close(pipes[0]);
	made_open(m);
	for (size_t i = 0; i < acks; i++)
		acknowledged_is_there(m, &seen[i]);
	return acks;
}

/* The whole vault, held against itself: not after each round, since it grows. */
static void check_all(struct made_vault *m, unsigned rounds)
{
	struct zy_error err = { 0 };
	struct zy_vault_counts n;

	if (!zy_vault_check(m->v, &n, &err))
		made_fail("check", &err);
	assert_true(n.versions >= rounds);
	assert_true(n.open_intents <= rounds * THREADS);
}

static void what_was_acknowledged_survives_kill_9(void **state)
{
	const char *asked = getenv("ZY_KILL_ROUNDS");
	unsigned rounds = asked == NULL ? ROUNDS : (unsigned)strtoul(asked, NULL, 10) % ROUNDS_MOST, of_one = 0;
	struct made_vault m;
	size_t acks = 0;

	(void)state;
	for (unsigned round = 0; round < rounds; round++) {
		if (of_one++ == 0) {
			made_vault(&m, round / OF_ONE_VAULT % 2 == 0 ? ZY_SUITE_INTL : ZY_SUITE_GM);
			made_close(&m);
		}
		acks += kill_round(&m, round);
		if (of_one % 10 == 0 || round + 1 == rounds)
			check_all(&m, of_one);
		if (of_one == OF_ONE_VAULT || round + 1 == rounds) {
			made_remove(&m);
			of_one = 0;
		} else {
			made_close(&m);
		}
	}
	printf("SIGKILL: %u rounds, %d writers, %zu acknowledged, 0 lost, 0 torn\n", rounds, THREADS, acks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_acknowledged_survives_kill_9),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
