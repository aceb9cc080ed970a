#include "ocsp_internal.h"

#define DER_ENUMERATED 0x0a

static const uint8_t basic_octets[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01 };
static const struct zy_bytes oid_basic = { basic_octets, sizeof(basic_octets) }; /* id-pkix-ocsp-basic */

const char *zy_ocsp_cert_name(enum zy_ocsp_cert s)
{
	return s == ZY_OCSP_GOOD ? "good" : s == ZY_OCSP_REVOKED ? "revoked" : "unknown";
}

static bool take_null(struct zy_reader *r, uint8_t tag, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_bytes v;

	return zy_der_take(r, tag, "certStatus", &v, err) &&
	       (v.len == 0 || zy_fail(err, ZY_E_DER, "certStatus", at, "NULL has no content"));
}

static bool take_revoked(struct zy_reader *r, struct zy_ocsp_item *item, struct zy_error *err)
{
	struct zy_reader info, reason;

	item->status = ZY_OCSP_REVOKED;
	if (!zy_der_enter(r, ZY_DER_CONTEXT_MADE | 1, "RevokedInfo", &info, err) ||
	    !zy_der_time(&info, false, "revocationTime", &item->revoked_at, err))
		return false;
	if (zy_der_next_is(&info, ZY_DER_CONTEXT_MADE) &&
	    (!zy_der_enter(&info, ZY_DER_CONTEXT_MADE, "revocationReason", &reason, err) ||
		!zy_crl_reason_take(&reason, "revocationReason", &item->reason, err) ||
		!zy_der_end(&reason, "revocationReason", err)))
		return false;
	return zy_der_end(&info, "RevokedInfo", err);
}

static bool take_cert_status(struct zy_reader *r, struct zy_ocsp_item *item, struct zy_error *err)
{
	if (zy_der_next_is(r, ZY_DER_CONTEXT_MADE | 1))
		return take_revoked(r, item, err);
	item->status = zy_der_next_is(r, ZY_DER_CONTEXT | 2) ? ZY_OCSP_UNKNOWN : ZY_OCSP_GOOD;
	return take_null(r, item->status == ZY_OCSP_UNKNOWN ? ZY_DER_CONTEXT | 2 : ZY_DER_CONTEXT, err);
}

static bool take_next_update(struct zy_reader *r, struct zy_ocsp_item *item, struct zy_error *err)
{
	struct zy_reader explicit;

	item->has_next_update = zy_der_next_is(r, ZY_DER_CONTEXT_MADE);
	return !item->has_next_update || (zy_der_enter(r, ZY_DER_CONTEXT_MADE, "nextUpdate", &explicit, err) &&
					     zy_der_time(&explicit, false, "nextUpdate", &item->next_update, err) &&
					     zy_der_end(&explicit, "nextUpdate", err));
}

static bool take_item(struct zy_ocsp_answer *a, struct zy_reader *list, struct zy_error *err)
{
	struct zy_ocsp_item item = { .reason = ZY_REASON_NONE };
	struct zy_ocsp_extras extras = { 0 };
	struct zy_reader seq;

	if (a->num == ZY_OCSP_ITEMS_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "responses", zy_reader_offset(list),
		    "more than %zu certificates in an answer", ZY_OCSP_ITEMS_MAX);
	if (!zy_der_enter(list, ZY_DER_SEQUENCE, "SingleResponse", &seq, err) ||
	    !zy_cert_id_take(&seq, true, &item.id, err) || !take_cert_status(&seq, &item, err) ||
	    !zy_der_time(&seq, false, "thisUpdate", &item.this_update, err) || !take_next_update(&seq, &item, err) ||
	    !zy_ocsp_extensions_take(&seq, ZY_DER_CONTEXT_MADE | 1, "singleExtensions", &extras, err) ||
	    !zy_der_end(&seq, "SingleResponse", err))
		return false;
	item.has_cutoff = extras.has_cutoff;
	item.cutoff = extras.cutoff;
	a->plain = a->plain && !extras.has_cutoff && item.id.hash <= ZY_CERT_ID_SM3 && item.id.serial.len > 0;
	a->items[a->num++] = item;
	return true;
}

