#include "internal.h"

enum { REASON_DIGITS_MAX = 10 }; /* in a row: a telephone number has 11, a citizen number 15 or 17 */

bool zy_request_check(const char *request, struct zy_error *err)
{
	size_t len = strnlen(request, ZY_REQUEST_MAX + 1);
	bool ok = len >= 1 && len <= ZY_REQUEST_MAX;

	for (size_t i = 0; ok && i < len; i++)
		ok = request[i] >= ' ' && request[i] <= '~';
	return ok || zy_fail(err, ZY_E_FIELD_RANGE, "request", ZY_NOWHERE,
			 "a request key has 1 to %d characters of printable ASCII", ZY_REQUEST_MAX);
}

/* Everybody sees reasons in the feed: a code, and no number that could be a person's. */
bool zy_reason_check(const char *reason, struct zy_error *err)
{
	size_t len = strnlen(reason, ZY_REASON_MAX + 1);

	for (size_t i = 0, digits; i < len; i += digits + 1)
		if ((digits = strspn(reason + i, "0123456789")) > REASON_DIGITS_MAX)
			return zy_fail(err, ZY_E_FIELD_RANGE, "reason", ZY_NOWHERE,
			    "a reason is a code: a number in it has at most %d digits", REASON_DIGITS_MAX);
	return (len >= 1 && len <= ZY_REASON_MAX && strspn(reason, "abcdefghijklmnopqrstuvwxyz0123456789-") == len) ||
	       zy_fail(err, ZY_E_FIELD_RANGE, "reason", ZY_NOWHERE, "a reason has 1 to %d characters of a-z, 0-9 and -",
		   ZY_REASON_MAX);
}

