#include "zy/extension.h"

#define DER_ENUMERATED 0x0a

bool zy_extension_next(struct zy_reader *list, struct zy_extension *out, struct zy_error *err)
{
	struct zy_extension e = { 0 };
	struct zy_reader at = *list, seq;

	if (!zy_der_enter(&at, ZY_DER_SEQUENCE, "Extension", &seq, err) ||
	    !zy_der_take(&seq, ZY_DER_OID, "extnID", &e.oid, err))
		return false;
	if (zy_der_next_is(&seq, ZY_DER_BOOLEAN)) {
		size_t where = zy_reader_offset(&seq);

		if (!zy_der_bool(&seq, "critical", &e.critical, err))
			return false;
		if (!e.critical)
			return zy_fail(err, ZY_E_DER, "critical", where, "a default is written out (X.690 11.5)");
	}
	if (!zy_der_take(&seq, ZY_DER_OCTETS, "extnValue", &e.value, err) || !zy_der_end(&seq, "Extension", err))
		return false;
	*out = e;
	*list = at;
	return true;
}

struct zy_extension_mark zy_extension_open(struct zy_buf *b, struct zy_bytes oid, bool critical)
{
	struct zy_extension_mark m = { .outer = zy_der_open(b, ZY_DER_SEQUENCE) };

	zy_der_put(b, ZY_DER_OID, oid);
	if (critical)
		zy_der_put_bool(b, true);
	m.value = zy_der_open(b, ZY_DER_OCTETS);
	return m;
}

void zy_extension_close(struct zy_buf *b, struct zy_extension_mark m)
{
	zy_der_close(b, m.value);
	zy_der_close(b, m.outer);
}

bool zy_signature_alg_take(struct zy_reader *r, const char *field, enum zy_suite *out, struct zy_error *err)
{
	struct zy_reader at = *r, seq;
	struct zy_bytes oid, null = { 0 };

	if (!zy_der_enter(&at, ZY_DER_SEQUENCE, field, &seq, err) || !zy_der_take(&seq, ZY_DER_OID, field, &oid, err) ||
	    (zy_der_next_is(&seq, ZY_DER_NULL) && !zy_der_take(&seq, ZY_DER_NULL, field, &null, err)) ||
	    !zy_der_end(&seq, field, err))
		return false;
	if (null.len > 0)
		return zy_fail(err, ZY_E_DER, field, zy_reader_offset(r), "NULL has no content");
	if (!zy_bytes_equal(oid, zy_oid_sm2_sm3) && !zy_bytes_equal(oid, zy_oid_ecdsa_sha256))
		return zy_fail(err, ZY_E_KEY, field, zy_reader_offset(r), "signed with neither SM2 nor ECDSA P-256");
	*out = zy_bytes_equal(oid, zy_oid_sm2_sm3) ? ZY_SUITE_GM : ZY_SUITE_INTL;
	*r = at;
	return true;
}

void zy_signature_alg_put(struct zy_buf *b, enum zy_suite suite)
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_OID, suite == ZY_SUITE_GM ? zy_oid_sm2_sm3 : zy_oid_ecdsa_sha256);
	zy_der_close(b, mark);
}

bool zy_crl_reason_take(struct zy_reader *r, const char *field, int *out, struct zy_error *err)
{
	struct zy_reader at = *r;
	struct zy_bytes v;

	if (!zy_der_take(&at, DER_ENUMERATED, field, &v, err))
		return false;
	if (v.len != 1 || v.p[0] > ZY_REASON_AA_COMPROMISE || v.p[0] == 7)
		return zy_fail(err, ZY_E_DER, field, zy_reader_offset(r), "not a CRLReason (RFC 5280 5.3.1)");
	*out = v.p[0];
	*r = at;
	return true;
}

void zy_crl_reason_put(struct zy_buf *b, int reason)
{
	const uint8_t v = (uint8_t)reason;

	zy_der_put(b, DER_ENUMERATED, ZY_BYTES(&v, 1));
}
