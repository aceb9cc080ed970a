#include "value.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "zy/der.h"
#include "zy/sm2.h"
#include "zy/verify.h"

const char *zy_md_name(enum zy_md md)
{
	switch (md) {
	case ZY_MD_SM3:
		return "SM3";
	case ZY_MD_SHA256:
		return "SHA2-256";
	case ZY_MD_SHA384:
		return "SHA2-384";
	case ZY_MD_SHA512:
		return "SHA2-512";
	case ZY_MD_SHA224:
		return "SHA2-224";
	case ZY_MD_SHA1:
		return "SHA1";
	case ZY_MD_MD5:
		return "MD5";
	case ZY_MD_NONE:
		break;
	}
	return NULL;
}

bool zy_md_digest(enum zy_md md, struct zy_bytes v, uint8_t out[ZY_MD_MAX], size_t *len, struct zy_error *err)
{
	if (md == ZY_MD_NONE || EVP_Q_digest(NULL, zy_md_name(md), NULL, v.p, v.len, out, len) != 1)
		return zy_fail_openssl(err, ZY_E_CRYPTO, "digest", "cannot digest");
	return true;
}

/* A key for PSS as one of RSA: what it promised is asked by promised, where OpenSSL would refuse what it does not know.
 */
static void put_rsa(struct zy_buf *out, struct zy_bytes bits)
{
	static const struct zy_bytes rsa = ZY_LITERAL("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
	size_t mark = zy_der_open(out, ZY_DER_SEQUENCE);

	zy_buf_put(out, rsa);
	zy_der_put_bits(out, bits);
	zy_der_close(out, mark);
}

/* The parser of a decoded key: what zy_public_key_parse has bounded. */
static EVP_PKEY *decode(const struct zy_public_key *key, struct zy_error *err)
{
	ZY_BUF_AUTO made = { .cap = 65536 };
	struct zy_bytes der = key->der;
	const unsigned char *p;
	EVP_PKEY *pkey;

	if (key->kind == ZY_KEY_RSA_PSS) {
		put_rsa(&made, key->bits);
		der = zy_buf_bytes(&made);
	}
	p = der.p;
	pkey = der.len > 65536 || made.failed ? NULL : d2i_PUBKEY(NULL, &p, (long)der.len);
	if (pkey != NULL && (size_t)(p - der.p) == der.len)
		return pkey;
	EVP_PKEY_free(pkey);
	zy_fail_set(
	    err, ZY_E_KEY, "subjectPublicKey", ZY_NOWHERE, "the public key is no point of its curve, or damaged");
	ERR_clear_error();
	return NULL;
}

static bool set_padding(EVP_PKEY_CTX *ctx, const struct zy_sig_alg *a)
{
	if (a->kind == ZY_KEY_RSA)
		return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
	if (a->kind != ZY_KEY_RSA_PSS)
		return true;
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, a->salt_len < 0 ? RSA_PSS_SALTLEN_AUTO : a->salt_len) == 1;
}

/* Any failure inside is a signature that does not verify: keys and algorithms were looked at before. */
static bool verify_evp(EVP_PKEY *pkey, const struct zy_value *v, struct zy_bytes signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	bool good = ctx != NULL &&
		    EVP_DigestVerifyInit_ex(ctx, &pctx, zy_md_name(v->alg.md), NULL, NULL, pkey, NULL) == 1 &&
		    set_padding(pctx, &v->alg) &&
		    EVP_DigestVerify(ctx, signature.p, signature.len, v->message.p, v->message.len) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

static bool verify_evp_digest(EVP_PKEY *pkey, const struct zy_value *v, struct zy_bytes signature)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	EVP_MD *md = v->alg.md == ZY_MD_NONE ? NULL : EVP_MD_fetch(NULL, zy_md_name(v->alg.md), NULL);
	bool good = ctx != NULL && md != NULL && EVP_PKEY_verify_init(ctx) == 1 && set_padding(ctx, &v->alg) &&
		    EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
		    EVP_PKEY_verify(ctx, signature.p, signature.len, v->message.p, v->message.len) == 1;

	EVP_PKEY_CTX_free(ctx);
	EVP_MD_free(md);
	ERR_clear_error();
	return good;
}

static bool verify_either(EVP_PKEY *pkey, const struct zy_value *v, struct zy_bytes signature)
{
	return v->hashed ? verify_evp_digest(pkey, v, signature) : verify_evp(pkey, v, signature);
}

/* r||s of a curve whose numbers have `half` octets, as the SEQUENCE that libraries take. */
static void put_bare(struct zy_buf *der, struct zy_bytes rs, size_t half)
{
	size_t mark = zy_der_open(der, ZY_DER_SEQUENCE);

	zy_der_put_unsigned(der, ZY_BYTES(rs.p, half));
	zy_der_put_unsigned(der, ZY_BYTES(rs.p + half, half));
	zy_der_close(der, mark);
}

static bool verify_general(const struct zy_value *v, bool *good, struct zy_error *err)
{
	size_t half = (v->key.strength + 7) / 8;
	ZY_BUF_AUTO der = { .cap = 512 };
	EVP_PKEY *pkey = decode(&v->key, err);

	if (pkey == NULL)
		return false;
	*good = verify_either(pkey, v, v->signature);
	if (!*good && v->bare && v->key.kind == ZY_KEY_EC && v->signature.len == 2 * half) {
		put_bare(&der, v->signature, half);
		*good = !der.failed && verify_either(pkey, v, zy_buf_bytes(&der));
	}
	EVP_PKEY_free(pkey);
	return true;
}

