/* SignerInfo (RFC 5652 5.3), which GB/T 35275 takes from PKCS#7 as it was. */
#include "signed_data_internal.h"

static bool read_sid(struct zy_signer *s, struct zy_reader *info, struct zy_error *err)
{
	size_t at = zy_reader_offset(info);
	struct zy_reader sid;

	if (!zy_der_small(info, "SignerInfo.version", 5, &s->version, err))
		return false;
	s->by_key_id = zy_der_next_is(info, ZY_DER_CONTEXT | 0);
	/* RFC 5652 5.3: which of them it must be follows from sid, and changes nothing */
	if (s->version != 1 && s->version != 3)
		return zy_fail(err, ZY_E_DER, "SignerInfo.version", at, "version %u", (unsigned)s->version);
	if (s->by_key_id)
		return zy_der_take(info, ZY_DER_CONTEXT | 0, "sid.subjectKeyIdentifier", &s->key_id, err);
	return zy_der_enter(info, ZY_DER_SEQUENCE, "SignerInfo.sid", &sid, err) &&
	       zy_der_take_whole(&sid, ZY_DER_SEQUENCE, "sid.issuer", &s->sid.issuer, err) &&
	       zy_der_unsigned(&sid, "sid.serialNumber", &s->sid.serial, err) &&
	       zy_der_end(&sid, "SignerInfo.sid", err);
}

/* What was signed is signedAttrs as a SET OF, not as [0] (RFC 5652 5.4): the same octets but for the first. */
static bool read_signed_attrs(
    struct zy_signer *s, struct zy_bytes content_type, struct zy_reader *info, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader at = *info, set;
	struct zy_bytes whole;
	uint8_t *copy;

	if (!zy_der_next_is(info, ZY_DER_CONTEXT_MADE | 0))
		return content_type.len == 0 || zy_bytes_equal(content_type, cms_oid_data) ||
		       zy_bytes_equal(content_type, cms_oid_gbt_data) ||
		       zy_fail(err, ZY_E_CMS, "signedAttrs", zy_reader_offset(info),
			   "signedAttrs must be there when the content is not id-data (RFC 5652 5.3)");
	if (!zy_der_take_whole(info, ZY_DER_CONTEXT_MADE | 0, "signedAttrs", &whole, err) ||
	    !zy_der_enter(&at, ZY_DER_CONTEXT_MADE | 0, "signedAttrs", &set, err) ||
	    !cms_attrs_read_any(&s->attrs, content_type, &set, err) ||
	    (copy = zy_arena_alloc(a, whole.len, err)) == NULL)
		return false;
	memcpy(copy, whole.p, whole.len);
	copy[0] = ZY_DER_SET;
	s->signed_attrs = ZY_BYTES(copy, whole.len);
	s->has_attrs = true;
	return true;
}

/* Attribute { attrType, SET OF }: enough of each that zy_unsigned_next may walk them. Their order is not asked: nobody
 * signed them, and programs that add one behind the others are many. */
static bool read_unsigned_attrs(struct zy_signer *s, struct zy_reader *info, struct zy_error *err)
{
	static const char field[] = "unsignedAttrs";
	struct zy_reader at = *info, set, attribute, values;
	struct zy_bytes v;
	size_t num = 0;

	if (zy_reader_left(info) == 0)
		return true;
	if (!zy_der_take_whole(info, ZY_DER_CONTEXT_MADE | 1, field, &s->unsigned_attrs, err) ||
	    !zy_der_enter(&at, ZY_DER_CONTEXT_MADE | 1, field, &set, err))
		return false;
	for (; zy_reader_left(&set) > 0; num++) {
		if (num == ZY_SIGNER_UNSIGNED_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, field, zy_reader_offset(&set), "more than %d attributes",
			    ZY_SIGNER_UNSIGNED_MAX);
		if (!zy_der_enter(&set, ZY_DER_SEQUENCE, field, &attribute, err) ||
		    !zy_der_take(&attribute, ZY_DER_OID, field, &v, err) ||
		    !zy_der_enter(&attribute, ZY_DER_SET, field, &values, err) || !zy_der_end(&attribute, field, err))
			return false;
		while (zy_reader_left(&values) > 0)
			if (!zy_der_any(&values, field, NULL, NULL, NULL, err))
				return false;
	}
	return true;
}

