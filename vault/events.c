#include "internal.h"

#include <stdio.h>

const char *const zy_event_names[ZY_NUM_EVENTS] = {
	[ZY_EVENT_INTENT] = "intent",
	[ZY_EVENT_MINT] = "mint",
	[ZY_EVENT_CHANGE] = "change",
	[ZY_EVENT_SUSPENDED] = "suspended",
	[ZY_EVENT_VALID] = "valid",
	[ZY_EVENT_REVOKED] = "revoked",
	[ZY_EVENT_SUPERSEDED] = "superseded",
	[ZY_EVENT_CANCELLED] = "cancelled",
	[ZY_EVENT_TENANT] = "tenant",
	[ZY_EVENT_RIGHT_GIVEN] = "right-given",
	[ZY_EVENT_RIGHT_TAKEN] = "right-taken",
	[ZY_EVENT_LOOKED_DOWN] = "looked-down",
	[ZY_EVENT_GENESIS] = "genesis",
	[ZY_EVENT_ORDER] = "order",
	[ZY_EVENT_KEY] = "key",
	[ZY_EVENT_SEAL] = "seal",
	[ZY_EVENT_POLICY] = "policy",
	[ZY_EVENT_TRUST] = "trust",
	[ZY_EVENT_ACCESS] = "access",
	[ZY_EVENT_DESTROYED] = "destroyed",
	[ZY_EVENT_LOG] = "log",
	[ZY_EVENT_IDENTIFIED] = "identified",
	[ZY_EVENT_MERGED] = "merged",
	[ZY_EVENT_SPLIT] = "split",
	[ZY_EVENT_NAMED] = "named",
};

/* Events of all tenants are counted together; a row of `order` says whose each is. */
static bool put_order(struct zy_change *c, struct zy_error *err)
{
	struct zy_key k = zy_key_number(c->next_seq);
	ZY_BUF_AUTO tenant = { 0 };

	zy_buf_put_be(&tenant, c->store->tenant, 4);
	return zy_buf_done(&tenant, "order", err) && zy_change_put(c, ZY_DB_ORDER, &k, zy_buf_bytes(&tenant), err);
}

bool zy_event_last(struct zy_vault *v, struct zy_txn *txn, uint64_t *seq, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	struct zy_bytes key, value;
	bool found;

	if (!zy_store_last(&v->store, txn, ZY_DB_ORDER, &all, &key, &value, &found, err))
		return false;
	*seq = found ? zy_key_get(key, 0, 8) : 0;
	return true;
}

bool zy_event_tenant(struct zy_vault *v, struct zy_txn *txn, uint64_t seq, uint32_t *tenant, struct zy_error *err)
{
	struct zy_key k = zy_key_number(seq);
	struct zy_bytes value;
	bool found;

	if (!zy_store_get(&v->store, txn, ZY_DB_ORDER, &k, &value, &found, err))
		return false;
	if (!found || value.len != 4)
		return zy_row_bad(ZY_DB_ORDER, err);
	*tenant = (uint32_t)zy_key_get(value, 0, 4);
	return true;
}

bool zy_event_append_with(struct zy_vault *v, struct zy_change *c, struct zy_row_event *e, uint64_t number,
    const struct zy_content *content, struct zy_buf *leaf, uint64_t *seq, struct zy_error *err)
{
	struct zy_key k = zy_key_number(c->next_seq), link = zy_key_pair(number, c->next_seq);
	ZY_BUF_AUTO plain = { 0 };

	e->at = c->now;
	if (!e->dated)
		e->from = e->at;
	if (number != 0 && !zy_licence_nth(v, c, number, &e->nth, err))
		return false;
	zy_row_event_encode(e, &plain);
	if (!zy_row_put(c, ZY_DB_EVENT, &k, &v->key, &plain, err) || !put_order(c, err) ||
	    (number != 0 && !zy_change_put(c, ZY_DB_HISTORY, &link, ZY_BYTES(NULL, 0), err)) ||
	    !zy_log_tree_append(v, c, c->next_seq, e, content, leaf, err))
		return false;
	*seq = c->next_seq++;
	return true;
}

bool zy_event_append(struct zy_vault *v, struct zy_change *c, struct zy_row_event *e, uint64_t number, uint64_t *seq,
    struct zy_error *err)
{
	return zy_event_append_with(v, c, e, number, NULL, NULL, seq, err);
}

bool zy_event_get(struct zy_vault *v, struct zy_txn *txn, uint64_t seq, struct zy_row_event *out, struct zy_buf *plain,
    struct zy_error *err)
{
	struct zy_key k = zy_key_number(seq);
	bool found;

