#include "internal.h"

/*
 * Lists in chunks: the names of some licences in one short read, then each licence in its own. A list of all runs long;
 * one transaction over it would keep every page that is replaced meanwhile.
 */
enum { CHUNK = 64 };

struct chunk {
	struct zy_vault *v;
	const struct zy_key *prefix;
	bool owned;         /* walks `owned`, else `licence` */
	struct zy_key from; /* where the next chunk starts */
	bool more;
	size_t num;
	struct zy_name names[CHUNK];
};

static bool name_of(struct chunk *c, struct zy_bytes key, struct zy_bytes value, struct zy_error *err)
{
	struct zy_bytes text = key;
	ZY_BUF_AUTO plain = { 0 };

	if (c->owned) {
		if (!zy_row_open(ZY_DB_OWNED, key, &c->v->key, value, &plain, err))
			return false;
		text = zy_buf_bytes(&plain);
	}
	if (text.len == 0 || text.len > ZY_NAME_MAX)
		return zy_row_bad(c->owned ? ZY_DB_OWNED : ZY_DB_LICENCE, err);
	c->names[c->num] = (struct zy_name){ 0 };
	memcpy(c->names[c->num++].text, text.p, text.len);
	return true;
}

static bool collect(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct chunk *c = arg;

	if (c->num < CHUNK)
		return name_of(c, key, value, err);
	*stop = c->more = true;
	c->from.len = key.len < ZY_KEY_MAX ? key.len : ZY_KEY_MAX;
	memcpy(c->from.p, key.p, c->from.len);
	return true;
}

static bool next_chunk(struct chunk *c, struct zy_error *err)
{
	struct zy_key from = c->from;
	MDB_txn *txn;
	bool ok;

	c->num = 0;
	c->more = false;
	if (!zy_read_begin(&c->v->store, &txn, err))
		return false;
	ok = zy_store_walk(&c->v->store, txn, c->owned ? ZY_DB_OWNED : ZY_DB_LICENCE, c->prefix,
	    from.len == 0 ? NULL : &from, collect, c, err);
	zy_read_end(&c->v->store, txn);
	return ok;
}

bool zy_vault_list(struct zy_vault *v, const struct zy_holder *holder, struct zy_arena *a, zy_vault_cb *cb, void *arg,
    struct zy_error *err)
{
	struct zy_key prefix = { 0 };
	struct chunk c = { .v = v, .prefix = &prefix, .owned = holder != NULL };
	struct zy_version version;
	uint64_t subject;
	bool found;

	if (holder != NULL) {
		if (!zy_subject_find(v, holder, &subject, &found, err))
			return false;
		if (!found)
			return true; /* nothing is recorded of this holder: an empty list */
		prefix = zy_key_number(subject);
	}
	do {
		if (!next_chunk(&c, err))
			return false;
		for (size_t i = 0; i < c.num; i++) {
			if (!zy_vault_get(v, c.names[i].text, 0, ZY_TIME_NEVER, false, a, &version, err))
				return false;
			if (!cb(arg, &version))
				return true;
		}
	} while (c.more);
	return true;
}
