/* A signer's certificate, key and algorithms, before its content is read. */
#include "cms.h"

#include "zy/der.h"
#include "zy/sm2.h"

#define OID(name, ...)                                                                                                 \
	static const uint8_t name##_octets[] = { __VA_ARGS__ };                                                        \
	static const struct zy_bytes name = { name##_octets, sizeof(name##_octets) }

OID(oid_rsa, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01);
OID(oid_ec_public_key, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01); /* so writes iText */
/* SM2's own number, and SM2-1 under it, by which GB/T 35275 names its signatures: 1.2.156.10197.1.301 and .301.1 */
OID(oid_sm2_1, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x01);

/* signatureAlgorithm: as in certificates; or, as PKCS#7 had it, the key's algorithm alone, to be taken together with
 * digestAlgorithm (RFC 3370 3.2, GB/T 35275). */
struct zy_sig_alg cms_signature_alg(struct zy_bytes whole, enum zy_md md)
{
	struct zy_reader r = zy_reader_over(whole), alg;
	struct zy_sig_alg out = { .kind = ZY_KEY_OTHER };
	struct zy_error ignored = { 0 };
	struct zy_bytes oid, params;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "", &alg, &ignored) ||
	    !zy_der_take(&alg, ZY_DER_OID, "", &oid, &ignored) ||
	    (zy_der_next_is(&alg, ZY_DER_NULL) &&
		(!zy_der_take(&alg, ZY_DER_NULL, "", &params, &ignored) || params.len > 0)))
		return out;
	if (zy_reader_left(&alg) == 0 && zy_bytes_equal(oid, oid_rsa))
		return (struct zy_sig_alg){ ZY_KEY_RSA, md, -1 };
	if (zy_reader_left(&alg) == 0 && zy_bytes_equal(oid, oid_ec_public_key))
		return (struct zy_sig_alg){ ZY_KEY_EC, md, -1 };
	if (zy_reader_left(&alg) == 0 && (zy_bytes_equal(oid, oid_sm2_1) || zy_bytes_equal(oid, zy_oid_sm2_curve)))
		return (struct zy_sig_alg){ ZY_KEY_SM2, ZY_MD_SM3, -1 };
	if (!zy_sig_alg_parse(whole, &out, &ignored))
		return (struct zy_sig_alg){ .kind = ZY_KEY_OTHER };
	return out;
}

static bool same_digest(enum zy_md md, struct zy_bytes cert, struct zy_bytes hash, bool *same, struct zy_error *err)
{
	uint8_t digest[ZY_MD_MAX];
	size_t len;

	*same = false;
	if (md == ZY_MD_NONE)
		return true;
	if (!zy_md_digest(md, cert, digest, &len, err))
		return false;
	*same = zy_bytes_equal(hash, ZY_BYTES(digest, len));
	return true;
}

bool cms_attrs_bind(
    const struct zy_cms_attrs *at, struct zy_bytes cert, bool *bound, bool *differs, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	struct zy_cert_name name;
	bool v1 = false, v2 = false;

	if (at->has_signing_cert_v1 && !same_digest(ZY_MD_SHA1, cert, at->cert_hash_v1, &v1, err))
		return false;
	if (at->has_signing_cert && !same_digest(zy_md_of_oid(at->cert_hash_alg), cert, at->cert_hash, &v2, err))
		return false;
	if (v2 && at->has_issuer_serial)
		v2 = zy_cert_name(cert, &name, &ignored) && zy_bytes_equal(name.issuer, at->issuer_serial.issuer) &&
		     zy_bytes_equal(name.serial, at->issuer_serial.serial);
	*differs = (at->has_signing_cert_v1 && !v1) || (at->has_signing_cert && !v2);
	*bound = (v1 || v2) && !*differs;
	return true;
}

struct finding {
	struct cms_signer *g;
	bool bound;
	size_t num_leaves; /* certificates of no authority */
	struct zy_bytes leaf;
	struct zy_x509 x;
};

/* Of several that the signer names, as certificates renewed with their key, the one that it binds. */
static bool look_at(struct finding *f, struct zy_bytes cert, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	struct zy_x509 x;
	bool bound, differs;

	if (!zy_x509_parse(&x, cert, &ignored))
		return true;
	if (!x.is_authority && (f->num_leaves == 0 || !zy_bytes_equal(f->leaf, cert))) {
		f->num_leaves++;
		f->leaf = cert;
		f->x = x;
	}
	if (!zy_signer_names(f->g->s, cert, x.subject_key_id))
		return true;
	if (!cms_attrs_bind(&f->g->s->attrs, cert, &bound, &differs, err))
		return false;
	if (f->g->cert_named && (f->bound || !bound))
		return true;
	f->g->cert = cert;
	f->g->x = x;
	f->g->cert_named = true;
	f->bound = bound;
	return true;
}

/* Certificates that came along, then those that the verifier has. When none is named, the only one that is no
 * authority's may be meant: a name that was changed is told from one that is only missing by its key. */
static bool find_certificate(struct cms_case *p, struct cms_signer *g, struct zy_error *err)
{
	const struct zy_trust *t = p->c->trust;
	struct finding f = { .g = g };

	for (size_t i = 0; i < p->d->num_certs; i++)
		if (!look_at(&f, p->d->certs[i], err))
			return false;
	if (!g->cert_named && f.num_leaves == 1) {
		g->cert = f.leaf;
		g->x = f.x;
	}
	for (size_t i = 0; t != NULL && i < t->num_intermediates && !g->cert_named; i++)
		if (!look_at(&f, t->intermediates[i].der, err))
			return false;
	for (size_t i = 0; t != NULL && i < t->num_anchors && !g->cert_named; i++)
		if (!look_at(&f, t->anchors[i].der, err))
			return false;
	return true;
}

/* With signed attributes the digest of the content; without them what is signed, which is the content itself: SM2 puts
 * Z before it. */
static bool want_digest(struct cms_case *p, struct cms_signer *g, struct zy_error *err)
{
	enum zy_md md = g->s->has_attrs ? g->md : g->alg.md;
	uint8_t z[ZY_HASH_LEN];
	bool with_z = !g->s->has_attrs && g->alg.kind == ZY_KEY_SM2;

	if (md == ZY_MD_NONE || (with_z && (g->key.kind != ZY_KEY_SM2 || g->key.bits.len != 65)))
		return true;
	if (with_z && !zy_sm2_z(zy_sm2_id, g->key.bits.p, z, err))
		return false;
	g->has_digest = true;
	return zy_hashes_want(p->hashes, md, with_z ? z : NULL, &g->digest, err);
}

bool cms_signer_prepare(struct cms_case *p, struct cms_signer *g, struct zy_error *err)
{
	struct zy_error ignored = { 0 };

	if (g->s->fault.code != ZY_OK)
		return true;
	g->md = g->s->digest_has_params ? ZY_MD_NONE : zy_md_of_oid(g->s->digest_alg);
	g->alg = cms_signature_alg(g->s->signature_alg, g->md);
	if (!find_certificate(p, g, err))
		return false;
	if (g->cert.len > 0 && !zy_public_key_parse(g->x.spki, &g->key, &ignored))
		g->key = (struct zy_public_key){ 0 };
	return want_digest(p, g, err) && cms_archives_prepare(p, g, err);
}
