#include "standing.h"

#include "zy/x509.h"

#define OID(name, ...)                                                                                                 \
	static const uint8_t name##_octets[] = { __VA_ARGS__ };                                                        \
	static const struct zy_bytes name = { name##_octets, sizeof(name##_octets) }

OID(oid_key_usage, 0x55, 0x1d, 0x0f);
OID(oid_basic_constraints, 0x55, 0x1d, 0x13);
OID(oid_subject_key_id, 0x55, 0x1d, 0x0e);
OID(oid_policies, 0x55, 0x1d, 0x20);
OID(oid_extended_key_usage, 0x55, 0x1d, 0x25);
OID(oid_ocsp_signing, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09);
OID(oid_ocsp_no_check, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x05);

/* The outer parts (RFC 5280 4.1); parts that zy_cert_walk has looked at are skipped. */
static bool read_outer(struct zy_bytes der, struct zy_standing_cert *c, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(der), cert, tbs, at;
	struct zy_bytes skip, signature;
	enum zy_suite inner;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "Certificate", &cert, err))
		return false;
	at = cert;
	if (!zy_der_take_whole(&at, ZY_DER_SEQUENCE, "tbsCertificate", &c->tbs, err) ||
	    !zy_der_enter(&cert, ZY_DER_SEQUENCE, "tbsCertificate", &tbs, err) ||
	    !zy_der_take(&tbs, ZY_DER_CONTEXT_MADE, "version", &skip, err) ||
	    !zy_der_unsigned(&tbs, "serialNumber", &c->serial, err) ||
	    !zy_signature_alg_take(&tbs, "signature", &inner, err) ||
	    !zy_der_take_whole(&tbs, ZY_DER_SEQUENCE, "issuer", &c->issuer, err) ||
	    !zy_der_take(&tbs, ZY_DER_SEQUENCE, "validity", &skip, err) ||
	    !zy_der_take_whole(&tbs, ZY_DER_SEQUENCE, "subject", &c->subject, err) ||
	    !zy_signature_alg_take(&cert, "signatureAlgorithm", &c->signed_with, err) ||
	    !zy_der_bits(&cert, "signatureValue", &signature, err) || !zy_der_rs(signature, c->rs, err))
		return false;
	return inner == c->signed_with ||
	       zy_fail(err, ZY_E_CERT, "signatureAlgorithm", ZY_NOWHERE, "the two algorithms differ");
}

static bool read_basic_constraints(struct zy_reader r, struct zy_standing_cert *c, struct zy_error *err)
{
	struct zy_reader seq;

	return zy_der_enter(&r, ZY_DER_SEQUENCE, "basicConstraints", &seq, err) &&
	       (!zy_der_next_is(&seq, ZY_DER_BOOLEAN) || zy_der_bool(&seq, "cA", &c->is_authority, err));
}

static bool read_key_usage(struct zy_reader r, struct zy_standing_cert *c, struct zy_error *err)
{
	struct zy_bytes bits;

	if (!zy_der_take(&r, ZY_DER_BITS, "keyUsage", &bits, err))
		return false;
	if (bits.len < 2 || bits.p[0] > 7)
		return zy_fail(err, ZY_E_CERT, "keyUsage", ZY_NOWHERE, "an empty keyUsage");
	c->key_usage = bits.p[1];
	return true;
}

static bool read_extended(struct zy_reader r, struct zy_standing_cert *c, struct zy_error *err)
{
	struct zy_reader seq;
	struct zy_bytes oid;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "extKeyUsage", &seq, err))
		return false;
	while (zy_reader_left(&seq) > 0) {
		if (!zy_der_take(&seq, ZY_DER_OID, "extKeyUsage", &oid, err))
			return false;
		c->ocsp_signing |= zy_bytes_equal(oid, oid_ocsp_signing);
	}
	return true;
}

static bool read_extension(
    struct zy_reader *list, const struct zy_extension *e, struct zy_standing_cert *c, struct zy_error *err)
{
	struct zy_reader r = zy_reader_inside(list, e->value);

	if (zy_bytes_equal(e->oid, oid_basic_constraints))
		return read_basic_constraints(r, c, err);
	if (zy_bytes_equal(e->oid, oid_key_usage))
		return read_key_usage(r, c, err);
	if (zy_bytes_equal(e->oid, oid_extended_key_usage))
		return read_extended(r, c, err);
	if (zy_bytes_equal(e->oid, oid_subject_key_id))
		return zy_der_take(&r, ZY_DER_OCTETS, "subjectKeyIdentifier", &c->key_id, err);
	c->ocsp_no_check |= zy_bytes_equal(e->oid, oid_ocsp_no_check);
	c->unknown_critical |= e->critical && !zy_bytes_equal(e->oid, oid_policies);
	return true;
}

bool zy_standing_cert_read(struct zy_bytes der, struct zy_standing_cert *out, struct zy_error *err)
{
	struct zy_standing_cert c = { 0 };
	struct zy_error why = { 0 };
	struct zy_extension e;
	struct zy_reader list;

	if (!zy_cert_walk(der, &c.parts, err))
		return false;
	list = zy_reader_over(c.parts.extensions);
	if (!read_outer(der, &c, &why))
		return zy_fail(err, ZY_E_CERT, why.field, why.offset, "%s", why.msg);
	for (size_t i = 0; zy_reader_left(&list) > 0; i++)
		if (i == ZY_EXTENSIONS_MAX || !zy_extension_next(&list, &e, &why) ||
		    !read_extension(&list, &e, &c, &why))
			return zy_fail(err, ZY_E_CERT, "extensions", ZY_NOWHERE, "%s",
			    i == ZY_EXTENSIONS_MAX ? "too many extensions" : why.msg);
	*out = c;
	return true;
}

bool zy_standing_leaf_read(struct zy_bytes der, struct zy_standing_cert *out, struct zy_error *err)
{
	struct zy_x509 x;

	if (!zy_x509_parse(&x, der, err))
		return false;
	if (x.fault.code != ZY_OK)
		return zy_fail(err, ZY_E_CERT, "extensions", x.fault.offset, "%s", x.fault.msg);
	while (x.serial.len > 1 && x.serial.p[0] == 0)
		x.serial = ZY_BYTES(x.serial.p + 1, x.serial.len - 1);
	*out = (struct zy_standing_cert){
		.serial = x.serial, .issuer = x.issuer, .is_authority = x.is_authority, .crl_points = x.crl_points
	};
	return true;
}
