#include "person.h"

/*
 * Lists in chunks: the names of some licences in one short read, then each licence in its own. A list of all runs long;
 * one transaction over it would keep every page that is replaced meanwhile.
 */
enum { CHUNK = 64 };

struct chunk {
	struct zy_vault *v;
	struct zy_txn *txn;
	const struct zy_key *prefix;
	bool owned;         /* walks `owned`, else `licence` */
	struct zy_key from; /* where the next chunk starts */
	bool more;
	size_t num;
	struct zy_name names[CHUNK];
};

static bool add_name(struct chunk *c, struct zy_bytes text, struct zy_error *err)
{
	if (text.len == 0 || text.len > ZY_NAME_MAX)
		return zy_row_bad(ZY_DB_LICENCE, err);
	c->names[c->num] = (struct zy_name){ 0 };
	memcpy(c->names[c->num].text, text.p, text.len);
	return true;
}

static bool add_licence(struct chunk *c, struct zy_bytes key, struct zy_bytes value, struct zy_error *err)
{
	struct zy_row_licence row = { 0 };
	ZY_BUF_AUTO plain = { 0 };

	if (!c->v->whole->secret)
		return add_name(c, key, err);
	if (!zy_row_open(ZY_DB_LICENCE, key, &c->v->key, value, &plain, err))
		return false;
	return (zy_row_licence_parse(&row, zy_buf_bytes(&plain), err) || zy_row_bad(ZY_DB_LICENCE, err)) &&
	       zy_licence_name(c->v, c->txn, key, &row, &c->names[c->num], err);
}

/* The name stands in the licence's first event. A row of `owned` has no seal: the licence must say the same. */
static bool add_owned(struct chunk *c, struct zy_bytes key, struct zy_error *err)
{
	uint64_t number = key.len == 16 ? zy_key_get(key, 8, 8) : 0;
	struct zy_row_licence lic;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_event e;
	bool found;

	if (!zy_event_get(c->v, c->txn, number, &e, &plain, err) || !add_name(c, e.name, err) ||
	    !zy_licence_find(c->v, c->txn, c->names[c->num].text, &lic, &found, err))
		return false;
	return (found && lic.number == number && lic.subject == zy_key_get(key, 0, 8)) || zy_row_bad(ZY_DB_OWNED, err);
}

static bool collect(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct chunk *c = arg;

	if (c->num < CHUNK) {
		if (c->owned ? !add_owned(c, key, err) : !add_licence(c, key, value, err))
			return false;
		c->num++;
		return true;
	}
	*stop = c->more = true;
	c->from.len = key.len < ZY_KEY_MAX ? key.len : ZY_KEY_MAX;
	memcpy(c->from.p, key.p, c->from.len);
	return true;
}

static bool next_chunk(struct chunk *c, struct zy_error *err)
{
	struct zy_key from = c->from;
	bool ok;

	c->num = 0;
	c->more = false;
	if (!zy_read_begin(&c->v->store, &c->txn, err))
		return false;
	ok = zy_store_walk(&c->v->store, c->txn, c->owned ? ZY_DB_OWNED : ZY_DB_LICENCE, c->prefix,
	    from.len == 0 ? NULL : &from, collect, c, err);
	zy_read_end(&c->v->store, c->txn);
	return ok;
}

static bool read_one(
    struct zy_vault *v, const char *name, struct zy_arena *a, struct zy_version *out, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (zy_vault_get(v, name, 0, ZY_TIME_NEVER, false, a, out, &why))
		return true;
	if (why.code == ZY_E_DESTROYED)
		return zy_version_destroyed(v, name, out, err);
	*err = why;
	return false;
}

static bool list_chunks(struct chunk *c, struct zy_arena *a, zy_vault_cb *cb, void *arg, bool *go, struct zy_error *err)
{
	struct zy_version version;

	c->from = (struct zy_key){ 0 };
	do {
		if (!next_chunk(c, err))
			return false;
		for (size_t i = 0; *go && i < c->num; i++) {
			if (!read_one(c->v, c->names[i].text, a, &version, err))
				return false;
			*go = cb(arg, &version);
		}
	} while (*go && c->more);
	return true;
}

bool zy_vault_list_then(struct zy_vault *v, const struct zy_holder *holder, const struct zy_when *when,
    struct zy_arena *a, zy_vault_cb *cb, void *arg, struct zy_error *err)
{
	struct zy_key prefix = { 0 };
	struct chunk c = { .v = v, .prefix = &prefix, .owned = true };
	struct zy_ring person;
	bool found, go = true;
	uint64_t subject;

	if (!zy_subject_find(v, holder, &subject, &found, err) ||
	    (found && !zy_ring_then(v, subject, when, &person, &found, err)))
		return false;
	for (size_t i = 0; found && go && i < person.num; i++) { /* nothing is recorded of him: an empty list */
		prefix = zy_key_number(person.subjects[i]);
		if (!list_chunks(&c, a, cb, arg, &go, err))
			return false;
	}
	return true;
}

bool zy_vault_list(struct zy_vault *v, const struct zy_holder *holder, struct zy_arena *a, zy_vault_cb *cb, void *arg,
    struct zy_error *err)
{
	static const struct zy_when now = { .at = ZY_TIME_NEVER, .on = ZY_TIME_NEVER };
	const struct zy_key all = { 0 };
	struct chunk c = { .v = v, .prefix = &all };
	bool go = true;

	return holder != NULL ? zy_vault_list_then(v, holder, &now, a, cb, arg, err)
			      : list_chunks(&c, a, cb, arg, &go, err);
}
