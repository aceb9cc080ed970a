/* drill hsm: keys must not go away. A home of its own, load through the real client, and SIGKILL for all that holds
 * keys, one after the other. */
#include "drill.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define THREADS 4 /* for each key */
#define NUM_KEYS 2
#define NUM_ASKERS (THREADS * NUM_KEYS)
#define LOAD_MS 400 /* between kills */

struct asker {
	pthread_t id;
	struct zy_drill *d;
	const char *key;
	atomic_llong answers;
};

int64_t zy_drill_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static void raise_to(atomic_llong *most, long long v)
{
	long long seen = atomic_load(most);

	while (seen < v && !atomic_compare_exchange_weak(most, &seen, v))
		continue;
}

/* Signs without end; how long each answer took is the pause that a client saw. */
static void *ask(void *arg)
{
	struct asker *a = arg;
	const struct zy_sign_request q = { .key = a->key, .use = ZY_USE_SHOWING, .message = ZY_LITERAL("drill") };

	while (!atomic_load(&a->d->stop)) {
		struct zy_error err = { 0 };
		int64_t begin = zy_drill_now_ms();
		uint8_t rs[64];

		if (!zy_hsm_sign(a->d->hsm, &q, rs, &err)) {
			atomic_fetch_add(&a->d->failed, 1);
			fprintf(stderr, "zhengyin: drill: %s: %s\n", zy_code_name(err.code), err.msg);
		}
		raise_to(&a->d->pause_ms, zy_drill_now_ms() - begin);
		atomic_fetch_add(&a->d->requests, 1);
		atomic_fetch_add(&a->answers, 1);
	}
	return NULL;
}

/* The supervisor's pid from HOME/run/TOKEN.pid, 0 when it cannot be read. */
static pid_t supervisor(const struct zy_drill *d, const char *token)
{
	char path[4352];
	long pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%.4000s/run/%s.pid", d->home, token);
	if ((f = fopen(path, "re")) == NULL)
		return 0;
	if (fscanf(f, "%ld", &pid) != 1 || pid < 2)
		pid = 0;
	fclose(f);
	return (pid_t)pid;
}

/* The child of that process whose program has that name. */
static pid_t child(pid_t parent, const char *program)
{
	char path[64], comm[32];
	long pid, found = 0;
	FILE *f, *c;

	snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", (long)parent, (long)parent);
	if (parent == 0 || (f = fopen(path, "re")) == NULL)
		return 0;
	while (found == 0 && fscanf(f, "%ld", &pid) == 1) {
		snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
		if ((c = fopen(path, "re")) == NULL)
			continue;
		if (fscanf(c, "%31s", comm) == 1 && strcmp(comm, program) == 0)
			found = pid;
		fclose(c);
	}
	fclose(f);
	return (pid_t)found;
}

static const struct victim {
	const char *name, *token, *program; /* program NULL: the supervisor itself */
} victims[] = {
	{ "tpm emulator", "zy-tpm", "swtpm" },
	{ "module host, SM2", "zy-tpm", "zhengyin-signer" },
	{ "module host, P-256", "zy-soft", "zhengyin-signer" },
	{ "signer, SM2", "zy-tpm", NULL },
	{ "signer, P-256", "zy-soft", NULL },
};
#define NUM_VICTIMS (sizeof(victims) / sizeof(victims[0]))

static bool kill_one(const struct zy_drill *d, const struct victim *v, struct zy_error *err)
{
	pid_t pid = 0;

	/* what was killed the round before may be on its way back */
	for (int64_t until = zy_drill_now_ms() + 5000; pid == 0 && zy_drill_now_ms() < until;
	     pause_ms(pid == 0 ? 5 : 0)) {
		pid = supervisor(d, v->token);
		if (v->program != NULL)
			pid = child(pid, v->program);
	}
	return (pid > 1 && kill(pid, SIGKILL) == 0) ||
	       zy_fail(err, ZY_E_SIGNER_ABSENT, "drill", ZY_NOWHERE, "there is no %s to be killed", v->name);
}

/* Until each thread has had two answers more: the second was asked for after the kill. */
static void wait_for_all(struct asker *askers)
{
	for (size_t i = 0; i < NUM_ASKERS; i++)
		for (long long from = atomic_load(&askers[i].answers); atomic_load(&askers[i].answers) < from + 2;)
			pause_ms(5);
}

static bool strike(struct zy_drill *d, const struct victim *v, struct asker *askers, struct zy_error *err)
{
	atomic_store(&d->pause_ms, 0);
	if (!kill_one(d, v, err))
		return false;
	pause_ms(LOAD_MS);
	wait_for_all(askers);
	d->kills++;
	if (atomic_load(&d->pause_ms) > d->longest_ms)
		d->longest_ms = atomic_load(&d->pause_ms);
	d->report(d, v->name, atomic_load(&d->pause_ms));
	return true;
}

static bool make_keys(struct zy_drill *d, const char *const *keys, struct zy_error *err)
{
	return zy_hsm_generate(d->hsm, keys[0], ZY_KEY_SM2, ZY_USE_SHOWING, err) &&
	       zy_hsm_generate(d->hsm, keys[1], ZY_KEY_P256, ZY_USE_SHOWING, err);
}

bool zy_drill_hsm(struct zy_drill *d, struct zy_error *err)
{
	static const char *const keys[NUM_KEYS] = { "pkcs11:token=zy-tpm;object=drill",
		"pkcs11:token=zy-soft;object=drill" };
	struct asker askers[NUM_ASKERS] = { 0 };
	size_t started = 0;
	int64_t until;
	bool ok;

	if (!zy_hsm_open(&d->hsm, d->home, err))
		return false;
	ok = make_keys(d, keys, err);
	for (; ok && started < NUM_ASKERS; started += ok) {
		askers[started].d = d;
		askers[started].key = keys[started % NUM_KEYS];
		ok = pthread_create(&askers[started].id, NULL, ask, &askers[started]) == 0 ||
		     zy_fail(err, ZY_E_NO_MEMORY, "drill", ZY_NOWHERE, "no thread for the drill");
	}
	until = zy_drill_now_ms() + (int64_t)d->seconds * 1000;
	for (size_t i = 0; ok && (i < NUM_VICTIMS || zy_drill_now_ms() < until); i++)
		ok = strike(d, &victims[i % NUM_VICTIMS], askers, err);
	atomic_store(&d->stop, true);
	for (size_t i = 0; i < started; i++)
		pthread_join(askers[i].id, NULL);
	zy_hsm_close(d->hsm);
	return ok;
}