	if (!zy_row_get(v, txn, ZY_DB_EVENT, &k, &v->key, plain, &found, err))
		return false;
	return (found && zy_row_event_parse(out, zy_buf_bytes(plain), err)) || zy_row_bad(ZY_DB_EVENT, err);
}

bool zy_event_read(struct zy_vault *v, struct zy_txn *txn, uint64_t seq, uint32_t tenant, struct zy_row_event *out,
    struct zy_buf *plain, struct zy_error *err)
{
	struct zy_vault view = { 0 };
	bool ok = zy_view_open(v, tenant, &view, err) && zy_event_get(&view, txn, seq, out, plain, err);

	zy_view_close(&view);
	return ok;
}

/* The events of a licence, collected in one short read; the caller's callback runs after it. */
struct collect {
	struct zy_vault *v;
	struct zy_txn *txn;
	struct zy_arena *a;
	struct event_link {
		struct event_link *next;
		struct zy_vault_event e;
	} * first, **end;
};

static bool collect_event(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct collect *c = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct event_link *l;
	struct zy_row_event row;
	bool of_version;

	(void)value;
	(void)stop;
	if (key.len != 16 || !zy_event_get(c->v, c->txn, zy_key_get(key, 8, 8), &row, &plain, err))
		return zy_row_bad(ZY_DB_HISTORY, err);
	if ((l = zy_arena_alloc(c->a, sizeof(*l), err)) == NULL)
		return false;
	of_version = row.nth != 0;
	l->e = (struct zy_vault_event){ .seq = zy_key_get(key, 8, 8),
		.at = row.at,
		.from = row.from,
		.what = zy_event_names[row.what],
		.version = of_version ? (unsigned)row.number : 0,
		.reason = zy_arena_text(c->a, row.reason, err) };
	*c->end = l;
	c->end = &l->next;
	return l->e.reason != NULL;
}

static bool collect_history(struct collect *c, const char *identifier, struct zy_error *err)
{
	struct zy_row_licence lic;
	struct zy_name name;
	struct zy_key prefix;

	if (!zy_name_parse(&name, identifier, err) || !zy_licence_get(c->v, c->txn, name.text, &lic, err))
		return false;
	prefix = zy_key_number(lic.number);
	return zy_store_walk(&c->v->store, c->txn, ZY_DB_HISTORY, &prefix, NULL, collect_event, c, err);
}

bool zy_vault_history(struct zy_vault *v, const char *identifier, struct zy_arena *a,
    bool (*cb)(void *arg, const struct zy_vault_event *e), void *arg, struct zy_error *err)
{
	struct collect c = { .v = v, .a = a };
	bool ok;

	c.end = &c.first;
	if (!zy_read_begin(&v->store, &c.txn, err))
		return false;
	ok = collect_history(&c, identifier, err);
	zy_read_end(&v->store, c.txn);
	for (const struct event_link *l = c.first; ok && l != NULL && cb(arg, &l->e); l = l->next)
		;
	return ok;
}

/* How far back the newest licence is looked for: changes of status may follow it. */
enum { LOOK_BACK = 10000 };

static bool find_newest(
    struct zy_vault *v, struct zy_txn *txn, char out[ZY_IDENTIFIER_MAX + 1], bool *found, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	struct zy_bytes key, value;
	uint64_t last;

	*found = false;
	if (!zy_store_last(&v->store, txn, ZY_DB_EVENT, &all, &key, &value, found, err) || !*found)
		return err->code == ZY_OK;
	*found = false;
	last = zy_key_get(key, 0, 8);
	for (uint64_t seq = last; seq > 0 && last - seq < LOOK_BACK && !*found; seq--) {
		ZY_BUF_AUTO plain = { 0 };
		struct zy_row_event e;
		uint32_t tenant;
		bool destroyed;

		if (!zy_event_tenant(v, txn, seq, &tenant, err))
			return false;
		if (tenant != v->store.tenant)
			continue;
		if (!zy_event_get(v, txn, seq, &e, &plain, err))
			return false;
		if ((e.what != ZY_EVENT_MINT && e.what != ZY_EVENT_CHANGE) || e.name.len > ZY_IDENTIFIER_MAX)
			continue;
		snprintf(out, ZY_IDENTIFIER_MAX + 1, "%.*s", (int)e.name.len, (const char *)e.name.p);
		if (!zy_licence_is_destroyed(v, txn, out, &destroyed, err))
			return false;
		*found = !destroyed;
	}
	return true;
}

bool zy_vault_newest(struct zy_vault *v, char out[ZY_IDENTIFIER_MAX + 1], bool *found, struct zy_error *err)
{
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = find_newest(v, txn, out, found, err);
	zy_read_end(&v->store, txn);
	return ok;
}
