/* Time-stamp tokens that authorities of others write: BER around the content, certificates in any order, several
 * digests announced, a key identifier (RFC 5652 5.1, 5.3). */
#include "signed_data_internal.h"
#include "tsp_internal.h"
#include "zy/x509.h"

/* The certificate that a key identifier means gives the name by which it is looked for. */
static void name_signer(struct zy_cms *c, const struct zy_signer *s)
{
	struct zy_error ignored = { 0 };
	struct zy_x509 x;

	c->sid = s->sid;
	for (size_t i = 0; s->by_key_id && i < c->num_certs; i++)
		if (zy_x509_parse(&x, c->certs[i], &ignored) && zy_signer_names(s, c->certs[i], x.subject_key_id) &&
		    zy_cert_name(c->certs[i], &c->sid, &ignored))
			return;
}

static bool take_signer(struct zy_cms *c, const struct zy_signer *s, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(s->signature_alg);
	struct zy_error why = { 0 };
	bool has_params;

	if (s->fault.code != ZY_OK || !s->has_attrs || s->digest_has_params)
		return zy_fail(err, ZY_E_CMS, "SignerInfo", ZY_NOWHERE, "not readable, or without signed attributes");
	if (!cms_algorithm(&r, "SignerInfo.signatureAlgorithm", &c->signature_alg, &has_params, err))
		return false;
	c->signature_identifier = s->signature_alg;
	c->digest_alg = s->digest_alg;
	c->attrs = s->attrs;
	c->signed_attrs = s->signed_attrs;
	c->signature = s->signature;
	c->unsigned_attrs = s->unsigned_attrs;
	c->is_p256 = zy_bytes_equal(c->signature_alg, zy_oid_ecdsa_sha256) &&
		     zy_bytes_equal(c->digest_alg, zy_oid_sha256) && !has_params &&
		     zy_der_rs(c->signature, c->rs, &why);
	c->is_sm2 = zy_bytes_equal(c->signature_alg, zy_oid_sm2_sm3) && zy_bytes_equal(c->digest_alg, zy_oid_sm3) &&
		    !has_params && zy_der_rs(c->signature, c->rs, &why);
	return true;
}

static bool is_announced(const struct zy_signed_data *d, struct zy_bytes digest_alg)
{
	for (size_t i = 0; i < d->num_digest_algs; i++)
		if (zy_bytes_equal(d->digest_algs[i], digest_alg))
			return true;
	return false;
}

/* Certificates under the tag of lists would be passed over, and with them the signer's. */
static bool lists_hold_certificates(const struct zy_signed_data *d)
{
	struct zy_error ignored = { 0 };
	struct zy_x509 x;

	for (size_t i = 0; i < d->num_crls; i++)
		if (zy_x509_parse(&x, d->crls[i], &ignored))
			return true;
	return false;
}

static bool take_content(const struct zy_signed_data *d, struct zy_bytes *out, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader walk = zy_reader_over(d->content);
	ZY_BUF_AUTO whole = { 0 };
	struct zy_bytes piece;

	while (zy_signed_content_next(&walk, &piece))
		zy_buf_put(&whole, piece);
	return zy_buf_done(&whole, "eContent", err) && zy_arena_copy(a, zy_buf_bytes(&whole), out, err);
}

bool tst_read_other(
    struct zy_cms *out, struct zy_bytes *content, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct zy_signed_data *d = in.len > ZY_CMS_MAX ? NULL : zy_arena_alloc(a, sizeof(*d), err);
	struct zy_cms c = { 0 };

	if (d == NULL)
		return zy_fail(err, ZY_E_TOO_LARGE, "ContentInfo", ZY_NOWHERE, "more than %zu bytes", ZY_CMS_MAX);
	if (!zy_signed_data_parse(d, in, a, err))
		return false;
	/* the version follows from what is there (RFC 5652 5.1): some authorities write that of PKCS#7 */
	if (d->is_gbt35275 || !d->has_content || !zy_bytes_equal(d->content_type, cms_oid_tst_info) ||
	    d->num_signers != 1 || !is_announced(d, d->signers[0].digest_alg) || d->num_certs > ZY_CMS_CERTS_MAX)
		return zy_fail(err, ZY_E_CMS, "TimeStampToken", ZY_NOWHERE,
		    "a token holds a TSTInfo, one signer and at most %d certificates", ZY_CMS_CERTS_MAX);
	if (lists_hold_certificates(d))
		return zy_fail(err, ZY_E_CMS, "crls", ZY_NOWHERE, "crls holds what is no CertificateList");
	for (size_t i = 0; i < d->num_certs; i++)
		c.certs[c.num_certs++] = d->certs[i];
	c.crls = d->crl_set;
	c.versions[0] = (uint8_t)d->version;
	c.versions[1] = (uint8_t)d->signers[0].version;
	if (!take_signer(&c, &d->signers[0], err) || !take_content(d, content, a, err))
		return false;
	name_signer(&c, &d->signers[0]);
	*out = c;
	return true;
}
