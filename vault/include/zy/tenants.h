/*
 * Tenants: a city, its districts, their streets, in one vault. The tenant's number is the first field of every key, and
 * each tenant has data and index keys of its own: through a handle of one tenant nothing of another can be read,
 * written, counted or told apart from what does not exist. What all share: the tree of tenants, the log's entries
 * (which tell nothing), and the serials of an issuer, so that no identifier is given twice.
 */
#ifndef ZY_TENANTS_H
#define ZY_TENANTS_H

#include "zy/vault.h"

#define ZY_TENANT_CODE_MAX 12 /* 6, 9 or 12 digits: GB/T 2260 and GB/T 10114 */
#define ZY_TENANT_NAME_MAX 90 /* bytes of UTF-8 */

struct zy_tenant {
	uint32_t number; /* 1: the top of the tree */
	uint32_t parent; /* 0: of the top */
	char code[ZY_TENANT_CODE_MAX + 1];
	char name[ZY_TENANT_NAME_MAX + 1];
	zy_time made_at;
};

/* Adds a tenant below `under`; with NULL it names the top one, once. v: the vault as it was opened.
 * Errors: field-range (code or name), utf8 and field-type (name), exists (the code), tenant (no tenant of the code
 * `under`), tenant-right (a tenant's handle), state (the top has a name, or has none yet), vault, vault-full. */
ZY_MUST_CHECK bool zy_tenant_add(
    struct zy_vault *v, const char *code, const char *name, const char *under, struct zy_error *err);
/* All of the tree, in the order they were added; the top only once it has a name. cb returns false to stop. */
typedef bool zy_tenant_cb(void *arg, const struct zy_tenant *t);
ZY_MUST_CHECK bool zy_tenant_list(struct zy_vault *v, zy_tenant_cb *cb, void *arg, struct zy_error *err);
/* Whose handle this is; code and name are empty for a top without a name. */
ZY_MUST_CHECK bool zy_vault_tenant(struct zy_vault *v, struct zy_tenant *out, struct zy_error *err);

/* A handle of one tenant. v: the vault as it was opened; a tenant's handle leads to no other. Whether the caller may
 * act for that tenant is for the caller to know. Closed by zy_vault_close, before v. Errors: tenant, tenant-right. */
ZY_MUST_CHECK bool zy_vault_enter(struct zy_vault *v, const char *code, struct zy_vault **out, struct zy_error *err);

/*
 * Rights to look down. A tenant gives one to a tenant above it; it ends at `until`, or when it is taken back. The last
 * word counts. reason: as for a status. Errors: tenant (no tenant of that code above this one), field-range, vault,
 * vault-full; state (nothing to take back).
 */
ZY_MUST_CHECK bool zy_right_give(
    struct zy_vault *v, const char *above, zy_time until, const char *reason, struct zy_error *err);
ZY_MUST_CHECK bool zy_right_take(struct zy_vault *v, const char *above, const char *reason, struct zy_error *err);

/* A handle on a tenant below, which reads only. Each call is an event in the tenant that is looked at. Closed by
 * zy_vault_close. Errors: tenant (none of that code below this one), tenant-right (no right, or it has ended), those of
 * reason, vault, vault-full. */
ZY_MUST_CHECK bool zy_vault_look_down(
    struct zy_vault *v, const char *code, const char *reason, struct zy_vault **out, struct zy_error *err);

#endif
