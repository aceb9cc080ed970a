/* cert-issue and ocsp-live: certificates for requests, and answers about them, beside what each cannot do without. */
#include "bench.h"
#include "ca_desk.h"

#include <stdlib.h>
#include <unistd.h>

#include <openssl/x509.h>

#include "zy/csr.h"
#include "zy/der.h"
#include "zy/ocsp.h"

#define REQUESTS 1024 /* more keys than are kept ready, so that each request is by a new one */
#define GROUP 256     /* as of a batch */
#define GROUPS 2      /* at once: one waits for the disk while the other signs */

/* Requests made before anything is measured. */
struct requests {
	enum zy_suite suite;
	const char *organisation;
	struct zy_arena arena;
	struct zy_bytes der[REQUESTS];
};

static void put_attribute(struct zy_buf *b, struct zy_bytes type, const char *value)
{
	size_t set = zy_der_open(b, ZY_DER_SET), pair = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_OID, type);
	zy_der_put(b, ZY_DER_UTF8, zy_str(value));
	zy_der_close(b, pair);
	zy_der_close(b, set);
}

static bool make_request(struct requests *q, size_t i, struct zy_error *err)
{
	struct zy_bench_raw *key = zy_bench_raw_new(q->suite, err);
	ZY_BUF_AUTO name = { 0 }, info = { 0 }, der = { 0 };
	struct zy_csr csr = { 0 };
	uint8_t rs[64];
	size_t mark = zy_der_open(&name, ZY_DER_SEQUENCE);
	bool ok;

	put_attribute(&name, zy_oid_organisation, q->organisation);
	put_attribute(&name, zy_oid_common_name, "bench");
	zy_der_close(&name, mark);
	csr.subject.der = zy_buf_bytes(&name);
	if (key != NULL)
		csr.key = zy_spki_of_point(q->suite, zy_bench_raw_point(key));
	zy_csr_info_put(&info, &csr);
	ok = key != NULL && zy_buf_done(&info, "bench", err) && zy_bench_raw_sign(key, zy_buf_bytes(&info), rs, err);
	zy_bench_raw_free(key);
	if (!ok)
		return false;
	zy_csr_put(&der, zy_buf_bytes(&info), q->suite, rs);
	return zy_buf_done(&der, "bench", err) && zy_arena_copy(&q->arena, zy_buf_bytes(&der), &q->der[i], err);
}

static struct requests *make_requests(struct zy_bench *b, enum zy_suite suite, struct zy_error *err)
{
	struct requests *q = zy_arena_alloc(&b->arena, sizeof(*q), err);
	size_t i = 0;

	if (q == NULL)
		return NULL;
	*q = (struct requests){ .suite = suite, .organisation = b->desk.policy.departments[0].name.zh };
	while (i < REQUESTS && make_request(q, i, err))
		i++;
	if (i == REQUESTS)
		return q;
	zy_arena_free(&q->arena);
	return NULL;
}

/* What OpenSSL alone does for a request: read it, take its key, verify the proof of possession. */
static bool raw_verify(void *arg, uint64_t i, struct zy_error *err)
{
	const struct requests *q = arg;
	const struct zy_bytes der = q->der[i % REQUESTS];
	const unsigned char *p = der.p;
	X509_REQ *request = d2i_X509_REQ(NULL, &p, (long)der.len);
	ASN1_OCTET_STRING *id = NULL;
	bool ok = request != NULL;

	if (ok && q->suite == ZY_SUITE_GM) {
		ok = (id = ASN1_OCTET_STRING_new()) != NULL &&
		     ASN1_OCTET_STRING_set(id, (const unsigned char *)"1234567812345678", 16) == 1;
		if (ok)
			X509_REQ_set0_distinguishing_id(request, id);
		else
			ASN1_OCTET_STRING_free(id);
	}
	ok = ok && X509_REQ_verify(request, X509_REQ_get0_pubkey(request)) == 1;
	X509_REQ_free(request);
	return ok || zy_fail_openssl(err, ZY_E_CRYPTO, "bench", "OpenSSL does not verify the request");
}

static unsigned cores(void)
{
	const long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : (unsigned)n;
}

/* Each core verifies, each session signs: what both take together, one after the other. */
static bool raw_rate(struct zy_bench *b, struct zy_ca_desk *d, struct requests *q, const char *key, double *both,
    double *sign, unsigned *sessions, struct zy_error *err)
{
	double verify = 0;
	bool ok = zy_hsm_bench(d->ca.hsm, key, b->seconds, sign, sessions, err) &&
		  zy_bench_rate(b, cores(), raw_verify, q, &verify, err);

	*both = ok ? 1 / (1 / verify + 1 / *sign) : 0;
	return ok;
}

struct issuing {
	struct zy_bench *b;
	struct zy_issuing *issuer;
	const struct requests *requests;
	unsigned threads;
};

static bool issue_group(void *arg, uint64_t i, struct zy_error *err)
{
	const struct issuing *s = arg;
	struct zy_cert_job jobs[GROUP];
	ZY_ARENA_AUTO a = { 0 };

	for (size_t k = 0; k < GROUP; k++)
		jobs[k] = (struct zy_cert_job){ .wish = { .profile = "device",
						    .csr = s->requests->der[(i * GROUP + k) % REQUESTS] } };
	if (!zy_cert_issue_many(s->issuer, jobs, GROUP, s->threads, zy_now(s->b->cli.clock), &a, err))
		return false;
	for (size_t k = 0; k < GROUP; k++)
		if (jobs[k].err.code != ZY_OK)
			return zy_fail(err, jobs[k].err.code, jobs[k].err.field, ZY_NOWHERE, "%s", jobs[k].err.msg);
	return true;
}

