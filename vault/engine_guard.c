#include "engine_guard.h"
#include "engine_idle.h"

#include <stdlib.h>
#include <time.h>

enum { OWNER_WAIT_MS = 10000 };

static bool bad(const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_VAULT_CORRUPT, "data.mdb", ZY_NOWHERE, "%s; restore from a backup", why);
}

/* Which head is the newer one. LMDB writes them in turn, so they are one transaction apart; a new file has two of
 * transaction 0, and a commit that failed leaves the number of the head that it was to replace. */
static bool pick(const struct zy_pages *p, struct zy_meta *now, bool *side_by_side, struct zy_error *err)
{
	struct zy_meta m[2];
	unsigned n;

	if (!zy_meta_read(p, 0, &m[0], err) || !zy_meta_read(p, 1, &m[1], err))
		return false;
	n = m[1].txn > m[0].txn;
	*now = m[n];
	*side_by_side = m[n].txn == 0 || m[n].txn - 1 == m[n ^ 1u].txn;
	return (m[n].txn & 1) == n || bad("the heads of the file are not in their places", err);
}

/* The free list says last what the newest commit gave up: no older head can be taken for a newer one. */
static bool is_of_its_commit(const struct zy_pages *p, const struct zy_meta *m, struct zy_error *err)
{
	struct zy_pages forms = *p;
	struct zy_place c;
	bool found;

	forms.sums = NULL;
	c = zy_place_in(&forms, &m->free, m->last_page);
	if (!zy_place_move(&c, ZY_MOVE_LAST, ZY_BYTES(NULL, 0), &found, err))
		return false;
	return (found && zy_place_node(&c).key.len == 8 && zy_le64(zy_place_node(&c).key.p) == m->txn) ||
	       bad("a head of the file is not of the commit that it names", err);
}

static void set_now(struct zy_guard *g, const struct zy_meta *m)
{
	g->now = *m;
	atomic_store(&g->now_txn, m->txn);
}

static bool write_new(struct zy_guard *g, const struct zy_meta *before, const struct zy_meta *now, struct zy_error *err)
{
	uint64_t *numbers = NULL;
	size_t num = 0;
	uint64_t gone = 0;
	bool ok = zy_pages_new(&g->pages, before, now, &numbers, &num, &gone, err) &&
		  zy_sums_write(&g->sums, &g->pages, numbers, num, err) &&
		  zy_slot_write(&g->sums, ZY_SLOT_UNSYNCED, now, before == NULL, err);

	free(numbers);
	if (ok) {
		set_now(g, now);
		g->gone += gone;
	}
	return ok;
}

/* Both heads as they lie, when they are those that the sums are of. */
static bool mark_now(struct zy_guard *g, struct zy_error *err)
{
	struct zy_mark mark = { .well = true };
	bool ok = true;

	for (unsigned k = 0; ok && k < 2; k++) {
		struct zy_meta m;

		ok = zy_meta_read(&g->pages, k, &m, err) &&
		     (m.txn <= g->now.txn || bad("a commit has no sums yet", err));
		if (ok)
			memcpy(mark.heads[k], m.raw, ZY_META_LEN);
	}
	return ok && zy_mark_write(&g->sums, &mark, err);
}

/* The owner has come to his end. */
static bool end_well(struct zy_guard *g, struct zy_error *err)
{
	if ((!g->idle_known && !zy_idle_take(&g->pages, &g->sums, &g->now, err)) || !zy_sums_sync(&g->sums, err) ||
	    !zy_slot_write(&g->sums, ZY_SLOT_SYNCED, &g->now, true, err) || !mark_now(g, err) ||
	    !zy_sums_sync(&g->sums, err))
		return false;
	g->marked = true;
	return true;
}

/* Before anything is written. */
static bool take_mark_away(struct zy_guard *g, struct zy_error *err)
{
	const struct zy_mark none = { .well = false };

	if (!g->marked)
		return true;
	if (!zy_mark_write(&g->sums, &none, err) || !zy_sums_sync(&g->sums, err))
		return false;
	g->marked = false;
	return true;
}

/* Did the last owner come to his end, and with this head? An owner sees to it that it can be said. */
static bool read_mark(struct zy_guard *g, const struct zy_meta *now, struct zy_error *err)
{
	struct zy_mark mark;

	g->marked = zy_mark_read(&g->sums, &mark) && zy_mark_is_of(&mark, now);
	g->idle_known = g->marked;
	if (g->marked || !g->sums.owner)
		return true;
	g->idle_known = zy_idle_take(&g->pages, &g->sums, now, err);
	return g->idle_known;
}

