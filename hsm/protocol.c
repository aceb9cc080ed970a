#include "protocol.h"

#include <assert.h>

#include "zy/cbor.h"
#include "zy/order.h"
#include "zy/text.h"

static const char *const op_names[] = { "ping", "list", "sign", "generate", "public", "wrap", "unwrap", "bench", "csr",
	"life", "current", "in-force", "approve", "note" };
static_assert(sizeof(op_names) / sizeof(*op_names) == ZY_NUM_OPS, "each operation has a name");
/* items of a request after version, operation and wait */
static const size_t op_items[] = { 0, 0, 1, 3, 1, 3, 3, 2, 2, 4, 1, 0, 1, 2 };

static const char *const kind_names[] = { "sm2", "p256", "aes256" };
static const char *const use_names[] = { "certificate", "seal-make", "seal-sign", "document", "credential", "showing",
	"trust", "wrap", "crl", "ocsp", "timestamp", "order", "log" };
#define NUM_USES (sizeof(use_names) / sizeof(*use_names))

/* Fields that the signer names in refusals: an error's field is a static string, so it is looked up. */
static const char *const fields[] = { "key", "token", "object", "use", "uses", "kind", "message", "aad", "esID",
	"item_code", "TBS_Sign", "TBS_Sign.timeInfo", "TBS_Sign.eseal.esID", "signedAttrs", "seconds", "frame",
	"request", "pin", "seal.items", "seal.valid_from", "seal.valid_to", "limit_total", "limit_per_day", "journal",
	"items", "valid_to", "requesters", "retired", "off", "subject", "replaces", "expires", "order", "kid",
	"signature", "requester", "roles", "signatures", "rules", "officers", "policy", "until", "tbsResponseData",
	"checkpoint", "origin", "size", "root", "name", "state", "at", "CertificationRequestInfo", "head" };

const char *zy_hsm_op_name(enum zy_hsm_op op)
{
	return op < ZY_NUM_OPS ? op_names[op] : "?";
}

const char *zy_key_kind_name(enum zy_key_kind kind)
{
	return kind_names[kind];
}

bool zy_key_kind_from_name(struct zy_bytes name, enum zy_key_kind *out)
{
	for (size_t i = 0; i < sizeof(kind_names) / sizeof(*kind_names); i++)
		if (zy_bytes_equal(name, zy_str(kind_names[i]))) {
			*out = (enum zy_key_kind)i;
			return true;
		}
	return false;
}

const char *zy_key_use_name(unsigned bit)
{
	for (size_t i = 0; i < NUM_USES; i++)
		if (bit == 1u << i)
			return use_names[i];
	return NULL;
}

unsigned zy_key_use_from_name(const char *name)
{
	for (size_t i = 0; i < NUM_USES; i++)
		if (strcmp(use_names[i], name) == 0)
			return 1u << i;
	return 0;
}

void zy_hsm_frame_begin(struct zy_buf *out)
{
	zy_buf_put_be(out, 0, 4);
}

bool zy_hsm_frame_end(struct zy_buf *out, struct zy_error *err)
{
	size_t len = out->len - 4;

	if (!zy_buf_done(out, "frame", err))
		return false;
	if (len > ZY_HSM_FRAME_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "frame", ZY_NOWHERE,
		    "the request has %zu bytes; the signer takes %zu", len, ZY_HSM_FRAME_MAX);
	for (int i = 0; i < 4; i++)
		out->p[i] = (uint8_t)(len >> (24 - 8 * i));
	return true;
}

bool zy_hsm_frame_len(struct zy_bytes head, size_t *len, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(head);
	uint64_t v;

	if (!zy_take_be(&r, 4, "frame", &v, err))
		return false;
	if (v == 0 || v > ZY_HSM_FRAME_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "frame", 0, "a frame holds 1 to %zu bytes, not %u",
		    ZY_HSM_FRAME_MAX, (unsigned)v);
	*len = (size_t)v;
	return true;
}

static bool take_kind(struct zy_reader *r, enum zy_key_kind *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_bytes name;

	return zy_cbor_tstr(r, ZY_HSM_NAME_MAX, "kind", &name, err) &&
	       (zy_key_kind_from_name(name, out) ||
		   zy_fail(err, ZY_E_CBOR, "kind", at, "a key is of kind sm2, p256 or aes256"));
}

