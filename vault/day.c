#include "zy/day.h"

#include "internal.h"
#include "zy/receipt.h"

bool zy_legal_time_check(const zy_time *from, zy_time now, struct zy_error *err)
{
	return from == NULL || *from <= now ||
	       zy_fail(err, ZY_E_DATES, "from", ZY_NOWHERE,
		   "the legal time lies after now; record it when it has come, or leave --from away");
}

/* ---- the events of a licence, counted ---- */

static bool count_one(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	(void)key, (void)value, (void)stop, (void)err;
	++*(uint64_t *)arg;
	return true;
}

bool zy_rules_nth(struct zy_vault *v, struct zy_change *c, uint64_t *out, struct zy_error *err)
{
	const struct zy_key rules = zy_key_number(0);

	*out = 1;
	return zy_store_walk(&v->store, c->txn, ZY_DB_HISTORY, &rules, NULL, count_one, out, err);
}

/* Each version and each status was put with an event, and nothing else is counted. */
bool zy_licence_nth(struct zy_vault *v, struct zy_change *c, uint64_t number, uint64_t *out, struct zy_error *err)
{
	struct zy_key prefix = zy_key_number(number);

	*out = 1;
	return number == c->next_seq ||
	       (zy_store_walk(&v->store, c->txn, ZY_DB_VERSION, &prefix, NULL, count_one, out, err) &&
		   zy_store_walk(&v->store, c->txn, ZY_DB_STATUS, &prefix, NULL, count_one, out, err));
}

static bool events_key(struct zy_vault *v, struct zy_bytes name, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	char text[ZY_NAME_MAX + 1] = { 0 };
	struct zy_key k;

	if (name.len == 0 || name.len > ZY_NAME_MAX)
		return zy_row_bad(ZY_DB_EVENT, err);
	memcpy(text, name.p, name.len);
	if (!zy_vault_hmac(v, "licence-events", text, &k, err))
		return false;
	memcpy(out, k.p, ZY_HASH_LEN);
	return true;
}

bool zy_licence_tag(
    struct zy_vault *v, struct zy_bytes name, uint64_t nth, uint8_t out[ZY_LOG_TAG_LEN], struct zy_error *err)
{
	uint8_t key[ZY_HASH_LEN];

	return events_key(v, name, key, err) && zy_receipt_tag(key, nth, out, err);
}

struct chain {
	struct zy_vault *v;
	struct zy_txn *txn;
	uint64_t last;
};

static bool follow(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct chain *c = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_event e;

	(void)value;
	if (key.len != 16 || !zy_event_get(c->v, c->txn, zy_key_get(key, 8, 8), &e, &plain, err))
		return zy_row_bad(ZY_DB_HISTORY, err);
	*stop = e.nth != 0 && e.nth != c->last + 1;
	c->last += e.nth != 0;
	return !*stop || zy_fail(err, ZY_E_VAULT_CORRUPT, "history", ZY_NOWHERE,
			     "history: the events of a licence have a gap; restore the vault from a backup");
}

bool zy_licence_chain_check(struct zy_vault *v, struct zy_txn *txn, uint64_t number, struct zy_error *err)
{
	struct zy_key prefix = zy_key_number(number);
	struct chain c = { .v = v, .txn = txn };

	return zy_store_walk(&v->store, txn, ZY_DB_HISTORY, &prefix, NULL, follow, &c, err);
}

/* ---- how it stood ---- */

struct asking {
	struct zy_vault *v;
	struct zy_txn *txn;
	const struct zy_when *when;
	struct zy_arena *a;
	struct zy_day *out;
	struct zy_day_event *events;
	size_t room;
};

