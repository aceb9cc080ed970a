/* Which side of the secret compartment a desk is on, and what that allows. */
#include "zy/secret_home.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/secret.h"
#include "zy/tenants.h"
#include "zy/vault_care.h"

#define PART ZY_SECRET_FOLDER ".part"

static bool is_there(const struct zy_home *h, const char *name)
{
	struct zy_error ignored = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	const char *path = zy_home_path(h, &a, &ignored, "%s", name);

	return path != NULL && access(path, F_OK) == 0;
}

bool zy_home_has_secret(const struct zy_home *h)
{
	return is_there(h, ZY_SECRET_FOLDER);
}

/* ---- the tree of tenants ---- */

struct tenants {
	struct zy_vault *to;
	struct zy_arena arena;
	struct tenant {
		struct zy_tenant t;
		struct tenant *next;
	} * first, **end;
	bool ok;
	struct zy_error *err;
};

static bool collect(void *arg, const struct zy_tenant *t)
{
	struct tenants *all = arg;
	struct tenant *one = zy_arena_alloc(&all->arena, sizeof(*one), all->err);

	all->ok = one != NULL;
	if (!all->ok)
		return false;
	*one = (struct tenant){ .t = *t };
	*all->end = one;
	all->end = &one->next;
	return true;
}

static const char *code_of(const struct tenants *all, uint32_t number)
{
	for (const struct tenant *i = all->first; i != NULL; i = i->next)
		if (i->t.number == number)
			return i->t.code;
	return NULL;
}

static bool add_missing(struct tenants *all, struct zy_error *err)
{
	for (const struct tenant *i = all->first; i != NULL; i = i->next) {
		struct zy_error why = { 0 };

		if (zy_tenant_add(all->to, i->t.code, i->t.name, code_of(all, i->t.parent), &why) ||
		    why.code == ZY_E_EXISTS)
			continue;
		*err = why;
		return false;
	}
	return true;
}

/* In the order in which the vault has them, so that their numbers are the same. */
static bool bring_tenants(struct zy_desk *d, struct zy_vault *to, struct zy_error *err)
{
	struct zy_wrapping by = { .hsm = d->hsm, .key = d->home.wrap_key };
	const struct zy_wrapper w = zy_wrapping_of(&by);
	struct tenants all = { .to = to, .ok = true, .err = err };
	const char *folder = zy_home_path(&d->home, &d->arena, err, "vault");
	struct zy_vault *from;
	bool ok;

	all.end = &all.first;
	if (folder == NULL || !zy_vault_open_beside(&from, folder, &w, d->clock, err))
		return false;
	ok = zy_tenant_list(from, collect, &all, err) && all.ok;
	zy_vault_close(from);
	ok = ok && add_missing(&all, err);
	zy_arena_free(&all.arena);
	return ok;
}

bool zy_secret_enter(struct zy_desk *d, const char *tenant, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (zy_vault_enter(d->whole, tenant, &d->vault, &why))
		return true;
	if (d->secret && why.code == ZY_E_TENANT)
		return bring_tenants(d, d->whole, err) && zy_vault_enter(d->whole, tenant, &d->vault, err);
	*err = why;
	return false;
}

/* ---- making it ---- */

static bool fill(struct zy_desk *d, const char *part, struct zy_error *err)
{
	const struct zy_wrapper w = zy_wrapping_of(&d->wrapping);
	struct zy_vault *v;
	bool ok;

	if (!zy_vault_open(&v, part, &w, d->clock, 0, err))
		return false;
	ok = bring_tenants(d, v, err);
	zy_vault_close(v);
	return ok;
}

/* The folder first: a key without any folder is one whose vault was lost. begun: a call before was cut off. */
static bool have_key(struct zy_desk *d, bool begun, const char *place, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (zy_hsm_generate(d->hsm, d->home.secret_key, ZY_KEY_AES256, ZY_USE_WRAP, &why) ||
	    (begun && why.code == ZY_E_EXISTS))
		return true;
	if (why.code == ZY_E_EXISTS)
		return zy_fail(err, ZY_E_VAULT_ABSENT, ZY_SECRET_FOLDER, ZY_NOWHERE,
		    "the key of the secret compartment is there, but %s is gone: bring it back, `zhengyin restore "
		    "--secret`",
		    place);
	*err = why;
	return false;
}

