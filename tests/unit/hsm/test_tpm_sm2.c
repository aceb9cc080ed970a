#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tpm-token/sm2.h"
#include "zy/text.h"

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
		cmocka_unit_test(integers_are_positive_and_as_short_as_they_can_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
