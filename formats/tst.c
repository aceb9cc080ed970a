/* TimeStampToken (RFC 3161 2.4.2): CMS SignedData around TSTInfo; the certificate is bound by ESSCertIDv2 (RFC 5816).
 */
#include "tsp_internal.h"

/* id-ct-TSTInfo, 1.2.840.113549.1.9.16.1.4 */
static const uint8_t tst_info_octets[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04 };
const struct zy_bytes cms_oid_tst_info = { tst_info_octets, sizeof(tst_info_octets) };

bool zy_tst_parse(struct zy_tst *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	const struct cms_profile profile = { .version = 3, .content_type = cms_oid_tst_info, .attached = true };
	struct zy_error why = { 0 }, other = { 0 };
	struct zy_tst t = { 0 };

	if (!cms_read(&profile, &t.cms, &t.content, in, a, &why) &&
	    !tst_read_other(&t.cms, &t.content, in, a, &other)) {
		if (other.code == ZY_E_NO_MEMORY)
			why = other;
		return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
	}
	why = (struct zy_error){ 0 };
	/* offsets of the inner value count from its own first octet */
	if (!zy_tst_info_parse(&t.info, t.content, &why))
		return zy_fail(err, why.code, why.field, ZY_NOWHERE, "%s", why.msg);
	*out = t;
	return true;
}

bool zy_tst_attrs_parse(struct zy_cms_attrs *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in), set;

	return zy_der_enter(&r, ZY_DER_SET, "signedAttrs", &set, err) && zy_der_end(&r, "signedAttrs", err) &&
	       cms_attrs_read(out, cms_oid_tst_info, &set, err);
}

static bool keep(struct zy_arena *a, struct zy_buf *from, struct zy_bytes *out, struct zy_error *err)
{
	return zy_buf_done(from, "TimeStampToken", err) && zy_arena_copy(a, zy_buf_bytes(from), out, err);
}

bool zy_tst_frame_make(struct zy_tst_frame *out, enum zy_suite suite, const struct zy_bytes *certs, size_t num_certs,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_tst_frame f = { .suite = suite };
	ZY_BUF_AUTO all = { 0 }, attribute = { 0 }, sid = { 0 };
	struct zy_cert_name name;
	uint8_t hash[ZY_HASH_LEN];

	if (num_certs < 1 || num_certs > ZY_CMS_CERTS_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "certificates", ZY_NOWHERE, "%zu certificates instead of 1 to %d",
		    num_certs, ZY_CMS_CERTS_MAX);
	if (!zy_cert_name(certs[0], &name, err) || !zy_digest(zy_suite_hash(suite), certs[0], hash, err) ||
	    !cms_put_certificates(&all, certs, num_certs, err))
		return false;
	cms_put_signing_cert(&attribute, zy_suite_hash(suite), ZY_BYTES(hash, ZY_HASH_LEN), &name);
	cms_put_sid(&sid, &name);
	if (!keep(a, &all, &f.certificates, err) || !keep(a, &attribute, &f.signing_cert, err) ||
	    !keep(a, &sid, &f.sid, err))
		return false;
	*out = f;
	return true;
}

bool zy_tst_attrs_encode(const struct zy_tst_frame *f, struct zy_bytes info, struct zy_buf *out, struct zy_error *err)
{
	size_t set = zy_der_open(out, ZY_DER_SET);
	uint8_t digest[ZY_HASH_LEN];

	if (!zy_digest(zy_suite_hash(f->suite), info, digest, err))
		return false;
	/* ascending order of the encodings: 0x1a, 0x2f, and over 0x2f octets */
	cms_put_content_type(out, cms_oid_tst_info);
	cms_put_message_digest(out, ZY_BYTES(digest, ZY_HASH_LEN));
	zy_buf_put(out, f->signing_cert);
	zy_der_close(out, set);
	return zy_buf_done(out, "signedAttrs", err);
}

static void put_content(struct zy_buf *b, struct zy_bytes info)
{
	size_t encap = zy_der_open(b, ZY_DER_SEQUENCE), inner;

	zy_der_put(b, ZY_DER_OID, cms_oid_tst_info);
	inner = zy_der_open(b, ZY_DER_CONTEXT_MADE | 0);
	zy_der_put(b, ZY_DER_OCTETS, info);
	zy_der_close(b, inner);
	zy_der_close(b, encap);
}

static void put_signer_info(struct zy_buf *b, const struct zy_tst_frame *f, struct zy_bytes attrs, const uint8_t rs[64])
{
	const bool gm = f->suite == ZY_SUITE_GM;
	size_t set = zy_der_open(b, ZY_DER_SET), info = zy_der_open(b, ZY_DER_SEQUENCE), mark;

	zy_der_put_small(b, 1);
	zy_buf_put(b, f->sid);
	cms_put_algorithm(b, gm ? zy_oid_sm3 : zy_oid_sha256);
	/* signed as SET OF, carried as [0] (RFC 5652 5.4) */
	zy_buf_put_u8(b, ZY_DER_CONTEXT_MADE | 0);
	zy_buf_put(b, ZY_BYTES(attrs.p + 1, attrs.len - 1));
	cms_put_algorithm(b, gm ? zy_oid_sm2_sm3 : zy_oid_ecdsa_sha256);
	mark = zy_der_open(b, ZY_DER_OCTETS);
	zy_der_put_rs(b, rs);
	zy_der_close(b, mark);
	zy_der_close(b, info);
	zy_der_close(b, set);
}

bool zy_tst_encode(const struct zy_tst_frame *f, bool with_certificates, struct zy_bytes info, struct zy_bytes attrs,
    const uint8_t rs[64], struct zy_buf *out, struct zy_error *err)
{
	size_t outer = zy_der_open(out, ZY_DER_SEQUENCE), content, data, mark;

	zy_der_put(out, ZY_DER_OID, cms_oid_signed_data);
	content = zy_der_open(out, ZY_DER_CONTEXT_MADE | 0);
	data = zy_der_open(out, ZY_DER_SEQUENCE);
	zy_der_put_small(out, 3);
	mark = zy_der_open(out, ZY_DER_SET);
	cms_put_algorithm(out, f->suite == ZY_SUITE_GM ? zy_oid_sm3 : zy_oid_sha256);
	zy_der_close(out, mark);
	put_content(out, info);
	if (with_certificates)
		zy_buf_put(out, f->certificates);
	put_signer_info(out, f, attrs, rs);
	zy_der_close(out, data);
	zy_der_close(out, content);
	zy_der_close(out, outer);
	return zy_buf_done(out, "TimeStampToken", err);
}
