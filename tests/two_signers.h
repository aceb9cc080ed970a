/* A home with two signers over real tokens: SM2 keys in a software TPM, P-256 keys in SoftHSM2. After cmocka.h. */
#ifndef ZY_TEST_TWO_SIGNERS_H
#define ZY_TEST_TWO_SIGNERS_H

#include "expect.h"
#include "helpers/signer_home.h"
#include "zy/certificate.h"
#include "zy/file.h"

static struct signer_home home, tpm; /* one folder, two signers */
static pid_t swtpm;
static struct zy_hsm *hsm;
static struct zy_keys *keys;
static struct zy_arena arena;

static const char *const token_of[] = { "sm2", "soft" };

static void write_tpm(void)
{
	char module[1024];

	snprintf(
	    module, sizeof(module), "%.*s/lib/zy-tpm-token.so", (int)(sizeof(ZY_BIN_DIR) - sizeof("/bin")), ZY_BIN_DIR);
	home_folder(&home, "tokens/swtpm");
	home_folder(&home, "tokens/tpm");
	home_write(&home, "tokens/sm2.conf",
	    "tcti = unix:swtpm/tpm.sock\nstate = tpm\nlabel = sm2\nmechanism = 0x80005A02\ninput = e\noutput = rs\n");
	home_write(&home, "signer/sm2.json",
	    "{\"module\":\"%s\",\"label\":\"sm2\",\"pin_file\":\"tokens/sm2.pin\",\"so_pin_file\":\"tokens/"
	    "sm2.so-pin\","
	    "\"environment\":{\"ZY_TPM_TOKEN_CONF\":\"tokens/sm2.conf\"},"
	    "\"sm2\":{\"mechanism\":%lu,\"input\":\"e\",\"output\":\"rs\"}}",
	    module, 0x80005A02UL);
}

/* In its own folder: a socket's address is shorter than this home's path. */
static bool start_swtpm(void)
{
	struct zy_error err = { 0 };
	struct zy_bytes text;
	char path[1024];
	pid_t pid = fork();

	if (pid == 0) {
		snprintf(path, sizeof(path), "%s/tokens/swtpm", home.path);
		if (chdir(path) == 0)
			execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", "dir=.", "--server",
			    "type=unixio,path=tpm.sock", "--ctrl", "type=unixio,path=ctrl.sock", "--flags",
			    "not-need-init,startup-clear", "--daemon", "--pid", "file=swtpm.pid", (char *)NULL);
		_exit(127);
	}
	if (home_wait(pid) != 0)
		return false;
	snprintf(path, sizeof(path), "%s/tokens/swtpm/swtpm.pid", home.path);
	if (!zy_file_read(path, 32, &arena, &text, &err))
		return false;
	swtpm = (pid_t)strtol(zy_arena_text(&arena, text, &err), NULL, 10);
	return swtpm > 1;
}

static const char *uri(enum zy_suite suite, const char *label)
{
	struct zy_error err = { 0 };

	return zy_arena_printf(&arena, &err, "pkcs11:token=%s;object=%s", token_of[suite], label);
}

static const char *new_key(enum zy_suite suite, const char *label, unsigned uses)
{
	const char *key = uri(suite, label);

	MUST(zy_hsm_generate(hsm, key, suite == ZY_SUITE_GM ? ZY_KEY_SM2 : ZY_KEY_P256, uses, &err));
	return key;
}

static const char *save_pem(const char *name, struct zy_bytes der)
{
	struct zy_error none = { 0 };
	const char *path = zy_arena_printf(&arena, &none, "%s/%s.pem", home.path, name);
	ZY_BUF_AUTO pem = { 0 };

	zy_cert_to_pem(der, &pem);
	MUST(zy_file_write(path, zy_buf_bytes(&pem), 0600, true, &err));
	return path;
}

/* What the openssl program says; fails the test when it fails. */
static const char *openssl(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *openssl(const char *fmt, ...)
{
	static char text[65536];
	char command[4096] = "openssl ";
	va_list ap;
	size_t len;
	FILE *p;

	va_start(ap, fmt);
	vsnprintf(command + 8, sizeof(command) - 8, fmt, ap);
	va_end(ap);
	strncat(command, " 2>&1", sizeof(command) - strlen(command) - 1);
	assert_non_null(p = popen(command, "r"));
	len = fread(text, 1, sizeof(text) - 1, p);
	text[len] = 0;
	if (pclose(p) != 0)
		fail_msg("%s: %s", command, text);
	return text;
}

static void says(const char *text, const char *want)
{
	if (strstr(text, want) == NULL)
		fail_msg("\"%s\" is not in: %s", want, text);
}

/* Both signers, the keys of verification, all open. */
static bool start_signers(void)
{
	struct zy_error err = { 0 };
	int status;

	home_make(&home);
	home_soft_token(&home, "soft", SOFTHSM_MODULE);
	write_tpm();
	if (!start_swtpm() || home_run(&home, "soft", "--init") != 0 || home_run(&home, "sm2", "--init") != 0)
		return false;
	tpm = home;
	return home_start(&home, "soft", &status) && home_start(&tpm, "sm2", &status) &&
	       zy_hsm_open(&hsm, home.path, &err) && zy_keys_open(&keys, &err);
}

static void stop_signers(void)
{
	zy_keys_close(keys);
	zy_hsm_close(hsm);
	zy_arena_free(&arena);
	if (tpm.signer != 0)
		home_stop(&tpm, SIGTERM);
	if (swtpm > 1)
		kill(swtpm, SIGTERM);
	home_remove(&home);
}

#endif
