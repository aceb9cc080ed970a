#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

/* Address space, not disk. LMDB itself never maps less than the file; see grow_map. */
#define MAP_SIZE ((size_t)64 << 30)
#define MAP_LEAST ((size_t)16 << 20)
#define READERS 1022

static const char *const db_names[ZY_NUM_DB] = { "meta", "holder", "subject", "licence", "owned", "version", "blob",
	"status", "intent", "open", "serial", "event", "history", "tree" };

const char *zy_db_name(enum zy_db db)
{
	return db_names[db];
}

static struct zy_key key_of(uint64_t a, size_t a_len, uint64_t b, size_t b_len, uint64_t c, size_t c_len)
{
	struct zy_key k = { .len = a_len + b_len + c_len };

	for (size_t i = c_len; i > 0; i--, c >>= 8)
		k.p[a_len + b_len + i - 1] = (uint8_t)c;
	for (size_t i = b_len; i > 0; i--, b >>= 8)
		k.p[a_len + i - 1] = (uint8_t)b;
	for (size_t i = a_len; i > 0; i--, a >>= 8)
		k.p[i - 1] = (uint8_t)a;
	return k;
}

struct zy_key zy_key_number(uint64_t a)
{
	return key_of(a, 8, 0, 0, 0, 0);
}

struct zy_key zy_key_pair(uint64_t a, uint64_t b)
{
	return key_of(a, 8, b, 8, 0, 0);
}

struct zy_key zy_key_version(uint64_t number, unsigned version)
{
	return key_of(number, 8, version, 2, 0, 0);
}

struct zy_key zy_key_status(uint64_t number, unsigned version, uint64_t seq)
{
	return key_of(number, 8, version, 2, seq, 8);
}

struct zy_key zy_key_text(const char *s)
{
	struct zy_key k = { .len = strnlen(s, ZY_KEY_MAX) };

	memcpy(k.p, s, k.len);
	return k;
}

uint64_t zy_key_get(struct zy_bytes key, size_t at, size_t len)
{
	struct zy_reader r = zy_reader_over(key);
	struct zy_error ignored = { 0 };
	struct zy_bytes before;
	uint64_t v;

	return zy_take(&r, at, "", &before, &ignored) && zy_take_be(&r, len, "", &v, &ignored) ? v : 0;
}

/* A write that was cut short comes back from LMDB as EIO: look whether the disk is the reason. */
static bool disk_is_full(const struct zy_store *s)
{
	struct statvfs fs;

	return statvfs(s->folder, &fs) == 0 && fs.f_bavail * fs.f_frsize < ((uint64_t)1 << 20);
}

bool zy_store_fail(const struct zy_store *s, int rc, const char *what, struct zy_error *err)
{
	enum zy_code code = ZY_E_VAULT;

	if (rc == MDB_MAP_FULL || rc == MDB_TXN_FULL || rc == ENOSPC || rc == EFBIG || rc == EDQUOT ||
	    (rc == EIO && disk_is_full(s)))
		return zy_fail(err, ZY_E_VAULT_FULL, "vault", ZY_NOWHERE,
		    "%s: %s; nothing was written, free disk space and repeat", what, mdb_strerror(rc));
	if (rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND || rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH)
		code = ZY_E_VAULT_CORRUPT;
	if (rc == ENOENT || rc == MDB_NOTFOUND)
		code = ZY_E_VAULT_ABSENT;
	return zy_fail(err, code, "vault", ZY_NOWHERE, "%s: %s", what, mdb_strerror(rc));
}

/* 64 GiB, unless the process may not have that much address space: then half of what it may have. */
static size_t map_size(void)
{
	struct rlimit as;

	if (getrlimit(RLIMIT_AS, &as) == 0 && as.rlim_cur != RLIM_INFINITY && as.rlim_cur / 2 < MAP_SIZE) {
		size_t half = (size_t)as.rlim_cur / 2 / MAP_LEAST * MAP_LEAST;

		return half < MAP_LEAST ? MAP_LEAST : half;
	}
	return MAP_SIZE;
}

