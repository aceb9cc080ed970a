/* A time-stamp authority of either suite, made for one test, and its tokens. */
#ifndef STAMP_MADE_H
#define STAMP_MADE_H

#include <openssl/x509v3.h>

#include "verify_keys.h"
#include "zy/tsp.h"

#define STAMP_EKU "critical,timeStamping"

/* A root and an authority under it, with that extKeyUsage ("" for none), valid in 2026. */
struct stamp_authority {
	enum zy_suite suite;
	EVP_PKEY *root_key, *key;
	struct zy_bytes root, cert;
};

static inline EVP_PKEY *stamp_new_key(enum zy_suite suite)
{
	EVP_PKEY *k = suite == ZY_SUITE_GM ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2") : EVP_EC_gen("P-256");

	VERIFY_CHECK(k != NULL);
	return k;
}

static inline EVP_MD_CTX *stamp_signing(enum zy_suite suite, EVP_PKEY *key)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	VERIFY_CHECK(suite != ZY_SUITE_GM || EVP_PKEY_CTX_set1_id(ctx, "1234567812345678", 16) == 1);
	EVP_MD_CTX_set_pkey_ctx(md, ctx);
	VERIFY_CHECK(
	    EVP_DigestSignInit_ex(md, NULL, suite == ZY_SUITE_GM ? "SM3" : "SHA256", NULL, NULL, key, NULL) == 1);
	return md;
}

static inline void stamp_signing_end(EVP_MD_CTX *md)
{
	EVP_PKEY_CTX_free(EVP_MD_CTX_get_pkey_ctx(md));
	EVP_MD_CTX_free(md);
}

