/* What must hold of a holder whose data was destroyed by order: for the check. */
#include "internal.h"

#include "zy/text.h"

static bool bad(enum zy_db db, const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_VAULT_CORRUPT, zy_db_name(db), ZY_NOWHERE, "%s: %s; restore the vault from a backup",
	    zy_db_name(db), why);
}

struct looking {
	struct zy_vault *v;
	struct zy_txn *txn;
	uint64_t subject;
	uint8_t order[ZY_HASH_LEN]; /* of the subject's row */
	struct zy_destroyed out;
};

/* ---- the event of each licence ---- */

struct history {
	struct zy_vault *v;
	struct zy_txn *txn;
	enum zy_event_what what, or_what;
	uint64_t number; /* of the event */
	uint64_t seq;    /* found; 0: none */
	struct zy_row_event e;
	struct zy_buf plain;
};

static bool is_event(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct history *h = arg;

	(void)value;
	if (key.len != 16)
		return zy_row_bad(ZY_DB_HISTORY, err);
	if (!zy_event_get(h->v, h->txn, zy_key_get(key, 8, 8), &h->e, &h->plain, err))
		return false;
	*stop = (h->e.what == h->what || h->e.what == h->or_what) && h->e.number == h->number;
	if (*stop)
		h->seq = zy_key_get(key, 8, 8);
	return true;
}

/* The event of a licence's history of that kind and number; h->seq 0: there is none. */
static bool find_event(struct history *h, uint64_t licence, struct zy_error *err)
{
	struct zy_key prefix = zy_key_number(licence);

	return zy_store_walk(&h->v->store, h->txn, ZY_DB_HISTORY, &prefix, NULL, is_event, h, err);
}

bool zy_destroyed_version(struct zy_vault *v, struct zy_txn *txn, uint64_t number, unsigned version,
    struct zy_row_version *out, struct zy_error *err)
{
	struct history h = { .v = v, .txn = txn, .what = ZY_EVENT_MINT, .or_what = ZY_EVENT_CHANGE, .number = version };
	bool ok = find_event(&h, number, err);

	*out = (struct zy_row_version){ .seq = h.seq, .recorded_at = h.e.at };
	zy_buf_free(&h.plain);
	return ok && (h.seq != 0 || bad(ZY_DB_HISTORY, "a version has no event", err));
}

/* ---- the subject ---- */

static bool names_order(const struct looking *l, const struct zy_row_event *e)
{
	char order[2 * ZY_HASH_LEN + 1];

	zy_hex(ZY_BYTES(l->order, ZY_HASH_LEN), order);
	return zy_bytes_equal(e->name, zy_str(order));
}

static bool check_licence(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct looking *l = arg;
	struct history h = { .v = l->v,
		.txn = l->txn,
		.what = ZY_EVENT_DESTROYED,
		.or_what = ZY_EVENT_DESTROYED,
		.number = l->subject };
	bool ok;

	(void)value, (void)stop;
	if (key.len != 16)
		return zy_row_bad(ZY_DB_OWNED, err);
	ok = find_event(&h, zy_key_get(key, 8, 8), err) &&
	     (h.seq == 0 || names_order(l, &h.e) ||
		 bad(ZY_DB_SUBJECT, "a holder's data is gone by another order than its event says", err));
	zy_buf_free(&h.plain);
	*(h.seq == 0 ? &l->out.untold : &l->out.licences) += 1;
	return ok;
}

static bool leads_here(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct looking *l = arg;
	ZY_BUF_AUTO plain = { 0 };
	uint64_t number;

	if (!zy_row_open(ZY_DB_HOLDER, key, &l->v->key, value, &plain, err))
		return false;
	if (!zy_row_number_parse(&number, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_HOLDER, err);
	l->out.indexed = *stop = number == l->subject;
	return true;
}

static bool read_order(struct looking *l, struct zy_error *err)
{
	struct zy_key k = zy_key_number(l->subject);
	struct zy_row_subject row;
	struct zy_bytes value;
	bool found;

	if (!zy_store_get(&l->v->store, l->txn, ZY_DB_SUBJECT, &k, &value, &found, err))
		return false;
	if (!found || !zy_row_subject_parse(&row, value, err) || row.holder.len != ZY_HASH_LEN)
		return zy_row_bad(ZY_DB_SUBJECT, err);
	memcpy(l->order, row.holder.p, ZY_HASH_LEN);
	return true;
}

static bool look_at(struct looking *l, struct zy_error *err)
{
	struct zy_key owned = zy_key_number(l->subject);

	return read_order(l, err) &&
	       zy_store_walk(&l->v->store, l->txn, ZY_DB_OWNED, &owned, NULL, check_licence, l, err) &&
	       (l->out.licences == 0 || l->out.untold == 0 ||
		   bad(ZY_DB_SUBJECT, "not every licence of a holder tells that the data is gone", err));
}

bool zy_destroyed_told(struct zy_vault *v, struct zy_txn *txn, uint64_t subject, bool *told, struct zy_error *err)
{
	struct looking l = { .v = v, .txn = txn, .subject = subject };

	if (!look_at(&l, err))
		return false;
	*told = l.out.untold == 0;
	return true;
}

bool zy_destroyed_check(
    struct zy_vault *v, struct zy_txn *txn, uint64_t subject, struct zy_destroyed *out, struct zy_error *err)
{
	struct looking l = { .v = v, .txn = txn, .subject = subject };
	const struct zy_key all = { 0 };

	if (!look_at(&l, err) || !zy_store_walk(&v->store, txn, ZY_DB_HOLDER, &all, NULL, leads_here, &l, err))
		return false;
	*out = l.out;
	return true;
}
