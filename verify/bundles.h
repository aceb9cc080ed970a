/*
 * Trust bundles of several cities side by side 互认: each is signed and pinned on its own, none vouches for what an
 * earlier one speaks for, and the first that knows who signed decides.
 */
#ifndef ZY_VERIFY_BUNDLES_H
#define ZY_VERIFY_BUNDLES_H

#include "zy/judge.h"

#define ZY_BUNDLES_MAX 8

struct zy_bundle {
	const char *path;
	bool good, pinned;     /* good: trust may be used */
	struct zy_trust trust; /* its seniors are the good ones before it */
	struct zy_error why;   /* not good */
};
struct zy_bundles {
	size_t num;
	struct zy_bundle all[ZY_BUNDLES_MAX];
	const struct zy_trust *seniors[ZY_BUNDLES_MAX]; /* the good ones, in their order */
	size_t num_good;
};

/*
 * "64 hexadecimal digits", which the bundle's anchors must have as their pin, or those and "@" and a number: then no
 * older version of the bundle is taken. Errors: usage.
 */
struct zy_bundle_pin {
	uint8_t anchors[ZY_HASH_LEN];
	uint64_t version;
};
ZY_MUST_CHECK bool zy_bundle_pin_parse(const char *text, struct zy_bundle_pin *out, struct zy_error *err);

/* Reads and judges one more bundle, with `pin` (NULL: with the file `pin` beside it, if there is one) as of `when`;
 * what is wrong with it is kept in its `why`. path must live as long as *b, the rest lies in the arena. Errors:
 * no-memory, usage (more than ZY_BUNDLES_MAX). */
ZY_MUST_CHECK bool zy_bundles_add(struct zy_bundles *b, const char *path, const struct zy_bundle_pin *pin, zy_time when,
    struct zy_keys *k, struct zy_arena *a, struct zy_error *err);
/* Puts a trust that is good already at the end; path as above. Errors: usage. */
ZY_MUST_CHECK bool zy_bundles_put(
    struct zy_bundles *b, const char *path, const struct zy_trust *t, bool pinned, struct zy_error *err);

/*
 * Judges with the first bundle that knows the signer and the issuer; where none does, with the first that has an anchor
 * which is limited to something else, or with the first of all. Adds which one
 * vouched when there are several, trust-not-loaded for each that cannot be used, and trust-not-pinned.
 * judge   as zy_judge_file: adds findings to r, may be called more than once, each time with a fresh r
 * Errors: those of judge, with which the first call ended.
 */
typedef bool zy_bundles_judge_fn(void *arg, const struct zy_trust *trust, struct zy_report *r, struct zy_error *err);
ZY_MUST_CHECK bool zy_bundles_judge(
    const struct zy_bundles *b, zy_bundles_judge_fn *judge, void *arg, struct zy_report *r, struct zy_error *err);

#endif
