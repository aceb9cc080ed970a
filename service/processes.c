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

#include "zy/file.h"

#define START_WAIT_MS 30000
#define STOP_WAIT_MS 10000
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

/* In the child: HOME as folder, no input, messages to the log, then the program. */
static void become(const struct zy_home *h, const char *log, char *const argv[], bool detached)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), out;

	if (chdir(h->path) != 0 || null < 0)
		_exit(126);
	out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (out < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(126);
	if (detached)
		setsid();
	execvp(argv[0], argv);
	_exit(127);
}

static pid_t launch(const struct zy_home *h, const char *name, char *const argv[], bool detached, struct zy_error *err)
{
	char log[256];
	pid_t pid;

	snprintf(log, sizeof(log), "run/%s.log", name);
	if ((pid = fork()) < 0)
		zy_fail(err, ZY_E_IO, name, ZY_NOWHERE, "cannot start %s: %s", name, strerror(errno));
	if (pid == 0)
		become(h, log, argv, detached);
	return pid;
}

bool zy_process_run(const struct zy_home *h, const char *name, char *const argv[], struct zy_error *err)
{
	pid_t pid = launch(h, name, argv, false, err);
	int status = 0;

	if (pid < 0)
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return zy_fail(err, ZY_E_TOKEN, name, ZY_NOWHERE, "the program %s is not installed", argv[0]);
	return zy_fail(err, ZY_E_TOKEN, name, ZY_NOWHERE, "%s failed; %s/run/%s.log says why", name, h->path, name);
}

static void write_pid(const struct zy_home *h, const char *name, pid_t pid)
{
	struct zy_error ignored = { 0 };
	char path[4352], text[32];

	snprintf(path, sizeof(path), "%s/run/%s.pid", h->path, name);
	snprintf(text, sizeof(text), "%ld\n", (long)pid);
	if (!zy_file_write(path, zy_str(text), 0600, true, &ignored))
		fprintf(stderr, "zhengyin: warning: %s\n", ignored.msg);
}

/* The pid in HOME/run/NAME.pid if that process lives and its program is the one named; 0 otherwise. */
static pid_t running(const struct zy_home *h, const char *name, const char *program)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error ignored = { 0 };
	struct zy_bytes text, comm;
	char path[4352], number[32], proc[64];
	long pid;

	snprintf(path, sizeof(path), "%s/run/%s.pid", h->path, name);
	if (!zy_file_read(path, sizeof(number) - 1, &a, &text, &ignored))
		return 0;
	snprintf(number, sizeof(number), "%.*s", (int)text.len, (const char *)text.p);
	if ((pid = strtol(number, NULL, 10)) <= 1)
		return 0;
	snprintf(proc, sizeof(proc), "/proc/%ld/comm", pid);
	/* The kernel keeps 15 characters of the name: a pid that was given to another program is not ours. */
	if (!zy_file_read(proc, 64, &a, &comm, &ignored) || comm.len == 0 ||
	    strncmp((const char *)comm.p, program, comm.len - 1) != 0)
		return 0;
	return (pid_t)pid;
}

bool zy_swtpm_wanted(const struct zy_home *h)
{
	char path[4352];

	snprintf(path, sizeof(path), "%s/" ZY_SWTPM_FOLDER, h->path);
	return access(path, F_OK) == 0;
}

bool zy_swtpm_start(const struct zy_home *h, struct zy_error *err)
{
	static char *const argv[] = { "swtpm", "socket", "--tpm2", "--tpmstate", "dir=" ZY_SWTPM_FOLDER, "--server",
		"type=unixio,path=" ZY_SWTPM_FOLDER "/tpm.sock", "--ctrl",
		"type=unixio,path=" ZY_SWTPM_FOLDER "/ctrl.sock", "--flags", "not-need-init,startup-clear", NULL };
	char path[4352];
	pid_t pid;

	if (running(h, "swtpm", "swtpm") != 0)
		return true;
	snprintf(path, sizeof(path), "%s/" ZY_SWTPM_FOLDER "/tpm.sock", h->path);
	unlink(path);
	if ((pid = launch(h, "swtpm", argv, true, err)) < 0)
		return false;
	write_pid(h, "swtpm", pid);
	for (int waited = 0; waited < START_WAIT_MS; waited += STEP_MS, pause_ms(STEP_MS)) {
		int status;

		if (access(path, F_OK) == 0)
			return true;
		if (waitpid(pid, &status, WNOHANG) == pid)
			break;
	}
	return zy_fail(err, ZY_E_TOKEN, "swtpm", ZY_NOWHERE,
	    "the software TPM did not start (is the package swtpm installed?); %s/run/swtpm.log says more", h->path);
}

static bool start_signer(const struct zy_home *h, struct zy_hsm *hsm, const char *token, struct zy_error *err)
{
	char program[4200], name[128];
	char *argv[] = { program, "--home", ".", "--token", (char *)(uintptr_t)token, NULL };
	struct zy_error why = { 0 };
	pid_t pid;

	if (zy_hsm_ping(hsm, token, &why))
		return true;
	if (!zy_program_folder(program, 4096, err))
		return false;
	snprintf(program + strlen(program), sizeof(program) - strlen(program), "/zhengyin-signer");
	snprintf(name, sizeof(name), "signer-%s", token);
	if ((pid = launch(h, name, argv, true, err)) < 0)
		return false;
	write_pid(h, name, pid);
	for (int waited = 0; waited < START_WAIT_MS; waited += STEP_MS, pause_ms(STEP_MS)) {
		int status;

		why = (struct zy_error){ 0 };
		if (zy_hsm_ping(hsm, token, &why))
			return true;
		if (waitpid(pid, &status, WNOHANG) == pid)
			break;
	}
	return zy_fail(err, ZY_E_SIGNER_ABSENT, token, ZY_NOWHERE,
	    "the signing service of token %s did not start; %s/run/%s.log says why", token, h->path, name);
}

bool zy_processes_start(const struct zy_home *h, struct zy_error *err)
{
	struct zy_hsm *hsm = NULL;
	bool ok = !zy_swtpm_wanted(h) || zy_swtpm_start(h, err);

	ok = ok && zy_hsm_open(&hsm, h->path, err);
	for (size_t i = 0; ok && i < h->num_tokens; i++)
		ok = start_signer(h, hsm, h->tokens[i], err);
	zy_hsm_close(hsm);
	return ok;
}

static bool stop_one(
    const struct zy_home *h, const char *name, const char *program, unsigned *num, struct zy_error *err)
{
	pid_t pid = running(h, name, program);
	char path[4352];
	int status;

	if (pid != 0 && kill(pid, SIGTERM) == 0) {
		for (int waited = 0; running(h, name, program) != 0; waited += STEP_MS, pause_ms(STEP_MS)) {
			waitpid(pid, &status, WNOHANG); /* ours if this process started it: leave no zombie */
			if (waited >= STOP_WAIT_MS)
				return zy_fail(
				    err, ZY_E_IO, "run", ZY_NOWHERE, "process %ld (%s) does not stop", (long)pid, name);
		}
		++*num;
	}
	snprintf(path, sizeof(path), "%s/run/%s.pid", h->path, name);
	unlink(path);
	return true;
}

bool zy_processes_stop(const struct zy_home *h, unsigned *num, struct zy_error *err)
{
	char name[128];

	*num = 0;
	for (size_t i = 0; i < h->num_tokens; i++) {
		snprintf(name, sizeof(name), "signer-%s", h->tokens[i]);
		if (!stop_one(h, name, "zhengyin-signer", num, err))
			return false;
	}
	return stop_one(h, "swtpm", "swtpm", num, err);
}