static bool take_responder(struct zy_ocsp_answer *a, struct zy_reader *tbs, struct zy_error *err)
{
	struct zy_reader choice;
	size_t at = zy_reader_offset(tbs);

	if (zy_der_next_is(tbs, ZY_DER_CONTEXT_MADE | 1))
		return zy_der_enter(tbs, ZY_DER_CONTEXT_MADE | 1, "responderID.byName", &choice, err) &&
		       zy_der_take_whole(&choice, ZY_DER_SEQUENCE, "responderID.byName", &a->by_name, err) &&
		       zy_der_end(&choice, "responderID.byName", err);
	if (!zy_der_enter(tbs, ZY_DER_CONTEXT_MADE | 2, "responderID.byKey", &choice, err) ||
	    !zy_der_take(&choice, ZY_DER_OCTETS, "responderID.byKey", &a->by_key, err) ||
	    !zy_der_end(&choice, "responderID.byKey", err))
		return false;
	a->plain = a->plain && a->by_key.len == 20;
	/* SHA-1 always; some take the digest of their suite */
	return a->by_key.len == 20 || a->by_key.len == 32 ||
	       zy_fail(err, ZY_E_OCSP, "responderID.byKey", at, "a KeyHash has 20 octets");
}

/* version [0] is 0, and then left out in DER; some write it. */
static bool take_version(struct zy_ocsp_answer *a, struct zy_reader *tbs, struct zy_error *err)
{
	struct zy_reader explicit;
	uint64_t version;

	if (!zy_der_next_is(tbs, ZY_DER_CONTEXT_MADE))
		return true;
	a->plain = false;
	return zy_der_enter(tbs, ZY_DER_CONTEXT_MADE, "version", &explicit, err) &&
	       zy_der_small(&explicit, "version", 0, &version, err) && zy_der_end(&explicit, "version", err);
}

static bool read_data(struct zy_ocsp_answer *a, struct zy_reader *tbs, struct zy_error *err)
{
	struct zy_ocsp_extras extras = { 0 };
	struct zy_reader list;

	if (!take_version(a, tbs, err) || !take_responder(a, tbs, err) ||
	    !zy_der_time(tbs, false, "producedAt", &a->produced_at, err) ||
	    !zy_der_enter(tbs, ZY_DER_SEQUENCE, "responses", &list, err))
		return false;
	do {
		if (!take_item(a, &list, err))
			return false;
	} while (zy_reader_left(&list) > 0);
	if (!zy_ocsp_extensions_take(tbs, ZY_DER_CONTEXT_MADE | 1, "responseExtensions", &extras, err))
		return false;
	a->has_nonce = extras.has_nonce;
	a->nonce = extras.nonce;
	return zy_der_end(tbs, "tbsResponseData", err);
}

bool zy_ocsp_data_check(struct zy_bytes tbs, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(tbs), inner;
	struct zy_ocsp_answer a = { .plain = true };

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "tbsResponseData", &inner, err) ||
	    !zy_der_end(&r, "tbsResponseData", err) || !read_data(&a, &inner, err))
		return false;
	return a.plain || zy_fail(err, ZY_E_OCSP, "tbsResponseData", 0,
			      "a version, hash, number or cutoff that is not written here");
}

static bool read_certs(struct zy_ocsp_answer *a, struct zy_reader *basic, struct zy_error *err)
{
	struct zy_reader outer, list;

	if (!zy_der_next_is(basic, ZY_DER_CONTEXT_MADE))
		return true;
	if (!zy_der_enter(basic, ZY_DER_CONTEXT_MADE, "certs", &outer, err) ||
	    !zy_der_enter(&outer, ZY_DER_SEQUENCE, "certs", &list, err) || !zy_der_end(&outer, "certs", err))
		return false;
	while (zy_reader_left(&list) > 0) {
		if (a->num_certs == ZY_OCSP_CERTS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "certs", zy_reader_offset(&list),
			    "more than %zu certificates", ZY_OCSP_CERTS_MAX);
		if (!zy_der_take_whole(&list, ZY_DER_SEQUENCE, "certs", &a->certs[a->num_certs++], err))
			return false;
	}
	return true;
}

