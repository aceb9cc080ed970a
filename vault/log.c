/* The tree of the transparency log; its leaves are log_leaf.c's. */
#include "internal.h"

enum { CHECK_CHUNK = 1024 }; /* events that are checked in one look */

static bool bad(const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_LOG, "tree", ZY_NOWHERE, "%s; restore the vault from a backup", why);
}

/* ---- the stored tree ---- */

struct reading {
	struct zy_vault *v;
	struct zy_txn *txn;
};

/* An entry, or above it a hash. */
static size_t place_len(unsigned level)
{
	return level == 0 ? ZY_LOG_ENTRY_LEN : ZY_HASH_LEN;
}

static bool get_place(struct reading *g, unsigned level, uint64_t index, uint8_t *out, struct zy_error *err)
{
	struct zy_key k = zy_key_number(zy_merkle_place(level, index));
	struct zy_bytes value;
	bool found;

	if (!zy_store_get(&g->v->store, g->txn, ZY_DB_TREE, &k, &value, &found, err))
		return false;
	if (!found || value.len != place_len(level))
		return bad("a hash of the log is missing", err);
	memcpy(out, value.p, value.len);
	return true;
}

/* A leaf's hash is made from its entry, which is what must be kept. */
static bool get_hash(void *arg, unsigned level, uint64_t index, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	uint8_t entry[ZY_LOG_ENTRY_LEN];

	if (level > 0)
		return get_place(arg, level, index, out, err);
	return get_place(arg, 0, index, entry, err) &&
	       zy_merkle_leaf(ZY_HASH_SHA256, ZY_BYTES(entry, sizeof(entry)), out, err);
}

bool zy_log_tree_entry(
    struct zy_vault *v, struct zy_txn *txn, uint64_t seq, uint8_t out[ZY_LOG_ENTRY_LEN], struct zy_error *err)
{
	return get_place(&(struct reading){ v, txn }, 0, seq - 1, out, err);
}

static bool put_place(struct zy_change *c, unsigned level, uint64_t index, const uint8_t *value, struct zy_error *err)
{
	struct zy_key k = zy_key_number(zy_merkle_place(level, index));

	return zy_change_put(c, ZY_DB_TREE, &k, ZY_BYTES(value, place_len(level)), err);
}

/* The hash of the subtree of that level that ends with entry `index`, from the level below. */
static bool join(struct reading *g, unsigned level, uint64_t index, uint8_t hash[ZY_HASH_LEN], struct zy_error *err)
{
	uint8_t left[ZY_HASH_LEN];

	return get_hash(g, level - 1, (index >> level) * 2, left, err) &&
	       zy_merkle_node(ZY_HASH_SHA256, left, hash, hash, err);
}

bool zy_log_tree_append(struct zy_vault *v, struct zy_change *c, uint64_t seq, const struct zy_row_event *e,
    const struct zy_content *content, struct zy_buf *leaf, struct zy_error *err)
{
	struct reading g = { v, c->txn };
	ZY_BUF_AUTO own = { 0 };
	struct zy_buf *octets = leaf != NULL ? leaf : &own;
	uint8_t entry[ZY_LOG_ENTRY_LEN], hash[ZY_HASH_LEN];

	if (!zy_leaf_make(v, seq, e, content, octets, err) || !zy_log_entry(zy_buf_bytes(octets), entry, err) ||
	    !put_place(c, 0, seq - 1, entry, err) ||
	    !zy_merkle_leaf(ZY_HASH_SHA256, ZY_BYTES(entry, sizeof(entry)), hash, err))
		return false;
	for (unsigned level = 1; (seq >> level) << level == seq; level++)
		if (!join(&g, level, seq - 1, hash, err) || !put_place(c, level, (seq - 1) >> level, hash, err))
			return false;
	return true;
}

/* ---- the whole tree ---- */

struct walk {
	struct reading g; /* of the tenant whose event is looked at */
	uint64_t seq;
};

static bool check_leaf(struct walk *w, struct zy_bytes leaf, struct zy_error *err)
{
	uint8_t entry[ZY_LOG_ENTRY_LEN], have[ZY_LOG_ENTRY_LEN];

	if (!zy_log_entry(leaf, entry, err) || !get_place(&w->g, 0, w->seq - 1, have, err))
		return false;
	return memcmp(entry, have, ZY_LOG_ENTRY_LEN) == 0 || bad("an entry of the log is not of its event", err);
}

/* The hashes that the entry completes. */
static bool check_above(struct walk *w, struct zy_error *err)
{
	uint8_t entry[ZY_HASH_LEN], have[ZY_HASH_LEN];

	for (unsigned level = 1; (w->seq >> level) << level == w->seq; level++) {
		if (!get_hash(&w->g, level - 1, (w->seq - 1) >> (level - 1), entry, err) ||
		    !join(&w->g, level, w->seq - 1, entry, err) ||
		    !get_place(&w->g, level, (w->seq - 1) >> level, have, err))
			return false;
		if (memcmp(entry, have, ZY_HASH_LEN) != 0)
			return bad("a hash of the log is not of those below it", err);
	}
	return true;
}

