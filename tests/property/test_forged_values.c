/* Signature values that are forged or written otherwise, made with keys of our own: for each kind of key what attacks
 * on verifiers have used, and what verifiers are known to differ about. Each is right, right otherwise, or wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "verify/value.h"
#include "zy/der.h"
#include "zy/sm2.h"

enum verdict { WRONG, OTHERWISE, RIGHT };

static const struct zy_bytes message = ZY_LITERAL("what was signed");
static struct zy_keys *keys;

static enum verdict judge(struct zy_bytes spki, struct zy_sig_alg alg, struct zy_bytes signature, bool hashed)
{
	struct zy_value v = { .alg = alg, .id = zy_sm2_id, .message = message, .signature = signature };
	struct zy_error err = { 0 };
	uint8_t digest[ZY_MD_MAX];
	size_t len;
	bool good = false;

	if (!zy_public_key_parse(spki, &v.key, &err))
		return WRONG;
	if (hashed) {
		assert_true(zy_md_digest(alg.md, message, digest, &len, &err));
		v.hashed = true;
		v.message = ZY_BYTES(digest, len);
	}
	if (!zy_value_verify(keys, &v, &good, &err))
		return WRONG;
	return good ? RIGHT : zy_value_otherwise(keys, &v, true) != NULL ? OTHERWISE : WRONG;
}

static struct zy_bytes spki_of(EVP_PKEY *pkey, struct zy_buf *out)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(pkey, &der);

	assert_true(len > 0);
	zy_buf_put(out, ZY_BYTES(der, (size_t)len));
	OPENSSL_free(der);
	return zy_buf_bytes(out);
}

/* ---- RSA: any encoded message, signed with the key ---- */

#define RSA_LEN 256

static EVP_PKEY *rsa_key(unsigned long exponent)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *pkey = NULL;
	BIGNUM *e = BN_new();

	assert_true(BN_set_word(e, exponent) == 1 && EVP_PKEY_keygen_init(ctx) == 1 &&
		    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 8 * RSA_LEN) == 1 &&
		    EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e) == 1 && EVP_PKEY_generate(ctx, &pkey) == 1);
	BN_free(e);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static void rsa_raw(EVP_PKEY *pkey, const uint8_t em[RSA_LEN], uint8_t out[RSA_LEN])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	size_t len = RSA_LEN;

	assert_true(EVP_PKEY_sign_init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
		    EVP_PKEY_sign(ctx, out, &len, em, RSA_LEN) == 1 && len == RSA_LEN);
	EVP_PKEY_CTX_free(ctx);
}

/* 00 01 FF.. 00 and what comes behind it */
static void padded(const uint8_t *info, size_t len, uint8_t em[RSA_LEN])
{
	memset(em, 0xff, RSA_LEN);
	em[0] = 0;
	em[1] = 1;
	em[RSA_LEN - len - 1] = 0;
	memcpy(em + RSA_LEN - len, info, len);
}

#define SHA256_OID "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"

/* How a DigestInfo with the right digest (32 octets behind `head`) is written; tail: what follows it. */
static const struct {
	const char *what, *head;
	size_t head_len;
	size_t tail;
	enum verdict verdict;
} infos[] = {
	{ "as it must be", "\x30\x31\x30\x0d" SHA256_OID "\x05\x00\x04\x20", 19, 0, RIGHT },
	{ "no NULL", "\x30\x2f\x30\x0b" SHA256_OID "\x04\x20", 17, 0, OTHERWISE },
	{ "garbage in place of NULL", "\x30\x33\x30\x0f" SHA256_OID "\x04\x02\x01\x02\x04\x20", 21, 0, WRONG },
	{ "NULL with a content", "\x30\x32\x30\x0e" SHA256_OID "\x05\x01\x00\x04\x20", 20, 0, WRONG },
	{ "NULL twice", "\x30\x33\x30\x0f" SHA256_OID "\x05\x00\x05\x00\x04\x20", 21, 0, WRONG },
	{ "a length in two octets", "\x30\x81\x31\x30\x0d" SHA256_OID "\x05\x00\x04\x20", 20, 0, WRONG },
	{ "the digest's length in two octets", "\x30\x32\x30\x0d" SHA256_OID "\x05\x00\x04\x81\x20", 20, 0, WRONG },
	{ "indefinite", "\x30\x80\x30\x0d" SHA256_OID "\x05\x00\x04\x20", 19, 2, WRONG },
	{ "of another digest", "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00\x04\x20", 19, 0,
	    WRONG },
	{ "no DigestInfo", "", 0, 0, WRONG },
	{ "garbage behind it", "\x30\x31\x30\x0d" SHA256_OID "\x05\x00\x04\x20", 19, 8, WRONG },
	{ "garbage behind it, no NULL", "\x30\x2f\x30\x0b" SHA256_OID "\x04\x20", 17, 8, WRONG },
	{ "garbage counted in", "\x30\x39\x30\x0d" SHA256_OID "\x05\x00\x04\x20", 19, 8, WRONG },
};

