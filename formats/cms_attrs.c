#include "cms_internal.h"

#define OID(name, ...)                                                                                                 \
	static const uint8_t name##_octets[] = { __VA_ARGS__ };                                                        \
	static const struct zy_bytes name = { name##_octets, sizeof(name##_octets) }

OID(oid_content_type, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03);
OID(oid_message_digest, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04);
OID(oid_signing_time, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x05);
OID(oid_signing_cert, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x0c);
OID(oid_signing_cert_v2, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x2f);
OID(oid_protection, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x34);

static const uint8_t data_octets[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01 };
const struct zy_bytes cms_oid_data = { data_octets, sizeof(data_octets) };

int cms_set_compare(struct zy_bytes a, struct zy_bytes b)
{
	size_t both = a.len < b.len ? a.len : b.len;
	int d = both == 0 ? 0 : memcmp(a.p, b.p, both);

	return d != 0 ? d : a.len < b.len ? -1 : a.len > b.len;
}

bool cms_set_order(
    const struct zy_reader *at, struct zy_bytes *last, struct zy_bytes whole, const char *field, struct zy_error *err)
{
	if (last->p != NULL && cms_set_compare(*last, whole) >= 0)
		return zy_fail(err, ZY_E_DER, field, zy_reader_offset(at) - whole.len,
		    "%s is repeated or not in ascending order (X.690 11.6)", field);
	*last = whole;
	return true;
}

bool cms_algorithm(struct zy_reader *r, const char *field, struct zy_bytes *oid, bool *has_params, struct zy_error *err)
{
	struct zy_reader seq;
	struct zy_bytes params = { 0 };
	uint8_t tag = ZY_DER_NULL;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, field, &seq, err) || !zy_der_take(&seq, ZY_DER_OID, field, oid, err))
		return false;
	if (zy_reader_left(&seq) > 0 && !zy_der_any(&seq, field, &tag, &params, NULL, err))
		return false;
	*has_params = tag != ZY_DER_NULL || params.len > 0;
	return zy_der_end(&seq, field, err);
}

bool cms_hash_of(struct zy_bytes oid, enum zy_hash *out)
{
	*out = zy_bytes_equal(oid, zy_oid_sm3) ? ZY_HASH_SM3 : ZY_HASH_SHA256;
	return *out == ZY_HASH_SM3 || zy_bytes_equal(oid, zy_oid_sha256);
}

bool zy_cert_name(struct zy_bytes cert, struct zy_cert_name *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(cert), seq, tbs;
	struct zy_cert_name name;
	struct zy_bytes v;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "Certificate", &seq, err) || !zy_der_end(&r, "Certificate", err) ||
	    !zy_der_enter(&seq, ZY_DER_SEQUENCE, "tbsCertificate", &tbs, err) ||
	    !zy_der_take(&seq, ZY_DER_SEQUENCE, "signatureAlgorithm", &v, err) ||
	    !zy_der_bits(&seq, "signatureValue", &v, err) || !zy_der_end(&seq, "Certificate", err))
		return false;
	if (zy_der_next_is(&tbs, ZY_DER_CONTEXT_MADE | 0) &&
	    !zy_der_take(&tbs, ZY_DER_CONTEXT_MADE | 0, "version", &v, err))
		return false;
	if (!zy_der_unsigned(&tbs, "serialNumber", &name.serial, err) ||
	    !zy_der_take(&tbs, ZY_DER_SEQUENCE, "signature", &v, err) ||
	    !zy_der_take_whole(&tbs, ZY_DER_SEQUENCE, "issuer", &name.issuer, err))
		return false;
	*out = name;
	return true;
}

/* IssuerSerial of RFC 5035 5: GeneralNames with exactly one directoryName, then the serial number. */
static bool read_issuer_serial(struct zy_reader *r, struct zy_cert_name *out, struct zy_error *err)
{
	static const char field[] = "ESSCertIDv2.issuerSerial";
	struct zy_reader seq, names, name;

	return zy_der_enter(r, ZY_DER_SEQUENCE, field, &seq, err) &&
	       zy_der_enter(&seq, ZY_DER_SEQUENCE, field, &names, err) &&
	       zy_der_enter(&names, ZY_DER_CONTEXT_MADE | 4, field, &name, err) && zy_der_end(&names, field, err) &&
	       zy_der_take_whole(&name, ZY_DER_SEQUENCE, field, &out->issuer, err) && zy_der_end(&name, field, err) &&
	       zy_der_unsigned(&seq, field, &out->serial, err) && zy_der_end(&seq, field, err);
}

