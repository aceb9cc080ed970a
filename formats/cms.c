#include "cms_internal.h"

static const uint8_t signed_data_octets[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02 };
const struct zy_bytes cms_oid_signed_data = { signed_data_octets, sizeof(signed_data_octets) };

static bool take_version(struct zy_reader *r, uint64_t wanted, const char *field, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	uint64_t version;

	if (!zy_der_small(r, field, 5, &version, err))
		return false;
	if (version != wanted)
		return zy_fail(
		    err, ZY_E_CMS, field, at, "version %u instead of %u", (unsigned)version, (unsigned)wanted);
	return true;
}

/* ContentInfo { signed-data, [0] EXPLICIT SignedData } (RFC 5652 3). */
static bool enter_signed_data(struct zy_reader *r, struct zy_reader *out, struct zy_error *err)
{
	struct zy_reader info, content;
	struct zy_bytes type;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "ContentInfo", &info, err) || !zy_der_end(r, "ContentInfo", err) ||
	    !zy_der_take(&info, ZY_DER_OID, "ContentInfo.contentType", &type, err))
		return false;
	if (!zy_bytes_equal(type, cms_oid_signed_data))
		return zy_fail(err, ZY_E_CMS, "ContentInfo.contentType", 0, "the content is not id-signedData");
	return zy_der_enter(&info, ZY_DER_CONTEXT_MADE | 0, "ContentInfo.content", &content, err) &&
	       zy_der_end(&info, "ContentInfo", err) &&
	       zy_der_enter(&content, ZY_DER_SEQUENCE, "SignedData", out, err) &&
	       zy_der_end(&content, "ContentInfo.content", err);
}

/* encapContentInfo (RFC 5652 5.2): the profile's type, and eContent exactly when the profile has it. */
static bool read_content(
    const struct cms_profile *profile, struct zy_reader *r, struct zy_bytes *content, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_reader encap, inner;
	struct zy_bytes type;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "encapContentInfo", &encap, err) ||
	    !zy_der_take(&encap, ZY_DER_OID, "eContentType", &type, err))
		return false;
	if (!zy_bytes_equal(type, profile->content_type))
		return zy_fail(err, ZY_E_CMS, "eContentType", at, "eContentType is not %s",
		    profile->attached ? "that of the profile" : "id-data");
	if (profile->attached)
		return zy_der_enter(&encap, ZY_DER_CONTEXT_MADE | 0, "eContent", &inner, err) &&
		       zy_der_take(&inner, ZY_DER_OCTETS, "eContent", content, err) &&
		       zy_der_end(&inner, "eContent", err) && zy_der_end(&encap, "encapContentInfo", err);
	if (zy_reader_left(&encap) > 0)
		return zy_fail(err, ZY_E_CMS, "eContent", at, "the signature is not detached: eContent is there");
	return true;
}

static bool read_certificates(struct zy_cms *c, struct zy_reader *r, struct zy_error *err)
{
	struct zy_bytes last = { 0 }, whole;
	struct zy_reader set;

	if (!zy_der_next_is(r, ZY_DER_CONTEXT_MADE | 0))
		return true;
	if (!zy_der_enter(r, ZY_DER_CONTEXT_MADE | 0, "certificates", &set, err))
		return false;
	while (zy_reader_left(&set) > 0) {
		if (c->num_certs == ZY_CMS_CERTS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "certificates", zy_reader_offset(&set),
			    "more than %d certificates", ZY_CMS_CERTS_MAX);
		if (!zy_der_take_whole(&set, ZY_DER_SEQUENCE, "certificates", &whole, err) ||
		    !cms_set_order(&set, &last, whole, "certificates", err))
			return false;
		c->certs[c->num_certs++] = whole;
	}
	return true;
}