static bool read_info(
    struct zy_signer *s, struct zy_bytes content_type, struct zy_reader *info, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader at;

	if (!read_sid(s, info, err))
		return false;
	at = *info;
	if (!cms_algorithm(info, "SignerInfo.digestAlgorithm", &s->digest_alg, &s->digest_has_params, err) ||
	    !zy_der_take_whole(&at, ZY_DER_SEQUENCE, "SignerInfo.digestAlgorithm", &s->digest_identifier, err) ||
	    !read_signed_attrs(s, content_type, info, a, err) ||
	    !zy_der_take_whole(info, ZY_DER_SEQUENCE, "SignerInfo.signatureAlgorithm", &s->signature_alg, err) ||
	    !zy_der_take(info, ZY_DER_OCTETS, "SignerInfo.signature", &s->signature, err))
		return false;
	return read_unsigned_attrs(s, info, err) && zy_der_end(info, "SignerInfo", err);
}

bool signer_read(
    struct zy_signer *out, struct zy_bytes content_type, struct zy_reader *r, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader at = *r, info;
	struct zy_signer s = { .offset = zy_reader_offset(r) };

	if (!zy_der_take_whole(r, ZY_DER_SEQUENCE, "SignerInfo", &s.whole, err) ||
	    !zy_der_enter(&at, ZY_DER_SEQUENCE, "SignerInfo", &info, err))
		return false;
	if (!read_info(&s, content_type, &info, a, &s.fault) && s.fault.code == ZY_E_NO_MEMORY)
		return zy_fail(err, s.fault.code, s.fault.field, s.fault.offset, "%s", s.fault.msg);
	*out = s;
	return true;
}

bool zy_counter_signature_parse(struct zy_signer *out, const struct zy_signer *about, struct zy_bytes value,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(value);
	struct zy_error why = { 0 };

	if (!signer_read(out, (struct zy_bytes){ 0 }, &r, a, &why)) {
		if (why.code == ZY_E_NO_MEMORY)
			return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
		*out = (struct zy_signer){ .fault = why };
	}
	out->offset = about->offset;
	out->fault.offset = about->offset;
	return true;
}

bool zy_signer_names(const struct zy_signer *s, struct zy_bytes cert, struct zy_bytes subject_key_id)
{
	struct zy_error ignored = { 0 };
	struct zy_cert_name name;

	if (s->by_key_id)
		return s->key_id.len > 0 && zy_bytes_equal(s->key_id, subject_key_id);
	return zy_cert_name(cert, &name, &ignored) && zy_bytes_equal(name.issuer, s->sid.issuer) &&
	       zy_bytes_equal(name.serial, s->sid.serial);
}

struct zy_unsigned_walk zy_unsigned_values(const struct zy_signer *s)
{
	struct zy_reader r = zy_reader_over(s->unsigned_attrs);
	struct zy_error ignored = { 0 };
	struct zy_unsigned_walk w = { 0 };

	if (!zy_der_enter(&r, ZY_DER_CONTEXT_MADE | 1, "unsignedAttrs", &w.attrs, &ignored))
		w.attrs = zy_reader_over((struct zy_bytes){ 0 });
	w.values = zy_reader_over((struct zy_bytes){ 0 });
	return w;
}

bool zy_unsigned_next(struct zy_unsigned_walk *w, struct zy_bytes type, struct zy_bytes *value)
{
	struct zy_error ignored = { 0 };
	struct zy_reader attribute, none;
	struct zy_bytes oid;

	while (zy_reader_left(&w->values) == 0) {
		if (!zy_der_enter(&w->attrs, ZY_DER_SEQUENCE, "", &attribute, &ignored) ||
		    !zy_der_take(&attribute, ZY_DER_OID, "", &oid, &ignored) ||
		    !zy_der_enter(&attribute, ZY_DER_SET, "", &none, &ignored))
			return false;
		if (zy_bytes_equal(oid, type))
			w->values = none;
	}
	return zy_der_any(&w->values, "", NULL, NULL, value, &ignored);
}
