/* verify-cms: signed data with its content inside, beside hashing and one verification, and beside the library. */
#include "bench.h"

#include <openssl/cms.h>
#include <openssl/x509_vfy.h>

#include "zy/judge.h"
#include "zy/sealing.h"

#define CONTENT_LEN 100000

/* ---- the library ---- */

bool zy_bench_library_open(struct zy_bench_library *l, const struct zy_trust *t, struct zy_bytes der,
    struct zy_bytes content, struct zy_error *err)
{
	*l = (struct zy_bench_library){ X509_STORE_new(), der, content };
	if (l->anchors == NULL)
		return zy_fail_openssl(err, ZY_E_CRYPTO, "bench", "X509_STORE_new");
	for (size_t i = 0; i < t->num_anchors; i++) {
		const unsigned char *p = t->anchors[i].der.p;
		X509 *cert = d2i_X509(NULL, &p, (long)t->anchors[i].der.len);

		if (cert != NULL)
			X509_STORE_add_cert(l->anchors, cert);
		X509_free(cert);
	}
	X509_STORE_set_purpose(l->anchors, X509_PURPOSE_ANY);
	return true;
}

bool zy_bench_library_verify(const struct zy_bench_library *l, struct zy_error *err)
{
	const bool is_detached = l->content.p != NULL;
	const unsigned char *p = l->der.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)l->der.len);
	BIO *content = is_detached ? BIO_new_mem_buf(l->content.p, (int)l->content.len) : NULL;
	bool ok = cms != NULL && (!is_detached || content != NULL) &&
		  CMS_verify(cms, NULL, l->anchors, content, NULL, CMS_BINARY | (is_detached ? CMS_DETACHED : 0)) == 1;

	BIO_free(content);
	CMS_ContentInfo_free(cms);
	return ok || zy_fail_openssl(err, ZY_E_CRYPTO, "bench", "CMS_verify");
}

void zy_bench_library_close(struct zy_bench_library *l)
{
	X509_STORE_free(l->anchors);
}

json_t *zy_bench_library_told(size_t bytes, const struct zy_bench_result *beside)
{
	return json_pack("{s:I s:f s:f}", "bytes", (json_int_t)bytes, "cms_loop", beside->raw, "times_cms_loop",
	    beside->ours / beside->raw);
}

/* ---- ours ---- */

struct judging {
	struct zy_bench *b;
	zy_time at;
	struct zy_bytes content, file;
	struct zy_bench_raw *raw;
	struct zy_bench_library library;
};

static bool judge(void *arg, uint64_t i, struct zy_error *err)
{
	struct judging *j = arg;
	ZY_REPORT_AUTO r = { 0 };

	(void)i;
	zy_report_start(&r, "bench", j->at);
	if (!zy_judge_cms(j->b->desk.keys, &j->b->desk.trust, j->file, NULL, j->at, &r, err))
		return false;
	return zy_report_indication(&r) == ZY_TOTAL_PASSED ||
	       zy_fail(err, ZY_E_BUG, "bench", ZY_NOWHERE, "the signed data does not verify");
}

static bool hash_and_verify(void *arg, uint64_t i, struct zy_error *err)
{
	struct judging *j = arg;
	uint8_t digest[ZY_HASH_LEN];

	(void)i;
	return zy_digest(ZY_HASH_SHA256, j->content, digest, err) &&
	       (zy_bench_raw_verify(j->raw) ||
		   zy_fail_openssl(err, ZY_E_CRYPTO, "bench", "the raw signature does not verify"));
}

static bool cms_verify(void *arg, uint64_t i, struct zy_error *err)
{
	const struct judging *j = arg;

	(void)i;
	return zy_bench_library_verify(&j->library, err);
}

static bool make_file(struct judging *j, struct zy_buf *file, struct zy_error *err)
{
	const struct zy_seal_use *use = zy_desk_seal(&j->b->desk, j->b->rule->esID);
	const struct zy_cms_order o = { .suite = ZY_SUITE_INTL };
	uint8_t *content = zy_arena_alloc(&j->b->arena, CONTENT_LEN, err);
	struct zy_seal_use plain;

	if (content == NULL)
		return false;
	if (use == NULL)
		return zy_fail(err, ZY_E_BUG, "bench", ZY_NOWHERE, "the seal is not made");
	plain = *use;
	plain.stamper = NULL;
	for (size_t i = 0; i < CONTENT_LEN; i++)
		content[i] = (uint8_t)(i * 7 + i / 251);
	j->content = ZY_BYTES(content, CONTENT_LEN);
	if (!zy_cms_seal(j->b->desk.hsm, &plain, j->b->rule->items[0], &o, j->content, j->at, file, err))
		return false;
	j->file = zy_buf_bytes(file);
	return true;
}

static bool measure(struct judging *j, struct zy_bench_result *r, struct zy_error *err)
{
	struct zy_bench_result beside = { 0 };

	if (!zy_bench_library_open(&j->library, &j->b->desk.trust, j->file, (struct zy_bytes){ 0 }, err) ||
	    !zy_bench_beside(j->b, judge, hash_and_verify, j, r, err) ||
	    !zy_bench_beside(j->b, judge, cms_verify, j, &beside, err))
		return false;
	r->more = zy_bench_library_told(j->file.len, &beside);
	return true;
}

bool zy_bench_verify_cms(struct zy_bench *b, struct zy_error *err)
{
	struct zy_bench_result r = { .name = "verify-cms",
		.raw_name = "SHA-256 of the content + EVP_PKEY_verify P-256" };
	struct judging j = { .b = b, .at = zy_now(b->cli.clock) };
	ZY_BUF_AUTO file = { 0 };
	bool ok;

	if ((j.raw = zy_bench_raw_new(ZY_SUITE_INTL, err)) == NULL)
		return false;
	ok = make_file(&j, &file, err) && measure(&j, &r, err);
	zy_bench_library_close(&j.library);
	zy_bench_raw_free(j.raw);
	if (ok)
		zy_bench_print(b, &r);
	return ok;
}
