/*
 * What each write changed, kept from the first backup on: the rows it touched, and what they held before. By it a
 * backup copies what is new, and a restore goes back to any write (vault/backup.c, vault/restore.c).
 *
 *  change    number, from 1 without gaps         V: [at, events before, events after, database, key, before, ...]
 *
 * before: null when there was no row, its octets, or false when they are not kept. Wrapped keys are never kept: what
 * was destroyed by order must not come back, and an old wrapping opens nothing that the new one does not.
 * VAULT/backed-up holds the numbers of the last changes that the last two backups have, the older one first, and when
 * the newer one was done (0: none was), 8 octets each, sealed; changes before the older one are taken away.
 */
#ifndef ZY_VAULT_CHANGES_H
#define ZY_VAULT_CHANGES_H

#include "internal.h"

enum zy_before { ZY_BEFORE_ABSENT, ZY_BEFORE_VALUE, ZY_BEFORE_SECRET };
struct zy_change_item {
	enum zy_db db;
	struct zy_bytes key;
	enum zy_before kind;
	struct zy_bytes before;
};
#define ZY_CHANGE_ITEMS_MAX 4096
struct zy_change_row {
	zy_time at;
	uint64_t seq_before, seq_after; /* events */
	size_t num;                     /* items; read on by zy_change_item_next */
	struct zy_reader items;
};
/* Errors: cbor, truncated, too-large. */
ZY_MUST_CHECK bool zy_change_row_parse(struct zy_change_row *out, struct zy_bytes in, struct zy_error *err);
/* The next of row->num items. Errors: cbor, truncated, trailing-bytes (behind the last). */
ZY_MUST_CHECK bool zy_change_item_next(struct zy_change_row *row, struct zy_change_item *out, struct zy_error *err);

/* Inside a write: are changes kept? Takes some away that no backup wants. */
ZY_MUST_CHECK bool zy_changes_begin(struct zy_vault *v, struct zy_change *c, struct zy_error *err);
/* Before a row is put or deleted. */
ZY_MUST_CHECK bool zy_changes_note(struct zy_change *c, enum zy_db db, const struct zy_key *k, struct zy_error *err);
/* After a job: stores what was noted since the last one. */
ZY_MUST_CHECK bool zy_changes_end(struct zy_vault *v, struct zy_change *c, uint64_t seq_before, struct zy_error *err);

/* From the next write on changes are kept; those up to `number` are in a backup that was done `at` (0: none is).
 * Errors: io. */
ZY_MUST_CHECK bool zy_changes_keep(struct zy_vault *v, uint64_t number, zy_time at, struct zy_error *err);
/* When the last backup was done (0: none was), and up to which change it has all. */
void zy_changes_backed_up(const struct zy_vault *v, zy_time *at, uint64_t *number);
/* Number of the last change, 0 for none. */
ZY_MUST_CHECK bool zy_changes_last(struct zy_vault *v, struct zy_txn *txn, uint64_t *out, struct zy_error *err);
/* In one look: the first change is one that may be the first, the last one ends with the last event. */
ZY_MUST_CHECK bool zy_changes_account(struct zy_vault *v, struct zy_txn *txn, uint64_t events, struct zy_error *err);

#endif
