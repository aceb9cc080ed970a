#include "ber.h"
#include "signed_data_internal.h"

#define OID(name, ...)                                                                                                 \
	static const uint8_t name##_octets[] = { __VA_ARGS__ };                                                        \
	const struct zy_bytes name = { name##_octets, sizeof(name##_octets) }

/* 1.2.156.10197.6.1.4.2.1 and .2 */
OID(cms_oid_gbt_data, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02, 0x01);
OID(cms_oid_gbt_signed_data, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02, 0x02);

static bool read_version(struct zy_reader *r, uint64_t *version, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);

	if (!zy_der_small(r, "SignedData.version", 5, version, err))
		return false;
	/* RFC 5652 5.1: which of them it must be follows from the rest, and changes nothing */
	return (*version != 0 && *version != 2) ||
	       zy_fail(err, ZY_E_CMS, "SignedData.version", at, "version %u", (unsigned)*version);
}

static bool read_digest_algorithms(struct zy_signed_data *d, struct zy_reader *r, struct zy_error *err)
{
	struct zy_reader set, at = *r;
	bool has_params;

	if (!zy_der_enter(r, ZY_DER_SET, "digestAlgorithms", &set, err) ||
	    !zy_der_take_whole(&at, ZY_DER_SET, "digestAlgorithms", &d->digest_set, err))
		return false;
	while (zy_reader_left(&set) > 0) {
		if (d->num_digest_algs == ZY_SIGNED_DATA_DIGESTS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "digestAlgorithms", zy_reader_offset(&set),
			    "more than %d algorithms", ZY_SIGNED_DATA_DIGESTS_MAX);
		if (!cms_algorithm(&set, "digestAlgorithms", &d->digest_algs[d->num_digest_algs++], &has_params, err))
			return false;
	}
	return true;
}

/* The OCTET STRING, or the pieces of a constructed one, one level deep (X.690 8.7.3). */
static bool read_octets(struct zy_signed_data *d, struct ber *inner, struct zy_error *err)
{
	struct zy_bytes piece = { 0 };
	struct zy_reader first;
	struct ber made;

	if (zy_der_next_is(&inner->r, ZY_DER_OCTETS)) {
		first = inner->r;
		if (!zy_der_take(&inner->r, ZY_DER_OCTETS, "eContent", &piece, err))
			return false;
		d->content_len = piece.len;
		d->content = ZY_BYTES(first.p, zy_reader_offset(&inner->r) - zy_reader_offset(&first));
		return true;
	}
	if (!ber_enter(inner, ZY_DER_OCTETS | 0x20, "eContent", &made, &d->is_ber, err))
		return false;
	d->is_ber = true;
	first = made.r;
	for (; ber_more(&made); d->content_len += piece.len)
		if (!zy_der_take(&made.r, ZY_DER_OCTETS, "eContent", &piece, err))
			return false;
	d->content = ZY_BYTES(first.p, zy_reader_offset(&made.r) - zy_reader_offset(&first));
	return ber_leave(inner, &made, "eContent", err);
}

static bool read_content(struct zy_signed_data *d, struct ber *r, struct zy_error *err)
{
	struct zy_reader start = r->r;
	struct ber encap, inner;

	if (!ber_enter(r, ZY_DER_SEQUENCE, "encapContentInfo", &encap, &d->is_ber, err) ||
	    !zy_der_take(&encap.r, ZY_DER_OID, "eContentType", &d->content_type, err))
		return false;
	d->has_content = ber_more(&encap);
	if (d->has_content && (!ber_enter(&encap, ZY_DER_CONTEXT_MADE | 0, "eContent", &inner, &d->is_ber, err) ||
				  !read_octets(d, &inner, err) || !ber_leave(&encap, &inner, "eContent", err)))
		return false;
	if (!ber_leave(r, &encap, "encapContentInfo", err))
		return false;
	d->encap = ZY_BYTES(start.p, zy_reader_offset(&r->r) - zy_reader_offset(&start));
	return true;
}