/* The first ESSCertIDv2 names the signer's certificate (RFC 5035 4). hashAlgorithm is DEFAULT sha256, which DER leaves
 * out (X.690 11.5) and NSS writes all the same: under the signature it says one thing in both spellings. */
static bool read_ess_cert_id(struct zy_reader *r, struct zy_cms_attrs *out, struct zy_error *err)
{
	struct zy_reader id;
	bool has_params;

	out->cert_hash_alg = zy_oid_sha256;
	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "ESSCertIDv2", &id, err))
		return false;
	if (zy_der_next_is(&id, ZY_DER_SEQUENCE) &&
	    !cms_algorithm(&id, "ESSCertIDv2.hashAlgorithm", &out->cert_hash_alg, &has_params, err))
		return false;
	if (!zy_der_take(&id, ZY_DER_OCTETS, "ESSCertIDv2.certHash", &out->cert_hash, err))
		return false;
	out->has_issuer_serial = zy_reader_left(&id) > 0;
	if (out->has_issuer_serial && !read_issuer_serial(&id, &out->issuer_serial, err))
		return false;
	return zy_der_end(&id, "ESSCertIDv2", err);
}

static bool read_signing_cert(struct zy_reader *r, struct zy_cms_attrs *out, struct zy_error *err)
{
	struct zy_reader seq, certs;
	struct zy_bytes v;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "SigningCertificateV2", &seq, err) ||
	    !zy_der_enter(&seq, ZY_DER_SEQUENCE, "SigningCertificateV2.certs", &certs, err) ||
	    !read_ess_cert_id(&certs, out, err))
		return false;
	while (zy_reader_left(&certs) > 0)
		if (!zy_der_take(&certs, ZY_DER_SEQUENCE, "ESSCertIDv2", &v, err))
			return false;
	if (zy_reader_left(&seq) > 0 && !zy_der_take(&seq, ZY_DER_SEQUENCE, "SigningCertificateV2.policies", &v, err))
		return false;
	out->has_signing_cert = true;
	return zy_der_end(&seq, "SigningCertificateV2", err);
}

/* SigningCertificate (RFC 5035 5.4.1): the digest of the first ESSCertID is SHA-1; what else it says is passed over. */
static bool read_signing_cert_v1(struct zy_reader *r, struct zy_cms_attrs *out, struct zy_error *err)
{
	struct zy_reader seq, certs, id;

	out->has_signing_cert_v1 = true;
	return zy_der_enter(r, ZY_DER_SEQUENCE, "SigningCertificate", &seq, err) &&
	       zy_der_enter(&seq, ZY_DER_SEQUENCE, "SigningCertificate.certs", &certs, err) &&
	       zy_der_enter(&certs, ZY_DER_SEQUENCE, "ESSCertID", &id, err) &&
	       zy_der_take(&id, ZY_DER_OCTETS, "ESSCertID.certHash", &out->cert_hash_v1, err);
}

/* What ties the attributes to the content: of one value, and of its form (RFC 5652 11.1, 11.2). Of strangers' it is the
 * rule that is broken, however it is written. */
static bool fail_tie(const bool *unordered, struct zy_error *err, const struct zy_error *why)
{
	return zy_fail(err, unordered == NULL ? why->code : ZY_E_CMS, why->field, why->offset, "%s", why->msg);
}

static bool read_content_type(struct zy_reader *r, struct zy_bytes type, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_bytes v;

	if (!zy_der_take(r, ZY_DER_OID, "content-type", &v, err))
		return false;
	/* a counter signature has none (11.4), but some write that of data all the same */
	if (!zy_bytes_equal(v, type.len == 0 ? cms_oid_data : type))
		return zy_fail(err, ZY_E_CMS, "content-type", at, "content-type is not %s",
		    zy_bytes_equal(type, cms_oid_data) ? "id-data" : "that of the profile");
	return true;
}

static bool read_message_digest(struct zy_reader *r, struct zy_bytes *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);

	if (!zy_der_take(r, ZY_DER_OCTETS, "message-digest", out, err))
		return false;
	if (out->len < 1 || out->len > 64)
		return zy_fail(err, ZY_E_CMS, "message-digest", at, "%zu octets instead of 1 to 64", out->len);
	return true;
}

/* The order of a SET OF; *unordered notes what is out of it, NULL refuses that. */
static bool in_order(const struct zy_reader *at, struct zy_bytes *last, struct zy_bytes whole, const char *field,
    bool *unordered, struct zy_error *err)
{
	struct zy_error ignored = { 0 };

	if (unordered == NULL)
		return cms_set_order(at, last, whole, field, err);
	if (!cms_set_order(at, last, whole, field, &ignored))
		*unordered = true;
	*last = whole;
	return true;
}

