#include "internal.h"

#include <stdio.h>

static const char *const db_names[ZY_NUM_DB] = { "meta", "holder", "subject", "licence", "owned", "version", "blob",
	"status", "intent", "open", "serial", "event", "history", "tree", "tenant", "right", "order", "mark", "receipt",
	"change", "ring", "identity", "common" };

/* The vault's head; the log, whose entries tell nothing; the tenants themselves and whose each event is; and the
 * serials, since an issuer's numbers are unique in whatever tenant it works. */
static const bool shared[ZY_NUM_DB] = { [ZY_DB_META] = true,
	[ZY_DB_TREE] = true,
	[ZY_DB_TENANT] = true,
	[ZY_DB_ORDER] = true,
	[ZY_DB_SERIAL] = true,
	[ZY_DB_MARK] = true,
	[ZY_DB_CHANGE] = true,
	[ZY_DB_COMMON] = true };

enum { TENANT_LEN = 4 }; /* octets of a tenant's number, the first field of every key */

const char *zy_db_name(enum zy_db db)
{
	return db_names[db];
}

bool zy_db_is_shared(enum zy_db db)
{
	return shared[db];
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

bool zy_store_open(struct zy_store *s, const char *folder, enum zy_open_as as, struct zy_error *err)
{
	struct zy_env_stat st;

	*s = (struct zy_store){ .engine = zy_engine_default, .tenant = ZY_TENANT_TOP };
	if ((size_t)snprintf(s->folder, sizeof(s->folder), "%s", folder) >= sizeof(s->folder))
		return zy_fail(err, ZY_E_VAULT, "vault", ZY_NOWHERE, "the path of the vault is too long");
	if (!s->engine->open(&s->env, folder, db_names, ZY_NUM_DB, as, err))
		return false;
	if (zy_store_stat(s, &st, err)) {
		s->page = (size_t)st.page;
		return true;
	}
	zy_store_close(s);
	return false;
}

void zy_store_view(const struct zy_store *whole, uint32_t tenant, struct zy_store *out)
{
	*out = *whole;
	out->tenant = tenant;
}

void zy_store_close(struct zy_store *s)
{
	if (s->env != NULL)
		s->engine->close(s->env);
	s->env = NULL;
}

bool zy_read_begin(struct zy_store *s, struct zy_txn **out, struct zy_error *err)
{
	return s->engine->begin(s->env, false, out, err);
}

void zy_read_end(struct zy_store *s, struct zy_txn *txn)
{
	s->engine->end(txn);
}

bool zy_write_begin(struct zy_store *s, struct zy_txn **out, struct zy_error *err)
{
	return s->engine->begin(s->env, true, out, err);
}

bool zy_write_commit(struct zy_store *s, struct zy_txn *txn, struct zy_error *err)
{
	return s->engine->commit(txn, err);
}

void zy_write_abort(struct zy_store *s, struct zy_txn *txn)
{
	s->engine->end(txn);
}

/* A key as it is stored: the tenant, then the caller's. */
struct stored_key {
	size_t len;
	uint8_t p[TENANT_LEN + ZY_KEY_MAX];
};

static struct stored_key stored(const struct zy_store *s, enum zy_db db, const struct zy_key *k)
{
	const uint32_t tenant = shared[db] ? 0 : s->tenant;
	struct stored_key out = { .len = TENANT_LEN + k->len };

	for (size_t i = 0; i < TENANT_LEN; i++)
		out.p[i] = (uint8_t)(tenant >> (24 - 8 * i));
	memcpy(out.p + TENANT_LEN, k->p, k->len);
	return out;
}

static struct zy_bytes bytes_of(const struct stored_key *k)
{
	return ZY_BYTES(k->p, k->len);
}

static struct zy_bytes without_tenant(struct zy_bytes key)
{
	struct zy_reader r = zy_reader_over(key);
	struct zy_error ignored = { 0 };
	struct zy_bytes tenant;

	return zy_take(&r, TENANT_LEN, "", &tenant, &ignored) ? zy_reader_rest(&r) : ZY_BYTES(NULL, 0);
}

bool zy_store_get(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *k, struct zy_bytes *out,
    bool *found, struct zy_error *err)
{
	struct stored_key full = stored(s, db, k);

	return s->engine->get(txn, db, bytes_of(&full), out, found, err);
}

bool zy_store_put(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *k, struct zy_bytes value,
    struct zy_error *err)
{
	struct stored_key full = stored(s, db, k);

	return s->engine->put(txn, db, bytes_of(&full), value, err);
}

bool zy_store_del(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *k, struct zy_error *err)
{
	struct stored_key full = stored(s, db, k);

	return s->engine->del(txn, db, bytes_of(&full), err);
}

struct zy_key zy_store_key(const struct zy_store *s, enum zy_db db, const struct zy_key *k)
{
	struct stored_key full = stored(s, db, k);
	struct zy_key out = { .len = full.len <= ZY_KEY_MAX ? full.len : ZY_KEY_MAX };

	memcpy(out.p, full.p, out.len);
	return out;
}

bool zy_store_get_all(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *full,
    struct zy_bytes *out, bool *found, struct zy_error *err)
{
	return s->engine->get(txn, db, ZY_BYTES(full->p, full->len), out, found, err);
}

bool zy_store_put_all(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *full,
    struct zy_bytes value, struct zy_error *err)
{
	return s->engine->put(txn, db, ZY_BYTES(full->p, full->len), value, err);
}

bool zy_store_del_all(
    struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *full, struct zy_error *err)
{
	struct zy_bytes value;
	bool found;

	return zy_store_get_all(s, txn, db, full, &value, &found, err) &&
	       (!found || s->engine->del(txn, db, ZY_BYTES(full->p, full->len), err));
}

static bool starts_with(struct zy_bytes key, const struct stored_key *prefix)
{
	return key.len >= prefix->len && memcmp(key.p, prefix->p, prefix->len) == 0;
}

/* The key just after all that start with prefix; false when there is none (all 0xff). */
static bool after_prefix(struct stored_key *k)
{
	while (k->len > 0 && ++k->p[k->len - 1] == 0)
		k->len--;
	return k->len > 0;
}

bool zy_store_last(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *prefix,
    struct zy_bytes *key, struct zy_bytes *value, bool *found, struct zy_error *err)
{
	struct stored_key whole = stored(s, db, prefix), after = whole;
	struct zy_cursor *cur;
	bool beyond = false, ok = true;

	if (!s->engine->cursor_open(txn, db, &cur, err))
		return false;
	if (after_prefix(&after)) {
		*key = bytes_of(&after);
		ok = s->engine->cursor_move(cur, ZY_MOVE_FROM, key, value, &beyond, err);
	}
	ok = ok && s->engine->cursor_move(cur, beyond ? ZY_MOVE_PREV : ZY_MOVE_LAST, key, value, found, err);
	s->engine->cursor_close(cur);
	*found = ok && *found && starts_with(*key, &whole);
	if (*found)
		*key = without_tenant(*key);
	return ok;
}

bool zy_store_walk(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *prefix,
    const struct zy_key *from, zy_walk_cb *cb, void *arg, struct zy_error *err)
{
	struct stored_key whole = stored(s, db, prefix), start = stored(s, db, from == NULL ? prefix : from);
	struct zy_bytes k = bytes_of(&start), val;
	bool found, stop = false, ok;
	struct zy_cursor *cur;

	if (!s->engine->cursor_open(txn, db, &cur, err))
		return false;
	ok = s->engine->cursor_move(cur, ZY_MOVE_FROM, &k, &val, &found, err);
	while (ok && found && !stop && starts_with(k, &whole)) {
		ok = cb(arg, without_tenant(k), val, &stop, err);
		if (ok && !stop)
			ok = s->engine->cursor_move(cur, ZY_MOVE_NEXT, &k, &val, &found, err);
	}
	s->engine->cursor_close(cur);
	return ok;
}

bool zy_store_split(struct zy_bytes full, uint32_t *tenant, struct zy_bytes *key, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(full);
	uint64_t n;

	if (!zy_take_be(&r, TENANT_LEN, "key", &n, err))
		return zy_fail(err, ZY_E_VAULT_CORRUPT, "key", ZY_NOWHERE, "a key without a tenant");
	*tenant = (uint32_t)n;
	*key = zy_reader_rest(&r);
	return true;
}

bool zy_store_walk_all(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *from, zy_walk_cb *cb,
    void *arg, struct zy_error *err)
{
	struct zy_bytes k = ZY_BYTES(from->p, from->len), val;
	bool found, stop = false, ok;
	struct zy_cursor *cur;

	if (!s->engine->cursor_open(txn, db, &cur, err))
		return false;
	ok = s->engine->cursor_move(cur, k.len == 0 ? ZY_MOVE_FIRST : ZY_MOVE_FROM, &k, &val, &found, err);
	while (ok && found && !stop) {
		ok = cb(arg, k, val, &stop, err);
		if (ok && !stop)
			ok = s->engine->cursor_move(cur, ZY_MOVE_NEXT, &k, &val, &found, err);
	}
	s->engine->cursor_close(cur);
	return ok;
}

bool zy_store_entries_all(struct zy_store *s, struct zy_txn *txn, enum zy_db db, uint64_t *out, struct zy_error *err)
{
	return s->engine->count(txn, db, out, err);
}

bool zy_store_bytes(struct zy_store *s, struct zy_txn *txn, enum zy_db db, uint64_t *out, struct zy_error *err)
{
	return s->engine->bytes(txn, db, out, err);
}

/* Whether the first and the last key are this tenant's: then all between them are. */
static bool is_alone(struct zy_store *s, struct zy_txn *txn, enum zy_db db, bool *alone, struct zy_error *err)
{
	static const enum zy_move ends[] = { ZY_MOVE_FIRST, ZY_MOVE_LAST };
	const struct zy_key all = { 0 };
	struct stored_key whole = stored(s, db, &all);
	struct zy_bytes key, value;
	struct zy_cursor *cur;
	bool found, ok = true;

	*alone = true;
	if (!s->engine->cursor_open(txn, db, &cur, err))
		return false;
	for (size_t i = 0; i < 2 && ok && *alone; i++) {
		ok = s->engine->cursor_move(cur, ends[i], &key, &value, &found, err);
		*alone = ok && (!found || starts_with(key, &whole));
	}
	s->engine->cursor_close(cur);
	return ok;
}

static bool count_key(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	uint64_t *n = arg;

	(void)key, (void)value, (void)stop, (void)err;
	++*n;
	return true;
}

/* An engine counts a whole database; one that holds nothing of others is counted at once. */
bool zy_store_entries(struct zy_store *s, struct zy_txn *txn, enum zy_db db, uint64_t *out, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	bool alone;

	*out = 0;
	if (!is_alone(s, txn, db, &alone, err))
		return false;
	return alone ? zy_store_entries_all(s, txn, db, out, err)
		     : zy_store_walk(s, txn, db, &all, NULL, count_key, out, err);
}

bool zy_store_stat(struct zy_store *s, struct zy_env_stat *out, struct zy_error *err)
{
	return s->engine->stat(s->env, out, err);
}

bool zy_store_check(struct zy_store *s, struct zy_txn *txn, const struct zy_engine_care *care,
    struct zy_engine_figures *out, struct zy_error *err)
{
	return s->engine->check(txn, care, out, err);
}
