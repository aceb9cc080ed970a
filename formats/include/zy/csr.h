/*
 * CertificationRequest of PKCS#10 (RFC 2986), read strictly: version 0, names of one attribute each, a key of SM2,
 * P-256 or RSA, a signature of the key's own kind (RSA: PKCS#1 v1.5 with SHA-256), and no attribute but
 * extensionRequest (RFC 2985 5.4.2). A challengePassword is refused: it would be a secret in a file that is passed
 * around.
 */
#ifndef ZY_CSR_H
#define ZY_CSR_H

#include "zy/pkix.h"
#include "zy/spki.h"

#define ZY_CSR_MAX ((size_t)16384) /* bytes of DER */

struct zy_csr {
	struct zy_bytes info; /* CertificationRequestInfo, whole: what is signed */
	struct zy_dn subject;
	struct zy_spki key;
	size_t num_extensions;
	struct zy_extension extensions[ZY_EXTENSIONS_MAX];
	struct zy_bytes signature; /* content of the BIT STRING */
	uint8_t rs[64];            /* the same as r||s; of an RSA key: zeros */
};
/*
 * Views live as long as `in`. Not done: that the point is on its curve, the proof of possession (the signature over
 * info), whether the names may be certified.
 * Errors: csr (with what is wrong and where), those of zy_spki_parse about keys, too-large.
 */
ZY_MUST_CHECK bool zy_csr_parse(struct zy_csr *out, struct zy_bytes in, struct zy_error *err);

/* CertificationRequestInfo from csr's subject.der, key and extensions; then the request of a point's key from info and
 * rs. What
 * was parsed gives the same bytes again, but for a NULL in an SM2 algorithm identifier, which is not written. */
void zy_csr_info_put(struct zy_buf *b, const struct zy_csr *csr);
void zy_csr_put(struct zy_buf *b, struct zy_bytes info, enum zy_suite suite, const uint8_t rs[64]);

#endif
