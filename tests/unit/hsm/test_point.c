#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hsm/point.h"
#include "zy/text.h"

/* GB/T 32918.5-2017 appendix A.2 */
#define POINT                                                                                                          \
	"0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"                                           \
	"ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"

static void from_hex(const char *hex, uint8_t *out)
{
	struct zy_error err = { 0 };

	assert_true(zy_unhex(zy_str(hex), out, strlen(hex) / 2, &err));
}

static void points_off_the_curve_are_refused(void **state)
{
	struct zy_error err = { 0 };
	uint8_t point[65];

	(void)state;
	from_hex(POINT, point);
	assert_true(zy_point_check(ZY_KEY_SM2, point, &err));
	assert_false(zy_point_check(ZY_KEY_P256, point, &err));
	assert_int_equal(err.code, ZY_E_TOKEN);
	point[64] ^= 1;
	assert_false(zy_point_check(ZY_KEY_SM2, point, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_off_the_curve_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
