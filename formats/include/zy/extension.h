/* Extension (RFC 5280 4.2), as certificates, CRLs and OCSP messages carry it. */
#ifndef ZY_EXTENSION_H
#define ZY_EXTENSION_H

#include "zy/der.h"
#include "zy/digest.h"

#define ZY_EXTENSIONS_MAX 32

struct zy_extension {
	struct zy_bytes oid, value; /* views; value: the content of extnValue */
	bool critical;
};
/* The next of a SEQUENCE OF Extension; critical FALSE must not be written out (X.690 11.5). Errors: der, truncated. */
ZY_MUST_CHECK bool zy_extension_next(struct zy_reader *list, struct zy_extension *out, struct zy_error *err);

/* One extension is opened, its value put, and closed. */
struct zy_extension_mark {
	size_t outer, value;
};
struct zy_extension_mark zy_extension_open(struct zy_buf *b, struct zy_bytes oid, bool critical);
void zy_extension_close(struct zy_buf *b, struct zy_extension_mark m);

/* AlgorithmIdentifier of a signature of a suite: parameters absent or NULL are read, absent is written.
 * Errors: der; key (another algorithm). */
ZY_MUST_CHECK bool zy_signature_alg_take(
    struct zy_reader *r, const char *field, enum zy_suite *out, struct zy_error *err);
void zy_signature_alg_put(struct zy_buf *b, enum zy_suite suite);

/* CRLReason (RFC 5280 5.3.1). */
enum zy_crl_reason {
	ZY_REASON_UNSPECIFIED = 0,
	ZY_REASON_KEY_COMPROMISE = 1,
	ZY_REASON_CA_COMPROMISE = 2,
	ZY_REASON_AFFILIATION_CHANGED = 3,
	ZY_REASON_SUPERSEDED = 4,
	ZY_REASON_CESSATION = 5,
	ZY_REASON_HOLD = 6,
	ZY_REASON_REMOVE_FROM_CRL = 8,
	ZY_REASON_PRIVILEGE_WITHDRAWN = 9,
	ZY_REASON_AA_COMPROMISE = 10
};
#define ZY_REASON_NONE (-1) /* not stated */
/* ENUMERATED, 0..10 but not 7. Errors: der. */
ZY_MUST_CHECK bool zy_crl_reason_take(struct zy_reader *r, const char *field, int *out, struct zy_error *err);
void zy_crl_reason_put(struct zy_buf *b, int reason);

#endif
