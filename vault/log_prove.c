/* The log's tree by itself, without any key: it must be the tree of its entries, one for each event. */
#include "internal.h"

static bool bad(const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_LOG, "tree", ZY_NOWHERE, "%s; restore the vault from a backup", why);
}

/* Rows come as the tree grew: an entry, then each subtree that it completes. */
struct growth {
	struct zy_merkle_growth tree; /* of the entries met */
	uint64_t place;               /* rows met */
	unsigned level;               /* of the subtree that comes next; 0: an entry */
	uint8_t hash[ZY_HASH_LEN];    /* of the last complete subtree */
};

static bool grow(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct growth *g = arg;

	(void)stop;
	if (key.len != 8 ||
	    zy_key_get(key, 0, 8) != zy_merkle_place(g->level, (g->tree.size - (g->level > 0)) >> g->level) ||
	    value.len != (g->level == 0 ? ZY_LOG_ENTRY_LEN : ZY_HASH_LEN))
		return bad("a hash of the log is missing", err);
	if (g->level == 0) {
		if (!zy_merkle_leaf(ZY_HASH_SHA256, value, g->hash, err))
			return false;
		g->tree.size++;
	} else if (!zy_merkle_node(ZY_HASH_SHA256, g->tree.left[g->level - 1], g->hash, g->hash, err)) {
		return false;
	} else if (memcmp(g->hash, value.p, ZY_HASH_LEN) != 0) {
		return bad("a hash of the log is not of those below it", err);
	}
	g->place++;
	g->level++;
	if ((g->tree.size >> g->level) << g->level == g->tree.size)
		return true;
	memcpy(g->tree.left[g->level - 1], g->hash, ZY_HASH_LEN);
	g->level = 0;
	return true;
}

bool zy_log_tree_prove(struct zy_store *s, struct zy_txn *txn, struct zy_merkle_head *out, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	struct growth g = { 0 };
	uint64_t events;

	if (!zy_store_entries_all(s, txn, ZY_DB_ORDER, &events, err) ||
	    !zy_store_walk(s, txn, ZY_DB_TREE, &all, NULL, grow, &g, err))
		return false;
	if (g.tree.size != events || g.level != 0)
		return bad("the log has more or fewer entries than there are events", err);
	out->size = g.tree.size;
	return zy_merkle_growth_root(&g.tree, out->root, err);
}
