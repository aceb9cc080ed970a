#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "helpers/soft_p256.h"
#include "zy/file.h"
#include "zy/pkix.h"
#include "zy/tsp.h"

static struct soft_p256 soft;

#define SHA256_OID "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define DIGEST "0123456789abcdef0123456789abcdef"
#define IMPRINT "\x30\x2f\x30\x0b" SHA256_OID "\x04\x20" DIGEST
#define POLICY "\x06\x06\x88\x37\x98\x59\x01\x01"

static struct zy_bytes openssl_made(struct zy_arena *a, const char *name)
{
	struct zy_error err = { 0 };
	struct zy_bytes out = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), ZY_SOURCE_DIR "/tests/fuzz/seeds/tsp_request/%s", name);
	assert_true(zy_file_read(path, 4096, a, &out, &err));
	return out;
}

static void requests_of_openssl_are_read_and_encode_to_the_same_bytes(void **state)
{
	static const struct {
		const char *name;
		enum zy_tsp_hash hash;
		size_t nonce, policy;
		bool cert_req;
	} made[] = { { "sha256-nonce", ZY_TSP_SHA256, 8, 0, true }, { "sha512", ZY_TSP_SHA512, 8, 0, false },
		{ "sm3-policy", ZY_TSP_SM3, 0, 5, true }, { "sha1", ZY_TSP_HASH_OTHER, 8, 0, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO again = { 0 };
		struct zy_bytes in = openssl_made(&a, made[i].name);
		struct zy_error err = { 0 };
		struct zy_tsp_request q;

		assert_true(zy_tsp_request_parse(&q, in, &err));
		assert_int_equal(q.imprint.hash, made[i].hash);
		assert_int_equal(q.nonce.len, made[i].nonce);
		assert_int_equal(q.policy.len, made[i].policy);
		assert_int_equal(q.cert_req, made[i].cert_req);
		assert_true(zy_tsp_request_encode(&q, &again, &err));
		assert_true(zy_bytes_equal(zy_buf_bytes(&again), in));
	}
}

static void request_is(struct zy_bytes content, enum zy_code want)
{
	struct zy_error err = { 0 };
	struct zy_tsp_request q;
	ZY_BUF_AUTO b = { 0 };
	bool ok;

	zy_der_put(&b, ZY_DER_SEQUENCE, content);
	ok = zy_tsp_request_parse(&q, zy_buf_bytes(&b), &err);
	if (err.code != want)
		fail_msg("%s instead of %s: %s", zy_code_name(err.code), zy_code_name(want), err.msg);
	assert_int_equal(ok, want == ZY_OK);
}

static void requests_that_are_not_strict_are_refused(void **state)
{
	(void)state;
	request_is(ZY_LITERAL("\x02\x01\x01" IMPRINT), ZY_OK);
	request_is(ZY_LITERAL("\x02\x01\x02" IMPRINT), ZY_E_TSP);                /* version 2 */
	request_is(ZY_LITERAL("\x02\x01\x01" IMPRINT "\x01\x01\x00"), ZY_E_DER); /* DEFAULT FALSE written */
	request_is(ZY_LITERAL("\x02\x01\x01" IMPRINT "\x02\x01\xff"), ZY_E_DER); /* negative nonce */
	request_is(ZY_LITERAL("\x02\x01\x01" IMPRINT "\x02\x14"
			      "01234567890123456789"),
	    ZY_OK);
	request_is(ZY_LITERAL("\x02\x01\x01" IMPRINT "\x02\x15"
			      "012345678901234567890"),
	    ZY_E_TSP);
	request_is(ZY_LITERAL("\x02\x01\x01" IMPRINT "\x02\x01\x05" POLICY), ZY_E_TRAILING); /* out of order */
	request_is(ZY_LITERAL("\x02\x01\x01\x30\x2e\x30\x0b" SHA256_OID "\x04\x1f"
			      "0123456789abcdef0123456789abcde"),
	    ZY_E_TSP); /* 31 octets of SHA-256 */
	request_is(ZY_LITERAL("\x02\x01\x01\x30\x32\x30\x0e" SHA256_OID "\x02\x01\x05\x04\x20" DIGEST), ZY_E_TSP);
	request_is(ZY_LITERAL("\x02\x01\x01" IMPRINT "\xa0\x09\x30\x07\x06\x02\x2a\x03\x04\x01\x61"), ZY_OK);
	request_is(ZY_LITERAL("\x02\x01\x01" IMPRINT "\xa0\x12\x30\x07\x06\x02\x2a\x03\x04\x01\x61\x30\x07\x06\x02\x2a"
			      "\x03\x04\x01\x62"),
	    ZY_E_TSP);                                                             /* an extension twice */
	request_is(ZY_LITERAL("\x02\x01\x01" IMPRINT "\xa0\x00"), ZY_E_TRUNCATED); /* SIZE (1..MAX) */
}

static void response_is(struct zy_bytes in, enum zy_code want, struct zy_tsp_response *out)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO again = { 0 };
	bool ok = zy_tsp_response_parse(out, in, &err);

	if (err.code != want)
		fail_msg("%s instead of %s: %s", zy_code_name(err.code), zy_code_name(want), err.msg);
	assert_int_equal(ok, want == ZY_OK);
	if (ok) {
		assert_true(zy_tsp_response_encode(out, &again, &err));
		assert_true(zy_bytes_equal(zy_buf_bytes(&again), in));
	}
}