/* One Attribute; those of the profile carry exactly one value (RFC 5652 11). */
static bool read_attribute(struct zy_reader *seq, struct zy_bytes content_type, struct zy_cms_attrs *out,
    struct zy_bytes *type, bool *has_type, bool *unordered, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct zy_reader set;
	struct zy_bytes v;
	bool ok;

	if (!zy_der_take(seq, ZY_DER_OID, "Attribute.attrType", type, err) ||
	    !zy_der_enter(seq, ZY_DER_SET, "Attribute.attrValues", &set, err) || !zy_der_end(seq, "Attribute", err))
		return false;
	if (zy_bytes_equal(*type, oid_content_type)) {
		*has_type =
		    read_content_type(&set, content_type, &why) && zy_der_end(&set, "Attribute.attrValues", &why);
		return *has_type || fail_tie(unordered, err, &why);
	}
	if (zy_bytes_equal(*type, oid_message_digest))
		return (read_message_digest(&set, &out->message_digest, &why) &&
			   zy_der_end(&set, "Attribute.attrValues", &why)) ||
		       fail_tie(unordered, err, &why);
	if (zy_bytes_equal(*type, oid_signing_time)) {
		ok = zy_der_time(&set, true, "signing-time", &out->signing_time, err);
		out->has_signing_time = true;
	} else if (zy_bytes_equal(*type, oid_signing_cert_v2)) {
		ok = read_signing_cert(&set, out, err);
	} else if (zy_bytes_equal(*type, oid_signing_cert)) {
		out->num_other++;
		ok = read_signing_cert_v1(&set, out, err);
	} else if (zy_bytes_equal(*type, oid_protection)) {
		out->num_other++;
		ok = zy_der_take(&set, ZY_DER_SEQUENCE, "CMSAlgorithmProtection", &out->protection, err);
	} else {
		out->num_other++;
		ok = zy_der_any(&set, "Attribute.attrValues", NULL, NULL, &v, err);
		for (struct zy_bytes last = v; ok && zy_reader_left(&set) > 0;)
			ok = zy_der_any(&set, "Attribute.attrValues", NULL, NULL, &v, err) &&
			     in_order(&set, &last, v, "Attribute.attrValues", unordered, err);
	}
	return ok && zy_der_end(&set, "Attribute.attrValues", err);
}

static bool read_attributes(
    struct zy_cms_attrs *out, struct zy_bytes type, struct zy_reader *r, bool *unordered, struct zy_error *err)
{
	struct zy_bytes types[ZY_CMS_ATTRS_MAX], last = { 0 }, whole;
	size_t num = 0, start = zy_reader_offset(r);
	struct zy_cms_attrs v = { 0 };
	bool has_type = false;

	for (; zy_reader_left(r) > 0; num++) {
		struct zy_reader at = *r, seq;

		if (num == ZY_CMS_ATTRS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "signedAttrs", zy_reader_offset(r),
			    "more than %d attributes", ZY_CMS_ATTRS_MAX);
		if (!zy_der_take_whole(r, ZY_DER_SEQUENCE, "Attribute", &whole, err) ||
		    !in_order(r, &last, whole, "Attribute", unordered, err) ||
		    !zy_der_enter(&at, ZY_DER_SEQUENCE, "Attribute", &seq, err) ||
		    !read_attribute(&seq, type, &v, &types[num], &has_type, unordered, err))
			return false;
		for (size_t i = 0; i < num; i++)
			if (zy_bytes_equal(types[i], types[num]))
				return zy_fail(err, ZY_E_CMS, "Attribute.attrType", zy_reader_offset(r) - whole.len,
				    "an attribute comes twice (RFC 5652 11)");
	}
	if ((!has_type && type.len > 0) || v.message_digest.len == 0)
		return zy_fail(
		    err, ZY_E_CMS, "signedAttrs", start, "content-type or message-digest is missing (RFC 5652 5.3)");
	*out = v;
	return true;
}

bool cms_attrs_read(struct zy_cms_attrs *out, struct zy_bytes type, struct zy_reader *r, struct zy_error *err)
{
	return read_attributes(out, type, r, NULL, err);
}

bool cms_attrs_read_any(struct zy_cms_attrs *out, struct zy_bytes type, struct zy_reader *r, struct zy_error *err)
{
	bool unordered = false;

	if (!read_attributes(out, type, r, &unordered, err))
		return false;
	out->is_unordered = unordered;
	return true;
}

