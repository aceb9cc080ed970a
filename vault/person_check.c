/* For the check: who is one person is what the events say. */
#include "check.h"
#include "person.h"
#include "tenants.h"

/* Its newest event says how many are one person with it. */
struct newest {
	bool found;
	uint64_t seq;
	struct zy_row_event e;
	struct zy_buf plain;
};

static bool find_newest(struct zy_check *c, uint64_t subject, struct newest *n, struct zy_error *err)
{
	struct zy_key prefix = zy_key_number(subject);
	struct zy_bytes key, value;

	*n = (struct newest){ 0 };
	if (!zy_store_last(&c->v->store, c->txn, ZY_DB_IDENTITY, &prefix, &key, &value, &n->found, err) || !n->found)
		return err->code == ZY_OK;
	n->seq = zy_key_get(key, 8, 8);
	return zy_event_get(c->v, c->txn, n->seq, &n->e, &n->plain, err);
}

static uint64_t joined(const struct newest *n, uint64_t subject)
{
	if (n->e.what != ZY_EVENT_SPLIT)
		return n->e.number;
	return n->e.subject == subject ? 1 : n->e.number - 1;
}

static bool check_size(struct zy_check *c, uint64_t subject, const struct newest *n, struct zy_error *err)
{
	struct zy_ring ring;

	return zy_ring_read(c->v, c->txn, subject, &ring, err) &&
	       (joined(n, subject) == ring.num ||
		   zy_check_bad(ZY_DB_RING, "who is one person is not what the last event says", err));
}

bool zy_check_ring(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;
	struct newest n;
	bool ok;

	(void)value, (void)stop;
	if (key.len != 8)
		return zy_row_bad(ZY_DB_RING, err);
	ok = find_newest(c, zy_key_get(key, 0, 8), &n, err) &&
	     (n.found ? check_size(c, zy_key_get(key, 0, 8), &n, err)
		      : zy_check_bad(ZY_DB_RING, "two are one person and no event says so", err));
	zy_buf_free(&n.plain);
	return ok;
}

static bool check_row(struct zy_check *c, struct zy_bytes key, struct zy_bytes value, struct zy_error *err)
{
	uint64_t subject = zy_key_get(key, 0, 8);
	ZY_BUF_AUTO plain = { 0 }, event = { 0 };
	ZY_VALUE_KEY_AUTO subject_key = { 0 };
	struct zy_row_identity row;
	uint8_t digest[ZY_HASH_LEN];
	struct zy_row_event e;

	if (!zy_subject_key(c->v, subject, &subject_key, err) ||
	    !zy_row_open(ZY_DB_IDENTITY, key, &subject_key, value, &plain, err))
		return false;
	if (!zy_row_identity_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_IDENTITY, err);
	if (!zy_event_get(c->v, c->txn, zy_key_get(key, 8, 8), &e, &event, err) ||
	    !zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&plain), digest, err))
		return false;
	return (zy_event_is_of_person(e.what) && zy_bytes_equal(e.digest, ZY_BYTES(digest, sizeof(digest)))) ||
	       zy_check_bad(ZY_DB_IDENTITY, "what was said of a person differs from its event", err);
}

bool zy_check_identity(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;
	struct newest n = { 0 };
	bool gone, ok;

	(void)stop;
	if (key.len != 16 || !zy_check_out_of_reach(c, zy_key_get(key, 0, 8), &gone, err))
		return err->code != ZY_OK ? false : zy_row_bad(ZY_DB_IDENTITY, err);
	ok = (gone || check_row(c, key, value, err)) && find_newest(c, zy_key_get(key, 0, 8), &n, err) &&
	     (gone || n.seq != zy_key_get(key, 8, 8) || check_size(c, zy_key_get(key, 0, 8), &n, err));
	zy_buf_free(&n.plain);
	return ok;
}

struct linking {
	struct zy_vault *v;
	struct zy_txn *txn;
	uint64_t links;
};

static bool add_links(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct linking *l = arg;
	uint64_t num;

	(void)value, (void)stop;
	if (key.len != 16 || !zy_person_licences(l->v, l->txn, zy_key_get(key, 0, 8), zy_key_get(key, 8, 8), &num, err))
		return err->code != ZY_OK ? false : zy_row_bad(ZY_DB_IDENTITY, err);
	l->links += num;
	return true;
}

static bool add_tenant(struct zy_vault *view, struct zy_txn *txn, void *arg, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	struct linking *l = arg;

	l->v = view;
	l->txn = txn;
	return zy_store_walk(&view->store, txn, ZY_DB_IDENTITY, &all, NULL, add_links, l, err);
}

bool zy_check_person_links(struct zy_check *c, uint64_t *out, struct zy_error *err)
{
	struct linking l = { 0 };

	*out = 0;
	if (c->told > 0 && !zy_tenants_each(c->whole, c->txn, add_tenant, &l, err))
		return false;
	*out = l.links;
	return true;
}
