#ifndef ZY_POLICIES_TRUST_INTERNAL_H
#define ZY_POLICIES_TRUST_INTERNAL_H

#include "zy/trust.h"

/* What holds of every payload that is written or read; catalogue_digest apart. Errors: trust-bundle, crypto. */
ZY_MUST_CHECK bool trust_check(const struct zy_trust *t, struct zy_error *err);

#endif
