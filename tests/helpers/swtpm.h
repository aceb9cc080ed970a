/* A software TPM in a folder, as a child of the test; it listens at FOLDER/tpm.sock. */
#ifndef TEST_SWTPM_H
#define TEST_SWTPM_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static inline bool swtpm_answers(const char *folder)
{
	int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	bool ok;

	snprintf(at.sun_path, sizeof(at.sun_path), "/proc/self/fd/%d/tpm.sock", dir);
	ok = dir >= 0 && fd >= 0 && connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0;
	close(fd);
	close(dir);
	return ok;
}

/* Gives its pid once it takes connections. What it keeps in the folder outlives it. Names are relative because the
 * folder may lie deeper than a socket's address takes. Without --daemon: a daemon loses its lock on the folder. */
static inline pid_t swtpm_start(const char *folder)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (chdir(folder) == 0 && (unlink("tpm.sock") == 0 || errno == ENOENT) &&
		    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0)
			execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", "dir=.", "--server",
			    "type=unixio,path=tpm.sock", "--ctrl", "type=unixio,path=tpm.ctrl", "--flags",
			    "not-need-init,startup-clear", (char *)NULL);
		_exit(127);
	}
	while (pid < 0 || !swtpm_answers(folder)) {
		if (pid < 0 || waitpid(pid, &status, WNOHANG) == pid)
			abort();
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
	}
	return pid;
}

/* SIGKILL: a TPM that loses its power. Nothing of it is left when this returns. */
static inline void swtpm_stop(pid_t *pid)
{
	int status;

	if (*pid > 1 && kill(*pid, SIGKILL) == 0)
		waitpid(*pid, &status, 0);
	*pid = 0;
}

#endif
