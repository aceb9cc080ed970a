/* A home in a temporary folder with a token and the real signer process, for tests. Needs ZY_BIN_DIR. */
#ifndef SIGNER_HOME_H
#define SIGNER_HOME_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SOFTHSM_MODULE "/usr/lib/softhsm/libsofthsm2.so"

struct signer_home {
	char path[512];
	pid_t signer;
};

/* printf into HOME/name, mode 0600; folders must be there. */
__attribute__((format(printf, 3, 4))) static inline void home_write(
    const struct signer_home *h, const char *name, const char *fmt, ...)
{
	char path[1024];
	FILE *f;
	va_list ap;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", h->path, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || (f = fdopen(fd, "w")) == NULL)
		abort();
	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	fclose(f);
}

static inline void home_folder(const struct signer_home *h, const char *name)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", h->path, name);
	if (mkdir(path, 0700) != 0)
		abort();
}

/* A path longer than a socket's address takes, on purpose. */
static inline void home_make(struct signer_home *h)
{
	char top[] = "/tmp/zy-signer-XXXXXX";

	if (mkdtemp(top) == NULL)
		abort();
	snprintf(h->path, sizeof(h->path), "%s", top);
	home_folder(h, "a-folder-name-that-makes-the-path-of-this-home-longer-than-a-socket-address-takes-in-"
		       "sun_path-which-is-108-bytes");
	snprintf(h->path, sizeof(h->path),
	    "%s/a-folder-name-that-makes-the-path-of-this-home-longer-than-a-socket-address-takes-in-"
	    "sun_path-which-is-108-bytes",
	    top);
	home_folder(h, "signer");
	home_folder(h, "tokens");
	h->signer = 0;
}

/* Token TOKEN in SoftHSM2 with its own store, through `module`. */
static inline void home_soft_token(const struct signer_home *h, const char *token, const char *module)
{
	char name[128];

	snprintf(name, sizeof(name), "tokens/%s", token);
	home_folder(h, name);
	snprintf(name, sizeof(name), "tokens/%s.conf", token);
	home_write(h, name, "directories.tokendir = %s/tokens/%s\nobjectstore.backend = file\nlog.level = ERROR\n",
	    h->path, token);
	snprintf(name, sizeof(name), "signer/%s.json", token);
	home_write(h, name,
	    "{\"module\":\"%s\",\"label\":\"%s\",\"pin_file\":\"tokens/%s.pin\",\"so_pin_file\":\"tokens/%s.so-pin\","
	    "\"environment\":{\"SOFTHSM2_CONF\":\"tokens/%s.conf\"}}",
	    module, token, token, token, token);
}

/* Starts zhengyin-signer with its standard output in *out and its log in HOME/TOKEN.log. */
static inline pid_t home_spawn(const struct signer_home *h, const char *token, const char *option, int *out)
{
	char log[1024];
	int ends[2];
	pid_t pid;

	snprintf(log, sizeof(log), "%s/%s.log", h->path, token);
	if (pipe2(ends, O_CLOEXEC) != 0 || (pid = fork()) < 0)
		abort();
	if (pid == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

		dup2(ends[1], STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		/* the signer cannot be traced, so the leak sanitizer could not look */
		setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
		execl(ZY_BIN_DIR "/zhengyin-signer", "zhengyin-signer", "--home", h->path, "--token", token, option,
		    (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	*out = ends[0];
	return pid;
}

static inline int home_wait(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		abort();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Runs it with that option to its end; its exit status. */
static inline int home_run(const struct signer_home *h, const char *token, const char *option)
{
	int out, status;
	pid_t pid = home_spawn(h, token, option, &out);

	status = home_wait(pid);
	close(out);
	return status;
}

/* True once it says that it is ready; false with its exit status in *status. */
static inline bool home_start(struct signer_home *h, const char *token, int *status)
{
	char line[256];
	size_t len = 0;
	ssize_t n;
	int out;

	h->signer = home_spawn(h, token, NULL, &out);
	while (len < sizeof(line) - 1 && (n = read(out, line + len, sizeof(line) - 1 - len)) > 0) {
		len += (size_t)n;
		if (line[len - 1] == '\n')
			break;
	}
	close(out);
	line[len] = 0;
	if (strstr(line, "\"ready\":true") != NULL)
		return true;
	*status = home_wait(h->signer);
	h->signer = 0;
	return false;
}

/* The process under the supervisor that has the module; 0 when there is none at the moment. */
static inline pid_t home_host(pid_t supervisor)
{
	char path[64];
	long pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", (long)supervisor, (long)supervisor);
	if ((f = fopen(path, "r")) != NULL) {
		if (fscanf(f, "%ld", &pid) != 1)
			pid = 0;
		fclose(f);
	}
	return (pid_t)pid;
}

/* As ps shows it; Z when there is no such process. */
static inline char home_state(pid_t pid)
{
	char path[64], state = 'Z';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if ((f = fopen(path, "r")) == NULL)
		return 'Z';
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(f);
	return state;
}

/* Every thread of it has ended: what it held is free. Whose child it is does not matter. */
static inline bool home_is_gone(pid_t pid)
{
	struct stat tasks;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/task", (long)pid);
	/* links: two and one a thread */
	return home_state(pid) == 'Z' && (stat(path, &tasks) != 0 || tasks.st_nlink <= 3);
}

static inline void home_wait_gone(pid_t pid)
{
	while (!home_is_gone(pid))
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
}

/* SIGKILL reaches both processes of the signer, as a power cut would. */
static inline int home_stop(struct signer_home *h, int signal)
{
	pid_t pid = h->signer, host = 0;
	int status;

	h->signer = 0;
	if (pid <= 0)
		return -1; /* it did not start; and kill(0) would reach the test itself */
	if (signal == SIGKILL) {
		kill(pid, SIGSTOP); /* so that it starts no other host */
		while (home_state(pid) != 'T' && home_state(pid) != 'Z')
			nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
		if ((host = home_host(pid)) > 1)
			kill(host, SIGKILL);
	}
	kill(pid, signal);
	status = home_wait(pid);
	if (host > 1)
		home_wait_gone(host);
	return status;
}

static inline void home_remove(struct signer_home *h)
{
	char command[600];

	if (h->signer != 0)
		home_stop(h, SIGKILL);
	*strrchr(h->path, '/') = 0;
	snprintf(command, sizeof(command), "rm -rf '%s'", h->path);
	if (system(command) != 0)
		abort();
}

/* Does a line of HOME/TOKEN.log hold that text? */
static inline bool home_logged(const struct signer_home *h, const char *token, const char *text)
{
	char path[1024], line[1024];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.log", h->path, token);
	if ((f = fopen(path, "r")) == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), f) != NULL)
		found = strstr(line, text) != NULL;
	fclose(f);
	return found;
}

#endif
