#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "zy/policy.h"

#define ITEM "990100-SCJG-0001"
#define SEAL(id, department, more)                                                                                     \
	"{\"esID\":\"" id "\",\"name\":{\"zh\":\"云泽市\",\"en\":\"Yunze\"},\"department\":\"" department              \
	"\",\"seal_type\":1,\"seal_key\":\"pkcs11:token=t;object=s\",\"document_key\":\"pkcs11:token=t;object=d\","    \
	"\"valid_from\":\"2026-01-01T00:00:00Z\",\"valid_to\":\"2036-01-01T00:00:00Z\",\"items\":[\"" ITEM "\"]" more  \
	"}"
#define FIRST(more) SEAL("99010000000001", "11990100MB99000131", more)
#define OTHER(more) SEAL("99010000000002", "11990100MB9900021U", more)
#define BOTH(first, other) "{\"seals\":[" FIRST(first) "," OTHER(other) "]}"
#define RETIRED(successor) ",\"retired\":{\"at\":\"2027-01-01T00:00:00Z\"" successor "}"
#define OFF(until) ",\"off\":{\"from\":\"2026-03-01T00:00:00Z\",\"until\":\"" until "\",\"ground\":\"第九条\"}"

static void load(const char *seals, struct zy_arena *a, struct zy_policy *p)
{
	MUST(zy_policy_load_with(p, ZY_SOURCE_DIR "/policies", zy_str(seals), a, &err));
}

static zy_time time_of(const char *text)
{
	zy_time t = 0;

	MUST(zy_time_from_rfc3339(zy_str(text), &t, &err));
	return t;
}

static void a_retired_seal_is_refused_from_its_day_on(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error why = { 0 };
	const struct zy_seal_rule *s;
	struct zy_policy p;

	(void)state;
	load(BOTH(RETIRED(",\"successor\":\"99010000000002\""), ""), &a, &p);
	s = zy_policy_seal(&p, "99010000000001");
	MUST(zy_seal_rule_allows(s, ITEM, time_of("2026-12-31T23:59:59Z"), &err));
	REFUSED(zy_seal_rule_allows(s, ITEM, time_of("2027-01-01T00:00:00Z"), &err), ZY_E_SEAL_RETIRED);
	assert_false(zy_seal_rule_allows(s, ITEM, time_of("2028-01-01T00:00:00Z"), &why));
	assert_non_null(strstr(why.msg, "its successor is 99010000000002"));
}

static void a_seal_that_is_off_comes_back_by_itself(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error why = { 0 };
	const struct zy_seal_rule *s;
	struct zy_policy p;

	(void)state;
	load(BOTH(OFF("2026-04-01T00:00:00Z"), ""), &a, &p);
	s = zy_policy_seal(&p, "99010000000001");
	MUST(zy_seal_rule_allows(s, ITEM, time_of("2026-02-28T23:59:59Z"), &err));
	assert_false(zy_seal_rule_allows(s, ITEM, time_of("2026-03-01T00:00:00Z"), &why));
	assert_int_equal(why.code, ZY_E_SEAL_OFF);
	assert_non_null(strstr(why.msg, "第九条"));
	REFUSED(zy_seal_rule_allows(s, ITEM, time_of("2026-03-31T23:59:59Z"), &err), ZY_E_SEAL_OFF);
	MUST(zy_seal_rule_allows(s, ITEM, time_of("2026-04-01T00:00:00Z"), &err));
}

static void only_listed_accounts_may_use_a_seal(void **state)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_policy p;

	(void)state;
	load(BOTH(",\"requesters\":[0,1001]", ""), &a, &p);
	MUST(zy_seal_rule_asked_by(zy_policy_seal(&p, "99010000000001"), 0, &err));
	MUST(zy_seal_rule_asked_by(zy_policy_seal(&p, "99010000000001"), 1001, &err));
	REFUSED(zy_seal_rule_asked_by(zy_policy_seal(&p, "99010000000001"), 1000, &err), ZY_E_SEAL_RULE);
	MUST(zy_seal_rule_asked_by(zy_policy_seal(&p, "99010000000002"), 1000, &err));
}

static void faults_are_named(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ BOTH(RETIRED(",\"successor\":\"99010000000009\""), ""), "the successor is another seal" },
		{ BOTH(RETIRED(",\"successor\":\"99010000000001\""), ""), "the successor is another seal" },
		{ BOTH(RETIRED(",\"successor\":\"99010000000002\""), RETIRED("")), "retired itself by then" },
		{ BOTH(RETIRED(",\"by\":\"me\""), ""), "unknown key \"by\"" },
		{ BOTH(OFF("2026-03-01T00:00:00Z"), ""), "switched off from a time until a later one" },
		{ BOTH(OFF("2027-03-03T00:00:00Z"), ""), "for a year at most" },
		{ BOTH(",\"off\":{\"from\":\"2026-03-01T00:00:00Z\",\"until\":\"2026-04-01T00:00:00Z\"}", ""),
		    "\"ground\" is missing" },
		{ BOTH(",\"requesters\":[]", ""), "1 to 100 items" },
		{ BOTH(",\"requesters\":[-1]", ""), "whole number" },
		{ "{\"seals\":[" OTHER("") "]}", "seal is no esID" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_error why = { 0 };
		struct zy_policy p;

		if (zy_policy_load_with(&p, ZY_SOURCE_DIR "/policies", zy_str(rows[i].text), &a, &why))
			fail_msg("row %zu was read", i);
		assert_int_equal(why.code, ZY_E_POLICY);
		if (strstr(why.msg, rows[i].says) == NULL)
			fail_msg("row %zu says %s", i, why.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_retired_seal_is_refused_from_its_day_on),
		cmocka_unit_test(a_seal_that_is_off_comes_back_by_itself),
		cmocka_unit_test(only_listed_accounts_may_use_a_seal),
		cmocka_unit_test(faults_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
