/* TimeStampReq (RFC 3161 2.4.1) and what it shares with TSTInfo. */
#include "tsp_internal.h"

#include <openssl/evp.h>

#include "zy/mapped.h"

#define OID(name, ...)                                                                                                 \
	static const uint8_t name##_octets[] = { __VA_ARGS__ };                                                        \
	static const struct zy_bytes name = { name##_octets, sizeof(name##_octets) }

OID(oid_sha384, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02);
OID(oid_sha512, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03);

static const struct {
	const struct zy_bytes *oid;
	const char *name;
	size_t len;
} hashes[] = {
	[ZY_TSP_SHA256] = { &zy_oid_sha256, "sha256", 32 },
	[ZY_TSP_SHA384] = { &oid_sha384, "sha384", 48 },
	[ZY_TSP_SHA512] = { &oid_sha512, "sha512", 64 },
	[ZY_TSP_SM3] = { &zy_oid_sm3, "sm3", 32 },
};

const char *zy_tsp_hash_name(enum zy_tsp_hash h)
{
	return h < ZY_TSP_HASH_OTHER ? hashes[h].name : "other";
}

size_t zy_tsp_hash_len(enum zy_tsp_hash h)
{
	return h < ZY_TSP_HASH_OTHER ? hashes[h].len : 0;
}

static bool add(void *arg, struct zy_bytes v, struct zy_error *err)
{
	return EVP_DigestUpdate(arg, v.p, v.len) == 1 ||
	       zy_fail_openssl(err, ZY_E_CRYPTO, "messageImprint", "cannot compute a digest");
}

bool zy_tsp_digest_parts(
    enum zy_tsp_hash h, const struct zy_bytes parts[2], uint8_t out[ZY_TSP_DIGEST_MAX], struct zy_error *err)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_MD *md = EVP_MD_fetch(NULL, zy_tsp_hash_name(h), NULL);
	bool ok = c != NULL && md != NULL && EVP_DigestInit_ex2(c, md, NULL) == 1 &&
		  zy_mapped_walk(parts[0], add, c, err) && zy_mapped_walk(parts[1], add, c, err) &&
		  EVP_DigestFinal_ex(c, out, NULL) == 1;

	EVP_MD_free(md);
	EVP_MD_CTX_free(c);
	return ok || zy_fail_openssl(err, ZY_E_CRYPTO, "messageImprint", "cannot compute a digest");
}

bool zy_tsp_digest(enum zy_tsp_hash h, struct zy_bytes message, uint8_t out[ZY_TSP_DIGEST_MAX], struct zy_error *err)
{
	const struct zy_bytes parts[2] = { message };

	return zy_tsp_digest_parts(h, parts, out, err);
}

void tsp_put_hash(struct zy_buf *b, enum zy_tsp_hash h)
{
	cms_put_algorithm(b, *hashes[h].oid);
}

void zy_tsp_imprint_put(struct zy_buf *b, enum zy_tsp_hash h, struct zy_bytes digest)
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	tsp_put_hash(b, h);
	zy_der_put(b, ZY_DER_OCTETS, digest);
	zy_der_close(b, mark);
}

bool tsp_version_1(struct zy_reader *r, const char *field, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	uint64_t version;

	return zy_der_small(r, field, 255, &version, err) &&
	       (version == 1 || zy_fail(err, ZY_E_TSP, field, at, "version %u instead of 1", (unsigned)version));
}

enum zy_tsp_hash tsp_hash_of(struct zy_bytes oid)
{
	enum zy_tsp_hash h = ZY_TSP_SHA256;

	while (h < ZY_TSP_HASH_OTHER && !zy_bytes_equal(oid, *hashes[h].oid))
		h++;
	return h;
}

bool tsp_imprint(struct zy_reader *r, struct zy_tsp_imprint *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_reader whole = *r, seq;
	struct zy_bytes oid;
	bool has_params;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "messageImprint", &seq, err) ||
	    !cms_algorithm(&seq, "hashAlgorithm", &oid, &has_params, err) ||
	    !zy_der_take(&seq, ZY_DER_OCTETS, "hashedMessage", &out->digest, err) ||
	    !zy_der_end(&seq, "messageImprint", err) ||
	    !zy_der_take_whole(&whole, ZY_DER_SEQUENCE, "messageImprint", &out->der, err))
		return false;
	out->hash = tsp_hash_of(oid);
	if (out->digest.len < 1 || out->digest.len > ZY_TSP_DIGEST_MAX ||
	    (out->hash != ZY_TSP_HASH_OTHER && (has_params || out->digest.len != hashes[out->hash].len)))
		return zy_fail(err, ZY_E_TSP, "messageImprint", at,
		    "the imprint has not the length of its algorithm, or its algorithm has parameters");
	return true;
}

