/*
 * Care of a vault: what takes long and must be able to stop, to go on later, and to say how far it is.
 */
#ifndef ZY_VAULT_CARE_H
#define ZY_VAULT_CARE_H

#include "zy/vault.h"

/* How far the work is: about `done` of `of` rows of `what`, a static text. */
struct zy_care_step {
	const char *what;
	uint64_t done, of;
};
/* Asked after each piece of the work; false: stop here. step NULL: never asked. */
struct zy_care {
	bool (*step)(void *arg, const struct zy_care_step *s);
	void *arg;
	bool older; /* of a check: the vault may be older than orders to destroy that the wrapper knows */
};

/* Opened to read, beside the vault's owner, without the owner's lock: what others commit meanwhile is seen, nothing is
 * written (`state` from every function that would). Errors: as zy_vault_open, but for busy. */
ZY_MUST_CHECK bool zy_vault_open_beside(struct zy_vault **out, const char *folder, const struct zy_wrapper *w,
    const struct zy_clock *clock, struct zy_error *err);

struct zy_check_figures {
	struct zy_vault_counts counts;
	struct zy_merkle_head head; /* of the log, whose every leaf was made again from its event */
	uint64_t rows;              /* opened and held against others, in all runs */
	bool finished, resumed;
	zy_time begun, ended;  /* of the first run; of this one, when finished */
	uint64_t resumed_rows; /* of runs before */
	uint64_t ordered;      /* with `older`: holders whose data an order destroyed of which no event tells */
};
/*
 * Opens every value under its key and holds rows, indexes, counts, content and the log against each other, in pieces,
 * each in a short look at the store: others may commit meanwhile, and what they add is checked with its events. The
 * position is kept in VAULT/check, sealed; a run that was stopped or cut off goes on from there unless `anew`. One that
 * ends keeps there when it did. With `older` a data key that is refused or gone by order needs no event: such holders
 * are counted, zy_vault_shred is to be called again for each; without, they are errors (destroyed-by-order,
 * vault-corrupt). Begin such a check anew. Errors: vault-corrupt, log, busy (another check is under way), vault...,
 * those of the wrapper.
 */
ZY_MUST_CHECK bool zy_vault_check_run(
    struct zy_vault *v, bool anew, const struct zy_care *care, struct zy_check_figures *out, struct zy_error *err);
/* What VAULT/check says; *found is false when no check has begun. A file that is not this vault's counts as none. */
ZY_MUST_CHECK bool zy_vault_check_last(
    struct zy_vault *v, struct zy_check_figures *out, bool *found, struct zy_error *err);

#endif
