/*
 * What of the journal says which rules hold: the last seals.json and officers.json that were taken (the first of each
 * as it was found, later ones by order), and the orders that were used. Not for several threads at once: the
 * journal's lock is around every call.
 */
#ifndef ZY_HSM_IN_FORCE_H
#define ZY_HSM_IN_FORCE_H

#include "zy/journal.h"

enum zy_governed { ZY_GOVERNED_RULES, ZY_GOVERNED_OFFICERS, ZY_NUM_GOVERNED };

struct zy_governed_file {
	bool known;
	uint8_t digest[ZY_HASH_LEN]; /* of the one in force */
	uint8_t before[ZY_HASH_LEN]; /* of the one that it replaced; zeros for the first */
};

struct zy_in_force {
	struct zy_governed_file files[ZY_NUM_GOVERNED];
	/* owned: SHA-256 of each order's bytes, and of what each order to shred is about (zy/key_order.h) */
	uint8_t (*orders)[ZY_HASH_LEN];
	size_t num_orders;
};

void zy_in_force_forget(struct zy_in_force *f);
/* Takes in a record that was read or written; most say nothing of this. Errors: no-memory. */
ZY_MUST_CHECK bool zy_in_force_see(struct zy_in_force *f, const struct zy_journal_record *r, struct zy_error *err);
bool zy_in_force_used(const struct zy_in_force *f, const uint8_t digest[ZY_HASH_LEN]);

#endif