static int open_each(struct zy_store *s, bool make, bool *no_tree)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(s->env, NULL, make ? 0 : MDB_RDONLY, &txn);

	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < ZY_NUM_DB; i++) {
		rc = mdb_dbi_open(txn, db_names[i], make ? MDB_CREATE : 0, &s->db[i]);
		*no_tree = rc == MDB_NOTFOUND && i == ZY_DB_TREE;
	}
	if (rc == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return rc;
}

/* A vault of before there was a log has everything but the tree, which then is made empty. */
static int open_dbs(struct zy_store *s, bool make)
{
	bool no_tree = false;
	int rc = open_each(s, make, &no_tree);

	return no_tree ? open_each(s, true, &no_tree) : rc;
}

/* A map more than half full is doubled at open: growth needs all transactions closed. */
static int grow_map(struct zy_store *s)
{
	MDB_envinfo info;
	MDB_stat st;
	int rc;

	if ((rc = mdb_env_info(s->env, &info)) != 0 || (rc = mdb_env_stat(s->env, &st)) != 0)
		return rc;
	s->page = st.ms_psize;
	if (info.me_last_pgno < info.me_mapsize / s->page / 2)
		return 0;
	return mdb_env_set_mapsize(s->env, info.me_mapsize * 2);
}

static int open_env(struct zy_store *s, bool make)
{
	int rc, dead;

	if ((rc = mdb_env_create(&s->env)) != 0 || (rc = mdb_env_set_maxdbs(s->env, ZY_NUM_DB)) != 0 ||
	    (rc = mdb_env_set_maxreaders(s->env, READERS)) != 0 ||
	    (rc = mdb_env_set_mapsize(s->env, map_size())) != 0 ||
	    (rc = mdb_env_open(s->env, s->folder, MDB_NORDAHEAD | MDB_NOTLS, 0600)) != 0 ||
	    (rc = mdb_reader_check(s->env, &dead)) != 0 || (rc = grow_map(s)) != 0)
		return rc;
	return open_dbs(s, make);
}

bool zy_store_open(struct zy_store *s, const char *folder, bool make, struct zy_error *err)
{
	char data[4096];
	struct stat st;
	int rc;

	*s = (struct zy_store){ 0 };
	if ((size_t)snprintf(s->folder, sizeof(s->folder), "%s", folder) >= sizeof(s->folder))
		return zy_fail(err, ZY_E_VAULT, "vault", ZY_NOWHERE, "the path of the vault is too long");
	snprintf(data, sizeof(data), "%s/data.mdb", s->folder);
	if (!make && stat(data, &st) != 0)
		return zy_fail(err, ZY_E_VAULT_ABSENT, "vault", ZY_NOWHERE, "there is no vault in %s", s->folder);
	if (pthread_mutex_init(&s->lock, NULL) != 0)
		return zy_fail(err, ZY_E_NO_MEMORY, "vault", ZY_NOWHERE, "no memory for a lock");
	if ((rc = open_env(s, make)) == 0)
		return true;
	zy_store_close(s);
	return zy_store_fail(s, rc, "cannot open the vault", err);
}

void zy_store_close(struct zy_store *s)
{
	for (size_t i = 0; i < s->num_kept; i++)
		mdb_txn_abort(s->kept[i]);
	s->num_kept = 0;
	if (s->env != NULL)
		mdb_env_close(s->env);
	s->env = NULL;
	pthread_mutex_destroy(&s->lock);
}

bool zy_read_begin(struct zy_store *s, MDB_txn **out, struct zy_error *err)
{
	MDB_txn *txn = NULL;
	int rc;

	pthread_mutex_lock(&s->lock);
	if (s->num_kept > 0)
		txn = s->kept[--s->num_kept];
	pthread_mutex_unlock(&s->lock);
	rc = txn != NULL ? mdb_txn_renew(txn) : mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn);
	if (rc == 0) {
		*out = txn;
		return true;
	}
	if (txn != NULL)
		mdb_txn_abort(txn);
	return zy_store_fail(s, rc, "cannot read the vault", err);
}

void zy_read_end(struct zy_store *s, MDB_txn *txn)
{
	mdb_txn_reset(txn); /* lets go of the snapshot; the reader slot stays for the next */
	pthread_mutex_lock(&s->lock);
	if (s->num_kept < ZY_READERS_KEPT) {
		s->kept[s->num_kept++] = txn;
		txn = NULL;
	}
	pthread_mutex_unlock(&s->lock);
	if (txn != NULL)
		mdb_txn_abort(txn);
}

