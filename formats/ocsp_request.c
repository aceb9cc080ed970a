#include "ocsp_internal.h"

#define OID(name, ...)                                                                                                 \
	static const uint8_t name##_octets[] = { __VA_ARGS__ };                                                        \
	static const struct zy_bytes name = { name##_octets, sizeof(name##_octets) }

OID(oid_sha1, 0x2b, 0x0e, 0x03, 0x02, 0x1a);
OID(oid_nonce, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02);  /* id-pkix-ocsp-nonce */
OID(oid_cutoff, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x06); /* id-pkix-ocsp-archive-cutoff */

OID(oid_sha384, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02);
OID(oid_sha512, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03);

static const struct {
	const struct zy_bytes *oid;
	size_t len;
} hashes[] = {
	[ZY_CERT_ID_SHA1] = { &oid_sha1, 20 },
	[ZY_CERT_ID_SHA256] = { &zy_oid_sha256, 32 },
	[ZY_CERT_ID_SM3] = { &zy_oid_sm3, 32 },
	[ZY_CERT_ID_SHA384] = { &oid_sha384, 48 },
	[ZY_CERT_ID_SHA512] = { &oid_sha512, 64 },
};

static bool take_hash_alg(struct zy_reader *r, bool any, struct zy_cert_id *id, struct zy_error *err)
{
	struct zy_bytes oid, null;
	struct zy_reader alg;
	size_t at = zy_reader_offset(r);

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "hashAlgorithm", &alg, err) ||
	    !zy_der_take(&alg, ZY_DER_OID, "hashAlgorithm", &oid, err))
		return false;
	id->has_null = zy_der_next_is(&alg, ZY_DER_NULL);
	if (id->has_null && !zy_der_take(&alg, ZY_DER_NULL, "hashAlgorithm", &null, err))
		return false;
	if (id->has_null && null.len > 0)
		return zy_fail(err, ZY_E_DER, "hashAlgorithm", at, "NULL has no content");
	for (int h = ZY_CERT_ID_SHA1; h <= (any ? ZY_CERT_ID_SHA512 : ZY_CERT_ID_SM3); h++)
		if (zy_bytes_equal(oid, *hashes[h].oid)) {
			id->hash = (enum zy_cert_id_hash)h;
			return zy_der_end(&alg, "hashAlgorithm", err);
		}
	id->hash = ZY_CERT_ID_OTHER;
	return any || zy_fail(err, ZY_E_OCSP, "hashAlgorithm", at, "a CertID is hashed with SHA-1, SHA-256 or SM3");
}

bool zy_cert_id_take(struct zy_reader *r, bool any, struct zy_cert_id *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_cert_id id = { 0 };
	struct zy_reader seq;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "CertID", &seq, err) || !take_hash_alg(&seq, any, &id, err) ||
	    !zy_der_take(&seq, ZY_DER_OCTETS, "issuerNameHash", &id.name_hash, err) ||
	    !zy_der_take(&seq, ZY_DER_OCTETS, "issuerKeyHash", &id.key_hash, err) ||
	    !zy_serial_take(&seq, "serialNumber", &id.serial, &id.number, err) || !zy_der_end(&seq, "CertID", err))
		return false;
	if (id.hash != ZY_CERT_ID_OTHER &&
	    (id.name_hash.len != hashes[id.hash].len || id.key_hash.len != hashes[id.hash].len))
		return zy_fail(err, ZY_E_OCSP, "CertID", at, "a hash is not of its length");
	if (!any && id.serial.len == 0)
		return zy_fail(err, ZY_E_OCSP, "CertID", at, "no certificate here has a number below zero");
	*out = id;
	return true;
}

void zy_cert_id_put(struct zy_buf *b, const struct zy_cert_id *id)
{
	size_t seq = zy_der_open(b, ZY_DER_SEQUENCE), alg = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_OID, *hashes[id->hash].oid);
	if (id->has_null)
		zy_der_put(b, ZY_DER_NULL, ZY_BYTES("", 0));
	zy_der_close(b, alg);
	zy_der_put(b, ZY_DER_OCTETS, id->name_hash);
	zy_der_put(b, ZY_DER_OCTETS, id->key_hash);
	zy_der_put_unsigned(b, id->serial);
	zy_der_close(b, seq);
}

static bool read_nonce(struct zy_reader *list, struct zy_bytes value, struct zy_bytes *nonce, struct zy_error *err)
{
	struct zy_reader r = zy_reader_inside(list, value);
	size_t at = zy_reader_offset(&r);

	if (!zy_der_take(&r, ZY_DER_OCTETS, "nonce", nonce, err) || !zy_der_end(&r, "nonce", err))
		return false;
	return (nonce->len >= 1 && nonce->len <= ZY_OCSP_NONCE_MAX) ||
	       zy_fail(err, ZY_E_OCSP, "nonce", at, "a nonce has 1 to %zu octets", ZY_OCSP_NONCE_MAX);
}

