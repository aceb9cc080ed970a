/* OpenSSL's verdict on a signature over 32 octets, by SM2 or ECDSA, and ours by both ways: they must be the same. */
#ifndef CURVE_ORACLE_H
#define CURVE_ORACLE_H

#include <stdio.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "base/curve_key.h"
#include "zy/der.h"

#define ORACLE_CHECK(what)                                                                                             \
	do {                                                                                                           \
		if (!(what)) {                                                                                         \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what);                                     \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/* NULL when OpenSSL refuses the point. */
static inline EVP_PKEY *oracle_key(const struct zy_curve *curve, struct zy_bytes point)
{
	const bool is_sm2 = curve == &zy_curve_sm2;
	char sm2[] = "SM2", p256[] = "P-256";
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, is_sm2 ? "SM2" : "EC", NULL);
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, is_sm2 ? sm2 : p256, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point.p, point.len),
		OSSL_PARAM_construct_end() };
	EVP_PKEY *key = NULL;

	ORACLE_CHECK(ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1);
	if (EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return key;
}

static inline bool oracle_verify(EVP_PKEY *key, const uint8_t e[32], const uint8_t rs[64])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	ZY_BUF_AUTO der = { 0 };
	bool good;

	zy_der_put_rs(&der, rs);
	ORACLE_CHECK(ctx != NULL && EVP_PKEY_verify_init(ctx) == 1);
	good = EVP_PKEY_verify(ctx, der.p, der.len, e, 32) == 1;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

/* The verdict of all; aborts when they differ. ours: prepared when its table exists, then that way is asked too. */
static inline bool oracle_agrees(
    EVP_PKEY *key, const struct zy_curve_key *ours, const uint8_t e[32], const uint8_t rs[64])
{
	const bool want = oracle_verify(key, e, rs);
	struct zy_curve_key plain = *ours;
	bool good;

	ORACLE_CHECK(zy_curve_key_verify(ours, e, rs, &good) && good == want);
	atomic_store(&plain.multiples, NULL);
	ORACLE_CHECK(zy_curve_key_verify(&plain, e, rs, &good) && good == want);
	return want;
}

#endif
