#include "zy/day.h"

#include "internal.h"
#include "zy/receipt.h"

const char *zy_day_status_name(enum zy_day_status s)
{
	static const char *const names[ZY_NUM_DAY_STATUS] = { "not-yet-valid", "valid", "suspended", "revoked",
		"superseded", "expired", "on-promise", "overdue", "conditional", "lapsed" };

	return s < ZY_NUM_DAY_STATUS ? names[s] : "unknown";
}

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
	struct zy_day_event begun, status; /* the last that count; n 0: none */
	zy_time version_from;              /* of the version asked for */
};

/* Events come in the order they were recorded, so the last one that counts overrules those before. */
static void weigh(struct asking *s, enum zy_event_what what, const struct zy_day_event *e)
{
	bool makes = what == ZY_EVENT_MINT || what == ZY_EVENT_CHANGE;

	if (e->at > s->when->at)
		return;
	if (makes && e->version == s->when->version)
		s->version_from = e->from;
	if (e->from > s->when->on || what == ZY_EVENT_SUPERSEDED)
		return;
	*(makes ? &s->begun : &s->status) = *e;
}

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
	weigh(s, row.what, e);
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
	struct zy_row_event row;

	(void)value;
	if (key.len != 16 || !zy_event_get(s->v->whole, s->txn, zy_key_get(key, 8, 8), &row, &plain, err))
		return zy_row_bad(ZY_DB_HISTORY, err);
	*stop = row.at > s->when->at || row.at > s->when->on;
	if (*stop)
		return true;
	if (row.what != ZY_EVENT_POLICY || row.digest.len != ZY_HASH_LEN)
		return zy_row_bad(ZY_DB_HISTORY, err);
	s->out->has_catalogue = true;
	s->out->catalogue_index = zy_key_get(key, 8, 8) - 1;
	s->out->catalogue_at = row.at;
	memcpy(s->out->catalogue, row.digest.p, ZY_HASH_LEN);
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

static void say(struct zy_day *out, enum zy_day_status status, zy_time since, const char *reason)
{
	out->status = status;
	out->since = since;
	out->reason = reason;
}

/* Of a version that stands that day: valid, or on its terms. */
static void say_terms(struct zy_day *out, zy_time on, zy_time since)
{
	static const enum zy_day_status stands[] = { [ZY_TERMS_FREE] = ZY_DAY_VALID,
		[ZY_TERMS_PROMISED] = ZY_DAY_ON_PROMISE,
		[ZY_TERMS_OVERDUE] = ZY_DAY_OVERDUE,
		[ZY_TERMS_CONDITIONAL] = ZY_DAY_CONDITIONAL,
		[ZY_TERMS_LAPSED] = ZY_DAY_LAPSED };
	const struct zy_terms *t = &out->version.terms;
	const enum zy_terms_state state = zy_terms_state(t, on);

	say(out, stands[state], state == ZY_TERMS_OVERDUE ? zy_terms_end(t) : since, "");
}

static void judge(const struct asking *s, struct zy_day *out)
{
	const struct zy_version *v = &out->version;
	const zy_time from = s->when->version != 0 ? s->version_from : s->begun.from;
	const zy_time begins = from > v->valid_from ? from : v->valid_from, on = s->when->on;
	bool is_status = s->status.n != 0;

	if (is_status && strcmp(s->status.what, zy_event_names[ZY_EVENT_REVOKED]) == 0)
		say(out, ZY_DAY_REVOKED, s->status.from, s->status.reason);
	else if (begins > on)
		say(out, ZY_DAY_NOT_YET, begins, "");
	else if (v->version != out->in_force)
		say(out, ZY_DAY_SUPERSEDED, s->begun.from, "");
	else if (v->valid_to < on)
		say(out, ZY_DAY_EXPIRED, v->valid_to, "");
	else if (zy_terms_state(&v->terms, on) == ZY_TERMS_LAPSED)
		say(out, ZY_DAY_LAPSED, zy_terms_end(&v->terms), "");
	else if (is_status && strcmp(s->status.what, zy_event_names[ZY_EVENT_SUSPENDED]) == 0)
		say(out, ZY_DAY_SUSPENDED, s->status.from, s->status.reason);
	else
		say_terms(out, on, is_status && s->status.from > begins ? s->status.from : begins);
}

bool zy_vault_day(struct zy_vault *v, const char *identifier, const struct zy_when *when, bool with_files,
    struct zy_arena *a, struct zy_day *out, struct zy_error *err)
{
	struct asking s = { .v = v, .when = when, .a = a, .out = out };
	struct zy_name name;
	unsigned version;

	*out = (struct zy_day){ 0 };
	if (!zy_name_parse(&name, identifier, err) || !read_events(&s, name.text, err))
		return false;
	out->in_force = s.begun.n == 0 ? 0 : s.begun.version;
	version = when->version != 0 ? when->version : out->in_force != 0 ? out->in_force : 1;
	if (!zy_vault_get(v, name.text, version, when->at, with_files, a, &out->version, err))
		return false;
	if (s.begun.n == 0 && when->version == 0)
		s.begun.from = out->version.valid_from; /* version 1: it begins with its first day */
	judge(&s, out);
	return true;
}
