/* OpenSSL's opinion on a signature r||s under a public point, as an outsider has it. */
#ifndef VERIFY_RS_H
#define VERIFY_RS_H

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "zy/der.h"
#include "zy/hsm.h"

static inline EVP_PKEY *key_of_point(enum zy_key_kind kind, const uint8_t point[65])
{
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
				    kind == ZY_KEY_SM2 ? (char[]){ "SM2" } : (char[]){ "prime256v1" }, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point, 65),
		OSSL_PARAM_construct_end() };
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, kind == ZY_KEY_SM2 ? "SM2" : "EC", NULL);
	EVP_PKEY *key = NULL;

	if (EVP_PKEY_fromdata_init(c) != 1 || EVP_PKEY_fromdata(c, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(c);
	return key;
}

static inline bool verify_rs(
    enum zy_key_kind kind, const uint8_t point[65], struct zy_bytes message, const uint8_t rs[64])
{
	EVP_PKEY *key = key_of_point(kind, point);
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	ZY_BUF_AUTO der = { 0 };
	bool ok;

	zy_der_put_rs(&der, rs);
	if (kind == ZY_KEY_SM2)
		EVP_PKEY_CTX_set1_id(c, "1234567812345678", 16);
	EVP_MD_CTX_set_pkey_ctx(md, c);
	ok = EVP_DigestVerifyInit(md, NULL, kind == ZY_KEY_SM2 ? EVP_sm3() : EVP_sha256(), NULL, key) == 1 &&
	     EVP_DigestVerify(md, der.p, der.len, message.p, message.len) == 1;
	EVP_MD_CTX_free(md);
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(key);
	return ok;
}

#endif