static bool take_uses(struct zy_reader *r, bool one, unsigned *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	uint64_t v;

	if (!zy_cbor_uint(r, ZY_USE_ALL, "uses", &v, err))
		return false;
	if (v == 0 || (one && (v & (v - 1)) != 0))
		return zy_fail(err, ZY_E_CBOR, "uses", at, one ? "name exactly one use" : "name at least one use");
	*out = (unsigned)v;
	return true;
}

/* A text of 1..64 bytes, or null which gives an empty view. */
static bool take_name(struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);

	*out = (struct zy_bytes){ 0 };
	if (zy_cbor_next_is_null(r))
		return zy_cbor_null(r, field, err);
	return zy_cbor_tstr(r, ZY_HSM_NAME_MAX, field, out, err) &&
	       (out->len > 0 || zy_fail(err, ZY_E_CBOR, field, at, "write null, not an empty text"));
}

static bool take_seconds(struct zy_reader *r, unsigned *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	uint64_t v;

	if (!zy_cbor_uint(r, ZY_HSM_BENCH_S_MAX, "seconds", &v, err))
		return false;
	*out = (unsigned)v;
	return v > 0 || zy_fail(err, ZY_E_CBOR, "seconds", at, "a bench takes 1 to %d seconds", ZY_HSM_BENCH_S_MAX);
}

static bool take_life(struct zy_reader *r, struct zy_hsm_request *q, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_bytes name;
	uint64_t when;

	if (!zy_cbor_tstr(r, ZY_HSM_NAME_MAX, "request", &name, err))
		return false;
	if (!zy_key_event_from_name(name, &q->event))
		return zy_fail(err, ZY_E_CBOR, "request", at, "no event of a key's life is called that");
	if (!zy_cbor_uint(r, INT64_MAX, "at", &when, err) ||
	    !zy_cbor_uint(r, ZY_KEY_OVERLAP_MAX_S, "at", &q->overlap_s, err))
		return false;
	q->at = (zy_time)when;
	return true;
}

bool zy_hsm_signing_take(struct zy_reader *r, struct zy_hsm_request *out, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_SIGN };

	if (!zy_cbor_array_exact(r, 5, "request", err) || !zy_cbor_tstr(r, ZY_KEY_URI_MAX, "key", &q.key, err) ||
	    !take_uses(r, true, &q.uses, err) || !zy_cbor_bstr(r, ZY_HSM_MESSAGE_MAX, "message", &q.message, err) ||
	    !take_name(r, "esID", &q.esID, err) || !take_name(r, "item_code", &q.item_code, err))
		return false;
	*out = q;
	return true;
}

/* Each is taken once here, so that the signer signs none of a request of which one has no shape. */
static bool take_signings(struct zy_reader *r, struct zy_hsm_request *q, struct zy_error *err)
{
	size_t at = zy_reader_offset(r), begin;
	struct zy_bytes all;
	struct zy_hsm_request one;

	if (!zy_cbor_array(r, ZY_HSM_SIGNINGS_MAX, "request", &q->num, err))
		return false;
	if (q->num == 0)
		return zy_fail(err, ZY_E_CBOR, "request", at, "name at least one message to sign");
	all = zy_reader_rest(r);
	begin = zy_reader_offset(r);
	for (size_t i = 0; i < q->num; i++)
		if (!zy_hsm_signing_take(r, &one, err))
			return false;
	q->signings = ZY_BYTES(all.p, zy_reader_offset(r) - begin);
	return true;
}

/* What follows the operation and the key. */
static bool take_items(struct zy_reader *r, struct zy_hsm_request *q, struct zy_error *err)
{
	switch (q->op) {
	case ZY_OP_SIGN:
		return take_signings(r, q, err);
	case ZY_OP_GENERATE:
		return take_kind(r, &q->kind, err) && take_uses(r, false, &q->uses, err);
	case ZY_OP_WRAP:
	case ZY_OP_UNWRAP:
		return zy_cbor_bstr(r, ZY_HSM_AAD_MAX, "aad", &q->aad, err) &&
		       zy_cbor_bstr(r, ZY_HSM_MESSAGE_MAX, "message", &q->message, err);
	case ZY_OP_BENCH:
		return take_seconds(r, &q->seconds, err);
	case ZY_OP_APPROVE:
		return zy_cbor_bstr(r, ZY_ORDER_FILE_MAX, "order", &q->message, err);
	case ZY_OP_CSR:
	case ZY_OP_NOTE:
		return zy_cbor_bstr(r, ZY_HSM_MESSAGE_MAX, "message", &q->message, err);
	case ZY_OP_LIFE:
		return take_life(r, q, err);
	case ZY_OP_CURRENT:
	case ZY_OP_PUBLIC:
	case ZY_OP_PING:
	case ZY_OP_LIST:
	case ZY_OP_IN_FORCE:
	case ZY_NUM_OPS:
		break;
	}
	return true;
}

