/* Reading the register: one entry, all of an issuer, the revoked ones. */
#include "register.h"

static bool get(struct zy_register_txn *t, const struct zy_register_key *k, struct zy_arena *a, struct zy_entry *out,
    bool *found, struct zy_error *err)
{
	struct zy_bytes value, copy;

	return zy_register_row(t, DB_CERT, zy_register_bytes(k), &value, found, err) &&
	       (!*found || (zy_arena_copy(a, value, &copy, err) &&
			       zy_register_read_entry(zy_register_bytes(k), copy, a, out, err)));
}

bool zy_register_get(struct zy_register *r, const uint8_t issuer[ZY_KEY_ID_LEN], const uint8_t serial[ZY_SERIAL_LEN],
    struct zy_arena *a, struct zy_entry *out, struct zy_error *err)
{
	const struct zy_register_key k = zy_register_cert_key(issuer, serial);
	struct zy_register_txn t;
	bool found = false, ok;

	if (!zy_register_begin(r, false, &t, err))
		return false;
	ok = get(&t, &k, a, out, &found, err);
	zy_register_end(&t);
	return ok &&
	       (found || zy_fail(err, ZY_E_NOT_FOUND, "serialNumber", ZY_NOWHERE, "no certificate of that serial"));
}

/* The row of a request key, where there is one; *found says so. */
static bool read_asked(struct zy_register_txn *t, const struct zy_asked *asked, struct zy_register_key *out,
    bool *found, struct zy_error *err)
{
	struct zy_bytes value, digest, cert;
	struct zy_reader row;

	if (!zy_register_row(t, DB_REQUEST, ZY_BYTES(asked->key, sizeof(asked->key)), &value, found, err) || !*found)
		return err->code == ZY_OK;
	row = zy_reader_over(value);
	if (!zy_take(&row, ZY_HASH_LEN, "request", &digest, err) ||
	    !zy_take(&row, ZY_ENTRY_KEY_LEN, "request", &cert, err) || !zy_reader_end(&row, "request", err))
		return false;
	memcpy(out->p, cert.p, sizeof(out->p));
	return zy_bytes_equal(digest, ZY_BYTES(asked->digest, ZY_HASH_LEN)) ||
	       zy_fail(err, ZY_E_REQUEST_CONFLICT, "request", ZY_NOWHERE,
		   "the request key was used before to ask for something else; take a new key");
}

bool zy_register_asked(struct zy_register *r, const struct zy_asked *asked, struct zy_arena *a, bool *found,
    struct zy_entry *out, struct zy_error *err)
{
	struct zy_register_key k;
	struct zy_register_txn t;
	bool ok;

	if (!zy_register_begin(r, false, &t, err))
		return false;
	ok = read_asked(&t, asked, &k, found, err);
	zy_register_end(&t);
	return ok && (!*found || zy_register_get(r, k.p + ZY_SERIAL_LEN, k.p, a, out, err));
}

/* A walk: which rows, and who sees their entries. */
struct walk {
	struct zy_register_txn *t;
	struct zy_bytes serial; /* that an entry begins with; empty: any */
	const uint8_t *issuer;  /* NULL: any */
	zy_entry_cb *cb;
	void *arg;
};

static bool show(struct walk *w, struct zy_bytes key, struct zy_bytes value, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_entry e;

	return zy_register_read_entry(key, value, &a, &e, err) && w->cb(w->arg, &e, err);
}

static bool see_cert(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct walk *w = arg;

	*stop = key.len != ZY_ENTRY_KEY_LEN || (w->serial.len > 0 && memcmp(key.p, w->serial.p, w->serial.len) != 0);
	if (*stop || (w->issuer != NULL && memcmp(key.p + ZY_SERIAL_LEN, w->issuer, ZY_KEY_ID_LEN) != 0))
		return true;
	return show(w, key, value, err);
}

/* Every entry that begins with `serial` (empty: all), and is of the issuer (NULL: of any). */
static bool walk_certs(struct zy_register *r, struct zy_bytes serial, const uint8_t *issuer, zy_entry_cb *cb, void *arg,
    struct zy_error *err)
{
	struct zy_register_txn t;
	struct walk w = { .t = &t, .serial = serial, .issuer = issuer, .cb = cb, .arg = arg };
	bool ok;

	if (!zy_register_begin(r, false, &t, err))
		return false;
	ok = zy_register_rows(&t, DB_CERT, serial, see_cert, &w, err);
	zy_register_end(&t);
	return ok;
}

bool zy_register_walk(struct zy_register *r, const uint8_t *issuer, zy_entry_cb *cb, void *arg, struct zy_error *err)
{
	return walk_certs(r, ZY_BYTES(NULL, 0), issuer, cb, arg, err);
}

static bool see_revoked(void *arg, struct zy_bytes key, struct zy_bytes none, bool *stop, struct zy_error *err)
{
	struct walk *w = arg;
	struct zy_register_key k;
	struct zy_bytes value;
	bool found;

	(void)none;
	*stop = key.len != ZY_ENTRY_KEY_LEN || (w->issuer != NULL && memcmp(key.p, w->issuer, ZY_KEY_ID_LEN) != 0);
	if (*stop)
		return true;
	k = zy_register_cert_key(key.p, key.p + ZY_KEY_ID_LEN);
	if (!zy_register_row(w->t, DB_CERT, zy_register_bytes(&k), &value, &found, err))
		return false;
	return found ? show(w, zy_register_bytes(&k), value, err)
		     : zy_fail(err, ZY_E_VAULT_CORRUPT, "ca", ZY_NOWHERE, "a revoked certificate is missing");
}

bool zy_register_walk_revoked(
    struct zy_register *r, const uint8_t *issuer, zy_entry_cb *cb, void *arg, struct zy_error *err)
{
	struct zy_register_txn t;
	struct walk w = { .t = &t, .issuer = issuer, .cb = cb, .arg = arg };
	const struct zy_bytes from = issuer == NULL ? ZY_BYTES(NULL, 0) : ZY_BYTES(issuer, ZY_KEY_ID_LEN);
	bool ok;

	if (!zy_register_begin(r, false, &t, err))
		return false;
	ok = zy_register_rows(&t, DB_REVOKED, from, see_revoked, &w, err);
	zy_register_end(&t);
	return ok;
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
	struct zy_register_txn t;
	bool ok;

	if (!zy_register_begin(r, false, &t, err))
		return false;
	ok = zy_register_read_revision(&t, out, err);
	zy_register_end(&t);
	return ok;
}
