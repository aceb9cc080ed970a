#include "config.h"
#include "exchange.h"
#include "together.h"
#include "uri.h"
#include "zy/cbor.h"
#include "zy/order.h"

/* A question about a key: its name picks the signer. */
static bool ask_key(struct zy_hsm *h, const char *key, struct zy_hsm_request *q, struct zy_buf *reply,
    struct zy_reader *result, struct zy_error *err)
{
	struct zy_key_uri uri;

	q->key = zy_str(key);
	return zy_key_uri_parse(&uri, q->key, err) && zy_hsm_ask(h, uri.token, q, reply, result, err);
}

bool zy_hsm_ping(struct zy_hsm *h, const char *token, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_PING };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;
	struct zy_bytes name;

	return zy_token_name_check(zy_str(token), err) && zy_hsm_ask(h, token, &q, &reply, &r, err) &&
	       zy_cbor_tstr(&r, ZY_TOKEN_NAME_MAX, "answer", &name, err);
}

/* Keys of several tokens in one call would wait for each other. */
static bool check_jobs(const struct zy_signing_job *jobs, size_t num, struct zy_key_uri *uri, struct zy_error *err)
{
	struct zy_key_uri other;

	for (size_t i = 0; i < num; i++) {
		if (jobs[i].q.message.len > ZY_HSM_MESSAGE_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "message", ZY_NOWHERE,
			    "the signer takes messages of at most %zu bytes", ZY_HSM_MESSAGE_MAX);
		if (!zy_key_uri_parse(i == 0 ? uri : &other, zy_str(jobs[i].q.key), err))
			return false;
		if (i > 0 && strcmp(other.token, uri->token) != 0)
			return zy_fail(err, ZY_E_KEY_URI, "token", ZY_NOWHERE, "sign by keys of one token at a time");
	}
	return true;
}

bool zy_hsm_sign_many(struct zy_hsm *h, struct zy_signing_job *jobs, size_t num, struct zy_error *err)
{
	struct zy_key_uri uri;

	return num == 0 || (check_jobs(jobs, num, &uri, err) && zy_hsm_sign_together(h, uri.token, jobs, num, err));
}

bool zy_hsm_sign(struct zy_hsm *h, const struct zy_sign_request *s, uint8_t rs[64], struct zy_error *err)
{
	struct zy_signing_job job = { .q = *s };

	if (!zy_hsm_sign_many(h, &job, 1, err))
		return false;
	if (job.err.code != ZY_OK)
		return zy_fail(err, job.err.code, job.err.field, job.err.offset, "%s", job.err.msg);
	memcpy(rs, job.rs, 64);
	return true;
}

bool zy_hsm_generate(struct zy_hsm *h, const char *key, enum zy_key_kind kind, unsigned uses, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_GENERATE, .kind = kind, .uses = uses };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;

	return ask_key(h, key, &q, &reply, &r, err) && zy_cbor_null(&r, "answer", err);
}

static bool take_kind(struct zy_reader *r, enum zy_key_kind *out, struct zy_error *err)
{
	struct zy_bytes name;

	return zy_cbor_tstr(r, ZY_HSM_NAME_MAX, "answer", &name, err) &&
	       (zy_key_kind_from_name(name, out) ||
		   zy_fail(err, ZY_E_CBOR, "answer", ZY_NOWHERE, "the signer names a kind of key not known here"));
}

bool zy_hsm_public(struct zy_hsm *h, const char *key, enum zy_key_kind *kind, uint8_t point[65], struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_PUBLIC };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;
	struct zy_bytes v;

	if (!ask_key(h, key, &q, &reply, &r, err) || !zy_cbor_array_exact(&r, 2, "answer", err) ||
	    !take_kind(&r, kind, err) || !zy_cbor_bstr_exact(&r, 65, "answer", &v, err))
		return false;
	memcpy(point, v.p, 65);
	return true;
}

