#include "engine_guard.h"

#include <errno.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Address space, not disk. LMDB itself never maps less than the file; see grow_map. */
#define MAP_SIZE ((size_t)64 << 30)
#define MAP_LEAST ((size_t)16 << 20)
#define READERS 1022

/* A write of so many steps cannot have so many pages (131,071) that LMDB writes some of them before it commits. */
enum { READS_KEPT = 64, RENEWALS = 1000, OPS_IN_MEMORY = 1024 };

struct zy_txn {
	struct zy_env *env;
	MDB_txn *txn;
	bool write;
	unsigned ops;        /* of a write: what it put and took away */
	struct zy_view view; /* of a write: of what it began with */
	struct zy_seen seen; /* of a read */
};

/* Of a read a place of our own; LMDB's while one writes, since it alone knows the pages that it has not written yet. */
struct zy_cursor {
	struct zy_txn *txn;
	size_t db;
	MDB_cursor *cur;
	struct zy_place place;
};

struct zy_env {
	MDB_env *env;
	MDB_dbi db[ZY_DBS_MAX];
	struct zy_guard guard;
	bool guarded;
	MDB_txn *held; /* of an owner: keeps the pages of the last transaction whose sums are synced */
	size_t page;
	char folder[4000];
	pthread_mutex_t lock; /* of the kept read transactions */
	struct zy_txn *kept[READS_KEPT];
	size_t num_kept;
};

/* A write that was cut short comes back from LMDB as EIO: look whether the disk is the reason. */
static bool disk_is_full(const struct zy_env *e)
{
	struct statvfs fs;

	return statvfs(e->folder, &fs) == 0 && fs.f_bavail * fs.f_frsize < ((uint64_t)1 << 20);
}

/* Always false; the code follows from LMDB's or the system's number. */
static bool fail(const struct zy_env *e, int rc, const char *what, struct zy_error *err)
{
	enum zy_code code = ZY_E_VAULT;

	if (rc == MDB_MAP_FULL || rc == MDB_TXN_FULL || rc == ENOSPC || rc == EFBIG || rc == EDQUOT ||
	    (rc == EIO && disk_is_full(e)))
		return zy_fail(err, ZY_E_VAULT_FULL, "vault", ZY_NOWHERE,
		    "%s: %s; nothing was written, free disk space and repeat", what, mdb_strerror(rc));
	if (rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND || rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH)
		code = ZY_E_VAULT_CORRUPT;
	if (rc == MDB_PANIC)
		return zy_fail(err, code, "vault", ZY_NOWHERE,
		    "%s: an earlier write failed and left open what it wrote; see to the disk, then start again", what);
	if (rc == ENOENT || rc == MDB_NOTFOUND)
		code = ZY_E_VAULT_ABSENT;
	return zy_fail(err, code, "vault", ZY_NOWHERE, "%s: %s", what, mdb_strerror(rc));
}

/* 64 GiB, unless the process may not have that much address space: then a quarter of what it may have, since a reader's
 * map comes beside LMDB's own, and that may be doubled. */
static size_t map_size(void)
{
	struct rlimit as;

	if (getrlimit(RLIMIT_AS, &as) == 0 && as.rlim_cur != RLIM_INFINITY && as.rlim_cur / 4 < MAP_SIZE) {
		size_t part = (size_t)as.rlim_cur / 4 / MAP_LEAST * MAP_LEAST;

		return part < MAP_LEAST ? MAP_LEAST : part;
	}
	return MAP_SIZE;
}

static int open_each(struct zy_env *e, const char *const *names, size_t num, bool make)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(e->env, NULL, make ? 0 : MDB_RDONLY, &txn);

	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < num; i++)
		rc = mdb_dbi_open(txn, names[i], make ? MDB_CREATE : 0, &e->db[i]);
	if (rc == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return rc;
}

/* A map more than half full is doubled at open: growth needs all transactions closed. */
static int grow_map(struct zy_env *e)
{
	MDB_envinfo info;
	MDB_stat st;
	int rc;

	if ((rc = mdb_env_info(e->env, &info)) != 0 || (rc = mdb_env_stat(e->env, &st)) != 0)
		return rc;
	e->page = st.ms_psize;
	if (info.me_last_pgno < info.me_mapsize / e->page / 2)
		return 0;
	return mdb_env_set_mapsize(e->env, info.me_mapsize * 2);
}