static void a_refusal_says_why_and_has_no_token(void **state)
{
	static const enum zy_tsp_fail all[] = { ZY_TSP_BAD_ALG, ZY_TSP_BAD_REQUEST, ZY_TSP_BAD_DATA_FORMAT,
		ZY_TSP_TIME_NOT_AVAILABLE, ZY_TSP_UNACCEPTED_POLICY, ZY_TSP_UNACCEPTED_EXTENSION,
		ZY_TSP_ADD_INFO_NOT_AVAILABLE, ZY_TSP_SYSTEM_FAILURE };
	struct zy_tsp_response r;

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct zy_error err = { 0 };
		ZY_BUF_AUTO b = { 0 };

		assert_true(zy_tsp_refusal_encode(all[i], "why", &b, &err));
		response_is(zy_buf_bytes(&b), ZY_OK, &r);
		assert_int_equal(r.status, ZY_TSP_REJECTION);
		assert_int_equal(r.fail_info, 1u << all[i]);
		assert_int_equal(r.token.len, 0);
	}
	response_is(ZY_LITERAL("\x30\x05\x30\x03\x02\x01\x00"), ZY_E_TSP, &r);         /* granted, no token */
	response_is(ZY_LITERAL("\x30\x07\x30\x03\x02\x01\x02\x30\x00"), ZY_E_TSP, &r); /* refused, token */
	response_is(
	    ZY_LITERAL("\x30\x09\x30\x07\x02\x01\x02\x03\x02\x00\x80"), ZY_E_DER, &r); /* zero bits at the end */
	response_is(ZY_LITERAL("\x30\x09\x30\x07\x02\x01\x02\x03\x02\x07\x80"), ZY_OK, &r);
	response_is(ZY_LITERAL("\x30\x05\x30\x03\x02\x01\x06"), ZY_E_DER, &r);
}

static struct zy_tst_info sample(void)
{
	return (struct zy_tst_info){ .policy = ZY_LITERAL("\x88\x37\x98\x59\x01"),
		.imprint = { .der = ZY_LITERAL(IMPRINT) },
		.serial = ZY_LITERAL("\x40\x01"),
		.gen_time = { 1772323200, 120000000 },
		.has_accuracy = true,
		.has_accuracy_s = true,
		.accuracy_s = 1,
		.accuracy_ms = 500,
		.accuracy_us = 7,
		.ordering = true,
		.nonce = ZY_LITERAL("\xff\x01") };
}

