/*
 * Did the certificates of a path stand at a moment? Judged offline from bags of revocation lists (RFC 5280 6.3) and
 * OCSP answers (RFC 6960 3.2), of every kind and algorithm: complete lists and deltas, partitions by distribution
 * point, by reason and by kind of certificate, indirect lists, lists and answers by another key of the authority's,
 * whose own path is judged. Find a path with zy_path_find first, then ask here; nothing else is needed.
 *
 * Two moments: `at` is the one asked about; `until` is when what is known was known. For a judgement of now both are
 * now. For a signature whose time is proven (a time-stamp, a DSS under a document time-stamp) `at` is the proven time
 * and `until` the time at which lists and answers are proven to have existed, or the time judged:
 * - a list or answer whose thisUpdate lies after `until` tells nothing, nor does one that had ended before `at`;
 * - one made after `at` tells more than one made before: a revocation after `at` leaves the certificate standing at
 * `at`;
 * - but one made after the certificate had ended clears nobody, unless it says that it keeps what has ended
 *   (expiredCertsOnCRL, archiveCutoff): entries may be dropped then (RFC 5280 3.3).
 * Who signed a list or an answer must have been valid when it was made, or at `at` if that is later; that nobody forged
 * it since, with a key broken later, is the caller's to know: do not take an `until` after which keys were broken.
 */
#ifndef ZY_VERIFY_REVOCATION_H
#define ZY_VERIFY_REVOCATION_H

#include "path.h"
#include "zy/standing.h"

#define ZY_REVOCATION_LISTS 64   /* lists, and as many answers, that are looked at; more are not */
#define ZY_REVOCATION_OTHERS 64  /* certificates for signers' paths, likewise */
#define ZY_REVOCATION_POINTS 16  /* distribution points of a certificate, likewise */
#define ZY_REVOCATION_WORK 256   /* signatures verified at most in one question */
#define ZY_REVOCATION_SIGNERS 16 /* paths of signers searched at most in one question */

struct zy_revocation {
	const struct zy_bytes *crls, *answers; /* CertificateLists, OCSPResponses, each DER and whole */
	const struct zy_bytes *others;         /* certificates that may have signed them, or lead to who did */
	size_t num_crls, num_answers, num_others;
	zy_time at, until;     /* until >= at */
	struct zy_bytes nonce; /* an OCSP answer must have it; empty: not looked at */
	bool all;              /* authorities must be covered, too; else one that nothing is about is only noted */
};

/*
 * out[i] for each certificate but the anchor: stands, revoked at `at` (revoked_at: of the entry; reason 6 is a hold),
 * or unknown and why; zy/standing.h lists the words. Of several that know, the newest decides about a hold and what is
 * revoked for good stays so. An invalidityDate before the date of revocation counts in its place.
 * p: a path that was found, p->num > 0. Everything lies in the arena. Errors: crypto, no-memory; bytes that cannot be
 * read tell nothing.
 */
ZY_MUST_CHECK bool zy_path_standing(struct zy_keys *k, const struct zy_revocation *q, const struct zy_path *p,
    struct zy_standing out[ZY_PATH_MAX], struct zy_arena *a, struct zy_error *err);
/*
 * The same as faults of the path: certificate-revoked, certificate-on-hold (TRY_LATER), revocation-unknown (TRY_LATER),
 * and, for authorities that nothing at hand is about, revocation-not-checked. A path of the anchor alone has none.
 */
ZY_MUST_CHECK bool zy_path_check_status(
    struct zy_keys *k, const struct zy_revocation *q, struct zy_path *p, struct zy_arena *a, struct zy_error *err);
/* Path and status of q->leaf as the report of one "certificate"; `status` without lists and answers: not asked. Errors:
 * certificate (the leaf cannot be read), crypto, no-memory. */
ZY_MUST_CHECK bool zy_judge_certificate(struct zy_keys *k, const struct zy_path_question *q,
    const struct zy_revocation *status, struct zy_arena *a, struct zy_report *r, struct zy_error *err);
/* One sentence for a word of zy_standing.why. */
const char *zy_standing_sentence(const char *why);
/* A CRLReason by its name in RFC 5280 5.3.1; ZY_REASON_NONE is "unspecified". */
const char *zy_standing_reason(int reason);

#endif
