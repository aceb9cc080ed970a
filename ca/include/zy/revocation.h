/* Revoking by a rule: which certificates of the register it picks, and their revocation. Who may order it is not asked
 * here. */
#ifndef ZY_REVOCATION_H
#define ZY_REVOCATION_H

#include "zy/authority.h"
#include "zy/revocation_rule.h"

struct zy_revocation {
	struct zy_register *reg;
	const struct zy_revocation_rule *rule;
	uint8_t issuer[ZY_KEY_ID_LEN];  /* key identifier of the issuer that the rule names, if it names one */
	zy_time begun;                  /* what was issued after this moment is left alone */
	zy_register_progress *progress; /* or NULL */
	void *arg;
};

/* The key identifier of an issuer, from its certificate. Errors: certificate. */
ZY_MUST_CHECK bool zy_revocation_issuer_of(struct zy_bytes cert, uint8_t out[ZY_KEY_ID_LEN], struct zy_error *err);
/* cb for every certificate that the rule picks, revoked ones too, in the order of serials; not for cancelled ones.
 * Errors: certificate, those of zy_register_walk. */
ZY_MUST_CHECK bool zy_revocation_walk(const struct zy_revocation *v, zy_entry_cb *cb, void *arg, struct zy_error *err);
/* Revokes those that are valid, as of now, as zy_register_revoke_all does: the same call finishes what was cut off.
 * *num counts what this call revoked. Errors: certificate, those of zy_register_revoke_all. */
ZY_MUST_CHECK bool zy_revocation_run(const struct zy_revocation *v, zy_time now, uint64_t *num, struct zy_error *err);

#endif