static bool sync_now(struct zy_guard *g, bool both, struct zy_error *err)
{
	if (!zy_sums_sync(&g->sums, err) || !zy_slot_write(&g->sums, ZY_SLOT_SYNCED, &g->now, both, err) ||
	    !zy_sums_sync(&g->sums, err))
		return false;
	g->since = 0;
	g->gone = 0;
	return true;
}

/* A reader writes no sums: it notes for itself which pages have none yet. */
static bool take_new(struct zy_guard *g, const struct zy_meta *before, const struct zy_meta *now, struct zy_error *err)
{
	uint64_t *numbers = NULL;
	size_t num = 0;
	uint64_t gone = 0;
	bool ok = zy_pages_new(&g->pages, before, now, &numbers, &num, &gone, err);

	if (ok && (g->taken = calloc(now->last_page + 1, 1)) == NULL)
		ok = zy_fail(err, ZY_E_NO_MEMORY, "data.mdb", ZY_NOWHERE, "no memory for a mark of each page");
	for (size_t i = 0; ok && i < num; i++)
		g->taken[numbers[i]] = 1;
	free(numbers);
	g->pages.taken = g->taken;
	g->pages.num_taken = ok ? now->last_page + 1 : 0;
	return ok;
}

/* From where on there may be pages without sums that can be trusted: since the last synced slot, or, when the system
 * has run on since then, the last unsynced one. */
static void last_known(const struct zy_guard *g, const struct zy_meta *now, struct zy_meta *was, bool *found)
{
	struct zy_meta unsynced;
	bool has_one;

	zy_slot_newest(&g->sums, ZY_SLOT_SYNCED, was, found);
	zy_slot_newest(&g->sums, ZY_SLOT_UNSYNCED, &unsynced, &has_one);
	if (*found && has_one && unsynced.txn > was->txn && unsynced.txn <= now->txn && now->txn - unsynced.txn <= 1 &&
	    zy_slot_is_here(&g->sums, unsynced.txn))
		*was = unsynced;
}

static bool go_on(struct zy_guard *g, const struct zy_meta *now, bool side_by_side, struct zy_error *err)
{
	struct zy_meta was, unsynced;
	bool found;

	last_known(g, now, &was, &found);
	if (!found || now->txn < was.txn || (now->txn == was.txn && memcmp(now->raw, was.raw, sizeof(was.raw)) != 0))
		return bad("the head of the file is not the one that was written last", err);
	if (now->txn > was.txn &&
	    (!side_by_side || (was.main.root != ZY_PAGE_NONE && !is_of_its_commit(&g->pages, now, err))))
		return bad("the head of the file is not the one that was written last", err);
	if (now->txn > was.txn)
		return g->sums.owner ? write_new(g, &was, now, err) && sync_now(g, true, err)
				     : take_new(g, &was, now, err);
	zy_slot_newest(&g->sums, ZY_SLOT_UNSYNCED, &unsynced, &found);
	return !g->sums.owner || (found && unsynced.txn == now->txn) ||
	       zy_slot_write(&g->sums, ZY_SLOT_UNSYNCED, now, true, err);
}

static bool begin_sums(struct zy_guard *g, const struct zy_meta *now, struct zy_error *err)
{
	const struct zy_mark none = { .well = false };

	return zy_mark_write(&g->sums, &none, err) && write_new(g, NULL, now, err) && sync_now(g, true, err) &&
	       zy_sums_name(&g->sums, err) && zy_sums_sync(&g->sums, err);
}

static bool open_all(struct zy_guard *g, const char *folder, enum zy_open_as as, size_t room, struct zy_error *err)
{
	struct zy_view view;
	struct zy_meta now;
	bool made, side_by_side, again;

	if (!zy_pages_open(&g->pages, folder, room, err) || !zy_sums_open(&g->sums, folder, as, &made, err) ||
	    !zy_sums_map(&g->sums, g->pages.map_len / g->pages.page_len * 8, err))
		return false;
	g->pages.sums = &g->sums;
	g->alone = as == ZY_OPEN_READER && !zy_sums_is_owned(&g->sums);
	if (as == ZY_OPEN_READER && !g->alone)
		return true;
	if (!pick(&g->pages, &now, &side_by_side, err) ||
	    !(made ? begin_sums(g, &now, err) : go_on(g, &now, side_by_side, err)) || !read_mark(g, &now, err))
		return false;
	set_now(g, &now);
	return zy_guard_view(g, now.txn, &view, &again, err);
}

