/* The whole check of a vault, inside the room: rows (check.c), their
 * numbers (check_account.c), and the order and the pauses (check_run.c). */
#ifndef ZY_VAULT_CHECK_H
#define ZY_VAULT_CHECK_H

#include "internal.h"
#include "zy/vault_care.h"

/*
 * While rows are walked others may commit: nothing may be counted by what a walk met. What must be there follows from
 * the events (`events`, counted by their kind), and is held against the numbers of rows in one moment.
 */
struct zy_check {
	struct zy_vault *whole;
	struct zy_vault *v;   /* the view of the tenant whose row is looked at; of a shared row the whole */
	struct zy_vault view; /* the last one */
	struct zy_txn *txn;   /* of the piece under way */
	uint64_t events[ZY_NUM_EVENTS], last_seq;
	uint64_t serials_given; /* intents with a serial */
	zy_time last_at;        /* of event last_seq */
	uint64_t serials_last;  /* sum of the scopes' last serials, in the moment of the account */
	uint64_t followed;      /* events that the marks say, in the same moment */
	uint64_t blob_seq;      /* the event whose pieces were met last */
	bool older;             /* orders to destroy may be newer than the vault */
	uint64_t ordered;       /* subjects that such an order destroyed */
	uint64_t told;          /* rows that the events of persons say */
};

/* Each walk looks at every row of a database, of all tenants; arg is the zy_check. The last walks the events, in their
 * order. */
struct zy_check_walk {
	enum zy_db db;
	zy_walk_cb *row;
};
enum { ZY_CHECK_WALKS = 15 };
extern const struct zy_check_walk zy_check_walks[ZY_CHECK_WALKS];
/* Sets v for a row of that tenant. Errors: vault-corrupt (there is no such tenant). */
ZY_MUST_CHECK bool zy_check_enter(struct zy_check *c, enum zy_db db, uint32_t tenant, struct zy_error *err);
/* Fails with vault-corrupt, and says what is wrong with the database. */
bool zy_check_bad(enum zy_db db, const char *why, struct zy_error *err);
/* Nothing of the subject can be read: the vault gave its key up or, by an order that is newer than what was restored,
 * the signer refuses it. */
ZY_MUST_CHECK bool zy_check_out_of_reach(struct zy_check *c, uint64_t subject, bool *out, struct zy_error *err);
/* person_check.c */
zy_walk_cb zy_check_ring, zy_check_identity;
/* Adds the rows of `history` that lead from licences to the events of persons. */
ZY_MUST_CHECK bool zy_check_person_links(struct zy_check *c, uint64_t *out, struct zy_error *err);
/* The walk of the serials: sums their scopes' last ones in serials_last. */
zy_walk_cb zy_check_serial;
/* All rows are accounted for by the events up to now, last_seq being the last. Errors: vault-corrupt, log. */
ZY_MUST_CHECK bool zy_check_account(struct zy_check *c, struct zy_error *err);

#endif