static void TSTInfo_comes_back_as_it_was_encoded(void **state)
{
	const struct zy_tst_info i = sample();
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 }, again = { 0 };
	struct zy_tst_info o;

	(void)state;
	assert_true(zy_tst_info_encode(&i, &b, &err));
	assert_non_null(memmem(b.p, b.len, "20260301000000.12Z", 18)); /* no trailing zeros */
	assert_true(zy_tst_info_parse(&o, zy_buf_bytes(&b), &err));
	assert_int_equal(o.gen_time.seconds, i.gen_time.seconds);
	assert_int_equal(o.gen_time.nanos, i.gen_time.nanos);
	assert_int_equal(o.accuracy_ms, 500);
	assert_int_equal(o.accuracy_us, 7);
	assert_true(o.ordering && zy_bytes_equal(o.nonce, i.nonce));
	assert_true(zy_tst_info_encode(&o, &again, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), zy_buf_bytes(&again)));
}

/* One TSTInfo for each fault: `from` in its encoding is replaced by `to`, of the same length. */
static void faults_of_TSTInfo_are_refused(void **state)
{
	static const struct {
		struct zy_bytes from, to;
	} faults[] = {
		{ ZY_LITERAL("000000.12Z"), ZY_LITERAL("000000.10Z") },             /* trailing zero */
		{ ZY_LITERAL("000000.12Z"), ZY_LITERAL("000000,12Z") },             /* comma */
		{ ZY_LITERAL("000000.12Z"), ZY_LITERAL("000060.12Z") },             /* second 60 */
		{ ZY_LITERAL("000000.12Z"), ZY_LITERAL("000000.12+") },             /* no Z */
		{ ZY_LITERAL("\x80\x02\x01\xf4"), ZY_LITERAL("\x80\x02\x03\xe8") }, /* 1000 milliseconds */
		{ ZY_LITERAL("\x80\x02\x01\xf4"), ZY_LITERAL("\x80\x02\x00\x05") }, /* not minimal */
		{ ZY_LITERAL("\x81\x01\x07"), ZY_LITERAL("\x81\x01\x00") },         /* 0 microseconds */
		{ ZY_LITERAL("\x01\x01\xff"), ZY_LITERAL("\x01\x01\x00") },         /* DEFAULT FALSE written */
		{ ZY_LITERAL("\x02\x01\x01\x06"), ZY_LITERAL("\x02\x01\x02\x06") }, /* version 2 */
	};
	const struct zy_tst_info i = sample();

	(void)state;
	for (size_t n = 0; n < sizeof(faults) / sizeof(faults[0]); n++) {
		struct zy_error err = { 0 };
		struct zy_tst_info o;
		ZY_BUF_AUTO b = { 0 };
		uint8_t *at;

		assert_true(zy_tst_info_encode(&i, &b, &err));
		assert_non_null(at = memmem(b.p, b.len, faults[n].from.p, faults[n].from.len));
		memcpy(at, faults[n].to.p, faults[n].to.len);
		if (zy_tst_info_parse(&o, zy_buf_bytes(&b), &err))
			fail_msg("fault %zu was not seen", n);
		assert_true(err.offset < b.len);
	}
}

static void make_token(struct zy_buf *info, struct zy_buf *out, bool with_certificates)
{
	const struct zy_bytes certs[2] = { soft.cert, soft.ca };
	const struct zy_tst_info i = sample();
	ZY_BUF_AUTO attrs = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_tst_frame f;
	uint8_t rs[64];

	assert_true(zy_tst_info_encode(&i, info, &err));
	assert_true(zy_tst_frame_make(&f, ZY_SUITE_INTL, certs, 2, &a, &err));
	assert_true(zy_tst_attrs_encode(&f, zy_buf_bytes(info), &attrs, &err));
	soft_sign(&soft, zy_buf_bytes(&attrs), rs);
	assert_true(zy_tst_encode(&f, with_certificates, zy_buf_bytes(info), zy_buf_bytes(&attrs), rs, out, &err));
}

