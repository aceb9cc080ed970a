/*
 * How often each seal was used with this token's key: in all, and today. Rebuilt from the journal at each start, so
 * there is no second file to restore. A message that is signed again is not a second use: the last ZY_COUNTS_SEEN
 * uses are remembered by esID and digest. Not for several threads at once: the journal's lock is around every call.
 */
#ifndef ZY_HSM_COUNTS_H
#define ZY_HSM_COUNTS_H

#include "zy/digest.h"
#include "zy/policy.h"

#define ZY_COUNTS_SEEN 65536

struct zy_counts {
	struct zy_count_row *rows;  /* owned */
	struct zy_count_seen *seen; /* owned; a ring, made at first use */
	size_t num_rows, num_seen;  /* num_seen: uses ever put into the ring */
};

/* What is to be counted. */
struct zy_use_of_seal {
	const struct zy_seal_rule *rule; /* NULL where only a journal is read again */
	struct zy_bytes esID;
	int64_t day; /* zy_counts_day */
	const uint8_t *digest;
};

/* The Beijing day of a time. */
int64_t zy_counts_day(zy_time at);
void zy_counts_free(struct zy_counts *c);
/* Forgets what was counted; places that are held stay held. */
void zy_counts_forget(struct zy_counts *c);
/* Holds a place for a use, before the key is used: many sessions together get no more places than the rule allows.
 * A use that was counted already needs none. Errors: seal-count, no-memory. */
ZY_MUST_CHECK bool zy_counts_hold(
    struct zy_counts *c, const struct zy_use_of_seal *use, bool *held, struct zy_error *err);
void zy_counts_let_go(struct zy_counts *c, const struct zy_use_of_seal *use);
/* Counts a use unless it is remembered, and gives the counts after it. A day that lies before the last one counts as
 * the last one: a clock set back opens no new day. Errors: no-memory. */
ZY_MUST_CHECK bool zy_counts_use(
    struct zy_counts *c, const struct zy_use_of_seal *use, uint64_t *total, uint64_t *today, struct zy_error *err);

#endif
