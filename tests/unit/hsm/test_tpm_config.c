#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tpm-token/config.h"

static bool parse(struct zy_tpm_config *c, const char *text, struct zy_error *err)
{
	*err = (struct zy_error){ 0 };
	return zy_tpm_config_parse(c, zy_str(text), err);
}

static void two_keys_are_enough_and_the_rest_has_defaults(void **state)
{
	struct zy_tpm_config c;
	struct zy_error err;

	(void)state;
	assert_true(parse(&c, "# demo\n\ntcti = unix:tpm.sock\nstate = token\n", &err));
	assert_true(zy_bytes_equal(c.tcti, ZY_LITERAL("unix:tpm.sock")));
	assert_true(zy_bytes_equal(c.state, ZY_LITERAL("token")));
	assert_true(zy_bytes_equal(c.label, ZY_LITERAL("zhengyin TPM")));
	assert_int_equal(c.mechanism, 0x80005a02);
	assert_int_equal(c.input, ZY_TPM_IN_E);
	assert_int_equal(c.output, ZY_TPM_OUT_RS);
}

static void every_key_is_taken_and_the_last_newline_may_be_missing(void **state)
{
	struct zy_tpm_config c;
	struct zy_error err;

	(void)state;
	assert_true(parse(&c,
	    "tcti=device:/dev/tpmrm0\nstate = /var/lib/a folder\nlabel = 云泽\nmechanism = 0xFFFFF003\n"
	    "input  =  id-message\noutput = der",
	    &err));
	assert_true(zy_bytes_equal(c.state, ZY_LITERAL("/var/lib/a folder")));
	assert_true(zy_bytes_equal(c.label, ZY_LITERAL("云泽")));
	assert_int_equal(c.mechanism, 0xfffff003);
	assert_int_equal(c.input, ZY_TPM_IN_ID_MESSAGE);
	assert_int_equal(c.output, ZY_TPM_OUT_DER);
	assert_true(parse(&c, "tcti = x\nstate = y\ninput = message\noutput = rs\n", &err));
	assert_int_equal(c.input, ZY_TPM_IN_MESSAGE);
}

static void a_fault_is_told_with_its_line(void **state)
{
	static const struct {
		const char *text, *line;
	} faults[] = {
		{ "tcti = x\nstate = y\ncolour = red\n", "line 3" },
		{ "tcti = x\ntcti = x\nstate = y\n", "line 2: tcti is given twice" },
		{ "tcti = x\n", "state is missing" },
		{ "state = y\n", "tcti is missing" },
		{ "", "tcti is missing" },
		{ "tcti = x\nstate = y\nmechanism = 0x1001\n", "line 3" },
		{ "tcti = x\nstate = y\nmechanism = 0x00001001\n", "line 3" },
		{ "tcti = x\nstate = y\nmechanism = 2147506690\n", "line 3" },
		{ "tcti = x\nstate = y\nmechanism = 0x80005A0200\n", "line 3" },
		{ "tcti = x\nstate = y\ninput = E\n", "line 3: input" },
		{ "tcti = x\nstate = y\n\n#\noutput = raw\n", "line 5: output" },
		{ "tcti = x\nstate =\n", "line 2" },
		{ "tcti = x\nstate = y \n", "line 2" },
		{ "tcti = x\nstate = y\r\n", "line 2: a control" },
		{ " tcti = x\nstate = y\n", "line 1" },
		{ "tcti = x\nstate\t= y\n", "line 2: a control" },
		{ "tcti x\nstate = y\n", "line 1" },
		{ "tcti\n", "line 1" },
		{ "tcti = unix:\nstate = y\n", "line 1" },
		{ "tcti = x\nstate = y\nlabel = 123456789012345678901234567890123\n", "line 3" },
	};
	struct zy_tpm_config c;
	struct zy_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		assert_false(parse(&c, faults[i].text, &err));
		assert_int_equal(err.code, ZY_E_POLICY);
		assert_non_null(strstr(err.msg, faults[i].line));
		assert_true(err.offset <= strlen(faults[i].text));
	}
}

static void a_file_that_is_too_large_or_no_text_is_refused(void **state)
{
	static uint8_t large[ZY_TPM_CONFIG_MAX + 1];
	struct zy_error err = { 0 }, utf8 = { 0 };
	struct zy_tpm_config c;

	(void)state;
	memset(large, '\n', sizeof(large));
	assert_false(zy_tpm_config_parse(&c, ZY_BYTES(large, sizeof(large)), &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
	assert_false(zy_tpm_config_parse(&c, ZY_LITERAL("tcti = \xff\nstate = y\n"), &utf8));
	assert_int_equal(utf8.code, ZY_E_UTF8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_keys_are_enough_and_the_rest_has_defaults),
		cmocka_unit_test(every_key_is_taken_and_the_last_newline_may_be_missing),
		cmocka_unit_test(a_fault_is_told_with_its_line),
		cmocka_unit_test(a_file_that_is_too_large_or_no_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
