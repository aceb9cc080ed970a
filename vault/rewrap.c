/*
 * Wrapped keys under the newest generation of the wrapping key. A data key stays what it is, so nothing that it seals
 * is written anew; only its row in `subject`, and `meta` for the two keys of the vault itself. Under which generation a
 * key is wrapped the wrapper tells by the wrapped bytes, so there is no list of what is done that could be lost.
 */
#include "internal.h"

enum { PART = 64 /* subjects wrapped anew in one transaction */, LOOK = 4096 /* looked at in one call */ };

/* A wrapped key on its way. */
struct rewrapping {
	uint64_t subject;
	struct zy_data_key_name name;
	struct zy_buf before, after;
};

struct part {
	struct zy_vault *v;
	struct zy_rewrap r;
	size_t looked, num;
	struct rewrapping keys[PART];
};

static void part_free(struct part *p)
{
	for (size_t i = 0; i < p->num; i++) {
		zy_buf_free(&p->keys[i].before);
		zy_buf_free(&p->keys[i].after);
	}
}

static bool is_current(struct zy_vault *v, bool again, struct zy_bytes wrapped, bool *out, struct zy_error *err)
{
	*out = v->wrapper.is_current == NULL;
	return *out || v->wrapper.is_current(v->wrapper.arg, again, wrapped, out, err);
}

/* Opened again before anybody relies on it. */
static bool rewrap(
    struct zy_vault *v, struct zy_bytes aad, struct zy_bytes before, struct zy_buf *after, struct zy_error *err)
{
	ZY_BUF_AUTO key = { .cap = 256 };
	ZY_BUF_AUTO same = { .cap = 256 };
	const struct zy_wrapper *w = &v->wrapper;

	if (!w->unwrap(w->arg, aad, before, &key, err) || !zy_buf_done(&key, "vault", err) ||
	    !w->wrap(w->arg, aad, zy_buf_bytes(&key), after, err) || !zy_buf_done(after, "vault", err) ||
	    !w->unwrap(w->arg, aad, zy_buf_bytes(after), &same, err) || !zy_buf_done(&same, "vault", err))
		return false;
	return (after->len <= ZY_WRAPPED_MAX && zy_bytes_equal(zy_buf_bytes(&key), zy_buf_bytes(&same))) ||
	       zy_fail(err, ZY_E_TOKEN, "vault", ZY_NOWHERE, "the token does not give back the key that it wrapped");
}

/* ---- subjects ---- */

static bool look(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct part *p = arg;
	struct rewrapping *one = &p->keys[p->num];
	struct zy_row_subject row;
	bool current;

	if (key.len != 8 || !zy_row_subject_parse(&row, value, err))
		return zy_row_bad(ZY_DB_SUBJECT, err);
	p->r.next = zy_key_get(key, 0, 8) + 1;
	if (zy_subject_row_is_destroyed(&row))
		return true;
	if (!is_current(p->v, false, row.wrapped, &current, err))
		return false;
	p->r.keys++;
	if (!current) {
		*one = (struct rewrapping){ .subject = zy_key_get(key, 0, 8) };
		one->name = zy_data_key_name(one->subject, row.key_id.p);
		zy_buf_put(&one->before, row.wrapped);
		p->num++;
		if (!zy_buf_done(&one->before, "subject", err))
			return false;
	}
	*stop = p->num == PART || ++p->looked == LOOK;
	p->r.complete = !*stop;
	return true;
}

static bool collect(struct part *p, struct zy_error *err)
{
	const struct zy_key all = { 0 }, from = zy_key_number(p->r.next);
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&p->v->store, &txn, err))
		return false;
	p->r.complete = true;
	ok = zy_store_walk(&p->v->store, txn, ZY_DB_SUBJECT, &all, &from, look, p, err);
	zy_read_end(&p->v->store, txn);
	return ok;
}

/* A row that became another one meanwhile is left to the next run. */
static bool store_one(struct zy_vault *v, struct zy_change *c, const struct rewrapping *one, struct zy_error *err)
{
	struct zy_key k = zy_key_number(one->subject);
	ZY_BUF_AUTO again = { 0 };
	struct zy_row_subject row;
	struct zy_bytes value;
	bool found;

	if (!zy_store_get(&v->store, c->txn, ZY_DB_SUBJECT, &k, &value, &found, err))
		return false;
	if (!found || !zy_row_subject_parse(&row, value, err))
		return zy_row_bad(ZY_DB_SUBJECT, err);
	if (!zy_bytes_equal(row.wrapped, zy_buf_bytes(&one->before)))
		return true;
	row.wrapped = zy_buf_bytes(&one->after);
	zy_row_subject_encode(&row, &again);
	return zy_buf_done(&again, "subject", err) && zy_change_put(c, ZY_DB_SUBJECT, &k, zy_buf_bytes(&again), err);
}

static bool store_part(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	const struct part *p = arg;

	for (size_t i = 0; i < p->num; i++)
		if (!store_one(v, c, &p->keys[i], err))
			return false;
	return true;
}

static bool rewrap_subjects(struct part *p, struct zy_error *err)
{
	if (!collect(p, err))
		return false;
	for (size_t i = 0; i < p->num; i++) {
		struct rewrapping *one = &p->keys[i];

		if (!rewrap(
			p->v, ZY_BYTES(one->name.p, sizeof(one->name.p)), zy_buf_bytes(&one->before), &one->after, err))
			return false;
	}
	p->r.rewrapped += p->num;
	return p->num == 0 || zy_vault_apply(p->v, store_part, p, err);
}

/* ---- the vault's own two ---- */

struct head {
	struct zy_buf before, after; /* rows of `meta`; an empty `after`: nothing to do */
};

