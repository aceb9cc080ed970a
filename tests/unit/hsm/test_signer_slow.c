/* The signer over a token as slow as a device: its clients keep it busy, with one session as with many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "helpers/signer_home.h"
#include "zy/hsm.h"

#define MODULE ZY_BIN_DIR "/../tests/slow_token.so"
#define KEY "pkcs11:token=soft;object=k"
#define THREADS 16

static struct signer_home home;
static struct zy_hsm *hsm;
static atomic_bool stop;
static atomic_int done, bad;

static void configure(unsigned rate, unsigned sessions)
{
	home_write(&home, "tokens/soft.conf.rate", "%u\n", rate);
	home_write(&home, "signer/soft.json",
	    "{\"module\":\"%s\",\"label\":\"soft\",\"pin_file\":\"tokens/soft.pin\",\"so_pin_file\":\"tokens/soft.so-pin\","
	    "\"sessions\":%u,\"environment\":{\"SOFTHSM2_CONF\":\"tokens/soft.conf\"}}",
	    MODULE, sessions);
}

static int make(void **state)
{
	struct zy_error err = { 0 };
	int status;

	(void)state;
	home_make(&home);
	home_soft_token(&home, "soft", MODULE);
	if (home_run(&home, "soft", "--init") != 0 || !home_start(&home, "soft", &status) ||
	    !zy_hsm_open(&hsm, home.path, &err) || !zy_hsm_generate(hsm, KEY, ZY_KEY_P256, ZY_USE_TRUST, &err))
		return 1;
	home_stop(&home, SIGTERM);
	return 0;
}

static int remove_all(void **state)
{
	(void)state;
	zy_hsm_close(hsm);
	home_remove(&home);
	return 0;
}

static void *sign_on(void *arg)
{
	(void)arg;
	while (!atomic_load(&stop)) {
		struct zy_sign_request q = { .key = KEY, .use = ZY_USE_TRUST, .message = ZY_LITERAL("message") };
		struct zy_error err = { 0 };
		uint8_t rs[64];

		atomic_fetch_add(zy_hsm_sign(hsm, &q, rs, &err) ? &done : &bad, 1);
	}
	return NULL;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Signatures a second that clients get, over some 300 of them. */
static double pooled(void)
{
	pthread_t threads[THREADS];
	double begin = now_s(), rate;

	atomic_store(&stop, false);
	atomic_store(&done, 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, sign_on, NULL), 0);
	while (atomic_load(&done) < 300)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	rate = atomic_load(&done) / (now_s() - begin);
	atomic_store(&stop, true);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&bad), 0);
	return rate;
}

static void a_slow_token_is_kept_busy_whatever_the_number_of_sessions(void **state)
{
	static const unsigned rates[] = { 200, 1100 }, sessions[] = { 1, 2, 4, 8 };

	(void)state;
	for (size_t r = 0; r < 2; r++)
		for (size_t s = 0; s < 4; s++) {
			double raw = 0, ours;
			unsigned num = 0;
			struct zy_error err = { 0 };
			int status;

			configure(rates[r], sessions[s]);
			assert_true(home_start(&home, "soft", &status));
			assert_true(zy_hsm_bench(hsm, KEY, 1, &raw, &num, &err));
			ours = pooled();
			home_stop(&home, SIGTERM);
			print_message("%u/s, %u sessions: C_Sign %.0f/s, through the signer %.0f/s, ratio %.2f\n",
			    rates[r], num, raw, ours, ours / raw);
			/* the figures are to be looked at: how near they come depends on who else uses the machine */
			assert_int_equal(num, sessions[s]);
			assert_true(raw > 0 && ours > 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_token_is_kept_busy_whatever_the_number_of_sessions),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
