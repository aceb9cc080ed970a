/* The register in the vault's engine: `cert` and `intent` by issuer and serial, `revoked` the keys of what must be on a
 * CRL. */
#include "register.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "zy/file.h"

#define ENGINE (&zy_engine_lmdb)
#define LOCK_WAIT_S 10
#define POLLS_PER_S 20
#define COPY_AT_ONCE 10000 /* rows in one transaction of a copy */

static const char *const db_names[NUM_DB] = { "cert", "intent", "revoked", "meta", "request" };

static bool lock(struct zy_register *r, struct zy_error *err)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / POLLS_PER_S };
	char path[4096];

	snprintf(path, sizeof(path), "%s/issuer.lock", r->folder);
	if ((r->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		return zy_fail(
		    err, ZY_E_VAULT, "ca", ZY_NOWHERE, "cannot open the register's lock: %s", strerror(errno));
	for (unsigned left = LOCK_WAIT_S * POLLS_PER_S; flock(r->lock, LOCK_EX | LOCK_NB) != 0; left--) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return zy_fail(err, ZY_E_VAULT, "ca", ZY_NOWHERE, "cannot lock: %s", strerror(errno));
		if (left == 0)
			return zy_fail(err, ZY_E_BUSY, "ca", ZY_NOWHERE,
			    "another process is issuing certificates; wait for it, or stop it");
		nanosleep(&pause, NULL);
	}
	return true;
}

static bool open_handle(struct zy_register **out, const char *folder, struct zy_error *err)
{
	struct zy_register *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "ca", ZY_NOWHERE, "no memory for the register");
	r->lock = -1;
	pthread_rwlock_init(&r->in_use, NULL); /* glibc's never fail with default attributes */
	pthread_mutex_init(&r->opening, NULL);
	*out = r;
	return (size_t)snprintf(r->folder, sizeof(r->folder), "%s", folder) < sizeof(r->folder) ||
	       zy_fail(err, ZY_E_IO, "ca", ZY_NOWHERE, "the path of the register is too long");
}

bool zy_register_make(const char *folder, struct zy_error *err)
{
	struct zy_env *env;

	if (!zy_folder_make(folder, 0700, err) || !ENGINE->open(&env, folder, db_names, NUM_DB, ZY_OPEN_MAKER, err))
		return false;
	ENGINE->close(env);
	return true;
}

void zy_register_close(struct zy_register *r)
{
	if (r == NULL)
		return;
	if (r->env != NULL)
		ENGINE->close(r->env);
	if (r->lock >= 0)
		close(r->lock);
	pthread_rwlock_destroy(&r->in_use);
	pthread_mutex_destroy(&r->opening);
	free(r);
}

/* ---- looks and writes ---- */

static bool begin_look(struct zy_register *r, struct zy_register_txn *t, struct zy_error *err)
{
	bool ok;

	pthread_rwlock_rdlock(&r->in_use);
	pthread_mutex_lock(&r->opening);
	ok = r->env != NULL || ENGINE->open(&r->env, r->folder, db_names, NUM_DB, ZY_OPEN_READER, err);
	pthread_mutex_unlock(&r->opening);
	if (ok && ENGINE->begin(r->env, false, &t->txn, err))
		return true;
	pthread_rwlock_unlock(&r->in_use);
	return false;
}

static bool begin_write(struct zy_register *r, struct zy_register_txn *t, struct zy_error *err)
{
	pthread_rwlock_wrlock(&r->in_use);
	if (r->env != NULL)
		ENGINE->close(r->env);
	r->env = NULL;
	if (ENGINE->open(&t->owned, r->folder, db_names, NUM_DB, ZY_OPEN_OWNER, err) &&
	    ENGINE->begin(t->owned, true, &t->txn, err))
		return true;
	if (t->owned != NULL)
		ENGINE->close(t->owned);
	pthread_rwlock_unlock(&r->in_use);
	return false;
}

bool zy_register_begin(struct zy_register *r, bool write, struct zy_register_txn *t, struct zy_error *err)
{
	*t = (struct zy_register_txn){ .r = r };
	return write ? begin_write(r, t, err) : begin_look(r, t, err);
}

void zy_register_end(struct zy_register_txn *t)
{
	ENGINE->end(t->txn);
	if (t->owned != NULL)
		ENGINE->close(t->owned);
	pthread_rwlock_unlock(&t->r->in_use);
}

