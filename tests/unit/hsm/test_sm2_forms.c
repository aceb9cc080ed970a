/* Every form of SM2 that a token may want, under every form that the configuration may say: the right one signs, a
 * wrong one is told what to change, and no signature that does not verify gets out. On keys in a TPM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers/signer_home.h"
#include "helpers/swtpm.h"
#include "helpers/verify_rs.h"
#include "hsm/tokenkey.h"
#include "tpm-token/config.h"

static struct signer_home home;
static pid_t swtpm;
static struct zy_arena arena;
static struct zy_signer_config config;
static const struct zy_log nowhere = { &zy_clock_system, -1 };
static struct zy_key key = { .label = "k", .kind = ZY_KEY_SM2, .uses = ZY_USE_TRUST };

struct form {
	unsigned mechanism;
	unsigned input, output; /* rows of the tables below */
};
static const char *const inputs[] = { "e", "message", "id-message" }, *const outputs[] = { "rs", "der" };

static void tell_token(const struct form *f)
{
	home_write(&home, "tokens/tpm.conf",
	    "tcti = unix:tpm.sock\nstate = state\nmechanism = 0x%08X\ninput = %s\noutput = %s\n", f->mechanism,
	    inputs[f->input], outputs[f->output]);
}

static void tell_signer(const struct form *f)
{
	config.sm2 = (struct zy_sm2_form){ .present = true,
		.mechanism = f->mechanism,
		.input = (enum zy_sm2_input)f->input,
		.output_der = f->output == 1 };
}

static void must(bool ok, const struct zy_error *err)
{
	if (!ok)
		fail_msg("%s (%s): %s", zy_code_name(err->code), err->field, err->msg);
}

static int make(void **state)
{
	const struct form usual = { ZY_TPM_MECHANISM, 0, 0 };
	char path[600];
	struct zy_error err = { 0 };
	struct zy_token *token = NULL;

	(void)state;
	home_make(&home);
	home_write(&home, "signer/tpm.json",
	    "{\"module\":\"%s\",\"label\":\"zy-tpm\",\"pin_file\":\"tokens/tpm.pin\",\"so_pin_file\":\"tokens/tpm.so\","
	    "\"sm2\":{\"mechanism\":1,\"input\":\"e\",\"output\":\"rs\"}}",
	    ZY_BIN_DIR "/../lib/zy-tpm-token.so");
	home_folder(&home, "run");
	must(zy_signer_config_read(&config, home.path, "tpm", 1, &arena, &err), &err);
	snprintf(path, sizeof(path), "%s/tokens/tpm.conf", home.path);
	setenv("ZY_TPM_TOKEN_CONF", path, 1);
	tell_token(&usual);
	tell_signer(&usual);
	snprintf(path, sizeof(path), "%s/tokens", home.path);
	swtpm = swtpm_start(path);
	must(zy_token_init(&config, &nowhere, &err) && zy_token_open(&token, &config, &nowhere, &err) &&
		 zy_tokenkey_generate(token, &key, &err),
	    &err);
	zy_token_close(token);
	return 0;
}

static int remove_all(void **state)
{
	(void)state;
	zy_arena_free(&arena);
	swtpm_stop(&swtpm);
	home_remove(&home);
	return 0;
}

/* Which member is named first: a token may look at the parameter and at the length before it gives anything. */
static const char *to_be_changed(const struct form *token_form, const struct form *said, size_t message)
{
	bool is_refused = (token_form->input == 2) != (said->input == 2) ||
			  (token_form->input == 0 && said->input == 1 && message == 1);

	if (token_form->mechanism != said->mechanism)
		return "sm2.mechanism";
	if (token_form->input == said->input && token_form->output == said->output)
		return NULL;
	return is_refused || token_form->output == said->output ? "sm2.input" : "sm2.output";
}

/* Signs a message of a digest's length and another, both of which some token takes for what they are not. */
static void try_forms(const struct form *token_form, const struct form *said)
{
	static const struct zy_bytes messages[] = { ZY_LITERAL("a message of thirty-two octets.."),
		ZY_LITERAL("a message that is not as long as a digest of SM3") };
	struct zy_error err = { 0 };
	struct zy_token *token;
	struct zy_session s;

	tell_token(token_form);
	tell_signer(said);
	must(zy_token_open(&token, &config, &nowhere, &err), &err);
	zy_session_start(&s, token);
	for (size_t i = 0; i < 2; i++) {
		const char *change = to_be_changed(token_form, said, i);
		uint8_t rs[64];
		bool ok = zy_tokenkey_sign(&s, &key, messages[i], false, rs, &err);

		if (change == NULL) {
			must(ok, &err);
			assert_true(verify_rs(ZY_KEY_SM2, key.point, messages[i], rs));
		} else {
			assert_false(ok);
			assert_string_equal(zy_code_name(err.code), "sm2-form");
			if (strcmp(err.field, change) != 0)
				fail_msg("the token takes %s and gives %s, the signer says %s and %s: \"%s\"",
				    inputs[token_form->input], outputs[token_form->output], inputs[said->input],
				    outputs[said->output], err.msg);
			assert_non_null(strstr(err.msg, "signer/tpm.json"));
		}
		err = (struct zy_error){ 0 };
	}
	zy_session_close(&s);
	zy_token_close(token);
}

#define NUM_FORMS 6
static struct form form(unsigned mechanism, unsigned i)
{
	return (struct form){ mechanism, i % 3, i / 3 };
}

static void every_form_under_every_configuration(void **state)
{
	(void)state;
	for (unsigned t = 0; t < NUM_FORMS; t++)
		for (unsigned s = 0; s < NUM_FORMS; s++) {
			const struct form token_form = form(ZY_TPM_MECHANISM, t), said = form(ZY_TPM_MECHANISM, s);

			try_forms(&token_form, &said);
		}
}

/* Numbers seen in headers of vendors. */
static void the_mechanism_number_is_what_the_vendor_says(void **state)
{
	static const unsigned numbers[] = { 0x8005000C, 0x80008104, 0xFFFFF003 };

	(void)state;
	for (unsigned n = 0; n < 3; n++)
		for (unsigned i = 0; i < NUM_FORMS; i++) {
			const struct form right = form(numbers[n], i), wrong = form(ZY_TPM_MECHANISM, i);

			try_forms(&right, &right);
			try_forms(&right, &wrong);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_under_every_configuration),
		cmocka_unit_test(the_mechanism_number_is_what_the_vendor_says),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
