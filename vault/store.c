#include "internal.h"

#include <stdio.h>

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

bool zy_store_open(struct zy_store *s, const char *folder, enum zy_open_as as, struct zy_error *err)
{
	struct zy_env_stat st;

	*s = (struct zy_store){ .engine = &zy_engine_lmdb };
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

static struct zy_bytes bytes_of(const struct zy_key *k)
{
	return ZY_BYTES(k->p, k->len);
}

bool zy_store_get(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *k, struct zy_bytes *out,
    bool *found, struct zy_error *err)
{
	return s->engine->get(txn, db, bytes_of(k), out, found, err);
}

bool zy_store_put(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *k, struct zy_bytes value,
    struct zy_error *err)
{
	return s->engine->put(txn, db, bytes_of(k), value, err);
}

bool zy_store_del(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *k, struct zy_error *err)
{
	return s->engine->del(txn, db, bytes_of(k), err);
}

static bool starts_with(struct zy_bytes key, const struct zy_key *prefix)
{
	return key.len >= prefix->len && memcmp(key.p, prefix->p, prefix->len) == 0;
}

/* The key just after all that start with prefix; false when there is none (all 0xff, or empty). */
static bool after_prefix(struct zy_key *k)
{
	while (k->len > 0 && ++k->p[k->len - 1] == 0)
		k->len--;
	return k->len > 0;
}

bool zy_store_last(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *prefix,
    struct zy_bytes *key, struct zy_bytes *value, bool *found, struct zy_error *err)
{
	struct zy_key after = *prefix;
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
	*found = ok && *found && starts_with(*key, prefix);
	return ok;
}

bool zy_store_walk(struct zy_store *s, struct zy_txn *txn, enum zy_db db, const struct zy_key *prefix,
    const struct zy_key *from, zy_walk_cb *cb, void *arg, struct zy_error *err)
{
	struct zy_bytes k = bytes_of(from == NULL ? prefix : from), val;
	bool found, stop = false, ok;
	struct zy_cursor *cur;

	if (!s->engine->cursor_open(txn, db, &cur, err))
		return false;
	ok = s->engine->cursor_move(cur, k.len == 0 ? ZY_MOVE_FIRST : ZY_MOVE_FROM, &k, &val, &found, err);
	while (ok && found && !stop && starts_with(k, prefix)) {
		ok = cb(arg, k, val, &stop, err);
		if (ok && !stop)
			ok = s->engine->cursor_move(cur, ZY_MOVE_NEXT, &k, &val, &found, err);
	}
	s->engine->cursor_close(cur);
	return ok;
}

bool zy_store_entries(struct zy_store *s, struct zy_txn *txn, enum zy_db db, uint64_t *out, struct zy_error *err)
{
	return s->engine->count(txn, db, out, err);
}

bool zy_store_stat(struct zy_store *s, struct zy_env_stat *out, struct zy_error *err)
{
	return s->engine->stat(s->env, out, err);
}
