/* tenant: the tree of tenants, and the rights to look down. */
#include "cli.h"

#include <string.h>

#include "zy/tenants.h"

static bool print_tenant(void *arg, const struct zy_tenant *t)
{
	const struct zy_cli *c = arg;
	char at[ZY_TIME_TEXT];

	zy_time_to_rfc3339(t->made_at, at);
	if (c->json)
		zy_cli_json(json_pack("{s:I, s:I, s:s, s:s, s:s}", "number", (json_int_t)t->number, "parent",
		    (json_int_t)t->parent, "code", t->code, "name", t->name, "made_at", at));
	else
		printf("%-12s  %s\n", t->code, t->name);
	return true;
}

bool zy_cmd_tenant_list(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const struct zy_option opts[] = { { 0 } };
	const char *words[1];
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "tenant list", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!zy_desk_open(&d, c->home, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = zy_tenant_list(d.vault, print_tenant, c, err);
	zy_desk_close(&d);
	return ok;
}

bool zy_cmd_tenant_add(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *name = NULL, *under = NULL, *words[1];
	const struct zy_option opts[] = { { "name", "NAME", "what it is called", &name, NULL },
		{ "under", "CODE", "the tenant above it (none: this is the top)", &under, NULL }, { 0 } };
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "tenant add", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (name == NULL)
		return zy_fail(err, ZY_E_USAGE, "name", ZY_NOWHERE, "--name is missing");
	if (!zy_desk_open(&d, c->home, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = zy_tenant_add(d.vault, words[0], name, under, err);
	if (ok && c->json)
		zy_cli_json(json_pack("{s:s, s:s, s:s?}", "code", words[0], "name", name, "under", under));
	else if (ok)
		printf("%s  %s\n", words[0], name);
	zy_desk_close(&d);
	return ok;
}

static bool change_right(struct zy_cli *c, const char *verb, bool give, int argc, char **argv, struct zy_error *err)
{
	const char *reason = NULL, *until_text = NULL, *words[1];
	const struct zy_option opts[] = { ZY_TENANT_OPTION(c), ZY_SECRET_OPTION(c),
		{ "reason", "CODE", "why: 1 to 64 of a-z, 0-9 and -", &reason, NULL },
		{ give ? "until" : NULL, "TIME", "when it ends (RFC 3339; default: when it is taken back)", &until_text,
		    NULL },
		{ 0 } };
	zy_time until = ZY_TIME_NEVER;
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, verb, opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (reason == NULL)
		return zy_fail(err, ZY_E_USAGE, "reason", ZY_NOWHERE, "--reason is missing");
	if ((until_text != NULL && !zy_time_from_rfc3339(zy_str(until_text), &until, err)) ||
	    !zy_desk_open_as(&d, c->home, &c->as, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = zy_desk_is_newest(&d, err) && (give ? zy_right_give(d.vault, words[0], until, reason, err)
						 : zy_right_take(d.vault, words[0], reason, err));
	if (ok && c->json)
		zy_cli_json(json_pack("{s:s, s:b, s:s}", "tenant", words[0], "may_look", give, "reason", reason));
	else if (ok)
		printf("%s %s look here\n", words[0], give ? "may" : "may no longer");
	zy_desk_close(&d);
	return ok;
}

bool zy_cmd_tenant_allow(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	return change_right(c, "tenant allow", true, argc, argv, err);
}

bool zy_cmd_tenant_forbid(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	return change_right(c, "tenant forbid", false, argc, argv, err);
}

const struct zy_cmd zy_tenant_cmds[] = {
	{ "tenant list", "", "the tree of tenants", zy_cmd_tenant_list, NULL },
	{ "tenant add", "CODE --name NAME [--under CODE]", "add a tenant", zy_cmd_tenant_add,
	    "CODE is a division code of 6, 9 or 12 digits. The first tenant is the top of the tree: what the vault\n"
	    "held before is its own.\n"
	    "\n"
	    "  zhengyin tenant add 990103 --name 云泽市北湖区 --under 990100\n" },
	{ "tenant allow", "CODE --tenant CODE --reason CODE [--until TIME]", "let a tenant above look into this one",
	    zy_cmd_tenant_allow,
	    "Each look is an event of the tenant that is looked at. Nobody but the tenant itself writes in it.\n"
	    "\n"
	    "  zhengyin tenant allow 990100 --tenant 990101 --reason inspection-2026\n"
	    "  zhengyin list --all --tenant 990100 --below 990101 --reason inspection-2026\n" },
	{ "tenant forbid", "CODE --tenant CODE --reason CODE", "take that right back", zy_cmd_tenant_forbid, NULL },
	{ 0 },
};

bool zy_cmd_tenant(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	return zy_verb_run(c, zy_tenant_cmds, "the tree of tenants, and who may look down", argc, argv, err);
}
