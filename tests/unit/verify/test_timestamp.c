/* Time-stamp tokens of both suites by an authority made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "verify_keys.h"
#include "zy/tsp.h"

#define CRITICAL "critical,timeStamping"
#define CONTENT ZY_LITERAL("what is stamped")

/* A root and an authority under it, with that extKeyUsage ("" for none), valid in 2026. */
struct authority {
	enum zy_suite suite;
	EVP_PKEY *root_key, *key;
	struct zy_bytes root, cert;
};

static EVP_PKEY *new_key(enum zy_suite suite)
{
	EVP_PKEY *k = suite == ZY_SUITE_GM ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2") : EVP_EC_gen("P-256");

	assert_non_null(k);
	return k;
}

static EVP_MD_CTX *signing(enum zy_suite suite, EVP_PKEY *key)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	assert_true(suite != ZY_SUITE_GM || EVP_PKEY_CTX_set1_id(ctx, "1234567812345678", 16) == 1);
	EVP_MD_CTX_set_pkey_ctx(md, ctx);
	assert_int_equal(
	    EVP_DigestSignInit_ex(md, NULL, suite == ZY_SUITE_GM ? "SM3" : "SHA256", NULL, NULL, key, NULL), 1);
	return md;
}

static void signing_end(EVP_MD_CTX *md)
{
	EVP_PKEY_CTX_free(EVP_MD_CTX_get_pkey_ctx(md));
	EVP_MD_CTX_free(md);
}

static void extend(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *e;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer == NULL ? x : issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(e);
	assert_int_equal(X509_add_ext(x, e, -1), 1);
	X509_EXTENSION_free(e);
}

static X509 *certify(const struct authority *a, EVP_PKEY *key, const char *name, X509 *issuer, const char *eku)
{
	X509 *x = X509_new();
	EVP_MD_CTX *md = signing(a->suite, a->root_key);

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), issuer == NULL ? 1 : 2);
	X509_NAME_add_entry_by_txt(
	    X509_get_subject_name(x), "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(issuer == NULL ? x : issuer));
	ASN1_TIME_set_string(X509_getm_notBefore(x), "20260101000000Z");
	ASN1_TIME_set_string(X509_getm_notAfter(x), "20270101000000Z");
	X509_set_pubkey(x, key);
	extend(x, issuer, NID_basic_constraints, issuer == NULL ? "critical,CA:TRUE" : "critical,CA:FALSE");
	extend(x, issuer, NID_key_usage, issuer == NULL ? "critical,keyCertSign" : "critical,digitalSignature");
	extend(x, issuer, NID_subject_key_identifier, "hash");
	if (issuer != NULL)
		extend(x, issuer, NID_authority_key_identifier, "keyid");
	if (eku[0] != 0)
		extend(x, issuer, NID_ext_key_usage, eku);
	assert_true(X509_sign_ctx(x, md) > 0);
	signing_end(md);
	return x;
}

static struct zy_bytes der_of(X509 *x)
{
	unsigned char *p = NULL;
	int len = i2d_X509(x, &p);

	assert_true(len > 0);
	return ZY_BYTES(p, (size_t)len);
}

static struct authority found(enum zy_suite suite, const char *eku)
{
	struct authority a = { .suite = suite, .root_key = new_key(suite), .key = new_key(suite) };
	X509 *root = certify(&a, a.root_key, "root", NULL, ""), *cert = certify(&a, a.key, "authority", root, eku);

	a.root = der_of(root);
	a.cert = der_of(cert);
	X509_free(root);
	X509_free(cert);
	return a;
}

static void dissolve(struct authority *a)
{
	EVP_PKEY_free(a->root_key);
	EVP_PKEY_free(a->key);
	OPENSSL_free((void *)(uintptr_t)a->root.p);
	OPENSSL_free((void *)(uintptr_t)a->cert.p);
}

static void sign(const struct authority *a, struct zy_bytes message, uint8_t rs[64])
{
	EVP_MD_CTX *md = signing(a->suite, a->key);
	struct zy_error err = { 0 };
	uint8_t der[80];
	size_t len = sizeof(der);

	assert_int_equal(EVP_DigestSign(md, der, &len, message.p, message.len), 1);
	assert_true(zy_der_rs(ZY_BYTES(der, len), rs, &err));
	signing_end(md);
}

/* A token whose attributes are over `signed_info` while it carries `info`. */
static void stamp_other(
    const struct authority *a, struct zy_bytes info, struct zy_bytes signed_info, bool certs, struct zy_buf *out)
{
	ZY_BUF_AUTO attrs = { 0 };
	ZY_ARENA_AUTO arena = { 0 };
	struct zy_error err = { 0 };
	struct zy_tst_frame f;
	uint8_t rs[64];

	assert_true(zy_tst_frame_make(&f, a->suite, &a->cert, 1, &arena, &err));
	assert_true(zy_tst_attrs_encode(&f, signed_info, &attrs, &err));
	sign(a, zy_buf_bytes(&attrs), rs);
	assert_true(zy_tst_encode(&f, certs, info, zy_buf_bytes(&attrs), rs, out, &err));
}