static bool scope_check(const char *scope, struct zy_error *err)
{
	size_t len = strnlen(scope, ZY_SCOPE_MAX + 1);

	return (len >= 1 && len <= ZY_SCOPE_MAX &&
		   strspn(scope, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.-abcdefghijklmnopqrstuvwxyz_") == len) ||
	       zy_fail(err, ZY_E_FIELD_RANGE, "serial_scope", ZY_NOWHERE,
		   "a serial scope has 1 to %d characters of letters, digits, dot, - and _", ZY_SCOPE_MAX);
}

bool zy_intent_find(struct zy_vault *v, struct zy_txn *txn, const struct zy_key *k, struct zy_row_intent *out,
    struct zy_buf *plain, bool *found, struct zy_error *err)
{
	if (!zy_row_get(v, txn, ZY_DB_INTENT, k, &v->key, plain, found, err))
		return false;
	return !*found || zy_row_intent_parse(out, zy_buf_bytes(plain), err) || zy_row_bad(ZY_DB_INTENT, err);
}

bool zy_intent_fetch(struct zy_vault *v, const struct zy_key *k, struct zy_error *err)
{
	struct zy_bytes value;
	struct zy_txn *txn;
	bool found, ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_store_get(&v->store, txn, ZY_DB_INTENT, k, &value, &found, err);
	zy_read_end(&v->store, txn);
	return ok;
}

static bool put_intent(struct zy_vault *v, struct zy_change *c, const struct zy_key *k, const struct zy_row_intent *row,
    struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };

	zy_row_intent_encode(row, &plain);
	return zy_row_put(c, ZY_DB_INTENT, k, &v->key, &plain, err);
}

bool zy_intent_close(struct zy_vault *v, struct zy_change *c, const struct zy_key *k, struct zy_row_intent *row,
    uint64_t done, struct zy_error *err)
{
	struct zy_key open = zy_key_number(row->seq);

	row->done = done;
	return put_intent(v, c, k, row, err) && zy_change_del(c, ZY_DB_OPEN, &open, err);
}

/* What a row says to the caller; a closed one names the licence of the event that closed it. */
static bool answer(struct zy_vault *v, struct zy_txn *txn, const struct zy_row_intent *row, struct zy_intent *out,
    struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_event e;
	char name[ZY_NAME_MAX + 1] = { 0 };

	*out = (struct zy_intent){
		.state = row->done == 0 ? ZY_INTENT_OPEN : ZY_INTENT_DONE, .serial = row->serial, .at = row->at
	};
	if (row->done == 0)
		return true;
	if (!zy_event_get(v, txn, row->done, &e, &plain, err))
		return false;
	memcpy(name, e.name.p, e.name.len);
	return zy_name_identifier(name, (unsigned)e.number, out->licence, err) || zy_row_bad(ZY_DB_INTENT, err);
}

struct intend {
	const char *request, *scope;
	const uint8_t *asked;
	struct zy_key key;
	struct zy_intent *out;
};

static bool last_serial(struct zy_vault *v, struct zy_txn *txn, const char *scope, uint64_t *last, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_key k;
	bool found;

	*last = 0;
	if (!zy_scope_key(v, scope, &k, err) || !zy_row_get(v, txn, ZY_DB_SERIAL, &k, &v->shared, &plain, &found, err))
		return false;
	return !found || zy_row_number_parse(last, zy_buf_bytes(&plain), err) || zy_row_bad(ZY_DB_SERIAL, err);
}

static bool put_serial(struct zy_vault *v, struct zy_change *c, const char *scope, uint64_t last, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_key k;

	zy_buf_put_be(&plain, last, 8);
	return zy_scope_key(v, scope, &k, err) && zy_row_put(c, ZY_DB_SERIAL, &k, &v->shared, &plain, err);
}

static bool put_open(struct zy_vault *v, struct zy_change *c, uint64_t seq, const char *request, struct zy_error *err)
{
	struct zy_key k = zy_key_number(seq);
	ZY_BUF_AUTO plain = { 0 };

	zy_buf_put_str(&plain, request);
	return zy_row_put(c, ZY_DB_OPEN, &k, &v->key, &plain, err);
}

static bool record_intent(struct zy_vault *v, struct zy_change *c, const struct intend *q, struct zy_error *err)
{
	struct zy_row_intent row = { .asked = ZY_BYTES(q->asked, ZY_HASH_LEN), .at = c->now };
	struct zy_row_event e = { .what = ZY_EVENT_INTENT };
	uint64_t lost;

	if (q->scope != NULL) {
		if (!last_serial(v, c->txn, q->scope, &row.serial, err) ||
		    !put_serial(v, c, q->scope, ++row.serial, err) || !zy_serials_lost(v, c->txn, &lost, err))
			return false;
		row.serial += lost;
		e.name = zy_str(q->scope);
		e.number = row.serial;
	}
	*q->out = (struct zy_intent){ .state = ZY_INTENT_OPEN, .serial = row.serial, .at = row.at };
	return zy_event_append(v, c, &e, 0, &row.seq, err) && put_intent(v, c, &q->key, &row, err) &&
	       put_open(v, c, row.seq, q->request, err);
}

static bool apply_intend(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	const struct intend *q = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_intent row;
	bool found;

	if (!zy_intent_find(v, c->txn, &q->key, &row, &plain, &found, err))
		return false;
	if (!found)
		return record_intent(v, c, q, err);
	if (!zy_bytes_equal(row.asked, ZY_BYTES(q->asked, ZY_HASH_LEN)))
		return zy_fail(err, ZY_E_REQUEST_CONFLICT, "request", ZY_NOWHERE,
		    "this request key was used with other data; use a new key for a new request");
	return answer(v, c->txn, &row, q->out, err);
}

bool zy_vault_intend(struct zy_vault *v, const char *request, const uint8_t asked[ZY_HASH_LEN],
    const char *serial_scope, struct zy_intent *out, struct zy_error *err)
{
	struct zy_intent in = { 0 };
	struct intend q = { .request = request, .scope = serial_scope, .asked = asked, .out = &in };

	if (!zy_request_check(request, err) || (serial_scope != NULL && !scope_check(serial_scope, err)) ||
	    !zy_vault_hmac(v, "request", request, &q.key, err) || !zy_intent_fetch(v, &q.key, err) ||
	    !zy_vault_apply(v, apply_intend, &q, err))
		return false;
	*out = in;
	return true;
}

struct cancel {
	const char *reason;
	struct zy_key key;
};

static bool apply_cancel(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	const struct cancel *q = arg;
	ZY_BUF_AUTO plain = { 0 }, event = { 0 };
	struct zy_row_intent row;
	struct zy_row_event e;
	struct zy_key open;
	uint64_t seq;
	bool found;

	if (!zy_intent_find(v, c->txn, &q->key, &row, &plain, &found, err))
		return false;
	if (!found)
		return zy_fail(err, ZY_E_NOT_FOUND, "request", ZY_NOWHERE, "no intent has this request key");
	if (row.done != 0)
		return zy_fail(err, ZY_E_STATE, "request", ZY_NOWHERE,
		    "this request is done; revoke its licence instead of cancelling");
	if (!zy_event_get(v, c->txn, row.seq, &e, &event, err))
		return false;
	/* The intent's event names scope and serial; the cancelling one repeats them: that serial is accounted for. */
	e.what = ZY_EVENT_CANCELLED;
	e.reason = zy_str(q->reason);
	open = zy_key_number(row.seq);
	return zy_event_append(v, c, &e, 0, &seq, err) && zy_change_del(c, ZY_DB_INTENT, &q->key, err) &&
	       zy_change_del(c, ZY_DB_OPEN, &open, err);
}

bool zy_vault_cancel(struct zy_vault *v, const char *request, const char *reason, struct zy_error *err)
{
	struct cancel q = { .reason = reason };

	return zy_request_check(request, err) && zy_reason_check(reason, err) &&
	       zy_vault_hmac(v, "request", request, &q.key, err) && zy_vault_apply(v, apply_cancel, &q, err);
}

struct collect {
	struct zy_vault *v;
	struct zy_txn *txn;
	struct zy_arena a;
	struct intent_link {
		struct intent_link *next;
		const char *request;
		struct zy_intent in;
	} * first, **end;
};

static bool collect_open(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct collect *c = arg;
	ZY_BUF_AUTO plain = { 0 }, intent = { 0 };
	struct zy_row_intent row;
	struct intent_link *l;
	struct zy_key k;
	char *request;
	bool found;

	(void)stop;
	if ((l = zy_arena_alloc(&c->a, sizeof(*l), err)) == NULL ||
	    !zy_row_open(ZY_DB_OPEN, key, &c->v->key, value, &plain, err) ||
	    (request = zy_arena_text(&c->a, zy_buf_bytes(&plain), err)) == NULL ||
	    !zy_vault_hmac(c->v, "request", request, &k, err) ||
	    !zy_intent_find(c->v, c->txn, &k, &row, &intent, &found, err))
		return false;
	if (!found || row.done != 0 || row.seq != zy_key_get(key, 0, 8))
		return zy_row_bad(ZY_DB_OPEN, err);
	l->request = request;
	*c->end = l;
	c->end = &l->next;
	return answer(c->v, c->txn, &row, &l->in, err);
}

bool zy_vault_open_intents(struct zy_vault *v, bool (*cb)(void *arg, const char *request, const struct zy_intent *in),
    void *arg, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	struct collect c = { .v = v };
	bool ok;

	c.end = &c.first;
	if (!zy_read_begin(&v->store, &c.txn, err))
		return false;
	ok = zy_store_walk(&v->store, c.txn, ZY_DB_OPEN, &all, NULL, collect_open, &c, err);
	zy_read_end(&v->store, c.txn);
	for (const struct intent_link *l = c.first; ok && l != NULL && cb(arg, l->request, &l->in); l = l->next)
		;
	zy_arena_free(&c.a);
	return ok;
}