bool zy_guard_open(struct zy_guard *g, const char *folder, const char *const *names, size_t num, enum zy_open_as as,
    size_t room, struct zy_error *err)
{
	*g = (struct zy_guard){ .names = names, .num = num, .cached = { .txn = UINT64_MAX } };
	pthread_mutex_init(&g->lock, NULL); /* glibc's never fails with default attributes */
	pthread_mutex_init(&g->committing, NULL);
	if (open_all(g, folder, as, room, err))
		return true;
	g->sums.owner = false;
	zy_guard_close(g);
	return false;
}

void zy_guard_close(struct zy_guard *g)
{
	struct zy_error ignored = { 0 };

	if (g->sums.owner && !g->marked)
		(void)end_well(g, &ignored); /* else the next owner does it */
	zy_pages_close(&g->pages);
	zy_sums_close(&g->sums);
	free(g->taken);
	g->taken = NULL;
	pthread_mutex_destroy(&g->lock);
	pthread_mutex_destroy(&g->committing);
}

/* Of a transaction that is newer than the sums: in this process they are under way, in another one, too. */
static bool wait_for_sums(struct zy_guard *g, uint64_t txn, struct zy_error *err)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	bool ok = true, found;
	struct zy_meta m;

	if (g->sums.owner) {
		pthread_mutex_lock(&g->committing);
		if (txn > atomic_load(&g->now_txn))
			ok = zy_guard_committed(g, err);
		pthread_mutex_unlock(&g->committing);
		return ok;
	}
	for (unsigned left = OWNER_WAIT_MS; left > 0; left--) {
		zy_slot_newest(&g->sums, ZY_SLOT_UNSYNCED, &m, &found);
		if (found && m.txn >= txn)
			return true;
		if (!zy_sums_is_owned(&g->sums))
			break;
		nanosleep(&pause, NULL);
	}
	return zy_fail(err, ZY_E_VAULT, "data.sums", ZY_NOWHERE,
	    "who wrote to the vault ended before it was done; repeat the command");
}

/* The head of that transaction, as it was written. */
static bool meta_of(struct zy_guard *g, uint64_t txn, struct zy_meta *out, bool *again, struct zy_error *err)
{
	struct zy_meta written, newest;
	bool found;

	*again = false;
	if (!zy_meta_read(&g->pages, txn & 1, out, err))
		return false;
	if (out->txn > txn)
		return *again = true;
	if (g->alone && txn == g->now.txn)
		return memcmp(out->raw, g->now.raw, ZY_META_LEN) == 0 || bad("the head of the file was changed", err);
	zy_slot_newest(&g->sums, ZY_SLOT_UNSYNCED, &newest, &found);
	if ((!found || newest.txn < txn) && !wait_for_sums(g, txn, err))
		return false;
	zy_slot_of(&g->sums, txn, &written, &found);
	if (found && memcmp(out->raw, written.raw, ZY_META_LEN) == 0)
		return true;
	zy_slot_newest(&g->sums, ZY_SLOT_UNSYNCED, &newest, &found);
	if (found && newest.txn > txn)
		return *again = true; /* the next but one is written over it */
	return bad("the head of the file was changed", err);
}

static void keep_tree(const struct zy_guard *g, struct zy_bytes name, const struct zy_tree *t, struct zy_view *v)
{
	for (size_t i = 0; i < g->num; i++)
		if (name.len == strlen(g->names[i]) && memcmp(name.p, g->names[i], name.len) == 0)
			v->db[i] = *t;
}

static bool read_trees(struct zy_guard *g, const struct zy_meta *m, struct zy_view *v, struct zy_error *err)
{
	struct zy_place c = zy_place_in(&g->pages, &m->main, m->last_page);
	bool found, ok = zy_place_move(&c, ZY_MOVE_FIRST, ZY_BYTES(NULL, 0), &found, err);

	*v = (struct zy_view){ .txn = m->txn, .last = m->last_page, .free = m->free, .main = m->main };
	for (size_t i = 0; i < ZY_DBS_MAX; i++)
		v->db[i].root = ZY_PAGE_NONE;
	while (ok && found) {
		struct zy_node n = zy_place_node(&c);
		struct zy_tree t;

		if (n.kind != ZY_NODE_TREE)
			return bad("the list of databases holds something else", err);
		if (!zy_tree_parse(n.inside, &t, err))
			return false;
		keep_tree(g, n.key, &t, v);
		ok = zy_place_move(&c, ZY_MOVE_NEXT, ZY_BYTES(NULL, 0), &found, err);
	}
	return ok;
}