static void put_info(enum zy_suite suite, zy_time at, struct zy_bytes extensions, struct zy_buf *out)
{
	const enum zy_tsp_hash h = suite == ZY_SUITE_GM ? ZY_TSP_SM3 : ZY_TSP_SHA512;
	uint8_t digest[ZY_TSP_DIGEST_MAX];
	ZY_BUF_AUTO imprint = { 0 };
	struct zy_error err = { 0 };
	struct zy_tst_info i = { .policy = ZY_LITERAL("\x88\x37\x01"),
		.serial = ZY_LITERAL("\x01"),
		.gen_time = { at, 500000000 },
		.extensions = extensions };

	assert_true(zy_tsp_digest(h, CONTENT, digest, &err));
	zy_tsp_imprint_put(&imprint, h, ZY_BYTES(digest, zy_tsp_hash_len(h)));
	i.imprint.der = zy_buf_bytes(&imprint);
	assert_true(zy_tst_info_encode(&i, out, &err));
}

static void stamp(const struct authority *a, zy_time at, struct zy_buf *out)
{
	ZY_BUF_AUTO info = { 0 };

	put_info(a->suite, at, (struct zy_bytes){ 0 }, &info);
	stamp_other(a, zy_buf_bytes(&info), zy_buf_bytes(&info), true, out);
}

/* Judges at VERIFY_AT; code NULL: passed; else that finding is there and the indication is as said. */
static void judged(const struct authority *a, unsigned purposes, struct zy_bytes in, struct zy_bytes content,
    enum zy_indication want, const char *code)
{
	struct zy_trust_cert anchor = { a->root, purposes };
	struct zy_trust t = { .version = 1, .next_update = VERIFY_AT + 86400, .num_anchors = 1, .anchors = &anchor };
	struct zy_error err = { 0 };
	ZY_REPORT_AUTO r;
	struct zy_keys *k;

	assert_true(zy_keys_open(&k, &err));
	zy_report_start(&r, "stamp", VERIFY_AT);
	if (!zy_judge_timestamp(k, purposes == 0 ? NULL : &t, in, content, VERIFY_AT, &r, &err))
		fail_msg("%s", err.msg);
	if (zy_report_indication(&r) != want || (code != NULL && !verify_has(&r, code)))
		fail_msg("%s: %s with %s", code == NULL ? "good" : code, zy_indication_name(zy_report_indication(&r)),
		    r.first == NULL ? "nothing" : r.first->rule->code);
	if (want == ZY_TOTAL_PASSED) {
		assert_string_equal(r.signatures[0].kind, "timestamp");
		assert_string_equal(r.signatures[0].time_source, "token");
		assert_int_equal(r.signatures[0].signing_time, VERIFY_AT - 60);
	}
	zy_keys_close(k);
	assert_int_equal(ERR_peek_error(), 0);
}

static void a_token_or_its_response_passes_with_its_content_alone(void **state)
{
	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		struct authority a = found(s, CRITICAL);
		ZY_BUF_AUTO token = { 0 }, response = { 0 }, refusal = { 0 };
		struct zy_tsp_response r = { 0 };
		struct zy_error err = { 0 };

		stamp(&a, VERIFY_AT - 60, &token);
		r.token = zy_buf_bytes(&token);
		assert_true(zy_tsp_response_encode(&r, &response, &err));
		assert_true(zy_tsp_refusal_encode(ZY_TSP_BAD_ALG, "no", &refusal, &err));
		judged(&a, ZY_PURPOSE_TIMESTAMP, r.token, CONTENT, ZY_TOTAL_PASSED, NULL);
		judged(&a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&response), CONTENT, ZY_TOTAL_PASSED, NULL);
		judged(
		    &a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&refusal), CONTENT, ZY_INDETERMINATE, "timestamp-refused");
		judged(&a, ZY_PURPOSE_TIMESTAMP, r.token, ZY_LITERAL("other"), ZY_TOTAL_FAILED, "timestamp-imprint");
		judged(&a, 0, r.token, CONTENT, ZY_INDETERMINATE, "trust-absent");
		judged(&a, 0, r.token, ZY_LITERAL("other"), ZY_TOTAL_FAILED, "timestamp-imprint");
		/* an anchor of documents is none of time-stamps */
		judged(&a, ZY_PURPOSE_DOCUMENT, r.token, CONTENT, ZY_INDETERMINATE, "no-chain");
		dissolve(&a);
	}
}

