#include "internal.h"

const char *zy_status_name(enum zy_status s)
{
	static const char *const names[] = { "valid", "suspended", "revoked",
		"superseded", [ZY_STATUS_DESTROYED] = "destroyed", [ZY_STATUS_ON_PROMISE] = "on-promise",
		[ZY_STATUS_OVERDUE] = "overdue", [ZY_STATUS_CONDITIONAL] = "conditional", [ZY_STATUS_LAPSED] = "lapsed",
		[ZY_STATUS_NOT_YET_VALID] = "not-yet-valid", [ZY_STATUS_EXPIRED] = "expired" };

	return (size_t)s < sizeof(names) / sizeof(names[0]) ? names[s] : "unknown";
}

bool zy_status_holds(enum zy_status s)
{
	return s == ZY_STATUS_VALID || s == ZY_STATUS_ON_PROMISE || s == ZY_STATUS_OVERDUE ||
	       s == ZY_STATUS_CONDITIONAL;
}

struct search {
	struct zy_vault *v;
	zy_time at;
	struct zy_row_status *out;
	struct zy_buf *plain;
	bool found;
};

/* Rows come in the order they were recorded: the last one not after `at` is in force. */
static bool look(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct search *s = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_status row;

	if (!zy_row_open(ZY_DB_STATUS, key, &s->v->key, value, &plain, err))
		return false;
	if (!zy_row_status_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_STATUS, err);
	*stop = row.at > s->at;
	if (*stop)
		return true;
	s->plain->len = 0;
	zy_buf_put(s->plain, row.reason);
	*s->out = row;
	s->out->reason = zy_buf_bytes(s->plain);
	s->found = true;
	return zy_buf_done(s->plain, "status", err);
}

bool zy_status_find(struct zy_vault *v, struct zy_txn *txn, uint64_t number, unsigned version, zy_time at,
    struct zy_row_status *out, struct zy_buf *plain, bool *found, struct zy_error *err)
{
	struct search s = { .v = v, .at = at, .out = out, .plain = plain };
	struct zy_key prefix = zy_key_version(number, version);
	struct zy_bytes key, value;
	struct zy_key last;

	if (!zy_store_last(&v->store, txn, ZY_DB_STATUS, &prefix, &key, &value, found, err))
		return false;
	if (!*found)
		return true;
	/* Now is the common question: the last row answers it. */
	last = prefix;
	if (at == ZY_TIME_NEVER)
		last = zy_key_status(number, version, zy_key_get(key, 10, 8));
	if (!zy_store_walk(&v->store, txn, ZY_DB_STATUS, &prefix, &last, look, &s, err))
		return false;
	*found = s.found;
	return true;
}

bool zy_status_append(struct zy_vault *v, struct zy_change *c, const char *name, uint64_t number, unsigned version,
    enum zy_status status, const char *reason, const zy_time *from, struct zy_error *err)
{
	static const enum zy_event_what whats[ZY_NUM_STATUS] = { ZY_EVENT_VALID, ZY_EVENT_SUSPENDED, ZY_EVENT_REVOKED,
		ZY_EVENT_SUPERSEDED };
	struct zy_row_status row = { .at = c->now, .status = status, .reason = zy_str(reason) };
	struct zy_row_event e = {
		.what = whats[status], .name = zy_str(name), .number = version, .reason = zy_str(reason)
	};
	ZY_BUF_AUTO plain = { 0 };
	struct zy_key k;
	uint64_t seq;

	if ((e.dated = from != NULL))
		e.from = *from;
	if (!zy_event_append(v, c, &e, number, &seq, err))
		return false;
	k = zy_key_status(number, version, seq);
	zy_row_status_encode(&row, &plain);
	return zy_row_put(c, ZY_DB_STATUS, &k, &v->key, &plain, err);
}

struct set {
	struct zy_name name;
	enum zy_status status;
	const char *reason;
	const zy_time *from;
};

static bool may_follow(enum zy_status from, enum zy_status to)
{
	switch (to) {
	case ZY_STATUS_VALID:
		return from == ZY_STATUS_SUSPENDED;
	case ZY_STATUS_SUSPENDED:
		return from == ZY_STATUS_VALID;
	case ZY_STATUS_REVOKED:
		return from == ZY_STATUS_VALID || from == ZY_STATUS_SUSPENDED;
	case ZY_STATUS_SUPERSEDED: /* only a new version does that */
	case ZY_NUM_STATUS:
	case ZY_STATUS_ON_PROMISE:
	case ZY_STATUS_OVERDUE:
	case ZY_STATUS_CONDITIONAL:
	case ZY_STATUS_LAPSED:
	case ZY_STATUS_NOT_YET_VALID:
	case ZY_STATUS_EXPIRED:
		break;
	}
	return false;
}

static bool apply_set(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	const struct set *q = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_status st;
	struct zy_row_licence lic;
	enum zy_status now;
	unsigned version;
	bool found;

	if (!zy_licence_get(v, c->txn, q->name.text, &lic, err) ||
	    !zy_version_last(v, c->txn, lic.number, &version, err) ||
	    !zy_status_find(v, c->txn, lic.number, version, ZY_TIME_NEVER, &st, &plain, &found, err))
		return false;
	now = found ? st.status : ZY_STATUS_VALID;
	if (!may_follow(now, q->status))
		return zy_fail(err, ZY_E_STATE, "status", ZY_NOWHERE, "a licence that is %s cannot become %s",
		    zy_status_name(now), zy_status_name(q->status));
	return zy_legal_time_check(q->from, c->now, err) &&
	       zy_status_append(v, c, q->name.text, lic.number, version, q->status, q->reason, q->from, err);
}

bool zy_vault_set_status(
    struct zy_vault *v, const char *identifier, enum zy_status s, const char *reason, struct zy_error *err)
{
	return zy_vault_set_status_from(v, identifier, s, reason, NULL, err);
}

bool zy_vault_set_status_from(struct zy_vault *v, const char *identifier, enum zy_status s, const char *reason,
    const zy_time *from, struct zy_error *err)
{
	struct set q = { .status = s, .reason = reason, .from = from };

	return zy_reason_check(reason, err) && zy_name_parse(&q.name, identifier, err) &&
	       zy_vault_apply(v, apply_set, &q, err);
}
