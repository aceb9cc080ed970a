/*
 * A holder's data destroyed by lawful order: the row of the subject loses its wrapped data key and the sealed holder,
 * and keeps the identifier of the key and the digest of the order. What the key sealed stays where it is and opens
 * never again; events, log, counts and identity index stay whole. That no old copy of the wrapped key opens is the
 * signer's part (hsm/key_ops.c).
 */
#include "internal.h"

#include "zy/text.h"

#define REASON "by-order"

bool zy_subject_row_is_destroyed(const struct zy_row_subject *row)
{
	return row->wrapped.len == 0;
}

bool zy_subject_fail_destroyed(struct zy_error *err)
{
	return zy_fail(err, ZY_E_DESTROYED, "holder", ZY_NOWHERE,
	    "the holder's data was destroyed by an order of two officers; `zhengyin history` names the order");
}

bool zy_subject_is_destroyed(
    struct zy_vault *v, struct zy_txn *txn, uint64_t subject, bool *destroyed, struct zy_error *err)
{
	struct zy_key k = zy_key_number(subject);
	struct zy_row_subject row;
	struct zy_bytes value;
	bool found;

	if (!zy_store_get(&v->store, txn, ZY_DB_SUBJECT, &k, &value, &found, err))
		return false;
	if (!found || !zy_row_subject_parse(&row, value, err))
		return zy_row_bad(ZY_DB_SUBJECT, err);
	*destroyed = zy_subject_row_is_destroyed(&row);
	return true;
}

bool zy_licence_is_destroyed(
    struct zy_vault *v, struct zy_txn *txn, const char *name, bool *destroyed, struct zy_error *err)
{
	struct zy_row_licence lic;
	bool found;

	if (!zy_licence_find(v, txn, name, &lic, &found, err))
		return false;
	return found ? zy_subject_is_destroyed(v, txn, lic.subject, destroyed, err) : zy_row_bad(ZY_DB_LICENCE, err);
}

/* ---- whose key ---- */

struct counting {
	uint64_t num;
};

static bool count_one(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct counting *c = arg;

	(void)key, (void)value, (void)stop, (void)err;
	c->num++;
	return true;
}

static bool read_data_key(
    struct zy_vault *v, struct zy_txn *txn, uint64_t subject, struct zy_data_key *out, struct zy_error *err)
{
	struct zy_key k = zy_key_number(subject);
	struct counting owned = { 0 };
	struct zy_row_subject row;
	struct zy_bytes value;
	bool found;

	if (!zy_store_get(&v->store, txn, ZY_DB_SUBJECT, &k, &value, &found, err))
		return false;
	if (!found || !zy_row_subject_parse(&row, value, err))
		return zy_row_bad(ZY_DB_SUBJECT, err);
	memcpy(out->id, row.key_id.p, sizeof(out->id));
	out->destroyed = zy_subject_row_is_destroyed(&row);
	if (!zy_store_walk(&v->store, txn, ZY_DB_OWNED, &k, NULL, count_one, &owned, err))
		return false;
	out->licences = owned.num;
	return true;
}

bool zy_vault_data_key(struct zy_vault *v, const struct zy_holder *h, struct zy_data_key *out, struct zy_error *err)
{
	struct zy_txn *txn;
	uint64_t subject;
	bool found, ok;

	if (!zy_subject_find(v, h, &subject, &found, err))
		return false;
	if (!found)
		return zy_fail(err, ZY_E_NOT_FOUND, "holder", ZY_NOWHERE, "nothing is recorded of this holder");
	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = read_data_key(v, txn, subject, out, err);
	zy_read_end(&v->store, txn);
	return ok;
}

/* ---- destroying ---- */

struct shred {
	const uint8_t *id, *order;
	uint64_t subject; /* 0: not found */
	uint32_t tenant;  /* whose the subject is */
	struct zy_shredded out;
	/* inside the transaction */
	struct zy_change *c;
	uint64_t seq;
};

static bool is_it(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_row_subject row;
	struct shred *s = arg;

	if (key.len != 8 || !zy_row_subject_parse(&row, value, err))
		return zy_row_bad(ZY_DB_SUBJECT, err);
	*stop = memcmp(row.key_id.p, s->id, ZY_DATA_KEY_ID_LEN) == 0;
	if (*stop)
		s->subject = zy_key_get(key, 0, 8);
	return true;
}

/* The signer must refuse the key before the vault gives its own copy up: else an old copy would still open. */
static bool is_refused(struct zy_vault *v, uint64_t subject, struct zy_error *err)
{
	struct zy_error why = { 0 };
	ZY_VALUE_KEY_AUTO key = { 0 };

	zy_key_cache_drop(v->subjects, subject);
	if (zy_subject_key(v, subject, &key, &why))
		return zy_fail(err, ZY_E_STATE, "data-key", ZY_NOWHERE,
		    "the signer still opens this data key: the order was not taken there");
	if (why.code != ZY_E_DESTROYED)
		*err = why;
	return why.code == ZY_E_DESTROYED;
}