static void find_suite(struct zy_ocsp_answer *a)
{
	struct zy_reader r = zy_reader_over(a->alg);
	struct zy_error ignored = { 0 };

	a->plain = zy_signature_alg_take(&r, "signatureAlgorithm", &a->suite, &ignored) &&
		   zy_der_rs(a->signature, a->rs, &ignored) && a->plain;
}

static bool read_basic(struct zy_ocsp_answer *a, struct zy_reader r, struct zy_error *err)
{
	struct zy_reader basic, tbs;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "BasicOCSPResponse", &basic, err) ||
	    !zy_der_end(&r, "BasicOCSPResponse", err))
		return false;
	tbs = basic;
	if (!zy_der_take_whole(&tbs, ZY_DER_SEQUENCE, "tbsResponseData", &a->tbs, err) ||
	    !zy_der_enter(&basic, ZY_DER_SEQUENCE, "tbsResponseData", &tbs, err) || !read_data(a, &tbs, err) ||
	    !zy_der_take_whole(&basic, ZY_DER_SEQUENCE, "signatureAlgorithm", &a->alg, err) ||
	    !zy_der_bits(&basic, "signature", &a->signature, err) || !read_certs(a, &basic, err))
		return false;
	find_suite(a);
	return zy_der_end(&basic, "BasicOCSPResponse", err);
}

static bool read_bytes(struct zy_ocsp_answer *a, struct zy_reader *outer, struct zy_error *err)
{
	struct zy_reader explicit, bytes;
	struct zy_bytes type, content;

	if (!zy_der_enter(outer, ZY_DER_CONTEXT_MADE, "responseBytes", &explicit, err) ||
	    !zy_der_enter(&explicit, ZY_DER_SEQUENCE, "responseBytes", &bytes, err) ||
	    !zy_der_end(&explicit, "responseBytes", err) ||
	    !zy_der_take(&bytes, ZY_DER_OID, "responseType", &type, err))
		return false;
	if (!zy_bytes_equal(type, oid_basic))
		return zy_fail(err, ZY_E_OCSP, "responseType", zy_reader_offset(&bytes), "not id-pkix-ocsp-basic");
	return zy_der_take(&bytes, ZY_DER_OCTETS, "response", &content, err) &&
	       zy_der_end(&bytes, "responseBytes", err) && read_basic(a, zy_reader_inside(&bytes, content), err);
}

bool zy_ocsp_answer_parse(struct zy_ocsp_answer *out, struct zy_bytes der, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(der), outer;
	struct zy_ocsp_answer a = { .plain = true };
	struct zy_bytes status;

	if (der.len > ZY_OCSP_ANSWER_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "OCSPResponse", 0, "over %zu bytes", ZY_OCSP_ANSWER_MAX);
	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "OCSPResponse", &outer, err) || !zy_der_end(&r, "OCSPResponse", err) ||
	    !zy_der_take(&outer, DER_ENUMERATED, "responseStatus", &status, err))
		return false;
	if (status.len != 1 || status.p[0] > ZY_OCSP_UNAUTHORIZED || status.p[0] == 4)
		return zy_fail(err, ZY_E_OCSP, "responseStatus", zy_reader_offset(&outer), "not an OCSPResponseStatus");
	a.status = (enum zy_ocsp_status)status.p[0];
	if ((a.status == ZY_OCSP_SUCCESSFUL && !read_bytes(&a, &outer, err)) ||
	    !zy_der_end(&outer, "OCSPResponse", err))
		return false;
	*out = a;
	return true;
}

