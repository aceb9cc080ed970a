/* Keys that can leave their token, made by pkcs11-tool, before the real signer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers/signer_home.h"
#include "zy/hsm.h"

static struct signer_home home;

__attribute__((format(printf, 1, 2))) static void shell(const char *fmt, ...)
{
	char command[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

/* A P-256 pair or an AES key; the option says what shall be wrong with it. */
static void other_tool(const char *what, const char *label, const char *option)
{
	shell("SOFTHSM2_CONF='%s/tokens/soft.conf' pkcs11-tool --module " SOFTHSM_MODULE " --token-label soft --login "
	      "--pin \"$(cat '%s/tokens/soft.pin')\" %s --label %s %s >'%s/tool.log' 2>&1",
	    home.path, home.path, what, label, option, home.path);
}

static void set_table(const char *label, const char *kind, const char *use)
{
	home_write(&home, "signer/soft.keys.json", "{\"%s\":{\"kind\":\"%s\",\"uses\":[\"%s\"]}}", label, kind, use);
}

static void refused(const char *label, const char *kind, const char *use)
{
	int status = 0;

	set_table(label, kind, use);
	home_write(&home, "soft.log", "%s", "");
	assert_false(home_start(&home, "soft", &status));
	assert_int_equal(status, zy_code_exit(ZY_E_KEY_EXTRACTABLE));
	assert_true(home_logged(&home, "soft", "key-extractable"));
	assert_true(home_logged(&home, "soft", label));
}

static void a_key_that_can_be_taken_out_is_refused(void **state)
{
	(void)state;
	other_tool("--keypairgen --key-type EC:prime256v1", "loose", "--extractable");
	refused("loose", "p256", "trust");
	other_tool("--keygen --key-type AES:32", "loose-aes", "--extractable");
	refused("loose-aes", "aes256", "wrap");
}

/* Whoever wrote a key into the token may still have it. */
static void a_key_that_came_from_outside_is_refused(void **state)
{
	(void)state;
	shell("cd '%s' && openssl ecparam -name prime256v1 -genkey -noout -outform DER -out outside.der && "
	      "openssl ec -inform DER -in outside.der -pubout -outform DER -out outside.pub 2>outside.log",
	    home.path);
	other_tool(
	    "--write-object \"$HOME_UNDER_TEST/outside.der\" --type privkey", "outside", "--usage-sign --sensitive");
	other_tool("--write-object \"$HOME_UNDER_TEST/outside.pub\" --type pubkey", "outside", "");
	refused("outside", "p256", "trust");
}

static void a_demo_home_takes_it_and_says_so(void **state)
{
	int status = 0;

	(void)state;
	set_table("loose", "p256", "trust");
	shell("sed -i 's/^{/{\"demo\":true,/' '%s/signer/soft.json'", home.path);
	home_write(&home, "soft.log", "%s", "");
	assert_true(home_start(&home, "soft", &status));
	assert_true(home_logged(&home, "soft", "key-extractable"));
	assert_int_equal(home_stop(&home, SIGTERM), 0);
}

static int make(void **state)
{
	int status = 0;

	(void)state;
	home_make(&home);
	setenv("HOME_UNDER_TEST", home.path, 1);
	home_soft_token(&home, "soft", SOFTHSM_MODULE);
	/* an empty journal, before there are keys */
	return home_run(&home, "soft", "--init") != 0 || !home_start(&home, "soft", &status) ||
	       home_stop(&home, SIGTERM) != 0;
}

static int remove_all(void **state)
{
	(void)state;
	home_remove(&home);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_that_can_be_taken_out_is_refused),
		cmocka_unit_test(a_key_that_came_from_outside_is_refused),
		cmocka_unit_test(a_demo_home_takes_it_and_says_so),
	};

	return cmocka_run_group_tests(tests, make, remove_all);
}