/* A CertificateList as far as its thisUpdate (RFC 5280 5.1): no Certificate has a time at that place. */
static bool check_crl(struct zy_reader *set, struct zy_error *err)
{
	static const char field[] = "crls";
	size_t at = zy_reader_offset(set);
	struct zy_reader list, tbs;
	struct zy_bytes v;

	if (!zy_der_enter(set, ZY_DER_SEQUENCE, field, &list, err) ||
	    !zy_der_enter(&list, ZY_DER_SEQUENCE, field, &tbs, err) ||
	    (zy_der_next_is(&tbs, ZY_DER_INTEGER) && !zy_der_take(&tbs, ZY_DER_INTEGER, field, &v, err)) ||
	    !zy_der_take(&tbs, ZY_DER_SEQUENCE, field, &v, err) || !zy_der_take(&tbs, ZY_DER_SEQUENCE, field, &v, err))
		return false;
	return zy_der_next_is(&tbs, ZY_DER_UTCTIME) || zy_der_next_is(&tbs, ZY_DER_TIME) ||
	       zy_fail(err, ZY_E_CMS, field, at, "crls holds what is no CertificateList");
}

/* RevocationInfoChoices (RFC 5652 10.2.1): lists, or another format under [1]. Not read further, but it must not be
 * the certificates under another tag. */
static bool read_crls(struct zy_cms *c, struct zy_reader *r, struct zy_error *err)
{
	struct zy_reader at = *r, set;
	struct zy_bytes v;

	if (!zy_der_next_is(r, ZY_DER_CONTEXT_MADE | 1))
		return true;
	if (!zy_der_take(r, ZY_DER_CONTEXT_MADE | 1, "crls", &c->crls, err) ||
	    !zy_der_enter(&at, ZY_DER_CONTEXT_MADE | 1, "crls", &set, err))
		return false;
	while (zy_reader_left(&set) > 0)
		if (zy_der_next_is(&set, ZY_DER_CONTEXT_MADE | 1)
			? !zy_der_take(&set, ZY_DER_CONTEXT_MADE | 1, "crls", &v, err)
			: !check_crl(&set, err))
			return false;
	return true;
}

static bool read_unsigned_attrs(struct zy_cms *c, struct zy_reader *r, struct zy_error *err)
{
	struct zy_bytes last = { 0 }, whole;
	struct zy_reader at = *r, set;

	if (zy_reader_left(r) == 0)
		return true;
	if (!zy_der_take_whole(r, ZY_DER_CONTEXT_MADE | 1, "unsignedAttrs", &c->unsigned_attrs, err) ||
	    !zy_der_enter(&at, ZY_DER_CONTEXT_MADE | 1, "unsignedAttrs", &set, err))
		return false;
	while (zy_reader_left(&set) > 0)
		if (!zy_der_take_whole(&set, ZY_DER_SEQUENCE, "unsignedAttrs", &whole, err) ||
		    !cms_set_order(&set, &last, whole, "unsignedAttrs", err))
			return false;
	return true;
}

/* What was signed is signedAttrs as a SET OF, not as [0] (RFC 5652 5.4): the same octets but for the first. */
static bool read_signed_attrs(
    struct zy_cms *c, struct zy_bytes type, struct zy_reader *r, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader at = *r, set;
	struct zy_bytes whole;
	uint8_t *copy;

	if (!zy_der_take_whole(r, ZY_DER_CONTEXT_MADE | 0, "signedAttrs", &whole, err) ||
	    !zy_der_enter(&at, ZY_DER_CONTEXT_MADE | 0, "signedAttrs", &set, err) ||
	    !cms_attrs_read(&c->attrs, type, &set, err) || (copy = zy_arena_alloc(a, whole.len, err)) == NULL)
		return false;
	memcpy(copy, whole.p, whole.len);
	copy[0] = ZY_DER_SET;
	c->signed_attrs = ZY_BYTES(copy, whole.len);
	return true;
}

static bool read_sid(struct zy_cms *c, struct zy_reader *r, struct zy_error *err)
{
	struct zy_reader sid;

	return zy_der_enter(r, ZY_DER_SEQUENCE, "SignerInfo.sid", &sid, err) &&
	       zy_der_take_whole(&sid, ZY_DER_SEQUENCE, "sid.issuer", &c->sid.issuer, err) &&
	       zy_der_unsigned(&sid, "sid.serialNumber", &c->sid.serial, err) &&
	       zy_der_end(&sid, "SignerInfo.sid", err);
}

