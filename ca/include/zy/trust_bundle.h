/* Making a trust bundle: what the policies say, with the home's certificates, signed in both suites. */
#ifndef ZY_TRUST_BUNDLE_H
#define ZY_TRUST_BUNDLE_H

#include "zy/certificate.h"
#include "zy/trust.h"

/* Types (with the fields that may be shown) and issuers (with their types and seals) of a policy, in its order.
 * Fills t->types, t->issuers and their counts; arrays in the arena. Errors: no-memory. */
ZY_MUST_CHECK bool zy_trust_from_policy(
    struct zy_trust *t, const struct zy_policy *p, struct zy_arena *a, struct zy_error *err);

/* kid of a credential signer: first 8 bytes of the suite's hash of the certificate (showing protocol, a). */
ZY_MUST_CHECK bool zy_credential_kid(enum zy_suite suite, struct zy_bytes cert, uint8_t kid[8], struct zy_error *err);

/* The bundle file: payload of t under two signatures. signer[suite] are certificate and key of the trust signers.
 * Errors: those of zy_hsm_sign, trust-bundle, no-memory. */
ZY_MUST_CHECK bool zy_trust_sign(struct zy_hsm *h, const struct zy_trust *t, const struct zy_cert_issuer signer[2],
    struct zy_buf *out, struct zy_error *err);

#endif
