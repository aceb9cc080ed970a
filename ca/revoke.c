/* Revoking: one certificate, or all that a rule picks. */
#include "register.h"

#define AT_ONCE 10000 /* certificates in one transaction: other writers wait for it */

struct revocation {
	unsigned reason;
	zy_time at, invalid_at;
};

static bool check(const struct revocation *v, struct zy_error *err)
{
	if (zy_revocation_reason_name(v->reason) == NULL)
		return zy_fail(err, ZY_E_FIELD_RANGE, "reasonCode", ZY_NOWHERE, "no such reason for a revocation");
	return v->invalid_at <= v->at ||
	       zy_fail(err, ZY_E_DATES, "invalidityDate", ZY_NOWHERE, "the invalidity date lies after the revocation");
}

/* *state: what it was; only a valid one is changed. *found: is there one? */
static bool revoke(struct zy_register_txn *t, const struct zy_register_key *k, const struct revocation *v,
    enum zy_cert_state *state, bool *found, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes value, copy;
	struct zy_entry e;

	if (!zy_register_row(t, DB_CERT, zy_register_bytes(k), &value, found, err) || !*found)
		return err->code == ZY_OK;
	if (!zy_arena_copy(&a, value, &copy, err) || !zy_register_read_entry(zy_register_bytes(k), copy, &a, &e, err))
		return false;
	*state = e.state;
	if (e.state != ZY_CERT_VALID)
		return true;
	e.state = ZY_CERT_REVOKED;
	e.reason = v->reason;
	e.revoked_at = v->at;
	e.invalid_at = v->invalid_at;
	return zy_register_put_entry(t, DB_CERT, &e, err) && zy_register_put_revoked(t, &e, err);
}

/* One that is not there, or not valid, is refused. */
static bool revoke_one(
    struct zy_register_txn *t, const struct zy_register_key *k, const struct revocation *v, struct zy_error *err)
{
	enum zy_cert_state state = ZY_CERT_VALID;
	bool found;

	if (!revoke(t, k, v, &state, &found, err))
		return false;
	if (!found)
		return zy_fail(err, ZY_E_NOT_FOUND, "serialNumber", ZY_NOWHERE, "no certificate of that serial");
	return state == ZY_CERT_VALID || zy_fail(err, ZY_E_STATE, "serialNumber", ZY_NOWHERE,
					     "the certificate is %s already", zy_cert_state_name(state));
}

bool zy_register_revoke(struct zy_register *r, const uint8_t issuer[ZY_KEY_ID_LEN], const uint8_t serial[ZY_SERIAL_LEN],
    unsigned reason, zy_time at, zy_time invalid_at, struct zy_error *err)
{
	const struct revocation v = { reason, at, invalid_at };
	const struct zy_register_key k = zy_register_cert_key(issuer, serial);
	struct zy_register_txn t;

	return check(&v, err) && zy_register_begin(r, true, &t, err) &&
	       zy_register_finish(&t, revoke_one(&t, &k, &v, err), err);
}

/* ---- many ---- */

struct picking {
	const struct zy_revoke_many *m;
	struct zy_buf keys; /* of those picked, one after the other */
};

static bool pick_one(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	struct picking *p = arg;
	struct zy_register_key k;
	bool yes;

	if (e->state != ZY_CERT_VALID)
		return true;
	if (!p->m->pick(p->m->pick_arg, e, &yes, err) || !yes)
		return err->code == ZY_OK;
	k = zy_register_cert_key(e->issuer, e->serial);
	zy_buf_put(&p->keys, ZY_BYTES(k.p, sizeof(k.p)));
	return !p->keys.failed || zy_fail(err, ZY_E_NO_MEMORY, "ca", ZY_NOWHERE, "no memory for what is to be revoked");
}

/* The next of them, in one transaction. */
static bool revoke_some(
    struct zy_register *r, struct zy_reader *keys, const struct revocation *v, uint64_t *num, struct zy_error *err)
{
	enum zy_cert_state state;
	struct zy_register_key k;
	struct zy_register_txn t;
	struct zy_bytes key;
	uint64_t done = 0;
	bool ok = true, found;

	if (!zy_register_begin(r, true, &t, err))
		return false;
	for (unsigned i = 0; ok && i < AT_ONCE && zy_reader_left(keys) > 0; i++) {
		if (!(ok = zy_take(keys, sizeof(k.p), "ca", &key, err)))
			break;
		memcpy(k.p, key.p, sizeof(k.p));
		ok = revoke(&t, &k, v, &state, &found, err) &&
		     (found || zy_fail(err, ZY_E_VAULT_CORRUPT, "ca", ZY_NOWHERE, "a certificate is missing"));
		done += ok && state == ZY_CERT_VALID;
	}
	if (!zy_register_finish(&t, ok, err))
		return false;
	*num += done;
	return true;
}

bool zy_register_revoke_all(struct zy_register *r, const struct zy_revoke_many *m, uint64_t *num, struct zy_error *err)
{
	const struct revocation v = { m->reason, m->at, m->invalid_at };
	struct picking p = { .m = m };
	struct zy_reader keys;
	uint64_t all;
	bool ok;

	*num = 0;
	ok = check(&v, err) && zy_register_walk(r, NULL, pick_one, &p, err);
	keys = zy_reader_over(zy_buf_bytes(&p.keys));
	all = zy_reader_left(&keys) / ZY_ENTRY_KEY_LEN;
	while (ok) {
		if (m->progress != NULL)
			m->progress(m->progress_arg, all - zy_reader_left(&keys) / ZY_ENTRY_KEY_LEN, all);
		if (zy_reader_left(&keys) == 0)
			break;
		ok = revoke_some(r, &keys, &v, num, err);
	}
	zy_buf_free(&p.keys);
	return ok;
}