static bool take_key(struct zy_reader *r, struct zy_hsm_key *out, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes label, state, life;
	uint64_t uses;

	if (!zy_cbor_array_exact(r, 6, "answer", err) || !zy_cbor_tstr(r, ZY_KEY_LABEL_MAX, "answer", &label, err) ||
	    !take_kind(r, &out->kind, err) || !zy_cbor_uint(r, ZY_USE_ALL, "answer", &uses, err) ||
	    !zy_cbor_tstr(r, ZY_HSM_NAME_MAX, "answer", &state, err) ||
	    !zy_cbor_tstr(r, ZY_KEY_LIFE_TEXT, "answer", &life, err) || !zy_key_life_parse(&out->life, life, err) ||
	    !zy_cbor_bool(r, "answer", &out->can_leave, err))
		return false;
	if (!zy_key_state_from_name(state, &out->state))
		return zy_fail(
		    err, ZY_E_CBOR, "answer", ZY_NOWHERE, "the signer names a state of a key not known here");
	out->uses = (unsigned)uses;
	out->label = zy_arena_text(a, label, err);
	return out->label != NULL;
}

bool zy_hsm_list(struct zy_hsm *h, const char *token, struct zy_arena *a, const struct zy_hsm_key **keys, size_t *num,
    struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_LIST };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_hsm_key *list;
	struct zy_reader r;
	size_t n;

	if (!zy_token_name_check(zy_str(token), err) || !zy_hsm_ask(h, token, &q, &reply, &r, err) ||
	    !zy_cbor_array(&r, ZY_HSM_KEYS_MAX, "answer", &n, err) ||
	    (list = zy_arena_array(a, n, sizeof(*list), err)) == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!take_key(&r, &list[i], a, err))
			return false;
	*keys = list;
	*num = n;
	return true;
}

bool zy_hsm_life(
    struct zy_hsm *h, const char *key, enum zy_key_event event, zy_time at, uint64_t overlap_s, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_LIFE, .event = event, .at = at, .overlap_s = overlap_s };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;

	return ask_key(h, key, &q, &reply, &r, err) && zy_cbor_null(&r, "answer", err);
}

bool zy_hsm_current(struct zy_hsm *h, const char *key, struct zy_arena *a, const char **uri, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_CURRENT };
	ZY_BUF_AUTO reply = { 0 };
	ZY_BUF_AUTO text = { 0 };
	struct zy_key_uri name;
	struct zy_reader r;
	struct zy_bytes label;

	if (!zy_key_uri_parse(&name, zy_str(key), err) || !ask_key(h, key, &q, &reply, &r, err) ||
	    !zy_cbor_tstr(&r, ZY_KEY_LABEL_MAX, "answer", &label, err))
		return false;
	memcpy(name.label, label.p, label.len);
	name.label[label.len] = 0;
	*uri = zy_key_uri_encode(&name, &text, err) ? zy_arena_text(a, zy_buf_bytes(&text), err) : NULL;
	return *uri != NULL;
}

bool zy_hsm_csr(struct zy_hsm *h, const char *key, struct zy_bytes info, uint8_t rs[64], struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_CSR, .message = info };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;
	struct zy_bytes v;

	if (!ask_key(h, key, &q, &reply, &r, err) || !zy_cbor_bstr_exact(&r, 64, "answer", &v, err))
		return false;
	memcpy(rs, v.p, 64);
	return true;
}

static bool wrap_or_unwrap(struct zy_hsm *h, enum zy_hsm_op op, const char *key, struct zy_bytes aad,
    struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = op, .message = in, .aad = aad };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;
	struct zy_bytes v;

	if (aad.len > ZY_HSM_AAD_MAX || in.len > ZY_HSM_MESSAGE_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "message", ZY_NOWHERE,
		    "the signer wraps at most %zu bytes under %zu", ZY_HSM_MESSAGE_MAX, ZY_HSM_AAD_MAX);
	if (!ask_key(h, key, &q, &reply, &r, err) || !zy_cbor_bstr(&r, ZY_HSM_FRAME_MAX, "answer", &v, err))
		return false;
	zy_buf_put(out, v);
	return zy_buf_done(out, "message", err);
}

