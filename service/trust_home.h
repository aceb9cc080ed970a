/* The home's trust bundle: opened even when its time is over, and its next version. */
#ifndef ZY_TRUST_HOME_H
#define ZY_TRUST_HOME_H

#include "zy/home.h"
#include "zy/judge.h"
#include "zy/policy.h"
#include "zy/trust.h"

#define ZY_TRUST_DAYS 365 /* of a bundle, when nobody says another number */
#define ZY_TRUST_DAYS_MAX 3660
#define ZY_LOG_KEY_DAYS 1826 /* so long a key of the log is good by the bundle */

/* What the bundle says, of which nobody has vouched for anything. Errors: io, those of zy_trust_jws_parse and
 * zy_trust_parse. */
ZY_MUST_CHECK bool zy_trust_home_read(
    const struct zy_home *h, struct zy_arena *a, struct zy_trust *t, struct zy_error *err);

/* The bundle against its pin, judged now, or when its time is over as of the day on which it was made: what has expired
 * can still be renewed. Errors: trust-bundle, io. */
ZY_MUST_CHECK bool zy_trust_home_open(const struct zy_home *h, struct zy_keys *keys, zy_time now, struct zy_arena *a,
    struct zy_trust *out, struct zy_error *err);

/* The next version of the bundle, with the types and seals that the policies have now: who verifies by the old one
 * does not know a new seal. Anchors are those of *t; it is written only when whoever verifies could use it. Errors:
 * those of zy_home_key and zy_trust_sign, trust-bundle, io.
 */
ZY_MUST_CHECK bool zy_trust_home_renew(const struct zy_home *h, struct zy_hsm *hsm, const struct zy_policy *policy,
    zy_time now, unsigned days, struct zy_arena *a, struct zy_trust *t, struct zy_error *err);

/* HOME/trust/pin: who verifies gets the bundle from us, and the pin by another way. Errors: io, crypto. */
ZY_MUST_CHECK bool zy_trust_home_pin(
    const struct zy_home *h, const struct zy_trust *t, struct zy_arena *a, struct zy_error *err);

#endif
