/* Rights to look down, and looking down: the only way from one tenant's data to another tenant. */
#include "tenants.h"

struct giving {
	const char *above; /* code */
	const char *reason;
	struct zy_row_right row;
};

/* The tenant of that code, when it is above this one. */
static bool find_above(
    struct zy_vault *v, struct zy_txn *txn, const char *code, struct zy_tenant *out, struct zy_error *err)
{
	bool found, above = false;

	return zy_tenant_find(v, txn, code, out, &found, err) &&
	       (!found || zy_tenant_is_above(v, txn, out->number, v->store.tenant, &above, err)) &&
	       (above ||
		   zy_fail(err, ZY_E_TENANT, "tenant", ZY_NOWHERE, "there is no tenant %.12s above this one", code));
}

/* Whether the tenant above may look at `now`: the last word that was said about it. */
static bool has_right(
    struct zy_vault *v, struct zy_txn *txn, uint32_t above, zy_time now, bool *yes, struct zy_error *err)
{
	struct zy_key prefix = zy_key_number(above);
	struct zy_bytes key, value;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_right row;
	bool found;

	*yes = false;
	if (!zy_store_last(&v->store, txn, ZY_DB_RIGHT, &prefix, &key, &value, &found, err) || !found)
		return err->code == ZY_OK;
	if (!zy_row_open(ZY_DB_RIGHT, key, &v->key, value, &plain, err))
		return false;
	if (!zy_row_right_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_RIGHT, err);
	*yes = row.given && now <= row.until;
	return true;
}

static bool append(struct zy_vault *v, struct zy_change *c, const struct zy_tenant *above, enum zy_event_what what,
    const char *reason, uint64_t *seq, struct zy_error *err)
{
	struct zy_row_event e = {
		.what = what, .name = zy_str(above->code), .number = above->number, .reason = zy_str(reason)
	};

	return zy_event_append(v, c, &e, 0, seq, err);
}

static bool apply_giving(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	struct giving *q = arg;
	struct zy_tenant above;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_key k;
	uint64_t seq;
	bool has;

	if (!find_above(v, c->txn, q->above, &above, err) || !has_right(v, c->txn, above.number, c->now, &has, err))
		return false;
	if (!q->row.given && !has)
		return zy_fail(
		    err, ZY_E_STATE, "tenant", ZY_NOWHERE, "%s has no right that could be taken back", above.code);
	if (q->row.given && q->row.until < c->now)
		return zy_fail(err, ZY_E_DATES, "until", ZY_NOWHERE, "a right that has ended cannot be given");
	q->row.at = c->now;
	zy_row_right_encode(&q->row, &plain);
	if (!append(v, c, &above, q->row.given ? ZY_EVENT_RIGHT_GIVEN : ZY_EVENT_RIGHT_TAKEN, q->reason, &seq, err))
		return false;
	k = zy_key_pair(above.number, seq);
	return zy_row_put(c, ZY_DB_RIGHT, &k, &v->key, &plain, err);
}

bool zy_right_give(struct zy_vault *v, const char *above, zy_time until, const char *reason, struct zy_error *err)
{
	struct giving q = { .above = above, .reason = reason, .row = { .until = until, .given = true } };

	return zy_reason_check(reason, err) && zy_vault_apply(v, apply_giving, &q, err);
}

bool zy_right_take(struct zy_vault *v, const char *above, const char *reason, struct zy_error *err)
{
	struct giving q = { .above = above, .reason = reason };

	return zy_reason_check(reason, err) && zy_vault_apply(v, apply_giving, &q, err);
}

struct looking {
	struct zy_tenant above;
	const char *reason;
};

/* In the tenant that is looked at: the right is asked and the look recorded in one transaction. */
static bool apply_look(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	const struct looking *q = arg;
	uint64_t seq;
	bool has;

	if (!has_right(v, c->txn, q->above.number, c->now, &has, err))
		return false;
	if (!has)
		return zy_fail(err, ZY_E_TENANT_RIGHT, "tenant", ZY_NOWHERE,
		    "this tenant has given %s no right to look, or it has ended", q->above.code);
	return append(v, c, &q->above, ZY_EVENT_LOOKED_DOWN, q->reason, &seq, err);
}

static bool find_below(struct zy_vault *v, struct zy_txn *txn, const char *code, struct looking *q,
    struct zy_tenant *out, struct zy_error *err)
{
	bool found, named, above = false;

	return zy_tenant_get(v, txn, v->store.tenant, &q->above, &named, err) &&
	       zy_tenant_find(v, txn, code, out, &found, err) &&
	       (!found || zy_tenant_is_above(v, txn, v->store.tenant, out->number, &above, err)) &&
	       (above ||
		   zy_fail(err, ZY_E_TENANT, "tenant", ZY_NOWHERE, "there is no tenant %.12s below this one", code));
}

bool zy_vault_look_down(
    struct zy_vault *v, const char *code, const char *reason, struct zy_vault **out, struct zy_error *err)
{
	struct looking q = { .reason = reason };
	struct zy_vault *view;
	struct zy_tenant t;
	struct zy_txn *txn;
	bool ok;

	if (v->looks_down)
		return zy_fail(err, ZY_E_TENANT_RIGHT, "tenant", ZY_NOWHERE,
		    "a right to look at one tenant is none to look further");
	if (!zy_reason_check(reason, err) || !zy_read_begin(&v->store, &txn, err))
		return false;
	ok = find_below(v, txn, code, &q, &t, err);
	zy_read_end(&v->store, txn);
	if (!ok || !zy_view_new(v, t.number, &view, err))
		return false;
	if (!zy_vault_apply(view, apply_look, &q, err)) {
		zy_vault_close(view);
		return false;
	}
	view->looks_down = true;
	*out = view;
	return true;
}
