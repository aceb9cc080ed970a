/* Answering time-stamp requests: check, take the time, sign, verify, wrap. */
#include "zy/tsa.h"

#include <stdlib.h>

#include "zy/pkix.h"

#define ROUND_MAX 64 /* requests that are signed together: a time is taken no earlier than its round begins */

struct zy_tsa {
	struct zy_hsm *hsm;
	struct zy_keys *keys;
	struct zy_tsa_clock *clock;
	struct zy_arena arena;
	const char *key;
	struct zy_tst_frame frame;
	struct zy_bytes policy; /* OID content */
	struct zy_cert_facts facts;
	uint8_t serial[8]; /* how this opening's serial numbers begin: at random */
};

static bool check_key(const struct zy_tsa *t, enum zy_suite suite, struct zy_error *err)
{
	enum zy_key_kind kind;
	uint8_t point[65];

	if (!zy_hsm_public(t->hsm, t->key, &kind, point, err))
		return false;
	return (kind == (suite == ZY_SUITE_GM ? ZY_KEY_SM2 : ZY_KEY_P256) && t->facts.suite == suite &&
		   memcmp(point, t->facts.point, sizeof(point)) == 0) ||
	       zy_fail(err, ZY_E_CERT, "certificate", ZY_NOWHERE,
		   "the time-stamp certificate is not of the key that would sign");
}

static bool prepare(struct zy_tsa *t, const struct zy_tsa_plan *plan, struct zy_error *err)
{
	ZY_BUF_AUTO policy = { 0 };

	return (t->key = zy_arena_text(&t->arena, zy_str(plan->key), err)) != NULL &&
	       (zy_oid_from_text(plan->policy, &policy, &(struct zy_error){ 0 }) ||
		   zy_fail(err, ZY_E_TSP, "policy", ZY_NOWHERE, "write an object identifier like 2.999.3161.1")) &&
	       zy_arena_copy(&t->arena, zy_buf_bytes(&policy), &t->policy, err) &&
	       zy_tst_frame_make(&t->frame, plan->suite, plan->certs, plan->num_certs, &t->arena, err) &&
	       zy_cert_facts(plan->certs[0], &t->arena, &t->facts, err) && check_key(t, plan->suite, err) &&
	       zy_random(t->serial, sizeof(t->serial), err);
}

bool zy_tsa_open(
    struct zy_tsa **out, const struct zy_tsa_plan *plan, struct zy_hsm *hsm, struct zy_keys *keys, struct zy_error *err)
{
	struct zy_tsa *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "tsa", ZY_NOWHERE, "no memory");
	*t = (struct zy_tsa){ .hsm = hsm, .keys = keys, .clock = plan->clock };
	if (!prepare(t, plan, err)) {
		zy_tsa_close(t);
		return false;
	}
	*out = t;
	return true;
}

void zy_tsa_close(struct zy_tsa *t)
{
	if (t != NULL)
		zy_arena_free(&t->arena);
	free(t);
}

static bool refuse(
    struct zy_tsa_answer *a, enum zy_tsp_fail fail, enum zy_code code, const char *field, const char *why)
{
	a->fail = fail;
	return zy_fail(&a->why, code, field, ZY_NOWHERE, "%s (%s)", why, zy_tsp_fail_name(fail));
}

static bool check_request(const struct zy_tsa *t, struct zy_bytes in, struct zy_tsp_request *q, struct zy_tsa_answer *a)
{
	if (!zy_tsp_request_parse(q, in, &a->why)) {
		a->fail = ZY_TSP_BAD_DATA_FORMAT;
		return false;
	}
	if (q->imprint.hash == ZY_TSP_HASH_OTHER)
		return refuse(a, ZY_TSP_BAD_ALG, ZY_E_TSP, "messageImprint",
		    "imprints are made by SHA-256, SHA-384, SHA-512 or SM3");
	if (q->policy.len > 0 && !zy_bytes_equal(q->policy, t->policy))
		return refuse(a, ZY_TSP_UNACCEPTED_POLICY, ZY_E_TSP, "reqPolicy", "this authority has another policy");
	if (q->extensions.len > 0)
		return refuse(a, ZY_TSP_UNACCEPTED_EXTENSION, ZY_E_TSP, "extensions", "no extension is known here");
	return true;
}

/* The time is taken last before signing; it must lie within the authority's certificate. */
static bool take_time(const struct zy_tsa *t, struct zy_tsa_answer *a)
{
	if (!zy_tsa_clock_take(t->clock, &a->gen_time, &a->why)) {
		a->fail = ZY_TSP_TIME_NOT_AVAILABLE;
		return false;
	}
	return (a->gen_time.seconds >= t->facts.not_before && a->gen_time.seconds < t->facts.not_after) ||
	       refuse(a, ZY_TSP_SYSTEM_FAILURE, ZY_E_CERT, "genTime", "the authority's certificate is not valid now");
}

