/* Sealing with a real signer: zhengyin-signer over zy-tpm-token over a software TPM that this test starts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ofd_made.h"
#include "ses_made.h"
#include "zy/hsm.h"
#include "zy/judge.h"
#include "zy/seal_prepare.h"

#define ESID "99010000000001"
#define ITEM "990100-SCJG-0001"
#define MAKER_KEY "pkcs11:token=zy-tpm;object=seal-maker"

static struct {
	char home[64];
	pid_t signer;
	struct zy_hsm *hsm;
	struct zy_arena a;
	struct zy_policy policy;
	struct zy_seal_use use;
	struct zy_buf eseal;
	uint8_t owner[65], maker[65];
	zy_time now;
} t;

static bool run(const char *command)
{
	char line[2048];

	snprintf(line, sizeof(line), "cd '%s' && umask 077 && %s", t.home, command);
	return system(line) == 0;
}

static bool set_up_home(void)
{
	return run("mkdir -p policies signer run tokens/tpm tokens/swtpm && cp -r " ZY_SOURCE_DIR
		   "/policies/types " ZY_SOURCE_DIR "/policies/layouts " ZY_SOURCE_DIR "/policies/*.json policies/") &&
	       run("printf 'tcti = unix:swtpm/tpm.sock\\nstate = tpm\\nlabel = zy-tpm\\nmechanism = 0x80005A02\\n"
		   "input = e\\noutput = rs\\n' >tokens/zy-tpm.conf") &&
	       run("printf '{\"module\":\"%s\",\"label\":\"zy-tpm\",\"pin_file\":\"tokens/zy-tpm.pin\","
		   "\"so_pin_file\":\"tokens/zy-tpm.so-pin\",\"environment\":{\"ZY_TPM_TOKEN_CONF\":\"tokens/"
		   "zy-tpm.conf\"},"
		   "\"sm2\":{\"mechanism\":2147506690,\"input\":\"e\",\"output\":\"rs\"}}' " ZY_BIN_DIR
		   "/../lib/zy-tpm-token.so >signer/zy-tpm.json");
}

static bool start_signer(void)
{
	struct zy_error err = { 0 };
	const struct timespec pause = { .tv_nsec = 20000000 };

	if (!run("swtpm socket --tpm2 --tpmstate dir=\"$PWD/tokens/swtpm\" --server "
		 "type=unixio,path=tokens/swtpm/tpm.sock "
		 "--ctrl type=unixio,path=tokens/swtpm/ctrl.sock --flags not-need-init,startup-clear --daemon "
		 "--pid file=swtpm.pid") ||
	    !run(ZY_BIN_DIR "/zhengyin-signer --home . --token zy-tpm --init >init.log 2>&1"))
		return false;
	if ((t.signer = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (chdir(t.home) == 0 && freopen("signer.log", "w", stderr) != NULL)
			execl(ZY_BIN_DIR "/zhengyin-signer", "zhengyin-signer", "--home", ".", "--token", "zy-tpm",
			    (char *)NULL);
		_exit(127);
	}
	if (!zy_hsm_open(&t.hsm, t.home, &err))
		return false;
	for (int i = 0; i < 500; i++, nanosleep(&pause, NULL)) {
		err = (struct zy_error){ 0 };
		if (zy_hsm_ping(t.hsm, "zy-tpm", &err))
			return true;
	}
	return false;
}

static bool make_keys(struct zy_error *err)
{
	enum zy_key_kind kind;

	return zy_hsm_generate(t.hsm, t.use.rule->seal_key, ZY_KEY_SM2, ZY_USE_SEAL_SIGN, err) &&
	       zy_hsm_generate(t.hsm, MAKER_KEY, ZY_KEY_SM2, ZY_USE_SEAL_MAKE, err) &&
	       zy_hsm_public(t.hsm, t.use.rule->seal_key, &kind, t.owner, err) &&
	       zy_hsm_public(t.hsm, MAKER_KEY, &kind, t.maker, err);
}

/* The certificate stands for one: sealing needs its bytes only, and the key is checked by its point. */
static bool make_seal(struct zy_error *err)
{
	static const struct zy_seal_maker maker = {
		.key = MAKER_KEY, .cert = { (const uint8_t *)"maker", 5 }, .Vid = "zhengyin"
	};
	static const struct zy_seal_picture picture = {
		.png = { (const uint8_t *)"png", 3 }, .width = 42, .height = 42
	};

	t.use.owner_cert = ZY_LITERAL("owner");
	if (!zy_seal_make(t.hsm, &maker, t.use.rule, t.use.owner_cert, &picture, t.now, &t.eseal, err))
		return false;
	t.use.eseal = zy_buf_bytes(&t.eseal);
	return true;
}

