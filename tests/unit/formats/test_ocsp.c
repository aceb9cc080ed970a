#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/ocsp.h>

#include "expect.h"
#include "helpers/soft_p256.h"
#include "status_made.h"

static void a_request_is_read_as_written(void **state)
{
	ZY_BUF_AUTO one = { 0 }, two = { 0 };
	struct zy_ocsp_request q;

	(void)state;
	MUST(made_request(&one, &err));
	MUST(zy_ocsp_request_parse(&q, zy_buf_bytes(&one), &err));
	assert_int_equal(q.num, 3);
	assert_int_equal(q.ids[2].hash, ZY_CERT_ID_SM3);
	assert_true(q.ids[0].has_null && !q.ids[1].has_null);
	assert_true(zy_bytes_equal(q.nonce, ZY_LITERAL("0123456789abcdef")));
	MUST(zy_ocsp_request_encode(&q, &two, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&one), zy_buf_bytes(&two)));
}

static void an_answer_is_read_as_written(void **state)
{
	(void)state;
	for (int by_name = 0; by_name < 2; by_name++) {
		ZY_BUF_AUTO one = { 0 }, two = { 0 }, tbs = { 0 };
		struct zy_ocsp_answer a;

		MUST(made_answer(ZY_SUITE_GM, by_name, &one, &err));
		MUST(zy_ocsp_answer_parse(&a, zy_buf_bytes(&one), &err));
		assert_int_equal(a.status, ZY_OCSP_SUCCESSFUL);
		assert_int_equal(a.num, 3);
		assert_int_equal(a.items[0].status, ZY_OCSP_GOOD);
		assert_int_equal(a.items[1].status, ZY_OCSP_REVOKED);
		assert_int_equal(a.items[1].reason, ZY_REASON_SUPERSEDED);
		assert_int_equal(a.items[1].revoked_at, MADE_AT - 50);
		assert_true(a.items[1].has_next_update && !a.items[0].has_next_update);
		assert_int_equal(a.items[2].status, ZY_OCSP_UNKNOWN);
		assert_int_equal(a.num_certs, 1);
		MUST(zy_ocsp_data_encode(&a, &tbs, &err));
		assert_true(zy_bytes_equal(zy_buf_bytes(&tbs), a.tbs));
		MUST(zy_ocsp_answer_encode(&a, &two, &err));
		assert_true(zy_bytes_equal(zy_buf_bytes(&one), zy_buf_bytes(&two)));
	}
}

static void a_refusal_is_its_status_alone(void **state)
{
	const struct zy_ocsp_answer refusal = { .status = ZY_OCSP_UNAUTHORIZED };
	ZY_BUF_AUTO b = { 0 };
	struct zy_ocsp_answer a;

	(void)state;
	MUST(zy_ocsp_answer_encode(&refusal, &b, &err));
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), ZY_LITERAL("\x30\x03\x0a\x01\x06")));
	MUST(zy_ocsp_answer_parse(&a, zy_buf_bytes(&b), &err));
	assert_int_equal(a.status, ZY_OCSP_UNAUTHORIZED);
	REFUSED(zy_ocsp_answer_parse(&a, ZY_LITERAL("\x30\x03\x0a\x01\x04"), &err), ZY_E_OCSP);
	REFUSED(zy_ocsp_answer_parse(&a, ZY_LITERAL("\x30\x03\x0a\x01\x00"), &err), ZY_E_TRUNCATED);
}

static void openssl_reads_our_messages(void **state)
{
	ZY_BUF_AUTO question = { 0 }, answer = { 0 };
	OCSP_REQUEST *req;
	OCSP_RESPONSE *resp;
	OCSP_BASICRESP *basic;
	const uint8_t *p;

	(void)state;
	MUST(made_request(&question, &err));
	p = question.p;
	assert_non_null(req = d2i_OCSP_REQUEST(NULL, &p, (long)question.len));
	assert_int_equal(OCSP_request_onereq_count(req), 3);
	assert_true(OCSP_REQUEST_get_ext_by_NID(req, NID_id_pkix_OCSP_Nonce, -1) >= 0);
	OCSP_REQUEST_free(req);
	MUST(made_answer(ZY_SUITE_INTL, false, &answer, &err));
	p = answer.p;
	/* its certificate is a Name: it stays unopened in an answer that is not decoded */
	assert_non_null(resp = d2i_OCSP_RESPONSE(NULL, &p, (long)answer.len));
	assert_int_equal(OCSP_response_status(resp), OCSP_RESPONSE_STATUS_SUCCESSFUL);
	assert_null(basic = OCSP_response_get1_basic(resp));
	OCSP_RESPONSE_free(resp);
}