static bool has_key(enum zy_hsm_op op)
{
	return op_items[op] > 0 && op != ZY_OP_APPROVE && op != ZY_OP_SIGN;
}

static bool take_op(struct zy_reader *r, enum zy_hsm_op *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_bytes name;

	if (!zy_cbor_tstr(r, ZY_HSM_NAME_MAX, "request", &name, err))
		return false;
	for (size_t i = 0; i < ZY_NUM_OPS; i++)
		if (zy_bytes_equal(name, zy_str(op_names[i]))) {
			*out = (enum zy_hsm_op)i;
			return true;
		}
	return zy_fail(err, ZY_E_CBOR, "request", at, "the signer knows no such operation");
}

static bool take_version(struct zy_reader *r, const char *field, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	uint64_t v;

	return zy_cbor_uint(r, UINT64_MAX, field, &v, err) &&
	       (v == ZY_HSM_VERSION || zy_fail(err, ZY_E_CBOR, field, at,
					   "client and signer speak different protocol versions; restart both"));
}

bool zy_hsm_request_parse(struct zy_hsm_request *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_hsm_request q = { 0 };
	uint64_t wait_ms;
	size_t num;

	if (!zy_cbor_array(&r, 8, "request", &num, err) || !take_version(&r, "request", err) ||
	    !take_op(&r, &q.op, err))
		return false;
	if (num != op_items[q.op] + 3)
		return zy_fail(err, ZY_E_CBOR, "request", 0, "%s takes %zu items", op_names[q.op], op_items[q.op] + 3);
	if (!zy_cbor_uint(&r, ZY_HSM_WAIT_MS_MAX, "request", &wait_ms, err))
		return false;
	q.wait_ms = (unsigned)wait_ms;
	if (has_key(q.op) && !zy_cbor_tstr(&r, ZY_KEY_URI_MAX, "key", &q.key, err))
		return false;
	if (!take_items(&r, &q, err) || !zy_reader_end(&r, "request", err))
		return false;
	*out = q;
	return true;
}

static void put_name(struct zy_buf *out, struct zy_bytes name)
{
	if (name.len == 0)
		zy_cbor_put_null(out);
	else
		zy_cbor_put_tstr(out, name);
}

void zy_hsm_signing_put(struct zy_buf *out, const struct zy_hsm_request *q)
{
	zy_cbor_put_array(out, 5);
	zy_cbor_put_tstr(out, q->key);
	zy_cbor_put_uint(out, q->uses);
	zy_cbor_put_bstr(out, q->message);
	put_name(out, q->esID);
	put_name(out, q->item_code);
}

static void put_items(struct zy_buf *out, const struct zy_hsm_request *q)
{
	switch (q->op) {
	case ZY_OP_SIGN:
		zy_cbor_put_array(out, q->num);
		zy_buf_put(out, q->signings);
		break;
	case ZY_OP_GENERATE:
		zy_cbor_put_text(out, kind_names[q->kind]);
		zy_cbor_put_uint(out, q->uses);
		break;
	case ZY_OP_WRAP:
	case ZY_OP_UNWRAP:
		zy_cbor_put_bstr(out, q->aad);
		zy_cbor_put_bstr(out, q->message);
		break;
	case ZY_OP_BENCH:
		zy_cbor_put_uint(out, q->seconds);
		break;
	case ZY_OP_APPROVE:
	case ZY_OP_CSR:
	case ZY_OP_NOTE:
		zy_cbor_put_bstr(out, q->message);
		break;
	case ZY_OP_LIFE:
		zy_cbor_put_text(out, zy_key_event_name(q->event));
		zy_cbor_put_uint(out, (uint64_t)q->at);
		zy_cbor_put_uint(out, q->overlap_s);
		break;
	case ZY_OP_CURRENT:
	case ZY_OP_PUBLIC:
	case ZY_OP_PING:
	case ZY_OP_LIST:
	case ZY_OP_IN_FORCE:
	case ZY_NUM_OPS:
		break;
	}
}