static void put_status(struct zy_buf *b, const struct zy_ocsp_item *item)
{
	size_t mark, reason;

	if (item->status != ZY_OCSP_REVOKED) {
		zy_der_put(b, item->status == ZY_OCSP_GOOD ? ZY_DER_CONTEXT : ZY_DER_CONTEXT | 2, ZY_BYTES("", 0));
		return;
	}
	mark = zy_der_open(b, ZY_DER_CONTEXT_MADE | 1);
	zy_der_put_time(b, item->revoked_at);
	if (item->reason != ZY_REASON_NONE) {
		reason = zy_der_open(b, ZY_DER_CONTEXT_MADE);
		zy_crl_reason_put(b, item->reason);
		zy_der_close(b, reason);
	}
	zy_der_close(b, mark);
}

static void put_item(struct zy_buf *b, const struct zy_ocsp_item *item)
{
	size_t seq = zy_der_open(b, ZY_DER_SEQUENCE), next;

	zy_cert_id_put(b, &item->id);
	put_status(b, item);
	zy_der_put_time(b, item->this_update);
	if (item->has_next_update) {
		next = zy_der_open(b, ZY_DER_CONTEXT_MADE);
		zy_der_put_time(b, item->next_update);
		zy_der_close(b, next);
	}
	zy_der_close(b, seq);
}

bool zy_ocsp_data_encode(const struct zy_ocsp_answer *a, struct zy_buf *out, struct zy_error *err)
{
	size_t data = zy_der_open(out, ZY_DER_SEQUENCE), part;

	part = zy_der_open(out, a->by_name.len > 0 ? ZY_DER_CONTEXT_MADE | 1 : ZY_DER_CONTEXT_MADE | 2);
	if (a->by_name.len > 0)
		zy_buf_put(out, a->by_name);
	else
		zy_der_put(out, ZY_DER_OCTETS, a->by_key);
	zy_der_close(out, part);
	zy_der_put_time(out, a->produced_at);
	part = zy_der_open(out, ZY_DER_SEQUENCE);
	for (size_t i = 0; i < a->num; i++)
		put_item(out, &a->items[i]);
	zy_der_close(out, part);
	if (a->has_nonce)
		zy_ocsp_nonce_put(out, ZY_DER_CONTEXT_MADE | 1, a->nonce);
	zy_der_close(out, data);
	return zy_buf_done(out, "tbsResponseData", err);
}

static void put_basic(struct zy_buf *b, const struct zy_ocsp_answer *a)
{
	size_t basic = zy_der_open(b, ZY_DER_SEQUENCE), outer, list;
	ZY_BUF_AUTO signature = { 0 };

	zy_buf_put(b, a->tbs);
	zy_signature_alg_put(b, a->suite);
	zy_der_put_rs(&signature, a->rs);
	zy_der_put_bits(b, zy_buf_bytes(&signature));
	if (a->num_certs > 0) {
		outer = zy_der_open(b, ZY_DER_CONTEXT_MADE);
		list = zy_der_open(b, ZY_DER_SEQUENCE);
		for (size_t i = 0; i < a->num_certs; i++)
			zy_buf_put(b, a->certs[i]);
		zy_der_close(b, list);
		zy_der_close(b, outer);
	}
	zy_der_close(b, basic);
	b->failed |= signature.failed;
}

bool zy_ocsp_answer_encode(const struct zy_ocsp_answer *a, struct zy_buf *out, struct zy_error *err)
{
	const uint8_t status = (uint8_t)a->status;
	size_t whole = zy_der_open(out, ZY_DER_SEQUENCE), outer, bytes, octets;

	zy_der_put(out, DER_ENUMERATED, ZY_BYTES(&status, 1));
	if (a->status == ZY_OCSP_SUCCESSFUL) {
		outer = zy_der_open(out, ZY_DER_CONTEXT_MADE);
		bytes = zy_der_open(out, ZY_DER_SEQUENCE);
		zy_der_put(out, ZY_DER_OID, oid_basic);
		octets = zy_der_open(out, ZY_DER_OCTETS);
		put_basic(out, a);
		zy_der_close(out, octets);
		zy_der_close(out, bytes);
		zy_der_close(out, outer);
	}
	zy_der_close(out, whole);
	return zy_buf_done(out, "OCSPResponse", err);
}
