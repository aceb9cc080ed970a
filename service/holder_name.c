/* Who a holder is, for commands: all that he is at a time, his name then, and that somebody looked. */
#include "holder.h"

#include "zy/record.h"

json_t *zy_holder_json(const struct zy_holder *h)
{
	return json_sprintf("%s:%s", zy_holder_kind_name(h->kind), h->number);
}

bool zy_holder_find(struct zy_desk *d, const struct zy_holder *h, const struct zy_when *when, struct zy_arena *a,
    struct zy_person *p, struct zy_error *err)
{
	bool found;

	return zy_vault_person(d->vault, h, when, a, p, &found, err) &&
	       (found || zy_fail(err, ZY_E_NOT_FOUND, "holder", ZY_NOWHERE, "the vault knows no such holder%s",
			     when == NULL || when->at == ZY_TIME_NEVER ? "" : ", or knew none at that time"));
}

bool zy_holder_looked(struct zy_desk *d, const struct zy_holder *h, const struct zy_when *when,
    const struct zy_access *who, bool *found, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	bool there;

	if (!zy_vault_person(d->vault, h, when, &a, &p, found, err) || !*found)
		return err->code == ZY_OK;
	for (size_t i = 0; i < p.num; i++)
		if (!p.identifiers[i].destroyed &&
		    !zy_receipt_holder(d->vault, &p.identifiers[i].holder, who, &there, NULL, err))
			return false;
	return true;
}

struct naming {
	struct zy_desk *desk;
	struct zy_when when;
	zy_time found_at;
	struct zy_arena *a;
	const char *name;
	struct zy_error *err;
};

static bool read_version(
    const struct naming *n, const char *identifier, struct zy_arena *a, struct zy_version *out, struct zy_error *why)
{
	struct zy_day day;

	if (n->when.on == ZY_TIME_NEVER)
		return zy_vault_get(n->desk->vault, identifier, 0, n->when.at, false, a, out, why);
	if (!zy_vault_day(n->desk->vault, identifier, &n->when, false, a, &day, why))
		return false;
	*out = day.version;
	return true;
}

/* As the licence recorded last names him; with a day as the version that was in force then does. */
static bool take_name(void *arg, const struct zy_version *v)
{
	struct naming *n = arg;
	struct zy_error why = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version then;
	struct zy_record r;

	if (v->status == ZY_STATUS_DESTROYED)
		return true;
	if (!read_version(n, v->identifier, &a, &then, &why)) {
		if (why.code != ZY_E_NOT_FOUND) /* not recorded yet at that time */
			*n->err = why;
		return why.code == ZY_E_NOT_FOUND;
	}
	if (n->name != NULL && then.recorded_at < n->found_at)
		return true;
	if (!zy_record_parse(&r, then.record, &a, n->err) ||
	    (n->name = zy_arena_text(n->a, zy_str(r.holder_name), n->err)) == NULL)
		return false;
	n->found_at = then.recorded_at;
	return true;
}

bool zy_holder_name(struct zy_desk *d, const struct zy_holder *h, const struct zy_person *p, const struct zy_when *when,
    struct zy_arena *a, const char **out, struct zy_error *err)
{
	struct naming n = { .desk = d, .when = *when, .a = a, .err = err };
	ZY_ARENA_AUTO list = { 0 };

	*out = p->name;
	if (p->name[0] != 0)
		return true;
	if (!zy_vault_list_then(d->vault, h, when, &list, take_name, &n, err) || err->code != ZY_OK)
		return false;
	if (n.name != NULL)
		*out = n.name;
	return true;
}
