#include "zy/spki.h"

#include "zy/der.h"
#include "zy/extension.h"

static const struct zy_bytes oid_rsa = { (const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01",
	9 }; /* rsaEncryption, 1.2.840.113549.1.1.1 */

static bool take_point(struct zy_bytes curve, struct zy_bytes bits, size_t at, struct zy_spki *k, struct zy_error *err)
{
	if (!zy_bytes_equal(curve, zy_oid_sm2_curve) && !zy_bytes_equal(curve, zy_oid_p256))
		return zy_fail(
		    err, ZY_E_KEY, "subjectPublicKeyInfo.parameters", at, "the key's curve is neither SM2 nor P-256");
	if (bits.len != 65 || bits.p[0] != 4)
		return zy_fail(
		    err, ZY_E_KEY, "subjectPublicKey", at, "the point must be uncompressed: 04 and 64 octets");
	*k = zy_spki_of_point(zy_bytes_equal(curve, zy_oid_sm2_curve) ? ZY_SUITE_GM : ZY_SUITE_INTL, bits.p);
	return true;
}

static unsigned bits_of(struct zy_bytes magnitude)
{
	unsigned n = 8 * (unsigned)magnitude.len;

	for (unsigned top = magnitude.p[0]; top < 0x80 && n > 0; top <<= 1)
		n--;
	return n;
}

/* SP 800-89 5.3.3, with the one exponent that everybody has: small ones have met bad padding too often. */
static bool check_rsa(struct zy_bytes modulus, struct zy_bytes exponent, unsigned bits, struct zy_error *err)
{
	if (bits < ZY_RSA_BITS_LEAST || bits > ZY_RSA_BITS_MOST)
		return zy_fail(err, ZY_E_KEY_SIZE, "modulus", ZY_NOWHERE,
		    "the RSA key has %u bits; %d to %d are taken, fewer by most profiles", bits, ZY_RSA_BITS_LEAST,
		    ZY_RSA_BITS_MOST);
	if (!zy_bytes_equal(exponent, ZY_LITERAL("\x01\x00\x01")))
		return zy_fail(
		    err, ZY_E_KEY_EXPONENT, "publicExponent", ZY_NOWHERE, "the exponent of an RSA key must be 65537");
	return (modulus.p[modulus.len - 1] & 1) != 0 ||
	       zy_fail(err, ZY_E_KEY_MODULUS, "modulus", ZY_NOWHERE, "the modulus is even: this is no RSA key");
}

static bool take_rsa(struct zy_bytes bits, struct zy_spki *k, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(bits), seq;
	struct zy_bytes modulus, exponent;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "RSAPublicKey", &seq, err) ||
	    !zy_der_unsigned(&seq, "modulus", &modulus, err) ||
	    !zy_der_unsigned(&seq, "publicExponent", &exponent, err) || !zy_der_end(&seq, "RSAPublicKey", err) ||
	    !zy_der_end(&r, "RSAPublicKey", err))
		return false;
	/* the size is judged first: both numbers bound what is copied */
	*k = (struct zy_spki){ .kind = ZY_SPKI_RSA, .rsa_bits = bits_of(modulus), .len = bits.len };
	if (!check_rsa(modulus, exponent, k->rsa_bits, err) || bits.len > sizeof(k->key))
		return zy_fail(err, ZY_E_KEY, "RSAPublicKey", ZY_NOWHERE, "the key is too long");
	memcpy(k->key, bits.p, bits.len);
	return true;
}

bool zy_spki_parse(struct zy_reader *r, struct zy_spki *out, struct zy_error *err)
{
	struct zy_bytes type, curve = { 0 }, bits, nothing;
	struct zy_error why = { 0 };
	struct zy_reader spki, alg;
	bool rsa;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "subjectPublicKeyInfo", &spki, err) ||
	    !zy_der_enter(&spki, ZY_DER_SEQUENCE, "subjectPublicKeyInfo.algorithm", &alg, err) ||
	    !zy_der_take(&alg, ZY_DER_OID, "subjectPublicKeyInfo.algorithm", &type, err))
		return false;
	rsa = zy_bytes_equal(type, oid_rsa);
	if (!rsa && !zy_bytes_equal(type, zy_oid_ec_public_key))
		return zy_fail(err, ZY_E_KEY, "subjectPublicKeyInfo.algorithm", zy_reader_offset(&alg),
		    "the key is neither SM2 nor P-256 nor RSA");
	/* RFC 3279 2.3.1: NULL stands there */
	if (!(rsa ? zy_der_take(&alg, ZY_DER_NULL, "subjectPublicKeyInfo.parameters", &nothing, err)
		  : zy_der_take(&alg, ZY_DER_OID, "subjectPublicKeyInfo.parameters", &curve, err)) ||
	    !zy_der_end(&alg, "subjectPublicKeyInfo.algorithm", err) ||
	    !zy_der_bits(&spki, "subjectPublicKey", &bits, err) || !zy_der_end(&spki, "subjectPublicKeyInfo", err))
		return false;
	if (!rsa)
		return take_point(curve, bits, zy_reader_offset(&spki), out, err);
	return take_rsa(bits, out, &why) || zy_fail(err, why.code, why.field, zy_reader_offset(&spki), "%s", why.msg);
}

void zy_spki_put(struct zy_buf *b, const struct zy_spki *k)
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE), algorithm = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_OID, k->kind == ZY_SPKI_RSA ? oid_rsa : zy_oid_ec_public_key);
	if (k->kind == ZY_SPKI_RSA)
		zy_der_put(b, ZY_DER_NULL, ZY_BYTES(NULL, 0));
	else
		zy_der_put(b, ZY_DER_OID, k->kind == ZY_SPKI_SM2 ? zy_oid_sm2_curve : zy_oid_p256);
	zy_der_close(b, algorithm);
	zy_der_put_bits(b, zy_spki_key(k));
	zy_der_close(b, mark);
}

struct zy_spki zy_spki_of_point(enum zy_suite suite, const uint8_t point[65])
{
	struct zy_spki k = { .kind = suite == ZY_SUITE_GM ? ZY_SPKI_SM2 : ZY_SPKI_P256, .len = 65 };

	memcpy(k.key, point, 65);
	return k;
}

struct zy_bytes zy_spki_key(const struct zy_spki *k)
{
	return ZY_BYTES(k->key, k->len);
}

bool zy_spki_equal(const struct zy_spki *a, const struct zy_spki *b)
{
	return a->kind == b->kind && zy_bytes_equal(zy_spki_key(a), zy_spki_key(b));
}

enum zy_suite zy_spki_suite(const struct zy_spki *k)
{
	return k->kind == ZY_SPKI_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL;
}
