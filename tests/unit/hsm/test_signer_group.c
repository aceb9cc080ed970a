/* Two real signers on two SoftHSM2 tokens that were given the same key, asked as one group; keys and PINs that change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers/signer_home.h"
#include "helpers/signing_load.h"
#include "zy/hsm.h"

#define MODULE ZY_BIN_DIR "/../tests/faulty_token.so"
#define POOL "pkcs11:token=pool;object=k"

static struct signer_home a, b; /* one folder, two signers */
static struct zy_hsm *hsm;
static uint8_t point[65];

__attribute__((format(printf, 1, 2))) static bool shell(const char *fmt, ...)
{
	char command[2048];
	int n = snprintf(command, sizeof(command), "cd '%s' && exec >shell.log 2>&1; ", a.path);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command + n, sizeof(command) - (size_t)n, fmt, ap);
	va_end(ap);
	return system(command) == 0;
}

static void configure(const char *token)
{
	char file[64];

	home_soft_token(&a, token, MODULE);
	snprintf(file, sizeof(file), "signer/%s.json", token);
	home_write(&a, file,
	    "{\"module\":\"%s\",\"label\":\"%s\",\"pin_file\":\"tokens/%s.pin\",\"so_pin_file\":\"tokens/%s.so-pin\","
	    "\"group\":\"pool\",\"demo\":true,\"environment\":{\"SOFTHSM2_CONF\":\"tokens/%s.conf\"}}",
	    MODULE, token, token, token, token);
}

/* softhsm2-util takes PINs as arguments, which nobody does with a real one. */
static bool import(const char *token, const char *label, const char *id)
{
	return shell("SOFTHSM2_CONF=tokens/%s.conf softhsm2-util --import key.pem --token %s --label %s --id %s "
		     "--pin $(cat tokens/%s.pin)",
	    token, token, label, id, token);
}

static int make(void **state)
{
	struct zy_error err = { 0 };
	enum zy_key_kind kind;
	int status;

	(void)state;
	home_make(&a);
	configure("a");
	configure("b");
	for (int i = 0; i < 2; i++) {
		const char *token = i == 0 ? "a" : "b";

		/* the first start makes the journal, which a signer with keys must have */
		if (home_run(&a, token, "--init") != 0 || !home_start(&a, token, &status))
			return 1;
		home_stop(&a, SIGTERM);
		home_write(&a, i == 0 ? "signer/a.keys.json" : "signer/b.keys.json",
		    "{\"k\":{\"kind\":\"p256\",\"uses\":[\"trust\"]}}");
	}
	if (!shell("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem") ||
	    !import("a", "k", "01") || !import("b", "k", "01"))
		return 1;
	b = a;
	return !home_start(&a, "a", &status) || !home_start(&b, "b", &status) || !zy_hsm_open(&hsm, a.path, &err) ||
	       !zy_hsm_public(hsm, POOL, &kind, point, &err);
}

static int remove_all(void **state)
{
	(void)state;
	zy_hsm_close(hsm);
	home_stop(&b, SIGKILL);
	home_remove(&a);
	return 0;
}

static bool sign(const char *key, struct zy_error *err)
{
	return load_sign(hsm, key, point, err);
}

static void no_request_to_a_group_fails_while_one_of_its_signers_is_gone(void **state)
{
	struct signing_load l = { .hsm = hsm, .key = POOL, .point = point };
	int status;

	(void)state;
	assert_true(load_start(&l, 6));
	for (int i = 0; i < 4; i++) {
		struct signer_home *h = i % 2 == 0 ? &a : &b;

		load_wait_for_more(&l, 50);
		home_stop(h, i < 2 ? SIGKILL : SIGTERM);
		load_wait_for_more(&l, 50);
		assert_true(home_start(h, i % 2 == 0 ? "a" : "b", &status));
	}
	assert_int_equal(load_end(&l), 0);
}