static size_t put_info(size_t i, uint8_t out[128])
{
	struct zy_error err = { 0 };
	size_t len, head = infos[i].head_len;

	memcpy(out, infos[i].head, head);
	assert_true(zy_md_digest(ZY_MD_SHA256, message, out + head, &len, &err));
	memset(out + head + len, 0, infos[i].tail);
	return head + len + infos[i].tail;
}

static void an_encoded_message_is_taken_whole_or_not(void **state)
{
	static const struct zy_sig_alg alg = { ZY_KEY_RSA, ZY_MD_SHA256, -1 };
	EVP_PKEY *all[2] = { rsa_key(65537), rsa_key(3) };

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		ZY_BUF_AUTO spki = { 0 };

		spki_of(all[k], &spki);
		for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); i++) {
			uint8_t info[128], em[RSA_LEN], signature[RSA_LEN];

			padded(info, put_info(i, info), em);
			rsa_raw(all[k], em, signature);
			for (int hashed = 0; hashed < 2; hashed++)
				if (judge(zy_buf_bytes(&spki), alg, ZY_BYTES(signature, RSA_LEN), hashed != 0) !=
				    infos[i].verdict)
					fail_msg("%s, key %zu", infos[i].what, k);
		}
		EVP_PKEY_free(all[k]);
	}
}

/* Other bytes in the padding, by their place and value. */
static void no_octet_of_the_padding_is_free(void **state)
{
	static const struct zy_sig_alg alg = { ZY_KEY_RSA, ZY_MD_SHA256, -1 };
	EVP_PKEY *pkey = rsa_key(65537);
	ZY_BUF_AUTO spki = { 0 };
	uint8_t info[128], em[RSA_LEN], signature[RSA_LEN];
	size_t len = put_info(0, info);

	(void)state;
	spki_of(pkey, &spki);
	for (size_t i = 1; i < RSA_LEN - len; i++) {
		padded(info, len, em);
		em[i] ^= (uint8_t)(1 + i % 255);
		rsa_raw(pkey, em, signature);
		if (judge(zy_buf_bytes(&spki), alg, ZY_BYTES(signature, RSA_LEN), false) != WRONG)
			fail_msg("octet %zu", i);
	}
	padded(info, len, em);
	em[1] = 2; /* a message that was encrypted */
	rsa_raw(pkey, em, signature);
	assert_int_equal(judge(zy_buf_bytes(&spki), alg, ZY_BYTES(signature, RSA_LEN), false), WRONG);
	EVP_PKEY_free(pkey);
}

/* The greatest x with x^3 <= n. */
static void cube_root(const BIGNUM *n, BIGNUM *x)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *c = BN_new(), *three = BN_new();

	BN_zero(x);
	BN_set_word(three, 3);
	for (int bit = BN_num_bits(n) / 3 + 1; bit >= 0; bit--) {
		BN_set_bit(x, bit);
		assert_true(BN_exp(c, x, three, ctx) == 1);
		if (BN_cmp(c, n) > 0)
			BN_clear_bit(x, bit);
	}
	BN_free(c);
	BN_free(three);
	BN_CTX_free(ctx);
}

