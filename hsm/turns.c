#include "turns.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "pace.h"

#define HELD_UP_MS 50

struct zy_turns {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct zy_pace pace; /* under lock */
	unsigned num, few;
	atomic_uint serving; /* workers below it serve; set under lock */
	atomic_llong *since; /* of each worker: monotonic ms of the request that it serves, 0: none */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + 1; /* never 0 */
}

bool zy_turns_open(struct zy_turns **out, unsigned num, struct zy_error *err)
{
	struct zy_turns *t = calloc(1, sizeof(*t));
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (t == NULL || (t->since = calloc(num, sizeof(*t->since))) == NULL) {
		free(t);
		return zy_fail(err, ZY_E_NO_MEMORY, "server", ZY_NOWHERE, "no memory for the workers");
	}
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->more, NULL);
	t->num = num;
	/* one processor is left to those who ask */
	t->few = cores < 3 ? 2 : (unsigned)cores - 1;
	t->few = t->few < num ? t->few : num;
	atomic_init(&t->serving, t->few);
	*out = t;
	return true;
}

void zy_turns_close(struct zy_turns *t)
{
	if (t == NULL)
		return;
	pthread_cond_destroy(&t->more);
	pthread_mutex_destroy(&t->lock);
	free(t->since);
	free(t);
}

void zy_turns_wait(struct zy_turns *t, unsigned worker)
{
	if (worker < atomic_load_explicit(&t->serving, memory_order_relaxed))
		return;
	pthread_mutex_lock(&t->lock);
	while (worker >= atomic_load(&t->serving))
		pthread_cond_wait(&t->more, &t->lock);
	pthread_mutex_unlock(&t->lock);
}

/* Locked. */
static void set_serving(struct zy_turns *t, unsigned serving)
{
	const unsigned before = atomic_exchange(&t->serving, serving);

	if (serving > before)
		pthread_cond_broadcast(&t->more);
}

void zy_turns_begin(struct zy_turns *t, unsigned worker)
{
	atomic_store_explicit(&t->since[worker], now_ms(), memory_order_relaxed);
}

void zy_turns_end(struct zy_turns *t, unsigned worker, uint64_t us)
{
	atomic_store_explicit(&t->since[worker], 0, memory_order_relaxed);
	if (us == 0)
		return;
	pthread_mutex_lock(&t->lock);
	zy_pace_look(&t->pace, us, now_ms());
	if (!zy_pace_is_quick(&t->pace, now_ms()))
		set_serving(t, t->num);
	pthread_mutex_unlock(&t->lock);
}

void zy_turns_tick(struct zy_turns *t)
{
	const int64_t now = now_ms();
	unsigned held_up = 0;

	for (unsigned i = 0; i < t->num; i++) {
		const long long since = atomic_load_explicit(&t->since[i], memory_order_relaxed);

		held_up += since != 0 && now - since >= HELD_UP_MS;
	}
	pthread_mutex_lock(&t->lock);
	if (!zy_pace_is_quick(&t->pace, now) || held_up >= t->num - t->few)
		set_serving(t, t->num);
	else
		set_serving(t, t->few + held_up);
	pthread_mutex_unlock(&t->lock);
}

void zy_turns_leave(struct zy_turns *t)
{
	pthread_mutex_lock(&t->lock);
	set_serving(t, t->num);
	pthread_mutex_unlock(&t->lock);
}