static bool take_event(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct asking *s = arg;
	struct zy_day_event *e = &s->events[s->out->num];
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_event row;

	(void)value, (void)stop;
	if (s->out->num == s->room || key.len != 16)
		return zy_row_bad(ZY_DB_HISTORY, err);
	if (!zy_event_get(s->v, s->txn, zy_key_get(key, 8, 8), &row, &plain, err))
		return false;
	if (row.nth == 0)
		return true;
	*e = (struct zy_day_event){ .n = row.nth,
		.index = zy_key_get(key, 8, 8) - 1,
		.at = row.at,
		.from = row.from,
		.what = zy_event_names[row.what],
		.version = (unsigned)row.number,
		.reason = zy_arena_text(s->a, row.reason, err) };
	if (e->reason == NULL)
		return false;
	s->out->num++;
	return true;
}

static bool take_events(struct asking *s, const char *name, struct zy_error *err)
{
	struct zy_row_licence lic;
	struct zy_key prefix;
	uint64_t rows = 0;

	if (!zy_licence_get(s->v, s->txn, name, &lic, err))
		return false;
	prefix = zy_key_number(lic.number);
	if (!zy_store_walk(&s->v->store, s->txn, ZY_DB_HISTORY, &prefix, NULL, count_one, &rows, err))
		return false;
	s->room = (size_t)rows;
	s->out->events = s->events = zy_arena_array(s->a, s->room + 1, sizeof(*s->events), err);
	return s->events != NULL &&
	       zy_store_walk(&s->v->store, s->txn, ZY_DB_HISTORY, &prefix, NULL, take_event, s, err);
}

static bool take_rules(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct asking *s = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_day_rules *rules;
	struct zy_row_event row;

	(void)value;
	if (key.len != 16 || !zy_event_get(s->v->whole, s->txn, zy_key_get(key, 8, 8), &row, &plain, err))
		return zy_row_bad(ZY_DB_HISTORY, err);
	if (row.what != ZY_EVENT_POLICY || row.digest.len != ZY_HASH_LEN)
		return zy_row_bad(ZY_DB_HISTORY, err);
	*stop = row.at > s->when->at || row.at > s->when->on;
	rules = *stop ? &s->out->rules_next : &s->out->rules;
	*rules = (struct zy_day_rules){ .n = row.nth, .index = zy_key_get(key, 8, 8) - 1, .at = row.at };
	memcpy(rules->digest, row.digest.p, ZY_HASH_LEN);
	return true;
}

static bool read_events(struct asking *s, const char *name, struct zy_error *err)
{
	struct zy_key rules = zy_key_number(0);
	bool ok;

	if (!zy_read_begin(&s->v->store, &s->txn, err))
		return false;
	ok = take_events(s, name, err) &&
	     zy_store_walk(&s->v->whole->store, s->txn, ZY_DB_HISTORY, &rules, NULL, take_rules, s, err);
	zy_read_end(&s->v->store, s->txn);
	return ok && events_key(s->v, zy_str(name), s->out->key, err);
}

static struct zy_log_term term_of(const struct zy_version *v)
{
	return (struct zy_log_term){ v->valid_from, v->valid_to, v->terms.kind, zy_terms_end(&v->terms) };
}

bool zy_vault_day(struct zy_vault *v, const char *identifier, const struct zy_when *when, bool with_files,
    struct zy_arena *a, struct zy_day *out, struct zy_error *err)
{
	struct asking s = { .v = v, .when = when, .a = a, .out = out };
	struct zy_day_weighed w;
	struct zy_log_term term;
	struct zy_name name;

	*out = (struct zy_day){ 0 };
	if (!zy_name_parse(&name, identifier, err) || !read_events(&s, name.text, err))
		return false;
	zy_day_weigh(out->events, out->num, when, &w);
	out->in_force = w.in_force == NULL ? 0 : w.in_force->version;
	if (!zy_vault_get(v, name.text,
		when->version != 0  ? when->version
		: w.version == NULL ? 1
				    : w.version->version,
		when->at, with_files, a, &out->version, err))
		return false;
	if (w.version == NULL)
		return zy_row_bad(ZY_DB_HISTORY, err);
	term = term_of(&out->version);
	zy_day_judge(&w, when, &term, &out->stands);
	return true;
}