/* Bleichenbacher 2006: with the exponent 3 a cube near 00 01 FF 00 DigestInfo, with garbage behind it, needs no key. */
static void a_cube_is_no_signature(void **state)
{
	static const struct zy_sig_alg alg = { ZY_KEY_RSA, ZY_MD_SHA256, -1 };
	EVP_PKEY *pkey = rsa_key(3);
	ZY_BUF_AUTO spki = { 0 };
	uint8_t info[128], em[RSA_LEN], signature[RSA_LEN];

	(void)state;
	spki_of(pkey, &spki);
	for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); i++)
		for (size_t ff = 0; ff < 9; ff += 8) {
			BIGNUM *n, *x = BN_new();
			size_t len = put_info(i, info);

			memset(em, 0xff, RSA_LEN);
			em[0] = 0;
			em[1] = 1;
			em[2 + ff] = 0;
			memcpy(em + 3 + ff, info, len);
			n = BN_bin2bn(em, RSA_LEN, NULL);
			cube_root(n, x);
			assert_int_equal(BN_bn2binpad(x, signature, RSA_LEN), RSA_LEN);
			if (judge(zy_buf_bytes(&spki), alg, ZY_BYTES(signature, RSA_LEN), false) != WRONG)
				fail_msg("%s", infos[i].what);
			BN_free(n);
			BN_free(x);
		}
	EVP_PKEY_free(pkey);
}

static void put_rsa_spki(struct zy_buf *out, struct zy_bytes n, struct zy_bytes e)
{
	static const struct zy_bytes alg = ZY_LITERAL("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
	ZY_BUF_AUTO bits = { 0 };
	size_t mark = zy_der_open(&bits, ZY_DER_SEQUENCE);

	zy_der_put_unsigned(&bits, n);
	zy_der_put_unsigned(&bits, e);
	zy_der_close(&bits, mark);
	mark = zy_der_open(out, ZY_DER_SEQUENCE);
	zy_buf_put(out, alg);
	zy_der_put_bits(out, zy_buf_bytes(&bits));
	zy_der_close(out, mark);
}

/* A key with exponent 1 signs by padding alone; an even modulus or exponent, and numbers out of bounds, are no keys. */
static void keys_that_are_none_verify_nothing(void **state)
{
	static const struct zy_sig_alg alg = { ZY_KEY_RSA, ZY_MD_SHA256, -1 };
	static const struct zy_bytes exponents[] = { ZY_LITERAL("\x01"), ZY_LITERAL("\x02"), ZY_LITERAL("\x01\x00\x00"),
		ZY_LITERAL("\x01\x00\x00\x00\x00\x00\x00\x00\x01"), ZY_LITERAL("\x00") };
	uint8_t n[1100], info[128], em[RSA_LEN];
	size_t len = put_info(0, info);

	(void)state;
	padded(info, len, em);
	memset(n, 0xff, sizeof(n));
	for (size_t i = 0; i < sizeof(exponents) / sizeof(exponents[0]); i++) {
		ZY_BUF_AUTO spki = { 0 };

		put_rsa_spki(&spki, ZY_BYTES(n, RSA_LEN), exponents[i]);
		assert_int_equal(judge(zy_buf_bytes(&spki), alg, ZY_BYTES(em, RSA_LEN), false), WRONG);
	}
	for (size_t i = 0; i < 3; i++) {
		ZY_BUF_AUTO spki = { 0 };

		n[RSA_LEN - 1] = i == 0 ? 0xfe : 0xff; /* even; too long; of eight bits */
		put_rsa_spki(&spki, ZY_BYTES(n, i == 0 ? RSA_LEN : i == 1 ? sizeof(n) : 1), ZY_LITERAL("\x01\x00\x01"));
		assert_int_equal(judge(zy_buf_bytes(&spki), alg, ZY_BYTES(em, RSA_LEN), false), WRONG);
	}
}

/* A short key is judged by arithmetic, and never relied upon. */
static void a_short_key_is_not_relied_upon(void **state)
{
	struct zy_public_key key = { .kind = ZY_KEY_RSA, .strength = 512 };

	(void)state;
	assert_true(zy_public_key_until(&key) == INT64_MIN);
	key.strength = 1024;
	assert_true(zy_public_key_until(&key) < 1400000000);
}

static void pss_sign(EVP_PKEY *pkey, int salt, uint8_t out[RSA_LEN])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	size_t len = RSA_LEN;

	assert_true(EVP_DigestSignInit_ex(ctx, &pctx, "SHA256", NULL, NULL, pkey, NULL) == 1 &&
		    EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, salt) == 1 &&
		    EVP_DigestSign(ctx, out, &len, message.p, message.len) == 1);
	EVP_MD_CTX_free(ctx);
}