static void any_changed_octet_is_seen(void **state)
{
	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		struct authority a = found(s, CRITICAL);
		struct zy_trust_cert anchor = { a.root, ZY_PURPOSE_TIMESTAMP };
		struct zy_trust t = {
			.version = 1, .next_update = VERIFY_AT + 86400, .num_anchors = 1, .anchors = &anchor
		};
		struct zy_error err = { 0 };
		ZY_BUF_AUTO token = { 0 };
		struct zy_keys *k;

		assert_true(zy_keys_open(&k, &err));
		stamp(&a, VERIFY_AT - 60, &token);
		for (size_t i = 0; i < token.len; i++) {
			ZY_REPORT_AUTO r;

			err = (struct zy_error){ 0 };
			token.p[i] ^= 1;
			zy_report_start(&r, "stamp", VERIFY_AT);
			if (zy_judge_timestamp(k, &t, zy_buf_bytes(&token), CONTENT, VERIFY_AT, &r, &err) &&
			    zy_report_indication(&r) == ZY_TOTAL_PASSED)
				fail_msg("octet %zu was changed and the token passed", i);
			token.p[i] ^= 1;
		}
		zy_keys_close(k);
		dissolve(&a);
	}
}

static void a_certificate_for_anything_else_stamps_nothing(void **state)
{
	static const char *const usages[] = { "", "timeStamping", "critical,timeStamping,codeSigning",
		"critical,emailProtection" };

	(void)state;
	for (size_t i = 0; i < sizeof(usages) / sizeof(usages[0]); i++) {
		struct authority a = found(ZY_SUITE_INTL, usages[i]);
		ZY_BUF_AUTO token = { 0 };

		stamp(&a, VERIFY_AT - 60, &token);
		judged(
		    &a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&token), CONTENT, ZY_INDETERMINATE, "certificate-key-usage");
		dissolve(&a);
	}
}

static void genTime_lies_inside_the_certificate_and_not_ahead(void **state)
{
	struct authority a = found(ZY_SUITE_INTL, CRITICAL);
	ZY_BUF_AUTO early = { 0 }, ahead = { 0 };

	(void)state;
	stamp(&a, 1767225599, &early); /* 2025-12-31T23:59:59Z */
	judged(&a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&early), CONTENT, ZY_TOTAL_FAILED, "signed-before-certificate");
	stamp(&a, VERIFY_AT + 3600, &ahead);
	judged(&a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&ahead), CONTENT, ZY_TOTAL_FAILED, "signed-in-future");
	dissolve(&a);
}

static void what_is_not_of_one_piece_is_found(void **state)
{
	static const struct zy_bytes critical = ZY_LITERAL("\xa1\x0c\x30\x0a\x06\x02\x2a\x03\x01\x01\xff\x04\x01\x61");
	struct authority a = found(ZY_SUITE_INTL, CRITICAL);
	ZY_BUF_AUTO info = { 0 }, other = { 0 }, strange = { 0 }, swapped = { 0 }, bare = { 0 }, unknown = { 0 };

	(void)state;
	put_info(a.suite, VERIFY_AT - 60, (struct zy_bytes){ 0 }, &info);
	put_info(a.suite, VERIFY_AT - 61, (struct zy_bytes){ 0 }, &other);
	put_info(a.suite, VERIFY_AT - 60, critical, &strange);
	stamp_other(&a, zy_buf_bytes(&info), zy_buf_bytes(&other), true, &swapped);
	judged(&a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&swapped), CONTENT, ZY_TOTAL_FAILED, "timestamp-content");
	stamp_other(&a, zy_buf_bytes(&info), zy_buf_bytes(&info), false, &bare);
	judged(&a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&bare), CONTENT, ZY_INDETERMINATE, "no-signing-certificate");
	stamp_other(&a, zy_buf_bytes(&strange), zy_buf_bytes(&strange), true, &unknown);
	judged(&a, ZY_PURPOSE_TIMESTAMP, zy_buf_bytes(&unknown), CONTENT, ZY_INDETERMINATE, "timestamp-extension");
	judged(
	    &a, ZY_PURPOSE_TIMESTAMP, ZY_LITERAL("\x30\x02\x06\x00"), CONTENT, ZY_TOTAL_FAILED, "timestamp-unreadable");
	dissolve(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_or_its_response_passes_with_its_content_alone),
		cmocka_unit_test(any_changed_octet_is_seen),
		cmocka_unit_test(a_certificate_for_anything_else_stamps_nothing),
		cmocka_unit_test(genTime_lies_inside_the_certificate_and_not_ahead),
		cmocka_unit_test(what_is_not_of_one_piece_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
