/*
 * What is in force in this signer: the rules of seals and the register of officers, each the one that the journal
 * names. Whatever else lies in HOME/policies is not approved, and then no seal is used. An approved order changes them
 * without a restart. Threads: any.
 */
#ifndef ZY_HSM_LAW_H
#define ZY_HSM_LAW_H

#include <pthread.h>

#include "journal.h"
#include "rules.h"
#include "zy/officers.h"

struct zy_law {
	pthread_rwlock_t lock; /* requests read it; an order waits for them and changes what follows */
	const struct zy_signer_config *config;
	const struct zy_log *log;
	const struct zy_clock *clock;
	struct zy_signer_journal *journal;
	struct zy_rules rules;
	struct zy_officers officers; /* num 0: no register in force */
	bool bad[ZY_NUM_GOVERNED];   /* what lies there is not what is in force */
	struct zy_arena arenas[ZY_NUM_GOVERNED];
};

/*
 * Reads HOME/policies. The first seals.json and the first officers.json ever met are taken as they are, and
 * journalled as genesis. A file that an order replaced in the journal, but not yet on the disk, is put there now.
 * Errors: policy, io, journal, no-memory, crypto; a file that is not approved is none.
 */
ZY_MUST_CHECK bool zy_law_open(struct zy_law *l, const struct zy_signer_config *config,
    struct zy_signer_journal *journal, const struct zy_log *log, const struct zy_clock *clock, struct zy_error *err);
void zy_law_close(struct zy_law *l);

/* The rules, to be looked at until _leave. */
const struct zy_rules *zy_law_read(struct zy_law *l);
void zy_law_leave(struct zy_law *l);
/* What the journal names, and whether it is what was read. */
void zy_law_state(struct zy_law *l, enum zy_governed which, struct zy_governed_file *out, bool *approved);

/*
 * An order's file (zy/order.h) with its approvals: judged, kept in HOME/signer/approved, journalled, and then in force.
 * *already: what it asks for is in force, and nothing was done. caller: uid, for the journal.
 * Errors: rules-not-approved (no register in force), approval-*, order (its action does not allow this change), policy,
 * those of zy_order_file_parse, io, journal.
 */
ZY_MUST_CHECK bool zy_law_apply(
    struct zy_law *l, struct zy_bytes file, uint64_t caller, bool *already, struct zy_error *err);

/* A register of officers that was in force and was kept, by its digest; in the arena. Errors: rules-not-approved (it
 * was changed), policy, io. */
ZY_MUST_CHECK bool zy_law_register(const struct zy_law *l, const uint8_t digest[ZY_HASH_LEN], struct zy_arena *a,
    struct zy_officers *out, struct zy_error *err);
/* Is it an order to shred that the journal here has not? id: SHA-256 of its bytes. Errors: order. */
ZY_MUST_CHECK bool zy_law_lacks(
    struct zy_law *l, struct zy_bytes file, uint8_t id[ZY_HASH_LEN], bool *lacks, struct zy_error *err);
/* Such an order, which others took: judged by that register as of the day on which it was made, and journalled. Errors:
 * approval-*, order, io, journal. */
ZY_MUST_CHECK bool zy_law_take_kept(
    struct zy_law *l, struct zy_bytes file, const struct zy_officers *officers, struct zy_error *err);

#endif