/* The salt's length is named by the algorithm (RFC 4055 3.1); another one is not what was announced. */
static void a_salt_has_the_length_that_is_named(void **state)
{
	static const int lengths[] = { 0, 8, 20, 32, 48, 100, RSA_LEN - 34 };
	EVP_PKEY *pkey = rsa_key(65537);
	ZY_BUF_AUTO spki = { 0 };
	uint8_t signature[RSA_LEN];

	(void)state;
	spki_of(pkey, &spki);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		pss_sign(pkey, lengths[i], signature);
		for (size_t k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++) {
			const struct zy_sig_alg named = { ZY_KEY_RSA_PSS, ZY_MD_SHA256, lengths[k] };

			assert_int_equal(judge(zy_buf_bytes(&spki), named, ZY_BYTES(signature, RSA_LEN), false),
			    i == k ? RIGHT : OTHERWISE);
		}
		assert_int_equal(judge(zy_buf_bytes(&spki), (struct zy_sig_alg){ ZY_KEY_RSA_PSS, ZY_MD_SHA512, -1 },
				     ZY_BYTES(signature, RSA_LEN), false),
		    WRONG);
		assert_int_equal(judge(zy_buf_bytes(&spki), (struct zy_sig_alg){ ZY_KEY_RSA, ZY_MD_SHA256, -1 },
				     ZY_BYTES(signature, RSA_LEN), false),
		    OTHERWISE);
		signature[RSA_LEN / 2] ^= 1;
		assert_int_equal(judge(zy_buf_bytes(&spki), (struct zy_sig_alg){ ZY_KEY_RSA_PSS, ZY_MD_SHA256, -1 },
				     ZY_BYTES(signature, RSA_LEN), false),
		    WRONG);
	}
	EVP_PKEY_free(pkey);
}

/* ---- elliptic curves ---- */

struct curve {
	const char *name;
	int nid;
	struct zy_sig_alg alg;
	size_t half;
};
static const struct curve curves[] = {
	{ "SM2", NID_sm2, { ZY_KEY_SM2, ZY_MD_SM3, -1 }, 32 },
	{ "P-256", NID_X9_62_prime256v1, { ZY_KEY_EC, ZY_MD_SHA256, -1 }, 32 },
	{ "P-256", NID_X9_62_prime256v1, { ZY_KEY_EC, ZY_MD_SHA512, -1 }, 32 },
	{ "P-384", NID_secp384r1, { ZY_KEY_EC, ZY_MD_SHA384, -1 }, 48 },
	{ "P-521", NID_secp521r1, { ZY_KEY_EC, ZY_MD_SHA512, -1 }, 66 },
};

static EVP_PKEY *curve_key(const struct curve *c)
{
	return strcmp(c->name, "SM2") == 0 ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2")
					   : EVP_PKEY_Q_keygen(NULL, NULL, "EC", c->name);
}

static void curve_sign(EVP_PKEY *pkey, const struct curve *c, uint8_t rs[2 * 66])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	uint8_t der[256];
	const unsigned char *p = der;
	size_t len = sizeof(der);
	ECDSA_SIG *sig;

	assert_true(EVP_DigestSignInit_ex(ctx, &pctx, zy_md_name(c->alg.md), NULL, NULL, pkey, NULL) == 1);
	if (c->alg.kind == ZY_KEY_SM2)
		assert_true(EVP_PKEY_CTX_set1_id(pctx, zy_sm2_id.p, (int)zy_sm2_id.len) == 1);
	assert_true(EVP_DigestSign(ctx, der, &len, message.p, message.len) == 1);
	assert_non_null(sig = d2i_ECDSA_SIG(NULL, &p, (long)len));
	assert_true(BN_bn2binpad(ECDSA_SIG_get0_r(sig), rs, (int)c->half) > 0 &&
		    BN_bn2binpad(ECDSA_SIG_get0_s(sig), rs + c->half, (int)c->half) > 0);
	ECDSA_SIG_free(sig);
	EVP_MD_CTX_free(ctx);
}

