/* Threads that sign at the same time share frames: each gets what it asked for, and no other's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>

#include "helpers/signer_home.h"
#include "helpers/verify_rs.h"
#include "zy/hsm.h"

#define KEY "pkcs11:token=soft;object=k"
#define THREADS 48
#define ROUNDS 25

static struct signer_home home;
static struct zy_hsm *hsm;
static uint8_t point[65];

static int make(void **state)
{
	struct zy_error err = { 0 };
	enum zy_key_kind kind;
	int status;

	(void)state;
	home_make(&home);
	home_soft_token(&home, "soft", SOFTHSM_MODULE);
	if (home_run(&home, "soft", "--init") != 0 || !home_start(&home, "soft", &status) ||
	    !zy_hsm_open(&hsm, home.path, &err) || !zy_hsm_generate(hsm, KEY, ZY_KEY_P256, ZY_USE_TRUST, &err) ||
	    !zy_hsm_public(hsm, KEY, &kind, point, &err))
		return 1;
	return 0;
}

static int remove_all(void **state)
{
	(void)state;
	zy_hsm_close(hsm);
	home_stop(&home, SIGTERM);
	home_remove(&home);
	return 0;
}

struct signing {
	pthread_t id;
	unsigned n;
	unsigned good, refused;
	char why[256]; /* what went wrong */
};

/* Every third asks for what the key was not made for, every seventh for a message that fills most of a frame. */
static void sign_once(struct signing *s, unsigned round, uint8_t *large)
{
	const bool bad = (s->n + round) % 3 == 0;
	const size_t len = (s->n + round) % 7 == 0 ? (size_t)200 << 10 : 64;
	struct zy_sign_request q = { .key = KEY, .use = bad ? ZY_USE_SHOWING : ZY_USE_TRUST };
	struct zy_error err = { 0 };
	uint8_t rs[64];
	bool ok;

	snprintf((char *)large, 64, "thread %u, round %u", s->n, round);
	q.message = ZY_BYTES(large, len);
	ok = zy_hsm_sign(hsm, &q, rs, &err);
	if (ok == bad || (!ok && err.code != ZY_E_KEY_USE))
		snprintf(s->why, sizeof(s->why), "%s: %s", zy_code_name(err.code), err.msg);
	else if (ok && !verify_rs(ZY_KEY_P256, point, q.message, rs))
		snprintf(s->why, sizeof(s->why), "the signature is of another message");
	s->good += ok;
	s->refused += !ok;
}

static void *sign_on(void *arg)
{
	struct signing *s = arg;
	uint8_t *large = calloc(1, (size_t)200 << 10);

	for (unsigned i = 0; i < ROUNDS && s->why[0] == 0; i++)
		sign_once(s, i, large);
	free(large);
	return NULL;
}

static void each_thread_gets_its_own_signature_or_refusal(void **state)
{
	struct signing s[THREADS];
	unsigned good = 0, refused = 0;

	(void)state;
	for (unsigned i = 0; i < THREADS; i++) {
		s[i] = (struct signing){ .n = i };
		assert_int_equal(pthread_create(&s[i].id, NULL, sign_on, &s[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(s[i].id, NULL);
		assert_string_equal(s[i].why, "");
		good += s[i].good;
		refused += s[i].refused;
	}
	assert_int_equal(good + refused, THREADS * ROUNDS);
	assert_int_equal(refused, THREADS * ROUNDS / 3);
}

/* More than a frame takes, by number and by size, with some that are refused. */
static void a_batch_is_signed_in_its_order(void **state)
{
	enum { NUM = 150 };
	struct zy_signing_job *jobs = calloc(NUM, sizeof(*jobs));
	uint8_t *messages = calloc(NUM, 8192);
	struct zy_error err = { 0 };

	(void)state;
	for (unsigned i = 0; i < NUM; i++) {
		snprintf((char *)messages + (size_t)8192 * i, 64, "message %u", i);
		jobs[i].q = (struct zy_sign_request){ .key = KEY,
			.use = i % 10 == 0 ? ZY_USE_SHOWING : ZY_USE_TRUST,
			.message = ZY_BYTES(messages + (size_t)8192 * i, 8192) };
	}
	assert_true(zy_hsm_sign_many(hsm, jobs, NUM, &err));
	for (unsigned i = 0; i < NUM; i++) {
		if (i % 10 == 0)
			assert_int_equal(jobs[i].err.code, ZY_E_KEY_USE);
		else
			assert_true(verify_rs(ZY_KEY_P256, point, jobs[i].q.message, jobs[i].rs));
	}
	jobs[7].q.key = "pkcs11:token=other;object=k";
	assert_false(zy_hsm_sign_many(hsm, jobs, NUM, &err));
	assert_int_equal(err.code, ZY_E_KEY_URI);
	assert_true(zy_hsm_sign_many(hsm, jobs, 0, &err));
	free(messages);
	free(jobs);
}

/* A frame whose signer is killed under it is asked again: nobody notices. */
static void nobody_notices_that_the_signer_died(void **state)
{
	struct signing s[THREADS];

	(void)state;
	for (unsigned i = 0; i < THREADS; i++) {
		s[i] = (struct signing){ .n = i };
		assert_int_equal(pthread_create(&s[i].id, NULL, sign_on, &s[i]), 0);
	}
	for (unsigned i = 0; i < 3; i++) {
		pid_t host;

		while ((host = home_host(home.signer)) == 0)
			nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
		kill(host, SIGKILL);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(s[i].id, NULL);
		assert_string_equal(s[i].why, "");
		assert_int_equal(s[i].good + s[i].refused, ROUNDS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_thread_gets_its_own_signature_or_refusal),
		cmocka_unit_test(a_batch_is_signed_in_its_order),
		cmocka_unit_test(nobody_notices_that_the_signer_died),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
