/* The register's handle, and what its files share. */
#ifndef ZY_CA_REGISTER_INTERNAL_H
#define ZY_CA_REGISTER_INTERNAL_H

#include <pthread.h>

#include "entry.h"
#include "zy/engine.h"

/* cert and intent: serial || issuer to the entry. revoked: issuer || serial of what must be on a CRL. request: digest
 * of a request key to digest of what was asked || serial || issuer. */
enum zy_register_db { DB_CERT, DB_INTENT, DB_REVOKED, DB_META, DB_REQUEST, NUM_DB };

/*
 * The store has one owner at a time, and readers beside it. A register is open to read; who writes becomes its owner
 * for one transaction, so that others can revoke while one issues. A process has the store open once: who writes waits
 * until its readers are done, and those who come wait for it.
 */
struct zy_register {
	struct zy_env *env;      /* of the readers; NULL: not open now */
	pthread_rwlock_t in_use; /* of it; a write has it alone */
	pthread_mutex_t opening;
	int lock; /* of the one who issues; -1: only reads */
	char folder[4000];
};

/* One look, or one write. */
struct zy_register_txn {
	struct zy_register *r;
	struct zy_env *owned; /* of a write */
	struct zy_txn *txn;
};

struct zy_register_key {
	uint8_t p[ZY_ENTRY_KEY_LEN];
};
struct zy_register_key zy_register_cert_key(const uint8_t *issuer, const uint8_t *serial);
static inline struct zy_bytes zy_register_bytes(const struct zy_register_key *k)
{
	return ZY_BYTES(k->p, sizeof(k->p));
}

/* Errors: those of the engine; busy (another process writes, for more than ten seconds). */
ZY_MUST_CHECK bool zy_register_begin(
    struct zy_register *r, bool write, struct zy_register_txn *t, struct zy_error *err);
void zy_register_end(struct zy_register_txn *t); /* of a look */
/* Commits when ok, else takes all back; gives back whether it is done. */
ZY_MUST_CHECK bool zy_register_finish(struct zy_register_txn *t, bool ok, struct zy_error *err);

ZY_MUST_CHECK bool zy_register_row(struct zy_register_txn *t, enum zy_register_db db, struct zy_bytes key,
    struct zy_bytes *value, bool *found, struct zy_error *err);
ZY_MUST_CHECK bool zy_register_put(struct zy_register_txn *t, enum zy_register_db db, struct zy_bytes key,
    struct zy_bytes value, struct zy_error *err);
/* Rows of a database from a key on (empty: all), until `see` says stop or fails. */
typedef bool zy_register_see(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err);
ZY_MUST_CHECK bool zy_register_rows(struct zy_register_txn *t, enum zy_register_db db, struct zy_bytes from,
    zy_register_see *see, void *arg, struct zy_error *err);

ZY_MUST_CHECK bool zy_register_read_entry(
    struct zy_bytes key, struct zy_bytes value, struct zy_arena *a, struct zy_entry *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_register_put_entry(
    struct zy_register_txn *t, enum zy_register_db db, const struct zy_entry *e, struct zy_error *err);
/* What must be on a CRL from now on: its key in `revoked`, and a new revision. */
ZY_MUST_CHECK bool zy_register_put_revoked(struct zy_register_txn *t, const struct zy_entry *e, struct zy_error *err);
ZY_MUST_CHECK bool zy_register_read_revision(struct zy_register_txn *t, uint64_t *out, struct zy_error *err);

#endif
