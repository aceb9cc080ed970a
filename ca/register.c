/* The register in LMDB: `cert` and `intent` by issuer and serial, `revoked` the keys of what must be on a CRL. */
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

#define MAP_SIZE ((size_t)8 << 30) /* address space, not disk */
#define READERS 126
#define LOCK_WAIT_S 10
#define POLLS_PER_S 20

static const char *const db_names[NUM_DB] = { "cert", "intent", "revoked", "meta", "request" };

bool zy_register_fail(int rc, const char *what, struct zy_error *err)
{
	enum zy_code code = ZY_E_VAULT;

	if (rc == MDB_MAP_FULL || rc == MDB_TXN_FULL || rc == ENOSPC || rc == EDQUOT || rc == EFBIG)
		code = ZY_E_VAULT_FULL;
	if (rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND || rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH)
		code = ZY_E_VAULT_CORRUPT;
	return zy_fail(err, code, "ca", ZY_NOWHERE, "the register of certificates: %s: %s", what, mdb_strerror(rc));
}

static int open_env(struct zy_register *r, const char *folder, bool make)
{
	MDB_txn *txn;
	int rc, dead;

	if ((rc = mdb_env_create(&r->env)) != 0 || (rc = mdb_env_set_maxdbs(r->env, NUM_DB)) != 0 ||
	    (rc = mdb_env_set_maxreaders(r->env, READERS)) != 0 || (rc = mdb_env_set_mapsize(r->env, MAP_SIZE)) != 0 ||
	    (rc = mdb_env_open(r->env, folder, MDB_NORDAHEAD | MDB_NOTLS, 0600)) != 0 ||
	    (rc = mdb_reader_check(r->env, &dead)) != 0 ||
	    (rc = mdb_txn_begin(r->env, NULL, make ? 0 : MDB_RDONLY, &txn)) != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < NUM_DB; i++)
		rc = mdb_dbi_open(txn, db_names[i], make ? MDB_CREATE : 0, &r->db[i]);
	if (rc == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return rc;
}

static bool lock(struct zy_register *r, const char *folder, struct zy_error *err)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / POLLS_PER_S };
	char path[4096];

	if ((size_t)snprintf(path, sizeof(path), "%s/issuer.lock", folder) >= sizeof(path) ||
	    (r->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
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

static bool open_inside(struct zy_register **out, const char *folder, bool make, struct zy_error *err)
{
	struct zy_register *r = calloc(1, sizeof(*r));
	int rc;

	if (r == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "ca", ZY_NOWHERE, "no memory for the register");
	r->lock = -1;
	if ((rc = open_env(r, folder, make)) != 0) {
		zy_register_close(r);
		return zy_register_fail(rc, "cannot be opened", err);
	}
	*out = r;
	return true;
}

bool zy_register_make(const char *folder, struct zy_error *err)
{
	struct zy_register *r = NULL;

	if (!zy_folder_make(folder, 0700, err) || !open_inside(&r, folder, true, err))
		return false;
	zy_register_close(r);
	return true;
}

void zy_register_close(struct zy_register *r)
{
	if (r == NULL)
		return;
	if (r->env != NULL)
		mdb_env_close(r->env);
	if (r->lock >= 0)
		close(r->lock);
	free(r);
}

bool zy_register_copy(struct zy_register *r, const char *path, struct zy_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), rc;

	if (fd < 0)
		return zy_fail(
		    err, errno == EEXIST ? ZY_E_EXISTS : ZY_E_IO, "ca", ZY_NOWHERE, "%s: %s", path, strerror(errno));
	rc = mdb_env_copyfd2(r->env, fd, MDB_CP_COMPACT);
	if (rc == 0 && fsync(fd) != 0)
		rc = errno;
	close(fd);
	return rc == 0 || zy_register_fail(rc, "cannot be copied", err);
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

MDB_val zy_register_val(struct zy_register_key *k)
{
	return (MDB_val){ .mv_size = sizeof(k->p), .mv_data = k->p };
}

bool zy_register_read_entry(
    const MDB_val *key, const MDB_val *value, struct zy_arena *a, struct zy_entry *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(key->mv_data, key->mv_size));
	struct zy_bytes issuer, serial;

	if (!zy_take(&r, ZY_SERIAL_LEN, "serial", &serial, err) || !zy_take(&r, ZY_KEY_ID_LEN, "issuer", &issuer, err))
		return zy_fail(err, ZY_E_VAULT_CORRUPT, "ca", ZY_NOWHERE, "a key of the register is cut short");
	memcpy(out->issuer, issuer.p, issuer.len);
	memcpy(out->serial, serial.p, serial.len);
	return zy_entry_parse(ZY_BYTES(value->mv_data, value->mv_size), a, out, err);
}

int zy_register_put_entry(struct zy_register *r, MDB_txn *txn, enum zy_register_db db, const struct zy_entry *e,
    unsigned flags, struct zy_error *err)
{
	struct zy_register_key k = zy_register_cert_key(e->issuer, e->serial);
	ZY_BUF_AUTO b = { 0 };
	MDB_val key = zy_register_val(&k), value;

	if (!zy_entry_encode(e, &b, err))
		return EINVAL;
	value = (MDB_val){ .mv_size = b.len, .mv_data = b.p };
	return mdb_put(txn, r->db[db], &key, &value, flags);
}

int zy_register_read_revision(struct zy_register *r, MDB_txn *txn, uint64_t *out)
{
	MDB_val key = { .mv_size = 8, .mv_data = (void *)(uintptr_t) "revision" }, value;
	struct zy_error ignored = { 0 };
	struct zy_reader at;
	int rc = mdb_get(txn, r->db[DB_META], &key, &value);

	*out = 0;
	if (rc != 0)
		return rc == MDB_NOTFOUND ? 0 : rc;
	at = zy_reader_over(ZY_BYTES(value.mv_data, value.mv_size));
	return zy_take_be(&at, 8, "revision", out, &ignored) ? 0 : MDB_CORRUPTED;
}

int zy_register_put_revoked(struct zy_register *r, MDB_txn *txn, const struct zy_entry *e)
{
	MDB_val name = { .mv_size = 8, .mv_data = (void *)(uintptr_t) "revision" }, none = { 0 }, number;
	struct zy_register_key k = revoked_key(e->issuer, e->serial);
	MDB_val key = zy_register_val(&k);
	uint64_t revision;
	uint8_t be[8];
	int rc;

	if ((rc = mdb_put(txn, r->db[DB_REVOKED], &key, &none, 0)) != 0 ||
	    (rc = zy_register_read_revision(r, txn, &revision)) != 0)
		return rc;
	revision++;
	for (size_t i = 0; i < 8; i++)
		be[i] = (uint8_t)(revision >> (56 - 8 * i));
	number = (MDB_val){ .mv_size = sizeof(be), .mv_data = be };
	return mdb_put(txn, r->db[DB_META], &name, &number, 0);
}

bool zy_register_finish(MDB_txn *txn, int rc, const char *what, struct zy_error *err)
{
	if (rc == 0 && err->code == ZY_OK)
		return (rc = mdb_txn_commit(txn)) == 0 || zy_register_fail(rc, what, err);
	mdb_txn_abort(txn);
	return zy_register_fail(rc, what, err); /* unless a cause is there already */
}

bool zy_register_begin(struct zy_register *r, bool write, MDB_txn **txn, struct zy_error *err)
{
	int rc = mdb_txn_begin(r->env, NULL, write ? 0 : MDB_RDONLY, txn);

	return rc == 0 || zy_register_fail(rc, "cannot be used", err);
}

/* ---- writing ---- */

bool zy_register_intend(struct zy_register *r, const struct zy_entry *entries, size_t num, struct zy_error *err)
{
	MDB_txn *txn;
	int rc = 0;

	if (!zy_register_begin(r, true, &txn, err))
		return false;
	for (size_t i = 0; rc == 0 && i < num; i++) {
		struct zy_register_key k = zy_register_cert_key(entries[i].issuer, entries[i].serial);
		MDB_val key = zy_register_val(&k), value;

		if ((rc = mdb_get(txn, r->db[DB_CERT], &key, &value)) == 0)
			rc = MDB_KEYEXIST;
		else if (rc == MDB_NOTFOUND)
			rc = zy_register_put_entry(r, txn, DB_INTENT, &entries[i], MDB_NOOVERWRITE, err);
	}
	if (rc == MDB_KEYEXIST)
		(void)zy_fail(err, ZY_E_EXISTS, "serialNumber", ZY_NOWHERE, "the serial was used before");
	return zy_register_finish(txn, rc, "cannot write an intent", err);
}

static int move_entry(struct zy_register *r, MDB_txn *txn, const struct zy_entry *e, struct zy_error *err)
{
	struct zy_register_key k = zy_register_cert_key(e->issuer, e->serial);
	MDB_val key = zy_register_val(&k);
	int rc = mdb_del(txn, r->db[DB_INTENT], &key, NULL);

	return rc != 0 ? rc : zy_register_put_entry(r, txn, DB_CERT, e, MDB_NOOVERWRITE, err);
}

static int put_asked(struct zy_register *r, MDB_txn *txn, const struct zy_entry *e, struct zy_error *err)
{
	struct zy_register_key k = zy_register_cert_key(e->issuer, e->serial);
	uint8_t row[ZY_HASH_LEN + ZY_ENTRY_KEY_LEN];
	struct zy_asked asked;
	MDB_val key = { .mv_size = sizeof(asked.key), .mv_data = asked.key },
		value = { .mv_size = sizeof(row), .mv_data = row };
	int rc;

	if (e->asked == NULL)
		return 0;
	asked = *e->asked;
	memcpy(row, asked.digest, ZY_HASH_LEN);
	memcpy(row + ZY_HASH_LEN, k.p, ZY_ENTRY_KEY_LEN);
	if ((rc = mdb_put(txn, r->db[DB_REQUEST], &key, &value, MDB_NOOVERWRITE)) == MDB_KEYEXIST)
		(void)zy_fail(
		    err, ZY_E_REQUEST_CONFLICT, "request", ZY_NOWHERE, "a request key was used twice at once");
	return rc;
}

bool zy_register_release(struct zy_register *r, const struct zy_entry *entries, size_t num, struct zy_error *err)
{
	MDB_txn *txn;
	int rc = 0;

	if (!zy_register_begin(r, true, &txn, err))
		return false;
	for (size_t i = 0; rc == 0 && i < num; i++)
		if ((rc = move_entry(r, txn, &entries[i], err)) == 0)
			rc = put_asked(r, txn, &entries[i], err);
	return zy_register_finish(txn, rc, "cannot write a certificate", err);
}

static int cancel(struct zy_register *r, MDB_txn *txn, const struct zy_entry *e, zy_time at, struct zy_error *err)
{
	struct zy_entry gone = *e;
	int rc;

	gone.state = ZY_CERT_CANCELLED;
	gone.revoked_at = at;
	rc = move_entry(r, txn, &gone, err);
	return rc != 0 ? rc : zy_register_put_revoked(r, txn, &gone);
}

bool zy_register_cancel(struct zy_register *r, const struct zy_entry *e, zy_time at, struct zy_error *err)
{
	MDB_txn *txn;

	return zy_register_begin(r, true, &txn, err) &&
	       zy_register_finish(txn, cancel(r, txn, e, at, err), "cannot cancel an intent", err);
}

/* What a crash left: the signature, if there was one, never left the process; its serial is accounted for all the
 * same, as one that no relying party should accept. */
static bool recover(struct zy_register *r, zy_time now, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	MDB_val key = { 0 }, value;
	struct zy_entry e;
	MDB_cursor *cur;
	MDB_txn *txn;
	int rc;

	if (!zy_register_begin(r, true, &txn, err))
		return false;
	for (;;) { /* the first one each time: cancelling moves what a cursor would stand on */
		if ((rc = mdb_cursor_open(txn, r->db[DB_INTENT], &cur)) != 0)
			break;
		rc = mdb_cursor_get(cur, &key, &value, MDB_FIRST);
		mdb_cursor_close(cur);
		if (rc != 0 || !zy_register_read_entry(&key, &value, &a, &e, err) ||
		    (rc = cancel(r, txn, &e, now, err)) != 0)
			break;
	}
	return zy_register_finish(txn, rc == MDB_NOTFOUND ? 0 : rc, "cannot cancel what was interrupted", err);
}

bool zy_register_open(struct zy_register **out, const char *folder, bool issue, zy_time now, struct zy_error *err)
{
	struct zy_register *r = NULL;
	char path[4096];
	struct stat st;

	if ((size_t)snprintf(path, sizeof(path), "%s/data.mdb", folder) >= sizeof(path) || stat(path, &st) != 0)
		return zy_fail(
		    err, ZY_E_VAULT_ABSENT, "ca", ZY_NOWHERE, "there is no register of certificates in %s", folder);
	if (!open_inside(&r, folder, false, err))
		return false;
	if (!issue || (lock(r, folder, err) && recover(r, now, err))) {
		*out = r;
		return true;
	}
	zy_register_close(r);
	return false;
}
