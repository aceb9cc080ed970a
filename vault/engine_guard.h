/*
 * Between the engine's transactions and its file: which octets of data.mdb a transaction may believe. Opened before
 * LMDB opens the file; then each read transaction gets a view, each write looks here before LMDB walks, and each commit
 * is told.
 */
#ifndef ZY_VAULT_ENGINE_GUARD_H
#define ZY_VAULT_ENGINE_GUARD_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine_sums.h"

enum { ZY_DBS_MAX = 64 };

/* The trees as of one transaction. */
struct zy_view {
	uint64_t txn, last;
	struct zy_tree free, main, db[ZY_DBS_MAX];
};

struct zy_guard {
	struct zy_pages pages;
	struct zy_sums sums;
	uint8_t *taken;
	const char *const *names;
	size_t num;
	bool alone;         /* a reader, and there was no owner */
	struct zy_meta now; /* what the sums are of, or as a reader found it; the owner's commits change it */
	_Atomic(uint64_t) now_txn;
	/* Pages in no use: do they have their sums, and says the mark so? Of a reader: as he found it when he opened.
	 */
	_Atomic(bool) idle_known, marked;
	unsigned since;             /* commits that are not synced */
	uint64_t gone;              /* pages that they gave up */
	pthread_mutex_t committing; /* from before LMDB commits until the sums are written */
	pthread_mutex_t lock;       /* of `cached` */
	struct zy_view cached;
	/* of the one write transaction */
	struct zy_seen seen;
	bool edge[ZY_DBS_MAX]; /* the last way of the tree was looked at */
};

/* names: of the databases, in the order in which they are asked for; they live longer. room: octets the file may grow
 * to. What an owner that ended badly left is brought to its end. As a maker after LMDB has made the file. Errors:
 * vault-absent, vault-corrupt, busy, vault-full, vault, no-memory. */
ZY_MUST_CHECK bool zy_guard_open(struct zy_guard *g, const char *folder, const char *const *names, size_t num,
    enum zy_open_as as, size_t room, struct zy_error *err);
/* The owner's last sums are synced, and the mark says that he came to his end. */
void zy_guard_close(struct zy_guard *g);

/* *again: the transaction has become old while it began; begin another. Errors: vault-corrupt, vault. */
ZY_MUST_CHECK bool zy_guard_view(
    struct zy_guard *g, uint64_t txn, struct zy_view *out, bool *again, struct zy_error *err);

/* Before a write transaction on what txn left. Errors: as zy_guard_view, and vault-full. */
ZY_MUST_CHECK bool zy_guard_write(struct zy_guard *g, uint64_t txn, struct zy_view *out, struct zy_error *err);
/* Before LMDB looks for a key in it; around: or beside it. */
ZY_MUST_CHECK bool zy_guard_key(
    struct zy_guard *g, const struct zy_view *v, size_t db, struct zy_bytes key, bool around, struct zy_error *err);
/* Before it looks for the last or the first key. */
ZY_MUST_CHECK bool zy_guard_edge(
    struct zy_guard *g, const struct zy_view *v, size_t db, enum zy_move edge, struct zy_error *err);

/* After LMDB has committed, `committing` being held: the sums are written. Errors: vault-full, vault: then the next
 * write tries again before anything else. */
ZY_MUST_CHECK bool zy_guard_committed(struct zy_guard *g, struct zy_error *err);
/* A write ended before its commit, or the commit failed: pages in no use may hold what it wrote. */
void zy_guard_torn(struct zy_guard *g);
/* True when it is time to sync, and it was done: what held the pages of the last synced transaction may let go. */
bool zy_guard_settle(struct zy_guard *g);

/* Octets that the file may grow to: while another process owns it, in that one, as the head of the file says (the most
 * that any writer had); else `own`. Errors: vault-corrupt. */
ZY_MUST_CHECK bool zy_guard_room(struct zy_guard *g, uint64_t own, uint64_t *out, struct zy_error *err);

/* Every page that the transaction has is whole, once; what the free list names is no page of a tree; no octet of any
 * other page was changed, if that can be known (figures). Errors: vault-corrupt, no-memory. */
ZY_MUST_CHECK bool zy_guard_check(struct zy_guard *g, const struct zy_view *v, struct zy_engine_figures *out,
    const struct zy_engine_care *care, struct zy_error *err);

#endif
