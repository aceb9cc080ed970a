#include "zy/digest.h"

#include <pthread.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "zy/mapped.h"

/* Fetched once for the process: EVP_MD_fetch costs more than hashing a short text. */
static EVP_MD *fetched[2], *fetched_sha1;
static EVP_MAC_CTX *hmacs[2]; /* with their digest, without a key: copied for each use */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static EVP_MAC_CTX *make_hmac(char *digest)
{
	const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end() };
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);

	EVP_MAC_free(mac);
	if (ctx != NULL && EVP_MAC_CTX_set_params(ctx, params) == 1)
		return ctx;
	EVP_MAC_CTX_free(ctx);
	return NULL;
}

static void fetch(void)
{
	char sm3[] = "SM3", sha256[] = "SHA256";

	fetched[ZY_HASH_SM3] = EVP_MD_fetch(NULL, sm3, NULL);
	fetched[ZY_HASH_SHA256] = EVP_MD_fetch(NULL, sha256, NULL);
	hmacs[ZY_HASH_SM3] = make_hmac(sm3);
	hmacs[ZY_HASH_SHA256] = make_hmac(sha256);
	fetched_sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
}

static const EVP_MD *md_of(enum zy_hash h)
{
	pthread_once(&once, fetch);
	return fetched[h];
}

const char *zy_suite_name(enum zy_suite s)
{
	return s == ZY_SUITE_GM ? "gm" : "intl";
}

const char *zy_hash_name(enum zy_hash h)
{
	return h == ZY_HASH_SM3 ? "sm3" : "sha256";
}

enum zy_hash zy_suite_hash(enum zy_suite s)
{
	return s == ZY_SUITE_GM ? ZY_HASH_SM3 : ZY_HASH_SHA256;
}

bool zy_hasher_start(struct zy_hasher *k, enum zy_hash h, struct zy_error *err)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx == NULL || md_of(h) == NULL || EVP_DigestInit_ex2(ctx, md_of(h), NULL) != 1) {
		EVP_MD_CTX_free(ctx);
		return zy_fail_openssl(err, ZY_E_CRYPTO, "digest", "cannot start a digest");
	}
	k->ctx = ctx;
	return true;
}

static bool add(void *arg, struct zy_bytes v, struct zy_error *err)
{
	const struct zy_hasher *k = arg;

	if (v.len == 0 || EVP_DigestUpdate(k->ctx, v.p, v.len) == 1)
		return true;
	return zy_fail_openssl(err, ZY_E_CRYPTO, "digest", "cannot hash");
}

bool zy_hasher_add(struct zy_hasher *k, struct zy_bytes v, struct zy_error *err)
{
	return zy_mapped_walk(v, add, k, err);
}

bool zy_hasher_final(struct zy_hasher *k, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	bool ok = EVP_DigestFinal_ex(k->ctx, out, NULL) == 1;

	zy_hasher_free(k);
	return ok || zy_fail_openssl(err, ZY_E_CRYPTO, "digest", "cannot finish a digest");
}

void zy_hasher_free(struct zy_hasher *k)
{
	EVP_MD_CTX_free(k->ctx);
	k->ctx = NULL;
}

bool zy_digest(enum zy_hash h, struct zy_bytes v, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher k = { 0 };

	if (!zy_hasher_start(&k, h, err) || !zy_hasher_add(&k, v, err)) {
		zy_hasher_free(&k);
		return false;
	}
	return zy_hasher_final(&k, out, err);
}

bool zy_hmac(enum zy_hash h, struct zy_bytes key, struct zy_bytes v, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	static const uint8_t nothing[1];
	EVP_MAC_CTX *ctx;
	size_t len = 0;
	bool ok;

	if (key.len == 0)
		key.p = nothing; /* a key that is NULL would be none */
	pthread_once(&once, fetch);
	ctx = hmacs[h] == NULL ? NULL : EVP_MAC_CTX_dup(hmacs[h]);
	ok = ctx != NULL && EVP_MAC_init(ctx, key.p, key.len, NULL) == 1 && EVP_MAC_update(ctx, v.p, v.len) == 1 &&
	     EVP_MAC_final(ctx, out, &len, ZY_HASH_LEN) == 1 && len == ZY_HASH_LEN;
	EVP_MAC_CTX_free(ctx);
	return ok || zy_fail_openssl(err, ZY_E_CRYPTO, "hmac", "cannot compute the HMAC");
}

bool zy_random(uint8_t *out, size_t len, struct zy_error *err)
{
	if (len <= INT32_MAX && RAND_bytes(out, (int)len) == 1)
		return true;
	return zy_fail_openssl(err, ZY_E_CRYPTO, "random", "no randomness");
}

bool zy_digest_sha1(struct zy_bytes v, uint8_t out[20], struct zy_error *err)
{
	pthread_once(&once, fetch);
	return EVP_Digest(v.len == 0 ? "" : (const void *)v.p, v.len, out, NULL, fetched_sha1, NULL) == 1 ||
	       zy_fail_openssl(err, ZY_E_CRYPTO, "digest", "cannot hash");
}
