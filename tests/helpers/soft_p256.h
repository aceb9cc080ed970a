/* A software P-256 key, certificates and signatures for tests only. Failures end the test. */
#ifndef ZY_TEST_SOFT_P256_H
#define ZY_TEST_SOFT_P256_H

#include <stdio.h>
#include <stdlib.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "zy/der.h"

#define SOFT_CHECK(what)                                                                                               \
	do {                                                                                                           \
		if (!(what)) {                                                                                         \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what);                                     \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/* A CA and a leaf under it; certificates as DER owned by this struct. */
struct soft_p256 {
	EVP_PKEY *ca_key, *key;
	struct zy_bytes ca, cert;
};

static inline void soft_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	SOFT_CHECK((e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value)) != NULL);
	SOFT_CHECK(X509_add_ext(x, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static inline X509 *soft_cert(EVP_PKEY *key, const char *cn, long serial, X509 *issuer, EVP_PKEY *issuer_key)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	ASN1_TIME *from = ASN1_TIME_new(), *to = ASN1_TIME_new();

	SOFT_CHECK(ASN1_TIME_set_string(from, "20200101000000Z") && ASN1_TIME_set_string(to, "20400101000000Z"));
	SOFT_CHECK(X509_set_version(x, 2) && ASN1_INTEGER_set(X509_get_serialNumber(x), serial));
	SOFT_CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0));
	SOFT_CHECK(X509_set_issuer_name(x, issuer == NULL ? name : X509_get_subject_name(issuer)));
	SOFT_CHECK(X509_set1_notBefore(x, from) && X509_set1_notAfter(x, to) && X509_set_pubkey(x, key));
	soft_extension(x, issuer == NULL ? x : issuer, NID_basic_constraints,
	    issuer == NULL ? "critical,CA:TRUE" : "critical,CA:FALSE");
	soft_extension(x, issuer == NULL ? x : issuer, NID_key_usage,
	    issuer == NULL ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature,nonRepudiation");
	SOFT_CHECK(X509_sign(x, issuer_key == NULL ? key : issuer_key, EVP_sha256()) > 0);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return x;
}

static inline struct zy_bytes soft_der(X509 *x)
{
	unsigned char *p = NULL;
	int len = i2d_X509(x, &p);

	SOFT_CHECK(len > 0);
	return ZY_BYTES(p, (size_t)len);
}

static inline void soft_make(struct soft_p256 *s)
{
	X509 *ca, *leaf;

	SOFT_CHECK((s->ca_key = EVP_EC_gen("P-256")) != NULL && (s->key = EVP_EC_gen("P-256")) != NULL);
	ca = soft_cert(s->ca_key, "Yunze Test Root", 1, NULL, NULL);
	leaf = soft_cert(s->key, "\xe4\xba\x91\xe6\xb3\xbd", 0x00f1e2d3, ca, s->ca_key);
	s->ca = soft_der(ca);
	s->cert = soft_der(leaf);
	X509_free(ca);
	X509_free(leaf);
}

static inline void soft_free(struct soft_p256 *s)
{
	EVP_PKEY_free(s->ca_key);
	EVP_PKEY_free(s->key);
	OPENSSL_free((void *)(uintptr_t)s->ca.p);
	OPENSSL_free((void *)(uintptr_t)s->cert.p);
}

static inline void soft_sign(struct soft_p256 *s, struct zy_bytes message, uint8_t rs[64])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct zy_error err = { 0 };
	uint8_t der[80];
	size_t len = sizeof(der);

	SOFT_CHECK(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, s->key) == 1);
	SOFT_CHECK(EVP_DigestSign(ctx, der, &len, message.p, message.len) == 1);
	SOFT_CHECK(zy_der_rs(ZY_BYTES(der, len), rs, &err));
	EVP_MD_CTX_free(ctx);
}

static inline bool soft_verify(struct soft_p256 *s, struct zy_bytes message, struct zy_bytes signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, s->key) == 1 &&
		    EVP_DigestVerify(ctx, signature.p, signature.len, message.p, message.len) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

static inline void soft_write(const char *folder, const char *name, struct zy_bytes v)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	SOFT_CHECK((f = fopen(path, "wb")) != NULL);
	SOFT_CHECK(fwrite(v.p, 1, v.len, f) == v.len && fclose(f) == 0);
}

/* The CA as PEM in FOLDER/ca.pem, for the openssl command. */
static inline void soft_write_ca(struct soft_p256 *s, const char *folder)
{
	const unsigned char *p = s->ca.p;
	X509 *x = d2i_X509(NULL, &p, (long)s->ca.len);
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/ca.pem", folder);
	SOFT_CHECK(x != NULL && (f = fopen(path, "w")) != NULL && PEM_write_X509(f, x) == 1 && fclose(f) == 0);
	X509_free(x);
}

#endif
