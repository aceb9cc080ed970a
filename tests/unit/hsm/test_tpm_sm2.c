#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tpm-token/sm2.h"
#include "zy/text.h"

static void the_digest_of_the_standards_example_comes_out(void **state)
{
	/* GB/T 32918.5-2017, annex A.2 */
	static const char point_hex[] = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
					"ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
	static const char e_hex[] = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";
	struct zy_error err = { 0 };
	uint8_t point[65], want[32], e[32];

	(void)state;
	assert_true(zy_unhex(zy_str(point_hex), point, sizeof(point), &err));
	assert_true(zy_unhex(zy_str(e_hex), want, sizeof(want), &err));
	assert_true(
	    zy_sm2_message_digest(ZY_LITERAL("1234567812345678"), point, ZY_LITERAL("message digest"), e, &err));
	assert_memory_equal(e, want, sizeof(e));
}

static void an_id_longer_than_its_length_field_is_refused(void **state)
{
	static const uint8_t id[ZY_SM2_ID_MAX + 1], point[65] = { 4 };
	struct zy_error err = { 0 };
	uint8_t e[32];

	(void)state;
	assert_true(zy_sm2_message_digest(ZY_BYTES(id, ZY_SM2_ID_MAX), point, ZY_LITERAL(""), e, &err));
	assert_false(zy_sm2_message_digest(ZY_BYTES(id, sizeof(id)), point, ZY_LITERAL(""), e, &err));
	assert_int_equal(err.code, ZY_E_TOO_LARGE);
}

static void integers_are_positive_and_as_short_as_they_can_be(void **state)
{
	static const uint8_t small[] = { 0x30, 0x06, 0x02, 0x01, 0x7f, 0x02, 0x01, 0x01 };
	static const uint8_t lead[] = { 0x30, 0x08, 0x02, 0x02, 0x00, 0x80, 0x02, 0x02, 0x01, 0x00 };
	uint8_t rs[64] = { 0 };
	ZY_BUF_AUTO a = { 0 }, b = { 0 }, most = { 0 };

	(void)state;
	rs[31] = 0x7f;
	rs[63] = 0x01;
	zy_sm2_signature_encode(&a, rs);
	assert_true(zy_bytes_equal(zy_buf_bytes(&a), ZY_BYTES(small, sizeof(small))));
	rs[31] = 0x80;
	rs[62] = 0x01;
	rs[63] = 0x00;
	zy_sm2_signature_encode(&b, rs);
	assert_true(zy_bytes_equal(zy_buf_bytes(&b), ZY_BYTES(lead, sizeof(lead))));
	memset(rs, 0xff, sizeof(rs));
	zy_sm2_signature_encode(&most, rs);
	assert_int_equal(most.len, ZY_SM2_DER_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_digest_of_the_standards_example_comes_out),
		cmocka_unit_test(an_id_longer_than_its_length_field_is_refused),
		cmocka_unit_test(integers_are_positive_and_as_short_as_they_can_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