static bool check_entry(struct walk *w, struct zy_bytes leaf, struct zy_error *err)
{
	return check_leaf(w, leaf, err) && check_above(w, err);
}

/* What an order destroyed makes no leaf again; the tree, and every root that was signed, still holds its entry. */
static bool check_leaf_of(struct walk *w, const struct zy_row_event *e, struct zy_error *err)
{
	struct zy_content content = { 0 };
	struct zy_error why = { 0 };
	ZY_BUF_AUTO leaf = { 0 };

	if (zy_leaf_read(w->g.v, w->g.txn, w->seq, e, &leaf, &content, &why))
		return check_entry(w, zy_buf_bytes(&leaf), err);
	if (why.code == ZY_E_DESTROYED)
		return check_above(w, err);
	*err = why;
	return false;
}

static bool check_event(struct walk *w, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_event e;

	return zy_event_get(w->g.v, w->g.txn, w->seq, &e, &plain, err) && check_leaf_of(w, &e, err);
}

bool zy_log_event_check(
    struct zy_vault *v, struct zy_txn *txn, uint64_t seq, const struct zy_row_event *e, struct zy_error *err)
{
	struct walk w = { .g = { v, txn }, .seq = seq };

	return check_leaf_of(&w, e, err);
}

bool zy_log_head_of(
    struct zy_vault *v, struct zy_txn *txn, uint64_t size, struct zy_merkle_head *out, struct zy_error *err)
{
	struct reading g = { v, txn };
	const struct zy_merkle t = { get_hash, &g };

	out->size = size;
	return zy_merkle_root(&t, size, out->root, err);
}

/* Events of all tenants in their order, each read as its own tenant reads it; *done of them were checked before. */
static bool check_events(struct zy_vault *v, struct zy_txn *txn, uint64_t *done, uint64_t until, struct zy_error *err)
{
	struct zy_vault view = { 0 };
	struct walk w = { .g = { .v = &view, .txn = txn }, .seq = *done };
	uint32_t tenant;
	bool ok = true;

	while (ok && ++w.seq <= until) {
		ok = zy_event_tenant(v, txn, w.seq, &tenant, err);
		if (ok && (w.seq == *done + 1 || view.store.tenant != tenant)) {
			zy_view_close(&view);
			ok = zy_view_open(v, tenant, &view, err);
		}
		ok = ok && check_event(&w, err);
	}
	zy_view_close(&view);
	*done = until;
	return ok;
}

static bool check_size(struct zy_vault *v, struct zy_txn *txn, uint64_t *events, struct zy_error *err)
{
	uint64_t places;

	return zy_event_last(v, txn, events, err) && zy_store_entries(&v->store, txn, ZY_DB_TREE, &places, err) &&
	       (places == zy_merkle_places(*events) ||
		   bad("the log has more or fewer entries than there are events", err));
}

bool zy_log_tree_open(struct zy_vault *v, struct zy_error *err)
{
	uint64_t events;
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = check_size(v, txn, &events, err);
	zy_read_end(&v->store, txn);
	return ok;
}

/* ---- what others ask ---- */

typedef bool ask_fn(struct reading *g, void *arg, struct zy_error *err);

static bool ask(struct zy_vault *v, ask_fn *fn, void *arg, struct zy_error *err)
{
	struct reading g = { .v = v };
	bool ok;

	if (!zy_read_begin(&v->store, &g.txn, err))
		return false;
	ok = fn(&g, arg, err);
	zy_read_end(&v->store, g.txn);
	return ok;
}

struct question {
	uint64_t size, index;
	bool newest;
	struct zy_merkle_head *head;
	struct zy_merkle_path *path;
	int level;
	unsigned num;
	struct zy_buf *out;
	struct zy_logged *logged;
};

static struct zy_merkle tree_of(struct reading *g)
{
	return (struct zy_merkle){ get_hash, g };
}

/* The tree's size, which bounds all that can be asked of it. */
static bool size_now(struct reading *g, uint64_t *out, struct zy_error *err)
{
	return zy_event_last(g->v, g->txn, out, err);
}

static bool has_size(struct reading *g, uint64_t size, struct zy_error *err)
{
	uint64_t now;

	return size_now(g, &now, err) &&
	       (size <= now || zy_fail(err, ZY_E_NOT_FOUND, "size", ZY_NOWHERE, "the log has %llu entries, not %llu",
				   (unsigned long long)now, (unsigned long long)size));
}

static bool read_head(struct reading *g, void *arg, struct zy_error *err)
{
	struct question *q = arg;
	const struct zy_merkle t = tree_of(g);

	if (q->newest ? !size_now(g, &q->size, err) : !has_size(g, q->size, err))
		return false;
	q->head->size = q->size;
	return zy_merkle_root(&t, q->size, q->head->root, err);
}

