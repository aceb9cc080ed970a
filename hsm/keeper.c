#include "keeper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "token_private.h"

#define STEADY_MS 1000 /* who lived so long is started again at once */
#define PAUSE_MS 50    /* else after this, doubled each time */
#define PAUSE_MAX_MS 2000
#define STOP_MS 15000

struct child {
	const char *name;
	pid_t pid;            /* 0: not there */
	int64_t started, due; /* monotonic ms */
	unsigned short_lives; /* one after the other */
};

struct keeping {
	const struct zy_keeper *k;
	struct child host, tpm;
	int signals, ready; /* ready: the host's pipe, -1 when it was read */
	bool was_ready;     /* some host could sign; before that a failure is the end */
	bool stop;
	int status;
};

static void plan(struct child *c)
{
	int64_t now = zy_monotonic_ms(), pause = 0;

	c->pid = 0;
	c->short_lives = now - c->started < STEADY_MS ? c->short_lives + 1 : 0;
	if (c->short_lives > 0) {
		pause = PAUSE_MS << (c->short_lives > 6 ? 6 : c->short_lives - 1);
		pause = pause > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause;
	}
	c->due = now + pause;
}

/* Between fork and this the supervisor may have died: then there is nobody whose death could be told. */
static int be_host(const struct keeping *g, pid_t supervisor, int ready)
{
	if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) != 0)
		return zy_code_exit(ZY_E_IO);
	if (getppid() != supervisor)
		raise(SIGTERM);
	close(g->signals);
	return g->k->host(g->k->arg, ready, g->was_ready);
}

static void start_host(struct keeping *g)
{
	pid_t supervisor = getpid();
	int ends[2];

	if (pipe(ends) != 0) {
		plan(&g->host);
		return;
	}
	g->host.started = zy_monotonic_ms();
	g->host.pid = fork();
	if (g->host.pid == 0) {
		close(ends[0]);
		_exit(be_host(g, supervisor, ends[1]));
	}
	close(ends[1]);
	if (g->ready >= 0)
		close(g->ready);
	g->ready = ends[0];
	if (g->host.pid < 0)
		plan(&g->host);
}

static void start_tpm(struct keeping *g)
{
	struct zy_error why = { 0 };

	g->tpm.started = zy_monotonic_ms();
	if (zy_swtpm_run(g->k->config, &g->tpm.pid, &why))
		return;
	zy_log(g->k->log, ZY_LOG_ERROR, "swtpm-absent", "{s:s}", "because", why.msg);
	plan(&g->tpm);
}

/* Ms until the next child is due, -1 when all are there. */
static int start_due(struct keeping *g)
{
	int64_t now = zy_monotonic_ms(), wait = -1;

	if (g->k->config->swtpm != NULL && g->tpm.pid == 0) {
		if (g->tpm.due <= now)
			start_tpm(g);
		if (g->tpm.pid == 0)
			wait = g->tpm.due - now;
	}
	if (g->host.pid == 0 && g->host.due <= now)
		start_host(g);
	if (g->host.pid == 0 && (wait < 0 || g->host.due - now < wait))
		wait = g->host.due - now;
	return wait < 0 ? -1 : (int)wait;
}

static void host_ended(struct keeping *g, int status)
{
	int exit = WIFEXITED(status) ? WEXITSTATUS(status) : 0, signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (!g->was_ready) {
		g->status = signal == 0 ? exit : zy_code_exit(ZY_E_TOKEN);
		g->stop = true;
		return;
	}
	plan(&g->host);
	zy_log(g->k->log, ZY_LOG_ERROR, "host-ended", "{s:i,s:i}", "exit", exit, "signal", signal);
}

static void reap(struct keeping *g)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == g->host.pid) {
			host_ended(g, status);
		} else if (pid == g->tpm.pid) {
			plan(&g->tpm);
			zy_log(g->k->log, ZY_LOG_ERROR, "swtpm-ended", NULL);
		}
	}
}

static void take_signals(struct keeping *g)
{
	struct signalfd_siginfo info;

	while (read(g->signals, &info, sizeof(info)) == sizeof(info))
		g->stop = g->stop || info.ssi_signo != SIGCHLD;
}

static void look_ready(struct keeping *g)
{
	char byte;

	if (read(g->ready, &byte, 1) == 1) {
		g->was_ready = true;
		g->host.short_lives = 0;
	}
	close(g->ready);
	g->ready = -1;
}

static void watch(struct keeping *g)
{
	while (!g->stop) {
		int wait = start_due(g);
		struct pollfd p[] = { { .fd = g->signals, .events = POLLIN }, { .fd = g->ready, .events = POLLIN } };

		if (poll(p, 2, wait) < 0 && errno != EINTR)
			return;
		if (p[1].revents != 0)
			look_ready(g); /* before the reaper: a host that was ready and died is started again */
		take_signals(g);
		reap(g);
	}
}

static void end_host(struct keeping *g)
{
	int64_t until = zy_monotonic_ms() + STOP_MS;
	int status;

	if (g->host.pid <= 0)
		return;
	kill(g->host.pid, SIGTERM);
	while (waitpid(g->host.pid, &status, WNOHANG) == 0) {
		if (zy_monotonic_ms() > until)
			kill(g->host.pid, SIGKILL);
		zy_sleep_ms(5);
	}
}

int zy_keeper_run(const struct zy_keeper *k)
{
	struct keeping g = { .k = k, .was_ready = k->took_over, .ready = -1 };
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0 ||
	    (g.signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
		return zy_code_exit(ZY_E_IO);
	watch(&g);
	end_host(&g);
	zy_swtpm_end(g.tpm.pid);
	if (g.ready >= 0)
		close(g.ready);
	close(g.signals);
	return g.status;
}
