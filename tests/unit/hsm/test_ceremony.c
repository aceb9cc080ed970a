#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hsm/ceremony.h"

#define NOW ((zy_time)1800000000)

static void takes(struct zy_ceremony *c, enum zy_suite suite, enum zy_permit what, zy_time now, bool wanted)
{
	struct zy_error err = { 0 };

	assert_int_equal(zy_ceremony_take(c, suite, what, now, &err), wanted);
	assert_int_equal(err.code, wanted ? ZY_OK : ZY_E_CEREMONY);
}

static void nothing_is_permitted_without_an_order(void **state)
{
	struct zy_ceremony c;

	(void)state;
	zy_ceremony_init(&c, false);
	for (int what = 0; what < ZY_NUM_PERMITS; what++)
		takes(&c, ZY_SUITE_GM, (enum zy_permit)what, NOW, false);
	zy_ceremony_free(&c);
}

static void each_permit_is_used_once_in_its_suite_and_time(void **state)
{
	const struct zy_ceremony_plan plan = { .kind = ZY_CEREMONY_SIGN_ISSUING, .suites = { true, false } };
	struct zy_ceremony c;

	(void)state;
	zy_ceremony_init(&c, false);
	zy_ceremony_begin(&c, &plan, 1, NOW);
	takes(&c, ZY_SUITE_GM, ZY_PERMIT_CERTIFICATE, NOW, true);
	takes(&c, ZY_SUITE_GM, ZY_PERMIT_CERTIFICATE, NOW, false);
	takes(&c, ZY_SUITE_INTL, ZY_PERMIT_CERTIFICATE, NOW, false);
	takes(&c, ZY_SUITE_GM, ZY_PERMIT_GENERATE, NOW, false);
	takes(&c, ZY_SUITE_GM, ZY_PERMIT_CRL, NOW + 1799, true);
	takes(&c, ZY_SUITE_GM, ZY_PERMIT_RECORD, NOW + 1800, false);
	zy_ceremony_free(&c);
}

static void a_new_token_signs_with_the_key_that_it_made_until_an_order_comes(void **state)
{
	const struct zy_ceremony_plan plan = { .kind = ZY_CEREMONY_CRL, .suites = { true, true } };
	struct zy_ceremony c;

	(void)state;
	zy_ceremony_init(&c, true);
	takes(&c, ZY_SUITE_INTL, ZY_PERMIT_CERTIFICATE, NOW, false);
	takes(&c, ZY_SUITE_INTL, ZY_PERMIT_GENERATE, NOW, true);
	takes(&c, ZY_SUITE_INTL, ZY_PERMIT_CERTIFICATE, NOW, true);
	takes(&c, ZY_SUITE_INTL, ZY_PERMIT_CERTIFICATE, NOW, true);
	takes(&c, ZY_SUITE_GM, ZY_PERMIT_CERTIFICATE, NOW, false);
	zy_ceremony_begin(&c, &plan, 1, NOW);
	takes(&c, ZY_SUITE_INTL, ZY_PERMIT_CERTIFICATE, NOW, false);
	takes(&c, ZY_SUITE_INTL, ZY_PERMIT_CRL, NOW, true);
	zy_ceremony_free(&c);
}

static void the_next_root_is_made_certified_and_begun_once_and_the_one_before_ends_as_ordered(void **state)
{
	const struct zy_ceremony_plan plan = { ZY_CEREMONY_NEXT_ROOT, { true, false }, NOW + 1000 };
	static const unsigned times[ZY_NUM_PERMITS] = { [ZY_PERMIT_GENERATE] = 1,
		[ZY_PERMIT_CERTIFICATE] = 3,
		[ZY_PERMIT_CRL] = 3,
		[ZY_PERMIT_RECORD] = 1,
		[ZY_PERMIT_ACTIVATE] = 1 };
	struct zy_error err = { 0 };
	struct zy_ceremony c;

	(void)state;
	assert_false(zy_ceremony_may_begin(&plan, NOW + 1000, &err));
	assert_int_equal(err.code, ZY_E_ORDER);
	err = (struct zy_error){ 0 };
	assert_false(zy_ceremony_may_begin(&plan, NOW - (zy_time)3660 * 86400, &err));
	assert_true(zy_ceremony_may_begin(&plan, NOW, &(struct zy_error){ 0 }));
	zy_ceremony_init(&c, false);
	zy_ceremony_begin(&c, &plan, 2, NOW);
	assert_int_equal(zy_ceremony_overlap_s(&c, NOW + 10), 990);
	assert_int_equal(zy_ceremony_overlap_s(&c, NOW + 2000), 0);
	for (int what = 0; what < ZY_NUM_PERMITS; what++) {
		takes(&c, ZY_SUITE_INTL, (enum zy_permit)what, NOW, false);
		for (unsigned i = 0; i <= times[what]; i++)
			takes(&c, ZY_SUITE_GM, (enum zy_permit)what, NOW, i < times[what]);
	}
	zy_ceremony_free(&c);
}

static void a_message_is_a_record_or_one_sequence(void **state)
{
	static const uint8_t tbs[] = { 0x30, 0x03, 0x02, 0x01, 0x05 };
	struct zy_error err = { 0 };
	enum zy_permit what;

	(void)state;
	assert_true(zy_ceremony_message(ZY_BYTES(tbs, sizeof(tbs)), &what, &err));
	assert_int_equal(what, ZY_PERMIT_CERTIFICATE);
	assert_true(zy_ceremony_message(zy_str(ZY_CEREMONY_RECORD "text\n"), &what, &err));
	assert_int_equal(what, ZY_PERMIT_RECORD);
	assert_false(zy_ceremony_message(ZY_BYTES(tbs, sizeof(tbs) - 1), &what, &err));
	err = (struct zy_error){ 0 };
	assert_false(zy_ceremony_message(zy_str("zy-order-1"), &what, &err));
	assert_int_equal(err.code, ZY_E_DER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_permitted_without_an_order),
		cmocka_unit_test(each_permit_is_used_once_in_its_suite_and_time),
		cmocka_unit_test(a_new_token_signs_with_the_key_that_it_made_until_an_order_comes),
		cmocka_unit_test(the_next_root_is_made_certified_and_begun_once_and_the_one_before_ends_as_ordered),
		cmocka_unit_test(a_message_is_a_record_or_one_sequence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
