#include "tenants.h"

#include <stdlib.h>

#include <openssl/crypto.h>

#include "zy/text.h"

/* A tenant's 32 bytes of a kind, from the whole's: no tenant's keys tell another's. */
static bool derive(struct zy_vault *v, const uint8_t root[ZY_DATA_KEY_LEN], uint32_t tenant,
    uint8_t out[ZY_DATA_KEY_LEN], struct zy_error *err)
{
	ZY_BUF_AUTO label = { 0 };

	zy_buf_put(&label, ZY_LITERAL("zy-tenant"));
	zy_buf_put_be(&label, tenant, 4);
	return zy_buf_done(&label, "tenant", err) &&
	       zy_hmac(zy_suite_hash(v->suite), ZY_BYTES(root, ZY_DATA_KEY_LEN), zy_buf_bytes(&label), out, err);
}

static bool value_key(struct zy_vault *v, uint32_t tenant, struct zy_value_key *out, struct zy_error *err)
{
	uint8_t key[ZY_DATA_KEY_LEN];
	bool ok = derive(v, v->whole->root_key, tenant, key, err) && zy_value_key_derive(out, v->suite, key, err);

	OPENSSL_cleanse(key, sizeof(key));
	return ok;
}

bool zy_tenant_keys(struct zy_vault *v, struct zy_error *err)
{
	return derive(v, v->whole->root_index, v->store.tenant, v->index_key, err) &&
	       value_key(v, v->store.tenant, &v->key, err) && value_key(v, 0, &v->shared, err);
}

bool zy_view_open(struct zy_vault *v, uint32_t tenant, struct zy_vault *out, struct zy_error *err)
{
	struct zy_vault *whole = v->whole;

	*out = (struct zy_vault){
		.whole = whole, .wrapper = whole->wrapper, .suite = whole->suite, .subjects = whole->subjects
	};
	zy_store_view(&whole->store, tenant, &out->store);
	return zy_tenant_keys(out, err);
}

void zy_view_close(struct zy_vault *view)
{
	OPENSSL_cleanse(view, sizeof(*view));
}

/* ---- the tree ---- */

bool zy_tenant_count(struct zy_vault *v, struct zy_txn *txn, uint32_t *out, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	struct zy_bytes key, value;
	bool found;

	if (!zy_store_last(&v->store, txn, ZY_DB_TENANT, &all, &key, &value, &found, err))
		return false;
	*out = found ? (uint32_t)zy_key_get(key, 0, 8) : ZY_TENANT_TOP;
	return true;
}

bool zy_tenants_each(struct zy_vault *v, struct zy_txn *txn, zy_tenant_fn *fn, void *arg, struct zy_error *err)
{
	uint32_t num;

	if (!zy_tenant_count(v, txn, &num, err))
		return false;
	for (uint32_t n = ZY_TENANT_TOP; n <= num; n++) {
		struct zy_vault view = { 0 };
		bool ok = zy_view_open(v, n, &view, err) && fn(&view, txn, arg, err);

		zy_view_close(&view);
		if (!ok)
			return false;
	}
	return true;
}

bool zy_tenant_get(
    struct zy_vault *v, struct zy_txn *txn, uint32_t number, struct zy_tenant *out, bool *found, struct zy_error *err)
{
	struct zy_key k = zy_key_number(number);
	ZY_BUF_AUTO plain = { 0 };

	*out = (struct zy_tenant){ .number = number };
	if (!zy_row_get(v, txn, ZY_DB_TENANT, &k, &v->shared, &plain, found, err) || !*found)
		return err->code == ZY_OK;
	if (!zy_row_tenant_parse(out, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_TENANT, err);
	out->number = number;
	return true;
}

bool zy_tenant_find(
    struct zy_vault *v, struct zy_txn *txn, const char *code, struct zy_tenant *out, bool *found, struct zy_error *err)
{
	uint32_t num;

	*found = false;
	if (!zy_tenant_count(v, txn, &num, err))
		return false;
	for (uint32_t n = ZY_TENANT_TOP; n <= num && !*found; n++) {
		if (!zy_tenant_get(v, txn, n, out, found, err))
			return false;
		*found = *found && strcmp(out->code, code) == 0;
	}
	return true;
}

bool zy_tenant_is_above(
    struct zy_vault *v, struct zy_txn *txn, uint32_t above, uint32_t below, bool *yes, struct zy_error *err)
{
	struct zy_tenant t;
	bool found;

	*yes = false;
	for (uint32_t n = below; n != 0 && !*yes; n = t.parent) {
		if (!zy_tenant_get(v, txn, n, &t, &found, err))
			return false;
		if (found && t.parent >= n)
			return zy_row_bad(ZY_DB_TENANT, err); /* who is below was added later */
		*yes = t.parent == above;
	}
	return true;
}

struct listing {
	size_t num, room;
	struct zy_tenant *t; /* in the arena */
};

static bool read_tree(
    struct zy_vault *v, struct zy_txn *txn, struct zy_arena *a, struct listing *out, struct zy_error *err)
{
	uint32_t num;
	bool found;