void zy_hsm_request_encode(const struct zy_hsm_request *q, struct zy_buf *out)
{
	zy_cbor_put_array(out, op_items[q->op] + 3);
	zy_cbor_put_uint(out, ZY_HSM_VERSION);
	zy_cbor_put_text(out, op_names[q->op]);
	zy_cbor_put_uint(out, q->wait_ms);
	if (has_key(q->op))
		zy_cbor_put_tstr(out, q->key);
	put_items(out, q);
}

static enum zy_code code_of(struct zy_bytes name)
{
	for (enum zy_code c = (enum zy_code)(ZY_OK + 1); c < ZY_NUM_CODES; c++)
		if (zy_bytes_equal(name, zy_str(zy_code_name(c))))
			return c;
	return ZY_E_BUG;
}

static const char *field_of(struct zy_bytes name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (zy_bytes_equal(name, zy_str(fields[i])))
			return fields[i];
	return "signer";
}

static bool take_refusal(struct zy_reader *r, struct zy_hsm_answer *a, struct zy_error *err)
{
	struct zy_bytes name, field;

	if (!zy_cbor_tstr(r, ZY_HSM_NAME_MAX, "answer", &name, err) || !zy_cbor_tstr(r, 256, "answer", &field, err) ||
	    !zy_cbor_tstr(r, 256, "answer", &a->message, err))
		return false;
	a->code = code_of(name);
	a->field = field_of(field);
	return true;
}

bool zy_hsm_answer_parse(struct zy_hsm_answer *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_hsm_answer a = { 0 };
	enum zy_cbor_type type;
	uint64_t zero;
	size_t num;

	if (!zy_cbor_array(&r, 4, "answer", &num, err) || !take_version(&r, "answer", err))
		return false;
	if (num == 3 && zy_cbor_peek(&r, &type) && type == ZY_CBOR_UINT) {
		if (!zy_cbor_uint(&r, 0, "answer", &zero, err) || !zy_cbor_item(&r, "answer", &a.result, err))
			return false;
	} else if (num != 4) {
		return zy_fail(err, ZY_E_CBOR, "answer", 0, "neither a result nor a refusal");
	} else if (!take_refusal(&r, &a, err)) {
		return false;
	}
	if (!zy_reader_end(&r, "answer", err))
		return false;
	*out = a;
	return true;
}

static void put_refusal(struct zy_buf *out, const struct zy_error *why)
{
	struct zy_error ignored = { 0 };

	zy_cbor_put_text(out, zy_code_name(why->code));
	zy_cbor_put_text(out, why->field == NULL ? "" : why->field);
	/* a message cut at its end may have lost half a character */
	zy_cbor_put_text(
	    out, zy_utf8_check(zy_str(why->msg), "message", &ignored) ? why->msg : zy_code_meaning(why->code));
}

void zy_hsm_answer_refuse(struct zy_buf *out, const struct zy_error *why)
{
	zy_cbor_put_array(out, 4);
	zy_cbor_put_uint(out, ZY_HSM_VERSION);
	put_refusal(out, why);
}

void zy_hsm_signed_put(struct zy_buf *out, const uint8_t rs[64], const struct zy_error *why)
{
	if (rs != NULL) {
		zy_cbor_put_bstr(out, ZY_BYTES(rs, 64));
		return;
	}
	zy_cbor_put_array(out, 3);
	put_refusal(out, why);
}

bool zy_hsm_signed_take(struct zy_reader *r, uint8_t rs[64], struct zy_error *why, struct zy_error *err)
{
	struct zy_hsm_answer a = { 0 };
	enum zy_cbor_type type;
	struct zy_bytes v;

	*why = (struct zy_error){ 0 };
	if (zy_cbor_peek(r, &type) && type == ZY_CBOR_BSTR) {
		if (!zy_cbor_bstr_exact(r, 64, "answer", &v, err))
			return false;
		memcpy(rs, v.p, 64);
		return true;
	}
	if (!zy_cbor_array_exact(r, 3, "answer", err) || !take_refusal(r, &a, err))
		return false;
	zy_fail_set(why, a.code, a.field, ZY_NOWHERE, "%.*s", (int)a.message.len, (const char *)a.message.p);
	return true;
}

void zy_hsm_answer_begin(struct zy_buf *out)
{
	zy_cbor_put_array(out, 3);
	zy_cbor_put_uint(out, ZY_HSM_VERSION);
	zy_cbor_put_uint(out, 0);
}