static void a_group_whose_signers_are_all_gone_is_absent(void **state)
{
	struct zy_error err = { 0 };
	int status;

	(void)state;
	zy_hsm_wait(hsm, 300);
	home_stop(&a, SIGTERM);
	home_stop(&b, SIGTERM);
	assert_false(sign(POOL, &err));
	assert_int_equal(err.code, ZY_E_SIGNER_ABSENT);
	zy_hsm_wait(hsm, ZY_HSM_WAIT_MS);
	assert_true(home_start(&a, "a", &status) && home_start(&b, "b", &status));
}

static void a_key_is_made_in_one_token_not_in_a_group(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	assert_false(zy_hsm_generate(hsm, "pkcs11:token=pool;object=new", ZY_KEY_P256, ZY_USE_TRUST, &err));
	assert_int_equal(err.code, ZY_E_KEY_URI);
}

static void a_new_key_is_found_without_a_restart(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	assert_false(sign("pkcs11:token=a;object=late", &err));
	assert_int_equal(err.code, ZY_E_NOT_FOUND);
	assert_true(import("a", "late", "02"));
	home_write(&a, "signer/a.keys.json",
	    "{\"k\":{\"kind\":\"p256\",\"uses\":[\"trust\"]},\"late\":{\"kind\":\"p256\",\"uses\":[\"trust\"]}}");
	err = (struct zy_error){ 0 };
	if (!sign("pkcs11:token=a;object=late", &err))
		fail_msg("%s: %s", zy_code_name(err.code), err.msg);
}

static void a_removed_key_is_not_found_and_harms_no_other(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	assert_true(shell("for t in privkey pubkey; do SOFTHSM2_CONF=tokens/a.conf pkcs11-tool --module " SOFTHSM_MODULE
			  " --token-label a --login --pin $(cat tokens/a.pin) --delete-object --type $t "
			  "--label late; done"));
	assert_false(sign("pkcs11:token=a;object=late", &err));
	assert_int_equal(err.code, ZY_E_NOT_FOUND);
	err = (struct zy_error){ 0 };
	assert_true(sign("pkcs11:token=a;object=k", &err));
}

static void log_out(void)
{
	home_write(&a, "tokens/a.conf.fault", "logout 1\n");
}

static void a_changed_pin_is_read_again_and_a_wrong_one_tried_once(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	assert_true(shell("cp -p tokens/a.pin old"));
	home_write(&a, "tokens/a.pin", "wrong-pin\n");
	log_out();
	assert_false(sign("pkcs11:token=a;object=k", &err));
	assert_int_equal(err.code, ZY_E_PIN);
	assert_non_null(strstr(err.msg, "CKR_PIN_INCORRECT"));
	err = (struct zy_error){ 0 };
	assert_false(sign("pkcs11:token=a;object=k", &err));
	assert_int_equal(err.code, ZY_E_PIN);
	assert_non_null(strstr(err.msg, "before")); /* the token was not asked */
	/* a fresh process does not ask it either: the supervisor would ask again and again */
	kill(home_host(a.signer), SIGKILL);
	zy_hsm_wait(hsm, 500);
	err = (struct zy_error){ 0 };
	assert_false(sign("pkcs11:token=a;object=k", &err));
	zy_hsm_wait(hsm, ZY_HSM_WAIT_MS);
	/* SoftHSM2 takes the old PIN in a process that has seen it, so the fresh one is the proof */
	assert_true(shell("SOFTHSM2_CONF=tokens/a.conf pkcs11-tool --module " SOFTHSM_MODULE
			  " --token-label a --login --pin $(cat old) --change-pin --new-pin 24681357"));
	home_write(&a, "tokens/a.pin", "24681357\n");
	err = (struct zy_error){ 0 };
	if (!sign("pkcs11:token=a;object=k", &err))
		fail_msg("%s: %s", zy_code_name(err.code), err.msg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_request_to_a_group_fails_while_one_of_its_signers_is_gone),
		cmocka_unit_test(a_group_whose_signers_are_all_gone_is_absent),
		cmocka_unit_test(a_key_is_made_in_one_token_not_in_a_group),
		cmocka_unit_test(a_new_key_is_found_without_a_restart),
		cmocka_unit_test(a_removed_key_is_not_found_and_harms_no_other),
		cmocka_unit_test(a_changed_pin_is_read_again_and_a_wrong_one_tried_once),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