bool zy_register_finish(struct zy_register_txn *t, bool ok, struct zy_error *err)
{
	if (!ok) {
		zy_register_end(t);
		return false;
	}
	ok = ENGINE->commit(t->txn, err);
	ENGINE->close(t->owned);
	pthread_rwlock_unlock(&t->r->in_use);
	return ok;
}

bool zy_register_row(struct zy_register_txn *t, enum zy_register_db db, struct zy_bytes key, struct zy_bytes *value,
    bool *found, struct zy_error *err)
{
	return ENGINE->get(t->txn, db, key, value, found, err);
}

bool zy_register_put(
    struct zy_register_txn *t, enum zy_register_db db, struct zy_bytes key, struct zy_bytes value, struct zy_error *err)
{
	return ENGINE->put(t->txn, db, key, value, err);
}

bool zy_register_rows(struct zy_register_txn *t, enum zy_register_db db, struct zy_bytes from, zy_register_see *see,
    void *arg, struct zy_error *err)
{
	struct zy_bytes key = from, value;
	struct zy_cursor *cur;
	bool found, stop = false, ok;

	if (!ENGINE->cursor_open(t->txn, db, &cur, err))
		return false;
	ok = ENGINE->cursor_move(cur, from.len == 0 ? ZY_MOVE_FIRST : ZY_MOVE_FROM, &key, &value, &found, err);
	while (ok && found && !stop) {
		ok = see(arg, key, value, &stop, err);
		if (ok && !stop)
			ok = ENGINE->cursor_move(cur, ZY_MOVE_NEXT, &key, &value, &found, err);
	}
	ENGINE->cursor_close(cur);
	return ok;
}

/* ---- the whole ---- */

/* Rows go in their order, so pages of the copy are full. */
struct copying {
	struct zy_env *env;
	struct zy_txn *txn;
	size_t db;
	unsigned rows;
};

static bool copy_row(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct copying *c = arg;
	struct zy_txn *full = c->txn;

	(void)stop;
	if (++c->rows % COPY_AT_ONCE == 0) {
		c->txn = NULL;
		if (!ENGINE->commit(full, err) || !ENGINE->begin(c->env, true, &c->txn, err))
			return false;
	}
	return ENGINE->put(c->txn, c->db, key, value, err);
}

static bool copy_all(struct zy_register_txn *t, struct zy_env *env, struct zy_error *err)
{
	struct copying c = { .env = env };
	bool ok = ENGINE->begin(env, true, &c.txn, err);

	for (c.db = 0; ok && c.db < NUM_DB; c.db++)
		ok = zy_register_rows(t, (enum zy_register_db)c.db, ZY_BYTES(NULL, 0), copy_row, &c, err);
	if (ok)
		return ENGINE->commit(c.txn, err);
	if (c.txn != NULL)
		ENGINE->end(c.txn);
	return false;
}

bool zy_register_copy(struct zy_register *r, const char *folder, struct zy_error *err)
{
	struct zy_register_txn t;
	struct zy_env *env;
	bool ok;

	if (!zy_folder_make(folder, 0700, err) || !zy_register_begin(r, false, &t, err))
		return false;
	if ((ok = ENGINE->open(&env, folder, db_names, NUM_DB, ZY_OPEN_MAKER, err))) {
		ok = copy_all(&t, env, err);
		ENGINE->close(env);
	}
	zy_register_end(&t);
	return ok;
}

bool zy_register_check(const char *folder, struct zy_register_pages *out, struct zy_error *err)
{
	const struct zy_engine_care care = { .step = NULL };
	struct zy_engine_figures f = { 0 };
	struct zy_register *r = NULL;
	struct zy_register_txn t;
	bool ok = zy_register_open(&r, folder, false, 0, err) && zy_register_begin(r, false, &t, err);

	if (ok) {
		ok = ENGINE->check(t.txn, &care, &f, err);
		zy_register_end(&t);
	}
	zy_register_close(r);
	*out = (struct zy_register_pages){ f.pages, f.free, f.unheld };
	return ok;
}

/* ---- keys and values ---- */

struct zy_register_key zy_register_cert_key(const uint8_t *issuer, const uint8_t *serial)
{
	struct zy_register_key k;

	memcpy(k.p, serial, ZY_SERIAL_LEN);
	memcpy(k.p + ZY_SERIAL_LEN, issuer, ZY_KEY_ID_LEN);
	return k;
}

