#include "law_change.h"

#include "rules.h"

static const struct zy_seal_off *off_of(const struct zy_seal_rule *s)
{
	static const struct zy_seal_off none;

	return s == NULL ? &none : &s->off;
}

static bool same_off(const struct zy_seal_off *a, const struct zy_seal_off *b)
{
	return a->from == b->from && a->until == b->until && (a->until == 0 || strcmp(a->ground, b->ground) == 0);
}

static bool same_but_off(const struct zy_seal_rule *a, const struct zy_seal_rule *b, bool *same, struct zy_error *err)
{
	uint8_t digests[2][ZY_HASH_LEN];

	if (!zy_rule_digest(a, false, digests[0], err) || !zy_rule_digest(b, false, digests[1], err))
		return false;
	*same = memcmp(digests[0], digests[1], ZY_HASH_LEN) == 0;
	return true;
}

static bool check_switch(const struct zy_order *o, const struct zy_seal_rule *was, const struct zy_seal_rule *s,
    size_t *changed, struct zy_error *err)
{
	bool same = false;

	if (was != NULL && !same_but_off(was, s, &same, err))
		return false;
	if (!same)
		return zy_fail(err, ZY_E_ORDER, "off", ZY_NOWHERE,
		    "an order to switch off changes nothing else, but the rule of seal %s is another", s->esID);
	if (same_off(&was->off, &s->off))
		return true;
	++*changed;
	return (s->off.until == o->until && s->off.ground != NULL &&
		   zy_bytes_equal(zy_str(s->off.ground), o->ground)) ||
	       zy_fail(err, ZY_E_ORDER, "off", ZY_NOWHERE,
		   "seal %s is not switched off on the ground and until the end of the order", s->esID);
}

bool zy_law_change_check(
    const struct zy_order *o, const struct zy_policy *now, const struct zy_policy *next, struct zy_error *err)
{
	bool off = o->action == ZY_ORDER_SWITCH_OFF;
	size_t changed = 0;

	for (size_t i = 0; i < next->num_seals; i++) {
		const struct zy_seal_rule *s = &next->seals[i], *was = zy_policy_seal(now, s->esID);

		if (off && !check_switch(o, was, s, &changed, err))
			return false;
		if (!off && s->off.until != 0 && !same_off(off_of(was), &s->off))
			return zy_fail(err, ZY_E_ORDER, "off", ZY_NOWHERE,
			    "to switch the seal %s off, ask for switch-off, with --ground and --until", s->esID);
	}
	return !off || (changed > 0 && next->num_seals == now->num_seals) ||
	       zy_fail(err, ZY_E_ORDER, "off", ZY_NOWHERE,
		   changed == 0 ? "the order switches no seal off" : "an order to switch off takes no seal away");
}
