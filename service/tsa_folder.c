#include "tsa_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/text.h"
#include "zy/tsa_home.h"

#define GROUP 64
#define SUFFIX_LEN 4 /* .tsq, .tsr */

struct answering {
	struct zy_cli *c;
	const struct zy_tsa_folder *f;
	struct zy_tsa_folder_counts *counts;
	struct zy_tsa_home homes[2]; /* by enum zy_suite; opened when first asked for */
};

struct one {
	const char *name; /* of the request */
	char path[PATH_MAX];
	enum zy_suite suite;
	struct zy_tsa_job job;
	struct zy_buf response;
	struct zy_error err; /* not answered */
};

enum zy_suite zy_tsa_suite_of(struct zy_bytes request)
{
	struct zy_error ignored = { 0 };
	struct zy_tsp_request q;

	return zy_tsp_request_parse(&q, request, &ignored) && q.imprint.hash == ZY_TSP_SM3 ? ZY_SUITE_GM
											   : ZY_SUITE_INTL;
}

static int is_request(const struct dirent *e)
{
	const size_t len = strlen(e->d_name);

	return e->d_name[0] != '.' && len > SUFFIX_LEN && strcmp(e->d_name + len - SUFFIX_LEN, ".tsq") == 0;
}

void zy_tsa_tell(const struct zy_cli *c, const char *request, const char *path, const char *policy, enum zy_suite suite,
    const struct zy_tsa_answer *a)
{
	char serial[2 * sizeof(a->serial) + 1], time[ZY_TIME_TEXT];

	zy_hex(ZY_BYTES(a->serial, sizeof(a->serial)), serial);
	zy_time_to_rfc3339(a->gen_time.seconds, time);
	time[19] = 0; /* the fraction goes before the Z */
	if (c->json)
		zy_cli_json(json_pack("{s:s*, s:s, s:s, s:o, s:s, s:s, s:s}", "request", request, "status", "granted",
		    "serial", serial, "gen_time", json_sprintf("%s.%06uZ", time, (unsigned)(a->gen_time.nanos / 1000)),
		    "policy", policy == NULL ? ZY_TSA_POLICY_EXAMPLE : policy, "suite", zy_suite_name(suite), "path",
		    path));
	else
		printf("%s: %s.%06uZ, serial %s\n", path, time, (unsigned)(a->gen_time.nanos / 1000), serial);
}

static void tell(const struct answering *w, const struct one *o)
{
	const struct zy_error *e = o->err.code != ZY_OK ? &o->err : &o->job.answer.why;

	if (e->code == ZY_OK)
		zy_tsa_tell(w->c, o->name, o->path, w->f->policy, o->suite, &o->job.answer);
	else if (w->c->json)
		zy_cli_json(json_pack("{s:s, s:s, s:o}", "request", o->name, "status",
		    o->err.code != ZY_OK ? "error" : "rejection", "error", zy_error_json(e)));
	else
		fprintf(stderr, "%s: %s\n", o->name, e->msg);
}

/* false: it is answered already. */
static bool read_one(const struct answering *w, struct one *o, struct zy_arena *a)
{
	char from[PATH_MAX];
	const int len =
	    snprintf(o->path, sizeof(o->path), "%s/%.*s.tsr", w->f->out, (int)(strlen(o->name) - SUFFIX_LEN), o->name);
	const int from_len = snprintf(from, sizeof(from), "%s/%s", w->f->requests, o->name);

	if (len < 0 || (size_t)len >= sizeof(o->path) || from_len < 0 || (size_t)from_len >= sizeof(from)) {
		(void)zy_fail(&o->err, ZY_E_IO, "requests", ZY_NOWHERE, "the path is too long");
		return true;
	}
	if (!w->f->force && access(o->path, F_OK) == 0)
		return false;
	o->job.out = &o->response;
	if (zy_file_read(from, ZY_TSP_REQUEST_MAX, a, &o->job.request, &o->err))
		o->suite = w->f->suite != NULL ? *w->f->suite : zy_tsa_suite_of(o->job.request);
	return true;
}

