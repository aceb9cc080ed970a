/* The tree of tenants, for the files of this room. */
#ifndef ZY_VAULT_TENANTS_H
#define ZY_VAULT_TENANTS_H

#include "internal.h"
#include "tenant_rows.h"

/* *found false: no such number, or a top without a name (then with its number alone). */
ZY_MUST_CHECK bool zy_tenant_get(
    struct zy_vault *v, struct zy_txn *txn, uint32_t number, struct zy_tenant *out, bool *found, struct zy_error *err);
ZY_MUST_CHECK bool zy_tenant_find(
    struct zy_vault *v, struct zy_txn *txn, const char *code, struct zy_tenant *out, bool *found, struct zy_error *err);
/* Whether `above` is an ancestor; nobody is above itself. */
ZY_MUST_CHECK bool zy_tenant_is_above(
    struct zy_vault *v, struct zy_txn *txn, uint32_t above, uint32_t below, bool *yes, struct zy_error *err);
/* A handle that the caller gives away; nothing is asked. */
ZY_MUST_CHECK bool zy_view_new(struct zy_vault *v, uint32_t tenant, struct zy_vault **out, struct zy_error *err);

#endif
