/* Values that are right, but not made as their algorithm names it: neither altered, nor what a verifier need accept. */
#include "value.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "zy/der.h"

#define RSA_MAX 1024 /* octets of a modulus */

/* A number of an Ecdsa-Sig-Value as careless programs write it: a length in any form, any zeros in front, no zero where
 * the first bit is set. */
static bool take_number(struct zy_reader *r, size_t len, uint8_t *out)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes v;
	uint8_t tag, form;
	uint64_t n;

	if (!zy_take_u8(r, "", &tag, &ignored) || tag != ZY_DER_INTEGER || !zy_take_u8(r, "", &form, &ignored))
		return false;
	n = form;
	if (form >= 0x80 && (form == 0x80 || form > 0x84 || !zy_take_be(r, form & 0x7f, "", &n, &ignored)))
		return false;
	if (n > zy_reader_left(r) || !zy_take(r, (size_t)n, "", &v, &ignored))
		return false;
	while (v.len > len && v.p[0] == 0)
		v = ZY_BYTES(v.p + 1, v.len - 1);
	if (v.len > len)
		return false;
	memset(out, 0, len);
	if (v.len > 0)
		memcpy(out + (len - v.len), v.p, v.len);
	return true;
}

/* r||s of a signature that is a SEQUENCE of two numbers in some way. */
static bool take_careless(struct zy_bytes signature, size_t half, uint8_t out[2 * 66])
{
	struct zy_reader r = zy_reader_over(signature);
	struct zy_error ignored = { 0 };
	uint8_t tag, form;
	uint64_t n;

	if (!zy_take_u8(&r, "", &tag, &ignored) || tag != ZY_DER_SEQUENCE || !zy_take_u8(&r, "", &form, &ignored) ||
	    (form > 0x80 && (form > 0x84 || !zy_take_be(&r, form & 0x7f, "", &n, &ignored))))
		return false;
	return take_number(&r, half, out) && take_number(&r, half, out + half) && zy_reader_left(&r) == 0;
}

static bool is_good(struct zy_keys *k, const struct zy_value *v)
{
	struct zy_error ignored = { 0 };
	bool good = false;

	return zy_value_verify(k, v, &good, &ignored) && good;
}

static const char *other_numbers(struct zy_keys *k, struct zy_value v, bool careless)
{
	const size_t half = (v.key.strength + 7) / 8;
	uint8_t rs[2 * 66];

	v.bare = true;
	if (is_good(k, &v))
		return "it verifies with r and s side by side instead of a SEQUENCE (RFC 3279 2.2.3)";
	if (!careless || half > 66 || !take_careless(v.signature, half, rs))
		return NULL;
	v.signature = ZY_BYTES(rs, 2 * half);
	return is_good(k, &v) ? "it verifies, but r and s are not written in DER" : NULL;
}

/* The encoded message of a signature (RFC 8017 5.2.2). */
static size_t recover(const struct zy_value *v, uint8_t out[RSA_MAX])
{
	const unsigned char *p = v->key.der.p;
	EVP_PKEY *pkey = v->key.der.len > 65536 ? NULL : d2i_PUBKEY(NULL, &p, (long)v->key.der.len);
	EVP_PKEY_CTX *ctx = pkey == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	size_t len = RSA_MAX;
	bool ok = ctx != NULL && v->key.strength <= 8 * RSA_MAX && EVP_PKEY_verify_recover_init(ctx) == 1 &&
		  EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
		  EVP_PKEY_verify_recover(ctx, out, &len, v->signature.p, v->signature.len) == 1;

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	return ok ? len : 0;
}

/* EMSA-PKCS1-v1_5 (RFC 8017 9.2) whose DigestInfo lacks NULL: made whole and compared, so that nothing can hide in it.
 */
static bool lacks_null(const struct zy_value *v)
{
	uint8_t em[RSA_MAX], digest[ZY_MD_MAX];
	size_t len = recover(v, em), digest_len = v->message.len, info, alg;
	struct zy_bytes hash = v->message, oid = zy_oid_of_md(v->alg.md);
	ZY_BUF_AUTO b = { .cap = RSA_MAX }, made = { .cap = RSA_MAX };
	struct zy_error ignored = { 0 };

	if (len == 0 || oid.len == 0 ||
	    (!v->hashed && !zy_md_digest(v->alg.md, v->message, digest, &digest_len, &ignored)))
		return false;
	if (!v->hashed)
		hash = ZY_BYTES(digest, digest_len);
	info = zy_der_open(&b, ZY_DER_SEQUENCE);
	alg = zy_der_open(&b, ZY_DER_SEQUENCE);
	zy_der_put(&b, ZY_DER_OID, oid);
	zy_der_close(&b, alg);
	zy_der_put(&b, ZY_DER_OCTETS, hash);
	zy_der_close(&b, info);
	if (b.failed || b.len + 11 > len)
		return false;
	zy_buf_put(&made, ZY_LITERAL("\0\1"));
	while (made.len + b.len + 1 < len)
		zy_buf_put_u8(&made, 0xff);
	zy_buf_put_u8(&made, 0);
	zy_buf_put(&made, zy_buf_bytes(&b));
	return !made.failed && zy_bytes_equal(zy_buf_bytes(&made), ZY_BYTES(em, len));
}

static const char *other_padding(struct zy_keys *k, struct zy_value v)
{
	const bool named = v.alg.kind == ZY_KEY_RSA_PSS;

	if (!named && v.key.kind == ZY_KEY_RSA && lacks_null(&v))
		return "it verifies, but its DigestInfo lacks the NULL of its algorithm (RFC 8017 9.2)";
	v.alg.kind = ZY_KEY_RSA_PSS;
	v.alg.salt_len = -1;
	v.key.pss_restricted = false;
	if (!is_good(k, &v))
		return NULL;
	return named ? "it verifies as RSASSA-PSS, but not with the salt or digest that its key and algorithm name"
		     : "it verifies as RSASSA-PSS, which its algorithm does not name (RFC 4056 3)";
}

const char *zy_value_otherwise(struct zy_keys *k, const struct zy_value *v, bool careless)
{
	if (v->alg.kind == v->key.kind && (v->key.kind == ZY_KEY_EC || v->key.kind == ZY_KEY_SM2))
		return other_numbers(k, *v, careless);
	if ((v->alg.kind == ZY_KEY_RSA || v->alg.kind == ZY_KEY_RSA_PSS) &&
	    (v->key.kind == ZY_KEY_RSA || v->key.kind == ZY_KEY_RSA_PSS))
		return other_padding(k, *v);
	return NULL;
}
