/* The tree of tenants of a new home, from HOME/policies/tenants.json. */
#include "init_internal.h"

#include <errno.h>
#include <unistd.h>

#include <jansson.h>

#include "zy/kept.h"
#include "zy/tenants.h"

#define TENANTS_MAX ((size_t)1 << 20)

static bool add_one(struct zy_vault *v, json_t *j, size_t n, struct zy_error *err)
{
	const char *code, *name, *under = NULL;
	json_error_t why;

	if (json_unpack_ex(j, &why, JSON_STRICT, "{s:s, s:s, s?s}", "code", &code, "name", &name, "under", &under) != 0)
		return zy_fail(
		    err, ZY_E_POLICY, "tenants.json", ZY_NOWHERE, "tenants.json: tenant %zu: %s", n + 1, why.text);
	return zy_tenant_add(v, code, name, under, err);
}

static bool add_all(struct zy_vault *v, struct zy_bytes text, struct zy_error *err)
{
	json_error_t why;
	json_t *root = json_loadb((const char *)text.p, text.len, JSON_REJECT_DUPLICATES, &why), *list = NULL;
	bool ok = root != NULL && json_unpack_ex(root, &why, JSON_STRICT, "{s:o}", "tenants", &list) == 0;

	if (!ok)
		zy_fail(err, ZY_E_POLICY, "tenants.json", ZY_NOWHERE, "tenants.json:%d: %s", why.line, why.text);
	for (size_t i = 0; ok && i < json_array_size(list); i++)
		ok = add_one(v, json_array_get(list, i), i, err);
	json_decref(root);
	return ok;
}

bool zy_init_tenants(
    const struct zy_home *h, const struct zy_wrapper *w, const struct zy_clock *clock, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const char *path = zy_home_path(h, &a, err, "policies/tenants.json"),
		   *folder = zy_home_path(h, &a, err, "vault");
	struct zy_bytes text;
	struct zy_vault *v;
	bool ok;

	if (path == NULL || folder == NULL)
		return false;
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return true; /* one tenant, without a name */
	if (!zy_kept_read(path, TENANTS_MAX, &a, &text, err) || !zy_vault_open(&v, folder, w, clock, 0, err))
		return false;
	ok = add_all(v, text, err);
	zy_vault_close(v);
	return ok;
}
