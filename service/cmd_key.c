/* key: what keys the tokens hold, and their lives. */
#include "cli.h"
#include "ends.h"
#include "generations.h"
#include "key_rotate.h"
#include "log_keys.h"
#include "rewrap.h"

#include <inttypes.h>
#include <stdlib.h>

#include "zy/file.h"
#include "zy/key_order.h"

#define DAY_S 86400

struct key_options {
	const char *token, *kind, *uses, *on, *overlap, *confirm, *out;
};

/* TOKEN/LABEL, or a PKCS#11 URI as it is. */
static const char *key_name(const char *word, struct zy_arena *a, struct zy_error *err)
{
	const char *slash = strchr(word, '/');

	if (strncmp(word, "pkcs11:", 7) == 0)
		return zy_arena_text(a, zy_str(word), err);
	if (slash == NULL)
		zy_fail_set(
		    err, ZY_E_KEY_URI, "key", ZY_NOWHERE, "a key is named TOKEN/LABEL, such as zy-tpm/timestamp");
	return slash == NULL
		   ? NULL
		   : zy_arena_printf(a, err, "pkcs11:token=%.*s;object=%s", (int)(slash - word), word, slash + 1);
}

/* ---- list and show ---- */

static json_t *uses_json(unsigned uses)
{
	json_t *all = json_array();

	for (unsigned bit = 1; bit != 0 && bit <= uses; bit <<= 1)
		if ((uses & bit) != 0 && zy_key_use_name(bit) != NULL)
			json_array_append_new(all, json_string(zy_key_use_name(bit)));
	return all;
}

struct listing {
	struct zy_cli *c;
	const struct zy_home *h;
	const struct zy_end *ends;
	size_t num_ends;
};

/* What ends first of what speaks of that key; NULL when there is nothing. */
static const struct zy_end *find_end(const struct listing *l, const char *token, const char *label)
{
	const struct zy_end *first = NULL;

	for (size_t i = 0; i < l->num_ends; i++) {
		const struct zy_end *e = &l->ends[i];
		size_t len = strlen(token);

		if (e->key != NULL && strncmp(e->key, token, len) == 0 && e->key[len] == '/' &&
		    strcmp(e->key + len + 1, label) == 0 && (first == NULL || e->until < first->until))
			first = e;
	}
	return first;
}

static const char *alarm_of(const struct listing *l, const struct zy_end *e)
{
	return e == NULL ? NULL : zy_alarm_name(zy_end_alarm(e, l->h->alarm_days, zy_now(l->c->clock)));
}

static json_t *key_json(const struct listing *l, const char *token, const struct zy_hsm_key *k)
{
	const struct zy_end *e = find_end(l, token, k->label);
	struct zy_bytes alias;
	unsigned generation = zy_key_generation(zy_str(k->label), &alias);

	return json_pack("{s:s, s:s, s:s%, s:i, s:s, s:o, s:s, s:o, s:o, s:I, s:o, s:o, s:o, s:b, s:o, s:s?}", "token",
	    token, "label", k->label, "alias", (const char *)alias.p, alias.len, "generation", (int)generation, "kind",
	    zy_key_kind_name(k->kind), "uses", uses_json(k->uses), "state", zy_key_state_name(k->state), "signs_from",
	    zy_time_json(k->life.from), "signs_until", zy_time_json(k->life.until), "overlap_s",
	    (json_int_t)k->life.overlap_s, "retired_at", zy_time_json(k->life.retired), "destroyed_at",
	    zy_time_json(k->life.destroyed), "compromised_at", zy_time_json(k->life.compromised), "extractable",
	    (int)k->can_leave, "ends", e == NULL ? json_null() : zy_time_json(e->until), "alarm", alarm_of(l, e));
}

static const char *end_text(const struct zy_end *e, char room[ZY_TIME_TEXT])
{
	if (e->until == ZY_KEY_ALWAYS)
		return "nothing that speaks of it can be used";
	zy_time_to_rfc3339(e->until, room);
	return room;
}

