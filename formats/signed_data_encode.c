#include "signed_data_internal.h"

/* SM2-1, 1.2.156.10197.1.301.1: how GB/T 35275 names SM2's signatures */
static const uint8_t sm2_1_octets[] = { 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x01 };
static const struct zy_bytes oid_sm2_1 = { sm2_1_octets, sizeof(sm2_1_octets) };

static struct zy_bytes data_type(const struct zy_signing *s)
{
	return s->is_gbt35275 ? cms_oid_gbt_data : cms_oid_data;
}

bool zy_signed_attrs_encode(const struct zy_signing *s, struct zy_buf *out, struct zy_error *err)
{
	const enum zy_hash h = zy_suite_hash(s->suite);
	uint8_t digest[ZY_HASH_LEN];

	return zy_digest(h, s->content, digest, err) &&
	       cms_put_attrs(out, data_type(s), h, digest, &s->signed_at, s->certs[0], err);
}

bool zy_signed_attrs_check(struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in), set, again;
	struct zy_error ignored = { 0 };
	struct zy_cms_attrs a;

	if (!zy_der_enter(&r, ZY_DER_SET, "signedAttrs", &set, err) || !zy_der_end(&r, "signedAttrs", err))
		return false;
	again = set;
	if (!cms_attrs_read(&a, cms_oid_gbt_data, &set, &ignored) && !cms_attrs_read(&a, cms_oid_data, &again, err))
		return false;
	return (a.message_digest.len == ZY_HASH_LEN && a.has_signing_time && a.has_signing_cert &&
		   zy_bytes_equal(a.cert_hash_alg, zy_oid_sm3) && a.num_other == 0) ||
	       zy_fail(err, ZY_E_CMS, "signedAttrs", ZY_NOWHERE,
		   "a seal's key signs content-type, signing-time, an SM3 message-digest and "
		   "signing-certificate-v2, and nothing else");
}

static void put_content(struct zy_buf *b, const struct zy_signing *s)
{
	size_t encap = zy_der_open(b, ZY_DER_SEQUENCE), inner;

	zy_der_put(b, ZY_DER_OID, data_type(s));
	if (!s->is_detached) {
		inner = zy_der_open(b, ZY_DER_CONTEXT_MADE | 0);
		zy_der_put(b, ZY_DER_OCTETS, s->content);
		zy_der_close(b, inner);
	}
	zy_der_close(b, encap);
}

/* SignedData version 1: id-data, certificates of X.509 alone, signers of version 1 (RFC 5652 5.1). */
static bool put_signed_data(
    struct zy_buf *b, const struct zy_signing *s, const struct cms_signer_form *f, struct zy_error *err)
{
	size_t data = zy_der_open(b, ZY_DER_SEQUENCE), set;

	zy_der_put_small(b, 1);
	set = zy_der_open(b, ZY_DER_SET);
	cms_put_algorithm(b, f->digest_alg);
	zy_der_close(b, set);
	put_content(b, s);
	if (!cms_put_certificates(b, s->certs, s->num_certs, err))
		return false;
	cms_put_signer_info(b, f);
	zy_der_close(b, data);
	return true;
}

bool zy_signed_data_encode(const struct zy_signing *s, struct zy_bytes attrs, const uint8_t rs[64],
    struct zy_bytes token, struct zy_buf *out, struct zy_error *err)
{
	const bool gm = s->suite == ZY_SUITE_GM;
	struct cms_signer_form f = { .digest_alg = gm ? zy_oid_sm3 : zy_oid_sha256,
		.signature_alg = s->is_gbt35275 ? oid_sm2_1
				 : gm           ? zy_oid_sm2_sm3
						: zy_oid_ecdsa_sha256,
		.signature_null = s->is_gbt35275,
		.attrs = attrs,
		.token = token,
		.rs = rs };
	size_t info = zy_der_open(out, ZY_DER_SEQUENCE), content;
	struct zy_cert_name signer;

	if (!zy_cert_name(s->certs[0], &signer, err))
		return false;
	f.signer = &signer;
	zy_der_put(out, ZY_DER_OID, s->is_gbt35275 ? cms_oid_gbt_signed_data : cms_oid_signed_data);
	content = zy_der_open(out, ZY_DER_CONTEXT_MADE | 0);
	if (!put_signed_data(out, s, &f, err))
		return false;
	zy_der_close(out, content);
	zy_der_close(out, info);
	return zy_buf_done(out, "SignedData", err);
}
