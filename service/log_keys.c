#include "log_keys.h"

#include <stdio.h>

#include "ca_desk.h"
#include "ceremony.h"
#include "processes.h"
#include "trust_home.h"
#include "zy/note.h"

#define DAY_S 86400
#define LABEL "log"

static const char *const tokens[] = { [ZY_SUITE_GM] = ZY_TOKEN_TPM, [ZY_SUITE_INTL] = ZY_TOKEN_SOFT };

struct zy_trust_note_key *zy_log_key_entry(struct zy_trust_note_key *all, size_t num, const uint8_t point[65])
{
	struct zy_note_key own, key;

	for (size_t i = 0; i < num; i++) {
		struct zy_error ignored = { 0 };

		if (zy_note_key_parse(&key, zy_str(all[i].key), &ignored) && (i > 0 || (own = key, true)) &&
		    strcmp(key.name, own.name) == 0 && memcmp(key.point, point, sizeof(key.point)) == 0)
			return &all[i];
	}
	return NULL;
}

struct calling {
	struct zy_ca_desk d;
	const char *token;
	const struct zy_hsm_key *keys;
	size_t num;
	struct zy_trust_note_key *logs;
	size_t num_logs;
};

static bool find_entry(struct calling *c, const char *label, struct zy_trust_note_key **out, struct zy_error *err)
{
	const char *uri = zy_arena_printf(&c->d.arena, err, "pkcs11:token=%s;object=%s", c->token, label);
	enum zy_key_kind kind;
	uint8_t point[65];

	if (uri == NULL || !zy_hsm_public(c->d.ca.hsm, uri, &kind, point, err))
		return false;
	*out = zy_log_key_entry(c->logs, c->num_logs, point);
	return true;
}

/* init makes the first key of the log, whose first day the bundle does not say, with the roots. */
static bool first_day(struct calling *c, const struct zy_trust_note_key *entry, zy_time *out, struct zy_error *err)
{
	struct zy_roots *roots = zy_arena_alloc(&c->d.arena, sizeof(*roots), err);
	struct zy_cert_facts facts;

	*out = entry->from;
	if (roots == NULL || *out != 0)
		return roots != NULL;
	if (!zy_roots_read(&c->d.home, &c->d.arena, roots, err) ||
	    !zy_cert_facts(roots->certs[ZY_SUITE_INTL][0], &c->d.arena, &facts, err))
		return false;
	*out = facts.not_before + ZY_BACKDATE_S;
	return true;
}

/* The key before it signs on: it ends as it did before the other was planned. */
static bool restore_before(struct calling *c, unsigned generation, struct zy_error *err)
{
	const struct zy_hsm_key *before = NULL;
	struct zy_trust_note_key *entry;
	struct zy_bytes alias;
	unsigned newest = 0;
	zy_time from;

	for (size_t i = 0; i < c->num; i++) {
		const unsigned n = zy_key_generation(zy_str(c->keys[i].label), &alias);

		if (!zy_bytes_equal(alias, ZY_LITERAL(LABEL)) || n >= generation || n <= newest ||
		    c->keys[i].state != ZY_KEY_ACTIVE)
			continue;
		newest = n;
		before = &c->keys[i];
	}
	if (before == NULL)
		return true;
	if (!find_entry(c, before->label, &entry, err) || (entry != NULL && !first_day(c, entry, &from, err)))
		return false;
	if (entry != NULL)
		entry->until = from + (zy_time)ZY_LOG_KEY_DAYS * DAY_S;
	return true;
}

/* Without a date it is what an interrupted rotation left, which may have named it already. */
static bool call_off(
    struct calling *c, const struct zy_hsm_key *planned, zy_time now, uint64_t *bundle, struct zy_error *err)
{
	struct zy_trust_note_key *entry;
	struct zy_bytes alias;
	struct zy_trust t;

	if (!zy_trust_home_open(&c->d.home, c->d.ca.keys, now, &c->d.arena, &t, err) ||
	    (c->logs = zy_arena_array(&c->d.arena, t.num_logs + 1, sizeof(*c->logs), err)) == NULL)
		return false;
	if (t.num_logs > 0)
		memcpy(c->logs, t.logs, t.num_logs * sizeof(*c->logs));
	c->num_logs = t.num_logs;
	if (!find_entry(c, planned->label, &entry, err))
		return false;
	if (entry == NULL)
		return true;
	if (!restore_before(c, zy_key_generation(zy_str(planned->label), &alias), err))
		return false;
	memmove(entry, entry + 1, (size_t)(c->logs + c->num_logs - entry - 1) * sizeof(*entry));
	t.logs = c->logs;
	t.num_logs = c->num_logs - 1;
	if (!zy_trust_home_renew(&c->d.home, c->d.ca.hsm, &c->d.policy, now, ZY_TRUST_DAYS, &c->d.arena, &t, err))
		return false;
	*bundle = t.version;
	return true;
}

static bool is_log(const char *key, const char **token)
{
	char alias[64];
	struct zy_bytes own;

	zy_key_generation(zy_str(key), &own);
	for (size_t i = 0; i < sizeof(tokens) / sizeof(*tokens); i++) {
		*token = tokens[i];
		snprintf(alias, sizeof(alias), "pkcs11:token=%s;object=" LABEL, tokens[i]);
		if (zy_bytes_equal(own, zy_str(alias)))
			return true;
	}
	return false;
}

bool zy_log_call_off(const char *home, zy_time now, const char *key, uint64_t *bundle, struct zy_error *err)
{
	struct calling c = { 0 };
	bool ok;

	*bundle = 0;
	if (!is_log(key, &c.token))
		return true;
	if (!zy_ca_desk_open(&c.d, home, false, now, err))
		return false;
	ok = zy_hsm_list(c.d.ca.hsm, c.token, &c.d.arena, &c.keys, &c.num, err);
	for (size_t i = 0; ok && i < c.num; i++)
		if (c.keys[i].state == ZY_KEY_PLANNED && strcmp(c.keys[i].label, strstr(key, ";object=") + 8) == 0) {
			ok = call_off(&c, &c.keys[i], now, bundle, err);
			break;
		}
	zy_ca_desk_close(&c.d);
	return ok;
}