static void print_key(const struct listing *l, const char *token, const struct zy_hsm_key *k)
{
	const struct zy_end *e = find_end(l, token, k->label);
	const char *alarm = alarm_of(l, e);
	char until[ZY_TIME_TEXT] = "";
	const char *use = NULL;

	if (l->c->json) {
		zy_cli_json(key_json(l, token, k));
		return;
	}
	for (unsigned bit = 1; use == NULL && bit != 0; bit <<= 1)
		if ((k->uses & bit) != 0)
			use = zy_key_use_name(bit);
	if (k->life.until != ZY_TIME_NEVER)
		zy_time_to_rfc3339(k->life.until, until);
	printf("%s/%s  %s  %s%s  %s%s%s%s\n", token, k->label, zy_key_kind_name(k->kind), use == NULL ? "?" : use,
	    (k->uses & (k->uses - 1)) != 0 ? ", ..." : "", zy_key_state_name(k->state),
	    until[0] == 0 ? "" : "  signs until ", until, k->can_leave ? "  EXTRACTABLE" : "");
	if (alarm != NULL)
		printf("  %s: %s; %s\n", alarm, end_text(e, until), e->mend);
}

static bool collect_ends(struct listing *l, struct zy_hsm *hsm, struct zy_arena *a, struct zy_error *err)
{
	const char *folder = zy_home_path(l->h, a, err, "policies");
	struct zy_policy policy;

	return folder != NULL && zy_policy_load(&policy, folder, a, err) &&
	       zy_ends_collect(l->h, &policy, hsm, zy_now(l->c->clock), a, &l->ends, &l->num_ends, err);
}

/* label NULL: all keys. */
static bool list(struct zy_cli *c, const char *only, const char *label, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_home h;
	struct zy_hsm *hsm = NULL;
	struct listing l = { .c = c, .h = &h };
	bool ok, found = false;

	if (!zy_home_open(&h, c->home, &a, err) || !zy_hsm_open(&hsm, h.path, err))
		return false;
	ok = collect_ends(&l, hsm, &a, err);
	for (size_t t = 0; ok && t < h.num_tokens; t++) {
		const struct zy_hsm_key *keys;
		size_t num = 0;

		if (only != NULL && strcmp(only, h.tokens[t]) != 0)
			continue;
		ok = zy_hsm_list(hsm, h.tokens[t], &a, &keys, &num, err);
		for (size_t i = 0; ok && i < num; i++)
			if (label == NULL || strcmp(label, keys[i].label) == 0) {
				print_key(&l, h.tokens[t], &keys[i]);
				found = true;
			}
	}
	zy_hsm_close(hsm);
	return ok && (found || label == NULL || zy_fail(err, ZY_E_NOT_FOUND, "key", ZY_NOWHERE, "no such key"));
}

static bool show(struct zy_cli *c, const char *word, struct zy_error *err)
{
	const char *slash = strchr(word, '/');
	char token[64];

	if (slash == NULL)
		return zy_fail(
		    err, ZY_E_KEY_URI, "key", ZY_NOWHERE, "a key is named TOKEN/LABEL, such as zy-tpm/timestamp");
	snprintf(token, sizeof(token), "%.*s", (int)(slash - word), word);
	return list(c, token, slash + 1, err);
}

/* ---- events ---- */

/* A day is its first moment in Beijing; NULL is now. */
bool zy_key_day(const char *text, zy_time *out, struct zy_error *err)
{
	struct zy_error why = { 0 };

	*out = 0;
	return text == NULL || zy_time_from_date(zy_str(text), ZY_BEIJING_S, out, &why) ||
	       zy_time_from_rfc3339(zy_str(text), out, &(struct zy_error){ 0 }) ||
	       zy_fail(err, ZY_E_USAGE, "on", ZY_NOWHERE, "give a day (2026-03-01) or a time (2026-03-01T00:00:00Z)");
}

static bool read_uses(const char *text, unsigned *out, struct zy_error *err)
{
	char word[32];

	*out = 0;
	for (const char *at = text; *at != 0;) {
		size_t len = strcspn(at, ",");
		unsigned bit;

		snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : 0), at);
		if ((bit = zy_key_use_from_name(word)) == 0)
			return zy_fail(err, ZY_E_USAGE, "uses", ZY_NOWHERE, "no key use is called \"%.32s\"", at);
		*out |= bit;
		at += len + (at[len] == ',');
	}
	return true;
}

static bool generate(struct zy_hsm *hsm, const char *key, const struct key_options *o, struct zy_error *err)
{
	enum zy_key_kind kind;
	unsigned uses;

	if (o->kind == NULL || o->uses == NULL || !zy_key_kind_from_name(zy_str(o->kind), &kind))
		return zy_fail(err, ZY_E_USAGE, "kind", ZY_NOWHERE,
		    "give the kind and the uses: --kind sm2|p256|aes256 --uses USE,...");
	return read_uses(o->uses, &uses, err) && zy_hsm_generate(hsm, key, kind, uses, err);
}

/* Verifiers forget a key of the log that never signed before it goes. */
static bool destroy(
    struct zy_cli *c, struct zy_hsm *hsm, const char *word, const char *key, const char *confirm, struct zy_error *err)
{
	uint64_t bundle;

