#include "changes.h"
#include "check.h"
#include "common.h"
#include "person.h"
#include "tenants.h"

/*
 * The whole vault, held against itself: every value opens under its key, every row is in its form, every reference
 * leads somewhere, nothing is missing in a sequence, and nothing is left over (what the events account for is stored).
 */

bool zy_check_bad(enum zy_db db, const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_VAULT_CORRUPT, zy_db_name(db), ZY_NOWHERE, "%s: %s; restore the vault from a backup",
	    zy_db_name(db), why);
}

static bool exists(struct zy_check *c, enum zy_db db, const struct zy_key *k, struct zy_error *err)
{
	struct zy_bytes value;
	bool found;

	return zy_store_get(&c->v->store, c->txn, db, k, &value, &found, err) &&
	       (found || zy_check_bad(db, "a row that another one names is missing", err));
}

/* The licence of that name has event seq in its history. */
static bool in_history(struct zy_check *c, struct zy_bytes name, uint64_t seq, struct zy_error *err)
{
	char text[ZY_NAME_MAX + 1] = { 0 };
	struct zy_row_licence licence;
	struct zy_key link;
	bool found;

	memcpy(text, name.p, name.len);
	if (!zy_licence_find(c->v, c->txn, text, &licence, &found, err))
		return false;
	if (!found)
		return zy_check_bad(ZY_DB_LICENCE, "an event is of a licence that is missing", err);
	link = zy_key_pair(licence.number, seq);
	return exists(c, ZY_DB_HISTORY, &link, err);
}

bool zy_check_enter(struct zy_check *c, enum zy_db db, uint32_t tenant, struct zy_error *err)
{
	uint32_t num;

	c->v = c->whole;
	if (tenant == 0 && zy_db_is_shared(db))
		return true;
	c->v = &c->view;
	if (c->view.whole != NULL && c->view.store.tenant == tenant)
		return true;
	if (!zy_tenant_count(c->whole, c->txn, &num, err))
		return false;
	if (tenant < ZY_TENANT_TOP || tenant > num || zy_db_is_shared(db))
		return zy_check_bad(db, "a row of no tenant", err);
	return zy_view_open(c->whole, tenant, &c->view, err);
}

/* Other errors of the key come where it is wanted. */
bool zy_check_out_of_reach(struct zy_check *c, uint64_t subject, bool *out, struct zy_error *err)
{
	struct zy_error why = { 0 };
	ZY_VALUE_KEY_AUTO key = { 0 };

	if (!zy_subject_is_destroyed(c->v, c->txn, subject, out, err))
		return false;
	if (!*out && c->older)
		*out = !zy_subject_key(c->v, subject, &key, &why) && why.code == ZY_E_DESTROYED;
	return true;
}

static bool check_destroyed(struct zy_check *c, uint64_t subject, struct zy_error *err)
{
	struct zy_destroyed d;

	if (!zy_destroyed_check(c->v, c->txn, subject, &d, err))
		return false;
	c->ordered += d.untold > 0;
	return d.untold == 0 || c->older ||
	       zy_check_bad(ZY_DB_SUBJECT, "a holder's data is gone and no event says by which order", err);
}

static bool check_subject(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_subject row;
	struct zy_key lookup;
	uint64_t number;
	bool found, gone;

	(void)stop;
	if (key.len != 8 || !zy_row_subject_parse(&row, value, err))
		return zy_row_bad(ZY_DB_SUBJECT, err);
	if (zy_subject_row_is_destroyed(&row))
		return check_destroyed(c, zy_key_get(key, 0, 8), err);
	if (!zy_check_out_of_reach(c, zy_key_get(key, 0, 8), &gone, err))
		return false;
	c->ordered += gone;
	if (gone)
		return true;
	if (!zy_subject_check(c->v, zy_key_get(key, 0, 8), &row, &lookup, err) ||
	    !zy_row_get(c->v, c->txn, ZY_DB_HOLDER, &lookup, &c->v->key, &plain, &found, err))
		return false;
	return (found && zy_row_number_parse(&number, zy_buf_bytes(&plain), err) && number == zy_key_get(key, 0, 8)) ||
	       zy_check_bad(ZY_DB_HOLDER, "the identity index does not lead to its subject", err);
}

/* The rules have a history of their own, by which the catalogue of a day is found; an event of a person is kept under
 * the key of whom it is about. */
static bool is_linked(struct zy_check *c, const struct zy_row_event *e, struct zy_error *err)
{
	struct zy_key link = zy_key_pair(0, c->last_seq), row = zy_key_pair(e->subject, c->last_seq);

	if (zy_event_is_of_person(e->what))
		return exists(c, ZY_DB_IDENTITY, &row, err);
	return e->what != ZY_EVENT_POLICY || exists(c, ZY_DB_HISTORY, &link, err);
}

