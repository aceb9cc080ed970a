/* tsa: whole answers to time-stamp requests, certificates included, beside C_Sign in the signer. */
#include "bench.h"
#include "zy/tsa_home.h"

struct stamping {
	struct zy_tsa *tsa;
	struct zy_bytes request;
};

#define GROUP 32    /* requests that came together, as `ca tsa --requests` has them */
#define CALLERS 0.5 /* who answer a group, for each session of the signer */

static bool stamp(void *arg, uint64_t i, struct zy_error *err)
{
	const struct stamping *s = arg;
	struct zy_tsa_job jobs[GROUP];
	struct zy_buf out[GROUP] = { 0 };
	bool ok;

	(void)i;
	for (size_t k = 0; k < GROUP; k++)
		jobs[k] = (struct zy_tsa_job){ .request = s->request, .out = &out[k] };
	ok = zy_tsa_answer_many(s->tsa, jobs, GROUP, err);
	for (size_t k = 0; k < GROUP; k++) {
		const struct zy_tsa_answer *a = &jobs[k].answer;

		zy_buf_free(&out[k]);
		if (ok && !a->granted)
			ok = zy_fail(err, a->why.code, a->why.field, a->why.offset, "%s", a->why.msg);
	}
	return ok;
}

static bool bench_suite(struct zy_bench *b, enum zy_suite suite, const char *raw_name, struct zy_error *err)
{
	struct zy_bench_result r = { .name = "tsa", .raw_name = raw_name };
	ZY_TSA_HOME_AUTO h = { 0 };
	ZY_BUF_AUTO request = { 0 };
	struct stamping s;

	if (!zy_tsa_home_open(&h, b->home, suite, NULL, b->cli.tsa_time, err) ||
	    !zy_tsa_request(suite, ZY_LITERAL("content"), &request, err))
		return false;
	s = (struct stamping){ h.tsa, zy_buf_bytes(&request) };
	if (!zy_bench_beside_sign(b, h.hsm, h.key, CALLERS, stamp, &s, GROUP, &r, err))
		return false;
	r.more = json_pack("{s:s}", "suite", zy_suite_name(suite));
	zy_bench_print(b, &r);
	return true;
}

bool zy_bench_tsa(struct zy_bench *b, struct zy_error *err)
{
	return bench_suite(b, ZY_SUITE_GM, "C_Sign SM2", err) && bench_suite(b, ZY_SUITE_INTL, "C_Sign P-256", err);
}