	if (confirm == NULL || strcmp(confirm, word) != 0)
		return zy_fail(err, ZY_E_USAGE, "confirm", ZY_NOWHERE,
		    "a destroyed key does not come back: say its name again, --confirm %.64s", word);
	if (!zy_log_call_off(c->home, zy_now(c->clock), key, &bundle, err))
		return false;
	if (bundle != 0)
		fprintf(stderr, "version %" PRIu64 " of the trust bundle does not name it any more\n", bundle);
	return zy_hsm_life(hsm, key, ZY_KEY_DESTROY, 0, 0, err);
}

/* What two officers are asked for, in place of doing it. */
static bool propose(
    struct zy_cli *c, const char *verb, const char *key, zy_time on, const char *out, struct zy_error *err)
{
	struct zy_key_order o = { .event = strcmp(verb, "retire") == 0    ? ZY_KEY_ORDER_RETIRE
					   : strcmp(verb, "destroy") == 0 ? ZY_KEY_ORDER_DESTROY
									  : ZY_KEY_ORDER_COMPROMISE,
		.uri = zy_str(key),
		.at = on };
	ZY_BUF_AUTO line = { 0 };

	if (!zy_key_order_encode(&o, &line, err) || !zy_file_write(out, zy_buf_bytes(&line), 0644, false, err))
		return false;
	if (c->json)
		zy_cli_json(json_pack(
		    "{s:s, s:s, s:s}", "proposal", out, "event", zy_key_order_event_name(o.event), "key", key));
	else
		printf("%s: %.*szhengyin approve request key %s --as REQUESTER --purpose TEXT --out ORDER\n", out,
		    (int)line.len, (const char *)line.p, out);
	return true;
}

/* What changes one key by its signer alone; then the key is shown. */
static bool change(
    struct zy_cli *c, const char *verb, const char *word, const struct key_options *o, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_hsm *hsm = NULL;
	const char *key;
	struct zy_home h;
	zy_time on;
	bool ok;

	if (!zy_home_open(&h, c->home, &a, err) || (key = key_name(word, &a, err)) == NULL ||
	    !zy_key_day(o->on, &on, err))
		return false;
	if ((strcmp(verb, "retire") == 0 || strcmp(verb, "destroy") == 0) &&
	    !zy_issuing_unused(c->home, zy_now(c->clock), key, err))
		return false;
	if (o->out != NULL && strcmp(verb, "generate") != 0)
		return (strcmp(verb, "compromised") == 0 || zy_wrapping_unused(c->home, c->clock, key, err)) &&
		       propose(c, verb, key, on, o->out, err);
	if (!zy_hsm_open(&hsm, h.path, err))
		return false;
	if (strcmp(verb, "generate") == 0)
		ok = generate(hsm, key, o, err);
	else if (strcmp(verb, "retire") == 0)
		ok = zy_hsm_life(hsm, key, ZY_KEY_RETIRE, on, 0, err);
	else if (strcmp(verb, "compromised") == 0)
		ok = zy_hsm_life(hsm, key, ZY_KEY_COMPROMISE, 0, 0, err);
	else
		ok = destroy(c, hsm, word, key, o->confirm, err);
	zy_hsm_close(hsm);
	return ok && show(c, word, err);
}

bool zy_key_days(const char *on, const char *overlap, zy_time *from, uint64_t *seconds, struct zy_error *err)
{
	size_t len = overlap == NULL ? 0 : strlen(overlap);
	unsigned long days = overlap == NULL ? 7 : strtoul(overlap, NULL, 10);

	if (overlap != NULL && (len == 0 || len > 4 || strspn(overlap, "0123456789") != len || days < 1 || days > 3660))
		return zy_fail(err, ZY_E_USAGE, "overlap", ZY_NOWHERE, "--overlap is a number of days from 1 to 3660");
	*seconds = (uint64_t)days * DAY_S;
	return zy_key_day(on, from, err);
}

