/* The software TPM of a home, as a child of the signer that uses it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"
#include "token_private.h"

#define START_MS 10000
#define STEP_MS 10
#define ARGUMENT_MAX 1200

/* Sockets are named relative to HOME, whose path may be longer than a socket's address takes. */
static void become(const struct zy_signer_config *c, pid_t signer)
{
	const char *folder = c->swtpm + strlen(c->home) + 1;
	char state[ARGUMENT_MAX], server[ARGUMENT_MAX], control[ARGUMENT_MAX];
	sigset_t none;

	snprintf(state, sizeof(state), "dir=%s", folder);
	snprintf(server, sizeof(server), "type=unixio,path=%s/tpm.sock", folder);
	snprintf(control, sizeof(control), "type=unixio,path=%s/ctrl.sock", folder);
	sigemptyset(&none);
	if (chdir(c->home) == 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0 &&
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == signer) /* it may have died before that */
		execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", state, "--server", server, "--ctrl", control,
		    "--flags", "not-need-init,startup-clear", (char *)NULL);
	_exit(127);
}

bool zy_swtpm_run(const struct zy_signer_config *c, pid_t *out, struct zy_error *err)
{
	ZY_BUF_AUTO path = { 0 };
	pid_t signer = getpid();
	int status;

	*out = 0;
	if (c->swtpm == NULL)
		return true;
	zy_buf_printf(&path, "%s/tpm.sock", c->swtpm);
	zy_buf_put_u8(&path, 0);
	if (!zy_buf_done(&path, "swtpm", err))
		return false;
	unlink((const char *)path.p);
	if ((*out = fork()) == 0)
		become(c, signer);
	for (int waited = 0; *out > 0 && waited < START_MS; waited += STEP_MS, zy_sleep_ms(STEP_MS)) {
		if (access((const char *)path.p, F_OK) == 0)
			return true;
		if (waitpid(*out, &status, WNOHANG) == *out) {
			*out = 0;
			break;
		}
	}
	zy_swtpm_end(*out);
	*out = 0;
	return zy_fail(
	    err, ZY_E_TOKEN, "swtpm", ZY_NOWHERE, "the software TPM did not start; is the package swtpm installed?");
}

void zy_swtpm_end(pid_t pid)
{
	int status;

	if (pid <= 0)
		return;
	kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
}
