#include "day.h"

#include <string.h>

#include "zy/text.h"

bool zy_cli_day(const char *text, const char *option, bool last, zy_time *out, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (zy_time_from_date(zy_str(text), ZY_BEIJING_S, out, &why)) {
		*out += last ? 86399 : 0;
		return true;
	}
	why = (struct zy_error){ 0 };
	return zy_time_from_rfc3339(zy_str(text), out, &why) ||
	       zy_fail(err, ZY_E_USAGE, option, ZY_NOWHERE,
		   "--%s is a day, 2026-03-01 (Beijing time), or a time, 2026-03-01T08:00:00+08:00", option);
}

bool zy_asked_when_read(struct zy_asked_when *w, struct zy_error *err)
{
	w->when.at = w->when.on = ZY_TIME_NEVER;
	return (w->at_text == NULL || zy_time_from_rfc3339(zy_str(w->at_text), &w->when.at, err)) &&
	       (w->on_text == NULL || zy_cli_day(w->on_text, "on", true, &w->when.on, err));
}

static json_t *digest_json(const uint8_t digest[ZY_HASH_LEN])
{
	char hex[2 * ZY_HASH_LEN + 1];

	zy_hex(ZY_BYTES(digest, ZY_HASH_LEN), hex);
	return json_sprintf("sha256:%s", hex);
}

/* v: whose the event is. */
static json_t *proof_json(
    struct zy_desk *d, struct zy_vault *v, uint64_t index, struct zy_arena *a, struct zy_error *err)
{
	struct zy_log_answer log;
	struct zy_logged leaf;

	return zy_vault_log_leaf(v, index, &leaf, err) && zy_log_book_prove(d->log, index, &leaf, a, &log, err)
		   ? zy_log_json(&log)
		   : NULL;
}

static bool add_events(
    struct zy_desk *d, const struct zy_day *s, json_t *list, struct zy_arena *a, struct zy_error *err)
{
	for (size_t i = 0; i < s->num; i++) {
		const struct zy_day_event *e = &s->events[i];
		json_t *log = proof_json(d, d->vault, e->index, a, err);

		if (log == NULL)
			return false;
		json_array_append_new(list, json_pack("{s:I, s:s, s:i, s:o, s:o, s:s, s:o}", "n", (json_int_t)e->n,
						"event", e->what, "version", (int)e->version, "at", zy_time_json(e->at),
						"from", zy_time_json(e->from), "reason", e->reason, "log", log));
	}
	return true;
}

/* The rules are noted at the top of the tree of tenants, for all of them. */
static json_t *rules_json(struct zy_desk *d, const struct zy_day_rules *r, struct zy_arena *a, struct zy_error *err)
{
	json_t *log;

	if (r->n == 0)
		return json_null();
	if ((log = proof_json(d, d->whole, r->index, a, err)) == NULL)
		return NULL;
	return json_pack("{s:I, s:o, s:o, s:o}", "n", (json_int_t)r->n, "digest", digest_json(r->digest), "known_since",
	    zy_time_json(r->at), "log", log);
}

/* One checkpoint has to cover all of it. */
static uint64_t last_index(const struct zy_day *s)
{
	uint64_t last = s->num == 0 ? 0 : s->events[s->num - 1].index;

	last = s->rules.n != 0 && s->rules.index > last ? s->rules.index : last;
	return s->rules_next.n != 0 && s->rules_next.index > last ? s->rules_next.index : last;
}

/* The entry of the question itself says when it was answered, by the log's word; witnesses say it better. */
static bool asked_json(struct zy_desk *d, const struct zy_day *s, const struct zy_logged *asked, struct zy_arena *a,
    json_t **out, struct zy_error *err)
{
	struct zy_log_answer log;

	*out = NULL;
	if (zy_log_book_cover(d->log, last_index(s)))
		return (*out = json_null()) != NULL;
	if (!zy_log_book_prove(d->log, asked->index, asked, a, &log, err))
		return false;
	*out = zy_log_json(&log);
	return true;
}

json_t *zy_day_json(struct zy_desk *d, const struct zy_day *s, const struct zy_when *when,
    const struct zy_logged *asked, struct zy_arena *a, struct zy_error *err)
{
	json_t *events = json_array(), *rules = NULL, *next = NULL, *own = NULL;
	char key[2 * ZY_HASH_LEN + 1];

	/* the newest entry first: its checkpoint serves for all */
	if (!asked_json(d, s, asked, a, &own, err) || !add_events(d, s, events, a, err) ||
	    (rules = rules_json(d, &s->rules, a, err)) == NULL ||
	    (next = rules_json(d, &s->rules_next, a, err)) == NULL) {
		json_decref(own);
		json_decref(rules);
		json_decref(events);
		return NULL;
	}
	zy_hex(ZY_BYTES(s->key, ZY_HASH_LEN), key);
	return json_pack("{s:o, s:o, s:s, s:o, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:s}", "on", zy_time_json(when->on),
	    "at", zy_time_json(when->at), "status", zy_day_status_name(s->stands.status), "since",
	    zy_time_json(s->stands.since), "reason", s->stands.reason, "version", (int)s->version.version, "in_force",
	    s->in_force == 0 ? json_null() : json_integer(s->in_force), "catalogue", rules, "catalogue_next", next,
	    "asked", own, "events", events, "key", key);
}

void zy_day_print(const struct zy_day *s, const struct zy_when *when)
{
	char on[ZY_TIME_TEXT], since[ZY_TIME_TEXT], at[ZY_TIME_TEXT], hex[2 * ZY_HASH_LEN + 1];

	zy_time_to_rfc3339(when->on, on);
	zy_time_to_rfc3339(s->stands.since, since);
	zy_time_to_rfc3339(when->at, at);
	printf("  on %s: %s · %s, since %s%s%s%s%s\n", on, zy_day_status_name(s->stands.status),
	    zy_day_status_zh(s->stands.status), since, s->stands.reason[0] == 0 ? "" : ": ", s->stands.reason,
	    when->at == ZY_TIME_NEVER ? "" : ", as known at ", when->at == ZY_TIME_NEVER ? "" : at);
	if (s->in_force != 0 && s->in_force != s->version.version)
		printf("  version %u was in force · 当时有效版本 %u\n", s->in_force, s->in_force);
	zy_hex(ZY_BYTES(s->rules.digest, ZY_HASH_LEN), hex);
	if (s->rules.n != 0)
		printf("  rules of that day · 当日目录: sha256:%s\n", hex);
	else
		printf("  no rules were noted by that day · 当日目录未记录\n");
}
