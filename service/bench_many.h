/* Many small versions in a vault of their own, and as many values of the same octets in a plain LMDB environment. */
#ifndef ZY_BENCH_MANY_H
#define ZY_BENCH_MANY_H

#include "bench.h"

#define ZY_MANY_RECORD 900
#define ZY_MANY_HOLDERS 1000

struct zy_many {
	struct zy_bench *b;
	char folder[300], plain[300]; /* of the vault; of what is held against it */
	struct zy_vault *vault;
	struct zy_identifier id;
	size_t len; /* of a version */
	uint8_t bytes[ZY_MANY_RECORD + 2 * ZY_BENCH_FILE_MAX];
	struct zy_vault_file files[2];
	uint64_t stored, stored_raw; /* versions; values */
	struct zy_many_raw *raw;     /* the plain environment */
	int fd;                      /* of the plain file */
	uint64_t written;            /* how often */
};
ZY_MUST_CHECK bool zy_many_open(struct zy_many *m, struct zy_bench *b, struct zy_error *err);
void zy_many_close(struct zy_many *m);
/* What a start costs now. */
ZY_MUST_CHECK bool zy_many_open_again(struct zy_many *m, double *ms, struct zy_error *err);

/* Operations of the measurements; arg is the zy_many. */
bool zy_many_put(void *arg, uint64_t i, struct zy_error *err);   /* intent and commit */
bool zy_many_get(void *arg, uint64_t i, struct zy_error *err);   /* any of those stored, all of it */
bool zy_many_write(void *arg, uint64_t i, struct zy_error *err); /* to the plain file, and fdatasync */
bool zy_many_get_raw(void *arg, uint64_t i, struct zy_error *err);
/* As many values as there are versions; how they come in is not measured, so nothing is synced. */
ZY_MUST_CHECK bool zy_many_fill_raw(struct zy_many *m, struct zy_error *err);

#endif
