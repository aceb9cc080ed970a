/*
 * The secret compartment: a vault like any other, in a folder of its own, under a wrapping key of its own. Only its
 * keys tell less: where the name of a licence, or the scope of a serial, is the key of a row, there stands its HMAC,
 * and the name is read from the licence's first event, which is sealed. What says that a vault is one is the text of
 * its probe.
 */
#include "internal.h"

#include <stdio.h>

#include "tenants.h"
#include "zy/secret.h"

#define SCOPE ZY_LITERAL("zy-scope")
#define NOTED ZY_LITERAL("zy-noted-head")
#define TYPE "type"

bool zy_licence_key(struct zy_vault *v, const char *name, struct zy_key *out, struct zy_error *err)
{
	if (v->whole->secret)
		return zy_vault_hmac(v, "licence", name, out, err);
	*out = zy_key_text(name);
	return true;
}

/* One for all tenants, who share the serials. */
bool zy_scope_key(struct zy_vault *v, const char *scope, struct zy_key *out, struct zy_error *err)
{
	ZY_BUF_AUTO text = { 0 };

	*out = zy_key_text(scope);
	if (!v->whole->secret)
		return true;
	zy_buf_put(&text, SCOPE);
	zy_buf_put_u8(&text, 0);
	zy_buf_put_str(&text, scope);
	out->len = ZY_HASH_LEN;
	return zy_buf_done(&text, "serial", err) &&
	       zy_hmac(zy_suite_hash(v->suite), ZY_BYTES(v->whole->root_index, ZY_DATA_KEY_LEN), zy_buf_bytes(&text),
		   out->p, err);
}

static bool take_name(struct zy_name *out, struct zy_bytes text, struct zy_error *err)
{
	if (text.len == 0 || text.len > ZY_NAME_MAX)
		return zy_row_bad(ZY_DB_LICENCE, err);
	*out = (struct zy_name){ 0 };
	memcpy(out->text, text.p, text.len);
	return true;
}

bool zy_licence_name(struct zy_vault *v, struct zy_txn *txn, struct zy_bytes key, const struct zy_row_licence *row,
    struct zy_name *out, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_event e;
	struct zy_key again;

	if (!v->whole->secret)
		return take_name(out, key, err);
	return zy_event_get(v, txn, row->number, &e, &plain, err) && take_name(out, e.name, err) &&
	       zy_licence_key(v, out->text, &again, err) &&
	       (zy_bytes_equal(ZY_BYTES(again.p, again.len), key) || zy_row_bad(ZY_DB_LICENCE, err));
}

/* ---- of which types there are licences ---- */

/* Without any key: a type's code is no secret, it stands in the policies. */
static bool type_key(const char *name, struct zy_key *out, struct zy_error *err)
{
	*out = zy_key_text(TYPE);
	out->len += ZY_HASH_LEN;
	return zy_digest(ZY_HASH_SHA256, ZY_BYTES(name, strcspn(name, ".")), out->p + sizeof(TYPE) - 1, err);
}

bool zy_type_note(struct zy_vault *v, struct zy_change *c, const char *name, struct zy_error *err)
{
	struct zy_bytes value;
	struct zy_key k;
	bool found;

	return !v->whole->secret ||
	       (type_key(name, &k, err) && zy_store_get(c->store, c->txn, ZY_DB_META, &k, &value, &found, err) &&
		   (found || zy_change_put(c, ZY_DB_META, &k, ZY_BYTES(NULL, 0), err)));
}

bool zy_type_noted(struct zy_vault *v, struct zy_txn *txn, const char *name, bool *found, struct zy_error *err)
{
	struct zy_bytes value;
	struct zy_key k;

	return type_key(name, &k, err) && zy_store_get(&v->store, txn, ZY_DB_META, &k, &value, found, err);
}

bool zy_types_are_noted(struct zy_vault *v, struct zy_txn *txn, bool *any, struct zy_error *err)
{
	const struct zy_key prefix = zy_key_text(TYPE);
	struct zy_bytes key, value;

	return zy_store_last(&v->store, txn, ZY_DB_META, &prefix, &key, &value, any, err);
}

static bool see(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	bool *seen = arg;

	(void)key, (void)value, (void)err;
	*seen = *stop = true;
	return true;
}

/* In a vault that is not secret the names stand in the keys, type first. */
static bool has_named(struct zy_vault *v, struct zy_txn *txn, const char *code, bool *has, struct zy_error *err)
{
	char dotted[ZY_NAME_MAX + 1];
	struct zy_key prefix;
	uint32_t num;

	snprintf(dotted, sizeof(dotted), "%.40s.", code);
	prefix = zy_key_text(dotted);
	if (!zy_tenant_count(v, txn, &num, err))
		return false;
	for (uint32_t n = ZY_TENANT_TOP; n <= num && !*has; n++) {
		struct zy_store view;

		zy_store_view(&v->store, n, &view);
		if (!zy_store_walk(&view, txn, ZY_DB_LICENCE, &prefix, NULL, see, has, err))
			return false;
	}
	return true;
}

bool zy_vault_folder_has_types(
    const char *folder, const char *const *codes, size_t num, bool *has, struct zy_error *err)
{
	struct zy_vault v = { .whole = &v };
	struct zy_txn *txn;
	bool ok;

	if (!zy_store_open(&v.store, folder, ZY_OPEN_READER, err))
		return false;
	ok = zy_read_begin(&v.store, &txn, err);
	if (ok) {
		for (size_t i = 0; ok && i < num; i++)
			ok = zy_type_noted(&v, txn, codes[i], &has[i], err) &&
			     (has[i] || has_named(&v, txn, codes[i], &has[i], err));
		zy_read_end(&v.store, txn);
	}
	zy_store_close(&v.store);
	return ok;
}

bool zy_vault_noted_key(struct zy_vault *v, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	return zy_whole_only(v, err) &&
	       zy_hmac(zy_suite_hash(v->suite), ZY_BYTES(v->whole->root_index, ZY_DATA_KEY_LEN), NOTED, out, err);
}

bool zy_vault_is_secret(const struct zy_vault *v)
{
	return v->whole->secret;
}
