#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "verify_keys.h"

static const char *const leaf_of[] = { "gm-leaf", "intl-leaf" }, *const sig_of[] = { "gm-leaf.sig", "intl-leaf.sig" };

struct fixture {
	struct zy_arena a;
	struct zy_keys *k;
	struct zy_bytes cert, message;
	enum zy_suite suite;
	uint8_t rs[64];
};

static void open_fixture(struct fixture *f, enum zy_suite suite)
{
	struct zy_error err = { 0 };

	*f = (struct fixture){ .suite = suite };
	assert_true(zy_keys_open(&f->k, &err));
	f->cert = verify_cert(&f->a, leaf_of[suite]);
	f->message = verify_file(&f->a, "message.bin");
	assert_true(zy_der_rs(verify_file(&f->a, sig_of[suite]), f->rs, &err));
}

static void close_fixture(struct fixture *f)
{
	zy_keys_close(f->k);
	zy_arena_free(&f->a);
}

static bool good(struct fixture *f)
{
	struct zy_error err = { 0 };
	bool ok = false;

	assert_true(zy_signature_verify(f->k, f->cert, f->suite, f->message, f->rs, &ok, &err));
	return ok;
}

static void a_signature_by_the_openssl_program_verifies_new_and_kept(void **state)
{
	struct fixture f;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		open_fixture(&f, s);
		assert_true(good(&f));
		assert_true(good(&f));
		close_fixture(&f);
	}
}

static void any_changed_bit_of_the_signature_is_seen(void **state)
{
	struct fixture f;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		open_fixture(&f, s);
		for (size_t i = 0; i < 512; i += 7) {
			f.rs[i / 8] ^= (uint8_t)(1 << i % 8);
			assert_false(good(&f));
			f.rs[i / 8] ^= (uint8_t)(1 << i % 8);
		}
		f.message.len--;
		assert_false(good(&f));
		close_fixture(&f);
	}
}

static void r_and_s_must_lie_between_one_and_the_order_less_one(void **state)
{
	static const uint8_t n[2][8] = { { 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff },
		{ 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0 } };
	struct fixture f;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		open_fixture(&f, s);
		memset(f.rs, 0, 32);
		assert_false(good(&f));
		memset(f.rs, 0xff, 32);
		assert_false(good(&f));
		memcpy(f.rs, n[s], 8);
		assert_false(good(&f));
		close_fixture(&f);
	}
}

static void an_empty_sm2_id_does_not_verify(void **state)
{
	struct fixture f;
	struct zy_error err = { 0 };
	EVP_PKEY *key;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t der[80];
	size_t len = sizeof(der);
	FILE *in = fopen(ZY_SOURCE_DIR "/tests/keys/gm-leaf.key.pem", "r");

	(void)state;
	assert_non_null(key = PEM_read_PrivateKey(in, NULL, NULL, NULL));
	fclose(in);
	open_fixture(&f, ZY_SUITE_GM);
	assert_int_equal(EVP_DigestSignInit(md, NULL, EVP_sm3(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(md, der, &len, f.message.p, f.message.len), 1);
	assert_true(zy_der_rs(ZY_BYTES(der, len), f.rs, &err));
	assert_false(good(&f));
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	close_fixture(&f);
}

static void a_compressed_point_is_the_same_key(void **state)
{
	struct fixture f;
	struct zy_cert_facts facts;
	struct zy_error err = { 0 };
	uint8_t point[33];
	bool ok = false;

	(void)state;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		open_fixture(&f, s);
		assert_true(zy_cert_facts(f.cert, &f.a, &facts, &err));
		point[0] = 2 + (facts.point[64] & 1);
		memcpy(point + 1, facts.point + 1, 32);
		assert_true(zy_signature_verify_point(f.k, ZY_BYTES(point, 33), s, f.message, f.rs, &ok, &err));
		assert_true(ok);
		point[0] ^= 1;
		assert_true(zy_signature_verify_point(f.k, ZY_BYTES(point, 33), s, f.message, f.rs, &ok, &err));
		assert_false(ok);
		close_fixture(&f);
	}
}

static void a_point_off_the_curve_and_a_key_of_the_other_suite_are_refused(void **state)
{
	struct fixture f;
	struct zy_cert_facts facts;
	struct zy_error err = { 0 }, again = { 0 };
	bool ok;

	(void)state;
	open_fixture(&f, ZY_SUITE_GM);
	assert_true(zy_cert_facts(f.cert, &f.a, &facts, &err));
	facts.point[64] ^= 1;
	assert_false(
	    zy_signature_verify_point(f.k, ZY_BYTES(facts.point, 65), ZY_SUITE_GM, f.message, f.rs, &ok, &err));
	assert_int_equal(err.code, ZY_E_KEY);
	assert_false(ok);
	assert_false(zy_signature_verify(f.k, f.cert, ZY_SUITE_INTL, f.message, f.rs, &ok, &again));
	assert_int_equal(again.code, ZY_E_KEY);
	close_fixture(&f);
}

static void *verify_many(void *arg)
{
	struct fixture *f = arg;

	for (int i = 0; i < 50; i++) {
		struct zy_error err = { 0 };
		bool ok;

		if (!zy_signature_verify(f->k, f->cert, f->suite, f->message, f->rs, &ok, &err) || !ok)
			return f;
	}
	return NULL;
}

static void threads_share_one_cache(void **state)
{
	struct fixture f;
	pthread_t t[4];
	void *bad;

	(void)state;
	open_fixture(&f, ZY_SUITE_INTL);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, verify_many, &f), 0);
	for (size_t i = 0; i < 4; i++) {
		pthread_join(t[i], &bad);
		assert_null(bad);
	}
	close_fixture(&f);
}

static void a_certificate_says_who_holds_its_key(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_cert_facts facts;
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_cert_facts(verify_cert(&a, "gm-leaf"), &a, &facts, &err));
	assert_string_equal(facts.subject, "C=CN, O=测试机构, CN=gm-leaf");
	assert_string_equal(facts.common_name, "gm-leaf");
	assert_string_equal(facts.uscc, VERIFY_USCC);
	assert_int_equal(facts.suite, ZY_SUITE_GM);
	assert_int_equal(facts.not_before, 1767225600);
	assert_true(zy_cert_facts(verify_cert(&a, "intl-root"), &a, &facts, &err));
	assert_string_equal(facts.uscc, "");
	assert_int_equal(facts.suite, ZY_SUITE_INTL);
}

static void a_cut_certificate_is_no_certificate(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes der = verify_cert(&a, "gm-leaf");
	struct zy_cert_facts facts;

	(void)state;
	for (size_t len = 0; len < der.len; len++) {
		struct zy_error err = { 0 };

		assert_false(zy_cert_facts(ZY_BYTES(der.p, len), &a, &facts, &err));
		assert_int_equal(err.code, ZY_E_CERT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_by_the_openssl_program_verifies_new_and_kept),
		cmocka_unit_test(any_changed_bit_of_the_signature_is_seen),
		cmocka_unit_test(r_and_s_must_lie_between_one_and_the_order_less_one),
		cmocka_unit_test(an_empty_sm2_id_does_not_verify),
		cmocka_unit_test(a_compressed_point_is_the_same_key),
		cmocka_unit_test(a_point_off_the_curve_and_a_key_of_the_other_suite_are_refused),
		cmocka_unit_test(threads_share_one_cache),
		cmocka_unit_test(a_certificate_says_who_holds_its_key),
		cmocka_unit_test(a_cut_certificate_is_no_certificate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
