/* The real zhengyin-signer on SM2 keys in a TPM (swtpm, started here), through its client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers/signer_home.h"
#include "helpers/swtpm.h"
#include "helpers/verify_rs.h"
#include "zy/hsm.h"

#define TPM_MODULE ZY_BIN_DIR "/../lib/zy-tpm-token.so"
#define MECHANISM 0x80005a02u
#define KEY "pkcs11:token=tpm;object=seal"

static struct signer_home home;
static struct zy_hsm *hsm;
static pid_t swtpm;

static void start_swtpm(void)
{
	char folder[600];

	snprintf(folder, sizeof(folder), "%s/tokens", home.path);
	swtpm = swtpm_start(folder);
}

static void stop_swtpm(void)
{
	swtpm_stop(&swtpm);
}

static void configure(const char *input, const char *output)
{
	home_write(&home, "tokens/tpm.conf", "tcti = unix:tpm.sock\nstate = tpm-state\ninput = %s\noutput = %s\n",
	    input, output);
	home_write(&home, "signer/tpm.json",
	    "{\"module\":\"%s\",\"label\":\"zy-tpm\",\"pin_file\":\"tokens/tpm.pin\",\"so_pin_file\":\"tokens/tpm.so\","
	    "\"sessions\":2,\"environment\":{\"ZY_TPM_TOKEN_CONF\":\"tokens/tpm.conf\"},"
	    "\"sm2\":{\"mechanism\":%u,\"input\":\"%s\",\"output\":\"%s\"}}",
	    TPM_MODULE, MECHANISM, input, output);
}

static void start(void)
{
	int status = 0;

	if (!home_start(&home, "tpm", &status))
		fail_msg("the signer stopped with %d", status);
}

static int make(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	home_make(&home);
	configure("e", "rs");
	start_swtpm();
	return !zy_hsm_open(&hsm, home.path, &err);
}

static int remove_all(void **state)
{
	(void)state;
	zy_hsm_close(hsm);
	stop_swtpm();
	home_remove(&home);
	return 0;
}

static void must(bool ok, const struct zy_error *err)
{
	if (!ok)
		fail_msg("%s (%s): %s", zy_code_name(err->code), err->field, err->msg);
}

static void a_signature_made_now_verifies(void)
{
	struct zy_sign_request q = { .key = KEY, .use = ZY_USE_TRUST, .message = ZY_LITERAL("SES_SealInfo") };
	struct zy_error err = { 0 };
	uint8_t point[65], rs[64];
	enum zy_key_kind kind;

	must(zy_hsm_sign(hsm, &q, rs, &err), &err);
	must(zy_hsm_public(hsm, KEY, &kind, point, &err), &err);
	assert_int_equal(kind, ZY_KEY_SM2);
	assert_true(verify_rs(kind, point, q.message, rs));
	assert_false(verify_rs(kind, point, ZY_LITERAL("SES_SealInf0"), rs));
}

static void an_sm2_key_is_made_in_the_tpm_and_signs_with_the_usual_id(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	assert_int_equal(home_run(&home, "tpm", "--init"), 0);
	start();
	must(zy_hsm_generate(hsm, KEY, ZY_KEY_SM2, ZY_USE_TRUST, &err), &err);
	a_signature_made_now_verifies();
}

static void every_input_and_output_form_gives_the_same_signatures_also_after_faults(void **state)
{
	static const char *const inputs[] = { "message", "id-message", "e" }, *const outputs[] = { "der", "rs" };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (size_t o = 0; o < 2; o++) {
			home_stop(&home, SIGTERM);
			configure(inputs[i], outputs[o]);
			start();
			a_signature_made_now_verifies();
			stop_swtpm();
			start_swtpm();
			a_signature_made_now_verifies();
			kill(home_host(home.signer), SIGKILL);
			a_signature_made_now_verifies();
		}
}

static void a_tpm_that_lost_its_power_is_taken_up_again(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		stop_swtpm();
		start_swtpm();
		a_signature_made_now_verifies();
	}
}

static void an_absent_tpm_is_a_token_error_and_no_more_than_that(void **state)
{
	struct zy_sign_request q = { .key = KEY, .use = ZY_USE_TRUST, .message = ZY_LITERAL("m") };
	struct zy_error err = { 0 };
	uint8_t rs[64];

	(void)state;
	stop_swtpm();
	zy_hsm_wait(hsm, 1000);
	assert_false(zy_hsm_sign(hsm, &q, rs, &err));
	zy_hsm_wait(hsm, 10000);
	assert_string_equal(zy_code_name(err.code), "token");
	start_swtpm();
	a_signature_made_now_verifies();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_sm2_key_is_made_in_the_tpm_and_signs_with_the_usual_id),
		cmocka_unit_test(every_input_and_output_form_gives_the_same_signatures_also_after_faults),
		cmocka_unit_test(a_tpm_that_lost_its_power_is_taken_up_again),
		cmocka_unit_test(an_absent_tpm_is_a_token_error_and_no_more_than_that),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
