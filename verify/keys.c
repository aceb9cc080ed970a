/*
 * Public keys, decoded once. An EVP_PKEY is built from the point (never from a SubjectPublicKeyInfo, which costs more
 * than a verification) and kept with the Z of SM2, so that a known key costs one EVP_PKEY_verify of 32 octets.
 * OpenSSL 3.0 takes an empty ID for SM2 unless told: Z is therefore computed here, with the default ID.
 */
#include "bodies.h"
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "zy/der.h"
#include "zy/sm2.h"

#define SETS 64
#define WAYS 4

struct key_slot {
	EVP_PKEY *pkey; /* NULL: empty */
	enum zy_suite suite;
	uint8_t id[65]; /* the point as it was given */
	size_t id_len;
	uint8_t z[ZY_HASH_LEN]; /* SM2 only */
};

struct chain_slot {
	bool used;
	uint8_t id[ZY_HASH_LEN];
	struct zy_chain_answer answer;
};

struct zy_keys {
	pthread_rwlock_t lock; /* guards all below */
	struct key_slot keys[SETS][WAYS];
	struct chain_slot chains[SETS][WAYS];
	struct zy_bodies *bodies;                  /* its own lock */
	unsigned key_turn[SETS], chain_turn[SETS]; /* the way that is replaced next */
};

bool zy_keys_open(struct zy_keys **out, struct zy_error *err)
{
	struct zy_keys *k = calloc(1, sizeof(*k));

	if (k == NULL || (k->bodies = zy_bodies_new()) == NULL || pthread_rwlock_init(&k->lock, NULL) != 0) {
		zy_bodies_free(k == NULL ? NULL : k->bodies);
		free(k);
		return zy_fail(err, ZY_E_NO_MEMORY, "keys", ZY_NOWHERE, "no memory for the cache of keys");
	}
	*out = k;
	return true;
}

void zy_keys_close(struct zy_keys *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < SETS; i++)
		for (size_t j = 0; j < WAYS; j++)
			EVP_PKEY_free(k->keys[i][j].pkey);
	pthread_rwlock_destroy(&k->lock);
	zy_bodies_free(k->bodies);
	free(k);
}

struct zy_bodies *zy_keys_bodies(struct zy_keys *k)
{
	return k->bodies;
}

static bool is_key(const struct key_slot *s, enum zy_suite suite, struct zy_bytes point)
{
	return s->pkey != NULL && s->suite == suite && zy_bytes_equal(ZY_BYTES(s->id, s->id_len), point);
}

/* A reference to the kept key in *out, or false. */
static bool get_key(struct zy_keys *k, enum zy_suite suite, struct zy_bytes point, struct key_slot *out)
{
	const struct key_slot *set = k->keys[point.p[1] % SETS];
	bool found = false;

	pthread_rwlock_rdlock(&k->lock);
	for (size_t i = 0; i < WAYS && !found; i++) {
		if (!is_key(&set[i], suite, point))
			continue;
		*out = set[i];
		found = EVP_PKEY_up_ref(out->pkey) == 1;
	}
	pthread_rwlock_unlock(&k->lock);
	return found;
}

static void put_key(struct zy_keys *k, const struct key_slot *key)
{
	size_t n = key->id[1] % SETS;
	struct key_slot *slot;

	if (EVP_PKEY_up_ref(key->pkey) != 1)
		return;
	pthread_rwlock_wrlock(&k->lock);
	slot = &k->keys[n][k->key_turn[n]++ % WAYS];
	EVP_PKEY_free(slot->pkey);
	*slot = *key;
	pthread_rwlock_unlock(&k->lock);
}

