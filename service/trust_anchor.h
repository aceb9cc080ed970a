/* The anchors of the home's trust bundle: what each may vouch for, and how that is changed. */
#ifndef ZY_TRUST_ANCHOR_H
#define ZY_TRUST_ANCHOR_H

#include <jansson.h>

#include "zy/policy.h"
#include "zy/trust.h"

/* What a command line says; NULL for what it does not. Lists with commas between; times in RFC 3339. */
struct zy_anchor_words {
	const char *purposes, *types, *issuers, *from, *until;
};
/* Types by alias or code, in order. Errors: usage, type-unknown, no-memory. */
ZY_MUST_CHECK bool zy_anchor_words_read(const struct zy_anchor_words *w, const struct zy_policy *policy,
    struct zy_trust_cert *out, struct zy_arena *a, struct zy_error *err);

/* The anchor n (from 1) gets these limits, in place of those that it has, for their purposes; without purposes for all
 * that it has beside trust and timestamp. What it has beside them becomes an entry of its own. Errors: not-found,
 * usage, no-memory. */
ZY_MUST_CHECK bool zy_anchor_limit(
    struct zy_trust *t, size_t n, const struct zy_trust_cert *limits, struct zy_arena *a, struct zy_error *err);
/* One more, or one less. Errors: usage (without a purpose), not-found, no-memory. */
ZY_MUST_CHECK bool zy_anchor_add(
    struct zy_trust *t, const struct zy_trust_cert *anchor, struct zy_arena *a, struct zy_error *err);
ZY_MUST_CHECK bool zy_anchor_remove(struct zy_trust *t, size_t n, struct zy_arena *a, struct zy_error *err);

/* {"n", "subject", "sha256", "purposes", "types", "issuers", "from", "until"}; null for what is not limited. */
ZY_MUST_CHECK bool zy_anchor_json(
    const struct zy_trust *t, size_t i, struct zy_arena *a, json_t **out, struct zy_error *err);

#endif
