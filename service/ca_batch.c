/* ca issue --batch: requests as JSON lines, issued in groups so that a group shares its two durable writes. */
#include "ca_desk.h"

#include <stdlib.h>

#include "cli.h"

#define GROUP 256
#define LINE_MAX_BYTES ((size_t)65536)

struct line {
	uint64_t number;
	struct zy_cert_wish wish;
	enum zy_suite suite;
	struct zy_issuing *issuer;
	struct zy_cert_job job;
	bool done;
};

struct group {
	struct zy_ca_desk *desk;
	struct zy_arena arena; /* of the group's lines and certificates */
	unsigned threads;
	zy_time now;
	uint64_t *refused;
	size_t num;
	struct line lines[GROUP];
	struct zy_cert_job jobs[GROUP];
};

static bool read_wish(json_t *o, struct zy_cert_wish *w, struct zy_arena *a, struct zy_error *err)
{
	const char *profile, *csr, *subject = NULL, *request = NULL, *identity = NULL;
	json_error_t why;
	int days = 0;

	if (json_unpack_ex(o, &why, JSON_STRICT, "{s?s, s:s, s:s, s?s, s?s, s?i}", "request", &request, "profile",
		&profile, "csr", &csr, "subject", &subject, "identity", &identity, "days", &days) != 0)
		return zy_fail(err, ZY_E_JSON, "batch", ZY_NOWHERE, "%s", why.text);
	if (days < 0 || days > 36525)
		return zy_fail(err, ZY_E_PROFILE, "days", ZY_NOWHERE, "days is 1 to 36525");
	if (request != NULL && request[0] == 0)
		return zy_fail(err, ZY_E_JSON, "request", ZY_NOWHERE, "a request key is not empty");
	w->days = (unsigned)days;
	return (w->profile = zy_arena_text(a, zy_str(profile), err)) != NULL &&
	       zy_arena_copy(a, zy_str(csr), &w->csr, err) &&
	       (subject == NULL || (w->subject = zy_arena_text(a, zy_str(subject), err)) != NULL) &&
	       (identity == NULL || (w->identities = zy_arena_text(a, zy_str(identity), err)) != NULL) &&
	       (request == NULL || (w->request = zy_arena_text(a, zy_str(request), err)) != NULL);
}

static bool read_line(struct group *g, struct line *l, const char *text, size_t len, struct zy_error *err)
{
	const struct zy_cert_profile *profile;
	json_error_t why;
	json_t *o = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	bool ok;

	if (o == NULL)
		return zy_fail(err, ZY_E_JSON, "batch", ZY_NOWHERE, "%s", why.text);
	ok = read_wish(o, &l->wish, &g->arena, err);
	json_decref(o);
	return ok && zy_profile_find(&g->desk->profiles, l->wish.profile, &profile, err) &&
	       zy_ca_desk_suite(l->wish.csr, &l->suite, err) &&
	       (l->issuer = zy_ca_desk_issuer(g->desk, profile, l->suite, err)) != NULL;
}

static bool is_open(const struct group *g, size_t i, const struct zy_issuing *issuer)
{
	return g->lines[i].issuer == issuer && !g->lines[i].done;
}

/* Does an open line before it have its request key? That one goes first, and answers for it. */
static bool must_wait(const struct group *g, size_t i, const struct zy_issuing *issuer)
{
	const char *key = g->lines[i].wish.request;

	for (size_t k = 0; key != NULL && k < i; k++)
		if (is_open(g, k, issuer) && g->lines[k].wish.request != NULL &&
		    strcmp(g->lines[k].wish.request, key) == 0)
			return true;
	return false;
}

/* Lines of the group that one issuer signs, no two of one request key. *num: how many; 0 when all are done. */
static bool issue_some(struct group *g, struct zy_issuing *issuer, size_t *num, struct zy_error *err)
{
	size_t place[GROUP];
	bool ok;

	*num = 0;
	for (size_t i = 0; i < g->num; i++)
		if (is_open(g, i, issuer) && !must_wait(g, i, issuer)) {
			place[*num] = i;
			g->jobs[(*num)++] = (struct zy_cert_job){ .wish = g->lines[i].wish };
		}
	if (*num == 0)
		return true;
	ok = zy_cert_issue_many(issuer, g->jobs, *num, g->threads, g->now, &g->arena, err);
	for (size_t i = 0; i < *num; i++) {
		g->lines[place[i]].job = g->jobs[i];
		g->lines[place[i]].done = true;
	}
	return ok;
}

static bool issue_with(struct group *g, struct zy_issuing *issuer, struct zy_error *err)
{
	size_t num = 1;
	bool ok = true;

	while (ok && num > 0)
		ok = issue_some(g, issuer, &num, err);
	return ok;
}

static void answer(struct group *g, const struct line *l)
{
	const struct zy_error *e = &l->job.err;
	ZY_BUF_AUTO pem = { 0 };
	json_t *o;

	if (e->code != ZY_OK) {
		++*g->refused;
		o = json_pack("{s:o}", "error", zy_error_json(e));
	} else {
		zy_cert_to_pem(l->job.entry.der, &pem);
		o = zy_entry_json(&l->job.entry);
		json_object_set_new(o, "pem", json_stringn((const char *)pem.p, pem.len));
	}
	if (l->wish.request != NULL)
		json_object_set_new(o, "request", json_string(l->wish.request));
	json_object_set_new(o, "line", json_integer((json_int_t)l->number));
	zy_cli_json(o);
}

static bool finish(struct group *g, struct zy_error *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < 2; i++)
		if (g->desk->issuers[i] != NULL)
			ok = issue_with(g, g->desk->issuers[i], err);
	for (size_t i = 0; ok && i < g->num; i++)
		answer(g, &g->lines[i]);
	g->num = 0;
	zy_arena_free(&g->arena);
	return ok;
}

static bool run(struct group *g, FILE *in, struct zy_error *err)
{
	uint64_t number = 0;
	char *text = NULL;
	size_t room = 0;
	ssize_t len;
	bool ok = true;

	while (ok && (len = getline(&text, &room, in)) >= 0) {
		struct line *l = &g->lines[g->num];

		*l = (struct line){ .number = ++number };
		if (len == 0 || text[0] == '\n')
			continue;
		g->num++;
		if ((size_t)len > LINE_MAX_BYTES)
			(void)zy_fail(&l->job.err, ZY_E_TOO_LARGE, "batch", ZY_NOWHERE, "the line is too long");
		else if (!read_line(g, l, text, (size_t)len, &l->job.err))
			l->issuer = NULL;
		ok = zy_code_exit(l->job.err.code) < 69 ||
		     zy_fail(err, l->job.err.code, l->job.err.field, ZY_NOWHERE, "%s", l->job.err.msg);
		if (ok && g->num == GROUP)
			ok = finish(g, err);
	}
	free(text);
	return ok && finish(g, err);
}

bool zy_ca_batch(struct zy_ca_desk *d, FILE *in, unsigned threads, zy_time now, uint64_t *refused, struct zy_error *err)
{
	struct group *g = calloc(1, sizeof(*g));
	bool ok;

	*refused = 0;
	if (g == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "batch", ZY_NOWHERE, "no memory for a batch");
	*g = (struct group){ .desk = d, .threads = threads, .now = now, .refused = refused };
	ok = run(g, in, err);
	zy_arena_free(&g->arena);
	free(g);
	return ok;
}
