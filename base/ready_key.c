/*
 * SM2 is verified by sm2_verify.c: OpenSSL 3.0 takes 4 to 17 times as long. P-256 is OpenSSL's, which has assembler for
 * it, with a table for keys that were used often (p256_key.c); the EVP_PKEY is built from the point, never from a
 * SubjectPublicKeyInfo, whose decoding costs more than a verification. Z of SM2 is computed here, with the default ID.
 */
#include "ready_key.h"

#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "zy/sm2.h"

#define TABLE_AFTER 1000 /* verifications: what a table costs is saved by about 700 */

/* The provider checks that the point is on the curve and not infinity when it takes the octets. */
static EVP_PKEY *make_p256(struct zy_bytes point)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;

	if (ctx != NULL && b != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point.p, point.len) == 1 &&
	    (params = OSSL_PARAM_BLD_to_param(b)) != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

/* Z is over the whole point: the one given may be compressed. */
static bool make_sm2(struct zy_ready_key *k, struct zy_bytes point, struct zy_error *err)
{
	uint8_t whole[65];

	if (!zy_sm2_key_read(&k->sm2, point))
		return zy_fail(err, ZY_E_KEY, "key", ZY_NOWHERE, "the point is not on the curve");
	zy_sm2_key_write(&k->sm2, whole);
	return zy_sm2_z(zy_sm2_id, whole, k->z, err);
}

struct zy_ready_key *zy_ready_key_new(enum zy_suite suite, struct zy_bytes point, struct zy_error *err)
{
	struct zy_ready_key *k;

	if (!(point.len == 65 && point.p[0] == 4) && !(point.len == 33 && (point.p[0] == 2 || point.p[0] == 3))) {
		(void)zy_fail(err, ZY_E_KEY, "key", ZY_NOWHERE, "a point is 04 and 64 octets, or 02 or 03 and 32");
		return NULL;
	}
	if ((k = calloc(1, sizeof(*k))) == NULL) {
		(void)zy_fail(err, ZY_E_NO_MEMORY, "key", ZY_NOWHERE, "no memory for a public key");
		return NULL;
	}
	atomic_init(&k->refs, 1);
	k->suite = suite;
	k->given_len = point.len;
	memcpy(k->given, point.p, point.len);
	if (suite == ZY_SUITE_GM ? make_sm2(k, point, err) : (k->p256 = make_p256(point)) != NULL)
		return k;
	if (suite != ZY_SUITE_GM)
		(void)zy_fail_openssl(err, ZY_E_KEY, "key", "the point is not on the curve");
	zy_ready_key_unref(k);
	return NULL;
}

void zy_ready_key_unref(struct zy_ready_key *k)
{
	if (k == NULL || atomic_fetch_sub(&k->refs, 1) != 1)
		return;
	zy_sm2_key_wipe(&k->sm2);
	EVP_PKEY_free(k->p256);
	zy_p256_key_free(k->table);
	free(k);
}

/* Ecdsa-Sig-Value (RFC 3279 2.2.3). Length, or 0 without memory. */
static size_t encode_rs(const uint8_t rs[64], uint8_t der[72])
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(rs, 32, NULL), *s = BN_bin2bn(rs + 32, 32, NULL);
	int len = 0;

	if (sig != NULL && ECDSA_SIG_set0(sig, r, s) == 1)
		r = s = NULL;
	if (r == NULL && s == NULL)
		len = i2d_ECDSA_SIG(sig, &der);
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return len > 0 ? (size_t)len : 0;
}

static bool verify_by_library(
    EVP_PKEY *pkey, const uint8_t e[ZY_HASH_LEN], const uint8_t rs[64], bool *good, struct zy_error *err)
{
	EVP_PKEY_CTX *ctx;
	uint8_t der[72];
	size_t len;

	if ((len = encode_rs(rs, der)) == 0)
		return zy_fail_openssl(err, ZY_E_NO_MEMORY, "signature", "no memory for a signature");
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1) {
		EVP_PKEY_CTX_free(ctx);
		return zy_fail_openssl(err, ZY_E_CRYPTO, "signature", "cannot verify");
	}
	*good = EVP_PKEY_verify(ctx, der, len, e, ZY_HASH_LEN) == 1;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return true;
}

/* The library is the second opinion on the table's first answer. */
static void make_table(struct zy_ready_key *k, const uint8_t e[ZY_HASH_LEN], const uint8_t rs[64], bool good)
{
	struct zy_p256_key *table = zy_p256_key_new(ZY_BYTES(k->given, k->given_len));
	bool same;

	if (table != NULL && zy_p256_verify(table, e, rs, &same) && same == good)
		atomic_store(&k->table, table);
	else
		zy_p256_key_free(table);
}

static bool verify_p256(
    struct zy_ready_key *k, const uint8_t e[ZY_HASH_LEN], const uint8_t rs[64], bool *good, struct zy_error *err)
{
	const struct zy_p256_key *table = atomic_load(&k->table);

	if (!zy_rs_in_range(ZY_SUITE_INTL, rs) || (table != NULL && zy_p256_verify(table, e, rs, good)))
		return true;
	if (!verify_by_library(k->p256, e, rs, good, err))
		return false;
	if (atomic_fetch_add(&k->verified, 1) + 1 == TABLE_AFTER)
		make_table(k, e, rs, *good);
	return true;
}

bool zy_ready_key_verify(
    struct zy_ready_key *k, const uint8_t e[ZY_HASH_LEN], const uint8_t rs[64], bool *good, struct zy_error *err)
{
	*good = false;
	if (k->suite == ZY_SUITE_INTL)
		return verify_p256(k, e, rs, good, err);
	return zy_sm2_verify(&k->sm2, e, rs, good) ||
	       zy_fail(err, ZY_E_NO_MEMORY, "signature", ZY_NOWHERE, "no memory for the curve's table");
}

bool zy_ready_key_digest(
    const struct zy_ready_key *k, struct zy_bytes message, uint8_t e[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher h = { 0 };

	if (zy_hasher_start(&h, zy_suite_hash(k->suite), err) &&
	    (k->suite != ZY_SUITE_GM || zy_hasher_add(&h, ZY_BYTES(k->z, ZY_HASH_LEN), err)) &&
	    zy_hasher_add(&h, message, err))
		return zy_hasher_final(&h, e, err);
	zy_hasher_free(&h);
	return false;
}
