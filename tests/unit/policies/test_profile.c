/* profiles.json: the shipped one loads; a fault is named with file and line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "expect.h"
#include "zy/buf.h"
#include "zy/file.h"
#include "zy/profile.h"

static struct zy_arena arena;

static int tear_down(void **state)
{
	(void)state;
	zy_arena_free(&arena);
	return 0;
}

static void the_shipped_profiles_load(void **state)
{
	static const char *const names[] = { "root", "root-link", "issuing", "seal-maker", "seal-owner", "document",
		"credential", "trust", "time-stamp", "ocsp", "tls-server", "tls-client", "officer", "device" };
	const struct zy_cert_profile *one;
	struct zy_profiles p;

	(void)state;
	MUST(zy_profiles_load(&p, ZY_SOURCE_DIR "/policies", &arena, &err));
	assert_int_equal(p.num, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < p.num; i++)
		MUST(zy_profile_find(&p, names[i], &one, &err));
	MUST(zy_profile_find(&p, "time-stamp", &one, &err));
	assert_true(one->extended_critical);
	assert_string_equal(one->extended[0], "1.3.6.1.5.5.7.3.8");
	REFUSED(zy_profile_find(&p, "nobody", &one, &err), ZY_E_PROFILE_UNKNOWN);
}

static void addresses_are_plain_http_without_a_slash(void **state)
{
	static const char *const bad[] = { "ftp://a.example", "http://", "http://a.example/", "http://a b.example" };
	char folder[32] = "/tmp/zy-profiles-XXXXXX", path[64];
	struct zy_profiles p;

	(void)state;
	MUST(zy_profiles_load(&p, ZY_SOURCE_DIR "/policies", &arena, &err));
	assert_string_equal(p.addresses.crl, "http://crl.yunze.example");
	assert_string_equal(p.addresses.ocsp, "http://ocsp.yunze.example");
	assert_int_equal(p.addresses.crl_digits, 0);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/profiles.json", folder);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ZY_BUF_AUTO text = { 0 };

		zy_buf_printf(&text,
		    "{\"crl\": \"%s\", \"profiles\": [{\"name\": \"a\", \"issuer\": \"issuing\", \"suites\": [\"gm\"], "
		    "\"organisation\": [\"operator\"], \"days\": 1, \"most_days\": 2, "
		    "\"key_usage\": [\"digitalSignature\"]}]}",
		    bad[i]);
		MUST(zy_file_write(path, zy_buf_bytes(&text), 0600, true, &err));
		REFUSED(zy_profiles_load(&p, folder, &arena, &err), ZY_E_POLICY);
	}
	unlink(path);
	rmdir(folder);
}

/* The line that the fault is said to be in; the text is one profile in lines of its own. */
static void refused(const char *profile, const char *where)
{
	char folder[32] = "/tmp/zy-profiles-XXXXXX", path[64];
	struct zy_error err = { 0 };
	ZY_BUF_AUTO text = { 0 };
	struct zy_profiles p;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/profiles.json", folder);
	zy_buf_printf(&text, "{\"profiles\": [{\n%s\n}]}", profile);
	assert_true(zy_file_write(path, zy_buf_bytes(&text), 0600, false, &err));
	assert_false(zy_profiles_load(&p, folder, &arena, &err));
	unlink(path);
	rmdir(folder);
	assert_int_equal(err.code, ZY_E_POLICY);
	if (strstr(err.msg, where) == NULL)
		fail_msg("\"%s\" is not in: %s", where, err.msg);
}

#define NAME "\"name\": \"a\",\n"
#define REST                                                                                                           \
	"\"issuer\": \"issuing\", \"suites\": [\"gm\"], \"organisation\": [\"operator\"], \"days\": 1, \"most_days\": 2"

static void a_fault_is_named_with_file_and_line(void **state)
{
	(void)state;
	refused(NAME REST ",\n\"key_usage\": [\"keyCertSign\"]", "profiles.json:4: ");
	refused(NAME REST ",\n\"key_usage\": [\"fly\"]", "profiles.json:4: ");
	refused(NAME REST ",\n\"key_usage\": [\"digitalSignature\"],\n\"extended_key_usage\": [\"1.2.x\"]",
	    "profiles.json:5: ");
	refused(NAME REST ",\n\"key_usage\": [\"digitalSignature\"],\n\"hosts\": [\".example\"]", "profiles.json:5: ");
	refused(NAME REST ",\n\"key_usage\": [\"digitalSignature\"],\n\"colour\": \"red\"", "profiles.json:5: ");
	refused(
	    NAME REST ",\n\"key_usage\": [\"digitalSignature\"],\n\"extended_critical\": true", "profiles.json:5: ");
	refused(NAME "\"issuer\": \"self\", \"suites\": [\"gm\"], \"organisation\": [\"operator\"], \"days\": 3, "
		     "\"most_days\": 2,\n\"key_usage\": [\"digitalSignature\"]",
	    "profiles.json:3: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_profiles_load),
		cmocka_unit_test(addresses_are_plain_http_without_a_slash),
		cmocka_unit_test(a_fault_is_named_with_file_and_line),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
