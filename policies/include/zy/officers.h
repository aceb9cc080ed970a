/*
 * The register of officers, HOME/policies/officers.json: who may ask for what needs two officers, and who may approve
 * it. A person is known by a key; nothing else of an approval says who gave it.
 */
#ifndef ZY_OFFICERS_H
#define ZY_OFFICERS_H

#include "zy/policy.h"

#define ZY_OFFICERS_MAX ((size_t)1 << 18) /* bytes of the file */
#define ZY_OFFICERS_NEEDED 2              /* approvals, by different keys, beside the requester's signature */

enum { ZY_ROLE_OFFICER = 1, ZY_ROLE_REQUESTER = 2 };

struct zy_officer {
	const char *id; /* 1 to 24 of a-z, 0-9 and -, a letter first: also the end of a token's name */
	struct zy_label name;
	unsigned roles; /* bits of ZY_ROLE_* */
	enum zy_suite suite;
	uint8_t point[65];           /* 04||x||y; whether it is on the curve shows when it verifies */
	uint8_t key_id[ZY_HASH_LEN]; /* SHA-256 of the point */
	zy_time valid_from, valid_to;
};

struct zy_officers {
	size_t num;
	const struct zy_officer *officers;
};

/*
 * { "officers": [ { "id", "name": {"zh", "en"}, "roles": ["officer", "requester"], "key": {"suite": "gm" or "intl",
 * "point": base64url of 04||x||y}, "valid_from", "valid_to" } ] }, 1 to 100 persons. No id and no key twice.
 * Everything points into the arena. Errors: policy ("officers.json:12: ..."), too-large, no-memory.
 */
ZY_MUST_CHECK bool zy_officers_parse(
    struct zy_officers *out, struct zy_bytes text, struct zy_arena *a, struct zy_error *err);

/* Errors: usage. */
ZY_MUST_CHECK bool zy_officer_id_check(const char *id, struct zy_error *err);
const struct zy_officer *zy_officer_by_id(const struct zy_officers *o, const char *id); /* NULL if none */
/* By the first 8 bytes of key_id, as signatures name it; NULL if none. */
const struct zy_officer *zy_officer_by_kid(const struct zy_officers *o, const uint8_t kid[8]);
/* Can anything be approved at that time: a requester, and two officers beside them? */
bool zy_officers_enough(const struct zy_officers *o, zy_time at);

#endif
