/*
 * What versions have in common and is nobody's: templates, seals and outlines, as a sample of a type shows them. Files
 * are packed against it (pack.h), so that it is kept once. It only grows, row by row: a version says how many rows it
 * was packed against, and what these held stays where it was.
 */
#ifndef ZY_VAULT_COMMON_H
#define ZY_VAULT_COMMON_H

#include "internal.h"
#include "pack.h"

#define ZY_COMMON_ROWS_MAX 1024
#define ZY_COMMON_MAX ((size_t)16 << 20) /* octets in all */

struct zy_common_row {
	struct zy_common_row *next; /* the one before */
	char *name;
	uint64_t number;
	size_t end; /* where it ends in the octets of all */
};
struct zy_common {
	struct zy_common *older; /* somebody may still read it */
	struct zy_arena arena;
	uint64_t rows;
	struct zy_common_row *last;
	struct zy_buf bytes;
	struct zy_pack_base pack;
};
/* All that there is now; lives as long as the vault. *out NULL: there is nothing. */
ZY_MUST_CHECK bool zy_common_newest(struct zy_vault *v, const struct zy_common **out, struct zy_error *err);
/* The octets of the first `rows` rows; they live as long as the vault. Errors: vault-corrupt (there are fewer). */
ZY_MUST_CHECK bool zy_common_of(
    struct zy_vault *v, struct zy_txn *txn, uint64_t rows, struct zy_bytes *out, struct zy_error *err);
/* Nothing of it is held any more, by anybody. */
void zy_common_forget(struct zy_vault *whole);
/* A row that a walk gave; for a check. */
zy_walk_cb zy_common_check_row;
/* The rows are numbered from 1 without gaps. Errors: vault-corrupt. */
ZY_MUST_CHECK bool zy_common_account(struct zy_vault *whole, struct zy_txn *txn, struct zy_error *err);

#endif