	if (!zy_tenant_count(v, txn, &num, err) || (out->t = zy_arena_array(a, num, sizeof(*out->t), err)) == NULL)
		return false;
	for (uint32_t n = ZY_TENANT_TOP; n <= num; n++) {
		if (!zy_tenant_get(v, txn, n, &out->t[out->num], &found, err))
			return false;
		out->num += found;
	}
	return true;
}

bool zy_tenant_list(struct zy_vault *v, zy_tenant_cb *cb, void *arg, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct listing l = { 0 };
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = read_tree(v, txn, &a, &l, err);
	zy_read_end(&v->store, txn);
	for (size_t i = 0; ok && i < l.num && cb(arg, &l.t[i]); i++)
		;
	return ok;
}

bool zy_vault_tenant(struct zy_vault *v, struct zy_tenant *out, struct zy_error *err)
{
	struct zy_txn *txn;
	bool found, ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_tenant_get(v, txn, v->store.tenant, out, &found, err);
	zy_read_end(&v->store, txn);
	return ok;
}

struct add {
	struct zy_tenant t;
	const char *under;
};

static bool check_add(struct zy_vault *v, struct zy_change *c, struct add *q, struct zy_error *err)
{
	struct zy_tenant other;
	uint32_t num;
	bool found, named;

	if (!zy_tenant_find(v, c->txn, q->t.code, &other, &found, err) || !zy_tenant_count(v, c->txn, &num, err))
		return false;
	if (found)
		return zy_fail(err, ZY_E_EXISTS, "tenant", ZY_NOWHERE, "there is a tenant %s already", q->t.code);
	if (!zy_tenant_get(v, c->txn, ZY_TENANT_TOP, &other, &named, err))
		return false;
	if (named == (q->under == NULL))
		return zy_fail(err, ZY_E_STATE, "under", ZY_NOWHERE,
		    named ? "the tree has a top; say below whom this tenant is"
			  : "the tree has no top yet; add that first, below nobody");
	q->t.number = named ? num + 1 : ZY_TENANT_TOP;
	if (!named)
		return true;
	if (!zy_tenant_find(v, c->txn, q->under, &other, &found, err))
		return false;
	q->t.parent = other.number;
	return found || zy_fail(err, ZY_E_TENANT, "under", ZY_NOWHERE, "there is no tenant %.12s", q->under);
}

static bool apply_add(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	struct add *q = arg;
	struct zy_row_event e = { .what = ZY_EVENT_TENANT, .name = zy_str(q->t.code) };
	ZY_BUF_AUTO plain = { 0 };
	struct zy_key k;
	uint64_t seq;

	if (!check_add(v, c, q, err))
		return false;
	q->t.made_at = c->now;
	e.number = q->t.number;
	k = zy_key_number(q->t.number);
	zy_row_tenant_encode(&q->t, &plain);
	return zy_row_put(c, ZY_DB_TENANT, &k, &v->shared, &plain, err) && zy_event_append(v, c, &e, 0, &seq, err);
}

static bool copy_code(char out[ZY_TENANT_CODE_MAX + 1], const char *code, struct zy_error *err)
{
	size_t len = strnlen(code, ZY_TENANT_CODE_MAX + 1);

	if ((len != 6 && len != 9 && len != 12) || strspn(code, "0123456789") != len)
		return zy_fail(err, ZY_E_FIELD_RANGE, "tenant", ZY_NOWHERE,
		    "a tenant's code is a division code of 6, 9 or 12 digits");
	memcpy(out, code, len + 1);
	return true;
}

bool zy_whole_only(const struct zy_vault *v, struct zy_error *err)
{
	return v->whole == v ||
	       zy_fail(err, ZY_E_TENANT_RIGHT, "tenant", ZY_NOWHERE,
		   "a tenant's handle leads to its own data and nowhere else; this is of the vault as it was opened");
}

bool zy_tenant_add(struct zy_vault *v, const char *code, const char *name, const char *under, struct zy_error *err)
{
	struct add q = { .under = under };
	size_t len = strnlen(name, ZY_TENANT_NAME_MAX + 1);

	if (!zy_whole_only(v, err) || !copy_code(q.t.code, code, err))
		return false;
	if (len < 1 || len > ZY_TENANT_NAME_MAX)
		return zy_fail(
		    err, ZY_E_FIELD_RANGE, "name", ZY_NOWHERE, "a tenant's name has 1 to %d bytes", ZY_TENANT_NAME_MAX);
	if (!zy_line_check(ZY_BYTES(name, len), len, "name", err))
		return false;
	memcpy(q.t.name, name, len);
	return zy_vault_apply(v, apply_add, &q, err);
}

/* ---- handles ---- */

bool zy_view_new(struct zy_vault *v, uint32_t tenant, struct zy_vault **out, struct zy_error *err)
{
	struct zy_vault *view = calloc(1, sizeof(*view));

	if (view == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "vault", ZY_NOWHERE, "no memory for a tenant's handle");
	if (zy_view_open(v, tenant, view, err)) {
		*out = view;
		return true;
	}
	zy_vault_close(view);
	return false;
}

bool zy_vault_enter(struct zy_vault *v, const char *code, struct zy_vault **out, struct zy_error *err)
{
	struct zy_tenant t;
	struct zy_txn *txn;
	bool found, ok;

	if (!zy_whole_only(v, err) || !zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_tenant_find(v, txn, code, &t, &found, err);
	zy_read_end(&v->store, txn);
	if (ok && !found)
		return zy_fail(err, ZY_E_TENANT, "tenant", ZY_NOWHERE, "there is no tenant %.12s", code);
	return ok && zy_view_new(v, t.number, out, err);
}
