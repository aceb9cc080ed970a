/* The key that is to be certified: whether the profile takes it, whether its private part is known, who holds it. */
#include "internal.h"

#include <pthread.h>

#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>

#include "zy/sm2.h"
#include "zy/verify.h"

bool zy_subject_key_fits(const struct zy_cert_profile *p, const struct zy_spki *key, struct zy_error *err)
{
	if ((p->suites >> zy_spki_suite(key) & 1) == 0 || (key->kind == ZY_SPKI_RSA && p->rsa_bits == 0))
		return zy_fail(err, ZY_E_PROFILE, "subjectPublicKeyInfo", ZY_NOWHERE,
		    "the profile %s does not take %s keys", p->name,
		    key->kind == ZY_SPKI_RSA   ? "RSA"
		    : key->kind == ZY_SPKI_SM2 ? "SM2"
					       : "P-256");
	return key->kind != ZY_SPKI_RSA || key->rsa_bits >= p->rsa_bits ||
	       zy_fail(err, ZY_E_KEY_SIZE, "modulus", ZY_NOWHERE,
		   "the RSA key has %u bits; the profile %s takes %u or more", key->rsa_bits, p->name, p->rsa_bits);
}

/* ---- known private keys ---- */

#define SMALL_MULTIPLES 64

static struct {
	pthread_once_t once;
	bool ok;
	uint8_t x[2][SMALL_MULTIPLES][32];
} weak_keys = { .once = PTHREAD_ONCE_INIT };

static bool fill_weak(EC_GROUP *g, uint8_t x[SMALL_MULTIPLES][32])
{
	EC_POINT *p = EC_POINT_new(g);
	uint8_t octets[65];
	bool ok = p != NULL && EC_POINT_copy(p, EC_GROUP_get0_generator(g)) == 1;

	for (size_t i = 0; ok && i < SMALL_MULTIPLES; i++) {
		ok = EC_POINT_point2oct(g, p, POINT_CONVERSION_UNCOMPRESSED, octets, 65, NULL) == 65 &&
		     EC_POINT_add(g, p, p, EC_GROUP_get0_generator(g), NULL) == 1;
		memcpy(x[i], octets + 1, 32);
	}
	EC_POINT_free(p);
	return ok;
}

/* A point and its negative have the same x. */
static void fill_all_weak(void)
{
	static const int curves[] = { [ZY_SUITE_GM] = NID_sm2, [ZY_SUITE_INTL] = NID_X9_62_prime256v1 };

	weak_keys.ok = true;
	for (size_t s = 0; s < 2; s++) {
		EC_GROUP *g = EC_GROUP_new_by_curve_name(curves[s]);

		weak_keys.ok = weak_keys.ok && g != NULL && fill_weak(g, weak_keys.x[s]);
		EC_GROUP_free(g);
	}
}

static bool is_small_multiple(const struct zy_spki *key, bool *yes, struct zy_error *err)
{
	*yes = false;
	if (pthread_once(&weak_keys.once, fill_all_weak) != 0 || !weak_keys.ok)
		return zy_fail_openssl(err, ZY_E_CRYPTO, "key", "cannot compute the weak keys");
	for (size_t i = 0; i < SMALL_MULTIPLES; i++)
		*yes = *yes || memcmp(weak_keys.x[zy_spki_suite(key)][i], key->key + 1, 32) == 0;
	return true;
}

static EVP_PKEY *open_rsa(const struct zy_spki *key, struct zy_error *err)
{
	ZY_BUF_AUTO der = { 0 };
	const uint8_t *p;
	EVP_PKEY *k;

	zy_spki_put(&der, key);
	if (!zy_buf_done(&der, "key", err))
		return NULL;
	p = der.p;
	if ((k = d2i_PUBKEY(NULL, &p, (long)der.len)) == NULL)
		(void)zy_fail_openssl(err, ZY_E_KEY, "subjectPublicKeyInfo", "the RSA key cannot be opened");
	return k;
}

static bool is_product(const struct zy_spki *key, bool *yes, struct zy_error *err)
{
	EVP_PKEY *k = open_rsa(key, err);
	EVP_PKEY_CTX *ctx = k == NULL ? NULL : EVP_PKEY_CTX_new(k, NULL);
	bool ok = ctx != NULL;

	*yes = ok && EVP_PKEY_public_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(k);
	return ok || zy_fail_openssl(err, ZY_E_CRYPTO, "key", "the RSA key cannot be checked");
}

bool zy_subject_key_check(const struct zy_spki *key, struct zy_error *err)
{
	bool yes;

	if (key->kind == ZY_SPKI_RSA)
		return is_product(key, &yes, err) &&
		       (yes || zy_fail(err, ZY_E_KEY_MODULUS, "modulus", ZY_NOWHERE,
				   "the modulus is prime or has a small factor; make a new key"));
	return is_small_multiple(key, &yes, err) &&
	       (!yes || zy_fail(err, ZY_E_KEY, "subjectPublicKey", ZY_NOWHERE,
			    "the private key of this point is known to everybody; make a new key"));
}

/* ---- proof of possession ---- */

/* OpenSSL 3.0 signs with an empty ID unless it is told another. */
static bool is_of_empty_id(const struct zy_csr *csr, bool *yes, struct zy_error *err)
{
	uint8_t e[ZY_HASH_LEN];

	return zy_sm2_e(ZY_BYTES(NULL, 0), csr->key.key, csr->info, e, err) &&
	       zy_rs_verify(NULL, ZY_SUITE_GM, zy_spki_key(&csr->key), e, csr->rs, yes, err);
}

/* PKCS#1 v1.5 with SHA-256. A signature of another length is no failure of ours but not good. */
static bool rsa_verify(const struct zy_csr *csr, bool *good, struct zy_error *err)
{
	EVP_PKEY *k = open_rsa(&csr->key, err);
	EVP_MD_CTX *ctx = k == NULL ? NULL : EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, k) == 1;

	*good = ok && EVP_DigestVerify(ctx, csr->signature.p, csr->signature.len, csr->info.p, csr->info.len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(k);
	return ok || zy_fail_openssl(err, ZY_E_CRYPTO, "signature", "the request's signature cannot be checked");
}

/* The key is a new one, and comes once: it takes no place among the keys that are kept ready. */
bool zy_subject_key_prove(const struct zy_csr *csr, struct zy_error *err)
{
	const enum zy_suite suite = zy_spki_suite(&csr->key);
	bool good;

	if (!(csr->key.kind == ZY_SPKI_RSA
		    ? rsa_verify(csr, &good, err)
		    : zy_message_verify(NULL, suite, zy_spki_key(&csr->key), csr->info, csr->rs, &good, err)))
		return false;
	if (good)
		return true;
	if (suite != ZY_SUITE_GM)
		return zy_fail(err, ZY_E_PROOF, "signature", ZY_NOWHERE, "the request is not signed with its own key");
	if (!is_of_empty_id(csr, &good, err))
		return false;
	return zy_fail(err, ZY_E_PROOF, "signature", ZY_NOWHERE, "%s",
	    good ? "the request is signed with an empty ID, not with 1234567812345678; for openssl give -sigopt "
		   "distid:1234567812345678"
		 : "the request is not signed with its own key and the ID 1234567812345678");
}