/* INTEGER of any octets, with so many zeros before them and a length of so many octets. */
static void put_number(struct zy_buf *b, struct zy_bytes v, size_t zeros, bool long_form)
{
	zy_buf_put_u8(b, 2);
	if (long_form)
		zy_buf_put_u8(b, 0x81);
	zy_buf_put_u8(b, (uint8_t)(v.len + zeros));
	while (zeros-- > 0)
		zy_buf_put_u8(b, 0);
	zy_buf_put(b, v);
}

static void put_pair(
    struct zy_buf *out, struct zy_bytes r, struct zy_bytes s, size_t zeros, bool long_form, uint8_t tag)
{
	ZY_BUF_AUTO both = { 0 };

	put_number(&both, r, zeros, long_form);
	put_number(&both, s, zeros, long_form);
	zy_buf_put_u8(out, tag);
	if (both.len >= 0x80 || long_form)
		zy_buf_put_u8(out, 0x81);
	zy_buf_put_u8(out, (uint8_t)both.len);
	zy_buf_put(out, zy_buf_bytes(&both));
}

static void put_der(struct zy_buf *out, struct zy_bytes r, struct zy_bytes s)
{
	size_t mark = zy_der_open(out, ZY_DER_SEQUENCE);

	zy_der_put_unsigned(out, r);
	zy_der_put_unsigned(out, s);
	zy_der_close(out, mark);
}

static enum verdict judge_pair(struct zy_bytes spki, const struct curve *c, const BIGNUM *r, const BIGNUM *s)
{
	ZY_BUF_AUTO der = { 0 };
	uint8_t a[80], b[80];
	int a_len = BN_bn2binpad(r, a, 80), b_len = BN_bn2binpad(s, b, 80);

	assert_true(a_len == 80 && b_len == 80);
	put_der(&der, ZY_BYTES(a, 80), ZY_BYTES(b, 80));
	return judge(spki, c->alg, zy_buf_bytes(&der), false);
}

/* Values at the edges of [1, n - 1], alone and in all pairs; 0 and 0 passed for anybody (CVE-2022-21449). */
static void numbers_out_of_range_verify_nothing(const struct curve *c, struct zy_bytes spki, const BIGNUM *order)
{
	BIGNUM *edge[6], *p = BN_new();
	EC_GROUP *group = EC_GROUP_new_by_curve_name(c->nid);

	assert_true(EC_GROUP_get_curve(group, p, NULL, NULL, NULL) == 1);
	for (size_t i = 0; i < 6; i++)
		edge[i] = BN_new();
	BN_zero(edge[0]);
	BN_one(edge[1]);
	BN_sub(edge[2], order, edge[1]);
	BN_copy(edge[3], order);
	BN_add(edge[4], order, edge[1]);
	BN_copy(edge[5], p);
	for (size_t i = 0; i < 36; i++)
		if (judge_pair(spki, c, edge[i / 6], edge[i % 6]) != WRONG)
			fail_msg("%s: %zu", c->name, i);
	for (size_t i = 0; i < 6; i++)
		BN_free(edge[i]);
	BN_free(p);
	EC_GROUP_free(group);
}

/* Of ECDSA n - s is right where s is; of SM2 it is not. r + n and s + n are none. */
static void other_numbers_of_the_same_signature(
    const struct curve *c, struct zy_bytes spki, const BIGNUM *order, const uint8_t rs[2 * 66])
{
	BIGNUM *r = BN_bin2bn(rs, (int)c->half, NULL), *s = BN_bin2bn(rs + c->half, (int)c->half, NULL), *t = BN_new();

	assert_int_equal(judge_pair(spki, c, r, s), RIGHT);
	assert_int_equal(judge_pair(spki, c, s, r), WRONG);
	BN_sub(t, order, s);
	assert_int_equal(judge_pair(spki, c, r, t), c->alg.kind == ZY_KEY_SM2 ? WRONG : RIGHT);
	BN_add(t, order, s);
	assert_int_equal(judge_pair(spki, c, r, t), WRONG);
	BN_add(t, order, r);
	assert_int_equal(judge_pair(spki, c, t, s), WRONG);
	BN_free(r);
	BN_free(s);
	BN_free(t);
}

