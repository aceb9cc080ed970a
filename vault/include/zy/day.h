/*
 * How a licence stood on a day, by what the vault knew at a time (zy/licence_day.h), and what proves it: the licence's
 * events, the key of their tags, and the rules that were in force.
 */
#ifndef ZY_DAY_H
#define ZY_DAY_H

#include "zy/licence_day.h"
#include "zy/vault.h"

struct zy_day_rules {
	uint64_t n, index; /* n: from 1, 0: none; index: of its entry in the log */
	zy_time at;        /* since when they are known */
	uint8_t digest[ZY_HASH_LEN];
};

struct zy_day {
	struct zy_day_verdict stands;
	unsigned in_force;         /* the version in force; 0: none yet */
	struct zy_version version; /* the one asked for, or in force, or 1; its status is that of record time */
	size_t num;                /* all events of the licence, in their order, those after `at` too */
	const struct zy_day_event *events;
	uint8_t key[ZY_HASH_LEN]; /* of the tags */
	/* the rules in force that day by what was recorded at `at`, and those that came next */
	struct zy_day_rules rules, rules_next;
};

/* All that out points to is in the arena. Errors: those of zy_vault_get (not-found also when nothing of it was
 * recorded at `at`). */
ZY_MUST_CHECK bool zy_vault_day(struct zy_vault *v, const char *identifier, const struct zy_when *when, bool with_files,
    struct zy_arena *a, struct zy_day *out, struct zy_error *err);

#endif