/* What all of an authority's tokens say alike. */
static struct zy_tst_info info_of(const struct zy_tsa *t, struct zy_tst_time at, const uint8_t serial[16])
{
	return (struct zy_tst_info){ .policy = t->policy,
		.serial = ZY_BYTES(serial, 16),
		.gen_time = at,
		.has_accuracy = true,
		.has_accuracy_s = true,
		.accuracy_s = ZY_TSA_ACCURACY_S,
		.ordering = true };
}

/*
 * Unique by the time, which the guarded clock gives once, and by the random start where its file was removed. Positive,
 * always 16 octets.
 */
static void make_serial(const struct zy_tsa *t, struct zy_tst_time at, uint8_t out[16])
{
	const uint64_t micros = (uint64_t)at.seconds * 1000000 + at.nanos / 1000;

	memcpy(out, t->serial, 8);
	out[0] = (uint8_t)((out[0] & 0x7f) | 0x40);
	for (unsigned i = 0; i < 8; i++)
		out[8 + i] = (uint8_t)(micros >> (56 - 8 * i));
}

static bool put_info(const struct zy_tsa *t, const struct zy_tsp_request *q, struct zy_tsa_answer *a,
    struct zy_buf *out, struct zy_error *err)
{
	struct zy_tst_info i = info_of(t, a->gen_time, a->serial);

	i.imprint = q->imprint;
	i.nonce = q->nonce;
	make_serial(t, a->gen_time, a->serial);
	return zy_tst_info_encode(&i, out, err);
}

/* A request on its way, from which the answer of its job is made. */
struct stamping {
	struct zy_tsp_request q;
	struct zy_buf info, attrs; /* owned */
	uint8_t rs[64];
};

static void begin(const struct zy_tsa *t, const struct zy_tsa_job *job, struct stamping *s, struct zy_tsa_answer *a)
{
	*a = (struct zy_tsa_answer){ .fail = ZY_TSP_SYSTEM_FAILURE };
	a->granted = check_request(t, job->request, &s->q, a) && take_time(t, a) &&
		     put_info(t, &s->q, a, &s->info, &a->why) &&
		     zy_tst_attrs_encode(&t->frame, zy_buf_bytes(&s->info), &s->attrs, &a->why);
}

/* Those that are granted so far ask the signer together. */
static void sign(const struct zy_tsa *t, struct zy_tsa_job *jobs, struct stamping *works, size_t num)
{
	struct zy_signing_job asked[ROUND_MAX];
	size_t of[ROUND_MAX], n = 0;
	struct zy_error err = { 0 };
	bool ok;

	for (size_t i = 0; i < num; i++)
		if (jobs[i].answer.granted) {
			of[n] = i;
			asked[n++] = (struct zy_signing_job){ .q = { .key = t->key,
								  .use = ZY_USE_TIMESTAMP,
								  .message = zy_buf_bytes(&works[i].attrs) } };
		}
	ok = n == 0 || zy_hsm_sign_many(t->hsm, asked, n, &err);
	for (size_t i = 0; i < n; i++) {
		jobs[of[i]].answer.why = ok ? asked[i].err : err;
		jobs[of[i]].answer.granted = ok && asked[i].err.code == ZY_OK;
		memcpy(works[of[i]].rs, asked[i].rs, sizeof(asked[i].rs));
	}
}

static bool check_signature(const struct zy_tsa *t, const struct stamping *s, struct zy_error *err)
{
	bool good;

	if (!zy_signature_verify_point(t->keys, ZY_BYTES(t->facts.point, sizeof(t->facts.point)), t->frame.suite,
		zy_buf_bytes(&s->attrs), s->rs, &good, err))
		return false;
	return good || zy_fail(err, ZY_E_SELF_VERIFY, "SignerInfo.signature", ZY_NOWHERE,
			   "the token's signature over the time-stamp does not verify");
}

static bool finish(const struct zy_tsa *t, const struct zy_tsa_job *job, const struct stamping *s,
    struct zy_tsa_answer *a, struct zy_error *err)
{
	struct zy_tsp_response r = { .status = ZY_TSP_GRANTED };
	ZY_BUF_AUTO token = { 0 };

	a->granted = a->granted && check_signature(t, s, &a->why) &&
		     zy_tst_encode(&t->frame, s->q.cert_req, zy_buf_bytes(&s->info), zy_buf_bytes(&s->attrs), s->rs,
			 &token, &a->why);
	r.token = zy_buf_bytes(&token);
	return a->granted ? zy_tsp_response_encode(&r, job->out, err)
			  : zy_tsp_refusal_encode(a->fail, a->why.msg, job->out, err);
}

