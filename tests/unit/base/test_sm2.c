#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "zy/sm2.h"
#include "zy/text.h"

/* GB/T 32918.5-2017 appendix A.2 */
#define POINT                                                                                                          \
	"0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"                                           \
	"ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
#define E_VALUE "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
#define R_VALUE "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
#define S_VALUE "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
#define SM2_N "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123"
#define P256_N "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"

static void from_hex(const char *hex, uint8_t *out)
{
	struct zy_error err = { 0 };

	assert_true(zy_unhex(zy_str(hex), out, strlen(hex) / 2, &err));
}

static void e_is_the_value_of_the_standards_example(void **state)
{
	struct zy_error err = { 0 };
	uint8_t point[65], want[32], e[32];

	(void)state;
	from_hex(POINT, point);
	from_hex(E_VALUE, want);
	assert_true(zy_sm2_e(zy_sm2_id, point, ZY_LITERAL("message digest"), e, &err));
	assert_memory_equal(e, want, 32);
}

static void an_id_longer_than_its_length_field_is_refused(void **state)
{
	static const uint8_t id[ZY_SM2_ID_MAX + 1], point[65] = { 4 };
	struct zy_error err = { 0 };
	uint8_t e[32];

	(void)state;
	assert_true(zy_sm2_e(ZY_BYTES(id, ZY_SM2_ID_MAX), point, ZY_LITERAL(""), e, &err));
	assert_false(zy_sm2_e(ZY_BYTES(id, sizeof(id)), point, ZY_LITERAL(""), e, &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
}

static bool in_range(enum zy_suite suite, const char *r, const char *s)
{
	uint8_t rs[64];

	from_hex(r, rs);
	from_hex(s, rs + 32);
	return zy_rs_in_range(suite, rs);
}

static void r_and_s_lie_between_zero_and_the_order(void **state)
{
	(void)state;
	assert_true(in_range(ZY_SUITE_GM, R_VALUE, S_VALUE));
	assert_false(in_range(ZY_SUITE_GM, ZERO, S_VALUE));
	assert_false(in_range(ZY_SUITE_GM, R_VALUE, ZERO));
	assert_false(in_range(ZY_SUITE_GM, SM2_N, S_VALUE));
	assert_false(in_range(ZY_SUITE_GM, R_VALUE, SM2_N));
	assert_true(in_range(ZY_SUITE_INTL, R_VALUE, SM2_N)); /* SM2's order is the smaller one */
	assert_false(in_range(ZY_SUITE_INTL, R_VALUE, P256_N));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(e_is_the_value_of_the_standards_example),
		cmocka_unit_test(an_id_longer_than_its_length_field_is_refused),
		cmocka_unit_test(r_and_s_lie_between_zero_and_the_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
