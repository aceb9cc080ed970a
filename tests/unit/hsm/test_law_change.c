#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "hsm/law_change.h"

#define GROUND "国务院令第716号 第九条"
enum { FROM = 1000, UNTIL = 5000 };

static const char *const items[] = { "a" };

static struct zy_seal_rule seal(const char *esID)
{
	return (struct zy_seal_rule){ .esID = esID,
		.name = { "印", "Seal" },
		.centre_text = "",
		.code = "",
		.department = "d",
		.seal_key = "k",
		.document_key = "l",
		.valid_to = 9000,
		.num_items = 1,
		.items = items };
}

static struct zy_seal_off off(zy_time until, const char *ground)
{
	return (struct zy_seal_off){ FROM, until, ground };
}

/* Two seals as they are, and as they are to be. */
struct rules {
	struct zy_seal_rule was[2], is[2];
	size_t num_is;
};

static struct rules same(void)
{
	return (struct rules){ { seal("1"), seal("2") }, { seal("1"), seal("2") }, 2 };
}

static bool check(const struct rules *r, enum zy_order_action action, struct zy_error *err)
{
	const struct zy_policy now = { .num_seals = 2, .seals = r->was },
			       next = { .num_seals = r->num_is, .seals = r->is };
	const struct zy_order o = { .action = action,
		.ground = action == ZY_ORDER_SWITCH_OFF ? zy_str(GROUND) : (struct zy_bytes){ 0 },
		.until = action == ZY_ORDER_SWITCH_OFF ? UNTIL : 0 };

	return zy_law_change_check(&o, &now, &next, err);
}

static void a_change_of_rules_may_do_all_but_switch_off(void **state)
{
	struct rules r = same();

	(void)state;
	r.is[0].limit_total = 5;
	r.is[1].retired.at = 100;
	MUST(check(&r, ZY_ORDER_RULES, &err));
	r.is[1].off = off(UNTIL, GROUND);
	REFUSED(check(&r, ZY_ORDER_RULES, &err), ZY_E_ORDER);
	r.was[1].off = r.is[1].off;
	MUST(check(&r, ZY_ORDER_RULES, &err)); /* it stays off */
	r.is[1].off.until++;
	REFUSED(check(&r, ZY_ORDER_RULES, &err), ZY_E_ORDER); /* for longer */
	r.is[1].off = (struct zy_seal_off){ 0 };
	MUST(check(&r, ZY_ORDER_RULES, &err)); /* on again */
	r = same();
	r.is[1] = seal("3");
	MUST(check(&r, ZY_ORDER_RULES, &err));
	r.is[1].off = off(UNTIL, GROUND); /* born off */
	REFUSED(check(&r, ZY_ORDER_RULES, &err), ZY_E_ORDER);
}

static void switching_off_changes_nothing_else(void **state)
{
	struct rules r = same();

	(void)state;
	REFUSED(check(&r, ZY_ORDER_SWITCH_OFF, &err), ZY_E_ORDER); /* none is switched off */
	r.is[0].off = off(UNTIL, GROUND);
	MUST(check(&r, ZY_ORDER_SWITCH_OFF, &err));
	r.is[1].off = off(UNTIL, GROUND);
	MUST(check(&r, ZY_ORDER_SWITCH_OFF, &err));
	r.is[1].off.until++;
	REFUSED(check(&r, ZY_ORDER_SWITCH_OFF, &err), ZY_E_ORDER);
	r.is[1].off = off(UNTIL, "another ground");
	REFUSED(check(&r, ZY_ORDER_SWITCH_OFF, &err), ZY_E_ORDER);
	r.is[1].off = (struct zy_seal_off){ 0 };
	r.is[1].limit_per_day = 1;
	REFUSED(check(&r, ZY_ORDER_SWITCH_OFF, &err), ZY_E_ORDER);
	r.is[1] = seal("3");
	REFUSED(check(&r, ZY_ORDER_SWITCH_OFF, &err), ZY_E_ORDER);
	r.num_is = 1;
	REFUSED(check(&r, ZY_ORDER_SWITCH_OFF, &err), ZY_E_ORDER); /* one is taken away */
	r = same();
	r.was[0].off = off(UNTIL, GROUND);
	REFUSED(check(&r, ZY_ORDER_SWITCH_OFF, &err), ZY_E_ORDER); /* on again is no switching off */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_of_rules_may_do_all_but_switch_off),
		cmocka_unit_test(switching_off_changes_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
