#include "processes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pin_prompt.h"
#include "zy/file.h"

#define START_WAIT_MS 30000
#define STOP_WAIT_MS 20000
#define STEP_MS 20

static void pause_ms(long ms)
{
	const struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

bool zy_program_folder(char *out, size_t room, struct zy_error *err)
{
	ssize_t n = readlink("/proc/self/exe", out, room - 1);
	char *slash;

	if (n <= 0)
		return zy_fail(err, ZY_E_IO, "program", ZY_NOWHERE, "/proc/self/exe: %s", strerror(errno));
	out[n] = 0;
	if ((slash = strrchr(out, '/')) != NULL)
		*slash = 0;
	return true;
}

/* In the child: HOME as folder, no input but pin_fd (-1: none), messages to the log, then the program. */
static void become(const struct zy_home *h, const char *log, char *const argv[], bool detached, int pin_fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), out;

	if (chdir(h->path) != 0 || null < 0)
		_exit(126);
	out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (pin_fd >= 0 && fcntl(pin_fd, F_SETFD, 0) != 0)
		_exit(126);
	if (out < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(126);
	if (detached)
		setsid();
	execvp(argv[0], argv);
	_exit(127);
}

static pid_t launch(
    const struct zy_home *h, const char *name, char *const argv[], bool detached, int pin_fd, struct zy_error *err)
{
	char log[256];
	pid_t pid;

	snprintf(log, sizeof(log), "run/%s.log", name);
	if ((pid = fork()) < 0)
		zy_fail(err, ZY_E_IO, "run", ZY_NOWHERE, "cannot start %s: %s", name, strerror(errno));
	if (pid == 0)
		become(h, log, argv, detached, pin_fd);
	return pid;
}

bool zy_process_run(const struct zy_home *h, const char *name, char *const argv[], struct zy_error *err)
{
	pid_t pid = launch(h, name, argv, false, -1, err);
	int status = 0;

	if (pid < 0)
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return zy_fail(err, ZY_E_TOKEN, "run", ZY_NOWHERE, "the program %s is not installed", argv[0]);
	return zy_fail(err, ZY_E_TOKEN, "run", ZY_NOWHERE, "%s failed; %s/run/%s.log says why", name, h->path, name);
}

/* The pid in HOME/run/TOKEN.pid, which the signer writes, if that process lives and is a signer; 0 otherwise. */
static pid_t running(const struct zy_home *h, const char *token)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error ignored = { 0 };
	struct zy_bytes text, comm;
	char path[4352], number[32], proc[64];
	long pid;

	snprintf(path, sizeof(path), "%s/run/%s.pid", h->path, token);
	if (!zy_file_read(path, sizeof(number) - 1, &a, &text, &ignored))
		return 0;
	snprintf(number, sizeof(number), "%.*s", (int)text.len, (const char *)text.p);
	if ((pid = strtol(number, NULL, 10)) <= 1)
		return 0;
	snprintf(proc, sizeof(proc), "/proc/%ld/comm", pid);
	/* The kernel keeps 15 characters of the name: a pid that was given to another program is not ours. */
	if (!zy_file_read(proc, 64, &a, &comm, &ignored) || comm.len == 0 ||
	    strncmp((const char *)comm.p, "zhengyin-signer", comm.len - 1) != 0)
		return 0;
	return (pid_t)pid;
}

bool zy_signer_start(const struct zy_home *h, struct zy_hsm *hsm, const char *token, struct zy_error *err)
{
	char program[4200], name[128], pin[16];
	char *argv[] = { program, "--home", ".", "--token", (char *)(uintptr_t)token, NULL, NULL, NULL };
	struct zy_error why = { 0 };
	int pin_fd = -1;
	bool asks;
	pid_t pid;

	if (zy_hsm_ping(hsm, token, &why))
		return true;
	if (!zy_program_folder(program, 4096, err))
		return false;
	snprintf(program + strlen(program), sizeof(program) - strlen(program), "/zhengyin-signer");
	snprintf(name, sizeof(name), "signer-%s", token);
	if (!zy_hsm_asks_pin(h->path, token, &asks, err) || (asks && !zy_pin_prompt(token, &pin_fd, err)))
		return false;
	if (asks) {
		snprintf(pin, sizeof(pin), "%d", pin_fd);
		argv[5] = "--pin-fd";
		argv[6] = pin;
	}
	pid = launch(h, name, argv, true, pin_fd, err);
	if (asks)
		close(pin_fd);
	if (pid < 0)
		return false;
	for (int waited = 0; waited < START_WAIT_MS; waited += STEP_MS, pause_ms(STEP_MS)) {
		int status;

		why = (struct zy_error){ 0 };
		if (zy_hsm_ping(hsm, token, &why))
			return true;
		if (waitpid(pid, &status, WNOHANG) == pid)
			break;
	}
	return zy_fail(err, ZY_E_SIGNER_ABSENT, "run", ZY_NOWHERE,
	    "the signing service of token %s did not start; %s/run/%s.log says why", token, h->path, name);
}

bool zy_processes_start(const struct zy_home *h, struct zy_error *err)
{
	struct zy_hsm *hsm = NULL;
	bool ok = zy_hsm_open(&hsm, h->path, err);

	for (size_t i = 0; ok && i < h->num_tokens; i++)
		ok = zy_signer_start(h, hsm, h->tokens[i], err);
	zy_hsm_close(hsm);
	return ok;
}

/* A signer ends what it runs and gives its lock back last. One that lost its supervisor a moment ago names its new one
 * soon: whoever is named is told. */
static bool stop_one(const struct zy_home *h, const char *token, unsigned *num, struct zy_error *err)
{
	pid_t told = 0;
	int status;

	for (int waited = 0; zy_hsm_is_kept(h->path, token); waited += STEP_MS, pause_ms(STEP_MS)) {
		pid_t pid = running(h, token);

		if (pid != 0 && pid != told && kill(pid, SIGTERM) == 0)
			told = pid;
		if (told != 0)
			waitpid(told, &status, WNOHANG); /* ours if this process started it: leave no zombie */
		if (waited >= STOP_WAIT_MS)
			return zy_fail(err, ZY_E_IO, "run", ZY_NOWHERE, "process %ld (the signer of %s) does not stop",
			    (long)told, token);
	}
	*num += told != 0;
	return true;
}

bool zy_signer_stop(const struct zy_home *h, const char *token, struct zy_error *err)
{
	unsigned num = 0;

	return stop_one(h, token, &num, err);
}

bool zy_processes_stop(const struct zy_home *h, unsigned *num, struct zy_error *err)
{
	*num = 0;
	for (size_t i = 0; i < h->num_tokens; i++)
		if (!stop_one(h, h->tokens[i], num, err))
			return false;
	return stop_one(h, ZY_TOKEN_ROOT_TPM, num, err) && stop_one(h, ZY_TOKEN_ROOT, num, err);
}
