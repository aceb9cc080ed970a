/*
 * Many licences from JSON lines: {"request": KEY, "type": ..., "holder": "uscc:...", "name": ..., "data": {...}}.
 * Every line is its own mint, idempotent by its request key: a batch that was cut off is run again as it is, and what
 * was done before is answered from the vault.
 */
#ifndef ZY_BATCH_H
#define ZY_BATCH_H

#include <stdio.h>

#include "zy/mint.h"

#define ZY_BATCH_LINE_MAX ((size_t)256 << 10) /* bytes */
#define ZY_BATCH_THREADS_MAX 64

struct zy_batch_counts {
	uint64_t lines, minted, again, refused;
};

struct zy_batch {
	FILE *in;
	const char *out_dir; /* NULL: vault only */
	bool package;        /* as of zy_mint_request */
	unsigned forms;
	unsigned threads;            /* 1..ZY_BATCH_THREADS_MAX */
	struct zy_mint_times *times; /* or NULL */
	/* Called one at a time, in the order in which lines end; minted is NULL when the line was refused. */
	void (*answer)(void *arg, uint64_t line, const char *request, const struct zy_minted *minted,
	    const struct zy_error *refused, const struct zy_batch_counts *so_far);
	void *arg;
};

/* A refused line does not stop the others. A fault of the outside world (signer, vault, disk) does: false, with the
 * counts so far. Errors: those of zy_mint whose exit status is 69 or more, io. */
ZY_MUST_CHECK bool zy_batch_run(
    struct zy_desk *d, const struct zy_batch *b, struct zy_batch_counts *out, struct zy_error *err);

#endif