static bool answer_round(struct zy_tsa *t, struct zy_tsa_job *jobs, size_t num, struct zy_error *err)
{
	struct stamping *works = calloc(num, sizeof(*works));
	bool ok = works != NULL || zy_fail(err, ZY_E_NO_MEMORY, "tsa", ZY_NOWHERE, "no memory");

	for (size_t i = 0; ok && i < num; i++)
		begin(t, &jobs[i], &works[i], &jobs[i].answer);
	if (ok)
		sign(t, jobs, works, num);
	for (size_t i = 0; ok && i < num; i++)
		ok = finish(t, &jobs[i], &works[i], &jobs[i].answer, err);
	for (size_t i = 0; works != NULL && i < num; i++) {
		zy_buf_free(&works[i].info);
		zy_buf_free(&works[i].attrs);
	}
	free(works);
	return ok;
}

bool zy_tsa_answer_many(struct zy_tsa *t, struct zy_tsa_job *jobs, size_t num, struct zy_error *err)
{
	for (size_t at = 0; at < num; at += ROUND_MAX)
		if (!answer_round(t, jobs + at, num - at < ROUND_MAX ? num - at : ROUND_MAX, err))
			return false;
	return true;
}

bool zy_tsa_answer(
    struct zy_tsa *t, struct zy_bytes request, struct zy_buf *out, struct zy_tsa_answer *answer, struct zy_error *err)
{
	struct zy_tsa_job job = { .request = request, .out = out };
	const bool ok = answer_round(t, &job, 1, err);

	*answer = job.answer;
	return ok;
}

#define NONCE_LEN 8

static bool request_parts(
    enum zy_suite suite, const struct zy_bytes content[2], struct zy_buf *out, struct zy_error *err)
{
	const enum zy_tsp_hash h = suite == ZY_SUITE_GM ? ZY_TSP_SM3 : ZY_TSP_SHA256;
	uint8_t digest[ZY_TSP_DIGEST_MAX], nonce[NONCE_LEN];
	ZY_BUF_AUTO imprint = { 0 };
	struct zy_tsp_request q = { .nonce = ZY_BYTES(nonce, sizeof(nonce)), .cert_req = true };

	if (!zy_tsp_digest_parts(h, content, digest, err) || !zy_random(nonce, sizeof(nonce), err))
		return false;
	nonce[0] |= 1; /* no leading zero octet */
	zy_tsp_imprint_put(&imprint, h, ZY_BYTES(digest, zy_tsp_hash_len(h)));
	q.imprint.der = zy_buf_bytes(&imprint);
	return zy_buf_done(&imprint, "messageImprint", err) && zy_tsp_request_encode(&q, out, err);
}

bool zy_tsa_request(enum zy_suite suite, struct zy_bytes content, struct zy_buf *out, struct zy_error *err)
{
	return request_parts(suite, (const struct zy_bytes[2]){ content }, out, err);
}

bool zy_tsa_stamp(struct zy_tsa *t, const struct zy_bytes content[2], struct zy_buf *token, struct zy_error *err)
{
	ZY_BUF_AUTO request = { 0 }, response = { 0 };
	struct zy_tsp_response r;
	struct zy_tsa_answer a;

	if (!request_parts(t->frame.suite, content, &request, err) ||
	    !zy_tsa_answer(t, zy_buf_bytes(&request), &response, &a, err))
		return false;
	if (!a.granted)
		return zy_fail(err, a.why.code, a.why.field, a.why.offset, "%s", a.why.msg);
	if (!zy_tsp_response_parse(&r, zy_buf_bytes(&response), err))
		return false;
	zy_buf_put(token, r.token);
	return zy_buf_done(token, "TimeStampToken", err);
}

bool zy_tsa_longest(const struct zy_tsa *t, size_t *len, struct zy_error *err)
{
	const enum zy_tsp_hash h = t->frame.suite == ZY_SUITE_GM ? ZY_TSP_SM3 : ZY_TSP_SHA256;
	static const uint8_t serial[16] = { 0x7f };
	uint8_t ones[64];
	ZY_BUF_AUTO imprint = { 0 }, info = { 0 }, attrs = { 0 }, token = { 0 };
	/* six digits of a fraction are the most that the clock gives; a serial number never begins above 0x7f */
	struct zy_tst_info i = info_of(t, (struct zy_tst_time){ t->facts.not_after, 999999000 }, serial);

	memset(ones, 0xff, sizeof(ones));
	zy_tsp_imprint_put(&imprint, h, ZY_BYTES(ones, zy_tsp_hash_len(h)));
	i.imprint.der = zy_buf_bytes(&imprint);
	i.nonce = ZY_BYTES(ones, NONCE_LEN);
	if (!zy_buf_done(&imprint, "messageImprint", err) || !zy_tst_info_encode(&i, &info, err) ||
	    !zy_tst_attrs_encode(&t->frame, zy_buf_bytes(&info), &attrs, err) ||
	    !zy_tst_encode(&t->frame, true, zy_buf_bytes(&info), zy_buf_bytes(&attrs), ones, &token, err))
		return false;
	*len = token.len;
	return true;
}