bool tsp_number(struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);

	return zy_der_unsigned(r, field, out, err) &&
	       (out->len <= ZY_TSP_NUMBER_MAX ||
		   zy_fail(err, ZY_E_TSP, field, at, "%zu octets instead of at most %d", out->len, ZY_TSP_NUMBER_MAX));
}

bool tsp_flag(struct zy_reader *r, const char *field, bool *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);

	*out = false;
	if (!zy_der_next_is(r, ZY_DER_BOOLEAN))
		return true;
	return zy_der_bool(r, field, out, err) &&
	       (*out || zy_fail(err, ZY_E_DER, field, at, "FALSE is the default and must be left out (X.690 11.5)"));
}

/* Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING } (RFC 5280 4.1) */
static bool read_extension(struct zy_reader *r, struct zy_bytes *id, bool *critical, struct zy_error *err)
{
	struct zy_reader seq;
	struct zy_bytes value;

	return zy_der_enter(r, ZY_DER_SEQUENCE, "Extension", &seq, err) &&
	       zy_der_take(&seq, ZY_DER_OID, "Extension.extnID", id, err) &&
	       tsp_flag(&seq, "Extension.critical", critical, err) &&
	       zy_der_take(&seq, ZY_DER_OCTETS, "Extension.extnValue", &value, err) &&
	       zy_der_end(&seq, "Extension", err);
}

bool tsp_extensions(struct zy_reader *r, uint8_t tag, struct zy_bytes *whole, bool *critical, struct zy_error *err)
{
	struct zy_bytes ids[TSP_EXTENSIONS_MAX];
	struct zy_reader at = *r, list;
	size_t num = 0;
	bool is_critical;

	*critical = false;
	if (!zy_der_next_is(r, tag))
		return true;
	if (!zy_der_enter(r, tag, "extensions", &list, err) || !zy_der_take_whole(&at, tag, "extensions", whole, err))
		return false;
	do {
		if (num == TSP_EXTENSIONS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "extensions", zy_reader_offset(&list),
			    "more than %d extensions", TSP_EXTENSIONS_MAX);
		if (!read_extension(&list, &ids[num], &is_critical, err))
			return false;
		*critical = *critical || is_critical;
		for (size_t i = 0; i < num; i++)
			if (zy_bytes_equal(ids[i], ids[num]))
				return zy_fail(err, ZY_E_TSP, "extensions", zy_reader_offset(&list),
				    "an extension comes twice (RFC 5280 4.2)");
		num++;
	} while (zy_reader_left(&list) > 0);
	return true;
}

bool zy_tsp_request_parse(struct zy_tsp_request *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in), seq;
	struct zy_tsp_request q = { 0 };
	bool critical;

	if (in.len > ZY_TSP_REQUEST_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "TimeStampReq", ZY_NOWHERE, "more than %zu bytes", ZY_TSP_REQUEST_MAX);
	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "TimeStampReq", &seq, err) || !zy_der_end(&r, "TimeStampReq", err) ||
	    !tsp_version_1(&seq, "TimeStampReq.version", err) || !tsp_imprint(&seq, &q.imprint, err))
		return false;
	if (zy_der_next_is(&seq, ZY_DER_OID) && !zy_der_take(&seq, ZY_DER_OID, "reqPolicy", &q.policy, err))
		return false;
	if (zy_der_next_is(&seq, ZY_DER_INTEGER) && !tsp_number(&seq, "nonce", &q.nonce, err))
		return false;
	if (!tsp_flag(&seq, "certReq", &q.cert_req, err) ||
	    !tsp_extensions(&seq, ZY_DER_CONTEXT_MADE | 0, &q.extensions, &critical, err) ||
	    !zy_der_end(&seq, "TimeStampReq", err))
		return false;
	*out = q;
	return true;
}

bool zy_tsp_request_encode(const struct zy_tsp_request *q, struct zy_buf *out, struct zy_error *err)
{
	size_t mark = zy_der_open(out, ZY_DER_SEQUENCE);

	zy_der_put_small(out, 1);
	zy_buf_put(out, q->imprint.der);
	if (q->policy.len > 0)
		zy_der_put(out, ZY_DER_OID, q->policy);
	if (q->nonce.len > 0)
		zy_der_put_unsigned(out, q->nonce);
	if (q->cert_req)
		zy_der_put_bool(out, true);
	zy_buf_put(out, q->extensions);
	zy_der_close(out, mark);
	return zy_buf_done(out, "TimeStampReq", err);
}
