#include "zy/digest.h"

#include <pthread.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "zy/mapped.h"

/* Fetched once for the process: EVP_MD_fetch costs more than hashing a short text. */
static EVP_MD *fetched[2], *fetched_sha1;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fetch(void)
{
	fetched[ZY_HASH_SM3] = EVP_MD_fetch(NULL, "SM3", NULL);
	fetched[ZY_HASH_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
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
	unsigned len = ZY_HASH_LEN;

	if (key.len <= INT32_MAX && md_of(h) != NULL &&
	    HMAC(md_of(h), key.p, (int)key.len, v.p, v.len, out, &len) != NULL && len == ZY_HASH_LEN)
		return true;
	return zy_fail_openssl(err, ZY_E_CRYPTO, "hmac", "cannot compute the HMAC");
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
