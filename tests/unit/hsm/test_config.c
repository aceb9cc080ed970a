#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hsm/config.h"

#define REQUIRED "\"module\":\"/lib/p11.so\",\"label\":\"soft\",\"pin_file\":\"tokens/soft.pin\""

static bool parse(struct zy_signer_config *c, const char *text, struct zy_arena *a, struct zy_error *err)
{
	*err = (struct zy_error){ 0 };
	return zy_signer_config_parse(c, zy_str(text), "signer/soft.json", "/home", "soft", 3, a, err);
}

static void the_least_configuration_takes_defaults(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_signer_config c;
	struct zy_error err;

	(void)state;
	assert_true(parse(&c, "{" REQUIRED "}", &a, &err));
	assert_string_equal(c.name, "soft");
	assert_string_equal(c.module, "/lib/p11.so");
	assert_string_equal(c.pin, "/home/tokens/soft.pin");
	assert_string_equal(c.keys, "/home/signer/soft.keys.json");
	assert_string_equal(c.run, "/home/run");
	assert_null(c.so_pin);
	assert_int_equal(c.sessions, 3);
	assert_int_equal(c.num_variables, 0);
	assert_false(c.sm2.present);
}

static void every_member_is_read(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_signer_config c;
	struct zy_error err;

	(void)state;
	assert_true(parse(&c,
	    "{" REQUIRED ",\"so_pin_file\":\"tokens/so\",\"sessions\":64,"
	    "\"environment\":{\"SOFTHSM2_CONF\":\"tokens/s.conf\",\"ZY_TPM_TOKEN_CONF\":\"tokens/t.conf\"},"
	    "\"sm2\":{\"mechanism\":2147506690,\"input\":\"id-message\",\"output\":\"der\"}}",
	    &a, &err));
	assert_string_equal(c.so_pin, "/home/tokens/so");
	assert_int_equal(c.sessions, 64);
	assert_int_equal(c.num_variables, 2);
	assert_string_equal(c.variables[0].name, "SOFTHSM2_CONF");
	assert_string_equal(c.variables[0].path, "/home/tokens/s.conf");
	assert_string_equal(c.variables[1].name, "ZY_TPM_TOKEN_CONF");
	assert_true(c.sm2.present && c.sm2.output_der);
	assert_int_equal(c.sm2.mechanism, 0x80005A02);
	assert_int_equal(c.sm2.input, ZY_SM2_ID_MESSAGE);
}

static void a_pin_that_is_in_no_file_has_no_path(void **state)
{
	static const struct {
		const char *text;
		enum zy_pin_source source;
	} sources[] = { { "{\"module\":\"/p11.so\",\"label\":\"soft\",\"pin\":\"credential\"}", ZY_PIN_CREDENTIAL },
		{ "{\"module\":\"/p11.so\",\"label\":\"soft\",\"pin\":\"prompt\"}", ZY_PIN_PROMPT } };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_signer_config c;
	struct zy_error err;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_true(parse(&c, sources[i].text, &a, &err));
		assert_int_equal(c.pin_source, sources[i].source);
		assert_null(c.pin);
	}
	assert_true(parse(&c, "{" REQUIRED ",\"pin\":\"file\"}", &a, &err));
	assert_int_equal(c.pin_source, ZY_PIN_FILE);
	assert_string_equal(c.pin, "/home/tokens/soft.pin");
}

static void faults_are_named_with_the_file(void **state)
{
	static const char *const texts[] = { "", "[]", "{}", "{" REQUIRED ",\"pin\":\"1234\"}",
		"{" REQUIRED ",\"pin\":\"prompt\"}", "{" REQUIRED ",\"pin\":\"credential\"}",
		"{\"module\":\"/p11.so\",\"label\":\"soft\"}",
		"{\"module\":\"/p11.so\",\"label\":\"soft\",\"pin\":\"file\"}", "{" REQUIRED ",\"label\":\"twice\"}",
		"{" REQUIRED ",\"sessions\":0}", "{" REQUIRED ",\"sessions\":65}", "{" REQUIRED ",\"sessions\":\"4\"}",
		"{" REQUIRED ",\"environment\":{\"LD_PRELOAD\":\"x\"}}",
		"{" REQUIRED ",\"environment\":{\"SOFTHSM2_CONF\":\"/etc/softhsm2.conf\"}}",
		"{" REQUIRED ",\"so_pin_file\":\"../so\"}", "{" REQUIRED ",\"so_pin_file\":\"a/../../so\"}",
		"{" REQUIRED ",\"so_pin_file\":\"a/..\"}", "{" REQUIRED ",\"sm2\":{}}",
		"{" REQUIRED ",\"sm2\":{\"mechanism\":1,\"input\":\"e\",\"output\":\"asn1\"}}",
		"{" REQUIRED ",\"sm2\":{\"mechanism\":-1,\"input\":\"e\",\"output\":\"rs\"}}",
		"{" REQUIRED ",\"sm2\":{\"mechanism\":1,\"input\":\"e\",\"output\":\"rs\",\"id\":\"x\"}}",
		"{\"module\":\"p11.so\",\"label\":\"soft\",\"pin_file\":\"p\"}",
		"{\"module\":\"/p11.so\",\"label\":\"a label of more than 32 bytes is none\",\"pin_file\":\"p\"}",
		"{\"module\":\"/p11.so\",\"label\":\"\",\"pin_file\":\"p\"}", "{" REQUIRED "} x" };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_signer_config c = { .sessions = 77 };
	struct zy_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_false(parse(&c, texts[i], &a, &err));
		assert_int_equal(err.code, ZY_E_JSON);
		assert_non_null(strstr(err.msg, "signer/soft.json"));
		assert_int_equal(c.sessions, 77);
	}
}

static void a_syntax_fault_has_its_line(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_signer_config c;
	struct zy_error err;

	(void)state;
	assert_false(parse(&c, "{\n" REQUIRED "\n,}", &a, &err));
	assert_non_null(strstr(err.msg, "signer/soft.json:3:"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_configuration_takes_defaults),
		cmocka_unit_test(every_member_is_read),
		cmocka_unit_test(a_pin_that_is_in_no_file_has_no_path),
		cmocka_unit_test(faults_are_named_with_the_file),
		cmocka_unit_test(a_syntax_fault_has_its_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
