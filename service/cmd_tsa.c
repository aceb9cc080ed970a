/* ca tsa, ca timestamp: time-stamps of RFC 3161. */
#include "tsa_folder.h"

#include <string.h>
#include <unistd.h>

#include "zy/tsa_home.h"
#include "zy/file.h"
#include "zy/text.h"

#define FILE_MAX ((size_t)1 << 30)

struct asked {
	const char *request, *requests, *out, *suite, *policy;
	bool force;
};

static bool check_out(const struct zy_cli *c, const struct asked *q, struct zy_error *err)
{
	if (q->out == NULL)
		return zy_fail(err, ZY_E_USAGE, "out", ZY_NOWHERE, "say where the answer goes: --out FILE, or --out -");
	if (strcmp(q->out, "-") == 0 && (c->json || isatty(STDOUT_FILENO)))
		return zy_fail(err, ZY_E_USAGE, "out", ZY_NOWHERE,
		    "--out - writes DER to standard output: not to a terminal, and not with --json");
	return true;
}

static bool write_out(const struct asked *q, struct zy_bytes der, struct zy_error *err)
{
	if (strcmp(q->out, "-") != 0)
		return zy_file_write(q->out, der, 0644, q->force, err);
	return fwrite(der.p, 1, der.len, stdout) == der.len ||
	       zy_fail(err, ZY_E_IO, "out", ZY_NOWHERE, "standard output could not be written");
}

static bool take_suite(const char *text, enum zy_suite *out, struct zy_error *err)
{
	for (enum zy_suite s = ZY_SUITE_GM; text != NULL && s <= ZY_SUITE_INTL; s++)
		if (strcmp(text, zy_suite_name(s)) == 0) {
			*out = s;
			return true;
		}
	return text == NULL || zy_fail(err, ZY_E_USAGE, "suite", ZY_NOWHERE, "--suite is gm or intl");
}

/* A refusal is an answer too: it is written, and its cause is the command's error. */
static bool answer(struct zy_cli *c, const struct asked *q, enum zy_suite suite, struct zy_bytes request,
    bool token_only, struct zy_error *err)
{
	ZY_TSA_HOME_AUTO h = { 0 };
	ZY_BUF_AUTO response = { 0 };
	struct zy_tsp_response r;
	struct zy_tsa_answer a;

	if (!zy_tsa_home_open(&h, c->home, suite, q->policy, c->tsa_time, err) ||
	    !zy_tsa_answer(h.tsa, request, &response, &a, err))
		return false;
	if (!a.granted && token_only)
		return zy_fail(err, a.why.code, a.why.field, a.why.offset, "%s", a.why.msg);
	if (!zy_tsp_response_parse(&r, zy_buf_bytes(&response), err) ||
	    !write_out(q, token_only ? r.token : zy_buf_bytes(&response), err))
		return false;
	if (!a.granted)
		return zy_fail(err, a.why.code, a.why.field, a.why.offset, "%s", a.why.msg);
	if (strcmp(q->out, "-") != 0)
		zy_tsa_tell(c, NULL, q->out, q->policy, suite, &a);
	return true;
}

static bool answer_folder(struct zy_cli *c, const struct asked *q, struct zy_error *err)
{
	struct zy_tsa_folder f = { .requests = q->requests, .out = q->out, .policy = q->policy, .force = q->force };
	struct zy_tsa_folder_counts n;
	enum zy_suite suite = ZY_SUITE_GM;

	if (q->suite != NULL)
		f.suite = &suite;
	if (!take_suite(q->suite, &suite, err) || !zy_tsa_folder_answer(c, &f, &n, err))
		return false;
	fprintf(stderr, "%llu granted, %llu answered before, %llu rejected, %llu failed\n",
	    (unsigned long long)n.granted, (unsigned long long)n.passed, (unsigned long long)n.rejected,
	    (unsigned long long)n.failed);
	c->exit = n.rejected + n.failed > 0;
	return true;
}

static bool answer_file(struct zy_cli *c, const struct asked *q, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes request;
	enum zy_suite suite;

	if (!check_out(c, q, err) || !zy_file_read(q->request, ZY_TSP_REQUEST_MAX, &a, &request, err))
		return false;
	suite = zy_tsa_suite_of(request);
	return take_suite(q->suite, &suite, err) && answer(c, q, suite, request, false, err);
}

bool zy_cmd_ca_tsa(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct asked q = { 0 };
	const struct zy_option opts[] = { { "request", "FILE", "TimeStampReq in DER; - is standard input", &q.request,
					      NULL },
		{ "requests", "DIR", "all of its NAME.tsq instead; --out is a folder, answers are NAME.tsr",
		    &q.requests, NULL },
		{ "out", "FILE", "where the TimeStampResp goes; - is standard output", &q.out, NULL },
		{ "suite", "gm|intl", "whose key (default: gm for an SM3 imprint, else intl)", &q.suite, NULL },
		{ "policy", "OID", "the authority's policy (default " ZY_TSA_POLICY_EXAMPLE ", an example)", &q.policy,
		    NULL },
		{ "force", NULL, "write over files; answer also what has an answer", NULL, &q.force }, { 0 } };
	bool go;

	if (!zy_cli_parse(c, "ca tsa", opts, argc, argv, 0, 0, NULL, &go, err) || !go)
		return err->code == ZY_OK;
	if ((q.request == NULL) == (q.requests == NULL))
		return zy_fail(err, ZY_E_USAGE, "request", ZY_NOWHERE,
		    "say what is asked: --request FILE, or --requests DIR for all of a folder");
	if (q.requests != NULL && q.out == NULL)
		return zy_fail(err, ZY_E_USAGE, "out", ZY_NOWHERE, "say where the answers go: --out DIR");
	return q.requests != NULL ? answer_folder(c, &q, err) : answer_file(c, &q, err);
}

bool zy_cmd_ca_timestamp(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct asked q = { 0 };
	const char *words[1] = { NULL };
	const struct zy_option opts[] = { { "out", "FILE", "where the TimeStampToken goes; - is standard output",
					      &q.out, NULL },
		{ "suite", "gm|intl", "SM2 and SM3, or P-256 and SHA-256 (default intl)", &q.suite, NULL },
		{ "policy", "OID", "the authority's policy (default " ZY_TSA_POLICY_EXAMPLE ", an example)", &q.policy,
		    NULL },
		{ "force", NULL, "write over a file", NULL, &q.force }, { 0 } };
	enum zy_suite suite = ZY_SUITE_INTL;
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO request = { 0 };
	struct zy_bytes content;
	bool go;

	if (!zy_cli_parse(c, "ca timestamp", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	return check_out(c, &q, err) && take_suite(q.suite, &suite, err) &&
	       zy_file_read(words[0], FILE_MAX, &a, &content, err) && zy_tsa_request(suite, content, &request, err) &&
	       answer(c, &q, suite, zy_buf_bytes(&request), true, err);
}
