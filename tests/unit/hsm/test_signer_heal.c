/* The signer over a module that has accidents: what heals without a person, and what is said when it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "helpers/signer_home.h"
#include "helpers/signing_load.h"
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
	return load_sign(hsm, KEY, point, err);
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

static void no_request_fails_while_many_meet_accidents(void **state)
{
	static const char *const words[] = { "close", "logout", "removed" };

	(void)state;
	for (size_t w = 0; w < 3; w++) {
		struct signing_load l = { .hsm = hsm, .key = KEY, .point = point, .rounds = 40 };

		accident(words[w], 6);
		assert_true(load_start(&l, 24));
		assert_int_equal(load_end(&l), 0);
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
	struct signing_load l = { .hsm = hsm, .key = KEY, .point = point };
	pid_t host;

	(void)state;
	assert_true(load_start(&l, 8));
	for (int i = 0; i < 3; i++) {
		load_wait_for_more(&l, 100);
		while ((host = home_host(home.signer)) <= 1)
			sched_yield();
		kill(host, SIGKILL);
		load_wait_for_more(&l, 100);
		while ((host = home_host(home.signer)) <= 1)
			sched_yield();
		kill(home.signer, SIGKILL);
		waitpid(home.signer, NULL, 0); /* ours the first time only */
		load_wait_for_more(&l, 100);
		home.signer = host;
		wait_for_supervisor(host);
	}
	assert_int_equal(load_end(&l), 0);
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