static bool have_vault(struct zy_desk *d, const char *part, struct zy_error *err)
{
	const struct zy_wrapper w = zy_wrapping_of(&d->wrapping);
	struct zy_error why = { 0 };

	if (zy_vault_make_secret(part, d->home.suite, &w, &why) || why.code == ZY_E_EXISTS)
		return true;
	*err = why;
	return false;
}

static bool make(struct zy_desk *d, const char *part, const char *place, struct zy_error *err)
{
	const bool begun = access(part, F_OK) == 0;

	if (!zy_folder_make(part, 0700, err))
		return false;
	if (!have_key(d, begun, place, err)) {
		rmdir(part);
		return false;
	}
	return have_vault(d, part, err) && fill(d, part, err) &&
	       (rename(part, place) == 0 ||
		   zy_fail(err, ZY_E_IO, ZY_SECRET_FOLDER, ZY_NOWHERE, "%s: %s", place, strerror(errno)));
}

bool zy_secret_ready(struct zy_desk *d, bool may_make, struct zy_error *err)
{
	const char *part = zy_home_path(&d->home, &d->arena, err, PART),
		   *place = zy_home_path(&d->home, &d->arena, err, ZY_SECRET_FOLDER),
		   *lock = zy_home_path(&d->home, &d->arena, err, ZY_SECRET_FOLDER ".lock");
	bool ok;
	int fd;

	if (part == NULL || place == NULL || lock == NULL)
		return false;
	if (zy_home_has_secret(&d->home))
		return true;
	if (!may_make)
		return zy_fail(err, ZY_E_VAULT_ABSENT, ZY_SECRET_FOLDER, ZY_NOWHERE,
		    "there is no secret compartment in this home; the first `zhengyin mint --secret` makes it");
	if (!zy_file_lock(lock, &fd, err))
		return false;
	ok = zy_home_has_secret(&d->home) || make(d, part, place, err);
	close(fd);
	return ok;
}

/* ---- which side ---- */

bool zy_secret_look(struct zy_desk *d, struct zy_error *err)
{
	const char *folder = zy_home_path(&d->home, &d->arena, err, "%s", d->secret ? "vault" : ZY_SECRET_FOLDER);
	const size_t num = d->policy.num_types;
	const char **codes = zy_arena_array(&d->arena, num + 1, sizeof(*codes), err);
	bool *has = zy_arena_array(&d->arena, num + 1, sizeof(*has), err);
	struct zy_error why = { 0 };

	if (folder == NULL || codes == NULL || has == NULL)
		return false;
	for (size_t i = 0; i < num; i++)
		codes[i] = d->policy.types[i].code;
	d->switched = has;
	if ((!d->secret && !zy_home_has_secret(&d->home)) || zy_vault_folder_has_types(folder, codes, num, has, &why) ||
	    !d->secret)
		return true;
	*err = why;
	return false;
}

bool zy_desk_may_mint(const struct zy_desk *d, const struct zy_type *t, struct zy_error *err)
{
	if (t->secret != d->secret)
		return zy_fail(err, ZY_E_SECRET_TYPE, "type", ZY_NOWHERE,
		    t->secret ? "%s is a secret type: say --secret" : "%s is no secret type: leave --secret out",
		    t->alias);
	return d->switched == NULL || !d->switched[t - d->policy.types] ||
	       zy_fail(err, ZY_E_SECRET_SWITCHED, "secret", ZY_NOWHERE,
		   "there are licences of %s %s the secret compartment, and a type does not change sides: put \"secret\" "
		   "in types/%s.json back as it was",
		   t->alias, d->secret ? "outside of" : "in", t->alias);
}

/* The token in a key's URI. */
static struct zy_bytes token_of(const char *uri)
{
	const char *at = strchr(uri, '=');

	return at == NULL ? ZY_BYTES(NULL, 0) : ZY_BYTES(at + 1, strcspn(at + 1, ";"));
}

bool zy_home_needs(const struct zy_home *h, bool secret, const char *token)
{
	const struct zy_bytes own = token_of(h->secret_key);

	return secret || !zy_bytes_equal(zy_str(token), own) || zy_bytes_equal(token_of(h->wrap_key), own);
}