static bool read_signature(struct zy_cms *c, struct zy_reader *r, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct zy_reader whole;
	bool has_params;
	size_t at;

	whole = *r;
	if (!cms_algorithm(r, "SignerInfo.signatureAlgorithm", &c->signature_alg, &has_params, err) ||
	    !zy_der_take_whole(&whole, ZY_DER_SEQUENCE, "SignerInfo.signatureAlgorithm", &c->signature_identifier, err))
		return false;
	at = zy_reader_offset(r);
	if (!zy_der_take(r, ZY_DER_OCTETS, "SignerInfo.signature", &c->signature, err))
		return false;
	c->is_p256 = zy_bytes_equal(c->signature_alg, zy_oid_ecdsa_sha256) &&
		     zy_bytes_equal(c->digest_alg, zy_oid_sha256) && !has_params;
	c->is_sm2 = zy_bytes_equal(c->signature_alg, zy_oid_sm2_sm3) && zy_bytes_equal(c->digest_alg, zy_oid_sm3) &&
		    !has_params;
	if ((c->is_p256 || c->is_sm2) && !zy_der_rs(c->signature, c->rs, &why))
		return zy_fail(err, why.code, "SignerInfo.signature", at, "%s", why.msg);
	return true;
}

/* The one SignerInfo (RFC 5652 5.3). */
static bool read_signer_info(
    struct zy_cms *c, struct zy_bytes type, struct zy_reader *r, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader set, info;
	struct zy_bytes alg;
	bool has_params;
	size_t at;

	if (!zy_der_enter(r, ZY_DER_SET, "signerInfos", &set, err) ||
	    !zy_der_enter(&set, ZY_DER_SEQUENCE, "SignerInfo", &info, err))
		return false;
	if (zy_reader_left(&set) > 0)
		return zy_fail(err, ZY_E_CMS, "signerInfos", zy_reader_offset(&set), "more than one SignerInfo");
	c->versions[1] = 1;
	if (!take_version(&info, 1, "SignerInfo.version", err) || !read_sid(c, &info, err))
		return false;
	at = zy_reader_offset(&info);
	if (!cms_algorithm(&info, "SignerInfo.digestAlgorithm", &alg, &has_params, err))
		return false;
	if (has_params || !zy_bytes_equal(alg, c->digest_alg))
		return zy_fail(err, ZY_E_CMS, "SignerInfo.digestAlgorithm", at,
		    "digestAlgorithm is not the one in digestAlgorithms, or has parameters");
	return read_signed_attrs(c, type, &info, a, err) && read_signature(c, &info, err) &&
	       read_unsigned_attrs(c, &info, err) && zy_der_end(&info, "SignerInfo", err);
}

static bool read_digest_algorithms(struct zy_cms *c, struct zy_reader *r, struct zy_error *err)
{
	struct zy_reader set;
	bool has_params;

	return zy_der_enter(r, ZY_DER_SET, "digestAlgorithms", &set, err) &&
	       cms_algorithm(&set, "digestAlgorithms", &c->digest_alg, &has_params, err) &&
	       zy_der_end(&set, "digestAlgorithms", err);
}

bool cms_read(const struct cms_profile *profile, struct zy_cms *out, struct zy_bytes *content, struct zy_bytes in,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in), seq;
	struct zy_cms c = { .versions = { (uint8_t)profile->version } };

	if (in.len > ZY_CMS_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "ContentInfo", ZY_NOWHERE, "more than %zu bytes", ZY_CMS_MAX);
	if (!enter_signed_data(&r, &seq, err) || !take_version(&seq, profile->version, "SignedData.version", err) ||
	    !read_digest_algorithms(&c, &seq, err) || !read_content(profile, &seq, content, err) ||
	    !read_certificates(&c, &seq, err))
		return false;
	if (!read_crls(&c, &seq, err) || !read_signer_info(&c, profile->content_type, &seq, a, err) ||
	    !zy_der_end(&seq, "SignedData", err))
		return false;
	*out = c;
	return true;
}

bool zy_cms_parse(struct zy_cms *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	const struct cms_profile detached = { .version = 1, .content_type = cms_oid_data };
	struct zy_bytes none;

	return cms_read(&detached, out, &none, in, a, err);
}

static bool same_name(const struct zy_cert_name *a, const struct zy_cert_name *b)
{
	return zy_bytes_equal(a->issuer, b->issuer) && zy_bytes_equal(a->serial, b->serial);
}

