/* Between the steps of init. */
#ifndef ZY_INIT_INTERNAL_H
#define ZY_INIT_INTERNAL_H

#include "init.h"
#include "processes.h"
#include "zy/vault.h"

/* Folders, configuration of the tokens, copied policies, SoftHSM2's and the TPM token's own settings. */
ZY_MUST_CHECK bool zy_init_layout(const struct zy_init_plan *plan, const struct zy_home *h, struct zy_error *err);
/* Configuration of a SoftHSM2 token with a store of its own, HOME/tokens/TOKEN. Errors: io, exists. */
ZY_MUST_CHECK bool zy_soft_token_write(
    const struct zy_home *h, const char *token, const char *module, struct zy_error *err);
/* Makes the token that HOME/signer/TOKEN.json describes. Errors: token with the log's name. */
ZY_MUST_CHECK bool zy_signer_init(const struct zy_home *h, const char *token, struct zy_error *err);
/* Initialises both tokens and starts their signers. */
ZY_MUST_CHECK bool zy_init_tokens(const struct zy_home *h, struct zy_error *err);
/* Keys, certificates of both suites, seals, trust bundle; fills h->credential_signers. */
ZY_MUST_CHECK bool zy_init_pki(
    const struct zy_init_plan *plan, struct zy_home *h, struct zy_arena *a, struct zy_error *err);

/* The tenants of HOME/policies/tenants.json, when there is one. Errors: policy, those of zy_tenant_add. */
ZY_MUST_CHECK bool zy_init_tenants(
    const struct zy_home *h, const struct zy_wrapper *w, const struct zy_clock *clock, struct zy_error *err);

#endif