/* Of the other kinds of revocation information: id-ri-ocsp-response, 1.3.6.1.5.5.7.16.2 (RFC 5940 2.1). */
static void keep_answer(struct zy_signed_data *d, struct zy_bytes other)
{
	static const struct zy_bytes ocsp = ZY_LITERAL("\x2b\x06\x01\x05\x05\x07\x10\x02");
	struct zy_reader r = zy_reader_over(other);
	struct zy_error ignored = { 0 };
	struct zy_bytes oid;

	if (zy_der_take(&r, ZY_DER_OID, "", &oid, &ignored) && zy_bytes_equal(oid, ocsp))
		d->answers[d->num_answers++] = zy_reader_rest(&r);
}

/* CertificateSet and RevocationInfoChoices: what is a SEQUENCE is the usual kind, what has a tag of its own is
 * another one, which is passed over (RFC 5652 10.2). */
static bool read_set(struct zy_signed_data *d, struct ber *r, uint8_t tag, struct zy_bytes *out, size_t max,
    size_t *num, size_t *num_other, struct zy_error *err)
{
	const bool is_certs = tag == ZY_DER_CONTEXT_MADE;
	const char *field = is_certs ? "certificates" : "crls";
	struct zy_reader first;
	struct ber set;

	if (!zy_der_next_is(&r->r, tag))
		return true;
	if (!ber_enter(r, tag, field, &set, &d->is_ber, err))
		return false;
	first = set.r;
	while (ber_more(&set)) {
		if (*num + *num_other == max)
			return zy_fail(
			    err, ZY_E_TOO_LARGE, field, zy_reader_offset(&set.r), "more than %zu %s", max, field);
		if (!zy_der_next_is(&set.r, ZY_DER_SEQUENCE)) {
			size_t at = zy_reader_offset(&set.r);
			struct zy_bytes content;
			uint8_t other;

			if (!zy_der_any(&set.r, field, &other, &content, NULL, err))
				return false;
			if ((other & 0xe0) != ZY_DER_CONTEXT_MADE)
				return zy_fail(err, ZY_E_CMS, field, at, "%s holds tag 0x%02x", field, other);
			++*num_other;
			if (other == (ZY_DER_CONTEXT_MADE | 1) && !is_certs)
				keep_answer(d, content);
		} else if (!zy_der_take_whole(&set.r, ZY_DER_SEQUENCE, field, &out[(*num)++], err)) {
			return false;
		}
	}
	*(is_certs ? &d->cert_set : &d->crl_set) =
	    ZY_BYTES(first.p, zy_reader_offset(&set.r) - zy_reader_offset(&first));
	return ber_leave(r, &set, field, err);
}

static bool read_signers(struct zy_signed_data *d, struct ber *r, struct zy_arena *a, struct zy_error *err)
{
	struct ber set;

	if (!ber_enter(r, ZY_DER_SET, "signerInfos", &set, &d->is_ber, err))
		return false;
	while (ber_more(&set)) {
		if (d->num_signers == ZY_SIGNED_DATA_SIGNERS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "signerInfos", zy_reader_offset(&set.r),
			    "more than %d signers", ZY_SIGNED_DATA_SIGNERS_MAX);
		if (!signer_read(&d->signers[d->num_signers++], d->content_type, &set.r, a, err))
			return false;
	}
	return ber_leave(r, &set, "signerInfos", err);
}

static bool read_signed_data(struct zy_signed_data *d, struct ber *r, struct zy_arena *a, struct zy_error *err)
{
	return read_version(&r->r, &d->version, err) && read_digest_algorithms(d, &r->r, err) &&
	       read_content(d, r, err) &&
	       read_set(d, r, ZY_DER_CONTEXT_MADE | 0, d->certs, ZY_SIGNED_DATA_CERTS_MAX, &d->num_certs,
		   &d->num_other_certs, err) &&
	       read_set(d, r, ZY_DER_CONTEXT_MADE | 1, d->crls, ZY_SIGNED_DATA_CRLS_MAX, &d->num_crls,
		   &d->num_other_crls, err) &&
	       read_signers(d, r, a, err);
}

