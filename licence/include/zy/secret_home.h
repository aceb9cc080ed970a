/*
 * The secret compartment of a home: HOME/vault-secret, a vault (zy/secret.h) under the wrapping key `secret_key` of the
 * home, for the licences of types that the policies call secret. A desk works in it or outside of it, never in both, so
 * nothing that is done on one side can show on the other. It has a log of its own, which no key signs and nobody
 * publishes.
 */
#ifndef ZY_SECRET_HOME_H
#define ZY_SECRET_HOME_H

#include "zy/desk.h"

#define ZY_SECRET_FOLDER "vault-secret"

/* Is there one? */
bool zy_home_has_secret(const struct zy_home *h);
/* Is it there to be opened? make: with its key and the tree of tenants, if there was never one. Cut off, it is finished
 * by the next call. Errors: vault-absent (none, or its key is there and the folder is gone), busy, those of
 * zy_hsm_generate and zy_vault_make. */
ZY_MUST_CHECK bool zy_secret_ready(struct zy_desk *d, bool make, struct zy_error *err);
/* Sets d->vault to a tenant's handle. A tenant that the compartment does not have yet is first brought from the vault.
 */
ZY_MUST_CHECK bool zy_secret_enter(struct zy_desk *d, const char *tenant, struct zy_error *err);
/* Sets d->switched: the types of which there are licences on the other side. Errors: no-memory; of a desk in the
 * compartment also those of zy_vault_folder_has_types, while an ordinary one does not depend on it. */
ZY_MUST_CHECK bool zy_secret_look(struct zy_desk *d, struct zy_error *err);
/* May licences of the type be made at this desk? Errors: secret-type, secret-switched. */
ZY_MUST_CHECK bool zy_desk_may_mint(const struct zy_desk *d, const struct zy_type *t, struct zy_error *err);
/* Does work in the compartment, or outside of it, need that token? All but the one that is there for it alone. */
bool zy_home_needs(const struct zy_home *h, bool secret, const char *token);

#endif
