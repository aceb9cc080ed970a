#include "zy/batch.h"

#include <pthread.h>
#include <stdlib.h>

#include <jansson.h>

struct run {
	struct zy_desk *desk;
	const struct zy_batch *batch;
	pthread_mutex_t reading, answering;
	struct zy_batch_counts counts;
	struct zy_error fault; /* what stops the batch */
	_Atomic bool stop;
};

struct line {
	json_t *root;
	struct zy_mint_request q;
	struct zy_terms terms;
	char *data; /* the data object as text again, for the schema check */
};

static bool read_request(struct line *l, const char *text, size_t len, struct zy_error *err)
{
	const char *kind = NULL;
	json_error_t why;
	json_t *data;

	if (len > ZY_BATCH_LINE_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "line", ZY_NOWHERE, "the line is longer than %zu bytes", ZY_BATCH_LINE_MAX);
	if ((l->root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why)) == NULL)
		return zy_fail(err, ZY_E_JSON, "line", (size_t)why.position, "not a JSON object: %s", why.text);
	if (json_unpack_ex(l->root, &why, JSON_STRICT, "{s:s, s:s, s:s, s:s, s:o, s?{s:s, s:s, s:s, s?s}}", "request",
		&l->q.request, "type", &l->q.type, "holder", &l->q.holder, "name", &l->q.name, "data", &data, "terms",
		"kind", &kind, "until", &l->terms.until, "about", &l->terms.about, "evidence", &l->terms.evidence) != 0)
		return zy_fail(err, ZY_E_JSON, "line", ZY_NOWHERE,
		    "a line has exactly request, type, holder, name and data, and may have terms: %s", why.text);
	if (kind != NULL && !zy_terms_kind_find(kind, &l->terms.kind))
		return zy_fail(err, ZY_E_JSON, "terms", ZY_NOWHERE, "terms are of the kind promise or condition");
	l->q.terms = kind == NULL ? NULL : &l->terms;
	if ((l->data = json_dumps(data, JSON_COMPACT)) == NULL)
		return zy_fail(err, ZY_E_JSON, "data", ZY_NOWHERE, "data must be an object");
	l->q.data = zy_str(l->data);
	return true;
}

static void free_line(struct line *l)
{
	json_decref(l->root);
	free(l->data);
}

/* Faults of the outside world stop the batch; what is wrong with one line does not. */
static bool stops_batch(const struct zy_error *e)
{
	return zy_code_exit(e->code) >= 69;
}

static void answer(
    struct run *r, uint64_t number, const struct line *l, const struct zy_minted *minted, const struct zy_error *err)
{
	pthread_mutex_lock(&r->answering);
	if (minted != NULL) {
		r->counts.minted += !minted->again;
		r->counts.again += minted->again;
	} else if (stops_batch(err)) {
		if (!r->stop)
			r->fault = *err;
		r->stop = true;
	} else {
		r->counts.refused++;
	}
	if (minted != NULL || !stops_batch(err))
		r->batch->answer(r->batch->arg, number, l->q.request, minted, err, &r->counts);
	pthread_mutex_unlock(&r->answering);
}

static void mint_line(struct run *r, uint64_t number, const char *text, size_t len)
{
	ZY_ARENA_AUTO arena = { 0 };
	struct zy_minted minted = { 0 };
	struct zy_error err = { 0 };
	struct line l = { .terms = { .evidence = "" } };
	bool ok = read_request(&l, text, len, &err);

	if (ok) {
		l.q.forms = r->batch->forms;
		l.q.package = r->batch->package;
		ok = zy_mint(r->desk, &l.q, r->batch->out_dir, r->batch->times, &arena, &minted, &err);
	}
	answer(r, number, &l, ok ? &minted : NULL, &err);
	free_line(&l);
}

/* The next line that is not blank; 0 at the end or when the batch stops. */
static uint64_t next_line(struct run *r, char **text, size_t *room, size_t *len)
{
	uint64_t number = 0;
	ssize_t n;

	pthread_mutex_lock(&r->reading);
	while (number == 0 && !r->stop && (n = getline(text, room, r->batch->in)) >= 0) {
		r->counts.lines++;
		*len = (size_t)n;
		while (*len > 0 && strchr("\r\n \t", (*text)[*len - 1]) != NULL)
			--*len;
		if (*len > 0)
			number = r->counts.lines;
	}
	pthread_mutex_unlock(&r->reading);
	return number;
}

static void *work(void *arg)
{
	struct run *r = arg;
	char *text = NULL;
	size_t room = 0, len = 0;
	uint64_t number;

	while ((number = next_line(r, &text, &room, &len)) != 0)
		mint_line(r, number, text, len);
	free(text);
	return NULL;
}

bool zy_batch_run(struct zy_desk *d, const struct zy_batch *b, struct zy_batch_counts *out, struct zy_error *err)
{
	struct run r = {
		.desk = d, .batch = b, .reading = PTHREAD_MUTEX_INITIALIZER, .answering = PTHREAD_MUTEX_INITIALIZER
	};
	unsigned threads = b->threads < 1 ? 1 : b->threads > ZY_BATCH_THREADS_MAX ? ZY_BATCH_THREADS_MAX : b->threads;
	pthread_t ids[ZY_BATCH_THREADS_MAX];
	unsigned started = 0;

	while (started < threads && pthread_create(&ids[started], NULL, work, &r) == 0)
		started++;
	if (started == 0)
		return zy_fail(err, ZY_E_NO_MEMORY, "batch", ZY_NOWHERE, "no thread can be started");
	for (unsigned i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
	*out = r.counts;
	if (r.stop) {
		*err = r.fault;
		return false;
	}
	return !ferror(b->in) || zy_fail(err, ZY_E_IO, "batch", ZY_NOWHERE, "the batch file cannot be read");
}
