/*
 * How a licence stood on a day, by what the vault knew at a time: legal time and record time. Each event of a licence
 * says from when on what it says holds; a later record overrules an earlier one from there on. So on the instant `on`,
 * by what was recorded at `at` or before:
 *   the version in force is the last one recorded whose legal time had begun; none: the licence had not begun;
 *   revoked or suspended it was when the last status recorded whose legal time had begun says so;
 *   else it was valid between the first and the last day of the version in force, on the terms of that version.
 *
 * The events of a licence are counted from 1. The log's entry of event n has the tag HMAC-SHA-256(key, n) of 16 octets,
 * key being of the licence alone: who is given the key finds the entry of each in the published log, and finds that
 * there is none for the number after the last.
 */
#ifndef ZY_DAY_H
#define ZY_DAY_H

#include "zy/vault.h"

enum zy_day_status {
	ZY_DAY_NOT_YET,
	ZY_DAY_VALID,
	ZY_DAY_SUSPENDED,
	ZY_DAY_REVOKED,
	ZY_DAY_SUPERSEDED, /* of a version that was asked for: another one was in force */
	ZY_DAY_EXPIRED,
	ZY_DAY_ON_PROMISE, /* valid, on terms (zy/terms.h) */
	ZY_DAY_OVERDUE,
	ZY_DAY_CONDITIONAL,
	ZY_DAY_LAPSED, /* a condition that was not met in time: valid no more */
	ZY_NUM_DAY_STATUS
};
const char *zy_day_status_name(enum zy_day_status s); /* "not-yet-valid" "valid" ... */

struct zy_day_event {
	uint64_t n, index; /* n: from 1; index: of its entry in the log */
	zy_time at, from;
	const char *what; /* "mint" "change" "suspended" "valid" "revoked" "superseded"; static */
	unsigned version;
	const char *reason;
};

struct zy_when {
	unsigned version; /* 0: the one in force */
	zy_time at, on;   /* at: ZY_TIME_NEVER is all that is known */
};

struct zy_day {
	enum zy_day_status status;
	const char *reason; /* of a suspension or revocation, else "" */
	zy_time since;      /* legal time from which it stands so; of not-yet-valid and valid from when it is valid */
	unsigned in_force;  /* the version in force; 0: none yet */
	struct zy_version version; /* the one asked for, or in force, or 1; its status is that of record time */
	size_t num;                /* all events of the licence, in their order, those after `at` too */
	const struct zy_day_event *events;
	uint8_t key[ZY_HASH_LEN]; /* of the tags */
	/* the rules in force that day by what was recorded at `at`; false: none were noted by then */
	bool has_catalogue;
	uint64_t catalogue_index; /* of its entry in the log */
	zy_time catalogue_at;     /* since when it is known */
	uint8_t catalogue[ZY_HASH_LEN];
};

/* All that out points to is in the arena. Errors: those of zy_vault_get (not-found also when nothing of it was
 * recorded at `at`). */
ZY_MUST_CHECK bool zy_vault_day(struct zy_vault *v, const char *identifier, const struct zy_when *when, bool with_files,
    struct zy_arena *a, struct zy_day *out, struct zy_error *err);

#endif