bool zy_cms_attrs_parse(struct zy_cms_attrs *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in), set;

	return zy_der_enter(&r, ZY_DER_SET, "signedAttrs", &set, err) && zy_der_end(&r, "signedAttrs", err) &&
	       cms_attrs_read(out, cms_oid_data, &set, err);
}

static size_t open_attribute(struct zy_buf *b, struct zy_bytes type, size_t *set)
{
	size_t seq = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_OID, type);
	*set = zy_der_open(b, ZY_DER_SET);
	return seq;
}

static void put_attribute(struct zy_buf *b, struct zy_bytes type, uint8_t tag, struct zy_bytes value)
{
	size_t set, seq = open_attribute(b, type, &set);

	zy_der_put(b, tag, value);
	zy_der_close(b, set);
	zy_der_close(b, seq);
}

void cms_put_content_type(struct zy_buf *b, struct zy_bytes type)
{
	put_attribute(b, oid_content_type, ZY_DER_OID, type);
}

void cms_put_message_digest(struct zy_buf *b, struct zy_bytes digest)
{
	put_attribute(b, oid_message_digest, ZY_DER_OCTETS, digest);
}

/* SigningCertificateV2 with one ESSCertIDv2 and issuerSerial, which binds sid as well (RFC 5035 4). */
void cms_put_signing_cert(struct zy_buf *b, enum zy_hash alg, struct zy_bytes hash, const struct zy_cert_name *name)
{
	size_t set, seq = open_attribute(b, oid_signing_cert_v2, &set);
	size_t outer = zy_der_open(b, ZY_DER_SEQUENCE), certs = zy_der_open(b, ZY_DER_SEQUENCE);
	size_t id = zy_der_open(b, ZY_DER_SEQUENCE), serial, names;

	if (alg == ZY_HASH_SM3)
		cms_put_algorithm(b, zy_oid_sm3); /* sha256 is the default and left out */
	zy_der_put(b, ZY_DER_OCTETS, hash);
	serial = zy_der_open(b, ZY_DER_SEQUENCE);
	names = zy_der_open(b, ZY_DER_SEQUENCE);
	zy_der_put(b, ZY_DER_CONTEXT_MADE | 4, name->issuer);
	zy_der_close(b, names);
	zy_der_put_unsigned(b, name->serial);
	zy_der_close(b, serial);
	zy_der_close(b, id);
	zy_der_close(b, certs);
	zy_der_close(b, outer);
	zy_der_close(b, set);
	zy_der_close(b, seq);
}

/* UTCTime through 2049, GeneralizedTime from then on (RFC 5652 11.3). */
static bool put_signing_time(struct zy_buf *b, zy_time t, struct zy_error *err)
{
	char text[ZY_TIME_TEXT];
	bool utc;

	if (t == ZY_TIME_NEVER)
		return zy_fail(err, ZY_E_TIME, "signing-time", ZY_NOWHERE, "signing-time must be a moment");
	zy_time_to_generalized(t, text);
	utc = strcmp(text, "1950") >= 0 && strcmp(text, "2050") < 0;
	put_attribute(b, oid_signing_time, utc ? ZY_DER_UTCTIME : ZY_DER_TIME, zy_str(utc ? text + 2 : text));
	return true;
}

bool cms_put_attrs(struct zy_buf *b, struct zy_bytes type, enum zy_hash alg, const uint8_t digest[ZY_HASH_LEN],
    const zy_time *signing_time, struct zy_bytes signer_cert, struct zy_error *err)
{
	size_t set = zy_der_open(b, ZY_DER_SET);
	uint8_t hash[ZY_HASH_LEN];
	struct zy_cert_name name;

	if (!zy_cert_name(signer_cert, &name, err) || !zy_digest(alg, signer_cert, hash, err))
		return false;
	/* Ascending order of the encodings: their lengths decide, in this order 0x18 or 0x19, 0x1c or 0x1e, 0x2f, and
	 * over 0x2f for signing-certificate-v2, which holds a hash and a name. */
	cms_put_content_type(b, type);
	if (signing_time != NULL && !put_signing_time(b, *signing_time, err))
		return false;
	cms_put_message_digest(b, ZY_BYTES(digest, ZY_HASH_LEN));
	cms_put_signing_cert(b, alg, ZY_BYTES(hash, ZY_HASH_LEN), &name);
	zy_der_close(b, set);
	return zy_buf_done(b, "signedAttrs", err);
}

bool zy_cms_attrs_encode(const uint8_t digest[ZY_HASH_LEN], const zy_time *signing_time, struct zy_bytes signer_cert,
    struct zy_buf *out, struct zy_error *err)
{
	return cms_put_attrs(out, cms_oid_data, ZY_HASH_SHA256, digest, signing_time, signer_cert, err);
}
