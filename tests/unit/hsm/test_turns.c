#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "hsm/pace.h"
#include "hsm/turns.h"

#define NUM 70 /* more than any machine of tests has processors */

struct crew {
	struct zy_turns *turns;
	atomic_uint serving;
};

struct worker {
	struct crew *crew;
	unsigned n;
	pthread_t id;
};

static void *wait_once(void *arg)
{
	struct worker *w = arg;

	zy_turns_wait(w->crew->turns, w->n);
	atomic_fetch_add(&w->crew->serving, 1);
	return NULL;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

/* How many may serve at once, asked by threads that each wait for their turn; more_than: as many are waited for. */
static unsigned count(struct crew *c, struct worker workers[NUM], unsigned more_than)
{
	for (unsigned n = 0; n < NUM; n++) {
		workers[n] = (struct worker){ .crew = c, .n = n };
		assert_int_equal(pthread_create(&workers[n].id, NULL, wait_once, &workers[n]), 0);
	}
	for (unsigned i = 0; i < 10000 && atomic_load(&c->serving) <= more_than; i++)
		pause_ms(1);
	pause_ms(20);
	return atomic_load(&c->serving);
}

static void let_all_go(struct crew *c, struct worker workers[NUM])
{
	zy_turns_leave(c->turns);
	for (unsigned n = 0; n < NUM; n++)
		pthread_join(workers[n].id, NULL);
	assert_int_equal(atomic_load(&c->serving), NUM);
	zy_turns_close(c->turns);
}

static struct crew open_crew(void)
{
	struct crew c = { 0 };
	struct zy_error err = { 0 };

	assert_true(zy_turns_open(&c.turns, NUM, &err));
	return c;
}

static void few_workers_serve_a_token_that_signs_by_our_processors(void **state)
{
	struct crew c = open_crew();
	struct worker workers[NUM];
	unsigned serving;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		zy_turns_end(c.turns, 0, 120);
	zy_turns_tick(c.turns);
	serving = count(&c, workers, 1);
	assert_in_range(serving, 2, NUM - 1);
	let_all_go(&c, workers);
}

static void all_workers_serve_a_token_that_takes_its_time(void **state)
{
	struct crew c = open_crew();
	struct worker workers[NUM];

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		zy_turns_end(c.turns, 0, 900);
	assert_int_equal(count(&c, workers, NUM - 1), NUM);
	let_all_go(&c, workers);
}

/* Those that are held up wait for a token, say, that is away; another worker answers who asks meanwhile. */
static void who_is_held_up_is_replaced(void **state)
{
	struct crew c = open_crew();
	struct worker workers[NUM];
	unsigned before, after;

	(void)state;
	before = count(&c, workers, 1);
	zy_turns_begin(c.turns, 0);
	zy_turns_begin(c.turns, 1);
	pause_ms(2 * ZY_TURNS_TICK_MS);
	zy_turns_tick(c.turns);
	for (unsigned i = 0; i < 10000 && atomic_load(&c.serving) < before + 2; i++)
		pause_ms(1);
	after = atomic_load(&c.serving);
	assert_int_equal(after, before + 2);
	let_all_go(&c, workers);
}

static void a_token_is_slow_for_two_seconds_after_eight_slow_looks(void **state)
{
	struct zy_pace p = { 0 };

	(void)state;
	assert_true(zy_pace_is_quick(&p, 1000));
	for (unsigned i = 0; i < 7; i++)
		zy_pace_look(&p, 5000, 1000);
	assert_true(zy_pace_is_quick(&p, 1000));
	zy_pace_look(&p, 5000, 1000);
	assert_false(zy_pace_is_quick(&p, 1000));
	assert_false(zy_pace_is_quick(&p, 2999));
	assert_true(zy_pace_is_quick(&p, 3000));
	for (unsigned i = 0; i < 80; i++) /* one quick one of eight shows that it can be */
		zy_pace_look(&p, i % 8 == 3 ? 100 : 5000, 3000);
	assert_true(zy_pace_is_quick(&p, 3000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_workers_serve_a_token_that_signs_by_our_processors),
		cmocka_unit_test(all_workers_serve_a_token_that_takes_its_time),
		cmocka_unit_test(who_is_held_up_is_replaced),
		cmocka_unit_test(a_token_is_slow_for_two_seconds_after_eight_slow_looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
