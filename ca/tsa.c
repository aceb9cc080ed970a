/* Answering time-stamp requests: check, take the time, sign, verify, wrap. */
#include "zy/tsa.h"

#include <stdlib.h>

#include "zy/pkix.h"

struct zy_tsa {
	struct zy_hsm *hsm;
	struct zy_keys *keys;
	struct zy_tsa_clock *clock;
	struct zy_arena arena;
	const char *key;
	struct zy_tst_frame frame;
	struct zy_bytes policy; /* OID content */
	struct zy_cert_facts facts;
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
	       zy_cert_facts(plan->certs[0], &t->arena, &t->facts, err) && check_key(t, plan->suite, err);
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

static bool put_info(const struct zy_tsa *t, const struct zy_tsp_request *q, struct zy_tsa_answer *a,
    struct zy_buf *out, struct zy_error *err)
{
	struct zy_tst_info i = info_of(t, a->gen_time, a->serial);

	i.imprint = q->imprint;
	i.nonce = q->nonce;
	if (!zy_random(a->serial, sizeof(a->serial), err))
		return false;
	a->serial[0] = (uint8_t)((a->serial[0] & 0x7f) | 0x40); /* positive, always 16 octets */
	return zy_tst_info_encode(&i, out, err);
}

static bool sign(const struct zy_tsa *t, struct zy_bytes attrs, uint8_t rs[64], struct zy_error *err)
{
	const struct zy_sign_request q = { .key = t->key, .use = ZY_USE_TIMESTAMP, .message = attrs };
	bool good;

	if (!zy_hsm_sign(t->hsm, &q, rs, err) ||
	    !zy_signature_verify_point(
		t->keys, ZY_BYTES(t->facts.point, sizeof(t->facts.point)), t->frame.suite, attrs, rs, &good, err))
		return false;
	return good || zy_fail(err, ZY_E_SELF_VERIFY, "SignerInfo.signature", ZY_NOWHERE,
			   "the token's signature over the time-stamp does not verify");
}

static bool make_token(const struct zy_tsa *t, const struct zy_tsp_request *q, struct zy_tsa_answer *a,
    struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO info = { 0 }, attrs = { 0 };
	uint8_t rs[64];

	return put_info(t, q, a, &info, err) && zy_tst_attrs_encode(&t->frame, zy_buf_bytes(&info), &attrs, err) &&
	       sign(t, zy_buf_bytes(&attrs), rs, err) &&
	       zy_tst_encode(&t->frame, q->cert_req, zy_buf_bytes(&info), zy_buf_bytes(&attrs), rs, out, err);
}

bool zy_tsa_answer(
    struct zy_tsa *t, struct zy_bytes request, struct zy_buf *out, struct zy_tsa_answer *answer, struct zy_error *err)
{
	struct zy_tsa_answer a = { .fail = ZY_TSP_SYSTEM_FAILURE };
	struct zy_tsp_response r = { .status = ZY_TSP_GRANTED };
	ZY_BUF_AUTO token = { 0 };
	struct zy_tsp_request q;
	bool ok;

	a.granted = check_request(t, request, &q, &a) && take_time(t, &a) && make_token(t, &q, &a, &token, &a.why);
	r.token = zy_buf_bytes(&token);
	ok = a.granted ? zy_tsp_response_encode(&r, out, err) : zy_tsp_refusal_encode(a.fail, a.why.msg, out, err);
	*answer = a;
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