static struct zy_bytes openssl_request(const struct soft_p256 *soft, bool sign, const char *extension, int critical)
{
	const uint8_t *p = soft->ca.p, *q = soft->cert.p;
	X509 *ca = d2i_X509(NULL, &p, (long)soft->ca.len), *cert = d2i_X509(NULL, &q, (long)soft->cert.len);
	OCSP_REQUEST *req = OCSP_REQUEST_new();
	uint8_t *der = NULL;
	int len;

	SOFT_CHECK(OCSP_request_add0_id(req, OCSP_cert_to_id(EVP_sha1(), cert, ca)) != NULL);
	SOFT_CHECK(OCSP_request_add1_nonce(req, NULL, 16));
	if (extension != NULL) {
		ASN1_OBJECT *oid = OBJ_txt2obj(extension, 1);
		ASN1_OCTET_STRING *v = ASN1_OCTET_STRING_new();
		X509_EXTENSION *e;

		SOFT_CHECK(ASN1_OCTET_STRING_set(v, (const uint8_t *)"\x05\x00", 2));
		SOFT_CHECK((e = X509_EXTENSION_create_by_OBJ(NULL, oid, critical, v)) != NULL);
		SOFT_CHECK(OCSP_REQUEST_add_ext(req, e, -1));
		X509_EXTENSION_free(e);
		ASN1_OCTET_STRING_free(v);
		ASN1_OBJECT_free(oid);
	}
	SOFT_CHECK(!sign || OCSP_request_sign(req, cert, soft->key, EVP_sha256(), NULL, 0));
	SOFT_CHECK((len = i2d_OCSP_REQUEST(req, &der)) > 0);
	OCSP_REQUEST_free(req);
	X509_free(cert);
	X509_free(ca);
	return ZY_BYTES(der, (size_t)len);
}

static void we_read_requests_of_openssl(void **state)
{
	struct zy_bytes der = openssl_request(*state, false, "1.2.3.4", 0);
	struct zy_ocsp_request q;

	MUST(zy_ocsp_request_parse(&q, der, &err));
	assert_int_equal(q.num, 1);
	assert_int_equal(q.ids[0].hash, ZY_CERT_ID_SHA1);
	assert_int_equal(q.nonce.len, 16);
	OPENSSL_free((void *)(uintptr_t)der.p);
}

static void what_we_cannot_judge_is_refused(void **state)
{
	struct zy_bytes critical = openssl_request(*state, false, "1.2.3.4", 1),
			is_signed = openssl_request(*state, true, NULL, 0);
	struct zy_ocsp_request q;

	REFUSED(zy_ocsp_request_parse(&q, critical, &err), ZY_E_OCSP);
	REFUSED(zy_ocsp_request_parse(&q, is_signed, &err), ZY_E_OCSP);
	OPENSSL_free((void *)(uintptr_t)critical.p);
	OPENSSL_free((void *)(uintptr_t)is_signed.p);
}

static void nonces_and_lists_have_caps(void **state)
{
	static const uint8_t long_nonce[129] = { 1 };
	struct zy_ocsp_request q = { .num = 1, .ids = { made_id(ZY_CERT_ID_SHA1, true) }, .has_nonce = true };
	ZY_BUF_AUTO empty = { 0 }, over = { 0 }, most = { 0 };
	struct zy_ocsp_request back;

	(void)state;
	MUST(zy_ocsp_request_encode(&q, &empty, &err));
	REFUSED(zy_ocsp_request_parse(&back, zy_buf_bytes(&empty), &err), ZY_E_OCSP);
	q.nonce = ZY_BYTES(long_nonce, 129);
	MUST(zy_ocsp_request_encode(&q, &over, &err));
	REFUSED(zy_ocsp_request_parse(&back, zy_buf_bytes(&over), &err), ZY_E_OCSP);
	q.nonce.len = 128;
	MUST(zy_ocsp_request_encode(&q, &most, &err));
	MUST(zy_ocsp_request_parse(&back, zy_buf_bytes(&most), &err));
}

static int set_up(void **state)
{
	static struct soft_p256 soft;

	soft_make(&soft);
	*state = &soft;
	return 0;
}

static int tear_down(void **state)
{
	soft_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read_as_written),
		cmocka_unit_test(an_answer_is_read_as_written),
		cmocka_unit_test(a_refusal_is_its_status_alone),
		cmocka_unit_test(openssl_reads_our_messages),
		cmocka_unit_test(we_read_requests_of_openssl),
		cmocka_unit_test(what_we_cannot_judge_is_refused),
		cmocka_unit_test(nonces_and_lists_have_caps),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
