/* verify-showing-sm2, verify-showing-p256: a scanned code, offline, beside its two verifications by the library. */
#include "bench.h"

#include "zy/judge.h"
#include "zy/wallet.h"

struct scanning {
	struct zy_bench *b;
	struct zy_bytes text;
	zy_time at;
	struct zy_bench_raw *raw;
};

static bool scan(void *arg, uint64_t i, struct zy_error *err)
{
	struct scanning *s = arg;
	ZY_REPORT_AUTO r = { 0 };

	(void)i;
	zy_report_start(&r, "bench", s->at);
	if (!zy_judge_showing(s->b->desk.keys, &s->b->desk.trust, s->text, s->at, &r, err))
		return false;
	return zy_report_indication(&r) != ZY_TOTAL_FAILED ||
	       zy_fail(err, ZY_E_BUG, "bench", ZY_NOWHERE, "the code does not verify");
}

/* The least that a judge of the code must do: the issuer's signature and the holder's. */
static bool verify_two(void *arg, uint64_t i, struct zy_error *err)
{
	struct scanning *s = arg;

	(void)i;
	return (zy_bench_raw_verify(s->raw) && zy_bench_raw_verify(s->raw)) ||
	       zy_fail_openssl(err, ZY_E_CRYPTO, "bench", "the raw signature does not verify");
}

/* A code of every field that fits, as a holder's device makes it. */
static bool make_code(struct zy_bench *b, enum zy_suite suite, struct scanning *s, struct zy_error *err)
{
	ZY_BUF_AUTO text = { 0 };
	struct zy_wallet w;
	const char *keys[2];

	if (!zy_wallet_make(&b->desk, b->samples[0].identifier, suite, &b->arena, &w, err))
		return false;
	for (size_t i = 0; i < 2 && i < w.num_fields; i++)
		keys[i] = w.fields[i].key;
	s->at = zy_now(b->cli.clock);
	return zy_wallet_show(b->desk.hsm, &w, keys, w.num_fields < 2 ? w.num_fields : 2, s->at, &text, err) &&
	       zy_arena_copy(&b->arena, zy_buf_bytes(&text), &s->text, err);
}

static bool bench_suite(struct zy_bench *b, enum zy_suite suite, struct zy_bench_result *r, struct zy_error *err)
{
	struct scanning s = { .b = b };
	bool ok;

	if (!zy_bench_samples(b, err) || !make_code(b, suite, &s, err) ||
	    (s.raw = zy_bench_raw_new(suite, err)) == NULL)
		return false;
	ok = zy_bench_beside(b, scan, verify_two, &s, r, err);
	zy_bench_raw_free(s.raw);
	if (!ok)
		return false;
	r->more = json_pack("{s:i}", "signatures", 2); /* the issuer's and the holder's */
	zy_bench_print(b, r);
	return true;
}

bool zy_bench_showing_sm2(struct zy_bench *b, struct zy_error *err)
{
	return bench_suite(b, ZY_SUITE_GM,
	    &(struct zy_bench_result){ .name = "verify-showing-sm2", .raw_name = "2 x EVP_PKEY_verify SM2" }, err);
}

bool zy_bench_showing_p256(struct zy_bench *b, struct zy_error *err)
{
	return bench_suite(b, ZY_SUITE_INTL,
	    &(struct zy_bench_result){ .name = "verify-showing-p256", .raw_name = "2 x EVP_PKEY_verify P-256" }, err);
}
