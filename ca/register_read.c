/* Reading the register: one entry, all of an issuer, the revoked ones. */
#include "register.h"

bool zy_register_get(struct zy_register *r, const uint8_t issuer[ZY_KEY_ID_LEN], const uint8_t serial[ZY_SERIAL_LEN],
    struct zy_arena *a, struct zy_entry *out, struct zy_error *err)
{
	struct zy_register_key k = zy_register_cert_key(issuer, serial);
	MDB_val key = zy_register_val(&k), value;
	MDB_txn *txn;
	bool ok;
	int rc;

	if (!zy_register_begin(r, false, &txn, err))
		return false;
	rc = mdb_get(txn, r->db[DB_CERT], &key, &value);
	ok = rc == 0 && zy_register_read_entry(&key, &value, a, out, err);
	mdb_txn_abort(txn);
	if (rc == MDB_NOTFOUND)
		return zy_fail(err, ZY_E_NOT_FOUND, "serialNumber", ZY_NOWHERE, "no certificate of that serial");
	return rc == 0 ? ok : zy_register_fail(rc, "cannot read a certificate", err);
}

/* The row of a request key, where there is one; *found says so. */
static bool read_asked(struct zy_register *r, MDB_txn *txn, const struct zy_asked *asked, struct zy_register_key *out,
    bool *found, struct zy_error *err)
{
	struct zy_asked wanted = *asked;
	MDB_val key = { .mv_size = sizeof(wanted.key), .mv_data = wanted.key }, value;
	int rc = mdb_get(txn, r->db[DB_REQUEST], &key, &value);
	struct zy_bytes digest, cert;
	struct zy_reader row;

	*found = rc == 0;
	if (rc != 0)
		return rc == MDB_NOTFOUND || zy_register_fail(rc, "cannot read a request", err);
	row = zy_reader_over(ZY_BYTES(value.mv_data, value.mv_size));
	if (!zy_take(&row, ZY_HASH_LEN, "request", &digest, err) ||
	    !zy_take(&row, ZY_ENTRY_KEY_LEN, "request", &cert, err) || !zy_reader_end(&row, "request", err))
		return false;
	memcpy(out->p, cert.p, sizeof(out->p));
	return zy_bytes_equal(digest, ZY_BYTES(wanted.digest, ZY_HASH_LEN)) ||
	       zy_fail(err, ZY_E_REQUEST_CONFLICT, "request", ZY_NOWHERE,
		   "the request key was used before to ask for something else; take a new key");
}

bool zy_register_asked(struct zy_register *r, const struct zy_asked *asked, struct zy_arena *a, bool *found,
    struct zy_entry *out, struct zy_error *err)
{
	struct zy_register_key k;
	MDB_txn *txn;
	bool ok;

	if (!zy_register_begin(r, false, &txn, err))
		return false;
	ok = read_asked(r, txn, asked, &k, found, err);
	mdb_txn_abort(txn);
	return ok && (!*found || zy_register_get(r, k.p + ZY_SERIAL_LEN, k.p, a, out, err));
}

static bool show(const MDB_val *key, const MDB_val *value, zy_entry_cb *cb, void *arg, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_entry e;

	return zy_register_read_entry(key, value, &a, &e, err) && cb(arg, &e, err);
}

/* Every entry that begins with `serial` (empty: all), and is of the issuer (NULL: of any). */
static bool walk_certs(struct zy_register *r, struct zy_bytes serial, const uint8_t *issuer, zy_entry_cb *cb, void *arg,
    struct zy_error *err)
{
	MDB_val key = { .mv_size = serial.len, .mv_data = (void *)(uintptr_t)serial.p }, value;
	MDB_cursor *cur = NULL;
	bool ok = true;
	MDB_txn *txn;
	int rc;

