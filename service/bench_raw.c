/* The library's own verification, with nothing around it. */
#include "bench.h"

#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "zy/der.h"
#include "zy/digest.h"

struct zy_bench_raw {
	enum zy_suite suite;
	EVP_PKEY *key;
	uint8_t point[65], digest[ZY_HASH_LEN], signature[80];
	size_t len;
};

/* SM2's e and ECDSA's e are both 32 octets to EVP_PKEY_sign. */
static bool sign(const struct zy_bench_raw *r, const uint8_t e[ZY_HASH_LEN], uint8_t out[80], size_t *len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, r->key, NULL);
	bool ok;

	*len = 80;
	ok = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 && EVP_PKEY_sign(ctx, out, len, e, ZY_HASH_LEN) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

struct zy_bench_raw *zy_bench_raw_new(enum zy_suite suite, struct zy_error *err)
{
	struct zy_bench_raw *r = calloc(1, sizeof(*r));
	size_t len;

	if (r != NULL) {
		r->suite = suite;
		r->key = suite == ZY_SUITE_GM ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2") : EVP_EC_gen("P-256");
		if (r->key != NULL &&
		    EVP_PKEY_get_octet_string_param(
			r->key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, r->point, sizeof(r->point), &len) == 1 &&
		    len == sizeof(r->point) && sign(r, r->digest, r->signature, &r->len))
			return r;
	}
	zy_bench_raw_free(r);
	(void)zy_fail_openssl(err, ZY_E_CRYPTO, "bench", "cannot make a key for the raw measurement");
	return NULL;
}

void zy_bench_raw_free(struct zy_bench_raw *r)
{
	if (r != NULL)
		EVP_PKEY_free(r->key);
	free(r);
}

bool zy_bench_raw_verify(const struct zy_bench_raw *r)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, r->key, NULL);
	bool ok = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
		  EVP_PKEY_verify(ctx, r->signature, r->len, r->digest, ZY_HASH_LEN) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok;
}

const uint8_t *zy_bench_raw_point(const struct zy_bench_raw *r)
{
	return r->point;
}

static bool digest_sign(
    const struct zy_bench_raw *r, struct zy_bytes message, uint8_t der[80], size_t *len, struct zy_error *err)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, r->key, NULL);
	const bool sm2 = r->suite == ZY_SUITE_GM;
	bool ok;

	*len = 80;
	ok = md != NULL && ctx != NULL && (!sm2 || EVP_PKEY_CTX_set1_id(ctx, "1234567812345678", 16) == 1);
	if (ok) {
		EVP_MD_CTX_set_pkey_ctx(md, ctx);
		ok = EVP_DigestSignInit_ex(md, NULL, sm2 ? "SM3" : "SHA256", NULL, NULL, r->key, NULL) == 1 &&
		     EVP_DigestSign(md, der, len, message.p, message.len) == 1;
	}
	EVP_MD_CTX_free(md);
	EVP_PKEY_CTX_free(ctx);
	return ok || zy_fail_openssl(err, ZY_E_CRYPTO, "bench", "cannot sign for the measurement");
}

bool zy_bench_raw_sign(const struct zy_bench_raw *r, struct zy_bytes message, uint8_t rs[64], struct zy_error *err)
{
	struct zy_bytes der;
	uint8_t text[80];
	size_t len;

	if (!digest_sign(r, message, text, &len, err))
		return false;
	der = ZY_BYTES(text, len);
	return zy_der_rs(der, rs, err);
}
