/* Persons, for the files of this room. */
#ifndef ZY_VAULT_PERSON_H
#define ZY_VAULT_PERSON_H

#include "internal.h"
#include "zy/person.h"

/* identity: [salt, since, until, name, before, other, kind] */
struct zy_row_identity {
	struct zy_bytes salt; /* 16 octets: the log's digest of the row tells nothing */
	zy_time since, until; /* INT64_MIN: since nobody knows when */
	unsigned kind;        /* of the subject, when it was said: enum zy_subject_kind and one more; else 0 */
	struct zy_bytes name, before;
	uint64_t other;
};
void zy_row_identity_encode(const struct zy_row_identity *row, struct zy_buf *out);
ZY_MUST_CHECK bool zy_row_identity_parse(struct zy_row_identity *out, struct zy_bytes in, struct zy_error *err);

static inline bool zy_event_is_of_person(enum zy_event_what what)
{
	return what >= ZY_EVENT_IDENTIFIED && what <= ZY_EVENT_NAMED;
}

/* Subjects that are one person, in the order of the ring. */
struct zy_ring {
	size_t num;
	uint64_t subjects[ZY_PERSON_MAX];
};
bool zy_ring_has(const struct zy_ring *r, uint64_t subject);
/* From a subject on, which is first; alone: itself. Errors: vault-corrupt. */
ZY_MUST_CHECK bool zy_ring_read(
    struct zy_vault *v, struct zy_txn *txn, uint64_t subject, struct zy_ring *out, struct zy_error *err);
/* The same in a read of its own. */
ZY_MUST_CHECK bool zy_ring_of(struct zy_vault *v, uint64_t subject, struct zy_ring *out, struct zy_error *err);
/* Who was one with a subject, by what was recorded at when->at of what held at when->on (person_then.c). *there false:
 * nothing of the subject was recorded then. Errors also: too-large. */
ZY_MUST_CHECK bool zy_ring_then(struct zy_vault *v, uint64_t subject, const struct zy_when *when, struct zy_ring *out,
    bool *there, struct zy_error *err);
/* Makes these one ring; one alone is in none. */
ZY_MUST_CHECK bool zy_ring_put(struct zy_vault *v, struct zy_change *c, const struct zy_ring *r, struct zy_error *err);
/* Licences of a subject that were minted before event seq: those that it is in the history of. */
ZY_MUST_CHECK bool zy_person_licences(
    struct zy_vault *v, struct zy_txn *txn, uint64_t subject, uint64_t before_seq, uint64_t *out, struct zy_error *err);
/* Those that were recorded at `at`. */
ZY_MUST_CHECK bool zy_person_licences_then(
    struct zy_vault *v, struct zy_txn *txn, uint64_t subject, zy_time at, uint64_t *out, struct zy_error *err);

/* Adds what was recorded of a subject at `at` to the events of p, in their order, each once. Errors: destroyed... */
ZY_MUST_CHECK bool zy_person_events_add(
    struct zy_vault *v, uint64_t subject, zy_time at, struct zy_arena *a, struct zy_person *p, struct zy_error *err);
/* What an event says held on that day. An identifier that began nobody knows when always did. */
bool zy_person_event_holds(const struct zy_person_event *e, zy_time on);

#endif
