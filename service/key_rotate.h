/* Rotating a key of the home: the next generation, its certificate by an own request, and the day on which it takes
 * over. */
#ifndef ZY_KEY_ROTATE_H
#define ZY_KEY_ROTATE_H

#include "ca_desk.h"

struct zy_rotation {
	zy_time on;         /* 0: now */
	uint64_t overlap_s; /* so long the generation before goes on signing */
	/* out, in the desk's arena */
	const char *before, *key; /* PKCS#11 URIs with their generations */
	bool wraps;               /* the vault's wrapping key: without a certificate; zy_rewrap_home is to follow */
	bool secret;              /* that of the secret compartment */
	uint64_t bundle;          /* of a key of the log, version of the trust bundle that names it; else 0 */
	const char *cert;         /* path of the new certificate; NULL of a key without one */
	zy_time cert_end;
};

/*
 * The key of a seal, of a time-stamp authority or of an OCSP responder, the log's, or a wrapping key; a
 * seal's SM2 key brings a new SESeal for the same esID. The old generation and its files stay. Each step finds what an
 * interrupted call has left, so the call is repeated as it is. Errors: key-use (a key of another kind), key-state (a
 * generation is planned already), those of zy_hsm_csr, zy_cert_plan_for_wish and zy_seal_remake, io.
 */
ZY_MUST_CHECK bool zy_key_rotate(
    struct zy_ca_desk *d, const char *key, zy_time now, struct zy_rotation *r, struct zy_error *err);

/* A day, which is its first moment in Beijing, or a time; NULL: 0. Errors: usage. */
ZY_MUST_CHECK bool zy_key_day(const char *text, zy_time *out, struct zy_error *err);
/* Words of --on (a day is its first moment in Beijing; NULL: 0, now) and --overlap (days; NULL: 7). Errors: usage. */
ZY_MUST_CHECK bool zy_key_days(
    const char *on, const char *overlap, zy_time *from, uint64_t *seconds, struct zy_error *err);

#endif
