#include "sealed.h"

#include <pthread.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

enum { GM_IV = 16, GM_TAG = 32, GCM_IV = 12, GCM_TAG = 16 };

/* Fetched once for the process: a fetch costs more than sealing a row. */
static EVP_CIPHER *sm4_ctr, *aes_gcm;
static EVP_MAC_CTX *hmac_sm3; /* with its digest, without a key: copied for each use */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fetch(void)
{
	char digest[] = "SM3";
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end() };
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = hmac == NULL ? NULL : EVP_MAC_CTX_new(hmac);

	sm4_ctr = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
	aes_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	EVP_MAC_free(hmac);
	if (ctx != NULL && EVP_MAC_CTX_set_params(ctx, params) == 1)
		hmac_sm3 = ctx;
	else
		EVP_MAC_CTX_free(ctx);
}

static bool fail_crypto(struct zy_error *err)
{
	return zy_fail_openssl(err, ZY_E_CRYPTO, "vault.value", "cannot seal or open a stored value");
}

static bool fail_open(struct zy_error *err)
{
	return zy_fail(err, ZY_E_VAULT_CORRUPT, "vault.value", ZY_NOWHERE,
	    "a stored value does not open under its key; restore the vault from a backup");
}

void zy_value_key_wipe(struct zy_value_key *k)
{
	OPENSSL_cleanse(k, sizeof(*k));
}

bool zy_value_key_derive(
    struct zy_value_key *out, enum zy_suite suite, const uint8_t data_key[ZY_DATA_KEY_LEN], struct zy_error *err)
{
	struct zy_bytes key = ZY_BYTES(data_key, ZY_DATA_KEY_LEN);
	enum zy_hash h = zy_suite_hash(suite);

	out->suite = suite;
	return zy_hmac(h, key, ZY_LITERAL("zy-vault encrypt"), out->enc, err) &&
	       zy_hmac(h, key, ZY_LITERAL("zy-vault authenticate"), out->mac, err);
}

size_t zy_sealed_overhead(enum zy_suite suite)
{
	return suite == ZY_SUITE_GM ? GM_IV + GM_TAG : GCM_IV + GCM_TAG;
}

/* HMAC-SM3 over the length of ad, ad, and IV || ciphertext: no two inputs give the same text. */
static bool gm_tag(const struct zy_value_key *k, struct zy_bytes ad, struct zy_bytes body, uint8_t tag[GM_TAG])
{
	EVP_MAC_CTX *ctx = hmac_sm3 == NULL ? NULL : EVP_MAC_CTX_dup(hmac_sm3);
	uint8_t len[8];
	size_t n = 0;
	bool ok;

	for (size_t i = 0; i < sizeof(len); i++)
		len[i] = (uint8_t)((uint64_t)ad.len >> (56 - 8 * i));
	ok = ctx != NULL && EVP_MAC_init(ctx, k->mac, sizeof(k->mac), NULL) == 1 &&
	     EVP_MAC_update(ctx, len, sizeof(len)) == 1 && EVP_MAC_update(ctx, ad.p, ad.len) == 1 &&
	     EVP_MAC_update(ctx, body.p, body.len) == 1 && EVP_MAC_final(ctx, tag, &n, GM_TAG) == 1 && n == GM_TAG;
	EVP_MAC_CTX_free(ctx);
	return ok;
}

/* CTR is its own inverse: one function for both ways. */
static bool gm_cipher(const struct zy_value_key *k, const uint8_t *iv, struct zy_bytes in, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;
	bool ok = ctx != NULL && sm4_ctr != NULL && in.len <= INT32_MAX &&
		  EVP_EncryptInit_ex2(ctx, sm4_ctr, k->enc, iv, NULL) == 1 &&
		  (in.len == 0 || EVP_EncryptUpdate(ctx, out, &n, in.p, (int)in.len) == 1) && (size_t)n == in.len;

	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

static bool gcm_seal(const struct zy_value_key *k, struct zy_bytes ad, struct zy_bytes in, uint8_t *at)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0, last = 0;
	bool ok = ctx != NULL && aes_gcm != NULL && in.len <= INT32_MAX && ad.len <= INT32_MAX &&
		  EVP_EncryptInit_ex2(ctx, aes_gcm, k->enc, at, NULL) == 1 &&
		  EVP_EncryptUpdate(ctx, NULL, &n, ad.p, (int)ad.len) == 1 &&
		  EVP_EncryptUpdate(ctx, at + GCM_IV, &n, in.p, (int)in.len) == 1 && (size_t)n == in.len &&
		  EVP_EncryptFinal_ex(ctx, at + GCM_IV + in.len, &last) == 1 &&
		  EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, GCM_TAG, at + GCM_IV + in.len) == 1;

	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

