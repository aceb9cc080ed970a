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

#define ZY_CHECK_FAULT_MAX 40
struct zy_check_figures {
	struct zy_vault_counts counts;
	struct zy_merkle_head head; /* of the log, whose every leaf was made again from its event */
	uint64_t rows;              /* opened and held against others, in all runs */
	bool finished, resumed;
	zy_time begun, ended;  /* of the first run; when the last whole check ended, 0: none did */
	uint64_t resumed_rows; /* of runs before */
	uint64_t ordered;      /* with `older`: holders whose data an order destroyed of which no event tells */
	/* what a check found since the last sound one: the error's name, and when; "": nothing */
	char fault[ZY_CHECK_FAULT_MAX + 1];
	zy_time fault_at;
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
/* Whoever called it notes that it found something, or that a check of his own did afterwards: VAULT/check says so until
 * a check is sound. Nothing is noted of what stands in the way of checking (exit status 69). Errors: busy (another
 * check is under way), io. */
ZY_MUST_CHECK bool zy_vault_check_failed(struct zy_vault *v, const struct zy_error *why, struct zy_error *err);
/* What VAULT/check says; *found is false when no check has begun. A file that is not this vault's counts as none. */
ZY_MUST_CHECK bool zy_vault_check_last(
    struct zy_vault *v, struct zy_check_figures *out, bool *found, struct zy_error *err);

/* What an operator watches. */
struct zy_vault_watch {
	/* of the map: what is used, and what it may grow to in the process that owns the vault or the next one that
	 * does */
	uint64_t used_bytes, room_bytes;
	uint64_t readers;    /* looks that are under way in any process, this one's left out */
	uint64_t reader_lag; /* commits since the oldest of them began, whose pages it keeps */
	int64_t reader_pid;  /* whose that is */
	uint64_t events;
	zy_time begun;          /* of the first event; 0: there is none */
	bool backed_up;         /* some whole backup is done; then: */
	zy_time backup_at;      /* when the last one was */
	uint64_t backup_behind; /* writes since */
};
/* Of the vault as it was opened. Errors: vault... */
ZY_MUST_CHECK bool zy_vault_watch(struct zy_vault *v, struct zy_vault_watch *out, struct zy_error *err);

#endif