static struct zy_register_key revoked_key(const uint8_t *issuer, const uint8_t *serial)
{
	struct zy_register_key k;

	memcpy(k.p, issuer, ZY_KEY_ID_LEN);
	memcpy(k.p + ZY_KEY_ID_LEN, serial, ZY_SERIAL_LEN);
	return k;
}

bool zy_register_read_entry(
    struct zy_bytes key, struct zy_bytes value, struct zy_arena *a, struct zy_entry *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(key);
	struct zy_bytes issuer, serial;

	if (!zy_take(&r, ZY_SERIAL_LEN, "serial", &serial, err) || !zy_take(&r, ZY_KEY_ID_LEN, "issuer", &issuer, err))
		return zy_fail(err, ZY_E_VAULT_CORRUPT, "ca", ZY_NOWHERE, "a key of the register is cut short");
	memcpy(out->issuer, issuer.p, issuer.len);
	memcpy(out->serial, serial.p, serial.len);
	return zy_entry_parse(value, a, out, err);
}

bool zy_register_put_entry(
    struct zy_register_txn *t, enum zy_register_db db, const struct zy_entry *e, struct zy_error *err)
{
	struct zy_register_key k = zy_register_cert_key(e->issuer, e->serial);
	ZY_BUF_AUTO b = { 0 };

	return zy_entry_encode(e, &b, err) && zy_register_put(t, db, zy_register_bytes(&k), zy_buf_bytes(&b), err);
}

bool zy_register_read_revision(struct zy_register_txn *t, uint64_t *out, struct zy_error *err)
{
	struct zy_bytes value;
	struct zy_reader at;
	bool found;

	*out = 0;
	if (!zy_register_row(t, DB_META, ZY_LITERAL("revision"), &value, &found, err) || !found)
		return err->code == ZY_OK;
	at = zy_reader_over(value);
	return zy_take_be(&at, 8, "revision", out, err);
}

bool zy_register_put_revoked(struct zy_register_txn *t, const struct zy_entry *e, struct zy_error *err)
{
	struct zy_register_key k = revoked_key(e->issuer, e->serial);
	ZY_BUF_AUTO number = { 0 };
	uint64_t revision;

	if (!zy_register_put(t, DB_REVOKED, zy_register_bytes(&k), ZY_BYTES(NULL, 0), err) ||
	    !zy_register_read_revision(t, &revision, err))
		return false;
	zy_buf_put_be(&number, revision + 1, 8);
	return zy_buf_done(&number, "revision", err) &&
	       zy_register_put(t, DB_META, ZY_LITERAL("revision"), zy_buf_bytes(&number), err);
}

/* ---- writing ---- */

static bool has_row(
    struct zy_register_txn *t, enum zy_register_db db, const struct zy_register_key *k, bool *has, struct zy_error *err)
{
	struct zy_bytes value;

	return zy_register_row(t, db, zy_register_bytes(k), &value, has, err);
}

static bool intend(struct zy_register_txn *t, const struct zy_entry *e, struct zy_error *err)
{
	struct zy_register_key k = zy_register_cert_key(e->issuer, e->serial);
	bool was, is;

	if (!has_row(t, DB_CERT, &k, &was, err) || !has_row(t, DB_INTENT, &k, &is, err))
		return false;
	if (was || is)
		return zy_fail(err, ZY_E_EXISTS, "serialNumber", ZY_NOWHERE, "the serial was used before");
	return zy_register_put_entry(t, DB_INTENT, e, err);
}

bool zy_register_intend(struct zy_register *r, const struct zy_entry *entries, size_t num, struct zy_error *err)
{
	struct zy_register_txn t;
	bool ok = true;

	if (!zy_register_begin(r, true, &t, err))
		return false;
	for (size_t i = 0; ok && i < num; i++)
		ok = intend(&t, &entries[i], err);
	return zy_register_finish(&t, ok, err);
}

static bool move_entry(struct zy_register_txn *t, const struct zy_entry *e, struct zy_error *err)
{
	struct zy_register_key k = zy_register_cert_key(e->issuer, e->serial);
	bool there, intended;

	if (!has_row(t, DB_CERT, &k, &there, err) || !has_row(t, DB_INTENT, &k, &intended, err))
		return false;
	if (there || !intended)
		return zy_fail(err, ZY_E_VAULT, "serialNumber", ZY_NOWHERE, "there is no open intent of that serial");
	return ENGINE->del(t->txn, DB_INTENT, zy_register_bytes(&k), err) && zy_register_put_entry(t, DB_CERT, e, err);
}