static void a_token_holds_its_TSTInfo_and_binds_its_certificate(void **state)
{
	ZY_BUF_AUTO info = { 0 }, der = { 0 }, bare = { 0 }, again = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_tst t;
	bool sid, bound;

	(void)state;
	make_token(&info, &der, true);
	assert_true(zy_tst_parse(&t, zy_buf_bytes(&der), &a, &err));
	assert_true(zy_bytes_equal(t.content, zy_buf_bytes(&info)));
	assert_int_equal(t.cms.num_certs, 2);
	assert_true(t.cms.is_p256 && !t.cms.is_sm2 && t.cms.attrs.num_other == 0);
	assert_true(soft_verify(&soft, t.cms.signed_attrs, t.cms.signature));
	assert_true(zy_cms_names(&t.cms, soft.cert, &sid, &bound, &err) && sid && bound);
	assert_true(zy_cms_names(&t.cms, soft.ca, &sid, &bound, &err) && !sid && !bound);
	make_token(&again, &bare, false);
	assert_true(zy_tst_parse(&t, zy_buf_bytes(&bare), &a, &err));
	assert_int_equal(t.cms.num_certs, 0);
}

static void a_token_is_no_document_signature_and_the_other_way_round(void **state)
{
	const uint8_t digest[ZY_HASH_LEN] = { 1 };
	ZY_BUF_AUTO info = { 0 }, token = { 0 }, attrs = { 0 }, cms = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_cms_attrs read;
	struct zy_cms c;
	struct zy_tst t;
	uint8_t rs[64];

	(void)state;
	make_token(&info, &token, true);
	assert_false(zy_cms_parse(&c, zy_buf_bytes(&token), &a, &err));
	assert_int_equal(err.code, ZY_E_CMS);
	err = (struct zy_error){ 0 };
	assert_true(zy_cms_attrs_encode(digest, NULL, soft.cert, &attrs, &err));
	assert_false(zy_tst_attrs_parse(&read, zy_buf_bytes(&attrs), &err));
	assert_int_equal(err.code, ZY_E_CMS);
	err = (struct zy_error){ 0 };
	soft_sign(&soft, zy_buf_bytes(&attrs), rs);
	assert_true(zy_cms_encode(zy_buf_bytes(&attrs), rs, &soft.cert, 1, &cms, &err));
	assert_false(zy_tst_parse(&t, zy_buf_bytes(&cms), &a, &err));
	assert_int_equal(err.code, ZY_E_CMS);
}

static void object_identifiers_are_read_from_text(void **state)
{
	static const char *const bad[] = { "", "2", "2.", ".2", "3.1", "1.40", "1.02", "1.2..3", "1.2.3.", "1.a",
		"2.1234567890" };
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };

	(void)state;
	assert_true(zy_oid_from_text("2.999.3161.1", &b, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), ZY_LITERAL("\x88\x37\x98\x59\x01")));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ZY_BUF_AUTO none = { 0 };

		err = (struct zy_error){ 0 };
		if (zy_oid_from_text(bad[i], &none, &err))
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(err.code, ZY_E_DER);
	}
}

static int set_up(void **state)
{
	(void)state;
	soft_make(&soft);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	soft_free(&soft);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_of_openssl_are_read_and_encode_to_the_same_bytes),
		cmocka_unit_test(requests_that_are_not_strict_are_refused),
		cmocka_unit_test(a_refusal_says_why_and_has_no_token),
		cmocka_unit_test(TSTInfo_comes_back_as_it_was_encoded),
		cmocka_unit_test(faults_of_TSTInfo_are_refused),
		cmocka_unit_test(a_token_holds_its_TSTInfo_and_binds_its_certificate),
		cmocka_unit_test(a_token_is_no_document_signature_and_the_other_way_round),
		cmocka_unit_test(object_identifiers_are_read_from_text),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
