#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "zy/ceremony.h"

static void every_plan_comes_back(void **state)
{
	(void)state;
	for (int kind = 0; kind < ZY_NUM_CEREMONY_KINDS; kind++)
		for (int which = 1; which < 4; which++) {
			const struct zy_ceremony_plan p = { (enum zy_ceremony_kind)kind,
				{ (which & 1) != 0, (which & 2) != 0 },
				kind == ZY_CEREMONY_NEXT_ROOT ? 1800000000 : 0 };
			struct zy_ceremony_plan again;
			struct zy_error err = { 0 };
			ZY_BUF_AUTO text = { 0 };

			zy_ceremony_plan_encode(&p, &text);
			assert_true(zy_ceremony_plan_parse(&again, zy_buf_bytes(&text), &err));
			assert_int_equal(again.kind, p.kind);
			assert_int_equal(again.until, p.until);
			assert_int_equal(again.suites[0], p.suites[0]);
			assert_int_equal(again.suites[1], p.suites[1]);
			for (size_t len = 0; len < text.len; len++)
				assert_false(zy_ceremony_plan_parse(&again, ZY_BYTES(text.p, len), &err));
			assert_int_equal(err.code, ZY_E_ORDER);
		}
}

static void other_spellings_are_refused(void **state)
{
	static const char *const texts[] = { "", "zy-ceremony-1 crl\n", "zy-ceremony-1 crl intl gm\n",
		"zy-ceremony-1 crl gm\r\n", "zy-ceremony-1 crl  gm\n", "zy-ceremony-1 crl gm\n\n",
		"zy-ceremony-2 crl gm\n", "zy-ceremony-1 sign gm\n", "zy-ceremony-1 next-root gm\n",
		"zy-ceremony-1 next-root gm until never\n", "zy-ceremony-1 next-root gm until 2036-01-01\n",
		"zy-ceremony-1 next-root gm until 2036-01-01T00:00:00Z \n",
		"zy-ceremony-1 next-root gm until 2036-13-01T00:00:00Z\n",
		"zy-ceremony-1 next-root until 2036-01-01T00:00:00Z\n",
		"zy-ceremony-1 crl gm until 2036-01-01T00:00:00Z\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct zy_ceremony_plan p;
		struct zy_error err = { 0 };

		assert_false(zy_ceremony_plan_parse(&p, zy_str(texts[i]), &err));
		assert_int_equal(err.code, ZY_E_ORDER);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_plan_comes_back),
		cmocka_unit_test(other_spellings_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
