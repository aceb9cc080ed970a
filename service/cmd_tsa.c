/* ca tsa, ca timestamp: time-stamps of RFC 3161. */
#include "cli.h"

#include <string.h>
#include <unistd.h>

#include "zy/tsa_home.h"
#include "zy/file.h"
#include "zy/text.h"

#define FILE_MAX ((size_t)1 << 30)

struct asked {
	const char *request, *out, *suite, *policy;
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

/* Who asks by SM3 wants SM2; anything else, what cannot be read included, is answered in P-256. */
static enum zy_suite suite_of_request(struct zy_bytes request)
{
	struct zy_error ignored = { 0 };
	struct zy_tsp_request q;

	return zy_tsp_request_parse(&q, request, &ignored) && q.imprint.hash == ZY_TSP_SM3 ? ZY_SUITE_GM
											   : ZY_SUITE_INTL;
}

static void tell(const struct zy_cli *c, const struct asked *q, enum zy_suite suite, const struct zy_tsa_answer *a)
{
	char serial[2 * sizeof(a->serial) + 1], time[ZY_TIME_TEXT];
	const char *policy = q->policy == NULL ? ZY_TSA_POLICY_EXAMPLE : q->policy;

	if (strcmp(q->out, "-") == 0)
		return;
	zy_hex(ZY_BYTES(a->serial, sizeof(a->serial)), serial);
	zy_time_to_rfc3339(a->gen_time.seconds, time);
	time[19] = 0; /* the fraction goes before the Z */
	if (c->json)
		zy_cli_json(json_pack("{s:s, s:s, s:o, s:s, s:s, s:s}", "status", "granted", "serial", serial,
		    "gen_time", json_sprintf("%s.%06uZ", time, (unsigned)(a->gen_time.nanos / 1000)), "policy", policy,
		    "suite", zy_suite_name(suite), "path", q->out));
	else
		printf("%s: %s.%06uZ, serial %s\n", q->out, time, (unsigned)(a->gen_time.nanos / 1000), serial);
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
	tell(c, q, suite, &a);
	return true;
}

bool zy_cmd_ca_tsa(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct asked q = { 0 };
	const struct zy_option opts[] = { { "request", "FILE", "TimeStampReq in DER; - is standard input", &q.request,
					      NULL },
		{ "out", "FILE", "where the TimeStampResp goes; - is standard output", &q.out, NULL },
		{ "suite", "gm|intl", "whose key (default: gm for an SM3 imprint, else intl)", &q.suite, NULL },
		{ "policy", "OID", "the authority's policy (default " ZY_TSA_POLICY_EXAMPLE ", an example)", &q.policy,
		    NULL },
		{ "force", NULL, "write over a file", NULL, &q.force }, { 0 } };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes request;
	enum zy_suite suite;
	bool go;

	if (!zy_cli_parse(c, "ca tsa", opts, argc, argv, 0, 0, NULL, &go, err) || !go)
		return err->code == ZY_OK;
	if (q.request == NULL)
		return zy_fail(err, ZY_E_USAGE, "request", ZY_NOWHERE, "say what is asked: --request FILE");
	if (!check_out(c, &q, err) || !zy_file_read(q.request, ZY_TSP_REQUEST_MAX, &a, &request, err))
		return false;
	suite = suite_of_request(request);
	return take_suite(q.suite, &suite, err) && answer(c, &q, suite, request, false, err);
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
