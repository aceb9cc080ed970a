/* The register's handle, and what its two files share. */
#ifndef ZY_CA_REGISTER_INTERNAL_H
#define ZY_CA_REGISTER_INTERNAL_H

#include "entry.h"

#include <lmdb.h>

/* cert and intent: serial || issuer to the entry. revoked: issuer || serial of what must be on a CRL. request: digest
 * of a request key to digest of what was asked || serial || issuer. */
enum zy_register_db { DB_CERT, DB_INTENT, DB_REVOKED, DB_META, DB_REQUEST, NUM_DB };

struct zy_register {
	MDB_env *env;
	MDB_dbi db[NUM_DB];
	int lock; /* of the one who issues; -1: only reads */
};

struct zy_register_key {
	uint8_t p[ZY_ENTRY_KEY_LEN];
};
struct zy_register_key zy_register_cert_key(const uint8_t *issuer, const uint8_t *serial);
MDB_val zy_register_val(struct zy_register_key *k);
bool zy_register_fail(int rc, const char *what, struct zy_error *err); /* always false */
ZY_MUST_CHECK bool zy_register_begin(struct zy_register *r, bool write, MDB_txn **txn, struct zy_error *err);
ZY_MUST_CHECK bool zy_register_read_entry(
    const MDB_val *key, const MDB_val *value, struct zy_arena *a, struct zy_entry *out, struct zy_error *err);
/* LMDB's codes; EINVAL with *err set when the entry cannot be kept. */
int zy_register_put_entry(struct zy_register *r, MDB_txn *txn, enum zy_register_db db, const struct zy_entry *e,
    unsigned flags, struct zy_error *err);
/* What must be on a CRL from now on: its key in `revoked`, and a new revision. */
int zy_register_put_revoked(struct zy_register *r, MDB_txn *txn, const struct zy_entry *e);
/* Commits when rc is 0 and *err is clean, else takes all back. */
ZY_MUST_CHECK bool zy_register_finish(MDB_txn *txn, int rc, const char *what, struct zy_error *err);
int zy_register_read_revision(struct zy_register *r, MDB_txn *txn, uint64_t *out);

#endif
