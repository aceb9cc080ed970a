#include "call.h"

#include "tokenkey.h"

/* A key of a group bears the group's name wherever it lies; it is made in one token by that token's name. */
static bool is_group(const struct zy_call *c)
{
	const char *group = c->signer->config->group;

	return group != NULL && strcmp(c->uri.token, group) == 0 && c->q.op != ZY_OP_GENERATE && c->q.op != ZY_OP_LIFE;
}

/* Each token of a group counts for itself: a limit would hold once for each. */
static bool is_free_of_limits(const struct zy_call *c, struct zy_error *err)
{
	const struct zy_seal_rule *rule;
	bool is_free;

	if (c->q.op != ZY_OP_SIGN)
		return true;
	rule = zy_rules_seal(zy_law_read(c->signer->law), &c->q);
	is_free = rule == NULL || (rule->limit_total == 0 && rule->limit_per_day == 0);
	zy_law_leave(c->signer->law);
	return is_free || zy_fail(err, ZY_E_SEAL_RULE, "esID", ZY_NOWHERE,
			      "a seal with a limit on its uses cannot have its key in a group of tokens");
}

static bool load_new(void *call, struct zy_key *key)
{
	const struct zy_call *c = call;
	struct zy_error ignored = { 0 };

	return zy_tokenkey_load(c->session, key, &ignored);
}

bool zy_call_find_key(struct zy_call *c, struct zy_error *err)
{
	if (!zy_key_uri_parse(&c->uri, c->q.key, err))
		return false;
	if (strcmp(c->uri.token, c->signer->config->name) != 0 && !is_group(c))
		return zy_fail(err, ZY_E_KEY_URI, "token", ZY_NOWHERE,
		    "this is the signer of token \"%s\", not of \"%s\"", c->signer->config->name, c->uri.token);
	if (c->q.op == ZY_OP_GENERATE || c->q.op == ZY_OP_CURRENT || c->q.op == ZY_OP_NOTE)
		return true;
	c->key = zy_keyring_find(c->signer->keys, c->uri.label);
	/* another program may have brought it since we started; a root token's keys are those it started with */
	if (c->key == NULL && c->signer->ceremony == NULL) {
		zy_keyring_look_again(c->signer->keys, load_new, c);
		c->key = zy_keyring_find(c->signer->keys, c->uri.label);
	}
	if (c->key != NULL && strcmp(c->uri.token, c->signer->config->name) != 0 && !is_free_of_limits(c, err))
		return false;
	return c->key != NULL || zy_fail(err, ZY_E_NOT_FOUND, "key", ZY_NOWHERE, "token \"%s\" has no key \"%s\"",
				     c->uri.token, c->uri.label);
}

bool zy_call_may_use(const struct zy_call *c, unsigned use, struct zy_error *err)
{
	return (c->key->uses & use) != 0 ||
	       zy_fail(err, ZY_E_KEY_USE, "use", ZY_NOWHERE, "key \"%s\" was not made for the use %s", c->key->label,
		   zy_key_use_name(use));
}

bool zy_call_is_pair(const struct zy_call *c, struct zy_error *err)
{
	return c->key->kind != ZY_KEY_AES256 ||
	       zy_fail(err, ZY_E_KEY_USE, "key", ZY_NOWHERE, "key \"%s\" is an AES key, not a key pair", c->key->label);
}

/* states: bits in which the operation is done. The date says what to wait for, or since when it is too late. */
bool zy_call_in_state(const struct zy_call *c, unsigned states, struct zy_error *err)
{
	struct zy_key_life life;
	enum zy_key_state state = zy_keyring_state(c->signer->keys, c->key, zy_now(c->signer->clock), &life);
	const zy_time since[] = { [ZY_KEY_PLANNED] = life.from,
		[ZY_KEY_ACTIVE] = life.from,
		[ZY_KEY_RETIRING] = life.until,
		[ZY_KEY_RETIRED] = life.retired,
		[ZY_KEY_DESTROYED] = life.destroyed,
		[ZY_KEY_COMPROMISED] = life.compromised };
	char date[ZY_TIME_TEXT] = "";

	if ((states & ZY_STATE_BIT(state)) != 0)
		return true;
	if (since[state] == ZY_TIME_NEVER || since[state] == ZY_KEY_ALWAYS)
		return zy_fail(err, ZY_E_KEY_STATE, "state", ZY_NOWHERE, "key \"%s\" is %s", c->key->label,
		    zy_key_state_name(state));
	zy_time_to_rfc3339(since[state], date);
	return zy_fail(err, ZY_E_KEY_STATE, "state", ZY_NOWHERE, "key \"%s\" is %s, %s %s; ask for the current one",
	    c->key->label, zy_key_state_name(state), state == ZY_KEY_PLANNED ? "until" : "since", date);
}

/* What the journal says of a use of c->key. */
bool zy_call_record(const struct zy_call *c, const char *what, const struct zy_seal_rule *rule,
    struct zy_journal_record *r, struct zy_error *err)
{
	*r = (struct zy_journal_record){ .at = zy_now(c->signer->clock),
		.what = zy_str(what),
		.key = zy_str(c->key->label),
		.use = c->q.op == ZY_OP_SIGN ? zy_str(zy_key_use_name(c->q.uses)) : zy_str(what),
		.has_rule = rule != NULL,
		.caller = c->caller };
	if (rule != NULL) {
		r->esID = c->q.esID;
		r->item = c->q.item_code;
	}
	return zy_digest(ZY_HASH_SHA256, c->q.message, r->digest, err) &&
	       (rule == NULL || zy_rule_digest(rule, true, r->rule, err));
}

enum zy_suite zy_call_suite(enum zy_key_kind kind)
{
	return kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL;
}

bool zy_call_in_ceremony(const struct zy_call *c, enum zy_suite suite, enum zy_permit what, struct zy_error *err)
{
	return zy_ceremony_take(c->signer->ceremony, suite, what, zy_now(c->signer->clock), err);
}
