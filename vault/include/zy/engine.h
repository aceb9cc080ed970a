/*
 * What the vault asks of a database engine, and all that it asks: ordered keys, one writer, readers that see one
 * moment, a commit that is on the disk when it returns. store.c is the only caller; LMDB (engine_lmdb.c) is the only
 * engine of these programs. Another one implements this table, passes tests/unit/vault/test_engine_contract.c, as
 * tests/engine_memory.c does, and is named in engine_default.c.
 *
 * Databases are named once, when the engine is opened, and go by their place in that list. Keys are of 1 to 511 octets,
 * in the order of memcmp; values of any length. Everything that can fail gives vault, vault-absent, vault-full or
 * vault-corrupt. An octet that changed in the engine's own files is vault-corrupt wherever an answer would come of it,
 * and no signal.
 */
#ifndef ZY_VAULT_ENGINE_H
#define ZY_VAULT_ENGINE_H

#include "zy/bytes.h"
#include "zy/error.h"

struct zy_env;    /* an open database: the engine's own */
struct zy_txn;    /* a transaction: of one thread at a time */
struct zy_cursor; /* a place in one database; ends before its transaction does */

enum zy_move {
	ZY_MOVE_FIRST,
	ZY_MOVE_LAST,
	ZY_MOVE_FROM, /* to the first key that is not before *key */
	ZY_MOVE_NEXT,
	ZY_MOVE_PREV
};

struct zy_env_stat {
	uint64_t page;       /* octets that are written together */
	uint64_t used_bytes; /* that the data takes on the disk */
	uint64_t room_bytes; /* that it may take as the engine is set in the process that owns it, or here */
	uint64_t newest;     /* the last commit's number */
	uint64_t readers;    /* looks under way in other processes */
	uint64_t reader_lag; /* commits since the oldest of them began */
	int64_t reader_pid;  /* whose it is */
};

/* Of a check of the file. step: asked now and then; false: stop. NULL: never asked. */
struct zy_engine_care {
	bool (*step)(void *arg, uint64_t done, uint64_t of);
	void *arg;
};
struct zy_engine_figures {
	uint64_t pages, free; /* in use; in no use: each was held against its sum */
	uint64_t unheld;      /* of those in no use: not held against it, since somebody writes, or ended badly */
	bool stopped;
};

enum zy_open_as {
	ZY_OPEN_READER, /* beside an owner in another process; no write begins */
	ZY_OPEN_OWNER,  /* databases that are absent are made, empty */
	ZY_OPEN_MAKER   /* so is what holds them */
};

struct zy_engine {
	/* names: of num databases. Errors: vault-absent. */
	bool (*open)(struct zy_env **out, const char *folder, const char *const *names, size_t num, enum zy_open_as as,
	    struct zy_error *err);
	void (*close)(struct zy_env *e); /* no transaction is open */

	/* One write transaction at a time: a second one waits. Reads wait for nobody and nobody waits for them, but
	 * what is replaced while one lasts stays on the disk. */
	bool (*begin)(struct zy_env *e, bool write, struct zy_txn **out, struct zy_error *err);
	/* Of a write: durable when true, nothing happened when false. The transaction is over either way. */
	bool (*commit)(struct zy_txn *t, struct zy_error *err);
	void (*end)(struct zy_txn *t); /* of a read, or of a write that is given up */

	/* *found false and true when absent. What is found lives until the next put, del or end of the transaction. */
	bool (*get)(struct zy_txn *t, size_t db, struct zy_bytes key, struct zy_bytes *value, bool *found,
	    struct zy_error *err);
	/* Replaces what is there. Fast when the key is the last of its database. */
	bool (*put)(struct zy_txn *t, size_t db, struct zy_bytes key, struct zy_bytes value, struct zy_error *err);
	bool (*del)(struct zy_txn *t, size_t db, struct zy_bytes key, struct zy_error *err); /* absent: vault-absent */

	bool (*cursor_open)(struct zy_txn *t, size_t db, struct zy_cursor **out, struct zy_error *err);
	/* *found false and true at the end of the keys. *key and *value live as those of get. */
	bool (*cursor_move)(struct zy_cursor *c, enum zy_move how, struct zy_bytes *key, struct zy_bytes *value,
	    bool *found, struct zy_error *err);
	void (*cursor_close)(struct zy_cursor *c);

	/* Of a read: everything in the file is what was written. Errors: vault-corrupt. */
	bool (*check)(
	    struct zy_txn *t, const struct zy_engine_care *care, struct zy_engine_figures *out, struct zy_error *err);
	bool (*count)(struct zy_txn *t, size_t db, uint64_t *out, struct zy_error *err);
	bool (*bytes)(struct zy_txn *t, size_t db, uint64_t *out, struct zy_error *err); /* that it takes on the disk */
	/* Also lets go of what readers that died have held, as the owner does now and then by itself. */
	bool (*stat)(struct zy_env *e, struct zy_env_stat *out, struct zy_error *err);
};

extern const struct zy_engine zy_engine_lmdb;
extern const struct zy_engine *const zy_engine_default; /* that store.c opens */

#endif
