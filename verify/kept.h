/* What a document brings along to be judged by later: certificates, revocation lists and OCSP answers, each with the
 * time at which a time-stamp proves that it was there (EN 319 142-1 5.4, EN 319 102-1 5.6). */
#ifndef ZY_VERIFY_KEPT_H
#define ZY_VERIFY_KEPT_H

#include "internal.h"

struct zy_kept_value {
	struct zy_bytes der;
	zy_time since; /* ZY_TIME_NEVER: proven only by being here at the time judged */
};
struct zy_kept {
	size_t num_certs, num_crls, num_answers;
	const struct zy_bytes *certs;
	const struct zy_kept_value *crls, *answers;
};

/* A signer whose certificates are asked about. */
struct zy_kept_question {
	unsigned purposes; /* enum zy_purpose: an anchor of one of them */
	struct zy_bytes leaf;
	const struct zy_bytes *extra; /* that came with the signature: each must chain */
	size_t num_extra;
	zy_time proven;  /* when the signature is proven to have existed; ZY_TIME_NEVER */
	zy_time claimed; /* when it says that it was made; ZY_TIME_NEVER */
	const char *field;
};
/* Chain and standing of the signer, when the signature is known to have existed. Findings: those of zy_chain_judge,
 * certificate-revoked, certificate-revoked-no-poe, certificate-on-hold, revocation-unknown, revocation-too-old,
 * revocation-not-checked. */
ZY_MUST_CHECK bool zy_kept_judge(struct zy_case *c, const struct zy_kept_question *q, struct zy_error *err);

#endif
