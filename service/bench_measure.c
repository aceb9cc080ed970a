/* Rates, and the lines that tell them. */
#include "bench.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define SLICES 20

struct measuring {
	zy_bench_op *op;
	void *arg;
	double until; /* by time, or */
	uint64_t end; /* by count */
	_Atomic uint64_t next, done;
};

struct measurer {
	pthread_t id;
	struct measuring *m;
	struct zy_error err;
	bool ok;
};

double zy_bench_now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *work(void *arg)
{
	struct measurer *w = arg;
	uint64_t i;

	while (w->ok && zy_bench_now_s() < w->m->until && (i = w->m->next++) < w->m->end) {
		w->ok = w->m->op(w->m->arg, i, &w->err);
		w->m->done += w->ok;
	}
	return NULL;
}

/* The rate of all that is done until m->until or m->end. */
static bool measure(struct measuring *m, unsigned threads, double *out, struct zy_error *err)
{
	struct measurer w[ZY_BENCH_THREADS_MAX];
	const double start = zy_bench_now_s();
	unsigned started = 0;
	bool ok = true;

	threads = threads < 1 ? 1 : threads > ZY_BENCH_THREADS_MAX ? ZY_BENCH_THREADS_MAX : threads;
	for (; started < threads; started++) {
		w[started] = (struct measurer){ .m = m, .ok = true };
		if (pthread_create(&w[started].id, NULL, work, &w[started]) != 0)
			break;
	}
	for (unsigned i = 0; i < started; i++) {
		pthread_join(w[i].id, NULL);
		if (!w[i].ok && ok)
			ok = zy_fail(err, w[i].err.code, w[i].err.field, w[i].err.offset, "%s", w[i].err.msg);
	}
	*out = (double)m->done / (zy_bench_now_s() - start);
	return ok && (started > 0 || zy_fail(err, ZY_E_NO_MEMORY, "bench", ZY_NOWHERE, "no thread can be started"));
}

bool zy_bench_rate(
    const struct zy_bench *b, unsigned threads, zy_bench_op *op, void *arg, double *out, struct zy_error *err)
{
	struct measuring m = { .op = op, .arg = arg, .end = UINT64_MAX };

	if (!op(arg, m.next++, err)) /* caches are filled once */
		return false;
	m.until = zy_bench_now_s() + b->seconds;
	return measure(&m, threads, out, err);
}

bool zy_bench_times(
    unsigned threads, uint64_t *next, uint64_t end, zy_bench_op *op, void *arg, double *out, struct zy_error *err)
{
	struct measuring m = { .op = op, .arg = arg, .until = INFINITY, .next = *next, .end = end };

	*next = end;
	return measure(&m, threads, out, err);
}

bool zy_bench_while(
    unsigned threads, double seconds, uint64_t *next, zy_bench_op *op, void *arg, double *out, struct zy_error *err)
{
	struct measuring m = {
		.op = op, .arg = arg, .until = zy_bench_now_s() + seconds, .next = *next, .end = UINT64_MAX
	};
	bool ok = measure(&m, threads, out, err);

	*next = m.next;
	return ok;
}

/* Adds the operations of one slice, and the time that they took. */
static bool run_slice(zy_bench_op *op, void *arg, double seconds, uint64_t *done, double *took, struct zy_error *err)
{
	const double start = zy_bench_now_s();
	double now = start;

	for (; now < start + seconds; now = zy_bench_now_s())
		if (!op(arg, (*done)++, err))
			return false;
	*took += now - start;
	return true;
}

bool zy_bench_beside(const struct zy_bench *b, zy_bench_op *ours, zy_bench_op *raw, void *arg,
    struct zy_bench_result *r, struct zy_error *err)
{
	const double slice = (double)b->seconds / SLICES;
	uint64_t our_count = 0, raw_count = 0;
	double our_time = 0, raw_time = 0;

	for (int i = 0; i <= SLICES; i++) {
		if (i == 1) { /* the first pair fills caches, and makes the tables of keys that come back */
			our_count = raw_count = 0;
			our_time = raw_time = 0;
		}
		if (!run_slice(ours, arg, slice, &our_count, &our_time, err) ||
		    !run_slice(raw, arg, slice, &raw_count, &raw_time, err))
			return false;
	}
	r->threads = 1;
	r->ours = (double)our_count / our_time;
	r->raw = (double)raw_count / raw_time;
	return true;
}

bool zy_bench_beside_sign(const struct zy_bench *b, struct zy_hsm *hsm, const char *key, double callers,
    zy_bench_op *op, void *arg, unsigned each, struct zy_bench_result *r, struct zy_error *err)
{
	double raw, rate;
	uint64_t next = 0;

	if (!op(arg, next++, err) || !zy_hsm_bench(hsm, key, 1, &raw, &r->threads, err)) /* caches are filled once */
		return false;
	r->ours = 0;
	r->raw = raw;
	for (unsigned i = 0; i < b->seconds; i++) {
		if (!zy_bench_while((unsigned)(callers * r->threads), 1, &next, op, arg, &rate, err) ||
		    !zy_hsm_bench(hsm, key, 1, &raw, &r->threads, err))
			return false;
		r->ours += rate * each;
		r->raw += raw;
	}
	r->ours /= b->seconds;
	r->raw /= b->seconds + 1;
	return true;
}

void zy_bench_print(const struct zy_bench *b, const struct zy_bench_result *r)
{
	const double ratio = r->raw > 0 ? r->ours / r->raw : 0;
	double load = 0;
	json_t *line;

	if (getloadavg(&load, 1) != 1)
		load = -1;
	if (!b->cli.json) {
		json_decref(r->more);
		printf("%-20s %9.0f/s beside %9.0f/s %s: %.2f (%u threads, load %.1f)\n", r->name, r->ours, r->raw,
		    r->raw_name, ratio, r->threads, load);
		fflush(stdout);
		return;
	}
	line = json_pack("{s:s, s:f, s:f, s:s, s:s, s:f, s:f, s:i}", "name", r->name, "ours", r->ours, "raw", r->raw,
	    "raw_name", r->raw_name, "unit", "per second", "ratio", ratio, "loadavg", load, "threads", (int)r->threads);
	json_object_update(line, r->more);
	json_decref(r->more);
	zy_cli_json(line);
	fflush(stdout);
}