	if (!zy_register_begin(r, false, &txn, err))
		return false;
	if ((rc = mdb_cursor_open(txn, r->db[DB_CERT], &cur)) == 0)
		rc = mdb_cursor_get(cur, &key, &value, serial.len == 0 ? MDB_FIRST : MDB_SET_RANGE);
	while (rc == 0 && ok && key.mv_size == ZY_ENTRY_KEY_LEN &&
	       (serial.len == 0 || memcmp(key.mv_data, serial.p, serial.len) == 0)) {
		if (issuer == NULL || memcmp((const uint8_t *)key.mv_data + ZY_SERIAL_LEN, issuer, ZY_KEY_ID_LEN) == 0)
			ok = show(&key, &value, cb, arg, err);
		if (ok)
			rc = mdb_cursor_get(cur, &key, &value, MDB_NEXT);
	}
	if (cur != NULL)
		mdb_cursor_close(cur);
	mdb_txn_abort(txn);
	return ok && (rc == 0 || rc == MDB_NOTFOUND || zy_register_fail(rc, "cannot be walked", err));
}

bool zy_register_walk(struct zy_register *r, const uint8_t *issuer, zy_entry_cb *cb, void *arg, struct zy_error *err)
{
	return walk_certs(r, ZY_BYTES(NULL, 0), issuer, cb, arg, err);
}

/* The entry whose issuer || serial a cursor of `revoked` stands on. */
static bool show_revoked(
    struct zy_register *r, MDB_txn *txn, const MDB_val *at, zy_entry_cb *cb, void *arg, struct zy_error *err)
{
	const uint8_t *issuer = at->mv_data;
	struct zy_register_key k = zy_register_cert_key(issuer, issuer + ZY_KEY_ID_LEN);
	MDB_val key = zy_register_val(&k), value;
	int rc = mdb_get(txn, r->db[DB_CERT], &key, &value);

	if (rc != 0)
		return zy_register_fail(
		    rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc, "a revoked certificate is missing", err);
	return show(&key, &value, cb, arg, err);
}

bool zy_register_walk_revoked(
    struct zy_register *r, const uint8_t *issuer, zy_entry_cb *cb, void *arg, struct zy_error *err)
{
	MDB_val key = { .mv_size = ZY_KEY_ID_LEN, .mv_data = (void *)(uintptr_t)issuer }, none;
	MDB_cursor *cur = NULL;
	bool ok = true;
	MDB_txn *txn;
	int rc;

	if (!zy_register_begin(r, false, &txn, err))
		return false;
	if ((rc = mdb_cursor_open(txn, r->db[DB_REVOKED], &cur)) == 0)
		rc = mdb_cursor_get(cur, &key, &none, issuer == NULL ? MDB_FIRST : MDB_SET_RANGE);
	while (rc == 0 && ok && key.mv_size == ZY_ENTRY_KEY_LEN &&
	       (issuer == NULL || memcmp(key.mv_data, issuer, ZY_KEY_ID_LEN) == 0))
		if ((ok = show_revoked(r, txn, &key, cb, arg, err)))
			rc = mdb_cursor_get(cur, &key, &none, MDB_NEXT);
	if (cur != NULL)
		mdb_cursor_close(cur);
	mdb_txn_abort(txn);
	return ok && (rc == 0 || rc == MDB_NOTFOUND || zy_register_fail(rc, "cannot be walked", err));
}

static bool take_issuer(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	(void)err;
	memcpy(arg, e->issuer, ZY_KEY_ID_LEN);
	return true;
}

bool zy_register_find(struct zy_register *r, const uint8_t serial[ZY_SERIAL_LEN], struct zy_arena *a,
    struct zy_entry *out, struct zy_error *err)
{
	uint8_t issuer[ZY_KEY_ID_LEN] = { 0 };

	return walk_certs(r, ZY_BYTES(serial, ZY_SERIAL_LEN), NULL, take_issuer, issuer, err) &&
	       zy_register_get(r, issuer, serial, a, out, err);
}

bool zy_register_revision(struct zy_register *r, uint64_t *out, struct zy_error *err)
{
	MDB_txn *txn;
	int rc;

	if (!zy_register_begin(r, false, &txn, err))
		return false;
	rc = zy_register_read_revision(r, txn, out);
	mdb_txn_abort(txn);
	return rc == 0 || zy_register_fail(rc, "cannot read the revision", err);
}
