#ifndef ZY_POLICIES_TRUST_INTERNAL_H
#define ZY_POLICIES_TRUST_INTERNAL_H

#include "internal.h"
#include "zy/trust.h"

/* What holds of every payload that is written or read; catalogue_digest apart. Errors: trust-bundle, crypto. */
ZY_MUST_CHECK bool trust_check(const struct zy_trust *t, struct zy_error *err);
extern const struct json_name trust_purposes[];
/* The same of the anchor i. */
ZY_MUST_CHECK bool trust_check_anchor(const struct zy_trust *t, size_t i, struct zy_error *err);
/* Is the anchor's certificate that of an anchor before it? */
bool trust_is_repeated(const struct zy_trust *t, size_t i);
/* trust-bundle, always false; which may be "". */
bool trust_fail(struct zy_error *err, const char *field, const char *why, const char *which);
#define ZY_TRUST_LAST ((zy_time)253402300799) /* year 9999 */

#endif
