/*
 * How a licence stood on an instant, from its events alone: legal time and record time. Each event says from when on
 * what it says holds; a later record overrules an earlier one from there on. So on the instant `on`, by what was
 * recorded at `at` or before:
 *   the version in force is the last one recorded whose legal time had begun; none: the licence had not begun;
 *   revoked or suspended it was when the last status recorded whose legal time had begun says so;
 *   else it was valid between the first and the last day of the version in force, on the terms of that version.
 * The vault answers by this rule what it stored, and verify/ what the log's leaves prove.
 */
#ifndef ZY_LICENCE_DAY_H
#define ZY_LICENCE_DAY_H

#include "zy/log_proof.h"

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
const char *zy_day_status_zh(enum zy_day_status s);

struct zy_day_event {
	uint64_t n, index; /* n: from 1; index: of its entry in the log */
	zy_time at, from;
	const char *what; /* "mint" "change" "suspended" "valid" "revoked" "superseded" */
	unsigned version;
	const char *reason;
};

struct zy_when {
	unsigned version; /* 0: the one in force, or else 1 */
	zy_time at, on;   /* at: ZY_TIME_NEVER is all that is known */
};

/* Which events decide; NULL: none does. */
struct zy_day_weighed {
	const struct zy_day_event *in_force, *status;
	const struct zy_day_event *version; /* made the version that is asked about; NULL: not recorded by then */
};
/* events in the order they were recorded; out points to them. */
void zy_day_weigh(
    const struct zy_day_event *events, size_t num, const struct zy_when *when, struct zy_day_weighed *out);

struct zy_day_verdict {
	enum zy_day_status status;
	const char *reason; /* of a suspension or revocation, else "" */
	zy_time since;      /* legal time from which it stands so; of not-yet-valid and valid from when it is valid */
};
/* w->version is there; term: of that version. */
void zy_day_judge(const struct zy_day_weighed *w, const struct zy_when *when, const struct zy_log_term *term,
    struct zy_day_verdict *out);

/*
 * The events of a licence are counted from 1, and the log's entry of event n has the tag HMAC-SHA-256(key, n in 8
 * octets), 16 octets of it, key being of the licence alone: who is given the key finds the entry of each in the
 * published log, and finds that there is none for the number after the last (zy_receipt_tag). Events of the rules are
 * counted in the same way under a key that everybody knows, SHA-256("zy-rules-1"): so anybody finds them all.
 * Errors: crypto.
 */
ZY_MUST_CHECK bool zy_rules_tag(uint64_t n, uint8_t out[ZY_LOG_TAG_LEN], struct zy_error *err);

#endif
