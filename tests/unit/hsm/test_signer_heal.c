/* The signer over a module that has accidents: what heals without a person, and what is said when it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#include "helpers/signer_home.h"
#include "helpers/verify_rs.h"
#include "hsm/protocol.h"
#include "zy/hsm.h"

#define KEY "pkcs11:token=soft;object=k"
#define MODULE ZY_BIN_DIR "/../tests/faulty_token.so"

static struct signer_home home;
static struct zy_hsm *hsm;
static uint8_t point[65];

static void accident(const char *word, int count)
{
	home_write(&home, "tokens/soft.conf.fault", "%s %d\n", word, count);
}

static bool sign(struct zy_error *err)
{
	struct zy_sign_request q = { .key = KEY, .use = ZY_USE_TRUST, .message = ZY_LITERAL("message") };
	uint8_t rs[64];

	return zy_hsm_sign(hsm, &q, rs, err) && verify_rs(ZY_KEY_P256, point, q.message, rs);
}

static int make(void **state)
{
	struct zy_error err = { 0 };
	enum zy_key_kind kind;
	int status;

	(void)state;
	home_make(&home);
	home_soft_token(&home, "soft", MODULE);
	return home_run(&home, "soft", "--init") != 0 || !home_start(&home, "soft", &status) ||
	       !zy_hsm_open(&hsm, home.path, &err) || !zy_hsm_generate(hsm, KEY, ZY_KEY_P256, ZY_USE_TRUST, &err) ||
	       !zy_hsm_public(hsm, KEY, &kind, point, &err);
}

static int remove_all(void **state)
{
	(void)state;
	zy_hsm_close(hsm);
	home_remove(&home);
	return 0;
}

static void heals(const char *word, int count, const char *ckr)
{
	struct zy_error err = { 0 };

	for (int i = 0; i < 5; i++) {
		accident(word, count);
		if (!sign(&err))
			fail_msg("%s: %s", zy_code_name(err.code), err.msg);
	}
	assert_true(home_logged(&home, "soft", ckr));
}

static void a_lost_session_is_opened_again(void **state)
{
	(void)state;
	heals("close", 1, "CKR_SESSION_HANDLE_INVALID");
}

static void a_lost_login_is_made_again(void **state)
{
	(void)state;
	heals("logout", 1, "\"token-fault\"");
}

static void a_device_that_is_away_for_a_moment_is_waited_for(void **state)
{
	(void)state;
	heals("removed", 3, "CKR_DEVICE_REMOVED");
}

static void a_device_that_stays_away_is_a_token_error_in_time(void **state)
{
	struct zy_error err = { 0 };
	struct timespec a, b;

	(void)state;
	zy_hsm_wait(hsm, 3000);
	accident("removed", 1000000);
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_false(sign(&err));
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_int_equal(err.code, ZY_E_TOKEN);
	assert_non_null(strstr(err.msg, "CKR_DEVICE_REMOVED"));
	assert_true(b.tv_sec - a.tv_sec >= 2); /* as long as the client said */
	zy_hsm_wait(hsm, ZY_HSM_WAIT_MS);
	accident("removed", 0);
	err = (struct zy_error){ 0 };
	assert_true(sign(&err));
}

#define THREADS 24
#define ROUNDS 40
static void *sign_many(void *bad)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct zy_error err = { 0 };

		if (!sign(&err)) {
			fprintf(stderr, "%s: %s\n", zy_code_name(err.code), err.msg);
			atomic_fetch_add((atomic_int *)bad, 1);
		}
	}
	return NULL;
}

static void no_request_fails_while_many_meet_accidents(void **state)
{
	static const char *const words[] = { "close", "logout", "removed" };
	pthread_t threads[THREADS];
	atomic_int bad = 0;

	(void)state;
	for (size_t w = 0; w < 3; w++) {
		accident(words[w], 6);
		for (size_t i = 0; i < THREADS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, sign_many, &bad), 0);
		for (size_t i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
		assert_int_equal(atomic_load(&bad), 0);
	}
}

static void a_module_that_says_it_was_never_initialised_is_initialised(void **state)
{
	(void)state;
	heals("finalised", 2, "CKR_CRYPTOKI_NOT_INITIALIZED");
}

static void a_module_that_stays_broken_leaves_with_its_process(void **state)
{
	pid_t before = home_host(home.signer);
	struct zy_error err = { 0 };

	(void)state;
	assert_true(before > 1);
	accident("finalised", 4);
	assert_true(sign(&err));
	assert_int_not_equal(home_host(home.signer), before);
	assert_true(home_logged(&home, "soft", "module-broken"));
}

static void a_module_that_crashes_costs_no_request(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	accident("crash", 1);
	assert_true(sign(&err));
	assert_true(home_logged(&home, "soft", "host-ended"));
}

struct load {
	atomic_int bad, done;
	atomic_bool stop;
};

static void *sign_on(void *arg)
{
	struct load *l = arg;

	while (!atomic_load(&l->stop)) {
		struct zy_error err = { 0 };

		if (!sign(&err)) {
			fprintf(stderr, "%s: %s\n", zy_code_name(err.code), err.msg);
			atomic_fetch_add(&l->bad, 1);
		}
		atomic_fetch_add(&l->done, 1);
	}
	return NULL;
}

static void wait_for_more(struct load *l, int num)
{
	int from = atomic_load(&l->done);

	while (atomic_load(&l->done) < from + num)
		sched_yield();
}

/* A host that takes over writes its pid when it is the supervisor; before that a SIGTERM would be lost among what tells
 * it of the death. */
static void wait_for_supervisor(pid_t pid)
{
	char path[1024];
	long is = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/run/soft.pid", home.path);
	while (is != (long)pid) {
		if ((f = fopen(path, "r")) != NULL) {
			if (fscanf(f, "%ld", &is) != 1)
				is = 0;
			fclose(f);
		}
		sched_yield();
	}
}

static void no_request_fails_when_host_or_supervisor_is_killed_under_load(void **state)
{
	pthread_t threads[8];
	struct load l = { 0 };
	pid_t host;

	(void)state;
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, sign_on, &l), 0);
	for (int i = 0; i < 3; i++) {
		wait_for_more(&l, 100);
		while ((host = home_host(home.signer)) <= 1)
			sched_yield();
		kill(host, SIGKILL);
		wait_for_more(&l, 100);
		while ((host = home_host(home.signer)) <= 1)
			sched_yield();
		kill(home.signer, SIGKILL);
		waitpid(home.signer, NULL, 0); /* ours the first time only */
		wait_for_more(&l, 100);
		home.signer = host;
		wait_for_supervisor(host);
	}
	atomic_store(&l.stop, true);
	for (size_t i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&l.bad), 0);
	/* not our child any more: ended by signal alone */
	assert_int_equal(kill(home.signer, SIGTERM), 0);
	home_wait_gone(home.signer);
	home.signer = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lost_session_is_opened_again),
		cmocka_unit_test(a_lost_login_is_made_again),
		cmocka_unit_test(a_device_that_is_away_for_a_moment_is_waited_for),
		cmocka_unit_test(a_device_that_stays_away_is_a_token_error_in_time),
		cmocka_unit_test(no_request_fails_while_many_meet_accidents),
		cmocka_unit_test(a_module_that_says_it_was_never_initialised_is_initialised),
		cmocka_unit_test(a_module_that_stays_broken_leaves_with_its_process),
		cmocka_unit_test(a_module_that_crashes_costs_no_request),
		cmocka_unit_test(no_request_fails_when_host_or_supervisor_is_killed_under_load),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