static bool find_in(struct zy_vault *view, struct zy_txn *txn, void *arg, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	struct shred *s = arg;

	if (s->subject != 0)
		return true;
	s->tenant = view->store.tenant;
	return zy_store_walk(&view->store, txn, ZY_DB_SUBJECT, &all, NULL, is_it, s, err);
}

static bool find_subject(struct zy_vault *v, struct shred *s, struct zy_error *err)
{
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = v->whole == v ? zy_tenants_each(v, txn, find_in, s, err) : find_in(v, txn, s, err);
	zy_read_end(&v->store, txn);
	return ok && (s->subject != 0 || zy_fail(err, ZY_E_NOT_FOUND, "data-key", ZY_NOWHERE,
					     "the vault has no data key of that identifier"));
}

/* Each licence's own history says what became of it. */
static bool link_licence(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct shred *s = arg;
	struct zy_key link;

	(void)value, (void)stop;
	if (key.len != 16)
		return zy_row_bad(ZY_DB_OWNED, err);
	link = zy_key_pair(zy_key_get(key, 8, 8), s->seq);
	s->out.licences++;
	return zy_change_put(s->c, ZY_DB_HISTORY, &link, ZY_BYTES(NULL, 0), err);
}

static bool append_event(struct zy_vault *v, struct shred *s, struct zy_error *err)
{
	char order[2 * ZY_HASH_LEN + 1];
	struct zy_row_event e = { .what = ZY_EVENT_DESTROYED, .number = s->subject, .reason = ZY_LITERAL(REASON) };
	struct zy_key owned = zy_key_number(s->subject);

	zy_hex(ZY_BYTES(s->order, ZY_HASH_LEN), order);
	e.name = zy_str(order);
	return zy_event_append(v, s->c, &e, 0, &s->seq, err) &&
	       zy_store_walk(&v->store, s->c->txn, ZY_DB_OWNED, &owned, NULL, link_licence, s, err);
}

static bool apply(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	struct shred *s = arg;
	struct zy_key k = zy_key_number(s->subject);
	struct zy_row_subject row;
	ZY_BUF_AUTO again = { 0 };
	struct zy_bytes value;
	bool found;

	s->c = c;
	s->out = (struct zy_shredded){ 0 };
	if (!zy_store_get(&v->store, c->txn, ZY_DB_SUBJECT, &k, &value, &found, err))
		return false;
	if (!found || !zy_row_subject_parse(&row, value, err))
		return zy_row_bad(ZY_DB_SUBJECT, err);
	/* A restore may have gone back behind the event, never behind the row. */
	if (zy_subject_row_is_destroyed(&row) &&
	    (!zy_destroyed_told(v, c->txn, s->subject, &s->out.already, err) || s->out.already))
		return err->code == ZY_OK;
	row.wrapped = ZY_BYTES(NULL, 0);
	row.holder = ZY_BYTES(s->order, ZY_HASH_LEN);
	zy_row_subject_encode(&row, &again);
	return zy_buf_done(&again, "subject", err) && zy_change_put(c, ZY_DB_SUBJECT, &k, zy_buf_bytes(&again), err) &&
	       append_event(v, s, err);
}

static bool destroy(struct zy_vault *view, struct shred *s, struct zy_error *err)
{
	if (!is_refused(view, s->subject, err) || !zy_vault_apply(view, apply, s, err))
		return false;
	zy_key_cache_drop(view->subjects, s->subject);
	return true;
}

bool zy_vault_shred(struct zy_vault *v, const uint8_t id[ZY_DATA_KEY_ID_LEN], const uint8_t order[ZY_HASH_LEN],
    struct zy_shredded *out, struct zy_error *err)
{
	struct shred s = { .id = id, .order = order };
	struct zy_vault view = { 0 };
	bool ok;

	if (!find_subject(v, &s, err) || !zy_view_open(v->whole, s.tenant, &view, err))
		return false;
	ok = destroy(&view, &s, err);
	zy_view_close(&view);
	if (ok)
		*out = s.out;
	return ok;
}

/* ---- what is left to tell ---- */

/* What rows under the vault's own key and the order of the keys say of the newest version. */
static bool tell(struct zy_vault *v, struct zy_txn *txn, const char *name, struct zy_version *out, struct zy_error *err)
{
	struct zy_row_licence lic;

	if (!zy_licence_get(v, txn, name, &lic, err) || !zy_version_last(v, txn, lic.number, &out->version, err))
		return false;
	out->status = ZY_STATUS_DESTROYED;
	out->reason = REASON;
	out->valid_to = ZY_TIME_NEVER;
	return zy_name_identifier(name, out->version, out->identifier, err);
}

bool zy_version_destroyed(struct zy_vault *v, const char *name, struct zy_version *out, struct zy_error *err)
{
	struct zy_txn *txn;
	bool ok;

	*out = (struct zy_version){ 0 };
	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = tell(v, txn, name, out, err);
	zy_read_end(&v->store, txn);
	return ok;
}
