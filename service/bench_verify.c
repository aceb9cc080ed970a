/* verify-licence-ofd, verify-licence-pdf, sm2- and p256-verify-known-key and -new-key: beside hashing and the library.
 */
#include "bench.h"

#include "zy/judge.h"
#include "zy/pdf.h"
#include "zy/verify.h"

struct judging {
	struct zy_bench *b;
	bool is_ofd;
	zy_time at;
	struct zy_bench_raw *raw;
	struct zy_bench_library *library;
};

static struct zy_bytes file_of(const struct judging *j, uint64_t i)
{
	const struct zy_bench_sample *s = &j->b->samples[i % j->b->num_samples];

	return j->is_ofd ? s->ofd : s->pdf;
}

static bool judge(void *arg, uint64_t i, struct zy_error *err)
{
	struct judging *j = arg;
	ZY_REPORT_AUTO r = { 0 };

	zy_report_start(&r, "bench", j->at);
	if (!zy_judge_file(j->b->desk.keys, &j->b->desk.trust, file_of(j, i), j->at, &r, err))
		return false;
	return zy_report_indication(&r) == ZY_TOTAL_PASSED ||
	       zy_fail(err, ZY_E_BUG, "bench", ZY_NOWHERE, "a sample does not verify");
}

static bool raw_verify(const struct zy_bench_raw *raw, struct zy_error *err)
{
	return zy_bench_raw_verify(raw) ||
	       zy_fail_openssl(err, ZY_E_CRYPTO, "bench", "the raw signature does not verify");
}

/* The least that a judge of the file must do. */
static bool hash_and_verify(void *arg, uint64_t i, struct zy_error *err)
{
	struct judging *j = arg;
	uint8_t digest[ZY_HASH_LEN];

	return zy_digest(j->is_ofd ? ZY_HASH_SM3 : ZY_HASH_SHA256, file_of(j, i), digest, err) &&
	       raw_verify(j->raw, err);
}

/* ---- what a program that only calls the library's CMS_verify does with the same signature ---- */

static bool cms_verify(void *arg, uint64_t i, struct zy_error *err)
{
	const struct judging *j = arg;

	(void)i;
	return zy_bench_library_verify(j->library, err);
}

static bool open_library(struct zy_bench_library *l, const struct judging *j, struct zy_buf *content,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_pdf *d = zy_arena_alloc(a, sizeof(*d), err);

	if (d == NULL || !zy_pdf_parse(d, file_of(j, 0), NULL, a, err))
		return false;
	if (d->num_signatures != 1)
		return zy_fail(err, ZY_E_BUG, "bench", ZY_NOWHERE, "a sample has no signature");
	zy_buf_put(content, d->signatures[0].part[0]);
	zy_buf_put(content, d->signatures[0].part[1]);
	return zy_buf_done(content, "bench", err) &&
	       zy_bench_library_open(l, &j->b->desk.trust, d->signatures[0].der, zy_buf_bytes(content), err);
}

static bool bench_cms(struct judging *j, struct zy_bench_result *r, struct zy_error *err)
{
	struct zy_bench_result beside = { 0 };
	struct zy_bench_library l = { 0 };
	ZY_BUF_AUTO content = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	bool ok;

	j->library = &l;
	ok = open_library(&l, j, &content, &a, err) && zy_bench_beside(j->b, judge, cms_verify, j, &beside, err);
	zy_bench_library_close(&l);
	if (ok)
		r->more = zy_bench_library_told(file_of(j, 0).len, &beside);
	return ok;
}

static bool bench_form(struct zy_bench *b, bool is_ofd, struct zy_error *err)
{
	struct zy_bench_result r = { .name = is_ofd ? "verify-licence-ofd" : "verify-licence-pdf",
		.raw_name =
		    is_ofd ? "SM3 of the file + EVP_PKEY_verify SM2" : "SHA-256 of the file + EVP_PKEY_verify P-256" };
	struct judging j = { .b = b, .is_ofd = is_ofd, .at = zy_now(b->cli.clock) };
	bool ok;

	if (!zy_bench_samples(b, err) || (j.raw = zy_bench_raw_new(is_ofd ? ZY_SUITE_GM : ZY_SUITE_INTL, err)) == NULL)
		return false;
	ok = zy_bench_beside(b, judge, hash_and_verify, &j, &r, err) && (is_ofd || bench_cms(&j, &r, err));
	zy_bench_raw_free(j.raw);
	if (!ok)
		return false;
	if (is_ofd)
		r.more = json_pack("{s:I}", "bytes", (json_int_t)file_of(&j, 0).len);
	zy_bench_print(b, &r);
	return true;
}

bool zy_bench_verify_ofd(struct zy_bench *b, struct zy_error *err)
{
	return bench_form(b, true, err);
}

bool zy_bench_verify_pdf(struct zy_bench *b, struct zy_error *err)
{
	return bench_form(b, false, err);
}

/* ---- one bare signature ---- */

struct verifying {
	enum zy_suite suite;
	struct zy_verifier *verifier; /* NULL: the key is new each time */
	struct zy_bench_raw *raw;
	uint8_t rs[64];
};
static const char message[] = "a message of the benchmark";

static bool verify_point(void *arg, uint64_t i, struct zy_error *err)
{
	struct verifying *v = arg;
	bool good;

	(void)i;
	if (!zy_message_verify(
		v->verifier, v->suite, ZY_BYTES(zy_bench_raw_point(v->raw), 65), zy_str(message), v->rs, &good, err))
		return false;
	return good || zy_fail(err, ZY_E_BUG, "bench", ZY_NOWHERE, "a good signature is refused");
}

static bool verify_raw(void *arg, uint64_t i, struct zy_error *err)
{
	struct verifying *v = arg;

	(void)i;
	return raw_verify(v->raw, err);
}

static bool bench_key(struct zy_bench *b, const char *name, struct verifying *v, struct zy_error *err)
{
	struct zy_bench_result r = { .name = name,
		.raw_name = v->suite == ZY_SUITE_GM ? "EVP_PKEY_verify SM2" : "EVP_PKEY_verify P-256" };
	bool ok;

	if ((v->raw = zy_bench_raw_new(v->suite, err)) == NULL)
		return false;
	ok = zy_bench_raw_sign(v->raw, zy_str(message), v->rs, err) &&
	     zy_bench_beside(b, verify_point, verify_raw, v, &r, err);
	zy_bench_raw_free(v->raw);
	if (ok)
		zy_bench_print(b, &r);
	return ok;
}

static bool bench_known(struct zy_bench *b, const char *name, enum zy_suite suite, struct zy_error *err)
{
	struct verifying v = { .suite = suite };
	bool ok = zy_verifier_open(&v.verifier, err) && bench_key(b, name, &v, err);

	zy_verifier_close(v.verifier);
	return ok;
}

bool zy_bench_sm2_known(struct zy_bench *b, struct zy_error *err)
{
	return bench_known(b, "sm2-verify-known-key", ZY_SUITE_GM, err);
}

bool zy_bench_sm2_new(struct zy_bench *b, struct zy_error *err)
{
	return bench_key(b, "sm2-verify-new-key", &(struct verifying){ .suite = ZY_SUITE_GM }, err);
}

bool zy_bench_p256_known(struct zy_bench *b, struct zy_error *err)
{
	return bench_known(b, "p256-verify-known-key", ZY_SUITE_INTL, err);
}

bool zy_bench_p256_new(struct zy_bench *b, struct zy_error *err)
{
	return bench_key(b, "p256-verify-new-key", &(struct verifying){ .suite = ZY_SUITE_INTL }, err);
}