static inline void stamp_extend(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *e;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer == NULL ? x : issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	VERIFY_CHECK(e != NULL);
	VERIFY_CHECK(X509_add_ext(x, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static inline X509 *stamp_certify(
    const struct stamp_authority *a, EVP_PKEY *key, const char *name, X509 *issuer, const char *eku)
{
	X509 *x = X509_new();
	EVP_MD_CTX *md = stamp_signing(a->suite, a->root_key);

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), issuer == NULL ? 1 : 2);
	X509_NAME_add_entry_by_txt(
	    X509_get_subject_name(x), "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(issuer == NULL ? x : issuer));
	ASN1_TIME_set_string(X509_getm_notBefore(x), "20260101000000Z");
	ASN1_TIME_set_string(X509_getm_notAfter(x), "20270101000000Z");
	X509_set_pubkey(x, key);
	stamp_extend(x, issuer, NID_basic_constraints, issuer == NULL ? "critical,CA:TRUE" : "critical,CA:FALSE");
	stamp_extend(x, issuer, NID_key_usage, issuer == NULL ? "critical,keyCertSign" : "critical,digitalSignature");
	stamp_extend(x, issuer, NID_subject_key_identifier, "hash");
	if (issuer != NULL)
		stamp_extend(x, issuer, NID_authority_key_identifier, "keyid");
	if (eku[0] != 0)
		stamp_extend(x, issuer, NID_ext_key_usage, eku);
	VERIFY_CHECK(X509_sign_ctx(x, md) > 0);
	stamp_signing_end(md);
	return x;
}

static inline struct zy_bytes stamp_der_of(X509 *x)
{
	unsigned char *p = NULL;
	int len = i2d_X509(x, &p);

	VERIFY_CHECK(len > 0);
	return ZY_BYTES(p, (size_t)len);
}

static inline struct stamp_authority stamp_found(enum zy_suite suite, const char *eku)
{
	struct stamp_authority a = { .suite = suite, .root_key = stamp_new_key(suite), .key = stamp_new_key(suite) };
	X509 *root = stamp_certify(&a, a.root_key, "root", NULL, ""),
	     *cert = stamp_certify(&a, a.key, "authority", root, eku);

	a.root = stamp_der_of(root);
	a.cert = stamp_der_of(cert);
	X509_free(root);
	X509_free(cert);
	return a;
}

/* The trust with one anchor more: the authority's root, for time-stamps. */
static inline void stamp_trust(const struct stamp_authority *s, struct zy_trust *t, struct zy_arena *a)
{
	struct zy_error err = { 0 };
	struct zy_trust_cert *c = zy_arena_array(a, t->num_anchors + 1, sizeof(*c), &err);

	VERIFY_CHECK(c != NULL);
	memcpy(c, t->anchors, t->num_anchors * sizeof(*c));
	c[t->num_anchors++] = (struct zy_trust_cert){ .der = s->root, .purposes = ZY_PURPOSE_TIMESTAMP };
	t->anchors = c;
}

static inline void stamp_dissolve(struct stamp_authority *a)
{
	EVP_PKEY_free(a->root_key);
	EVP_PKEY_free(a->key);
	OPENSSL_free((void *)(uintptr_t)a->root.p);
	OPENSSL_free((void *)(uintptr_t)a->cert.p);
}

static inline void stamp_sign(const struct stamp_authority *a, struct zy_bytes message, uint8_t rs[64])
{
	EVP_MD_CTX *md = stamp_signing(a->suite, a->key);
	struct zy_error err = { 0 };
	uint8_t der[80];
	size_t len = sizeof(der);

	VERIFY_CHECK(EVP_DigestSign(md, der, &len, message.p, message.len) == 1);
	VERIFY_CHECK(zy_der_rs(ZY_BYTES(der, len), rs, &err));
	stamp_signing_end(md);
}

/* A token whose attributes are over `signed_info` while it carries `info`. */
static inline void stamp_other(
    const struct stamp_authority *a, struct zy_bytes info, struct zy_bytes signed_info, bool certs, struct zy_buf *out)
{
	ZY_BUF_AUTO attrs = { 0 };
	ZY_ARENA_AUTO arena = { 0 };
	struct zy_error err = { 0 };
	struct zy_tst_frame f;
	uint8_t rs[64];

	VERIFY_CHECK(zy_tst_frame_make(&f, a->suite, &a->cert, 1, &arena, &err));
	VERIFY_CHECK(zy_tst_attrs_encode(&f, signed_info, &attrs, &err));
	stamp_sign(a, zy_buf_bytes(&attrs), rs);
	VERIFY_CHECK(zy_tst_encode(&f, certs, info, zy_buf_bytes(&attrs), rs, out, &err));
}

static inline void stamp_info(
    enum zy_suite suite, struct zy_bytes content, zy_time at, struct zy_bytes extensions, struct zy_buf *out)
{
	const enum zy_tsp_hash h = suite == ZY_SUITE_GM ? ZY_TSP_SM3 : ZY_TSP_SHA512;
	uint8_t digest[ZY_TSP_DIGEST_MAX];
	ZY_BUF_AUTO imprint = { 0 };
	struct zy_error err = { 0 };
	struct zy_tst_info i = { .policy = ZY_LITERAL("\x88\x37\x01"),
		.serial = ZY_LITERAL("\x01"),
		.gen_time = { at, 500000000 },
		.extensions = extensions };

	VERIFY_CHECK(zy_tsp_digest(h, content, digest, &err));
	zy_tsp_imprint_put(&imprint, h, ZY_BYTES(digest, zy_tsp_hash_len(h)));
	i.imprint.der = zy_buf_bytes(&imprint);
	VERIFY_CHECK(zy_tst_info_encode(&i, out, &err));
}

/* A good token about content, of that time and half a second. */
static inline void stamp_make(const struct stamp_authority *a, struct zy_bytes content, zy_time at, struct zy_buf *out)
{
	ZY_BUF_AUTO info = { 0 };

	stamp_info(a->suite, content, at, (struct zy_bytes){ 0 }, &info);
	stamp_other(a, zy_buf_bytes(&info), zy_buf_bytes(&info), true, out);
}

#endif