static bool read_head(
    struct zy_vault *v, struct zy_txn *txn, struct zy_bytes *value, struct zy_row_vault *row, struct zy_error *err)
{
	struct zy_key k = zy_vault_head_key();
	bool found;

	if (!zy_store_get(&v->store, txn, ZY_DB_META, &k, value, &found, err))
		return false;
	return (found && zy_row_vault_parse(row, *value, err)) || zy_row_bad(ZY_DB_META, err);
}

static bool store_head(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	struct zy_key k = zy_vault_head_key();
	const struct head *h = arg;
	struct zy_row_vault row;
	struct zy_bytes value;

	if (!read_head(v, c->txn, &value, &row, err))
		return false;
	return !zy_bytes_equal(value, zy_buf_bytes(&h->before)) ||
	       zy_change_put(c, ZY_DB_META, &k, zy_buf_bytes(&h->after), err);
}

static bool rewrap_if_old(struct zy_vault *v, struct zy_bytes aad, struct zy_bytes *wrapped, struct zy_buf *room,
    struct zy_rewrap *r, struct zy_error *err)
{
	bool current;

	r->keys++;
	if (!is_current(v, false, *wrapped, &current, err))
		return false;
	if (current)
		return true;
	r->rewrapped++;
	if (!rewrap(v, aad, *wrapped, room, err))
		return false;
	*wrapped = zy_buf_bytes(room);
	return true;
}

static bool prepare_head(struct zy_vault *v, struct head *h, struct zy_rewrap *r, struct zy_error *err)
{
	ZY_BUF_AUTO index = { 0 }, vault = { 0 };
	uint64_t before = r->rewrapped;
	struct zy_row_vault row;
	struct zy_bytes value;
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = read_head(v, txn, &value, &row, err);
	if (ok)
		zy_buf_put(&h->before, value);
	zy_read_end(&v->store, txn);
	if (!ok || !zy_buf_done(&h->before, "vault", err) || !zy_row_vault_parse(&row, zy_buf_bytes(&h->before), err) ||
	    !rewrap_if_old(v, ZY_AAD_INDEX, &row.wrapped_index, &index, r, err) ||
	    !rewrap_if_old(v, ZY_AAD_VAULT, &row.wrapped_vault, &vault, r, err))
		return false;
	if (r->rewrapped != before)
		zy_row_vault_encode(&row, &h->after);
	return zy_buf_done(&h->after, "vault", err);
}

static bool rewrap_head(struct zy_vault *v, struct zy_rewrap *r, struct zy_error *err)
{
	struct head h = { 0 };
	bool ok = prepare_head(v, &h, r, err) && (h.after.len == 0 || zy_vault_apply(v, store_head, &h, err));

	zy_buf_free(&h.before);
	zy_buf_free(&h.after);
	return ok;
}

static bool count_tenants(struct zy_vault *v, uint32_t *num, struct zy_error *err)
{
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_tenant_count(v, txn, num, err);
	zy_read_end(&v->store, txn);
	return ok;
}

/* Tenant by tenant; the vault's own two keys after the last. */
static bool rewrap_part(struct zy_vault *v, struct part *p, uint32_t tenants, struct zy_error *err)
{
	if (!rewrap_subjects(p, err))
		return false;
	if (p->r.complete && p->r.tenant < tenants) {
		p->r.tenant++;
		p->r.next = 0;
		p->r.complete = false;
	}
	return !p->r.complete || rewrap_head(v, &p->r, err);
}

bool zy_vault_rewrap(struct zy_vault *v, struct zy_rewrap *r, struct zy_error *err)
{
	struct zy_vault view = { 0 };
	struct part p = { .v = &view, .r = *r };
	uint32_t tenants;
	bool current, ok;

	if (!zy_whole_only(v, err))
		return false;
	if (r->tenant == 0) {
		if (!is_current(v, true, ZY_BYTES(NULL, 0), &current, err))
			return false;
		p.r.tenant = ZY_TENANT_TOP;
	}
	ok = count_tenants(v, &tenants, err) && zy_view_open(v, p.r.tenant, &view, err) &&
	     rewrap_part(v, &p, tenants, err);
	zy_view_close(&view);
	part_free(&p);
	if (ok)
		*r = p.r;
	return ok;
}

/* ---- what is wrapped ---- */

struct telling {
	bool (*cb)(void *arg, struct zy_bytes wrapped, struct zy_error *err);
	void *arg;
};

static bool tell(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	const struct telling *t = arg;
	struct zy_row_subject row;

	(void)key, (void)stop;
	if (!zy_row_subject_parse(&row, value, err))
		return zy_row_bad(ZY_DB_SUBJECT, err);
	return zy_subject_row_is_destroyed(&row) || t->cb(t->arg, row.wrapped, err);
}

static bool tell_all(struct zy_vault *view, struct zy_txn *txn, void *arg, struct zy_error *err)
{
	const struct zy_key all = { 0 };

	return zy_store_walk(&view->store, txn, ZY_DB_SUBJECT, &all, NULL, tell, arg, err);
}

bool zy_vault_wrapped(struct zy_vault *v, bool (*cb)(void *arg, struct zy_bytes wrapped, struct zy_error *err),
    void *arg, struct zy_error *err)
{
	struct telling t = { cb, arg };
	struct zy_row_vault row;
	struct zy_bytes value;
	struct zy_txn *txn;
	bool ok;

	if (!zy_whole_only(v, err) || !zy_read_begin(&v->store, &txn, err))
		return false;
	ok = read_head(v, txn, &value, &row, err) && cb(arg, row.wrapped_index, err) &&
	     cb(arg, row.wrapped_vault, err) && zy_tenants_each(v, txn, tell_all, &t, err);
	zy_read_end(&v->store, txn);
	return ok;
}
