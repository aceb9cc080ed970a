/* policy list, policy check, policy example. */
#include "cli.h"

#include <string.h>
#include <sys/stat.h>

#include "zy/application.h"
#include "zy/profile.h"

static bool load_all(struct zy_policy *p, const char *folder, struct zy_arena *a, struct zy_error *err)
{
	struct zy_profiles profiles;

	return zy_policy_load(p, folder, a, err) && zy_profiles_load(&profiles, folder, a, err);
}

/* The home's policies, or those of the package when there is no home yet. */
static bool load(struct zy_cli *c, const char *folder, struct zy_policy *p, struct zy_arena *a, struct zy_error *err)
{
	struct zy_home h;
	struct stat st;
	char path[4352];

	if (folder != NULL)
		return load_all(p, folder, a, err);
	if (stat(c->home, &st) == 0) {
		if (!zy_home_open(&h, c->home, a, err) || (folder = zy_home_path(&h, a, err, "policies")) == NULL)
			return false;
		return load_all(p, folder, a, err);
	}
	if (!zy_share_folder(path, 4096, err))
		return false;
	memcpy(path + strlen(path), "/policies", sizeof("/policies"));
	return load_all(p, path, a, err);
}

static void list_types(const struct zy_cli *c, const struct zy_policy *p)
{
	for (size_t i = 0; i < p->num_types; i++) {
		const struct zy_type *t = &p->types[i];

		if (c->json)
			zy_cli_json(json_pack("{s:s, s:s, s:{s:s, s:s}, s:s, s:s, s:s, s:b}", "type", t->alias, "code",
			    t->code, "name", "zh", t->name.zh, "en", t->name.en, "issuer", t->issuer_code, "item",
			    t->item_code, "seal", t->seal, "secret", (int)t->secret));
		else
			printf("%-24s %s  %s · %s%s\n", t->alias, t->code, t->name.zh, t->name.en,
			    t->secret ? " (secret · 涉密)" : "");
	}
}

static bool example(const struct zy_policy *p, const char *name, bool line, struct zy_error *err)
{
	const struct zy_type *t;
	ZY_BUF_AUTO b = { 0 };

	if (!zy_policy_type(p, name, &t, err) ||
	    !(line ? zy_policy_example_line(t, "example-1", &b, err) : zy_policy_example(t, &b, err)) ||
	    !zy_buf_done(&b, "example", err))
		return false;
	fwrite(b.p, 1, b.len, stdout);
	return true;
}

bool zy_cmd_policy(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	bool go, check, line = false;
	const struct zy_option opts[] = { { "line", NULL, "example: a whole batch line with a holder", NULL, &line },
		{ 0 } };
	const char *words[2] = { NULL, NULL };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_policy p;

	if (!zy_cli_parse(c, "policy", opts, argc, argv, 1, 2, words, &go, err) || !go)
		return err->code == ZY_OK;
	check = strcmp(words[0], "check") == 0;
	if (!check && strcmp(words[0], "list") != 0 && (strcmp(words[0], "example") != 0 || words[1] == NULL))
		return zy_fail(err, ZY_E_USAGE, "policy", ZY_NOWHERE,
		    "usage: zhengyin policy list | check [FOLDER] | example TYPE");
	if (!load(c, check ? words[1] : NULL, &p, &a, err))
		return false;
	if (strcmp(words[0], "example") == 0)
		return example(&p, words[1], line, err);
	if (!check)
		list_types(c, &p);
	else if (c->json)
		zy_cli_json(json_pack("{s:I, s:I, s:I}", "types", (json_int_t)p.num_types, "departments",
		    (json_int_t)p.num_departments, "seals", (json_int_t)p.num_seals));
	else
		printf("good: %zu types, %zu departments, %zu seals\n", p.num_types, p.num_departments, p.num_seals);
	return true;
}
