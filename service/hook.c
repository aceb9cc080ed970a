#include "hook.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "zy/buf.h"

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool bad(const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_WITNESS, "by", ZY_NOWHERE, "%s", why);
}

/* A file without a name: what a command does not read holds nobody up. */
static int input_of(struct zy_bytes in)
{
	int fd = memfd_create("request", MFD_CLOEXEC);

	if (fd >= 0 && (write(fd, in.p, in.len) != (ssize_t)in.len || lseek(fd, 0, SEEK_SET) != 0)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* In the child, with a process group of its own. */
static void become(const char *command, int in, int out)
{
	setpgid(0, 0);
	if (dup2(in, 0) >= 0 && dup2(out, 1) >= 0)
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static bool start(const char *command, struct zy_bytes in, pid_t *pid, int *out, struct zy_error *err)
{
	int ends[2], input = input_of(in);

	if (input < 0 || pipe2(ends, O_CLOEXEC) != 0) {
		zy_fail_set(err, ZY_E_IO, "by", ZY_NOWHERE, "cannot start it: %s", strerror(errno));
		if (input >= 0)
			close(input);
		return false;
	}
	*pid = fork();
	if (*pid == 0)
		become(command, input, ends[1]);
	if (*pid > 0)
		setpgid(*pid, *pid); /* whoever is first: it is ended by its group */
	close(input);
	close(ends[1]);
	*out = ends[0];
	if (*pid > 0)
		return true;
	close(ends[0]);
	return zy_fail(err, ZY_E_IO, "by", ZY_NOWHERE, "cannot start it: %s", strerror(errno));
}

/* Up to its end, the cap or the time. */
static bool collect(int fd, int64_t until, size_t cap, struct zy_buf *out, struct zy_error *err)
{
	uint8_t piece[4096];

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = until - now_ms();
		ssize_t n;

		if (left <= 0)
			return bad("the command took too long", err);
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		if ((n = read(fd, piece, sizeof(piece))) < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 || bad("its answer cannot be read", err);
		if (out->len + (size_t)n > cap)
			return bad("the command printed more than an answer can be", err);
		zy_buf_put(out, ZY_BYTES(piece, (size_t)n));
	}
}

/* One that has said all may still take its time to end. */
static bool wait_for(pid_t pid, int64_t until, int *status, struct zy_error *err)
{
	const struct timespec step = { .tv_nsec = 5000000 };
	pid_t ended;

	while ((ended = waitpid(pid, status, WNOHANG)) == 0 && now_ms() < until)
		nanosleep(&step, NULL);
	return ended == pid || bad("the command took too long", err);
}

static bool finish(pid_t pid, int fd, size_t cap, struct zy_buf *text, struct zy_error *err)
{
	const int64_t until = now_ms() + ZY_HOOK_SECONDS * 1000;
	int status = 0;

	if (!collect(fd, until, cap, text, err) || !wait_for(pid, until, &status, err)) {
		kill(-pid, SIGKILL);
		waitpid(pid, &status, 0);
		return false;
	}
	return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
	       zy_fail(err, ZY_E_WITNESS, "by", ZY_NOWHERE, "the command ended with status %d",
		   WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

bool zy_hook_run(
    const char *command, struct zy_bytes in, size_t cap, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	ZY_BUF_AUTO text = { 0 };
	pid_t pid;
	bool ok;
	int fd;

	if (!start(command, in, &pid, &fd, err))
		return false;
	ok = finish(pid, fd, cap, &text, err);
	close(fd);
	return ok && zy_buf_done(&text, "answer", err) && zy_arena_copy(a, zy_buf_bytes(&text), out, err);
}