bool zy_cms_names(const struct zy_cms *c, struct zy_bytes cert, bool *sid, bool *bound, struct zy_error *err)
{
	const struct zy_cms_attrs *at = &c->attrs;
	uint8_t hash[ZY_HASH_LEN];
	struct zy_cert_name name;
	enum zy_hash h;

	*sid = *bound = false;
	if (!zy_cert_name(cert, &name, err))
		return false;
	*sid = same_name(&c->sid, &name);
	if (!at->has_signing_cert || !cms_hash_of(at->cert_hash_alg, &h))
		return true;
	if (!zy_digest(h, cert, hash, err))
		return false;
	*bound = zy_bytes_equal(at->cert_hash, ZY_BYTES(hash, ZY_HASH_LEN)) &&
		 (!at->has_issuer_serial || same_name(&at->issuer_serial, &name));
	return true;
}

void cms_put_algorithm(struct zy_buf *b, struct zy_bytes oid)
{
	size_t seq = zy_der_open(b, ZY_DER_SEQUENCE);

	/* Parameters are left out: RFC 5754 2 for sha256, RFC 5758 3.2 for ecdsa-with-SHA256. */
	zy_der_put(b, ZY_DER_OID, oid);
	zy_der_close(b, seq);
}

/* CertificateSet in ascending order of the encodings: smallest first, each time the next above the last. */
bool cms_put_certificates(struct zy_buf *b, const struct zy_bytes *certs, size_t num, struct zy_error *err)
{
	size_t set = zy_der_open(b, ZY_DER_CONTEXT_MADE | 0);
	const struct zy_bytes *last = NULL;

	for (size_t done = 0; done < num; done++) {
		const struct zy_bytes *next = NULL;

		for (size_t i = 0; i < num; i++)
			if ((last == NULL || cms_set_compare(certs[i], *last) > 0) &&
			    (next == NULL || cms_set_compare(certs[i], *next) < 0))
				next = &certs[i];
		if (next == NULL)
			return zy_fail(err, ZY_E_CMS, "certificates", ZY_NOWHERE, "a certificate is given twice");
		zy_buf_put(b, *next);
		last = next;
	}
	zy_der_close(b, set);
	return true;
}

void cms_put_sid(struct zy_buf *b, const struct zy_cert_name *signer)
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_buf_put(b, signer->issuer);
	zy_der_put_unsigned(b, signer->serial);
	zy_der_close(b, mark);
}

/* id-aa-timeStampToken, 1.2.840.113549.1.9.16.2.14 */
static const uint8_t time_stamp_octets[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x0e };
const struct zy_bytes zy_oid_time_stamp = { time_stamp_octets, sizeof(time_stamp_octets) };

/* Attribute { attrType, SET OF one value } (RFC 5652 5.3): *value is that value whole, when the type is that one. */
static bool take_attribute(struct zy_reader *set, struct zy_bytes type, struct zy_bytes *value, struct zy_error *err)
{
	static const char field[] = "unsignedAttrs";
	struct zy_reader attribute, values;
	size_t at = zy_reader_offset(set);
	struct zy_bytes oid, found;

	if (!zy_der_enter(set, ZY_DER_SEQUENCE, field, &attribute, err) ||
	    !zy_der_take(&attribute, ZY_DER_OID, field, &oid, err))
		return false;
	if (!zy_bytes_equal(oid, type))
		return true;
	if (value->len > 0)
		return zy_fail(err, ZY_E_CMS, field, at, "more than one time-stamp");
	if (!zy_der_enter(&attribute, ZY_DER_SET, field, &values, err) ||
	    !zy_der_take_whole(&values, ZY_DER_SEQUENCE, field, &found, err) || !zy_der_end(&values, field, err) ||
	    !zy_der_end(&attribute, field, err))
		return false;
	*value = found;
	return true;
}

bool zy_cms_time_stamp(const struct zy_cms *c, struct zy_bytes *token, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(c->unsigned_attrs), set;
	struct zy_bytes found = { 0 };

	*token = found;
	if (c->unsigned_attrs.len == 0)
		return true;
	if (!zy_der_enter(&r, ZY_DER_CONTEXT_MADE | 1, "unsignedAttrs", &set, err))
		return false;
	while (zy_reader_left(&set) > 0)
		if (!take_attribute(&set, zy_oid_time_stamp, &found, err))
			return false;
	*token = found;
	return true;
}

