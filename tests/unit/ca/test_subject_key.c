/* An RSA key is certified when nobody but its owner can know the private one, and its owner asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/bn.h>
#include <openssl/x509.h>

#include "ca/internal.h"
#include "expect.h"

static EVP_PKEY *owner;
static struct zy_spki owners;

static struct zy_spki key_of(const BIGNUM *modulus)
{
	struct zy_spki k = { .kind = ZY_SPKI_RSA, .rsa_bits = (unsigned)BN_num_bits(modulus) };
	uint8_t n[512];
	ZY_BUF_AUTO der = { 0 };
	const size_t len = (size_t)BN_bn2bin(modulus, n), mark = zy_der_open(&der, ZY_DER_SEQUENCE);

	zy_der_put_unsigned(&der, ZY_BYTES(n, len));
	zy_der_put_unsigned(&der, ZY_LITERAL("\x01\x00\x01"));
	zy_der_close(&der, mark);
	assert_true(!der.failed && der.len <= sizeof(k.key));
	memcpy(k.key, der.p, k.len = der.len);
	return k;
}

static void a_key_of_openssl_is_taken(void **state)
{
	(void)state;
	MUST(zy_subject_key_check(&owners, &err));
}

static void a_prime_modulus_is_refused(void **state)
{
	BIGNUM *prime = BN_get_rfc3526_prime_3072(NULL);
	const struct zy_spki k = key_of(prime);

	(void)state;
	BN_free(prime);
	REFUSED(zy_subject_key_check(&k, &err), ZY_E_KEY_MODULUS);
}

static void a_modulus_with_a_small_factor_is_refused(void **state)
{
	BIGNUM *n = BN_get_rfc3526_prime_2048(NULL);
	struct zy_spki k;

	(void)state;
	assert_int_equal(BN_mul_word(n, 751), 1);
	k = key_of(n);
	BN_free(n);
	REFUSED(zy_subject_key_check(&k, &err), ZY_E_KEY_MODULUS);
}

static void profiles_say_whether_and_from_which_size(void **state)
{
	struct zy_cert_profile p = { .name = "p", .suites = 1u << ZY_SUITE_INTL };

	(void)state;
	REFUSED(zy_subject_key_fits(&p, &owners, &err), ZY_E_PROFILE);
	p.rsa_bits = 2048;
	MUST(zy_subject_key_fits(&p, &owners, &err));
	p.rsa_bits = 3072;
	REFUSED(zy_subject_key_fits(&p, &owners, &err), ZY_E_KEY_SIZE);
	p.rsa_bits = 2048;
	p.suites = 1u << ZY_SUITE_GM;
	REFUSED(zy_subject_key_fits(&p, &owners, &err), ZY_E_PROFILE);
}

static void possession_is_proven_over_all_that_is_asked(void **state)
{
	struct zy_csr csr = { .key = owners, .info = ZY_LITERAL("what is asked") };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t signature[512];
	size_t len = sizeof(signature);

	(void)state;
	assert_true(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, owner) == 1 &&
		    EVP_DigestSign(ctx, signature, &len, csr.info.p, csr.info.len) == 1);
	EVP_MD_CTX_free(ctx);
	csr.signature = ZY_BYTES(signature, len);
	MUST(zy_subject_key_prove(&csr, &err));
	csr.info = ZY_LITERAL("what is askee");
	REFUSED(zy_subject_key_prove(&csr, &err), ZY_E_PROOF);
	csr.info = ZY_LITERAL("what is asked");
	csr.signature.len--;
	REFUSED(zy_subject_key_prove(&csr, &err), ZY_E_PROOF);
	csr.signature.len = 0;
	REFUSED(zy_subject_key_prove(&csr, &err), ZY_E_PROOF);
}

static int set_up(void **state)
{
	struct zy_error err = { 0 };
	uint8_t *der = NULL;
	struct zy_reader r;
	int len;
	bool ok;

	(void)state;
	if ((owner = EVP_RSA_gen(2048)) == NULL || (len = i2d_PUBKEY(owner, &der)) <= 0)
		return -1;
	r = zy_reader_over(ZY_BYTES(der, (size_t)len));
	ok = zy_spki_parse(&r, &owners, &err);
	OPENSSL_free(der);
	return ok ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	EVP_PKEY_free(owner);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_of_openssl_is_taken),
		cmocka_unit_test(a_prime_modulus_is_refused),
		cmocka_unit_test(a_modulus_with_a_small_factor_is_refused),
		cmocka_unit_test(profiles_say_whether_and_from_which_size),
		cmocka_unit_test(possession_is_proven_over_all_that_is_asked),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
