#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hsm/ckr.h"

/* Reads the very header that the signer is compiled with. */
static void every_code_of_the_header_has_its_class(void **state)
{
	char line[512], name[128], value[64];
	unsigned num = 0;
	FILE *f = fopen(ZY_PKCS11_HEADER, "r");

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "#define%*[ \t]%127s (%63[0-9a-fA-FxX]UL)", name, value) != 2 ||
		    strncmp(name, "CKR_", 4) != 0)
			continue;
		if (!zy_ckr_is_known(strtoul(value, NULL, 0)))
			fail_msg("%s has no class", name);
		assert_string_equal(zy_ckr_name(strtoul(value, NULL, 0)), name);
		num++;
	}
	fclose(f);
	assert_true(num > 80);
}

static void faults_are_healed_where_they_lie(void **state)
{
	(void)state;
	assert_int_equal(zy_ckr_class(CKR_SESSION_HANDLE_INVALID), ZY_CKR_SESSION);
	assert_int_equal(zy_ckr_class(CKR_USER_NOT_LOGGED_IN), ZY_CKR_SESSION);
	assert_int_equal(zy_ckr_class(CKR_DEVICE_REMOVED), ZY_CKR_TOKEN);
	assert_int_equal(zy_ckr_class(CKR_CRYPTOKI_NOT_INITIALIZED), ZY_CKR_MODULE);
	assert_int_equal(zy_ckr_class(CKR_DATA_INVALID), ZY_CKR_PERMANENT);
	assert_int_equal(zy_ckr_class(CKR_SIGNATURE_INVALID), ZY_CKR_PERMANENT);
}

static void a_wrong_pin_is_permanent_so_that_it_is_not_tried_again(void **state)
{
	(void)state;
	assert_int_equal(zy_ckr_class(CKR_PIN_INCORRECT), ZY_CKR_PERMANENT);
	assert_int_equal(zy_ckr_class(CKR_PIN_LOCKED), ZY_CKR_PERMANENT);
}

static void codes_of_vendors_are_permanent(void **state)
{
	(void)state;
	assert_false(zy_ckr_is_known(CKR_VENDOR_DEFINED + 7));
	assert_int_equal(zy_ckr_class(CKR_VENDOR_DEFINED + 7), ZY_CKR_PERMANENT);
	assert_string_equal(zy_ckr_name(CKR_VENDOR_DEFINED + 7), "a vendor's own CKR code");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_of_the_header_has_its_class),
		cmocka_unit_test(faults_are_healed_where_they_lie),
		cmocka_unit_test(a_wrong_pin_is_permanent_so_that_it_is_not_tried_again),
		cmocka_unit_test(codes_of_vendors_are_permanent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
