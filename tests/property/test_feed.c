/* The feed of a vault whose owner is killed again and again: no gap, nothing twice under another id, nothing of a write
 * that was not committed, and all that was acknowledged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "vault_made.h"
#include "zy/feed.h"

enum { ROUNDS = 16, THREADS = 3, ACKS_MAX = 25, EVENTS_MAX = 20000 };

static uint64_t seed = 20260301;

static uint64_t next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

struct worker {
	struct made_vault *m;
	unsigned round, n;
	int out;
};

/* What is said in the pipe was durable before: the licence's identifier. */
static void *mint_for_ever(void *arg)
{
	struct worker *w = arg;

	for (unsigned item = 0;; item++) {
		char request[64], id[ZY_IDENTIFIER_MAX + 1] = { 0 };
		struct zy_error err = { 0 };

		snprintf(request, sizeof(request), "%u %u %u", w->round, w->n, item);
		if (!made_mint(w->m, request, w->n, 300, id, &err) ||
		    (item % 3 == 1 && !zy_vault_set_status(w->m->v, id, ZY_STATUS_SUSPENDED, "inquiry", &err)))
			made_fail("mint", &err);
		if (write(w->out, id, sizeof(id)) != sizeof(id))
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

/* A consumer: it keeps its position and the ids that it saw. */
struct consumer {
	struct made_vault *m;
	uint64_t position; /* of the next event */
	uint64_t most;     /* stop early, as one that is cut off */
	zy_time last;
	uint8_t ids[EVENTS_MAX][ZY_HASH_LEN];
	uint64_t seen; /* ids that are set */
	char *minted[EVENTS_MAX];
	size_t num_minted;
};

static bool take(void *arg, const struct zy_feed_event *e)
{
	struct consumer *c = arg;

	assert_int_equal(e->seq, c->position);
	assert_true(e->seq < EVENTS_MAX && e->at >= c->last);
	c->last = e->at;
	if (e->seq <= c->seen) /* again: it is the same one */
		assert_memory_equal(e->id, c->ids[e->seq - 1], ZY_HASH_LEN);
	else {
		assert_int_equal(e->seq, c->seen + 1);
		memcpy(c->ids[c->seen++], e->id, ZY_HASH_LEN);
		if (strcmp(e->what, "mint") == 0)
			c->minted[c->num_minted++] = strndup((const char *)e->about.p, e->about.len);
	}
	c->position++;
	return --c->most > 0;
}

static void consume(struct consumer *c, uint64_t from, uint64_t most)
{
	struct zy_error err = { 0 };
	uint64_t after;

	c->position = from;
	c->most = most;
	c->last = 0;
	if (!zy_vault_feed(c->m->v, from, UINT64_MAX, take, c, &after, &err))
		made_fail("feed", &err);
	assert_int_equal(after, c->position);
}

/* Every event of the feed is of something that the vault has. */
static void minted_is_there(struct consumer *c, size_t from)
{
	for (size_t i = from; i < c->num_minted; i++) {
		struct zy_error err = { 0 };
		ZY_ARENA_AUTO a = { 0 };
		struct zy_version v;

		if (!zy_vault_get(c->m->v, c->minted[i], 1, ZY_TIME_NEVER, true, &a, &v, &err))
			made_fail(c->minted[i], &err);
	}
}

static void acknowledged_was_fed(const struct consumer *c, const char *identifier)
{
	bool found = false;

	for (size_t i = 0; i < c->num_minted && !found; i++)
		found = strstr(identifier, c->minted[i]) != NULL;
	assert_true(found);
}

static void kill_round(struct consumer *c, unsigned round)
{
	char acks[4096][ZY_IDENTIFIER_MAX + 1];
	size_t want = 1 + next() % ACKS_MAX, num = 0, before = c->num_minted;
	int pipes[2], status;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	if ((child = fork()) == 0)
		be_the_victim(c->m, round, pipes[1]);
	close(pipes[1]);
	while (num < want)
		assert_int_equal(read(pipes[0], acks[num++], sizeof(acks[0])), sizeof(acks[0]));
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	while (num < 4096 && read(pipes[0], acks[num], sizeof(acks[0])) == sizeof(acks[0]))
		num++;
	close(pipes[0]);
	made_open(c->m);
	consume(c, c->seen + 1, 1 + next() % 40);           /* cut off */
	consume(c, 1 + next() % (c->seen + 1), UINT64_MAX); /* from some position before it, to the end */
	minted_is_there(c, before);
	for (size_t i = 0; i < num; i++)
		acknowledged_was_fed(c, acks[i]);
	made_close(c->m);
}

static void kills_make_no_gap_and_no_ghost(void **state)
{
	struct consumer *c = calloc(1, sizeof(*c));
	struct zy_vault_counts n;
	struct zy_error err = { 0 };
	struct made_vault m;

	(void)state;
	made_vault(&m, ZY_SUITE_INTL);
	made_close(&m);
	c->m = &m;
	for (unsigned round = 0; round < ROUNDS; round++)
		kill_round(c, round);
	made_open(&m);
	assert_true(zy_vault_count(m.v, &n, &err));
	assert_int_equal(n.events, c->seen);
	for (size_t i = 0; i < c->num_minted; i++)
		free(c->minted[i]);
	free(c);
	made_remove(&m);
}

int main(void)
{
	const char *again = getenv("ZY_TEST_SEED");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kills_make_no_gap_and_no_ghost),
	};

	if (again != NULL)
		seed = strtoull(again, NULL, 10);
	printf("ZY_TEST_SEED=%llu\n", (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