static bool issue_suite(
    struct zy_bench *b, struct zy_ca_desk *d, enum zy_suite suite, const char *raw_name, struct zy_error *err)
{
	struct zy_bench_result r = { .name = "cert-issue", .raw_name = raw_name };
	struct issuing s = { .b = b };
	const struct zy_cert_profile *profile;
	struct requests *requests;
	struct zy_cert_issuer ca;
	double sign, raw[2] = { 0 }; /* before and after: neighbours come and go */
	bool ok;

	if (!zy_profile_find(&d->profiles, "device", &profile, err) ||
	    (s.issuer = zy_ca_desk_issuer(d, profile, suite, err)) == NULL ||
	    !zy_ca_desk_member(d, "issuing", suite, &ca, err) || (requests = make_requests(b, suite, err)) == NULL)
		return false;
	s.requests = requests;
	ok = raw_rate(b, d, requests, ca.key, &raw[0], &sign, &r.threads, err);
	s.threads = r.threads;
	ok = ok && zy_bench_rate(b, GROUPS, issue_group, &s, &r.ours, err) &&
	     raw_rate(b, d, requests, ca.key, &raw[1], &sign, &r.threads, err);
	r.raw = (raw[0] + raw[1]) / 2;
	zy_arena_free(&requests->arena);
	if (!ok)
		return false;
	r.ours *= GROUP;
	r.more = json_pack("{s:s, s:f}", "suite", zy_suite_name(suite), "C_Sign", sign);
	zy_bench_print(b, &r);
	return true;
}

bool zy_bench_cert_issue(struct zy_bench *b, struct zy_error *err)
{
	struct zy_ca_desk d;
	bool ok;

	if (!zy_ca_desk_open(&d, b->home, true, zy_now(b->cli.clock), err))
		return false;
	ok = issue_suite(b, &d, ZY_SUITE_GM, "1/(X509_REQ_verify SM2 + C_Sign SM2)", err) &&
	     issue_suite(b, &d, ZY_SUITE_INTL, "1/(X509_REQ_verify P-256 + C_Sign P-256)", err);
	zy_ca_desk_close(&d);
	return ok;
}

/* ---- answers ---- */

struct answering {
	struct zy_bench *b;
	struct zy_ocsp *ocsp;
	struct zy_bytes request;
};

static bool answer(void *arg, uint64_t i, struct zy_error *err)
{
	const struct answering *s = arg;
	ZY_BUF_AUTO out = { .cap = ZY_OCSP_ANSWER_MAX };
	bool answered;

	(void)i;
	if (!zy_ocsp_answer(s->ocsp, s->request, zy_now(s->b->cli.clock), 600, &out, &answered, err))
		return false;
	return answered || zy_fail(err, ZY_E_BUG, "bench", ZY_NOWHERE, "a good request is not answered");
}

struct seeking {
	enum zy_suite suite;
	uint8_t serial[ZY_SERIAL_LEN];
};

static bool take_serial(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	struct seeking *s = arg;

	(void)err;
	if (e->suite == s->suite && strcmp(e->profile, "ocsp") == 0)
		memcpy(s->serial, e->serial, sizeof(s->serial));
	return true;
}

static bool answer_suite(struct zy_bench *b, struct zy_ca_desk *d, struct zy_ocsp *ocsp, enum zy_suite suite,
    const char *raw_name, struct zy_error *err)
{
	static const uint8_t nonce[16] = { 1 };
	struct zy_bench_result r = { .name = "ocsp-live", .raw_name = raw_name };
	struct answering s = { .b = b, .ocsp = ocsp };
	struct seeking about = { .suite = suite };
	ZY_BUF_AUTO question = { 0 };

	if (!zy_register_walk(d->ca.reg, NULL, take_serial, &about, err) ||
	    !zy_ocsp_question(ocsp, suite, about.serial, ZY_BYTES(nonce, sizeof(nonce)), &question, err))
		return false;
	s.request = zy_buf_bytes(&question);
	if (!zy_bench_beside_sign(b, d->ca.hsm, d->responders[suite].key, ZY_BENCH_CALLERS, answer, &s, 1, &r, err))
		return false;
	r.more = json_pack("{s:s}", "suite", zy_suite_name(suite));
	zy_bench_print(b, &r);
	return true;
}

bool zy_bench_ocsp_live(struct zy_bench *b, struct zy_error *err)
{
	struct zy_ocsp *ocsp = NULL;
	struct zy_ca_desk d;
	bool ok;

	if (!zy_ca_desk_open(&d, b->home, false, zy_now(b->cli.clock), err))
		return false;
	ok = zy_ca_desk_ocsp(&d, &ocsp, err) && answer_suite(b, &d, ocsp, ZY_SUITE_GM, "C_Sign SM2", err) &&
	     answer_suite(b, &d, ocsp, ZY_SUITE_INTL, "C_Sign P-256", err);
	zy_ocsp_close(ocsp);
	zy_ca_desk_close(&d);
	return ok;
}
