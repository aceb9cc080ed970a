/* tsa: whole answers to time-stamp requests, certificates included, beside C_Sign in the signer. */
#include "bench.h"
#include "zy/tsa_home.h"

struct stamping {
	struct zy_tsa *tsa;
	struct zy_bytes request;
};

static bool stamp(void *arg, uint64_t i, struct zy_error *err)
{
	const struct stamping *s = arg;
	struct zy_tsa_answer a;
	ZY_BUF_AUTO response = { 0 };

	(void)i;
	if (!zy_tsa_answer(s->tsa, s->request, &response, &a, err))
		return false;
	return a.granted || zy_fail(err, a.why.code, a.why.field, a.why.offset, "%s", a.why.msg);
}

static bool bench_suite(struct zy_bench *b, enum zy_suite suite, const char *raw_name, struct zy_error *err)
{
	struct zy_bench_result r = { .name = "tsa", .raw_name = raw_name };
	ZY_TSA_HOME_AUTO h = { 0 };
	ZY_BUF_AUTO request = { 0 };
	struct stamping s;
	double raw[2]; /* before and after: neighbours come and go */

	if (!zy_tsa_home_open(&h, b->home, suite, NULL, b->cli.tsa_time, err) ||
	    !zy_tsa_request(suite, ZY_LITERAL("content"), &request, err))
		return false;
	s = (struct stamping){ h.tsa, zy_buf_bytes(&request) };
	if (!zy_hsm_bench(h.hsm, h.key, b->seconds, &raw[0], &r.threads, err) ||
	    !zy_bench_rate(b, ZY_BENCH_CALLERS * r.threads, stamp, &s, &r.ours, err) ||
	    !zy_hsm_bench(h.hsm, h.key, b->seconds, &raw[1], &r.threads, err))
		return false;
	r.raw = (raw[0] + raw[1]) / 2;
	r.more = json_pack("{s:s}", "suite", zy_suite_name(suite));
	zy_bench_print(b, &r);
	return true;
}

bool zy_bench_tsa(struct zy_bench *b, struct zy_error *err)
{
	return bench_suite(b, ZY_SUITE_GM, "C_Sign SM2", err) && bench_suite(b, ZY_SUITE_INTL, "C_Sign P-256", err);
}