/* ContentInfo as far as its content. */
struct named {
	bool is_gbt35275, is_ber;
};
static bool enter_info(struct named *n, struct ber *r, struct ber *info, struct ber *content, struct zy_error *err)
{
	struct zy_bytes type;

	if (!ber_enter(r, ZY_DER_SEQUENCE, "ContentInfo", info, &n->is_ber, err) ||
	    !zy_der_take(&info->r, ZY_DER_OID, "ContentInfo.contentType", &type, err))
		return false;
	n->is_gbt35275 = zy_bytes_equal(type, cms_oid_gbt_signed_data);
	if (!n->is_gbt35275 && !zy_bytes_equal(type, cms_oid_signed_data))
		return zy_fail(err, ZY_E_CMS, "ContentInfo.contentType", 0, "the content is not id-signedData");
	return ber_enter(info, ZY_DER_CONTEXT_MADE | 0, "ContentInfo.content", content, &n->is_ber, err);
}

bool zy_signed_data_parse(struct zy_signed_data *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct ber r = ber_over(in), info, content, seq;
	struct named named = { 0 };

	*out = (struct zy_signed_data){ 0 };
	if (in.len > ZY_SIGNED_DATA_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "ContentInfo", ZY_NOWHERE, "more than %zu bytes", ZY_SIGNED_DATA_MAX);
	if (!enter_info(&named, &r, &info, &content, err))
		return false;
	out->is_gbt35275 = named.is_gbt35275;
	out->is_ber = named.is_ber;
	return ber_enter(&content, ZY_DER_SEQUENCE, "SignedData", &seq, &out->is_ber, err) &&
	       read_signed_data(out, &seq, a, err) && ber_leave(&content, &seq, "SignedData", err) &&
	       ber_leave(&info, &content, "ContentInfo.content", err) && ber_leave(&r, &info, "ContentInfo", err) &&
	       zy_der_end(&r.r, "ContentInfo", err);
}

bool zy_signed_data_parse_bare(struct zy_signed_data *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct ber r = ber_over(in), seq;

	*out = (struct zy_signed_data){ 0 };
	if (in.len > ZY_SIGNED_DATA_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "SignedData", ZY_NOWHERE, "more than %zu bytes", ZY_SIGNED_DATA_MAX);
	if (!ber_enter(&r, ZY_DER_SEQUENCE, "SignedData", &seq, &out->is_ber, err) ||
	    !read_signed_data(out, &seq, a, err) || !ber_leave(&r, &seq, "SignedData", err))
		return false;
	out->is_gbt35275 = zy_bytes_equal(out->content_type, cms_oid_gbt_data);
	return zy_der_end(&r.r, "SignedData", err);
}

bool zy_signed_data_is_bare(struct zy_bytes in)
{
	struct ber r = ber_over(in), seq;
	struct zy_error ignored = { 0 };
	bool is_ber = false;
	uint64_t version;

	return ber_enter(&r, ZY_DER_SEQUENCE, "", &seq, &is_ber, &ignored) &&
	       read_version(&seq.r, &version, &ignored) && zy_der_next_is(&seq.r, ZY_DER_SET);
}

bool zy_signed_content_next(struct zy_reader *walk, struct zy_bytes *piece)
{
	struct zy_error ignored = { 0 };

	return zy_reader_left(walk) > 0 && zy_der_take(walk, ZY_DER_OCTETS, "eContent", piece, &ignored);
}

bool zy_signed_data_is(struct zy_bytes in)
{
	struct ber r = ber_over(in), info, content;
	struct zy_error ignored = { 0 };
	struct named named = { 0 };

	return enter_info(&named, &r, &info, &content, &ignored);
}

bool zy_signed_data_is_stamp(struct zy_bytes in)
{
	struct ber r = ber_over(in), info, content, seq, encap;
	struct zy_error ignored = { 0 };
	struct named named = { 0 };
	uint64_t version;
	struct zy_bytes v;

	return enter_info(&named, &r, &info, &content, &ignored) &&
	       ber_enter(&content, ZY_DER_SEQUENCE, "", &seq, &named.is_ber, &ignored) &&
	       read_version(&seq.r, &version, &ignored) && zy_der_take(&seq.r, ZY_DER_SET, "", &v, &ignored) &&
	       ber_enter(&seq, ZY_DER_SEQUENCE, "", &encap, &named.is_ber, &ignored) &&
	       zy_der_take(&encap.r, ZY_DER_OID, "", &v, &ignored) && zy_bytes_equal(v, cms_oid_tst_info);
}