static int stop(void **state)
{
	int status;

	(void)state;
	zy_hsm_close(t.hsm);
	if (t.signer > 0 && kill(t.signer, SIGTERM) == 0)
		waitpid(t.signer, &status, 0);
	(void)run("[ ! -f swtpm.pid ] || kill $(cat swtpm.pid)");
	(void)run("rm -rf \"$PWD\"");
	zy_buf_free(&t.eseal);
	zy_arena_free(&t.a);
	return 0;
}

static int start(void **state)
{
	char policies[96];
	struct zy_error err = { 0 };

	(void)state;
	snprintf(t.home, sizeof(t.home), "/tmp/zy-ofd-seal-XXXXXX");
	/* the signer cannot be traced, so the leak sanitizer could not look */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	t.now = (zy_time)time(NULL); /* the signer holds timeInfo against its clock */
	if (mkdtemp(t.home) == NULL)
		return 1;
	snprintf(policies, sizeof(policies), "%s/policies", t.home);
	if (set_up_home() && start_signer() && zy_policy_load(&t.policy, policies, &t.a, &err) &&
	    (t.use.rule = zy_policy_seal(&t.policy, ESID)) != NULL && make_keys(&err) && make_seal(&err))
		return 0;
	print_error("no signer, or %s: %s\n", err.field, err.msg);
	return 1;
}

static bool verifies(const uint8_t point[65], struct zy_bytes message, struct zy_bytes value)
{
	struct zy_keys *keys = NULL;
	struct zy_error err = { 0 };
	bool good = false, raw;
	uint8_t rs[64];

	assert_true(zy_keys_open(&keys, &err));
	assert_true(zy_ses_rs(value, rs, &raw, &err));
	assert_false(raw);
	assert_true(zy_signature_verify_point(keys, ZY_BYTES(point, 65), ZY_SUITE_GM, message, rs, &good, &err));
	zy_keys_close(keys);
	return good;
}

static void a_made_seal_bears_its_makers_signature(void **state)
{
	struct zy_error err = { 0 };
	struct zy_seal s;

	(void)state;
	assert_true(zy_seal_parse(&s, t.use.eseal, &err));
	assert_true(verifies(t.maker, s.info.der, s.signedValue));
	assert_false(verifies(t.owner, s.info.der, s.signedValue));
	assert_int_equal(s.info.createDate, t.now);
}

static bool seal(const char *item, zy_time at, struct zy_buf *out, struct zy_error *err)
{
	static struct zy_package p;

	if (!ofd_made(&p, err))
		return false;
	return zy_ofd_seal(t.hsm, &t.use, item, &p, (struct zy_seal_place){ 150, 200, 42, 42 }, at, &t.a, out, err);
}

static void a_sealed_document_bears_its_owners_signature(void **state)
{
	static struct zy_package p;
	static struct zy_ofd d;
	struct zy_ses_signature s;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO out = { 0 };

	(void)state;
	if (!seal(ITEM, t.now, &out, &err))
		fail_msg("%s: %s", err.field, err.msg);
	assert_true(zy_package_parse(&p, zy_buf_bytes(&out), &t.a, &err));
	assert_true(zy_ofd_parse(&d, &p, &t.a, &err));
	assert_int_equal(d.num_faults, 0);
	assert_true(zy_ses_signature_parse(&s, d.signatures[0].signed_value->bytes, &err));
	assert_true(verifies(t.owner, s.toSign.der, s.signature));
	assert_false(verifies(t.maker, s.toSign.der, s.signature));
}

static void what_the_rule_does_not_allow_is_not_sealed(void **state)
{
	struct zy_error item = { 0 }, late = { 0 };
	ZY_BUF_AUTO out = { 0 };

	(void)state;
	assert_false(seal("990100-JTYS-0001", t.now, &out, &item));
	assert_int_equal(item.code, ZY_E_SEAL_RULE);
	assert_false(seal(ITEM, t.now - 86400, &out, &late));
	assert_int_equal(late.code, ZY_E_SEAL_DATE);
	assert_int_equal(out.len, 0);
}

static void a_key_that_seals_makes_no_seals(void **state)
{
	struct zy_seal_maker maker = { .key = t.use.rule->seal_key, .cert = ZY_LITERAL("maker"), .Vid = "zhengyin" };
	struct zy_seal_picture picture = { .png = ZY_LITERAL("png"), .width = 42, .height = 42 };
	struct zy_error err = { 0 };
	ZY_BUF_AUTO eseal = { 0 };

	(void)state;
	assert_false(zy_seal_make(t.hsm, &maker, t.use.rule, t.use.owner_cert, &picture, t.now, &eseal, &err));
	assert_int_equal(err.code, ZY_E_KEY_USE);
	assert_int_equal(eseal.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_made_seal_bears_its_makers_signature),
		cmocka_unit_test(a_sealed_document_bears_its_owners_signature),
		cmocka_unit_test(what_the_rule_does_not_allow_is_not_sealed),
		cmocka_unit_test(a_key_that_seals_makes_no_seals),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