static bool gcm_open(
    const struct zy_value_key *k, struct zy_bytes ad, struct zy_bytes sealed, uint8_t *out, struct zy_error *err)
{
	size_t len = sealed.len - GCM_IV - GCM_TAG;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t tag[GCM_TAG], rest[GCM_TAG];
	int n = 0, last = 0;
	bool ok;

	memcpy(tag, sealed.p + GCM_IV + len, GCM_TAG);
	ok = ctx != NULL && aes_gcm != NULL && len <= INT32_MAX && ad.len <= INT32_MAX &&
	     EVP_DecryptInit_ex2(ctx, aes_gcm, k->enc, sealed.p, NULL) == 1 &&
	     EVP_DecryptUpdate(ctx, NULL, &n, ad.p, (int)ad.len) == 1 &&
	     EVP_DecryptUpdate(ctx, out, &n, sealed.p + GCM_IV, (int)len) == 1 && (size_t)n == len &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, GCM_TAG, tag) == 1;
	if (!ok) {
		EVP_CIPHER_CTX_free(ctx);
		return fail_crypto(err);
	}
	ok = EVP_DecryptFinal_ex(ctx, rest, &last) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (ok)
		return true;
	OPENSSL_cleanse(out, len);
	return fail_open(err);
}

static bool gm_open(
    const struct zy_value_key *k, struct zy_bytes ad, struct zy_bytes sealed, uint8_t *out, struct zy_error *err)
{
	size_t len = sealed.len - GM_IV - GM_TAG;
	uint8_t tag[GM_TAG];

	if (!gm_tag(k, ad, ZY_BYTES(sealed.p, GM_IV + len), tag))
		return fail_crypto(err);
	if (CRYPTO_memcmp(tag, sealed.p + GM_IV + len, GM_TAG) != 0)
		return fail_open(err);
	return gm_cipher(k, sealed.p, ZY_BYTES(sealed.p + GM_IV, len), out) || fail_crypto(err);
}

bool zy_sealed_put(
    const struct zy_value_key *k, struct zy_bytes ad, struct zy_bytes plain, struct zy_buf *out, struct zy_error *err)
{
	static const uint8_t nothing[1];
	size_t iv_len = k->suite == ZY_SUITE_GM ? GM_IV : GCM_IV;
	uint8_t *at = zy_buf_extend(out, plain.len + zy_sealed_overhead(k->suite));

	pthread_once(&once, fetch);
	if (plain.p == NULL)
		plain = ZY_BYTES(nothing, 0);
	if (at == NULL)
		return zy_buf_done(out, "vault.value", err);
	if (!zy_random(at, iv_len, err))
		return false;
	if (k->suite == ZY_SUITE_INTL)
		return gcm_seal(k, ad, plain, at) || fail_crypto(err);
	return (gm_cipher(k, at, plain, at + GM_IV) &&
		   gm_tag(k, ad, ZY_BYTES(at, GM_IV + plain.len), at + GM_IV + plain.len)) ||
	       fail_crypto(err);
}

bool zy_sealed_open(
    const struct zy_value_key *k, struct zy_bytes ad, struct zy_bytes sealed, uint8_t *out, struct zy_error *err)
{
	pthread_once(&once, fetch);
	if (sealed.len < zy_sealed_overhead(k->suite))
		return fail_open(err);
	return k->suite == ZY_SUITE_GM ? gm_open(k, ad, sealed, out, err) : gcm_open(k, ad, sealed, out, err);
}