static void other_spellings(const struct curve *c, struct zy_bytes spki, const uint8_t rs[2 * 66])
{
	const struct zy_bytes r = ZY_BYTES(rs, c->half), s = ZY_BYTES(rs + c->half, c->half);
	ZY_BUF_AUTO zeros = { 0 }, far = { 0 }, tail = { 0 }, set = { 0 };

	assert_int_equal(judge(spki, c->alg, ZY_BYTES(rs, 2 * c->half), false), OTHERWISE);
	put_pair(&zeros, r, s, 3, false, ZY_DER_SEQUENCE);
	assert_int_equal(judge(spki, c->alg, zy_buf_bytes(&zeros), false), OTHERWISE);
	put_pair(&far, r, s, 1, true, ZY_DER_SEQUENCE);
	assert_int_equal(judge(spki, c->alg, zy_buf_bytes(&far), false), OTHERWISE);
	put_der(&tail, r, s);
	zy_buf_put_u8(&tail, 0);
	assert_int_equal(judge(spki, c->alg, zy_buf_bytes(&tail), false), WRONG);
	put_pair(&set, r, s, 1, false, ZY_DER_SET);
	assert_int_equal(judge(spki, c->alg, zy_buf_bytes(&set), false), WRONG);
	assert_int_equal(judge(spki, c->alg, ZY_LITERAL(""), false), WRONG);
	assert_int_equal(judge(spki, c->alg, ZY_LITERAL("\x30\x00"), false), WRONG);
	assert_int_equal(judge(spki, c->alg, ZY_LITERAL("\x30\x06\x02\x01\xff\x02\x01\xff"), false), WRONG);
	assert_int_equal(judge(spki, c->alg, ZY_LITERAL("\x30\x04\x02\x00\x02\x00"), false), WRONG);
}

/* A point that is none of the curve, the infinite one, and one in other forms. */
static void points_that_are_none(const struct curve *c, struct zy_bytes spki, const uint8_t rs[2 * 66])
{
	ZY_BUF_AUTO der = { 0 }, copy = { 0 };
	size_t point = spki.len - 2 * c->half;

	put_der(&der, ZY_BYTES(rs, c->half), ZY_BYTES(rs + c->half, c->half));
	zy_buf_put(&copy, spki);
	copy.p[spki.len - 1] ^= 1;
	assert_int_equal(judge(zy_buf_bytes(&copy), c->alg, zy_buf_bytes(&der), false), WRONG);
	copy.p[spki.len - 1] ^= 1;
	memset(copy.p + point, 0, 2 * c->half);
	assert_int_equal(judge(zy_buf_bytes(&copy), c->alg, zy_buf_bytes(&der), false), WRONG);
	memset(copy.p + point, 0xff, 2 * c->half);
	assert_int_equal(judge(zy_buf_bytes(&copy), c->alg, zy_buf_bytes(&der), false), WRONG);
}

static void numbers_and_points_are_held_against_their_curve(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		const struct curve *c = &curves[i];
		EC_GROUP *group = EC_GROUP_new_by_curve_name(c->nid);
		EVP_PKEY *pkey = curve_key(c);
		ZY_BUF_AUTO spki = { 0 };
		uint8_t rs[2 * 66];

		assert_non_null(pkey);
		spki_of(pkey, &spki);
		curve_sign(pkey, c, rs);
		numbers_out_of_range_verify_nothing(c, zy_buf_bytes(&spki), EC_GROUP_get0_order(group));
		other_numbers_of_the_same_signature(c, zy_buf_bytes(&spki), EC_GROUP_get0_order(group), rs);
		other_spellings(c, zy_buf_bytes(&spki), rs);
		points_that_are_none(c, zy_buf_bytes(&spki), rs);
		EVP_PKEY_free(pkey);
		EC_GROUP_free(group);
	}
}

static int start(void **state)
{
	struct zy_error err = { 0 };

	(void)state;
	return zy_keys_open(&keys, &err) ? 0 : 1;
}

static int end(void **state)
{
	(void)state;
	zy_keys_close(keys);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_encoded_message_is_taken_whole_or_not),
		cmocka_unit_test(no_octet_of_the_padding_is_free),
		cmocka_unit_test(a_cube_is_no_signature),
		cmocka_unit_test(keys_that_are_none_verify_nothing),
		cmocka_unit_test(a_short_key_is_not_relied_upon),
		cmocka_unit_test(a_salt_has_the_length_that_is_named),
		cmocka_unit_test(numbers_and_points_are_held_against_their_curve),
	};
	return cmocka_run_group_tests(tests, start, end);
}