bool zy_hsm_wrap(struct zy_hsm *h, const char *key, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out,
    struct zy_error *err)
{
	return wrap_or_unwrap(h, ZY_OP_WRAP, key, aad, in, out, err);
}

bool zy_hsm_unwrap(struct zy_hsm *h, const char *key, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out,
    struct zy_error *err)
{
	return wrap_or_unwrap(h, ZY_OP_UNWRAP, key, aad, in, out, err);
}

static bool take_file(
    struct zy_reader *r, bool *known, bool *approved, uint8_t digest[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_bytes v;

	if (!zy_cbor_array_exact(r, 2, "answer", err))
		return false;
	*known = !zy_cbor_next_is_null(r);
	if (*known ? !zy_cbor_bstr_exact(r, ZY_HASH_LEN, "answer", &v, err) : !zy_cbor_null(r, "answer", err))
		return false;
	if (*known)
		memcpy(digest, v.p, ZY_HASH_LEN);
	return zy_cbor_bool(r, "answer", approved, err);
}

bool zy_hsm_in_force(struct zy_hsm *h, const char *token, struct zy_hsm_in_force *out, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_IN_FORCE };
	struct zy_hsm_in_force f = { 0 };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;

	if (!zy_token_name_check(zy_str(token), err) || !zy_hsm_ask(h, token, &q, &reply, &r, err) ||
	    !zy_cbor_array_exact(&r, 2, "answer", err) ||
	    !take_file(&r, &f.rules.known, &f.rules.approved, f.rules.digest, err) ||
	    !take_file(&r, &f.officers.known, &f.officers.approved, f.officers.digest, err))
		return false;
	*out = f;
	return true;
}

bool zy_hsm_approve(struct zy_hsm *h, const char *token, struct zy_bytes file, bool *already, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_APPROVE, .message = file };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;

	if (file.len > ZY_ORDER_FILE_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "order", ZY_NOWHERE, "an order's file has at most %zu bytes",
		    ZY_ORDER_FILE_MAX);
	return zy_token_name_check(zy_str(token), err) && zy_hsm_ask(h, token, &q, &reply, &r, err) &&
	       zy_cbor_bool(&r, "answer", already, err);
}

bool zy_hsm_note(
    struct zy_hsm *h, const char *key, struct zy_bytes request, char last[ZY_HSM_NOTED_MAX + 1], struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_NOTE, .message = request };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;
	struct zy_bytes v;

	if (!ask_key(h, key, &q, &reply, &r, err) || !zy_cbor_tstr(&r, ZY_HSM_NOTED_MAX, "answer", &v, err))
		return false;
	memcpy(last, v.p, v.len);
	last[v.len] = 0;
	return true;
}

bool zy_hsm_bench(
    struct zy_hsm *h, const char *key, unsigned seconds, double *per_second, unsigned *sessions, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_BENCH, .seconds = seconds };
	ZY_BUF_AUTO reply = { 0 };
	uint64_t signatures, microseconds, n;
	struct zy_reader r;

	if (!ask_key(h, key, &q, &reply, &r, err) || !zy_cbor_array_exact(&r, 3, "answer", err) ||
	    !zy_cbor_uint(&r, UINT32_MAX, "answer", &signatures, err) ||
	    !zy_cbor_uint(&r, UINT32_MAX, "answer", &microseconds, err) ||
	    !zy_cbor_uint(&r, ZY_SESSIONS_MAX, "answer", &n, err))
		return false;
	if (microseconds == 0)
		return zy_fail(err, ZY_E_CBOR, "answer", ZY_NOWHERE, "the signer's bench took no time");
	*per_second = (double)signatures * 1e6 / (double)microseconds;
	*sessions = (unsigned)n;
	return true;
}
