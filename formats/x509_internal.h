/* What x509.c and x509_extensions.c share. */
#ifndef ZY_X509_INTERNAL_H
#define ZY_X509_INTERNAL_H

#include "zy/x509.h"

/* Fills the extensions of c from c->extensions. Errors: certificate, der, truncated, trailing-bytes. */
ZY_MUST_CHECK bool x509_read_extensions(struct zy_x509 *c, struct zy_error *err);

#endif
