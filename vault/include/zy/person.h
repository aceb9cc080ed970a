/*
 * Who a holder is, when there is more than one number for him: an old and a new code, a passport beside a citizen
 * number, two records that turn out to be one. Each identifier is a subject of its own with a data key of its own;
 * subjects that are one person are joined in a ring, and taken out of it again, without a licence being touched. Every
 * change is an event of the log, kept in the history of each licence and, with what it said, under the keys of all that
 * it joined. All of one tenant.
 */
#ifndef ZY_PERSON_H
#define ZY_PERSON_H

#include "zy/day.h"

#define ZY_PERSON_MAX 16 /* identifiers of one person */
#define ZY_PERSON_NAME_MAX 512

struct zy_person_identifier {
	uint64_t subject;
	bool destroyed;          /* by order; nothing below is known then but licences */
	struct zy_holder holder; /* wiped by nobody: in the arena */
	enum zy_subject_kind kind;
	zy_time from, until; /* as was said last and held, at the times asked; not said: INT64_MIN, ZY_TIME_NEVER */
	uint64_t licences;   /* recorded at the time asked */
};

struct zy_person_event {
	uint64_t index; /* of its entry in the log */
	zy_time at, from;
	const char *what;          /* "identified" "merged" "split" "named"; static */
	uint64_t subject, other;   /* identified: the one added; merged: kept and joined; split: taken out */
	zy_time since, until;      /* identified: when the identifier holds */
	unsigned kind;             /* identified: enum zy_subject_kind and one more; 0: not said */
	const char *name, *before; /* named; else "" */
};

struct zy_person {
	/* the last one said of an identifier that is h's; of a day before the first what that one took the place of; ""
	 * when nobody said any */
	const char *name;
	size_t num;
	struct zy_person_identifier *identifiers; /* the one asked for first */
	size_t num_events;
	struct zy_person_event *events; /* of all of them, in their order: said and in force at the times asked */
};

/*
 * Who h is: now (when NULL), or by what was recorded at when->at of what held at when->on (its version counts for
 * nothing). As with licences a later record overrules an earlier one from its legal time on; an identifier whose
 * beginning nobody said was always h's. *found false: the vault knows no such holder, or knew none then. All in the
 * arena. Errors: those of reading and the wrapper's; too-large (over ZY_PERSON_MAX at once).
 */
ZY_MUST_CHECK bool zy_vault_person(struct zy_vault *v, const struct zy_holder *h, const struct zy_when *when,
    struct zy_arena *a, struct zy_person *out, bool *found, struct zy_error *err);
/* zy_vault_list of all that h was then; the versions are the newest all the same. */
ZY_MUST_CHECK bool zy_vault_list_then(struct zy_vault *v, const struct zy_holder *h, const struct zy_when *when,
    struct zy_arena *a, zy_vault_cb *cb, void *arg, struct zy_error *err);

/* Until when an identifier holds, as it was said last; ZY_TIME_NEVER when nobody said. */
ZY_MUST_CHECK bool zy_vault_identifier_until(
    struct zy_vault *v, const struct zy_holder *h, zy_time *out, struct zy_error *err);

/* from: legal time, not after now; NULL: now. All durable on return. Errors beside those of writing: not-found, dates,
 * state (joined already, or alone), holder-kind (a natural person and an organisation, or a kind that the number
 * denies), holder, too-large, destroyed-by-order. */
struct zy_identifier_new {
	const struct zy_holder *holder;
	const zy_time *from;              /* its first day; NULL: nobody knows */
	zy_time until;                    /* ZY_TIME_NEVER: nobody knows */
	const enum zy_subject_kind *kind; /* NULL: what the number says, else what h is */
};
/* A number that the vault does not know becomes one of h's; of one that is h's already all three are said anew.
 * One that has a record of its own is to be merged (state). An organisation code must be the one in h's credit code. */
ZY_MUST_CHECK bool zy_vault_person_add(struct zy_vault *v, const struct zy_holder *h, const struct zy_identifier_new *n,
    struct zy_logged *out, struct zy_error *err);
/* All that h and `other` are is one person from now on. */
ZY_MUST_CHECK bool zy_vault_person_merge(struct zy_vault *v, const struct zy_holder *h, const struct zy_holder *other,
    const zy_time *from, struct zy_logged *out, struct zy_error *err);
/* h is somebody of its own again, with all licences that were minted under it. */
ZY_MUST_CHECK bool zy_vault_person_split(
    struct zy_vault *v, const struct zy_holder *h, const zy_time *from, struct zy_logged *out, struct zy_error *err);
/* name: a line (zy_line_check) of 1..100 characters; before: 0..512 octets of UTF-8. Errors also: utf8, field-length,
 * field-type. */
ZY_MUST_CHECK bool zy_vault_person_rename(struct zy_vault *v, const struct zy_holder *h, const char *name,
    const char *before, const zy_time *from, struct zy_logged *out, struct zy_error *err);

#endif