/* SM2 with another ID than the default one: e is computed here, so that no library adds an ID of its own. */
static bool verify_sm2_id(const struct zy_value *v, const uint8_t rs[64], bool *good, struct zy_error *err)
{
	uint8_t e[ZY_HASH_LEN];

	if (v->key.bits.len != 65 || v->key.bits.p[0] != 4)
		return zy_fail(err, ZY_E_KEY, "subjectPublicKey", ZY_NOWHERE, "the point must be 04 and 64 octets");
	return zy_sm2_e(v->id, v->key.bits.p, v->message, e, err) &&
	       zy_rs_verify(NULL, ZY_SUITE_GM, v->key.bits, e, rs, good, err);
}

static bool verify_point(
    struct zy_keys *k, const struct zy_value *v, enum zy_suite suite, bool *good, struct zy_error *err)
{
	struct zy_error why = { 0 };
	uint8_t rs[64];

	if (!zy_der_rs(v->signature, rs, &why)) {
		if (!v->bare || v->signature.len != 64)
			return true; /* no r and s at all: it does not verify */
		memcpy(rs, v->signature.p, 64);
	}
	if (!zy_rs_in_range(suite, rs))
		return true;
	if (v->hashed)
		return v->message.len != ZY_HASH_LEN ||
		       zy_rs_verify(NULL, suite, v->key.bits, v->message.p, rs, good, err);
	if (suite == ZY_SUITE_GM && !zy_bytes_equal(v->id, zy_sm2_id))
		return verify_sm2_id(v, rs, good, err);
	return zy_signature_verify_point(k, v->key.bits, suite, v->message, rs, good, err);
}

/* As the owner of a key for PSS promised to sign. A salt whose length nobody names is not measured. */
static bool promised(const struct zy_value *v)
{
	return !v->key.pss_restricted ||
	       (v->alg.md == v->key.pss_md && (v->alg.salt_len < 0 || v->alg.salt_len >= v->key.pss_salt_len));
}

bool zy_value_verify(struct zy_keys *k, const struct zy_value *v, bool *good, struct zy_error *err)
{
	bool pss_by_rsa = v->alg.kind == ZY_KEY_RSA_PSS && v->key.kind == ZY_KEY_RSA;

	*good = false;
	if (v->key.kind == ZY_KEY_OTHER)
		return zy_fail(err, ZY_E_KEY, "subjectPublicKeyInfo.algorithm", ZY_NOWHERE,
		    "a kind of key that is not known here");
	if ((v->alg.kind != v->key.kind && !pss_by_rsa) || !promised(v))
		return true;
	if (v->key.kind == ZY_KEY_SM2)
		return verify_point(k, v, ZY_SUITE_GM, good, err);
	if (v->key.kind == ZY_KEY_EC && zy_bytes_equal(v->key.curve, zy_oid_p256) && v->alg.md == ZY_MD_SHA256)
		return verify_point(k, v, ZY_SUITE_INTL, good, err);
	return verify_general(v, good, err);
}

/* what is sound comes first; none of these can be taken for another */
static const struct zy_sig_alg all_algs[] = {
	{ ZY_KEY_SM2, ZY_MD_SM3, -1 },
	{ ZY_KEY_EC, ZY_MD_SHA256, -1 },
	{ ZY_KEY_EC, ZY_MD_SHA384, -1 },
	{ ZY_KEY_EC, ZY_MD_SHA512, -1 },
	{ ZY_KEY_EC, ZY_MD_SHA224, -1 },
	{ ZY_KEY_EC, ZY_MD_SHA1, -1 },
	{ ZY_KEY_RSA, ZY_MD_SHA256, -1 },
	{ ZY_KEY_RSA, ZY_MD_SHA384, -1 },
	{ ZY_KEY_RSA, ZY_MD_SHA512, -1 },
	{ ZY_KEY_RSA, ZY_MD_SHA224, -1 },
	{ ZY_KEY_RSA, ZY_MD_SHA1, -1 },
	{ ZY_KEY_RSA, ZY_MD_MD5, -1 },
	{ ZY_KEY_RSA_PSS, ZY_MD_SHA256, -1 },
	{ ZY_KEY_RSA_PSS, ZY_MD_SHA384, -1 },
	{ ZY_KEY_RSA_PSS, ZY_MD_SHA512, -1 },
	{ ZY_KEY_RSA_PSS, ZY_MD_SHA1, -1 },
	{ ZY_KEY_ED25519, ZY_MD_NONE, -1 },
	{ ZY_KEY_ED448, ZY_MD_NONE, -1 },
};

const struct zy_sig_alg *zy_sig_algs(size_t *num)
{
	*num = sizeof(all_algs) / sizeof(all_algs[0]);
	return all_algs;
}

bool zy_value_find(struct zy_keys *k, struct zy_value *v, bool *good, struct zy_error *err)
{
	*good = false;
	for (size_t i = 0; i < sizeof(all_algs) / sizeof(all_algs[0]) && !*good; i++) {
		v->alg = all_algs[i];
		if (!zy_value_verify(k, v, good, err))
			return false;
	}
	return true;
}
