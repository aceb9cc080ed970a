/*
 * Signature values by any public key and algorithm that strangers' certificates and documents use. What is judged here
 * is arithmetic: whether an algorithm may still be relied upon is asked of zy_sig_alg_until and zy_public_key_until.
 */
#ifndef ZY_VERIFY_VALUE_H
#define ZY_VERIFY_VALUE_H

#include "zy/judge.h"

enum zy_key_kind { ZY_KEY_OTHER, ZY_KEY_SM2, ZY_KEY_EC, ZY_KEY_RSA, ZY_KEY_RSA_PSS, ZY_KEY_ED25519, ZY_KEY_ED448 };
enum zy_md { ZY_MD_NONE, ZY_MD_SM3, ZY_MD_SHA256, ZY_MD_SHA384, ZY_MD_SHA512, ZY_MD_SHA224, ZY_MD_SHA1, ZY_MD_MD5 };

/* A SubjectPublicKeyInfo, walked; its key is not decoded. */
struct zy_public_key {
	enum zy_key_kind kind;
	struct zy_bytes der;   /* whole */
	struct zy_bytes bits;  /* content of subjectPublicKey */
	struct zy_bytes curve; /* OID of an EC key */
	unsigned strength;     /* bits: RSA's modulus, an elliptic curve's order */
	bool pss_restricted;   /* a key for PSS says how it signs (RFC 4055 3.3): by this digest, with so long a salt */
	enum zy_md pss_md;
	int pss_salt_len;
};
/* Errors: key (malformed, or curve parameters written out instead of a name). kind OTHER is no error. */
ZY_MUST_CHECK bool zy_public_key_parse(struct zy_bytes der, struct zy_public_key *out, struct zy_error *err);

struct zy_sig_alg {
	enum zy_key_kind kind; /* of the keys that sign so; OTHER: not known here */
	enum zy_md md;         /* NONE for EdDSA */
	int salt_len;          /* PSS: octets, or -1 to take what is found */
};
/* An AlgorithmIdentifier, whole. Parameters must be those that its definition allows (RFC 4055, 5758, 8410,
 * GB/T 35275): else kind OTHER. Errors: der, truncated, trailing-bytes. */
ZY_MUST_CHECK bool zy_sig_alg_parse(struct zy_bytes whole, struct zy_sig_alg *out, struct zy_error *err);
const char *zy_md_name(enum zy_md md); /* "SM3" "SHA-256" ..., for messages and OpenSSL */
/* The digest of an OID, NONE when it is not known here. */
enum zy_md zy_md_of_oid(struct zy_bytes oid);
/* And back; empty for NONE. */
struct zy_bytes zy_oid_of_md(enum zy_md md);
/* The digest of v; out has room for ZY_MD_MAX octets. Errors: crypto. */
#define ZY_MD_MAX 64
ZY_MUST_CHECK bool zy_md_digest(
    enum zy_md md, struct zy_bytes v, uint8_t out[ZY_MD_MAX], size_t *len, struct zy_error *err);

/* Until when what is so signed may be relied upon: ZY_TIME_NEVER (no end is set) for what is sound today, INT64_MIN for
 * what never was. Collisions of MD5 were used for certificates in 2008, SHA-1 and short keys ended by decree of those
 * who run public trust stores (GB/T 20518: SM3). */
zy_time zy_sig_alg_until(const struct zy_sig_alg *a);
zy_time zy_public_key_until(const struct zy_public_key *key);

/* Does `signature` over the whole `message` verify? SM2: Z with `id` is put before it; signature in DER or r||s when
 * `bare` is allowed. A key of another kind than the algorithm's is *good = false. Errors: key (no point of its curve,
 * an RSA key out of bounds), crypto, too-large (id). */
struct zy_value {
	struct zy_public_key key;
	struct zy_sig_alg alg;
	struct zy_bytes id; /* of SM2 */
	bool bare;          /* r||s is taken, too */
	bool hashed;        /* message is its digest (of SM2: e): for what is too long to be held. Not with EdDSA */
	struct zy_bytes message, signature;
};
ZY_MUST_CHECK bool zy_value_verify(struct zy_keys *k, const struct zy_value *v, bool *good, struct zy_error *err);

/* For a signature that does not say how it was made: tries what the key could have made. The digest of PKCS#1 v1.5
 * stands inside the signature. True and *good with v->alg set to what verified. Errors: as zy_value_verify. */
ZY_MUST_CHECK bool zy_value_find(struct zy_keys *k, struct zy_value *v, bool *good, struct zy_error *err);

/* Of a value that does not verify: how it would, as programs are known to write it, or NULL. r and s side by side
 * (p7sign of NSS) or where `careless` in numbers that are not DER; PSS under the name of PKCS#1 (openssl cms with a key
 * for PSS alone) or with another salt; a DigestInfo without NULL. */
const char *zy_value_otherwise(struct zy_keys *k, const struct zy_value *v, bool careless);

/* The algorithms that it tries. */
const struct zy_sig_alg *zy_sig_algs(size_t *num);

#endif