/* A row of `order`: the event lies with the tenant that it names. */
static bool check_event(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_event e;

	(void)stop;
	if (key.len != 8 || value.len != 4)
		return zy_row_bad(ZY_DB_ORDER, err);
	if (zy_key_get(key, 0, 8) != c->last_seq + 1)
		return zy_check_bad(ZY_DB_EVENT, "the sequence of events has a gap", err);
	if (!zy_check_enter(c, ZY_DB_EVENT, (uint32_t)zy_key_get(value, 0, 4), err) ||
	    !zy_event_get(c->v, c->txn, c->last_seq + 1, &e, &plain, err))
		return false;
	if (c->last_seq > 0 && e.at < c->last_at)
		return zy_check_bad(ZY_DB_EVENT, "record time runs back", err);
	c->last_seq++;
	c->last_at = e.at;
	c->events[e.what]++;
	c->serials_given += e.what == ZY_EVENT_INTENT && e.name.len > 0;
	c->told += zy_event_is_of_person(e.what) ? e.number : 0;
	return is_linked(c, &e, err) && zy_log_event_check(c->v, c->txn, c->last_seq, &e, err);
}

bool zy_check_serial(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;
	ZY_BUF_AUTO plain = { 0 };
	uint64_t last;

	(void)stop;
	if (!zy_row_open(ZY_DB_SERIAL, key, &c->v->shared, value, &plain, err))
		return false;
	if (!zy_row_number_parse(&last, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_SERIAL, err);
	c->serials_last += last;
	return true;
}

static bool check_intent(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;
	ZY_BUF_AUTO plain = { 0 }, event = { 0 };
	struct zy_row_intent row;
	struct zy_row_event e;
	struct zy_key open;

	(void)stop;
	if (!zy_row_open(ZY_DB_INTENT, key, &c->v->key, value, &plain, err))
		return false;
	if (!zy_row_intent_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_INTENT, err);
	if (!zy_event_get(c->v, c->txn, row.seq, &e, &event, err))
		return false;
	if (e.what != ZY_EVENT_INTENT || e.at != row.at || e.number != row.serial)
		return zy_check_bad(ZY_DB_INTENT, "an intent differs from its event", err);
	if (row.done == 0) {
		open = zy_key_number(row.seq);
		return exists(c, ZY_DB_OPEN, &open, err);
	}
	if (!zy_event_get(c->v, c->txn, row.done, &e, &event, err))
		return false;
	if (e.what != ZY_EVENT_MINT && e.what != ZY_EVENT_CHANGE)
		return zy_check_bad(ZY_DB_INTENT, "a request was closed by something that made no version", err);
	return in_history(c, e.name, row.seq, err);
}

static bool check_open(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	char request[ZY_REQUEST_MAX + 1] = { 0 };
	struct zy_check *c = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_intent row;
	struct zy_key k;
	bool found;

	(void)stop;
	if (!zy_row_open(ZY_DB_OPEN, key, &c->v->key, value, &plain, err))
		return false;
	if (key.len != 8 || plain.len > ZY_REQUEST_MAX)
		return zy_row_bad(ZY_DB_OPEN, err);
	memcpy(request, plain.p, plain.len);
	if (!zy_vault_hmac(c->v, "request", request, &k, err) ||
	    !zy_intent_find(c->v, c->txn, &k, &row, &plain, &found, err))
		return false;
	return (found && row.done == 0 && row.seq == zy_key_get(key, 0, 8)) ||
	       zy_check_bad(ZY_DB_OPEN, "a request is called open and is not", err);
}

/* Pieces belong to an event that made a version; that they are all of it is seen where the version is read. */
static bool check_piece(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_event e;

	(void)value;
	(void)stop;
	if (key.len != 10)
		return zy_row_bad(ZY_DB_BLOB, err);
	if (zy_key_get(key, 0, 8) == c->blob_seq)
		return true;
	c->blob_seq = zy_key_get(key, 0, 8);
	return zy_event_get(c->v, c->txn, c->blob_seq, &e, &plain, err) &&
	       (e.what == ZY_EVENT_MINT || e.what == ZY_EVENT_CHANGE ||
		   zy_check_bad(ZY_DB_BLOB, "bytes of an event that made no version", err));
}

static bool check_status(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;
	ZY_BUF_AUTO plain = { 0 }, event = { 0 };
	struct zy_row_status row;
	struct zy_row_event e;
	struct zy_key version, link;

	(void)stop;
	if (!zy_row_open(ZY_DB_STATUS, key, &c->v->key, value, &plain, err))
		return false;
	if (key.len != 18 || !zy_row_status_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_STATUS, err);
	version = zy_key_version(zy_key_get(key, 0, 8), (unsigned)zy_key_get(key, 8, 2));
	link = zy_key_pair(zy_key_get(key, 0, 8), zy_key_get(key, 10, 8));
	if (!exists(c, ZY_DB_VERSION, &version, err) || !exists(c, ZY_DB_HISTORY, &link, err) ||
	    !zy_event_get(c->v, c->txn, zy_key_get(key, 10, 8), &e, &event, err))
		return false;
	return (e.at == row.at && e.number == zy_key_get(key, 8, 2) && zy_bytes_equal(e.reason, row.reason)) ||
	       zy_check_bad(ZY_DB_STATUS, "a status differs from its event", err);
}

/* One licence while its versions are walked. */
struct line {
	struct zy_check *c;
	struct zy_name name;
	struct zy_row_licence licence;
	struct zy_value_key key;
	bool destroyed; /* there is no key */
	unsigned version;
	zy_time last_at;
};

static bool check_parts(struct line *l, const struct zy_row_version *row, struct zy_error *err)
{
	struct zy_store *s = &l->c->v->store;
	struct zy_blob_size size;
	ZY_ARENA_AUTO a = { .cap = ZY_PARTS_MAX };
	struct zy_parts parts = { 0 };

	if ((!l->destroyed &&
		!zy_parts_open(l->c->v, l->c->txn, &l->key, l->name.text, l->version, row, true, &a, &parts, err)) ||
	    !zy_blob_measure(s, l->c->txn, row->seq, &size, err))
		return false;
	return (l->destroyed ? size.len > 0 : size.len == parts.stored) ||
	       zy_check_bad(ZY_DB_BLOB, "a version has more bytes than its parts", err);
}

/* The version before is superseded from the moment this one was recorded. */
static bool check_superseded(struct line *l, const struct zy_row_version *row, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_status st;
	bool found;

	if (l->version == 1)
		return true;
	if (!zy_status_find(
		l->c->v, l->c->txn, l->licence.number, l->version - 1, ZY_TIME_NEVER, &st, &plain, &found, err))
		return false;
	return (found && st.status == ZY_STATUS_SUPERSEDED && st.at == row->recorded_at) ||
	       zy_check_bad(ZY_DB_STATUS, "a version was not superseded by its successor", err);
}

static bool check_minted(struct line *l, const struct zy_row_version *row, struct zy_error *err)
{
	enum zy_event_what what = l->version == 1 ? ZY_EVENT_MINT : ZY_EVENT_CHANGE;
	struct zy_key link = zy_key_pair(l->licence.number, row->seq);
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_event e;

	if (!exists(l->c, ZY_DB_HISTORY, &link, err) || !zy_event_get(l->c->v, l->c->txn, row->seq, &e, &plain, err))
		return false;
	if (e.what != what || e.number != l->version || e.at != row->recorded_at ||
	    !zy_bytes_equal(e.name, zy_str(l->name.text)))
		return zy_check_bad(ZY_DB_VERSION, "a version differs from its event", err);
	return l->version > 1 || row->seq == l->licence.number ||
	       zy_check_bad(ZY_DB_LICENCE, "a licence's number is not its first event", err);
}

/* Of what was destroyed only its event is left to say where it lies and when it was recorded. */
static bool read_row(struct line *l, struct zy_bytes key, struct zy_bytes value, struct zy_buf *plain,
    struct zy_row_version *row, struct zy_error *err)
{
	if (l->destroyed)
		return zy_destroyed_version(l->c->v, l->c->txn, l->licence.number, l->version, row, err);
	return zy_row_open(ZY_DB_VERSION, key, &l->key, value, plain, err) &&
	       (zy_row_version_parse(row, zy_buf_bytes(plain), err) || zy_row_bad(ZY_DB_VERSION, err));
}

static bool check_version(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct line *l = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_version row;

	(void)stop;
	if (key.len != 10 || zy_key_get(key, 8, 2) != l->version + 1)
		return zy_check_bad(ZY_DB_VERSION, "the versions of a licence have a gap", err);
	l->version++;
	if (!read_row(l, key, value, &plain, &row, err))
		return false;
	if (l->version > 1 && row.recorded_at < l->last_at)
		return zy_check_bad(ZY_DB_VERSION, "record time runs back", err);
	l->last_at = row.recorded_at;
	return check_minted(l, &row, err) && check_superseded(l, &row, err) && check_parts(l, &row, err);
}

static bool check_owned(struct line *l, struct zy_error *err)
{
	struct zy_key k = zy_key_pair(l->licence.subject, l->licence.number);

	return exists(l->c, ZY_DB_OWNED, &k, err);
}

static bool check_type(struct line *l, struct zy_error *err)
{
	bool found;

	return !l->c->whole->secret || (zy_type_noted(l->c->v, l->c->txn, l->name.text, &found, err) &&
					   (found || zy_check_bad(ZY_DB_META, "a licence's type is not noted", err)));
}

/* A signer that refuses a key which the vault still has: the order is to be carried out to its end. */
static bool open_line(struct line *l, struct zy_error *err)
{
	return zy_check_out_of_reach(l->c, l->licence.subject, &l->destroyed, err) &&
	       (l->destroyed || zy_subject_key(l->c->v, l->licence.subject, &l->key, err));
}

static bool check_licence(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct line l = { .c = arg };
	struct zy_vault *v = l.c->v;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_key prefix;
	bool ok;

	(void)stop;
	if (!zy_row_open(ZY_DB_LICENCE, key, &v->key, value, &plain, err))
		return false;
	if (!zy_row_licence_parse(&l.licence, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_LICENCE, err);
	if (!zy_licence_name(v, l.c->txn, key, &l.licence, &l.name, err) || !check_type(&l, err))
		return false;
	prefix = zy_key_number(l.licence.number);
	ok = open_line(&l, err) && check_owned(&l, err) && zy_licence_chain_check(v, l.c->txn, l.licence.number, err) &&
	     zy_store_walk(&v->store, l.c->txn, ZY_DB_VERSION, &prefix, NULL, check_version, &l, err);
	zy_value_key_wipe(&l.key);
	return ok && (l.version > 0 || zy_check_bad(ZY_DB_LICENCE, "a licence without a version", err));
}

/* Who is below was added later; that none is missing is seen in the account. */
static bool check_tenant(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;
	struct zy_tenant t;
	bool found;

	(void)value;
	(void)stop;
	if (key.len != 8 || !zy_tenant_get(c->v, c->txn, (uint32_t)zy_key_get(key, 0, 8), &t, &found, err))
		return zy_row_bad(ZY_DB_TENANT, err);
	return (found && t.parent < t.number && (t.parent == 0) == (t.number == ZY_TENANT_TOP)) ||
	       zy_check_bad(ZY_DB_TENANT, "the tree of tenants does not hang together", err);
}

static bool check_right(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;
	ZY_BUF_AUTO plain = { 0 }, event = { 0 };
	struct zy_row_right row;
	struct zy_row_event e;

	(void)stop;
	if (!zy_row_open(ZY_DB_RIGHT, key, &c->v->key, value, &plain, err))
		return false;
	if (key.len != 16 || !zy_row_right_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_RIGHT, err);
	return zy_event_get(c->v, c->txn, zy_key_get(key, 8, 8), &e, &event, err) &&
	       ((e.what == (row.given ? ZY_EVENT_RIGHT_GIVEN : ZY_EVENT_RIGHT_TAKEN) && e.at == row.at &&
		    e.number == zy_key_get(key, 0, 8)) ||
		   zy_check_bad(ZY_DB_RIGHT, "a right differs from its event", err));
}

static bool check_receipt(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;
	bool destroyed;

	(void)stop;
	if (key.len != 16 || !zy_check_out_of_reach(c, zy_key_get(key, 0, 8), &destroyed, err))
		return zy_row_bad(ZY_DB_RECEIPT, err);
	return destroyed || zy_receipt_check(c->v, c->txn, key, value, err);
}

/* What a backup would copy, and a restore go back by. */
static bool check_change(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;
	struct zy_change_item item;
	struct zy_change_row row;
	ZY_BUF_AUTO plain = { 0 };

	(void)stop;
	if (!zy_row_open(ZY_DB_CHANGE, key, &c->v->shared, value, &plain, err))
		return false;
	if (key.len != 8 || !zy_change_row_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_CHANGE, err);
	while (row.num > 0)
		if (!zy_change_item_next(&row, &item, err))
			return zy_row_bad(ZY_DB_CHANGE, err);
	return row.seq_before <= row.seq_after || zy_check_bad(ZY_DB_CHANGE, "a change takes events back", err);
}

static bool check_common(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;

	return zy_common_check_row(c->whole, key, value, stop, err);
}

const struct zy_check_walk zy_check_walks[ZY_CHECK_WALKS] = {
	{ ZY_DB_SUBJECT, check_subject },
	{ ZY_DB_LICENCE, check_licence },
	{ ZY_DB_STATUS, check_status },
	{ ZY_DB_BLOB, check_piece },
	{ ZY_DB_INTENT, check_intent },
	{ ZY_DB_OPEN, check_open },
	{ ZY_DB_SERIAL, zy_check_serial },
	{ ZY_DB_TENANT, check_tenant },
	{ ZY_DB_RIGHT, check_right },
	{ ZY_DB_RECEIPT, check_receipt },
	{ ZY_DB_RING, zy_check_ring },
	{ ZY_DB_IDENTITY, zy_check_identity },
	{ ZY_DB_CHANGE, check_change },
	{ ZY_DB_COMMON, check_common },
	{ ZY_DB_ORDER, check_event },
};