static bool read_extension(struct zy_reader *list, const char *field, struct zy_ocsp_extras *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(list);
	struct zy_extension e;
	struct zy_reader r;
	char text[64];

	if (!zy_extension_next(list, &e, err))
		return false;
	if (out != NULL && zy_bytes_equal(e.oid, oid_nonce)) {
		if (out->has_nonce)
			return zy_fail(err, ZY_E_OCSP, field, at, "the nonce stands twice");
		out->has_nonce = true;
		return read_nonce(list, e.value, &out->nonce, err);
	}
	if (out != NULL && zy_bytes_equal(e.oid, oid_cutoff) && !out->has_cutoff) {
		r = zy_reader_inside(list, e.value);
		out->has_cutoff = true;
		return zy_der_time(&r, false, "archiveCutoff", &out->cutoff, err) &&
		       zy_der_end(&r, "archiveCutoff", err);
	}
	zy_oid_text(e.oid, text, sizeof(text));
	return !e.critical || zy_fail(err, ZY_E_OCSP, field, at, "extension %s is critical and not known here", text);
}

bool zy_ocsp_extensions_take(
    struct zy_reader *r, uint8_t tag, const char *field, struct zy_ocsp_extras *out, struct zy_error *err)
{
	struct zy_reader outer, list;

	if (!zy_der_next_is(r, tag))
		return true;
	if (!zy_der_enter(r, tag, field, &outer, err) || !zy_der_enter(&outer, ZY_DER_SEQUENCE, field, &list, err) ||
	    !zy_der_end(&outer, field, err))
		return false;
	for (size_t i = 0; i == 0 || zy_reader_left(&list) > 0; i++) {
		if (i == ZY_EXTENSIONS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, field, zy_reader_offset(&list), "more than %d extensions",
			    ZY_EXTENSIONS_MAX);
		if (!read_extension(&list, field, out, err))
			return false;
	}
	return true;
}

void zy_ocsp_nonce_put(struct zy_buf *b, uint8_t tag, struct zy_bytes nonce)
{
	size_t outer = zy_der_open(b, tag), list = zy_der_open(b, ZY_DER_SEQUENCE);
	struct zy_extension_mark x = zy_extension_open(b, oid_nonce, false);

	zy_der_put(b, ZY_DER_OCTETS, nonce);
	zy_extension_close(b, x);
	zy_der_close(b, list);
	zy_der_close(b, outer);
}

static bool take_request(struct zy_ocsp_request *q, struct zy_reader *list, struct zy_error *err)
{
	struct zy_reader seq;

	if (q->num == ZY_OCSP_ITEMS_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "requestList", zy_reader_offset(list),
		    "more than %zu certificates in a request", ZY_OCSP_ITEMS_MAX);
	return zy_der_enter(list, ZY_DER_SEQUENCE, "Request", &seq, err) &&
	       zy_cert_id_take(&seq, false, &q->ids[q->num++], err) &&
	       zy_ocsp_extensions_take(&seq, ZY_DER_CONTEXT_MADE, "singleRequestExtensions", NULL, err) &&
	       zy_der_end(&seq, "Request", err);
}

bool zy_ocsp_request_parse(struct zy_ocsp_request *out, struct zy_bytes der, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(der), outer, tbs, list;
	struct zy_ocsp_extras extras = { 0 };
	struct zy_ocsp_request q = { 0 };

	if (der.len > ZY_OCSP_REQUEST_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "OCSPRequest", 0, "over %zu bytes", ZY_OCSP_REQUEST_MAX);
	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "OCSPRequest", &outer, err) || !zy_der_end(&r, "OCSPRequest", err) ||
	    !zy_der_enter(&outer, ZY_DER_SEQUENCE, "tbsRequest", &tbs, err))
		return false;
	if (zy_der_next_is(&outer, ZY_DER_CONTEXT_MADE) || zy_der_next_is(&tbs, ZY_DER_CONTEXT_MADE | 1))
		return zy_fail(err, ZY_E_OCSP, "OCSPRequest", zy_reader_offset(&outer), "signed requests are not read");
	if (!zy_der_end(&outer, "OCSPRequest", err) || !zy_der_enter(&tbs, ZY_DER_SEQUENCE, "requestList", &list, err))
		return false;
	do {
		if (!take_request(&q, &list, err))
			return false;
	} while (zy_reader_left(&list) > 0);
	if (!zy_ocsp_extensions_take(&tbs, ZY_DER_CONTEXT_MADE | 2, "requestExtensions", &extras, err) ||
	    !zy_der_end(&tbs, "tbsRequest", err))
		return false;
	q.has_nonce = extras.has_nonce;
	q.nonce = extras.nonce;
	*out = q;
	return true;
}

bool zy_ocsp_request_encode(const struct zy_ocsp_request *q, struct zy_buf *out, struct zy_error *err)
{
	size_t outer = zy_der_open(out, ZY_DER_SEQUENCE), tbs = zy_der_open(out, ZY_DER_SEQUENCE),
	       list = zy_der_open(out, ZY_DER_SEQUENCE);

	for (size_t i = 0; i < q->num; i++) {
		size_t seq = zy_der_open(out, ZY_DER_SEQUENCE);

		zy_cert_id_put(out, &q->ids[i]);
		zy_der_close(out, seq);
	}
	zy_der_close(out, list);
	if (q->has_nonce)
		zy_ocsp_nonce_put(out, ZY_DER_CONTEXT_MADE | 2, q->nonce);
	zy_der_close(out, tbs);
	zy_der_close(out, outer);
	return zy_buf_done(out, "OCSPRequest", err);
}