bool zy_guard_view(struct zy_guard *g, uint64_t txn, struct zy_view *out, bool *again, struct zy_error *err)
{
	struct zy_meta m;
	bool cached;

	*again = false;
	pthread_mutex_lock(&g->lock);
	cached = g->cached.txn == txn;
	if (cached)
		*out = g->cached;
	pthread_mutex_unlock(&g->lock);
	if (cached)
		return true;
	if (!meta_of(g, txn, &m, again, err))
		return false;
	if (*again)
		return true;
	if (!read_trees(g, &m, out, err))
		return false;
	pthread_mutex_lock(&g->lock);
	g->cached = *out;
	pthread_mutex_unlock(&g->lock);
	return true;
}

static bool see(void *arg, const struct zy_page_seen *s, struct zy_error *err)
{
	(void)arg, (void)s, (void)err;
	return true;
}

bool zy_guard_write(struct zy_guard *g, uint64_t txn, struct zy_view *out, struct zy_error *err)
{
	bool again, ok = true;

	pthread_mutex_lock(&g->committing);
	if (txn > atomic_load(&g->now_txn))
		ok = zy_guard_committed(g, err);
	pthread_mutex_unlock(&g->committing);
	if (!ok || !take_mark_away(g, err) || !zy_guard_view(g, txn, out, &again, err) ||
	    !zy_tree_each(&g->pages, &out->free, out->last, see, NULL, err))
		return false;
	if (again)
		return bad("the head of the file was changed", err);
	memset(g->edge, 0, sizeof(g->edge));
	g->seen = (struct zy_seen){ 0 };
	return true;
}

bool zy_guard_key(
    struct zy_guard *g, const struct zy_view *v, size_t db, struct zy_bytes key, bool around, struct zy_error *err)
{
	struct zy_place c = zy_place_in(&g->pages, &v->db[db], v->last);
	struct zy_bytes value;
	bool is_there;

	c.seen = &g->seen;
	return zy_place_seek(&c, key, &is_there, err) && (!is_there || zy_place_value(&c, &value, err)) &&
	       (!around || zy_place_around(&c, err));
}

bool zy_guard_edge(struct zy_guard *g, const struct zy_view *v, size_t db, enum zy_move edge, struct zy_error *err)
{
	struct zy_place c = zy_place_in(&g->pages, &v->db[db], v->last);
	bool found;

	if (edge == ZY_MOVE_LAST && g->edge[db])
		return true;
	c.seen = &g->seen;
	if (!zy_place_move(&c, edge, ZY_BYTES(NULL, 0), &found, err) || !zy_place_around(&c, err))
		return false;
	g->edge[db] = g->edge[db] || edge == ZY_MOVE_LAST;
	return true;
}

bool zy_guard_committed(struct zy_guard *g, struct zy_error *err)
{
	struct zy_meta now;
	bool side_by_side;

	if (!pick(&g->pages, &now, &side_by_side, err))
		return false;
	if (now.txn == g->now.txn)
		return true; /* nothing was written */
	if (now.txn > g->now.txn + 1)
		zy_guard_torn(g); /* what the one between wrote and gave up has no sums */
	if (!write_new(g, &g->now, &now, err))
		return false;
	g->since++;
	return true;
}

void zy_guard_torn(struct zy_guard *g)
{
	g->idle_known = false;
}

bool zy_guard_settle(struct zy_guard *g)
{
	const uint64_t gone_most = ZY_SUMS_EVERY_GONE + g->now.last_page / ZY_SUMS_EVERY_PART;
	struct zy_error ignored = { 0 };

	return (g->since >= ZY_SUMS_EVERY || g->gone >= gone_most) && sync_now(g, false, &ignored);
}

bool zy_guard_room(struct zy_guard *g, uint64_t own, uint64_t *out, struct zy_error *err)
{
	struct zy_meta m[2];

	*out = own;
	if (g->sums.owner || !zy_sums_is_owned(&g->sums))
		return true;
	if (!zy_meta_read(&g->pages, 0, &m[0], err) || !zy_meta_read(&g->pages, 1, &m[1], err))
		return false;
	*out = m[m[1].txn > m[0].txn].room;
	return true;
}
