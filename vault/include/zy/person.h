/*
 * Who a holder is, when there is more than one number for him: an old and a new code, a passport beside a citizen
 * number, two records that turn out to be one. Each identifier is a subject of its own with a data key of its own;
 * subjects that are one person are joined in a ring, and taken out of it again, without a licence being touched. Every
 * change is an event of the log, kept in the history of each licence and, with what it said, under the keys of all that
 * it joined. All of one tenant.
 */
#ifndef ZY_PERSON_H
#define ZY_PERSON_H

#include "zy/vault.h"

#define ZY_PERSON_MAX 16 /* identifiers of one person */
#define ZY_PERSON_NAME_MAX 512

struct zy_person_identifier {
	uint64_t subject;
	bool destroyed;          /* by order; nothing below is known then but licences */
	struct zy_holder holder; /* wiped by nobody: in the arena */
	enum zy_subject_kind kind;
	zy_time from, until; /* as it was said last, at the time asked; when nobody said: INT64_MIN, ZY_TIME_NEVER */
	uint64_t licences;
};

struct zy_person_event {
	uint64_t index; /* of its entry in the log */
	zy_time at, from;
	const char *what;          /* "identified" "merged" "split" "named"; static */
	uint64_t subject, other;   /* identified: the one added; merged: kept and joined; split: taken out */
	zy_time until;             /* identified: when the identifier ends */
	const char *name, *before; /* named; else "" */
};

struct zy_person {
	size_t num;
	struct zy_person_identifier *identifiers; /* the one asked for first */
	size_t num_events;
	struct zy_person_event *events; /* of all of them, in their order, until the time asked */
};

/* Who is joined is told as it is now, the rest as it was known at `at`. *found false: the vault knows no such holder.
 * All in the arena. Errors: those of reading and the wrapper's. */
ZY_MUST_CHECK bool zy_vault_person(struct zy_vault *v, const struct zy_holder *h, zy_time at, struct zy_arena *a,
    struct zy_person *out, bool *found, struct zy_error *err);

/* Until when an identifier holds, as it was said last; ZY_TIME_NEVER when nobody said. */
ZY_MUST_CHECK bool zy_vault_identifier_until(
    struct zy_vault *v, const struct zy_holder *h, zy_time *out, struct zy_error *err);

/* from: legal time, not after now; NULL: now. All durable on return. Errors beside those of writing: not-found, dates,
 * state (joined already, or alone), holder-kind (a natural person and an organisation), holder, too-large,
 * destroyed-by-order. */
struct zy_identifier_new {
	const struct zy_holder *holder;
	const zy_time *from;
	zy_time until;                    /* ZY_TIME_NEVER: nobody knows */
	const enum zy_subject_kind *kind; /* NULL: what the number says, else what h is */
};
/* A number that the vault does not know becomes one of h's; of one that is h's already from and until are said anew.
 * One that has a record of its own is to be merged (state). An organisation code must be the one in h's credit code. */
ZY_MUST_CHECK bool zy_vault_person_add(struct zy_vault *v, const struct zy_holder *h, const struct zy_identifier_new *n,
    struct zy_logged *out, struct zy_error *err);
/* All that h and `other` are is one person from now on. */
ZY_MUST_CHECK bool zy_vault_person_merge(struct zy_vault *v, const struct zy_holder *h, const struct zy_holder *other,
    const zy_time *from, struct zy_logged *out, struct zy_error *err);
/* h is somebody of its own again, with all licences that were minted under it. */
ZY_MUST_CHECK bool zy_vault_person_split(
    struct zy_vault *v, const struct zy_holder *h, const zy_time *from, struct zy_logged *out, struct zy_error *err);
/* name, before: 1..512 and 0..512 octets of UTF-8. */
ZY_MUST_CHECK bool zy_vault_person_rename(struct zy_vault *v, const struct zy_holder *h, const char *name,
    const char *before, const zy_time *from, struct zy_logged *out, struct zy_error *err);

#endif
