#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "trust_sample.h"

#define TYPE "11100000MB0143028R001"
#define OTHER_TYPE "11100000MB0143028R071"
#define OFFICE "11990100MB99000131"
#define OTHER_OFFICE "11990100MB9900021U"

static const char *const types[] = { TYPE }, *const offices[] = { OFFICE };
static const struct zy_trust_cert free_anchor = { .purposes = ZY_PURPOSE_SEAL },
				  of_type = { .num_types = 1, .types = types },
				  of_office = { .num_issuers = 1, .issuers = offices },
				  of_time = { .from = 1000, .until = 2000 },
				  of_all = { .num_types = 1,
					  .types = types,
					  .num_issuers = 1,
					  .issuers = offices,
					  .until = 2000 };

static void an_anchor_vouches_within_its_limits_and_nowhere_else(void **state)
{
	static const struct {
		const struct zy_trust_cert *anchor;
		struct zy_trust_scope scope;
		zy_time at;
		enum zy_vouch want;
	} all[] = {
		{ &free_anchor, { false, NULL, NULL }, 5, ZY_VOUCHES },
		{ &free_anchor, { false, OTHER_TYPE, OTHER_OFFICE }, 5, ZY_VOUCHES },
		{ &of_type, { false, TYPE, NULL }, 5, ZY_VOUCHES },
		{ &of_type, { false, OTHER_TYPE, NULL }, 5, ZY_VOUCHES_NOT_FOR_TYPE },
		{ &of_type, { false, NULL, OFFICE }, 5, ZY_VOUCHES_NOT_FOR_TYPE },
		{ &of_type, { true, NULL, NULL }, 5, ZY_VOUCHES },
		{ &of_office, { false, NULL, OFFICE }, 5, ZY_VOUCHES },
		{ &of_office, { false, TYPE, OTHER_OFFICE }, 5, ZY_VOUCHES_NOT_FOR_ISSUER },
		{ &of_office, { false, TYPE, NULL }, 5, ZY_VOUCHES_NOT_FOR_ISSUER },
		{ &of_office, { false, TYPE, "" }, 5, ZY_VOUCHES_NOT_FOR_ISSUER },
		{ &of_office, { true, TYPE, NULL }, 5, ZY_VOUCHES },
		{ &of_time, { false, NULL, NULL }, 999, ZY_VOUCHES_NOT_THEN },
		{ &of_time, { false, NULL, NULL }, 1000, ZY_VOUCHES },
		{ &of_time, { false, NULL, NULL }, 2000, ZY_VOUCHES },
		{ &of_time, { false, NULL, NULL }, 2001, ZY_VOUCHES_NOT_THEN },
		{ &of_time, { true, NULL, NULL }, 2001, ZY_VOUCHES_NOT_THEN },
		{ &of_time, { false, NULL, NULL }, ZY_TIME_NEVER, ZY_VOUCHES },
		{ &of_all, { false, TYPE, OFFICE }, 2000, ZY_VOUCHES },
		{ &of_all, { false, OTHER_TYPE, OTHER_OFFICE }, 2001, ZY_VOUCHES_NOT_FOR_TYPE },
		{ &of_all, { false, TYPE, OTHER_OFFICE }, 2001, ZY_VOUCHES_NOT_FOR_ISSUER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (zy_trust_vouches(all[i].anchor, &all[i].scope, all[i].at) != all[i].want)
			fail_msg("row %zu", i);
}

/* Splitting an entry, and limiting one part, leaves the pin as it is. */
static void limits_are_not_part_of_the_pin(void **state)
{
	struct zy_trust t = zy_trust_sample();
	struct zy_trust_cert whole[2] = { t.anchors[0], t.anchors[1] };
	uint8_t with[ZY_HASH_LEN], without[ZY_HASH_LEN];
	struct zy_error err = { 0 };

	(void)state;
	assert_true(zy_trust_pin(&t, with, &err));
	t.anchors = whole;
	t.num_anchors = 2;
	assert_true(zy_trust_pin(&t, without, &err));
	assert_memory_equal(with, without, ZY_HASH_LEN);
	whole[0].der.len--;
	assert_true(zy_trust_pin(&t, without, &err));
	assert_memory_not_equal(with, without, ZY_HASH_LEN);
}

static void what_an_anchor_cannot_be_limited_to_is_refused(void **state)
{
	static const char *const strange[] = { "11100000MB0143028R002" }, *const twice[] = { TYPE, TYPE },
				 *const office[] = { OTHER_OFFICE };
	const struct zy_trust good = zy_trust_sample();
	struct zy_trust_cert bad[8];
	ZY_BUF_AUTO json = { 0 };

	(void)state;
	for (size_t i = 0; i < 8; i++)
		bad[i] = good.anchors[2];
	bad[0].types = strange;
	bad[1].types = twice, bad[1].num_types = 2;
	bad[2].issuers = office;
	bad[3].purposes |= ZY_PURPOSE_TIMESTAMP;
	bad[4].until = bad[4].from;
	bad[5].from = -1;
	bad[6].purposes = 0;
	bad[7].until = INT64_MAX;
	for (size_t i = 0; i < 8; i++) {
		struct zy_error err = { 0 };
		struct zy_trust t = good;

		t.anchors = &bad[i];
		t.num_anchors = 1;
		if (zy_trust_encode(&t, &json, &err) || err.code != ZY_E_TRUST)
			fail_msg("case %zu: %s", i, zy_code_name(err.code));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_anchor_vouches_within_its_limits_and_nowhere_else),
		cmocka_unit_test(limits_are_not_part_of_the_pin),
		cmocka_unit_test(what_an_anchor_cannot_be_limited_to_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