bool zy_store_get(struct zy_store *s, MDB_txn *txn, enum zy_db db, const struct zy_key *k, struct zy_bytes *out,
    bool *found, struct zy_error *err)
{
	MDB_val key = { .mv_size = k->len, .mv_data = (void *)(uintptr_t)k->p }, val;
	int rc = mdb_get(txn, s->db[db], &key, &val);

	*found = rc == 0;
	if (rc == 0)
		*out = ZY_BYTES(val.mv_data, val.mv_size);
	return rc == 0 || rc == MDB_NOTFOUND || zy_store_fail(s, rc, "cannot read a value", err);
}

static bool starts_with(const MDB_val *key, const struct zy_key *prefix)
{
	return key->mv_size >= prefix->len && memcmp(key->mv_data, prefix->p, prefix->len) == 0;
}

/* The key just after all that start with prefix; false when there is none (all 0xff, or empty). */
static bool after_prefix(struct zy_key *k)
{
	while (k->len > 0 && ++k->p[k->len - 1] == 0)
		k->len--;
	return k->len > 0;
}

bool zy_store_last(struct zy_store *s, MDB_txn *txn, enum zy_db db, const struct zy_key *prefix, struct zy_bytes *key,
    struct zy_bytes *value, bool *found, struct zy_error *err)
{
	struct zy_key after = *prefix;
	MDB_val k, val;
	MDB_cursor *cur;
	int rc;

	if ((rc = mdb_cursor_open(txn, s->db[db], &cur)) != 0)
		return zy_store_fail(s, rc, "cannot read the vault", err);
	rc = MDB_NOTFOUND;
	if (after_prefix(&after)) {
		k = (MDB_val){ .mv_size = after.len, .mv_data = after.p };
		rc = mdb_cursor_get(cur, &k, &val, MDB_SET_RANGE);
	}
	rc = mdb_cursor_get(cur, &k, &val, rc == 0 ? MDB_PREV : MDB_LAST);
	mdb_cursor_close(cur);
	*found = rc == 0 && starts_with(&k, prefix);
	if (*found) {
		*key = ZY_BYTES(k.mv_data, k.mv_size);
		*value = ZY_BYTES(val.mv_data, val.mv_size);
	}
	return rc == 0 || rc == MDB_NOTFOUND || zy_store_fail(s, rc, "cannot read the last key", err);
}

bool zy_store_walk(struct zy_store *s, MDB_txn *txn, enum zy_db db, const struct zy_key *prefix,
    const struct zy_key *from, zy_walk_cb *cb, void *arg, struct zy_error *err)
{
	const struct zy_key *start = from == NULL ? prefix : from;
	MDB_val k = { .mv_size = start->len, .mv_data = (void *)(uintptr_t)start->p }, val;
	MDB_cursor *cur;
	bool stop = false, ok = true;
	int rc;

	if ((rc = mdb_cursor_open(txn, s->db[db], &cur)) != 0)
		return zy_store_fail(s, rc, "cannot read the vault", err);
	rc = mdb_cursor_get(cur, &k, &val, start->len == 0 ? MDB_FIRST : MDB_SET_RANGE);
	while (rc == 0 && ok && !stop && starts_with(&k, prefix)) {
		ok = cb(arg, ZY_BYTES(k.mv_data, k.mv_size), ZY_BYTES(val.mv_data, val.mv_size), &stop, err);
		if (ok && !stop)
			rc = mdb_cursor_get(cur, &k, &val, MDB_NEXT);
	}
	mdb_cursor_close(cur);
	return ok && (rc == 0 || rc == MDB_NOTFOUND || zy_store_fail(s, rc, "cannot walk the vault", err));
}

bool zy_store_entries(struct zy_store *s, MDB_txn *txn, enum zy_db db, uint64_t *out, struct zy_error *err)
{
	MDB_stat st;
	int rc = mdb_stat(txn, s->db[db], &st);

	*out = rc == 0 ? st.ms_entries : 0;
	return rc == 0 || zy_store_fail(s, rc, "cannot count", err);
}
