/* Persons, for the files of this room. */
#ifndef ZY_VAULT_PERSON_H
#define ZY_VAULT_PERSON_H

#include "internal.h"
#include "zy/person.h"

/* identity: [salt, until, name, before, other] */
struct zy_row_identity {
	struct zy_bytes salt; /* 16 octets: the log's digest of the row tells nothing */
	zy_time until;
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
/* Makes these one ring; one alone is in none. */
ZY_MUST_CHECK bool zy_ring_put(struct zy_vault *v, struct zy_change *c, const struct zy_ring *r, struct zy_error *err);
/* Licences of a subject that were minted before event seq: those that it is in the history of. */
ZY_MUST_CHECK bool zy_person_licences(
    struct zy_vault *v, struct zy_txn *txn, uint64_t subject, uint64_t before_seq, uint64_t *out, struct zy_error *err);

#endif
