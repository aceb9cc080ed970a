#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "expect.h"
#include "verify_keys.h"
#include "zy/sm2.h"
#include "zy/text.h"
#include "zy/verify.h"

/* GB/T 32918.5-2017 appendix A.2 */
#define POINT                                                                                                          \
	"0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"                                           \
	"ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
#define E_VALUE "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
#define RS_VALUE                                                                                                       \
	"f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"                                             \
	"b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"

static void from_hex(const char *hex, uint8_t *out)
{
	MUST(zy_unhex(zy_str(hex), out, strlen(hex) / 2, &err));
}

static void the_standards_example_verifies_as_message_and_as_digest(void **state)
{
	struct zy_verifier *v = NULL;
	uint8_t point[65], e[32], rs[64];
	bool good;

	(void)state;
	from_hex(POINT, point);
	from_hex(E_VALUE, e);
	from_hex(RS_VALUE, rs);
	for (int kept = 0; kept < 2; kept++) {
		for (int round = 0; round < 40; round++) {
			MUST(zy_rs_verify(v, ZY_SUITE_GM, ZY_BYTES(point, 65), e, rs, &good, &err));
			assert_true(good);
			MUST(zy_message_verify(
			    v, ZY_SUITE_GM, ZY_BYTES(point, 65), ZY_LITERAL("message digest"), rs, &good, &err));
			assert_true(good);
			e[round % 32] ^= 1;
			MUST(zy_rs_verify(v, ZY_SUITE_GM, ZY_BYTES(point, 65), e, rs, &good, &err));
			assert_false(good);
			e[round % 32] ^= 1;
		}
		if (kept == 0)
			MUST(zy_verifier_open(&v, &err));
	}
	zy_verifier_close(v);
}

static void what_is_no_point_of_the_curve_is_no_key(void **state)
{
	static const uint8_t rs[64] = { [31] = 1, [63] = 1 }, e[32];
	const size_t lens[] = { 0, 1, 32, 33, 64, 65 };
	uint8_t point[65], off[65];
	bool good = true;

	(void)state;
	from_hex(POINT, point);
	for (enum zy_suite suite = ZY_SUITE_GM; suite <= ZY_SUITE_INTL; suite++)
		for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
			struct zy_error err = { 0 };

			memcpy(off, point, 65);
			off[64] ^= 1;
			assert_false(zy_rs_verify(NULL, suite, ZY_BYTES(off, lens[i]), e, rs, &good, &err));
			assert_int_equal(err.code, ZY_E_KEY);
			assert_false(good);
			good = true;
		}
}

/* More keys than tables are kept for, each used often enough to get one. */
#define KEYS 48
#define USES 24
struct crowd {
	struct zy_verifier *v;
	enum zy_suite suite;
	struct {
		uint8_t point[65], rs[64];
	} keys[KEYS];
};

static void make_crowd(struct crowd *c, enum zy_suite suite)
{
	struct zy_error err = { 0 };
	uint8_t der[80], e[32] = { 7 };
	size_t len;

	*c = (struct crowd){ .suite = suite };
	assert_true(zy_verifier_open(&c->v, &err));
	for (size_t i = 0; i < KEYS; i++) {
		EVP_PKEY *key = suite == ZY_SUITE_GM ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2") : EVP_EC_gen("P-256");
		EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

		assert_int_equal(
		    EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", c->keys[i].point, 65, &len), 1);
		len = sizeof(der);
		assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
		assert_int_equal(EVP_PKEY_sign(ctx, der, &len, e, 32), 1);
		assert_true(zy_der_rs(ZY_BYTES(der, len), c->keys[i].rs, &err));
		EVP_PKEY_CTX_free(ctx);
		EVP_PKEY_free(key);
	}
}

static void *ask_crowd(void *arg)
{
	struct crowd *c = arg;
	const uint8_t e[32] = { 7 };
	uintptr_t wrong = 0;

	for (size_t i = 0; i < USES * KEYS; i++) {
		struct zy_error err = { 0 };
		size_t key = i / USES, signature = i % 3 == 0 ? (key + 1) % KEYS : key;
		bool good = false;

		wrong += !zy_rs_verify(
			     c->v, c->suite, ZY_BYTES(c->keys[key].point, 65), e, c->keys[signature].rs, &good, &err) ||
			 good != (key == signature);
	}
	return (void *)wrong;
}

static void threads_that_share_a_verifier_get_right_answers(void **state)
{
	struct crowd c;
	pthread_t t[4];
	void *wrong;

	(void)state;
	for (enum zy_suite suite = ZY_SUITE_GM; suite <= ZY_SUITE_INTL; suite++) {
		make_crowd(&c, suite);
		for (size_t i = 0; i < 4; i++)
			assert_int_equal(pthread_create(&t[i], NULL, ask_crowd, &c), 0);
		for (size_t i = 0; i < 4; i++) {
			pthread_join(t[i], &wrong);
			assert_null(wrong);
		}
		zy_verifier_close(c.v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standards_example_verifies_as_message_and_as_digest),
		cmocka_unit_test(what_is_no_point_of_the_curve_is_no_key),
		cmocka_unit_test(threads_that_share_a_verifier_get_right_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
