/* Groups: tokens that hold the same keys. Each HOME/signer/TOKEN.json may name one "group". */
#ifndef ZY_HSM_GROUP_H
#define ZY_HSM_GROUP_H

#include <stdatomic.h>

#include "uri.h"

#define ZY_GROUP_TOKENS_MAX 8
#define ZY_GROUPS_MAX 16

struct zy_group {
	char name[ZY_TOKEN_NAME_MAX + 1];
	size_t num;
	struct {
		char name[ZY_TOKEN_NAME_MAX + 1];
		atomic_llong rests_until; /* monotonic ms: it failed, others go first; 0 when it answers */
	} tokens[ZY_GROUP_TOKENS_MAX];
	atomic_uint turn;
};

struct zy_groups;
/* Reads the folder once; a file that cannot be read belongs to no group: its signer says what is wrong with it.
 * Errors: no-memory. */
ZY_MUST_CHECK bool zy_groups_open(struct zy_groups **out, const char *home, struct zy_error *err);
void zy_groups_close(struct zy_groups *g);
/* NULL when no token names that group. */
struct zy_group *zy_groups_find(struct zy_groups *g, const char *name);

/* The token to be asked now: in turn, those at rest only when all are, or when a request has gone round already. */
const char *zy_group_next(struct zy_group *g, int64_t now, unsigned tries);
void zy_group_failed(struct zy_group *g, const char *token, int64_t rests_until);
void zy_group_answered(struct zy_group *g, const char *token);

#endif
