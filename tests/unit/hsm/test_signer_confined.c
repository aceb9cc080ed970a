/* The real signer as its module and strangers meet it: nothing to reach for, nobody to talk to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <grp.h>
#include <sys/socket.h>

#include "helpers/signer_home.h"
#include "hsm/run.h"
#include "zy/hsm.h"

#define KEY "pkcs11:token=soft;object=k"
#define MODULE ZY_BIN_DIR "/../tests/faulty_token.so"

static struct signer_home home;
static struct zy_hsm *hsm;

static int make(void **state)
{
	struct zy_error err = { 0 };
	int status;

	(void)state;
	home_make(&home);
	home_soft_token(&home, "soft", MODULE);
	return home_run(&home, "soft", "--init") != 0 || !home_start(&home, "soft", &status) ||
	       !zy_hsm_open(&hsm, home.path, &err) || !zy_hsm_generate(hsm, KEY, ZY_KEY_P256, ZY_USE_TRUST, &err);
}

static int remove_all(void **state)
{
	(void)state;
	zy_hsm_close(hsm);
	home_remove(&home);
	return 0;
}

static bool sign(struct zy_error *err)
{
	struct zy_sign_request q = { .key = KEY, .use = ZY_USE_TRUST, .message = ZY_LITERAL("message") };
	uint8_t rs[64];

	return zy_hsm_sign(hsm, &q, rs, err);
}

static void a_module_gets_hold_of_nothing_that_is_not_its_business(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	home_write(&home, "tokens/soft.conf.fault", "escape 1\n");
	if (!sign(&err))
		fail_msg("%s", err.msg);
	/* a host that came after a takeover is confined as well */
	kill(home.signer, SIGKILL);
	waitpid(home.signer, NULL, 0);
	home.signer = 0;
	while (home.signer == 0) {
		char path[1024];
		long pid = 0;
		FILE *f;

		snprintf(path, sizeof(path), "%s/run/soft.pid", home.path);
		if ((f = fopen(path, "r")) == NULL)
			continue;
		if (fscanf(f, "%ld", &pid) == 1 && !home_is_gone((pid_t)pid))
			home.signer = (pid_t)pid;
		fclose(f);
	}
	home_write(&home, "tokens/soft.conf.fault", "escape 1\n");
	if (!sign(&err))
		fail_msg("%s", err.msg);
	kill(home.signer, SIGTERM);
	home_wait_gone(home.signer);
	home.signer = 0;
}

static void only_a_network_module_has_a_network(void **state)
{
	struct zy_error err = { 0 };
	int status;

	(void)state;
	home_write(&home, "signer/soft.json",
	    "{\"module\":\"%s\",\"label\":\"soft\",\"pin_file\":\"tokens/soft.pin\",\"network\":true,"
	    "\"environment\":{\"SOFTHSM2_CONF\":\"tokens/soft.conf\"}}",
	    MODULE);
	assert_true(home_start(&home, "soft", &status));
	home_write(&home, "tokens/soft.conf.fault", "escape 1\n");
	assert_false(sign(&err)); /* the module got a socket, and says so */
	assert_non_null(strstr(err.msg, "CKR_FUNCTION_REJECTED"));
}

static void open_to_all(const char *name, mode_t mode)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s%s", home.path, name);
	assert_int_equal(chmod(path, mode), 0);
}

/* 0: refused; the socket's folder is opened to it for this, since else it gets no further than that. */
static int ask_as_a_stranger(int folder)
{
	struct sockaddr_un at = zy_run_address(folder, "soft");
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char byte;

	if (setgroups(0, NULL) != 0 || setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0)
		return 1;
	if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
		return 2;
	return recv(fd, &byte, 1, 0) == 0 ? 0 : 3;
}

static void a_stranger_is_refused_even_where_the_folder_is_open(void **state)
{
	char path[1024];
	int folder, status;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip(); /* nobody else to be */
	open_to_all("/..", 0711);
	open_to_all("", 0711);
	open_to_all("/run", 0711);
	open_to_all("/run/soft.sock", 0666);
	snprintf(path, sizeof(path), "%s/run", home.path);
	folder = open(path, O_PATH | O_DIRECTORY);
	if ((pid = fork()) == 0)
		_exit(ask_as_a_stranger(folder));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(home_logged(&home, "soft", "peer-refused"));
	close(folder);
	open_to_all("/run", 0700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_module_gets_hold_of_nothing_that_is_not_its_business),
		cmocka_unit_test(only_a_network_module_has_a_network),
		cmocka_unit_test(a_stranger_is_refused_even_where_the_folder_is_open),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
