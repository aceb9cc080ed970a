/* Public keys and signature algorithms by their identifiers: RFC 5280 4.1.2.7, RFC 3279, 4055, 5480, 5758, 8410. */
#include "value.h"

#include "zy/der.h"

#define RSA_BITS_MAX 8192

#define OID(name, ...)                                                                                                 \
	static const uint8_t name##_octets[] = { __VA_ARGS__ };                                                        \
	static const struct zy_bytes name = { name##_octets, sizeof(name##_octets) }

OID(oid_rsa, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01);
OID(oid_rsa_pss, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a);
OID(oid_mgf1, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08);
OID(oid_ed25519, 0x2b, 0x65, 0x70);
OID(oid_ed448, 0x2b, 0x65, 0x71);
OID(oid_p384, 0x2b, 0x81, 0x04, 0x00, 0x22);
OID(oid_p521, 0x2b, 0x81, 0x04, 0x00, 0x23);
OID(oid_p224, 0x2b, 0x81, 0x04, 0x00, 0x21);

static const struct {
	enum zy_key_kind kind;
	enum zy_md md;
	const char *oid;
	size_t len;
} algorithms[] = {
	{ ZY_KEY_SM2, ZY_MD_SM3, "\x2a\x81\x1c\xcf\x55\x01\x83\x75", 8 },
	{ ZY_KEY_EC, ZY_MD_SHA1, "\x2a\x86\x48\xce\x3d\x04\x01", 7 },
	{ ZY_KEY_EC, ZY_MD_SHA224, "\x2a\x86\x48\xce\x3d\x04\x03\x01", 8 },
	{ ZY_KEY_EC, ZY_MD_SHA256, "\x2a\x86\x48\xce\x3d\x04\x03\x02", 8 },
	{ ZY_KEY_EC, ZY_MD_SHA384, "\x2a\x86\x48\xce\x3d\x04\x03\x03", 8 },
	{ ZY_KEY_EC, ZY_MD_SHA512, "\x2a\x86\x48\xce\x3d\x04\x03\x04", 8 },
	{ ZY_KEY_RSA, ZY_MD_MD5, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", 9 },
	{ ZY_KEY_RSA, ZY_MD_SHA1, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", 9 },
	{ ZY_KEY_RSA, ZY_MD_SHA224, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", 9 },
	{ ZY_KEY_RSA, ZY_MD_SHA256, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", 9 },
	{ ZY_KEY_RSA, ZY_MD_SHA384, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", 9 },
	{ ZY_KEY_RSA, ZY_MD_SHA512, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", 9 },
	{ ZY_KEY_ED25519, ZY_MD_NONE, "\x2b\x65\x70", 3 },
	{ ZY_KEY_ED448, ZY_MD_NONE, "\x2b\x65\x71", 3 },
};

static const struct {
	enum zy_md md;
	const char *oid;
	size_t len;
} digests[] = {
	{ ZY_MD_SM3, "\x2a\x81\x1c\xcf\x55\x01\x83\x11", 8 },
	{ ZY_MD_SHA256, "\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9 },
	{ ZY_MD_SHA384, "\x60\x86\x48\x01\x65\x03\x04\x02\x02", 9 },
	{ ZY_MD_SHA512, "\x60\x86\x48\x01\x65\x03\x04\x02\x03", 9 },
	{ ZY_MD_SHA224, "\x60\x86\x48\x01\x65\x03\x04\x02\x04", 9 },
	{ ZY_MD_SHA1, "\x2b\x0e\x03\x02\x1a", 5 },
	{ ZY_MD_MD5, "\x2a\x86\x48\x86\xf7\x0d\x02\x05", 8 },
};

enum zy_md zy_md_of_oid(struct zy_bytes oid)
{
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++)
		if (zy_bytes_equal(oid, ZY_BYTES(digests[i].oid, digests[i].len)))
			return digests[i].md;
	return ZY_MD_NONE;
}

struct zy_bytes zy_oid_of_md(enum zy_md md)
{
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++)
		if (digests[i].md == md)
			return ZY_BYTES(digests[i].oid, digests[i].len);
	return ZY_BYTES("", 0);
}

static unsigned bits_of(struct zy_bytes magnitude)
{
	unsigned n = (unsigned)(8 * magnitude.len);

	for (uint8_t top = magnitude.len == 0 ? 0x80 : magnitude.p[0]; (top & 0x80) == 0 && n > 0;
	     top = (uint8_t)(top << 1))
		n--;
	return n;
}

/* RSAPublicKey (RFC 8017 A.1.1). The bounds keep a stranger's key from costing minutes. */
static bool read_rsa(struct zy_public_key *k, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(k->bits), seq;
	struct zy_bytes n, e;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "RSAPublicKey", &seq, err) ||
	    !zy_der_unsigned(&seq, "modulus", &n, err) || !zy_der_unsigned(&seq, "publicExponent", &e, err) ||
	    !zy_der_end(&seq, "RSAPublicKey", err) || !zy_der_end(&r, "RSAPublicKey", err))
		return false;
	k->strength = bits_of(n);
	if (k->strength > RSA_BITS_MAX || e.len > 8 || (e.p[e.len - 1] & 1) == 0 || bits_of(e) < 2 ||
	    (n.p[n.len - 1] & 1) == 0)
		return zy_fail(err, ZY_E_KEY, "RSAPublicKey", ZY_NOWHERE,
		    "an RSA key has an odd modulus up to %d bits and an odd exponent from 3, up to 64 bits",
		    RSA_BITS_MAX);
	return true;
}

static bool read_curve(struct zy_public_key *k, struct zy_reader *alg, struct zy_error *err)
{
	static const struct {
		const struct zy_bytes *oid;
		unsigned bits;
	} curves[] = { { &oid_p224, 224 }, { &oid_p384, 384 }, { &oid_p521, 521 } };

	if (!zy_der_next_is(alg, ZY_DER_OID))
		return zy_fail(err, ZY_E_KEY, "subjectPublicKeyInfo.parameters", zy_reader_offset(alg),
		    "the curve is not named (RFC 5480 2.1.1)");
	if (!zy_der_take(alg, ZY_DER_OID, "subjectPublicKeyInfo.parameters", &k->curve, err))
		return false;
	k->kind = zy_bytes_equal(k->curve, zy_oid_sm2_curve) ? ZY_KEY_SM2
		  : zy_bytes_equal(k->curve, zy_oid_p256)    ? ZY_KEY_EC
							     : ZY_KEY_OTHER;
	k->strength = 256;
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (zy_bytes_equal(k->curve, *curves[i].oid)) {
			k->kind = ZY_KEY_EC;
			k->strength = curves[i].bits;
		}
	return true;
}

/* AlgorithmIdentifier of a digest: parameters absent or NULL. */
static bool take_digest(struct zy_reader *r, enum zy_md *md, struct zy_error *err)
{
	struct zy_reader alg;
	struct zy_bytes oid, skip;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "hashAlgorithm", &alg, err) ||
	    !zy_der_take(&alg, ZY_DER_OID, "hashAlgorithm", &oid, err) ||
	    (zy_der_next_is(&alg, ZY_DER_NULL) && !zy_der_take(&alg, ZY_DER_NULL, "hashAlgorithm", &skip, err)) ||
	    !zy_der_end(&alg, "hashAlgorithm", err))
		return false;
	*md = zy_md_of_oid(oid);
	return true;
}

static bool take_mask(struct zy_reader *r, enum zy_md *md, struct zy_error *err)
{
	struct zy_reader outer, alg;
	struct zy_bytes oid;

	if (!zy_der_enter(r, ZY_DER_CONTEXT_MADE | 1, "maskGenAlgorithm", &outer, err) ||
	    !zy_der_enter(&outer, ZY_DER_SEQUENCE, "maskGenAlgorithm", &alg, err) ||
	    !zy_der_end(&outer, "maskGenAlgorithm", err) ||
	    !zy_der_take(&alg, ZY_DER_OID, "maskGenAlgorithm", &oid, err) || !take_digest(&alg, md, err) ||
	    !zy_der_end(&alg, "maskGenAlgorithm", err))
		return false;
	if (!zy_bytes_equal(oid, oid_mgf1))
		*md = ZY_MD_NONE;
	return true;
}

/* RSASSA-PSS-params (RFC 4055 3.1); the defaults are SHA-1. The mask must use the message's digest. */
static bool read_pss(struct zy_reader *alg, struct zy_sig_alg *out, struct zy_error *err)
{
	struct zy_reader seq, inner;
	enum zy_md mask = ZY_MD_SHA1;
	uint64_t salt = 20, trailer = 1;

	out->md = ZY_MD_SHA1;
	if (!zy_der_enter(alg, ZY_DER_SEQUENCE, "RSASSA-PSS-params", &seq, err))
		return false;
	if (zy_der_next_is(&seq, ZY_DER_CONTEXT_MADE) &&
	    (!zy_der_enter(&seq, ZY_DER_CONTEXT_MADE, "hashAlgorithm", &inner, err) ||
		!take_digest(&inner, &out->md, err) || !zy_der_end(&inner, "hashAlgorithm", err)))
		return false;
	if (zy_der_next_is(&seq, ZY_DER_CONTEXT_MADE | 1) && !take_mask(&seq, &mask, err))
		return false;
	if (zy_der_next_is(&seq, ZY_DER_CONTEXT_MADE | 2) &&
	    (!zy_der_enter(&seq, ZY_DER_CONTEXT_MADE | 2, "saltLength", &inner, err) ||
		!zy_der_small(&inner, "saltLength", 512, &salt, err) || !zy_der_end(&inner, "saltLength", err)))
		return false;
	if (zy_der_next_is(&seq, ZY_DER_CONTEXT_MADE | 3) &&
	    (!zy_der_enter(&seq, ZY_DER_CONTEXT_MADE | 3, "trailerField", &inner, err) ||
		!zy_der_small(&inner, "trailerField", 255, &trailer, err) || !zy_der_end(&inner, "trailerField", err)))
		return false;
	out->salt_len = (int)salt;
	if (mask != out->md || trailer != 1 || out->md == ZY_MD_NONE || out->md == ZY_MD_SM3)
		out->kind = ZY_KEY_OTHER;
	return zy_der_end(&seq, "RSASSA-PSS-params", err);
}

/* What the owner of a key for PSS promised to sign by (RFC 4055 3.3). */
static bool read_promise(struct zy_public_key *k, struct zy_reader *alg, struct zy_error *err)
{
	struct zy_sig_alg a = { .kind = ZY_KEY_RSA_PSS };

	if (!read_pss(alg, &a, err))
		return false;
	k->kind = a.kind;
	k->pss_restricted = true;
	k->pss_md = a.md;
	k->pss_salt_len = a.salt_len;
	return true;
}

static bool read_kind(struct zy_public_key *k, struct zy_bytes oid, struct zy_reader *alg, struct zy_error *err)
{
	struct zy_bytes skip;

	if (zy_bytes_equal(oid, zy_oid_ec_public_key))
		return read_curve(k, alg, err);
	k->kind = zy_bytes_equal(oid, oid_rsa)       ? ZY_KEY_RSA
		  : zy_bytes_equal(oid, oid_rsa_pss) ? ZY_KEY_RSA_PSS
		  : zy_bytes_equal(oid, oid_ed25519) ? ZY_KEY_ED25519
		  : zy_bytes_equal(oid, oid_ed448)   ? ZY_KEY_ED448
						     : ZY_KEY_OTHER;
	k->strength = k->kind == ZY_KEY_ED448 ? 448 : 256;
	if (k->kind == ZY_KEY_RSA_PSS && zy_der_next_is(alg, ZY_DER_SEQUENCE))
		return read_promise(k, alg, err);
	/* parameters of RSA are NULL; others have none */
	return zy_reader_left(alg) == 0 || zy_der_any(alg, "subjectPublicKeyInfo.parameters", NULL, &skip, NULL, err);
}

bool zy_public_key_parse(struct zy_bytes der, struct zy_public_key *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(der), spki, alg;
	struct zy_public_key k = { .der = der };
	struct zy_error why = { 0 };
	struct zy_bytes oid;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "subjectPublicKeyInfo", &spki, &why) ||
	    !zy_der_end(&r, "subjectPublicKeyInfo", &why) ||
	    !zy_der_enter(&spki, ZY_DER_SEQUENCE, "subjectPublicKeyInfo.algorithm", &alg, &why) ||
	    !zy_der_take(&alg, ZY_DER_OID, "subjectPublicKeyInfo.algorithm", &oid, &why) ||
	    !read_kind(&k, oid, &alg, &why) || !zy_der_end(&alg, "subjectPublicKeyInfo.algorithm", &why) ||
	    !zy_der_bits(&spki, "subjectPublicKey", &k.bits, &why) ||
	    !zy_der_end(&spki, "subjectPublicKeyInfo", &why) ||
	    ((k.kind == ZY_KEY_RSA || k.kind == ZY_KEY_RSA_PSS) && !read_rsa(&k, &why)))
		return zy_fail(err, ZY_E_KEY, why.field, why.offset, "%s", why.msg);
	*out = k;
	return true;
}

