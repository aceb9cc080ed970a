#include "internal.h"

#include <stdio.h>

/* Associated data of a row: the database's name, a zero byte, and the key. */
static struct zy_key place_of(enum zy_db db, struct zy_bytes k)
{
	struct zy_key place = zy_key_text(zy_db_name(db));

	place.p[place.len++] = 0;
	if (k.len > ZY_KEY_MAX - place.len)
		k.len = ZY_KEY_MAX - place.len; /* no key of ours; it will not open */
	memcpy(place.p + place.len, k.p, k.len);
	place.len += k.len;
	return place;
}

bool zy_row_bad(enum zy_db db, struct zy_error *err)
{
	*err = (struct zy_error){ 0 };
	return zy_fail(err, ZY_E_VAULT_CORRUPT, zy_db_name(db), ZY_NOWHERE,
	    "a row of %s is not in its form; restore the vault from a backup", zy_db_name(db));
}

bool zy_row_put(struct zy_change *c, enum zy_db db, const struct zy_key *k, const struct zy_value_key *key,
    const struct zy_buf *plain, struct zy_error *err)
{
	struct zy_key place = place_of(db, ZY_BYTES(k->p, k->len));
	ZY_BUF_AUTO sealed = { 0 };

	return zy_buf_done(plain, zy_db_name(db), err) &&
	       zy_sealed_put(key, ZY_BYTES(place.p, place.len), zy_buf_bytes(plain), &sealed, err) &&
	       zy_change_put(c, db, k, zy_buf_bytes(&sealed), err);
}

bool zy_row_open(enum zy_db db, struct zy_bytes k, const struct zy_value_key *key, struct zy_bytes sealed,
    struct zy_buf *plain, struct zy_error *err)
{
	struct zy_key place = place_of(db, k);
	size_t overhead = zy_sealed_overhead(key->suite);
	uint8_t *at;

	plain->len = 0;
	if (sealed.len < overhead)
		return zy_row_bad(db, err);
	/* One byte at least, so that an empty row has an address. */
	if ((at = zy_buf_extend(plain, sealed.len - overhead + 1)) == NULL)
		return zy_buf_done(plain, zy_db_name(db), err);
	plain->len--;
	return zy_sealed_open(key, ZY_BYTES(place.p, place.len), sealed, at, err);
}

bool zy_row_get(struct zy_vault *v, struct zy_txn *txn, enum zy_db db, const struct zy_key *k,
    const struct zy_value_key *key, struct zy_buf *plain, bool *found, struct zy_error *err)
{
	struct zy_bytes sealed;

	if (!zy_store_get(&v->store, txn, db, k, &sealed, found, err))
		return false;
	return !*found || zy_row_open(db, ZY_BYTES(k->p, k->len), key, sealed, plain, err);
}

bool zy_vault_hmac(struct zy_vault *v, const char *label, const char *text, struct zy_key *out, struct zy_error *err)
{
	ZY_BUF_AUTO b = { 0 };

	zy_buf_put(&b, ZY_BYTES(label, strlen(label) + 1)); /* with its NUL: labels cannot run into texts */
	zy_buf_put_str(&b, text);
	out->len = ZY_HASH_LEN;
	return zy_buf_done(&b, "vault", err) &&
	       zy_hmac(zy_suite_hash(v->suite), ZY_BYTES(v->index_key, sizeof(v->index_key)), zy_buf_bytes(&b), out->p,
		   err);
}
