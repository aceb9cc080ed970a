/*
 * What a root key signs is read whole by its own signer, as others will read it: certificates of authorities (RFC 5280
 * 4, GB/T 20518) and lists of what it revoked (5). Who ordered it is not asked here, nor which names and keys are
 * meant. And what an authority signs before its first and after its last day.
 */
#ifndef ZY_HSM_ROOT_MESSAGE_H
#define ZY_HSM_ROOT_MESSAGE_H

#include "zy/clock.h"
#include "zy/digest.h"

/* The root that is asked to sign, and when. */
struct zy_root {
	enum zy_suite suite;
	const uint8_t *point; /* 65 octets */
	zy_time now;
	const uint8_t *neighbours[2]; /* the root's generations before and after it; NULL: there is none */
};

/*
 * A tbsCertificate: version 3, in the root's algorithm, that begins now and ends in thirty years at most; of an
 * authority that signs certificates and perhaps lists, and nothing else; it names the root's key as the authority's
 * (its own certificate need not). What is issued by its own name bears the root's key or, as a link (RFC 4210 4.4),
 * that of the generation before or after it, and nothing else bears these; a link may have begun with the older key.
 * Errors: ceremony.
 */
ZY_MUST_CHECK bool zy_root_certificate_check(const struct zy_root *r, struct zy_bytes tbs, struct zy_error *err);
/* Is it a tbsCertificate that bears its issuer's own name: a root's, or a link between two? */
bool zy_root_certificate_is_own(enum zy_suite suite, struct zy_bytes tbs);
/* A tbsCertList: one whole list, direct, complete and numbered, in the root's algorithm and of its key, of now and
 * good for 400 days at most, of nothing revoked in the future. Errors: ceremony. */
ZY_MUST_CHECK bool zy_root_list_check(const struct zy_root *r, struct zy_bytes tbs, struct zy_error *err);
/* Is it a tbsCertificate of who answers for an authority's certificates and does nothing else (RFC 6960 4.2.2.2), in
 * that suite's algorithm? */
bool zy_responder_certificate_is(enum zy_suite suite, struct zy_bytes tbs);

#endif