/* The provider checks that the point is on the curve and not infinity when it takes the octets. */
static EVP_PKEY *make_pkey(enum zy_suite suite, struct zy_bytes point)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, suite == ZY_SUITE_GM ? "SM2" : "EC", NULL);
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;

	if (ctx != NULL && b != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(
		b, OSSL_PKEY_PARAM_GROUP_NAME, suite == ZY_SUITE_GM ? "SM2" : "prime256v1", 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point.p, point.len) == 1 &&
	    (params = OSSL_PARAM_BLD_to_param(b)) != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

/* Z of the default ID over the point as the key holds it: the point given may be compressed. */
static bool make_z(EVP_PKEY *pkey, uint8_t z[ZY_HASH_LEN], struct zy_error *err)
{
	BIGNUM *x = NULL, *y = NULL;
	uint8_t point[65] = { 4 };
	bool ok;

	ok = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
	     EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 && BN_bn2binpad(x, point + 1, 32) == 32 &&
	     BN_bn2binpad(y, point + 33, 32) == 32;
	BN_free(x);
	BN_free(y);
	if (!ok)
		return zy_fail_openssl(err, ZY_E_CRYPTO, "key", "cannot read the point back");
	return zy_sm2_z(zy_sm2_id, point, z, err);
}

static bool find_key(
    struct zy_keys *k, enum zy_suite suite, struct zy_bytes point, struct key_slot *out, struct zy_error *err)
{
	if (get_key(k, suite, point, out))
		return true;
	*out = (struct key_slot){ .suite = suite, .id_len = point.len };
	memcpy(out->id, point.p, point.len);
	if ((out->pkey = make_pkey(suite, point)) == NULL)
		return zy_fail_openssl(err, ZY_E_KEY, "key", "the point is not on the curve");
	if (suite == ZY_SUITE_GM && !make_z(out->pkey, out->z, err)) {
		EVP_PKEY_free(out->pkey);
		return false;
	}
	put_key(k, out);
	return true;
}

/* e = H(M), for SM2 e = SM3(Z || M) */
static bool digest_message(
    const struct key_slot *key, struct zy_bytes message, uint8_t e[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher h = { 0 };

	if (zy_hasher_start(&h, zy_suite_hash(key->suite), err) &&
	    (key->suite != ZY_SUITE_GM || zy_hasher_add(&h, ZY_BYTES(key->z, ZY_HASH_LEN), err)) &&
	    zy_hasher_add(&h, message, err))
		return zy_hasher_final(&h, e, err);
	zy_hasher_free(&h);
	return false;
}

static bool verify_digest(
    EVP_PKEY *pkey, const uint8_t e[ZY_HASH_LEN], struct zy_bytes der, bool *good, struct zy_error *err)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	int rc;

	if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1) {
		EVP_PKEY_CTX_free(ctx);
		return zy_fail_openssl(err, ZY_E_CRYPTO, "signature", "cannot verify");
	}
	rc = EVP_PKEY_verify(ctx, der.p, der.len, e, ZY_HASH_LEN);
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	*good = rc == 1;
	return true;
}

static bool verify_with(
    const struct key_slot *key, struct zy_bytes message, const uint8_t rs[64], bool *good, struct zy_error *err)
{
	ZY_BUF_AUTO der = { .cap = 128 };
	uint8_t e[ZY_HASH_LEN];

	*good = false;
	if (!zy_rs_in_range(key->suite, rs))
		return true;
	zy_der_put_rs(&der, rs);
	return zy_buf_done(&der, "signature", err) && digest_message(key, message, e, err) &&
	       verify_digest(key->pkey, e, zy_buf_bytes(&der), good, err);
}

bool zy_signature_verify_point(struct zy_keys *k, struct zy_bytes point, enum zy_suite suite, struct zy_bytes message,
    const uint8_t rs[64], bool *good, struct zy_error *err)
{
	struct key_slot key;
	bool ok;

	*good = false;
	if (!(point.len == 65 && point.p[0] == 4) && !(point.len == 33 && (point.p[0] == 2 || point.p[0] == 3)))
		return zy_fail(err, ZY_E_KEY, "key", ZY_NOWHERE, "a point is 04 and 64 octets, or 02 or 03 and 32");
	if (!find_key(k, suite, point, &key, err))
		return false;
	ok = verify_with(&key, message, rs, good, err);
	EVP_PKEY_free(key.pkey);
	return ok;
}

bool zy_signature_verify(struct zy_keys *k, struct zy_bytes cert_der, enum zy_suite suite, struct zy_bytes message,
    const uint8_t rs[64], bool *good, struct zy_error *err)
{
	struct zy_cert_parts p;

	*good = false;
	if (!zy_cert_walk(cert_der, &p, err))
		return false;
	if (p.suite != suite)
		return zy_fail(err, ZY_E_KEY, "subjectPublicKeyInfo.parameters", ZY_NOWHERE,
		    "the certificate's key is of the other suite");
	return zy_signature_verify_point(k, p.point, suite, message, rs, good, err);
}

bool zy_keys_get_chain(struct zy_keys *k, const uint8_t id[ZY_HASH_LEN], struct zy_chain_answer *out)
{
	const struct chain_slot *set = k->chains[id[0] % SETS];
	bool found = false;

	pthread_rwlock_rdlock(&k->lock);
	for (size_t i = 0; i < WAYS && !found; i++) {
		if (!set[i].used || memcmp(set[i].id, id, ZY_HASH_LEN) != 0)
			continue;
		*out = set[i].answer;
		found = true;
	}
	pthread_rwlock_unlock(&k->lock);
	return found;
}

void zy_keys_put_chain(struct zy_keys *k, const uint8_t id[ZY_HASH_LEN], const struct zy_chain_answer *a)
{
	size_t n = id[0] % SETS;
	struct chain_slot *slot;

	pthread_rwlock_wrlock(&k->lock);
	slot = &k->chains[n][k->chain_turn[n]++ % WAYS];
	slot->used = true;
	memcpy(slot->id, id, ZY_HASH_LEN);
	slot->answer = *a;
	pthread_rwlock_unlock(&k->lock);
}