static int open_env(struct zy_env *e, bool reader)
{
	const unsigned flags = MDB_NORDAHEAD | MDB_NOTLS | (reader ? MDB_RDONLY : 0);
	int rc, dead;

	if ((rc = mdb_env_create(&e->env)) != 0 || (rc = mdb_env_set_maxdbs(e->env, ZY_DBS_MAX)) != 0 ||
	    (rc = mdb_env_set_maxreaders(e->env, READERS)) != 0 ||
	    (rc = mdb_env_set_mapsize(e->env, map_size())) != 0 ||
	    (rc = mdb_env_open(e->env, e->folder, flags, 0600)) != 0 || (rc = mdb_reader_check(e->env, &dead)) != 0)
		return rc;
	return grow_map(e);
}

static void lmdb_close(struct zy_env *e)
{
	for (size_t i = 0; i < e->num_kept; i++) {
		mdb_txn_abort(e->kept[i]->txn);
		free(e->kept[i]);
	}
	if (e->guarded)
		zy_guard_close(&e->guard);
	if (e->held != NULL)
		mdb_txn_abort(e->held);
	if (e->env != NULL)
		mdb_env_close(e->env);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

static bool open_guard(struct zy_env *e, const char *const *names, size_t num, enum zy_open_as as, struct zy_error *err)
{
	e->guarded = zy_guard_open(&e->guard, e->folder, names, num, as, 2 * map_size(), err);
	return e->guarded;
}

/* A maker's file is LMDB's to begin; any other is looked at before LMDB opens it. */
static bool open_file(struct zy_env *e, const char *const *names, size_t num, enum zy_open_as as, struct zy_error *err)
{
	int rc;

	if (as != ZY_OPEN_MAKER && !open_guard(e, names, num, as, err))
		return false;
	rc = open_env(e, as == ZY_OPEN_READER);
	if (rc == 0 && as == ZY_OPEN_MAKER && !open_guard(e, names, num, as, err))
		return false;
	return rc == 0 || fail(e, rc, rc == ENOENT ? "there is no vault" : "cannot open the vault", err);
}

/* Databases that are absent are made in a write of their own. */
static bool open_databases(
    struct zy_env *e, const char *const *names, size_t num, enum zy_open_as as, struct zy_error *err)
{
	int rc = open_each(e, names, num, false);
	struct zy_view view;
	bool ok;

	if (rc == MDB_NOTFOUND && as != ZY_OPEN_READER) {
		ok = zy_guard_write(&e->guard, e->guard.now.txn, &view, err);
		rc = ok ? open_each(e, names, num, true) : 0;
		if (!ok || (rc == 0 && !zy_guard_committed(&e->guard, err)))
			return false;
	}
	if (rc == 0 && as != ZY_OPEN_READER)
		rc = mdb_txn_begin(e->env, NULL, MDB_RDONLY, &e->held);
	return rc == 0 || fail(e, rc, "cannot open the vault", err);
}

static bool lmdb_open(struct zy_env **out, const char *folder, const char *const *names, size_t num, enum zy_open_as as,
    struct zy_error *err)
{
	struct zy_env *e = num > ZY_DBS_MAX ? NULL : calloc(1, sizeof(*e));

	if (e == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "vault", ZY_NOWHERE, "no memory for the vault");
	pthread_mutex_init(&e->lock, NULL);                   /* glibc's never fails with default attributes */
	snprintf(e->folder, sizeof(e->folder), "%s", folder); /* its length is the caller's to check */
	if (open_file(e, names, num, as, err) && open_databases(e, names, num, as, err)) {
		*out = e;
		return true;
	}
	lmdb_close(e);
	return false;
}

/* Read transactions are kept and renewed: each holds a reader slot, which is dear to get. */
static struct zy_txn *take_kept(struct zy_env *e)
{
	struct zy_txn *t = NULL;

	pthread_mutex_lock(&e->lock);
	if (e->num_kept > 0)
		t = e->kept[--e->num_kept];
	pthread_mutex_unlock(&e->lock);
	return t;
}

/* What the transaction may believe. A read that has become old while it began is begun again. */
static bool look(struct zy_txn *t, struct zy_error *err)
{
	struct zy_guard *g = &t->env->guard;
	bool again;
	int rc;

	if (t->write)
		return zy_guard_write(g, mdb_txn_id(t->txn) - 1, &t->view, err);
	for (unsigned i = 0; i < RENEWALS; i++) {
		if (!zy_guard_view(g, mdb_txn_id(t->txn), &t->view, &again, err))
			return false;
		if (!again)
			return true;
		mdb_txn_reset(t->txn);
		if ((rc = mdb_txn_renew(t->txn)) != 0)
			return fail(t->env, rc, "cannot read the vault", err);
	}
	return zy_fail(err, ZY_E_VAULT, "vault", ZY_NOWHERE, "the vault changes faster than it can be read");
}

static bool lmdb_begin(struct zy_env *e, bool write, struct zy_txn **out, struct zy_error *err)
{
	struct zy_txn *t = write ? NULL : take_kept(e);
	bool kept = t != NULL;
	int rc;

	if (!kept && (t = calloc(1, sizeof(*t))) == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "vault", ZY_NOWHERE, "no memory for a transaction");
	t->env = e;
	t->write = write;
	t->seen = (struct zy_seen){ 0 };
	rc = kept ? mdb_txn_renew(t->txn) : mdb_txn_begin(e->env, NULL, write ? 0 : MDB_RDONLY, &t->txn);
	if (rc == 0 && look(t, err)) {
		*out = t;
		return true;
	}
	if (kept || rc == 0)
		mdb_txn_abort(t->txn);
	free(t);
	return rc != 0 && fail(e, rc, write ? "cannot write to the vault" : "cannot read the vault", err);
}

/* From here on the pages of an older transaction are not needed. */
static void hold_newest(struct zy_env *e)
{
	mdb_txn_reset(e->held);
	if (mdb_txn_renew(e->held) != 0) {
		mdb_txn_abort(e->held);
		e->held = NULL;
	}
}

/* What LMDB has committed stays so, whatever becomes of the sums: the next write or read brings them to their end. */
static bool lmdb_commit(struct zy_txn *t, struct zy_error *err)
{
	struct zy_env *e = t->env;
	struct zy_error ignored = { 0 };
	bool told;
	int rc;

	pthread_mutex_lock(&e->guard.committing);
	rc = mdb_txn_commit(t->txn);
	if (rc != 0)
		zy_guard_torn(&e->guard);
	told = rc == 0 && zy_guard_committed(&e->guard, &ignored);
	pthread_mutex_unlock(&e->guard.committing);
	free(t);
	if (told && zy_guard_settle(&e->guard)) {
		hold_newest(e);
		(void)mdb_reader_check(e->env, NULL); /* who was killed in a look would keep pages for ever */
	}
	return rc == 0 || fail(e, rc, "cannot write to the vault", err);
}

static void lmdb_end(struct zy_txn *t)
{
	struct zy_env *e = t->env;
	bool keep = false;

	if (!t->write) {
		mdb_txn_reset(t->txn); /* lets go of the snapshot; the reader slot stays for the next */
		pthread_mutex_lock(&e->lock);
		if ((keep = e->num_kept < READS_KEPT))
			e->kept[e->num_kept++] = t;
		pthread_mutex_unlock(&e->lock);
	}
	if (keep)
		return;
	if (t->ops >= OPS_IN_MEMORY)
		zy_guard_torn(&e->guard);
	mdb_txn_abort(t->txn);
	free(t);
}

static MDB_val val_of(struct zy_bytes b)
{
	return (MDB_val){ .mv_size = b.len, .mv_data = (void *)(uintptr_t)b.p };
}

static struct zy_place place_of(struct zy_txn *t, size_t db)
{
	struct zy_place c = zy_place_in(&t->env->guard.pages, &t->view.db[db], t->view.last);

	c.seen = t->write ? NULL : &t->seen;
	return c;
}

static bool lmdb_get(
    struct zy_txn *t, size_t db, struct zy_bytes key, struct zy_bytes *value, bool *found, struct zy_error *err)
{
	struct zy_place c = place_of(t, db);
	MDB_val k = val_of(key), v;
	int rc;

	if (!t->write)
		return zy_place_seek(&c, key, found, err) && (!*found || zy_place_value(&c, value, err));
	if (!zy_guard_key(&t->env->guard, &t->view, db, key, false, err))
		return false;
	rc = mdb_get(t->txn, t->env->db[db], &k, &v);
	*found = rc == 0;
	if (rc == 0)
		*value = ZY_BYTES(v.mv_data, v.mv_size);
	return rc == 0 || rc == MDB_NOTFOUND || fail(t->env, rc, "cannot read a value", err);
}

static bool lmdb_put(struct zy_txn *t, size_t db, struct zy_bytes key, struct zy_bytes value, struct zy_error *err)
{
	MDB_val k = val_of(key), v = val_of(value);
	int rc;

	t->ops++;
	if (!zy_guard_edge(&t->env->guard, &t->view, db, ZY_MOVE_LAST, err) ||
	    !zy_guard_key(&t->env->guard, &t->view, db, key, false, err))
		return false;
	/* Most keys grow: appending leaves full pages behind, where a split in the middle leaves half-full ones. */
	rc = mdb_put(t->txn, t->env->db[db], &k, &v, MDB_APPEND);
	if (rc == MDB_KEYEXIST)
		rc = mdb_put(t->txn, t->env->db[db], &k, &v, 0);
	return rc == 0 || fail(t->env, rc, "cannot write to the vault", err);
}

static bool lmdb_del(struct zy_txn *t, size_t db, struct zy_bytes key, struct zy_error *err)
{
	MDB_val k = val_of(key);
	int rc;

	t->ops++;
	if (!zy_guard_key(&t->env->guard, &t->view, db, key, true, err))
		return false;
	rc = mdb_del(t->txn, t->env->db[db], &k, NULL);
	return rc == 0 || fail(t->env, rc, "cannot write to the vault", err);
}

static bool lmdb_cursor_open(struct zy_txn *t, size_t db, struct zy_cursor **out, struct zy_error *err)
{
	struct zy_cursor *c = calloc(1, sizeof(*c));
	int rc = c == NULL ? ENOMEM : t->write ? mdb_cursor_open(t->txn, t->env->db[db], &c->cur) : 0;

	if (rc != 0) {
		free(c);
		return fail(t->env, rc, "cannot read the vault", err);
	}
	c->txn = t;
	c->db = db;
	c->place = place_of(t, db);
	*out = c;
	return true;
}

/* LMDB looks at the pages beside the one that it stands on. */
static bool guard_move(struct zy_cursor *c, enum zy_move how, struct zy_bytes key, struct zy_error *err)
{
	struct zy_guard *g = &c->txn->env->guard;
	MDB_val k, v;

	if (how == ZY_MOVE_FIRST || how == ZY_MOVE_LAST)
		return zy_guard_edge(g, &c->txn->view, c->db, how, err);
	if (how == ZY_MOVE_FROM)
		return zy_guard_key(g, &c->txn->view, c->db, key, true, err);
	return mdb_cursor_get(c->cur, &k, &v, MDB_GET_CURRENT) != 0 ||
	       zy_guard_key(g, &c->txn->view, c->db, ZY_BYTES(k.mv_data, k.mv_size), true, err);
}

static bool move_in_write(struct zy_cursor *c, enum zy_move how, struct zy_bytes *key, struct zy_bytes *value,
    bool *found, struct zy_error *err)
{
	static const MDB_cursor_op ops[] = { [ZY_MOVE_FIRST] = MDB_FIRST,
		[ZY_MOVE_LAST] = MDB_LAST,
		[ZY_MOVE_FROM] = MDB_SET_RANGE,
		[ZY_MOVE_NEXT] = MDB_NEXT,
		[ZY_MOVE_PREV] = MDB_PREV };
	MDB_val k = how == ZY_MOVE_FROM ? val_of(*key) : (MDB_val){ 0 }, v;
	int rc;

	if (!guard_move(c, how, *key, err))
		return false;
	rc = mdb_cursor_get(c->cur, &k, &v, ops[how]);
	*found = rc == 0;
	if (rc == 0) {
		*key = ZY_BYTES(k.mv_data, k.mv_size);
		*value = ZY_BYTES(v.mv_data, v.mv_size);
	}
	return rc == 0 || rc == MDB_NOTFOUND || fail(c->txn->env, rc, "cannot walk the vault", err);
}

static bool lmdb_cursor_move(struct zy_cursor *c, enum zy_move how, struct zy_bytes *key, struct zy_bytes *value,
    bool *found, struct zy_error *err)
{
	if (c->cur != NULL)
		return move_in_write(c, how, key, value, found, err);
	if (!zy_place_move(&c->place, how, *key, found, err))
		return false;
	if (!*found)
		return true;
	*key = zy_place_node(&c->place).key;
	return zy_place_value(&c->place, value, err);
}

static void lmdb_cursor_close(struct zy_cursor *c)
{
	if (c->cur != NULL)
		mdb_cursor_close(c->cur);
	free(c);
}

static bool lmdb_check(
    struct zy_txn *t, const struct zy_engine_care *care, struct zy_engine_figures *out, struct zy_error *err)
{
	return zy_guard_check(&t->env->guard, &t->view, out, care, err);
}

static bool lmdb_count(struct zy_txn *t, size_t db, uint64_t *out, struct zy_error *err)
{
	MDB_stat st;
	int rc = t->write ? mdb_stat(t->txn, t->env->db[db], &st) : 0;

	*out = !t->write ? t->view.db[db].entries : rc == 0 ? st.ms_entries : 0;
	return rc == 0 || fail(t->env, rc, "cannot count", err);
}

static bool lmdb_bytes(struct zy_txn *t, size_t db, uint64_t *out, struct zy_error *err)
{
	const struct zy_tree *tree = &t->view.db[db]; /* of a write as it began */

	(void)err;
	*out = (tree->branches + tree->leaves + tree->overflows) * t->env->page;
	return true;
}

/* One line of LMDB's table of readers: process, thread, and the transaction that is looked at, or "-". */
static int count_reader(const char *line, void *arg)
{
	struct zy_env_stat *s = arg;
	char *end;
	const long long pid = strtoll(line, &end, 10);
	uint64_t txn;

	if (end == line || pid == getpid()) /* the table's head; our own looks end by themselves */
		return 0;
	(void)strtoull(end, &end, 16);
	line = end;
	txn = strtoull(line, &end, 10);
	if (end == line)
		return 0;
	s->readers++;
	if (s->newest > txn && s->newest - txn > s->reader_lag) {
		s->reader_lag = s->newest - txn;
		s->reader_pid = pid;
	}
	return 0;
}

static bool lmdb_stat(struct zy_env *e, struct zy_env_stat *out, struct zy_error *err)
{
	MDB_envinfo info;
	uint64_t room;
	int rc, dead;

	if ((rc = mdb_reader_check(e->env, &dead)) != 0 || (rc = mdb_env_info(e->env, &info)) != 0)
		return fail(e, rc, "cannot count", err);
	if (!zy_guard_room(&e->guard, info.me_mapsize, &room, err))
		return false;
	*out = (struct zy_env_stat){ .page = e->page,
		.used_bytes = (info.me_last_pgno + 1) * e->page,
		.room_bytes = room,
		.newest = info.me_last_txnid };
	rc = mdb_reader_list(e->env, count_reader, out);
	return rc >= 0 || fail(e, rc, "cannot count", err);
}

const struct zy_engine zy_engine_lmdb = {
	.open = lmdb_open,
	.close = lmdb_close,
	.begin = lmdb_begin,
	.commit = lmdb_commit,
	.end = lmdb_end,
	.get = lmdb_get,
	.put = lmdb_put,
	.del = lmdb_del,
	.cursor_open = lmdb_cursor_open,
	.cursor_move = lmdb_cursor_move,
	.cursor_close = lmdb_cursor_close,
	.check = lmdb_check,
	.count = lmdb_count,
	.bytes = lmdb_bytes,
	.stat = lmdb_stat,
};
