#include "zy/csr.h"

static const struct zy_bytes oid_extension_request = { (const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e",
	9 }; /* 1.2.840.113549.1.9.14 */

static bool take_attribute(struct zy_reader *attributes, struct zy_csr *c, struct zy_error *err)
{
	struct zy_reader attribute, values;
	struct zy_bytes type;

	if (!zy_der_enter(attributes, ZY_DER_SEQUENCE, "attributes", &attribute, err) ||
	    !zy_der_take(&attribute, ZY_DER_OID, "attributes.type", &type, err))
		return false;
	if (!zy_bytes_equal(type, oid_extension_request) || c->num_extensions > 0)
		return zy_fail(err, ZY_E_CSR, "attributes.type", zy_reader_offset(&attribute),
		    "a request carries one extensionRequest, and no other attribute");
	return zy_der_enter(&attribute, ZY_DER_SET, "attributes.values", &values, err) &&
	       zy_extensions_parse(&values, c->extensions, &c->num_extensions, err) &&
	       zy_der_end(&values, "attributes.values", err) && zy_der_end(&attribute, "attributes", err);
}

static bool take_info(struct zy_reader *outer, struct zy_csr *c, struct zy_error *err)
{
	struct zy_reader at = *outer, info, attributes;
	uint64_t version;

	if (!zy_der_take_whole(&at, ZY_DER_SEQUENCE, "certificationRequestInfo", &c->info, err) ||
	    !zy_der_enter(outer, ZY_DER_SEQUENCE, "certificationRequestInfo", &info, err) ||
	    !zy_der_small(&info, "version", 0, &version, err) || !zy_dn_parse(&info, "subject", &c->subject, err) ||
	    !zy_spki_parse(&info, &c->key, err) ||
	    !zy_der_enter(&info, ZY_DER_CONTEXT_MADE | 0, "attributes", &attributes, err))
		return false;
	while (zy_reader_left(&attributes) > 0)
		if (!take_attribute(&attributes, c, err))
			return false;
	return zy_der_end(&info, "certificationRequestInfo", err);
}

static bool is_about_key(enum zy_code code)
{
	return code == ZY_E_KEY || code == ZY_E_KEY_SIZE || code == ZY_E_KEY_EXPONENT || code == ZY_E_KEY_MODULUS;
}

/* sha256WithRSAEncryption with NULL (RFC 4055 5). */
static bool take_rsa_alg(struct zy_reader *r, struct zy_error *err)
{
	static const uint8_t whole[] = { 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0 };
	struct zy_bytes alg;
	size_t at = zy_reader_offset(r);

	if (!zy_der_take(r, ZY_DER_SEQUENCE, "signatureAlgorithm", &alg, err))
		return false;
	return zy_bytes_equal(alg, ZY_BYTES(whole, sizeof(whole))) ||
	       zy_fail(err, ZY_E_CSR, "signatureAlgorithm", at,
		   "a request by an RSA key is signed with sha256WithRSAEncryption");
}

static bool take_alg(struct zy_reader *r, const struct zy_csr *c, struct zy_error *err)
{
	const size_t at = zy_reader_offset(r);
	enum zy_suite suite;

	if (c->key.kind == ZY_SPKI_RSA)
		return take_rsa_alg(r, err);
	if (!zy_signature_alg_take(r, "signatureAlgorithm", &suite, err))
		return false;
	return suite == zy_spki_suite(&c->key) ||
	       zy_fail(err, ZY_E_CSR, "signatureAlgorithm", at, "the signature is not of the suite of the key");
}

static bool take_request(struct zy_bytes in, struct zy_csr *c, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in), outer;
	struct zy_error why = { 0 };
	size_t at;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "CertificationRequest", &outer, err) ||
	    !zy_der_end(&r, "CertificationRequest", err) || !take_info(&outer, c, err))
		return false;
	if (!take_alg(&outer, c, err))
		return false;
	at = zy_reader_offset(&outer);
	if (!zy_der_bits(&outer, "signature", &c->signature, err))
		return false;
	if (c->key.kind != ZY_SPKI_RSA && !zy_der_rs(c->signature, c->rs, &why))
		return zy_fail(err, ZY_E_CSR, "signature", at, "%s", why.msg);
	return zy_der_end(&outer, "CertificationRequest", err);
}

bool zy_csr_parse(struct zy_csr *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct zy_csr c = { 0 };

	if (in.len > ZY_CSR_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "CertificationRequest", ZY_NOWHERE, "the request is over %zu bytes",
		    ZY_CSR_MAX);
	if (!take_request(in, &c, &why))
		return zy_fail(err, is_about_key(why.code) ? why.code : ZY_E_CSR, why.field, why.offset, "%s", why.msg);
	*out = c;
	return true;
}

static void put_attributes(struct zy_buf *b, const struct zy_csr *c)
{
	size_t all = zy_der_open(b, ZY_DER_CONTEXT_MADE | 0), one, set, list;

	if (c->num_extensions > 0) {
		one = zy_der_open(b, ZY_DER_SEQUENCE);
		zy_der_put(b, ZY_DER_OID, oid_extension_request);
		set = zy_der_open(b, ZY_DER_SET);
		list = zy_der_open(b, ZY_DER_SEQUENCE);
		for (size_t i = 0; i < c->num_extensions; i++)
			zy_extension_put(b, c->extensions[i].oid, c->extensions[i].critical, c->extensions[i].value);
		zy_der_close(b, list);
		zy_der_close(b, set);
		zy_der_close(b, one);
	}
	zy_der_close(b, all);
}

void zy_csr_info_put(struct zy_buf *b, const struct zy_csr *c)
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put_small(b, 0);
	zy_buf_put(b, c->subject.der);
	zy_spki_put(b, &c->key);
	put_attributes(b, c);
	zy_der_close(b, mark);
}

void zy_csr_put(struct zy_buf *b, struct zy_bytes info, enum zy_suite suite, const uint8_t rs[64])
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE), bits;

	zy_buf_put(b, info);
	zy_signature_alg_put(b, suite);
	bits = zy_der_open(b, ZY_DER_BITS);
	zy_buf_put_u8(b, 0);
	zy_der_put_rs(b, rs);
	zy_der_close(b, bits);
	zy_der_close(b, mark);
}
