/* Where a check stands: the file VAULT/check, sealed under the vault's key, so that nobody can say what was checked. */
#ifndef ZY_VAULT_CHECK_POSITION_H
#define ZY_VAULT_CHECK_POSITION_H

#include "check.h"

struct zy_check_position {
	bool finished;
	zy_time begun, ended; /* of the first run; when the last whole check ended, 0: none did */
	uint64_t rows;        /* in all runs */
	unsigned walk;        /* the one under way */
	struct zy_key key;    /* its last row; len 0: it has not begun */
	uint64_t last_seq, serials_given, told;
	zy_time last_at;
	uint8_t root[ZY_HASH_LEN]; /* of the log of last_seq entries: a position is of this vault, and of its past */
	uint64_t events[ZY_NUM_EVENTS];
	char fault[ZY_CHECK_FAULT_MAX + 1]; /* what a check found since the last sound one; "": nothing */
	zy_time fault_at;
};
/* Appends CBOR: [4, finished, begun, ended, rows, walk, key, last_seq, serials_given, told, last_at, root, [events...],
 * fault, fault_at] */
void zy_check_position_encode(const struct zy_check_position *p, struct zy_buf *out);
/* Errors: cbor, truncated, trailing-bytes. */
ZY_MUST_CHECK bool zy_check_position_parse(struct zy_check_position *out, struct zy_bytes in, struct zy_error *err);

ZY_MUST_CHECK bool zy_check_position_write(struct zy_vault *v, const struct zy_check_position *p, struct zy_error *err);
/* *found is false when there is none, or none that this vault sealed. */
ZY_MUST_CHECK bool zy_check_position_read(
    struct zy_vault *v, struct zy_check_position *out, bool *found, struct zy_error *err);

#endif