bool zy_vault_log_head(struct zy_vault *v, struct zy_merkle_head *out, struct zy_error *err)
{
	struct question q = { .newest = true, .head = out };

	return ask(v, read_head, &q, err);
}

bool zy_vault_log_head_of(struct zy_vault *v, uint64_t size, struct zy_merkle_head *out, struct zy_error *err)
{
	struct question q = { .size = size, .head = out };

	return ask(v, read_head, &q, err);
}

static bool read_inclusion(struct reading *g, void *arg, struct zy_error *err)
{
	struct question *q = arg;
	const struct zy_merkle t = tree_of(g);

	return has_size(g, q->size, err) && zy_merkle_prove_inclusion(&t, q->index, q->size, q->path, err);
}

bool zy_vault_log_prove(
    struct zy_vault *v, uint64_t index, uint64_t size, struct zy_merkle_path *out, struct zy_error *err)
{
	struct question q = { .index = index, .size = size, .path = out };

	return ask(v, read_inclusion, &q, err);
}

static bool read_consistency(struct reading *g, void *arg, struct zy_error *err)
{
	struct question *q = arg;
	const struct zy_merkle t = tree_of(g);

	return has_size(g, q->size, err) && zy_merkle_prove_consistency(&t, q->index, q->size, q->path, err);
}

bool zy_vault_log_consistency(
    struct zy_vault *v, uint64_t from, uint64_t size, struct zy_merkle_path *out, struct zy_error *err)
{
	struct question q = { .index = from, .size = size, .path = out };

	return ask(v, read_consistency, &q, err);
}

static bool read_logged(struct reading *g, void *arg, struct zy_error *err)
{
	struct question *q = arg;
	ZY_BUF_AUTO plain = { 0 }, leaf = { 0 };
	struct walk w = { .g = *g, .seq = q->index + 1 };
	struct zy_content content = { 0 };
	struct zy_row_event e;
	uint32_t tenant;

	if (!has_size(g, q->index + 1, err) || !zy_event_tenant(g->v, g->txn, w.seq, &tenant, err))
		return false;
	if (tenant != g->v->store.tenant)
		return zy_fail(err, ZY_E_NOT_FOUND, "index", ZY_NOWHERE, "this entry is of no event of this tenant");
	if (!zy_event_get(g->v, g->txn, w.seq, &e, &plain, err) ||
	    !zy_leaf_read(g->v, g->txn, w.seq, &e, &leaf, &content, err) || !check_entry(&w, zy_buf_bytes(&leaf), err))
		return false;
	zy_logged_set(q->logged, w.seq, zy_buf_bytes(&leaf));
	return true;
}

bool zy_vault_log_leaf(struct zy_vault *v, uint64_t index, struct zy_logged *out, struct zy_error *err)
{
	struct question q = { .index = index, .logged = out };

	return ask(v, read_logged, &q, err);
}

static bool read_hashes(struct reading *g, void *arg, struct zy_error *err)
{
	const struct question *q = arg;
	unsigned level = q->level < 0 ? 0 : 8 * (unsigned)q->level;
	uint8_t hash[ZY_LOG_ENTRY_LEN];
	size_t len = q->level < 0 ? ZY_LOG_ENTRY_LEN : ZY_HASH_LEN;

	if (!has_size(g, (q->index + q->num) << level, err))
		return false;
	for (uint64_t i = q->index; i < q->index + q->num; i++) {
		if (q->level < 0 ? !get_place(g, 0, i, hash, err) : !get_hash(g, level, i, hash, err))
			return false;
		if (q->level < 0)
			zy_buf_put_be(q->out, len, 2);
		zy_buf_put(q->out, ZY_BYTES(hash, len));
	}
	return zy_buf_done(q->out, "log", err);
}

bool zy_vault_log_hashes(
    struct zy_vault *v, int level, uint64_t first, unsigned num, struct zy_buf *out, struct zy_error *err)
{
	struct question q = { .level = level, .index = first, .num = num, .out = out };

	return ask(v, read_hashes, &q, err);
}

/* One look: a reader that stays long keeps old pages alive. What came meanwhile is checked too. */
static bool check_piece(struct reading *g, void *arg, struct zy_error *err)
{
	struct question *q = arg;
	uint64_t events;

	if (!check_size(g->v, g->txn, &events, err))
		return false;
	q->newest = events - q->index <= CHECK_CHUNK;
	return check_events(g->v, g->txn, &q->index, q->newest ? events : q->index + CHECK_CHUNK, err) &&
	       (!q->newest || read_head(g, q, err));
}

bool zy_vault_log_check(struct zy_vault *v, struct zy_merkle_head *out, struct zy_error *err)
{
	struct question q = { .head = out };

	while (!q.newest)
		if (!ask(v, check_piece, &q, err))
			return false;
	return true;
}
