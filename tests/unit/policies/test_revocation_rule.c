#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "zy/authority.h"
#include "zy/revocation_rule.h"

#define A "40000000000000000000000000000001"
#define B "40000000000000000000000000000002"
#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void parse(const char *text, struct zy_arena *a, struct zy_revocation_rule *r)
{
	MUST(zy_revocation_rule_parse(r, zy_str(text), a, &err));
}

static void a_rule_says_all_that_it_can(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_revocation_rule r;
	const uint8_t first[ZY_RULE_SERIAL_LEN] = { 0x40, [15] = 1 }, second[ZY_RULE_SERIAL_LEN] = { 0x40, [15] = 2 },
		      third[ZY_RULE_SERIAL_LEN] = { 0x40, [15] = 3 };

	(void)state;
	parse(
	    "{\"issuer\":\"issuing-intl\",\"profile\":\"device\",\"organisation\":\"11990100MB99000131\",\"key\":\"" KEY
	    "\",\"serials\":[\"" B "\",\"" A "\"],\"issued_from\":\"2026-03-01T00:00:00Z\",\"issued_to\":"
	    "\"2026-03-01T00:00:01Z\",\"reason\":\"keyCompromise\",\"invalidity_date\":\"2026-02-28T00:00:00Z\"}",
	    &a, &r);
	assert_int_equal(r.issuer, ZY_REVOKE_OF_ISSUING_INTL);
	assert_string_equal(r.profile, "device");
	assert_string_equal(r.key, KEY);
	assert_int_equal(r.num_serials, 2);
	assert_memory_equal(r.serials[0].p, first, sizeof(first));
	assert_true(zy_revocation_rule_has_serial(&r, first) && zy_revocation_rule_has_serial(&r, second));
	assert_false(zy_revocation_rule_has_serial(&r, third));
	assert_int_equal(r.issued_to - r.issued_from, 1);
	assert_int_equal(r.reason, 1);
	assert_int_equal(r.issued_from - r.invalid_at, 86400);
}

static void an_issuer_may_be_of_a_later_generation(void **state)
{
	static const char *const bad[] = { "issuing-gm~1", "issuing-gm~0", "issuing-gm~02", "issuing-gm~",
		"issuing-gm~2x", "issuing-gm~10000", "root-gm~2", "issuing", "issuing-gm2" };
	struct zy_revocation_rule r;
	ZY_ARENA_AUTO a = { 0 };
	char text[128];

	(void)state;
	parse("{\"issuer\":\"issuing-gm~12\",\"reason\":\"superseded\"}", &a, &r);
	assert_int_equal(r.issuer, ZY_REVOKE_OF_ISSUING_GM);
	assert_int_equal(r.generation, 12);
	parse("{\"issuer\":\"issuing-gm\",\"reason\":\"superseded\"}", &a, &r);
	assert_int_equal(r.generation, 1);
	parse("{\"issuer\":\"root-gm\",\"reason\":\"superseded\"}", &a, &r);
	assert_int_equal(r.generation, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct zy_error err = { 0 };

		snprintf(text, sizeof(text), "{\"issuer\":\"%s\",\"reason\":\"superseded\"}", bad[i]);
		assert_false(zy_revocation_rule_parse(&r, zy_str(text), &a, &err));
		assert_int_equal(err.code, ZY_E_POLICY);
	}
}

static void what_is_left_out_is_any(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_revocation_rule r;

	(void)state;
	parse("{\"profile\":\"device\",\"reason\":\"unspecified\"}", &a, &r);
	assert_true(r.issuer == ZY_REVOKE_OF_ANY && r.organisation == NULL && r.key == NULL && r.num_serials == 0);
	assert_true(r.issued_from == 0 && r.issued_to == 0 && r.invalid_at == 0 && r.reason == 0);
}

static void a_rule_that_is_not_strict_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"[]",
		"{}",
		"{\"profile\":\"device\"}",
		"{\"reason\":\"superseded\"}",
		"{\"reason\":\"superseded\",\"invalidity_date\":\"2026-02-28T00:00:00Z\"}",
		"{\"profile\":\"device\",\"reason\":\"certificateHold\"}",
		"{\"profile\":\"device\",\"reason\":\"superseded\",\"reason\":\"superseded\"}",
		"{\"profile\":\"device\",\"reason\":\"superseded\",\"serial\":\"" A "\"}",
		"{\"profile\":\"\",\"reason\":\"superseded\"}",
		"{\"issuer\":\"issuing\",\"reason\":\"superseded\"}",
		"{\"organisation\":\"11990100MB0A000170\",\"reason\":\"superseded\"}",
		"{\"key\":\"0123\",\"reason\":\"superseded\"}",
		"{\"serials\":[],\"reason\":\"superseded\"}",
		"{\"serials\":[\"4\"],\"reason\":\"superseded\"}",
		"{\"serials\":[\"4000000000000000000000000000000A\"],\"reason\":\"superseded\"}",
		"{\"serials\":[\"" A "\",\"" B "\",\"" A "\"],\"reason\":\"superseded\"}",
		"{\"issued_from\":\"2026-03-01\",\"reason\":\"superseded\"}",
		"{\"issued_from\":\"2026-03-01T00:00:00Z\",\"issued_to\":\"2026-03-01T00:00:00Z\",\"reason\":\"superseded\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_revocation_rule r;

		REFUSED(zy_revocation_rule_parse(&r, zy_str(texts[i]), &a, &err), ZY_E_POLICY);
	}
}

static void a_file_over_the_cap_is_refused(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_revocation_rule r;
	char *text = calloc(1, ZY_REVOCATION_RULE_MAX + 2);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', ZY_REVOCATION_RULE_MAX + 1);
	REFUSED(zy_revocation_rule_parse(&r, zy_str(text), &a, &err), ZY_E_TOO_LARGE);
	free(text);
}

static void reasons_are_those_of_the_register(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		const char *name = zy_revocation_reason_name(i);
		ZY_ARENA_AUTO a = { 0 };
		struct zy_revocation_rule r;
		char text[128];

		if (name == NULL)
			continue;
		snprintf(text, sizeof(text), "{\"profile\":\"device\",\"reason\":\"%s\"}", name);
		parse(text, &a, &r);
		assert_int_equal(r.reason, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_says_all_that_it_can),
		cmocka_unit_test(an_issuer_may_be_of_a_later_generation),
		cmocka_unit_test(what_is_left_out_is_any),
		cmocka_unit_test(a_rule_that_is_not_strict_is_refused),
		cmocka_unit_test(a_file_over_the_cap_is_refused),
		cmocka_unit_test(reasons_are_those_of_the_register),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