static void put_time_stamp(struct zy_buf *b, struct zy_bytes token)
{
	size_t attrs = zy_der_open(b, ZY_DER_CONTEXT_MADE | 1), attribute = zy_der_open(b, ZY_DER_SEQUENCE), values;

	zy_der_put(b, ZY_DER_OID, zy_oid_time_stamp);
	values = zy_der_open(b, ZY_DER_SET);
	zy_buf_put(b, token);
	zy_der_close(b, values);
	zy_der_close(b, attribute);
	zy_der_close(b, attrs);
}

void cms_put_signer_info(struct zy_buf *b, const struct cms_signer_form *f)
{
	size_t set = zy_der_open(b, ZY_DER_SET), info = zy_der_open(b, ZY_DER_SEQUENCE), mark;

	zy_der_put_small(b, 1);
	cms_put_sid(b, f->signer);
	cms_put_algorithm(b, f->digest_alg);
	zy_buf_put_u8(b, ZY_DER_CONTEXT_MADE | 0);
	zy_buf_put(b, ZY_BYTES(f->attrs.p + 1, f->attrs.len - 1));
	mark = zy_der_open(b, ZY_DER_SEQUENCE);
	zy_der_put(b, ZY_DER_OID, f->signature_alg);
	if (f->signature_null)
		zy_der_put(b, ZY_DER_NULL, (struct zy_bytes){ 0 });
	zy_der_close(b, mark);
	mark = zy_der_open(b, ZY_DER_OCTETS);
	zy_der_put_rs(b, f->rs);
	zy_der_close(b, mark);
	if (f->token.len > 0)
		put_time_stamp(b, f->token);
	zy_der_close(b, info);
	zy_der_close(b, set);
}

bool zy_cms_encode(struct zy_bytes attrs, const uint8_t rs[64], const struct zy_bytes *certs, size_t num_certs,
    struct zy_buf *out, struct zy_error *err)
{
	return zy_cms_encode_stamped(attrs, rs, certs, num_certs, (struct zy_bytes){ 0 }, out, err);
}

bool zy_cms_encode_stamped(struct zy_bytes attrs, const uint8_t rs[64], const struct zy_bytes *certs, size_t num_certs,
    struct zy_bytes token, struct zy_buf *out, struct zy_error *err)
{
	struct zy_cms_attrs checked;
	struct zy_cert_name signer;
	size_t info, content, data, mark;

	if (num_certs < 1 || num_certs > ZY_CMS_CERTS_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "certificates", ZY_NOWHERE, "%zu certificates instead of 1 to %d",
		    num_certs, ZY_CMS_CERTS_MAX);
	if (!zy_cms_attrs_parse(&checked, attrs, err) || !zy_cert_name(certs[0], &signer, err))
		return false;
	info = zy_der_open(out, ZY_DER_SEQUENCE);
	zy_der_put(out, ZY_DER_OID, cms_oid_signed_data);
	content = zy_der_open(out, ZY_DER_CONTEXT_MADE | 0);
	data = zy_der_open(out, ZY_DER_SEQUENCE);
	zy_der_put_small(out, 1);
	mark = zy_der_open(out, ZY_DER_SET);
	cms_put_algorithm(out, zy_oid_sha256);
	zy_der_close(out, mark);
	mark = zy_der_open(out, ZY_DER_SEQUENCE);
	zy_der_put(out, ZY_DER_OID, cms_oid_data);
	zy_der_close(out, mark);
	if (!cms_put_certificates(out, certs, num_certs, err))
		return false;
	cms_put_signer_info(out, &(struct cms_signer_form){ .signer = &signer,
				     .digest_alg = zy_oid_sha256,
				     .signature_alg = zy_oid_ecdsa_sha256,
				     .attrs = attrs,
				     .token = token,
				     .rs = rs });
	zy_der_close(out, data);
	zy_der_close(out, content);
	zy_der_close(out, info);
	return zy_buf_done(out, "SignedData", err);
}
