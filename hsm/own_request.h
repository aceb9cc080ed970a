/* The PKCS#10 of a key in the token: what it signs about itself. */
#ifndef ZY_HSM_OWN_REQUEST_H
#define ZY_HSM_OWN_REQUEST_H

#include "keys.h"

/* Is the message a CertificationRequestInfo (RFC 2986 4.1) of this very key pair? Subject and attributes are not looked
 * into. Errors: der, no-memory. */
ZY_MUST_CHECK bool zy_own_request_check(const struct zy_key *key, struct zy_bytes message, struct zy_error *err);

#endif
