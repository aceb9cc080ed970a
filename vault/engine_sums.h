/*
 * The sums of the pages of data.mdb, in a file of their own beside it, data.sums: 8 octets for each page, and slots
 * that say of which transaction they are. LMDB 0.9 keeps no sums: a byte that the disk changed would be another answer,
 * or a fault of memory.
 *
 * After each commit the sums of the pages that it wrote are written (engine_diff.c finds them: what the new tree has
 * and the one before had not), then a slot that names the transaction. This costs no sync. Every ZY_SUMS_EVERY commits,
 * and when the owner closes, the sums are synced and a synced slot follows; between two of these a read transaction
 * holds the pages of the first in their place. So after a power cut the last synced slot, its sums and its tree are all
 * there, and what has come since is found in the same way and taken as it lies: at most so many commits. After a kill,
 * the system having run on, what was written is there without a sync: then the last unsynced slot counts, and at most
 * one commit is taken as it lies. Slots lie in
 * sectors of their own and are written in turn. While an owner lives he holds a lock on the file: then the unsynced
 * slots count for those who read beside him.
 *
 * Pages in no use keep the sum that they had (engine_idle.c): LMDB writes them in a commit alone, which gives them a
 * new one. So each octet of data.mdb can be held against its sum, as long as every commit came to its end. The mark
 * says so: an owner that closes writes both heads of the file into it, and takes it away, synced, before his first
 * commit. An owner that finds none takes what lies in the pages in no use as it is.
 */
#ifndef ZY_VAULT_ENGINE_SUMS_H
#define ZY_VAULT_ENGINE_SUMS_H

#include "engine_pages.h"

#define ZY_SUMS_EVERY 32       /* commits */
#define ZY_SUMS_EVERY_GONE 256 /* pages that wait to be used again, and */
#define ZY_SUMS_EVERY_PART 64  /* of so many in the file one more */

struct zy_sums {
	int fd;
	const uint8_t *map;
	size_t map_len;
	_Atomic(size_t) file_len; /* that is known */
	bool owner;
	uint64_t here; /* this run of the system and this file; 0: unknown */
};

/* make: when it is absent. Errors: vault-corrupt (absent, or no such file), busy (another owner), vault. */
ZY_MUST_CHECK bool zy_sums_open(
    struct zy_sums *s, const char *folder, enum zy_open_as as, bool *made, struct zy_error *err);
/* What *made said is over: the file gets its name, without which it was never finished. */
ZY_MUST_CHECK bool zy_sums_name(struct zy_sums *s, struct zy_error *err);
ZY_MUST_CHECK bool zy_sums_map(struct zy_sums *s, size_t room, struct zy_error *err);
void zy_sums_close(struct zy_sums *s);
/* Does another process own it now? */
bool zy_sums_is_owned(const struct zy_sums *s);

/* Any change inside eight octets that lie together changes it for certain; other changes but for one in 2^64. */
uint64_t zy_sums_of(struct zy_bytes page, uint64_t number);
uint64_t zy_sums_at(const struct zy_sums *s, uint64_t number); /* 0: there is none */
uint64_t zy_sums_num(const struct zy_sums *s);                 /* that the file has room for */
/* Is this the sum of the page? */
bool zy_sums_fit(const struct zy_sums *s, struct zy_bytes page, uint64_t number);
/* Of pages that a diff has named, in any order. Errors: vault-full, vault. */
ZY_MUST_CHECK bool zy_sums_write(
    struct zy_sums *s, const struct zy_pages *p, uint64_t *numbers, size_t num, struct zy_error *err);

/* Slots: which transaction the sums are of, with its meta. */
enum zy_slot_kind { ZY_SLOT_SYNCED, ZY_SLOT_UNSYNCED };
/* The newest valid one; *found false: none. */
void zy_slot_newest(const struct zy_sums *s, enum zy_slot_kind kind, struct zy_meta *out, bool *found);
/* The unsynced slot of just that transaction. */
void zy_slot_of(const struct zy_sums *s, uint64_t txn, struct zy_meta *out, bool *found);
/* Was the unsynced slot of that transaction written in this run of the system? Then all that came before it in the file
 * is there, though nothing is synced. */
bool zy_slot_is_here(const struct zy_sums *s, uint64_t txn);
/* Into the slot of its turn; both: into both. */
ZY_MUST_CHECK bool zy_slot_write(
    struct zy_sums *s, enum zy_slot_kind kind, const struct zy_meta *m, bool both, struct zy_error *err);

struct zy_mark {
	bool well;                     /* the last owner came to his end; else the heads are zeros */
	uint8_t heads[2][ZY_META_LEN]; /* of page 0 and 1, as they lay then */
};
bool zy_mark_read(const struct zy_sums *s, struct zy_mark *out); /* false: it was changed */
/* Is it the mark of an owner that left this head as the newest? One commit later it still names the head, as the older.
 */
bool zy_mark_is_of(const struct zy_mark *m, const struct zy_meta *newest);
ZY_MUST_CHECK bool zy_mark_write(struct zy_sums *s, const struct zy_mark *m, struct zy_error *err);

ZY_MUST_CHECK bool zy_sums_sync(struct zy_sums *s, struct zy_error *err);
/* Every octet before the sums is what was written there. */
ZY_MUST_CHECK bool zy_sums_check(const struct zy_sums *s, struct zy_error *err);

/* engine_diff.c: the pages that `now` has and `before` had not; before NULL: all. *numbers is to be freed. *gone: how
 * many only `before` has. Old pages are read with their sums, new ones by their form alone. Errors: vault-corrupt,
 * no-memory. */
ZY_MUST_CHECK bool zy_pages_new(const struct zy_pages *p, const struct zy_meta *before, const struct zy_meta *now,
    uint64_t **numbers, size_t *num, uint64_t *gone, struct zy_error *err);

#endif