/* PKCS#1 v1.5 has NULL (RFC 4055 5); SM2 has none or NULL; ECDSA and EdDSA have none. */
static bool read_parameters(struct zy_reader *alg, struct zy_sig_alg *out, struct zy_error *err)
{
	struct zy_bytes content = { 0 };
	uint8_t tag = 0;

	if (out->kind == ZY_KEY_RSA_PSS)
		return read_pss(alg, out, err);
	if (zy_reader_left(alg) > 0 && !zy_der_any(alg, "parameters", &tag, &content, NULL, err))
		return false;
	if (tag != 0 &&
	    (tag != ZY_DER_NULL || content.len != 0 || (out->kind != ZY_KEY_RSA && out->kind != ZY_KEY_SM2)))
		out->kind = ZY_KEY_OTHER;
	return true;
}

bool zy_sig_alg_parse(struct zy_bytes whole, struct zy_sig_alg *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(whole), alg;
	struct zy_sig_alg a = { .salt_len = -1 };
	struct zy_bytes oid;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "signatureAlgorithm", &alg, err) ||
	    !zy_der_end(&r, "signatureAlgorithm", err) ||
	    !zy_der_take(&alg, ZY_DER_OID, "signatureAlgorithm", &oid, err))
		return false;
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (zy_bytes_equal(oid, ZY_BYTES(algorithms[i].oid, algorithms[i].len))) {
			a.kind = algorithms[i].kind;
			a.md = algorithms[i].md;
		}
	if (zy_bytes_equal(oid, oid_rsa_pss))
		a.kind = ZY_KEY_RSA_PSS;
	if (!read_parameters(&alg, &a, err) || !zy_der_end(&alg, "signatureAlgorithm", err))
		return false;
	*out = a;
	return true;
}

#define Y2009 ((zy_time)1230768000) /* 2009-01-01: a certificate was forged with MD5 the month before */
#define Y2014 ((zy_time)1388534400) /* 2014-01-01: RSA and DSA under 2048 bits end (NIST SP 800-131A) */
#define Y2017 ((zy_time)1483228800) /* 2017-01-01: SHA-1 ends in public trust stores */

zy_time zy_sig_alg_until(const struct zy_sig_alg *a)
{
	if (a->kind == ZY_KEY_OTHER)
		return INT64_MIN;
	return a->md == ZY_MD_MD5 ? Y2009 : a->md == ZY_MD_SHA1 ? Y2017 : ZY_TIME_NEVER;
}

zy_time zy_public_key_until(const struct zy_public_key *key)
{
	if (key->kind == ZY_KEY_OTHER)
		return INT64_MIN;
	if (key->kind != ZY_KEY_RSA && key->kind != ZY_KEY_RSA_PSS)
		return ZY_TIME_NEVER;
	return key->strength < 1024 ? INT64_MIN : key->strength < 2048 ? Y2014 : ZY_TIME_NEVER;
}
