#include "progress.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define EVERY_MS 500

static volatile sig_atomic_t told; /* a handler has no other place */

static void on_signal(int number)
{
	(void)number;
	told = 1;
}

static void handle(void (*handler)(int), int flags)
{
	struct sigaction a = { .sa_handler = handler, .sa_flags = flags };

	sigemptyset(&a.sa_mask);
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
}

void zy_progress_begin(struct zy_progress *p, const char *name)
{
	*p = (struct zy_progress){ .name = name };
	told = 0;
	handle(on_signal, (int)SA_RESETHAND);
}

static int64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool zy_progress_step(void *arg, const struct zy_care_step *s)
{
	struct zy_progress *p = arg;
	const bool tty = isatty(STDERR_FILENO) == 1;
	const int64_t now = monotonic_ms();

	if (s->what == p->what && now - p->shown_ms < EVERY_MS)
		return told == 0;
	p->what = s->what;
	p->shown_ms = now;
	p->open = tty;
	fprintf(stderr, "%s%s: %s %" PRIu64 " of %" PRIu64 "%s", tty ? "\r\033[K" : "", p->name, s->what, s->done,
	    s->of > s->done ? s->of : s->done, tty ? "" : "\n");
	return told == 0;
}

void zy_progress_end(struct zy_progress *p)
{
	if (p->open)
		fputc('\n', stderr);
	p->open = false;
	handle(SIG_DFL, 0);
}