static bool put_asked(struct zy_register_txn *t, const struct zy_entry *e, struct zy_error *err)
{
	struct zy_register_key k = zy_register_cert_key(e->issuer, e->serial);
	ZY_BUF_AUTO row = { 0 };
	struct zy_bytes key, had;
	bool found;

	if (e->asked == NULL)
		return true;
	key = ZY_BYTES(e->asked->key, sizeof(e->asked->key));
	zy_buf_put(&row, ZY_BYTES(e->asked->digest, ZY_HASH_LEN));
	zy_buf_put(&row, zy_register_bytes(&k));
	if (!zy_buf_done(&row, "request", err) || !zy_register_row(t, DB_REQUEST, key, &had, &found, err))
		return false;
	if (found)
		return zy_fail(
		    err, ZY_E_REQUEST_CONFLICT, "request", ZY_NOWHERE, "a request key was used twice at once");
	return zy_register_put(t, DB_REQUEST, key, zy_buf_bytes(&row), err);
}

bool zy_register_release(struct zy_register *r, const struct zy_entry *entries, size_t num, struct zy_error *err)
{
	struct zy_register_txn t;
	bool ok = true;

	if (!zy_register_begin(r, true, &t, err))
		return false;
	for (size_t i = 0; ok && i < num; i++)
		ok = move_entry(&t, &entries[i], err) && put_asked(&t, &entries[i], err);
	return zy_register_finish(&t, ok, err);
}

static bool cancel(struct zy_register_txn *t, const struct zy_entry *e, zy_time at, struct zy_error *err)
{
	struct zy_entry gone = *e;

	gone.state = ZY_CERT_CANCELLED;
	gone.revoked_at = at;
	return move_entry(t, &gone, err) && zy_register_put_revoked(t, &gone, err);
}

bool zy_register_cancel(struct zy_register *r, const struct zy_entry *e, zy_time at, struct zy_error *err)
{
	struct zy_register_txn t;

	return zy_register_begin(r, true, &t, err) && zy_register_finish(&t, cancel(&t, e, at, err), err);
}

/* The first row, copied: what a write finds lives until the next one. */
struct first {
	struct zy_arena *arena;
	struct zy_entry entry;
	bool found;
};

static bool take_first(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct first *f = arg;
	struct zy_bytes copy;

	f->found = *stop = true;
	return zy_arena_copy(f->arena, value, &copy, err) &&
	       zy_register_read_entry(key, copy, f->arena, &f->entry, err);
}

/* What a crash left: the signature, if there was one, never left the process; its serial is accounted for all the
 * same, as one that no relying party should accept. */
static bool cancel_all(struct zy_register_txn *t, zy_time now, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };

	for (;;) { /* the first one each time: cancelling moves what a cursor would stand on */
		struct first f = { .arena = &a };

		if (!zy_register_rows(t, DB_INTENT, ZY_BYTES(NULL, 0), take_first, &f, err))
			return false;
		if (!f.found)
			return true;
		if (!cancel(t, &f.entry, now, err))
			return false;
	}
}

/* Mostly there is nothing, and then nobody's write is waited for. */
static bool recover(struct zy_register *r, zy_time now, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct first f = { .arena = &a };
	struct zy_register_txn t;
	bool ok;

	if (!zy_register_begin(r, false, &t, err))
		return false;
	ok = zy_register_rows(&t, DB_INTENT, ZY_BYTES(NULL, 0), take_first, &f, err);
	zy_register_end(&t);
	if (!ok || !f.found)
		return ok;
	return zy_register_begin(r, true, &t, err) && zy_register_finish(&t, cancel_all(&t, now, err), err);
}

bool zy_register_open(struct zy_register **out, const char *folder, bool issue, zy_time now, struct zy_error *err)
{
	struct zy_register *r = NULL;
	char path[4096];
	struct stat st;

	if ((size_t)snprintf(path, sizeof(path), "%s/data.mdb", folder) >= sizeof(path) || stat(path, &st) != 0)
		return zy_fail(
		    err, ZY_E_VAULT_ABSENT, "ca", ZY_NOWHERE, "there is no register of certificates in %s", folder);
	if (open_handle(&r, folder, err) && (!issue || (lock(r, err) && recover(r, now, err)))) {
		*out = r;
		return true;
	}
	zy_register_close(r);
	return false;
}
