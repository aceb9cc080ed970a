/*
 * Receipts (zy/receipt.h): each look at what a vault holds of a subject is written into the subject's own chain, sealed
 * under its key, and into the log, before what was asked for is given.
 */
#ifndef ZY_RECEIPTS_H
#define ZY_RECEIPTS_H

#include "zy/receipt.h"
#include "zy/vault.h"

/* UTF-8 of up to ZY_RECEIPT_WHO_MAX octets each; NULL or "" for what is not named, but who and what are. No number of a
 * person belongs here. */
struct zy_access {
	const char *who, *what; /* what: 1..ZY_RECEIPT_WHAT_MAX of a-z and - */
	const char *item, *case_id, *ground;
};

/* A look at one licence; version 0: at none in particular. identifier: of any version. out: where its entry stands in
 * the log, with its leaf, or NULL. Durable on return.
 * A holder whose data was destroyed by order gets none. Errors: field-range, field-length, not-found,
 * licence-identifier, vault..., and the wrapper's. */
ZY_MUST_CHECK bool zy_receipt_licence(struct zy_vault *v, const char *identifier, unsigned version,
    const struct zy_access *a, struct zy_logged *out, struct zy_error *err);
/* A look at all of a holder; *found is false, and nothing is written, when the vault knows no such holder. */
ZY_MUST_CHECK bool zy_receipt_holder(struct zy_vault *v, const struct zy_holder *h, const struct zy_access *a,
    bool *found, struct zy_logged *out, struct zy_error *err);

/* All receipts of a holder, oldest first, and the key of their tags, which is the holder's to know and nobody else's.
 * octets live in the arena. Errors: not-found, vault-corrupt, vault..., the wrapper's, no-memory. */
struct zy_receipts {
	uint8_t key[ZY_HASH_LEN];
	size_t num;
	struct zy_receipt_at {
		struct zy_bytes octets; /* zy_receipt_parse */
		uint64_t index;         /* of its entry in the log */
	} * list;
};
ZY_MUST_CHECK bool zy_vault_receipts(
    struct zy_vault *v, const struct zy_holder *h, struct zy_arena *a, struct zy_receipts *out, struct zy_error *err);

#endif
