/*
 * What happens around the vault and belongs into its log: orders, keys, seals, rules, the trust bundle. The vault
 * follows sources (a signer's journal, a file): it keeps a mark for each, up to where it was seen, and moves the mark
 * in the transaction that appends the events. So nothing is noted twice or left out, whenever who looks is killed.
 */
#ifndef ZY_FOLLOW_H
#define ZY_FOLLOW_H

#include "zy/vault.h"

/* How far a source was seen: of a journal the number and offset of its head and the head's hash; of a file its digest.
 */
struct zy_mark {
	uint64_t number, offset;
	uint8_t digest[ZY_HASH_LEN];
};

enum zy_followed_what {
	ZY_FOLLOWED_NOTHING, /* the mark alone */
	ZY_FOLLOWED_GENESIS, /* rules that a signer found when it began */
	ZY_FOLLOWED_ORDER,   /* an order of two officers that a signer used up */
	ZY_FOLLOWED_KEY,     /* a key was made, activated, retired, destroyed ... */
	ZY_FOLLOWED_SEAL,    /* a seal was made, retired, switched off or on */
	ZY_FOLLOWED_POLICY,  /* the files of rules changed */
	ZY_FOLLOWED_TRUST,   /* a version of the trust bundle */
	ZY_FOLLOWED_LOG      /* the log goes on from a shorter history, by order: number and digest of what was lost */
};

#define ZY_SOURCE_MAX 80 /* characters of a source's name, printable ASCII */
struct zy_followed {
	const char *source;
	struct zy_mark mark;
	enum zy_followed_what what;
	/* of the event: about up to 128 octets, reason up to 64; no name and no number of a person */
	const char *about, *reason;
	uint64_t number;
	uint8_t digest[ZY_HASH_LEN]; /* of what it is about: SHA-256 */
};

/* *found false when the source was never seen. Errors: vault, vault-corrupt. */
ZY_MUST_CHECK bool zy_vault_mark(
    struct zy_vault *v, const char *source, struct zy_mark *out, bool *found, struct zy_error *err);
/* Moves marks and appends events, in one transaction, durable on return. One thread at a time.
 * Errors: field-range, vault, vault-full. */
ZY_MUST_CHECK bool zy_vault_follow(
    struct zy_vault *v, const struct zy_followed *list, size_t num, struct zy_error *err);

#endif