static bool answer_suite(struct answering *w, enum zy_suite suite, struct one *ones, size_t num, struct zy_error *err)
{
	struct zy_tsa_home *h = &w->homes[suite];
	struct zy_tsa_job jobs[GROUP];
	size_t of[GROUP], n = 0;

	for (size_t i = 0; i < num; i++)
		if (ones[i].err.code == ZY_OK && ones[i].suite == suite) {
			of[n] = i;
			jobs[n++] = ones[i].job;
		}
	if (n == 0)
		return true;
	if ((h->tsa == NULL && !zy_tsa_home_open(h, w->c->home, suite, w->f->policy, w->c->tsa_time, err)) ||
	    !zy_tsa_answer_many(h->tsa, jobs, n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		ones[of[i]].job = jobs[i];
	return true;
}

static void finish_one(struct answering *w, struct one *o)
{
	if (o->err.code != ZY_OK || !zy_file_write(o->path, zy_buf_bytes(&o->response), 0644, w->f->force, &o->err))
		w->counts->failed++;
	else if (o->job.answer.granted)
		w->counts->granted++;
	else
		w->counts->rejected++;
	tell(w, o);
	zy_buf_free(&o->response);
}

/* *at moves past as many names as fill a group. */
static bool answer_group(
    struct answering *w, struct one *ones, struct dirent **names, size_t num, size_t *at, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	size_t n = 0;
	bool ok;

	for (; n < GROUP && *at < num; ++*at) {
		ones[n] = (struct one){ .name = names[*at]->d_name };
		if (read_one(w, &ones[n], &a))
			n++;
		else
			w->counts->passed++;
	}
	ok = answer_suite(w, ZY_SUITE_GM, ones, n, err) && answer_suite(w, ZY_SUITE_INTL, ones, n, err);
	for (size_t i = 0; i < n; i++)
		if (ok)
			finish_one(w, &ones[i]);
		else
			zy_buf_free(&ones[i].response);
	return ok;
}

static bool answer_all(struct answering *w, struct dirent **names, size_t num, struct zy_error *err)
{
	struct one *ones = calloc(GROUP, sizeof(*ones));
	bool ok = ones != NULL || zy_fail(err, ZY_E_NO_MEMORY, "requests", ZY_NOWHERE, "no memory");

	for (size_t at = 0; ok && at < num;) {
		ok = answer_group(w, ones, names, num, &at, err);
		if (isatty(STDERR_FILENO) && num > GROUP)
			fprintf(stderr, "\r%zu of %zu%s", at, num, at < num ? "" : "\n");
	}
	free(ones);
	return ok;
}

bool zy_tsa_folder_answer(
    struct zy_cli *c, const struct zy_tsa_folder *f, struct zy_tsa_folder_counts *counts, struct zy_error *err)
{
	struct answering w = { .c = c, .f = f, .counts = counts };
	struct dirent **names = NULL;
	const int num = scandir(f->requests, &names, is_request, alphasort);
	struct stat s;
	bool ok;

	*counts = (struct zy_tsa_folder_counts){ 0 };
	if (num < 0)
		return zy_fail(err, ZY_E_IO, "requests", ZY_NOWHERE, "cannot read the folder %.200s: %s", f->requests,
		    strerror(errno));
	ok = (stat(f->out, &s) == 0 && S_ISDIR(s.st_mode)) ||
	     zy_fail(err, ZY_E_IO, "out", ZY_NOWHERE, "make the folder %.200s first: answers go there", f->out);
	ok = ok && answer_all(&w, names, (size_t)num, err);
	for (int i = 0; i < num; i++)
		free(names[i]);
	free(names);
	for (size_t i = 0; i < 2; i++)
		zy_tsa_home_close(&w.homes[i]);
	return ok;
}
