/* The seal rules inside the signer: what a broken layer above cannot talk it out of. Read-only after _open. */
#ifndef ZY_HSM_RULES_H
#define ZY_HSM_RULES_H

#include "protocol.h"
#include "zy/policy.h"

#define ZY_TIME_INFO_SLACK_S 300 /* timeInfo of a TBS_Sign may differ so much from our clock */

struct zy_rules {
	bool loaded;
	const char *not_approved; /* the file of HOME/policies that officers did not approve; NULL: none */
	struct zy_policy policy;  /* in the arena */
};

/* Loads the policies; a folder that is not there leaves the rules unloaded, and then no seal is allowed.
 * Errors: policy, io, no-memory. */
ZY_MUST_CHECK bool zy_rules_open(struct zy_rules *out, const char *folder, struct zy_arena *a, struct zy_error *err);
/*
 * A sign request of use SEAL_SIGN or DOCUMENT: does the seal's rule name this key, and allow this item now?
 * SEAL_SIGN: the message is a TBS_Sign over a seal with that esID, dated now. DOCUMENT: it is signedAttrs with a
 * messageDigest (RFC 5652 5.3). SEAL_MAKE: it is the SES_SealInfo of a seal that has a rule, within the rule's
 * dates, not retired and not off. OCSP: it is tbsResponseData (RFC 6960 4.2.1). LOG: it is the body of a checkpoint;
 * that the tree grows is heads.h's. Other uses have no rule here. Errors: rules-not-approved, seal-not-allowed,
 * seal-date, seal-retired, seal-off, and those of zy_ses_tbs_parse, zy_ocsp_data_check and zy_der_*.
 */
ZY_MUST_CHECK bool zy_rules_check(
    const struct zy_rules *rules, const struct zy_hsm_request *q, zy_time now, struct zy_error *err);

/* The rule that such a request falls under; NULL for other uses, and when there is none. */
const struct zy_seal_rule *zy_rules_seal(const struct zy_rules *rules, const struct zy_hsm_request *q);
/* All of a rule as one digest: the version of the rule that the journal names. with_off false: but for `off`.
 * Errors: no-memory, crypto. */
ZY_MUST_CHECK bool zy_rule_digest(
    const struct zy_seal_rule *rule, bool with_off, uint8_t out[ZY_HASH_LEN], struct zy_error *err);

#endif