static void print_rotation(struct zy_cli *c, const struct zy_rotation *r, zy_time now)
{
	zy_time from = r->on == 0 ? now : r->on;
	char on[ZY_TIME_TEXT], until[ZY_TIME_TEXT], end[ZY_TIME_TEXT];

	zy_time_to_rfc3339(from, on);
	zy_time_to_rfc3339(from + (zy_time)r->overlap_s, until);
	if (r->cert != NULL)
		zy_time_to_rfc3339(r->cert_end, end);
	if (c->json)
		zy_cli_json(json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?, s:o}", "before", r->before, "key", r->key,
		    "signs_from", on, "before_signs_until", until, "certificate", r->cert, "certificate_end",
		    r->cert == NULL ? NULL : end, "bundle",
		    r->bundle == 0 ? json_null() : json_integer((json_int_t)r->bundle)));
	else if (r->bundle != 0)
		printf("%s signs from %s, by version %" PRIu64 " of the trust bundle\n%s signs until %s\n", r->key, on,
		    r->bundle, r->before, until);
	else if (r->cert == NULL)
		printf("%s wraps from %s\n%s wraps until %s\n", r->key, on, r->before, until);
	else
		printf(
		    "%s signs from %s, certificate until %s\n%s signs until %s\n", r->key, on, end, r->before, until);
}

/* Data keys under the newest generation of the wrapping key, with progress on standard error. */
static bool rewrap(struct zy_cli *c, bool secret, struct zy_error *err)
{
	struct zy_rewrap r = { 0 };

	if (!zy_rewrap_home(c->home, secret, c->clock, &r, err))
		return false;
	if (c->json)
		zy_cli_json(
		    json_pack("{s:I, s:I}", "data_keys", (json_int_t)r.keys, "rewrapped", (json_int_t)r.rewrapped));
	else
		printf("%llu data keys, %llu of them wrapped anew\n", (unsigned long long)r.keys,
		    (unsigned long long)r.rewrapped);
	return true;
}

static bool rotate(struct zy_cli *c, const char *word, const struct key_options *o, struct zy_error *err)
{
	struct zy_rotation r = { 0 };
	struct zy_ca_desk d;
	zy_time now = zy_now(c->clock);
	const char *key;
	bool ok;

	if (!zy_key_days(o->on, o->overlap, &r.on, &r.overlap_s, err) || !zy_ca_desk_open(&d, c->home, true, now, err))
		return false;
	ok = (key = key_name(word, &d.arena, err)) != NULL && zy_key_rotate(&d, key, now, &r, err);
	if (ok)
		print_rotation(c, &r, now);
	zy_ca_desk_close(&d);
	return ok && (!r.wraps || r.on != 0 || rewrap(c, r.secret, err));
}

static bool noted(struct zy_cli *c, bool done)
{
	if (done)
		zy_cli_follow(c);
	return done;
}

bool zy_cmd_key(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	static const char *const changes[] = { "generate", "retire", "compromised", "destroy" };
	const char *words[2] = { NULL, NULL };
	struct key_options o = { 0 };
	const struct zy_option opts[] = { { "token", "NAME", "list: of this token alone", &o.token, NULL },
		{ "kind", "sm2|p256|aes256", "generate: what key", &o.kind, NULL },
		{ "uses", "USE,...", "generate: what it may be used for", &o.uses, NULL },
		{ "on", "DAY|TIME", "rotate, retire: when (default now)", &o.on, NULL },
		{ "overlap", "DAYS", "rotate: so long both sign (default 7)", &o.overlap, NULL },
		{ "confirm", "TOKEN/LABEL", "destroy: the same key once more", &o.confirm, NULL },
		{ "out", "FILE", "retire, compromised, destroy: write what two officers are asked for", &o.out, NULL },
		{ "secret", NULL, "rewrap: the data keys of the secret compartment", NULL, &c->as.secret }, { 0 } };
	bool go;

	if (!zy_cli_parse(c, "key", opts, argc, argv, 1, 2, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (strcmp(words[0], "list") == 0 && words[1] == NULL)
		return list(c, o.token, NULL, err);
	if (strcmp(words[0], "show") == 0 && words[1] != NULL)
		return show(c, words[1], err);
	if (strcmp(words[0], "rotate") == 0 && words[1] != NULL)
		return noted(c, rotate(c, words[1], &o, err));
	if (strcmp(words[0], "rewrap") == 0 && words[1] == NULL)
		return rewrap(c, c->as.secret, err);
	if (c->as.secret)
		return zy_fail(err, ZY_E_USAGE, "secret", ZY_NOWHERE, "--secret belongs to rewrap; a key is named");
	for (size_t i = 0; words[1] != NULL && i < sizeof(changes) / sizeof(*changes); i++)
		if (strcmp(words[0], changes[i]) == 0)
			return noted(c, change(c, words[0], words[1], &o, err));
	return zy_fail(err, ZY_E_USAGE, "key", ZY_NOWHERE,
	    "usage: zhengyin key list | show KEY | generate KEY | rotate KEY | rewrap | retire KEY | compromised KEY | "
	    "destroy KEY");
}
